//! Passkeys on pages: one's own, and the button that asks for one.

use leptos::prelude::*;

use crate::{
    accounts::{
        island::{AccountForm, passkey::PasskeyForm},
        model::{PasskeyBackup, PasskeyId, PasskeyRecord, PasskeyUse},
        view::{ADD_PASSKEY, GIVE_PASSKEY, PROVE_WITH_PASSKEY, REMOVE_PASSKEY, RENAME_PASSKEY, SIGN_IN_WITH_PASSKEY},
    },
    moment::Moment,
    server::{sent::Sent, visit::Visit},
    ui::{Badge, BadgeTone, Button, ButtonKind, ButtonSize, ErrorSummary, Form, TextField, When},
};

/// Whether passkeys can be bound to the site's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passkeys {
    Offered,
    /// The address has no name.
    NotHere,
}

impl Passkeys {
    pub fn of(visit: &Visit) -> Self {
        if visit.app().relying_party().is_some() { Self::Offered } else { Self::NotHere }
    }
}

/// One's own passkeys, and the way to another.
#[component]
pub fn PasskeysPanel(passkeys: Vec<PasskeyRecord>, offered: Passkeys, now: Moment) -> impl IntoView {
    let rows = passkeys.iter().map(|passkey| view! { <PasskeyRow passkey=passkey.clone() now /> }).collect_view();
    let list = (!passkeys.is_empty()).then(|| view! { <ul class="passkeys">{rows}</ul> });
    (offered == Passkeys::Offered || !passkeys.is_empty()).then(|| {
        view! {
            <section class="panel">
                <h2>"Passkeys"</h2>
                <p class="quiet">
                    "A passkey is your device, your password manager or a security key, unlocked by you. It signs you in without a "
                    "password, and cannot be given away by mistake."
                </p>
                {list}
                {(offered == Passkeys::Offered).then(|| view! { <NewPasskey /> })}
            </section>
        }
    })
}

#[component]
fn PasskeyRow(passkey: PasskeyRecord, now: Moment) -> impl IntoView {
    let id = passkey.id;
    let used = match passkey.last_used {
        Some(at) => view! { ", last used " <When at now /> }.into_any(),
        None => ", never used yet".into_any(),
    };
    let backup = match passkey.backup {
        PasskeyBackup::BackedUp => view! { <Badge label="Backed up" tone=BadgeTone::Success /> },
        PasskeyBackup::OneDevice => view! { <Badge label="On one device only" /> },
    };
    view! {
        <li>
            <p><strong dir="auto">{passkey.name.clone()}</strong> " " {backup}</p>
            <p class="activity-head">"Made " <When at=passkey.made now /> {used}</p>
            <div class="actions">
                <Rename id name=passkey.name.clone() />
                <Form action=REMOVE_PASSKEY class="">
                    {number(id)}
                    <Button size=ButtonSize::Small kind=ButtonKind::Danger>
                        "Remove" <span class="visually-hidden">" " {passkey.name.clone()}</span>
                    </Button>
                </Form>
            </div>
        </li>
    }
}

#[component]
fn Rename(id: PasskeyId, name: String) -> impl IntoView {
    let sent = Sent::to(RENAME_PASSKEY).with("passkey", &id.0.to_string());
    let (is_open, field_id) = (sent.has_come_back(), format!("name-{}", id.0));
    view! {
        <details class="other-way" open=is_open>
            <summary>"Rename"<span class="visually-hidden">" " {name.clone()}</span></summary>
            <AccountForm>
                <Form action=RENAME_PASSKEY class="form form-inline">
                    {number(id)}
                    <TextField
                        label="Name"
                        name="name"
                        id=field_id
                        value=sent.typed_or("name", &name)
                        problem=sent.problem("name")
                        autocomplete="off"
                    />
                    <Button size=ButtonSize::Small>"Rename"</Button>
                </Form>
            </AccountForm>
        </details>
    }
}

#[component]
fn NewPasskey() -> impl IntoView {
    let sent = Sent::to(ADD_PASSKEY);
    view! {
        <div class="needs-script">
            <PasskeyForm>
                <Form action=ADD_PASSKEY>
                    <ErrorSummary problems=sent.summary_of(&["name"]) />
                    {exchange_fields()}
                    <TextField
                        label="Name of the new passkey"
                        name="name"
                        value=sent.typed_or("name", "")
                        problem=sent.problem("name")
                        hint="So that you know it again: such as the device, or the password manager."
                        autocomplete="off"
                    />
                    <div class="actions">
                        <Button>"Add a passkey"</Button>
                    </div>
                </Form>
            </PasskeyForm>
        </div>
        <p class="hint without-script">"To add a passkey, please let this page run its scripts."</p>
    }
}

/// A button that asks for a passkey. Where no script runs it says so, and the other ways are there.
#[component]
pub fn PasskeyButton(purpose: PasskeyUse, #[prop(optional, into)] next: Option<String>) -> impl IntoView {
    let (action, word, label) = match purpose {
        PasskeyUse::SignIn => (SIGN_IN_WITH_PASSKEY, "sign_in", "Sign in with a passkey"),
        PasskeyUse::SecondFactor => (GIVE_PASSKEY, "second_factor", "Use a passkey"),
        PasskeyUse::Proof => (PROVE_WITH_PASSKEY, "proof", "Confirm with a passkey"),
    };
    let offers_itself = (purpose == PasskeyUse::SignIn).then_some("");
    view! {
        <div class="needs-script">
            <PasskeyForm>
                <Form action>
                    <input type="hidden" name="purpose" value=word data-autofill=offers_itself />
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    {exchange_fields()}
                    <input type="hidden" name="keeping" value="" />
                    <Button size=ButtonSize::Wide>{label}</Button>
                </Form>
            </PasskeyForm>
        </div>
        <p class="hint without-script">"Passkeys need scripts, which do not run here."</p>
    }
}

/// What the island fills in.
fn exchange_fields() -> impl IntoView {
    view! {
        <input type="hidden" name="token" value="" />
        <input type="hidden" name="credential" value="" />
    }
}

fn number(id: PasskeyId) -> impl IntoView {
    view! { <input type="hidden" name="passkey" value=id.0.to_string() /> }
}
