//! The legal rules as data: one row per requirement, with its exact Dutch quote.
//!
//! The completeness check, the marks on screens and the gates at signing read this one table; a change of law is a
//! change of a row. The articles lead: where today's law differs, [`Rule::differs_from_law`] says how, and the app
//! shows it beside the rule.

mod table;

pub use table::RULES;

/// One requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable id, as printed: `"B19"`.
    pub id: &'static str,
    /// Exact words of the source.
    pub quote: &'static str,
    /// Where the words stand.
    pub source: Source,
    /// How much it matters.
    pub severity: Severity,
    /// What it holds back until it is met.
    pub gate: Option<Gate>,
    /// Where it is met.
    pub place: Place,
    /// Whether "not applicable" is an answer.
    pub may_not_apply: bool,
    /// How today's law differs from the source.
    pub differs_from_law: Option<LawDifference>,
}

/// The articles the rules are taken from (SoloPartners).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// "Hoe voer je een cliëntendossier?", version of 26 September 2022: ids with A.
    ClientDossier,
    /// The requirements of article 7:454 of the Civil Code, version of 28 March 2022: ids with B.
    DossierRequirements,
}

/// How much a rule matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The dossier is incomplete without it.
    Must,
    /// Recommended.
    Advice,
}

/// What a rule holds back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Gate {
    /// Saving a client.
    SaveClient,
    /// Saving any text where no BSN may be held.
    SaveText,
    /// Signing a visit.
    SignVisit,
}

/// Where a rule is met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The caregiver's own data.
    Profile,
    /// The device and its lock.
    Device,
    /// The dossier itself: it exists and is open.
    Dossier,
    /// Date of the request for care.
    RequestDate,
    /// The BSN field.
    Bsn,
    /// The dialog that establishes the identity.
    Identity,
    /// Any free text.
    FreeText,
    /// What was done in a visit.
    VisitActions,
    /// Begin and end of a visit.
    VisitTimes,
    /// Who did a visit.
    VisitPerformer,
    /// Result of a visit.
    VisitResult,
    /// Facts and circumstances.
    Facts,
    /// Diagnoses.
    Diagnoses,
    /// Preferences and goals.
    Preferences,
    /// Proposal, options, choice and consent.
    Consent,
    /// Experience in the client's own words.
    Experience,
}

/// Where today's law differs from the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LawDifference {
    /// The care plan's duty comes from a decree repealed in 2015, today from Wlz, Wzd and guidelines; and the law
    /// counts from the start of care, not from the request.
    PlanFromStartOfCare,
    /// The Youth Act and the Social Support Act 2015 also give a ground to use the BSN.
    OtherGroundsForBsn,
    /// The law names the last change of the dossier as the start of the term.
    RetentionFromLastChange,
    /// NEN 7510 asks for two factors, not only a password.
    TwoFactors,
}

/// The rule with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// The rules that hold something back.
pub fn at_gate(gate: Gate) -> impl Iterator<Item = &'static Rule> {
    RULES.iter().filter(move |rule| rule.gate == Some(gate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_occur_once_and_name_their_source() {
        for (at, rule) in RULES.iter().enumerate() {
            assert_eq!(
                RULES.iter().position(|other| other.id == rule.id),
                Some(at),
                "{}",
                rule.id
            );
            let letter = match rule.source {
                Source::ClientDossier => 'A',
                Source::DossierRequirements => 'B',
            };
            assert!(rule.id.starts_with(letter), "{}", rule.id);
            assert_eq!(find(rule.id), Some(rule));
        }
        assert_eq!(find("B99"), None);
    }

    #[test]
    fn signing_a_visit_waits_for_exactly_these() {
        let ids: Vec<&str> = at_gate(Gate::SignVisit).map(|rule| rule.id).collect();
        assert_eq!(ids, ["B8", "B10", "B11", "B12", "B19"]);
    }

    #[test]
    fn what_holds_something_back_is_a_must() {
        assert!(
            RULES
                .iter()
                .filter(|rule| rule.gate.is_some())
                .all(|rule| rule.severity == Severity::Must)
        );
    }
}
