//! The one table from codes to sentences. A sentence says what is wrong and what to do next.

use crate::{
    accounts::model::{PasswordWeight, Proven, Role, SecondProof, Strength, Way, WeightReason},
    comments::model::CommentState,
    error::{AppError, Conflict, Doubt, Refusal},
    landing::Notice,
    moment::Moment,
    valid::{Problem, ProblemCode},
};

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

/// What a suspended person is told before the reason.
#[must_use]
pub fn suspension(until: Option<Moment>) -> String {
    match until {
        Some(end) => format!("Your account is suspended until {}. You can read, but not take part.", day_and_time(end)),
        None => "Your account is suspended. You can read, but not take part.".to_owned(),
    }
}

/// `24 November 2026, 08:15 UTC`.
#[must_use]
pub fn day_and_time(moment: Moment) -> String {
    let calendar = moment.calendar();
    format!("{} {} {}, {:02}:{:02} UTC", calendar.day(), calendar.month(), calendar.year(), calendar.hour(), calendar.minute())
}

/// A time to wait, rounded up to what a person would say.
#[must_use]
pub fn span(seconds: u64) -> String {
    let (number, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        91..=5_400 => (seconds.div_ceil(60), "minute"),
        5_401..=129_600 => (seconds.div_ceil(3_600), "hour"),
        _ => (seconds.div_ceil(86_400), "day"),
    };
    counted(number, unit)
}

/// A number with its thousands apart: `21,870`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let is_boundary = |place: usize| place > 0 && (digits.len() - place).is_multiple_of(3);
    digits.char_indices().fold(String::new(), |mut text, (place, digit)| {
        if is_boundary(place) {
            text.push(',');
        }
        text.push(digit);
        text
    })
}

/// `1 comment`, `2 comments`.
#[must_use]
pub fn counted(number: u64, noun: &str) -> String {
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{number} {stem}ies"),
        _ => format!("{number} {noun}s"),
    }
}

/// How far it is to a text that is long enough.
#[must_use]
pub fn missing(length: u64, shortest: u64) -> String {
    match shortest.saturating_sub(length) {
        _ if length == 0 => String::new(),
        0 => "Long enough.".to_owned(),
        missing => format!("{} to go", counted(missing, "more character")),
    }
}

/// What is wrong with a field, and what would be right.
#[must_use]
pub fn problem(field: &str, problem: Problem) -> String {
    let name = field_name(field);
    let bound = problem.bound.unwrap_or_default();
    match problem.code {
        ProblemCode::Required => match field {
            "body" | "opening" => "Please write something first.".to_owned(),
            "application" => "Please say why you would like to join.".to_owned(),
            "reason" => "Please give a reason.".to_owned(),
            _ => format!("Please enter {}.", with_article(name)),
        },
        ProblemCode::TooShort => format!("Please use at least {bound} characters for the {name}."),
        ProblemCode::TooLong => format!("Please use at most {bound} characters for the {name}."),
        ProblemCode::OutOfRange => format!("This number is outside what is allowed; the nearest is {bound}."),
        ProblemCode::Character => match field {
            "username" => "Please use only letters, digits, and the signs _ . - in a user name.".to_owned(),
            _ => format!("The {name} contains a character that cannot be used here, such as a control character."),
        },
        ProblemCode::MixedScripts => {
            "Please use letters of one alphabet only, so that the name cannot pass for another one.".to_owned()
        }
        ProblemCode::Punctuation => {
            "Please begin and end the name with a letter or digit, with one sign at a time between them.".to_owned()
        }
        ProblemCode::Malformed => match field {
            "email" => "Please enter an e-mail address such as ada@example.org.".to_owned(),
            "code" => "Please enter the six digits that the app shows.".to_owned(),
            _ => format!("This is not a {name} that can be used."),
        },
        ProblemCode::Reserved => "This name is kept for the site itself. Please choose another one.".to_owned(),
        ProblemCode::Taken => "Somebody has this name, or one that looks the same. Please choose another one.".to_owned(),
        ProblemCode::Common => {
            "This password is among those that attackers try first. Please choose another one; a few unrelated words work well."
                .to_owned()
        }
        ProblemCode::Guessable => {
            "This password contains the name of the site, your user name or your e-mail address. Please choose one that does not."
                .to_owned()
        }
        ProblemCode::Leaked => {
            "This password, or one very much like it, has leaked elsewhere, so attackers try it early. Please choose another one; a few unrelated words work well."
                .to_owned()
        }
        ProblemCode::WrongPassword => "This is not your current password.".to_owned(),
        ProblemCode::WrongCode => match field {
            "recovery_code" => "This is none of your recovery codes, or it was used before. Each works once.".to_owned(),
            _ => "This code did not match. Each works once and for about half a minute: please wait for the next one.".to_owned(),
        },
        ProblemCode::SamePassword => "This is the password that has to be replaced. Please choose another one.".to_owned(),
        ProblemCode::SameAddress => "This is your e-mail address already.".to_owned(),
        ProblemCode::Past => "This lies in the past.".to_owned(),
        ProblemCode::NothingChosen => "Please choose at least one.".to_owned(),
    }
}

