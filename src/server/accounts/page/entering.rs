//! The pages on which people say who they are: registering, signing in, proving it again.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    Onward,
    elsewhere::{OrByProvider, ProviderButtons},
    forms::{Application, ProofForm, Purpose, RegistrationForm, SignInForm},
    passkeys::{PasskeyButton, Passkeys},
    suggestion,
};
use crate::{
    accounts::model::{Invited, PasskeyUse, ProviderIntent, Secret},
    error::{AppError, Refusal},
    landing::LocalPath,
    policy,
    server::{
        accounts::{self, challenge, factors, invitations, providers},
        shell::{Frame, Head, Width},
        web::{Asked, Number, Trouble, WebVisit},
    },
    site::model::RegistrationMode,
    ui::{Icon, IconName, Notice, NoticeTone},
    words,
};

/// Making an account.
pub async fn register(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let invited = invitations::opened(&frame.visit).await?;
    let mode = frame.settings().registration;
    let allowed = policy::may_register(frame.visit.actor(), mode, invited, frame.visit.now());
    if let Err(AppError::Forbidden(refusal @ (Refusal::RegistrationClosed | Refusal::InvitationNeeded))) = &allowed
        && frame.returned().is_none()
    {
        return Ok(closed(&frame, *refusal));
    }
    if let Some(elsewhere) = already_in(&frame, allowed.map(drop), onward.path())? {
        return Ok(elsewhere);
    }
    let application =
        if (mode, invited) == (RegistrationMode::Approval, Invited::No) { Application::Wanted } else { Application::Unneeded };
    let purpose = Purpose::Register { next: onward.field(), application };
    let challenge = challenge::make(&frame.visit, challenge::Purpose::Registration).await?;
    let lead = lead(mode, invited);
    let (offers, next) = (frame.visit.app().providers().offers(), onward.field());
    let sign_in = onward.joined_to("/sign-in");
    let head = Head::titled("Register").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Register"</h1>
                <p class="lead">{lead}</p>
            </header>
            <RegistrationForm purpose suggestion=suggestion() challenge=Some(challenge) />
            <OrByProvider offers intent=ProviderIntent::Register next />
            <p class="quiet">"You have an account? "<a href=sign_in>"Sign in"</a></p>
        }
    }))
}

/// What happens when the form is sent.
const fn lead(mode: RegistrationMode, invited: Invited) -> &'static str {
    match (mode, invited) {
        (RegistrationMode::Invitation | RegistrationMode::Approval, Invited::Yes) => {
            "You are invited: your account is ready as soon as you have chosen a name."
        }
        (RegistrationMode::Approval, Invited::No) => {
            "Somebody who runs the site reads what you write here and lets you in, or says why not. Until then you can read."
        }
        _ => "One account for reading along, asking and answering.",
    }
}

/// Opens an invitation: the browser remembers it, and is led to the form.
pub async fn open_invitation(WebVisit(visit): WebVisit, Number(token): Number<Secret>) -> Response {
    invitations::open(&visit, token);
    Redirect::to("/register").into_response()
}

/// Said instead of a form that nobody could send.
fn closed(frame: &Frame, refusal: Refusal) -> Response {
    let (title, way_in) = match refusal {
        Refusal::InvitationNeeded => (
            "New members come by invitation",
            "You can read everything. To take part, ask somebody who runs the site for an invitation, and open its link.",
        ),
        _ => (
            "This site takes no new members at the moment",
            "You can still read everything. Ask the people who run the site whether they will let you in.",
        ),
    };
    let head = Head::titled("Register").width(Width::Narrow).not_indexed();
    frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Register"</h1>
            </header>
            <Notice tone=NoticeTone::Info title>
                <p>{way_in}</p>
            </Notice>
            <p class="quiet">"You have an account? "<a href="/sign-in">"Sign in"</a></p>
        }
    })
}

/// Opening a session.
pub async fn sign_in(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let allowed = policy::may_sign_in(frame.visit.actor(), frame.visit.now()).map(drop);
    if let Some(elsewhere) = already_in(&frame, allowed, onward.path())? {
        return Ok(elsewhere);
    }
    let next = onward.field();
    let challenge = challenge::make(&frame.visit, challenge::Purpose::SignIn).await?;
    let passkeys = Passkeys::of(&frame.visit);
    let (offers, onward_elsewhere) = (frame.visit.app().providers().offers(), next.clone());
    let register = onward.joined_to("/register");
    let head = Head::titled("Sign in").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Sign in"</h1>
            </header>
            <SignInForm next=next.clone() challenge />
            {(passkeys == Passkeys::Offered).then(|| view! { <PasskeyButton purpose=PasskeyUse::SignIn next /> })}
            <OrByProvider offers intent=ProviderIntent::SignIn next=onward_elsewhere />
            <div class="stack quiet">
                <p>"No account yet? "<a href=register>"Register"</a></p>
                <p><a href="/forgotten">"Password forgotten?"</a></p>
            </div>
        }
    }))
}

/// Giving the password again before something that matters.
pub async fn prove(frame: Frame, Asked(onward): Asked<Onward>) -> Result<Response, Trouble> {
    let granted = policy::may_prove(frame.visit.actor(), frame.visit.now())?;
    let (username, next) = (granted.person.name.to_string(), onward.field());
    let has_passkey = Passkeys::of(&frame.visit) == Passkeys::Offered
        && factors::in_force(frame.visit.database().reader(), granted.person.id).await?.passkeys;
    let has_password = accounts::has_password(&frame.visit).await?;
    let offers = providers::offered_to(&frame.visit).await?;
    let span = words::span(frame.visit.app().config().session.proof.as_secs());
    let head = Head::titled("Confirm that it is you").width(Width::Narrow).not_indexed();
    Ok(frame.page(head, move || {
        view! {
            <header class="page-head">
                <h1>"Confirm that it is you"</h1>
                <p class="lead">
                    <Icon name=IconName::Lock />
                    " What you are about to do matters, so please show once more that it is you. It then counts for " {span} "."
                </p>
            </header>
            {has_password.then(|| view! { <ProofForm username next=next.clone() /> })}
            {has_passkey.then(|| view! { <PasskeyButton purpose=PasskeyUse::Proof next=next.clone() /> })}
            {if has_password || has_passkey {
                view! { <OrByProvider offers intent=ProviderIntent::Prove next /> }.into_any()
            } else {
                view! { <ProviderButtons offers intent=ProviderIntent::Prove next /> }.into_any()
            }}
        }
    }))
}

/// Whoever is signed in already is led on, unless their form has just come back.
fn already_in(frame: &Frame, allowed: Result<(), AppError>, next: Option<LocalPath>) -> Result<Option<Response>, AppError> {
    match allowed {
        Err(AppError::Forbidden(Refusal::AlreadySignedIn)) if frame.returned().is_none() => {
            let path = next.unwrap_or_else(LocalPath::home);
            Ok(Some(Redirect::to(path.as_str()).into_response()))
        }
        allowed => frame.admit(allowed).map(|()| None),
    }
}
