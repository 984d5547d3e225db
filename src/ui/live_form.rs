//! Wakes a form that the server has rendered: its rules are told as its fields are left, it is sent in
//! place, and a refusal is shown beside what was typed. Only for islands; the form works without one.
//!
//! The form keeps its markup: messages go into the elements that the fields have for them, so an island
//! costs the browser the same whatever it holds. Promises: nothing that breaks a rule is sent, nothing
//! is sent twice while an answer is awaited, and the keyboard's focus goes to the first field at fault.

use std::{pin::Pin, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, HtmlFormElement, HtmlInputElement};

use super::{page_shown::on_page_shown, post::post};
use crate::{
    error::{AppError, Doubt, Refusal},
    landing::Landing,
    valid::{FieldProblems, Problem, ProblemCode},
    words,
};

/// Longer than a press of a button takes.
const PRESS: Duration = Duration::from_millis(300);

/// What is wrong with the text of a field, by the form's action and the field's name.
pub type Rules = fn(action: &str, field: &str, text: &str) -> Option<Problem>;

/// What is done with a form before it is sent, when nothing is wrong with it.
pub type Preparation = fn(HtmlFormElement) -> Pin<Box<dyn Future<Output = ()>>>;

/// An island's hold on the form within it.
#[derive(Clone, Copy, Debug)]
pub struct LiveForm {
    rules: Rules,
    preparation: Option<Preparation>,
    refusal: RwSignal<Option<AppError>>,
    waiting: StoredValue<Option<HtmlFormElement>, LocalStorage>,
}

impl LiveForm {
    #[must_use]
    pub fn new(rules: Rules) -> Self {
        let form = Self { rules, preparation: None, refusal: RwSignal::new(None), waiting: StoredValue::new_local(None) };
        on_page_shown(move || form.rest());
        form
    }

    /// The same with something to do before a form is sent.
    #[must_use]
    pub fn preparing(self, preparation: Preparation) -> Self {
        Self { preparation: Some(preparation), ..self }
    }

    /// What the server said last, if it refused.
    #[must_use]
    pub fn refusal(self) -> Signal<Option<AppError>> {
        self.refusal.into()
    }

    /// For `on:submit`.
    pub fn submit(self, event: &Event) {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        event.prevent_default();
        if self.waiting.with_value(Option::is_some) {
            return;
        }
        self.refusal.set(None);
        let problems = self.problems(&form);
        if !problems.is_empty() {
            return show_problems(&form, &problems);
        }
        self.wait_for(&form);
        spawn_local(async move {
            if let Some(prepare) = self.preparation {
                prepare(form.clone()).await;
            }
            match post::<Landing>(&form, &action_of(&form)).await {
                Ok(landing) => self.leave_for(&landing),
                Err(error) => self.refused(&form, error),
            }
        });
    }

    /// For `on:input`: a message that stands beside a field follows what is typed, and goes when it is
    /// mended. So does the count of characters that are missing.
    pub fn input(self, event: &Event) {
        let Some(field) = field_of(event) else { return };
        measure(&field);
        if field.has_attribute("aria-invalid") {
            tell(&field, self.problem(&field));
        }
    }

    /// For `on:focusout`: tells what is wrong with a field that was left. Nothing wrong is left alone,
    /// and so is an empty field that somebody only walked through.
    ///
    /// The message waits for a moment: it moves what stands below, and a press that has just begun there
    /// (which is why the field was left) would miss.
    pub fn leave(self, event: &Event) {
        let Some(field) = field_of(event) else { return };
        let tell_now = move || {
            let problem = self.problem(&field).filter(|problem| problem.code != ProblemCode::Required);
            if problem.is_some() && !field.has_attribute("aria-invalid") {
                tell(&field, problem);
            }
        };
        set_timeout(tell_now, PRESS);
    }

    fn problem(self, field: &HtmlInputElement) -> Option<Problem> {
        let form = field.form()?;
        (self.rules)(&action_of(&form), &field.name(), &field.value())
    }

    fn problems(self, form: &HtmlFormElement) -> FieldProblems {
        let mut problems = FieldProblems::default();
        for field in fields(form) {
            if let Some(problem) = self.problem(&field) {
                problems.add(&field.name(), problem);
            }
        }
        problems
    }

    fn wait_for(self, form: &HtmlFormElement) {
        set_busy(form, true);
        self.waiting.set_value(Some(form.clone()));
    }

