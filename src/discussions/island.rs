//! What reacts in the browser: the form that starts or changes a discussion.

use leptos::{
    ev::{Event, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    task::spawn_local,
};

use super::{
    model::{DiscussionDraft, Opening, Preview, Title},
    view::{Drafting, PREVIEW, Purpose},
};
use crate::{
    error::AppError,
    landing::Landing,
    ui::{
        Button, ButtonKind, ErrorSummary, FieldMessages, Form, KeptText, PreviewPane, PreviewSlot, RefusalNotice, TextField,
        TrustedHtml, Writing, WritingArea, on_page_shown, post,
    },
    valid::{Valid, Value},
};

/// The title and the opening of a discussion.
#[allow(clippy::must_use_candidate, reason = "a view that is not used is not seen")]
#[island]
pub fn DiscussionForm(drafting: Drafting) -> impl IntoView {
    let form = Drafted::new(&drafting);
    let action = drafting.purpose.action();
    let made = drafting.preview.clone().map(|preview| TrustedHtml::from_sanitised(preview.html));
    let publishing = Signal::derive(move || form.work.get() == Work::Publishing);
    let previewing = Signal::derive(move || form.work.get() == Work::Previewing);
    let title_problem = move || Title::parse(&form.draft().title).err();
    let opening_problem = move || Opening::parse(&form.opening.text()).err();
    on_page_shown(move || form.work.set(Work::None));
    Effect::new(move |_| form.restore_title());
    let check_title = form.messages.on_input("title", title_problem);
    let on_title = move |event: Event| {
        form.keep_title();
        check_title(event);
    };
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        form.send(action);
    };
    let on_preview = move |event: MouseEvent| {
        event.prevent_default();
        form.show_preview();
    };
    view! {
        <Form action busy=publishing on:submit=on_submit>
            <ErrorSummary problems=form.messages.summary() />
            <RefusalNotice refusal=form.refusal />
            <HiddenField purpose=drafting.purpose.clone() once=form.once />
            <TextField
                label="Title"
                name="title"
                value=drafting.draft.title.clone()
                hint="What is it about? A question works well."
                problem=form.messages.sentence("title")
                autocomplete="off"
                node_ref=form.title
                on:input=on_title
                on:focusout=form.messages.on_leave("title", title_problem)
            />
            <WritingArea
                writing=form.opening
                label="Opening text"
                name="opening"
                value=drafting.draft.opening.clone()
                origin=drafting.origin
                hint="Markdown works: **bold**, lists, quotes and code."
                problem=form.messages.sentence("opening")
                rows=10
                longest=Opening::LONGEST
                on:input=form.messages.on_input("opening", opening_problem)
                on:focusout=form.messages.on_leave("opening", opening_problem)
            />
            <div class="actions">
                <Button kind=ButtonKind::Primary busy=publishing>{verb(&drafting.purpose)}</Button>
                <Button busy=previewing attr:formaction=PREVIEW on:click=on_preview>"Preview"</Button>
            </div>
            <PreviewPane preview=form.preview made />
        </Form>
    }
}

const fn verb(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Start { .. } => "Start discussion",
        Purpose::Edit(_) => "Save discussion",
    }
}

/// What the form carries unseen. A browser that fills forms in again must leave the key alone: an
/// earlier one would make a new discussion pass for that one. Only a field that is not of the type `hidden` may say so.
#[component]
fn HiddenField(purpose: Purpose, once: RwSignal<String>) -> impl IntoView {
    match purpose {
        Purpose::Start { .. } => {
            view! { <input type="text" name="once" hidden autocomplete="off" value=move || once.get() /> }.into_any()
        }
        Purpose::Edit(discussion) => view! { <input type="hidden" name="discussion" value=discussion.to_string() /> }.into_any(),
    }
}

/// The form at work.
#[derive(Clone, Copy)]
struct Drafted {
    title: NodeRef<html::Input>,
    kept_title: RwSignal<KeptText>,
    opening: Writing,
    once: RwSignal<String>,
    preview: PreviewSlot,
    messages: FieldMessages,
    refusal: RwSignal<Option<AppError>>,
    work: RwSignal<Work>,
}

/// What the form is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    None,
    Publishing,
    Previewing,
}

impl Drafted {
    fn new(start: &Drafting) -> Self {
        let made = start.preview.clone().map(|preview| TrustedHtml::from_sanitised(preview.html));
        let once = match &start.purpose {
            Purpose::Start { once } => once.clone(),
            Purpose::Edit(_) => String::new(),
        };
        Self {
            title: NodeRef::new(),
            kept_title: RwSignal::new(start.kept_title()),
            opening: Writing::new(&start.draft.opening, start.kept_text()),
            once: RwSignal::new(once),
            preview: PreviewSlot::new(made.as_ref()),
            messages: FieldMessages::new(&["title", "opening"], start.problems.clone()),
            refusal: RwSignal::new(None),
            work: RwSignal::new(Work::None),
        }
    }

    fn draft(self) -> DiscussionDraft {
        let title = self.title.get_untracked().map(|title| title.value()).unwrap_or_default();
        DiscussionDraft { title, opening: self.opening.text() }
    }

    fn keep_title(self) {
        let title = self.title.get_untracked().map(|title| title.value()).unwrap_or_default();
        self.kept_title.with_untracked(|kept| kept.keep(&title));
    }

    /// Brings back what was typed here earlier, where the page came without a title.
    fn restore_title(self) {
        let Some(title) = self.title.get_untracked().filter(|title| title.value().is_empty()) else { return };
        if let Some(kept) = self.kept_title.with_untracked(KeptText::read) {
            title.set_value(&kept);
        }
    }

    fn send(self, action: &'static str) {
        if self.work.get_untracked() != Work::None {
            return;
        }
        self.refusal.set(None);
        if let Err(problems) = Valid::check(self.draft()) {
            return self.refused(problems.into());
        }
        let Some(form) = self.opening.form() else { return };
        self.work.set(Work::Publishing);
        spawn_local(async move {
            match post::<Landing>(&form, action).await {
                Ok(landing) => self.leave_for(&landing),
                Err(error) => self.refused(error),
            }
        });
    }

    fn show_preview(self) {
        if self.work.get_untracked() != Work::None {
            return;
        }
        let Some(form) = self.opening.form() else { return };
        self.refusal.set(None);
        self.work.set(Work::Previewing);
        spawn_local(async move {
            match post::<Preview>(&form, PREVIEW).await {
                Ok(preview) => {
                    self.work.set(Work::None);
                    self.messages.clear("opening");
                    self.preview.show(&TrustedHtml::from_sanitised(preview.html));
                }
                Err(error) => self.refused(error),
            }
        });
    }

    /// Goes on to the discussion. Should the browser come back to this page as it was, it finds an
    /// empty form that counts as a new one.
    fn leave_for(self, landing: &Landing) {
        self.opening.finish();
        self.kept_title.with_untracked(KeptText::forget);
        self.once.set(String::new());
        if window().location().assign(&landing.address()).is_err() {
            self.work.set(Work::None);
        }
    }

    /// Tells why, and leads to the first field at fault.
    fn refused(self, error: AppError) {
        self.work.set(Work::None);
        self.messages.refuse(error.field_problems());
        self.refusal.set(Some(error));
    }
}
