//! The beginning of a comment as plain text, where there is no room for all of it.

/// In code points.
const LENGTH: usize = 240;

/// What sanitised HTML says, on one line, cut between words. The result is text: it is escaped like
/// any other when it is put into a page.
pub fn excerpt(html: &str) -> String {
    let text = without_entities(&without_tags(html));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LENGTH) {
        None => line,
        Some((end, _)) => {
            let kept = &line[..end];
            let whole_words = kept.rfind(' ').map_or(kept, |space| &kept[..space]);
            format!("{whole_words} …")
        }
    }
}

/// A tag is where one line ends and the next begins as often as not, so a space takes its place.
fn without_tags(html: &str) -> String {
    let mut pieces = html.split('<');
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |text, piece| {
        let (tag, rest) = piece.split_once('>').unwrap_or((piece, ""));
        let is_inline = ["a", "em", "strong", "code", "del", "sup", "sub"]
            .contains(&tag.trim_start_matches('/').split(|sign: char| !sign.is_ascii_alphanumeric()).next().unwrap_or_default());
        if is_inline { text + rest } else { text + " " + rest }
    })
}

/// The entities that the sanitiser writes; the ampersand last, so that nothing is decoded twice.
fn without_entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&nbsp;", "\u{a0}").replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_what_the_markup_says() {
        let html = r#"<p>One <em>two</em>, <a href="https://example.org" rel="ugc">three</a>.</p><ul><li>a</li><li>b</li></ul>"#;
        assert_eq!(excerpt(html), "One two, three. a b");
        assert_eq!(excerpt("<p>1 &lt; 2 &amp;amp; &amp;lt;b&amp;gt;</p>"), "1 < 2 &amp; &lt;b&gt;");
        assert_eq!(excerpt(""), "");
    }

    #[test]
    fn a_long_text_is_cut_between_words() {
        let cut = excerpt(&format!("<p>{}</p>", "bread ".repeat(100)));
        assert!(cut.ends_with("bread …") && cut.chars().count() <= LENGTH + 2, "{cut}");
        let one_word = excerpt(&"ä".repeat(1_000));
        assert!(one_word.chars().count() <= LENGTH + 2, "{one_word}");
    }
}
