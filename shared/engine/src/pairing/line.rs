//! The socket of one side: dialling, one request at a time beside one that waits, and the clocks. It knows frames and
//! times, not what is said.

use protocol::wire::{BoxBytes, BoxPlace, EntryBytes, List, Refusal, RequestId, ToDevice, ToRelay};
use protocol::{BoxId, BoxToken, Challenge, limit};

use super::parting::{Approval, Parting};
use super::{Output, PairingFailure};

/// How long a request may stay without an answer, in ms.
const ANSWER_MS: i64 = 10_000;
/// How long a socket may take to come up, in ms.
const DIAL_MS: i64 = 10_000;
/// Between two tries to make a socket, in ms.
const REDIAL_MS: i64 = 1_000;
/// How long in a row there may be no answer of the relay at all, in ms.
const OFFLINE_MS: i64 = 30_000;
/// After this long without a word the relay is asked for a sign of life, in ms.
const QUIET_MS: i64 = 20_000;
/// The longest wait that a relay may ask for, in ms.
const PATIENCE_MS: i64 = 30_000;
/// Until the mailbox beside is asked for again, in ms.
const PARTING_AGAIN_MS: i64 = 1_000;
/// Until the old device asks again whether the digits were right, in ms. A relay answers one such request a second.
const APPROVAL_AGAIN_MS: i64 = 2_000;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    Put(BoxPlace),
    Wait(BoxPlace),
    /// Whether the digits were right, or that they were.
    Approval,
    Hello,
    PullChain,
}

