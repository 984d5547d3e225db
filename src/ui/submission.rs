//! A form on its way: what is wrong with it, what the server said, and whether an answer is awaited.
//! Only for islands; the form itself works without one.
//!
//! Promises: nothing is sent twice while an answer is awaited, nothing that breaks a rule is sent at
//! all, and the keyboard's focus goes to the first field at fault.

use std::future::Future;

use leptos::{html, prelude::*, task::spawn_local, web_sys::HtmlElement};
use wasm_bindgen::JsCast;

use super::{error_summary::FieldProblem, page_shown::on_page_shown};
use crate::{
    error::AppError,
    landing::Landing,
    valid::{FieldProblems, Problem, Valid},
    words,
};

/// An island's hold on a form that leads somewhere else when it succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    /// The names of the fields, from top to bottom.
    fields: &'static [&'static str],
    problems: RwSignal<FieldProblems>,
    refusal: RwSignal<Option<AppError>>,
    progress: RwSignal<Progress>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    Idle,
    Waiting,
}

impl Submission {
    /// A form with these fields, which may have come back with problems.
    #[must_use]
    pub fn new(fields: &'static [&'static str], problems: FieldProblems) -> Self {
        let progress = RwSignal::new(Progress::Idle);
        // A browser may show this page again as it was left: waiting.
        on_page_shown(move || progress.set(Progress::Idle));
        Self { fields, problems: RwSignal::new(problems), refusal: RwSignal::new(None), progress }
    }

    /// What the server said last, if it refused.
    #[must_use]
    pub fn refusal(self) -> Signal<Option<AppError>> {
        self.refusal.into()
    }

    #[must_use]
    pub fn busy(self) -> Signal<bool> {
        Signal::derive(move || self.progress.get() == Progress::Waiting)
    }

    /// What is wrong with a field, in words.
    #[must_use]
    pub fn sentence(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || self.problems.with(|problems| problems.of(field)).map(|problem| words::problem(field, problem)))
    }

    /// What the form came back with, from top to bottom.
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
        if !text.is_empty() {
            self.tell(field, parse(text).err());
        }
    }

    fn tell(self, field: &str, problem: Option<Problem>) {
        let mut problems = FieldProblems::default();
        for (other, kept) in self.problems.get_untracked().iter().filter(|(other, _)| *other != field) {
            problems.add(other, kept);
        }
        if let Some(problem) = problem {
            problems.add(field, problem);
        }
        self.problems.set(problems);
    }

    /// Sends a draft that keeps the rules, and goes where the server says.
    pub fn send<Draft, Answer>(
        self,
        checked: Result<Valid<Draft>, FieldProblems>,
        deliver: impl FnOnce(Valid<Draft>) -> Answer + 'static,
    ) where
        Draft: 'static,
        Answer: Future<Output = Result<Landing, AppError>> + 'static,
    {
        if self.progress.get_untracked() == Progress::Waiting {
            return;
        }
        self.refusal.set(None);
        let draft = match checked {
            Ok(draft) => draft,
            Err(problems) => return self.refused(problems.into()),
        };
        self.progress.set(Progress::Waiting);
        spawn_local(async move {
            match deliver(draft).await {
                Ok(landing) => self.leave_for(&landing),
                Err(error) => self.refused(error),
            }
        });
    }

    fn leave_for(self, landing: &Landing) {
        if window().location().assign(&landing.address()).is_err() {
            self.progress.set(Progress::Idle);
        }
    }

    fn refused(self, error: AppError) {
        self.progress.set(Progress::Idle);
        let problems = error.field_problems();
        let at_fault = self.fields.iter().find(|field| problems.of(field).is_some());
        if let Some(field) = at_fault.and_then(|field| document().get_element_by_id(field)) {
            let _ = field.unchecked_into::<HtmlElement>().focus();
        }
        self.problems.set(problems);
        self.refusal.set(Some(error));
    }
}

/// What stands in a field now.
#[must_use]
pub fn text_of(field: NodeRef<html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}
