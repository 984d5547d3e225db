//! Weighs a password while it is typed: the server does it, which has the lists, a moment after the last
//! key. What it says goes into the elements that the field has for it; nothing is said of an empty field,
//! and nothing when no answer comes, as the form works without.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement};

use crate::{
    accounts::{model::PasswordWeight, view::WEIGH_PASSWORD},
    ui::post_fields,
    words,
};

/// How long nothing is typed before the server is asked.
const PAUSE: Duration = Duration::from_millis(400);

/// What the server is told beside the password: it must not lean on them.
const BESIDE: [&str; 2] = ["username", "email"];

/// Counts what was typed, so that only the last is weighed and only its answer shown.
#[derive(Clone, Copy, Debug)]
pub struct Weighing {
    typed: StoredValue<u32>,
}

impl Weighing {
    #[must_use]
    pub fn new() -> Self {
        Self { typed: StoredValue::new(0) }
    }

    /// For `on:input` and `on:click`: weighs the password of the form, if there is one being chosen.
    pub fn look(self, event: &Event) {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let form = target.and_then(|target| target.closest("form").ok().flatten());
        let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        let Some(scales) = form.query_selector("[data-weighs]").ok().flatten() else { return };
        let Some(field) = field(&form, "password") else { return };
        let text = field.value();
        // A click that changed nothing is none of ours.
        if scales.get_attribute("data-weighed").as_deref() == Some(text.len().to_string().as_str()) && event.type_() == "click" {
            return;
        }
        let _ = scales.set_attribute("data-weighed", &text.len().to_string());
        self.typed.update_value(|typed| *typed = typed.wrapping_add(1));
        let turn = self.typed.get_value();
        if text.is_empty() {
            return show(&scales, None);
        }
        set_timeout(
            move || {
                if self.typed.try_get_value() == Some(turn) {
                    self.ask(form, scales, turn);
                }
            },
            PAUSE,
        );
    }

    fn ask(self, form: HtmlFormElement, scales: Element, turn: u32) {
        spawn_local(async move {
            let value = |name: &str| field(&form, name).map(|field| field.value()).unwrap_or_default();
            let beside = BESIDE.map(|name| (name, value(name)));
            let fields: Vec<_> = beside.into_iter().chain([("password", value("password"))]).collect();
            let answer = post_fields::<PasswordWeight>(WEIGH_PASSWORD, &fields).await;
            if self.typed.try_get_value() == Some(turn) {
                show(&scales, answer.ok().as_ref());
            }
        });
    }
}

fn field(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.query_selector(&format!("input[name='{name}']")).ok().flatten()?.dyn_into().ok()
}

fn show(scales: &Element, weight: Option<&PasswordWeight>) {
    let Some(scales) = scales.dyn_ref::<HtmlElement>() else { return };
    let level = weight.map(|weight| weight.strength().level().to_string());
    if let Some(meter) = scales.query_selector("meter").ok().flatten() {
        let _ = meter.set_attribute("value", level.as_deref().unwrap_or("0"));
    }
    if let Some(place) = scales.query_selector("[role=status]").ok().flatten() {
        place.set_text_content(Some(&weight.map(words::weight).unwrap_or_default()));
    }
    scales.set_hidden(weight.is_none());
}
