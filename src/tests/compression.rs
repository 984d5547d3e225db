//! Which pages are compressed, and for whom: lengths must tell nothing to a page elsewhere (BREACH).

use axum::{body::Body, http::Method};

use super::support::{Answer, Browser, World};

async fn get_compressed(browser: &mut Browser, path: &str) -> Answer {
    get_compressed_from(browser, path, Some("same-origin")).await
}

/// As a browser asks whose request began at `site`.
async fn get_compressed_from(browser: &mut Browser, path: &str, site: Option<&str>) -> Answer {
    let mut request = browser.request(Method::GET, path).header("accept", "text/html").header("accept-encoding", "gzip, br");
    if let Some(site) = site {
        request = request.header("sec-fetch-site", site);
    }
    browser.send(request.body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn only_what_everybody_reads_is_compressed() {
    let world = World::new().await;
    let (mut guest, mut ada, mut mia) = (world.guest(), world.member("ada").await, world.moderator("mia").await);
    let discussion = ada.starts("Bread").await;
    for path in ["/".to_owned(), format!("/d/{discussion}"), "/u/ada".to_owned()] {
        for reader in [&mut guest, &mut ada] {
            let answer = get_compressed(reader, &path).await;
            assert_eq!((answer.header("content-encoding"), answer.header("vary")), ("br", VARIES), "{path}");
        }
        assert_eq!(get_compressed(&mut mia, &path).await.header("content-encoding"), "", "moderators see more: {path}");
    }
    for path in ["/register", "/sign-in", "/nowhere"] {
        assert_eq!(get_compressed(&mut guest, path).await.header("content-encoding"), "", "{path}");
    }
    for path in ["/account", "/new"] {
        assert_eq!(get_compressed(&mut ada, path).await.header("content-encoding"), "", "{path}");
    }
}

const VARIES: &str = "accept-encoding, sec-fetch-site";

#[tokio::test]
async fn a_page_elsewhere_that_makes_a_browser_ask_gets_no_compressed_lengths_to_compare() {
    let world = World::new().await;
    let mut ada = world.member("ada").await;
    let discussion = format!("/d/{}", ada.starts("Bread").await);
    for path in ["/", discussion.as_str(), "/u/ada"] {
        for (site, encoding) in [
            (Some("same-origin"), "br"),
            (Some("none"), "br"),
            (Some("same-site"), ""),
            (Some("cross-site"), ""),
            (Some("Same-Origin"), ""),
            (None, ""),
        ] {
            let answer = get_compressed_from(&mut ada, path, site).await;
            assert_eq!(answer.status, 200, "{path} from {site:?}");
            assert_eq!((answer.header("content-encoding"), answer.header("vary")), (encoding, VARIES), "{path} from {site:?}");
        }
    }
}
