//! A line between browsers and a relay that a story can bend: it reads each message of a WebSocket and lets it pass,
//! drops it, changes it or answers it itself. It can be slow, too. What is no WebSocket passes as it is.

use std::io;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, RwLock, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::typed;
use crate::wiretap::{Frame, read_frame};

/// A message on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passing {
    /// Number of the connection, from 1 in the order in which they came.
    pub connection: u32,
    /// From a device to the relay.
    pub is_up: bool,
    /// A whole message.
    pub bytes: Vec<u8>,
}

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It passes.
    Pass,
    /// It does not.
    Drop,
    /// This one passes in its place.
    Swap(Vec<u8>),
    /// Whoever sent it gets this message back.
    Answer(Vec<u8>),
}

type Rule = dyn Fn(&Passing) -> Fate + Send + Sync;

/// A line; it is cut when this is dropped, and what passed is searched for all that was typed.
#[derive(Debug)]
pub struct Line {
    port: u16,
    bend: Arc<Bend>,
    accepting: JoinHandle<()>,
}

struct Bend {
    /// Where new connections go.
    to_port: AtomicU16,
    rule: RwLock<Arc<Rule>>,
    /// Bytes per second in each direction of each connection; 0 = as many as there are.
    pace: AtomicU64,
    passed: std::sync::Mutex<Vec<Passing>>,
    /// How often the connections were cut.
    cuts: watch::Sender<u32>,
}

impl std::fmt::Debug for Bend {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Bend").finish_non_exhaustive()
    }
}

