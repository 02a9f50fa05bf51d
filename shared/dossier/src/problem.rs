//! Why an edit was refused: facts for the words of the app, never sentences.

use serde::{Deserialize, Serialize};

use crate::edit::{ClientField, MeasurementKind, VisitField};

/// One reason for refusal, bound to the field where it is mended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub field: Field,
    /// What is wrong.
    pub fault: Fault,
    /// Legal rule behind it (`"B19"`), if one.
    pub rule: Option<RuleId>,
}

/// Id of a row of the rule table.
pub type RuleId = std::borrow::Cow<'static, str>;

/// The field a problem is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// A single-value field of the client form.
    Client(ClientField),
    /// Financiering.
    Funding,
    /// Burgerservicenummer (BSN).
    Bsn,
    /// A field of the visit form.
    Visit(VisitField),
    /// Je naam.
    ProfileName,
    /// Beroep.
    Profession,
    /// AGB-code.
    Agb,
    /// AGB-code onderneming.
    AgbPractice,
    /// Naam van dit apparaat.
    DeviceName,
    /// Soort document.
    DocumentKind,
    /// Documentnummer.
    DocumentNumber,
    /// Datum vastgesteld.
    IdentityDate,
    /// Tijd vastgesteld.
    IdentityTime,
    /// BSN vergeleken met het document.
    BsnCompared,
    /// Waarom kan het nu niet?
    DeferReason,
    /// Dagen.
    PlanningDays,
    /// Tijd.
    PlanningTime,
    /// Duur in minuten.
    PlanningMinutes,
    /// Vanaf.
    PlanningFrom,
    /// Tot.
    PlanningUntil,
    /// Welk onderdeel?
    CorrectionField,
    /// Nieuwe tekst.
    CorrectionText,
    /// Waarom corrigeer je dit?
    CorrectionReason,
    /// Aanvulling.
    Addition,
    /// The edit as a whole (identity missing, entry unknown).
    Whole,
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// Required and empty.
    Missing,
    /// Not of the expected form (date, time, postcode, phone, AGB, number).
    Malformed,
    /// Fails the 11-proef or is 000000000.
    BsnInvalid,
    /// A BSN stands in a text or field where none may be held (B9).
    BsnNotAllowed,
    /// Longer than allowed.
    TooLong {
        /// Most characters allowed.
        limit: u32,
    },
    /// A date or time in the future.
    InFuture,
    /// A date before another one it must follow.
    TooEarly,
    /// More than 120 years ago.
    TooLongAgo,
    /// The end lies before the begin: confirm that it is the next day.
    NextDay {
        /// Local date of the end, `yyyy-mm-dd`.
        date: String,
        /// Local time of the end, `hh:mm`.
        time: String,
    },
    /// A time that no clock has shown: that night it was put forward.
    Skipped {
        /// First local time that existed again, `hh:mm`.
        resumes_at: String,
    },
    /// Outside what is possible; limits as text with a decimal comma.
    OutOfRange {
        /// Which measurement.
        kind: MeasurementKind,
        /// Lowest possible.
        min: String,
        /// Highest possible.
        max: String,
    },
    /// Possible but unusual: ask **Klopt dit?**
    Unusual {
        /// Which measurement.
        kind: MeasurementKind,
    },
    /// The lower pressure is not below the upper one.
    NotBelowUpper,
    /// The identity must be established first (B8).
    IdentityMissing,
    /// Nothing was changed.
    Unchanged,
    /// The entry does not exist (any more), or may not be changed.
    NotPossible,
}
