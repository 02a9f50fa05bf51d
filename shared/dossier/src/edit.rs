//! Typed intents: the only way anything is written.
//!
//! Text stands as the person typed it. Checking and normalising is done when the edit is applied, so that
//! a wrong value comes back as a [`crate::problem::Problem`] beside the untouched input.

use serde::{Deserialize, Serialize};

use crate::calendar::span::Stamped;
use crate::id::{ClientId, EntryId};

/// One intent of the caregiver.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edit {
    /// Change the caregiver's own data; the whole form at once. Parts that stay as shown settle no open question.
    SetProfile(ProfileInput),
    /// Change one part of the caregiver's own data; settles an open question about it.
    ChangeProfile {
        /// Which part.
        field: ProfileField,
        /// New value as typed; of a profession its stored word.
        value: String,
    },
    /// Open a dossier (B1). The id comes from the page so that pressing twice saves once.
    CreateClient {
        /// Fresh random id.
        client: ClientId,
        /// The form **Nieuwe cliënt**.
        input: Box<ClientInput>,
    },
    /// Change one field of a client's data (**Wijzig**); the earlier value stays in the history.
    ChangeClient {
        /// Whose.
        client: ClientId,
        /// Which field.
        field: ClientField,
        /// New value as typed.
        value: String,
    },
    /// Change how the care is paid and which kind of care it is.
    ChangeFunding {
        /// Whose.
        client: ClientId,
        /// New set of sources.
        funding: Vec<Funding>,
        /// Paid through a personal budget.
        is_personal_budget: bool,
        /// New set of kinds of care.
        care_kinds: Vec<CareKind>,
        /// BSN as typed: required when the new funding needs it and none is held, empty otherwise.
        bsn: String,
    },
    /// Replace a wrongly typed BSN; only while [`Funding::needs_bsn`] holds.
    ChangeBsn {
        /// Whose.
        client: ClientId,
        /// BSN as typed.
        bsn: String,
    },
    /// Record that the identity was established (B8).
    EstablishIdentity {
        /// Whose.
        client: ClientId,
        /// The form **Identiteit vaststellen**.
        input: IdentityInput,
    },
    /// Acute care: establish the identity later; leaves a task on Vandaag (B8).
    DeferIdentity {
        /// Whose.
        client: ClientId,
        /// **Waarom kan het nu niet?**
        reason: String,
    },
    /// Plan visits on fixed weekdays.
    AddPlanning {
        /// Whose.
        client: ClientId,
        /// Fresh random id.
        planning: EntryId,
        /// The form **Planning**.
        input: PlanningInput,
    },
    /// Replace a planning from today on.
    ChangePlanning {
        /// Whose.
        client: ClientId,
        /// Which planning.
        planning: EntryId,
        /// The form **Planning**.
        input: PlanningInput,
    },
    /// End a planning: no visit is planned after today.
    EndPlanning {
        /// Whose.
        client: ClientId,
        /// Which planning.
        planning: EntryId,
    },
    /// **Vandaag overslaan**, or take that back.
    SkipPlanned {
        /// Whose.
        client: ClientId,
        /// Which planning.
        planning: EntryId,
        /// Local date `yyyy-mm-dd`.
        date: String,
        /// False takes the skip back.
        is_skipped: bool,
    },
    /// Sign a visit: it locks (B10–B20, section 4a).
    SignVisit {
        /// Whose.
        client: ClientId,
        /// Id of the visit, the same in its draft, so that pressing twice signs once.
        visit: EntryId,
        /// The form.
        input: Box<VisitInput>,
    },
    /// Correct one field of a signed visit by a new signed entry (A11).
    CorrectVisit {
        /// Whose.
        client: ClientId,
        /// The signed visit.
        visit: EntryId,
        /// Fresh random id.
        correction: EntryId,
        /// The form **Bezoek corrigeren**.
        input: CorrectionInput,
    },
    /// Add text to a signed visit by a new signed entry.
    AddToVisit {
        /// Whose.
        client: ClientId,
        /// The signed visit.
        visit: EntryId,
        /// Fresh random id.
        addition: EntryId,
        /// **Aanvulling**.
        text: String,
    },
    /// Undo one recorded change of a client's data, a planning, the BSN or the choice of an identity document, from the
    /// toast or from the history.
    UndoChange {
        /// Whose.
        client: ClientId,
        /// Id of the change in the history.
        change: EntryId,
    },
    /// Undo one recorded change of a part of the caregiver's own data, from the toast.
    UndoProfile {
        /// Id of the change in the history of the profile.
        change: EntryId,
    },
    /// Name a device of the account (**Naam van dit apparaat**).
    NameDevice {
        /// Its number in the account.
        device: u16,
        /// As typed.
        name: String,
    },
}

