//! How often one person may contribute: so many in a sliding window, counted from what is there.

use std::time::Duration;

use crate::{error::AppError, moment::Moment, server::error::Result};

/// Refuses when the window is full, and tells when there is room again.
///
/// `recent` are the moments of the latest contributions within the window, the newest first.
///
/// # Errors
/// The window is full.
pub fn refuse_beyond(recent: &[Moment], most: u64, window: Duration, now: Moment) -> Result<()> {
    let full = usize::try_from(most).is_ok_and(|most| recent.len() >= most);
    match recent.last() {
        Some(oldest) if full => {
            let wait = window.saturating_sub(now.since(*oldest)).as_secs().max(1);
            Err(AppError::TooMany { retry_after: wait }.into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::error::Error;

    #[test]
    fn a_full_window_tells_when_it_opens_again() {
        let now = Moment::from_milliseconds(1_000_000);
        let recent = [now, now.before(Duration::from_secs(20)), now.before(Duration::from_secs(50))];
        let minute = Duration::from_mins(1);
        assert!(refuse_beyond(&recent, 4, minute, now).is_ok());
        let refused = refuse_beyond(&recent, 3, minute, now).unwrap_err();
        assert!(matches!(refused, Error::Told(AppError::TooMany { retry_after: 10 })), "{refused:?}");
    }
}
