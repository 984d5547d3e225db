//! What reacts in the browser: one island for every form of an account.

pub mod passkey;
mod solving;
mod weighing;

use leptos::prelude::*;

use super::{
    model::{EmailAddress, LoginText, NewPassword, PasskeyName, RecoveryCode, Secret, TotpCode, Username},
    view::{CHOOSE_DUE_PASSWORD, CHOOSE_FIRST_PASSWORD, REGISTER, SET_UP, USE_PASSWORD_LINK},
};
use weighing::Weighing;

use crate::{
    ui::{LiveForm, RefusalNotice, press},
    valid::{Problem, ProblemCode, Value},
};

/// The form within (`children`, from the server), awake.
#[island]
pub fn AccountForm(children: Children) -> impl IntoView {
    let form = LiveForm::new(problem).preparing(solving::prepare);
    let weighing = Weighing::new();
    view! {
        <div
            class="stack"
            on:submit=move |event| form.submit(&event)
            on:input=move |event| {
                form.input(&event);
                weighing.look(&event);
            }
            on:focusout=move |event| form.leave(&event)
            on:click=move |event| {
                press(&event);
                weighing.look(&event);
            }
        >
            <RefusalNotice refusal=form.refusal() />
            {children()}
        </div>
    }
}

/// The forms in which a password is chosen that nothing may stand beside. How long it must be where it is
/// changed, only the server knows.
const CHOOSING: [&str; 5] = [REGISTER, SET_UP, CHOOSE_DUE_PASSWORD, CHOOSE_FIRST_PASSWORD, USE_PASSWORD_LINK];

/// The rules of the drafts in `model/drafts.rs`, field by field. The server's word counts.
fn problem(action: &str, field: &str, text: &str) -> Option<Problem> {
    match field {
        "username" => Username::parse(text).err(),
        "email" => EmailAddress::parse(text).err(),
        "login" => LoginText::parse(text).err(),
        "name" => PasskeyName::parse(text).err(),
        "code" => TotpCode::parse(text).err(),
        "recovery_code" => RecoveryCode::parse(text).err(),
        "password" if CHOOSING.contains(&action) => NewPassword::parse(&Secret::new(text.to_owned())).err(),
        "password" | "current_password" if text.is_empty() => Some(Problem::new(ProblemCode::Required)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::view::{PROVE, SIGN_IN};

    #[test]
    fn only_a_password_being_chosen_must_be_long() {
        for action in CHOOSING {
            assert_eq!(problem(action, "password", "short").map(|problem| problem.code), Some(ProblemCode::TooShort), "{action}");
        }
        for action in [SIGN_IN, PROVE] {
            assert_eq!(problem(action, "password", "short"), None, "{action}");
            assert_eq!(problem(action, "password", "").map(|problem| problem.code), Some(ProblemCode::Required), "{action}");
        }
    }
}
