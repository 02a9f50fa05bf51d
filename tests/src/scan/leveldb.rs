//! Unpacks the files of a LevelDB (Chromium's IndexedDB, Local Storage and others) as far as a search for words needs.
//!
//! Tables hold Snappy-packed blocks and keys without the part that they share with the key before; logs cut what
//! they hold at every 32 KiB. Nothing is checked or put in order: deleted and overwritten values come out too.

use anyhow::{Context, Result, bail};
use snap::raw::Decoder;

const MAGIC: u64 = 0xdb47_7524_8b80_fb57;
const FOOTER_BYTES: usize = 48;
const LOG_BLOCK_BYTES: usize = 32_768;
const LOG_HEADER_BYTES: usize = 7;
const BATCH_HEADER_BYTES: usize = 12;

/// How Blink begins an IndexedDB value that it packed with Snappy itself (`idb_value_wrapping.cc`).
const PACKED_VALUE: [u8; 3] = [0xff, 0x11, 0x02];
/// Before it stands at most the version of the value.
const PACKED_VALUE_WITHIN: usize = 12;

/// Whether a file is a finished table.
pub(super) fn is_table(file: &[u8]) -> bool {
    let magic = file.len().checked_sub(8).and_then(|at| file.get(at..));
    file.len() >= FOOTER_BYTES && magic == Some(MAGIC.to_le_bytes().as_slice())
}

/// Keys and values of a finished table.
///
/// # Errors
/// A block that cannot be unpacked: a search in this file would be blind.
pub(super) fn table(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let footer = file.len() - FOOTER_BYTES;
    let mut rest = file.get(footer..).context("no footer")?;
    for _ in 0..2 {
        varint(&mut rest).context("no metaindex")?;
    }
    let mut pieces = Vec::new();
    for (_, handle) in entries(&block(file, &mut rest)?)? {
        for (key, value) in entries(&block(file, &mut handle.as_slice())?)? {
            pieces.push(key);
            add_value(&mut pieces, value);
        }
    }
    Ok(pieces)
}

/// What a log (also a manifest) holds: keys and values where a record is a batch of writes, else the record.
pub(super) fn log(file: &[u8]) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    for record in records(file) {
        match batch(&record) {
            Some(writes) => {
                for (key, value) in writes {
                    pieces.push(key);
                    add_value(&mut pieces, value);
                }
            }
            None => pieces.push(record),
        }
    }
    pieces
}

/// What stands packed in a value or a file of its own, if it is packed by Blink.
pub(super) fn unpacked(value: &[u8]) -> Option<Vec<u8>> {
    let begin = value.get(..value.len().min(PACKED_VALUE_WITHIN))?;
    let at = begin
        .windows(PACKED_VALUE.len())
        .position(|three| three == PACKED_VALUE)?;
    let packed = value.get(at + PACKED_VALUE.len()..)?;
    Decoder::new().decompress_vec(packed).ok()
}

fn add_value(pieces: &mut Vec<Vec<u8>>, value: Vec<u8>) {
    pieces.extend(unpacked(&value));
    pieces.push(value);
}

fn varint(rest: &mut &[u8]) -> Option<usize> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let (first, tail) = rest.split_first()?;
        *rest = tail;
        number |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            return usize::try_from(number).ok();
        }
    }
    None
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (taken, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(taken)
}

fn block(file: &[u8], handle: &mut &[u8]) -> Result<Vec<u8>> {
    let begin = varint(handle).context("no place of a block")?;
    let size = varint(handle).context("no size of a block")?;
    let mut rest = file.get(begin..).context("a block outside the file")?;
    let content = take(&mut rest, size).context("a block over the end of the file")?;
    match rest.first() {
        Some(0) => Ok(content.to_vec()),
        Some(1) => Ok(Decoder::new().decompress_vec(content)?),
        packing => bail!("a block packed in an unknown way: {packing:?}"),
    }
}

type Entries = Vec<(Vec<u8>, Vec<u8>)>;

fn entries(block: &[u8]) -> Result<Entries> {
    let (content, restarts) = block.split_last_chunk::<4>().context("an empty block")?;
    let restarts = 4 * usize::try_from(u32::from_le_bytes(*restarts))?;
    let end = content.len().checked_sub(restarts).context("no entries")?;
    let mut rest = content.get(..end).context("no entries")?;
    let mut entries: Entries = Vec::new();
    let mut key = Vec::new();
    while !rest.is_empty() {
        let (shared, own, size) = (varint(&mut rest), varint(&mut rest), varint(&mut rest));
        key.truncate(shared.context("no entry")?);
        key.extend(take(&mut rest, own.context("no entry")?).context("no key")?);
        let value = take(&mut rest, size.context("no entry")?).context("no value")?;
        entries.push((key.clone(), value.to_vec()));
    }
    Ok(entries)
}

