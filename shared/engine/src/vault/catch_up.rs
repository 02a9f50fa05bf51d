//! Bringing what is stored into its documents, client by client: those with work of today first. Who has a visit today
//! stands in the dossiers, so these come before the journals; of the others those whose newest record is the newest.
//!
//! Promises: each document is opened once for all that waits for it; what was brought in, the summary of its client and
//! what still waits stand in one commit; a command about a client sees all that is stored of that client.

use std::collections::{BTreeMap, BTreeSet};

use dossier::document::LoadError;
use dossier::draft::DraftBody;
use dossier::edit::Edit;
use dossier::project;
use protocol::body::Body;
use protocol::keybox::DocKind;
use protocol::record::Record;
use protocol::{ClientId, DocId, RecordHash};
use rand_core::CryptoRng;

use super::behind::Entry;
use super::intake::{Unopened, Work};
use super::log::hash_of;
use super::session::{Health, OpenDoc};
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use crate::command::{Command, Failure};
use crate::store::{Store, StoreName};

/// Records brought in with one commit, beside what one document needs: a tap waits no longer than this takes.
const STEP_RECORDS: usize = 48;
/// Clients in one commit.
const STEP_CLIENTS: usize = 12;

/// What was brought into documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CaughtUp {
    /// Records that are in their documents now, or are named as not opened.
    pub record_count: usize,
    /// A document changed: what a page shows may be old.
    pub has_changed: bool,
}

/// How much of a client is brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// Its dossier and identity, not its journals.
    Core,
    Whole,
}

/// What became of one record.
enum Step {
    Applied,
    /// Something before it is missing.
    Later,
    /// It will never be in its document.
    Damaged,
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Brings some clients up to date, the most wanted first.
    pub(crate) async fn catch_up_step(&mut self) -> Outcome<CaughtUp> {
        let mut picked: Vec<(Option<ClientId>, Vec<Entry>)> = Vec::new();
        let mut sum = 0;
        for (client, extent) in self.wanted_clients() {
            let is_wanted = |doc| extent == Extent::Whole || self.is_core(doc);
            let behind = &self.session.behind;
            let entries = behind.pick(client, STEP_RECORDS, is_wanted);
            let is_full = sum + entries.len() > STEP_RECORDS;
            if picked.len() >= STEP_CLIENTS || (is_full && !picked.is_empty()) {
                break;
            }
            sum += entries.len();
            picked.push((client, entries));
        }
        self.bring_in(picked).await
    }

    /// Brings everything that is stored of these clients into their documents.
    pub(crate) async fn catch_up(
        &mut self,
        clients: &BTreeSet<Option<ClientId>>,
    ) -> Outcome<CaughtUp> {
        let behind = &self.session.behind;
        let waiting = clients.iter().filter(|client| behind.has(**client));
        let picked = waiting.map(|client| (*client, behind.pick(*client, usize::MAX, |_| true)));
        self.bring_in(picked.collect()).await
    }

    /// Who waits, in the order in which a person wants to see them: her own data, work that is open and visits of today,
    /// then who the others are, then what was done for them; the newest first.
    fn wanted_clients(&self) -> Vec<(Option<ClientId>, Extent)> {
        let mut clients = self.session.behind.clients();
        clients.sort_by_key(|(client, _)| client.is_some());
        let clients = clients.into_iter().map(|(client, _)| client);
        let today = self.clients_of_today();
        let is_first =
            |client: &Option<ClientId>| client.is_none_or(|client| today.contains(&client));
        let (first, others): (Vec<_>, Vec<_>) = clients.partition(is_first);
        let behind = &self.session.behind;
        let has_core = |client: &Option<ClientId>| behind.any(*client, |doc| self.is_core(doc));
        let cores: Vec<_> = others.iter().copied().filter(has_core).collect();
        let (others, extent) = match cores.is_empty() {
            true => (others, Extent::Whole),
            false => (cores, Extent::Core),
        };
        let first = first.into_iter().map(|client| (client, Extent::Whole));
        let others = others.into_iter().map(|client| (client, extent));
        first.chain(others).collect()
    }

    /// Whether a document says who a client is and what is planned, not what was done.
    fn is_core(&self, doc: DocId) -> bool {
        let place = self.session.catalogue.place(doc);
        place.is_some_and(|(_, kind, _)| matches!(kind, DocKind::Dossier | DocKind::Identity))
    }

