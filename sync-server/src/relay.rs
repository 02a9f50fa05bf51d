//! The relay: devices of one account hand each other sealed records through it, over one WebSocket each.
//!
//! It promises that what it acknowledged is durable, that memory stays bounded whatever anybody sends, and that its log
//! and its figures name no account. It reads the outer part of a record and nothing more.
//!
//! Memory that all share is held while a request is carried out, never while a socket is waited for. What is being received
//! or sent belongs to one connection; of those an account and an address have so many.

mod bucket;
mod hub;
mod mailbox;
pub(crate) mod metrics;
mod queue;
mod session;
mod socket;
mod work;

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::Response;
use axum::routing::{any, get};
use axum::{Extension, Json, Router};
use protocol::limit;
use protocol::wire::Registration;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

use self::bucket::Bucket;
use self::hub::Hub;
use self::mailbox::Mailbox;
use self::metrics::Metrics;
use crate::accept::{Permit, stopped};
use crate::crowd::{Crowd, Place};
use crate::store::RelayStore;

pub use self::bucket::Rate;

/// Memory for requests that are being worked on and the answers made for them, over all connections, in units of 1 KiB.
/// Nobody holds any of it while he waits for somebody else's socket.
const WORK_KIB: usize = 64 * 1_024;

/// Chains read as a whole at once: each may be as long as 4,096 entries of 16 KiB.
const CHAINS: usize = 2;

/// Large frames at once of those who have not shown who they are: who brings a whole chain to a relay that has none.
const LARGE_STRANGERS: usize = 16;

/// New accounts over all connections.
const REGISTERS: Rate = Rate {
    per_second: 10,
    burst: 200,
};

/// A device has one socket; after a broken connection the relay may know of the old one for two pings more.
const SOCKETS_PER_ACCOUNT: usize = 8 * limit::ACTIVE_DEVICES_MAX;

/// When to come back, in ms, for who has all the sockets it may have or finds no room.
const CROWDED_MS: u32 = 60_000;

/// How often mailboxes are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// What one account may ask for, over all its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Frames received.
    pub requests: Rate,
    /// Bytes received, and bytes of pages sent.
    pub bytes: Rate,
}

impl Default for Rates {
    fn default() -> Self {
        Self {
            requests: Rate {
                per_second: 200,
                burst: 2_000,
            },
            bytes: Rate {
                per_second: 4 << 20,
                burst: 128 << 20,
            },
        }
    }
}

/// What the operator chooses.
#[derive(Clone, Debug)]
pub struct RelaySettings {
    /// Where devices reach the relay, as in a browser's `location.origin`. A hello signs it.
    pub origin: String,
    /// Whether new accounts are taken.
    pub registration: Registration,
    /// What one account may ask for.
    pub rates: Rates,
    /// Sockets of one account at once.
    pub sockets_per_account: usize,
    /// How long a socket may stay without a hello.
    pub hello: Duration,
    /// Mean time between two pings; a socket that answers none is closed before the third.
    pub ping: Duration,
    /// How long a reader may take for one frame, and a stranger from a large frame to a hello.
    pub send: Duration,
}

impl RelaySettings {
    /// The usual values for a relay at this address.
    #[must_use]
    pub fn new(origin: String, registration: Registration) -> Self {
        Self {
            origin,
            registration,
            rates: Rates::default(),
            sockets_per_account: SOCKETS_PER_ACCOUNT,
            hello: Duration::from_millis(limit::HELLO_MS),
            ping: Duration::from_millis(limit::PING_MS),
            send: Duration::from_secs(30),
        }
    }
}

/// How many sockets an address may have.
#[derive(Debug)]
pub(crate) struct Doors {
    pub(crate) sockets: Arc<Crowd<Place>>,
    /// Where a proxy says who connects.
    pub(crate) header: Option<HeaderName>,
}

