//! What is asked of somebody who has given the password and owes a second factor.

use leptos::prelude::*;

use super::passkeys::{PasskeyButton, Passkeys};
use crate::{
    accounts::{
        island::AccountForm,
        model::{PasskeyUse, SecondFactors},
        view::{GIVE_CODE, GIVE_RECOVERY_CODE},
    },
    server::{accounts::factors, entity::user, error::Result, sent::Sent, visit::Visit},
    ui::{Button, ButtonKind, ButtonSize, ErrorSummary, FieldKind, Form, TextField},
};

/// What an account can give.
#[derive(Clone, Copy, Debug)]
pub struct Offer {
    factors: SecondFactors,
    codes_left: u64,
    passkeys: Passkeys,
}

impl Offer {
    pub async fn of(visit: &Visit, owner: &user::Model) -> Result<Self> {
        let id = crate::accounts::model::UserId(owner.id);
        let factors = factors::in_force(visit.database().reader(), id).await?;
        Ok(Self { factors, codes_left: factors::codes_left(visit, id).await?, passkeys: Passkeys::of(visit) })
    }
}

/// Every way to give the second factor that this account has.
#[component]
pub fn SecondFactorForms(offer: Offer) -> impl IntoView {
    view! {
        {offer.factors.totp.then(|| view! { <CodeForm /> })}
        {(offer.factors.passkeys && offer.passkeys == Passkeys::Offered)
            .then(|| view! { <PasskeyButton purpose=PasskeyUse::SecondFactor /> })}
        {(offer.codes_left > 0).then(|| view! { <RecoveryForm /> })}
        <p class="quiet">"Lost all of them? Ask the people who run this site."</p>
    }
}

#[component]
fn CodeForm() -> impl IntoView {
    let sent = Sent::to(GIVE_CODE);
    view! {
        <AccountForm>
            <Form action=GIVE_CODE>
                <ErrorSummary problems=sent.summary_of(&["code"]) />
                <TextField label="Code from your authenticator app" name="code" kind=FieldKind::Code problem=sent.problem("code") />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Go on"</Button>
            </Form>
        </AccountForm>
    }
}

/// Folded, as it is for the day on which the phone is lost.
#[component]
fn RecoveryForm() -> impl IntoView {
    let sent = Sent::to(GIVE_RECOVERY_CODE);
    let is_open = sent.has_come_back();
    view! {
        <details class="other-way" open=is_open>
            <summary>"Use a recovery code"</summary>
            <AccountForm>
                <Form action=GIVE_RECOVERY_CODE>
                    <ErrorSummary problems=sent.summary_of(&["recovery_code"]) />
                    <TextField
                        label="Recovery code"
                        name="recovery_code"
                        kind=FieldKind::UserName
                        autocomplete="off"
                        hint="One of the ten that you stored. It works once."
                        problem=sent.problem("recovery_code")
                    />
                    <Button size=ButtonSize::Wide>"Use this code"</Button>
                </Form>
            </AccountForm>
        </details>
    }
}
