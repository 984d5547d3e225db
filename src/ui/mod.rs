//! The parts that every page is made of. They know the look (the classes of `style/`) and no
//! slice, and work alike in pages, which live on the server only, and in islands.
//!
//! Promises: text given to them is shown as text, labels and messages are tied to their controls,
//! and nothing needs an inline style or a script.

mod avatar;
mod badge;
mod button;
mod chart;
mod choice;
mod empty;
mod error_summary;
mod field;
mod field_messages;
mod form;
mod icon;
mod kept_text;
mod live_form;
mod notice;
mod page_shown;
mod pager;
mod password_field;
mod post;
mod preview;
mod prose;
mod refusal;
mod select;
mod text_area;
mod trusted_types;
mod when;
mod writing;

pub use avatar::{Avatar, AvatarSize};
pub use badge::{Badge, BadgeTone};
pub use button::{Button, ButtonKind, ButtonLink, ButtonSize, ButtonType};
pub use chart::{Bar, Chart};
pub use choice::{Checkbox, RadioGroup, Tick};
pub use empty::Empty;
pub use error_summary::{ErrorSummary, FieldProblem};
pub use field::{FieldKind, TextField};
pub use field_messages::FieldMessages;
pub use form::{Form, PagePath};
pub use icon::{Icon, IconName, IconSprite};
pub use kept_text::KeptText;
pub use live_form::{LiveForm, press, set_busy, show_problems};
pub use notice::{Notice, NoticeTone};
pub use page_shown::on_page_shown;
pub use pager::Pager;
pub use password_field::{PasswordField, UserNameHint};
pub use post::{post, post_fields};
pub use preview::{PreviewPane, PreviewSlot};
pub use prose::{Prose, TrustedHtml};
pub use refusal::{ErrorNotice, RefusalNotice};
pub use select::{Choice, Select};
pub use text_area::TextArea;
pub use trusted_types::POLICY as PREVIEW_POLICY;
pub use when::{When, in_words};
pub use writing::{TextOrigin, Writing, WritingArea};

#[cfg(test)]
mod tests {
    use leptos::prelude::*;

    /// What the server writes for a view.
    pub fn rendered<V: RenderHtml>(view: impl FnOnce() -> V) -> String {
        Owner::new().with(|| view().to_html())
    }
}