    /// Clients with an open draft, here or elsewhere, or with a visit that is planned today.
    fn clients_of_today(&self) -> BTreeSet<ClientId> {
        let session = &self.session;
        let own = session.slots.drafts();
        let peers = session.peer_slots.values();
        let bodies = peers.filter_map(|held| Some(&held.draft.as_ref()?.body));
        let bodies = own.iter().map(|(_, draft)| &draft.body).chain(bodies);
        let mut wanted: BTreeSet<ClientId> = BTreeSet::new();
        wanted.extend(bodies.filter_map(client_of_draft));
        let rows = session.rows.values().filter(|row| {
            let client = ClientId::from_bytes(row.id.0);
            session.behind.has(Some(client))
        });
        let rows: Vec<_> = rows.cloned().collect();
        let today = project::today(&rows, &own, self.now);
        let visits = today.visits.into_iter();
        wanted.extend(visits.map(|visit| ClientId::from_bytes(visit.client.id.0)));
        wanted
    }

    /// Whose documents a command reads or writes.
    pub(crate) fn clients_of(&self, command: &Command) -> BTreeSet<Option<ClientId>> {
        let session = &self.session;
        let of = |client: &dossier::id::ClientId| Some(ClientId::from_bytes(client.0));
        let of_draft = |body: &DraftBody| client_of_draft(body).map(Some);
        let mut clients = BTreeSet::new();
        match command {
            Command::Profile | Command::Devices => {
                clients.insert(None);
            }
            Command::Client { client }
            | Command::RevealBsn { client }
            | Command::Visits { client, .. }
            | Command::NewestVisits { client, .. }
            | Command::Visit { client, .. }
            | Command::LastVisit { client }
            | Command::VisitPlaces { client, .. }
            | Command::BsnAnswers { client } => {
                clients.insert(of(client));
            }
            Command::Edit { edit, .. } => {
                clients.insert(None);
                clients.extend(client_of_edit(edit, self.now));
            }
            Command::SaveDraft { body, .. } => clients.extend(of_draft(body)),
            Command::Draft { slot } => {
                let draft = session.slots.find(*slot);
                clients.extend(draft.and_then(|draft| of_draft(&draft.body)));
            }
            Command::PeerDraft { device, slot }
            | Command::ContinueDraft { device, slot }
            | Command::JoinDraft { device, slot } => {
                let place = (protocol::DeviceIndex(*device), *slot);
                let draft = session.peer_slots.get(&place);
                let draft = draft.and_then(|held| held.draft.as_ref());
                clients.extend(draft.and_then(|draft| of_draft(&draft.body)));
            }
            Command::DraftTexts { visit } => {
                let own = session.slots.drafts();
                let peers = session.peer_slots.values();
                let peers = peers.filter_map(|held| Some(&held.draft.as_ref()?.body));
                let bodies = own.iter().map(|(_, draft)| &draft.body).chain(peers);
                let is_of = |body: &&DraftBody| matches!(body, DraftBody::Visit { visit: of, .. } if of == visit);
                clients.extend(bodies.filter(is_of).filter_map(of_draft));
            }
            _ => {}
        }
        clients
    }

    /// Applies these records of each client and commits.
    async fn bring_in(&mut self, picked: Vec<(Option<ClientId>, Vec<Entry>)>) -> Outcome<CaughtUp> {
        let mut caught = CaughtUp::default();
        if picked.is_empty() {
            return Ok(caught);
        }
        let all: Vec<Entry> = picked.iter().flat_map(|(_, of)| of).copied().collect();
        caught.record_count = all.len();
        let mut by_doc: BTreeMap<DocId, Vec<Work>> = BTreeMap::new();
        let works = self.read_works(&all).await?;
        self.session.is_torn = true;
        for work in works {
            by_doc.entry(work.route.doc).or_default().push(work);
        }
        let mut whole: Vec<ClientId> = Vec::new();
        let with_more = picked.iter().filter(|of| !self.has_visits_only(of));
        whole.extend(with_more.filter_map(|(client, _)| *client));
        let docs: Vec<DocId> = by_doc.keys().copied().collect();
        self.open_ahead(&whole, &docs).await?;
        for (client, entries) in &picked {
            let mut has_changed = false;
            let mut gone = BTreeSet::new();
            for entry in entries {
                gone.insert(entry.record);
                if let Some(works) = by_doc.remove(&entry.doc) {
                    has_changed |= self.apply_doc(entry.doc, works).await?;
                }
            }
            self.session.behind.remove(*client, &gone);
            if let Some(client) = client.filter(|_| has_changed) {
                let summarised = match whole.contains(&client) {
                    true => self.rebuild_row(client).await,
                    false => self.refresh_visits(client).await,
                };
                match summarised {
                    Ok(()) | Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => {}
                    Err(stop) => return Err(stop),
                }
            }
            caught.has_changed |= has_changed;
        }
        self.commit().await?;
        if self.session.behind.is_empty() {
            self.session.fresh.clear();
        }
        if caught.has_changed {
            let clients: BTreeSet<_> = picked.into_iter().map(|(client, _)| client).collect();
            self.clear_done_drafts(&clients).await?;
        }
        Ok(caught)
    }