fn records(file: &[u8]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let mut open = Vec::new();
    for mut block in file.chunks(LOG_BLOCK_BYTES) {
        while let Some(&[_, _, _, _, low, high, kind]) = take(&mut block, LOG_HEADER_BYTES) {
            let size = usize::from(u16::from_le_bytes([low, high]));
            // A killed browser leaves a record unfinished: what is there counts.
            let size = size.min(block.len());
            let part = take(&mut block, size).unwrap_or_default();
            if kind <= 2 && !open.is_empty() {
                records.push(std::mem::take(&mut open));
            }
            open.extend_from_slice(part);
            if matches!(kind, 1 | 4) {
                records.push(std::mem::take(&mut open));
            }
        }
    }
    records.push(open);
    records.retain(|record| !record.is_empty());
    records
}

fn batch(record: &[u8]) -> Option<Entries> {
    let mut rest = record.get(BATCH_HEADER_BYTES..)?;
    let mut writes = Vec::new();
    while let Some((kind, tail)) = rest.split_first() {
        rest = tail;
        let size = varint(&mut rest)?;
        let key = take(&mut rest, size)?.to_vec();
        let value = match kind {
            0 => Vec::new(),
            1 => {
                let size = varint(&mut rest)?;
                take(&mut rest, size)?.to_vec()
            }
            _ => return None,
        };
        writes.push((key, value));
    }
    Some(writes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    fn in_log_record(kind: u8, part: &[u8]) -> Vec<u8> {
        let size = u16::try_from(part.len()).unwrap().to_le_bytes();
        [&[0, 0, 0, 0, size[0], size[1], kind], part].concat()
    }

    #[test]
    fn a_word_cut_by_the_end_of_a_log_block_is_whole_again() {
        let first = [
            vec![b'.'; LOG_BLOCK_BYTES - LOG_HEADER_BYTES - 3],
            b"kan".to_vec(),
        ]
        .concat();
        let file = [in_log_record(2, &first), in_log_record(4, b"arie")].concat();
        let pieces = log(&file);
        assert!(pieces.iter().any(|piece| piece.ends_with(b"kanarie")));
    }

    #[test]
    fn writes_come_out_of_a_batch_and_a_packed_value_unpacked() {
        let packed = snap::raw::Encoder::new()
            .compress_vec(&b"kanarie".repeat(9))
            .unwrap();
        let value = [&[7, 0xff, 0x11, 0x02], packed.as_slice()].concat();
        let mut write = vec![0; BATCH_HEADER_BYTES];
        write.extend([1, 3, b'k', b'e', b'y', u8::try_from(value.len()).unwrap()]);
        write.extend(&value);
        let pieces = log(&in_log_record(1, &write));
        assert_eq!(pieces, [b"key".to_vec(), b"kanarie".repeat(9), value]);
    }

    #[test]
    fn keys_of_a_packed_table_are_made_whole() {
        let block = |entries: &[u8]| {
            let content = [entries, &[0, 0, 0, 0, 1, 0, 0, 0]].concat();
            snap::raw::Encoder::new().compress_vec(&content).unwrap()
        };
        let content = block(b"\x00\x05\x01kanon1\x03\x04\x01arie2");
        let size = u8::try_from(content.len()).unwrap();
        let index = block(&[0, 1, 2, b'k', 0, size]);
        let end = u8::try_from(index.len()).unwrap();
        let mut file = [
            content.as_slice(),
            &[1, 0, 0, 0, 0],
            &index,
            &[1, 0, 0, 0, 0],
        ]
        .concat();
        let mut footer = vec![0, 0, size + 5, end];
        footer.resize(FOOTER_BYTES - 8, 0);
        file.extend(footer);
        file.extend(MAGIC.to_le_bytes());
        assert!(is_table(&file));
        let pieces = table(&file).unwrap();
        assert!(pieces.contains(&b"kanarie".to_vec()), "{pieces:?}");
        file[0] ^= 0xff;
        assert!(table(&file).is_err());
    }
}
