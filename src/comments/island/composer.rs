//! The form that publishes or changes a comment.

use leptos::{
    ev::{MouseEvent, SubmitEvent},
    prelude::*,
    task::spawn_local,
};
use web_sys::HtmlFormElement;

use crate::{
    comments::{
        model::{CommentDraft, CommentId},
        view::{Composing, PREVIEW, Purpose, ReplyTarget, anchor},
    },
    discussions::model::{DiscussionId, Preview},
    error::AppError,
    landing::Landing,
    ui::{
        Button, ButtonKind, ErrorSummary, FieldMessages, Form, PreviewPane, PreviewSlot, RefusalNotice, TrustedHtml, Writing,
        WritingArea, on_page_shown, post,
    },
    valid::{FieldProblems, Problem},
};

/// The id of the composer's form, for links and for the thread that moves it.
pub const COMPOSER: &str = "composer";

const BODY: &str = "body";

/// A composer that stands by itself on its page.
#[island]
pub fn Composer(composing: Composing) -> impl IntoView {
    let composition = Composition::new(composing);
    view! { <ComposerForm composition on_not_reply=None /> }
}

/// A composer at work.
#[derive(Clone, Copy)]
pub struct Composition {
    start: StoredValue<Composing>,
    pub writing: Writing,
    reply: RwSignal<Option<ReplyTarget>>,
    once: RwSignal<String>,
    preview: PreviewSlot,
    messages: FieldMessages,
    refusal: RwSignal<Option<AppError>>,
    work: RwSignal<Work>,
}

/// What a composer is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    None,
    Publishing,
    Previewing,
}

impl Composition {
    pub fn new(start: Composing) -> Self {
        let reply = start.purpose.reply();
        let once = match &start.purpose {
            Purpose::Publish { once, .. } => once.clone(),
            Purpose::Edit { .. } => String::new(),
        };
        let kept = start.kept_text(reply.as_ref().map(|target| target.comment));
        let made = start.preview.clone().map(|preview| TrustedHtml::from_sanitised(preview.html));
        Self {
            writing: Writing::new(&start.body, kept),
            reply: RwSignal::new(reply),
            once: RwSignal::new(once),
            preview: PreviewSlot::new(made.as_ref()),
            messages: FieldMessages::new(&[BODY], start.problems()),
            refusal: RwSignal::new(None),
            work: RwSignal::new(Work::None),
            start: StoredValue::new(start),
        }
    }

    /// The comment being answered.
    pub fn answered(self) -> Option<CommentId> {
        self.reply.with_untracked(|reply| reply.as_ref().map(|target| target.comment))
    }

    /// Answers a comment from now on, with what was begun for it earlier.
    pub fn answer(self, target: ReplyTarget) {
        let place = self.start.with_value(|start| start.kept_text(Some(target.comment)));
        self.writing.turn_to(place);
        self.begin(Some(target));
    }

    /// Answers the discussion itself from now on, with what is written so far.
    pub fn answer_nobody(self) {
        self.writing.carry_to(self.start.with_value(|start| start.kept_text(None)));
        self.begin(None);
    }

    fn begin(self, reply: Option<ReplyTarget>) {
        self.reply.set(reply);
        self.messages.clear(BODY);
        self.refusal.set(None);
        self.preview.hide();
        self.writing.focus();
    }

    /// What is wrong with the text as it stands.
    fn problem(self) -> Option<Problem> {
        let longest = self.start.with_value(|start| u64::from(start.longest));
        CommentDraft { body: self.writing.text() }.check(longest).err()
    }

    fn send(self) {
        let Some(form) = self.ready() else { return };
        self.work.set(Work::Publishing);
        let action = self.start.with_value(|start| start.purpose.action());
        spawn_local(async move {
            match post::<Landing>(&form, action).await {
                Ok(landing) => self.leave_for(&landing),
                Err(error) => self.refused(error),
            }
        });
    }

    fn show_preview(self) {
        let Some(form) = self.ready() else { return };
        self.work.set(Work::Previewing);
        spawn_local(async move {
            match post::<Preview>(&form, PREVIEW).await {
                Ok(preview) => {
                    self.work.set(Work::None);
                    self.preview.show(&TrustedHtml::from_sanitised(preview.html));
                }
                Err(error) => self.refused(error),
            }
        });
    }

    /// The form, when its text keeps the rules and nothing else is on its way.
    fn ready(self) -> Option<HtmlFormElement> {
        if self.work.get_untracked() != Work::None {
            return None;
        }
        self.refusal.set(None);
        match self.problem() {
            Some(problem) => {
                self.messages.refuse(FieldProblems::one(BODY, problem));
                None
            }
            None => self.writing.form(),
        }
    }

    /// Goes on to where the text now stands. Should the browser come back to this page as it was, it
    /// finds an empty form that counts as a new one.
    fn leave_for(self, landing: &Landing) {
        self.writing.finish();
        self.once.set(String::new());
        if window().location().assign(&landing.address()).is_err() {
            self.work.set(Work::None);
        }
    }

