//! The server functions of this slice. Each hands its arguments on and does nothing else.

#![allow(clippy::too_many_arguments, reason = "a server function has an argument for each field of its form")]

use leptos::prelude::*;

use super::model::{RegistrationMode, StaffFactor, Theme};
use crate::{error::AppError, landing::Landing};

#[server(name = ChooseTheme, prefix = "/api", endpoint = "site/choose_theme")]
pub async fn choose_theme(theme: Theme, #[server(default)] from: String) -> Result<Landing, AppError> {
    use crate::{landing::LocalPath, server::site, valid::Value};
    let from = LocalPath::parse(&from).ok();
    crate::server::call(|visit| async move { site::choose_theme(&visit, theme, from) }).await
}

#[server(name = ClearReports, prefix = "/api", endpoint = "site/clear_reports")]
pub async fn clear_reports() -> Result<Landing, AppError> {
    use crate::server::site::reports;
    crate::server::call(|visit| async move { reports::clear(&visit).await }).await
}

#[server(name = SaveSettings, prefix = "/api", endpoint = "site/save_settings")]
#[allow(clippy::too_many_arguments, reason = "one argument for each field of the form")]
pub async fn save_settings(
    name: String,
    description: String,
    registration: RegistrationMode,
    staff_factor: StaffFactor,
    comment_length: String,
    comments_per_minute: String,
    discussions_per_hour: String,
    edit_window: String,
) -> Result<Landing, AppError> {
    use crate::{server::site, site::model::SettingsDraft};
    let draft = SettingsDraft {
        name,
        description,
        registration,
        staff_factor,
        comment_length,
        comments_per_minute,
        discussions_per_hour,
        edit_window,
    };
    crate::server::call(|visit| async move { site::save_settings(&visit, draft).await }).await
}
