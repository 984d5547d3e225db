//! The accounts elsewhere that open one's own: seeing, linking and unlinking them.

use axum::response::Response;
use leptos::prelude::*;

use super::{elsewhere::ProviderButtons, rooms::AccountRooms};
use crate::{
    accounts::{
        model::{Identity, ProviderIntent, ProviderOffer},
        view::UNLINK_PROVIDER,
    },
    error::AppError,
    moment::Moment,
    server::{
        accounts::providers,
        shell::{Frame, Head},
        web::Trouble,
    },
    ui::{Button, ButtonKind, ButtonSize, Form, When},
};

/// One's accounts elsewhere; nothing where there are none and can be none.
pub async fn linked_accounts(frame: Frame) -> Result<Response, Trouble> {
    let linked = providers::linked(&frame.visit).await?;
    let offers = frame.visit.app().providers().offers();
    if offers.is_empty() && linked.is_empty() {
        return Err(AppError::NotFound.into());
    }
    let now = frame.visit.now();
    let rows = linked.into_iter().map(|identity| (title_of(&offers, &identity), identity)).collect();
    Ok(frame.page(Head::titled("Accounts elsewhere").not_indexed(), move || {
        view! {
            <header class="page-head">
                <h1>"Accounts elsewhere"</h1>
                <p class="lead">"Each of them opens your account here, as your password does."</p>
            </header>
            <AccountRooms current="/account/providers" />
            <section class="panel">
                <h2>"Linked"</h2>
                <Linked rows now />
            </section>
            {(!offers.is_empty()).then(|| {
                view! {
                    <section class="panel">
                        <h2>"Link another one"</h2>
                        <p class="quiet">"You are led there, say who you are, and come back."</p>
                        <ProviderButtons offers intent=ProviderIntent::Link next="/account/providers".to_owned() />
                    </section>
                }
            })}
        }
    }))
}

/// As the provider's button calls it; by its name where the operator no longer has it.
fn title_of(offers: &[ProviderOffer], identity: &Identity) -> String {
    let offer = offers.iter().find(|offer| offer.name == identity.provider);
    offer.map_or_else(|| identity.provider.to_string(), |offer| offer.title.clone())
}

#[component]
fn Linked(rows: Vec<(String, Identity)>, now: Moment) -> impl IntoView {
    if rows.is_empty() {
        return view! { <p class="quiet">"None yet."</p> }.into_any();
    }
    let rows = rows
        .into_iter()
        .map(|(title, identity)| {
            let id = identity.id.0.to_string();
            let name = format!("Unlink {} at {title}", identity.label);
            let used = match identity.last_used {
                Some(at) => view! { "last used " <When at now /> }.into_any(),
                None => "never used to sign in".into_any(),
            };
            view! {
                <li>
                    <p><strong>{title}</strong> ": " <span dir="auto">{identity.label}</span></p>
                    <p class="activity-head">"Linked " <When at=identity.linked now /> ", " {used}</p>
                    <Form action=UNLINK_PROVIDER class="" label=name>
                        <input type="hidden" name="identity" value=id />
                        <Button kind=ButtonKind::Danger size=ButtonSize::Small>"Unlink"</Button>
                    </Form>
                </li>
            }
        })
        .collect_view();
    view! {
        <p class="quiet">"What is unlinked opens nothing here any more; your other sessions end as well."</p>
        <ol class="activity">{rows}</ol>
    }
    .into_any()
}
