//! A labelled line of input, and the frame that it shares with every other control: label, hint,
//! problem, control, and what stands below.
//!
//! Promises: label, hint and problem are tied to the control; a secret is never sent back.

use leptos::{html, prelude::*};

/// What is typed into a field. It decides the element's type, the keyboard of a phone and what
/// the browser may fill in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldKind {
    #[default]
    Text,
    UserName,
    Email,
    /// The password one already has.
    Password,
    /// A password being chosen.
    NewPassword,
    /// A one-time code of digits.
    Code,
    Search,
    Number,
    Date,
}

impl FieldKind {
    fn input_type(self) -> &'static str {
        match self {
            Self::Text | Self::UserName | Self::Code => "text",
            Self::Email => "email",
            Self::Password | Self::NewPassword => "password",
            Self::Search => "search",
            Self::Number => "number",
            Self::Date => "date",
        }
    }

    fn autocomplete(self) -> Option<&'static str> {
        match self {
            Self::UserName => Some("username"),
            Self::Email => Some("email"),
            Self::Password => Some("current-password"),
            Self::NewPassword => Some("new-password"),
            Self::Code => Some("one-time-code"),
            Self::Search => Some("off"),
            Self::Text | Self::Number | Self::Date => None,
        }
    }

    fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Code | Self::Number => Some("numeric"),
            _ => None,
        }
    }

    /// Names, addresses and secrets are no words of a language: nothing may correct them.
    fn takes_words(self) -> bool {
        matches!(self, Self::Text | Self::Search)
    }

    fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::NewPassword | Self::Code)
    }
}

/// The ids by which a control, its hint and its problem find one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldIds {
    pub control: String,
    hint: Option<String>,
    problem: String,
}

impl FieldIds {
    /// `id` is needed only where two fields of one page have the same name.
    pub fn new(name: &str, id: &str, hint: &str) -> Self {
        let control = if id.is_empty() { name } else { id };
        Self {
            control: control.to_owned(),
            hint: (!hint.is_empty()).then(|| format!("{control}-hint")),
            problem: format!("{control}-problem"),
        }
    }

    pub fn described_by(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{hint} {}", self.problem),
            None => self.problem.clone(),
        }
    }
}

/// The value of `aria-invalid`: present only while there is a problem.
pub fn invalid(problem: Signal<Option<String>>) -> impl Fn() -> Option<&'static str> + Clone {
    move || problem.with(Option::is_some).then_some("true")
}

/// Hint and problem of a control or of a group of them.
#[component]
pub fn FieldRemarks(ids: FieldIds, hint: String, problem: Signal<Option<String>>) -> impl IntoView {
    view! {
        {ids.hint.map(|id| view! { <p class="hint" id=id>{hint}</p> })}
        <p class="problem" id=ids.problem aria-live="polite">{move || problem.get()}</p>
    }
}

/// The frame around a control (`control`); `children` stand below it.
#[component]
pub fn FieldFrame(
    ids: FieldIds,
    label: String,
    hint: String,
    problem: Signal<Option<String>>,
    required: bool,
    control: AnyView,
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=ids.control.clone()>
                {label}
                {(!required).then(|| view! { " " <span class="optional">"optional"</span> })}
            </label>
            <FieldRemarks ids hint problem />
            {control}
            {children.map(|children| view! { <div class="field-foot">{children()}</div> })}
        </div>
    }
}

/// A line of text with its label.
///
/// `problem` is the sentence that says what is wrong and what would be right; a page gives it as
/// it stands, an island as a signal. Events given to the component (`on:input`, `on:focusout`)
/// arrive at its frame, to which they bubble. A `value` given for a secret is not shown.
#[component]
pub fn TextField(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    /// The element's id where the name is not unique on the page.
    #[prop(optional, into)]
    id: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
    #[prop(optional)] kind: FieldKind,
    /// Overrides what `kind` says.
    #[prop(optional, into)]
    autocomplete: Option<String>,
    /// A field that may be left empty says so.
    #[prop(default = true)]
    required: bool,
    /// Least and greatest value of a number, or first and last day.
    #[prop(optional, into)]
    min: Option<String>,
    #[prop(optional, into)] max: Option<String>,
    /// A button in line with the field.
    #[prop(optional)]
    beside: Option<AnyView>,
    #[prop(optional)] node_ref: NodeRef<html::Input>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let ids = FieldIds::new(&name, &id, &hint);
    // A search may always be left empty; to say so would be noise.
    let said_to_be_required = required || kind == FieldKind::Search;
    let input = view! {
        <input
            node_ref=node_ref
            id=ids.control.clone()
            name=name
            type=kind.input_type()
            value=(!kind.is_secret()).then_some(value)
            autocomplete=autocomplete.or(kind.autocomplete().map(str::to_owned))
            inputmode=kind.input_mode()
            autocapitalize=(!kind.takes_words()).then_some("none")
            spellcheck=(!kind.takes_words()).then_some("false")
            required=required && kind != FieldKind::Search
            min=min
            max=max
            dir=kind.takes_words().then_some("auto")
            aria-describedby=ids.described_by()
            aria-invalid=invalid(problem)
        />
    };
    let control = match beside {
        Some(button) => view! { <div class="input-group">{input}{button}</div> }.into_any(),
        None => input.into_any(),
    };
    view! { <FieldFrame ids label hint problem required=said_to_be_required control children /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn a_problem_is_tied_to_its_field() {
        let html = rendered(
            || view! { <TextField label="E-mail" name="email" hint="Only admins see it." problem=Some("Enter an address.".to_owned()) kind=FieldKind::Email /> },
        );
        assert!(html.contains(r#"aria-describedby="email-hint email-problem""#), "{html}");
        assert!(html.contains(r#"aria-invalid="true""#), "{html}");
        assert!(html.contains(r#"id="email-problem""#) && html.contains("Enter an address."), "{html}");
    }

    #[test]
    fn a_field_without_a_problem_is_not_called_invalid() {
        let html = rendered(|| view! { <TextField label="Title" name="title" /> });
        assert!(!html.contains("aria-invalid"), "{html}");
    }

    #[test]
    fn a_secret_is_never_sent_back() {
        for kind in [FieldKind::Password, FieldKind::NewPassword, FieldKind::Code] {
            let html = rendered(|| view! { <TextField label="Secret" name="secret" value="hunter2" kind=kind /> });
            assert!(!html.contains("hunter2"), "{html}");
        }
    }

    #[test]
    fn what_was_typed_stays_text() {
        let html = rendered(|| view! { <TextField label="Title" name="title" value=r#""><script>alert(1)</script>"# /> });
        assert!(!html.contains("<script>") && !html.contains(r#"value=""">"#), "{html}");
    }
}
