//! The document: head, header, navigation, notices, footer.

use leptos::prelude::*;

use super::{Corner, Head, Indexing, Section, Surroundings, Width};
use crate::{
    accounts::model::{Actor, Person, Standing},
    server::assets::{self, Asset},
    site::model::Theme,
    ui::{Avatar, ErrorNotice, Form, Notice as NoticeBox, NoticeTone},
    words,
};

/// The whole document as text. Every page gets the loader, pages with islands also tell it what it wakes them by.
#[must_use]
pub fn finished(html: String, nonce: &str) -> String {
    let scripts = scripts(&assets::asset("loader.js"), parts_of_islands(&html).as_ref(), nonce);
    format!("<!DOCTYPE html>{}", html.replacen("</body>", &format!("{scripts}</body>"), 1))
}

#[must_use]
pub fn has_islands(html: &str) -> bool {
    html.contains("<leptos-island")
}

/// What an island is brought to life by.
struct Parts {
    script: Asset,
    wasm: Asset,
}

fn parts_of_islands(html: &str) -> Option<Parts> {
    has_islands(html).then(|| Parts { script: assets::asset("locutory.js"), wasm: assets::asset("locutory_bg.wasm") })
}

/// No page has a script of its own: the loader is a file, and finds in its element what else is to be fetched. The import
/// map tells the browser what the script must be (HTML Standard, "import map integrity"), since an `import()` has no
/// place for it; it counts only before the first module.
fn scripts(loader: &Asset, parts: Option<&Parts>, nonce: &str) -> String {
    let map = parts.and_then(|parts| parts.script.integrity.as_ref().map(|integrity| (&parts.script.path, integrity)));
    let map = map.map(|(path, integrity)| {
        let map = serde_json::json!({ "integrity": { path.as_str(): integrity } });
        format!("<script type=\"importmap\" nonce=\"{nonce}\">{map}</script>")
    });
    let data = parts.map(|Parts { script, wasm }| {
        let digest = attribute("data-integrity", wasm.integrity.as_deref());
        format!(" data-script=\"{}\" data-wasm=\"{}\"{digest}", script.path, wasm.path)
    });
    format!(
        "{}<script type=\"module\" src=\"{}\"{} nonce=\"{nonce}\"{}></script>",
        map.unwrap_or_default(),
        loader.path,
        attribute("integrity", loader.integrity.as_deref()),
        data.unwrap_or_default()
    )
}

/// Paths and digests of the site's own files need no escaping.
fn attribute(name: &str, value: Option<&str>) -> String {
    value.map(|value| format!(" {name}=\"{value}\"")).unwrap_or_default()
}

#[component]
pub fn Document(surroundings: Surroundings, head: Head, content: AnyView) -> impl IntoView {
    let site_name = surroundings.settings.name.as_str().to_owned();
    let title = if head.title.is_empty() { site_name.clone() } else { format!("{} · {site_name}", head.title) };
    let theme = match surroundings.theme {
        Theme::Device => None,
        chosen => Some(chosen.name()),
    };
    let width = match head.width {
        Width::Text => "page",
        Width::Narrow => "page page-narrow",
        Width::Wide => "page page-wide",
    };
    let robots = (head.indexing == Indexing::Refused).then(|| view! { <meta name="robots" content="noindex" /> });
    let style = assets::asset("locutory.css");
    view! {
        <html lang="en" dir="ltr" data-theme=theme data-icons=assets::path("icons.svg")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <meta name="description" content=surroundings.settings.description.as_str().to_owned() />
                {robots}
                <title>{title}</title>
                <link rel="stylesheet" href=style.path integrity=style.integrity />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            </head>
            <body>
                <a class="skip-link" href="#main">"Skip to the content"</a>
                <SiteHeader site_name section=head.section surroundings=surroundings.clone() />
                <main class=width id="main" tabindex="-1">
                    <Announcements surroundings=surroundings.clone() />
                    {content}
                </main>
                <SiteFooter surroundings />
            </body>
        </html>
    }
}

#[component]
fn SiteHeader(site_name: String, section: Section, surroundings: Surroundings) -> impl IntoView {
    let current = move |this: Section| (section == this).then_some("page");
    let dashboard = surroundings
        .may_moderate()
        .then(|| view! { <li><a href="/admin" aria-current=current(Section::Dashboard)>"Dashboard"</a></li> });
    let person = match (surroundings.corner, surroundings.actor) {
        (Corner::Empty, _) => ().into_any(),
        (Corner::Shown, Actor::Person(person)) => view! { <PersonMenu person /> }.into_any(),
        (Corner::Shown, Actor::Guest | Actor::Operator) => view! { <GuestLinks page=surroundings.page /> }.into_any(),
    };
    view! {
        <header class="site-header">
            <div class="frame">
                <a class="site-name" href="/" dir="auto">{site_name}</a>
                <nav class="site-nav" aria-label="Site">
                    <ul>
                        <li><a href="/" aria-current=current(Section::Discussions)>"Discussions"</a></li>
                        {dashboard}
                    </ul>
                </nav>
                <div class="site-person">{person}</div>
            </div>
        </header>
    }
}

