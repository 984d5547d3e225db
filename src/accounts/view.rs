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
/// Where a mistyped address is corrected before it is proven.
pub const CORRECT_EMAIL: &str = "/api/accounts/correct_email";
/// Where another address is asked for.
pub const CHANGE_EMAIL: &str = "/api/accounts/change_email";
/// Where a letter is asked for that resets a password.
pub const REQUEST_RESET: &str = "/api/accounts/request_reset";
