//! A form on its way: what is wrong with it, what the server said, and whether an answer is awaited.
//! Only for islands; the form itself works without one.
//!
//! Promises: nothing is sent twice while an answer is awaited, nothing that breaks a rule is sent at
//! all, and the keyboard's focus goes to the first field at fault.

use std::future::Future;

use leptos::{html, prelude::*, task::spawn_local};

use super::{field_messages::FieldMessages, page_shown::on_page_shown};
use crate::{
    error::AppError,
    landing::Landing,
    valid::{FieldProblems, Valid},
};

/// An island's hold on a form that leads somewhere else when it succeeds.
#[derive(Clone, Copy, Debug)]
pub struct Submission {
    pub messages: FieldMessages,
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
        on_page_shown(move || progress.set(Progress::Idle));
        Self { messages: FieldMessages::new(fields, problems), refusal: RwSignal::new(None), progress }
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
        self.messages.refuse(error.field_problems());
        self.refusal.set(Some(error));
    }
}

/// What stands in a field now.
#[must_use]
pub fn text_of(field: NodeRef<html::Input>) -> String {
    field.get_untracked().map(|field| field.value()).unwrap_or_default()
}
