//! Comments for moderators: by state, by text, by author; one or many hidden, restored or deleted.

use axum::response::Response;
use leptos::prelude::*;

use super::{
    activity::StateBadge,
    excerpt::excerpt,
    frame::{Dashboard, Filters, Narrowing, PageHead, Room, Viewer, head},
    query::{Page, Query, address},
};
use crate::{
    comments::model::{CommentId, CommentState, ListedComment},
    error::AppError,
    policy::{self, act},
    server::{
        accounts,
        comments::{
            Filter,
            moderation::{self, Counts},
        },
        error::{Error, Result as Outcome},
        sent::Sent,
        shell::Frame,
        visit::Visit,
        web::Trouble,
    },
    ui::{
        Button, ButtonKind, Empty, ErrorSummary, FieldKind, Form, IconName, PagePath, Pager, Prose, TextField, TrustedHtml, When,
    },
    words,
};

/// Longer texts, in bytes of their HTML, are shown as an excerpt that opens.
const SHORT: usize = 500;

/// # Errors
/// Neither moderator nor admin.
pub async fn page(frame: Frame, query: Query) -> Result<Response, Trouble> {
    let viewer = Viewer::of(&frame);
    policy::may::<act::SeeModeration>(&viewer.actor, viewer.now)?;
    let asked = Asked::of(&query);
    let counts = moderation::counts(&frame.visit).await?;
    let comments = asked.comments(&frame.visit).await?;
    let page = Page::cut(comments, usize::try_from(moderation::PAGE).unwrap_or(usize::MAX), |listed| listed.comment.id.0);
    Ok(frame.page(head(Room::Comments.title()), move || {
        view! {
            <Dashboard room=Room::Comments viewer=viewer.clone()>
                <PageHead title=Room::Comments.title() /> {tabs(&asked, &counts)} {filters(&asked)}
                {list(page.rows, &asked, &viewer)} {pager(&asked, page.last)}
            </Dashboard>
        }
    }))
}

/// What the address asks for.
#[derive(Clone, Debug)]
struct Asked {
    text: String,
    author: String,
    state: Option<CommentState>,
    before: Option<CommentId>,
}

impl Asked {
    fn of(query: &Query) -> Self {
        Self {
            text: query.text("text"),
            author: query.text("author"),
            state: query.word("state", CommentState::from_name),
            before: query.number("before").map(CommentId),
        }
    }

    /// None at all when nobody is called like the author.
    async fn comments(&self, visit: &Visit) -> Outcome<Vec<ListedComment>> {
        let author = match self.author.as_str() {
            "" => None,
            name => match accounts::profile(visit, name).await {
                Ok(profile) => Some(profile.id),
                Err(Error::Told(AppError::NotFound)) => return Ok(Vec::new()),
                Err(broken) => return Err(broken),
            },
        };
        let filter = Filter { text: self.text.clone(), state: self.state, author, before: self.before };
        moderation::comments(visit, &filter).await
    }

    fn address(&self, state: Option<CommentState>, before: Option<i64>) -> String {
        let before = before.map(|before| before.to_string()).unwrap_or_default();
        let pairs = [
            ("state", state.map_or("", CommentState::name)),
            ("text", self.text.as_str()),
            ("author", self.author.as_str()),
            ("before", before.as_str()),
        ];
        address(Room::Comments.path(), &pairs)
    }
}

fn tabs(asked: &Asked, counts: &Counts) -> impl IntoView + use<> {
    let tab = |state: Option<CommentState>, number: u64| {
        let current = (asked.state == state).then_some("page");
        view! {
            <li>
                <a href=asked.address(state, None) aria-current=current>
                    {state.map_or("All", words::comment_state)} " "
                    <span class="side-nav-count">{words::grouped(number)}</span>
                </a>
            </li>
        }
    };
    let states = CommentState::ALL.map(|state| tab(Some(state), counts.of(state)));
    view! {
        <nav aria-label="Comments by state">
            <ul class="tabs">{tab(None, counts.total())} {states.into_iter().collect_view()}</ul>
        </nav>
    }
}

fn filters(asked: &Asked) -> impl IntoView + use<> {
    let narrowing = Narrowing::by(&[&asked.text, &asked.author]);
    let state = asked.state.map(|state| view! { <input type="hidden" name="state" value=state.name() /> });
    let (text, author) = (asked.text.clone(), asked.author.clone());
    view! {
        <Filters room=Room::Comments label="Comments" narrowing>
            {state} <TextField label="Text" name="text" value=text kind=FieldKind::Search />
            <TextField label="Written by" name="author" value=author kind=FieldKind::Search />
        </Filters>
    }
}

