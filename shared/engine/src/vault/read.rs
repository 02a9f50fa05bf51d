//! Reading: views of documents, noted in the access log before they are answered.

use dossier::calendar;
use dossier::id::{ClientId, EntryId};
use dossier::project;
use dossier::view::VisitsView;
use protocol::audit::{AuditAction, AuditEvent};
use protocol::keybox::DocKind;
use protocol::{ClientId as Owner, DocId};
use rand_core::CryptoRng;

use super::lane::Deed;
use super::session::Health;
use super::stop::Outcome;
use super::turn::Turn;
use crate::command::{ClientFilter, Failure, Reply, UnreadableRow};
use crate::store::Store;

impl<S: Store, R: CryptoRng> Turn<'_, S, R> {
    /// The caregiver's own data.
    pub(crate) async fn profile(&mut self) -> Outcome<Reply> {
        let place = (None, DocKind::Profile, None);
        let readable = self.open_readable(place).await?;
        let health = |doc: &DocId| self.session.docs.get(doc).map(|open| open.health);
        let is_whole = |doc: &&DocId| health(doc) == Some(Health::Whole);
        let whole: Vec<DocId> = readable.iter().filter(is_whole).copied().collect();
        let mut views = [whole, readable].into_iter().filter_map(|docs| {
            let profile = self.merged(&docs)?;
            project::profile(&profile)
        });
        match views.next() {
            Some(view) => Ok(Reply::Profile(view)),
            None if self.session.catalogue.find(place).is_empty() => Err(Failure::NotFound.into()),
            None => Err(Failure::Corrupt.into()),
        }
    }

    /// Vandaag.
    pub(crate) async fn today(&mut self) -> Outcome<Reply> {
        let (own, elsewhere) = self.draft_rows().await?;
        let rows: Vec<_> = self.session.rows.values().cloned().collect();
        let drafts = self.session.slots.drafts();
        let mut view = project::today(&rows, &drafts, self.now);
        (view.drafts, view.elsewhere) = (own, elsewhere);
        Ok(Reply::Today(Box::new(view)))
    }

    /// The client list.
    pub(crate) fn clients(&self, query: &str, filter: ClientFilter) -> Reply {
        let filter = match filter {
            ClientFilter::Recent => project::Filter::Recent,
            ClientFilter::Attention => project::Filter::Attention,
            ClientFilter::All => project::Filter::All,
            ClientFilter::Closed => project::Filter::Closed,
        };
        let rows: Vec<_> = self.session.rows.values().cloned().collect();
        Reply::Clients(project::search(&rows, query, filter, self.now))
    }

    /// Notes that clients were searched.
    pub(crate) async fn note_search(&mut self) -> Outcome<Reply> {
        self.note(Deed::done(
            AuditEvent::Searched,
            AuditAction::Execute,
            None,
            "clients",
        ))?;
        self.commit().await?;
        Ok(Reply::Done)
    }

    /// A client's page.
    pub(crate) async fn client(&mut self, client: ClientId) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let dossiers = self.open_all((Some(owner), DocKind::Dossier, None)).await?;
        if self
            .merged(&dossiers)
            .is_none_or(|of| of.heads().is_empty())
        {
            return Err(Failure::NotFound.into());
        }
        let identities = self
            .open_readable((Some(owner), DocKind::Identity, None))
            .await?;
        self.note_reading(client.0, "dossier").await?;
        let dossier = self.merged(&dossiers).ok_or(Failure::NotFound)?;
        let identity = self.merged(&identities);
        let row = match self.session.rows.get(&client) {
            Some(row) => row.clone(),
            None => project::client_row(client, &dossier, identity.as_deref(), None),
        };
        let years = self
            .session
            .catalogue
            .journals(owner)
            .into_iter()
            .map(|(year, _)| year)
            .collect();
        let unreadable = self.session.unreadable_count(client);
        Ok(Reply::Client(Box::new(project::client_view(
            row,
            &dossier,
            identity.as_deref(),
            years,
            unreadable,
        ))))
    }

    /// The whole BSN.
    pub(crate) async fn reveal_bsn(&mut self, client: ClientId) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let identities = self
            .open_all((Some(owner), DocKind::Identity, None))
            .await?;
        self.note_reading(client.0, "bsn").await?;
        let identity = self.merged(&identities);
        let bsn = identity.and_then(|identity| project::reveal_bsn(&identity));
        Ok(Reply::Bsn(bsn.ok_or(Failure::NotFound)?))
    }

    /// Every BSN, when two devices hold different ones.
    pub(crate) async fn bsn_answers(&mut self, client: ClientId) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let place = (Some(owner), DocKind::Identity, None);
        let identities = self.open_readable(place).await?;
        self.note_reading(client.0, "bsn").await?;
        let identity = self.merged(&identities);
        let answers = identity.map(|identity| project::bsn_answers(&identity));
        Ok(Reply::BsnAnswers(answers.unwrap_or_default()))
    }

    /// Signed visits of one year, at most `count`, newest first.
    pub(crate) async fn visits(
        &mut self,
        client: ClientId,
        year: Option<u16>,
        count: usize,
    ) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let mut years: Vec<u16> = self
            .session
            .catalogue
            .journals(owner)
            .into_iter()
            .map(|(year, _)| year)
            .collect();
        years.dedup();
        let this_year = || {
            calendar::today(self.now)
                .ok()
                .and_then(|date| u16::try_from(date.year()).ok())
        };
        let year = year
            .or(years.first().copied())
            .or_else(this_year)
            .ok_or(Failure::NotFound)?;
        let journals = self.open_journals(owner, year).await?;
        self.note_reading(client.0, &format!("journal/{year}"))
            .await?;
        let journal = self.merged(&journals);
        let rows = journal.map(|journal| project::newest_visits(&journal, count).0);
        let rows = rows.unwrap_or_default();
        Ok(Reply::Visits(VisitsView { year, years, rows }))
    }

    /// One signed visit.
    pub(crate) async fn visit(
        &mut self,
        client: ClientId,
        year: u16,
        visit: EntryId,
    ) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let journals = self.open_journals(owner, year).await?;
        self.note_reading(client.0, &format!("entry/{visit}"))
            .await?;
        let journal = self.merged(&journals);
        let view = journal.and_then(|journal| project::visit(&journal, visit));
        Ok(Reply::Visit(Box::new(view.ok_or(Failure::NotFound)?)))
    }

    /// What a new visit may take over.
    pub(crate) async fn last_visit(&mut self, client: ClientId) -> Outcome<Reply> {
        let owner = self.known(client)?;
        let mut found = None;
        let journals = self.session.catalogue.journals(owner);
        let mut years: Vec<u16> = journals.into_iter().map(|(year, _)| year).collect();
        years.dedup();
        for year in years {
            let place = (Some(owner), DocKind::Journal, Some(year));
            let docs = self.open_readable(place).await?;
            found = self
                .merged(&docs)
                .and_then(|journal| project::last_visit(&journal));
            if found.is_some() {
                break;
            }
        }
        if found.is_some() {
            self.note_reading(client.0, "last-visit").await?;
        }
        Ok(Reply::LastVisit(found))
    }

    /// Pieces that cannot be read.
    pub(crate) async fn unreadable(&mut self) -> Outcome<Reply> {
        if !self.session.found.is_empty() {
            self.commit().await?;
        }
        let lost = self.session.quarantine.iter().filter(|row| !row.is_healed);
        let rows = lost.map(|row| UnreadableRow {
            client: row.client.map(|client| {
                let client = ClientId(client);
                let name = self
                    .session
                    .rows
                    .get(&client)
                    .map(project::client_name)
                    .unwrap_or_default();
                (client, name)
            }),
            found_at: row.found_at,
            size_bytes: row.size_bytes,
        });
        Ok(Reply::Unreadable(rows.collect()))
    }

    async fn open_journals(&mut self, owner: Owner, year: u16) -> Outcome<Vec<DocId>> {
        let place = (Some(owner), DocKind::Journal, Some(year));
        let readable = self.open_readable(place).await?;
        if readable.is_empty() && !self.session.catalogue.find(place).is_empty() {
            return Err(Failure::Corrupt.into());
        }
        Ok(readable)
    }

    fn known(&self, client: ClientId) -> Result<Owner, Failure> {
        let owner = Owner::from_bytes(client.0);
        let is_known = !self
            .session
            .catalogue
            .find((Some(owner), DocKind::Dossier, None))
            .is_empty();
        if is_known {
            Ok(owner)
        } else {
            Err(Failure::NotFound)
        }
    }
}
