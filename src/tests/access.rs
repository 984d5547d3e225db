//! Who may do what, through HTTP: `docs/permissions.md` is read, every line of it is done by every kind
//! of visitor, and the answers must be those that stand there.

mod cast;
mod elsewhere;
mod functions;
mod pages;
mod stage;
mod table;

use std::collections::BTreeSet;

use crate::{
    policy::{Audience, Rule, Sensitivity, TABLE},
    server::router,
};

use cast::Visitor;
pub use functions::given_credential;
use stage::Stage;
use table::{Line, Section};

#[test]
fn the_documented_acts_are_those_of_the_policy() {
    let documented = table::acts();
    let decided: Vec<_> = TABLE.iter().map(described).collect();
    assert_eq!(documented, decided);
}

fn described(rule: &Rule) -> [String; 3] {
    let audience = match rule.audience {
        Audience::Everyone => "everyone",
        Audience::Guests => "who is not signed in",
        Audience::Accounts => "everybody with an account",
        Audience::Members => "everybody in good standing",
        Audience::Moderators => "moderators and admins",
        Audience::Admins => "admins",
        Audience::Operators => "the operator",
    };
    let proof = match rule.sensitivity {
        Sensitivity::Usual => "no",
        Sensitivity::Sensitive => "yes",
    };
    [rule.act, audience, proof].map(str::to_owned)
}

#[test]
fn every_page_has_its_lines_and_no_line_is_about_nothing() {
    let documented: BTreeSet<_> = table::lines(Section::Pages).into_iter().map(|line| line.subject).collect();
    let served: BTreeSet<_> = router::pages().into_iter().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(documented, served);
}

#[test]
fn every_server_function_has_its_lines_and_no_line_is_about_nothing() {
    let sections = [Section::Comments, Section::Discussions, Section::Accounts, Section::Letters, Section::Site];
    let documented: BTreeSet<_> =
        sections.into_iter().flat_map(table::lines).map(|line| format!("/api/{}", line.subject)).collect();
    let registered: BTreeSet<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()).collect();
    assert_eq!(documented, registered);
}

/// Does every line of a section as every visitor and compares the answers, all of them at once.
async fn hold_to(section: Section) {
    let mut stage = Stage::set().await;
    let mut differing = Vec::new();
    for line in table::lines(section) {
        let answers = answers_to(&mut stage, section, &line).await;
        for ((visitor, expected), answer) in Visitor::ALL.iter().zip(&line.answers).zip(&answers) {
            if expected != answer {
                let Line { subject, about, .. } = &line;
                differing.push(format!("{subject}, {about}, {}: documented {expected:?}, answered {answer:?}", visitor.name()));
            }
        }
    }
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

async fn answers_to(stage: &mut Stage, section: Section, line: &Line) -> Vec<String> {
    let mut answers = Vec::new();
    for visitor in Visitor::ALL {
        if functions::needs_everybody_anew(line) {
            stage.assemble().await;
        }
        answers.push(match section {
            Section::Pages => pages::answer(stage, visitor, line).await,
            _ => functions::answer(stage, visitor, line).await,
        });
    }
    if functions::uses_visitors_up(line) {
        stage.assemble().await;
    }
    answers
}

#[tokio::test]
async fn pages_answer_as_documented() {
    hold_to(Section::Pages).await;
}

#[tokio::test]
async fn functions_of_comments_answer_as_documented() {
    hold_to(Section::Comments).await;
}

#[tokio::test]
async fn functions_of_discussions_answer_as_documented() {
    hold_to(Section::Discussions).await;
}

#[tokio::test]
async fn functions_of_accounts_answer_as_documented() {
    hold_to(Section::Accounts).await;
}

#[tokio::test]
async fn functions_of_letters_answer_as_documented() {
    hold_to(Section::Letters).await;
}

#[tokio::test]
async fn functions_of_the_site_answer_as_documented() {
    hold_to(Section::Site).await;
}
