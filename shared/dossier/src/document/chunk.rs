//! Concatenated changes, taken apart strictly. Automerge's own incremental load swallows damage; this does not.
//!
//! A chunk is: 4 magic bytes, the first 4 bytes of its hash, 1 byte type, its length as LEB128, its content
//! (automerge.org/automerge-binary-format-spec).

use automerge::Change;

use super::LoadError;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

pub(super) fn parse_changes(mut bytes: &[u8]) -> Result<Vec<Change>, LoadError> {
    let mut changes = Vec::new();
    while !bytes.is_empty() {
        let size = chunk_bytes(bytes).ok_or(LoadError::Damaged)?;
        let (chunk, rest) = bytes.split_at_checked(size).ok_or(LoadError::Damaged)?;
        let change = Change::try_from(chunk).map_err(|_| LoadError::Damaged)?;
        if chunk.get(4..8) != change.hash().0.get(..4) {
            return Err(LoadError::Damaged);
        }
        changes.push(change);
        bytes = rest;
    }
    if changes.is_empty() {
        Err(LoadError::Damaged)
    } else {
        Ok(changes)
    }
}

fn chunk_bytes(bytes: &[u8]) -> Option<usize> {
    if bytes.get(..4)? != MAGIC {
        return None;
    }
    let mut length = 0_u64;
    for (index, byte) in bytes.get(9..)?.iter().take(9).enumerate() {
        length |= u64::from(byte & 0x7f).checked_shl(u32::try_from(index).ok()? * 7)?;
        if byte & 0x80 == 0 {
            return usize::try_from(length).ok()?.checked_add(10 + index);
        }
    }
    None
}
