//! Every limit of the formats, checked on real bytes before anything is parsed.

/// The format written by this version.
pub const FORMAT: u8 = 1;
/// One record, signature included.
pub const RECORD_MAX_BYTES: usize = 256 * 1024;
/// An encoded body before padding: the largest Padmé size that leaves room for 255 `seen` marks, less the length.
pub const BODY_MAX_BYTES: usize = 62 * 4096 - 4;
/// `seen` marks in one route.
pub const SEEN_MAX: usize = 255;
/// One frame between device and relay.
pub const FRAME_MAX_BYTES: usize = 1024 * 1024;
/// One account chain entry: 9 seals of 1.2 KB, one set of new keys, and room to spare.
pub const CHAIN_ENTRY_MAX_BYTES: usize = 16 * 1024;
/// Entries in one account chain.
pub const CHAIN_ENTRIES_MAX: usize = 4096;
/// Devices active at once: each needs a seal in every epoch entry.
pub const ACTIVE_DEVICES_MAX: usize = 8;
/// Draft slots per device.
pub const DRAFT_SLOTS: u8 = 8;
/// The two sizes of a draft's sealed plaintext.
pub const DRAFT_SIZES: [usize; 2] = [4 * 1024, 16 * 1024];
/// Access log lines in one record.
pub const AUDIT_LINES_MAX: usize = 1024;
/// One access log line, encoded.
pub const AUDIT_LINE_MAX_BYTES: usize = 1024;
