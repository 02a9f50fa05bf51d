//! Drives one session over its WebSocket: frames one after the other, hints in between, pings, deadlines, the end.
//!
//! While a request is carried out nothing more is read from the socket, so a device that sends faster than the relay
//! works is held up by its own connection. While a frame is being sent nothing is read either.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, close_code};
use protocol::limit::{BOX_LIFE_MS, FRAME_MAX_BYTES, PING_JITTER_MS, PING_MS};
use protocol::wire::{EntryBytes, Origin, Refusal, RequestId, ToDevice};
use protocol::{AccountSeq, Challenge};
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::{debug, warn};

use super::metrics::Metrics;
use super::queue::{Outgoing, Queue};
use super::session::{Asked, Session};
use super::work::{Done, Work};
use super::{CROWDED_MS, Relay};
use crate::accept::stopped;
use crate::clock;
use crate::meter::{CrowdedError, Meter};
use crate::store::{RelayStore, Standing};

/// Devices come back spread over this time, in ms, after a restart.
const BYE_MS: (u32, u32) = (500, 5_000);

/// How long the answer to a closing message may take.
const GOODBYE: Duration = Duration::from_secs(1);

/// The longest time for which nothing is read from who asks too much.
const PAUSE_MS: u32 = 100;

/// The connection is at its end.
struct Over;

/// The account has asked for too much.
struct Slow {
    retry_after_ms: u32,
}

struct Connection<S> {
    socket: WebSocket,
    relay: Arc<Relay<S>>,
    id: u64,
    queue: Arc<Queue>,
    session: Session,
    meter: Arc<Meter>,
    hello_by: Instant,
    pair_by: Instant,
    ping_at: Instant,
    unanswered: u8,
}

/// Runs a connection to its end.
pub(super) async fn run<S: RelayStore>(socket: WebSocket, relay: Arc<Relay<S>>, meter: Arc<Meter>) {
    let began = Instant::now();
    let mut random = [0; 40];
    if getrandom::fill(&mut random).is_err() {
        warn!("no randomness for a challenge");
        return;
    }
    Metrics::add(&relay.metrics.connections_open, 1);
    let (challenge, jitter) = random.split_at(32);
    let challenge = Challenge::try_from(challenge).unwrap_or(Challenge::NIL);
    let jitter = u64::from_be_bytes(jitter.try_into().unwrap_or_default());
    let pair = Duration::from_millis(BOX_LIFE_MS) + relay.settings.hello;
    let mut connection = Connection {
        id: relay.next_connection(),
        queue: Arc::default(),
        session: Session::new(challenge, &relay.settings.origin),
        hello_by: began + relay.settings.hello,
        pair_by: began + pair,
        ping_at: began + spread(relay.settings.ping, jitter),
        unanswered: 0,
        meter,
        socket,
        relay: relay.clone(),
    };
    let stopping = relay.stopping.clone();
    let Over = connection.live(challenge, jitter, stopping).await;
    if let Some(member) = connection.session.member() {
        let hub = &relay.hub;
        hub.leave(member.account, connection.id, relay.now_ms());
    }
    let open = &relay.metrics.connections_open;
    open.fetch_sub(1, std::sync::atomic::Ordering::Relaxed);
}

/// Tells who has all the sockets it may have when to come back.
pub(super) async fn turn_away<S>(mut socket: WebSocket, relay: &Relay<S>) {
    Metrics::add(&relay.metrics.connections_dropped, 1);
    let bye = ToDevice::Bye {
        retry_after_ms: CROWDED_MS,
    };
    let Ok(bye) = bye.encode(RequestId::NONE) else {
        return;
    };
    let close = CloseFrame {
        code: close_code::AGAIN,
        reason: "".into(),
    };
    let goodbye = async {
        socket.send(Message::Binary(bye.into())).await.ok();
        socket.send(Message::Close(Some(close))).await.ok();
        // Reading on sends what is left, and takes the answer to it.
        socket.recv().await
    };
    timeout(GOODBYE, goodbye).await.ok();
}

fn is_crowded(error: &std::io::Error) -> bool {
    error
        .get_ref()
        .is_some_and(|inner| inner.is::<CrowdedError>())
}

/// A time around the mean, by the limits' share of it.
fn spread(mean: Duration, jitter: u64) -> Duration {
    let share = jitter % (2 * PING_JITTER_MS + 1);
    let least = PING_MS - PING_JITTER_MS;
    mean.mul_f64((least + share) as f64 / PING_MS as f64)
}

