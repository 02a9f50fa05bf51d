//! One device with its documents: loads and makes what an edit needs, and keeps nothing of a refused one.

use std::collections::BTreeMap;

use dossier::apply::{self, Applied, Context, JournalNeed, Need, Targets, Workspace};
use dossier::calendar;
use dossier::document::{Document, Kind};
use dossier::edit::{
    ClientInput, DocumentKind, Edit, Funding, IdentityInput, Profession, ProfileInput, VisitInput,
};
use dossier::id::{ClientId, EntryId};
use dossier::problem::{Fault, Field, Problem};
use dossier::project;
use dossier::view::{ClientRow, ClientView, VisitView};

/// A number that passes the 11-test, of the range for tests.
pub(crate) const BSN: &str = "999990019";
pub(crate) const ANNA: ClientId = ClientId([0xa; 16]);

pub(crate) fn ms(local: &str) -> i64 {
    calendar::parse_rfc3339(local).unwrap().ms
}

pub(crate) fn entry(number: u8) -> EntryId {
    EntryId([number; 16])
}

pub(crate) struct World {
    pub(crate) profile: Document,
    pub(crate) identity: Option<Document>,
    pub(crate) dossier: Option<Document>,
    pub(crate) journals: BTreeMap<u16, Document>,
    pub(crate) now_ms: i64,
    pub(crate) device: String,
    counter: u64,
}

impl World {
    /// A device at 14:00 on Sunday 22 November 2026, with a profile.
    pub(crate) fn new() -> Self {
        let mut world = Self {
            profile: Document::new(Kind::Profile, [1; 16]),
            identity: None,
            dossier: None,
            journals: BTreeMap::new(),
            now_ms: ms("2026-11-22T14:00:00+01:00"),
            device: "tablet".to_owned(),
            counter: 0,
        };
        world.apply(Edit::SetProfile(profile_input()));
        world
    }

    /// With a client of this funding, and the identity established when the funding needs it.
    pub(crate) fn with_client(funding: &[Funding]) -> Self {
        let mut world = Self::new();
        world.apply(Edit::CreateClient {
            client: ANNA,
            input: Box::new(client_input(funding)),
        });
        if funding.iter().any(|funding| funding.needs_bsn()) {
            world.apply(Edit::EstablishIdentity {
                client: ANNA,
                input: identity_input(),
            });
        }
        world
    }

    /// Another device with the same documents.
    pub(crate) fn other_device(&self, name: &str) -> Self {
        let seed = name.as_bytes()[0];
        let copy = |document: &Document, number: u8| document.copy([seed ^ number; 16]);
        Self {
            profile: copy(&self.profile, 101),
            identity: self.identity.as_ref().map(|document| copy(document, 102)),
            dossier: self.dossier.as_ref().map(|document| copy(document, 103)),
            journals: self
                .journals
                .iter()
                .map(|(year, document)| (*year, copy(document, 104)))
                .collect(),
            now_ms: self.now_ms,
            device: name.to_owned(),
            counter: u64::from(seed) << 32,
        }
    }

    fn actor(&mut self) -> [u8; 16] {
        self.counter += 1;
        let mut bytes = [0x55; 16];
        bytes[..8].copy_from_slice(&self.counter.to_be_bytes());
        bytes
    }

    fn heads(&self) -> Vec<Vec<[u8; 32]>> {
        let fixed = [
            Some(&self.profile),
            self.identity.as_ref(),
            self.dossier.as_ref(),
        ];
        fixed
            .into_iter()
            .flatten()
            .chain(self.journals.values())
            .map(Document::heads)
            .collect()
    }

    pub(crate) fn try_apply(&mut self, edit: &Edit) -> Result<Applied, Vec<Problem>> {
        let targets = apply::targets(edit, self.now_ms)?;
        let before = self.heads();
        let actors = [self.actor(), self.actor(), self.actor()];
        let mut identity = self.identity.take();
        let mut dossier = self.dossier.take();
        let had = (identity.is_some(), dossier.is_some());
        if targets.identity == Need::OrNew {
            identity.get_or_insert_with(|| Document::new(Kind::Identity, actors[0]));
        }
        if targets.dossier == Need::OrNew {
            dossier.get_or_insert_with(|| Document::new(Kind::Dossier, actors[1]));
        }
        let year = self.journal_year(&targets);
        let mut new_journal = year
            .filter(|year| !self.journals.contains_key(year))
            .map(|year| Document::new(Kind::Journal { year }, actors[2]));
        let mut counter = self.counter;
        let mut fresh = || {
            counter += 1;
            let mut bytes = [0xee; 16];
            bytes[8..].copy_from_slice(&counter.to_be_bytes());
            bytes
        };
        let result = apply::apply(
            edit,
            &mut Workspace {
                profile: (targets.profile != Need::Unused).then_some(&mut self.profile),
                identity: identity
                    .as_mut()
                    .filter(|_| targets.identity != Need::Unused),
                dossier: dossier.as_mut().filter(|_| targets.dossier != Need::Unused),
                journal: match new_journal.as_mut() {
                    Some(journal) => Some(journal),
                    None => year.and_then(|year| self.journals.get_mut(&year)),
                },
            },
            &mut Context {
                now_ms: self.now_ms,
                device_name: self.device.clone(),
                fresh: &mut fresh,
            },
        );
        self.counter = counter;
        self.identity = identity.filter(|document| had.0 || !document.heads().is_empty());
        self.dossier = dossier.filter(|document| had.1 || !document.heads().is_empty());
        if let (Some(journal), Some(year)) = (new_journal, year)
            && !journal.heads().is_empty()
        {
            self.journals.insert(year, journal);
        }
        if result.is_err() {
            assert_eq!(self.heads(), before, "a refused edit writes nothing");
        }
        result
    }

