//! Seals everything that lies sealed in the database with the key of today, so that an old key can be
//! forgotten. It may be stopped and taken up again, and run while the server does: a row that changes in
//! the meantime is left as it is.

mod store;

use crate::{
    audit::model::{Deed, Subject},
    policy::{self, Permit, act},
    server::{
        audit::{self, Line},
        error::Result,
        seal::{Purpose, Seals},
        visit::Visit,
    },
    words,
};

use store::Row;

/// Sealed anew in one go.
const BATCH: u64 = 200;

/// What has sealed rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sealed {
    TotpSecrets,
    Letters,
}

impl Sealed {
    const ALL: [Self; 2] = [Self::TotpSecrets, Self::Letters];

    const fn purpose(self) -> Purpose {
        match self {
            Self::TotpSecrets => Purpose::Totp,
            Self::Letters => Purpose::Letter,
        }
    }
}

/// Seals anew what older keys sealed; returns how many rows that was. `progress` is told how many rows
/// have been looked at, and of how many.
///
/// # Errors
/// Not the operator, or a seal does not open.
pub async fn reseal(visit: &Visit, mut progress: impl FnMut(u64, u64) + Send) -> Result<u64> {
    let permit = policy::may::<act::RotateKeys>(visit.actor(), visit.now())?;
    let total = store::count(visit.database().reader()).await?;
    let (mut seen, mut resealed) = (0, 0);
    for table in Sealed::ALL {
        let mut last = i64::MIN;
        loop {
            let rows = store::batch(visit.database().reader(), table, last, BATCH).await?;
            let Some(end) = rows.last().map(|row| row.id) else { break };
            for row in &rows {
                resealed += u64::from(renewed(visit, &permit, table, row).await?);
            }
            (last, seen) = (end, seen + rows.len() as u64);
            progress(seen, total);
        }
    }
    let line = Line::of(Deed::KeysRotated, Subject::Site).detailed(words::counted(resealed, "secret"));
    audit::record(visit.database().writer(), visit, line).await?;
    Ok(resealed)
}

async fn renewed(visit: &Visit, permit: &Permit<act::RotateKeys>, table: Sealed, row: &Row) -> Result<bool> {
    let seals = visit.app().seals();
    if Seals::key_of(&row.sealed) == Some(seals.current_id()) {
        return Ok(false);
    }
    let (purpose, owner) = (table.purpose(), row.id.to_string());
    let plain = seals.unseal(purpose, &owner, &row.sealed)?;
    let sealed = seals.seal(purpose, &owner, &plain)?;
    store::replace(visit.database().writer(), permit, table, row, sealed).await
}

/// How many rows only an older key opens.
///
/// # Errors
/// Not the operator.
pub async fn count_old(visit: &Visit) -> Result<u64> {
    policy::may::<act::RotateKeys>(visit.actor(), visit.now())?;
    let current = visit.app().seals().current_id();
    let mut old = 0;
    for table in Sealed::ALL {
        let mut last = i64::MIN;
        loop {
            let rows = store::batch(visit.database().reader(), table, last, BATCH).await?;
            let Some(end) = rows.last().map(|row| row.id) else { break };
            old += rows.iter().filter(|row| Seals::key_of(&row.sealed) != Some(current)).count() as u64;
            last = end;
        }
    }
    Ok(old)
}

/// What was done to the files of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyChange {
    DataKeysForgotten,
    CookieKeyRotated,
    CookieKeysForgotten,
    PepperAdded,
}

impl KeyChange {
    const fn deed(self) -> Deed {
        match self {
            Self::DataKeysForgotten => Deed::KeysForgotten,
            Self::CookieKeyRotated => Deed::CookieKeyRotated,
            Self::CookieKeysForgotten => Deed::CookieKeysForgotten,
            Self::PepperAdded => Deed::PepperAdded,
        }
    }
}

/// Writes down what is done to a file of keys.
///
/// # Errors
/// Not the operator.
pub async fn record(visit: &Visit, change: KeyChange) -> Result<()> {
    policy::may::<act::RotateKeys>(visit.actor(), visit.now())?;
    audit::record(visit.database().writer(), visit, Line::of(change.deed(), Subject::Site)).await
}