fn list(comments: Vec<ListedComment>, asked: &Asked, viewer: &Viewer) -> AnyView {
    let sent = Sent::to("/api/comments/moderate");
    if comments.is_empty() {
        return nothing(asked).into_any();
    }
    let ticked = sent.all("comments");
    let rows = comments.into_iter().map(|listed| row(listed, &ticked, viewer)).collect_view();
    let here = use_context::<PagePath>().map(|page| page.0).unwrap_or_default();
    view! {
        <Form action="/api/comments/moderate" class="bulk form" label="Comments">
            <input type="hidden" name="next" value=here />
            <ErrorSummary problems=sent.summary(str::to_owned) />
            <div class="table-frame" id="comments" tabindex="-1">
                <table class="table">
                    <caption class="visually-hidden">"Comments, the newest first"</caption>
                    <thead>
                        <tr>
                            <td></td>
                            <th scope="col">"Author"</th>
                            <th scope="col">"Comment"</th>
                            <th scope="col">"Discussion"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" class="number">"Written"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <div class="selection-bar">
                <TextField
                    label="Reason"
                    name="reason"
                    value=sent.typed_or("reason", "")
                    problem=sent.problem("reason")
                    hint="The authors read it on their account's page, and it stands in the audit log."
                />
                <div class="actions">
                    <Button name="deed" value="hide">"Hide selected"</Button>
                    <Button name="deed" value="restore">"Restore selected"</Button>
                    <Button kind=ButtonKind::Danger name="deed" value="delete">"Delete selected for good"</Button>
                </div>
            </div>
        </Form>
    }
    .into_any()
}

fn nothing(asked: &Asked) -> impl IntoView + use<> {
    let is_narrowed = Narrowing::by(&[&asked.text, &asked.author]) == Narrowing::Narrowed;
    let (title, words) = match asked.state {
        _ if is_narrowed => ("No comment matches", "Try fewer letters of the text, or check the name of the author."),
        Some(CommentState::Hidden) => ("Nothing is hidden", "Comments that moderators take out of sight are listed here."),
        Some(CommentState::Deleted) => ("Nothing is deleted", "Of deleted comments only the author and the moment are kept."),
        _ => ("No comments yet", "They are listed here as soon as somebody writes one."),
    };
    view! { <Empty icon=IconName::Comment title><p>{words}</p></Empty> }
}

fn row(listed: ListedComment, ticked: &[String], viewer: &Viewer) -> impl IntoView + use<> {
    let comment = listed.comment;
    let id = comment.id.to_string();
    let name = comment.author_name.to_string();
    let author = if viewer.is_admin() { format!("/admin/users/{}", comment.author) } else { comment.author_name.path() };
    let pick = (comment.state != CommentState::Deleted).then(|| {
        view! {
            <label>
                <input
                    type="checkbox"
                    name="comments[]"
                    value=id.clone()
                    checked=ticked.contains(&id)
                    aria-label=format!("Select the comment {id} of {name}")
                />
            </label>
        }
    });
    let state = match comment.state {
        CommentState::Visible => words::comment_state(CommentState::Visible).into_any(),
        state => view! { <StateBadge state /> }.into_any(),
    };
    let reason = comment.reason.map(|reason| view! { <p class="comment-note">"Reason: " <span dir="auto">{reason}</span></p> });
    let written = view! { <When at=comment.written now=viewer.now /> };
    let written = match comment.state {
        CommentState::Deleted => written.into_any(),
        _ => view! { <a class="permalink" href=format!("/c/{id}")>{written}</a> }.into_any(),
    };
    view! {
        <tr>
            <td class="pick">{pick}</td>
            <th scope="row"><a class="author" dir="auto" href=author>{name}</a></th>
            <td data-label="Comment" class="wide">{text(comment.state, comment.body_html)} {reason}</td>
            <td data-label="Discussion">
                <a dir="auto" href=format!("/d/{}", comment.discussion)>{listed.discussion_title.to_string()}</a>
            </td>
            <td data-label="State">{state}</td>
            <td data-label="Written" class="number">{written}</td>
        </tr>
    }
}

fn text(state: CommentState, html: String) -> AnyView {
    if state == CommentState::Deleted {
        return view! { <p class="quiet">"The text is gone."</p> }.into_any();
    }
    if html.len() <= SHORT {
        return view! { <Prose html=TrustedHtml::from_sanitised(html) /> }.into_any();
    }
    view! {
        <details class="unfold">
            <summary>
                <span class="unfold-closed" dir="auto">{excerpt(&html)}</span>
                <span class="unfold-open">"Show less"</span>
            </summary>
            <Prose html=TrustedHtml::from_sanitised(html) />
        </details>
    }
    .into_any()
}

fn pager(asked: &Asked, last: Option<i64>) -> impl IntoView + use<> {
    let previous = asked.before.map(|_| asked.address(asked.state, None));
    let next = last.map(|last| asked.address(asked.state, Some(last)));
    view! { <Pager previous next previous_label="Newest" next_label="Older" /> }
}
