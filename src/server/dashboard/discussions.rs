//! Discussions for moderators: locked, pinned, renamed, deleted.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    frame::{Dashboard, Filters, Narrowing, PageHead, Room, Viewer, head},
    query::{Page, Query, address},
};
use crate::{
    discussions::model::{DiscussionId, DiscussionSummary, Openness, Prominence},
    policy::{self, act},
    server::{
        discussions::{Filter, PAGE, moderation},
        sent::Sent,
        shell::Frame,
        web::Trouble,
    },
    ui::{
        Badge, BadgeTone, Button, ButtonKind, ButtonSize, Choice, Empty, ErrorSummary, FieldKind, Form, IconName, PagePath,
        Pager, Select, TextField, When,
    },
    words,
};

/// # Errors
/// Neither moderator nor admin.
pub async fn page(frame: Frame, query: Query) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeModeration>(&viewer.actor, viewer.now)?;
    let asked = Asked::of(&query);
    let discussions = moderation::discussions(&frame.visit, &asked.filter()).await?;
    let page = Page::cut(discussions, PAGE, |discussion| discussion.id.0);
    Ok(frame.page(head(Room::Discussions.title()), move || {
        view! {
            <Dashboard room=Room::Discussions viewer=viewer.clone()>
                <PageHead title=Room::Discussions.title() lead="The newest first." /> {filters(&asked)}
                {list(page.rows, &asked, &viewer)} {pager(&asked, page.last)}
            </Dashboard>
        }
    }))
}

/// Which discussions are wanted, apart from their titles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Open,
    Locked,
    Pinned,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Open, Self::Locked, Self::Pinned];

    const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Locked => "locked",
            Self::Pinned => "pinned",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Locked => "Locked",
            Self::Pinned => "Pinned",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What the address asks for.
#[derive(Clone, Debug)]
struct Asked {
    text: String,
    kind: Option<Kind>,
    before: Option<DiscussionId>,
}

impl Asked {
    fn of(query: &Query) -> Self {
        Self {
            text: query.text("text"),
            kind: query.word("kind", Kind::from_name),
            before: query.number("before").map(DiscussionId),
        }
    }

    fn filter(&self) -> Filter {
        let openness = match self.kind {
            Some(Kind::Open) => Some(Openness::Open),
            Some(Kind::Locked) => Some(Openness::Locked),
            Some(Kind::Pinned) | None => None,
        };
        let prominence = (self.kind == Some(Kind::Pinned)).then_some(Prominence::Pinned);
        Filter { text: self.text.clone(), openness, prominence, before: self.before }
    }

    fn kind_name(&self) -> &'static str {
        self.kind.map_or("", Kind::name)
    }

    fn narrowing(&self) -> Narrowing {
        Narrowing::by(&[&self.text, self.kind_name()])
    }

    fn address(&self, before: &str) -> String {
        address(Room::Discussions.path(), &[("text", &self.text), ("kind", self.kind_name()), ("before", before)])
    }
}

fn filters(asked: &Asked) -> impl IntoView + use<> {
    let kinds = [Choice::new("", "All")]
        .into_iter()
        .chain(Kind::ALL.map(|kind| Choice::new(kind.name(), kind.title())))
        .collect::<Vec<_>>();
    let (text, chosen) = (asked.text.clone(), asked.kind_name());
    view! {
        <Filters room=Room::Discussions label="Discussions" narrowing=asked.narrowing()>
            <TextField label="Title" name="text" value=text kind=FieldKind::Search />
            <Select label="Kind" name="kind" choices=kinds chosen />
        </Filters>
    }
}

