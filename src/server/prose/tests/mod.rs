//! What stays, what goes, and how long it may take.

mod attacks;
mod limits;

use proptest::prelude::*;

use super::*;

fn html_of(markdown: &str) -> String {
    render(markdown).as_str().trim_end().to_owned()
}

#[test]
fn markdown_becomes_html() {
    let link = r#"rel="ugc nofollow noopener""#;
    for (markdown, html) in [
        (
            "one\ntwo",
            r#"<p dir="auto">one
two</p>"#
                .to_owned(),
        ),
        ("one  \ntwo", "<p dir=\"auto\">one<br>\ntwo</p>".to_owned()),
        ("*a* **b** ~~c~~ `d`", r#"<p dir="auto"><em>a</em> <strong>b</strong> <del>c</del> <code>d</code></p>"#.to_owned()),
        ("# Title", r#"<h3 dir="auto">Title</h3>"#.to_owned()),
        ("###### Title", r#"<h6 dir="auto">Title</h6>"#.to_owned()),
        ("```rust\nlet a = 1 < 2;\n```", "<pre><code>let a = 1 &lt; 2;\n</code></pre>".to_owned()),
        ("3. three", "<ol start=\"3\" dir=\"auto\">\n<li>three</li>\n</ol>".to_owned()),
        ("---", "<hr>".to_owned()),
        ("[a](https://example.org/)", format!(r#"<p dir="auto"><a href="https://example.org/" {link}>a</a></p>"#)),
        ("[a](https://example.org/ 'title')", format!(r#"<p dir="auto"><a href="https://example.org/" {link}>a</a></p>"#)),
        ("<ada@example.org>", format!(r#"<p dir="auto"><a href="mailto:ada@example.org" {link}>ada@example.org</a></p>"#)),
    ] {
        assert_eq!(html_of(markdown), html, "{markdown}");
    }
}

#[test]
fn a_table_is_a_table_without_styles() {
    let html = html_of("|a|b|\n|-:|:-|\n|1|2|");
    assert!(html.starts_with("<table><thead><tr><th dir=\"auto\">a</th>") && !html.contains("style"), "{html}");
}

#[test]
fn images_become_links_by_their_text_or_else_their_address() {
    let rel = r#"rel="ugc nofollow noopener""#;
    assert_eq!(
        html_of("![a *red* fox](https://example.org/fox.png)"),
        format!(r#"<p dir="auto"><a href="https://example.org/fox.png" {rel}>a <em>red</em> fox</a></p>"#)
    );
    assert_eq!(
        html_of("![](https://example.org/fox.png)"),
        format!(r#"<p dir="auto"><a href="https://example.org/fox.png" {rel}>https://example.org/fox.png</a></p>"#)
    );
    assert_eq!(
        html_of("[![fox](https://example.org/fox.png)](https://example.org/)"),
        format!(r#"<p dir="auto"><a href="https://example.org/" {rel}>fox</a></p>"#)
    );
}

#[test]
fn bare_addresses_become_links_outside_of_links_and_code() {
    let link = |address: &str| format!(r#"<a href="{address}" rel="ugc nofollow noopener">{address}</a>"#);
    assert_eq!(
        html_of("See https://example.org/a_b_c?x=1&y=2, or (http://example.org)."),
        format!(
            r#"<p dir="auto">See {}, or ({}).</p>"#,
            link("https://example.org/a_b_c?x=1&amp;y=2"),
            link("http://example.org")
        )
    );
    for unlinked in ["`https://example.org`", "ftp://example.org/", "example.org", "    https://example.org"] {
        assert!(!html_of(unlinked).contains("<a"), "{unlinked}");
    }
    assert_eq!(html_of("[https://one.example](https://two.example)").matches("<a ").count(), 1);
}

#[test]
fn raw_html_is_shown_as_it_was_typed() {
    assert_eq!(html_of("a <b>bold</b> word"), r#"<p dir="auto">a &lt;b&gt;bold&lt;/b&gt; word</p>"#);
    assert_eq!(html_of("<div>\n*a*\n</div>"), "<p dir=\"auto\">&lt;div&gt;\n*a*\n&lt;/div&gt;</p>");
    assert_eq!(html_of("<!-- note -->"), r#"<p dir="auto">&lt;!-- note --&gt;</p>"#);
}

#[test]
fn an_excerpt_is_one_line_of_words() {
    assert_eq!(
        plain_excerpt("# Hello\n\nThis is *the* `first` [line](https://example.org).\n\n- a\n- b", 100),
        "Hello This is the first line. a b"
    );
    assert_eq!(plain_excerpt("a <b>bold</b> &amp; word", 100), "a <b>bold</b> & word");
    assert_eq!(plain_excerpt("![alt](https://example.org/a.png)", 100), "alt");
    assert_eq!(plain_excerpt("  \n\n", 100), "");
}

#[test]
fn an_excerpt_ends_with_a_whole_word_where_it_can() {
    assert_eq!(plain_excerpt("one two three", 13), "one two three");
    assert_eq!(plain_excerpt("one two three", 12), "one two…");
    assert_eq!(plain_excerpt("one two three", 8), "one two…");
    assert_eq!(plain_excerpt(&"x".repeat(50), 10), format!("{}…", "x".repeat(9)));
    assert_eq!(plain_excerpt("one", 0), "");
    assert_eq!(plain_excerpt("ae\u{301}e\u{301}", 4), "ae\u{301}…");
}

proptest! {
    #[test]
    fn an_excerpt_never_exceeds_its_length(text in "\\PC{0,100}", longest in 0_usize..50) {
        prop_assert!(plain_excerpt(&text, longest).chars().count() <= longest);
    }
}
