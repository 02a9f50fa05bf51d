//! Takes connections in: so many at once, each with a deadline for its request's head, each told when the server stops.
//!
//! An open socket that says nothing costs a descriptor and a few KiB for as long as the deadline; more connections than
//! allowed are dropped before anything is read.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tracing::debug;

use crate::crowd::{Crowd, Place, Seat};
use crate::meter::{Meter, Metered};

/// How long the head of a request may take, and how long a connection may wait for the next one.
const HEAD: Duration = Duration::from_secs(10);
/// The head of a request.
const HEAD_MAX_BYTES: usize = 16 * 1_024;
/// How long open connections get after the server was told to stop.
const LEAVE: Duration = Duration::from_secs(10);
/// Pause after the system could not give another descriptor.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// Stands for one connection; a WebSocket keeps it to its end.
#[derive(Clone)]
pub(crate) struct Permit {
    _permit: Arc<(OwnedSemaphorePermit, Option<Seat<Place>>)>,
    /// Who is at the other end: a device, or a proxy.
    pub(crate) peer: IpAddr,
    /// Counts what it sends.
    pub(crate) meter: Arc<Meter>,
}

/// How many connections there may be.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// At once.
    pub(crate) all: usize,
    /// From one address; `None` counts none.
    pub(crate) each: Option<Arc<Crowd<Place>>>,
}

impl Limits {
    fn seat(&self, peer: IpAddr) -> Result<Option<Seat<Place>>, Full> {
        match (&self.each, Place::of(peer)) {
            (Some(crowd), Some(place)) => crowd.enter(place).map(Some).ok_or(Full),
            _ => Ok(None),
        }
    }
}

/// The address has all the connections it may have.
struct Full;

/// Serves until `stopping` says so, then lets connections end. `dropped` counts those over the limit.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut stopping: watch::Receiver<bool>,
    dropped: impl Fn(),
) {
    let connections_max = limits
        .all
        .clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
    let free = Arc::new(Semaphore::new(connections_max));
    let told = stopping.clone();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stopped(&mut stopping) => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok((stream, address)) => (stream, address.ip()),
            Err(error) => {
                debug!(%error, "no connection");
                tokio::time::sleep(EXHAUSTED).await;
                continue;
            }
        };
        match (free.clone().try_acquire_owned(), limits.seat(peer)) {
            (Ok(permit), Ok(seat)) => {
                let meter = Arc::new(Meter::default());
                let permit = Permit {
                    _permit: Arc::new((permit, seat)),
                    peer,
                    meter: meter.clone(),
                };
                let router = router.clone().layer(Extension(permit));
                stream.set_nodelay(true).ok();
                let stream = Metered { stream, meter };
                tokio::spawn(connection(stream, router, told.clone()));
            }
            _ => dropped(),
        }
    }
    drop(listener);
    let all = u32::try_from(connections_max).unwrap_or(u32::MAX);
    tokio::time::timeout(LEAVE, free.acquire_many(all))
        .await
        .ok();
}

async fn connection(
    stream: Metered<TcpStream>,
    router: Router,
    mut stopping: watch::Receiver<bool>,
) {
    let service = TowerToHyperService::new(router);
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_buf_size(HEAD_MAX_BYTES);
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection.with_upgrades());
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopped(&mut stopping) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke off");
    }
}

/// Waits until the server is told to stop, or nobody is left who could tell.
pub(crate) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    stopping.wait_for(|stops| *stops).await.ok();
}
