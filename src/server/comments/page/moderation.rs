//! What moderators can do with a comment where it stands: a menu with one small form.

use leptos::prelude::*;

use crate::{
    comments::{
        model::{Comment, CommentId, CommentState},
        view::anchor,
    },
    server::returned::Returned,
    ui::{Form, TextField},
    words,
};

const MODERATE: &str = "/api/comments/moderate";

/// A form of this kind that was refused and came back.
#[derive(Clone, Debug)]
pub struct RefusedModeration {
    comment: CommentId,
    reason: String,
    problem: Option<String>,
}

impl RefusedModeration {
    pub fn of(returned: &Returned) -> Option<Self> {
        let error = returned.error().filter(|_| returned.action == MODERATE)?;
        let comment = returned.fields.all("comments").first()?.parse().ok().map(CommentId)?;
        let problem = error.field_problems().of("reason").map(|problem| words::problem("reason", problem));
        Some(Self { comment, reason: returned.typed("reason"), problem })
    }
}

/// Hide, restore and delete, each with a reason. A refused form is open again.
pub fn moderation_menu(comment: &Comment, path: &str, refused: Option<&RefusedModeration>) -> AnyView {
    let refused = refused.filter(|refused| refused.comment == comment.id);
    let is_open = refused.is_some();
    let id = format!("reason-{}", comment.id);
    let value = refused.map(|refused| refused.reason.clone()).unwrap_or_default();
    let problem = refused.and_then(|refused| refused.problem.clone());
    let label = format!("Moderate the comment of {}", comment.author_name);
    let number = comment.id.to_string();
    let next = format!("{path}#{}", anchor(comment.id));
    let turn = match comment.state {
        CommentState::Hidden => view! { <button type="submit" name="deed" value="restore">"Restore"</button> }.into_any(),
        CommentState::Visible | CommentState::Deleted => {
            view! { <button type="submit" name="deed" value="hide">"Hide, can be restored"</button> }.into_any()
        }
    };
    view! {
        <details class="menu" open=is_open>
            <summary>"Moderate"</summary>
            <div class="menu-panel">
                <Form action=MODERATE class="form menu-form" label>
                    <input type="hidden" name="comments[0]" value=number />
                    <input type="hidden" name="next" value=next />
                    <TextField label="Reason" name="reason" id value problem autocomplete="off" />
                    <div>{turn} <button type="submit" name="deed" value="delete">"Delete for good"</button></div>
                </Form>
            </div>
        </details>
    }
    .into_any()
}