/// What a password that is being chosen would withstand.
#[must_use]
pub fn weight(weight: &PasswordWeight) -> String {
    let strength = match weight.strength() {
        Strength::TooWeak => "Too easy to guess",
        Strength::Weak => "Weak",
        Strength::Fair => "Fair",
        Strength::Good => "Good",
        Strength::VeryGood => "Very good",
    };
    let time = guessing_time(weight.bits);
    let told = format!("{strength}: an attacker with the stolen database would need {time} for it.");
    std::iter::once(told.as_str()).chain(weight.reasons.iter().map(|reason| weight_reason(*reason))).collect::<Vec<_>>().join(" ")
}

/// How long a guess at ten thousand a second takes on the average, which is what our hashes let a
/// well-equipped attacker do.
fn guessing_time(bits: u32) -> &'static str {
    const PER_SECOND: u128 = 10_000;
    let seconds = 1_u128.checked_shl(bits.saturating_sub(1)).map_or(u128::MAX, |guesses| guesses / PER_SECOND);
    match seconds {
        0..60 => "less than a minute",
        60..3_600 => "less than an hour",
        3_600..86_400 => "some hours",
        86_400..2_592_000 => "some days",
        2_592_000..31_536_000 => "some months",
        31_536_000..3_153_600_000 => "some years",
        3_153_600_000..315_360_000_000 => "some hundred years",
        _ => "longer than anybody will try",
    }
}

const fn weight_reason(reason: WeightReason) -> &'static str {
    match reason {
        WeightReason::Leaked => "A part of it is among passwords that leaked elsewhere.",
        WeightReason::Own => "It contains the name of the site, your user name or your e-mail address.",
        WeightReason::CommonWord => "It contains very common words.",
        WeightReason::Run => "It runs along the alphabet or the keyboard.",
        WeightReason::Repeat => "It repeats itself.",
        WeightReason::Date => "It contains a year or a date.",
    }
}

/// What a field is called in a sentence.
#[must_use]
pub fn field_name(field: &str) -> &'static str {
    match field {
        "username" => "user name",
        "email" => "e-mail address",
        "password" => "password",
        "current_password" => "current password",
        "code" => "code",
        "recovery_code" => "recovery code",
        "login" => "user name or e-mail address",
        "title" => "title",
        "opening" => "opening text",
        "body" => "comment",
        "reason" => "reason",
        "days" => "number of days",
        "uses" => "number of people",
        "note" => "note",
        "application" => "text",
        "name" => "name",
        "description" => "description",
        "comments" => "comments",
        "comment_length" => "length of a comment",
        "comments_per_minute" => "number of comments",
        "discussions_per_hour" => "number of discussions",
        "edit_window" => "number of minutes",
        _ => "value",
    }
}

fn with_article(name: &str) -> String {
    let article = if name.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}

/// What is said once after a change.
#[must_use]
pub const fn notice(notice: Notice) -> &'static str {
    match notice {
        Notice::Welcome => "Welcome. Your account is ready.",
        Notice::RegistrationReceived => "Thank you. If the e-mail address is new here, your account is ready: please sign in.",
        Notice::SignedIn => "You are signed in.",
        Notice::SignedOut => "You are signed out.",
        Notice::PasswordChanged => "The password is changed. All other sessions have ended.",
        Notice::PasswordExpired => "The sessions have ended. A new password is asked for at the next sign-in.",
        Notice::PasskeyAdded => "The passkey is added. Your other sessions have ended.",
        Notice::PasskeyRenamed => "The passkey has its new name.",
        Notice::PasskeyRemoved => "The passkey is removed. Your other sessions have ended.",
        Notice::AppRemoved => "The authenticator app is removed. Your other sessions have ended.",
        Notice::LetterOnItsWay => "A letter is on its way. Please look into your mailbox, also among the junk.",
        Notice::EmailVerified => "Your e-mail address is confirmed.",
        Notice::EmailChangeAsked => "A letter is on its way to the new address. The change happens when you confirm it there.",
        Notice::EmailRestored => "The account has its old e-mail address again, and all its sessions have ended.",
        Notice::ResetRequested => {
            "If there is such an account, a letter is on its way. Please look into your mailbox, also among the junk."
        }
        Notice::LetterRetried => "The letter is tried again now.",
        Notice::DiscussionStarted => "Your discussion is open.",
        Notice::DiscussionSaved => "The discussion is saved.",
        Notice::DiscussionDeleted => "The discussion is deleted.",
        Notice::DiscussionLocked => "The discussion is locked.",
        Notice::DiscussionUnlocked => "The discussion takes comments again.",
        Notice::DiscussionPinned => "The discussion is pinned to the top.",
        Notice::DiscussionUnpinned => "The discussion is no longer pinned.",
        Notice::CommentPublished => "Your comment is published.",
        Notice::CommentSaved => "Your comment is saved.",
        Notice::CommentDeleted => "Your comment is deleted.",
        Notice::CommentsHidden => "Hidden. Only moderators and admins see it now.",
        Notice::CommentsRestored => "Restored. Everybody can see it again.",
        Notice::CommentsDeleted => "Deleted for good.",
        Notice::RoleChanged => "The role is changed. It applies from the next click of that person.",
        Notice::PersonSuspended => "The account is suspended.",
        Notice::SuspensionLifted => "The suspension is lifted.",
        Notice::SessionsEnded => "All sessions of this person have ended.",
        Notice::SessionEnded => "That session has ended. Its browser is signed out from its next click.",
        Notice::OtherSessionsEnded => "All your other sessions have ended.",
        Notice::NoticesSaved => "Your choice is saved.",
        Notice::ArchiveAsked => "Your archive is being made. Load this page again in a moment.",
        Notice::DeletionPlanned => {
            "Your account will be deleted in 14 days, and you are signed out everywhere. Sign in before then to keep it."
        }
        Notice::InvitationWithdrawn => "The invitation is withdrawn. Who came by it stays.",
        Notice::PersonApproved => "They are let in, and can sign in now.",
        Notice::PersonDeclined => "They are not let in, and read your reason when they sign in.",
        Notice::SettingsSaved => "The settings are saved.",
        Notice::IdentityLinked => "Linked. You can sign in that way from now on.",
        Notice::IdentityUnlinked => {
            "Unlinked. That account elsewhere opens nothing here any more; your other sessions have ended."
        }
        Notice::PasswordChosen => "Your account has a password now. All other sessions have ended.",
        Notice::ThemeChanged => "The look is changed.",
    }
}

