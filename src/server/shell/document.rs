//! The document: head, header, navigation, notices, footer.

use leptos::prelude::*;

use super::{Head, Indexing, Section, Surroundings, Width};
use crate::{
    accounts::model::{Actor, Person, Standing},
    server::assets::{self, Asset},
    site::model::Theme,
    ui::{Avatar, ErrorNotice, Form, Notice as NoticeBox, NoticeTone},
    words,
};

const LOADER: &str = include_str!("islands.js");

/// The whole document as text. Pages with islands get the loader, all others stay free of scripts.
#[must_use]
pub fn finished(html: String, nonce: &str) -> String {
    if !has_islands(&html) {
        return format!("<!DOCTYPE html>{html}");
    }
    let scripts = scripts(&assets::asset("locutory.js"), &assets::asset("locutory_bg.wasm"), nonce);
    format!("<!DOCTYPE html>{}", html.replacen("</body>", &format!("{scripts}</body>"), 1))
}

#[must_use]
pub fn has_islands(html: &str) -> bool {
    html.contains("<leptos-island")
}

/// The import map tells the browser what the script must be (HTML Standard, "import map integrity"), since an
/// `import()` has no place for it; the loader itself tells it of the wasm.
fn scripts(script: &Asset, wasm: &Asset, nonce: &str) -> String {
    let quoted = |text: &str| serde_json::Value::String(text.to_owned()).to_string();
    let integrity = wasm.integrity.as_deref().unwrap_or_default();
    let loader = LOADER
        .replace("SCRIPT", &quoted(&script.path))
        .replace("WASM", &quoted(&wasm.path))
        .replace("INTEGRITY", &quoted(integrity));
    let map = script.integrity.as_ref().map(|integrity| {
        let map = serde_json::json!({ "integrity": { script.path.as_str(): integrity } });
        format!("<script type=\"importmap\" nonce=\"{nonce}\">{map}</script>")
    });
    format!("{}<script type=\"module\" nonce=\"{nonce}\">{loader}</script>", map.unwrap_or_default())
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
    let person = match surroundings.actor {
        Actor::Person(person) => view! { <PersonMenu person /> }.into_any(),
        Actor::Guest | Actor::Operator => view! { <GuestLinks page=surroundings.page /> }.into_any(),
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
                        <button class="menu-item">"Sign out"</button>
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
        view! { <button name="theme" value=this.name() aria-pressed=pressed>{label}</button> }
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

    #[test]
    fn the_browser_is_told_what_the_script_and_its_wasm_must_be() {
        let scripts = scripts(&asset("/assets/a.js", Some("sha384-AA")), &asset("/assets/b.wasm", Some("sha384-BB")), "N");
        let map = "<script type=\"importmap\" nonce=\"N\">{\"integrity\":{\"/assets/a.js\":\"sha384-AA\"}}</script>";
        assert!(scripts.starts_with(map), "a map counts only before the first module: {scripts}");
        assert!(scripts.contains("import(\"/assets/a.js\")"), "{scripts}");
        assert!(scripts.contains("fetch(\"/assets/b.wasm\", { integrity: \"sha384-BB\" })"), "{scripts}");
    }

    #[test]
    fn a_build_that_computed_no_digests_asks_for_none() {
        let scripts = scripts(&asset("/assets/a.js", None), &asset("/assets/b.wasm", None), "N");
        assert!(!scripts.contains("importmap") && scripts.contains("{ integrity: \"\" }"), "{scripts}");
    }
}
