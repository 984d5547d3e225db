//! The letters that the site sends: to whom, about what, and what became of them. Never what they say.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    frame::{Dashboard, Filters, Narrowing, PageHead, ProofNotice, Room, Viewer, head},
    query::{Page, Query, address},
};
use crate::{
    letters::model::{LetterId, LetterRecord, LetterState},
    moment::Moment,
    policy::{self, act},
    server::{
        letters::{self, PAGE},
        shell::Frame,
        web::Trouble,
    },
    ui::{Badge, BadgeTone, Button, ButtonSize, Choice, Empty, Form, IconName, Notice, NoticeTone, Pager, Select, When},
};

/// # Errors
/// Not an admin.
pub async fn page(frame: Frame, query: Query) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeAdministration>(&viewer.actor, viewer.now)?;
    let asked = Asked::of(&query);
    let letters = letters::letters(&frame.visit, asked.state, asked.before).await?;
    let page = Page::cut(letters, usize::try_from(PAGE).unwrap_or(usize::MAX), |letter| letter.id.0);
    let sends_letters = frame.visit.app().sends_letters();
    let has_proof = policy::may::<act::RetryLetter>(&viewer.actor, viewer.now).is_ok();
    let wants_proof = !has_proof && frame.returned().is_none() && page.rows.iter().any(can_be_retried);
    Ok(frame.page(head(Room::Letters.title()), move || {
        let now = viewer.now;
        view! {
            <Dashboard room=Room::Letters viewer=viewer>
                <PageHead title=Room::Letters.title() lead="The newest first, for thirty days. What they say is not kept once they are sent." />
                {(!sends_letters).then(off)} {wants_proof.then(|| view! { <ProofNotice /> })} {filters(&asked)}
                {list(page.rows, &asked, now)} {pager(&asked, page.last)}
            </Dashboard>
        }
    }))
}

fn off() -> impl IntoView {
    view! {
        <Notice tone=NoticeTone::Info title="This site sends no letters">
            <p>"Addresses are not confirmed, and forgotten passwords need a link from an admin. The setting mail.mode turns letters on."</p>
        </Notice>
    }
}

/// What the address asks for.
#[derive(Clone, Debug)]
struct Asked {
    state: Option<LetterState>,
    before: Option<LetterId>,
}

impl Asked {
    fn of(query: &Query) -> Self {
        Self { state: query.word("state", LetterState::from_name), before: query.number("before").map(LetterId) }
    }

    fn state_name(&self) -> &'static str {
        self.state.map_or("", LetterState::name)
    }

    fn narrowing(&self) -> Narrowing {
        Narrowing::by(&[self.state_name()])
    }

    fn address(&self, before: &str) -> String {
        address(Room::Letters.path(), &[("state", self.state_name()), ("before", before)])
    }
}

fn filters(asked: &Asked) -> impl IntoView + use<> {
    let states = [Choice::new("", "All")]
        .into_iter()
        .chain(LetterState::ALL.map(|state| Choice::new(state.name(), state.title())))
        .collect::<Vec<_>>();
    let chosen = asked.state_name();
    view! {
        <Filters room=Room::Letters label="Letters" narrowing=asked.narrowing()>
            <Select label="What became of them" name="state" choices=states chosen />
        </Filters>
    }
}

fn list(letters: Vec<LetterRecord>, asked: &Asked, now: Moment) -> AnyView {
    if letters.is_empty() {
        let words = match asked.narrowing() {
            Narrowing::Narrowed => "Choose another state.",
            Narrowing::Everything => "They are listed here as soon as the site has written one.",
        };
        return view! { <Empty icon=IconName::Letter title="No such letters"><p>{words}</p></Empty> }.into_any();
    }
    let rows = letters.into_iter().map(|letter| row(letter, now)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">"Letters, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"About"</th>
                        <th scope="col">"To"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="number">"Tries"</th>
                        <th scope="col" class="number">"Written"</th>
                        <th scope="col" class="number">"Next try"</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(letter: LetterRecord, now: Moment) -> impl IntoView {
    let tone = match letter.state {
        LetterState::Waiting if letter.complaint.is_empty() => BadgeTone::Plain,
        LetterState::Waiting => BadgeTone::Warn,
        LetterState::Sent => BadgeTone::Success,
        LetterState::GivenUp => BadgeTone::Danger,
    };
    let complaint = (!letter.complaint.is_empty()).then(|| view! { <p class="hint" dir="auto">{letter.complaint.clone()}</p> });
    let next = (letter.state == LetterState::Waiting).then(|| view! { <When at=letter.next_try now /> });
    let retry = can_be_retried(&letter).then(|| retry_form(&letter));
    let recipient = if letter.recipient.is_empty() { "not known yet".to_owned() } else { letter.recipient };
    view! {
        <tr>
            <th scope="row">{letter.kind.title()}</th>
            <td data-label="To">{recipient}</td>
            <td data-label="State"><Badge tone label=letter.state.title() /> {complaint}</td>
            <td data-label="Tries" class="number">{letter.tries}</td>
            <td data-label="Written" class="number"><When at=letter.created now /></td>
            <td data-label="Next try" class="number">{next}</td>
            <td class="actions-cell">{retry}</td>
        </tr>
    }
}

/// A letter that failed, or waits for another try.
fn can_be_retried(letter: &LetterRecord) -> bool {
    match letter.state {
        LetterState::Waiting => letter.tries > 0,
        LetterState::GivenUp => true,
        LetterState::Sent => false,
    }
}

fn retry_form(letter: &LetterRecord) -> impl IntoView + use<> {
    let label = format!("Try again now: {}, {}", letter.kind.title(), letter.recipient);
    let id = letter.id.to_string();
    view! {
        <Form action="/api/letters/retry" class="" label>
            <input type="hidden" name="letter" value=id />
            <Button size=ButtonSize::Small>"Try again now"</Button>
        </Form>
    }
}

fn pager(asked: &Asked, last: Option<i64>) -> impl IntoView + use<> {
    let previous = asked.before.map(|_| asked.address(""));
    let next = last.map(|last| asked.address(&last.to_string()));
    view! { <Pager previous next previous_label="Newest" next_label="Older" /> }
}