/// **Wie ben je?** and **Mijn praktijk**.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileInput {
    /// **Je naam**, required (B11).
    pub name: String,
    /// **Beroep**; `None` = not chosen.
    pub profession: Option<Profession>,
    /// **AGB-code**, 8 digits or empty.
    pub agb: String,
    /// **AGB-code onderneming**, 8 digits or empty.
    pub agb_practice: String,
}

/// A part of the caregiver's own data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileField {
    /// Je naam.
    Name,
    /// Beroep.
    Profession,
    /// AGB-code.
    Agb,
    /// AGB-code onderneming.
    AgbPractice,
}

/// A2: profession of the caregiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profession {
    /// Verpleegkundige.
    Nurse,
    /// Verzorgende IG.
    CareWorker,
    /// Helpende.
    CareAssistant,
    /// Begeleider.
    SupportWorker,
    /// Kraamverzorgende.
    MaternityCareWorker,
    /// Anders.
    Other,
}

/// **Nieuwe cliënt**. Required: first name, last name, birth date, request date, funding (and BSN with Zvw or Wlz).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientInput {
    /// **Voornaam**.
    pub first_name: String,
    /// **Tussenvoegsel**.
    pub infix: String,
    /// **Achternaam**.
    pub last_name: String,
    /// **Geboortedatum**, may be partly known.
    pub birth_date: String,
    /// **Straat en huisnummer**.
    pub street: String,
    /// **Postcode**.
    pub postcode: String,
    /// **Plaats**.
    pub place: String,
    /// **Telefoonnummer**.
    pub phone: String,
    /// **Aanvraagdatum zorg** (A22).
    pub requested_on: String,
    /// **Startdatum zorg**.
    pub starts_on: String,
    /// **Financiering**.
    pub funding: Vec<Funding>,
    /// **Via pgb**.
    pub is_personal_budget: bool,
    /// **Soort zorg**.
    pub care_kinds: Vec<CareKind>,
    /// **Burgerservicenummer (BSN)**; must be empty unless the funding needs it (B9).
    pub bsn: String,
}

/// A single-value field of a client's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientField {
    /// Voornaam.
    FirstName,
    /// Tussenvoegsel.
    Infix,
    /// Achternaam.
    LastName,
    /// Geboortedatum.
    BirthDate,
    /// Straat en huisnummer.
    Street,
    /// Postcode.
    Postcode,
    /// Plaats.
    Place,
    /// Telefoonnummer.
    Phone,
    /// Aanvraagdatum zorg.
    RequestedOn,
    /// Startdatum zorg.
    StartsOn,
    /// Financiering, via pgb and soort zorg together; only in histories.
    Funding,
}

/// B7: who pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Funding {
    /// Zorgverzekeringswet.
    Zvw,
    /// Wet langdurige zorg.
    Wlz,
    /// Wet maatschappelijke ondersteuning.
    Wmo,
    /// Jeugdwet.
    Jeugdwet,
    /// The client pays.
    Private,
    /// Anders.
    Other,
}

impl Funding {
    /// Whether a BSN must be held (B7); without any such source it may not be held (B9).
    pub fn needs_bsn(self) -> bool {
        matches!(self, Self::Zvw | Self::Wlz)
    }
}

/// Kind of care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CareKind {
    /// Verpleging.
    Nursing,
    /// Verzorging.
    PersonalCare,
    /// Begeleiding.
    Support,
    /// Huishouden.
    Household,
    /// Kraamzorg.
    Maternity,
}

/// **Identiteit vaststellen** (B8).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityInput {
    /// **Soort document**.
    pub document_kind: Option<DocumentKind>,
    /// **Documentnummer**.
    pub document_number: String,
    /// **Datum vastgesteld**.
    pub date: String,
    /// **Tijd vastgesteld**.
    pub time: String,
    /// **BSN vergeleken met het document**; must be true.
    pub is_bsn_compared: bool,
}

