//! The letters that a world has sent, read as a mail program reads them.

use std::fs;

use super::World;
use crate::server::{config::Mail, letters::worker};

/// One letter, with both of its forms.
#[derive(Clone, Debug)]
pub struct Received {
    head: String,
    pub text: String,
    pub html: String,
}

impl Received {
    /// Reads a letter as it came over the wire.
    pub fn read(message: &str) -> Self {
        let message = message.replace("\r\n", "\n");
        let (head, body) = message.split_once("\n\n").expect("a letter has a head and a body");
        let head = head.replace("\n ", " ").replace("\n\t", " ");
        let boundary =
            head.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).expect("it has parts").0.to_owned();
        let part = |kind: &str| {
            let line = format!("--{boundary}");
            let found =
                body.split(&line).filter_map(|part| part.trim_start().split_once("\n\n")).find(|(head, _)| head.contains(kind));
            let (head, text) = found.expect("both parts are there");
            if head.contains("quoted-printable") { unquoted(text) } else { text.to_owned() }
        };
        let (text, html) = (part("text/plain"), part("text/html"));
        Self { head, text, html }
    }

    /// A header's value; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default()
    }

    /// Every address of the web in the text, in its order.
    pub fn links(&self) -> Vec<String> {
        self.text.split_whitespace().filter(|word| word.contains("://")).map(str::to_owned).collect()
    }

    /// The one link to a page of this kind.
    #[track_caller]
    pub fn link(&self, page: &str) -> String {
        let links: Vec<_> = self.links().into_iter().filter(|link| link.contains(page)).collect();
        assert_eq!(links.len(), 1, "links to {page} in {}", self.text);
        links[0].clone()
    }
}

/// RFC 2045, 6.7.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\n", "");
    let bytes = text.as_bytes();
    let (mut decoded, mut place) = (Vec::new(), 0);
    while place < bytes.len() {
        let code = bytes.get(place + 1..place + 3).and_then(|code| std::str::from_utf8(code).ok());
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) if bytes[place] == b'=' => {
                decoded.push(byte);
                place += 3;
            }
            _ => {
                decoded.push(bytes[place]);
                place += 1;
            }
        }
    }
    String::from_utf8(decoded).expect("letters are UTF-8")
}

impl World {
    /// Sends what is due and returns every letter that has ever gone to an address, the oldest first.
    pub async fn letters_to(&self, address: &str) -> Vec<Received> {
        let to = |letter: &Received| letter.header("To") == address;
        self.all_letters().await.into_iter().filter(to).collect()
    }

    pub async fn all_letters(&self) -> Vec<Received> {
        worker::run_once(&self.app).await.unwrap();
        let Mail::Folder { folder, .. } = &self.app.config().mail else { panic!("this world sends into no folder") };
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| Received::read(&fs::read_to_string(file).unwrap())).collect()
    }

    /// The last letter to an address.
    pub async fn last_letter_to(&self, address: &str) -> Received {
        self.letters_to(address).await.pop().unwrap_or_else(|| panic!("nothing was sent to {address}"))
    }
}
