//! The device of the stories: a vault on a disk that outlives it.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Mutex;

use crypto::{KdfError, KdfParams, KdfRequest, SlotKey, run_argon2id};
use dossier::draft::DraftBody;
use dossier::edit::{
    CareKind, ClientInput, DocumentKind, Edit, Funding, IdentityInput, Profession, ProfileInput,
    VisitInput,
};
use dossier::id::{ClientId, EntryId};
use dossier::view::{ClientView, VisitView, VisitsView};
use engine::command::{ClientFilter, Command, Failure, Reply, Status, UnreadableRow};
use engine::kdf::Kdf;
use engine::store::faulty::Faulty;
use engine::store::memory::Memory;
use engine::{Now, Vault};
use pollster::block_on;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub(crate) const PASSPHRASE: &str = "drie blauwe fietsen bij de molen";
/// 20 November 2026, 11:00 in Amsterdam.
pub(crate) const MORNING: i64 = 1_795_168_800_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 86_400_000;

static KEYS: Mutex<BTreeMap<Vec<u8>, [u8; 32]>> = Mutex::new(BTreeMap::new());

/// Argon2id at the smallest cost that is opened, run once for the same input.
#[derive(Clone, Copy)]
pub(crate) struct Remembered;

impl Kdf for Remembered {
    async fn calibrate(&self) -> Result<KdfParams, KdfError> {
        KdfParams::new(19 * 1024, 2, 1)
    }

    async fn derive(&self, request: &KdfRequest) -> Result<SlotKey, KdfError> {
        let input = request.to_bytes().to_vec();
        let known = KEYS.lock().unwrap().get(&input).copied();
        if let Some(key) = known {
            return Ok(SlotKey::from_bytes(&key).unwrap());
        }
        let key = run_argon2id(request)?;
        KEYS.lock().unwrap().insert(input, *key.expose_bytes());
        Ok(key)
    }
}

pub(crate) struct Tablet {
    pub(crate) disk: Memory,
    pub(crate) store: Faulty<Memory>,
    pub(crate) vault: Vault<Faulty<Memory>, Remembered>,
    pub(crate) rng: ChaCha20Rng,
    pub(crate) now: i64,
    /// Time passes with every command.
    pub(crate) step_ms: Cell<i64>,
}

impl Tablet {
    /// An empty tablet.
    pub(crate) fn new(seed: u64) -> Self {
        Self::on(Memory::new(), seed)
    }

    /// A tablet with a disk that was used before.
    pub(crate) fn on(disk: Memory, seed: u64) -> Self {
        let store = Faulty::new(disk.clone());
        Self {
            vault: Vault::new(store.clone(), Remembered),
            store,
            disk,
            rng: ChaCha20Rng::seed_from_u64(seed),
            now: MORNING,
            step_ms: Cell::new(1_000),
        }
    }

    /// A tablet with an open vault.
    pub(crate) fn with_vault(seed: u64) -> Self {
        let mut tablet = Self::new(seed);
        assert!(matches!(tablet.set_up(), Reply::Open));
        tablet
    }

    /// A tablet with an open vault and one client.
    pub(crate) fn with_client(seed: u64) -> (Self, ClientId) {
        let mut tablet = Self::with_vault(seed);
        let client = tablet.create_client(&janssen());
        (tablet, client)
    }

    pub(crate) fn ask(&mut self, command: Command) -> Reply {
        self.now += self.step_ms.get();
        block_on(
            self.vault
                .handle(command, Now { ms: self.now }, &mut self.rng),
        )
    }

    pub(crate) fn set_up(&mut self) -> Reply {
        let (groups, ask) = match self.ask(Command::BeginSetup) {
            Reply::RecoveryCode { groups, ask } => (groups, ask),
            other => return other,
        };
        let typed = ask.map(|number| (number, groups[usize::from(number) - 1].clone()));
        self.ask(Command::FinishSetup {
            profile: caregiver(),
            passphrase: PASSPHRASE.into(),
            groups: typed,
        })
    }

    /// Power off and on again: memory is gone, the disk stays and works.
    pub(crate) fn restart(&mut self) {
        self.store = Faulty::new(self.disk.clone());
        self.vault = Vault::new(self.store.clone(), Remembered);
    }

    pub(crate) fn unlock(&mut self) {
        let reply = self.ask(Command::Unlock {
            passphrase: PASSPHRASE.into(),
        });
        assert!(matches!(reply, Reply::Open), "{}", name(&reply));
    }

    pub(crate) fn lock(&mut self) {
        assert!(matches!(self.ask(Command::Lock), Reply::Done));
    }

    pub(crate) fn restart_and_unlock(&mut self) {
        self.restart();
        self.unlock();
    }

    pub(crate) fn fresh(&mut self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        bytes
    }

    pub(crate) fn edit(&mut self, edit: Edit) -> Reply {
        self.ask(Command::Edit { edit, draft: None })
    }

    pub(crate) fn save(&mut self, edit: Edit) {
        let reply = self.edit(edit);
        assert!(matches!(reply, Reply::Saved { .. }), "{}", name(&reply));
    }

