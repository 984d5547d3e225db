//! Takes comments and needless white space out of a style sheet. It knows only as much of CSS Syntax Level 3 as it takes
//! never to change a meaning: strings, escapes and unquoted addresses are copied as they are, and white space goes only
//! beside `{ } ; ,`, after `:` and `(`, and before `)`; elsewhere one space stays.

use std::iter::Peekable;
use std::str::Chars;

pub fn squeeze(style: &str) -> String {
    let mut squeezer = Squeezer { rest: style.chars().peekable(), output: String::with_capacity(style.len()) };
    squeezer.run();
    squeezer.output
}

struct Squeezer<'style> {
    rest: Peekable<Chars<'style>>,
    output: String,
}

impl Squeezer<'_> {
    fn run(&mut self) {
        let mut space_is_due = false;
        while let Some(character) = self.rest.next() {
            match character {
                '/' if self.rest.peek() == Some(&'*') => {
                    self.skip_comment();
                    self.keep_names_apart();
                }
                character if character.is_ascii_whitespace() => space_is_due = true,
                character => {
                    self.separate(space_is_due, character);
                    space_is_due = false;
                    self.copy(character);
                }
            }
        }
    }

    /// Writes the space before `next` where leaving it out could change the meaning.
    fn separate(&mut self, space_is_due: bool, next: char) {
        let swallows_before = matches!(next, '{' | '}' | ';' | ',' | ')');
        let swallows_after = self.output.is_empty() || self.output.ends_with(['{', '}', ';', ',', ':', '(']);
        if space_is_due && !swallows_before && !swallows_after {
            self.output.push(' ');
        }
    }

    fn copy(&mut self, character: char) {
        match character {
            '"' | '\'' => self.copy_string(character),
            '\\' => self.copy_escape(),
            '}' => {
                if self.output.ends_with(';') {
                    self.output.pop();
                }
                self.output.push('}');
            }
            '(' => {
                self.output.push('(');
                if self.output.to_ascii_lowercase().ends_with("url(") {
                    self.copy_address();
                }
            }
            character => self.output.push(character),
        }
    }

    fn skip_comment(&mut self) {
        self.rest.next();
        let mut last = ' ';
        for character in self.rest.by_ref() {
            if last == '*' && character == '/' {
                break;
            }
            last = character;
        }
    }

    /// A comment between two names separates them without being white space.
    fn keep_names_apart(&mut self) {
        let is_name = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
        if self.output.ends_with(is_name) && self.rest.peek().copied().is_some_and(is_name) {
            self.output.push_str("/**/");
        }
    }

    fn copy_string(&mut self, quote: char) {
        self.output.push(quote);
        while let Some(character) = self.rest.next() {
            self.output.push(character);
            if character == '\\' {
                self.output.extend(self.rest.next());
            } else if character == quote {
                break;
            }
        }
    }

    /// Up to six hexadecimal digits and the one white space that ends them belong to an escape.
    fn copy_escape(&mut self) {
        self.output.push('\\');
        let mut digits = 0;
        while digits < 6
            && let Some(digit) = self.rest.next_if(char::is_ascii_hexdigit)
        {
            self.output.push(digit);
            digits += 1;
        }
        if digits == 0 {
            self.output.extend(self.rest.next());
        } else if self.rest.next_if(char::is_ascii_whitespace).is_some() {
            self.output.push(' ');
        }
    }

    /// An address without quotes may hold `/*` and `;` that mean nothing.
    fn copy_address(&mut self) {
        if self.rest.peek().is_some_and(|next| matches!(next, '"' | '\'')) {
            return;
        }
        for character in self.rest.by_ref() {
            self.output.push(character);
            if character == ')' {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::squeeze;

    #[test]
    fn comments_and_white_space_go() {
        assert_eq!(squeeze("/* why */\na {\n  color: red;\n  margin: 0 auto;\n}\n"), "a{color:red;margin:0 auto}");
    }

    #[test]
    fn a_space_that_is_a_combinator_stays() {
        assert_eq!(squeeze("nav a , nav  :hover { top: 0 }"), "nav a,nav :hover{top:0}");
    }

    #[test]
    fn spaces_around_plus_and_minus_in_a_calculation_stay() {
        assert_eq!(squeeze("a { top: calc( 1rem + 2px - 1px ) }"), "a{top:calc(1rem + 2px - 1px)}");
    }

    #[test]
    fn the_space_after_and_in_a_condition_stays() {
        assert_eq!(squeeze("@media (width > 30em) and (hover) { a { top: 0 } }"), "@media (width > 30em) and (hover){a{top:0}}");
    }

    #[test]
    fn strings_are_left_alone() {
        assert_eq!(squeeze(r#"a::after { content: "/* \" ;  } */" }"#), r#"a::after{content:"/* \" ;  } */"}"#);
    }

    #[test]
    fn an_address_without_quotes_is_left_alone() {
        assert_eq!(squeeze("a { background: url(data:x/*;y, z) }"), "a{background:url(data:x/*;y, z)}");
    }

    #[test]
    fn the_space_that_ends_an_escape_stays_beside_the_one_that_is_a_combinator() {
        assert_eq!(squeeze(r".\31  b { top: 0 }"), r".\31  b{top:0}");
    }

    #[test]
    fn a_comment_that_alone_separates_two_names_is_kept_empty() {
        assert_eq!(squeeze("a { margin: 0/* why */1px }"), "a{margin:0/**/1px}");
    }

    #[test]
    fn a_comment_that_never_ends_ends_with_the_file() {
        assert_eq!(squeeze("a{top:0} /* open"), "a{top:0}");
    }
}