#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Moderator => "Moderator",
        Role::Admin => "Admin",
    }
}

/// By what somebody has shown who they are.
#[must_use]
pub fn proven(by: &Proven) -> String {
    let first = match &by.way {
        Way::Password => "Password".to_owned(),
        Way::Passkey => "Passkey".to_owned(),
        Way::Provider(name) => format!("Account at {name}"),
        Way::Registration => "Registration".to_owned(),
        Way::SetUpLink => "Set-up link".to_owned(),
    };
    let second = match by.second {
        None => return first,
        Some(SecondProof::Totp) => "authenticator app",
        Some(SecondProof::RecoveryCode) => "recovery code",
        Some(SecondProof::Passkey) => "passkey",
        Some(SecondProof::Enrolment) => "second factor set up then",
    };
    format!("{first} and {second}")
}

#[must_use]
pub const fn comment_state(state: CommentState) -> &'static str {
    match state {
        CommentState::Visible => "Visible",
        CommentState::Hidden => "Hidden",
        CommentState::Deleted => "Deleted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_told_as_a_person_would_say_it() {
        assert_eq!(span(0), "1 second");
        assert_eq!(span(59), "59 seconds");
        assert_eq!(span(91), "2 minutes");
        assert_eq!(span(3_600), "60 minutes");
        assert_eq!(span(7_200), "2 hours");
        assert_eq!(span(200_000), "3 days");
    }

    #[test]
    fn it_is_told_how_many_characters_are_missing() {
        for (length, words) in [(0, ""), (14, "1 more character to go"), (3, "12 more characters to go"), (15, "Long enough.")] {
            assert_eq!(missing(length, 15), words);
        }
    }

    #[test]
    fn thousands_stand_apart() {
        for (number, text) in [(0, "0"), (999, "999"), (1_204, "1,204"), (21_870, "21,870"), (1_000_000, "1,000,000")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn the_strength_of_a_password_is_told_with_its_time_and_its_reasons() {
        let told = |bits, reasons| weight(&PasswordWeight { bits, reasons });
        assert_eq!(
            told(20, vec![WeightReason::Run, WeightReason::Date]),
            "Too easy to guess: an attacker with the stolen database would need less than a minute for it. \
             It runs along the alphabet or the keyboard. It contains a year or a date."
        );
        assert_eq!(
            told(90, Vec::new()),
            "Very good: an attacker with the stolen database would need longer than anybody will try for it."
        );
        assert!(told(u32::MAX, Vec::new()).starts_with("Very good"));
    }

    #[test]
    fn nouns_are_counted_in_english() {
        assert_eq!(counted(1, "reply"), "1 reply");
        assert_eq!(counted(2, "reply"), "2 replies");
        assert_eq!(counted(0, "comment"), "0 comments");
        assert_eq!(counted(3, "day"), "3 days");
    }

    #[test]
    fn every_problem_has_a_sentence_for_every_field() {
        for code in ProblemCode::ALL {
            for field in ["username", "email", "password", "title", "body", "reason", "anything"] {
                let sentence = problem(field, Problem::bounded(*code, 3));
                assert!(sentence.ends_with('.') && !sentence.contains("bound"), "{sentence}");
            }
        }
    }
}
