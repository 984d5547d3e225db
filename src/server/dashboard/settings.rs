//! The settings of the site, to be read by every admin and changed after a fresh proof.

use axum::response::Response;
use leptos::prelude::*;

use super::frame::{Dashboard, PageHead, ProofNotice, Room, Viewer, head};
use crate::{
    error::AppError,
    policy::{self, act},
    server::{sent::Sent, shell::Frame, web::Trouble},
    site::model::{RegistrationMode, Settings, StaffFactor},
    ui::{Button, ButtonKind, Choice, ErrorSummary, FieldKind, Form, RadioGroup, TextField},
    words,
};

/// # Errors
/// Not an admin.
pub async fn page(frame: Frame) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeAdministration>(&viewer.actor, viewer.now)?;
    let settings = frame.settings().clone();
    Ok(frame.page(head(Room::Settings.title()), move || {
        let sent = Sent::to("/api/site/save_settings");
        let content = match policy::may_configure(&viewer.actor, viewer.now) {
            Ok(_) => form(&settings, &sent).into_any(),
            Err(AppError::ProofNeeded) if sent.has_come_back() => form(&settings, &sent).into_any(),
            Err(_) => view! { <ProofNotice /> {facts(&settings)} }.into_any(),
        };
        view! {
            <Dashboard room=Room::Settings viewer=viewer>
                <PageHead title=Room::Settings.title() lead="A change counts at once, for everybody." /> {content}
            </Dashboard>
        }
    }))
}

const fn registration_name(mode: RegistrationMode) -> &'static str {
    match mode {
        RegistrationMode::Open => "open",
        RegistrationMode::Invitation => "invitation",
        RegistrationMode::Approval => "approval",
        RegistrationMode::Closed => "closed",
    }
}

const fn registration_title(mode: RegistrationMode) -> &'static str {
    match mode {
        RegistrationMode::Open => "Open",
        RegistrationMode::Invitation => "By invitation",
        RegistrationMode::Approval => "With approval",
        RegistrationMode::Closed => "Closed",
    }
}

const fn staff_factor_name(choice: StaffFactor) -> &'static str {
    match choice {
        StaffFactor::Required => "required",
        StaffFactor::Optional => "optional",
    }
}

const fn staff_factor_title(choice: StaffFactor) -> &'static str {
    match choice {
        StaffFactor::Required => "Required",
        StaffFactor::Optional => "Optional",
    }
}

fn facts(settings: &Settings) -> impl IntoView + use<> {
    let fact = |name: &'static str, value: String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
            </div>
        }
    };
    let edit_window = match settings.edit_window {
        0 => "Never".to_owned(),
        minutes => words::counted(u64::from(minutes), "minute"),
    };
    view! {
        <dl class="facts">
            {fact("Name", settings.name.as_str().to_owned())}
            {fact("Description", settings.description.as_str().to_owned())}
            {fact("Registration", registration_title(settings.registration).to_owned())}
            {fact("Second factor for staff", staff_factor_title(settings.staff_factor).to_owned())}
            {fact("Length of a comment", words::counted(u64::from(settings.comment_length), "character"))}
            {fact("Comments per minute", settings.comments_per_minute.to_string())}
            {fact("Discussions per hour", settings.discussions_per_hour.to_string())} {fact("Time to edit", edit_window)}
        </dl>
    }
}

fn form(settings: &Settings, sent: &Sent) -> impl IntoView + use<> {
    let problems = sent.summary(str::to_owned);
    let fields = (about_the_site(settings, sent), limits(settings, sent));
    view! {
        <Form action="/api/site/save_settings" label="Settings">
            <ErrorSummary problems /> {fields}
            <div class="actions">
                <Button kind=ButtonKind::Primary>"Save settings"</Button>
            </div>
        </Form>
    }
}

fn about_the_site(settings: &Settings, sent: &Sent) -> impl IntoView + use<> {
    let modes = vec![
        Choice::new(registration_name(RegistrationMode::Open), registration_title(RegistrationMode::Open))
            .with_hint("Everybody can make an account."),
        Choice::new(registration_name(RegistrationMode::Invitation), registration_title(RegistrationMode::Invitation))
            .with_hint("Only who has a link that a moderator or an admin has made."),
        Choice::new(registration_name(RegistrationMode::Approval), registration_title(RegistrationMode::Approval))
            .with_hint("Everybody can ask, saying why; a moderator or an admin lets them in. An invitation stands for that."),
        Choice::new(registration_name(RegistrationMode::Closed), registration_title(RegistrationMode::Closed))
            .with_hint("Nobody can; those who have one go on as before."),
    ];
    let staff_factors = vec![
        Choice::new(staff_factor_name(StaffFactor::Required), staff_factor_title(StaffFactor::Required))
            .with_hint("Moderators and admins without one get no further than the page that sets one up."),
        Choice::new(staff_factor_name(StaffFactor::Optional), staff_factor_title(StaffFactor::Optional))
            .with_hint("A password is enough. Every break-in of note began with one."),
    ];
    view! {
        <section class="card">
            <h2>"Site"</h2>
            <TextField
                label="Name"
                name="name"
                value=sent.typed_or("name", settings.name.as_str())
                problem=sent.problem("name")
                hint="At the top of every page and in its title."
            />
            <TextField
                label="Description"
                name="description"
                value=sent.typed_or("description", settings.description.as_str())
                problem=sent.problem("description")
                hint="A sentence or two at the foot of every page and in search results."
                required=false
            />
            <RadioGroup
                legend="Registration"
                name="registration"
                choices=modes
                chosen=sent.typed_or("registration", registration_name(settings.registration))
                problem=sent.problem("registration")
            />
            <RadioGroup
                legend="Second factor for staff"
                name="staff_factor"
                choices=staff_factors
                chosen=sent.typed_or("staff_factor", staff_factor_name(settings.staff_factor))
                problem=sent.problem("staff_factor")
            />
        </section>
    }
}

fn limits(settings: &Settings, sent: &Sent) -> impl IntoView + use<> {
    let number =
        |label: &'static str, name: &'static str, value: u32, (min, max): (&'static str, &'static str), hint: &'static str| {
            view! {
                <TextField
                    label=label
                    name=name
                    value=sent.typed_or(name, &value.to_string())
                    problem=sent.problem(name)
                    hint=hint
                    kind=FieldKind::Number
                    min=min
                    max=max
                />
            }
        };
    view! {
        <section class="card">
            <h2>"Limits"</h2>
            {number(
                "Length of a comment",
                "comment_length",
                settings.comment_length,
                ("100", "10000"),
                "In characters, from 100 to 10,000.",
            )}
            {number(
                "Comments per minute",
                "comments_per_minute",
                settings.comments_per_minute,
                ("1", "1000"),
                "Of one member.",
            )}
            {number(
                "Discussions per hour",
                "discussions_per_hour",
                settings.discussions_per_hour,
                ("1", "1000"),
                "Started by one member.",
            )}
            {number(
                "Time to edit",
                "edit_window",
                settings.edit_window,
                ("0", "525600"),
                "Minutes in which members can change what they wrote; 0 is never.",
            )}
        </section>
    }
}
