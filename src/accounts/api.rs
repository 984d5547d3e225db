//! The server functions of this slice. Each hands its arguments on and does nothing else.

#![allow(clippy::too_many_arguments, reason = "a server function has an argument for each field of its form")]

use leptos::prelude::*;

use super::model::{
    Deletion, IdentityId, InvitationLink, PasskeyCeremony, PasskeyId, PasskeyUse, PasswordLink, PasswordWeight, RecoveryCodes,
    Role, Secret, SignInNotices, UserId,
};
use crate::{error::AppError, landing::Landing};

#[server(name = Register, prefix = "/api", endpoint = "accounts/register")]
pub async fn register(
    username: String,
    email: String,
    password: Secret,
    #[server(default)] application: String,
    #[server(default)] next: String,
    #[server(default)] challenge: String,
    #[server(default)] solution: String,
    #[server(default)] website: String,
) -> Result<Landing, AppError> {
    use crate::{
        accounts::model::{ChallengeAnswer, Registration},
        landing::LocalPath,
        server::accounts,
        valid::Value,
    };
    let answer = ChallengeAnswer { challenge, solution, trap: website };
    let draft = Registration { username, email, password, application };
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { accounts::register(&visit, draft, next, &answer).await }).await
}

/// Weighs a password while it is typed; changes nothing, and is a POST all the same because of what it carries.
#[server(name = WeighPassword, prefix = "/api", endpoint = "accounts/weigh_password")]
pub async fn weigh_password(
    password: Secret,
    #[server(default)] username: String,
    #[server(default)] email: String,
) -> Result<PasswordWeight, AppError> {
    use crate::server::accounts;
    crate::server::call(|visit| async move { accounts::weigh_password(&visit, &password, &username, &email).await }).await
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
    #[server(default)] challenge: String,
    #[server(default)] solution: String,
    #[server(default)] website: String,
) -> Result<Landing, AppError> {
    use crate::{
        accounts::model::{ChallengeAnswer, Keeping, SignIn},
        landing::LocalPath,
        server::accounts,
        valid::Value,
    };
    let draft = SignIn { login, password };
    let answer = ChallengeAnswer { challenge, solution, trap: website };
    let (keeping, next) = (Keeping::from_name(&keeping), LocalPath::parse(&next).ok());
    crate::server::call(|visit| async move { accounts::sign_in(&visit, draft, keeping, next, &answer).await }).await
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

#[server(name = GiveCode, prefix = "/api", endpoint = "accounts/give_code")]
pub async fn give_code(code: Secret) -> Result<Landing, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::give_code(&visit, &code).await }).await
}

#[server(name = GiveRecoveryCode, prefix = "/api", endpoint = "accounts/give_recovery_code")]
pub async fn give_recovery_code(recovery_code: Secret) -> Result<Landing, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::give_recovery_code(&visit, &recovery_code).await }).await
}

#[server(name = BeginTotp, prefix = "/api", endpoint = "accounts/begin_totp")]
pub async fn begin_totp() -> Result<Landing, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::begin_totp(&visit).await }).await
}

/// Answers with recovery codes, which are shown once and kept nowhere.
#[server(name = ConfirmTotp, prefix = "/api", endpoint = "accounts/confirm_totp")]
pub async fn confirm_totp(code: Secret) -> Result<RecoveryCodes, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::confirm_totp(&visit, &code).await }).await
}

#[server(name = RemoveTotp, prefix = "/api", endpoint = "accounts/remove_totp")]
pub async fn remove_totp() -> Result<Landing, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::remove_totp(&visit).await }).await
}

/// Answers with recovery codes, which are shown once and kept nowhere.
#[server(name = MakeRecoveryCodes, prefix = "/api", endpoint = "accounts/make_recovery_codes")]
pub async fn make_recovery_codes() -> Result<RecoveryCodes, AppError> {
    use crate::server::accounts::factors;
    crate::server::call(|visit| async move { factors::make_recovery_codes(&visit).await }).await
}

#[server(name = BeginPasskey, prefix = "/api", endpoint = "accounts/begin_passkey")]
pub async fn begin_passkey() -> Result<PasskeyCeremony, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::begin_passkey(&visit).await }).await
}

#[server(name = AddPasskey, prefix = "/api", endpoint = "accounts/add_passkey")]
pub async fn add_passkey(token: Secret, credential: Secret, name: String) -> Result<Landing, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::add_passkey(&visit, &token, &credential, &name).await }).await
}

