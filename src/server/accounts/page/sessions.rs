//! Where one is signed in, and how to end that.

use axum::response::Response;
use leptos::prelude::*;

use super::rooms::AccountRooms;
use crate::{
    accounts::model::{Keeping, SessionRecord, SignInNotices},
    moment::Moment,
    server::{
        accounts, agent,
        shell::{Frame, Head},
        web::Trouble,
    },
    ui::{Badge, BadgeTone, Button, ButtonKind, Choice, Form, RadioGroup, When},
    words,
};

/// Every open session of the person acting.
pub async fn sessions(frame: Frame) -> Result<Response, Trouble> {
    let own = accounts::sessions::own(&frame.visit).await?;
    let (now, this) = (frame.visit.now(), frame.visit.session_number());
    let others = own.sessions.iter().filter(|session| Some(session.number) != this).count();
    let rows = own.sessions.into_iter().map(move |session| {
        let is_this = Some(session.number) == this;
        row(session, is_this, now)
    });
    let rows = rows.collect::<Vec<_>>();
    Ok(frame.page(Head::titled("Your sessions").not_indexed(), move || {
        view! {
            <header class="page-head">
                <h1>"Your sessions"</h1>
                <p class="lead">"Every browser in which you are signed in. End what you do not know, and change your password then."</p>
            </header>
            <AccountRooms current="/account/sessions" />
            <ol class="sessions">{rows.into_iter().map(|row| row()).collect_view()}</ol>
            {(others > 0).then(end_others)}
            {notices(own.notices)}
        }
    }))
}

fn row(session: SessionRecord, is_this: bool, now: Moment) -> impl FnOnce() -> AnyView {
    move || {
        let mark = is_this.then(|| view! { " " <Badge tone=BadgeTone::Accent label="This one" /> });
        let keeping = match session.keeping {
            Keeping::Kept => "After the browser is closed too",
            Keeping::ThisVisit => "Until the browser is closed",
        };
        let verb = if is_this { "Sign out here" } else { "End this session" };
        view! {
            <li>
                <div>
                    <h2>{agent::in_words(&session.agent)} {mark}</h2>
                    <dl class="facts">
                        {fact("From", view! { {agent::place(&session.address)} }.into_any())}
                        {fact("Signed in", view! { <When at=session.created now /> }.into_any())}
                        {fact("Last seen", view! { <When at=session.last_seen now /> }.into_any())}
                        {fact("Ends at the latest", view! { {words::day_and_time(session.ends)} }.into_any())}
                        {fact("Proven by", view! { {words::proven(&session.by)} }.into_any())}
                        {fact("Kept", view! { {keeping} }.into_any())}
                    </dl>
                </div>
                <Form action="/api/accounts/end_own_session" class="">
                    <input type="hidden" name="session" value=session.number.to_string() />
                    <Button>{verb}</Button>
                </Form>
            </li>
        }
        .into_any()
    }
}

fn fact(name: &'static str, value: AnyView) -> impl IntoView {
    view! {
        <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
        </div>
    }
}

fn end_others() -> impl IntoView {
    view! {
        <Form action="/api/accounts/end_other_sessions" class="">
            <Button kind=ButtonKind::Danger>"End all other sessions"</Button>
        </Form>
    }
}

fn notices(chosen: SignInNotices) -> impl IntoView {
    let choices = vec![
        Choice::new(SignInNotices::Wanted.name(), "Write to me").with_hint("So that you learn of a sign-in that was not yours."),
        Choice::new(SignInNotices::Unwanted.name(), "Do not write to me"),
    ];
    view! {
        <section class="panel">
            <h2>"Sign-ins from new browsers"</h2>
            <Form action="/api/accounts/choose_notices">
                <RadioGroup legend="When a browser is used that never was before" name="notices" choices chosen=chosen.name() />
                <div class="actions">
                    <Button>"Save"</Button>
                </div>
            </Form>
        </section>
    }
}
