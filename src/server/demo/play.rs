//! Plays what happened: each event is the act of the house that it would have been, by whom and when.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use crate::{
    accounts::model::{
        Actor, Clearance, Freshness, NewPassword, Person, Registration, Role, Secret, Standing, Suspension, UserId, Username,
    },
    audit::model::{Deed, Subject},
    comments::model::{CommentDraft, CommentId, Moderation},
    discussions::model::{DiscussionDraft, DiscussionId, Openness, Prominence, Renaming},
    moment::Moment,
    server::{
        accounts::{self, administration, passphrase},
        app::App,
        audit,
        comments::{self, moderation},
        discussions,
        error::{Error, Result},
        once::OnceKey,
        password::Hash,
        site,
        visit::{Client, Visit},
    },
    site::model::{Settings, SettingsDraft, StaffFactor},
    valid::Value,
};

use super::{
    Event, Login, Stage,
    people::{self, Access, BAN, RESIDENTS, Resident},
    script::{Action, Line, Talk},
};

pub struct Play {
    app: App,
    stage: Stage,
    now: Moment,
    /// What everybody has whom nobody can be.
    unknown: (Secret, Hash),
    cast: HashMap<&'static str, Person>,
    talks: HashMap<Talk, DiscussionId>,
    lines: HashMap<Line, CommentId>,
    logins: Vec<Login>,
}

impl Play {
    pub async fn open(app: App, stage: Stage) -> Result<Self> {
        let password = fresh_password()?;
        let hash = hash(&app, &password).await?;
        Ok(Self {
            now: app.clock().now(),
            app,
            stage,
            unknown: (password, hash),
            cast: HashMap::new(),
            talks: HashMap::new(),
            lines: HashMap::new(),
            logins: Vec::new(),
        })
    }

    /// Whom one can be, the one who may do most first.
    pub fn logins(mut self) -> Vec<Login> {
        self.logins.sort_by_key(|login| std::cmp::Reverse(login.role));
        self.logins
    }

    pub async fn perform(&mut self, before_now: Duration, event: Event) -> Result<()> {
        let at = self.now.before(before_now);
        match event {
            Event::Joins(resident) => self.join(resident, at).await,
            Event::NamesTheSite => self.name_site(at).await,
            Event::GetsRole(name, role) => self.change_role(name, role, at).await,
            Event::SignsIn(name) => self.sign_in(name, at).await,
            Event::FailsToSignIn(address) => self.fail_to_sign_in(address, at).await,
            Event::IsSuspended => self.suspend(at).await,
            Event::Talks(cue) => {
                let visit = self.visit_of(cue.by, at)?;
                self.act(&visit, cue.action).await
            }
        }
    }

    async fn join(&mut self, resident: &'static Resident, at: Moment) -> Result<()> {
        let password = match resident.access {
            Access::Printed => fresh_password()?,
            Access::Unknown => self.unknown.0.clone(),
        };
        let draft = Registration {
            username: resident.name.to_owned(),
            email: format!("{}@millrace.example", resident.mailbox),
            password: password.clone(),
            ..Registration::default()
        };
        let id = self.account(resident, draft, &password, at).await?;
        let role = if resident.role == Role::Admin { Role::Admin } else { Role::Member };
        let name = Username::parse(resident.name).map_err(|_| Error::broken("a sample name is not one", resident.name))?;
        let person = Person { id, name, role, standing: Standing::Good, proof: Freshness::Fresh, clearance: Clearance::Full };
        self.cast.insert(resident.name, person);
        if resident.access == Access::Printed {
            self.logins.push(Login { role: resident.role, username: resident.name.to_owned(), password });
        }
        Ok(())
    }

    async fn account(&self, resident: &Resident, draft: Registration, password: &Secret, at: Moment) -> Result<UserId> {
        if resident.role == Role::Admin {
            return accounts::create(&self.visit(Actor::Operator, None, at), draft, Role::Admin).await;
        }
        let visit = self.visit(Actor::Guest, Some(address_of(resident.name)), at);
        match resident.access {
            Access::Printed => accounts::enrol(&visit, &self.stage, draft, &hash(&self.app, password).await?).await,
            Access::Unknown => accounts::enrol(&visit, &self.stage, draft, &self.unknown.1).await,
        }
    }

    async fn name_site(&self, at: Moment) -> Result<()> {
        let usual = Settings::default();
        let draft = SettingsDraft {
            name: people::SITE_NAME.to_owned(),
            description: people::SITE_DESCRIPTION.to_owned(),
            registration: usual.registration,
            // Whoever tries the community out has no authenticator for its people.
            staff_factor: StaffFactor::Optional,
            comment_length: usual.comment_length.to_string(),
            comments_per_minute: usual.comments_per_minute.to_string(),
            discussions_per_hour: usual.discussions_per_hour.to_string(),
            edit_window: usual.edit_window.to_string(),
        };
        site::save_settings(&self.admin(at)?, draft).await.map(drop)
    }

