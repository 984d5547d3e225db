//! Passwords of both kinds, those that must be refused and those that must not.

use proptest::prelude::*;

use super::*;
use crate::accounts::model::{Leaning, Secret};

const CONTEXT: Context<'_> =
    Context { site_name: "Lantern Street", username: "wilhelmina_okafor", email: "w.okafor@harbourmail.example" };

fn weakness_of(text: &str) -> Option<ProblemCode> {
    weakness(&NewPassword::parse(&Secret::new(text.to_owned())).unwrap(), &CONTEXT)
}

#[test]
fn what_attackers_try_first_is_common() {
    for text in [
        "passwordpassword",
        "Password12345678",
        "P@ssw0rdP@ssw0rd",
        "ｐａｓｓｗｏｒｄ２０２４！！！",
        "123456789012345",
        "987654321987654321",
        "qwertyuiopasdfg",
        "1qaz2wsx3edc4rfv",
        "йцукенгшщзхъфыва",
        "aaaaaaaaaaaaaaa",
        "               ",
        "abcabcabcabcabcabc",
        "abcdefghijklmnop",
        "correct horse battery staple",
        "CorrectHorseBatteryStaple1",
        "iloveyouforever1",
        "letmeinletmein1!",
        "monkey dragon football",
        "I Love My Dog 12345",
        "welcome2024welcome2025",
        "changeme-changeme",
    ] {
        assert!(
            matches!(weakness_of(text), Some(ProblemCode::Common | ProblemCode::Leaked)),
            "{text:?}: {:?}",
            weakness_of(text)
        );
    }
}

#[test]
fn what_anybody_can_read_about_a_person_or_the_site_is_guessable() {
    for text in [
        "wilhelmina_okafor",
        "WilhelminaOkafor1",
        "lanternstreet2024",
        "Lantern Street 1!",
        "w.okafor@harbourmail.example",
        "harbourmail12345",
        "okafor.harbourmail.1",
    ] {
        assert_eq!(weakness_of(text), Some(ProblemCode::Guessable), "{text:?}");
    }
}

#[test]
fn a_password_with_enough_of_its_own_is_taken() {
    for text in [
        "seven quiet herons at dawn",
        "xk2v9qhw0mzt4rp",
        "839201746352918",
        "wilhelmina xk2v9qhw0mzt",
        "der Nebel liegt über dem Moor",
        "яблоки падают далеко от дома",
        "古池や蛙飛び込む水の音と秋の夕暮れ",
        "password gneiss culvert ombre",
    ] {
        assert_eq!(weakness_of(text), None, "{text:?}");
    }
}

#[test]
fn what_has_leaked_is_no_better_for_being_made_longer() {
    let weakness = |text: &str| {
        let password = NewPassword::parse_leaning(&Secret::new(text.to_owned()), Leaning::OnSecondFactor).unwrap();
        weakness(&password, &CONTEXT)
    };
    for text in ["gandalf1", "vjht1051", "Vjht1051!", "gandalf1gandalf1", "vjht10512024"] {
        assert!(matches!(weakness(text), Some(ProblemCode::Leaked | ProblemCode::Common)), "{text:?}: {:?}", weakness(text));
    }
    assert_eq!(weakness("gzqhvmwt"), None);
}

#[test]
fn a_password_is_weighed_with_what_makes_it_light() {
    let weigh = |text: &str| weight(&Secret::new(text.to_owned()), &CONTEXT);
    assert_eq!(weigh("").bits, 0);
    let reasons = weigh("wilhelmina1987").reasons;
    assert!(reasons.contains(&WeightReason::Own) && reasons.contains(&WeightReason::Date), "{reasons:?}");
    let (light, heavy) = (weigh("sunshine"), weigh("seven quiet herons at dawn"));
    assert!(light.bits < PasswordWeight::ENOUGH && heavy.bits > 60, "{light:?} {heavy:?}");
}

#[test]
fn the_list_is_written_as_passwords_are_compared() {
    for word in cost::COMMON.iter() {
        let text: String = word.iter().collect();
        assert_eq!(*word, folded(&text), "{text}");
    }
    assert!(cost::COMMON.len() > 1_000);
}

#[test]
fn an_empty_context_makes_nothing_guessable() {
    let password = NewPassword::parse(&Secret::new("seven quiet herons at dawn".to_owned())).unwrap();
    assert_eq!(weakness(&password, &Context { site_name: "", username: "", email: "" }), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_password_gets_a_verdict_and_letter_case_never_changes_it(text in "[ -~]{15,40}") {
        prop_assert_eq!(weakness_of(&text), weakness_of(&text.to_uppercase()));
    }

    #[test]
    fn no_text_at_all_is_too_much(text in "\\PC{15,128}") {
        let _ = weakness_of(&text);
    }
}
