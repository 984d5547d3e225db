//! What is wrong with a field, and what would be right.

use crate::valid::{Problem, ProblemCode};

/// What is wrong with a field, and what would be right.
#[must_use]
pub fn problem(field: &str, problem: Problem) -> String {
    let name = field_name(field);
    let bound = super::grouped(problem.bound.unwrap_or_default());
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
