//! The addresses that the forms of this slice are sent to, by which its pages and its island know them.

/// Where accounts are made.
pub const REGISTER: &str = "/api/accounts/register";
/// Where a password is weighed while it is typed.
pub const WEIGH_PASSWORD: &str = "/api/accounts/weigh_password";
/// Where the first admin is made.
pub const SET_UP: &str = "/api/accounts/set_up";
/// Where people are let in.
pub const SIGN_IN: &str = "/api/accounts/sign_in";
/// Where somebody proves again who is acting.
pub const PROVE: &str = "/api/accounts/prove";
/// Where one's own password is replaced.
pub const CHANGE_PASSWORD: &str = "/api/accounts/change_password";
/// Where a password is set with a link.
pub const USE_PASSWORD_LINK: &str = "/api/accounts/use_password_link";
/// Where the secret of an authenticator app is made.
pub const BEGIN_TOTP: &str = "/api/accounts/begin_totp";
/// Where an app is put into force with its first code.
pub const CONFIRM_TOTP: &str = "/api/accounts/confirm_totp";
/// Where an app is removed.
pub const REMOVE_TOTP: &str = "/api/accounts/remove_totp";
/// Where recovery codes are made anew.
pub const MAKE_RECOVERY_CODES: &str = "/api/accounts/make_recovery_codes";
/// Where the code of an app is given on the way in.
pub const GIVE_CODE: &str = "/api/accounts/give_code";
/// Where a recovery code is given on the way in.
pub const GIVE_RECOVERY_CODE: &str = "/api/accounts/give_recovery_code";
/// Where a passkey is asked for that is to be made.
pub const BEGIN_PASSKEY: &str = "/api/accounts/begin_passkey";
/// Where a passkey that was made is added.
pub const ADD_PASSKEY: &str = "/api/accounts/add_passkey";
/// Where a passkey gets another name.
pub const RENAME_PASSKEY: &str = "/api/accounts/rename_passkey";
/// Where a passkey is removed.
pub const REMOVE_PASSKEY: &str = "/api/accounts/remove_passkey";
/// Where a passkey is asked for that is there.
pub const ASK_FOR_PASSKEY: &str = "/api/accounts/ask_for_passkey";
/// Where people are let in by a passkey alone.
pub const SIGN_IN_WITH_PASSKEY: &str = "/api/accounts/sign_in_with_passkey";
/// Where a passkey is given on the way in.
pub const GIVE_PASSKEY: &str = "/api/accounts/give_passkey";
/// Where a passkey proves again who is acting.
pub const PROVE_WITH_PASSKEY: &str = "/api/accounts/prove_with_passkey";
/// Where a password that is due is replaced.
pub const CHOOSE_DUE_PASSWORD: &str = "/api/accounts/choose_due_password";
/// Where somebody is sent to a provider.
pub const BEGIN_PROVIDER: &str = "/api/accounts/begin_provider";
/// Where somebody whom a provider has recognised gets an account.
pub const REGISTER_WITH_PROVIDER: &str = "/api/accounts/register_with_provider";
/// Where an account elsewhere stops being a way in.
pub const UNLINK_PROVIDER: &str = "/api/accounts/unlink_provider";
/// Where an account that has no password gets one.
pub const CHOOSE_FIRST_PASSWORD: &str = "/api/accounts/choose_first_password";
/// Where a mistyped address is corrected before it is proven.
pub const CORRECT_EMAIL: &str = "/api/accounts/correct_email";
/// Where another address is asked for.
pub const CHANGE_EMAIL: &str = "/api/accounts/change_email";
/// Where a letter is asked for that resets a password.
pub const REQUEST_RESET: &str = "/api/accounts/request_reset";
