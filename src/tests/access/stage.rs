//! What the visitors act on: things in every state, made anew for each of them.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

use super::cast::{Cast, Visitor};
use crate::{
    accounts::model::{InvitationLink, Role, UserId},
    comments::model::{CommentId, Moderation, ModerationDeed},
    discussions::model::{DiscussionId, Openness},
    server::{
        accounts::{self, administration},
        comments,
        discussions::moderation,
        entity::{invitation, user},
    },
    site::model::RegistrationMode,
    tests::support::{PASSWORD, World},
};

pub struct Stage {
    pub world: World,
    pub cast: Cast,
    keeper: UserId,
    counter: usize,
}

/// A discussion with a comment in it, both by the author.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    pub discussion: DiscussionId,
    pub comment: CommentId,
}

impl Stage {
    pub async fn set() -> Self {
        let world = World::with_letters().await;
        world.let_everybody_write_freely().await;
        // Somebody who keeps the site when admins of a cast resign.
        let keeper = world.account("keeper", Role::Admin).await;
        let cast = Cast::assemble(&world, 1).await;
        Self { world, cast, keeper, counter: 1 }
    }

    pub async fn assemble(&mut self) {
        let run = self.number();
        self.cast = Cast::assemble(&self.world, run).await;
    }

    /// A number that was not given out before.
    pub fn number(&mut self) -> usize {
        self.counter += 1;
        self.counter
    }

    /// Brings the site into the state that a line is about.
    pub async fn prepare_site(&self, about: &str) {
        let registration = match about {
            "a closed site" => RegistrationMode::Closed,
            "a site by invitation" | "a site by invitation, invited" => RegistrationMode::Invitation,
            _ => RegistrationMode::Open,
        };
        let edit_window = if about.ends_with("whose time is over") { 0 } else { 30 };
        self.world
            .set(|settings| {
                settings.registration = registration;
                settings.edit_window = edit_window;
            })
            .await;
    }

    /// A discussion and a comment, one of them in the state that a line is about.
    pub async fn talk(&mut self, about: &str) -> Talk {
        self.prepare_site(about).await;
        let author = self.cast.browser(Visitor::Author);
        let discussion = author.starts("Bread").await;
        let comment = author.says(discussion, "Crust first.").await;
        match about {
            "an open discussion" | "a visible comment" => {}
            "a comment whose time is over" | "a discussion whose time is over" => self.world.pass(Duration::from_millis(1)),
            "a locked discussion" | "a comment in a locked discussion" => self.lock(discussion).await,
            "a deleted discussion" | "a comment in a deleted discussion" => {
                moderation::delete(&self.world.operator(), discussion, None).await.unwrap();
            }
            "a hidden comment" => self.hide(comment).await,
            "a hidden comment with replies" => {
                author.replies(discussion, comment, "Why?").await;
                self.hide(comment).await;
            }
            "a deleted comment" => author.takes_back(comment).await,
            unknown => panic!("nobody knows how to make {unknown:?}"),
        }
        Talk { discussion, comment }
    }

    async fn lock(&self, discussion: DiscussionId) {
        moderation::set_openness(&self.world.operator(), discussion, Openness::Locked, None).await.unwrap();
    }

    async fn hide(&self, comment: CommentId) {
        let draft = Moderation { comments: vec![comment], reason: "off topic".to_owned() };
        comments::moderation::moderate(&self.world.operator(), ModerationDeed::Hide, draft, None).await.unwrap();
    }

    /// The address and the number of an invitation.
    pub async fn invitation(&mut self, about: &str) -> (String, i64) {
        if about == "nothing" {
            return (String::new(), -1);
        }
        let fields = [("note", "for the choir"), ("uses", "1"), ("days", "7")];
        let link: InvitationLink = self.world.signed_in("keeper").await.call("/api/accounts/invite", &fields).await.json();
        let newest = invitation::Entity::find().order_by_desc(invitation::Column::Id);
        let newest = newest.one(self.world.app.database().reader()).await.unwrap().unwrap();
        (link.address, newest.id)
    }

    /// Somebody who waits to be let in, or a member.
    pub async fn applicant(&mut self, about: &str) -> UserId {
        if about != "somebody who waits" {
            return self.target(Visitor::Guest, about).await;
        }
        self.world.set(|settings| settings.registration = RegistrationMode::Approval).await;
        let name = format!("applicant-{}", self.number());
        let email = format!("{name}@mail.example");
        let fields = [("username", name.as_str()), ("email", &email), ("password", PASSWORD), ("application", "I bake.")];
        self.world.guest().call("/api/accounts/register", &fields).await.landing();
        accounts::profile(&self.world.operator(), &name).await.unwrap().id
    }

    /// The account that a visitor's act is about.
    pub async fn target(&mut self, visitor: Visitor, about: &str) -> UserId {
        let role = match about {
            "oneself" => return self.cast.id(visitor),
            "oneself, the last admin" => return self.last_admin(visitor).await,
            "a member" => Role::Member,
            "a moderator" => Role::Moderator,
            "an admin" => Role::Admin,
            unknown => panic!("nobody knows who {unknown:?} is"),
        };
        let name = format!("target-{}", self.number());
        self.world.account(&name, role).await
    }

    /// Takes the role from every admin but the visitor; where the visitor is none, the keeper is the last.
    async fn last_admin(&mut self, visitor: Visitor) -> UserId {
        let operator = self.world.operator();
        let last = match visitor {
            Visitor::Admin | Visitor::StaleAdmin => self.cast.id(visitor),
            _ => {
                administration::change_role(&operator, self.keeper, Role::Admin).await.unwrap();
                self.keeper
            }
        };
        let admins = user::Entity::find().filter(user::Column::Role.eq(Role::Admin.name()));
        for other in admins.all(self.world.app.database().reader()).await.unwrap() {
            if other.id != last.0 {
                administration::change_role(&operator, UserId(other.id), Role::Member).await.unwrap();
            }
        }
        last
    }
}
