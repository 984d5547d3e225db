//! How much a form may hold, by count and by depth, judged before anything is made of it: decoding many fields, or one
//! that nests deeply, costs far more than sending it.

/// Fields of one form. Our largest marks some dozens of comments and says what becomes of them.
const MOST_FIELDS: usize = 128;
/// Brackets in a field's name: `comments[0]` has one pair.
const DEEPEST: usize = 3;

/// Whether the body of a form is more than any of ours.
#[must_use]
pub fn is_excessive(form: &[u8]) -> bool {
    let mut fields = form.split(|byte| *byte == b'&');
    fields.by_ref().take(MOST_FIELDS).any(is_deep) || fields.next().is_some()
}

fn is_deep(field: &[u8]) -> bool {
    let name = field.split(|byte| *byte == b'=').next().unwrap_or_default();
    let is_opening =
        |place: &usize| name[*place] == b'[' || name[*place..].get(..3).is_some_and(|it| it.eq_ignore_ascii_case(b"%5b"));
    (0..name.len()).filter(is_opening).count() > DEEPEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(number: usize) -> Vec<u8> {
        vec!["a=b"; number].join("&").into_bytes()
    }

    #[test]
    fn fields_are_counted() {
        assert!(!is_excessive(b""));
        assert!(!is_excessive(&fields(MOST_FIELDS)));
        assert!(is_excessive(&fields(MOST_FIELDS + 1)));
        assert!(is_excessive(&[b'&'; MOST_FIELDS]));
    }

    #[test]
    fn depth_is_that_of_names_however_they_are_written() {
        assert!(!is_excessive(b"comments[0]=1&a[b][c][d]=2"));
        assert!(!is_excessive(b"body=[[[[[[[["));
        assert!(is_excessive(b"a=b&c[d][e][f][g]=1"));
        assert!(is_excessive(b"c%5Bd%5D%5be%5D[f]%5B=1"));
    }
}
