//! The form of a newcomer: a member's account, or the first admin's.

use leptos::{ev::SubmitEvent, html, prelude::*};

use super::new_password::NewPasswordField;
use crate::{
    accounts::{
        api,
        model::{EmailAddress, Registration, Secret, Username},
        view::{Purpose, Registering},
    },
    ui::{Button, ButtonKind, ButtonSize, ErrorSummary, FieldKind, Form, RefusalNotice, Submission, TextField, text_of},
    valid::{Valid, Value},
};

const FIELDS: &[&str] = &["username", "email", "password"];

/// User name, e-mail address and password.
#[island]
pub fn RegistrationForm(registering: Registering) -> impl IntoView {
    let submission = Submission::new(FIELDS, registering.problems);
    let (username, email, password) =
        (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let username_problem = move || Username::parse(&text_of(username)).err();
    let email_problem = move || EmailAddress::parse(&text_of(email)).err();
    let purpose = StoredValue::new(registering.purpose.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let draft = Registration { username: text_of(username), email: text_of(email), password: Secret::new(text_of(password)) };
        submission.send(Valid::check(draft), move |draft| async move {
            let (username, email, password) = (draft.username.clone(), draft.email.clone(), draft.password.clone());
            match purpose.get_value() {
                Purpose::Register { next } => api::register(username, email, password, next).await,
                Purpose::SetUp { token } => api::set_up(token, username, email, password).await,
            }
        });
    };
    let (verb, kept_name, kept) = match &registering.purpose {
        Purpose::Register { next } => ("Register", "next", next.clone()),
        Purpose::SetUp { token } => ("Create the admin account", "token", token.expose().to_owned()),
    };
    view! {
        <Form action=registering.purpose.action() busy=submission.busy() on:submit=on_submit>
            <ErrorSummary problems=submission.messages.summary() />
            <RefusalNotice refusal=submission.refusal() />
            <input type="hidden" name=kept_name value=kept />
            <TextField
                label="User name"
                name="username"
                value=registering.username
                kind=FieldKind::UserName
                hint="Everybody sees it. Letters and digits, with _ . - between them."
                problem=submission.messages.sentence("username")
                node_ref=username
                on:input=submission.messages.on_input("username", username_problem)
                on:focusout=submission.messages.on_leave("username", username_problem)
            />
            <TextField
                label="E-mail address"
                name="email"
                value=registering.email
                kind=FieldKind::Email
                hint="Only admins see it. You can sign in with it."
                problem=submission.messages.sentence("email")
                node_ref=email
                on:input=submission.messages.on_input("email", email_problem)
                on:focusout=submission.messages.on_leave("email", email_problem)
            />
            <NewPasswordField label="Password" submission node_ref=password suggestion=registering.suggestion />
            <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=submission.busy()>{verb}</Button>
        </Form>
    }
}
