//! One visitor of each kind.

use std::time::Duration;

use crate::{
    accounts::model::{Role, UserId},
    tests::support::{Browser, World},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    Guest,
    Author,
    Member,
    SuspendedMember,
    Moderator,
    Admin,
    StaleAdmin,
    SuspendedAdmin,
}

impl Visitor {
    pub const ALL: [Self; 8] = [
        Self::Guest,
        Self::Author,
        Self::Member,
        Self::SuspendedMember,
        Self::Moderator,
        Self::Admin,
        Self::StaleAdmin,
        Self::SuspendedAdmin,
    ];

    /// As the columns of the table call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Author => "author",
            Self::Member => "member",
            Self::SuspendedMember => "suspended member",
            Self::Moderator => "moderator",
            Self::Admin => "admin",
            Self::StaleAdmin => "admin, stale",
            Self::SuspendedAdmin => "suspended admin",
        }
    }

    const fn role(self) -> Option<Role> {
        match self {
            Self::Guest => None,
            Self::Author | Self::Member | Self::SuspendedMember => Some(Role::Member),
            Self::Moderator => Some(Role::Moderator),
            Self::Admin | Self::StaleAdmin | Self::SuspendedAdmin => Some(Role::Admin),
        }
    }
}

/// Everybody, with accounts of their own and signed in.
pub struct Cast(Vec<(Visitor, Browser, UserId)>);

impl Cast {
    /// `run` keeps the names of one cast apart from those of the others.
    pub async fn assemble(world: &World, run: usize) -> Self {
        let mut people = vec![person(world, run, Visitor::StaleAdmin).await];
        // Longer than a proof lasts, shorter than an admin may be idle.
        world.pass(Duration::from_mins(10) + Duration::from_secs(1));
        for visitor in Visitor::ALL.into_iter().filter(|visitor| *visitor != Visitor::StaleAdmin) {
            people.push(person(world, run, visitor).await);
        }
        Self(people)
    }

    pub fn browser(&mut self, visitor: Visitor) -> &mut Browser {
        let found = self.0.iter_mut().find(|(kind, _, _)| *kind == visitor);
        &mut found.expect("everybody is there").1
    }

    /// Of a guest: a number that is nobody's.
    pub fn id(&self, visitor: Visitor) -> UserId {
        let found = self.0.iter().find(|(kind, _, _)| *kind == visitor);
        found.expect("everybody is there").2
    }
}

async fn person(world: &World, run: usize, visitor: Visitor) -> (Visitor, Browser, UserId) {
    let Some(role) = visitor.role() else { return (visitor, world.guest(), UserId(0)) };
    let name = format!("{visitor:?}-{run}");
    let id = world.account(&name, role).await;
    let browser = world.signed_in(&name).await;
    if matches!(visitor, Visitor::SuspendedMember | Visitor::SuspendedAdmin) {
        world.suspend(id).await;
    }
    (visitor, browser, id)
}
