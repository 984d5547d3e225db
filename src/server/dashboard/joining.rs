//! Who asks to join, and the invitations that were handed out.

use axum::response::Response;
use leptos::prelude::*;

use super::frame::{Dashboard, PageHead, Room, Viewer, head};
use crate::{
    accounts::model::{Applicant, InvitationLink, InvitationRecord},
    moment::Moment,
    server::{
        accounts::{approval, invitations},
        returned::{Outcome, Returned},
        sent::Sent,
        shell::Frame,
        web::Trouble,
    },
    ui::{
        Badge, BadgeTone, Button, ButtonKind, Empty, ErrorSummary, FieldKind, Form, IconName, Notice, NoticeTone, TextField, When,
    },
    words,
};

const INVITE: &str = "/api/accounts/invite";
const DECLINE: &str = "/api/accounts/decline";

/// # Errors
/// Neither moderator nor admin.
pub async fn page(frame: Frame) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    let applicants = approval::waiting(&frame.visit).await?;
    let invitations = invitations::list(&frame.visit).await?;
    Ok(frame.page(head(Room::Joining.title()), move || {
        let now = viewer.now;
        view! {
            <Dashboard room=Room::Joining viewer=viewer>
                <PageHead title=Room::Joining.title() lead="Who asks to be let in, and whom you invite." />
                {queue(applicants, now)}
                {fresh_link()}
                {invitation_form()}
                {table(invitations, now)}
            </Dashboard>
        }
    }))
}

fn queue(applicants: Vec<Applicant>, now: Moment) -> AnyView {
    if applicants.is_empty() {
        return view! {
            <Empty icon=IconName::People title="Nobody waits">
                <p>"Where registration needs approval, those who ask stand here."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = applicants.into_iter().map(|applicant| waiting(applicant, now)).collect_view();
    view! {
        <section>
            <h2>"Waiting to be let in"</h2>
            <ol class="activity">{rows}</ol>
        </section>
    }
    .into_any()
}

fn waiting(applicant: Applicant, now: Moment) -> impl IntoView {
    let id = applicant.id.to_string();
    let sent = Sent::to(DECLINE).with("user", &id);
    let field_id = format!("reason-{id}");
    let problems = sent.summary(|_| format!("reason-{id}"));
    let let_in = id.clone();
    view! {
        <li>
            <p class="activity-head"><strong dir="auto">{applicant.name.to_string()}</strong> " asked " <When at=applicant.since now /></p>
            <p class="as-typed" dir="auto">{applicant.application}</p>
            <ErrorSummary problems />
            <div class="actions">
                <Form action="/api/accounts/approve" class="">
                    <input type="hidden" name="user" value=let_in />
                    <Button kind=ButtonKind::Primary>"Let in"</Button>
                </Form>
            </div>
            <Form action=DECLINE class="form form-inline">
                <input type="hidden" name="user" value=id />
                <TextField
                    label="Reason"
                    name="reason"
                    id=field_id
                    value=sent.typed_or("reason", "")
                    problem=sent.problem("reason")
                    hint="They read it."
                />
                <Button>"Do not let in"</Button>
            </Form>
        </li>
    }
}

/// A link that was just made, shown this once.
fn fresh_link() -> Option<impl IntoView> {
    let returned = Returned::from(INVITE)?;
    let Outcome::Answered(answer) = &returned.outcome else { return None };
    let link: InvitationLink = serde_json::from_value(answer.clone()).ok()?;
    Some(view! {
        <Notice tone=NoticeTone::Success title="The invitation is ready">
            <p>"Give the link to whom you invite. It is in force until " {words::day_and_time(link.ends)} " and is shown only now."</p>
            <p><code>{link.address}</code></p>
        </Notice>
    })
}

fn invitation_form() -> impl IntoView {
    let sent = Sent::to(INVITE);
    view! {
        <section class="card">
            <h2>"Invite"</h2>
            <p class="quiet">"Whoever opens the link can make an account, even where others have to wait. Who came by it is kept."</p>
            <Form action=INVITE>
                <ErrorSummary problems=sent.summary(str::to_owned) />
                <TextField
                    label="Note"
                    name="note"
                    value=sent.typed_or("note", "")
                    problem=sent.problem("note")
                    hint="For you: whom it is for, or where you put it."
                />
                <TextField
                    label="People"
                    name="uses"
                    value=sent.typed_or("uses", "1")
                    problem=sent.problem("uses")
                    hint="How many accounts can be made by it, from 1 to 1,000."
                    kind=FieldKind::Number
                    min="1"
                    max="1000"
                />
                <TextField
                    label="Days"
                    name="days"
                    value=sent.typed_or("days", "7")
                    problem=sent.problem("days")
                    hint="How long it is in force, from 1 to 365."
                    kind=FieldKind::Number
                    min="1"
                    max="365"
                />
                <div class="actions">
                    <Button kind=ButtonKind::Primary>"Make an invitation"</Button>
                </div>
            </Form>
        </section>
    }
}

fn table(invitations: Vec<InvitationRecord>, now: Moment) -> AnyView {
    if invitations.is_empty() {
        return ().into_any();
    }
    let rows = invitations.into_iter().map(|invitation| row(invitation, now)).collect_view();
    view! {
        <section>
            <h2>"Invitations"</h2>
            <div class="table-frame">
                <table class="table">
                    <caption class="visually-hidden">"Invitations"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Note"</th>
                            <th scope="col">"Made by"</th>
                            <th scope="col">"Came by it"</th>
                            <th scope="col" class="number">"Left"</th>
                            <th scope="col" class="number">"In force until"</th>
                            <th scope="col">"Do"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn row(invitation: InvitationRecord, now: Moment) -> impl IntoView {
    let is_in_force = invitation.ends > now && invitation.uses_left > 0;
    let joined = invitation.joined.iter().map(|(_, name)| {
        view! { <li><a dir="auto" href=name.path()>{name.to_string()}</a></li> }
    });
    let act = if is_in_force {
        view! {
            <Form action="/api/accounts/withdraw_invitation" class="">
                <input type="hidden" name="invitation" value=invitation.id.to_string() />
                <Button>"Withdraw"</Button>
            </Form>
        }
        .into_any()
    } else {
        view! { <Badge tone=BadgeTone::Plain label="Over" /> }.into_any()
    };
    view! {
        <tr>
            <th scope="row" dir="auto">{invitation.note.clone()}</th>
            <td data-label="Made by"><a dir="auto" href=invitation.made_by.path()>{invitation.made_by.to_string()}</a></td>
            <td data-label="Came by it"><ul class="inline-list">{joined.collect_view()}</ul></td>
            <td data-label="Left" class="number">{format!("{} of {}", invitation.uses_left, invitation.uses)}</td>
            <td data-label="In force until" class="number">{words::day_and_time(invitation.ends)}</td>
            <td data-label="Do">{act}</td>
        </tr>
    }
}
