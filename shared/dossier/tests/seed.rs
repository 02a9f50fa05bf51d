//! The quotes of the rule table stand word for word in the passages they are taken from.

#![allow(clippy::panic)]

use dossier::rule::{RULES, Source};

/// Passages of "Hoe voer je een cliëntendossier?" (SoloPartners, 26 September 2022).
const CLIENT_DOSSIER: &str = include_str!("seed/client_dossier.txt");
/// The requirements of article 7:454 (SoloPartners, 28 March 2022).
const DOSSIER_REQUIREMENTS: &str = include_str!("seed/dossier_requirements.txt");

#[test]
fn every_quote_is_exact() {
    for rule in RULES {
        let passages = match rule.source {
            Source::ClientDossier => CLIENT_DOSSIER,
            Source::DossierRequirements => DOSSIER_REQUIREMENTS,
        };
        assert!(
            passages.contains(rule.quote),
            "{}: {:?}",
            rule.id,
            rule.quote
        );
    }
}

/// Every point of the list in the second article has its row, so none is forgotten.
#[test]
fn every_point_of_the_requirements_has_a_rule() {
    let points: Vec<&str> = DOSSIER_REQUIREMENTS
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("• "))
        .skip_while(|point| !point.starts_with("Naam en"))
        .take_while(|point| !point.starts_with("Zorg ervoor"))
        .collect();
    assert_eq!(points.len(), 10);
    for point in points {
        assert!(RULES.iter().any(|rule| rule.quote == point), "{point}");
    }
}
