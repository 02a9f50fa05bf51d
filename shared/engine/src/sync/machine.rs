//! The exchange as a state machine: inputs in, outputs out; no socket, no store, no clock, no randomness.
//!
//! One request is with the relay at a time or one piece of work with the vault; what comes unasked only sets a wish.
//! So after every input the next thing to do follows from the wishes alone, in [`Machine::next`]. Only the next page is
//! asked for while the vault takes in the one before.

mod answer;
mod next;
mod tell;
#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests;
mod time;
mod work;

use protocol::wire::{ChainTip, RecordName, RequestId};
use protocol::{AccountSeq, Challenge, RecordHash, RelayInstance, limit};

use super::backoff::Backoff;
use super::status::{SyncStatus, Trouble};
use super::work::{Report, Standing, Work};
use crate::command::Failure;

/// How long a request may stay without an answer, in ms.
const ANSWER_MS: i64 = 30_000;
/// How long a socket may take to come up, in ms.
const DIAL_MS: i64 = 20_000;
/// After this long without a word the relay is asked for a sign of life, in ms.
const SILENCE_MS: i64 = 60_000;
/// From news to the beacon that says it is stored, in ms.
const BEACON_MS: i64 = 30_000;
/// Until a device speaks that handed all in again, in ms.
const SPEAK_MS: i64 = 1_000;
/// Between two states of a draft on their way, in ms.
const DRAFT_MS: i64 = 15_000;
/// Between two looks whether the relay still has what it took, in ms.
const PROBE_MS: i64 = 7 * 24 * 60 * 60 * 1_000;
/// Until a full or unwilling relay is tried again, in ms.
const UNWILLING_MS: i64 = 5 * 60 * 1_000;
/// Until what is missing or bad is asked for again, in ms; doubles each time, as often as [`AGAIN_DOUBLED_MAX`] says.
const AGAIN_MS: i64 = 60_000;
/// How often that doubles.
const AGAIN_DOUBLED_MAX: u32 = 6;
/// The same where only another device's word says that something is missing: the whole log is asked for then.
const LACKING_DOUBLED_MAX: u32 = 10;
/// How long frames that are sealed may still be answered after a lock, in ms.
const CLOSING_MS: i64 = 2_000;
/// A clock that goes back by more than this was put back, in ms.
const CLOCK_STEP_MS: i64 = 60_000;
/// How often what is asked for in one request is halved, at most.
const HALVES_MAX: u32 = 8;
/// Refusals in a row after which a connection is given up.
const STUCK_MAX: u32 = 3;
/// Draft slots of others that wait for the vault.
const DRAFTS_IN_MAX: usize = limit::DRAFTS_MAX;
/// Pieces of work that wait for the vault before records that come unasked are left to the next page.
const WORK_MAX: usize = 32;
/// Most bytes of records in one push.
const PUSH_BYTES: usize = limit::FRAME_MAX_BYTES - 8 * limit::PUSH_RECORDS_MAX;

/// What happens to the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The vault is open.
    Opened(Standing),
    /// The socket is up.
    Up,
    /// A message came.
    Frame(Vec<u8>),
    /// The socket is gone, or did not come up.
    Down,
    /// The vault did a piece of work.
    Done(Box<Report>),
    /// The vault could not do it.
    Failed(Failure),
    /// A command changed the vault: records or drafts may wait.
    Changed(Standing),
    /// The page is out of sight: what is known is said now.
    Hidden,
    /// The vault is about to lock and has sealed these drafts: they go out without it.
    Parting(Vec<Vec<u8>>),
    /// The vault locks: no work is asked for any more.
    Locking,
    /// A person, or the browser's word that the network is back, wants a try now.
    TryNow,
    /// A chain entry this device proposes. It outlives a lost connection, not a lock, and is dropped once another entry
    /// stands in its place; whoever proposed it sees that the chain grew without it and may make it again.
    Propose(Vec<u8>),
    /// What this device proposed is not to be sent any more.
    Withdraw,
    /// The time of a [`Output::Wake`] has come.
    Tick,
}

