//! What people write, as HTML.
//!
//! Markdown (`CommonMark` with tables and strikethrough) becomes HTML by a parser, and then passes a
//! sanitiser with a short list of what may stay. Either alone would keep scripts out. Raw HTML is
//! shown as it was typed, images become links, and bare addresses become links too.
//!
//! The work grows with the length of the text, and nesting ends at [`events::DEEPEST`]. One exception
//! is not ours: the sanitiser's serialiser looks ahead from every `&`, which stays below a tenth of a
//! second for the longest text that is taken (40 KB). Callers bound the length.

mod events;
mod excerpt;
mod sanitised;

use pulldown_cmark::html;

use crate::server::error::{Error, Result};

pub use excerpt::plain_excerpt;

/// The version of the rules in this module, stored beside the HTML that they made. Whoever changes
/// what [`render`] yields raises it, and a command renders all that is older.
pub const RULES: i32 = 1;

/// HTML that can be put into a page as it is. Only [`render`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered(String);

impl Rendered {
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the sanitiser would leave it as it is, which holds of everything that [`render`] makes.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        sanitised::sanitised(&self.0) == self.0
    }
}

impl From<Rendered> for String {
    fn from(rendered: Rendered) -> Self {
        rendered.0
    }
}

/// Turns Markdown into HTML that is safe to show.
#[must_use]
pub fn render(markdown: &str) -> Rendered {
    let mut unchecked = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut unchecked, events::tamed(markdown).into_iter());
    Rendered(sanitised::sanitised(&unchecked))
}

/// [`render`] on a thread that may take its time: a long text would hold up every other request that
/// this thread serves.
///
/// # Errors
/// The task died.
pub async fn render_aside(markdown: &str) -> Result<Rendered> {
    let markdown = markdown.to_owned();
    let rendered = tokio::task::spawn_blocking(move || render(&markdown)).await;
    rendered.map_err(|cause| Error::broken("the task that renders a text died", cause))
}

#[cfg(test)]
mod tests;
