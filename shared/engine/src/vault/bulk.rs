//! Filling a vault fast: many edits of one client in few records and one commit. For fixtures only.

use dossier::apply::{self, Context, Workspace};
use dossier::document::Kind;
use dossier::edit::{Edit, VisitInput};
use dossier::id::{ClientId, EntryId};
use dossier::project;
use protocol::keybox::DocKind;
use protocol::record::{Lane, RecordKind};
use protocol::{ClientId as Owner, DocId, Generation, body::Body};
use rand_core::CryptoRng;

use super::edit::deed;
use super::session::{Health, OpenDoc};
use super::shelf::place_of;
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use super::{Now, Vault, failure};
use crate::command::Failure;
use crate::kdf::Kdf;
use crate::store::Store;

/// Changes that go into one record together; far below the largest body.
const VISITS_PER_RECORD: usize = 150;

/// Visits of one calendar year, each with the moment it is signed.
pub(crate) struct BulkYear {
    pub(crate) year: u16,
    pub(crate) visits: Vec<(i64, VisitInput)>,
}

/// A record that a later version could make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planted {
    /// Of an unknown kind that may be passed by.
    Unknown,
    /// Of an unknown kind that must be understood.
    Critical,
    /// The intent to erase something of the document.
    Erasure,
    /// A change of the document's next generation.
    Generation,
}