    pub(crate) fn create_client(&mut self, input: &ClientInput) -> ClientId {
        let client = ClientId(self.fresh());
        self.save(Edit::CreateClient {
            client,
            input: Box::new(input.clone()),
        });
        client
    }

    pub(crate) fn sign(&mut self, client: ClientId, input: &VisitInput) -> EntryId {
        let visit = EntryId(self.fresh());
        self.save(Edit::SignVisit {
            client,
            visit,
            input: Box::new(input.clone()),
        });
        visit
    }

    pub(crate) fn client(&mut self, client: ClientId) -> ClientView {
        match self.ask(Command::Client { client }) {
            Reply::Client(view) => *view,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn visits(&mut self, client: ClientId) -> VisitsView {
        match self.ask(Command::Visits { client, year: None }) {
            Reply::Visits(view) => view,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn visit(&mut self, client: ClientId, visit: EntryId) -> VisitView {
        match self.ask(Command::Visit {
            client,
            year: 2026,
            visit,
        }) {
            Reply::Visit(view) => *view,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn names(&mut self) -> Vec<String> {
        match self.ask(Command::Clients {
            query: String::new(),
            filter: ClientFilter::All,
        }) {
            Reply::Clients(hits) => hits.into_iter().map(|hit| hit.row.last_name).collect(),
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn unreadable(&mut self) -> Vec<UnreadableRow> {
        match self.ask(Command::Unreadable) {
            Reply::Unreadable(rows) => rows,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn status(&mut self) -> Status {
        match self.ask(Command::Status) {
            Reply::Status(status) => status,
            other => panic!("{}", name(&other)),
        }
    }

    pub(crate) fn save_draft(&mut self, slot: Option<u8>, body: DraftBody) -> u8 {
        match self.ask(Command::SaveDraft { slot, body }) {
            Reply::DraftSaved { slot, .. } => slot,
            other => panic!("{}", name(&other)),
        }
    }

    /// What stands in this slot.
    pub(crate) fn draft(&mut self, slot: u8) -> Option<DraftBody> {
        match self.ask(Command::Draft { slot }) {
            Reply::Draft(draft) => draft.map(|(draft, _)| draft.body),
            other => panic!("{}", name(&other)),
        }
    }

    /// Slots with work in them.
    pub(crate) fn draft_count(&mut self) -> usize {
        (0..8).filter(|slot| self.draft(*slot).is_some()).count()
    }

    /// The vault as it is, and a new one on the same store in its place.
    pub(crate) fn give_up(&mut self) -> Vault<Faulty<Memory>, Remembered> {
        let next = Vault::new(self.store.clone(), Remembered);
        core::mem::replace(&mut self.vault, next)
    }

    /// Checks the access log's chain and reads it.
    pub(crate) fn audit(&mut self) -> Vec<protocol::audit::AuditLine> {
        block_on(self.vault.audit_log(Now { ms: self.now }, &mut self.rng)).unwrap()
    }
}

/// What a reply is, for messages.
pub(crate) fn name(reply: &Reply) -> String {
    match reply {
        Reply::Failed(failure) => format!("failed: {failure}"),
        Reply::Refused(problems) => format!("refused: {problems:?}"),
        Reply::Status(status) => format!("{status:?}"),
        _ => "another reply".to_owned(),
    }
}

pub(crate) fn failure(reply: Reply) -> Failure {
    match reply {
        Reply::Failed(failure) => failure,
        other => panic!("{}", name(&other)),
    }
}

pub(crate) fn caregiver() -> ProfileInput {
    ProfileInput {
        name: "Marijke van der Veen".into(),
        profession: Some(Profession::Nurse),
        agb: "91012345".into(),
        agb_practice: String::new(),
    }
}

pub(crate) fn janssen() -> ClientInput {
    ClientInput {
        first_name: "Greet".into(),
        last_name: "Janssen".into(),
        birth_date: "1-2-1934".into(),
        requested_on: "1-11-2026".into(),
        street: "Molenweg 4".into(),
        funding: vec![Funding::Wmo],
        care_kinds: vec![CareKind::PersonalCare],
        ..ClientInput::default()
    }
}

pub(crate) fn with_bsn() -> ClientInput {
    ClientInput {
        first_name: "Ahmed".into(),
        last_name: "el Amrani".into(),
        funding: vec![Funding::Zvw],
        bsn: "111222333".into(),
        ..janssen()
    }
}

pub(crate) fn passport() -> IdentityInput {
    IdentityInput {
        document_kind: Some(DocumentKind::Passport),
        document_number: "SPECI2014".into(),
        date: "20-11-2026".into(),
        time: "9:00".into(),
        is_bsn_compared: true,
    }
}

pub(crate) fn visit_at(date: &str, begin: &str, end: &str, done: &str) -> VisitInput {
    VisitInput {
        date: date.into(),
        begin: begin.into(),
        end: end.into(),
        done: done.into(),
        result: "Geen bijzonderheden".into(),
        ..VisitInput::default()
    }
}

pub(crate) fn this_morning(done: &str) -> VisitInput {
    visit_at("20-11-2026", "8:00", "8:45", done)
}
