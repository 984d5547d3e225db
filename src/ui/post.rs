//! Sends a form as the browser itself would, and reads the answer in place of going there. Only for
//! islands.
//!
//! One road for every form, so that what works without scripts and what works with them is one form
//! and one request.

use js_sys::Reflect;
use leptos::prelude::window;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FormData, HtmlFormElement, RequestInit, Response, UrlSearchParams};

use crate::error::AppError;

/// What a server function answered.
///
/// # Errors
/// Its refusal, or [`AppError::Offline`] when no answer came that could be read.
pub async fn post<Answer: DeserializeOwned>(form: &HtmlFormElement, action: &str) -> Result<Answer, AppError> {
    let data = fields_of(form).map_err(|_| AppError::Offline)?;
    read(&send(data, action).await.map_err(|_| AppError::Offline)?).await
}

async fn read<Answer: DeserializeOwned>(response: &Response) -> Result<Answer, AppError> {
    let text = text_of(response).await.ok_or(AppError::Offline)?;
    if response.ok() {
        return serde_json::from_str(&text).map_err(|_| AppError::Offline);
    }
    Err(serde_json::from_str(&text).unwrap_or(AppError::Offline))
}

/// The same for a few fields that are not those of a form.
///
/// # Errors
/// As for [`post`].
pub async fn post_fields<Answer: DeserializeOwned>(action: &str, fields: &[(&str, String)]) -> Result<Answer, AppError> {
    let data = UrlSearchParams::new().map_err(|_| AppError::Offline)?;
    for (name, value) in fields {
        data.append(name, value);
    }
    read(&send(data, action).await.map_err(|_| AppError::Offline)?).await
}

fn fields_of(form: &HtmlFormElement) -> Result<UrlSearchParams, JsValue> {
    let data = FormData::new_with_form(form)?;
    UrlSearchParams::new_with_str_sequence_sequence(&data)
}

async fn send(data: UrlSearchParams, action: &str) -> Result<Response, JsValue> {
    let headers = js_sys::Object::new();
    Reflect::set(&headers, &"Accept".into(), &"application/json".into())?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    request.set_body(&data.into());
    JsFuture::from(window().fetch_with_str_and_init(action, &request)).await?.dyn_into()
}

async fn text_of(response: &Response) -> Option<String> {
    JsFuture::from(response.text().ok()?).await.ok()?.as_string()
}
