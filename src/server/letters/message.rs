//! A letter in its envelope (RFC 5322): headers, the plain text, and its HTML twin.

use std::time::{Duration, UNIX_EPOCH};

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::{accounts::model::EmailAddress, moment::Moment, valid::Value};

use super::sheet::Sheet;

/// Puts a letter into its envelope.
///
/// # Errors
/// In words for an admin: an address is none that mail servers take.
pub fn message(sheet: &Sheet, from: &EmailAddress, to: &str, written: Moment) -> Result<Message, String> {
    let to = EmailAddress::parse(to).map_err(|_| "The address is not one that letters can be sent to.".to_owned())?;
    let date = UNIX_EPOCH + Duration::from_millis(u64::try_from(written.milliseconds()).unwrap_or_default());
    let mut builder = Message::builder()
        .message_id(Some(sheet.message_id.clone()))
        .date(date)
        .from(Mailbox::new(Some(sheet.sender.clone()).filter(|name| !name.is_empty()), address(from)?))
        .to(Mailbox::new(None, address(&to)?))
        .subject(sheet.subject.clone())
        .raw_header(header("Auto-Submitted", "auto-generated"));
    if let Some(link) = &sheet.unsubscribe {
        builder = builder
            .raw_header(header("List-Unsubscribe", &format!("<{}>", link.as_str())))
            .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
    }
    let parts = MultiPart::alternative_plain_html(sheet.plain(), sheet.html());
    builder.multipart(parts).map_err(|cause| format!("The letter cannot be put together: {cause}."))
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// Domains in their ASCII form, as mail servers without SMTPUTF8 want them.
fn address(address: &EmailAddress) -> Result<Address, String> {
    let unfit = || "The address is not one that mail servers take.".to_owned();
    let (local, domain) = address.as_str().split_once('@').ok_or_else(unfit)?;
    let domain = url::Host::parse(domain).map_err(|_| unfit())?.to_string();
    Address::new(local, domain).map_err(|_| unfit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::letters::sheet::{Part, header_text};

    const WRITTEN: Moment = Moment::from_milliseconds(1_795_500_000_000);

    fn sheet(subject: &str, sender: &str) -> Sheet {
        Sheet {
            subject: header_text(subject),
            parts: vec![Part::Paragraph("Hello,".to_owned())],
            sender: header_text(sender),
            message_id: "<1@talk.example>".to_owned(),
            unsubscribe: None,
            useful_until: None,
        }
    }

    fn formatted(sheet: &Sheet) -> String {
        let from = EmailAddress::parse("talk@site.example").unwrap();
        let message = message(sheet, &from, "ada@mail.example", WRITTEN).unwrap();
        String::from_utf8(message.formatted()).unwrap()
    }

    /// Names of headers, folded lines joined to their header.
    fn headers(message: &str) -> Vec<&str> {
        let head = message.split("\r\n\r\n").next().unwrap();
        let lines = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
        lines.map(|line| line.split(':').next().unwrap()).collect()
    }

    const USUAL: [&str; 8] = ["Message-ID", "Date", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];

    #[test]
    fn a_letter_has_the_headers_of_a_letter_by_a_machine_and_both_forms() {
        let text = formatted(&sheet("Set a new password – Lantern Street", "Lantern Street"));
        assert_eq!(headers(&text), USUAL, "{text}");
        for part in [
            "Message-ID: <1@talk.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "From: \"Lantern Street\" <talk@site.example>\r\n",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Type: text/html; charset=utf-8",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
    }

    #[test]
    fn domains_beyond_ascii_are_written_as_mail_servers_know_them() {
        let written = address(&EmailAddress::parse("info@bücher.example").unwrap()).unwrap();
        assert_eq!(written.domain(), "xn--bcher-kva.example");
    }

    proptest! {
        #[test]
        fn no_subject_and_no_name_breaks_a_header(
            subject in "[\\PC\r\n\t\u{0}\u{7f}\u{85}\u{2028}:<>,;\"\\\\]{0,300}",
            sender in "[\\PC\r\n\t\u{0}\u{7f}\u{85}\u{2028}:<>,;\"\\\\]{0,300}",
        ) {
            let subject = format!("{subject}\r\nBcc: eve@evil.example\r\n\r\n<b>");
            let sender = format!("\"{sender}\r\nBcc: eve@evil.example");
            let text = formatted(&sheet(&subject, &sender));
            prop_assert_eq!(headers(&text), USUAL.to_vec(), "{}", text);
            let head = text.split("\r\n\r\n").next().unwrap();
            prop_assert!(head.is_ascii() && head.split("\r\n").all(|line| line.len() <= 998 && !line.contains(['\r', '\n'])), "{}", head);
        }
    }
}
