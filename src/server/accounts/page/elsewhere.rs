//! The buttons that send somebody to a provider, on whatever page they stand. They are plain forms, with
//! scripts and without.

use leptos::prelude::*;

use crate::{
    accounts::{
        model::{ProviderIntent, ProviderOffer},
        view::BEGIN_PROVIDER,
    },
    ui::{Button, ButtonSize, Checkbox, Form, Icon, IconName},
};

/// One button for each provider; nothing where the operator names none.
#[component]
pub fn ProviderButtons(offers: Vec<ProviderOffer>, intent: ProviderIntent, next: String) -> impl IntoView {
    let is_none = offers.is_empty();
    let size = if intent == ProviderIntent::Link { ButtonSize::Normal } else { ButtonSize::Wide };
    let buttons = offers
        .into_iter()
        .map(|offer| {
            view! {
                <Button size name="provider" value=offer.name>
                    <Icon name=IconName::Key />
                    " "
                    {verb(intent)}
                    " "
                    {offer.title}
                </Button>
            }
        })
        .collect_view();
    let keeping = (intent == ProviderIntent::SignIn).then(|| {
        view! { <Checkbox label="Keep me signed in" name="keeping" id="keeping-elsewhere" value="kept" hint="Only on a device that is yours alone." /> }
    });
    (!is_none).then(|| {
        view! {
            <Form action=BEGIN_PROVIDER>
                <input type="hidden" name="intent" value=intent.name() />
                <input type="hidden" name="next" value=next />
                {buttons}
                {keeping}
            </Form>
        }
    })
}

/// The buttons below a form that does the same by password.
#[component]
pub fn OrByProvider(offers: Vec<ProviderOffer>, intent: ProviderIntent, next: String) -> impl IntoView {
    (!offers.is_empty()).then(|| {
        view! {
            <p class="or">"or"</p>
            <ProviderButtons offers intent next />
        }
    })
}

const fn verb(intent: ProviderIntent) -> &'static str {
    match intent {
        ProviderIntent::SignIn | ProviderIntent::Register => "Continue with",
        ProviderIntent::Link => "Link an account at",
        ProviderIntent::Prove => "Confirm with",
    }
}
