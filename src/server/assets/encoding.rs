//! Which encoding a client wants: `Accept-Encoding` by RFC 9110, section 12.5.3, for the two encodings that are stored.

use std::cmp::Reverse;

use axum::http::HeaderValue;

/// In the order of our own preference, smallest content first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Brotli, Self::Gzip, Self::Identity];

    /// The name in `Content-Encoding`, which is left out for unencoded content.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Brotli => Some("br"),
            Self::Gzip => Some("gzip"),
            Self::Identity => None,
        }
    }

    /// What the client accepts, most wanted first; among equals, our own preference decides. Plain content comes last
    /// even where it was refused: an answer that may be understood is better than none, which the RFC allows.
    pub fn by_preference<'value>(headers: impl IntoIterator<Item = &'value HeaderValue>) -> Vec<Self> {
        let wishes: Vec<Wish> = headers
            .into_iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(Wish::parse)
            .collect();
        let mut accepted: Vec<(u16, Self)> = Self::ALL
            .into_iter()
            .map(|encoding| (encoding.weight(&wishes), encoding))
            .filter(|(weight, encoding)| *weight > 0 || *encoding == Self::Identity)
            .collect();
        accepted.sort_by_key(|(weight, _)| Reverse(*weight));
        accepted.into_iter().map(|(_, encoding)| encoding).collect()
    }

    fn weight(self, wishes: &[Wish]) -> u16 {
        let synonyms: &[&str] = match self {
            Self::Brotli => &["br"],
            Self::Gzip => &["gzip", "x-gzip"],
            Self::Identity => &["identity"],
        };
        let named = wishes.iter().find(|wish| synonyms.iter().any(|name| wish.coding.eq_ignore_ascii_case(name)));
        let any = || wishes.iter().find(|wish| wish.coding == "*").filter(|_| self != Self::Identity);
        named.or_else(any).map_or(0, |wish| wish.thousandths)
    }
}

/// One member of the list, `gzip;q=0.8`.
struct Wish<'header> {
    coding: &'header str,
    thousandths: u16,
}

impl<'header> Wish<'header> {
    /// None where it is not well formed: then the client has not said that it understands the coding.
    fn parse(member: &'header str) -> Option<Self> {
        let Some((coding, parameter)) = member.split_once(';') else {
            return Some(Self { coding: member.trim(), thousandths: 1000 });
        };
        let (name, value) = parameter.split_once('=')?;
        if !name.trim().eq_ignore_ascii_case("q") {
            return None;
        }
        Some(Self { coding: coding.trim(), thousandths: thousandths(value.trim())? })
    }
}

/// A weight is `0` to `1` with at most three digits after the point (RFC 9110, section 12.4.2).
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Encoding::{Brotli, Gzip, Identity};
    use super::*;

    fn preference(header: &'static str) -> Vec<Encoding> {
        Encoding::by_preference([&HeaderValue::from_static(header)])
    }

    #[test]
    fn brotli_comes_before_gzip_where_both_are_equally_welcome() {
        assert_eq!(preference("gzip, deflate, br, zstd"), [Brotli, Gzip, Identity]);
    }

    #[test]
    fn the_weights_of_the_client_decide() {
        assert_eq!(preference("br;q=0.5, gzip;q=0.8"), [Gzip, Brotli, Identity]);
    }

    #[test]
    fn an_encoding_with_weight_nought_is_not_sent() {
        assert_eq!(preference("br;q=0, gzip;q=0.001"), [Gzip, Identity]);
    }

    #[test]
    fn a_star_stands_for_every_encoding_that_is_not_named() {
        assert_eq!(preference("br;q=0, *"), [Gzip, Identity]);
    }

    #[test]
    fn plain_content_may_be_the_most_wanted() {
        assert_eq!(preference("identity, br;q=0.9"), [Identity, Brotli]);
    }

    #[test]
    fn without_the_header_plain_content_is_sent() {
        assert_eq!(Encoding::by_preference([]), [Identity]);
    }

    #[test]
    fn case_and_spaces_do_not_matter() {
        assert_eq!(preference(" BR ; Q=1.000 "), [Brotli, Identity]);
    }

    #[test]
    fn a_weight_that_is_none_is_not_trusted() {
        for header in ["br;q=2", "br;q=1.5", "br;q=0.1234", "br;q=-1", "br;q=", "br;level=1"] {
            assert_eq!(preference(header), [Identity], "{header}");
        }
    }
}
