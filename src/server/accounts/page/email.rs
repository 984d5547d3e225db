//! The pages about e-mail addresses: proving one, changing it, taking a change back, and asking for a
//! letter when the password is forgotten.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    forms::{AddressForm, ResetForm},
    linked,
    rooms::AccountRooms,
};
use crate::{
    accounts::{
        model::{AddressProof, Mailbox, Secret},
        view::CHANGE_EMAIL,
    },
    error::AppError,
    policy,
    server::{
        accounts::{
            addresses::{self, change, verification},
            challenge,
            links::Purpose,
        },
        error::Error,
        shell::{self, Frame, Head, Width},
        web::{Number, Trouble, WebVisit},
    },
    ui::{Button, ButtonKind, ButtonLink, ButtonSize, Form, Notice, NoticeTone},
};

/// Opens a link that proves an address.
pub async fn open_verify(WebVisit(visit): WebVisit, Number(token): Number<Secret>) -> Response {
    linked::open(&visit, token, Purpose::Verification, "/verify")
}

/// Opens a link that takes a change back.
pub async fn open_email_undo(WebVisit(visit): WebVisit, Number(token): Number<Secret>) -> Response {
    linked::open(&visit, token, Purpose::EmailUndo, "/email-undo")
}

/// Proving an address.
pub async fn verify(frame: Frame) -> Result<Response, Trouble> {
    let found = verification::check(&frame.visit).await.map_err(Error::told);
    let address = found.as_ref().map(|address| address.as_str().to_owned()).unwrap_or_default();
    frame.admit(found)?;
    Ok(frame.page(narrow("Confirm your e-mail address"), move || {
        view! {
            <header class="page-head">
                <h1>"Confirm your e-mail address"</h1>
                <p class="lead">"Letters to " <strong>{address}</strong> " reach you, then."</p>
            </header>
            <Form action="/api/accounts/verify_email">
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Confirm this address"</Button>
            </Form>
        }
    }))
}

/// Taking a change back.
pub async fn email_undo(frame: Frame) -> Result<Response, Trouble> {
    let found = change::check_undo(&frame.visit).await.map_err(Error::told);
    let address = found.as_ref().map(|address| address.as_str().to_owned()).unwrap_or_default();
    frame.admit(found)?;
    Ok(frame.page(narrow("Take the change back"), move || {
        view! {
            <header class="page-head">
                <h1>"Take the change back"</h1>
                <p class="lead">
                    "The account gets " <strong>{address}</strong> " back as its e-mail address, and all its sessions end."
                </p>
            </header>
            <Form action="/api/accounts/undo_email_change">
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Give me my address back"</Button>
            </Form>
        }
    }))
}

/// Asking for a letter that resets a password.
pub async fn forgotten(frame: Frame) -> Result<Response, Trouble> {
    let sends_letters = frame.visit.app().sends_letters();
    let challenge = challenge::make(&frame.visit, challenge::Purpose::Reset).await?;
    Ok(frame.page(narrow("Password forgotten"), move || {
        let help = if sends_letters {
            view! {
                <p class="lead">"We send a letter with a link that sets a new password. It works for half an hour."</p>
                <ResetForm challenge />
            }
            .into_any()
        } else {
            view! {
                <Notice tone=NoticeTone::Info title="This site sends no letters">
                    <p>"Ask an admin of this site for a link that sets a new password."</p>
                </Notice>
            }
            .into_any()
        };
        view! {
            <header class="page-head">
                <h1>"Password forgotten"</h1>
            </header>
            {help}
            <p class="quiet">"You remember it? " <a href="/sign-in">"Sign in"</a></p>
        }
    }))
}

/// The e-mail address of one's own account.
pub async fn email(frame: Frame) -> Result<Response, Trouble> {
    let mailbox = addresses::own(&frame.visit).await?;
    let allowed = policy::may_change_email(frame.visit.actor(), frame.visit.now()).map(drop);
    let sends_letters = frame.visit.app().sends_letters();
    let page = frame.path().to_owned();
    Ok(frame.page(Head::titled("E-mail").not_indexed(), move || {
        let content = if sends_letters { with_letters(&mailbox, &allowed, &page).into_any() } else { without_letters().into_any() };
        view! {
            <header class="page-head">
                <h1>"E-mail"</h1>
                <p class="lead">"Your address is " <strong>{mailbox.address.as_str().to_owned()}</strong> ". Only admins see it."</p>
            </header>
            <AccountRooms current="/account/email" />
            {content}
        }
    }))
}

fn with_letters(mailbox: &Mailbox, allowed: &Result<(), AppError>, page: &str) -> impl IntoView + use<> {
    let unproven = (mailbox.proven == AddressProof::Unproven).then(|| {
        view! { <p class="hint">"It is not confirmed yet: you will be asked for that when you sign in next."</p> }
    });
    view! { {unproven} {changing(allowed, page)} }
}

fn changing(allowed: &Result<(), AppError>, page: &str) -> Option<AnyView> {
    match allowed {
        Ok(()) => Some(
            view! {
                <section class="panel">
                    <h2>"Change your address"</h2>
                    <p class="quiet">
                        "We write to the new address first; the change happens when you confirm it there. The old one is told, and can take the change back for seven days."
                    </p>
                    <AddressForm action=CHANGE_EMAIL label="New e-mail address" verb="Send the letter" value=String::new() />
                </section>
            }
            .into_any(),
        ),
        Err(AppError::ProofNeeded) => {
            let prove = shell::with_next("/prove", page);
            Some(
                view! {
                    <Notice tone=NoticeTone::Info title="Please confirm that it is you">
                        <p>"To change your address, give your password once more first."</p>
                        <div class="actions">
                            <ButtonLink href=prove size=ButtonSize::Small>"Confirm it is you"</ButtonLink>
                        </div>
                    </Notice>
                }
                .into_any(),
            )
        }
        Err(_) => None,
    }
}

fn without_letters() -> impl IntoView {
    view! {
        <Notice tone=NoticeTone::Info title="This site sends no letters">
            <p>"So an address cannot be confirmed here, and not be changed. Ask an admin of this site."</p>
        </Notice>
    }
}

fn narrow(title: &'static str) -> Head {
    Head::titled(title).width(Width::Narrow).not_indexed()
}
