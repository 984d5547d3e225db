//! Bars drawn by the server, with the same numbers as a table for who would rather read them.

use leptos::prelude::*;

/// One bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    /// What the number belongs to, such as a day.
    pub label: String,
    pub value: u64,
}

/// The drawing's own units; the style sheet stretches it.
const BAR_WIDTH: usize = 7;
const BAR_STEP: usize = 10;
const HEIGHT: u64 = 100;

/// The height of a bar among bars of which the tallest is `greatest`. What is not nothing is seen.
fn height(value: u64, greatest: u64) -> u64 {
    match value {
        0 => 0,
        _ => (u128::from(value) * u128::from(HEIGHT) / u128::from(greatest.max(1))).try_into().unwrap_or(HEIGHT).max(1),
    }
}

fn drawn(place: usize, bar: &Bar, greatest: u64) -> impl IntoView + use<> {
    let height = height(bar.value, greatest);
    view! {
        <rect
            class="chart-bar"
            x=place * BAR_STEP + (BAR_STEP - BAR_WIDTH) / 2
            y=HEIGHT - height
            width=BAR_WIDTH
            height=height
        >
            <title>{format!("{}: {}", bar.label, bar.value)}</title>
        </rect>
    }
}

/// A bar chart. `unit` heads the column of numbers ("Comments"), `scale` that of the labels
/// ("Day"); `summary` says in one sentence what is to be seen.
#[component]
pub fn Chart(
    #[prop(into)] caption: String,
    #[prop(into)] summary: String,
    #[prop(into)] scale: String,
    #[prop(into)] unit: String,
    bars: Vec<Bar>,
) -> impl IntoView {
    let greatest = bars.iter().map(|bar| bar.value).max().unwrap_or(0);
    let ends = [bars.first(), bars.last()].map(|bar| bar.map(|bar| bar.label.clone()).unwrap_or_default());
    let [first, last] = ends;
    let width = bars.len() * BAR_STEP;
    let drawing = bars.iter().enumerate().map(|(place, bar)| drawn(place, bar, greatest)).collect_view();
    let rows = bars.into_iter().map(|bar| view! { <tr><th scope="row">{bar.label}</th><td>{bar.value}</td></tr> }).collect_view();
    view! {
        <figure class="chart">
            <figcaption>{caption}</figcaption>
            <svg viewBox=format!("0 0 {width} {HEIGHT}") preserveAspectRatio="none" role="img" aria-label=summary>
                <line class="chart-line" x1="0" x2=width y1="0" y2="0"></line>
                <line class="chart-line" x1="0" x2=width y1=HEIGHT / 2 y2=HEIGHT / 2></line>
                {drawing}
            </svg>
            <p class="chart-scale">
                <span>{first}</span>
                <span>"most: " {greatest}</span>
                <span>{last}</span>
            </p>
            <details>
                <summary>"The same as a table"</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{scale}</th>
                            <th scope="col">{unit}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        </figure>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::rendered;

    #[test]
    fn the_tallest_bar_fills_the_drawing_and_the_smallest_is_still_seen() {
        assert_eq!(height(5_000, 5_000), HEIGHT);
        assert_eq!(height(1, 5_000), 1);
        assert_eq!(height(0, 5_000), 0);
        assert_eq!(height(0, 0), 0);
        assert_eq!(height(u64::MAX, u64::MAX), HEIGHT);
    }

    #[test]
    fn every_number_is_drawn_and_told() {
        let bars = vec![Bar { label: "1 November".to_owned(), value: 3 }, Bar { label: "2 November".to_owned(), value: 6 }];
        let html = rendered(|| view! { <Chart caption="Comments" summary="3 and 6." scale="Day" unit="Comments" bars /> });
        assert_eq!(html.matches("<rect").count(), 2, "{html}");
        assert!(html.contains(r#"y="50" width="7" height="50""#), "{html}");
        assert!(html.contains("2 November") && html.contains("<td>6</td>"), "{html}");
        assert!(!html.contains("style="), "{html}");
    }

    #[test]
    fn a_chart_of_nothing_is_drawn() {
        let html =
            rendered(|| view! { <Chart caption="Comments" summary="None yet." scale="Day" unit="Comments" bars=Vec::new() /> });
        assert!(html.contains(r#"viewBox="0 0 0 100""#), "{html}");
    }
}
