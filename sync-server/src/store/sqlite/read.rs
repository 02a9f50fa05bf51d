//! Reading: each function is one view of the file, within one statement or one transaction.

use protocol::wire::{Branch, ChainTip, RecordName, Refusal};
use protocol::{
    AccountId, AccountSeq, DeviceIndex, Incarnation, RecordHash, Seq, VerifyKey, limit,
};
use rusqlite::{Connection, OptionalExtension, params};

use super::batch::{ACCOUNT, AccountRow, read_chain};
use super::{ReadError, count, number};
use crate::store::{ChainPart, LogPart, Standing, Summary, Totals};

fn find_account(db: &Connection, id: AccountId) -> rusqlite::Result<Option<AccountRow>> {
    db.prepare_cached(ACCOUNT)?
        .query_row([id.as_bytes()], AccountRow::read)
        .optional()
}

fn account(db: &Connection, id: AccountId) -> Result<AccountRow, ReadError> {
    find_account(db, id)?.ok_or(ReadError::Refused(Refusal::UnknownAccount))
}

/// Runs several statements on one state of the file.
fn at_once<T>(
    db: &Connection,
    action: impl FnOnce(&Connection) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    let transaction = db.unchecked_transaction()?;
    action(&transaction)
}

pub(super) fn standing(
    db: &Connection,
    id: AccountId,
    key: VerifyKey,
) -> Result<Standing, ReadError> {
    at_once(db, |db| {
        let Some(account) = find_account(db, id)? else {
            return Ok(Standing::UnknownAccount);
        };
        let found: Option<(u16, Option<u32>)> = db
            .prepare_cached(
                "SELECT device, revoked_in FROM device WHERE account = ?1 AND verify_key = ?2
                 ORDER BY revoked_in IS NOT NULL, device DESC LIMIT 1",
            )?
            .query_row(params![account.no, key.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        Ok(match found {
            None => Standing::NotMember,
            Some((device, None)) => Standing::Member(DeviceIndex(device)),
            Some((_, Some(at))) => Standing::Revoked(
                db.prepare_cached("SELECT bytes FROM chain WHERE account = ?1 AND at = ?2")?
                    .query_row(params![account.no, at], |row| row.get(0))?,
            ),
        })
    })
}

pub(super) fn find_key(
    db: &Connection,
    id: AccountId,
    device: DeviceIndex,
) -> Result<Option<VerifyKey>, ReadError> {
    let account = account(db, id)?;
    let key = db
        .prepare_cached("SELECT verify_key FROM device WHERE account = ?1 AND device = ?2")?
        .query_row(params![account.no, device.0], |row| row.get(0))
        .optional()?;
    Ok(key.map(VerifyKey))
}

pub(super) fn summary(
    db: &Connection,
    id: AccountId,
    device: DeviceIndex,
    quota_bytes: u64,
) -> Result<Summary, ReadError> {
    at_once(db, |db| {
        let account = account(db, id)?;
        let branches = db
            .prepare_cached(
                "SELECT incarnation, seq, hash FROM branch WHERE account = ?1 AND device = ?2
                 ORDER BY no DESC",
            )?
            .query_map(params![account.no, device.0], |row| {
                Ok(Branch {
                    incarnation: Incarnation::from_bytes(row.get(0)?),
                    seq: Seq(row.get(1)?),
                    hash: RecordHash::from_bytes(row.get(2)?),
                })
            })?
            .take(limit::BRANCHES_MAX)
            .collect::<rusqlite::Result<_>>()?;
        Ok(Summary {
            tip: account.tip,
            head: AccountSeq(account.head),
            used_bytes: account.used_bytes,
            quota_bytes,
            branches,
        })
    })
}

pub(super) fn whole_chain(
    db: &Connection,
    id: AccountId,
) -> Result<(ChainTip, Vec<Vec<u8>>), ReadError> {
    at_once(db, |db| {
        let account = account(db, id)?;
        Ok((account.tip, read_chain(db, account.no)?))
    })
}

pub(super) fn chain(
    db: &Connection,
    id: AccountId,
    from: u32,
    max_bytes: usize,
) -> Result<ChainPart, ReadError> {
    at_once(db, |db| {
        let account = account(db, id)?;
        let mut find = db.prepare_cached(
            "SELECT bytes FROM chain WHERE account = ?1 AND at >= ?2 ORDER BY at",
        )?;
        let mut rows = find.query(params![account.no, from])?;
        let mut entries: Vec<Vec<u8>> = Vec::new();
        let mut left = max_bytes;
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(0)?;
            match left.checked_sub(bytes.len()) {
                Some(rest) => left = rest,
                None => break,
            }
            entries.push(bytes);
        }
        Ok(ChainPart {
            tip: account.tip,
            entries,
        })
    })
}

pub(super) fn pull(
    db: &Connection,
    id: AccountId,
    after: AccountSeq,
    max_bytes: usize,
) -> Result<LogPart, ReadError> {
    at_once(db, |db| {
        let account = account(db, id)?;
        let head = AccountSeq(account.head);
        if after > head {
            return Err(ReadError::Refused(Refusal::PastEnd { head }));
        }
        let mut find = db.prepare_cached(
            "SELECT seq, bytes FROM record WHERE account = ?1 AND seq > ?2 ORDER BY seq",
        )?;
        let mut rows = find.query(params![account.no, number(after.0)?])?;
        let mut records: Vec<(AccountSeq, Vec<u8>)> = Vec::new();
        let mut sum = 0;
        while let Some(row) = rows.next()? {
            let bytes: Vec<u8> = row.get(1)?;
            sum += bytes.len();
            let is_full = sum > max_bytes || records.len() >= limit::PAGE_RECORDS_MAX;
            if is_full && !records.is_empty() {
                break;
            }
            records.push((AccountSeq(count(row, 0)?), bytes));
        }
        Ok(LogPart { head, records })
    })
}

pub(super) fn probe(
    db: &Connection,
    id: AccountId,
    names: &[RecordName],
) -> Result<Vec<Option<Vec<u8>>>, ReadError> {
    let account = account(db, id)?;
    let mut find = db.prepare_cached(
        "SELECT bytes FROM record JOIN branch ON branch.no = record.branch
         WHERE branch.account = ?1 AND device = ?2 AND incarnation = ?3 AND place = ?4",
    )?;
    let mut find = |name: &RecordName| {
        let incarnation = name.incarnation.as_bytes();
        let name = params![account.no, name.device.0, incarnation, name.seq.0];
        find.query_row(name, |row| row.get(0)).optional()
    };
    Ok(names
        .iter()
        .map(&mut find)
        .collect::<rusqlite::Result<_>>()?)
}

pub(super) fn drafts(db: &Connection, id: AccountId) -> Result<Vec<Vec<u8>>, ReadError> {
    let account = account(db, id)?;
    let drafts = db
        .prepare_cached(
            "SELECT bytes FROM draft JOIN device USING (account, device)
             WHERE account = ?1 AND revoked_in IS NULL ORDER BY device, slot",
        )?
        .query_map([account.no], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(drafts)
}

pub(super) fn totals(db: &Connection) -> rusqlite::Result<Totals> {
    let sql = "SELECT count(*), coalesce(sum(head), 0), coalesce(sum(used), 0) FROM account";
    db.query_row(sql, [], |row| {
        Ok(Totals {
            account_count: count(row, 0)?,
            record_count: count(row, 1)?,
            used_bytes: count(row, 2)?,
        })
    })
}
