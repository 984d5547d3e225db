//! What is wrong with the fields of a form, as its island keeps and tells it.

use std::time::Duration;

use leptos::{prelude::*, web_sys::HtmlElement};
use wasm_bindgen::JsCast;

use super::error_summary::FieldProblem;
use crate::{
    valid::{FieldProblems, Problem, ProblemCode},
    words,
};

/// Longer than a press of a button takes.
const PRESS: Duration = Duration::from_millis(300);

/// The problems of a form, in the order of its fields.
#[derive(Clone, Copy, Debug)]
pub struct FieldMessages {
    /// The names of the fields, which are also their ids, from top to bottom.
    fields: &'static [&'static str],
    problems: RwSignal<FieldProblems>,
}

impl FieldMessages {
    #[must_use]
    pub fn new(fields: &'static [&'static str], problems: FieldProblems) -> Self {
        Self { fields, problems: RwSignal::new(problems) }
    }

    /// What is wrong with a field, in words.
    #[must_use]
    pub fn sentence(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.problems.with(|problems| problems.of(field)).map(|problem| words::problem(field, problem)))
    }

    /// Everything that is wrong by now, from top to bottom.
    #[must_use]
    pub fn summary(self) -> Vec<FieldProblem> {
        let problems = self.problems.get_untracked();
        let line = |field: &&'static str| {
            let problem = problems.of(field)?;
            Some(FieldProblem::new(*field, words::problem(field, problem)))
        };
        self.fields.iter().filter_map(line).collect()
    }

    /// For `on:input`: a message that stands beside a field follows what is typed, and goes when it is
    /// mended.
    pub fn on_input<E>(self, field: &'static str, problem: impl Fn() -> Option<Problem> + Copy) -> impl Fn(E) + Copy {
        move |_| {
            if self.has_problem(field) {
                self.tell(field, problem());
            }
        }
    }

    /// For `on:focusout`: tells what is wrong with a field that was left. Nothing wrong is left alone,
    /// and so is an empty field that somebody only walked through.
    ///
    /// The message waits for a moment: it moves what stands below, and a press that has just begun there
    /// (which is why the field was left) would miss.
    pub fn on_leave<E>(self, field: &'static str, problem: impl Fn() -> Option<Problem> + Copy + 'static) -> impl Fn(E) + Copy {
        move |_| {
            let tell = move || {
                let problem = problem().filter(|problem| problem.code != ProblemCode::Required);
                if problem.is_some() && !self.has_problem(field) {
                    self.tell(field, problem);
                }
            };
            set_timeout(tell, PRESS);
        }
    }

    fn has_problem(self, field: &str) -> bool {
        self.problems.with_untracked(|problems| problems.of(field).is_some())
    }

    /// Nothing is wrong with a field any longer.
    pub fn clear(self, field: &str) {
        self.tell(field, None);
    }

    fn tell(self, field: &str, problem: Option<Problem>) {
        self.problems.update(|problems| {
            problems.remove(field);
            if let Some(problem) = problem {
                problems.add(field, problem);
            }
        });
    }

    /// Tells of all fields anew and leads the keyboard to the first at fault.
    pub fn refuse(self, problems: FieldProblems) {
        let at_fault = self.fields.iter().find(|field| problems.of(field).is_some());
        if let Some(field) = at_fault.and_then(|field| document().get_element_by_id(field)) {
            let _ = field.unchecked_into::<HtmlElement>().focus();
        }
        self.problems.set(problems);
    }
}