    /// Whether the summary of a client stands but for what its journals say.
    fn has_visits_only(&self, (client, entries): &(Option<ClientId>, Vec<Entry>)) -> bool {
        let id = client.map(|client| dossier::id::ClientId(*client.as_bytes()));
        let row = id.and_then(|id| self.session.rows.get(&id));
        let stands = row.is_some_and(|row| row.core_changed_at.is_some());
        stands && entries.iter().all(|entry| !self.is_core(entry.doc))
    }

    /// Records that wait; one that does not stand there as it was stored is named as not opened.
    async fn read_works(&mut self, entries: &[Entry]) -> Outcome<Vec<Work>> {
        let fresh = &mut self.session.fresh;
        let fresh = entries.iter().map(|entry| fresh.take(&entry.record));
        let fresh: Vec<Option<Work>> = fresh.collect();
        let missing = entries.iter().zip(&fresh);
        let missing = missing.filter(|(_, work)| work.is_none());
        let rows = missing.map(|(entry, _)| entry.record.as_bytes().to_vec());
        let rows: Vec<Vec<u8>> = rows.collect();
        let stored = self.store.read_many(StoreName::Record, &rows).await?;
        let mut stored = stored.into_iter();
        let mut waiting: BTreeSet<RecordHash> = BTreeSet::new();
        waiting.extend(self.session.sync.pending.iter().map(|of| of.record));
        let mut works = Vec::with_capacity(entries.len());
        for (entry, fresh) in entries.iter().zip(fresh) {
            let work = match fresh {
                Some(work) => Some(work),
                None => self.look_at(entry, stored.next().flatten()),
            };
            match work {
                Some(work) => works.push(Work {
                    is_retry: waiting.contains(&entry.record),
                    ..work
                }),
                None => self.put_off(entry.doc, entry.record),
            }
        }
        Ok(works)
    }

    fn look_at(&self, entry: &Entry, stored: Option<Vec<u8>>) -> Option<Work> {
        let keys = self.keys;
        let stored = stored.filter(|bytes| hash_of(keys, bytes) == entry.record)?;
        let record = Record::decode(stored).ok()?;
        let key = keys.route_key_at(record.outer().chain.position)?;
        let route = crypto::open_route(&keys.account, &record, &key).ok()?;
        Some(Work {
            hash: entry.record,
            record,
            route,
            is_retry: false,
        })
    }