/// What the machine wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// Make a socket to the relay.
    Dial,
    /// Send a message.
    Send(Vec<u8>),
    /// Close the socket; no [`Input::Down`] is expected.
    Hang,
    /// Come back with [`Input::Tick`] at this time, ms since the epoch, UTC; replaces an earlier one.
    Wake {
        /// When.
        at: i64,
    },
    /// Have the vault do this.
    Work(Box<Work>),
    /// The state changed.
    Tell(SyncStatus),
}

/// Which relay, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Its origin, as in a browser's `location.origin`.
    pub origin: String,
    /// The invitation for a new account; may be empty.
    pub invite: Vec<u8>,
}

/// State of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// The vault is locked.
    Off,
    /// No socket until this time.
    Waiting { until: i64 },
    /// A socket is being made; given up at this time.
    Dialing { until: i64 },
    /// Up; the relay has not said its challenge, or the hello is not answered.
    Greeting {
        challenge: Option<(Challenge, RelayInstance)>,
        hello_at: i64,
    },
    /// The hello was right.
    Ready,
    /// Locked; the socket goes at this time.
    Closing { until: i64 },
}

/// The request the relay has not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Hello,
    Register,
    Pull {
        after: AccountSeq,
    },
    PullChain,
    AppendChain,
    Push {
        hashes: Vec<RecordHash>,
        acked: Vec<(RecordHash, AccountSeq)>,
    },
    PutDraft {
        slot: u8,
    },
    PullDrafts {
        drafts: Vec<Vec<u8>>,
    },
    Probe(Vec<RecordName>),
}

/// What is still to be done on this connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wishes {
    /// The chain the relay holds.
    tip: Option<ChainTip>,
    /// Compare the last entry too: lengths are equal and heads are not.
    is_chain_doubted: bool,
    /// Compare every entry; once on a connection. The chains may part before the last one.
    is_chain_compared: bool,
    /// Where the log was pulled to, and its end.
    at: AccountSeq,
    head: AccountSeq,
    /// The end the relay named and gave no records up to.
    held_back: AccountSeq,
    /// Records held back are to be looked at again.
    retries: bool,
    /// Draft slots of others were not asked for, or not given; not before [`Machine::drafts_at`].
    drafts: bool,
    /// What the relay has of the own slots was looked at on this connection.
    are_drafts_compared: bool,
    drafts_in: Vec<Vec<u8>>,
    drafts_out: Vec<Vec<u8>>,
    /// Entries of the own chain that the relay has not.
    entries_out: Vec<Vec<u8>>,
    probes: Vec<RecordName>,
    /// Acks that the vault does not know, and what to do after them.
    work: Vec<Work>,
    /// The relay called an entry of the own chain invalid.
    is_append_refused: bool,
    /// Bad and new records in earlier parts of the page that is taken in.
    parts: (usize, usize),
    /// All records were asked for once more on this connection.
    is_again: bool,
    /// The chain was asked for because a record names an entry that is not here.
    has_asked_chain: bool,
    /// Entries of the chain are of a newer format.
    is_chain_newer: bool,
    /// Length of the own chain after entries were last taken in.
    last_len: Option<u32>,
    stuck_count: u32,
    /// What is proposed was sent on this connection.
    is_proposal_sent: bool,
}

/// Records that other devices say they store, and that are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lacking {
    Nothing,
    Noted,
    /// The whole log was asked for once more.
    AskedAgain,
}

/// The exchange of one device with one relay.
#[derive(Debug)]
pub struct Machine {
    settings: Settings,
    standing: Option<Standing>,
    link: Link,
    asked: Option<(RequestId, Asked, i64)>,
    is_working: bool,
    /// Records that the vault takes in now.
    taking_count: u64,
    /// The vault could not bring in what is stored: not before this time again.
    catch_up_at: i64,
    wishes: Wishes,
    proposed: Option<Vec<u8>>,
    backoff: Backoff,
    last_request: u32,
    heard_at: i64,
    push_at: i64,
    draft_at: i64,
    drafts_at: i64,
    probe_at: i64,
    again_at: Option<i64>,
    again_count: u32,
    lacking: Lacking,
    /// The highest place of the relay's log that was given.
    reached: AccountSeq,
    /// How many pushes and pulls were not answered in time since the vault was opened: on a slow line a whole one would
    /// never come through, so each of them halves the next.
    late_count: u32,
    beacon_at: Option<i64>,
    is_chain_forked: bool,
    is_registration_closed: bool,
    trouble: Option<Trouble>,
    /// Why the relay does not take a draft.
    draft_trouble: Option<Trouble>,
    /// The relay lost what it had taken, and not all of it was handed in again.
    is_refilling: bool,
    /// All was handed in again, and nothing was said behind it.
    has_refilled: bool,
    clock_off_ms: i64,
    told: Option<SyncStatus>,
    wake_at: Option<i64>,
    last_now: i64,
}

