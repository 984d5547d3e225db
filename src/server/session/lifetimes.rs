//! How long sessions live: the less may be lost by one, the longer.

use std::time::Duration;

use crate::accounts::model::{Keeping, Role, SecondFactors};

/// The idle and the absolute end of a kind of session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    pub idle: Duration,
    /// From signing in to the end, whatever happens in between.
    pub absolute: Duration,
}

/// The lives of all kinds.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// Members who asked to be kept signed in.
    pub member: Life,
    /// Members who did not ask, or who have a second factor (NIST SP 800-63B-4, 2.2.3).
    pub short: Life,
    pub staff: Life,
}

impl Lifetimes {
    /// The life of a session that begins now.
    #[must_use]
    pub fn of(&self, role: Role, keeping: Keeping, factors: SecondFactors) -> Life {
        match (role, keeping) {
            (Role::Moderator | Role::Admin, _) => self.staff,
            (Role::Member, Keeping::Kept) if factors.is_empty() => self.member,
            (Role::Member, _) => self.short,
        }
    }

    /// The longest that a session of this role may be idle, whatever was stored with it.
    #[must_use]
    pub fn longest_idle(&self, role: Role) -> Duration {
        match role {
            Role::Member => self.member.idle.max(self.short.idle),
            Role::Moderator | Role::Admin => self.staff.idle,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFETIMES: Lifetimes = Lifetimes {
        member: Life { idle: Duration::from_hours(168), absolute: Duration::from_hours(720) },
        short: Life { idle: Duration::from_hours(1), absolute: Duration::from_hours(24) },
        staff: Life { idle: Duration::from_mins(15), absolute: Duration::from_hours(8) },
    };

    #[test]
    fn only_a_member_without_second_factor_who_asks_for_it_is_kept_for_long() {
        let none = SecondFactors::default();
        let some = SecondFactors { totp: true, passkeys: false };
        assert_eq!(LIFETIMES.of(Role::Member, Keeping::Kept, none), LIFETIMES.member);
        assert_eq!(LIFETIMES.of(Role::Member, Keeping::ThisVisit, none), LIFETIMES.short);
        assert_eq!(LIFETIMES.of(Role::Member, Keeping::Kept, some), LIFETIMES.short);
        for keeping in [Keeping::Kept, Keeping::ThisVisit] {
            assert_eq!(LIFETIMES.of(Role::Moderator, keeping, some), LIFETIMES.staff);
            assert_eq!(LIFETIMES.of(Role::Admin, keeping, none), LIFETIMES.staff);
        }
    }
}
