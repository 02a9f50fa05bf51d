//! A valve in the line between browsers and a server: what comes down stops after so many bytes, or everything is cut.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Result;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Setting {
    /// Until this many bytes came down in all.
    Until(u64),
    Cut,
}

/// A valve, open at first; it lets go of the line when this is dropped.
#[derive(Debug)]
pub struct Valve {
    port: u16,
    setting: watch::Sender<Setting>,
    passed: Arc<AtomicU64>,
    accepting: JoinHandle<()>,
}

impl Valve {
    /// Listens on a free port and passes everything on to this one.
    pub async fn start(to_port: u16) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (setting, seen) = watch::channel(Setting::Until(u64::MAX));
        let passed = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&passed);
        let accepting = tokio::spawn(async move {
            while let Ok((browser, _)) = listener.accept().await {
                if *seen.borrow() != Setting::Cut {
                    tokio::spawn(pass(browser, to_port, seen.clone(), Arc::clone(&counter)));
                }
            }
        });
        Ok(Self {
            port,
            setting,
            passed,
            accepting,
        })
    }

    /// `http://localhost:port`.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Bytes that came down so far.
    pub fn passed_bytes(&self) -> u64 {
        self.passed.load(Ordering::Relaxed)
    }

    /// Everything passes.
    pub fn open(&self) {
        self.setting.send_replace(Setting::Until(u64::MAX));
    }

    /// This many bytes come down yet, give or take a packet; then connections stand still.
    pub fn allow(&self, bytes: u64) {
        let end = self.passed_bytes().saturating_add(bytes);
        self.setting.send_replace(Setting::Until(end));
    }

    /// Connections break, and none is made.
    pub fn cut(&self) {
        self.setting.send_replace(Setting::Cut);
    }
}

impl Drop for Valve {
    fn drop(&mut self) {
        self.accepting.abort();
        self.setting.send_replace(Setting::Cut);
    }
}

async fn pass(
    browser: TcpStream,
    to_port: u16,
    mut setting: watch::Receiver<Setting>,
    passed: Arc<AtomicU64>,
) -> io::Result<()> {
    let server = TcpStream::connect(("127.0.0.1", to_port)).await?;
    let (mut from_browser, to_browser) = browser.into_split();
    let (from_server, mut to_server) = server.into_split();
    let up = async {
        copy(&mut from_browser, &mut to_server).await?;
        to_server.shutdown().await
    };
    let down = bring_down(from_server, to_browser, setting.clone(), passed);
    tokio::select! {
        both = async { tokio::try_join!(up, down) } => both.map(drop),
        _ = setting.wait_for(|now| *now == Setting::Cut) => Ok(()),
    }
}

async fn bring_down(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut setting: watch::Receiver<Setting>,
    passed: Arc<AtomicU64>,
) -> io::Result<()> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let count = from.read(&mut buffer).await?;
        if count == 0 {
            return to.shutdown().await;
        }
        let may_pass = |now: &Setting| matches!(now, Setting::Until(end) if passed.load(Ordering::Relaxed) < *end);
        if setting.wait_for(may_pass).await.is_err() {
            return Ok(());
        }
        passed.fetch_add(count as u64, Ordering::Relaxed);
        to.write_all(buffer.get(..count).unwrap_or_default())
            .await?;
    }
}
