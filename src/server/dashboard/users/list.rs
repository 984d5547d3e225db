//! The list of members: search, filters, pages.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    super::{
        frame::{Dashboard, Filters, Narrowing, PageHead, Room, Viewer, head},
        query::{Page, Query, address},
    },
    RoleBadge, StandingBadge, end_of_suspension,
};
use crate::{
    accounts::model::{AccountRecord, Role, UserId},
    moment::Moment,
    server::{
        accounts::{Filter, SuspendedOnly, administration},
        shell::Frame,
        web::Trouble,
    },
    ui::{Choice, Empty, FieldKind, IconName, Pager, Select, TextField, When},
    words,
};

/// # Errors
/// Not an admin.
pub async fn list(frame: Frame, query: Query) -> Result<Response, Trouble> {
    let filter = filter_of(&query);
    let accounts = administration::accounts(&frame.visit, &filter).await?;
    let page = Page::cut(accounts, usize::try_from(administration::PAGE).unwrap_or(usize::MAX), |account| account.profile.id.0);
    let viewer = Viewer::of(&frame);
    Ok(frame.page(head(Room::Members.title()), move || {
        let now = viewer.now;
        view! {
            <Dashboard room=Room::Members viewer=viewer>
                <PageHead title=Room::Members.title() lead="Everybody with an account, the newest first." />
                {filters(&filter)} {table(page.rows, now)} {pager(&filter, page.last)}
            </Dashboard>
        }
    }))
}

const SUSPENDED: &str = "suspended";

fn filter_of(query: &Query) -> Filter {
    Filter {
        text: query.text("text"),
        role: query.word("role", Role::from_name),
        standing: query.word("standing", |word| (word == SUSPENDED).then_some(SuspendedOnly)),
        before: query.number("before").map(UserId),
    }
}

fn role_name(filter: &Filter) -> &'static str {
    filter.role.map_or("", Role::name)
}

fn standing_name(filter: &Filter) -> &'static str {
    filter.standing.map_or("", |_| SUSPENDED)
}

fn filters(filter: &Filter) -> impl IntoView + use<> {
    let (role, standing) = (role_name(filter), standing_name(filter));
    let narrowing = Narrowing::by(&[&filter.text, role, standing]);
    let text = filter.text.clone();
    let roles = [Choice::new("", "Any role")]
        .into_iter()
        .chain(Role::ALL.map(|role| Choice::new(role.name(), words::role(role))))
        .collect::<Vec<_>>();
    let standings = vec![Choice::new("", "Any standing"), Choice::new(SUSPENDED, "Suspended")];
    view! {
        <Filters room=Room::Members label="Members" narrowing>
            <TextField label="Name or e-mail" name="text" value=text kind=FieldKind::Search />
            <Select label="Role" name="role" choices=roles chosen=role />
            <Select label="Standing" name="standing" choices=standings chosen=standing />
        </Filters>
    }
}

fn table(accounts: Vec<AccountRecord>, now: Moment) -> AnyView {
    if accounts.is_empty() {
        return view! {
            <Empty icon=IconName::People title="Nobody matches">
                <p>"Try a shorter part of the name, or another filter."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = accounts.into_iter().map(|account| row(account, now)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">"Members"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"E-mail"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Standing"</th>
                        <th scope="col" class="number">"Joined"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(account: AccountRecord, now: Moment) -> impl IntoView {
    let profile = account.profile;
    let end = end_of_suspension(account.standing, now);
    let standing = match end {
        Some(end) => view! { <StandingBadge standing=account.standing now /> " " <span class="quiet">{end}</span> }.into_any(),
        None => "Good".into_any(),
    };
    let role = match profile.role {
        Role::Member => words::role(Role::Member).into_any(),
        role => view! { <RoleBadge role /> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                <a class="author" dir="auto" href=format!("/admin/users/{}", profile.id)>{profile.name.to_string()}</a>
            </th>
            <td data-label="E-mail">{account.email.as_str().to_owned()}</td>
            <td data-label="Role">{role}</td>
            <td data-label="Standing"><span>{standing}</span></td>
            <td data-label="Joined" class="number"><When at=profile.since now=now /></td>
        </tr>
    }
}

fn pager(filter: &Filter, last: Option<i64>) -> impl IntoView + use<> {
    let to = |before: &str| {
        let pairs = [
            ("text", filter.text.as_str()),
            ("role", role_name(filter)),
            ("standing", standing_name(filter)),
            ("before", before),
        ];
        address(Room::Members.path(), &pairs)
    };
    let previous = filter.before.map(|_| to(""));
    let next = last.map(|last| to(&last.to_string()));
    view! { <Pager previous next previous_label="Newest" next_label="Older" /> }
}