#[component]
fn GuestLinks(page: String) -> impl IntoView {
    let (sign_in, register) = (super::with_next("/sign-in", &page), super::with_next("/register", &page));
    view! {
        <a class="button button-quiet" href=sign_in>"Sign in"</a>
        <a class="button button-primary" href=register>"Register"</a>
    }
}

#[component]
fn PersonMenu(person: Person) -> impl IntoView {
    let name = person.name.to_string();
    view! {
        <details class="menu" name="menu">
            <summary>
                <Avatar name=name.clone() />
                <span class="menu-label" dir="auto">{name.clone()}</span>
            </summary>
            <ul class="menu-panel">
                <li><a class="menu-item" href=person.name.path()>"Your page"</a></li>
                <li><a class="menu-item" href="/account">"Your account"</a></li>
                <li>
                    <Form action="/api/accounts/sign_out" class="">
                        <button type="submit" class="menu-item">"Sign out"</button>
                    </Form>
                </li>
            </ul>
        </details>
    }
}

/// What was done, what went wrong, and what stands between the person and taking part.
#[component]
fn Announcements(surroundings: Surroundings) -> impl IntoView {
    let suspension = surroundings.actor.person().and_then(|person| match person.standing.at(surroundings.now) {
        Standing::Suspended { until } => Some(words::suspension(until)),
        Standing::Good => None,
    });
    let reason = surroundings.suspension_reason.clone();
    let returned = surroundings.returned.as_ref().and_then(|returned| returned.error());
    view! {
        {suspension.map(|sentence| {
            view! {
                <NoticeBox tone=NoticeTone::Warn>
                    <p><strong>{sentence}</strong></p>
                    {reason.map(|reason| view! { <p>"Reason given: "<span dir="auto">{reason}</span></p> })}
                </NoticeBox>
            }
        })}
        {surroundings.notice.filter(|_| returned.is_none()).map(|notice| {
            view! { <NoticeBox tone=NoticeTone::Success><p>{words::notice(notice)}</p></NoticeBox> }
        })}
        {returned.filter(|error| error.field_problems().is_empty()).map(|error| {
            view! { <ErrorNotice error /> }
        })}
    }
}

#[component]
fn SiteFooter(surroundings: Surroundings) -> impl IntoView {
    let theme = surroundings.theme;
    let choice = move |this: Theme, label: &'static str| {
        let pressed = if theme == this { "true" } else { "false" };
        view! { <button type="submit" name="theme" value=this.name() aria-pressed=pressed>{label}</button> }
    };
    view! {
        <footer class="site-footer">
            <div class="frame">
                <p dir="auto">{surroundings.settings.description.as_str().to_owned()}</p>
                <Form action="/api/site/choose_theme" class="theme-switch">
                    <fieldset>
                        <legend>"Colours"</legend>
                        {choice(Theme::Device, "System")}
                        {choice(Theme::Light, "Light")}
                        {choice(Theme::Dark, "Dark")}
                    </fieldset>
                </Form>
            </div>
        </footer>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(path: &str, integrity: Option<&str>) -> Asset {
        Asset { path: path.to_owned(), integrity: integrity.map(str::to_owned) }
    }

    fn parts(integrity: [Option<&str>; 2]) -> Parts {
        Parts { script: asset("/assets/a.js", integrity[0]), wasm: asset("/assets/b.wasm", integrity[1]) }
    }

    #[test]
    fn every_page_names_the_loader_and_what_it_must_be() {
        let scripts = scripts(&asset("/assets/l.js", Some("sha384-LL")), None, "N");
        let loader = "<script type=\"module\" src=\"/assets/l.js\" integrity=\"sha384-LL\" nonce=\"N\"></script>";
        assert_eq!(scripts, loader);
        for html in ["<body></body>", "<body><leptos-island></leptos-island></body>"] {
            let page = finished(html.to_owned(), "N");
            assert_eq!(page.matches("<script type=\"module\" src=\"/assets/loader").count(), 1, "{page}");
            assert_eq!(page.contains("data-wasm"), has_islands(html), "{page}");
        }
    }

    #[test]
    fn the_browser_is_told_what_the_script_and_its_wasm_must_be() {
        let parts = parts([Some("sha384-AA"), Some("sha384-BB")]);
        let scripts = scripts(&asset("/assets/l.js", Some("sha384-LL")), Some(&parts), "N");
        let map = "<script type=\"importmap\" nonce=\"N\">{\"integrity\":{\"/assets/a.js\":\"sha384-AA\"}}</script>";
        assert!(scripts.starts_with(map), "a map counts only before the first module: {scripts}");
        let data = " data-script=\"/assets/a.js\" data-wasm=\"/assets/b.wasm\" data-integrity=\"sha384-BB\"></script>";
        assert!(scripts.ends_with(data), "{scripts}");
    }

    #[test]
    fn a_build_that_computed_no_digests_asks_for_none() {
        let scripts = scripts(&asset("/assets/l.js", None), Some(&parts([None, None])), "N");
        assert!(!scripts.contains("importmap") && !scripts.contains("integrity"), "{scripts}");
    }
}
