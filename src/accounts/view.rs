//! The addresses that the forms of this slice are sent to, by which its pages and its island know them.

/// Where accounts are made.
pub const REGISTER: &str = "/api/accounts/register";
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
