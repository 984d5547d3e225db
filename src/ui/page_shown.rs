//! When a browser shows a page again as it was left. Only for islands.

use leptos::prelude::*;

/// Runs when the page is shown, also when the browser goes back to it as it was left (the back-forward
/// cache): a form that was waiting for an answer then must not wait for ever.
pub fn on_page_shown(act: impl Fn() + Copy + 'static) {
    // An effect, as there is no window while the server renders.
    Effect::new(move |_| {
        window_event_listener_untyped("pageshow", move |_| act());
    });
}
