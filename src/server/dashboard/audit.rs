//! The audit log: everything that was done, by whom, on whom, when, from where and why.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    entries::Entries,
    frame::{Dashboard, Filters, Narrowing, PageHead, Room, Viewer, head},
    query::{Page, Query, address},
};
use crate::{
    audit::model::{Deed, Entry},
    error::AppError,
    moment::Moment,
    policy::{self, act},
    server::{
        accounts,
        audit::{self, Filter, PAGE},
        error::{Error, Result as Outcome},
        shell::Frame,
        visit::Visit,
        web::Trouble,
    },
    ui::{Choice, Empty, FieldKind, IconName, Pager, Select, TextField},
};

/// # Errors
/// Not an admin.
pub async fn page(frame: Frame, query: Query) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeAdministration>(&viewer.actor, viewer.now)?;
    let asked = Asked::of(&query);
    let entries = asked.entries(&frame.visit).await?;
    let page = Page::cut(entries, usize::try_from(PAGE).unwrap_or(usize::MAX), |entry| entry.id);
    Ok(frame.page(head(Room::Audit.title()), move || {
        let now = viewer.now;
        view! {
            <Dashboard room=Room::Audit viewer=viewer>
                <PageHead title=Room::Audit.title() lead="What was done, the latest first. Nobody can change it here." />
                {filters(&asked)} {list(page.rows, &asked, now)} {pager(&asked, page.last)}
            </Dashboard>
        }
    }))
}

/// What the address asks for.
#[derive(Clone, Debug)]
struct Asked {
    deed: Option<Deed>,
    person: String,
    before: Option<i64>,
}

impl Asked {
    fn of(query: &Query) -> Self {
        Self { deed: query.word("deed", Deed::from_name), person: query.text("person"), before: query.number("before") }
    }

    /// None at all when nobody is called like the person.
    async fn entries(&self, visit: &Visit) -> Outcome<Vec<Entry>> {
        let person = match self.person.as_str() {
            "" => None,
            name => match accounts::profile(visit, name).await {
                Ok(profile) => Some(profile.id),
                Err(Error::Told(AppError::NotFound)) => return Ok(Vec::new()),
                Err(broken) => return Err(broken),
            },
        };
        audit::entries(visit, &Filter { deed: self.deed, person, before: self.before }).await
    }

    fn deed_name(&self) -> &'static str {
        self.deed.map_or("", Deed::name)
    }

    fn narrowing(&self) -> Narrowing {
        Narrowing::by(&[self.deed_name(), &self.person])
    }

    fn address(&self, before: &str) -> String {
        address(Room::Audit.path(), &[("deed", self.deed_name()), ("person", &self.person), ("before", before)])
    }
}

fn filters(asked: &Asked) -> impl IntoView + use<> {
    let deeds = [Choice::new("", "Everything")]
        .into_iter()
        .chain(Deed::ALL.iter().map(|deed| Choice::new(deed.name(), deed.sentence())))
        .collect::<Vec<_>>();
    let (person, chosen) = (asked.person.clone(), asked.deed_name());
    view! {
        <Filters room=Room::Audit label="Audit log" narrowing=asked.narrowing()>
            <TextField
                label="By or about"
                name="person"
                value=person
                kind=FieldKind::Search
            />
            <Select label="What was done" name="deed" choices=deeds chosen />
        </Filters>
    }
}

fn list(entries: Vec<Entry>, asked: &Asked, now: Moment) -> AnyView {
    if !entries.is_empty() {
        return view! { <Entries entries now /> }.into_any();
    }
    let words = match asked.narrowing() {
        Narrowing::Narrowed => "Check the name, which must be complete, or choose another kind of action.",
        Narrowing::Everything => "Everything that is done from now on is listed here.",
    };
    view! { <Empty icon=IconName::Audit title="No such entries"><p>{words}</p></Empty> }.into_any()
}

fn pager(asked: &Asked, last: Option<i64>) -> impl IntoView + use<> {
    let previous = asked.before.map(|_| asked.address(""));
    let next = last.map(|last| asked.address(&last.to_string()));
    view! { <Pager previous next previous_label="Newest" next_label="Older" /> }
}
