//! Passkeys in the browser: asks the server for a challenge, the authenticator for its answer, and sends
//! that with the very form that stands in the page.
//!
//! Everything crosses as JSON, which the browser reads and writes itself, so that the wasm knows nothing
//! of what a passkey is made of.

use js_sys::{Array, Function, JSON, Object, Promise, Reflect};
use leptos::{prelude::*, task::spawn_local};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlFormElement, HtmlInputElement};

use crate::{
    accounts::{
        model::{PasskeyCeremony, PasskeyName},
        view::{ADD_PASSKEY, ASK_FOR_PASSKEY, BEGIN_PASSKEY},
    },
    error::{AppError, Refusal},
    landing::Landing,
    ui::{RefusalNotice, on_page_shown, post, set_busy, show_problems},
    valid::{FieldProblems, Value},
};

/// The form within (`children`, from the server) asks for a passkey when it is sent. Where it says so
/// (`data-autofill`), browsers offer passkeys in the fields of the page as well.
#[allow(clippy::must_use_candidate, reason = "a view that is not used is not seen")]
#[island]
pub fn PasskeyForm(children: Children) -> impl IntoView {
    let asking = Asking::new();
    let frame = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let frame = frame.get();
        let marker = frame.and_then(|frame| frame.query_selector("[data-autofill]").ok().flatten());
        if let Some(form) = marker.and_then(|marker| marker.closest("form").ok().flatten()?.dyn_into().ok()) {
            asking.offer(form);
        }
    });
    view! {
        <div class="stack" node_ref=frame on:submit=move |event| asking.submit(&event)>
            <RefusalNotice refusal=asking.refusal />
            {children()}
        </div>
    }
}

/// How the browser asks the person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    /// In a dialogue of its own.
    AtOnce,
    /// Among what it fills fields with.
    InFields,
}

#[derive(Clone, Copy)]
struct Asking {
    refusal: RwSignal<Option<AppError>>,
    waiting: StoredValue<Option<HtmlFormElement>, LocalStorage>,
    /// Takes back the offer in the fields: a browser asks one thing at a time.
    offer: StoredValue<Option<JsValue>, LocalStorage>,
}

impl Asking {
    fn new() -> Self {
        let asking =
            Self { refusal: RwSignal::new(None), waiting: StoredValue::new_local(None), offer: StoredValue::new_local(None) };
        on_page_shown(move || asking.rest());
        asking
    }

    fn submit(self, event: &Event) {
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        event.prevent_default();
        if self.waiting.with_value(Option::is_some) {
            return;
        }
        self.refusal.set(None);
        let problems = problems(&form);
        show_problems(&form, &problems);
        if !problems.is_empty() {
            return;
        }
        self.withdraw();
        set_busy(&form, true);
        self.waiting.set_value(Some(form.clone()));
        spawn_local(async move {
            match exchange(&form, Manner::AtOnce, None).await {
                Ok(landing) => self.leave_for(&landing),
                Err(error) => self.refused(&form, error),
            }
        });
    }

    /// Offers passkeys in the fields of the page, where the browser can. Nobody has asked for it, so
    /// nobody is told when it comes to nothing.
    fn offer(self, form: HtmlFormElement) {
        spawn_local(async move {
            if !can_offer().await.is_ok_and(|can| can.is_truthy()) {
                return;
            }
            let Ok(controller) = new("AbortController") else { return };
            self.offer.set_value(Some(controller.clone()));
            let signal = Reflect::get(&controller, &"signal".into()).ok();
            match exchange(&form, Manner::InFields, signal).await {
                Ok(landing) => self.leave_for(&landing),
                Err(AppError::Forbidden(Refusal::PasskeyNotGiven)) => {}
                Err(error) => self.refused(&form, error),
            }
        });
    }

    fn withdraw(self) {
        if let Some(controller) = self.offer.try_update_value(Option::take).flatten() {
            let _ = method(&controller, "abort").and_then(|abort| abort.call0(&controller));
        }
    }

