//! Server functions, called by every visitor.

use sea_orm::EntityTrait;

use super::{cast::Visitor, elsewhere, stage::Stage, table::Line};
use crate::{
    accounts::model::{EmailAddress, UserId},
    error::{AppError, Conflict, Refusal},
    server::{
        accounts::links::{self, Purpose},
        entity::user,
        letters::{self, Letter},
    },
    tests::support::{Answer, PASSWORD},
    valid::Value,
};

/// Whether an act ends or raises the session of whoever does it, so that nobody can act twice.
pub fn uses_visitors_up(line: &Line) -> bool {
    let of_sessions = [
        "register",
        "sign_in",
        "sign_out",
        "prove",
        "change_password",
        "confirm_totp",
        "remove_totp",
        "choose_first_password",
        "leave_for_good",
    ];
    let function = line.subject.strip_prefix("accounts/").unwrap_or_default();
    of_sessions.contains(&function) || function == "change_role" && line.about.starts_with("oneself")
}

/// Whether even the other visitors are used up by one of them.
pub fn needs_everybody_anew(line: &Line) -> bool {
    line.about == "oneself, the last admin"
}

/// What a visitor is answered, in the words of the table.
pub async fn answer(stage: &mut Stage, visitor: Visitor, line: &Line) -> String {
    open_link(stage, visitor, line).await;
    let fields = fields(stage, visitor, line).await;
    let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = stage.cast.browser(visitor).call(&format!("/api/{}", line.subject), &fields).await;
    in_words(&answer).to_owned()
}

/// What a link is for is done by the browser that opened it.
async fn open_link(stage: &mut Stage, visitor: Visitor, line: &Line) {
    if line.about == "a site by invitation, invited" {
        let (address, _) = stage.invitation("an invitation in force").await;
        stage.cast.browser(visitor).follow(&address).await;
        return;
    }
    let (purpose, page) = match line.subject.as_str() {
        "accounts/set_up" => (Purpose::SetUp, "set-up"),
        "accounts/use_password_link" => (Purpose::Password, "password"),
        "accounts/verify_email" => (Purpose::Verification, "verify"),
        "accounts/undo_email_change" => (Purpose::EmailUndo, "email-undo"),
        _ => return,
    };
    let token = token(stage, purpose, &line.about).await;
    stage.cast.browser(visitor).get(&format!("/{page}/{token}")).await;
}

