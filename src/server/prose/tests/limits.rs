//! The work stays bounded, whatever the text is made of.

use std::time::{Duration, Instant};

use super::{
    super::{events, plain_excerpt, render},
    html_of,
};

/// Texts of 40 KB that make a careless parser slow. The bound leaves room for a busy machine; they take
/// up to some tenths of a second in a build for development, and work that grew with the square of the
/// length would take many times the bound.
#[test]
fn the_longest_text_is_rendered_quickly_whatever_it_is_made_of() {
    const LENGTH: usize = 40_000;
    for piece in [
        "[",
        "![",
        "]",
        "(",
        "[a](",
        "[a](<",
        "[a](b",
        ">",
        "> ",
        "*",
        "**a ",
        "*a_",
        "`",
        "`a``",
        "~",
        "~~a ",
        "_a ",
        "- ",
        "* a\n",
        "1. ",
        "+ \n",
        "<",
        "</",
        "<a ",
        "<!--",
        "<![CDATA[",
        "<?",
        "<!A",
        "&",
        "&amp",
        "\\",
        "|",
        "|a",
        "|\n",
        "#",
        "# \n",
        "=\n",
        "a\n-\n",
        "```\n",
        "~~~\n",
        "http://",
        "https://a.b/(",
        "a://a",
        "a:",
        "<http://a",
        "<a@",
        "a@b.c ",
        "[a]: b\n",
        "[a][",
        "\t",
        "    ",
        "   > - ",
        "- - - a",
        "\u{301}",
        "ا",
        "'",
        "\"",
        "**[",
        "*[a]",
        "[`",
        "![[]()",
        "a**b",
        "<b>",
        "<p>\n",
    ] {
        let text: String = piece.chars().cycle().take(LENGTH).collect();
        let text = &text[..text.floor_char_boundary(LENGTH)];
        assert_quick(piece, text);
    }
}

#[test]
fn texts_built_against_parsers_are_rendered_quickly() {
    let ticks = (1..280).map(|count| format!("{}a", "`".repeat(count))).collect::<Vec<_>>().concat();
    let lists = (0..280).map(|depth| format!("{}- a\n", " ".repeat(depth))).collect::<Vec<_>>().concat();
    let quotes = (0..200).map(|_| format!("{}a\n", ">".repeat(200))).collect::<Vec<_>>().concat();
    let table = format!("{}|\n{}|\n{}", "|a".repeat(5_000), "|-".repeat(5_000), "|\n".repeat(10_000));
    let narrow_table = format!("|a|\n|-|\n{}", "|b|\n".repeat(9_000));
    let references = format!("[a]: https://example.org/{}\n\n{}", "x".repeat(10_000), "[a] ".repeat(7_000));
    let emphases = format!("{}{}", "*a **b ".repeat(2_800), "c** d*".repeat(2_800));
    for (name, text) in [
        ("ticks", ticks),
        ("lists", lists),
        ("quotes", quotes),
        ("table", table),
        ("narrow table", narrow_table),
        ("references", references),
        ("emphases", emphases),
    ] {
        assert_quick(name, &text);
    }
}

fn assert_quick(name: &str, text: &str) {
    let rendered = quickly(name, Duration::from_secs(2), || render(text));
    assert!(rendered.as_str().len() < 40 * text.len().max(1_000), "{name:?} grew to {} bytes", rendered.as_str().len());
    quickly(&format!("the excerpt of {name:?}"), Duration::from_secs(1), || plain_excerpt(text, 200));
}

/// What is slow by itself is slow every time; what was slow once may have shared the processor.
fn quickly<T>(name: &str, limit: Duration, work: impl Fn() -> T) -> T {
    let mut shortest = Duration::MAX;
    for _ in 0..5 {
        let begun = Instant::now();
        let result = work();
        shortest = shortest.min(begun.elapsed());
        if shortest < limit {
            return result;
        }
    }
    panic!("{name:?} took {shortest:?}");
}

#[test]
fn nesting_ends_and_the_words_stay() {
    let html = html_of(&format!("{}deep", "> ".repeat(1_000)));
    assert_eq!(html.matches("<blockquote>").count(), events::DEEPEST);
    assert!(html.contains("deep"));

    let list = (0..50).map(|depth| format!("{}- item{depth}\n", "  ".repeat(depth))).collect::<Vec<_>>().concat();
    let html = html_of(&list);
    assert!(html.matches("<ul").count() <= events::DEEPEST / 2);
    assert!(html.contains("item49") && !html.contains("item48item49"), "{html}");
}
