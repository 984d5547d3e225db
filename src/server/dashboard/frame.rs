//! What all pages of the dashboard share: the way around it, the head of a page, filters, and the
//! request to prove who one is.

use leptos::prelude::*;

use crate::{
    accounts::model::Actor,
    moment::Moment,
    policy::{self, act},
    server::shell::{self, Frame, Head, Section, Width},
    ui::{ButtonLink, ButtonSize, Icon, IconName, Notice, NoticeTone, PagePath},
};

/// Who looks at the dashboard, and when.
#[derive(Clone, Debug)]
pub struct Viewer {
    pub actor: Actor,
    pub now: Moment,
}

impl Viewer {
    pub fn of(frame: &Frame) -> Self {
        Self { actor: frame.visit.actor().clone(), now: frame.visit.now() }
    }

    pub fn is_admin(&self) -> bool {
        policy::may::<act::SeeAdministration>(&self.actor, self.now).is_ok()
    }
}

/// A page of the dashboard, as its navigation names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    Overview,
    Members,
    Joining,
    Comments,
    Discussions,
    Letters,
    Reports,
    Settings,
    Audit,
}

impl Room {
    const FOR_MODERATORS: &[Self] = &[Self::Comments, Self::Discussions, Self::Joining];
    const FOR_ADMINS: &[Self] = &[
        Self::Overview,
        Self::Members,
        Self::Joining,
        Self::Comments,
        Self::Discussions,
        Self::Letters,
        Self::Reports,
        Self::Settings,
        Self::Audit,
    ];

    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Members => "/admin/users",
            Self::Joining => "/admin/joining",
            Self::Comments => "/admin/comments",
            Self::Discussions => "/admin/discussions",
            Self::Letters => "/admin/letters",
            Self::Reports => "/admin/reports",
            Self::Settings => "/admin/settings",
            Self::Audit => "/admin/audit",
        }
    }

    pub const fn title(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Members => "Members",
            Self::Joining => "Joining",
            Self::Comments => "Comments",
            Self::Discussions => "Discussions",
            Self::Letters => "Letters",
            Self::Reports => "Browser reports",
            Self::Settings => "Settings",
            Self::Audit => "Audit log",
        }
    }

    const fn icon(self) -> IconName {
        match self {
            Self::Overview => IconName::Overview,
            Self::Members => IconName::People,
            Self::Joining => IconName::Plus,
            Self::Comments => IconName::Comment,
            Self::Discussions => IconName::Discussion,
            Self::Letters => IconName::Letter,
            Self::Reports => IconName::Flag,
            Self::Settings => IconName::Settings,
            Self::Audit => IconName::Audit,
        }
    }
}

/// The head of a document of the dashboard.
pub fn head(title: impl Into<String>) -> Head {
    Head::titled(format!("{} · Dashboard", title.into())).width(Width::Wide).section(Section::Dashboard).not_indexed()
}

/// The frame of a page: the navigation shows only what this viewer may see.
#[component]
pub fn Dashboard(room: Room, viewer: Viewer, children: Children) -> impl IntoView {
    let rooms = if viewer.is_admin() { Room::FOR_ADMINS } else { Room::FOR_MODERATORS };
    let links = rooms
        .iter()
        .map(|this| {
            let current = (*this == room).then_some("page");
            view! {
                <li>
                    <a href=this.path() aria-current=current>
                        <Icon name=this.icon() />
                        {this.title()}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="dashboard">
            <nav class="side-nav" aria-label="Dashboard">
                <ul>{links}</ul>
            </nav>
            <div class="dashboard-body">{children()}</div>
        </div>
    }
}

/// The heading of a page of the dashboard, with a sentence under it.
#[component]
pub fn PageHead(#[prop(into)] title: String, #[prop(optional, into)] lead: Option<String>) -> impl IntoView {
    view! {
        <header class="page-head">
            <h1>{title}</h1>
            {lead.map(|lead| view! { <p class="lead">{lead}</p> })}
        </header>
    }
}

/// Whether a list is narrowed down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Narrowing {
    Everything,
    Narrowed,
}

impl Narrowing {
    /// Narrowed when any of the values says something.
    pub fn by(values: &[&str]) -> Self {
        if values.iter().all(|value| value.is_empty()) { Self::Everything } else { Self::Narrowed }
    }
}

/// A form that narrows a list down: its fields become the address of the page.
#[component]
pub fn Filters(room: Room, #[prop(into)] label: String, narrowing: Narrowing, children: Children) -> impl IntoView {
    let clear = (narrowing == Narrowing::Narrowed).then(|| view! { <a class="button button-quiet" href=room.path()>"Clear"</a> });
    view! {
        <form class="filters" method="get" action=room.path() role="search" aria-label=label>
            {children()}
            <button type="submit" class="button">"Apply"</button>
            {clear}
        </form>
    }
}

/// Says that the password has to be given again before the acts of this page. A form that came back
/// for want of it says so itself.
#[component]
pub fn ProofNotice() -> impl IntoView {
    let page = use_context::<PagePath>().map(|page| page.0).unwrap_or_default();
    let prove = shell::with_next("/prove", &page);
    view! {
        <Notice tone=NoticeTone::Info title="Please confirm that it is you">
            <p>"You gave your password more than a few minutes ago. What can be done here needs it again."</p>
            <div class="actions">
                <ButtonLink href=prove size=ButtonSize::Small>"Confirm it is you"</ButtonLink>
            </div>
        </Notice>
    }
}
