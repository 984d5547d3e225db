//! A form of the page that was sent and came back: what was typed, and what is wrong with it.

use std::sync::Arc;

use crate::{server::returned::Returned, ui::FieldProblem, valid::FieldProblems, words};

/// What a form shows again. A form that was not sent shows what it would show anyway.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    returned: Option<Arc<Returned>>,
    problems: FieldProblems,
}

impl Sent {
    /// The form of this page that went to a server function.
    pub fn to(action: &str) -> Self {
        let returned = Returned::from(action);
        let problems = returned.as_ref().and_then(|returned| returned.error()).map(|error| error.field_problems());
        Self { returned, problems: problems.unwrap_or_default() }
    }

    /// Nothing, unless it was sent with this value in this field: for one of several forms alike.
    pub fn with(self, field: &str, value: &str) -> Self {
        if self.returned.as_ref().is_some_and(|returned| returned.typed(field) == value) { self } else { Self::default() }
    }

    pub fn has_come_back(&self) -> bool {
        self.returned.is_some()
    }

    /// What was typed, or else what stands there to begin with.
    pub fn typed_or(&self, field: &str, otherwise: &str) -> String {
        self.returned.as_ref().map_or_else(|| otherwise.to_owned(), |returned| returned.typed(field))
    }

    /// Every value of a field that can be chosen several times.
    pub fn all(&self, field: &str) -> Vec<String> {
        let all = |returned: &Arc<Returned>| returned.fields.all(field).into_iter().map(str::to_owned).collect();
        self.returned.as_ref().map(all).unwrap_or_default()
    }

    pub fn problem(&self, field: &str) -> Option<String> {
        self.problems.of(field).map(|problem| words::problem(field, problem))
    }

    /// Every problem, in the order of the form's fields, whose names are their ids.
    pub fn summary_of(&self, fields: &[&'static str]) -> Vec<FieldProblem> {
        let line = |field: &&'static str| self.problem(field).map(|sentence| FieldProblem::new(*field, sentence));
        fields.iter().filter_map(line).collect()
    }

    /// Every problem with the id of its field.
    pub fn summary(&self, id: impl Fn(&str) -> String) -> Vec<FieldProblem> {
        self.problems.iter().map(|(field, problem)| FieldProblem::new(id(field), words::problem(field, problem))).collect()
    }
}