impl Machine {
    /// A machine for a locked vault.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            standing: None,
            link: Link::Off,
            asked: None,
            is_working: false,
            taking_count: 0,
            catch_up_at: 0,
            wishes: Wishes::default(),
            proposed: None,
            backoff: Backoff::default(),
            last_request: 0,
            heard_at: 0,
            push_at: 0,
            draft_at: 0,
            drafts_at: 0,
            probe_at: 0,
            again_at: None,
            again_count: 0,
            lacking: Lacking::Nothing,
            reached: AccountSeq(0),
            late_count: 0,
            beacon_at: None,
            is_chain_forked: false,
            is_registration_closed: false,
            trouble: None,
            draft_trouble: None,
            is_refilling: false,
            has_refilled: false,
            clock_off_ms: 0,
            told: None,
            wake_at: None,
            last_now: 0,
        }
    }

    /// Takes one input; `now` is ms since the epoch, UTC, `jitter` random.
    pub fn step(&mut self, input: Input, now: i64, jitter: u32) -> Vec<Output> {
        let mut out = Vec::new();
        if now < self.last_now.saturating_sub(CLOCK_STEP_MS) {
            self.turn_back(now);
        }
        self.last_now = now;
        self.take(input, now, jitter, &mut out);
        self.keep_time(now, jitter, &mut out);
        if !self.is_working && self.asked.is_none() {
            self.next(now, &mut out);
        }
        self.pull_ahead(now, &mut out);
        self.tell(&mut out);
        self.wake(now, &mut out);
        out
    }

    fn take(&mut self, input: Input, now: i64, jitter: u32, out: &mut Vec<Output>) {
        match input {
            Input::Opened(standing) => {
                if !matches!(self.link, Link::Off | Link::Waiting { .. }) {
                    self.clear();
                    out.push(Output::Hang);
                }
                self.standing = Some(standing);
                (self.is_working, self.taking_count) = (false, 0);
                self.late_count = 0;
                self.link = Link::Waiting { until: now };
                self.probe_at = self.probe_at.max(now);
                // What was to be said when the vault locked, or the power went, was not said.
                self.plan_beacon(now);
            }
            Input::Changed(standing) => {
                if self.standing.is_some() {
                    self.stand(standing, now);
                }
            }
            Input::Up => {
                if matches!(self.link, Link::Dialing { .. }) {
                    self.heard_at = now;
                    self.link = Link::Greeting {
                        challenge: None,
                        hello_at: now,
                    };
                }
            }
            Input::Down => {
                if !matches!(self.link, Link::Off | Link::Waiting { .. }) {
                    self.lose(Trouble::Unreachable, 0, now, jitter);
                }
            }
            Input::Frame(bytes) => self.hear(&bytes, now, jitter, out),
            Input::Done(report) => {
                self.taking_count = 0;
                if core::mem::take(&mut self.is_working) && self.standing.is_some() {
                    self.stand(report.standing, now);
                    self.worked(report.done, now, out);
                }
            }
            Input::Failed(Failure::Locked) => {
                (self.is_working, self.taking_count) = (false, 0);
                self.take(Input::Locking, now, jitter, out);
            }
            Input::Failed(_) => {
                (self.is_working, self.taking_count) = (false, 0);
                self.catch_up_at = now.saturating_add(AGAIN_MS);
                if self.standing.is_some() {
                    self.plan_beacon(now);
                    self.give_up(Trouble::Storage, 0, now, jitter, out);
                }
            }
            Input::Hidden => {
                self.draft_at = now;
                if self.has_untold() {
                    self.beacon_at = Some(now);
                }
            }
            Input::Parting(drafts) => {
                if self.link == Link::Ready {
                    self.wishes.drafts_out = drafts;
                }
            }
            Input::Locking => {
                self.standing = None;
                self.proposed = None;
                if let Some((_, Asked::Pull { .. }, _)) = self.asked {
                    // Nobody needs the page any more, and what is sealed is not to wait for it.
                    self.asked = None;
                }
                self.link = match self.link {
                    Link::Off | Link::Waiting { .. } => Link::Off,
                    _ if self.has_sealed() => Link::Closing {
                        until: now.saturating_add(CLOSING_MS),
                    },
                    _ => {
                        self.clear();
                        out.push(Output::Hang);
                        Link::Off
                    }
                };
            }
            Input::TryNow => {
                self.backoff.reset();
                (self.push_at, self.draft_at, self.drafts_at) = (now, now, now);
                self.catch_up_at = now;
                self.again_count = 0;
                self.again_at = self.again_at.map(|at| at.min(now));
                if self.clock_off_ms != 0 && self.link == Link::Ready {
                    // Only a new connection says what time it is at the relay.
                    self.clear();
                    out.push(Output::Hang);
                    self.link = Link::Waiting { until: now };
                }
                if let Link::Waiting { .. } = self.link {
                    self.link = Link::Waiting { until: now };
                }
            }
            Input::Propose(entry) => {
                self.proposed = Some(entry);
                self.wishes.is_proposal_sent = false;
            }
            Input::Withdraw => self.proposed = None,
            Input::Tick => self.wake_at = None,
        }
    }

    /// Where the vault stands now. Whatever brought in the last that waited, it is to be said.
    fn stand(&mut self, standing: Standing, now: i64) {
        let before = self.standing.replace(standing);
        let was_behind = before.is_some_and(|of| of.behind_count > 0);
        if was_behind && standing.behind_count == 0 {
            self.plan_beacon(now);
        }
    }

    /// Has this device say after a while what it stores, unless it says so before.
    fn plan_beacon(&mut self, now: i64) {
        if self.has_untold() && self.beacon_at.is_none() {
            self.beacon_at = Some(now.saturating_add(BEACON_MS));
        }
    }

    /// Has the relay give its whole log once more.
    fn ask_all_again(&mut self) {
        self.wishes.at = AccountSeq(0);
        self.wishes.work.push(Work::TakeAgain);
    }

    fn has_untold(&self) -> bool {
        self.standing.is_some_and(|standing| standing.has_untold)
    }

    /// What is under way, or can go without the vault.
    fn has_sealed(&self) -> bool {
        self.asked.is_some() || !self.wishes.drafts_out.is_empty()
    }

    fn clear(&mut self) {
        self.asked = None;
        self.wishes = Wishes::default();
    }

    /// The socket is gone.
    fn lose(&mut self, trouble: Trouble, retry_after_ms: u32, now: i64, jitter: u32) {
        self.clear();
        self.trouble = Some(trouble);
        let wait = self.backoff.fail(retry_after_ms, jitter);
        self.link = match self.standing {
            Some(_) => Link::Waiting {
                until: now.saturating_add(wait),
            },
            None => Link::Off,
        };
    }

    /// Closes the socket and tries again later.
    fn give_up(
        &mut self,
        trouble: Trouble,
        retry_after_ms: u32,
        now: i64,
        jitter: u32,
        out: &mut Vec<Output>,
    ) {
        if !matches!(self.link, Link::Off | Link::Waiting { .. }) {
            out.push(Output::Hang);
        }
        self.lose(trouble, retry_after_ms, now, jitter);
    }
}

/// Whether bytes begin like the next record of a place, cheaply; the vault looks for real.
const fn is_record_size(bytes: &[u8]) -> bool {
    bytes.len() > protocol::record::OUTER_BYTES && bytes.len() <= limit::RECORD_MAX_BYTES
}
