//! What a connection may send before it is known who it is. A frame of whoever connects costs memory before anything in
//! it can be looked at, so it stays small unless there is room for a large one.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// Bytes for one message of a stranger: all it needs, but a chain of more than a few entries.
const SMALL_BYTES: usize = 32 * 1_024;

/// There is no room for another large message of a stranger.
#[derive(Debug, thiserror::Error)]
#[error("no room for a large message of a stranger")]
pub(crate) struct CrowdedError;

#[derive(Debug)]
struct Narrow {
    large: Arc<Semaphore>,
    read_bytes: usize,
    place: Option<(OwnedSemaphorePermit, Instant)>,
}

impl Narrow {
    /// A place is kept until it is known who it is: the socket's buffers stay as large as its largest message was.
    fn check(&mut self) -> Result<(), CrowdedError> {
        if self.read_bytes < SMALL_BYTES || self.place.is_some() {
            return Ok(());
        }
        let place = self.large.clone().try_acquire_owned();
        self.place = Some((place.map_err(|_| CrowdedError)?, Instant::now()));
        Ok(())
    }
}

/// Counts what one connection sends. At first nothing is held against it.
#[derive(Debug, Default)]
pub(crate) struct Meter(Mutex<Option<Box<Narrow>>>);

impl Meter {
    fn narrowed(&self) -> MutexGuard<'_, Option<Box<Narrow>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on a message is small, or takes one of these places.
    pub(crate) fn narrow(&self, large: Arc<Semaphore>) {
        *self.narrowed() = Some(Box::new(Narrow {
            large,
            read_bytes: 0,
            place: None,
        }));
    }

    /// A message is whole.
    pub(crate) fn begin_message(&self) {
        if let Some(narrow) = &mut *self.narrowed() {
            narrow.read_bytes = 0;
        }
    }

    /// It is known who it is.
    pub(crate) fn widen(&self) {
        *self.narrowed() = None;
    }

    /// Since when it has a place for a large message.
    pub(crate) fn large_since(&self) -> Option<Instant> {
        let narrow = self.narrowed();
        narrow.as_ref()?.place.as_ref().map(|(_, since)| *since)
    }

    fn check(&self) -> io::Result<()> {
        let mut narrow = self.narrowed();
        let checked = narrow.as_mut().map_or(Ok(()), |narrow| narrow.check());
        checked.map_err(io::Error::other)
    }

    fn count(&self, bytes: usize) {
        if let Some(narrow) = &mut *self.narrowed() {
            narrow.read_bytes = narrow.read_bytes.saturating_add(bytes);
        }
    }
}

/// A stream that is read under a meter.
#[derive(Debug)]
pub(crate) struct Metered<S> {
    pub(crate) stream: S,
    pub(crate) meter: Arc<Meter>,
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.meter.check()?;
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.meter
            .count(buffer.filled().len().saturating_sub(before));
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