impl<S: RelayStore> Connection<S> {
    async fn live(
        &mut self,
        challenge: Challenge,
        jitter: u64,
        mut stopping: watch::Receiver<bool>,
    ) -> Over {
        if let Err(over) = self.greet(challenge).await {
            return over;
        }
        loop {
            let wake_at = self.wake_at();
            let next = tokio::select! {
                () = stopped(&mut stopping) => self.bye(jitter).await,
                outgoing = self.queue.next() => self.pass_on(outgoing).await,
                message = self.socket.recv() => match message {
                    Some(Ok(message)) => self.take(message).await,
                    Some(Err(error)) => self.unreadable(error).await,
                    None => Err(Over),
                },
                () = sleep_until(wake_at) => self.wake(jitter).await,
            };
            if let Err(over) = next {
                return over;
            }
        }
    }

    async fn greet(&mut self, challenge: Challenge) -> Result<(), Over> {
        let relay = self.relay.clone();
        let Ok(origin) = Origin::parse(&relay.settings.origin) else {
            return Err(Over);
        };
        let greeting = ToDevice::Challenge {
            challenge,
            instance: relay.store.instance(),
            time: clock::now_ms(),
            registration: relay.settings.registration,
            origin,
        };
        self.tell(&greeting, RequestId::NONE).await
    }

    async fn tell(&mut self, frame: &ToDevice<'_>, request: RequestId) -> Result<(), Over> {
        match frame.encode(request) {
            Ok(bytes) => self.send(bytes.into()).await,
            Err(error) => {
                warn!(%error, "a frame has no bytes");
                Err(Over)
            }
        }
    }

    async fn send(&mut self, frame: Bytes) -> Result<(), Over> {
        let metrics = &self.relay.metrics;
        Metrics::add(&metrics.frames_out, 1);
        Metrics::add(&metrics.bytes_out, frame.len());
        self.message(Message::Binary(frame)).await
    }