/// Legal identity documents (WID).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// Paspoort.
    Passport,
    /// Identiteitskaart.
    IdentityCard,
    /// Rijbewijs.
    DrivingLicence,
    /// Vreemdelingendocument.
    ResidencePermit,
}

/// **Planning**: visits at one time on some weekdays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanningInput {
    /// 1 = Monday … 7 = Sunday (ISO 8601).
    pub weekdays: Vec<u8>,
    /// **Tijd**.
    pub time: String,
    /// **Duur in minuten**.
    pub minutes: String,
    /// **Vanaf**.
    pub from: String,
    /// **Tot**.
    pub until: String,
}

/// The visit form. Also the content of a visit draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitInput {
    /// **Soort contact**.
    pub contact: ContactKind,
    /// **Datum** of the begin.
    pub date: String,
    /// **Begintijd**.
    pub begin: String,
    /// **Eindtijd**; before the begin means the next day.
    pub end: String,
    /// The person confirmed that the visit ends on the next day (**Klopt**).
    pub is_next_day_confirmed: bool,
    /// Ticked actions: rows offered from the last visit, verbatim texts.
    pub actions: Vec<String>,
    /// **Wat heb je gedaan?** in own words.
    pub done: String,
    /// **Resultaat** (B19).
    pub result: String,
    /// **Feiten en omstandigheden** (B13).
    pub facts: String,
    /// **Ervaring van de cliënt** (B20).
    pub experience: String,
    /// **Metingen erbij**; only kinds with something typed.
    pub measurements: Vec<MeasurementInput>,
    /// **Iemand anders deed dit**: another performer instead of the profile.
    pub substitute: Option<SubstituteInput>,
    /// The planning this visit answers, if any, with its local date `yyyy-mm-dd`.
    pub planned: Option<(EntryId, String)>,
    /// Measurements outside the usual range that the person confirmed.
    pub confirmed_unusual: Vec<MeasurementKind>,
    /// The offsets of times that a button filled in and nobody changed.
    #[serde(default)]
    pub stamped: Stamped,
}

/// Kind of contact.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// Huisbezoek.
    #[default]
    HomeVisit,
    /// Telefoon.
    Phone,
    /// Beeldbellen.
    Video,
    /// Overleg.
    Consultation,
}

/// One measurement as typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasurementInput {
    /// What.
    pub kind: MeasurementKind,
    /// Value as typed; comma or point.
    pub value: String,
}

/// What can be measured; units in `requirements.md` section 3.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasurementKind {
    /// Bovendruk, mm[Hg].
    UpperPressure,
    /// Onderdruk, mm[Hg].
    LowerPressure,
    /// Pols, /min.
    Pulse,
    /// Temperatuur, Cel.
    Temperature,
    /// Saturatie, %.
    Saturation,
    /// Gewicht, kg.
    Weight,
    /// Glucose, mmol/L.
    Glucose,
    /// Pijn, 0–10.
    Pain,
}

/// Someone else did the visit (B11).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstituteInput {
    /// **Naam waarnemer**.
    pub name: String,
    /// **AGB-code waarnemer**.
    pub agb: String,
}

/// **Bezoek corrigeren**.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionInput {
    /// **Welk onderdeel?**
    pub field: VisitField,
    /// **Nieuwe tekst**.
    pub text: String,
    /// **Waarom corrigeer je dit?**
    pub reason: String,
    /// **Op verzoek van de cliënt** (A16).
    pub is_client_request: bool,
}

/// A field of the visit form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitField {
    /// Soort contact; never correctable.
    Contact,
    /// Datum.
    Date,
    /// Begintijd.
    Begin,
    /// Eindtijd.
    End,
    /// Wat heb je gedaan?
    Done,
    /// Resultaat.
    Result,
    /// Feiten en omstandigheden.
    Facts,
    /// Ervaring van de cliënt.
    Experience,
    /// Naam waarnemer.
    SubstituteName,
    /// AGB-code waarnemer.
    SubstituteAgb,
    /// One measurement.
    Measurement(MeasurementKind),
}