    fn refused(self, error: AppError) {
        self.work.set(Work::None);
        self.messages.refuse(error.field_problems());
        self.refusal.set(Some(error));
        self.writing.focus();
    }
}

/// The composer's form. `on_not_reply` undoes a reply in place; without it a link leads on.
#[component]
pub fn ComposerForm(composition: Composition, on_not_reply: Option<Callback<()>>) -> impl IntoView {
    let start = composition.start.get_value();
    let made = start.preview.clone().map(|preview| TrustedHtml::from_sanitised(preview.html));
    let problem = move || composition.problem();
    let publishing = Signal::derive(move || composition.work.get() == Work::Publishing);
    let previewing = Signal::derive(move || composition.work.get() == Work::Previewing);
    on_page_shown(move || composition.work.set(Work::None));
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        composition.send();
    };
    let on_preview = move |event: MouseEvent| {
        event.prevent_default();
        composition.show_preview();
    };
    view! {
        <Form action=start.purpose.action() class="composer form" id=COMPOSER busy=publishing on:submit=on_submit>
            <Heading composition />
            <ErrorSummary problems=composition.messages.summary() />
            <RefusalNotice refusal=composition.refusal />
            <HiddenFields composition />
            <ReplyContext composition on_not_reply />
            <WritingArea
                writing=composition.writing
                label="Your comment"
                name=BODY
                value=start.body.clone()
                origin=start.origin
                hint="Markdown works: **bold**, lists, quotes and code."
                problem=composition.messages.sentence(BODY)
                longest=u64::from(start.longest)
                on:input=composition.messages.on_input(BODY, problem)
                on:focusout=composition.messages.on_leave(BODY, problem)
            />
            <div class="actions">
                <Button kind=ButtonKind::Primary busy=publishing>{verb(&start.purpose)}</Button>
                <Button busy=previewing attr:formaction=PREVIEW on:click=on_preview>"Preview"</Button>
            </div>
            <PreviewPane preview=composition.preview made />
        </Form>
    }
}

fn verb(purpose: &Purpose) -> &'static str {
    match purpose {
        Purpose::Publish { .. } => "Publish comment",
        Purpose::Edit { .. } => "Save comment",
    }
}

/// A page about one comment says in its own heading what the form is for.
#[component]
fn Heading(composition: Composition) -> impl IntoView {
    let is_publishing = composition.start.with_value(|start| matches!(start.purpose, Purpose::Publish { .. }));
    let words = move || if composition.reply.with(Option::is_some) { "Write a reply" } else { "Write a comment" };
    is_publishing.then(|| view! { <h2>{words}</h2> })
}

/// What the form carries unseen. Browsers that fill forms in again must leave these alone: a key from
/// an earlier form would make a new comment pass for that one. Only fields that are not of the type `hidden` may say so.
#[component]
fn HiddenFields(composition: Composition) -> impl IntoView {
    let parent = move || composition.reply.with(|reply| reply.as_ref().map(|target| target.comment.to_string()));
    match composition.start.with_value(|start| start.purpose.clone()) {
        Purpose::Publish { discussion, .. } => view! {
            <DiscussionField discussion />
            <input
                type="text"
                name="parent"
                hidden
                autocomplete="off"
                value=parent
                disabled=move || composition.reply.with(Option::is_none)
            />
            <input type="text" name="once" hidden autocomplete="off" value=move || composition.once.get() />
        }
        .into_any(),
        Purpose::Edit { comment, .. } => view! { <input type="hidden" name="comment" value=comment.to_string() /> }.into_any(),
    }
}

#[component]
fn DiscussionField(discussion: DiscussionId) -> impl IntoView {
    view! { <input type="hidden" name="discussion" value=discussion.to_string() /> }
}

/// Whom the reply answers, and the way out of it.
#[component]
fn ReplyContext(composition: Composition, on_not_reply: Option<Callback<()>>) -> impl IntoView {
    let discussion_page = composition.start.with_value(|start| match start.purpose {
        Purpose::Publish { discussion, .. } | Purpose::Edit { discussion, .. } => format!("/d/{discussion}#{COMPOSER}"),
    });
    let undo = move |event: MouseEvent| {
        if let Some(on_not_reply) = on_not_reply {
            event.prevent_default();
            on_not_reply.run(());
        }
    };
    move || {
        let discussion_page = discussion_page.clone();
        composition.reply.get().map(|target| {
            let (href, name) = match target.author {
                Some(author) => (format!("#{}", anchor(target.comment)), author.to_string()),
                None => (format!("/c/{}", target.comment), "an earlier comment".to_owned()),
            };
            view! {
                <p class="composer-context">
                    <span>"Replying to " <a href=href dir="auto">{name}</a></span>
                    <a href=discussion_page on:click=undo>"Not a reply"</a>
                </p>
            }
        })
    }
}