    async fn message(&mut self, message: Message) -> Result<(), Over> {
        let limit = self.relay.settings.send;
        match timeout(limit, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Over),
            Err(_) => {
                debug!("a reader took too long");
                Err(Over)
            }
        }
    }

    async fn close(&mut self, code: u16) -> Over {
        let close = CloseFrame {
            code,
            reason: "".into(),
        };
        self.message(Message::Close(Some(close))).await.ok();
        Over
    }

    async fn bye(&mut self, jitter: u64) -> Result<(), Over> {
        let (least, most) = BYE_MS;
        let share = u32::try_from(jitter % u64::from(most - least)).unwrap_or(0);
        let bye = ToDevice::Bye {
            retry_after_ms: least + share,
        };
        self.tell(&bye, RequestId::NONE).await?;
        Err(self.close(close_code::RESTART).await)
    }

    async fn pass_on(&mut self, outgoing: Outgoing) -> Result<(), Over> {
        match outgoing {
            Outgoing::Frame(frame) => self.send(frame).await,
            Outgoing::Chain(frame) => self.chain(frame).await,
            Outgoing::Behind(told) => self.behind(told).await,
        }
    }

    /// Drafts may have been dropped, too, so the end of the log is asked for.
    async fn behind(&mut self, told: AccountSeq) -> Result<(), Over> {
        let mut head = told;
        if let Some(member) = self.session.member() {
            let store = &self.relay.store;
            let summary = store.summary(member.account, member.device).await;
            head = summary.map_or(told, |summary| summary.head.max(told));
        }
        self.tell(&ToDevice::Behind { head }, RequestId::NONE).await
    }

    /// Passes on that the chain grew, unless that revoked this very device: then it gets that entry and no more.
    async fn chain(&mut self, frame: Bytes) -> Result<(), Over> {
        let Some(member) = self.session.member() else {
            return Ok(());
        };
        let relay = self.relay.clone();
        match relay.store.standing(member.account, member.key).await {
            Ok(Standing::Revoked(entry)) => {
                let entry = EntryBytes(&entry);
                self.refuse(RequestId::NONE, Refusal::Revoked { entry })
                    .await?;
                Err(self.close(close_code::POLICY).await)
            }
            Ok(_) if member.is_live => self.send(frame).await,
            Ok(_) => Ok(()),
            Err(error) => {
                warn!(%error, "a device's standing is not known");
                Err(Over)
            }
        }
    }

    async fn take(&mut self, message: Message) -> Result<(), Over> {
        self.unanswered = 0;
        match message {
            Message::Binary(frame) => {
                self.meter.begin_message();
                // Apart, so that a socket that only listens keeps no room for it.
                Box::pin(self.frame(&frame)).await
            }
            Message::Text(_) => {
                let refusal = Refusal::Malformed { reason: 0 };
                self.refuse(RequestId::NONE, refusal).await?;
                Err(self.close(close_code::UNSUPPORTED).await)
            }
            Message::Close(_) => {
                // Reading on sends the answer to it.
                timeout(GOODBYE, self.socket.recv()).await.ok();
                Err(Over)
            }
            Message::Ping(_) | Message::Pong(_) => Ok(()),
        }
    }

    async fn refuse(&mut self, request: RequestId, refusal: Refusal<'_>) -> Result<(), Over> {
        self.relay.metrics.refused(refusal.code());
        let refused = ToDevice::Refused { index: 0, refusal };
        self.tell(&refused, request).await
    }

    async fn frame(&mut self, frame: &Bytes) -> Result<(), Over> {
        Metrics::add(&self.relay.metrics.frames_in, 1);
        Metrics::add(&self.relay.metrics.bytes_in, frame.len());
        let asked = Asked::read(frame);
        let request = asked.request();
        let done = match self.carry_out(asked, frame.len()).await {
            Ok(done) => done,
            Err(Slow { retry_after_ms }) => {
                let refusal = Refusal::Slow { retry_after_ms };
                self.refuse(request, refusal).await?;
                let pause = u64::from(retry_after_ms.min(PAUSE_MS));
                sleep(Duration::from_millis(pause)).await;
                return Ok(());
            }
        };
        for answer in done.answers {
            self.send(answer).await?;
        }
        match done.close {
            Some(code) => Err(self.close(code).await),
            None => Ok(()),
        }
    }

    /// Carries a request out once there is memory for it. That is given back before anything is sent: a reader who takes
    /// his time holds up his own socket, which has the answers to one request.
    async fn carry_out(&mut self, asked: Asked<'_>, bytes: usize) -> Result<Done, Slow> {
        let relay = self.relay.clone();
        let _turn = match asked.reads_chain() {
            true => relay.chains.acquire().await.ok(),
            false => None,
        };
        let kib = u32::try_from(asked.work_bytes() / 1_024 + 1).unwrap_or(u32::MAX);
        let _room = relay.work.acquire_many(kib).await;
        let request = asked.request();
        let step = self.session.take(asked, relay.now_ms());
        if let Some(member) = self.session.member() {
            let (weight, now_ms) = (step.weight(), relay.now_ms());
            let spent = relay.hub.spend(member.account, weight, bytes, now_ms);
            spent.map_err(|retry_after_ms| Slow { retry_after_ms })?;
        }
        let work = Work {
            relay: &relay,
            connection: self.id,
            queue: &self.queue.clone(),
            request,
            answers: Vec::new(),
            close: None,
        };
        let done = work.carry_out(&mut self.session, step).await;
        if self.session.member().is_some() {
            self.meter.widen();
        }
        Ok(done)
    }

    /// A message is too large, the bytes are no messages, or the connection broke. What can still be said is said.
    async fn unreadable(&mut self, error: axum::Error) -> Result<(), Over> {
        use tungstenite::Error;
        use tungstenite::error::ProtocolError::ResetWithoutClosingHandshake;

        debug!(%error, "unreadable");
        let inner = error.into_inner();
        let (refusal, code) = match inner.downcast_ref::<Error>() {
            Some(Error::Capacity(_)) => {
                let limit_bytes = u32::try_from(FRAME_MAX_BYTES).unwrap_or(u32::MAX);
                (Refusal::TooLarge { limit_bytes }, close_code::SIZE)
            }
            Some(Error::Io(error)) if is_crowded(error) => {
                Metrics::add(&self.relay.metrics.connections_dropped, 1);
                let bye = ToDevice::Bye {
                    retry_after_ms: CROWDED_MS,
                };
                self.tell(&bye, RequestId::NONE).await?;
                return Err(self.close(close_code::AGAIN).await);
            }
            Some(Error::Protocol(ResetWithoutClosingHandshake)) => return Err(Over),
            Some(Error::Protocol(_) | Error::Utf8(_)) => {
                (Refusal::Malformed { reason: 0 }, close_code::PROTOCOL)
            }
            _ => return Err(Over),
        };
        self.refuse(RequestId::NONE, refusal).await?;
        Err(self.close(code).await)
    }

    /// When a stranger is to be gone.
    fn gone_by(&self) -> Option<Instant> {
        if self.session.member().is_some() {
            return None;
        }
        let by = match self.session.is_pairing() {
            true => self.pair_by,
            false => self.hello_by,
        };
        let large = self.meter.large_since();
        let large_by = large.map(|since| since + self.relay.settings.send);
        Some(large_by.map_or(by, |large_by| by.min(large_by)))
    }

    fn wake_at(&self) -> Instant {
        match self.gone_by() {
            // A large frame may begin meanwhile; that has a deadline of its own.
            Some(by) => self
                .ping_at
                .min(by)
                .min(Instant::now() + self.relay.settings.hello),
            None => self.ping_at,
        }
    }

    async fn wake(&mut self, jitter: u64) -> Result<(), Over> {
        let now = Instant::now();
        if self.gone_by().is_some_and(|by| now >= by) {
            return Err(self.close(close_code::POLICY).await);
        }
        if now >= self.ping_at {
            if self.unanswered >= 2 {
                return Err(Over);
            }
            self.unanswered += 1;
            self.ping_at = now + spread(self.relay.settings.ping, jitter);
            self.message(Message::Ping(Bytes::new())).await?;
        }
        Ok(())
    }
}
