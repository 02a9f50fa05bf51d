//! Writing: one edit, its records, heads, summary, access log and draft in one batch.

use dossier::apply::{self, AuditKind, Context, JournalNeed, Need, Workspace};
use dossier::document::Kind;
use dossier::edit::Edit;
use dossier::project;
use protocol::audit::{AuditAction, AuditEvent};
use protocol::keybox::DocKind;
use protocol::{ClientId, DocId};
use rand_core::CryptoRng;

use super::lane::Deed;
use super::session::{Health, OpenDoc};
use super::shelf::{NewDoc, place_of};
use super::stop::{Outcome, Stop};
use super::turn::Turn;
use crate::command::{Failure, Reply};
use crate::store::Store;

/// A document of one edit, taken out of the session while it is applied.
struct OnDesk {
    kind: Kind,
    doc: DocId,
    open: OpenDoc,
    is_new: bool,
}

fn workspace(desk: &mut [OnDesk]) -> Workspace<'_> {
    let mut workspace = Workspace::default();
    for OnDesk { kind, open, .. } in desk {
        let place = match kind {
            Kind::Profile => &mut workspace.profile,
            Kind::Identity => &mut workspace.identity,
            Kind::Dossier => &mut workspace.dossier,
            Kind::Journal { .. } => &mut workspace.journal,
        };
        *place = Some(&mut open.document);
    }
    workspace
}

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// Checks an edit, writes it and commits.
    pub(crate) async fn edit(&mut self, edit: &Edit, draft: Option<u8>) -> Outcome<Reply> {
        let undo = self.apply(edit).await?;
        if let Some(slot) = draft.filter(|slot| self.session.slots.find(*slot).is_some()) {
            self.blank_slot(slot)?;
        }
        if !self.batch.is_empty() {
            self.commit().await?;
        }
        Ok(Reply::Saved { undo })
    }

    /// Checks an edit and puts all that it writes into the batch.
    pub(crate) async fn apply(&mut self, edit: &Edit) -> Outcome<Option<dossier::id::EntryId>> {
        let targets = apply::targets(edit, self.now).map_err(Stop::Refused)?;
        let client = targets.client.map(|client| ClientId::from_bytes(client.0));
        let mut wanted: Vec<(Kind, Option<DocId>)> = Vec::new();
        for (kind, need) in targets.kinds() {
            let found = self.find_writable(client, kind, need).await?;
            if found.is_some() || need == Need::OrNew {
                wanted.push((kind, found));
            }
        }
        if let (JournalNeed::Holding(visit), Some(client)) = (targets.journal, client) {
            wanted.extend(self.find_journal(client, visit).await?);
        }

        let mut desk = Vec::with_capacity(wanted.len());
        for (kind, doc) in wanted {
            let (doc, open, is_new) = match doc {
                Some(doc) => {
                    let mut open = self.session.docs.remove(&doc).ok_or(Failure::Internal)?;
                    self.session.carry_over(&mut open, doc);
                    (doc, open, false)
                }
                None => {
                    let NewDoc { doc, open } = self.make_doc(place_of(client, kind))?;
                    (doc, open, true)
                }
            };
            desk.push(OnDesk {
                kind,
                doc,
                open,
                is_new,
            });
        }
        let device_name = self.keys.device.to_string();
        let rng = &mut *self.rng;
        let mut fresh = || crypto::make_bytes(rng);
        let mut context = Context {
            now_ms: self.now,
            device_name,
            fresh: &mut fresh,
        };
        let applied = match apply::apply(edit, &mut workspace(&mut desk), &mut context) {
            Ok(applied) => applied,
            Err(problems) => {
                self.put_back(desk);
                return Err(Stop::Refused(problems));
            }
        };

        let has_written = self.store_desk(client, &mut desk)?;
        let journal = desk
            .iter()
            .find(|entry| matches!(entry.kind, Kind::Journal { .. }))
            .map(|entry| entry.doc);
        self.put_back(desk);
        for event in &applied.events {
            self.note(deed(event))?;
        }
        if let (true, Some(client)) = (has_written, client) {
            self.refresh_row(edit, client, journal).await?;
        }
        Ok(applied.undo)
    }

    /// The document an edit of this kind goes into, in memory; `None` = none yet.
    async fn find_writable(
        &mut self,
        client: Option<ClientId>,
        kind: Kind,
        need: Need,
    ) -> Outcome<Option<DocId>> {
        let place = place_of(client, kind);
        let docs = self.session.catalogue.find(place);
        if docs.len() > 1 {
            // What stands in the others is carried over.
            self.open_readable(place).await?;
        }
        let mut hindrance = None;
        for doc in docs {
            let health = match self.open_doc(doc).await {
                Ok(open) => open.health,
                Err(Stop::Failed(Failure::Corrupt)) => Health::Damaged,
                Err(stop) => return Err(stop),
            };
            match health {
                Health::Whole => return Ok(Some(doc)),
                Health::Damaged => hindrance = Some(Failure::Corrupt),
                Health::Newer => hindrance = Some(Failure::NewerFormat),
            }
        }
        match hindrance {
            // Work goes on in a second one beside one that cannot be written; readers take both.
            Some(Failure::Corrupt)
                if need == Need::OrNew && matches!(kind, Kind::Journal { .. } | Kind::Profile) =>
            {
                Ok(None)
            }
            Some(failure) => Err(failure.into()),
            None => Ok(None),
        }
    }

    /// The journal that holds a signed visit.
    pub(crate) async fn find_journal(
        &mut self,
        client: ClientId,
        visit: dossier::id::EntryId,
    ) -> Outcome<Option<(Kind, Option<DocId>)>> {
        for (year, doc) in self.session.catalogue.journals(client) {
            let open = match self.open_doc(doc).await {
                Ok(open) => open,
                Err(Stop::Failed(Failure::Corrupt)) => continue,
                Err(stop) => return Err(stop),
            };
            if !apply::has_visit(&open.document, visit) {
                continue;
            }
            return match open.health {
                Health::Whole => Ok(Some((Kind::Journal { year }, Some(doc)))),
                Health::Damaged => Err(Failure::Corrupt.into()),
                Health::Newer => Err(Failure::NewerFormat.into()),
            };
        }
        Ok(None)
    }

    /// Takes documents into the session again. One that holds what no record will hold is left out: it is read anew.
    fn put_back(&mut self, desk: Vec<OnDesk>) {
        for OnDesk { doc, open, .. } in desk {
            if !open.head.heads.is_empty() && !open.document.has_untaken() {
                self.session.docs.insert(doc, open);
                self.session.touch(doc);
            }
        }
    }

    /// Seals what was written, new documents first in the keybox. Answers whether there was anything.
    fn store_desk(&mut self, client: Option<ClientId>, desk: &mut [OnDesk]) -> Outcome<bool> {
        let made: Vec<(DocId, &OpenDoc)> = desk
            .iter()
            .filter(|entry| entry.is_new && !entry.open.document.heads().is_empty())
            .map(|entry| (entry.doc, &entry.open))
            .collect();
        self.enter_docs(client, &made)?;
        let mut has_written = false;
        for OnDesk { doc, open, .. } in desk {
            if self.store_changes(*doc, open)? {
                self.store_head(*doc, open)?;
                has_written = true;
            }
        }
        Ok(has_written)
    }

    /// Brings the summary of a client up to date after an edit.
    async fn refresh_row(
        &mut self,
        edit: &Edit,
        client: ClientId,
        journal: Option<DocId>,
    ) -> Outcome<()> {
        let dossiers = self
            .open_readable((Some(client), DocKind::Dossier, None))
            .await?;
        let identities = self
            .open_readable((Some(client), DocKind::Identity, None))
            .await?;
        let Some(dossier) = self.merged(&dossiers) else {
            return Ok(());
        };
        let identity = self.merged(&identities);
        let identity = identity.as_deref();
        let journal = journal.and_then(|journal| self.session.docs.get(&journal));
        let journal = journal.map(|open| &open.document);
        let id = dossier::id::ClientId(*client.as_bytes());
        let row = match self.session.rows.get(&id) {
            Some(earlier) => project::refresh_row(earlier, edit, &dossier, identity, journal),
            None => project::client_row(id, &dossier, identity, journal),
        };
        self.put_cache(row)
    }
}

/// The access log's words for what an edit did.
pub(super) fn deed(event: &apply::AuditEvent) -> Deed {
    let (kind, action) = match event.kind {
        AuditKind::Created => (AuditEvent::DossierMade, AuditAction::Create),
        AuditKind::Entered => (AuditEvent::Entered, AuditAction::Create),
        AuditKind::Corrected => (AuditEvent::Corrected, AuditAction::Update),
    };
    let object = match (event.object, event.client) {
        (Some(entry), _) => format!("entry/{entry}"),
        (None, Some(_)) => "dossier".to_owned(),
        (None, None) => "profile".to_owned(),
    };
    Deed::done(kind, action, event.client.map(|client| client.0), &object)
}
