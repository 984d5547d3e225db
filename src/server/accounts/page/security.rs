//! What protects one's own account beside the password: an authenticator app, passkeys, recovery codes.

use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::*;

use super::{
    passkeys::{Passkeys, PasskeysPanel},
    rooms::AccountRooms,
};
use crate::{
    accounts::{
        model::{Clearance, Freshness, Person, RecoveryCodes},
        view::{BEGIN_TOTP, CONFIRM_TOTP, MAKE_RECOVERY_CODES, REMOVE_TOTP},
    },
    error::AppError,
    moment::Moment,
    server::{
        accounts::factors::{self, AppSetUp},
        returned::{Outcome, Returned},
        sent::Sent,
        shell::{self, Frame, Head, Width},
        web::Trouble,
    },
    ui::{Button, ButtonKind, ButtonLink, ErrorSummary, FieldKind, Form, Notice, NoticeTone, TextField, When},
    words,
};

const PATH: &str = "/account/security";

/// Which second factors are in force, and ways to set up and remove them.
pub async fn security(frame: Frame) -> Result<Response, Trouble> {
    let record = factors::own_security(&frame.visit).await?;
    let person = frame.visit.actor().person().cloned().ok_or(AppError::Unauthenticated)?;
    let now = frame.visit.now();
    let codes = frame.returned().and_then(codes_in);
    let offered = Passkeys::of(&frame.visit);
    let app = match record.app_since {
        Some(since) => AppState::InForce { since },
        None if factors::app_waits(&frame.visit).await? => AppState::Waiting,
        None => AppState::None,
    };
    Ok(frame.page(Head::titled("Security").not_indexed(), move || {
        view! {
            <header class="page-head">
                <h1>"Security"</h1>
                <p class="lead">"A second factor keeps strangers out who have found out your password."</p>
            </header>
            <AccountRooms current=PATH />
            {codes.map(|codes| view! { <FreshCodes codes /> })}
            {owed(&person)}
            {stale(&person)}
            <AppPanel app now />
            <PasskeysPanel passkeys=record.passkeys.clone() offered now />
            {record.has_factor().then(|| view! { <CodesPanel left=record.recovery_codes_left /> })}
        }
    }))
}

/// The app that waits for its first code; and the recovery codes, once that has come.
pub async fn app(frame: Frame) -> Result<Response, Trouble> {
    let head = Head::titled("Set up an authenticator app").width(Width::Narrow).not_indexed();
    if let Some(codes) = frame.returned().and_then(codes_in) {
        factors::own_security(&frame.visit).await?;
        return Ok(frame.page(head, move || in_force(codes)));
    }
    let Some(set_up) = factors::pending_app(&frame.visit).await? else {
        return Ok(Redirect::to(PATH).into_response());
    };
    Ok(frame.page(head, move || view! { <AppForm set_up /> }))
}

/// Why staff are held here.
fn owed(person: &Person) -> Option<impl IntoView + use<>> {
    (person.clearance == Clearance::FactorOwed).then(|| {
        view! {
            <Notice tone=NoticeTone::Warn title="This site asks its moderators and admins for a second factor">
                <p>"Until one is set up here, or given while signing in, you can read and see to your account, and nothing more."</p>
            </Notice>
        }
    })
}

/// What can be changed here asks for a fresh proof; better said before than after.
fn stale(person: &Person) -> Option<impl IntoView + use<>> {
    (person.proof == Freshness::Stale).then(|| {
        view! {
            <Notice tone=NoticeTone::Info>
                <p>"Before you change anything here, please confirm that it is you."</p>
                <div class="actions">
                    <ButtonLink href=shell::with_next("/prove", PATH)>"Confirm that it is me"</ButtonLink>
                </div>
            </Notice>
        }
    })
}

/// What there is of an authenticator app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AppState {
    None,
    /// Begun in this session; its first code has not come.
    Waiting,
    InForce {
        since: Moment,
    },
}

#[component]
fn AppPanel(app: AppState, now: Moment) -> impl IntoView {
    let inside = match app {
        AppState::InForce { since } => view! {
            <p>"Set up " <When at=since now /> ". Signing in with the password asks for a code."</p>
            <Form action=REMOVE_TOTP class="">
                <div class="actions">
                    <Button kind=ButtonKind::Danger>"Remove the app"</Button>
                </div>
            </Form>
            <p class="hint">"Your other sessions end. With your last second factor the recovery codes go as well."</p>
        }
        .into_any(),
        AppState::Waiting => view! {
            <p class="quiet">"You have begun to set up an app. It counts once you have given its first code."</p>
            <Form action=BEGIN_TOTP class="">
                <div class="actions">
                    <ButtonLink kind=ButtonKind::Primary href="/account/security/app">"Go on setting up the app"</ButtonLink>
                    <Button>"Start over with a new key"</Button>
                </div>
            </Form>
        }
        .into_any(),
        AppState::None => view! {
            <p class="quiet">
                "An app on your phone, or your password manager, shows a new code every half minute. Signing in then asks for one."
            </p>
            <Form action=BEGIN_TOTP class="">
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Set up an app"</Button>
                </div>
            </Form>
        }
        .into_any(),
    };
    view! {
        <section class="panel">
            <h2>"Authenticator app"</h2>
            {inside}
        </section>
    }
}