impl<S: Store, K: Kdf> Vault<S, K> {
    /// Makes a client with all its visits in one commit.
    pub(crate) async fn add_in_bulk(
        &mut self,
        made: (i64, Vec<Edit>),
        client: ClientId,
        years: Vec<BulkYear>,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Failure> {
        let mut turn = self.turn(now, rng).await.map_err(failure)?;
        turn.add_in_bulk(made, client, years, now)
            .await
            .map_err(failure)?;
        turn.session.docs.clear();
        Ok(())
    }

    /// Signs a record that says it changes a client's dossier and holds nothing of the kind, as a faulty or altered app
    /// would.
    ///
    /// # Errors
    /// As any edit.
    pub async fn plant_false_record(
        &mut self,
        client: ClientId,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.plant_false_record(client).await.map_err(failure)
    }

    /// Ids of all documents of an open vault: they stand readable nowhere, neither on disk nor in what a relay is given.
    #[must_use]
    pub fn document_ids(&self) -> Vec<[u8; 16]> {
        let catalogue = self.open.iter().map(|open| &open.session.catalogue);
        let ids = catalogue.flat_map(|catalogue| catalogue.ids());
        ids.map(|id| *id.as_bytes()).collect()
    }

    /// Adds a record that a later version could make to a client's dossier.
    ///
    /// # Errors
    /// As any edit.
    pub async fn plant_record(
        &mut self,
        client: ClientId,
        planted: Planted,
        now: Now,
        rng: &mut impl CryptoRng,
    ) -> Result<(), Failure> {
        let mut turn = self.turn(now.ms, rng).await.map_err(failure)?;
        turn.plant_record(client, planted).await.map_err(failure)
    }
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    async fn add_in_bulk(
        &mut self,
        (made_at, edits): (i64, Vec<Edit>),
        client: ClientId,
        years: Vec<BulkYear>,
        now: i64,
    ) -> Outcome<()> {
        self.now = made_at;
        for edit in edits {
            self.apply(&edit).await?;
        }
        let owner = Owner::from_bytes(client.0);
        let dossier = self
            .take_first((Some(owner), DocKind::Dossier, None))
            .ok_or(Failure::NotFound)?;
        let mut dossier = dossier;
        let mut identity = self.take_first((Some(owner), DocKind::Identity, None));
        let mut profile = {
            self.open_all((None, DocKind::Profile, None)).await?;
            self.take_first((None, DocKind::Profile, None))
                .ok_or(Failure::NotFound)?
        };
        let mut newest: Option<OpenDoc> = None;
        for year in years {
            let place = place_of(Some(owner), Kind::Journal { year: year.year });
            let mut journal = self.make_doc(place)?;
            let mut is_entered = false;
            for part in year.visits.chunks(VISITS_PER_RECORD) {
                for (signed_at, input) in part {
                    let visit = EntryId(crypto::make_bytes(self.rng));
                    self.now = *signed_at;
                    let edit = Edit::SignVisit {
                        client,
                        visit,
                        input: Box::new(input.clone()),
                    };
                    let device_name = self.keys.device.to_string();
                    let rng = &mut *self.rng;
                    let mut fresh = || crypto::make_bytes(rng);
                    let mut context = Context {
                        now_ms: *signed_at,
                        device_name,
                        fresh: &mut fresh,
                    };
                    let mut workspace = Workspace {
                        profile: Some(&mut profile.1.document),
                        identity: identity.as_mut().map(|(_, open)| &mut open.document),
                        dossier: Some(&mut dossier.1.document),
                        journal: Some(&mut journal.open.document),
                    };
                    let applied =
                        apply::apply(&edit, &mut workspace, &mut context).map_err(Stop::Refused)?;
                    for event in &applied.events {
                        self.note(deed(event))?;
                    }
                }
                if !is_entered {
                    self.enter_docs(Some(owner), &[(journal.doc, &journal.open)])?;
                    is_entered = true;
                }
                self.store_changes(journal.doc, &mut journal.open)?;
                self.flush_lane_if_due()?;
            }
            self.store_head(journal.doc, &mut journal.open)?;
            newest = Some(journal.open);
        }
        for (doc, open) in [Some(&mut dossier), identity.as_mut()]
            .into_iter()
            .flatten()
        {
            if self.store_changes(*doc, open)? {
                self.store_head(*doc, open)?;
            }
        }
        let identity = identity.as_ref().map(|(_, open)| &open.document);
        let journal = newest.as_ref().map(|open| &open.document);
        let row = project::client_row(client, &dossier.1.document, identity, journal);
        self.put_cache(row)?;
        self.now = now;
        self.commit().await
    }

    fn take_first(&mut self, place: super::catalogue::DocPlace) -> Option<(DocId, OpenDoc)> {
        let doc = self.session.catalogue.find(place).first().copied()?;
        Some((doc, self.session.docs.remove(&doc)?))
    }

    async fn plant_false_record(&mut self, client: ClientId) -> Outcome<()> {
        let place = (Some(Owner::from_bytes(client.0)), DocKind::Dossier, None);
        let doc = self.open_all(place).await?.first().copied();
        let doc = doc.ok_or(Failure::NotFound)?;
        let open = self.session.docs.get(&doc).ok_or(Failure::NotFound)?;
        let (place, body_key) = (
            (doc, protocol::Generation(0), open.key.id()),
            open.key.derive_body_key(),
        );
        let body = Body::plain(0, b"no changes at all".to_vec());
        self.append(Lane::Log, RecordKind::Changes, place, body, &body_key)?;
        self.commit().await
    }

    async fn plant_record(&mut self, client: ClientId, planted: Planted) -> Outcome<()> {
        let place = (Some(Owner::from_bytes(client.0)), DocKind::Dossier, None);
        self.open_all(place).await?;
        let (doc, mut open) = self.take_first(place).ok_or(Failure::NotFound)?;
        let body = Body::plain(0, b"a later version knows".to_vec());
        let unknown = |critical| RecordKind::Unknown {
            code: 0x55,
            critical,
        };
        let (kind, generation) = match planted {
            Planted::Unknown => (unknown(false), Generation(0)),
            Planted::Critical => (unknown(true), Generation(0)),
            Planted::Erasure => (RecordKind::EraseIntent, Generation(0)),
            Planted::Generation => (RecordKind::Changes, Generation(1)),
        };
        if planted != Planted::Unknown {
            open.health = Health::Newer;
        }
        let place = (doc, generation, open.key.id());
        let hash = self.append(Lane::Log, kind, place, body, &open.key.derive_body_key())?;
        open.head.push(hash, 0);
        self.store_head(doc, &mut open)?;
        self.commit().await
    }
}
