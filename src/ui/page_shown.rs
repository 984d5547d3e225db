//! A page that the browser shows again as it was left, after going back to it.

use leptos::prelude::window_event_listener_untyped;

/// Acts whenever the page is shown, also out of the browser's memory: a form that was waiting when the
/// page was left waits no longer.
///
/// The server renders the same component and has no window; asking for one there ends the program.
pub fn on_page_shown(act: impl Fn() + 'static) {
    if cfg!(target_family = "wasm") {
        window_event_listener_untyped("pageshow", move |_| act());
    }
}
