//! The server functions of this slice. Each hands its arguments on and does nothing else.

use leptos::prelude::*;

use super::model::{Deletion, InvitationLink, PasswordLink, Role, Secret, SignInNotices, UserId};
use crate::{error::AppError, landing::Landing};

#[server(name = Register, prefix = "/api", endpoint = "accounts/register")]
pub async fn register(
    username: String,
    email: String,
    password: Secret,
    #[server(default)] application: String,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{accounts::model::Registration, landing::LocalPath, server::accounts, valid::Value};
    let draft = Registration { username, email, password, application };
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { accounts::register(&visit, draft, next).await }).await
}

#[server(name = SetUp, prefix = "/api", endpoint = "accounts/set_up")]
pub async fn set_up(username: String, email: String, password: Secret) -> Result<Landing, AppError> {
    use crate::{accounts::model::Registration, server::accounts};
    let draft = Registration { username, email, password, application: String::new() };
    crate::server::call(|visit| async move { accounts::set_up(&visit, draft).await }).await
}

#[server(name = SignIn, prefix = "/api", endpoint = "accounts/sign_in")]
pub async fn sign_in(
    login: String,
    password: Secret,
    #[server(default)] keeping: String,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{
        accounts::model::{Keeping, SignIn},
        landing::LocalPath,
        server::accounts,
        valid::Value,
    };
    let draft = SignIn { login, password };
    let (keeping, next) = (Keeping::from_name(&keeping), LocalPath::parse(&next).ok());
    crate::server::call(|visit| async move { accounts::sign_in(&visit, draft, keeping, next).await }).await
}

#[server(name = AcknowledgeSuspension, prefix = "/api", endpoint = "accounts/acknowledge_suspension")]
pub async fn acknowledge_suspension() -> Result<Landing, AppError> {
    use crate::server::accounts::door;
    crate::server::call(|visit| async move { door::acknowledge_suspension(&visit).await }).await
}

#[server(name = KeepAccount, prefix = "/api", endpoint = "accounts/keep_account")]
pub async fn keep_account() -> Result<Landing, AppError> {
    use crate::server::accounts::door;
    crate::server::call(|visit| async move { door::keep_account(&visit).await }).await
}

#[server(name = ChooseDuePassword, prefix = "/api", endpoint = "accounts/choose_due_password")]
pub async fn choose_due_password(password: Secret) -> Result<Landing, AppError> {
    use crate::{accounts::model::NewPasswordDraft, server::accounts::door};
    let draft = NewPasswordDraft { password };
    crate::server::call(|visit| async move { door::choose_due_password(&visit, draft).await }).await
}

#[server(name = StartOver, prefix = "/api", endpoint = "accounts/start_over")]
pub async fn start_over() -> Result<Landing, AppError> {
    use crate::server::accounts::door;
    crate::server::call(|visit| async move { door::start_over(&visit).await }).await
}

#[server(name = SignOut, prefix = "/api", endpoint = "accounts/sign_out")]
pub async fn sign_out() -> Result<Landing, AppError> {
    use crate::server::accounts;
    crate::server::call(|visit| async move { accounts::sign_out(&visit).await }).await
}

#[server(name = EndOwnSession, prefix = "/api", endpoint = "accounts/end_own_session")]
pub async fn end_own_session(session: i64) -> Result<Landing, AppError> {
    use crate::server::accounts::sessions;
    crate::server::call(|visit| async move { sessions::end(&visit, session).await }).await
}

#[server(name = EndOtherSessions, prefix = "/api", endpoint = "accounts/end_other_sessions")]
pub async fn end_other_sessions() -> Result<Landing, AppError> {
    use crate::server::accounts::sessions;
    crate::server::call(|visit| async move { sessions::end_others(&visit).await }).await
}

#[server(name = ChooseNotices, prefix = "/api", endpoint = "accounts/choose_notices")]
pub async fn choose_notices(notices: SignInNotices) -> Result<Landing, AppError> {
    use crate::server::accounts::sessions;
    crate::server::call(|visit| async move { sessions::choose_notices(&visit, notices).await }).await
}

#[server(name = AskForArchive, prefix = "/api", endpoint = "accounts/ask_for_archive")]
pub async fn ask_for_archive() -> Result<Landing, AppError> {
    use crate::server::own_data::archive;
    crate::server::call(|visit| async move { archive::ask(&visit).await }).await
}

#[server(name = LeaveForGood, prefix = "/api", endpoint = "accounts/leave_for_good")]
pub async fn leave_for_good(deletion: Deletion) -> Result<Landing, AppError> {
    use crate::server::own_data::erasure;
    crate::server::call(|visit| async move { erasure::plan(&visit, deletion).await }).await
}

#[server(name = Prove, prefix = "/api", endpoint = "accounts/prove")]
pub async fn prove(password: Secret, #[server(default)] next: String) -> Result<Landing, AppError> {
    use crate::{accounts::model::Proof, landing::LocalPath, server::accounts, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { accounts::prove(&visit, Proof { password }, next).await }).await
}

#[server(name = ChangePassword, prefix = "/api", endpoint = "accounts/change_password")]
pub async fn change_password(current_password: Secret, password: Secret) -> Result<Landing, AppError> {
    use crate::{accounts::model::PasswordChange, server::accounts};
    let draft = PasswordChange { current_password, password };
    crate::server::call(|visit| async move { accounts::change_password(&visit, draft).await }).await
}

