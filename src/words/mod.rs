//! The one table from codes to sentences. A sentence says what is wrong and what to do next.

mod errors;
mod notices;
mod problems;
mod weights;

pub use errors::error;
pub use notices::notice;
pub use problems::{field_name, problem};
pub use weights::weight;

use crate::{
    accounts::model::{Proven, Role, SecondProof, Way},
    comments::model::CommentState,
    moment::Moment,
};

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
    use crate::{
        accounts::model::{PasswordWeight, WeightReason},
        valid::{Problem, ProblemCode},
    };

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