    async fn change_role(&mut self, name: &'static str, role: Role, at: Moment) -> Result<()> {
        administration::change_role(&self.admin(at)?, self.person(name)?.id, role).await?;
        if let Some(person) = self.cast.get_mut(name) {
            person.role = role;
        }
        Ok(())
    }

    /// Only as the log tells of it: nobody's browser holds a session from the past.
    async fn sign_in(&self, name: &'static str, at: Moment) -> Result<()> {
        let line = audit::Line::of(Deed::SignedIn, Subject::User(self.person(name)?.id.0)).named(name);
        let visit = self.visit(Actor::Guest, Some(address_of(name)), at);
        audit::record(self.app.database().writer(), &visit, line).await
    }

    /// Only as the log tells of it: a real attempt would take the time of a hash.
    async fn fail_to_sign_in(&self, address: u8, at: Moment) -> Result<()> {
        let visit = self.visit(Actor::Guest, Some(people::stranger(address)), at);
        let line = audit::Line::of(Deed::SignInFailed, Subject::Site);
        audit::record(self.app.database().writer(), &visit, line).await
    }

    async fn suspend(&self, at: Moment) -> Result<()> {
        let draft = Suspension { reason: BAN.reason.to_owned(), days: BAN.days.to_owned() };
        administration::suspend(&self.admin(at)?, self.person(BAN.name)?.id, draft).await.map(drop)
    }

    async fn act(&mut self, visit: &Visit, action: Action) -> Result<()> {
        match action {
            Action::Start { talk, title, opening } => {
                let draft = DiscussionDraft { title: title.to_owned(), opening };
                self.talks.insert(talk, discussions::open(visit, draft, &OnceKey::fresh()).await?);
            }
            Action::Say { line, parent, body } => {
                let discussion = self.discussion(line.talk)?;
                let parent = parent.map(|parent| self.comment(parent)).transpose()?;
                let said = comments::say(visit, discussion, parent, CommentDraft { body }, &OnceKey::fresh()).await?;
                self.lines.insert(line, said);
            }
            Action::Edit { line, body } => drop(comments::edit(visit, self.comment(line)?, CommentDraft { body }).await?),
            Action::Retract { line } => drop(comments::delete(visit, self.comment(line)?).await?),
            Action::Moderate { line, deed, reason } => {
                let draft = Moderation { comments: vec![self.comment(line)?], reason: reason.to_owned() };
                moderation::moderate(visit, deed, draft, None).await?;
            }
            Action::Pin { talk } => {
                let discussion = self.discussion(talk)?;
                discussions::moderation::set_prominence(visit, discussion, Prominence::Pinned, None).await?;
            }
            Action::Lock { talk } => {
                let discussion = self.discussion(talk)?;
                discussions::moderation::set_openness(visit, discussion, Openness::Locked, None).await?;
            }
            Action::Rename { talk, title } => {
                let draft = Renaming { title: title.to_owned() };
                discussions::moderation::rename(visit, self.discussion(talk)?, draft, None).await?;
            }
            Action::Remove { talk } => drop(discussions::moderation::delete(visit, self.discussion(talk)?, None).await?),
        }
        Ok(())
    }

    fn admin(&self, at: Moment) -> Result<Visit> {
        self.visit_of(RESIDENTS[0].name, at)
    }

    fn visit_of(&self, name: &str, at: Moment) -> Result<Visit> {
        Ok(self.visit(Actor::Person(self.person(name)?.clone()), Some(address_of(name)), at))
    }

    fn visit(&self, actor: Actor, address: Option<IpAddr>, at: Moment) -> Visit {
        let client = address.map(|address| Client { address, agent: String::new() });
        Visit::on_stage(&self.stage, self.app.clone(), actor, client, at)
    }

    fn person(&self, name: &str) -> Result<&Person> {
        self.cast.get(name).ok_or_else(|| Error::broken("somebody acts before they have joined", name))
    }

    fn discussion(&self, talk: Talk) -> Result<DiscussionId> {
        let started = self.talks.get(&talk).copied();
        started.ok_or_else(|| Error::broken("a discussion goes on before it was started", format!("{talk:?}")))
    }

    fn comment(&self, line: Line) -> Result<CommentId> {
        let said = self.lines.get(&line).copied();
        said.ok_or_else(|| Error::broken("a comment is answered before it was written", format!("{line:?}")))
    }
}

fn address_of(name: &str) -> IpAddr {
    people::address_at(RESIDENTS.iter().position(|resident| resident.name == name).unwrap_or_default())
}

fn fresh_password() -> Result<Secret> {
    passphrase::suggest().map_err(|cause| Error::broken("the system gives no random numbers", cause))
}

async fn hash(app: &App, password: &Secret) -> Result<Hash> {
    let password =
        NewPassword::parse(password).map_err(|_| Error::broken("a suggested passphrase is no password", "its length"))?;
    Ok(app.passwords().hash(&password).await?)
}