fn list(discussions: Vec<DiscussionSummary>, asked: &Asked, viewer: &Viewer) -> AnyView {
    if discussions.is_empty() {
        let (title, words) = match asked.narrowing() {
            Narrowing::Narrowed => ("No discussion matches", "Try fewer letters of the title, or another kind."),
            Narrowing::Everything => ("No discussions yet", "They are listed here as soon as somebody starts one."),
        };
        return view! { <Empty icon=IconName::Discussion title><p>{words}</p></Empty> }.into_any();
    }
    let rows = discussions.into_iter().map(|discussion| row(discussion, viewer)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">"Discussions, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Title"</th>
                        <th scope="col">"Started by"</th>
                        <th scope="col" class="number">"Comments"</th>
                        <th scope="col" class="number">"Last comment"</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(discussion: DiscussionSummary, viewer: &Viewer) -> impl IntoView + use<> {
    let author = if viewer.is_admin() { format!("/admin/users/{}", discussion.author) } else { discussion.author_name.path() };
    let locked = (discussion.openness == Openness::Locked)
        .then(|| view! { " " <Badge tone=BadgeTone::Warn icon=IconName::Lock label="Locked" /> });
    let pinned = (discussion.prominence == Prominence::Pinned)
        .then(|| view! { " " <Badge tone=BadgeTone::Accent icon=IconName::Pin label="Pinned" /> });
    view! {
        <tr>
            <th scope="row">
                <a dir="auto" href=format!("/d/{}", discussion.id)>{discussion.title.to_string()}</a>
                {pinned} {locked}
            </th>
            <td data-label="Started by"><a class="author" dir="auto" href=author>{discussion.author_name.to_string()}</a></td>
            <td data-label="Comments" class="number">{words::grouped(discussion.comments)}</td>
            <td data-label="Last comment" class="number"><When at=discussion.last_activity now=viewer.now /></td>
            <td class="actions-cell">
                <div class="actions">{openness_form(&discussion)} {prominence_form(&discussion)}</div>
                {changes(&discussion)}
            </td>
        </tr>
    }
}

fn openness_form(discussion: &DiscussionSummary) -> impl IntoView + use<> {
    let (value, label) = match discussion.openness {
        Openness::Open => ("locked", "Lock"),
        Openness::Locked => ("open", "Unlock"),
    };
    let id = discussion.id;
    view! {
        <Form action="/api/discussions/set_openness" class="" label=named(label, discussion)>
            {hidden_fields(id)} <Button size=ButtonSize::Small name="openness" value=value>{label}</Button>
        </Form>
    }
}

fn prominence_form(discussion: &DiscussionSummary) -> impl IntoView + use<> {
    let (value, label) = match discussion.prominence {
        Prominence::Usual => ("pinned", "Pin"),
        Prominence::Pinned => ("usual", "Unpin"),
    };
    let id = discussion.id;
    view! {
        <Form action="/api/discussions/set_prominence" class="" label=named(label, discussion)>
            {hidden_fields(id)} <Button size=ButtonSize::Small name="prominence" value=value>{label}</Button>
        </Form>
    }
}

/// What is done less often, and so stands folded: another title, and deleting.
fn changes(discussion: &DiscussionSummary) -> impl IntoView + use<> {
    let sent = Sent::to("/api/discussions/rename").with("discussion", &discussion.id.to_string());
    view! {
        <details class="unfold" open=sent.has_come_back()>
            <summary>"Rename or delete" <span class="visually-hidden">{format!(": {}", discussion.title)}</span></summary>
            <div class="stack">{renaming_form(discussion, &sent)} {deletion_form(discussion)}</div>
        </details>
    }
}

fn renaming_form(discussion: &DiscussionSummary, sent: &Sent) -> impl IntoView + use<> {
    let id = discussion.id;
    let field = format!("title-{id}");
    let title = sent.typed_or("title", discussion.title.as_str());
    let problems = sent.summary(|_| field.clone());
    let problem = sent.problem("title");
    view! {
        <Form action="/api/discussions/rename" label=named("Rename", discussion)>
            <ErrorSummary problems /> {hidden_fields(id)}
            <TextField label="New title" name="title" id=field value=title problem />
            <div class="actions">
                <Button size=ButtonSize::Small>"Rename"</Button>
            </div>
        </Form>
    }
}

fn deletion_form(discussion: &DiscussionSummary) -> impl IntoView + use<> {
    let id = discussion.id;
    let comments = match discussion.comments {
        0 => String::new(),
        comments => format!(" and its {}", words::counted(comments, "comment")),
    };
    view! {
        <Form action="/api/discussions/delete" label=named("Delete", discussion)>
            {hidden_fields(id)}
            <p class="quiet">
                "Deleting takes the discussion" {comments} " away from everybody. It cannot be undone; locking can."
            </p>
            <div class="actions">
                <Button size=ButtonSize::Small kind=ButtonKind::Danger>"Delete for good"</Button>
            </div>
        </Form>
    }
}

fn named(deed: &str, discussion: &DiscussionSummary) -> String {
    format!("{deed}: {}", discussion.title)
}

/// The discussion, and this page as the one to come back to.
fn hidden_fields(id: DiscussionId) -> impl IntoView {
    let here = use_context::<PagePath>().map(|page| page.0).unwrap_or_default();
    view! {
        <input type="hidden" name="discussion" value=id.to_string() />
        <input type="hidden" name="next" value=here />
    }
}

fn pager(asked: &Asked, last: Option<i64>) -> impl IntoView + use<> {
    let previous = asked.before.map(|_| asked.address(""));
    let next = last.map(|last| asked.address(&last.to_string()));
    view! { <Pager previous next previous_label="Newest" next_label="Older" /> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_asks_for_exactly_its_discussions() {
        let filter = |kind| Asked { text: String::new(), kind, before: None }.filter();
        assert_eq!(filter(Some(Kind::Locked)).openness, Some(Openness::Locked));
        assert_eq!(filter(Some(Kind::Open)).openness, Some(Openness::Open));
        assert_eq!(filter(Some(Kind::Pinned)).prominence, Some(Prominence::Pinned));
        assert_eq!((filter(None).openness, filter(None).prominence), (None, None));
    }
}
