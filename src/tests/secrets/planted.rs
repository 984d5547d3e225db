//! A secret that was planted, and the forms in which it would betray itself.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::places::readable;

pub struct Planted {
    pub what: String,
    pub text: String,
    forms: Vec<String>,
    /// The one page or answer that is there to show it.
    pub shown_at: &'static [&'static str],
}

impl Planted {
    pub fn new(what: &str, text: &str, shown_at: &'static [&'static str]) -> Self {
        let mut forms = forms(text.as_bytes());
        // What stands for bytes must not lie in the database as these bytes either.
        if let Ok(bytes) = URL_SAFE_NO_PAD.decode(text)
            && bytes.len() >= 8
        {
            forms.extend(self::forms(&bytes));
        }
        if text.contains(' ') {
            forms.push(text.replace(' ', "+"));
            forms.push(text.replace(' ', "%20"));
        }
        Self { what: what.to_owned(), text: text.to_owned(), forms, shown_at }
    }

    /// One that is bytes and no text.
    pub fn bytes(what: &str, bytes: &[u8]) -> Self {
        Self { what: what.to_owned(), text: String::new(), forms: forms(bytes), shown_at: &[] }
    }

    pub fn is_in(&self, place: &str) -> bool {
        self.forms.iter().any(|form| place.contains(form.as_str()))
    }
}

/// As it is, and as programs write bytes down.
fn forms(bytes: &[u8]) -> Vec<String> {
    let hex = bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    let list: Vec<_> = bytes.iter().map(u8::to_string).collect();
    vec![
        readable(bytes),
        hex.to_uppercase(),
        hex,
        list.join(", "),
        list.join(","),
        STANDARD_NO_PAD.encode(bytes),
        URL_SAFE_NO_PAD.encode(bytes),
    ]
}
