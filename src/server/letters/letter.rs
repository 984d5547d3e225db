//! Every letter that the site sends, with what it says.
//!
//! Who writes one names its variant; the words and the links stand here. Notices (letters that tell of
//! something that one may not care about) can be ended with one click.

use crate::{
    accounts::model::{EmailAddress, Secret, UserId},
    letters::model::LetterKind,
    moment::Moment,
    server::{agent, config::SiteAddress, letters::unsubscribe, seal::Seals},
    words,
};

use super::sheet::{Link, Part, Sheet, defused, header_text};

/// A letter, with all that its text is made of.
#[derive(Clone, Debug)]
pub enum Letter {
    /// Proves the address that an account has.
    VerifyAddress {
        token: Secret,
        ends: Moment,
    },
    /// Proves the address that an account shall have.
    ConfirmChange {
        token: Secret,
        ends: Moment,
    },
    /// To the owner of an address with which somebody registered, or to which somebody wanted to change.
    /// `name` is the account that has it.
    AddressKnown {
        name: String,
    },
    /// To the address that the account had until now; leads to the undoing.
    EmailChanged {
        token: Secret,
        ends: Moment,
    },
    /// The change of the address was undone.
    EmailRestored,
    PasswordReset {
        token: Secret,
        ends: Moment,
    },
    PasswordChanged,
    /// A browser that was not known has signed in.
    NewSignIn {
        at: Moment,
        agent: String,
        address: String,
    },
    FactorAdded {
        factor: Factor,
    },
    FactorRemoved {
        factor: Factor,
    },
    RecoveryCodeUsed {
        left: u64,
    },
    /// `provider` is the name that the operator gave it.
    ProviderLinked {
        provider: String,
    },
    ProviderUnlinked {
        provider: String,
    },
    DeletionAhead {
        deletes_at: Moment,
    },
    ExportReady {
        ends: Moment,
    },
    RegistrationApproved,
    /// `reason` is what an admin wrote; empty where nothing was given.
    RegistrationDeclined {
        reason: String,
    },
}

/// A second factor, as letters name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Factor {
    AuthenticatorApp,
    Passkey,
    RecoveryCodes,
    /// All that there were.
    All,
}

impl Factor {
    const fn words(self) -> &'static str {
        match self {
            Self::AuthenticatorApp => "an authenticator app",
            Self::Passkey => "a passkey",
            Self::RecoveryCodes => "new recovery codes",
            Self::All => "second factors",
        }
    }
}

/// To whom a letter is written, and for which site.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    pub site: &'a SiteAddress,
    pub site_name: &'a str,
    /// The user name of whoever reads it.
    pub reader: &'a str,
    pub user: Option<UserId>,
    pub address: &'a EmailAddress,
    pub seals: &'a Seals,
}

impl Letter {
    #[must_use]
    pub const fn kind(&self) -> LetterKind {
        match self {
            Self::VerifyAddress { .. } | Self::ConfirmChange { .. } => LetterKind::Verification,
            Self::AddressKnown { .. } => LetterKind::AddressKnown,
            Self::EmailChanged { .. } => LetterKind::EmailChanged,
            Self::EmailRestored => LetterKind::EmailRestored,
            Self::PasswordReset { .. } => LetterKind::PasswordReset,
            Self::PasswordChanged => LetterKind::PasswordChanged,
            Self::NewSignIn { .. } => LetterKind::NewSignIn,
            Self::FactorAdded { .. } => LetterKind::FactorAdded,
            Self::FactorRemoved { .. } => LetterKind::FactorRemoved,
            Self::RecoveryCodeUsed { .. } => LetterKind::RecoveryCodeUsed,
            Self::ProviderLinked { .. } => LetterKind::ProviderLinked,
            Self::ProviderUnlinked { .. } => LetterKind::ProviderUnlinked,
            Self::DeletionAhead { .. } => LetterKind::DeletionAhead,
            Self::ExportReady { .. } => LetterKind::ExportReady,
            Self::RegistrationApproved => LetterKind::RegistrationApproved,
            Self::RegistrationDeclined { .. } => LetterKind::RegistrationDeclined,
        }
    }

