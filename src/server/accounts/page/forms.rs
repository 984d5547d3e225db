//! The forms of accounts, as the pages write them. [`AccountForm`] wakes them in the browser.

use leptos::prelude::*;

use crate::{
    accounts::{
        island::AccountForm,
        model::{Leaning, Secret},
        view::{
            CHANGE_PASSWORD, CHOOSE_DUE_PASSWORD, CHOOSE_FIRST_PASSWORD, PROVE, REGISTER, REGISTER_WITH_PROVIDER, REQUEST_RESET,
            SET_UP, SIGN_IN, USE_PASSWORD_LINK,
        },
    },
    server::{
        accounts::{
            challenge::{Challenge, Work},
            providers::Pending,
        },
        sent::Sent,
    },
    ui::{
        Button, ButtonKind, ButtonSize, Checkbox, ErrorSummary, FieldKind, Form, PasswordField, TextArea, TextField, Tick,
        UserNameHint,
    },
};

/// Which account the form of a newcomer makes.
pub enum Purpose {
    /// A member's; leads on to the page `next`, or to the first one where it is empty.
    Register { next: String, application: Application },
    /// The first admin's, for whoever holds the link that the program printed.
    SetUp,
}

/// Whether a newcomer says why they would like to join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    Wanted,
    Unneeded,
}

/// User name, e-mail address and password.
#[component]
pub fn RegistrationForm(
    purpose: Purpose,
    suggestion: Option<Secret>,
    /// None where a link is proof enough.
    challenge: Option<Challenge>,
) -> impl IntoView {
    let (action, verb, next, application) = match purpose {
        Purpose::Register { next, application: Application::Wanted } => {
            (REGISTER, "Ask to join", Some(next), Application::Wanted)
        }
        Purpose::Register { next, application } => (REGISTER, "Register", Some(next), application),
        Purpose::SetUp => (SET_UP, "Create the admin account", None, Application::Unneeded),
    };
    let sent = Sent::to(action);
    let application = application_field(application, &sent);
    view! {
        <AccountForm>
            <Form action>
                <ErrorSummary problems=sent.summary_of(&["username", "email", "password", "application"]) />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <TextField
                    label="User name"
                    name="username"
                    value=sent.typed_or("username", "")
                    kind=FieldKind::UserName
                    hint="Everybody sees it. Letters and digits, with _ . - between them."
                    problem=sent.problem("username")
                />
                <TextField
                    label="E-mail address"
                    name="email"
                    value=sent.typed_or("email", "")
                    kind=FieldKind::Email
                    hint="Only admins see it. You can sign in with it."
                    problem=sent.problem("email")
                />
                <NewPasswordField label="Password" problem=sent.problem("password") suggestion />
                {application}
                {challenge.map(|challenge| view! { <ChallengeFields challenge /> })}
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{verb}</Button>
            </Form>
        </AccountForm>
    }
}

/// What a newcomer says for themselves, where somebody decides.
fn application_field(application: Application, sent: &Sent) -> Option<impl IntoView + use<>> {
    let (typed, problem) = (sent.typed_or("application", ""), sent.problem("application"));
    (application == Application::Wanted).then(|| {
        view! {
            <TextArea
                label="Why would you like to join?"
                name="application"
                value=typed
                hint="Read by those who run the site, and by nobody else."
                problem
                rows=4
            />
        }
    })
}

/// User name and e-mail address of somebody whom a provider has recognised.
#[component]
pub fn ProviderRegistrationForm(pending: Pending, application: Application) -> impl IntoView {
    let sent = Sent::to(REGISTER_WITH_PROVIDER);
    let verb = if application == Application::Wanted { "Ask to join" } else { "Make my account" };
    let application = application_field(application, &sent);
    view! {
        <AccountForm>
            <Form action=REGISTER_WITH_PROVIDER>
                <ErrorSummary problems=sent.summary_of(&["username", "email", "application"]) />
                <TextField
                    label="User name"
                    name="username"
                    value=sent.typed_or("username", &pending.username)
                    kind=FieldKind::UserName
                    hint="Everybody sees it. Letters and digits, with _ . - between them."
                    problem=sent.problem("username")
                />
                <TextField
                    label="E-mail address"
                    name="email"
                    value=sent.typed_or("email", &pending.email)
                    kind=FieldKind::Email
                    hint="Only admins see it."
                    problem=sent.problem("email")
                />
                {application}
                <p class="hint">{format!("You need no password: {} lets you in. You can choose one later.", pending.title)}</p>
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>{verb}</Button>
            </Form>
        </AccountForm>
    }
}

