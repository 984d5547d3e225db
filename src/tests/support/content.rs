//! What people write, in one line of a test.

use super::{Answer, Browser};
use crate::{comments::model::CommentId, discussions::model::DiscussionId};

impl Browser {
    pub async fn starts(&mut self, title: &str) -> DiscussionId {
        let answer = self.call("/api/discussions/start", &[("title", title), ("opening", "What do you think?")]).await;
        DiscussionId(number_in(&answer, "/d/"))
    }

    pub async fn says(&mut self, discussion: DiscussionId, body: &str) -> CommentId {
        let answer = self.call("/api/comments/publish", &[("discussion", &discussion.to_string()), ("body", body)]).await;
        CommentId(number_in(&answer, "/c/"))
    }

    pub async fn replies(&mut self, discussion: DiscussionId, parent: CommentId, body: &str) -> CommentId {
        let (discussion, parent) = (discussion.to_string(), parent.to_string());
        let fields = [("discussion", discussion.as_str()), ("parent", &parent), ("body", body)];
        CommentId(number_in(&self.call("/api/comments/publish", &fields).await, "/c/"))
    }

    pub async fn takes_back(&mut self, comment: CommentId) {
        self.call("/api/comments/delete", &[("comment", &comment.to_string())]).await.landing();
    }

    /// `deed` is `hide`, `restore` or `delete`.
    pub async fn moderates(&mut self, deed: &str, comment: CommentId) {
        let fields = [("deed", deed), ("reason", "off topic"), ("comments[0]", &comment.to_string())];
        self.call("/api/comments/moderate", &fields).await.landing();
    }

    pub async fn locks(&mut self, discussion: DiscussionId) {
        let fields = [("discussion", discussion.to_string()), ("openness", "locked".to_owned())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        self.call("/api/discussions/set_openness", &fields).await.landing();
    }
}

/// The number in the path that a change leads to.
#[track_caller]
fn number_in(answer: &Answer, prefix: &str) -> i64 {
    let path = answer.landing().path;
    path.as_str().strip_prefix(prefix).and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{path:?}"))
}
