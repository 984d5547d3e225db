//! Boxes to tick and options to choose from, each with its label.

use leptos::prelude::*;

use super::{
    field::{FieldIds, FieldRemarks, invalid},
    select::Choice,
};

/// Whether a box is ticked when the page opens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tick {
    #[default]
    Clear,
    Ticked,
}

/// A box to tick. It sends `name=value` while it is ticked and nothing otherwise.
#[component]
pub fn Checkbox(
    #[prop(into)] label: String,
    #[prop(into)] name: String,
    #[prop(optional, into)] id: String,
    #[prop(default = "true".to_owned(), into)] value: String,
    #[prop(optional)] tick: Tick,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let ids = FieldIds::new(&name, &id, &hint);
    let control = ids.control.clone();
    view! {
        <div class="field">
            <div class="choice">
                <input
                    type="checkbox"
                    id=control.clone()
                    name=name
                    value=value
                    checked=tick == Tick::Ticked
                    aria-describedby=ids.described_by()
                    aria-invalid=invalid(problem)
                />
                <label for=control>{label}</label>
            </div>
            <FieldRemarks ids hint problem />
        </div>
    }
}

/// One of a few options, all of them seen at once. The group's id is on its first option, so that
/// the error summary's link leads there.
#[component]
pub fn RadioGroup(
    #[prop(into)] legend: String,
    #[prop(into)] name: String,
    choices: Vec<Choice>,
    /// The value of the option chosen so far.
    #[prop(optional, into)]
    chosen: Option<String>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] problem: Signal<Option<String>>,
) -> impl IntoView {
    let ids = FieldIds::new(&name, "", &hint);
    let described_by = ids.described_by();
    let options = choices
        .into_iter()
        .enumerate()
        .map(|(place, choice)| {
            let id = if place == 0 { name.clone() } else { format!("{name}-{}", choice.value) };
            let checked = chosen.as_ref() == Some(&choice.value);
            view! {
                <div class="choice">
                    <input type="radio" id=id.clone() name=name.clone() value=choice.value checked=checked />
                    <label for=id>
                        {choice.label} {choice.hint.map(|hint| view! { " " <span class="hint">{hint}</span> })}
                    </label>
                </div>
            }
        })
        .collect_view();
    view! {
        <fieldset class="choices" aria-describedby=described_by>
            <legend>{legend}</legend>
            <FieldRemarks ids hint problem />
            {options}
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn the_chosen_option_is_the_only_one_checked() {
        let choices = vec![Choice::new("open", "Open"), Choice::new("closed", "Closed").with_hint("By invitation.")];
        let html =
            rendered(|| view! { <RadioGroup legend="Registration" name="registration" choices=choices chosen="closed" /> });
        assert_eq!(html.matches(" checked").count(), 1, "{html}");
        let closed = html.find(r#"value="closed""#).expect("the option is there");
        assert!(html[closed..].contains("checked"), "{html}");
    }

    #[test]
    fn a_ticked_box_says_so() {
        let html = rendered(|| view! { <Checkbox label="Agreed" name="agreed" tick=Tick::Ticked /> });
        assert!(html.contains(" checked"), "{html}");
        let html = rendered(|| view! { <Checkbox label="Agreed" name="agreed" /> });
        assert!(!html.contains(" checked"), "{html}");
    }
}
