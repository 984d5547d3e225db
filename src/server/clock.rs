//! The one place that asks what time it is, so that tests can say it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use time::OffsetDateTime;

use crate::moment::Moment;

/// Tells the time: the system's, or the one a test has set.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    #[default]
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn fixed(at: Moment) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.milliseconds())))
    }

    #[must_use]
    pub fn now(&self) -> Moment {
        match self {
            Self::System => Moment::from(OffsetDateTime::now_utc()),
            Self::Fixed(milliseconds) => Moment::from_milliseconds(milliseconds.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, span: std::time::Duration) {
        if let Self::Fixed(milliseconds) = self {
            milliseconds.store(self.now().after(span).milliseconds(), Ordering::SeqCst);
        }
    }
}
