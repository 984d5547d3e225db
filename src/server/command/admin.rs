//! `locutory admin`: accounts and roles from the server's own terminal, for the first admin and
//! for the night in which nobody can sign in.

use clap::{Args, Subcommand, ValueEnum};
use serde_json::{Value, json};

use super::failure::Failure;
use super::output::say;
use super::password::PasswordInput;
use crate::accounts::model::{Registration, Role};
use crate::server::accounts::factors::StaffMember;
use crate::server::config::{Config, folder};
use crate::server::{App, operator};

/// Make admins, change roles and reset passwords
///
/// These commands may be used while the server runs. Changes of role and password end the
/// sessions of that person.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make a new account with the role of an admin
    ///
    /// The password is asked for on the terminal, twice and unseen.
    #[command(after_help = "Examples:
  locutory admin create ada ada@example.org
  pass show locutory/ada | locutory admin create ada ada@example.org --password-stdin")]
    Create(Create),
    /// Give somebody more rights
    #[command(after_help = "Examples:
  locutory admin promote grace
  locutory admin promote grace --to moderator")]
    Promote(Promote),
    /// Take rights from somebody; the last admin keeps theirs
    #[command(after_help = "Examples:
  locutory admin demote grace
  locutory admin demote grace --to moderator")]
    Demote(Demote),
    /// Give somebody a new password
    ///
    /// The password is asked for on the terminal, twice and unseen.
    #[command(after_help = "Examples:
  locutory admin reset-password ada
  pass show locutory/ada | locutory admin reset-password ada --password-stdin")]
    ResetPassword(ResetPassword),
    /// Take all second factors from somebody who has lost them
    ///
    /// Their app, passkeys and recovery codes count no more, and their sessions end. They sign in
    /// with the password and set a factor up anew.
    #[command(after_help = "Example:
  locutory admin reset-factor ada")]
    ResetFactor(Named),
    /// Sign somebody out everywhere
    #[command(after_help = "Example:
  locutory admin end-sessions ada")]
    EndSessions(Named),
    /// List moderators and admins with their second factors
    #[command(after_help = "Examples:
  locutory admin list
  locutory admin list --without-factor --json")]
    List(List),
}

#[derive(Args, Debug)]
pub struct Named {
    /// The user name
    name: String,
}

#[derive(Args, Debug)]
pub struct List {
    /// Only those who have none
    #[arg(long)]
    without_factor: bool,
    /// Print JSON for other programs to read
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub struct Create {
    /// The user name
    name: String,
    /// The e-mail address
    email: String,
    #[command(flatten)]
    password: PasswordInput,
}

#[derive(Args, Debug)]
pub struct Promote {
    /// The user name
    name: String,
    /// The new role
    #[arg(long, value_name = "ROLE", value_enum, default_value_t = Higher::Admin)]
    to: Higher,
}

#[derive(Args, Debug)]
pub struct Demote {
    /// The user name
    name: String,
    /// The new role
    #[arg(long, value_name = "ROLE", value_enum, default_value_t = Lower::Member)]
    to: Lower,
}

#[derive(Args, Debug)]
pub struct ResetPassword {
    /// The user name
    name: String,
    #[command(flatten)]
    password: PasswordInput,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Higher {
    Moderator,
    Admin,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Lower {
    Member,
    Moderator,
}

impl From<Higher> for Role {
    fn from(higher: Higher) -> Self {
        match higher {
            Higher::Moderator => Self::Moderator,
            Higher::Admin => Self::Admin,
        }
    }
}

impl From<Lower> for Role {
    fn from(lower: Lower) -> Self {
        match lower {
            Lower::Member => Self::Member,
            Lower::Moderator => Self::Moderator,
        }
    }
}

impl List {
    fn of(&self, staff: &[StaffMember]) -> String {
        let staff: Vec<_> = staff.iter().filter(|person| !self.without_factor || person.factors.is_empty()).collect();
        if self.json {
            let rows = staff.iter().map(|person| {
                let factors = person.factors;
                json!({ "name": person.name, "role": person.role.name(), "app": factors.totp, "passkeys": factors.passkeys })
            });
            return rows.collect::<Value>().to_string();
        }
        if staff.is_empty() {
            return "Nobody.".to_owned();
        }
        staff.into_iter().map(line_of).collect::<Vec<_>>().join("\n")
    }
}

fn line_of(person: &StaffMember) -> String {
    let factors = match (person.factors.totp, person.factors.passkeys) {
        (true, true) => "app, passkey",
        (true, false) => "app",
        (false, true) => "passkey",
        (false, false) => "no second factor",
    };
    format!("{:<30}  {:<9}  {factors}", person.name, person.role.name())
}

impl Admin {
    pub async fn run(self, config: Config) -> Result<(), Failure> {
        folder::prepare(&config.data)?;
        let app = App::open(config).await?;
        let done = self.act(&app).await;
        app.close().await;
        Ok(say(done?)?)
    }

    /// Returns what to tell.
    async fn act(self, app: &App) -> Result<String, Failure> {
        match self {
            Self::Create(Create { name, email, password }) => {
                let password = password.read()?;
                let told = format!("{name} is an admin now and can sign in.");
                let admin = Registration { username: name, email, password, ..Registration::default() };
                operator::create_admin(app, admin).await?;
                Ok(told)
            }
            Self::Promote(Promote { name, to }) => {
                let role = Role::from(to);
                operator::promote(app, &name, role).await?;
                Ok(format!("{name} has the role {} now.", role.name()))
            }
            Self::Demote(Demote { name, to }) => {
                let role = Role::from(to);
                operator::demote(app, &name, role).await?;
                Ok(format!("{name} has the role {} now.", role.name()))
            }
            Self::ResetFactor(Named { name }) => {
                operator::reset_factors(app, &name).await?;
                Ok(format!("{name} has no second factor any more; all sessions have ended."))
            }
            Self::EndSessions(Named { name }) => {
                operator::end_sessions(app, &name).await?;
                Ok(format!("{name} is signed out everywhere."))
            }
            Self::List(list) => Ok(list.of(&operator::staff(app).await?)),
            Self::ResetPassword(ResetPassword { name, password }) => {
                operator::reset_password(app, &name, password.read()?).await?;
                Ok(format!("{name} can sign in with the new password; older sessions have ended."))
            }
        }
    }
}
