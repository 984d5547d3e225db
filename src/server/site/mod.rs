//! The site's settings: read often, changed rarely.

pub mod overview;
pub mod reports;
mod store;

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    audit::model::{Deed, Subject},
    landing::{Landing, LocalPath, Notice},
    moment::Moment,
    policy,
    server::{
        app::App,
        audit::{self, Line},
        error::Result,
        visit::Visit,
    },
    site::model::{CommentLength, EditWindow, Rate, Settings, SettingsDraft, Theme},
    valid::{FieldProblems, Valid, Value},
};

/// Other programs on the same database see a change after at most this long.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// The settings as last read, and when.
#[derive(Debug, Default)]
pub struct SettingsCache(RwLock<Option<(Arc<Settings>, Moment)>>);

impl SettingsCache {
    fn fresh(&self, now: Moment) -> Option<Arc<Settings>> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|(_, read)| now.since(*read) < FRESH_FOR).map(|(settings, _)| Arc::clone(settings))
    }

    fn keep(&self, settings: &Arc<Settings>, now: Moment) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((Arc::clone(settings), now));
    }

    /// The settings as last read, however old: for pages that must come even without a database.
    #[must_use]
    pub fn last_known(&self) -> Arc<Settings> {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().map_or_else(|| Arc::new(Settings::default()), |(settings, _)| Arc::clone(settings))
    }
}

/// The settings as they are in force.
///
/// # Errors
/// They cannot be read.
pub async fn settings(app: &App) -> Result<Arc<Settings>> {
    let now = app.clock().now();
    if let Some(settings) = app.settings_cache().fresh(now) {
        return Ok(settings);
    }
    let settings = Arc::new(store::read(app.database().reader()).await?);
    app.settings_cache().keep(&settings, now);
    Ok(settings)
}

/// Replaces the settings.
///
/// # Errors
/// Not allowed, or a field breaks its rule.
pub async fn save_settings(visit: &Visit, draft: SettingsDraft) -> Result<Landing> {
    let permit = policy::may_configure(visit.actor(), visit.now())?;
    let settings = settings_from(&Valid::check(draft)?)?;
    let transaction = visit.database().begin().await?;
    let before = store::read(&transaction).await?;
    store::write(&transaction, &permit, &settings).await?;
    let line = Line::of(Deed::SettingsChanged, Subject::Site).detailed(changes(&before, &settings));
    audit::record(&transaction, visit, line).await?;
    transaction.commit().await?;
    visit.app().settings_cache().keep(&Arc::new(settings), visit.now());
    Ok(Landing::on(settings_page()).saying(Notice::SettingsSaved))
}

fn settings_from(draft: &Valid<SettingsDraft>) -> Result<Settings> {
    let CommentLength(comment_length) = field("comment_length", &draft.comment_length)?;
    let Rate(comments_per_minute) = field("comments_per_minute", &draft.comments_per_minute)?;
    let Rate(discussions_per_hour) = field("discussions_per_hour", &draft.discussions_per_hour)?;
    let EditWindow(edit_window) = field("edit_window", &draft.edit_window)?;
    Ok(Settings {
        name: field("name", &draft.name)?,
        description: field("description", &draft.description)?,
        registration: draft.registration,
        staff_factor: draft.staff_factor,
        comment_length,
        comments_per_minute,
        discussions_per_hour,
        edit_window,
    })
}

/// What a change replaces: `registration: open → closed, edit_window: 30 → 60`.
fn changes(before: &Settings, after: &Settings) -> String {
    let [Ok(serde_json::Value::Object(before)), Ok(serde_json::Value::Object(after))] = [before, after].map(serde_json::to_value)
    else {
        return String::new();
    };
    let words = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let changed = after.iter().filter_map(|(name, new)| {
        let old = before.get(name)?;
        (old != new).then(|| format!("{name}: {} → {}", words(old), words(new)))
    });
    changed.collect::<Vec<_>>().join(", ")
}

fn field<V: Value>(name: &str, text: &str) -> Result<V> {
    V::parse(text).map_err(|problem| FieldProblems::one(name, problem).into())
}

/// Chooses light or dark pages, for this browser.
///
/// # Errors
/// Never, since everyone may.
pub fn choose_theme(visit: &Visit, theme: Theme, from: Option<LocalPath>) -> Result<Landing> {
    policy::may_choose_theme(visit.actor(), visit.now())?;
    visit.keep_theme(theme);
    Ok(Landing::on(from.unwrap_or_else(LocalPath::home)))
}

fn settings_page() -> LocalPath {
    LocalPath::ours("/admin/settings")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::site::model::RegistrationMode;

    #[test]
    fn the_log_tells_what_a_change_replaces() {
        let before = Settings::default();
        let after = Settings { registration: RegistrationMode::Closed, edit_window: 60, ..before.clone() };
        assert_eq!(changes(&before, &after), "edit_window: 30 → 60, registration: open → closed");
        assert_eq!(changes(&before, &before), "");
    }
}
