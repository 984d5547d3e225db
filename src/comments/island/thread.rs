//! A thread whose composer comes to the comment one answers, and whose links can be copied: one
//! island for the whole page, as a thousand small ones would cost what they are worth.

use js_sys::{Function, Reflect};
use leptos::{ev::MouseEvent, html, prelude::*};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use super::composer::{COMPOSER, ComposerForm, Composition};
use crate::{
    accounts::model::Username,
    comments::{
        model::CommentId,
        view::{Composing, ReplyTarget, anchor},
    },
    valid::Value,
};

/// The thread (`children`, from the server) with its composer, if one may write here.
///
/// A link with `data-reply` (the author's name) opens the composer below its comment; one with
/// `data-copy` copies its address.
#[island]
pub fn Thread(composing: Option<Composing>, children: Children) -> impl IntoView {
    let home = NodeRef::<html::Div>::new();
    let announcement = RwSignal::new(String::new());
    let composition = composing.map(Composition::new);
    let react = move |event: MouseEvent| {
        let Some(link) = link_pressed(&event) else { return };
        if link.has_attribute("data-copy") {
            copy(&event, &link, announcement);
        } else if let (Some(composition), Some(target)) = (composition, reply_target(&link)) {
            event.prevent_default();
            open_below(composition, target);
        }
    };
    let on_not_reply = Callback::new(move |()| {
        if let (Some(home), Some(form), Some(composition)) = (home.get_untracked(), composer(), composition) {
            let _ = home.append_child(&form);
            composition.answer_nobody();
        }
    });
    view! {
        <div class="stack" on:click=react>
            {children()}
            <p class="visually-hidden" role="status">{move || announcement.get()}</p>
            <div class="stack" node_ref=home>
                {composition
                    .map(|composition| view! { <ComposerForm composition on_not_reply=Some(on_not_reply) /> })}
            </div>
        </div>
    }
}

/// The link under a plain click. One with a key held or another button is the browser's to follow.
fn link_pressed(event: &MouseEvent) -> Option<Element> {
    let is_plain = event.button() == 0 && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
    let target: Element = event.target().filter(|_| is_plain)?.dyn_into().ok()?;
    target.closest("a[data-reply], a[data-copy]").ok()?
}

fn reply_target(link: &Element) -> Option<ReplyTarget> {
    let author = Username::parse(&link.get_attribute("data-reply")?).ok()?;
    let article = link.closest("article").ok()??;
    let number = article.id().strip_prefix("comment-")?.parse().ok()?;
    Some(ReplyTarget { comment: CommentId(number), author: Some(author) })
}

fn composer() -> Option<Element> {
    document().get_element_by_id(COMPOSER)
}

fn open_below(composition: Composition, target: ReplyTarget) {
    let article = document().get_element_by_id(&anchor(target.comment));
    let (Some(article), Some(form)) = (article, composer()) else { return };
    let _ = article.after_with_node_1(&form);
    if composition.answered() == Some(target.comment) {
        composition.writing.focus();
    } else {
        composition.answer(target);
    }
}

/// Copies where the browser lets us; where it does not, the link is followed as it is.
fn copy(event: &MouseEvent, link: &Element, announcement: RwSignal<String>) {
    let Some(anchor) = link.dyn_ref::<web_sys::HtmlAnchorElement>() else { return };
    if write_to_clipboard(&anchor.href()).is_none() {
        return;
    }
    event.prevent_default();
    announcement.set("The link is copied.".to_owned());
    link.set_text_content(Some("Copied"));
    let link = link.clone();
    set_timeout(
        move || {
            link.set_text_content(Some("Copy link"));
            announcement.set(String::new());
        },
        std::time::Duration::from_secs(3),
    );
}

/// Asked for by name, as browsers have no clipboard on pages without TLS.
fn write_to_clipboard(text: &str) -> Option<JsValue> {
    let clipboard = Reflect::get(&window().navigator(), &"clipboard".into()).ok()?;
    let write: Function = Reflect::get(&clipboard, &"writeText".into()).ok()?.dyn_into().ok()?;
    write.call1(&clipboard, &text.into()).ok()
}
