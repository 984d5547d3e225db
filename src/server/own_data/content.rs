//! What stands in an archive: the same facts as JSON for programs and as a page for people. No hash, no
//! token and no secret is among them.

use serde_json::{Value, json};

use super::store::Belongings;
use crate::{
    moment::Moment,
    server::{comments::departure::OwnComment, config::SiteAddress, discussions::departure::OwnDiscussion},
    words,
};

/// Where and when the archive is made.
pub struct Content<'a> {
    pub site: &'a str,
    pub address: &'a SiteAddress,
    pub at: Moment,
}

impl Content<'_> {
    pub fn json(&self, belongings: &Belongings, discussions: &[OwnDiscussion], comments: &[OwnComment]) -> Value {
        json!({
            "site": { "name": self.site, "address": self.address.origin() },
            "made": moment(self.at),
            "account": account(belongings),
            "second_factors": factors(belongings),
            "accounts_elsewhere": belongings.identities.iter().map(|identity| json!({
                "provider": identity.provider, "subject": identity.subject, "label": identity.label,
                "linked": instant(identity.created_at), "last_used": optional(identity.last_used_at),
            })).collect::<Vec<_>>(),
            "sessions": belongings.sessions.iter().map(|session| json!({
                "signed_in": instant(session.created_at), "last_seen": instant(session.last_seen_at),
                "ends": instant(session.ends_at), "browser": session.agent, "address": session.address,
                "proven_by": session.proven,
            })).collect::<Vec<_>>(),
            "known_browsers": belongings.browsers.iter().map(|browser| json!({
                "browser": browser.agent, "first_used": instant(browser.created_at), "last_used": instant(browser.last_seen_at),
            })).collect::<Vec<_>>(),
            "discussions": discussions.iter().map(|discussion| json!({
                "address": self.address.link(&format!("/d/{}", discussion.id)), "title": discussion.title,
                "opening": discussion.opening, "started": moment(discussion.started),
                "edited": discussion.edited.map(moment), "deleted": discussion.deleted.map(moment),
            })).collect::<Vec<_>>(),
            "comments": comments.iter().map(|comment| json!({
                "address": self.address.link(&format!("/c/{}", comment.id)), "discussion": comment.discussion_title,
                "body": comment.body, "state": comment.state.name(), "reason": comment.reason,
                "written": moment(comment.written), "edited": comment.edited.map(moment),
            })).collect::<Vec<_>>(),
            "log": belongings.deeds.iter().map(|deed| json!({
                "at": instant(deed.at), "deed": deed.deed, "by": deed.actor_name, "detail": deed.detail,
                "reason": deed.reason, "address": belongings.own_address(deed),
            })).collect::<Vec<_>>(),
        })
    }

    pub fn html(&self, belongings: &Belongings, discussions: &[OwnDiscussion], comments: &[OwnComment]) -> String {
        let parts = [
            self.head(belongings),
            discussions.iter().map(discussion).collect(),
            "<h2>Comments</h2>\n".to_owned(),
            comments.iter().map(comment).collect(),
            "<h2>Sessions</h2>\n<ul>\n".to_owned(),
            belongings.sessions.iter().map(session).collect(),
            "</ul>\n</body></html>\n".to_owned(),
        ];
        parts.concat()
    }

    fn head(&self, belongings: &Belongings) -> String {
        let account = &belongings.account;
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name} at {site}</title></head><body>\n\
             <h1>{name} at {site}</h1>\n<p>Made on {at}. The file data.json has all of this for programs, and more of it.</p>\n\
             <h2>Account</h2>\n<ul><li>E-mail address: {email}</li><li>Here since {since}</li><li>Role: {role}</li></ul>\n\
             <h2>Discussions</h2>\n",
            name = text(&account.name),
            site = text(self.site),
            at = words::day_and_time(self.at),
            email = text(&account.email),
            since = told(account.created_at),
            role = text(&account.role),
        )
    }
}

fn discussion(discussion: &OwnDiscussion) -> String {
    let (title, started) = (text(&discussion.title), words::day_and_time(discussion.started));
    format!("<article><h3>{title}</h3><p>{started}</p>\n{}\n</article>\n", discussion.opening_html)
}

fn comment(comment: &OwnComment) -> String {
    let title = comment.discussion_title.as_deref().map_or_else(|| "a discussion that is gone".to_owned(), text);
    let written = words::day_and_time(comment.written);
    let state = words::comment_state(comment.state);
    format!("<article><h3>In {title}</h3><p>{written}, {state}</p>\n{}\n</article>\n", comment.body_html)
}

fn session(session: &crate::server::entity::session::Model) -> String {
    let (agent, address) = (text(&session.agent), text(&session.address));
    format!("<li>{agent} from {address}, signed in {}</li>\n", told(session.created_at))
}

fn account(belongings: &Belongings) -> Value {
    let account = &belongings.account;
    json!({
        "name": account.name, "email": account.email, "email_verified": optional(account.email_verified_at),
        "role": account.role, "registered": instant(account.created_at),
        "suspended": optional(account.suspended_at), "suspended_until": optional(account.suspended_until),
        "suspension_reason": account.suspension_reason, "application": account.application,
        "letters_about_new_browsers": account.sign_in_notices,
        "deletes_at": optional(account.deletes_at),
    })
}

fn factors(belongings: &Belongings) -> Value {
    let confirmed = belongings.authenticator.as_ref().and_then(|authenticator| authenticator.confirmed_at);
    json!({
        "authenticator_app_since": optional(confirmed),
        "passkeys": belongings.passkeys.iter().map(|passkey| json!({
            "name": passkey.name, "made": instant(passkey.created_at), "last_used": optional(passkey.last_used_at),
        })).collect::<Vec<_>>(),
    })
}

fn text(typed: &str) -> String {
    ammonia::clean_text(typed)
}

fn told(milliseconds: i64) -> String {
    words::day_and_time(Moment::from_milliseconds(milliseconds))
}

/// As RFC 3339 has it.
fn moment(moment: Moment) -> String {
    moment.to_rfc3339()
}

fn instant(milliseconds: i64) -> String {
    moment(Moment::from_milliseconds(milliseconds))
}

fn optional(milliseconds: Option<i64>) -> Option<String> {
    milliseconds.map(instant)
}