    /// Puts the letter into words.
    #[must_use]
    pub fn write(self, setting: &Setting<'_>) -> Sheet {
        let (name, site) = (setting.site_name, setting.site);
        let (subject, useful_until) = (self.subject(), self.useful_until());
        let unsubscribe = match (&self, setting.user) {
            (Self::NewSignIn { .. }, Some(user)) => {
                Some(Link::to(site, &unsubscribe::path(setting.seals, user, setting.address)))
            }
            _ => None,
        };
        let mut parts = vec![paragraph(format!("Hello {},", setting.reader))];
        parts.extend(self.body(setting));
        if let Some(link) = &unsubscribe {
            parts.push(action("To get no more letters about new sign-ins", link.clone()));
        }
        parts.push(paragraph(format!("{name}\n{}", site.origin())));
        Sheet {
            subject: header_text(&format!("{subject} – {name}")),
            parts,
            sender: header_text(name),
            message_id: format!("<{:032x}@{}>", rand::random::<u128>(), site.host().trim_matches(['[', ']'])),
            unsubscribe,
            useful_until,
        }
    }

    const fn useful_until(&self) -> Option<Moment> {
        match self {
            Self::VerifyAddress { ends, .. }
            | Self::ConfirmChange { ends, .. }
            | Self::EmailChanged { ends, .. }
            | Self::PasswordReset { ends, .. }
            | Self::ExportReady { ends } => Some(*ends),
            _ => None,
        }
    }

