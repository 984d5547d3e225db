//! With what a composer begins: anew, with a stored text, or with the form that came back.

use leptos::prelude::*;

use crate::{
    comments::{
        model::{Comment, CommentId, ThreadEntry},
        view::{Composing, EDIT, PREVIEW, PUBLISH, Purpose, ReplyTarget},
    },
    discussions::model::{DiscussionId, Preview},
    error::AppError,
    server::{
        once::OnceKey,
        returned::{Outcome, Returned},
        shell::{Frame, with_next},
    },
    ui::{ButtonKind, ButtonLink, ButtonSize, Icon, IconName, TextOrigin},
    words,
};

/// The composer of a discussion's page. Nothing can be said about a form of another discussion.
pub fn new_comment(frame: &Frame, discussion: DiscussionId, entries: &[ThreadEntry]) -> Composing {
    let returned = frame.returned().filter(|returned| is_about(returned, PUBLISH, "discussion", discussion.0));
    let parent = returned.and_then(|returned| returned.typed("parent").parse().ok()).map(CommentId);
    let reply = parent.map(|comment| ReplyTarget { comment, author: super::author_among(entries, comment) });
    composing(frame, returned, publishing(returned, discussion, reply), String::new())
}

/// The composer of the page that answers one comment.
pub fn reply_to(frame: &Frame, discussion: DiscussionId, target: ReplyTarget) -> Composing {
    let returned = frame.returned().filter(|returned| is_about(returned, PUBLISH, "parent", target.comment.0));
    composing(frame, returned, publishing(returned, discussion, Some(target)), String::new())
}

/// The composer of the page that changes a comment.
pub fn edited_text(frame: &Frame, comment: &Comment, body: String) -> Composing {
    let returned = frame.returned().filter(|returned| is_about(returned, EDIT, "comment", comment.id.0));
    let purpose = Purpose::Edit { discussion: comment.discussion, comment: comment.id };
    composing(frame, returned, purpose, body)
}

/// Whether a form that came back, refused or previewed, is the one for this object.
fn is_about(returned: &Returned, action: &str, field: &str, number: i64) -> bool {
    (returned.action == action || returned.action == PREVIEW) && returned.typed(field).parse() == Ok(number)
}

/// The key of a form that came back stays the same: it is still that form.
fn publishing(returned: Option<&Returned>, discussion: DiscussionId, reply: Option<ReplyTarget>) -> Purpose {
    let once = match returned {
        Some(returned) => OnceKey::read(returned.fields.first("once")),
        None => OnceKey::fresh(),
    };
    Purpose::Publish { discussion, reply, once: once.as_str().to_owned() }
}

fn composing(frame: &Frame, returned: Option<&Returned>, purpose: Purpose, stored: String) -> Composing {
    Composing {
        purpose,
        body: returned.map_or(stored, |returned| returned.typed("body")),
        origin: returned.map_or(TextOrigin::Stored, |_| TextOrigin::Typed),
        problem: returned.and_then(Returned::error).and_then(|error| error.field_problems().of("body")),
        preview: returned.and_then(answered_preview),
        longest: frame.settings().comment_length,
        writer: frame.visit.actor().id(),
    }
}

fn answered_preview(returned: &Returned) -> Option<Preview> {
    match &returned.outcome {
        Outcome::Answered(answer) => serde_json::from_value(answer.clone()).ok(),
        Outcome::Refused(_) => None,
    }
}

/// Why nobody, or this person, can write here now, and what would change that.
#[component]
pub fn ClosedComposer(refusal: AppError, path: String) -> impl IntoView {
    if refusal == AppError::Unauthenticated {
        return view! {
            <div class="composer-closed" id="composer-closed">
                <Icon name=IconName::Comment />
                <div class="row">
                    <p>"Members can reply and comment."</p>
                    <ButtonLink kind=ButtonKind::Primary size=ButtonSize::Small href=with_next("/sign-in", &path)>"Sign in"</ButtonLink>
                    <ButtonLink size=ButtonSize::Small href=with_next("/register", &path)>"Register"</ButtonLink>
                </div>
            </div>
        }
        .into_any();
    }
    view! {
        <p class="composer-closed">
            <Icon name=IconName::Lock />
            <span>{words::error(&refusal)}</span>
        </p>
    }
    .into_any()
}
