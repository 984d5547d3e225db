//! What is wrong with the fields of a form, as its island keeps and tells it.

use leptos::{prelude::*, web_sys::HtmlElement};
use wasm_bindgen::JsCast;

use super::error_summary::FieldProblem;
use crate::{
    valid::{FieldProblems, Problem},
    words,
};

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

    /// Tells what is wrong with a field that was just left. An empty one that somebody only walked
    /// through is nobody's mistake yet.
    pub fn check_left<V>(self, field: &str, text: &str, parse: impl FnOnce(&str) -> Result<V, Problem>) {
        if !text.trim().is_empty() {
            self.tell(field, parse(text).err());
        }
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
