//! What somebody who has shown who they are still owes. Every way to a session asks here, and nobody
//! else decides it.

use crate::{
    accounts::model::{Debt, Proven, SecondFactors, Standing, SuspensionNotice, Way},
    moment::Moment,
};

/// Whether the site wants the e-mail address proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// It is proven, or cannot be, as the site sends no letters.
    NotOwed,
    Owed,
}

/// Whether an admin has to let the account in first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    Given,
    Awaited,
}

/// Whether the password must be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordAge {
    Good,
    Due,
}

/// What is stored of an account and decides how it may be entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountState {
    pub factors: SecondFactors,
    pub verification: Verification,
    pub consent: Consent,
    pub password: PasswordAge,
    pub deletes_at: Option<Moment>,
    pub standing: Standing,
}

/// The next thing that is owed; nothing when the person may come in.
///
/// The second factor comes first: nothing that follows may be seen, or undone, by whoever has only the
/// password. Only a passkey that verified its user stands for both.
#[must_use]
pub fn owed(state: &AccountState, proven: &Proven, now: Moment) -> Option<Debt> {
    if !state.factors.is_empty() && !proven.is_by_two_factors() {
        return Some(Debt::SecondFactor);
    }
    if let Some(deletes_at) = state.deletes_at {
        return Some(Debt::Return { deletes_at });
    }
    if state.verification == Verification::Owed {
        return Some(Debt::Verification);
    }
    if state.consent == Consent::Awaited {
        return Some(Debt::Consent);
    }
    if state.password == PasswordAge::Due && matches!(proven.way, Way::Password) {
        return Some(Debt::NewPassword);
    }
    let is_suspended = state.standing.at(now) != Standing::Good;
    (is_suspended && proven.notice == SuspensionNotice::Unread).then_some(Debt::SuspensionNotice)
}

#[cfg(test)]
mod tests {
    use super::super::tests::NOW;
    use super::*;
    use crate::accounts::model::SecondProof;

    const PLAIN: AccountState = AccountState {
        factors: SecondFactors { totp: false, passkeys: false },
        verification: Verification::NotOwed,
        consent: Consent::Given,
        password: PasswordAge::Good,
        deletes_at: None,
        standing: Standing::Good,
    };

    const EVERYTHING: AccountState = AccountState {
        factors: SecondFactors { totp: true, passkeys: true },
        verification: Verification::Owed,
        consent: Consent::Awaited,
        password: PasswordAge::Due,
        deletes_at: Some(NOW),
        standing: Standing::Suspended { until: None },
    };

    #[test]
    fn who_owes_nothing_comes_in() {
        for way in [Way::Password, Way::Passkey, Way::Registration, Way::SetUpLink] {
            assert_eq!(owed(&PLAIN, &Proven::by(way), NOW), None);
        }
    }

    #[test]
    fn the_second_factor_comes_before_all_else_and_each_kind_of_it_counts() {
        for factors in [SecondFactors { totp: true, passkeys: false }, SecondFactors { totp: false, passkeys: true }] {
            let state = AccountState { factors, ..EVERYTHING };
            assert_eq!(owed(&state, &Proven::by(Way::Password), NOW), Some(Debt::SecondFactor));
        }
        let with_passkey = owed(&EVERYTHING, &Proven::by(Way::Passkey), NOW);
        assert_eq!(with_passkey, Some(Debt::Return { deletes_at: NOW }));
    }

    #[test]
    fn debts_are_paid_one_after_the_other() {
        let mut proven = Proven { second: Some(SecondProof::Totp), ..Proven::by(Way::Password) };
        let mut state = EVERYTHING;
        let mut paid = Vec::new();
        while let Some(debt) = owed(&state, &proven, NOW) {
            paid.push(debt);
            match debt {
                Debt::SecondFactor => unreachable!("it was given"),
                Debt::Return { .. } => state.deletes_at = None,
                Debt::Consent => state.consent = Consent::Given,
                Debt::Verification => state.verification = Verification::NotOwed,
                Debt::NewPassword => state.password = PasswordAge::Good,
                Debt::SuspensionNotice => proven.notice = SuspensionNotice::Read,
            }
        }
        let expected =
            [Debt::Return { deletes_at: NOW }, Debt::Verification, Debt::Consent, Debt::NewPassword, Debt::SuspensionNotice];
        assert_eq!(paid, expected);
    }

    #[test]
    fn a_password_that_is_due_is_asked_for_only_where_it_was_used() {
        let state = AccountState { password: PasswordAge::Due, ..PLAIN };
        assert_eq!(owed(&state, &Proven::by(Way::Password), NOW), Some(Debt::NewPassword));
        assert_eq!(owed(&state, &Proven::by(Way::Passkey), NOW), None);
    }
}
