//! What a form carries of its challenge: `bits.made.random.signature`, where `made` is a moment in
//! milliseconds. The signature covers all of it and the purpose.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{
    accounts::model::Puzzle,
    moment::Moment,
    server::seal::{self, Seals},
};

/// What a form is for: a stamp for one is none for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Registration,
    /// A letter that resets a password.
    Reset,
    /// A sign-in in a browser that is not known, while the site is under pressure.
    SignIn,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Reset => "reset",
            Self::SignIn => "sign-in",
        }
    }
}

/// A challenge as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    purpose: Purpose,
    pub bits: u32,
    pub made: Moment,
    random: String,
}

impl Stamp {
    /// More than this is no stamp of ours.
    const LONGEST: usize = 200;

    pub fn fresh(purpose: Purpose, bits: u32, now: Moment) -> Self {
        Self { purpose, bits, made: now, random: URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>()) }
    }

    pub fn signed(&self, seals: &Seals) -> String {
        let signature = seals.sign(seal::Purpose::Challenge, self.covered().as_bytes());
        format!("{}.{}", self.text(), URL_SAFE_NO_PAD.encode(signature))
    }

    /// A stamp that we made for this purpose.
    pub fn read(text: &str, purpose: Purpose, seals: &Seals) -> Option<Self> {
        if text.len() > Self::LONGEST {
            return None;
        }
        let (body, signature) = text.rsplit_once('.')?;
        let mut parts = body.split('.');
        let (bits, made, random) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?);
        let stamp = Self { purpose, bits, made: Moment::from_milliseconds(made), random: random.to_owned() };
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        // Written in another way, a stamp could be used twice.
        let is_ours = stamp.text() == body && seals.is_signed(seal::Purpose::Challenge, stamp.covered().as_bytes(), &signature);
        is_ours.then_some(stamp)
    }

    /// What has to be solved: `challenge` is the stamp as it came back.
    pub fn puzzle(&self, challenge: &str) -> Puzzle {
        Puzzle::new(challenge, self.bits)
    }

    fn text(&self) -> String {
        format!("{}.{}.{}", self.bits, self.made.milliseconds(), self.random)
    }

    fn covered(&self) -> String {
        format!("{}.{}", self.purpose.name(), self.text())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::server::config::{Config, Flag, Sources, catalogue::DATA_FOLDER};

    const NOW: Moment = Moment::from_milliseconds(1_800_000_000_000);

    fn seals(folder: &tempfile::TempDir) -> Seals {
        let flag = Flag { setting: &DATA_FOLDER, name: "--test", value: folder.path().display().to_string() };
        Seals::open(&Config::load(Sources::of_flags(vec![flag])).unwrap()).unwrap()
    }

    #[test]
    fn a_stamp_is_read_for_its_purpose_only() {
        let folder = tempfile::tempdir().unwrap();
        let seals = seals(&folder);
        let stamp = Stamp::fresh(Purpose::Reset, 16, NOW);
        let text = stamp.signed(&seals);
        assert_eq!(Stamp::read(&text, Purpose::Reset, &seals), Some(stamp));
        assert_eq!(Stamp::read(&text, Purpose::Registration, &seals), None);
        let others = tempfile::tempdir().unwrap();
        assert_eq!(Stamp::read(&text, Purpose::Reset, &self::seals(&others)), None);
    }

    #[test]
    fn no_number_in_a_stamp_can_be_changed_or_written_differently() {
        let folder = tempfile::tempdir().unwrap();
        let seals = seals(&folder);
        let text = Stamp::fresh(Purpose::Reset, 16, NOW).signed(&seals);
        for (from, to) in [("16.", "1."), ("16.", "016."), ("16.", "+16."), (".18", ".19"), (".18", ".+18")] {
            assert_eq!(Stamp::read(&text.replacen(from, to, 1), Purpose::Reset, &seals), None, "{from} → {to}");
        }
        assert_eq!(Stamp::read(&format!("{text}."), Purpose::Reset, &seals), None);
        assert_eq!(Stamp::read(&format!("{text}="), Purpose::Reset, &seals), None);
    }

    proptest! {
        #[test]
        fn no_other_text_is_a_stamp(text in "\\PC{0,120}") {
            let folder = tempfile::tempdir().unwrap();
            prop_assert_eq!(Stamp::read(&text, Purpose::Reset, &seals(&folder)), None);
        }
    }
}
