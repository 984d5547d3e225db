//! Where people write at length: a text area that counts near its limit, keeps in the browser what is
//! not yet published, and sends its form with Ctrl or Cmd and Enter.
//!
//! As a part of a page it is a plain text area; all else begins when its island wakes.

use leptos::{ev::KeyboardEvent, html, prelude::*};
use serde::{Deserialize, Serialize};
use web_sys::{HtmlFormElement, HtmlTextAreaElement};

use super::{
    kept_text::{Keeping, KeptText},
    text_area::TextArea,
};

/// Where the text that a form begins with comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum TextOrigin {
    /// Nothing, or what is published already.
    #[default]
    Stored,
    /// The form came back with what its writer had just typed.
    Typed,
}

/// An island's hold on a [`WritingArea`].
#[derive(Clone, Copy, Debug)]
pub struct Writing {
    area: NodeRef<html::Textarea>,
    length: RwSignal<u64>,
    kept: RwSignal<KeptText>,
    is_restored: RwSignal<bool>,
}

impl Writing {
    #[must_use]
    pub fn new(value: &str, kept: KeptText) -> Self {
        Self {
            area: NodeRef::new(),
            length: RwSignal::new(length(value)),
            kept: RwSignal::new(kept),
            is_restored: RwSignal::new(false),
        }
    }

    /// What stands in the area now.
    #[must_use]
    pub fn text(self) -> String {
        self.area.get_untracked().map(|area| area.value()).unwrap_or_default()
    }

    /// The form that the area stands in.
    #[must_use]
    pub fn form(self) -> Option<HtmlFormElement> {
        self.area.get_untracked()?.form()
    }

    pub fn focus(self) {
        if let Some(area) = self.area.get_untracked() {
            let _ = area.focus();
        }
    }

    /// The text is published: nothing is kept any longer.
    pub fn finish(self) {
        self.kept.with_untracked(KeptText::forget);
        self.replace("");
    }

    /// Goes on with the text of another place. What was written here stays kept here; a browser that
    /// keeps nothing takes the text along rather than lose it.
    pub fn turn_to(self, place: KeptText) {
        if self.keep() == Keeping::Kept {
            self.replace(&place.read().unwrap_or_default());
        }
        self.kept.set(place);
    }

    /// Takes the text along to another place, where it joins what is kept there.
    pub fn carry_to(self, place: KeptText) {
        let text = self.text();
        let joined = match place.read() {
            Some(before) if text.trim().is_empty() => before,
            Some(before) => format!("{before}\n\n{text}"),
            None => text,
        };
        self.kept.with_untracked(KeptText::forget);
        place.keep(&joined);
        self.kept.set(place);
        self.replace(&joined);
    }

    fn keep(self) -> Keeping {
        self.kept.with_untracked(|kept| kept.keep(&self.text()))
    }

    fn replace(self, text: &str) {
        if let Some(area) = self.area.get_untracked() {
            area.set_value(text);
            self.length.set(length(text));
            self.is_restored.set(false);
        }
    }

    /// Brings back what was written here earlier, unless something has been typed since the page came.
    fn restore(self) {
        let Some(area) = self.area.get_untracked() else { return };
        let is_untouched = area.value() == stored(&area);
        let kept = self.kept.with_untracked(KeptText::read);
        if let Some(text) = kept.filter(|text| is_untouched && *text != area.value()) {
            self.replace(&text);
            self.is_restored.set(true);
        }
    }

    fn discard(self) {
        self.kept.with_untracked(KeptText::forget);
        let text = self.area.get_untracked().map(|area| stored(&area)).unwrap_or_default();
        self.replace(&text);
        self.focus();
    }

    fn typed(self) {
        self.length.set(length(&self.text()));
        self.keep();
    }
}

/// What the page came with.
fn stored(area: &HtmlTextAreaElement) -> String {
    area.default_value().unwrap_or_default()
}

fn length(text: &str) -> u64 {
    text.chars().count() as u64
}

/// How near a text is to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nearness {
    Far,
    Near(u64),
    Over(u64),
}

impl Nearness {
    /// The last tenth is near.
    fn of(length: u64, longest: u64) -> Self {
        match longest.checked_sub(length) {
            None => Self::Over(length - longest),
            Some(left) if left <= longest / 10 => Self::Near(left),
            Some(_) => Self::Far,
        }
    }

    const fn state(self) -> Option<&'static str> {
        match self {
            Self::Far => None,
            Self::Near(_) => Some("near"),
            Self::Over(_) => Some("over"),
        }
    }

    fn words(self) -> String {
        match self {
            Self::Far => String::new(),
            Self::Near(left) => format!("{} left", crate::words::counted(left, "character")),
            Self::Over(excess) => format!("{} too many", crate::words::counted(excess, "character")),
        }
    }
}

/// A text area for writing at length. Its properties mean what they mean for `TextArea`.
#[component]
pub fn WritingArea(
    writing: Writing,
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] origin: TextOrigin,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    #[prop(default = 5)] rows: u32,
    /// In code points.
    longest: u64,
) -> impl IntoView {
    Effect::new(move |_| {
        if writing.area.get().is_some() && origin == TextOrigin::Stored {
            writing.restore();
        }
    });
    let nearness = move || Nearness::of(writing.length.get(), longest);
    view! {
        <TextArea
            label
            name
            value
            hint
            problem
            rows
            node_ref=writing.area
            on:input=move |_| writing.typed()
            on:keydown=move |event: KeyboardEvent| send_on_shortcut(writing, &event)
        >
            <p role="status">
                {move || writing.is_restored.get().then_some("What you wrote here earlier is back. ")}
                <button
                    class="button button-quiet button-small"
                    type="button"
                    hidden=move || !writing.is_restored.get()
                    on:click=move |_| writing.discard()
                >
                    "Discard it"
                </button>
            </p>
            <p class="count" data-state=move || nearness().state()>{move || nearness().words()}</p>
        </TextArea>
    }
}

fn send_on_shortcut(writing: Writing, event: &KeyboardEvent) {
    let is_shortcut = event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing();
    if let Some(form) = writing.form().filter(|_| is_shortcut) {
        event.prevent_default();
        let _ = form.request_submit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_speaks_up_only_near_the_limit() {
        assert_eq!(Nearness::of(0, 100).words(), "");
        assert_eq!(Nearness::of(90, 100).words(), "10 characters left");
        assert_eq!(Nearness::of(100, 100).state(), Some("near"));
        assert_eq!(Nearness::of(101, 100).words(), "1 character too many");
        assert_eq!(Nearness::of(101, 100).state(), Some("over"));
    }
}
