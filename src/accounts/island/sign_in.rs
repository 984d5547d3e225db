//! The forms that ask who is there: to sign in, and to prove it again later.

use leptos::{ev::SubmitEvent, html, prelude::*};

use crate::{
    accounts::{
        api,
        model::{Proof, Secret, SignIn},
        view::{PROVE, Proving, SIGN_IN, SigningIn},
    },
    ui::{
        Button, ButtonKind, ButtonSize, ErrorSummary, FieldKind, Form, PasswordField, RefusalNotice, Submission, TextField,
        UserNameHint, text_of,
    },
    valid::Valid,
};

/// User name or e-mail address, and the password.
#[island]
pub fn SignInForm(signing_in: SigningIn) -> impl IntoView {
    let submission = Submission::new(&["login", "password"], signing_in.problems);
    let (login, password) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let next = StoredValue::new(signing_in.next.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let draft = SignIn { login: text_of(login), password: Secret::new(text_of(password)) };
        submission.send(Valid::check(draft), move |draft| async move {
            api::sign_in(draft.login.clone(), draft.password.clone(), next.get_value()).await
        });
    };
    view! {
        <Form action=SIGN_IN busy=submission.busy() on:submit=on_submit>
            <ErrorSummary problems=submission.messages.summary() />
            <RefusalNotice refusal=submission.refusal() />
            <input type="hidden" name="next" value=signing_in.next />
            <TextField
                label="User name or e-mail address"
                name="login"
                value=signing_in.login
                kind=FieldKind::UserName
                problem=submission.messages.sentence("login")
                node_ref=login
            />
            <PasswordField label="Password" name="password" problem=submission.messages.sentence("password") node_ref=password />
            <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=submission.busy()>"Sign in"</Button>
        </Form>
    }
}

/// The password of whoever is signed in.
#[island]
pub fn ProofForm(proving: Proving) -> impl IntoView {
    let submission = Submission::new(&["password"], proving.problems);
    let password = NodeRef::<html::Input>::new();
    let next = StoredValue::new(proving.next.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let draft = Proof { password: Secret::new(text_of(password)) };
        submission
            .send(Valid::check(draft), move |draft| async move { api::prove(draft.password.clone(), next.get_value()).await });
    };
    view! {
        <Form action=PROVE busy=submission.busy() on:submit=on_submit>
            <ErrorSummary problems=submission.messages.summary() />
            <RefusalNotice refusal=submission.refusal() />
            <input type="hidden" name="next" value=proving.next />
            <UserNameHint username=proving.username />
            <PasswordField label="Password" name="password" problem=submission.messages.sentence("password") node_ref=password />
            <Button kind=ButtonKind::Primary size=ButtonSize::Wide busy=submission.busy()>"Confirm it is me"</Button>
        </Form>
    }
}
