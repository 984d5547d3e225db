//! Rules about the site as a whole and about what can be seen.

use crate::{accounts::model::Actor, error::AppError, moment::Moment};

use super::{Act, Permit, act, grant};

/// # Errors
/// Not an admin, or no fresh proof.
pub fn may_configure(actor: &Actor, now: Moment) -> Result<Permit<act::Configure>, AppError> {
    grant(actor, now)
}

/// # Errors
/// Never, since everyone may.
pub fn may_choose_theme(actor: &Actor, now: Moment) -> Result<Permit<act::ChooseTheme>, AppError> {
    grant(actor, now)
}

/// Acts that have no object, so that their audience is all there is to ask.
pub trait Objectless: Act {}

impl Objectless for act::Read {}
impl Objectless for act::SetUp {}
impl Objectless for act::WeighPassword {}
impl Objectless for act::UsePasswordLink {}
impl Objectless for act::SeeOwnAccount {}
impl Objectless for act::ProveAddress {}
impl Objectless for act::UndoEmailChange {}
impl Objectless for act::RequestReset {}
impl Objectless for act::EndNotices {}
impl Objectless for act::RetryLetter {}
impl Objectless for act::TakeOwnData {}
impl Objectless for act::EraseAccount {}
impl Objectless for act::SeeOwnSecurity {}
impl Objectless for act::RotateKeys {}
impl Objectless for act::ListStaff {}
impl Objectless for act::SeeModeration {}
impl Objectless for act::SeeAdministration {}
impl Objectless for act::ClearReports {}

/// Whether an act without an object is for this actor; most are about seeing pages.
///
/// # Errors
/// As the act's audience says.
pub fn may<A: Objectless>(actor: &Actor, now: Moment) -> Result<Permit<A>, AppError> {
    grant(actor, now)
}
