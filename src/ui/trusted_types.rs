//! The one way by which HTML enters a page in the browser.
//!
//! The Content-Security-Policy demands Trusted Types: `innerHTML` takes no plain text. The policy made
//! here, `locutory-preview`, passes a text on as it is, because [`TrustedHtml`] vouches that the
//! server's sanitiser made it. It is private to this module, so nothing else can reach it.

use js_sys::{Function, Object, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::Element;

use super::prose::TrustedHtml;

/// The name by which the header allows it: `layers/headers.rs`.
pub const POLICY: &str = "locutory-preview";

thread_local! {
    /// Nothing where the browser knows no Trusted Types and so takes text.
    static PASS: Option<Pass> = Pass::new();
}

struct Pass {
    policy: JsValue,
    create_html: Function,
}

impl Pass {
    fn new() -> Option<Self> {
        let factory = Reflect::get(&window(), &"trustedTypes".into()).ok()?;
        let create_policy: Function = Reflect::get(&factory, &"createPolicy".into()).ok()?.dyn_into().ok()?;
        let rules = Object::new();
        let as_it_is = Closure::<dyn Fn(String) -> String>::new(|html| html);
        Reflect::set(&rules, &"createHTML".into(), &as_it_is.into_js_value()).ok()?;
        let policy = create_policy.call2(&factory, &POLICY.into(), &rules).ok()?;
        let create_html = Reflect::get(&policy, &"createHTML".into()).ok()?.dyn_into().ok()?;
        Some(Self { policy, create_html })
    }

    fn pass(&self, html: &TrustedHtml) -> JsValue {
        self.create_html.call1(&self.policy, &html.as_str().into()).unwrap_or(JsValue::NULL)
    }
}

/// Shows sanitised HTML as the content of an element.
pub fn fill(element: &Element, html: &TrustedHtml) {
    let content = PASS.with(|pass| pass.as_ref().map_or_else(|| html.as_str().into(), |pass| pass.pass(html)));
    // A browser that refuses shows the element empty; there is nobody to tell.
    let _ = Reflect::set(element, &"innerHTML".into(), &content);
}
