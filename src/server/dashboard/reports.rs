//! What browsers refused to do on the site's pages, as they reported it: for admins, to see an attack or a fault of ours.

use axum::response::Response;
use leptos::prelude::*;

use super::frame::{Dashboard, PageHead, Room, Viewer, head};
use crate::{
    moment::Moment,
    policy::{self, act},
    server::{
        shell::Frame,
        site::reports::{self, Record},
        web::Trouble,
    },
    ui::{Button, ButtonSize, Empty, Form, IconName, When},
};

/// # Errors
/// Not an admin.
pub async fn page(frame: Frame) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeAdministration>(&viewer.actor, viewer.now)?;
    let reports = reports::reports(&frame.visit).await?;
    Ok(frame.page(head(Room::Reports.title()), move || {
        let now = viewer.now;
        let clear = (!reports.is_empty()).then(clear_form);
        view! {
            <Dashboard room=Room::Reports viewer=viewer>
                <PageHead
                    title=Room::Reports.title()
                    lead="What browsers refused to do on this site's pages, each kind once. A program in somebody's browser can be behind it; the same kind from many pages is an attack or a fault of the site."
                />
                {clear} {list(reports, now)}
            </Dashboard>
        }
    }))
}

fn list(reports: Vec<Record>, now: Moment) -> AnyView {
    if reports.is_empty() {
        return view! {
            <Empty icon=IconName::Check title="No reports">
                <p>"Browsers have refused nothing on this site's pages."</p>
            </Empty>
        }
        .into_any();
    }
    let rows = reports.into_iter().map(|report| row(report, now)).collect_view();
    view! {
        <div class="table-frame">
            <table class="table">
                <caption class="visually-hidden">"Reports of browsers, the newest first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Rule"</th>
                        <th scope="col">"Refused"</th>
                        <th scope="col">"On the page"</th>
                        <th scope="col">"Asked for by"</th>
                        <th scope="col" class="number">"Times"</th>
                        <th scope="col" class="number">"First"</th>
                        <th scope="col" class="number">"Last"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Nothing of a report is a link: strangers wrote it.
fn row(report: Record, now: Moment) -> impl IntoView {
    view! {
        <tr>
            <th scope="row"><code>{report.directive}</code></th>
            <td data-label="Refused">{named(report.blocked)}</td>
            <td data-label="On the page"><code>{report.document}</code></td>
            <td data-label="Asked for by">{named(report.source)}</td>
            <td data-label="Times" class="number">{report.times}</td>
            <td data-label="First" class="number"><When at=report.first now /></td>
            <td data-label="Last" class="number"><When at=report.last now /></td>
        </tr>
    }
}

fn named(text: String) -> AnyView {
    if text.is_empty() {
        return view! { <span class="quiet">"not told"</span> }.into_any();
    }
    view! { <code>{text}</code> }.into_any()
}

fn clear_form() -> impl IntoView {
    view! {
        <Form action="/api/site/clear_reports" class="">
            <div class="actions">
                <Button size=ButtonSize::Small>"Throw all of them away"</Button>
            </div>
        </Form>
    }
}