#[server(name = UsePasswordLink, prefix = "/api", endpoint = "accounts/use_password_link")]
pub async fn use_password_link(password: Secret) -> Result<Landing, AppError> {
    use crate::{accounts::model::NewPasswordDraft, server::accounts};
    let draft = NewPasswordDraft { password };
    crate::server::call(|visit| async move { accounts::use_password_link(&visit, draft).await }).await
}

#[server(name = ChangeRole, prefix = "/api", endpoint = "accounts/change_role")]
pub async fn change_role(user: UserId, role: Role) -> Result<Landing, AppError> {
    use crate::server::accounts::administration;
    crate::server::call(|visit| async move { administration::change_role(&visit, user, role).await }).await
}

/// Without `days` until it is lifted.
#[server(name = Suspend, prefix = "/api", endpoint = "accounts/suspend")]
pub async fn suspend(user: UserId, reason: String, #[server(default)] days: String) -> Result<Landing, AppError> {
    use crate::{accounts::model::Suspension, server::accounts::administration};
    let draft = Suspension { reason, days };
    crate::server::call(|visit| async move { administration::suspend(&visit, user, draft).await }).await
}

#[server(name = LiftSuspension, prefix = "/api", endpoint = "accounts/lift_suspension")]
pub async fn lift_suspension(user: UserId) -> Result<Landing, AppError> {
    use crate::server::accounts::administration;
    crate::server::call(|visit| async move { administration::lift_suspension(&visit, user).await }).await
}

#[server(name = EndSessions, prefix = "/api", endpoint = "accounts/end_sessions")]
pub async fn end_sessions(user: UserId) -> Result<Landing, AppError> {
    use crate::server::accounts::administration;
    crate::server::call(|visit| async move { administration::end_sessions(&visit, user).await }).await
}

/// Answers with the link itself, which is shown once and kept nowhere.
#[server(name = MakePasswordLink, prefix = "/api", endpoint = "accounts/make_password_link")]
pub async fn make_password_link(user: UserId) -> Result<PasswordLink, AppError> {
    use crate::server::accounts::administration;
    crate::server::call(|visit| async move { administration::make_password_link(&visit, user).await }).await
}

/// Answers with the link itself, which is shown once and kept nowhere.
#[server(name = Invite, prefix = "/api", endpoint = "accounts/invite")]
pub async fn invite(note: String, uses: String, days: String) -> Result<InvitationLink, AppError> {
    use crate::{accounts::model::InvitationDraft, server::accounts::invitations};
    let draft = InvitationDraft { note, uses, days };
    crate::server::call(|visit| async move { invitations::make(&visit, draft).await }).await
}

#[server(name = WithdrawInvitation, prefix = "/api", endpoint = "accounts/withdraw_invitation")]
pub async fn withdraw_invitation(invitation: i64) -> Result<Landing, AppError> {
    use crate::server::accounts::invitations::{self, InvitationId};
    crate::server::call(|visit| async move { invitations::withdraw(&visit, InvitationId(invitation)).await }).await
}

#[server(name = Approve, prefix = "/api", endpoint = "accounts/approve")]
pub async fn approve(user: UserId) -> Result<Landing, AppError> {
    use crate::server::accounts::approval;
    crate::server::call(|visit| async move { approval::approve(&visit, user).await }).await
}

#[server(name = Decline, prefix = "/api", endpoint = "accounts/decline")]
pub async fn decline(user: UserId, reason: String) -> Result<Landing, AppError> {
    use crate::{accounts::model::Declination, server::accounts::approval};
    crate::server::call(|visit| async move { approval::decline(&visit, user, Declination { reason }).await }).await
}

#[server(name = ExpirePassword, prefix = "/api", endpoint = "accounts/expire_password")]
pub async fn expire_password(user: UserId) -> Result<Landing, AppError> {
    use crate::server::accounts::administration;
    crate::server::call(|visit| async move { administration::expire_password(&visit, user).await }).await
}

#[server(name = ResendVerification, prefix = "/api", endpoint = "accounts/resend_verification")]
pub async fn resend_verification() -> Result<Landing, AppError> {
    use crate::server::accounts::addresses::verification;
    crate::server::call(|visit| async move { verification::resend(&visit).await }).await
}

#[server(name = CorrectEmail, prefix = "/api", endpoint = "accounts/correct_email")]
pub async fn correct_email(email: String) -> Result<Landing, AppError> {
    use crate::{accounts::model::EmailDraft, server::accounts::addresses::verification};
    crate::server::call(|visit| async move { verification::correct(&visit, EmailDraft { email }).await }).await
}

#[server(name = VerifyEmail, prefix = "/api", endpoint = "accounts/verify_email")]
pub async fn verify_email() -> Result<Landing, AppError> {
    use crate::server::accounts::addresses::verification;
    crate::server::call(|visit| async move { verification::prove(&visit).await }).await
}

#[server(name = ChangeEmail, prefix = "/api", endpoint = "accounts/change_email")]
pub async fn change_email(email: String) -> Result<Landing, AppError> {
    use crate::{accounts::model::EmailDraft, server::accounts::addresses::change};
    crate::server::call(|visit| async move { change::request(&visit, EmailDraft { email }).await }).await
}

#[server(name = UndoEmailChange, prefix = "/api", endpoint = "accounts/undo_email_change")]
pub async fn undo_email_change() -> Result<Landing, AppError> {
    use crate::server::accounts::addresses::change;
    crate::server::call(|visit| async move { change::undo(&visit).await }).await
}

#[server(name = RequestReset, prefix = "/api", endpoint = "accounts/request_reset")]
pub async fn request_reset(login: String) -> Result<Landing, AppError> {
    use crate::server::accounts::resets;
    crate::server::call(|visit| async move { resets::request(&visit, &login).await }).await
}
