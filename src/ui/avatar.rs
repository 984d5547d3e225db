//! A person's initials in a coloured circle: the same name, the same colour, everywhere.
//! The name itself stands beside it, so screen readers pass over the circle.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AvatarSize {
    #[default]
    Normal,
    Large,
}

/// As many as the style sheet has (`tint-1` to `tint-8`).
const TINTS: u32 = 8;

/// Two letters: the first ones of two parts (OH for `old_harbour`), or else of the only one.
fn initials(name: &str) -> String {
    let mut parts = name.split(['_', '.', '-']).filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    let letters: String = match parts.next() {
        Some(second) => first.chars().take(1).chain(second.chars().take(1)).collect(),
        None => first.chars().take(2).collect(),
    };
    letters.to_uppercase()
}

fn tint(name: &str) -> u32 {
    1 + name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into())) % TINTS
}

#[component]
pub fn Avatar(#[prop(into)] name: String, #[prop(optional)] size: AvatarSize) -> impl IntoView {
    let size = match size {
        AvatarSize::Normal => "",
        AvatarSize::Large => " avatar-large",
    };
    view! {
        <span class=format!("avatar{size} tint-{}", tint(&name)) aria-hidden="true">
            {initials(&name)}
        </span>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_the_parts_of_a_name() {
        for (name, letters) in
            [("ada", "AD"), ("old_harbour", "OH"), ("x", "X"), ("_x", "X"), ("omar.b", "OB"), ("вера", "ВЕ"), ("", "")]
        {
            assert_eq!(initials(name), letters);
        }
    }

    #[test]
    fn every_name_has_a_tint_of_the_style_sheet() {
        for name in ["", "ada", "jonas", "вера", "سلمى"] {
            assert!((1..=TINTS).contains(&tint(name)));
        }
    }
}
