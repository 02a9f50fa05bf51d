//! Two texts of one visit: what is new in one, and both as one.

use dossier::edit::{
    ContactKind, Funding, MeasurementInput, MeasurementKind, SubstituteInput, VisitField,
    VisitInput,
};
use dossier::project::{join_drafts, late_parts, other_parts};
use proptest::prelude::*;

use super::world::{World, sign, visit_input};

fn temperature(value: &str) -> Vec<MeasurementInput> {
    vec![MeasurementInput {
        kind: MeasurementKind::Temperature,
        value: value.to_owned(),
    }]
}

#[test]
fn only_what_the_signed_visit_does_not_say_is_late() {
    let mut world = World::with_client(&[Funding::Private]);
    let input = VisitInput {
        actions: vec!["Steunkousen aan".to_owned()],
        done: "Gewassen\nJas aan".to_owned(),
        measurements: temperature("36,8"),
        ..visit_input()
    };
    world.apply(sign(1, input.clone()));
    let signed = world.visit(1);
    // The same, typed otherwise.
    let same = VisitInput {
        date: "22-11-26".to_owned(),
        begin: "8.00".to_owned(),
        actions: Vec::new(),
        done: "Jas aan\n\n  Steunkousen aan ".to_owned(),
        measurements: temperature("36.80"),
        ..input.clone()
    };
    assert_eq!(late_parts(&input, &signed), []);
    assert_eq!(late_parts(&same, &signed), []);
    let later = VisitInput {
        done: "Gewassen\nJa\nWond rood".to_owned(),
        end: "8:45".to_owned(),
        measurements: temperature("38,1"),
        ..input
    };
    let of = |field, text: &str| (field, text.to_owned());
    let parts = [
        of(VisitField::End, "8:45"),
        // Words count, not letters: `Ja` is not in `Jas`.
        of(VisitField::Done, "Ja\nWond rood"),
        of(
            VisitField::Measurement(MeasurementKind::Temperature),
            "38,1",
        ),
    ];
    assert_eq!(late_parts(&later, &signed), parts);
    world.apply(dossier::edit::Edit::AddToVisit {
        client: super::world::ANNA,
        visit: super::world::entry(1),
        addition: super::world::entry(9),
        text: "Tot 8:45. Ja\nWond rood\nTemperatuur 38,1".to_owned(),
    });
    assert_eq!(late_parts(&later, &world.visit(1)), []);
}

#[test]
fn a_draft_joined_with_another_holds_both_or_says_what_is_left() {
    let own = VisitInput {
        done: "Gewassen".to_owned(),
        measurements: temperature("36,8"),
        end: String::new(),
        ..visit_input()
    };
    let other = VisitInput {
        done: "Gewassen\nWond rood".to_owned(),
        facts: "Gevallen".to_owned(),
        ..visit_input()
    };
    let (joined, is_whole) = join_drafts(&own, &other);
    assert!(is_whole);
    assert_eq!(joined.done, "Gewassen\nWond rood");
    assert_eq!(
        (joined.facts.as_str(), joined.end),
        ("Gevallen", other.end.clone())
    );
    assert_eq!(joined.measurements, temperature("36,8"));
    for left in [
        VisitInput {
            measurements: temperature("38,1"),
            ..other.clone()
        },
        VisitInput {
            begin: "9:00".to_owned(),
            ..other.clone()
        },
        VisitInput {
            contact: ContactKind::Phone,
            ..other.clone()
        },
    ] {
        let (joined, is_whole) = join_drafts(&own, &left);
        assert!(!is_whole, "{left:?}");
        assert_eq!(
            (joined.begin, joined.contact),
            (own.begin.clone(), own.contact)
        );
        assert_eq!(joined.measurements, own.measurements);
    }
    let substituted = VisitInput {
        substitute: Some(SubstituteInput {
            name: "Kim".to_owned(),
            agb: String::new(),
        }),
        ..other
    };
    let (joined, is_whole) = join_drafts(&own, &substituted);
    assert!(is_whole && joined.substitute == substituted.substitute);
}

proptest! {
    #[test]
    fn joining_drops_no_line(
        one in proptest::collection::vec("[a-c .]{0,4}", 0..5),
        other in proptest::collection::vec("[a-c .]{0,4}", 0..5),
    ) {
        let with = |lines: &[String]| VisitInput { facts: lines.join("\n"), ..VisitInput::default() };
        let (joined, is_whole) = join_drafts(&with(&one), &with(&other));
        prop_assert!(is_whole);
        prop_assert!(other_parts(&with(&other), &joined).is_empty());
        for line in one.iter().chain(&other).map(|line| line.trim()) {
            prop_assert!(joined.facts.contains(line), "{line:?} in {:?}", joined.facts);
        }
    }
}
