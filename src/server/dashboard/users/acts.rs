//! What an admin can do about a member. Each form says what will happen before it is sent.

use leptos::prelude::*;

use super::super::frame::{ProofNotice, Viewer};
use crate::{
    accounts::model::{AccountRecord, PasswordLink, Role, UserId},
    error::{AppError, Refusal},
    policy,
    server::{
        accounts::administration,
        returned::{Outcome, Returned},
        sent::Sent,
    },
    ui::{Button, ButtonKind, Choice, ErrorSummary, FieldKind, Form, Notice, NoticeTone, Select, TextField},
    words,
};

/// The forms that the policy allows, or why there are none.
#[component]
pub fn Acts(account: AccountRecord, viewer: Viewer, sessions: usize) -> impl IntoView {
    let id = account.profile.id;
    let suspension = Sent::to("/api/accounts/suspend");
    match policy::may_administer(&viewer.actor, id, viewer.now) {
        Ok(_) => forms(&account, &viewer, sessions, suspension).into_any(),
        Err(AppError::Forbidden(Refusal::Yourself)) => own_account(&account).into_any(),
        Err(AppError::ProofNeeded) if suspension.has_come_back() => forms(&account, &viewer, sessions, suspension).into_any(),
        Err(_) => view! { <ProofNotice /> }.into_any(),
    }
}

fn own_account(account: &AccountRecord) -> impl IntoView + use<> {
    view! {
        <Notice tone=NoticeTone::Info>
            <p>
                "This is your own account: another admin would have to suspend it. Your password and your sessions are on "
                <a href="/account">"your account's page"</a> "."
            </p>
        </Notice>
        <div class="panels">{role_form(account)}</div>
    }
}

fn forms(account: &AccountRecord, viewer: &Viewer, sessions: usize, suspension: Sent) -> impl IntoView + use<> {
    let standing = if administration::is_suspended(account, viewer.now) && !suspension.has_come_back() {
        lifting_form(account.profile.id).into_any()
    } else {
        suspension_form(account, suspension).into_any()
    };
    view! {
        {fresh_link(account.profile.id)}
        <div class="panels">
            <div class="stack">{role_form(account)} {access_forms(account.profile.id, sessions)}</div>
            {standing}
        </div>
    }
}

/// A link that was just made, shown this once.
fn fresh_link(id: UserId) -> Option<impl IntoView> {
    let returned =
        Returned::from("/api/accounts/make_password_link").filter(|returned| returned.typed("user") == id.to_string())?;
    let Outcome::Answered(answer) = &returned.outcome else { return None };
    let link: PasswordLink = serde_json::from_value(answer.clone()).ok()?;
    Some(view! {
        <Notice tone=NoticeTone::Success title="The link is ready">
            <p>
                "Give it to the member over a way that only they can read. It works once, until "
                {words::day_and_time(link.ends)} ", and is shown only now."
            </p>
            <p><code>{link.address}</code></p>
        </Notice>
    })
}

fn role_form(account: &AccountRecord) -> impl IntoView + use<> {
    let (id, role) = (account.profile.id, account.profile.role);
    let roles = Role::ALL.map(|role| Choice::new(role.name(), words::role(role))).to_vec();
    view! {
        <section class="card">
            <h2>"Role"</h2>
            <p class="quiet">
                "Moderators hide, restore and delete comments and look after discussions. Admins can do everything. "
                "A new role counts at once and signs the member out."
            </p>
            <Form action="/api/accounts/change_role" class="form form-inline">
                {user_field(id)} <Select label="Role" name="role" choices=roles chosen=role.name() />
                <Button>"Change role"</Button>
            </Form>
        </section>
    }
}

fn access_forms(id: UserId, sessions: usize) -> impl IntoView {
    let end = (sessions > 0).then(|| {
        view! {
            <Form action="/api/accounts/end_sessions" class="">
                {user_field(id)} <Button>"End all sessions"</Button>
            </Form>
        }
    });
    view! {
        <section class="card">
            <h2>"Access"</h2>
            <p class="quiet">
                "Ending the sessions signs the member out on every device. "
                "A password link lets them set a new password without the old one; it ends a link that was made before. "
                "Asking for a new password ends the sessions, and the next sign-in with the old one has to replace it."
            </p>
            <div class="actions">
                {end}
                <Form action="/api/accounts/make_password_link" class="">
                    {user_field(id)} <Button>"Make a password link"</Button>
                </Form>
                <Form action="/api/accounts/expire_password" class="">
                    {user_field(id)} <Button>"Ask for a new password"</Button>
                </Form>
            </div>
        </section>
    }
}

fn suspension_form(account: &AccountRecord, sent: Sent) -> impl IntoView + use<> {
    let id = account.profile.id;
    let name = account.profile.name.to_string();
    view! {
        <section class="card card-danger">
            <h2>"Suspend"</h2>
            <p class="quiet">
                <span dir="auto">{name.clone()}</span>
                " can still read, but not write, and is told the reason and the end. You can lift it at any time."
            </p>
            <Form action="/api/accounts/suspend">
                <ErrorSummary problems=sent.summary(str::to_owned) />
                {user_field(id)}
                <TextField
                    label="Reason"
                    name="reason"
                    value=sent.typed_or("reason", "")
                    problem=sent.problem("reason")
                    hint="The member reads it."
                />
                <TextField
                    label="Days"
                    name="days"
                    value=sent.typed_or("days", "")
                    problem=sent.problem("days")
                    hint="Leave it empty to suspend until somebody lifts it."
                    kind=FieldKind::Number
                    required=false
                    min="1"
                />
                <div class="actions">
                    <Button kind=ButtonKind::Danger>"Suspend " {name}</Button>
                </div>
            </Form>
        </section>
    }
}

fn lifting_form(id: UserId) -> impl IntoView {
    view! {
        <section class="card">
            <h2>"Suspension"</h2>
            <p class="quiet">"Once it is lifted, the member can write again at once."</p>
            <Form action="/api/accounts/lift_suspension">
                {user_field(id)}
                <div class="actions">
                    <Button>"Lift the suspension"</Button>
                </div>
            </Form>
        </section>
    }
}

fn user_field(id: UserId) -> impl IntoView {
    view! { <input type="hidden" name="user" value=id.to_string() /> }
}