    fn rest(self) {
        if let Some(form) = self.waiting.try_update_value(Option::take).flatten() {
            set_busy(&form, false);
        }
    }

    fn leave_for(self, landing: &Landing) {
        if window().location().assign(&landing.address()).is_err() {
            self.rest();
        }
    }

    fn refused(self, form: &HtmlFormElement, error: AppError) {
        self.rest();
        show_problems(form, &error.field_problems());
        if matches!(error, AppError::Crowded { .. } | AppError::Forbidden(Refusal::Doubtful { doubt: Doubt::WorkOwed })) {
            ask_for_work(form);
        }
        self.refusal.set(Some(error));
    }
}

/// Tells of every field anew and leads the keyboard to the first at fault.
pub fn show_problems(form: &HtmlFormElement, problems: &FieldProblems) {
    let mut is_first = true;
    for field in fields(form) {
        let problem = problems.of(&field.name());
        tell(&field, problem);
        if problem.is_some() && is_first {
            is_first = false;
            let _ = field.focus();
        }
    }
}

/// The next time the form is sent, its challenge is solved before.
fn ask_for_work(form: &HtmlFormElement) {
    if let Some(challenge) = form.query_selector("[data-puzzle]").ok().flatten() {
        let _ = challenge.set_attribute("data-work", "now");
    }
}

/// Puts the message into the element that the field has for it.
fn tell(field: &HtmlInputElement, problem: Option<Problem>) {
    let sentence = problem.map(|problem| words::problem(&field.name(), problem));
    if let Some(place) = document().get_element_by_id(&format!("{}-problem", field.id())) {
        place.set_text_content(Some(sentence.as_deref().unwrap_or_default()));
    }
    let _ = match sentence {
        Some(_) => field.set_attribute("aria-invalid", "true"),
        None => field.remove_attribute("aria-invalid"),
    };
}

/// The fields that are seen, from top to bottom.
fn fields(form: &HtmlFormElement) -> Vec<HtmlInputElement> {
    let elements = form.elements();
    let nth = |place| elements.item(place).and_then(|element: Element| element.dyn_into::<HtmlInputElement>().ok());
    (0..elements.length()).filter_map(nth).filter(|field| field.type_() != "hidden" && !field.name().is_empty()).collect()
}

fn field_of(event: &Event) -> Option<HtmlInputElement> {
    event.target()?.dyn_into().ok()
}

fn action_of(form: &HtmlFormElement) -> String {
    form.get_attribute("action").unwrap_or_default()
}

/// Shows whether a form awaits its answer.
pub fn set_busy(form: &HtmlFormElement, is_busy: bool) {
    let button = form.query_selector("button:not([type=button])").ok().flatten();
    for element in [Some(form.unchecked_ref::<Element>()), button.as_ref()].into_iter().flatten() {
        let _ = if is_busy { element.set_attribute("aria-busy", "true") } else { element.remove_attribute("aria-busy") };
    }
}

/// Says below a field with `data-shortest` how many characters are missing.
fn measure(field: &HtmlInputElement) {
    let shortest = field.closest("[data-shortest]").ok().flatten();
    let Some(shortest) = shortest.and_then(|frame| frame.get_attribute("data-shortest")?.parse().ok()) else { return };
    if let Some(place) = document().get_element_by_id(&format!("{}-count", field.id())) {
        let length = field.value().chars().count() as u64;
        place.set_text_content(Some(&words::missing(length, shortest)));
    }
}

/// For `on:click`: the buttons beside a password. `data-reveals` shows and hides the field of that id;
/// `data-takes` fills it with the button's `data-phrase`.
pub fn press(event: &Event) {
    let pressed = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(button) = pressed.and_then(|pressed| pressed.closest("[data-reveals], [data-takes]").ok().flatten()) else { return };
    let field = |name| button.get_attribute(name).and_then(|id| document().get_element_by_id(&id)?.dyn_into().ok());
    if let Some(field) = field("data-reveals") {
        reveal(&button, &field);
    } else if let Some(field) = field("data-takes") {
        take(&button, &field);
    }
}

fn reveal(button: &Element, field: &HtmlInputElement) {
    let (kind, pressed) = if field.type_() == "password" { ("text", "true") } else { ("password", "false") };
    field.set_type(kind);
    let _ = button.set_attribute("aria-pressed", pressed);
}

fn take(button: &Element, field: &HtmlInputElement) {
    field.set_value(&button.get_attribute("data-phrase").unwrap_or_default());
    measure(field);
    tell(field, None);
    let _ = field.focus();
}
