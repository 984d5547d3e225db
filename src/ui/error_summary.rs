//! What is wrong with a refused form, at its top, each sentence leading to its field.
//!
//! Promise: the keyboard's focus is on it when the page opens, without a script.

use leptos::prelude::*;

/// A sentence about one field, or about the whole form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The id of the field, usually its name; empty when no single field is at fault.
    pub field: String,
    pub sentence: String,
}

impl FieldProblem {
    pub fn new(field: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { field: field.into(), sentence: sentence.into() }
    }
}

fn heading(problems: usize) -> String {
    match problems {
        1 => "One thing needs your attention".to_owned(),
        2 => "Two things need your attention".to_owned(),
        3 => "Three things need your attention".to_owned(),
        more => format!("{more} things need your attention"),
    }
}

fn line(problem: FieldProblem) -> AnyView {
    if problem.field.is_empty() {
        view! { <li>{problem.sentence}</li> }.into_any()
    } else {
        view! { <li><a href=format!("#{}", problem.field)>{problem.sentence}</a></li> }.into_any()
    }
}

/// The list of problems; nothing at all while there are none.
#[component]
pub fn ErrorSummary(#[prop(into)] problems: Signal<Vec<FieldProblem>>) -> impl IntoView {
    move || {
        let problems = problems.get();
        (!problems.is_empty()).then(|| {
            view! {
                <div class="error-summary" tabindex="-1" autofocus aria-labelledby="error-summary-title">
                    <div role="alert">
                        <h2 id="error-summary-title">{heading(problems.len())}</h2>
                        <ul>{problems.into_iter().map(line).collect_view()}</ul>
                    </div>
                </div>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn each_problem_leads_to_its_field() {
        let problems = vec![FieldProblem::new("email", "Enter an address."), FieldProblem::new("", "Registration is closed.")];
        let html = rendered(|| view! { <ErrorSummary problems /> });
        assert!(html.contains("Two things need your attention"), "{html}");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
        assert!(html.contains(r##"href="#email""##), "{html}");
    }

    #[test]
    fn a_form_without_problems_has_no_summary() {
        let html = rendered(|| view! { <ErrorSummary problems=Vec::new() /> });
        assert!(!html.contains("error-summary"), "{html}");
    }
}
