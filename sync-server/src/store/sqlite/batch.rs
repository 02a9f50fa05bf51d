//! The work inside one transaction. Rows that many jobs change are read once and written once.

use std::collections::BTreeMap;

use protocol::wire::{Acked, Branch, ChainTip, Refusal};
use protocol::{
    AccountId, AccountSeq, ChainHash, DeviceIndex, Incarnation, RecordHash, Seq, record,
};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::writer::JobError;
use super::{count, number};
use crate::store::chain::{self, Verified};
use crate::store::rule::{self, Place, bytes_of, refused};
use crate::store::{Admission, NewDraft, NewRecord, Pushed};

/// An account's row.
#[derive(Clone, Copy, Debug)]
pub(super) struct AccountRow {
    pub(super) no: i64,
    pub(super) head: u64,
    pub(super) used_bytes: u64,
    pub(super) tip: ChainTip,
    is_changed: bool,
}

impl AccountRow {
    /// Columns as [`ACCOUNT`] asks for them.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            no: row.get(0)?,
            head: count(row, 1)?,
            used_bytes: count(row, 2)?,
            tip: ChainTip {
                len: row.get(3)?,
                head: ChainHash::from_bytes(row.get(4)?),
            },
            is_changed: false,
        })
    }
}

/// Finds an account.
pub(super) const ACCOUNT: &str =
    "SELECT no, head, used, chain_len, chain_head FROM account WHERE id = ?1";

#[derive(Clone, Copy, Debug)]
struct BranchRow {
    no: i64,
    newest: Branch,
    is_changed: bool,
}

type Line = (i64, DeviceIndex, Incarnation);

