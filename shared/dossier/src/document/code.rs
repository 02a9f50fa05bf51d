//! The words that stand for enum values in documents. Frozen: a word is never given another meaning.

use crate::edit::{
    CareKind, ClientField, ContactKind, DocumentKind, Funding, MeasurementKind, Profession,
    ProfileField, VisitField,
};

use super::layout::{AGB, AGB_PRACTICE, NAME, PROFESSION};

/// A value with a stored word.
pub(crate) trait Code: Sized + Copy + 'static {
    /// Every value, in the order of the forms.
    const ALL: &'static [Self];

    /// The stored word.
    fn code(self) -> &'static str;

    /// The value of a stored word; `None` for a word of a newer version.
    fn from_code(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|value| value.code() == code)
    }
}

macro_rules! codes {
    ($type:ty { $($variant:ident = $code:literal),* $(,)? }) => {
        impl Code for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),*
                }
            }
        }
    };
}

codes!(Profession {
    Nurse = "nurse",
    CareWorker = "care_worker",
    CareAssistant = "care_assistant",
    SupportWorker = "support_worker",
    MaternityCareWorker = "maternity_care_worker",
    Other = "other",
});
codes!(ClientField {
    FirstName = "first_name",
    Infix = "infix",
    LastName = "last_name",
    BirthDate = "birth_date",
    Street = "street",
    Postcode = "postcode",
    Place = "place",
    Phone = "phone",
    RequestedOn = "requested_on",
    StartsOn = "starts_on",
    Funding = "funding",
});
impl Code for ProfileField {
    const ALL: &'static [Self] = &[Self::Name, Self::Profession, Self::Agb, Self::AgbPractice];

    fn code(self) -> &'static str {
        match self {
            Self::Name => NAME,
            Self::Profession => PROFESSION,
            Self::Agb => AGB,
            Self::AgbPractice => AGB_PRACTICE,
        }
    }
}

codes!(Funding {
    Zvw = "zvw",
    Wlz = "wlz",
    Wmo = "wmo",
    Jeugdwet = "jeugdwet",
    Private = "private",
    Other = "other",
});
codes!(CareKind {
    Nursing = "nursing",
    PersonalCare = "personal_care",
    Support = "support",
    Household = "household",
    Maternity = "maternity",
});
codes!(DocumentKind {
    Passport = "passport",
    IdentityCard = "identity_card",
    DrivingLicence = "driving_licence",
    ResidencePermit = "residence_permit",
});
codes!(ContactKind {
    HomeVisit = "home_visit",
    Phone = "phone",
    Video = "video",
    Consultation = "consultation",
});
codes!(MeasurementKind {
    UpperPressure = "upper_pressure",
    LowerPressure = "lower_pressure",
    Pulse = "pulse",
    Temperature = "temperature",
    Saturation = "saturation",
    Weight = "weight",
    Glucose = "glucose",
    Pain = "pain",
});

const MEASUREMENT: &str = "measurement.";

/// The stored word of a field of a visit.
pub(crate) fn visit_field_code(field: VisitField) -> String {
    let word = match field {
        VisitField::Contact => "contact",
        VisitField::Date => "date",
        VisitField::Begin => "begin",
        VisitField::End => "end",
        VisitField::Done => "done",
        VisitField::Result => "result",
        VisitField::Facts => "facts",
        VisitField::Experience => "experience",
        VisitField::SubstituteName => "substitute_name",
        VisitField::SubstituteAgb => "substitute_agb",
        VisitField::Measurement(kind) => return format!("{MEASUREMENT}{}", kind.code()),
    };
    word.to_owned()
}

/// The field of a stored word.
pub(crate) fn visit_field(code: &str) -> Option<VisitField> {
    if let Some(kind) = code.strip_prefix(MEASUREMENT) {
        return MeasurementKind::from_code(kind).map(VisitField::Measurement);
    }
    [
        VisitField::Contact,
        VisitField::Date,
        VisitField::Begin,
        VisitField::End,
        VisitField::Done,
        VisitField::Result,
        VisitField::Facts,
        VisitField::Experience,
        VisitField::SubstituteName,
        VisitField::SubstituteAgb,
    ]
    .into_iter()
    .find(|field| visit_field_code(*field) == code)
}

/// Who pays and for what, as one register, so that concurrent changes never mix.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FundingSet {
    /// Who pays, in the order of the form, each once.
    pub(crate) funding: Vec<Funding>,
    /// Paid through a personal budget.
    pub(crate) is_personal_budget: bool,
    /// Kinds of care, in the order of the form, each once.
    pub(crate) care_kinds: Vec<CareKind>,
}

const PERSONAL_BUDGET: &str = "pgb";

impl FundingSet {
    pub(crate) fn new(
        funding: &[Funding],
        is_personal_budget: bool,
        care_kinds: &[CareKind],
    ) -> Self {
        Self {
            funding: Funding::ALL
                .iter()
                .copied()
                .filter(|value| funding.contains(value))
                .collect(),
            is_personal_budget,
            care_kinds: CareKind::ALL
                .iter()
                .copied()
                .filter(|value| care_kinds.contains(value))
                .collect(),
        }
    }

    /// Codes joined by `,`; unknown codes are skipped.
    pub(crate) fn parse(stored: &str) -> Self {
        let codes: Vec<&str> = stored.split(',').collect();
        Self {
            funding: Funding::ALL
                .iter()
                .copied()
                .filter(|value| codes.contains(&value.code()))
                .collect(),
            is_personal_budget: codes.contains(&PERSONAL_BUDGET),
            care_kinds: CareKind::ALL
                .iter()
                .copied()
                .filter(|value| codes.contains(&value.code()))
                .collect(),
        }
    }

    pub(crate) fn stored(&self) -> String {
        let mut codes: Vec<&str> = self.funding.iter().map(|value| value.code()).collect();
        if self.is_personal_budget {
            codes.push(PERSONAL_BUDGET);
        }
        codes.extend(self.care_kinds.iter().map(|value| value.code()));
        codes.join(",")
    }

    pub(crate) fn needs_bsn(&self) -> bool {
        self.funding.iter().any(|value| value.needs_bsn())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_comes_back_and_an_unknown_one_is_nothing() {
        fn check<T: Code + PartialEq + std::fmt::Debug>() {
            for value in T::ALL {
                assert_eq!(T::from_code(value.code()), Some(*value));
            }
            assert_eq!(T::from_code("of-a-later-version"), None);
        }
        check::<Profession>();
        check::<ClientField>();
        check::<ProfileField>();
        check::<Funding>();
        check::<CareKind>();
        check::<DocumentKind>();
        check::<ContactKind>();
        check::<MeasurementKind>();
        for kind in MeasurementKind::ALL {
            let field = VisitField::Measurement(*kind);
            assert_eq!(visit_field(&visit_field_code(field)), Some(field));
        }
        assert_eq!(visit_field("result"), Some(VisitField::Result));
        assert_eq!(visit_field("measurement.later"), None);
    }

    #[test]
    fn funding_is_stored_in_the_order_of_the_form() {
        let set = FundingSet::new(
            &[Funding::Other, Funding::Zvw, Funding::Zvw],
            true,
            &[CareKind::Support, CareKind::Nursing],
        );
        assert_eq!(set.stored(), "zvw,other,pgb,nursing,support");
        assert_eq!(FundingSet::parse(&set.stored()), set);
        assert_eq!(
            FundingSet::parse("zvw,later,nursing"),
            FundingSet::new(&[Funding::Zvw], false, &[CareKind::Nursing])
        );
    }
}
