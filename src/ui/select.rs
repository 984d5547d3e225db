//! One of several options from a list that opens.

use leptos::prelude::*;

use super::field::{FieldFrame, FieldIds, invalid};

/// An option of a `Select` or a `RadioGroup`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form sends.
    pub value: String,
    pub label: String,
    /// Shown in a `RadioGroup` only.
    pub hint: Option<String>,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), hint: None }
    }

    #[must_use]
    pub fn with_hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A list to choose one option from.
#[component]
pub fn Select(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: String,
    choices: Vec<Choice>,
    /// The value of the option chosen so far; without one the browser takes the first.
    #[prop(optional, into)]
    chosen: Option<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let ids = FieldIds::new(&name, &id, &hint);
    let options = choices
        .into_iter()
        .map(|choice| {
            let selected = chosen.as_ref() == Some(&choice.value);
            view! { <option value=choice.value selected=selected>{choice.label}</option> }
        })
        .collect_view();
    let control = view! {
        <select
            id=ids.control.clone()
            name=name
            aria-describedby=ids.described_by()
            aria-invalid=invalid(problem)
        >
            {options}
        </select>
    }
    .into_any();
    view! { <FieldFrame ids label hint problem required=true control children=None /> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn the_chosen_option_is_the_only_one_selected() {
        let choices = vec![Choice::new("member", "Member"), Choice::new("admin", "Admin")];
        let html = rendered(|| view! { <Select label="Role" name="role" choices chosen="admin" /> });
        assert_eq!(html.matches(" selected").count(), 1, "{html}");
        assert!(html.contains(r#"value="admin" selected"#), "{html}");
    }
}