#[component]
fn CodesPanel(left: u64) -> impl IntoView {
    let status = match left {
        0 => "You have none. Without them, whoever loses the second factor is locked out.".to_owned(),
        left => format!("You have {} left. Each stands in for the second factor once.", words::counted(left, "code")),
    };
    view! {
        <section class="panel">
            <h2>"Recovery codes"</h2>
            <p>{status}</p>
            <Form action=MAKE_RECOVERY_CODES class="">
                <div class="actions">
                    <Button>"Make new recovery codes"</Button>
                </div>
            </Form>
            <p class="hint">"New codes replace all old ones."</p>
        </section>
    }
}

/// The secret as a picture and as text, and the field for the first code.
#[component]
fn AppForm(set_up: AppSetUp) -> impl IntoView {
    let sent = Sent::to(CONFIRM_TOTP);
    view! {
        <header class="page-head">
            <h1>"Set up an authenticator app"</h1>
            <p class="lead">"Scan the picture with the app, or type the key into it. Then enter the code that it shows."</p>
        </header>
        <div class="app-key">
            {picture(&set_up)}
            <div class="stack">
                <p>"The key, to type it:"</p>
                <p><code class="key">{grouped(set_up.secret.expose())}</code></p>
                <p class="hint">"It is shown until the app is set up, and never again. Time-based, six digits, 30 seconds."</p>
            </div>
        </div>
        <Form action=CONFIRM_TOTP>
            <ErrorSummary problems=sent.summary_of(&["code"]) />
            <TextField label="Code from the app" name="code" kind=FieldKind::Code problem=sent.problem("code") />
            <div class="actions">
                <Button kind=ButtonKind::Primary>"Set up the app"</Button>
                <ButtonLink href=PATH kind=ButtonKind::Quiet>"Not now"</ButtonLink>
            </div>
        </Form>
    }
}

/// Drawn by hand: one path, dark on light in every theme, with the quiet border that readers need.
fn picture(set_up: &AppSetUp) -> impl IntoView + use<> {
    const BORDER: usize = 4;
    let side = set_up.picture.width + 2 * BORDER;
    let path = set_up.picture.path.expose().to_owned();
    view! {
        <svg
            class="qr"
            role="img"
            aria-label="The key as a QR code"
            viewBox=format!("-{BORDER} -{BORDER} {side} {side}")
            shape-rendering="crispEdges"
        >
            <path d=path />
        </svg>
    }
}

/// In fours, as people read.
fn grouped(secret: &str) -> String {
    let letters: Vec<char> = secret.chars().collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

fn in_force(codes: RecoveryCodes) -> impl IntoView {
    view! {
        <header class="page-head">
            <h1>"The app is set up"</h1>
            <p class="lead">"From now on signing in asks for a code of the app. Your other sessions have ended."</p>
        </header>
        <FreshCodes codes />
        <div class="actions">
            <ButtonLink href=PATH kind=ButtonKind::Primary>"I have stored the codes"</ButtonLink>
        </div>
    }
}

/// Codes that were just made, shown this once.
#[component]
fn FreshCodes(codes: RecoveryCodes) -> impl IntoView {
    let file = as_file(&codes);
    let lines = codes.recovery_codes.iter().map(|code| view! { <li><code>{code.expose().to_owned()}</code></li> }).collect_view();
    view! {
        <Notice tone=NoticeTone::Success title="Your recovery codes">
            <p>
                "Each stands in for the second factor once, should you lose it. They are shown only now: store them in your password "
                "manager, or print them and keep the paper safe."
            </p>
            <ol class="codes">{lines}</ol>
            <p><a href=file download="recovery-codes.txt">"Keep them as a file"</a></p>
        </Notice>
    }
}

/// The codes as an address that holds the whole file: nothing is kept on the server, and no script is
/// needed. They consist of letters, digits and hyphens, which stand in addresses as they are.
fn as_file(codes: &RecoveryCodes) -> String {
    let lines = codes.recovery_codes.iter().map(|code| format!("{}%0D%0A", code.expose()));
    format!("data:text/plain;charset=utf-8,{}", lines.collect::<String>())
}

fn codes_in(returned: &Returned) -> Option<RecoveryCodes> {
    match &returned.outcome {
        Outcome::Answered(answer) => serde_json::from_value(answer.clone()).ok(),
        Outcome::Refused(_) => None,
    }
}
