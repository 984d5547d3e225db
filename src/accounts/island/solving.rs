//! Does the work that a form's challenge asks for, before the form is sent: in slices of some milliseconds,
//! so that the page never freezes, and with a word on how far it is.

use std::pin::Pin;

use js_sys::{Date, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlFormElement, HtmlInputElement};

use crate::accounts::model::Puzzle;

/// In milliseconds: how long the page does nothing else.
const SLICE: f64 = 10.0;
/// Tries between two looks at the clock.
const TRIES: u32 = 200;
/// Slices between two words on how far it is: nobody wants to hear each.
const SLICES_A_WORD: u32 = 25;

/// Solves the challenge of a form that has to be solved now; other forms are ready as they are.
pub fn prepare(form: HtmlFormElement) -> Pin<Box<dyn Future<Output = ()>>> {
    Box::pin(async move {
        if let Some(work) = Work::of(&form) {
            work.run().await;
        }
    })
}

struct Work {
    frame: Element,
    solution: HtmlInputElement,
    puzzle: Puzzle,
}

impl Work {
    fn of(form: &HtmlFormElement) -> Option<Self> {
        let frame = form.query_selector("[data-puzzle][data-work=now]").ok().flatten()?;
        let solution: HtmlInputElement = frame.query_selector("input[name=solution]").ok().flatten()?.dyn_into().ok()?;
        let bits = frame.get_attribute("data-bits")?.parse().ok()?;
        let puzzle = Puzzle::new(frame.get_attribute("data-puzzle")?, bits);
        solution.value().is_empty().then_some(Self { frame, solution, puzzle })
    }

    async fn run(self) {
        let mut search = self.puzzle.search();
        for slice in 0.. {
            if slice % SLICES_A_WORD == 0 {
                say(&self.frame, &format!("Checking that a person sends this: {} %", search.progress()));
            }
            let end = Date::now() + SLICE;
            while Date::now() < end {
                if let Some(solution) = search.step(TRIES) {
                    self.solution.set_value(&solution.number().to_string());
                    return say(&self.frame, "Checked.");
                }
            }
            rest().await;
        }
    }
}

fn say(frame: &Element, words: &str) {
    if let Some(place) = frame.query_selector("[role=status]").ok().flatten() {
        place.set_text_content(Some(words));
    }
}

/// Lets the page do what it has to.
async fn rest() {
    let next = Promise::new(&mut |done, _| {
        // Without a timer the next slice comes at once, which is no worse than before.
        if window().set_timeout_with_callback(&done).is_err() {
            let _ = done.call0(&wasm_bindgen::JsValue::NULL);
        }
    });
    let _ = JsFuture::from(next).await;
}
