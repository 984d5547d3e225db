//! Entries of the audit log as sentences: who did what to whom, why, when and from where.

use leptos::prelude::*;

use crate::{
    audit::model::{Deed, Entry, Subject},
    moment::Moment,
    ui::When,
};

#[component]
pub fn Entries(entries: Vec<Entry>, now: Moment) -> impl IntoView {
    let rows = entries.into_iter().map(|entry| row(entry, now)).collect_view();
    view! { <ol class="audit">{rows}</ol> }
}

fn row(entry: Entry, now: Moment) -> impl IntoView {
    let why = explanation(&entry);
    let from = (!entry.address.is_empty()).then(|| format!(" · from {}", entry.address));
    let deed = begun_small(entry.deed.sentence());
    let what = if names_who_came_in(&entry) {
        view! { {subject(&entry)} " " {deed} }.into_any()
    } else {
        let whom = (!is_about_oneself(&entry)).then(|| view! { {joint(entry.deed)} {subject(&entry)} });
        view! { {actor(&entry)} " " {deed} {whom} }.into_any()
    };
    view! {
        <li class="audit-row">
            <p class="audit-what">{what}</p>
            {why.map(|why| view! { <p class="audit-why" dir="auto">{why}</p> })}
            <p class="audit-when"><When at=entry.at now=now />{from}" · "<code>{entry.deed.name()}</code></p>
        </li>
    }
}

/// Nobody is signed in yet when these are done through the web: the one they make or open is who did it.
fn names_who_came_in(entry: &Entry) -> bool {
    let came_in = matches!(entry.deed, Deed::Registered | Deed::SignedIn | Deed::SiteSetUp);
    came_in && entry.actor.is_none() && !entry.address.is_empty()
}

/// Who did this did it to nobody else, so the name stands once.
fn is_about_oneself(entry: &Entry) -> bool {
    entry.actor.is_some_and(|actor| entry.subject == Subject::User(actor.0))
}

fn actor(entry: &Entry) -> impl IntoView + use<> {
    let name = entry.actor_name.clone();
    match entry.actor {
        Some(id) => view! { <a class="author" dir="auto" href=format!("/admin/users/{id}")>{name}</a> }.into_any(),
        None => view! { <span>{capitalised(&name)}</span> }.into_any(),
    }
}

/// What it was done to. What was deleted has no page to lead to.
fn subject(entry: &Entry) -> Option<AnyView> {
    let name = entry.subject_name.clone();
    let is_gone = matches!(entry.deed, Deed::DiscussionDeleted | Deed::CommentDeleted);
    match entry.subject {
        Subject::User(id) => {
            let name = if name.is_empty() { format!("member {id}") } else { name };
            Some(view! { <a class="author" dir="auto" href=format!("/admin/users/{id}")>{name}</a> }.into_any())
        }
        Subject::Discussion(_) if is_gone => Some(view! { <span dir="auto">{name}</span> }.into_any()),
        Subject::Discussion(id) => Some(view! { <a dir="auto" href=format!("/d/{id}")>{name}</a> }.into_any()),
        Subject::Comment(id) => {
            let number = if is_gone {
                view! { <span>{id}</span> }.into_any()
            } else {
                view! { <a href=format!("/c/{id}")>{id}</a> }.into_any()
            };
            Some(view! { {number} " of " <span dir="auto">{name}</span> }.into_any())
        }
        Subject::Site => None,
    }
}

/// The words between a deed and what it was done to.
const fn joint(deed: Deed) -> &'static str {
    match deed {
        Deed::Registered | Deed::SignedIn => " as ",
        Deed::ProofFailed
        | Deed::PasswordChanged
        | Deed::PasswordReset
        | Deed::RoleChanged
        | Deed::SuspensionLifted
        | Deed::SessionsEnded => " of ",
        _ => " ",
    }
}

/// What changed and the reason given, on one line.
fn explanation(entry: &Entry) -> Option<String> {
    match (entry.detail.as_str(), entry.reason.as_str()) {
        ("", "") => None,
        (detail, "") => Some(detail.to_owned()),
        ("", reason) => Some(format!("“{reason}”")),
        (detail, reason) => Some(format!("{detail}: “{reason}”")),
    }
}

fn begun_small(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::model::UserId;

    fn told(entry: Entry) -> String {
        let now = entry.at;
        let html = Owner::new().with(|| view! { <Entries entries=vec![entry] now /> }.to_html());
        let what = html.split_once("audit-what\">").map(|(_, rest)| rest.to_owned()).unwrap_or_default();
        let mut text = String::new();
        let mut is_tag = false;
        for character in what.split("</p>").next().unwrap_or_default().chars() {
            match character {
                '<' => is_tag = true,
                '>' => is_tag = false,
                other if !is_tag => text.push(other),
                _ => {}
            }
        }
        text
    }

    fn entry(actor: Option<i64>, deed: Deed, subject: Subject, subject_name: &str) -> Entry {
        Entry {
            id: 1,
            at: Moment::from_milliseconds(0),
            actor: actor.map(UserId),
            actor_name: if actor.is_some() { "mira".to_owned() } else { "a guest".to_owned() },
            deed,
            subject,
            subject_name: subject_name.to_owned(),
            detail: String::new(),
            reason: String::new(),
            address: "192.0.2.7".to_owned(),
        }
    }

    #[test]
    fn entries_read_as_sentences() {
        for (entry, sentence) in [
            (entry(None, Deed::Registered, Subject::User(2), "ada"), "ada registered"),
            (entry(None, Deed::PasswordChanged, Subject::User(2), "ada"), "A guest changed the password of ada"),
            (entry(None, Deed::SignInFailed, Subject::Site, ""), "A guest failed to sign in "),
            (entry(Some(1), Deed::SignedOut, Subject::User(1), "mira"), "mira signed out"),
            (entry(Some(1), Deed::Suspended, Subject::User(2), "ada"), "mira suspended ada"),
            (entry(Some(1), Deed::RoleChanged, Subject::User(2), "ada"), "mira changed the role of ada"),
            (entry(Some(1), Deed::DiscussionLocked, Subject::Discussion(7), "Bread"), "mira locked the discussion Bread"),
            (entry(Some(1), Deed::CommentHidden, Subject::Comment(42), "ada"), "mira hid the comment 42 of ada"),
            (entry(Some(1), Deed::SettingsChanged, Subject::Site, ""), "mira changed the settings "),
        ] {
            assert_eq!(told(entry), sentence);
        }
    }

    #[test]
    fn a_reason_stands_in_quotation_marks() {
        let mut entry = entry(Some(1), Deed::Suspended, Subject::User(2), "ada");
        assert_eq!(explanation(&entry), None);
        entry.reason = "advertising".to_owned();
        entry.detail = "3 days".to_owned();
        assert_eq!(explanation(&entry).as_deref(), Some("3 days: “advertising”"));
    }
}