impl Line {
    /// Listens on a free port and passes everything on to this one.
    pub async fn start(to_port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let bend = Arc::new(Bend {
            to_port: AtomicU16::new(to_port),
            rule: RwLock::new(Arc::new(|_| Fate::Pass)),
            pace: AtomicU64::new(0),
            passed: std::sync::Mutex::default(),
            cuts: watch::Sender::new(0),
        });
        let of_line = Arc::clone(&bend);
        let accepting = tokio::spawn(async move {
            // Ends its connections when the line is cut.
            let mut connections = JoinSet::new();
            let mut number = 0;
            while let Ok((browser, _)) = listener.accept().await {
                number += 1;
                connections.spawn(connect(browser, Arc::clone(&of_line), number));
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self {
            port,
            bend,
            accepting,
        })
    }

    /// Where it listens.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// What becomes of each message from now on.
    pub async fn bend(&self, rule: impl Fn(&Passing) -> Fate + Send + Sync + 'static) {
        *self.bend.rule.write().await = Arc::new(rule);
    }

    /// Everything passes again.
    pub async fn straighten(&self) {
        self.bend(|_| Fate::Pass).await;
    }

    /// How many bytes pass per second from now on, in each direction of each WebSocket; `None` = all.
    pub fn set_pace(&self, bytes_per_second: Option<u64>) {
        let pace = bytes_per_second.unwrap_or(0);
        self.bend.pace.store(pace, Ordering::Relaxed);
    }

    /// New connections go to this port from now on.
    pub fn lead_to(&self, port: u16) {
        self.bend.to_port.store(port, Ordering::Relaxed);
    }

    /// Ends every WebSocket there is; new ones may come.
    pub fn cut(&self) {
        self.bend.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// Every message that came, in its order, whatever became of it.
    pub async fn passed(&self) -> Vec<Passing> {
        self.bend.passed().clone()
    }
}

impl Bend {
    fn passed(&self) -> MutexGuard<'_, Vec<Passing>> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.accepting.abort();
        let passed = std::mem::take(&mut *self.bend.passed());
        typed::expect_none_passed(passed.iter().map(|message| message.bytes.as_slice()));
    }
}

async fn connect(browser: TcpStream, bend: Arc<Bend>, number: u32) -> Result<()> {
    let to_port = bend.to_port.load(Ordering::Relaxed);
    let server = TcpStream::connect(("127.0.0.1", to_port)).await?;
    let (mut from_browser, to_browser) = browser.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut asked = read_head(&mut from_browser).await?;
    to_server.write_all(&asked).await?;
    asked.make_ascii_lowercase();
    let wanted = b"upgrade: websocket";
    if !asked.windows(wanted.len()).any(|part| part == wanted) {
        let mut to_browser = to_browser;
        let there = async {
            tokio::io::copy(&mut from_browser, &mut to_server).await?;
            to_server.shutdown().await
        };
        let back = async {
            tokio::io::copy(&mut from_server, &mut to_browser).await?;
            to_browser.shutdown().await
        };
        tokio::try_join!(there, back)?;
        return Ok(());
    }
    let mut cuts = bend.cuts.subscribe();
    let answer = read_head(&mut from_server).await?;
    let ends = Ends {
        bend,
        connection: number,
        browser: Mutex::new(to_browser),
        relay: Mutex::new(to_server),
    };
    ends.browser.lock().await.write_all(&answer).await?;
    // Where one side ends, so does the other.
    tokio::select! {
        ended = ends.carry(from_browser, true) => ended?,
        ended = ends.carry(from_server, false) => ended?,
        _ = cuts.changed() => {}
    }
    Ok(())
}

/// Up to the empty line, byte by byte: what follows it is of another kind.
async fn read_head(from: &mut OwnedReadHalf) -> Result<Vec<u8>> {
    const HEAD_MAX_BYTES: usize = 64 * 1024;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < HEAD_MAX_BYTES {
        head.push(from.read_u8().await.context("no head")?);
    }
    Ok(head)
}

/// Both ends of one WebSocket.
struct Ends {
    bend: Arc<Bend>,
    connection: u32,
    browser: Mutex<OwnedWriteHalf>,
    relay: Mutex<OwnedWriteHalf>,
}

impl Ends {
    async fn carry(&self, mut from: OwnedReadHalf, is_up: bool) -> Result<()> {
        const CONTROL: u8 = 0x08;
        const LAST: u8 = 0x80;
        let mut bytes = Vec::new();
        let (mut raw, mut message) = (Vec::new(), Vec::new());
        loop {
            while let Some(Frame { payload, length }) = read_frame(&bytes) {
                let frame: Vec<u8> = bytes.drain(..length).collect();
                let head = frame.first().copied().unwrap_or_default();
                if head & CONTROL != 0 {
                    self.write(is_up, &frame).await?;
                    continue;
                }
                raw.extend(frame);
                message.extend(payload);
                if head & LAST != 0 {
                    let raw = std::mem::take(&mut raw);
                    self.judge(is_up, raw, std::mem::take(&mut message)).await?;
                }
            }
            if from.read_buf(&mut bytes).await? == 0 {
                return Ok(());
            }
        }
    }

    async fn judge(&self, is_up: bool, raw: Vec<u8>, message: Vec<u8>) -> Result<()> {
        let passing = Passing {
            connection: self.connection,
            is_up,
            bytes: message,
        };
        self.bend.passed().push(passing.clone());
        let rule = Arc::clone(&*self.bend.rule.read().await);
        match rule(&passing) {
            Fate::Pass => self.write(is_up, &raw).await?,
            Fate::Drop => {}
            Fate::Swap(other) => self.write(is_up, &frame_of(&other, is_up)).await?,
            Fate::Answer(answer) => self.write(!is_up, &frame_of(&answer, !is_up)).await?,
        }
        Ok(())
    }

    async fn write(&self, is_up: bool, bytes: &[u8]) -> io::Result<()> {
        const PARTS_PER_SECOND: u64 = 20;
        let mut to = match is_up {
            true => self.relay.lock().await,
            false => self.browser.lock().await,
        };
        let mut rest = bytes;
        while !rest.is_empty() {
            let pace = self.bend.pace.load(Ordering::Relaxed);
            if pace == 0 {
                return to.write_all(rest).await;
            }
            let part = usize::try_from(pace / PARTS_PER_SECOND).unwrap_or(1).max(1);
            let (now, later) = rest.split_at(part.min(rest.len()));
            to.write_all(now).await?;
            rest = later;
            tokio::time::sleep(Duration::from_millis(1_000 / PARTS_PER_SECOND)).await;
        }
        Ok(())
    }
}

/// One message as one frame (RFC 6455, section 5.2). From a browser it must be masked: with zeros it stays as it is.
fn frame_of(message: &[u8], is_up: bool) -> Vec<u8> {
    const LAST_AND_BINARY: u8 = 0x82;
    let masked = if is_up { 0x80 } else { 0 };
    let mut frame = vec![LAST_AND_BINARY];
    match (u8::try_from(message.len()), u16::try_from(message.len())) {
        (Ok(len), _) if len < 126 => frame.push(masked | len),
        (_, Ok(len)) => {
            frame.push(masked | 126);
            frame.extend(len.to_be_bytes());
        }
        _ => {
            frame.push(masked | 127);
            frame.extend((message.len() as u64).to_be_bytes());
        }
    }
    if is_up {
        frame.extend([0; 4]);
    }
    frame.extend(message);
    frame
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    #[should_panic(expected = "typed words on a line")]
    async fn a_line_that_carried_a_typed_word_says_so_when_it_goes() {
        let line = Line::start(1).await.unwrap();
        line.bend.passed().push(Passing {
            connection: 1,
            is_up: true,
            bytes: format!("..{}..", crate::CAREGIVER).into_bytes(),
        });
        drop(line);
    }

    #[test]
    fn a_message_of_any_size_is_read_back_from_its_frame() {
        for size in [0, 125, 126, 65_535, 65_536] {
            let message = vec![7; size];
            for is_up in [false, true] {
                let bytes = frame_of(&message, is_up);
                let frame = read_frame(&bytes).unwrap();
                assert_eq!(
                    (frame.payload, frame.length),
                    (message.clone(), bytes.len())
                );
            }
        }
    }
}