    /// Brings records into one document; answers whether it changed.
    async fn apply_doc(&mut self, doc: DocId, works: Vec<Work>) -> Outcome<bool> {
        let is_open = match self.open_doc(doc).await {
            Ok(open) => open.health != Health::Damaged,
            Err(Stop::Failed(Failure::Corrupt | Failure::NotFound)) => false,
            Err(stop) => return Err(stop),
        };
        if !is_open {
            for work in works {
                self.put_off(doc, work.hash);
            }
            return Ok(false);
        }
        let open = self.session.docs.remove(&doc);
        let mut open = open.ok_or(Failure::Internal)?;
        let mut bodies: Vec<(Work, Body)> = Vec::new();
        let mut settled: BTreeSet<RecordHash> = BTreeSet::new();
        let mut has_changed = false;
        for work in works {
            if open.head.records.contains(&work.hash) {
                settled.insert(work.hash);
                continue;
            }
            let body = match self.open_whole(&work.record, &work.route) {
                _ if work.is_stopping() => None,
                Ok(body) => Some(body),
                Err(Unopened::Newer) => None,
                Err(Unopened::NoKey) => {
                    self.put_off(doc, work.hash);
                    continue;
                }
                Err(Unopened::Damaged) => {
                    self.set_aside(&work);
                    continue;
                }
            };
            match body {
                Some(body) => {
                    if work.is_retry {
                        self.note_work(&work, body.made_at);
                    }
                    bodies.push((work, body));
                }
                None => {
                    open.head.push(work.hash, 0);
                    open.health = Health::Newer;
                    has_changed = true;
                    settled.insert(work.hash);
                }
            }
        }
        if apply_together(&mut open, &bodies) {
            has_changed = true;
            settled.extend(bodies.iter().map(|(work, _)| work.hash));
            bodies.clear();
        }
        loop {
            let before = bodies.len();
            let mut later = Vec::new();
            for (work, body) in bodies {
                match apply_one(&mut open, &work, &body, &mut has_changed) {
                    Step::Applied => {
                        settled.insert(work.hash);
                    }
                    Step::Later => later.push((work, body)),
                    Step::Damaged => self.set_aside(&work),
                }
            }
            bodies = later;
            if bodies.len() == before {
                break;
            }
        }
        for (work, _) in bodies {
            self.put_off(doc, work.hash);
        }
        self.settle(&settled);
        if has_changed {
            self.store_head(doc, &mut open)?;
        }
        self.session.docs.insert(doc, open);
        self.session.touch(doc);
        Ok(has_changed)
    }

    /// Takes records off the list of those that are not opened.
    fn settle(&mut self, settled: &BTreeSet<RecordHash>) {
        let pending = &mut self.session.sync.pending;
        let before = pending.len();
        pending.retain(|waiting| !settled.contains(&waiting.record));
        self.session.is_sync_changed |= pending.len() != before;
    }
}

/// Applies all of them at once; `false` = nothing was done, and each is to be tried by itself.
fn apply_together(open: &mut OpenDoc, bodies: &[(Work, Body)]) -> bool {
    if bodies.len() < 2 || bodies.iter().any(|(work, _)| work.is_retry) {
        return false;
    }
    let contents = bodies.iter().map(|(_, body)| body.content.as_slice());
    let contents: Vec<&[u8]> = contents.collect();
    if open.document.apply_changes(&contents.concat()).is_err() {
        return false;
    }
    let hashes = bodies.iter().flat_map(|(_, body)| &body.change_hashes);
    let hashes: Vec<[u8; 32]> = hashes.map(|hash| *hash.as_bytes()).collect();
    if !open.document.has_changes(&hashes) {
        // One of them is not what it says it is: each is looked at by itself, and finds its changes in.
        return false;
    }
    for (work, body) in bodies {
        open.head.push(work.hash, body.content.len());
    }
    true
}

fn apply_one(open: &mut OpenDoc, work: &Work, body: &Body, has_changed: &mut bool) -> Step {
    let hashes = body.change_hashes.iter().map(|of| *of.as_bytes());
    let hashes: Vec<[u8; 32]> = hashes.collect();
    if work.is_retry && !hashes.is_empty() && open.document.has_changes(&hashes) {
        return Step::Applied;
    }
    match open.document.apply_changes(&body.content) {
        Ok(()) if open.document.has_changes(&hashes) => {
            open.head.push(work.hash, body.content.len());
            *has_changed = true;
            Step::Applied
        }
        Err(LoadError::Incomplete { .. }) => Step::Later,
        // What a device signed is not what it says it is. The changes that are in stay: the next load agrees.
        Ok(()) => {
            open.head.push(work.hash, body.content.len());
            *has_changed = true;
            Step::Damaged
        }
        Err(_) => Step::Damaged,
    }
}

fn client_of_draft(body: &DraftBody) -> Option<ClientId> {
    let client = match body {
        DraftBody::Visit { client, .. } => Some(client),
        DraftBody::Form { client, .. } => client.as_ref(),
    };
    client.map(|client| ClientId::from_bytes(client.0))
}

fn client_of_edit(edit: &Edit, now: i64) -> Option<Option<ClientId>> {
    let targets = dossier::apply::targets(edit, now).ok()?;
    let client = targets.client?;
    Some(Some(ClientId::from_bytes(client.0)))
}