pub type Fields = Vec<(&'static str, String)>;

async fn fields(stage: &mut Stage, visitor: Visitor, line: &Line) -> Fields {
    let (slice, function) = line.subject.split_once('/').expect("a function has a slice");
    match slice {
        "comments" => of_comments(stage, function, &line.about).await,
        "discussions" => of_discussions(stage, function, &line.about).await,
        "accounts" => of_accounts(stage, visitor, function, &line.about).await,
        "letters" => of_letters(stage).await,
        _ => of_site(stage, function).await,
    }
}

async fn of_comments(stage: &mut Stage, function: &str, about: &str) -> Fields {
    let text = |text: &str| text.to_owned();
    match function {
        "preview" => vec![("body", text("Crust first."))],
        "publish" => match about.strip_prefix("reply to ") {
            Some(about) => {
                let talk = stage.talk(about).await;
                vec![("discussion", talk.discussion.to_string()), ("parent", talk.comment.to_string()), ("body", text("Why?"))]
            }
            None => vec![("discussion", stage.talk(about).await.discussion.to_string()), ("body", text("Crumb first."))],
        },
        "edit" => vec![("comment", stage.talk(about).await.comment.to_string()), ("body", text("Crumb first."))],
        "delete" => vec![("comment", stage.talk(about).await.comment.to_string())],
        "moderate" => {
            let (deed, about) = about.split_once(' ').expect("a deed and its object");
            let comment = stage.talk(about).await.comment.to_string();
            vec![("deed", text(deed)), ("reason", text("off topic")), ("comments[0]", comment)]
        }
        unknown => panic!("nobody knows comments/{unknown}"),
    }
}

async fn of_discussions(stage: &mut Stage, function: &str, about: &str) -> Fields {
    let text = |text: &str| text.to_owned();
    if function == "preview" {
        return vec![("opening", text("What do you think?"))];
    }
    if function == "start" {
        return vec![("title", text("Soup")), ("opening", text("What do you think?"))];
    }
    let discussion = ("discussion", stage.talk(about).await.discussion.to_string());
    match function {
        "edit" => vec![discussion, ("title", text("Soup")), ("opening", text("What do you think?"))],
        "set_openness" => vec![discussion, ("openness", text("locked"))],
        "set_prominence" => vec![discussion, ("prominence", text("pinned"))],
        "rename" => vec![discussion, ("title", text("Soup"))],
        "delete" => vec![discussion],
        unknown => panic!("nobody knows discussions/{unknown}"),
    }
}

async fn of_accounts(stage: &mut Stage, visitor: Visitor, function: &str, about: &str) -> Fields {
    stage.prepare_site(about).await;
    if let Some(fields) = elsewhere::fields(stage, visitor, function, about).await {
        return fields;
    }
    let password = ("password", PASSWORD.to_owned());
    match function {
        "register" | "set_up" => registration(stage),
        "sign_in" => vec![("login", "keeper".to_owned()), password],
        "end_own_session" => vec![("session", "-1".to_owned())],
        "invite" => vec![("note", "for the choir".to_owned()), ("uses", "1".to_owned()), ("days", "7".to_owned())],
        "withdraw_invitation" => vec![("invitation", stage.invitation(about).await.1.to_string())],
        "approve" => vec![("user", stage.applicant(about).await.to_string())],
        "decline" => vec![("user", stage.applicant(about).await.to_string()), ("reason", "no room".to_owned())],
        "leave_for_good" => vec![("deletion", "anonymise".to_owned())],
        "choose_notices" => vec![("notices", "unwanted".to_owned())],
        "change_password" => vec![("current_password", PASSWORD.to_owned()), password],
        "prove" | "use_password_link" | "choose_due_password" | "weigh_password" => vec![password],
        "sign_out"
        | "end_other_sessions"
        | "ask_for_archive"
        | "acknowledge_suspension"
        | "keep_account"
        | "start_over"
        | "begin_totp"
        | "begin_passkey"
        | "resend_verification"
        | "verify_email"
        | "undo_email_change" => Vec::new(),
        "ask_for_passkey" => vec![("purpose", asked_for(about).to_owned())],
        "add_passkey" => vec![("token", "t".to_owned()), ("name", "Key".to_owned()), ("credential", made_credential())],
        "sign_in_with_passkey" | "give_passkey" | "prove_with_passkey" => {
            vec![("token", "t".to_owned()), ("credential", given_credential())]
        }
        "rename_passkey" => vec![("passkey", "999999".to_owned()), ("name", "Key".to_owned())],
        "remove_passkey" => vec![("passkey", "999999".to_owned())],
        "give_code" => vec![("code", "123456".to_owned())],
        "give_recovery_code" => vec![("recovery_code", "0".repeat(26))],
        "confirm_totp" => vec![("code", first_code(stage, visitor).await)],
        "remove_totp" | "make_recovery_codes" => {
            if about == "an app in force" {
                let code = first_code(stage, visitor).await;
                stage.cast.browser(visitor).call("/api/accounts/confirm_totp", &[("code", &code)]).await;
            }
            Vec::new()
        }
        "correct_email" | "change_email" => vec![("email", format!("other-{}@mail.example", stage.number()))],
        "request_reset" => vec![("login", "nobody-here".to_owned())],
        "change_role" => vec![("user", stage.target(visitor, about).await.to_string()), ("role", "moderator".to_owned())],
        "suspend" => vec![("user", stage.target(visitor, about).await.to_string()), ("reason", "shouting".to_owned())],
        "lift_suspension" | "end_sessions" | "make_password_link" | "expire_password" => {
            vec![("user", stage.target(visitor, about).await.to_string())]
        }
        unknown => panic!("nobody knows accounts/{unknown}"),
    }
}

fn asked_for(about: &str) -> &'static str {
    match about.split(' ').nth(1) {
        Some("second") => "second_factor",
        Some("proof") => "proof",
        _ => "sign_in",
    }
}

/// What a browser sends for a passkey that it has made: of the right form, and answering nothing.
fn made_credential() -> String {
    let response = serde_json::json!({ "attestationObject": "", "clientDataJSON": "" });
    serde_json::json!({ "id": "AA", "rawId": "AA", "type": "public-key", "response": response }).to_string()
}

/// The same for a passkey that was there.
pub fn given_credential() -> String {
    let response = serde_json::json!({ "authenticatorData": "", "clientDataJSON": "", "signature": "" });
    serde_json::json!({ "id": "AA", "rawId": "AA", "type": "public-key", "response": response }).to_string()
}

/// The first code of an app that the visitor has begun to set up, where they may.
async fn first_code(stage: &mut Stage, visitor: Visitor) -> String {
    let app = stage.cast.browser(visitor).begins_app().await;
    app.map_or_else(|| "123456".to_owned(), |app| app.code(stage.world.clock.now()))
}

fn registration(stage: &mut Stage) -> Fields {
    let name = format!("newcomer-{}", stage.number());
    vec![("email", format!("{name}@mail.example")), ("username", name), ("password", PASSWORD.to_owned())]
}