impl Doors {
    fn place(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Place> {
        match &self.header {
            Some(header) => Place::told(headers, header),
            None => Place::of(peer),
        }
    }
}

/// What all connections share.
pub(crate) struct Relay<S> {
    pub(crate) store: S,
    pub(crate) settings: RelaySettings,
    pub(crate) metrics: Metrics,
    doors: Doors,
    hub: Hub,
    mailbox: Mutex<Mailbox>,
    registers: Mutex<Bucket>,
    work: Semaphore,
    chains: Semaphore,
    large_strangers: Arc<Semaphore>,
    connections: AtomicU64,
    stopping: watch::Receiver<bool>,
    began: Instant,
}

impl<S: RelayStore> Relay<S> {
    pub(crate) fn new(
        store: S,
        settings: RelaySettings,
        doors: Doors,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            store,
            doors,
            hub: Hub::new(settings.rates, settings.sockets_per_account),
            settings,
            metrics: Metrics::default(),
            mailbox: Mutex::default(),
            registers: Mutex::new(Bucket::full(REGISTERS, 0)),
            work: Semaphore::new(WORK_KIB),
            chains: Semaphore::new(CHAINS),
            large_strangers: Arc::new(Semaphore::new(LARGE_STRANGERS)),
            connections: AtomicU64::new(0),
            stopping,
            began: Instant::now(),
        }
    }

    /// Ends mailboxes in time, until the relay stops.
    pub(crate) async fn sweep(self: Arc<Self>) {
        let mut stopping = self.stopping.clone();
        let mut ticks = tokio::time::interval(SWEEP);
        loop {
            tokio::select! {
                () = stopped(&mut stopping) => return,
                _ = ticks.tick() => self.mailbox().sweep(self.now_ms()),
            }
        }
    }

    /// The counts as Prometheus reads them.
    pub(crate) async fn figures(self: Arc<Self>) -> Result<String, StatusCode> {
        let totals = self.store.totals().await;
        let totals = totals.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
        Ok(self.metrics.text(totals))
    }
}

impl<S> Relay<S> {
    /// A clock that never goes back.
    fn now_ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn spend_register(&self) -> Result<(), u32> {
        let mut bucket = self
            .registers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        bucket.take(REGISTERS, 1, self.now_ms())
    }

    fn next_connection(&self) -> u64 {
        self.connections.fetch_add(1, Relaxed)
    }
}

/// The relay's addresses.
pub(crate) fn routes<S: RelayStore>(relay: Arc<Relay<S>>) -> Router {
    let origin = relay.settings.origin.clone();
    let registration = relay.settings.registration;
    let info = move || std::future::ready(info(Some(&origin), Some(registration)));
    Router::new()
        .route("/relay", any(upgrade::<S>))
        .with_state(relay)
        .route("/relay/info", get(info))
}

/// What `/relay/info` says, to pages of any origin.
pub(crate) type Info = ([(HeaderName, &'static str); 3], Json<Value>);

/// Where the relay is, and whether it takes new accounts, as far as this server knows.
pub(crate) fn info(origin: Option<&str>, registration: Option<Registration>) -> Info {
    let registration = registration.map(|registration| match registration {
        Registration::Closed => "closed",
        Registration::Open => "open",
        Registration::Invited => "invite",
    });
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "cross-origin",
        ),
    ];
    let answer = json!({ "origin": origin, "registration": registration });
    (headers, Json(answer))
}

async fn upgrade<S: RelayStore>(
    State(relay): State<Arc<Relay<S>>>,
    Extension(permit): Extension<Permit>,
    headers: HeaderMap,
    socket: WebSocketUpgrade,
) -> Response {
    let place = relay.doors.place(permit.peer, &headers);
    let seat = place.map(|place| relay.doors.sockets.enter(place));
    socket
        .read_buffer_size(limit::READ_BUFFER_BYTES)
        .write_buffer_size(0)
        .max_write_buffer_size(2 * limit::FRAME_MAX_BYTES)
        .max_message_size(limit::FRAME_MAX_BYTES)
        .max_frame_size(limit::FRAME_MAX_BYTES)
        .on_upgrade(move |socket| async move {
            permit.meter.narrow(relay.large_strangers.clone());
            match seat {
                Some(None) => socket::turn_away(socket, &relay).await,
                _ => socket::run(socket, relay, permit.meter.clone()).await,
            }
            drop((permit, seat));
        })
}
