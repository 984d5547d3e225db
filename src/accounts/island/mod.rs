//! What reacts in the browser: the forms of accounts. Each works as a plain form as well.

mod new_password;
mod password;
mod registration;
mod sign_in;

pub use password::PasswordForm;
pub use registration::RegistrationForm;
pub use sign_in::{ProofForm, SignInForm};