    fn rest(self) {
        if let Some(form) = self.waiting.try_update_value(Option::take).flatten() {
            set_busy(&form, false);
        }
    }

    fn leave_for(self, landing: &Landing) {
        if window().location().assign(&landing.address()).is_err() {
            self.rest();
        }
    }

    fn refused(self, form: &HtmlFormElement, error: AppError) {
        self.rest();
        show_problems(form, &error.field_problems());
        self.refusal.set(Some(error));
    }
}

/// What is wrong before anybody is asked: a passkey that was made cannot be unmade.
fn problems(form: &HtmlFormElement) -> FieldProblems {
    let mut problems = FieldProblems::default();
    if let Some(problem) = field(form, "name").and_then(|name| PasskeyName::parse(&name.value()).err()) {
        problems.add("name", problem);
    }
    problems
}

/// Challenge, answer, and what came of it.
async fn exchange(form: &HtmlFormElement, manner: Manner, signal: Option<JsValue>) -> Result<Landing, AppError> {
    let action = form.get_attribute("action").unwrap_or_default();
    let is_new = action == ADD_PASSKEY;
    let challenge = if is_new { BEGIN_PASSKEY } else { ASK_FOR_PASSKEY };
    let ceremony: PasskeyCeremony = post(form, challenge).await?;
    let answer = ask(&ceremony.options, is_new, manner, signal).await.map_err(|_| Refusal::PasskeyNotGiven)?;
    write(form, "token", ceremony.token.expose());
    write(form, "credential", &answer);
    write(form, "keeping", kept());
    post(form, &action).await
}

/// The box of the form beside this one counts for both.
fn kept() -> &'static str {
    let tick = document().get_element_by_id("keeping").and_then(|tick| tick.dyn_into::<HtmlInputElement>().ok());
    if tick.is_some_and(|tick| tick.checked()) { "kept" } else { "" }
}

async fn ask(options: &str, is_new: bool, manner: Manner, signal: Option<JsValue>) -> Result<String, JsValue> {
    let (parse, verb) = if is_new { ("parseCreationOptionsFromJSON", "create") } else { ("parseRequestOptionsFromJSON", "get") };
    let class = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let request = Object::new();
    Reflect::set(&request, &"publicKey".into(), &method(&class, parse)?.call1(&class, &JSON::parse(options)?)?)?;
    if manner == Manner::InFields {
        Reflect::set(&request, &"mediation".into(), &"conditional".into())?;
    }
    if let Some(signal) = signal {
        Reflect::set(&request, &"signal".into(), &signal)?;
    }
    let credentials = Reflect::get(&window().navigator(), &"credentials".into())?;
    let asked: Promise = method(&credentials, verb)?.call1(&credentials, &request)?.dyn_into()?;
    let credential = JsFuture::from(asked).await?;
    let answer = method(&credential, "toJSON")?.call0(&credential)?;
    Ok(JSON::stringify(&answer)?.into())
}

async fn can_offer() -> Result<JsValue, JsValue> {
    let class = Reflect::get(&window(), &"PublicKeyCredential".into())?;
    let told: Promise = method(&class, "isConditionalMediationAvailable")?.call0(&class)?.dyn_into()?;
    JsFuture::from(told).await
}

fn method(of: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(of, &name.into())?.dyn_into()
}

fn new(class: &str) -> Result<JsValue, JsValue> {
    let constructor: Function = Reflect::get(&window(), &class.into())?.dyn_into()?;
    Reflect::construct(&constructor, &Array::new())
}

fn field(form: &HtmlFormElement, name: &str) -> Option<HtmlInputElement> {
    form.elements().named_item(name)?.dyn_into().ok()
}

fn write(form: &HtmlFormElement, name: &str, text: &str) {
    if let Some(field) = field(form, name) {
        field.set_value(text);
    }
}
