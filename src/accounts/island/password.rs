//! The form that sets a password: one's own, or with a link.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::new_password::NewPasswordField;
use crate::{
    accounts::{
        api,
        model::{NewPasswordDraft, PasswordChange, Secret},
        view::{ChoosingPassword, PasswordProof},
    },
    ui::{Button, ButtonKind, ErrorSummary, Form, PasswordField, RefusalNotice, Submission, UserNameHint, text_of},
    valid::Valid,
};

const CURRENT: &str = "current_password";

/// The new password, and what allows to set it.
#[island]
pub fn PasswordForm(choosing: ChoosingPassword) -> impl IntoView {
    let submission = Submission::new(&[CURRENT, "password"], choosing.problems);
    let (current, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let proof = StoredValue::new(choosing.proof.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let chosen = Secret::new(text_of(password));
        match proof.get_value() {
            PasswordProof::Current { .. } => {
                let draft = PasswordChange { current_password: Secret::new(text_of(current)), password: chosen };
                submission.send(Valid::check(draft), |draft| async move {
                    api::change_password(draft.current_password.clone(), draft.password.clone()).await
                });
            }
            PasswordProof::Link { token } => {
                submission.send(Valid::check(NewPasswordDraft { password: chosen }), |draft| async move {
                    api::use_password_link(token, draft.password.clone()).await
                });
            }
        }
    };
    let (beginning, verb) = match &choosing.proof {
        PasswordProof::Current { username } => {
            let problem = submission.messages.sentence(CURRENT);
            let field = view! {
                <UserNameHint username=username.clone() />
                <PasswordField label="Current password" name=CURRENT problem node_ref=current />
            };
            (field.into_any(), "Change password")
        }
        PasswordProof::Link { token } => {
            (view! { <input type="hidden" name="token" value=token.expose().to_owned() /> }.into_any(), "Set password")
        }
    };
    view! {
        <Form action=choosing.proof.action() busy=submission.busy() on:submit=on_submit>
            <ErrorSummary problems=submission.messages.summary() />
            <RefusalNotice refusal=submission.refusal() />
            {beginning}
            <NewPasswordField label="New password" submission node_ref=password suggestion=choosing.suggestion />
            <div class="actions">
                <Button kind=ButtonKind::Primary busy=submission.busy()>{verb}</Button>
            </div>
        </Form>
    }
}