#[server(name = RenamePasskey, prefix = "/api", endpoint = "accounts/rename_passkey")]
pub async fn rename_passkey(passkey: PasskeyId, name: String) -> Result<Landing, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::rename_passkey(&visit, passkey, &name).await }).await
}

#[server(name = RemovePasskey, prefix = "/api", endpoint = "accounts/remove_passkey")]
pub async fn remove_passkey(passkey: PasskeyId) -> Result<Landing, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::remove_passkey(&visit, passkey).await }).await
}

#[server(name = AskForPasskey, prefix = "/api", endpoint = "accounts/ask_for_passkey")]
pub async fn ask_for_passkey(purpose: PasskeyUse) -> Result<PasskeyCeremony, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::ask_for_passkey(&visit, purpose).await }).await
}

#[server(name = SignInWithPasskey, prefix = "/api", endpoint = "accounts/sign_in_with_passkey")]
pub async fn sign_in_with_passkey(
    token: Secret,
    credential: Secret,
    #[server(default)] keeping: String,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{accounts::model::Keeping, landing::LocalPath, server::accounts::factors::passkeys, valid::Value};
    let (keeping, next) = (Keeping::from_name(&keeping), LocalPath::parse(&next).ok());
    crate::server::call(|visit| async move { passkeys::sign_in_with_passkey(&visit, (&token, &credential), keeping, next).await })
        .await
}

#[server(name = GivePasskey, prefix = "/api", endpoint = "accounts/give_passkey")]
pub async fn give_passkey(token: Secret, credential: Secret) -> Result<Landing, AppError> {
    use crate::server::accounts::factors::passkeys;
    crate::server::call(|visit| async move { passkeys::give_passkey(&visit, &token, &credential).await }).await
}

#[server(name = ProveWithPasskey, prefix = "/api", endpoint = "accounts/prove_with_passkey")]
pub async fn prove_with_passkey(token: Secret, credential: Secret, #[server(default)] next: String) -> Result<Landing, AppError> {
    use crate::{landing::LocalPath, server::accounts::factors::passkeys, valid::Value};
    let next = LocalPath::parse(&next).ok();
    crate::server::call(|visit| async move { passkeys::prove_with_passkey(&visit, (&token, &credential), next).await }).await
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

/// `intent` is `sign_in`, `register`, `link` or `prove`.
#[server(name = BeginProvider, prefix = "/api", endpoint = "accounts/begin_provider")]
pub async fn begin_provider(
    provider: String,
    intent: String,
    #[server(default)] keeping: String,
    #[server(default)] next: String,
) -> Result<Landing, AppError> {
    use crate::{accounts::model::Keeping, landing::LocalPath, server::accounts::providers, valid::Value};
    let (keeping, next) = (Keeping::from_name(&keeping), LocalPath::parse(&next).ok());
    let wish = providers::Wish { provider, intent, keeping, next };
    crate::server::call(|visit| async move { providers::begin(&visit, wish).await }).await
}

#[server(name = RegisterWithProvider, prefix = "/api", endpoint = "accounts/register_with_provider")]
pub async fn register_with_provider(
    username: String,
    email: String,
    #[server(default)] application: String,
) -> Result<Landing, AppError> {
    use crate::{accounts::model::ProviderRegistration, server::accounts::providers};
    let draft = ProviderRegistration { username, email, application };
    crate::server::call(|visit| async move { providers::register(&visit, draft).await }).await
}

#[server(name = UnlinkProvider, prefix = "/api", endpoint = "accounts/unlink_provider")]
pub async fn unlink_provider(identity: IdentityId) -> Result<Landing, AppError> {
    use crate::server::accounts::providers;
    crate::server::call(|visit| async move { providers::unlink(&visit, identity).await }).await
}

#[server(name = ChooseFirstPassword, prefix = "/api", endpoint = "accounts/choose_first_password")]
pub async fn choose_first_password(password: Secret) -> Result<Landing, AppError> {
    use crate::{accounts::model::NewPasswordDraft, server::accounts};
    let draft = NewPasswordDraft { password };
    crate::server::call(|visit| async move { accounts::choose_first_password(&visit, draft).await }).await
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
pub async fn request_reset(
    login: String,
    #[server(default)] challenge: String,
    #[server(default)] solution: String,
    #[server(default)] website: String,
) -> Result<Landing, AppError> {
    use crate::{accounts::model::ChallengeAnswer, server::accounts::resets};
    let answer = ChallengeAnswer { challenge, solution, trap: website };
    crate::server::call(|visit| async move { resets::request(&visit, &login, &answer).await }).await
}
