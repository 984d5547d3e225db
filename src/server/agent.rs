//! What a browser calls itself, and where it calls from, in words.

use std::net::IpAddr;

/// `Firefox on Linux`; what cannot be told is said as it came.
#[must_use]
pub fn in_words(agent: &str) -> String {
    let of = |table: &[(&str, &'static str)]| table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (of(BROWSERS), of(SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        _ if agent.is_empty() => "A program that gives no name".to_owned(),
        _ => agent.to_owned(),
    }
}

/// Where an address is, as far as it tells by itself: nobody is asked for it.
#[must_use]
pub fn place(address: &str) -> String {
    let kind = match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) if address.is_loopback() => Some("this machine"),
        Ok(IpAddr::V4(address)) if address.is_private() || address.is_link_local() => Some("a private network"),
        Ok(IpAddr::V6(address)) if address.is_loopback() => Some("this machine"),
        Ok(IpAddr::V6(address)) if address.is_unique_local() || address.is_unicast_link_local() => Some("a private network"),
        Ok(_) => None,
        Err(_) => return "An unknown place".to_owned(),
    };
    kind.map_or_else(|| address.to_owned(), |kind| format!("{address}, {kind}"))
}

/// In this order: most browsers also carry the marks of those below them.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn browsers_are_told_by_what_only_they_say() {
        for (agent, words) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl/8.5.0"),
            ("", "A program that gives no name"),
        ] {
            assert_eq!(in_words(agent), words);
        }
    }
}
