//! A tap on the line between browsers and a server: everything that passes is written down, messages unmasked.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Mutex;
use tokio::task::JoinHandle;

/// A tap; it lets go of the line when this is dropped.
#[derive(Debug)]
pub struct Wiretap {
    port: u16,
    folder: PathBuf,
    accepting: JoinHandle<()>,
}

impl Wiretap {
    /// Listens on a free port and passes everything on to this one; what passes goes to files in `folder`.
    pub async fn start(to_port: u16, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let into = Arc::new(folder.to_owned());
        let accepting = tokio::spawn(async move {
            let mut number = 0_u32;
            while let Ok((browser, _)) = listener.accept().await {
                number += 1;
                tokio::spawn(pass(browser, to_port, Arc::clone(&into), number));
            }
        });
        Ok(Self {
            port,
            folder: folder.into(),
            accepting,
        })
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What passed so far.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Wiretap {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(browser: TcpStream, to_port: u16, folder: Arc<PathBuf>, number: u32) -> Result<()> {
    let server = TcpStream::connect(("127.0.0.1", to_port)).await?;
    let (from_browser, to_browser) = browser.into_split();
    let (from_server, to_server) = server.into_split();
    let up = Record::new(folder.join(format!("{number}-up")));
    let down = Record::new(folder.join(format!("{number}-down")));
    let there = copy(from_browser, to_server, up);
    let back = copy(from_server, to_browser, down);
    let (there, back) = tokio::join!(there, back);
    there.and(back).map_err(Into::into)
}

async fn copy(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    record: Record,
) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        let part = buffer.get(..count).unwrap_or_default();
        record.take(part).await?;
        to.write_all(part).await?;
    }
}

/// One direction of one connection, as it came and with the masks of WebSocket messages taken off (RFC 6455, section 5).
struct Record {
    path: PathBuf,
    bytes: Mutex<Vec<u8>>,
}

impl Record {
    fn new(path: PathBuf) -> Self {
        Self {
            path,
            bytes: Mutex::default(),
        }
    }

    async fn take(&self, more: &[u8]) -> io::Result<()> {
        let mut bytes = self.bytes.lock().await;
        bytes.extend_from_slice(more);
        let mut written = bytes.clone();
        written.extend(unmask(&bytes));
        std::fs::write(&self.path, written)
    }
}

/// The payloads of masked frames after the head of the upgrade.
fn unmask(bytes: &[u8]) -> Vec<u8> {
    let mut clear = Vec::new();
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let mut at = head.map_or(bytes.len(), |head| head + 4);
    while let Some(frame) = bytes.get(at..).and_then(read_frame) {
        clear.extend(frame.payload);
        at += frame.length;
    }
    clear
}

/// One frame of a WebSocket.
pub(crate) struct Frame {
    /// Without its mask.
    pub(crate) payload: Vec<u8>,
    /// Bytes of the whole frame.
    pub(crate) length: usize,
}

/// The frame that these bytes begin with, if it is all there.
pub(crate) fn read_frame(bytes: &[u8]) -> Option<Frame> {
    const MASKED: u8 = 0x80;
    let second = *bytes.get(1)?;
    let (size, mut at) = match second & !MASKED {
        126 => (
            u64::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?)),
            4,
        ),
        127 => (u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?), 10),
        size => (u64::from(size), 2),
    };
    let mask: [u8; 4] = if second & MASKED == 0 {
        [0; 4]
    } else {
        at += 4;
        bytes.get(at - 4..at)?.try_into().ok()?
    };
    let end = at.checked_add(usize::try_from(size).ok()?)?;
    let payload = bytes.get(at..end)?.iter().zip(mask.iter().cycle());
    Some(Frame {
        payload: payload.map(|(byte, mask)| byte ^ mask).collect(),
        length: end,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn masks_are_taken_off_after_the_head() {
        // The masked "Hello" of RFC 6455, section 5.7, and the same unmasked.
        let mut bytes = b"GET /relay HTTP/1.1\r\n\r\n".to_vec();
        bytes.extend([
            0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58,
        ]);
        bytes.extend([0x81, 0x05, 0x48, 0x65, 0x6c, 0x6c, 0x6f]);
        assert_eq!(unmask(&bytes), b"HelloHello");
        assert_eq!(unmask(&bytes[..bytes.len() - 1]), b"Hello");
        assert!(unmask(b"GET / HTTP/1.1").is_empty());
    }
}
