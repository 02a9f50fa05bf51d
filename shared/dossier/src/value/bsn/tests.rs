use proptest::prelude::*;

use super::*;

const VALID: [&str; 18] = [
    "999990007",
    "999990019",
    "999990020",
    "999990032",
    "999990044",
    "999990056",
    "999990068",
    "999990081",
    "999990093",
    "999990111",
    "999990123",
    "999990135",
    "999990482",
    "999911120",
    "111222333",
    "123456782",
    "012345672",
    "111111110",
];

#[test]
fn known_numbers_pass_and_known_mistakes_fail() {
    for text in VALID {
        assert_eq!(Bsn::parse(text).unwrap().digits(), text);
    }
    for text in [
        "999990018",
        "999990100",
        "123456789",
        "111111111",
        "999999999",
        "900000006",
        "246642012",
        "12345678",
    ] {
        assert_eq!(Bsn::parse(text), Err(BsnError::ElevenTest), "{text}");
    }
}

#[test]
fn refusals_say_what_is_wrong() {
    for (text, error) in [
        ("", BsnError::Empty),
        ("  ", BsnError::Empty),
        ("000000000", BsnError::Zero),
        ("00000000", BsnError::Zero),
        ("1234567", BsnError::Length { got: 7 }),
        ("9999900190", BsnError::Length { got: 10 }),
        ("99999001O", BsnError::NotDigits),
        ("9999-90019", BsnError::NotDigits),
    ] {
        assert_eq!(Bsn::parse(text), Err(error), "{text}");
    }
}

#[test]
fn spaces_dots_and_other_digits_are_understood() {
    for text in [
        "9999 90 019",
        "9999.90.019",
        " 999990019 ",
        "９９９９９００１９",
        "٩٩٩٩٩٠٠١٩",
        "9999\u{a0}90\u{200b}019",
    ] {
        assert_eq!(Bsn::parse(text).unwrap().digits(), "999990019", "{text}");
    }
    assert_eq!(Bsn::parse("12345672").unwrap().digits(), "012345672");
}

#[test]
fn the_number_does_not_show_itself() {
    let bsn = Bsn::parse("999990019").unwrap();
    assert_eq!(bsn.masked(), "•••••0019");
    assert_eq!(bsn.to_string(), "•••••0019");
    assert_eq!(format!("{bsn:?} {:?}", Some(bsn)), "Bsn(…) Some(Bsn(…))");
}

#[test]
fn the_guard_finds_every_way_of_writing() {
    for text in [
        "999990019",
        "bsn999990019",
        "NL999990019B01",
        "9999.90.019",
        "999 990 019",
        "999-990-019",
        "99 99 90 01 9",
        "9 9 9 9 9 0 0 1 9",
        "9999 90-019",
        "999 - 990 - 019",
        "９９９９９００１９",
        "٩٩٩٩٩٠٠١٩",
        "۹۹۹۹۹۰۰۱۹",
        "999\u{200b}990\u{ad}019",
        "999\u{a0}990\u{2013}019",
        "9_9_9_9_9_0_0_1_9",
        "𝟗𝟗𝟗𝟗𝟗𝟎𝟎𝟏𝟗",
        "9\u{fe0f}\u{20e3}9\u{fe0f}\u{20e3}999\u{2060}0019",
        "00 00 00 012",
        "999990019.",
    ] {
        let found = find_in_text(text);
        assert_eq!(found.len(), 1, "{text}");
    }
}

#[test]
fn the_guard_finds_it_among_other_numbers() {
    for (text, found) in [
        ("kamer 12 999 990 019", "999 990 019"),
        ("12-11-2026 999990019", "999990019"),
        ("999990019 06-12345678", "999990019"),
        ("+31 6 12345678 999990019", "999990019"),
        ("BSN: 12345672", "12345672"),
        ("sofinummer is 1234 5672.", "1234 5672"),
        ("met é ervoor 999990019 en erna", "999990019"),
    ] {
        let ranges = find_in_text(text);
        assert_eq!(ranges.len(), 1, "{text}");
        assert_eq!(&text[ranges[0].clone()], found, "{text}");
    }
    assert_eq!(find_in_text("999990019, 111222333").len(), 2);
}

#[test]
fn the_guard_leaves_other_numbers_alone() {
    for text in [
        "",
        "geen nummer",
        "999990018",
        "000000000",
        "06-12345678",
        "0612345678",
        "06 12 34 56 78",
        "010-123 45 67",
        "+31 6 12345678",
        "geen bsn, bel 06-12345672",
        "+31 999990019",
        "0031 999990019",
        "+31999990019",
        "00 31 999990019",
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "9999900190",
        "1999990019",
        "99999001",
        "91012345",
        "12345672",
        "12112026",
        "999/990/019",
        "999,990,019",
        "99999\n0019",
        "9999900 (19)",
        "RR 120/80 pols 72 sat 98",
    ] {
        assert_eq!(find_in_text(text), vec![], "{text}");
    }
}

#[test]
fn a_date_with_a_time_is_no_number() {
    for day in 1..10 {
        for hour in 0..24 {
            assert_eq!(find_in_text(&format!("{day}-11-2026 {hour:02}:30")), vec![]);
            assert_eq!(
                find_in_text(&format!("1{day}.11.2026 {} uur", hour % 10)),
                vec![]
            );
        }
    }
}

#[test]
fn a_mask_hides_the_digits_and_nothing_else() {
    assert_eq!(
        mask_in_text("é bsn 9999.90.019, kamer 12"),
        "é bsn ••••.••.•••, kamer 12"
    );
    assert_eq!(mask_in_text("kamer 12"), "kamer 12");
    assert_eq!(
        find_in_text(&mask_in_text("999990019 en 111 222 333")),
        vec![]
    );
}

/// Nine digits that pass: eight of any kind and, where there is one, the last that fits.
fn values() -> impl Strategy<Value = [u8; 9]> {
    prop::array::uniform8(0u8..10).prop_filter_map("has a last digit", |first| {
        let mut digits = [0; 9];
        digits[..8].copy_from_slice(&first);
        (0..10).find_map(|last| {
            digits[8] = last;
            Bsn::from_values(&digits).is_ok().then_some(digits)
        })
    })
}

proptest! {
    #[test]
    fn every_single_wrong_digit_is_caught(digits in values(), place in 0usize..9, step in 1u8..10) {
        let mut wrong = digits;
        wrong[place] = (wrong[place] + step) % 10;
        prop_assert!(Bsn::from_values(&wrong).is_err());
    }

    #[test]
    fn every_swap_of_neighbours_is_caught(digits in values(), place in 0usize..8) {
        let mut wrong = digits;
        wrong.swap(place, place + 1);
        prop_assert_eq!(Bsn::from_values(&wrong).is_err(), wrong != digits);
    }

    #[test]
    fn a_number_in_words_is_always_found(digits in values(), separator in "[ .\\-]?", before in "[a-z ]{0,9}", after in "[a-z ,]{0,9}") {
        let number: Vec<String> = digits.iter().map(u8::to_string).collect();
        let text = format!("{before}{}{after}", number.join(&separator));
        let found = find_in_text(&text);
        prop_assert_eq!(found.len(), 1);
        let mask = mask_in_text(&text);
        prop_assert!(!mask.chars().any(|c| c.is_ascii_digit()));
    }

    #[test]
    fn any_text_gives_ranges_on_character_borders(text in ".{0,80}") {
        for range in find_in_text(&text) {
            prop_assert!(text.get(range).is_some());
        }
    }
}
