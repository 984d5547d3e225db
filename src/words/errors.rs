//! What people are told when something did not happen.

use super::{span, suspension};
use crate::error::{AppError, Conflict, Doubt, Refusal};

/// What to tell a person about an error.
#[must_use]
pub fn error(error: &AppError) -> String {
    match error {
        AppError::Unauthenticated => "Please sign in first.".to_owned(),
        AppError::ProofNeeded => "Please confirm your password first; the last time is more than a few minutes ago.".to_owned(),
        AppError::FactorOwed => "This site asks its moderators and admins for a second factor. Please set one up first.".to_owned(),
        AppError::Forbidden(refusal) => self::refusal(*refusal),
        AppError::NotFound => "There is nothing here. It may have been deleted, or the address is not complete.".to_owned(),
        AppError::Invalid(_) => "Please look at the marked fields. Nothing you typed is lost.".to_owned(),
        AppError::Conflict(Conflict::ChangedMeanwhile) => {
            "Somebody changed this in the meantime. Please load the page again and compare.".to_owned()
        }
        AppError::Conflict(Conflict::FactorInForce) => {
            "An authenticator app is set up already. Remove it first, then set up the new one.".to_owned()
        }
        AppError::Conflict(Conflict::PasskeysFull) => {
            "You have as many passkeys as an account can have. Please remove one first.".to_owned()
        }
        AppError::Conflict(Conflict::AlreadySetUp) => "This site already has its first admin. Please sign in.".to_owned(),
        AppError::Conflict(Conflict::AddressTaken) => {
            "Another account has confirmed this e-mail address. Please sign in to that one, or use another address.".to_owned()
        }
        AppError::TooMany { retry_after } => format!("That was too often. Please try again in {}.", span(*retry_after)),
        AppError::Crowded { retry_after } => format!(
            "Very many are asking for this at the moment, maybe an attack, so only a few a minute are let through without a script in the browser. Please send the form again in {}; what you typed is kept.",
            span(*retry_after)
        ),
        AppError::Busy { retry_after } => format!("The server is very busy. Please try again in {}.", span(*retry_after)),
        AppError::BadRequest => {
            "The form did not arrive as it should: a field is missing, doubled or not of its kind. Please check it and send it again.".to_owned()
        }
        AppError::Offline => "The server cannot be reached. What you typed is kept in this browser; please try again.".to_owned(),
        AppError::Internal { incident } => {
            format!("Something broke on our side. Please try again later; if it stays, tell the admins the number {incident}.")
        }
    }
}

fn refusal(refusal: Refusal) -> String {
    let sentence = match refusal {
        Refusal::Role => "Your role does not include this.",
        Refusal::NotYours => "This belongs to somebody else.",
        Refusal::Suspended { until } => return suspension(until),
        Refusal::Locked => "This discussion is locked and takes no more comments.",
        Refusal::EditWindowOver => "The time to change this is over. You can still add a comment.",
        Refusal::NotVisible => "A moderator has taken this comment out of sight.",
        Refusal::RegistrationClosed => "This site takes no new members at the moment.",
        Refusal::InvitationNeeded => {
            "This site takes new members by invitation only, and yours is used up or has ended. Please ask for another one."
        }
        Refusal::LastAdmin => "This would leave the site without an admin. Make somebody else an admin first.",
        Refusal::NotLetIn => "This person has not been let in yet. Let them in first.",
        Refusal::Yourself => "You cannot do this to your own account. Ask another admin.",
        Refusal::AlreadySignedIn => "You are signed in already.",
        Refusal::Credentials => "That did not match. Please check the name and the password and try again.",
        Refusal::LinkOver => "This link has been used or has ended. Please ask for a new one.",
        Refusal::Doubtful { doubt } => self::doubt(doubt),
        Refusal::PasskeyRefused => "This passkey was not accepted. Please try again, or use another way.",
        Refusal::PasskeyOver => "That took too long. Please press the button again.",
        Refusal::PasskeyNotGiven => "No passkey was given. Please try again, or use another way.",
        Refusal::EmailUnverified => {
            "Please confirm your e-mail address first: a second factor on a wrong address would lock you out."
        }
        Refusal::Stopped => {
            "Too many tries in a row have failed, so no more are taken. A link that sets a new password opens this again: please ask an admin for one."
        }
        Refusal::NoLetters => "This site sends no letters. Please ask an admin for help.",
        Refusal::EntryOver => "That took too long, or too many tries. Please sign in again from the start.",
        Refusal::FlowOver => "That took too long, or was begun in another browser. Please start again from here.",
        Refusal::ProviderDown => {
            "The other site cannot be reached at the moment. Please try again in a few minutes, or use another way to sign in."
        }
        Refusal::ProviderDeclined => {
            "The other site did not confirm who you are. You can start again, or use another way to sign in."
        }
        Refusal::ProviderAnswer => {
            "The answer of the other site could not be trusted, so nothing was done. Please start again; if it stays, tell the \
             admins of this site."
        }
        Refusal::IdentityTaken => {
            "That account elsewhere belongs to another account here. Sign in to that one and unlink it first."
        }
        Refusal::IdentityUnknown => "That account elsewhere is not linked to your account here. Please use one that is.",
        Refusal::LastWay => {
            "This is the only way into your account. Choose a password, or link another account, before you unlink it."
        }
        Refusal::PasswordChosen => "This account has a password already. Change it with the form that asks for the current one.",
    };
    sentence.to_owned()
}

const fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::TooFast => "That was faster than people fill in a form. Please wait for a few seconds and send it again.",
        Doubt::TooOld => {
            "This form was open for too long, or was sent before. Please load the page again and send it from there."
        }
        Doubt::Trap => {
            "A field that is not meant for people is filled in, maybe by an extension of your browser. Please load the page again and leave it empty."
        }
        Doubt::WorkOwed => {
            "The site is under heavy use, so your browser has to do a second of work to show that a person sends this. Please send the form again."
        }
    }
}
