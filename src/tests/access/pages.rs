//! Pages, opened by every visitor.

use sea_orm::EntityTrait;

use super::{cast::Visitor, elsewhere, functions::token, stage::Stage, table::Line};
use crate::{
    accounts::model::{EmailAddress, UserId},
    server::{accounts::links::Purpose, entity::user, letters::unsubscribe},
    valid::Value,
};

/// What a visitor is answered, in the words of the table.
pub async fn answer(stage: &mut Stage, visitor: Visitor, line: &Line) -> String {
    let address = address(stage, line).await;
    open_link(stage, visitor, line).await;
    let answer = stage.cast.browser(visitor).get(&address).await;
    let word = match answer.status.as_u16() {
        200 => "yes",
        303 => "leads on",
        401 => "sign in",
        403 => "refused",
        404 => "not found",
        409 => "conflict",
        other => panic!("{other} is no answer of the table: {}", answer.text()),
    };
    word.to_owned()
}

/// The page behind a link is for the browser that opened it.
async fn open_link(stage: &mut Stage, visitor: Visitor, line: &Line) {
    let purpose = match line.subject.as_str() {
        "/set-up" => Purpose::SetUp,
        "/password" => Purpose::Password,
        "/verify" => Purpose::Verification,
        "/email-undo" => Purpose::EmailUndo,
        _ => return,
    };
    let token = token(stage, purpose, &line.about).await;
    stage.cast.browser(visitor).get(&format!("{}/{token}", line.subject)).await;
}

async fn address(stage: &mut Stage, line: &Line) -> String {
    let (path, about) = (line.subject.as_str(), line.about.as_str());
    if path.contains("{discussion}") {
        return path.replace("{discussion}", &stage.talk(about).await.discussion.to_string());
    }
    if path.contains("{comment}") {
        return path.replace("{comment}", &stage.talk(about).await.comment.to_string());
    }
    stage.prepare_site(about).await;
    match (path, about) {
        ("/u/{name}", "somebody") => "/u/keeper".to_owned(),
        ("/u/{name}", "nobody") => "/u/nobody-here".to_owned(),
        ("/admin/users/{user}", "nobody") => "/admin/users/999999".to_owned(),
        ("/admin/users/{user}", about) => {
            let id = stage.target(Visitor::Guest, about).await;
            format!("/admin/users/{id}")
        }
        ("/sign-in/provider/{name}", "an unknown provider") => "/sign-in/provider/nobody".to_owned(),
        ("/sign-in/provider/{name}", _) => format!("/sign-in/provider/{}?state=a&code=b", elsewhere::NAME),
        ("/account/data/{archive}", _) => "/account/data/999999".to_owned(),
        ("/invitation/{token}", _) => "/invitation/AAAA".to_owned(),
        ("/set-up/{token}", about) => format!("/set-up/{}", token(stage, Purpose::SetUp, about).await),
        ("/verify/{token}", about) => format!("/verify/{}", token(stage, Purpose::Verification, about).await),
        ("/email-undo/{token}", about) => format!("/email-undo/{}", token(stage, Purpose::EmailUndo, about).await),
        ("/unsubscribe/{token}", "a link that is not ours") => "/unsubscribe/AAAA".to_owned(),
        ("/unsubscribe/{token}", _) => {
            let database = stage.world.app.database().reader();
            let reader = user::Entity::find().one(database).await.unwrap().expect("the stage has people");
            unsubscribe::path(stage.world.app.seals(), UserId(reader.id), &EmailAddress::parse(&reader.email).unwrap())
        }
        ("/password/{token}", about) => format!("/password/{}", token(stage, Purpose::Password, about).await),
        (path, _) if !path.contains('{') => path.to_owned(),
        (path, about) => panic!("nobody knows how to open {path} about {about}"),
    }
}