/// The first password of an account that has none.
#[component]
pub fn FirstPasswordForm(username: String, suggestion: Option<Secret>) -> impl IntoView {
    let sent = Sent::to(CHOOSE_FIRST_PASSWORD);
    view! {
        <AccountForm>
            <Form action=CHOOSE_FIRST_PASSWORD>
                <ErrorSummary problems=sent.summary_of(&["password"]) />
                <UserNameHint username />
                <NewPasswordField label="New password" problem=sent.problem("password") suggestion />
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Choose password"</Button>
                </div>
            </Form>
        </AccountForm>
    }
}

/// User name or e-mail address, and the password.
#[component]
pub fn SignInForm(next: String, challenge: Challenge) -> impl IntoView {
    let sent = Sent::to(SIGN_IN);
    let tick = if sent.typed_or("keeping", "") == "kept" { Tick::Ticked } else { Tick::Clear };
    view! {
        <AccountForm>
            <Form action=SIGN_IN>
                <ErrorSummary problems=sent.summary_of(&["login", "password"]) />
                <input type="hidden" name="next" value=next />
                <TextField
                    label="User name or e-mail address"
                    name="login"
                    value=sent.typed_or("login", "")
                    kind=FieldKind::UserName
                    autocomplete="username webauthn"
                    problem=sent.problem("login")
                />
                <PasswordField label="Password" name="password" problem=sent.problem("password") />
                <Checkbox label="Keep me signed in" name="keeping" value="kept" hint="Only on a device that is yours alone." tick />
                <ChallengeFields challenge />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Sign in"</Button>
            </Form>
        </AccountForm>
    }
}

/// Replaces a password that is due, on the way in.
#[component]
pub fn DuePasswordForm(username: String, suggestion: Option<Secret>) -> impl IntoView {
    let sent = Sent::to(CHOOSE_DUE_PASSWORD);
    view! {
        <AccountForm>
            <Form action=CHOOSE_DUE_PASSWORD>
                <ErrorSummary problems=sent.summary_of(&["password"]) />
                <UserNameHint username />
                <NewPasswordField label="New password" problem=sent.problem("password") suggestion />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Set password and sign in"</Button>
            </Form>
        </AccountForm>
    }
}

/// The password of whoever is signed in.
#[component]
pub fn ProofForm(username: String, next: String) -> impl IntoView {
    let sent = Sent::to(PROVE);
    view! {
        <AccountForm>
            <Form action=PROVE>
                <ErrorSummary problems=sent.summary_of(&["password"]) />
                <input type="hidden" name="next" value=next />
                <UserNameHint username />
                <PasswordField label="Password" name="password" problem=sent.problem("password") />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Confirm it is me"</Button>
            </Form>
        </AccountForm>
    }
}

/// Replaces one's own password.
#[component]
pub fn PasswordChangeForm(username: String, leaning: Leaning, suggestion: Option<Secret>) -> impl IntoView {
    let sent = Sent::to(CHANGE_PASSWORD);
    view! {
        <AccountForm>
            <Form action=CHANGE_PASSWORD>
                <ErrorSummary problems=sent.summary_of(&["current_password", "password"]) />
                <UserNameHint username />
                <PasswordField label="Current password" name="current_password" problem=sent.problem("current_password") />
                <NewPasswordField label="New password" problem=sent.problem("password") suggestion leaning />
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Change password"</Button>
                </div>
            </Form>
        </AccountForm>
    }
}

/// Sets a password with a link that an admin has handed out.
#[component]
pub fn PasswordLinkForm(suggestion: Option<Secret>) -> impl IntoView {
    let sent = Sent::to(USE_PASSWORD_LINK);
    view! {
        <AccountForm>
            <Form action=USE_PASSWORD_LINK>
                <ErrorSummary problems=sent.summary_of(&["password"]) />
                <NewPasswordField label="New password" problem=sent.problem("password") suggestion />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Set password"</Button>
            </Form>
        </AccountForm>
    }
}