    fn journal_year(&self, targets: &Targets) -> Option<u16> {
        match targets.journal {
            JournalNeed::Unused => None,
            JournalNeed::OrNew { year } => Some(year),
            JournalNeed::Holding(visit) => self
                .journals
                .iter()
                .find(|(_, journal)| apply::has_visit(journal, visit))
                .map(|(year, _)| *year),
        }
    }

    #[track_caller]
    pub(crate) fn apply(&mut self, edit: Edit) -> Applied {
        self.try_apply(&edit).unwrap()
    }

    /// The problems of a refused edit, as (field, fault, rule).
    #[track_caller]
    pub(crate) fn refused(&mut self, edit: Edit) -> Vec<(Field, Fault, String)> {
        let problems = self.try_apply(&edit).unwrap_err();
        assert!(!problems.is_empty());
        for rule in problems
            .iter()
            .filter_map(|problem| problem.rule.as_deref())
        {
            assert!(
                dossier::rule::find(rule).is_some(),
                "{rule} stands in the table"
            );
        }
        problems
            .into_iter()
            .map(|problem| {
                (
                    problem.field,
                    problem.fault,
                    problem.rule.unwrap_or_default().into_owned(),
                )
            })
            .collect()
    }

    pub(crate) fn sign(&mut self, visit: u8, input: VisitInput) -> Result<Applied, Vec<Problem>> {
        self.try_apply(&sign(visit, input))
    }

    pub(crate) fn newest_journal(&self) -> Option<&Document> {
        self.journals.values().next_back()
    }

    pub(crate) fn row(&self) -> ClientRow {
        let dossier = self.dossier.as_ref().unwrap();
        project::client_row(ANNA, dossier, self.identity.as_ref(), self.newest_journal())
    }

    pub(crate) fn view(&self) -> ClientView {
        let years = self.journals.keys().copied().collect();
        project::client_view(
            self.row(),
            self.dossier.as_ref().unwrap(),
            self.identity.as_ref(),
            years,
            0,
        )
    }

    pub(crate) fn visit(&self, visit: u8) -> VisitView {
        self.journals
            .values()
            .find_map(|journal| project::visit(journal, entry(visit)))
            .unwrap()
    }

    /// Every byte the documents would be stored as, uncompressed by asking each change.
    pub(crate) fn stored_bytes(&mut self) -> Vec<u8> {
        let fixed = [
            Some(&mut self.profile),
            self.identity.as_mut(),
            self.dossier.as_mut(),
        ];
        let all = fixed
            .into_iter()
            .flatten()
            .chain(self.journals.values_mut());
        all.flat_map(|document| {
            let mut bytes = document.save();
            bytes.extend(
                document
                    .take_changes()
                    .map(|changes| changes.bytes)
                    .unwrap_or_default(),
            );
            bytes
        })
        .collect()
    }
}

pub(crate) fn holds(bytes: &[u8], text: &str) -> bool {
    bytes
        .windows(text.len())
        .any(|window| window == text.as_bytes())
}

pub(crate) fn profile_input() -> ProfileInput {
    ProfileInput {
        name: "Els de Vries".to_owned(),
        profession: Some(Profession::Nurse),
        agb: "91-012345".to_owned(),
        agb_practice: String::new(),
    }
}

pub(crate) fn client_input(funding: &[Funding]) -> ClientInput {
    let needs_bsn = funding.iter().any(|funding| funding.needs_bsn());
    ClientInput {
        first_name: "Anna".to_owned(),
        infix: "van der".to_owned(),
        last_name: "Berg".to_owned(),
        birth_date: "1-2-1934".to_owned(),
        street: "Dorpsstraat 1".to_owned(),
        postcode: "1234ab".to_owned(),
        place: "Ons Dorp".to_owned(),
        phone: "06 12345678".to_owned(),
        requested_on: "01-11-2026".to_owned(),
        starts_on: String::new(),
        funding: funding.to_vec(),
        is_personal_budget: false,
        care_kinds: Vec::new(),
        bsn: if needs_bsn {
            BSN.to_owned()
        } else {
            String::new()
        },
    }
}

pub(crate) fn identity_input() -> IdentityInput {
    IdentityInput {
        document_kind: Some(DocumentKind::Passport),
        document_number: "nw1234567".to_owned(),
        date: "21-11-2026".to_owned(),
        time: "9:05".to_owned(),
        is_bsn_compared: true,
    }
}

pub(crate) fn visit_input() -> VisitInput {
    VisitInput {
        date: "22-11-2026".to_owned(),
        begin: "8:00".to_owned(),
        end: "8:30".to_owned(),
        done: "Geholpen met wassen".to_owned(),
        result: "Zorg gegeven zoals afgesproken".to_owned(),
        ..VisitInput::default()
    }
}

pub(crate) fn sign(visit: u8, input: VisitInput) -> Edit {
    Edit::SignVisit {
        client: ANNA,
        visit: entry(visit),
        input: Box::new(input),
    }
}