/// An open transaction.
pub(super) struct Batch<'a> {
    transaction: &'a Transaction<'a>,
    accounts: BTreeMap<AccountId, AccountRow>,
    branches: BTreeMap<Line, BranchRow>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(transaction: &'a Transaction<'a>) -> Self {
        Self {
            transaction,
            accounts: BTreeMap::new(),
            branches: BTreeMap::new(),
        }
    }

    /// Writes the rows that were changed.
    pub(super) fn finish(self) -> rusqlite::Result<()> {
        let mut account = self.transaction.prepare_cached(
            "UPDATE account SET head = ?2, used = ?3, chain_len = ?4, chain_head = ?5 WHERE no = ?1",
        )?;
        for row in self.accounts.values().filter(|row| row.is_changed) {
            let (head, used) = (number(row.head)?, number(row.used_bytes)?);
            account.execute(params![
                row.no,
                head,
                used,
                row.tip.len,
                row.tip.head.as_bytes()
            ])?;
        }
        let mut branch = self
            .transaction
            .prepare_cached("UPDATE branch SET seq = ?2, hash = ?3 WHERE no = ?1")?;
        for row in self.branches.values().filter(|row| row.is_changed) {
            let Branch { seq, hash, .. } = row.newest;
            branch.execute(params![row.no, seq.0, hash.as_bytes()])?;
        }
        Ok(())
    }

    fn find_account(&mut self, id: AccountId) -> rusqlite::Result<Option<&mut AccountRow>> {
        if !self.accounts.contains_key(&id) {
            let mut find = self.transaction.prepare_cached(ACCOUNT)?;
            if let Some(row) = find
                .query_row([id.as_bytes()], AccountRow::read)
                .optional()?
            {
                self.accounts.insert(id, row);
            }
        }
        Ok(self.accounts.get_mut(&id))
    }

    fn account(&mut self, id: AccountId) -> Result<&mut AccountRow, JobError> {
        self.find_account(id)?
            .ok_or(JobError::Refused(refused(Refusal::UnknownAccount)))
    }

    fn branch(&mut self, line: Line) -> rusqlite::Result<Option<BranchRow>> {
        if let Some(row) = self.branches.get(&line) {
            return Ok(Some(*row));
        }
        let (account, device, incarnation) = line;
        let mut find = self.transaction.prepare_cached(
            "SELECT no, seq, hash FROM branch WHERE account = ?1 AND device = ?2 AND incarnation = ?3",
        )?;
        find.query_row(params![account, device.0, incarnation.as_bytes()], |row| {
            let newest = Branch {
                incarnation,
                seq: Seq(row.get(1)?),
                hash: RecordHash::from_bytes(row.get(2)?),
            };
            Ok(BranchRow {
                no: row.get(0)?,
                newest,
                is_changed: false,
            })
        })
        .optional()
    }

    /// Takes records in their order until one is refused.
    pub(super) fn push(
        &mut self,
        account: AccountId,
        records: Vec<NewRecord>,
        quota_bytes: u64,
    ) -> Result<Pushed, JobError> {
        let mut head = self.account(account)?.head;
        let mut pushed = Pushed {
            acked: Vec::with_capacity(records.len()),
            fresh: Vec::new(),
            refused: None,
        };
        for record in records {
            match self.push_one(account, record, quota_bytes)? {
                Ok(acked) => {
                    if acked.seq.0 > head {
                        head = acked.seq.0;
                        pushed.fresh.push(pushed.acked.len());
                    }
                    pushed.acked.push(acked);
                }
                Err(refusal) => {
                    pushed.refused = Some(refusal);
                    break;
                }
            }
        }
        Ok(pushed)
    }

    fn push_one(
        &mut self,
        id: AccountId,
        record: NewRecord,
        quota_bytes: u64,
    ) -> Result<Result<Acked, Refusal<'static>>, JobError> {
        let NewRecord { link, hash, bytes } = record;
        let mut account = *self.account(id)?;
        let line = (account.no, link.device, link.incarnation);
        let branch = self.branch(line)?;
        match rule::place(branch.map(|row| row.newest).as_ref(), &link) {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(Place::Known) => {
                let no = branch.map(|row| row.no).unwrap_or_default();
                let (seq, stored) = self.stored(no, link.seq)?;
                if stored != bytes {
                    let hash = record::hash_bytes(&id, &stored);
                    return Ok(Err(rule::fork(link.incarnation, link.seq, hash)));
                }
                return Ok(Ok(Acked { hash, seq }));
            }
            Ok(Place::Next) => {}
        }
        if let Err(refusal) = rule::fits(account.used_bytes, bytes_of(&bytes), quota_bytes) {
            return Ok(Err(refusal));
        }
        let newest = Branch {
            incarnation: link.incarnation,
            seq: link.seq,
            hash,
        };
        let no = match branch {
            Some(row) => row.no,
            None => self.add_branch(line, &newest)?,
        };
        account.head += 1;
        account.used_bytes += bytes_of(&bytes);
        account.is_changed = true;
        self.transaction
            .prepare_cached(
                "INSERT INTO record (account, seq, branch, place, bytes) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![account.no, number(account.head)?, no, link.seq.0, bytes])?;
        let row = BranchRow {
            no,
            newest,
            is_changed: true,
        };
        self.branches.insert(line, row);
        self.accounts.insert(id, account);
        let seq = AccountSeq(account.head);
        Ok(Ok(Acked { hash, seq }))
    }

    fn add_branch(&self, line: Line, newest: &Branch) -> rusqlite::Result<i64> {
        let (account, device, incarnation) = line;
        self.transaction
            .prepare_cached(
                "INSERT INTO branch (account, device, incarnation, seq, hash) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .insert(params![
                account,
                device.0,
                incarnation.as_bytes(),
                newest.seq.0,
                newest.hash.as_bytes()
            ])
    }

    fn stored(&self, branch: i64, place: Seq) -> rusqlite::Result<(AccountSeq, Vec<u8>)> {
        self.transaction
            .prepare_cached("SELECT seq, bytes FROM record WHERE branch = ?1 AND place = ?2")?
            .query_row(params![branch, place.0], |row| {
                Ok((AccountSeq(count(row, 0)?), row.get(1)?))
            })
    }

    /// Makes an account from a verified start of its chain.
    pub(super) fn register(
        &mut self,
        id: AccountId,
        verified: &Verified,
        entries: &[Vec<u8>],
        admission: Admission,
    ) -> Result<ChainTip, JobError> {
        if let Some(known) = self.find_account(id)?.copied() {
            let stored = read_chain(self.transaction, known.no)?;
            return match chain::agrees(&stored, entries) {
                true => Ok(known.tip),
                false => Err(JobError::Refused(refused(Refusal::ChainBehind {
                    tip: known.tip,
                }))),
            };
        }
        self.admit(admission)?;
        let tip = verified.tip;
        let no = self
            .transaction
            .prepare_cached(
                "INSERT INTO account (id, head, used, chain_len, chain_head) VALUES (?1, 0, 0, 0, ?2)",
            )?
            .insert(params![id.as_bytes(), ChainHash::NIL.as_bytes()])?;
        let mut row = AccountRow {
            no,
            head: 0,
            used_bytes: 0,
            tip,
            is_changed: true,
        };
        self.write_chain(&mut row, verified, 0, entries)?;
        self.accounts.insert(id, row);
        Ok(tip)
    }

    fn admit(&self, admission: Admission) -> Result<(), JobError> {
        let refusal = match admission {
            Admission::Open => return Ok(()),
            Admission::Closed => Refusal::RegistrationClosed,
            Admission::Invited(None) => Refusal::InviteNeeded,
            Admission::Invited(Some(digest)) => {
                let used = self.transaction.execute(
                    "UPDATE invite SET uses_left = uses_left - 1 WHERE digest = ?1 AND uses_left > 0",
                    [digest],
                )?;
                match used {
                    0 => Refusal::InviteBad,
                    _ => return Ok(()),
                }
            }
        };
        Err(JobError::Refused(refused(refusal)))
    }

    /// Adds an entry that was verified behind `prev`.
    pub(super) fn append_chain(
        &mut self,
        id: AccountId,
        prev: ChainHash,
        verified: &Verified,
        entry: Vec<u8>,
    ) -> Result<ChainTip, JobError> {
        let mut row = *self.account(id)?;
        if row.tip == verified.tip {
            return Ok(row.tip);
        }
        if row.tip.head != prev {
            let tip = row.tip;
            return Err(JobError::Refused(refused(Refusal::ChainBehind { tip })));
        }
        let at = row.tip.len;
        self.write_chain(&mut row, verified, at, &[entry])?;
        self.accounts.insert(id, row);
        Ok(row.tip)
    }

    fn write_chain(
        &self,
        row: &mut AccountRow,
        verified: &Verified,
        from: u32,
        entries: &[Vec<u8>],
    ) -> rusqlite::Result<()> {
        let mut add = self
            .transaction
            .prepare_cached("INSERT INTO chain (account, at, bytes) VALUES (?1, ?2, ?3)")?;
        for (at, entry) in (from..).zip(entries) {
            add.execute(params![row.no, at, entry])?;
            row.used_bytes += bytes_of(entry);
        }
        let mut put = self.transaction.prepare_cached(
            "INSERT INTO device (account, device, verify_key, revoked_in) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET verify_key = ?3, revoked_in = ?4
             WHERE verify_key <> ?3 OR revoked_in IS NOT ?4",
        )?;
        for device in &verified.devices {
            put.execute(params![
                row.no,
                device.device.0,
                device.key.0,
                device.revoked_in
            ])?;
        }
        row.tip = verified.tip;
        row.is_changed = true;
        Ok(())
    }

    /// Replaces a draft slot.
    pub(super) fn put_draft(
        &mut self,
        id: AccountId,
        draft: &NewDraft,
        quota_bytes: u64,
    ) -> Result<(), JobError> {
        let mut account = *self.account(id)?;
        let old: Option<(u64, Vec<u8>)> = self
            .transaction
            .prepare_cached(
                "SELECT counter, bytes FROM draft WHERE account = ?1 AND device = ?2 AND slot = ?3",
            )?
            .query_row(params![account.no, draft.device.0, draft.slot], |row| {
                Ok((u64::from_be_bytes(row.get(0)?), row.get(1)?))
            })
            .optional()?;
        if let Some((counter, bytes)) = &old
            && *counter >= draft.counter
        {
            return match *bytes == draft.bytes {
                true => Ok(()),
                false => Err(JobError::Refused(refused(Refusal::DraftOld {
                    counter: *counter,
                }))),
            };
        }
        let freed = old.map_or(0, |(_, bytes)| bytes_of(&bytes));
        let without = account.used_bytes.saturating_sub(freed);
        rule::fits(without, bytes_of(&draft.bytes), quota_bytes)
            .map_err(|refusal| JobError::Refused(refused(refusal)))?;
        account.used_bytes = without + bytes_of(&draft.bytes);
        account.is_changed = true;
        let counter = draft.counter.to_be_bytes();
        self.transaction
            .prepare_cached(
                "INSERT INTO draft (account, device, slot, counter, bytes) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET counter = ?4, bytes = ?5",
            )?
            .execute(params![account.no, draft.device.0, draft.slot, counter, draft.bytes])?;
        self.accounts.insert(id, account);
        Ok(())
    }

    /// Lets more accounts come with an invitation.
    pub(super) fn add_invite(&self, digest: [u8; 32], uses: u32) -> rusqlite::Result<()> {
        self.transaction.execute(
            "INSERT INTO invite (digest, uses_left) VALUES (?1, ?2)
             ON CONFLICT DO UPDATE SET uses_left = uses_left + ?2",
            params![digest, uses],
        )?;
        Ok(())
    }
}

/// A whole chain.
pub(super) fn read_chain(
    connection: &rusqlite::Connection,
    account: i64,
) -> rusqlite::Result<Vec<Vec<u8>>> {
    connection
        .prepare_cached("SELECT bytes FROM chain WHERE account = ?1 ORDER BY at")?
        .query_map([account], |row| row.get(0))?
        .collect()
}