/// The token of a link in the state that a line is about.
pub async fn token(stage: &mut Stage, purpose: Purpose, about: &str) -> String {
    let user = match purpose {
        Purpose::SetUp => None,
        Purpose::Password | Purpose::Verification | Purpose::EmailChange | Purpose::EmailUndo => {
            Some(stage.target(Visitor::Guest, "a member").await)
        }
    };
    let token = make_link(stage, purpose, user).await;
    match about {
        "a link in force" | "a link in force, but there is an admin" => {}
        "a link that is over" => end_link(stage, purpose, user).await,
        unknown => panic!("nobody knows how to make {unknown:?}"),
    }
    token
}

async fn make_link(stage: &Stage, purpose: Purpose, user: Option<UserId>) -> String {
    let (database, now) = (stage.world.app.database().writer(), stage.world.clock.now());
    let token = match (purpose, user) {
        (Purpose::Verification | Purpose::EmailChange | Purpose::EmailUndo, Some(user)) => {
            let owner = user::Entity::find_by_id(user.0).one(database).await.unwrap().unwrap();
            links::make_for(database, purpose, user, &EmailAddress::parse(&owner.email).unwrap(), now).await
        }
        _ => links::make(database, purpose, user, now).await,
    };
    token.unwrap().expose().to_owned()
}

async fn end_link(stage: &Stage, purpose: Purpose, user: Option<UserId>) {
    match user {
        Some(user) => links::cancel(stage.world.app.database().writer(), purpose, user).await.unwrap(),
        // A newer one ends it.
        None => drop(make_link(stage, purpose, user).await),
    }
}

/// A letter that is still to be sent.
async fn of_letters(stage: &mut Stage) -> Fields {
    let id = stage.target(Visitor::Guest, "a member").await;
    let database = stage.world.app.database().writer();
    let reader = user::Entity::find_by_id(id.0).one(database).await.unwrap().unwrap();
    letters::tell(database, &stage.world.app, &reader, Letter::PasswordChanged).await.unwrap();
    let last = letters::letters(&stage.world.operator(), None, None).await.unwrap().remove(0);
    vec![("letter", last.id.to_string())]
}

async fn of_site(stage: &Stage, function: &str) -> Fields {
    let text = |text: &str| text.to_owned();
    match function {
        "choose_theme" => vec![("theme", text("dark"))],
        "clear_reports" => Vec::new(),
        "save_settings" => {
            stage.prepare_site("any site").await;
            vec![
                ("name", text("Lantern Street")),
                ("description", text("Neighbours.")),
                ("registration", text("open")),
                ("staff_factor", text("optional")),
                ("comment_length", text("10000")),
                ("comments_per_minute", text("1000")),
                ("discussions_per_hour", text("1000")),
                ("edit_window", text("30")),
            ]
        }
        unknown => panic!("nobody knows site/{unknown}"),
    }
}

fn in_words(answer: &Answer) -> &'static str {
    if answer.status.is_success() {
        return "yes";
    }
    match answer.error() {
        AppError::Unauthenticated => "sign in",
        AppError::ProofNeeded => "confirm",
        AppError::FactorOwed => "second factor",
        AppError::NotFound => "not found",
        AppError::Conflict(Conflict::AlreadySetUp) => "set up",
        AppError::Forbidden(refusal) => match refusal {
            Refusal::Suspended { .. } => "suspended",
            Refusal::NotYours => "not yours",
            Refusal::Locked => "locked",
            Refusal::EditWindowOver => "too late",
            Refusal::NotVisible => "hidden",
            Refusal::RegistrationClosed => "closed",
            Refusal::InvitationNeeded => "invitation",
            Refusal::LastAdmin => "last admin",
            Refusal::NotLetIn => "not let in",
            Refusal::Yourself => "yourself",
            Refusal::AlreadySignedIn => "signed in",
            Refusal::PasskeyOver => "too slow",
            Refusal::LinkOver => "link over",
            Refusal::EntryOver => "entry over",
            Refusal::Role
            | Refusal::Credentials
            | Refusal::EmailUnverified
            | Refusal::Stopped
            | Refusal::Doubtful { .. }
            | Refusal::PasskeyRefused
            | Refusal::PasskeyNotGiven => "a refusal without a word",
            Refusal::FlowOver => "visit over",
            Refusal::PasswordChosen => "has one",
            Refusal::ProviderDown
            | Refusal::ProviderDeclined
            | Refusal::ProviderAnswer
            | Refusal::IdentityTaken
            | Refusal::IdentityUnknown
            | Refusal::LastWay => "a refusal of a provider's",
            Refusal::NoLetters => "no letters",
        },
        other => panic!("{other:?} is no answer of the table"),
    }
}
