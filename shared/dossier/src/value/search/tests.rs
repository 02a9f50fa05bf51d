use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 11, 22);

fn entry(name: &str) -> Entry {
    Entry::default().with_text(Field::Name, name)
}

fn anna() -> Entry {
    entry("Anna van der Berg-Özdemir")
        .with_birth_date(BirthDate::Full(date(1934, 2, 1)))
        .with_postcode("1234 AB")
        .with_text(Field::Street, "Korte Dijk 12")
        .with_text(Field::Place, "'s-Gravenzande")
        .with_phone("+31612345678")
}

fn why(text: &str, entry: &Entry) -> Option<Vec<Field>> {
    matches(&Query::parse(text, TODAY), entry).map(|fields| fields.into_iter().collect())
}

#[test]
fn folding_forgets_case_diacritics_and_ligatures() {
    for (text, folded) in [
        ("Ĳsbrand", "ijsbrand"),
        ("Çelik", "celik"),
        ("Groß", "gross"),
        ("Søren", "soren"),
        ("Łukasz", "lukasz"),
        ("Œuvre", "oeuvre"),
        ("Æsop", "aesop"),
        ("Rene\u{301}", "rene"),
        ("RENÉ", "rene"),
        ("Ðorđe", "dorde"),
        ("İpek", "ipek"),
        ("Işık", "isik"),
        ("Nguyễn", "nguyen"),
        ("ﬁets", "fiets"),
        ("１２", "12"),
        ("٣٤", "34"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("An\u{200b}na", "anna"),
        ("Müller", "muller"),
        ("ABC", "abc"),
    ] {
        assert_eq!(fold(text), folded, "{text}");
    }
}

#[test]
fn any_word_start_matches_and_says_where() {
    for (text, fields) in [
        ("anna", vec![Field::Name]),
        ("AN", vec![Field::Name]),
        ("berg", vec![Field::Name]),
        ("ozd", vec![Field::Name]),
        ("Özd", vec![Field::Name]),
        ("van der berg", vec![Field::Name]),
        ("berg anna", vec![Field::Name]),
        ("berg-oz", vec![Field::Name]),
        ("korte di", vec![Field::Street]),
        ("12", vec![Field::Postcode]),
        ("grav", vec![Field::Place]),
        ("'s-grav", vec![Field::Place]),
        ("anna grav", vec![Field::Name, Field::Place]),
        ("1234", vec![Field::Postcode]),
        ("1234ab", vec![Field::Postcode]),
        ("1234 AB", vec![Field::Postcode]),
        ("1234 a", vec![Field::Name, Field::Postcode]),
    ] {
        assert_eq!(why(text, &anna()), Some(fields), "{text}");
    }
    for text in ["erg", "nna", "anna x", "1235", "234", "berg jan"] {
        assert_eq!(why(text, &anna()), None, "{text}");
    }
}

#[test]
fn a_birth_date_is_found_in_every_form_and_half_typed() {
    for text in [
        "01-02-1934",
        "1-2-1934",
        "1-2-34",
        "1/2/34",
        "1.2.1934",
        "01021934",
        "010234",
        "1 feb 1934",
        "feb 1934",
        "1934",
        "1934-02-01",
        "1934-02",
        "02-1934",
        "01-02",
        "1-2",
        "1-2-",
        "1-2-1",
        "01-02-19",
        "0102",
        "1934-0",
    ] {
        assert_eq!(why(text, &anna()), Some(vec![Field::BirthDate]), "{text}");
    }
    for text in ["02-02-1934", "2-2", "1-3", "1935", "mrt 1934", "1-2-35"] {
        assert_eq!(why(text, &anna()), None, "{text}");
    }
    assert_eq!(
        why("anna 1-2-34", &anna()),
        Some(vec![Field::Name, Field::BirthDate])
    );
    assert_eq!(
        why("anna 1934", &anna()),
        Some(vec![Field::Name, Field::BirthDate])
    );
}

#[test]
fn a_partly_known_birth_date_is_found_by_what_is_known() {
    let year = entry("Bo").with_birth_date(BirthDate::Year(1934));
    assert_eq!(why("1934", &year), Some(vec![Field::BirthDate]));
    assert_eq!(why("1-2-1934", &year), None);
    let month = entry("Bo").with_birth_date(BirthDate::Month(1934, 2));
    for text in ["1934", "02-1934", "feb 1934", "2-19"] {
        assert_eq!(why(text, &month), Some(vec![Field::BirthDate]), "{text}");
    }
}

#[test]
fn a_phone_number_is_found_by_its_beginning() {
    for text in [
        "0612",
        "06-1234",
        "06 12 34 56 78",
        "+31 6 12",
        "0031612345678",
        "06-12345678",
    ] {
        assert_eq!(why(text, &anna()), Some(vec![Field::Phone]), "{text}");
    }
    assert_eq!(why("0613", &anna()), None);
}

#[test]
fn names_of_every_script_are_found() {
    for (name, text) in [
        ("محمد علي", "علي"),
        ("שרה כהן", "כהן"),
        ("👩‍🦽 Ans", "ans"),
        ("'t Hart", "'t hart"),
        ("'t Hart", "t h"),
        ("d'Angelo", "ang"),
        ("王小明", "王"),
        ("Ĳsbrand", "ijs"),
        ("IJsbrand", "ĳs"),
        ("Groß", "gross"),
        ("Gross", "groß"),
    ] {
        assert_eq!(why(text, &entry(name)), Some(vec![Field::Name]), "{text}");
    }
}

#[test]
fn nothing_typed_matches_everyone_without_a_reason() {
    for text in ["", "  ", "-"] {
        assert_eq!(why(text, &anna()), Some(vec![]), "{text:?}");
        assert!(Query::parse(text, TODAY).is_empty());
    }
}

#[test]
fn two_people_with_one_surname_are_both_found() {
    let twins = [
        entry("Anna Jansen"),
        entry("Bo Jansen"),
        entry("Anna de Vries"),
    ];
    let found = |text: &str| {
        twins
            .iter()
            .filter(|twin| why(text, twin).is_some())
            .count()
    };
    assert_eq!(
        (
            found("jansen"),
            found("anna"),
            found("anna jansen"),
            found("a j")
        ),
        (2, 2, 1, 1)
    );
}

proptest! {
    #[test]
    fn every_beginning_of_a_name_finds_it(name in "[A-Za-zÀ-ÖØ-öø-ÿ]{1,12}", length in 1usize..12) {
        let start: String = name.chars().take(length).collect();
        prop_assert_eq!(why(&start, &entry(&name)), Some(vec![Field::Name]));
        prop_assert!(why(&start.to_uppercase(), &entry(&name)).is_some());
    }

    #[test]
    fn folding_twice_changes_nothing(text in ".{0,30}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }
}
