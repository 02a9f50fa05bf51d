//! The rows. Every quote stands word for word in `tests/seed/`, kept so by a test.

use super::LawDifference::{
    OtherGroundsForBsn, PlanFromStartOfCare, RetentionFromLastChange, TwoFactors,
};
use super::Source::{ClientDossier, DossierRequirements};
use super::{Gate, LawDifference, Place, Rule, Severity, Source};

const fn must(id: &'static str, source: Source, place: Place, quote: &'static str) -> Rule {
    Rule {
        id,
        quote,
        source,
        severity: Severity::Must,
        gate: None,
        place,
        may_not_apply: false,
        differs_from_law: None,
    }
}

impl Rule {
    const fn at(self, gate: Gate) -> Self {
        Self {
            gate: Some(gate),
            ..self
        }
    }

    const fn differs(self, difference: LawDifference) -> Self {
        Self {
            differs_from_law: Some(difference),
            ..self
        }
    }

    const fn or_not_applicable(self) -> Self {
        Self {
            may_not_apply: true,
            ..self
        }
    }
}

/// Every rule that is built, in the order of the articles.
pub const RULES: &[Rule] = &[
    must("A20", ClientDossier, Place::Dossier, "De WGBO kent een bewaartermijn van 20 jaar.").differs(RetentionFromLastChange),
    must(
        "A22",
        ClientDossier,
        Place::RequestDate,
        "Binnen 6 weken na aanvraag van de zorgverlening moet de zorgaanbieder ook een zorgplan hebben opgesteld.",
    )
    .differs(PlanFromStartOfCare),
    must(
        "B1",
        DossierRequirements,
        Place::Dossier,
        "Op grond van artikel 7:454 Burgerlijk Wetboek is een hulpverlener verplicht om een dossier in te richten met \
         betrekking tot de behandeling van de patiënt.",
    ),
    must(
        "B2",
        DossierRequirements,
        Place::Dossier,
        "In het dossier dient de hulpverlener alle gegevens bij te houden die noodzakelijk zijn voor een goede \
         hulpverlening.",
    ),
    must(
        "B7",
        DossierRequirements,
        Place::Bsn,
        "Leg – indien je Zvw- of Wlz-zorg verleent – het Burgerservicenummer van jouw cliënt vast in het \
         cliëntendossier.",
    )
    .at(Gate::SaveClient),
    must(
        "B8",
        DossierRequirements,
        Place::Identity,
        "Hiermee identificeert je jouw cliënt alvorens met behandeling(en)/zorgverlening te starten.",
    )
    .at(Gate::SignVisit),
    must(
        "B9",
        DossierRequirements,
        Place::FreeText,
        "Indien je geen Zvw- of Wlz-zorg verleent mag je het Burgerservicenummer van jouw cliënt niet gebruiken of \
         vastleggen.",
    )
    .at(Gate::SaveText)
    .differs(OtherGroundsForBsn),
    must(
        "B10",
        DossierRequirements,
        Place::VisitActions,
        "Houd daarnaast de volgende punten bij in het cliëntendossier, zodat altijd vastgelegd is welke \
         behandeling/zorg op welk tijdstip je bij wie hebt verricht en wat de resultaten daarvan zijn:",
    )
    .at(Gate::SignVisit),
    must(
        "B11",
        DossierRequirements,
        Place::VisitPerformer,
        "Naam en – indien beschikbaar – AGB-code van de behandelaar;",
    )
    .at(Gate::SignVisit),
    must("B12", DossierRequirements, Place::VisitTimes, "Data en tijdstippen van de behandelingen/zorgverlening;")
        .at(Gate::SignVisit),
    must(
        "B13",
        DossierRequirements,
        Place::Facts,
        "Relevante feiten en omstandigheden die betrekking hebben op de cliënt;",
    ),
    must("B14", DossierRequirements, Place::Diagnoses, "De door jou gestelde diagnoses;").or_not_applicable(),
    must("B15", DossierRequirements, Place::Preferences, "Voorkeuren en/of doelen van de cliënt;"),
    must("B16", DossierRequirements, Place::Consent, "De door jou voorgestelde behandelingen/zorgverlening;"),
    must(
        "B17",
        DossierRequirements,
        Place::Consent,
        "Verdere afstemming met de cliënt over de mogelijke behandelopties;",
    ),
    must(
        "B18",
        DossierRequirements,
        Place::Consent,
        "De toestemming van de cliënt voor de samen gekozen behandeloptie;",
    ),
    must("B19", DossierRequirements, Place::VisitResult, "De resultaten van de behandelingen/zorgverlening;")
        .at(Gate::SignVisit),
    must("B20", DossierRequirements, Place::Experience, "De ervaringen van de cliënt."),
    must(
        "B21",
        DossierRequirements,
        Place::Device,
        "Zorg ervoor dat onbevoegden geen toegang kunnen hebben tot jouw cliëntendossiers.",
    ),
    must(
        "B23",
        DossierRequirements,
        Place::Device,
        "Digitale dossiers dienen minimaal met een wachtwoord beveiligd te zijn.",
    )
    .differs(TwoFactors),
];