/// A password being chosen: how long it must be, what it would withstand, and one for the taking.
/// An e-mail address for an account.
#[component]
pub fn AddressForm(action: &'static str, label: &'static str, verb: &'static str, value: String) -> impl IntoView {
    let sent = Sent::to(action);
    view! {
        <AccountForm>
            <Form action>
                <ErrorSummary problems=sent.summary_of(&["email"]) />
                <TextField
                    label
                    name="email"
                    value=sent.typed_or("email", &value)
                    kind=FieldKind::Email
                    problem=sent.problem("email")
                />
                <div class="actions">
                    <Button kind=ButtonKind::Primary>{verb}</Button>
                </div>
            </Form>
        </AccountForm>
    }
}

/// Whose password was forgotten.
#[component]
pub fn ResetForm(challenge: Challenge) -> impl IntoView {
    let sent = Sent::to(REQUEST_RESET);
    view! {
        <AccountForm>
            <Form action=REQUEST_RESET>
                <ErrorSummary problems=sent.summary_of(&["login"]) />
                <TextField
                    label="User name or e-mail address"
                    name="login"
                    value=sent.typed_or("login", "")
                    kind=FieldKind::UserName
                    problem=sent.problem("login")
                />
                <ChallengeFields challenge />
                <Button kind=ButtonKind::Primary size=ButtonSize::Wide>"Send me a letter"</Button>
            </Form>
        </AccountForm>
    }
}

/// A password being chosen: how long it must be, and one for the taking.
#[component]
fn NewPasswordField(
    #[prop(into)] label: String,
    problem: Option<String>,
    suggestion: Option<Secret>,
    /// What else stands before the account.
    #[prop(default = Leaning::Alone)]
    leaning: Leaning,
) -> impl IntoView {
    let shortest = leaning.shortest();
    let hint = format!("At least {shortest} characters. A few unrelated words are easy to remember and hard to guess.");
    view! {
        <div class="stack" data-shortest=shortest.to_string()>
            <PasswordField label name="password" kind=FieldKind::NewPassword hint problem>
                <p class="count" role="status" id="password-count"></p>
            </PasswordField>
            // Shown by the island when the server has weighed what was typed.
            <div class="strength" data-weighs hidden>
                <meter min="0" max="4" low="2" high="3" optimum="4" value="0" aria-label="Strength of the password"></meter>
                <p class="hint" role="status"></p>
            </div>
            {suggestion.map(|phrase| view! { <Suggestion phrase /> })}
        </div>
    }
}

/// What shows that a person sends the form: a signed stamp, a puzzle for the browser, and a field that only
/// programs fill in.
#[component]
pub fn ChallengeFields(challenge: Challenge) -> impl IntoView {
    let Challenge { text, bits, work } = challenge;
    let puzzle = text.clone();
    let when = match work {
        Work::Now => "now",
        Work::Later => "later",
    };
    view! {
        <div class="challenge" data-puzzle=puzzle data-bits=bits.to_string() data-work=when>
            <input type="hidden" name="challenge" value=text />
            <input type="hidden" name="solution" value="" />
            <div class="offstage" aria-hidden="true">
                <label for="website">"Leave this empty"</label>
                <input type="text" id="website" name="website" value="" tabindex="-1" autocomplete="off" />
            </div>
            <p class="hint" role="status"></p>
        </div>
    }
}

/// A passphrase that nobody has seen before.
#[component]
fn Suggestion(phrase: Secret) -> impl IntoView {
    let (shown, taken) = (phrase.expose().to_owned(), phrase.expose().to_owned());
    view! {
        <details class="suggestion">
            <summary>"Suggest a passphrase"</summary>
            <p><code>{shown}</code></p>
            <p class="hint">"Made for you just now and kept nowhere: store it in your password manager before you go on."</p>
            <button class="button button-small needs-script" type="button" data-takes="password" data-phrase=taken>
                "Use this one"
            </button>
        </details>
    }
}
