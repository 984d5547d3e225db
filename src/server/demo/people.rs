//! Who lives in the sample community, and what happens there outside the discussions.

use std::net::{IpAddr, Ipv4Addr};

use crate::accounts::model::Role;

/// Whether somebody can sign in to try the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// With a password of their own, which is printed.
    Printed,
    /// With one that nobody knows.
    Unknown,
}

#[derive(Clone, Copy, Debug)]
pub struct Resident {
    pub name: &'static str,
    /// The part before the `@`.
    pub mailbox: &'static str,
    pub role: Role,
    pub access: Access,
    /// How long before now, as `script` reads it.
    pub joined: &'static str,
}

const fn member(name: &'static str, mailbox: &'static str, joined: &'static str) -> Resident {
    Resident { name, mailbox, role: Role::Member, access: Access::Unknown, joined }
}

/// The first makes the site; everybody else registers.
pub const RESIDENTS: [Resident; 29] = [
    Resident { role: Role::Admin, access: Access::Printed, ..member("ada", "ada", "29d22h") },
    Resident { role: Role::Moderator, access: Access::Printed, ..member("mira", "mira", "29d21h25m") },
    Resident { role: Role::Moderator, ..member("yusuf", "yusuf", "29d21h10m") },
    Resident { access: Access::Printed, ..member("nora", "nora", "29d20h") },
    Resident { access: Access::Printed, ..member("tomasz", "tomasz", "29d19h") },
    member("wanda", "wanda", "29d18h"),
    member("felix", "felix.r", "29d17h30m"),
    member("小林春香", "haruka", "29d15h30m"),
    member("kenji", "kenji", "29d14h40m"),
    member("pete", "pete", "28d20h"),
    member("odile", "odile", "28d16h"),
    member("gwen", "gwen", "28d2h"),
    member("chidi", "chidi", "27d19h45m"),
    member("luca", "luca", "27d1h"),
    member("سلمى", "salma", "26d12h"),
    member("ליאור", "lior", "26d2h"),
    member("anouk", "anouk", "25d8h"),
    member("sven", "sven", "24d20h"),
    member("hedda", "hedda", "24d11h"),
    member("claire", "claire", "24d10h30m"),
    member("ravi", "ravi", "24d8h"),
    member("Дмитрий", "dmitri", "24d6h30m"),
    member("bea", "bea", "21d8h"),
    member("pablo", "pablo", "21d6h"),
    member("inés", "ines", "21d4h"),
    member("jonas", "jonas", "20d18h"),
    member("marta", "marta", "20d9h"),
    member("étienne", "etienne", "18d2h"),
    member("quentin", "quentin", "3h20m"),
];

/// Somebody was kept out for a time: who, when, for how many days, and why.
pub struct Ban {
    pub name: &'static str,
    pub when: &'static str,
    pub days: &'static str,
    pub reason: &'static str,
}

pub const BAN: Ban = Ban {
    name: "pete",
    when: "4d20h",
    days: "30",
    reason: "Advertising in three threads after two warnings, and a threat against a neighbour. You are welcome back when the \
             time is over, under the same three rules as everybody.",
};

pub const SITE_NAME: &str = "Millrace";
pub const SITE_DESCRIPTION: &str =
    "The talk of the quarter by the old mill: garden, workshop, library and bread, in whatever language you bring.";

/// When strangers tried passwords, and the last byte of the address they came from.
pub const FAILED_SIGN_INS: [(&str, u8); 14] = [
    ("22d4h", 17),
    ("19d3h12m", 17),
    ("19d3h11m", 17),
    ("13d21h", 44),
    ("6d2h9m", 201),
    ("6d2h8m", 201),
    ("6d2h7m", 201),
    ("4d11h", 90),
    ("2d19h31m", 66),
    ("2d19h30m", 66),
    ("21h2m", 201),
    ("21h1m", 201),
    ("9h47m", 12),
    ("1h35m", 90),
];

/// When the staff came in.
pub const STAFF_SIGN_INS: [(&str, &str); 9] = [
    ("yusuf", "20d6h"),
    ("mira", "16d1h"),
    ("ada", "12d9h"),
    ("yusuf", "8d2h"),
    ("ada", "4d21h"),
    ("mira", "5d3h"),
    ("ada", "2d4h"),
    ("mira", "1d2h"),
    ("yusuf", "5h50m"),
];

/// An address for the resident at a place in [`RESIDENTS`]; 198.51.100.0/24 is nobody's (RFC 5737).
#[must_use]
pub fn address_at(place: usize) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(198, 51, 100, u8::try_from(place).unwrap_or_default().saturating_add(10)))
}

/// An address of a stranger; 203.0.113.0/24 is nobody's either.
#[must_use]
pub fn stranger(last: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(203, 0, 113, last))
}