/// What a frame comes to.
pub(super) enum Heard<'a> {
    Nothing,
    /// The message that was waited for.
    Message(BoxPlace, &'a [u8]),
    /// The relay keeps it.
    Kept(BoxPlace),
    Welcome,
    Chain(
        protocol::wire::ChainTip,
        List<EntryBytes<'a>, { limit::CHAIN_ENTRIES_MAX }>,
    ),
    Refused(Asked, Refusal<'a>),
    /// The relay at the other end says it is another one.
    OtherRelay,
    /// The other device says that it stopped.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Link {
    /// None wanted.
    Off,
    /// None until this time.
    Waiting { until: i64 },
    /// Given up at this time.
    Dialing { until: i64 },
    /// Up.
    Up(Option<Challenge>),
}

/// The mailbox of a pairing, and who one is there.
#[derive(Clone, Copy)]
pub(super) struct Mailbox {
    pub(super) name: BoxId,
    pub(super) token: BoxToken,
}

pub(super) struct Line {
    origin: String,
    mailbox: Mailbox,
    parting: Parting,
    approval: Approval,
    /// When all of it is over.
    pub(super) deadline: i64,
    link: Link,
    asked: Option<(RequestId, Asked, i64)>,
    waiting: Option<(RequestId, BoxPlace)>,
    /// Messages the relay said it has, on this connection and lately.
    kept: Vec<BoxPlace>,
    last_request: u32,
    /// Since when there was no answer.
    lost_since: Option<i64>,
    heard_at: i64,
    again_at: i64,
    wake_at: Option<i64>,
}

impl Line {
    pub(super) fn new(
        origin: &str,
        mailbox: Mailbox,
        (parting, approval): (Parting, Approval),
        deadline: i64,
    ) -> Self {
        Self {
            origin: origin.to_owned(),
            mailbox,
            parting,
            approval,
            deadline,
            link: Link::Off,
            asked: None,
            waiting: None,
            kept: Vec::new(),
            last_request: 0,
            lost_since: None,
            heard_at: 0,
            again_at: 0,
            wake_at: None,
        }
    }

    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    pub(super) fn begin(&mut self, now: i64) {
        if self.link == Link::Off {
            self.link = Link::Waiting { until: now };
            self.lost_since = Some(now);
        }
    }

    /// No socket is needed any more.
    pub(super) fn rest(&mut self, out: &mut Vec<Output>) {
        if matches!(self.link, Link::Dialing { .. } | Link::Up(_)) {
            out.push(Output::Hang);
        }
        self.clear();
        self.link = Link::Off;
        self.lost_since = None;
    }

    pub(super) fn up(&mut self, now: i64) {
        if let Link::Dialing { .. } = self.link {
            self.link = Link::Up(None);
            self.heard_at = now;
        }
    }

    pub(super) fn down(&mut self, now: i64) {
        if matches!(self.link, Link::Dialing { .. } | Link::Up(_)) {
            self.lose(REDIAL_MS, now);
        }
    }

    /// The challenge of this connection, once it came.
    pub(super) const fn challenge(&self) -> Option<Challenge> {
        match self.link {
            Link::Up(challenge) => challenge,
            _ => None,
        }
    }

    pub(super) fn tick(&mut self) {
        self.wake_at = None;
    }

    /// Nothing is asked before this time.
    pub(super) fn pause(&mut self, ms: i64, now: i64) {
        self.again_at = now.saturating_add(ms.clamp(0, PATIENCE_MS));
    }

    pub(super) fn is_kept(&self, place: BoxPlace) -> bool {
        self.kept.contains(&place)
    }

    pub(super) const fn is_waiting(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether a request can be made now.
    pub(super) fn is_free(&self, now: i64) -> bool {
        self.challenge().is_some() && self.asked.is_none() && self.again_at <= now
    }

    pub(super) fn put(&mut self, place: BoxPlace, sealed: &[u8], now: i64, out: &mut Vec<Output>) {
        let Mailbox { name, token } = self.mailbox;
        let sealed = BoxBytes(sealed);
        let put = ToRelay::PutBox {
            name,
            place,
            token,
            sealed,
        };
        self.ask(Asked::Put(place), &put, now, out);
    }

    pub(super) fn wait(&mut self, place: BoxPlace, now: i64, out: &mut Vec<Output>) {
        let Mailbox { name, token } = self.mailbox;
        let wait = ToRelay::WaitBox { name, place, token };
        self.ask(Asked::Wait(place), &wait, now, out);
    }

    pub(super) fn ask(
        &mut self,
        asked: Asked,
        frame: &ToRelay<'_>,
        now: i64,
        out: &mut Vec<Output>,
    ) {
        let Some(request) = self.send(frame, out) else {
            return;
        };
        match asked {
            Asked::Wait(place) => self.waiting = Some((request, place)),
            asked => self.asked = Some((request, asked, now.saturating_add(ANSWER_MS))),
        }
    }

    fn send(&mut self, frame: &ToRelay<'_>, out: &mut Vec<Output>) -> Option<RequestId> {
        self.last_request = self.last_request.checked_add(1).unwrap_or(1);
        let request = RequestId(self.last_request);
        // A frame that does not encode is one this version does not make.
        let bytes = frame.encode(request).ok()?;
        out.push(Output::Send(bytes));
        Some(request)
    }

    /// Listens for the other side's word that it stopped.
    pub(super) fn listen(&mut self, now: i64, out: &mut Vec<Output>) {
        let parting = &self.parting;
        if self.challenge().is_none() || parting.asked.is_some() || parting.again_at > now {
            return;
        }
        let Mailbox { name, token } = parting.mailbox;
        let place = parting.hears;
        let opening = parting.opening.clone().filter(|_| !parting.is_open);
        let frame = match &opening {
            Some(sealed) => ToRelay::PutBox {
                name,
                place: BoxPlace::First,
                token,
                sealed: BoxBytes(sealed),
            },
            None => ToRelay::WaitBox { name, place, token },
        };
        self.parting.asked = self.send(&frame, out);
    }

    /// New device: says that the digits were right.
    pub(super) fn approve(&mut self, now: i64, out: &mut Vec<Output>) {
        let approval = &self.approval;
        if approval.is_kept {
            return;
        }
        let Mailbox { name, token } = approval.mailbox;
        let sealed = approval.word.clone();
        let put = ToRelay::PutBox {
            name,
            place: BoxPlace::First,
            token,
            sealed: BoxBytes(&sealed),
        };
        self.ask_approval(&put, now, out);
    }

    /// Old device: asks whether the digits were right.
    pub(super) fn look_for_approval(&mut self, now: i64, out: &mut Vec<Output>) {
        let Mailbox { name, token } = self.approval.mailbox;
        let place = BoxPlace::First;
        self.ask_approval(&ToRelay::WaitBox { name, place, token }, now, out);
    }

    fn ask_approval(&mut self, frame: &ToRelay<'_>, now: i64, out: &mut Vec<Output>) {
        let approval = &self.approval;
        if self.challenge().is_some() && approval.asked.is_none() && approval.again_at <= now {
            self.approval.asked = self.send(frame, out);
        }
    }

    /// Old device: whether the new one said that the digits were right.
    pub(super) const fn is_approved(&self) -> bool {
        self.approval.is_heard
    }

    /// Leaves word that this side stopped, where there is a connection.
    pub(super) fn part(&mut self, out: &mut Vec<Output>) {
        if self.challenge().is_none() {
            return;
        }
        let Mailbox { name, token } = self.parting.mailbox;
        let sealed = self.parting.stopped.clone();
        let put = ToRelay::PutBox {
            name,
            place: self.parting.says,
            token,
            sealed: BoxBytes(&sealed),
        };
        self.send(&put, out);
    }

    pub(super) fn hear<'a>(
        &mut self,
        bytes: &'a [u8],
        now: i64,
        out: &mut Vec<Output>,
    ) -> Heard<'a> {
        let Link::Up(known) = self.link else {
            return Heard::Nothing;
        };
        let Ok((request, frame)) = ToDevice::decode(bytes) else {
            self.hang(REDIAL_MS, now, out);
            return Heard::Nothing;
        };
        if self.parting.asked == Some(request) {
            return self.hear_parting(&frame, now);
        }
        if self.approval.asked == Some(request) {
            return self.hear_approval(frame, now);
        }
        self.heard_at = now;
        match frame {
            ToDevice::Challenge {
                challenge, origin, ..
            } => {
                if origin.as_str() != self.origin {
                    return Heard::OtherRelay;
                }
                self.link = Link::Up(known.or(Some(challenge)));
                Heard::Nothing
            }
            ToDevice::Bye { retry_after_ms } => {
                self.hang(i64::from(retry_after_ms).max(REDIAL_MS), now, out);
                Heard::Nothing
            }
            frame => match self.take_asked(request) {
                Some(asked) => self.answer(asked, frame, now, out),
                None => Heard::Nothing,
            },
        }
    }

    /// What the relay says of the mailbox beside; whatever goes wrong there ends nothing.
    fn hear_parting(&mut self, frame: &ToDevice<'_>, now: i64) -> Heard<'static> {
        let parting = &mut self.parting;
        parting.asked = None;
        match frame {
            ToDevice::BoxAck => parting.is_open = true,
            ToDevice::BoxMessage { sealed } if parting.is_stop(sealed.0) => return Heard::Stopped,
            ToDevice::Refused {
                refusal: Refusal::BoxUnknown | Refusal::Slow { .. } | Refusal::Unavailable { .. },
                ..
            } => parting.again_at = now.saturating_add(PARTING_AGAIN_MS),
            _ => parting.again_at = i64::MAX,
        }
        Heard::Nothing
    }

    fn hear_approval<'a>(&mut self, frame: ToDevice<'a>, now: i64) -> Heard<'a> {
        let approval = &mut self.approval;
        approval.asked = None;
        // Without it nothing is added: another answer ends with the clock.
        approval.again_at = now.saturating_add(APPROVAL_AGAIN_MS);
        match frame {
            ToDevice::BoxAck => approval.is_kept = true,
            ToDevice::BoxMessage { sealed } => approval.is_heard |= approval.is_word(sealed.0),
            ToDevice::Refused { refusal, .. } if refusal != Refusal::BoxUnknown => {
                return Heard::Refused(Asked::Approval, refusal);
            }
            _ => {}
        }
        Heard::Nothing
    }

    fn take_asked(&mut self, request: RequestId) -> Option<Asked> {
        let asked = self.asked.filter(|(of, _, _)| *of == request);
        let waiting = self.waiting.filter(|(of, _)| *of == request);
        if let Some((_, asked, _)) = asked {
            self.asked = None;
            return Some(asked);
        }
        let (_, place) = waiting?;
        self.waiting = None;
        Some(Asked::Wait(place))
    }

    fn answer<'a>(
        &mut self,
        asked: Asked,
        frame: ToDevice<'a>,
        now: i64,
        out: &mut Vec<Output>,
    ) -> Heard<'a> {
        self.lost_since = None;
        match (asked, frame) {
            (asked, ToDevice::Refused { refusal, .. }) => Heard::Refused(asked, refusal),
            (Asked::Put(place), ToDevice::BoxAck) => {
                self.kept.push(place);
                Heard::Kept(place)
            }
            (Asked::Wait(place), ToDevice::BoxMessage { sealed }) => {
                Heard::Message(place, sealed.0)
            }
            (Asked::Hello, ToDevice::Welcome { .. }) => Heard::Welcome,
            (Asked::PullChain, ToDevice::ChainPage { tip, entries }) => Heard::Chain(tip, entries),
            _ => {
                // No relay that works answers so.
                self.hang(REDIAL_MS, now, out);
                Heard::Nothing
            }
        }
    }

    /// What the clock alone makes happen.
    ///
    /// # Errors
    /// When it is over.
    pub(super) fn keep_time(
        &mut self,
        now: i64,
        out: &mut Vec<Output>,
    ) -> Result<(), PairingFailure> {
        let lost_ms = self.lost_since.map_or(0, |since| now.saturating_sub(since));
        if lost_ms >= OFFLINE_MS {
            return Err(PairingFailure::NoConnection);
        }
        if now >= self.deadline {
            return Err(PairingFailure::Expired);
        }
        let is_late = self.asked.is_some_and(|(_, _, until)| until <= now);
        match self.link {
            Link::Waiting { until } if until <= now => {
                self.link = Link::Dialing {
                    until: now.saturating_add(DIAL_MS),
                };
                out.push(Output::Dial);
            }
            Link::Dialing { until } if until <= now => self.hang(REDIAL_MS, now, out),
            Link::Up(_) if is_late => self.hang(REDIAL_MS, now, out),
            Link::Up(None) if self.heard_at.saturating_add(ANSWER_MS) <= now => {
                self.hang(REDIAL_MS, now, out);
            }
            Link::Up(Some(_)) if self.asked.is_none() && self.quiet_at() <= now => {
                // Putting the newest message again changes nothing and is answered.
                self.heard_at = now;
                self.kept.clear();
            }
            _ => {}
        }
        Ok(())
    }

    const fn quiet_at(&self) -> i64 {
        self.heard_at.saturating_add(QUIET_MS)
    }

    pub(super) fn wake(&mut self, now: i64, out: &mut Vec<Output>) {
        let (parting, approval) = (self.parting.again_at, self.approval.again_at);
        let mut times = vec![self.deadline, self.again_at, parting, approval];
        times.extend(self.asked.map(|(_, _, until)| until));
        let lost = self.lost_since;
        times.extend(lost.map(|since| since.saturating_add(OFFLINE_MS)));
        match self.link {
            Link::Off => {}
            Link::Waiting { until } | Link::Dialing { until } => times.push(until),
            Link::Up(None) => times.push(self.heard_at.saturating_add(ANSWER_MS)),
            Link::Up(Some(_)) => times.push(self.quiet_at()),
        }
        let at = times.into_iter().filter(|at| *at > now).min();
        if let Some(at) = at
            && self.wake_at != Some(at)
        {
            self.wake_at = Some(at);
            out.push(Output::Wake { at });
        }
    }

    fn hang(&mut self, wait_ms: i64, now: i64, out: &mut Vec<Output>) {
        out.push(Output::Hang);
        self.lose(wait_ms, now);
    }

    fn lose(&mut self, wait_ms: i64, now: i64) {
        self.clear();
        self.lost_since.get_or_insert(now);
        self.link = Link::Waiting {
            until: now.saturating_add(wait_ms.min(PATIENCE_MS)),
        };
    }

    fn clear(&mut self) {
        (self.asked, self.waiting) = (None, None);
        self.kept.clear();
        self.parting.clear();
        self.approval.clear();
        self.again_at = 0;
    }
}

/// What a refusal that asking again does not help means to a person.
pub(super) const fn failure_of(refusal: &Refusal<'_>) -> PairingFailure {
    match refusal {
        Refusal::BoxTaken => PairingFailure::CodeUsed,
        Refusal::BoxExpired | Refusal::BoxUnknown => PairingFailure::Expired,
        Refusal::UnknownType | Refusal::FormatTooNew { .. } => PairingFailure::OtherVersion,
        _ => PairingFailure::RelayRefuses,
    }
}
