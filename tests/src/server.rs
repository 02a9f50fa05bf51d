//! The product's own server, on a port that stays the same over stops and starts (storage belongs to an origin).

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::Running;
use crate::{GLANCE, PATIENCE};

/// The built app: set by `cargo xtask test`.
pub fn app_folder() -> Result<PathBuf> {
    std::env::var_os("DOSSIERKLUIS_APP")
        .map(PathBuf::from)
        .context("DOSSIERKLUIS_APP is not set: run `cargo xtask test`")
}

/// The developers' build, with the gallery and the checks of the store: set by `cargo xtask test`.
pub fn developers_app_folder() -> Result<PathBuf> {
    std::env::var_os("DOSSIERKLUIS_APP_DEV")
        .map(PathBuf::from)
        .context("DOSSIERKLUIS_APP_DEV is not set: run `cargo xtask test`")
}

/// The server process and where it listens.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    app: PathBuf,
    folder: PathBuf,
    port: u16,
    has_relay: bool,
    relay_count: u32,
    relay_address: Option<String>,
    running: Option<Running>,
}

impl Server {
    /// Starts a server of `app` that keeps its data and log under `folder`.
    pub async fn start(app: &Path, folder: &Path) -> Result<Self> {
        let binary = std::env::var_os("DOSSIERKLUIS_SERVER")
            .map(PathBuf::from)
            .context("DOSSIERKLUIS_SERVER is not set: run `cargo xtask test`")?;
        let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
        std::fs::create_dir_all(folder)?;
        let mut server = Self {
            binary,
            app: app.into(),
            folder: folder.into(),
            port,
            has_relay: false,
            relay_count: 0,
            relay_address: None,
            running: None,
        };
        server.resume().await?;
        Ok(server)
    }

    /// Starts it again after [`Server::stop`].
    pub async fn resume(&mut self) -> Result<()> {
        self.running = None;
        let mut command = Command::new(&self.binary);
        command
            .args(["--host", "127.0.0.1", "--port", &self.port.to_string()])
            .arg("--app")
            .arg(&self.app)
            .arg("--data")
            .arg(self.data());
        if !self.has_relay {
            command.arg("--app-only");
        }
        if let Some(address) = &self.relay_address {
            command.args(["--relay-address", address]);
        }
        self.running = Some(Running::start(&command, &self.folder.join("server.log"))?);
        let begin = std::time::Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if begin.elapsed() > PATIENCE {
                bail!(
                    "the server does not listen; see {}",
                    self.folder.join("server.log").display()
                );
            }
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Serves another build of the app from now on, on the same port, and is no relay.
    pub async fn serve(&mut self, app: &Path) -> Result<()> {
        self.stop();
        self.app = app.into();
        self.has_relay = false;
        self.relay_address = None;
        self.resume().await
    }

    /// Is a relay from now on, too, which takes any account and has none yet.
    pub async fn be_relay(&mut self) -> Result<()> {
        self.stop();
        self.has_relay = true;
        self.relay_count += 1;
        self.relay_address = None;
        self.resume().await
    }

    /// Names a relay elsewhere from now on, and is none.
    pub async fn point_at(&mut self, relay: &str) -> Result<()> {
        self.stop();
        self.has_relay = false;
        self.relay_address = Some(relay.into());
        self.resume().await
    }

    /// Ends the process: for the browser the network is cut.
    pub fn stop(&mut self) {
        self.running = None;
    }

    /// `http://localhost:port`.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// What the relay keeps: the one that runs now.
    pub fn data(&self) -> PathBuf {
        self.folder.join(format!("data-{}", self.relay_count))
    }

    /// Data and log of the server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}
