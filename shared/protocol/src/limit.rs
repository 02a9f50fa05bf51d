//! Every limit of the formats, checked on real bytes before anything is parsed.

/// The format written by this version.
pub const FORMAT: u8 = 1;
/// One record, signature included.
pub const RECORD_MAX_BYTES: usize = 256 * 1024;
/// An encoded body before padding: the largest Padmé size that leaves room for 255 `seen` marks, less the length.
pub const BODY_MAX_BYTES: usize = 62 * 4096 - 4;
/// `seen` marks in one route.
pub const SEEN_MAX: usize = 255;
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

/// The frame format written by this version.
pub const WIRE_FORMAT: u8 = 1;
/// One frame between device and relay: three records of the largest size fit, four do not.
pub const FRAME_MAX_BYTES: usize = 1024 * 1024;
/// Records in one push: what the relay commits at once.
pub const PUSH_RECORDS_MAX: usize = 256;
/// Records in one page.
pub const PAGE_RECORDS_MAX: usize = 1024;
/// Record bytes in one page, unless its first record alone is larger: half a frame, so that other answers get between.
pub const PAGE_MAX_BYTES: usize = 512 * 1024;
/// Branches named in a welcome, the newest ones of the device: it starts one at first run and after each restore.
pub const BRANCHES_MAX: usize = 256;
/// Records asked for at once to see whether the relay still has them.
pub const PROBES_MAX: usize = 3;
/// One draft slot of the larger size: header, nonce, text, tag, signature.
pub const DRAFT_FRAME_MAX_BYTES: usize = 68 + 24 + 16 * 1024 + 16 + 64;
/// Drafts in one page: every slot of every active device.
pub const DRAFTS_MAX: usize = ACTIVE_DEVICES_MAX * DRAFT_SLOTS as usize;
/// The relay's address as the device has it in its settings.
pub const ORIGIN_MAX_BYTES: usize = 255;
/// An invitation to register, as typed.
pub const INVITE_MAX_BYTES: usize = 64;
/// One message in a pairing mailbox.
pub const BOX_MESSAGE_MAX_BYTES: usize = 4 * 1024;
/// One opened pairing message: what is left of a sealed one after commitment, nonce and tag.
pub const PAIRING_MAX_BYTES: usize = BOX_MESSAGE_MAX_BYTES - 32 - 24 - 16;
/// The name a new device gives itself.
pub const DEVICE_NAME_MAX_BYTES: usize = 128;
/// How long a pairing mailbox lives after its first message, in ms.
pub const BOX_LIFE_MS: u64 = 300_000;
/// What a refusal tells beside its code: at most one chain entry with its length.
pub const DETAIL_MAX_BYTES: usize = 4 + CHAIN_ENTRY_MAX_BYTES;
/// Frames waiting for a slow reader; above it the relay sends one "pull needed" instead.
pub const SEND_QUEUE_FRAMES_MAX: usize = 64;
/// Bytes of frames waiting for a slow reader.
pub const SEND_QUEUE_MAX_BYTES: usize = 2 * FRAME_MAX_BYTES;
/// Read buffer of one socket: the usual 128 KiB would be 15 GiB for 126,000 sockets.
pub const READ_BUFFER_BYTES: usize = 4 * 1024;
/// How long a socket may stay without a valid hello, in ms.
pub const HELLO_MS: u64 = 10_000;
/// Mean time between two pings, in ms.
pub const PING_MS: u64 = 45_000;
/// How far a ping may move around its mean, in ms, so that sockets do not ping in step.
pub const PING_JITTER_MS: u64 = 15_000;
/// What one account may store at a relay unless its operator says otherwise.
pub const QUOTA_BYTES: u64 = 5 * 1024 * 1024 * 1024;
/// Difference between the relay's clock and the device's above which the person is warned, in ms.
pub const CLOCK_SLACK_MS: u64 = 600_000;