    const fn subject(&self) -> &'static str {
        match self {
            Self::VerifyAddress { .. } => "Confirm your e-mail address",
            Self::ConfirmChange { .. } => "Confirm your new e-mail address",
            Self::AddressKnown { .. } => "You have an account already",
            Self::EmailChanged { .. } => "Your e-mail address was changed",
            Self::EmailRestored => "Your e-mail address is the old one again",
            Self::PasswordReset { .. } => "Set a new password",
            Self::PasswordChanged => "Your password was changed",
            Self::NewSignIn { .. } => "New sign-in to your account",
            Self::FactorAdded { .. } => "A second factor was added",
            Self::FactorRemoved { .. } => "A second factor was removed",
            Self::RecoveryCodeUsed { .. } => "A recovery code was used",
            Self::ProviderLinked { .. } => "A way to sign in was added",
            Self::ProviderUnlinked { .. } => "A way to sign in was removed",
            Self::DeletionAhead { .. } => "Your account will be deleted",
            Self::ExportReady { .. } => "Your data is ready",
            Self::RegistrationApproved => "Your account is ready",
            Self::RegistrationDeclined { .. } => "Your registration was declined",
        }
    }

    fn body(self, setting: &Setting<'_>) -> Vec<Part> {
        let page = |path: &str| Link::to(setting.site, path);
        match self {
            Self::VerifyAddress { token, ends } => vec![
                paragraph(
                    "Somebody, most likely you, has made an account with this e-mail address. Please confirm that it reaches you.",
                ),
                action("Open this page and press the button", page(&format!("/verify/{}", token.expose()))),
                paragraph(until(ends)),
                paragraph("If it was not you, do nothing. The account cannot be used until the address is confirmed."),
            ],
            Self::ConfirmChange { token, ends } => vec![
                paragraph("You asked that letters for your account come to this address from now on."),
                action("To confirm it, open this page and press the button", page(&format!("/verify/{}", token.expose()))),
                paragraph(until(ends)),
                paragraph("If it was not you, do nothing: the address stays as it is."),
            ],
            Self::AddressKnown { name } => vec![
                paragraph(
                    "Somebody, perhaps you, has tried to use this e-mail address for an account here. You have one already, and only one can have the address.",
                ),
                paragraph(format!("Your user name is {name}.")),
                action("If you have forgotten the password, you can set a new one here", page("/forgotten")),
                paragraph("If it was not you, do nothing. Nobody has got into your account."),
            ],
            Self::EmailChanged { token, ends } => vec![
                paragraph("The e-mail address of your account was changed to another one. Letters do not come here any more."),
                action(
                    "If it was not you, take the change back here; all sessions of the account then end",
                    page(&format!("/email-undo/{}", token.expose())),
                ),
                paragraph(until(ends)),
                paragraph("If it was you, there is nothing to do."),
            ],
            Self::EmailRestored => vec![
                paragraph(
                    "The change of your e-mail address was taken back. The account has this address again, and all its sessions have ended.",
                ),
                action("If somebody else may know your password, set a new one", page("/forgotten")),
            ],
            Self::PasswordReset { token, ends } => vec![
                paragraph("Somebody, most likely you, has asked for a new password for your account."),
                action("Set one here", page(&format!("/password/{}", token.expose()))),
                paragraph(until(ends)),
                paragraph("If it was not you, do nothing: your password stays as it is."),
            ],
            Self::PasswordChanged => {
                with_help(setting, "The password of your account was changed. All other sessions have ended.")
            }
            Self::NewSignIn { at, agent, address } => {
                let facts = vec![
                    ("When".to_owned(), words::day_and_time(at)),
                    ("Browser".to_owned(), defused(&header_text(&agent::in_words(&agent)))),
                    ("Network address".to_owned(), address),
                ];
                let mut parts = vec![
                    paragraph("Somebody has signed in to your account from a browser that we have not seen before."),
                    Part::Facts(facts),
                ];
                parts.extend(not_you(setting));
                parts
            }
            Self::FactorAdded { factor } => {
                with_help(setting, &format!("Your account now has {} beside the password.", factor.words()))
            }
            Self::FactorRemoved { factor } => {
                with_help(setting, &format!("Your account does not ask for {} any more.", factor.words()))
            }
            Self::RecoveryCodeUsed { left } => {
                let left = words::counted(left, "code");
                with_help(setting, &format!("Somebody has signed in to your account with a recovery code. You have {left} left."))
            }
            Self::ProviderLinked { provider } => {
                with_help(setting, &format!("You can now sign in to your account with {provider}."))
            }
            Self::ProviderUnlinked { provider } => {
                with_help(setting, &format!("Your account can no longer be signed in to with {provider}."))
            }
            Self::DeletionAhead { deletes_at } => vec![
                paragraph(format!(
                    "You asked for your account to be deleted. That will happen on {}.",
                    words::day_and_time(deletes_at)
                )),
                action("Until then you can change your mind: sign in", page("/sign-in")),
                paragraph("If it was not you, sign in, keep the account, and set a new password."),
            ],
            Self::ExportReady { ends } => vec![
                paragraph("What the site has stored of you is ready to be downloaded."),
                action("Fetch it here", page("/account/data")),
                paragraph(until(ends)),
            ],
            Self::RegistrationApproved => {
                vec![paragraph("You have been let in. Welcome."), action("Sign in here", page("/sign-in"))]
            }
            Self::RegistrationDeclined { reason } => declined(&reason),
        }
    }
}

fn declined(reason: &str) -> Vec<Part> {
    let mut parts = vec![paragraph("Your registration was declined. The account goes after a month.")];
    if !reason.trim().is_empty() {
        parts.push(paragraph("The reason given:"));
        parts.push(Part::Quotation(reason.to_owned()));
    }
    parts
}

/// What happened, and what to do if it was somebody else.
fn with_help(setting: &Setting<'_>, what: &str) -> Vec<Part> {
    let mut parts = vec![paragraph(what)];
    parts.extend(not_you(setting));
    parts
}

fn not_you(setting: &Setting<'_>) -> [Part; 2] {
    let reset = Link::to(setting.site, "/forgotten");
    [paragraph("If it was you, there is nothing to do."), action("If it was not you, set a new password at once", reset)]
}

fn until(ends: Moment) -> String {
    format!("The link works once, until {}.", words::day_and_time(ends))
}

fn paragraph(words: impl Into<String>) -> Part {
    Part::Paragraph(words.into())
}

fn action(words: impl Into<String>, link: Link) -> Part {
    Part::Action { words: words.into(), link }
}
