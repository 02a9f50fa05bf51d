//! The product's own server, on a port that stays the same over stops and starts (storage belongs to an origin).

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::Running;
use crate::typed;
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

/// Serves the app, and is no relay.
const APP_ONLY: &str = "--app-only";

/// The server process and where it listens. What it leaves is searched when this is dropped.
#[derive(Debug)]
pub struct Server {
    binary: PathBuf,
    app: PathBuf,
    folder: PathBuf,
    port: u16,
    /// What kind of server: arguments of its command.
    kind: Vec<String>,
    relay_count: u32,
    /// The first relay that was not searched.
    searched: u32,
    disk: Option<Disk>,
    running: Option<Running>,
}

/// A disk under a relay that can be full, or fail to sync.
#[derive(Debug, Clone)]
pub struct Disk {
    folder: PathBuf,
}

impl Disk {
    /// What stands before the system's calls: the same that the relay's own tests use.
    const SOURCE: &str = "../sync-server/tests/support/disk.c";

    fn new(folder: &Path) -> Result<Self> {
        let disk = Self {
            folder: folder.into(),
        };
        let status = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(disk.library())
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(Self::SOURCE))
            .arg("-ldl")
            .status()
            .context("no C compiler")?;
        if !status.success() {
            bail!("the disk was not built");
        }
        Ok(disk)
    }

    fn library(&self) -> PathBuf {
        self.folder.join("disk.so")
    }

    fn full(&self) -> PathBuf {
        self.folder.join("disk-is-full")
    }

    fn unsynced(&self) -> PathBuf {
        self.folder.join("disk-does-not-sync")
    }

    /// Whether nothing more fits on it.
    pub fn set_full(&self, is_full: bool) -> Result<()> {
        mark(&self.full(), is_full)
    }

    /// Whether it fails to sync.
    pub fn set_failing(&self, is_failing: bool) -> Result<()> {
        mark(&self.unsynced(), is_failing)
    }
}

fn mark(file: &Path, is_there: bool) -> Result<()> {
    match is_there {
        true => std::fs::write(file, "")?,
        false => std::fs::remove_file(file)?,
    }
    Ok(())
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
            kind: vec![APP_ONLY.to_owned()],
            relay_count: 0,
            searched: 0,
            disk: None,
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
            .arg(self.data())
            .args(&self.kind);
        if let Some(disk) = &self.disk {
            command
                .env("LD_PRELOAD", disk.library())
                .env("DISK_FULL", disk.full())
                .env("DISK_NO_SYNC", disk.unsynced());
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
        self.app = app.into();
        self.become_kind(&[APP_ONLY]).await
    }

    /// Is a relay from now on, too, which takes any account and has none yet.
    pub async fn be_relay(&mut self) -> Result<()> {
        self.relay_count += 1;
        self.become_kind(&[]).await
    }

    /// The same, reached by browsers at another origin than its own.
    pub async fn be_relay_behind(&mut self, origin: &str) -> Result<()> {
        self.relay_count += 1;
        self.become_kind(&["--origin", origin, "--registration", "open"])
            .await
    }

    /// The same, which takes an account with a code only. Returns such a code.
    pub async fn be_relay_for_invited(&mut self) -> Result<String> {
        self.relay_count += 1;
        self.become_kind(&["--registration", "invite"]).await?;
        let mut command = Command::new(&self.binary);
        command.arg("invite").arg("--data").arg(self.data());
        let output = command.output()?;
        if !output.status.success() {
            bail!("no code: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Is the same relay again, with these choices of its operator.
    pub async fn be_relay_anew(&mut self, choices: &[&str]) -> Result<()> {
        self.become_kind(choices).await
    }

    /// Serves another build of the app from now on, and is the same relay.
    pub async fn swap_app(&mut self, app: &Path) -> Result<()> {
        self.stop();
        self.app = app.into();
        self.resume().await
    }

    /// Is a relay without an account from now on, on a disk that can fail.
    pub async fn be_relay_on_disk(&mut self) -> Result<Disk> {
        let folder = self.folder.join(format!("disk-{}", self.relay_count));
        std::fs::create_dir_all(&folder)?;
        let disk = Disk::new(&folder)?;
        self.relay_count += 1;
        self.stop();
        self.kind = Vec::new();
        self.disk = Some(disk.clone());
        self.resume().await?;
        Ok(disk)
    }

    /// Names a relay elsewhere from now on, and is none.
    pub async fn point_at(&mut self, relay: &str) -> Result<()> {
        self.become_kind(&[APP_ONLY, "--relay-address", relay])
            .await
    }

    async fn become_kind(&mut self, kind: &[&str]) -> Result<()> {
        self.stop();
        self.disk = None;
        self.kind = kind.iter().map(|&word| word.to_owned()).collect();
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

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the relay keeps: the one that runs now.
    pub fn data(&self) -> PathBuf {
        self.data_of(self.relay_count)
    }

    fn data_of(&self, relay: u32) -> PathBuf {
        self.folder.join(format!("data-{relay}"))
    }

    /// Stops, and searches what it left since it was searched last for all that was typed: what its relays keep, and
    /// its log.
    ///
    /// # Panics
    /// A word was found.
    pub fn search(&mut self) {
        self.stop();
        let relays = self.searched..=self.relay_count;
        let mut paths: Vec<PathBuf> = relays.map(|relay| self.data_of(relay)).collect();
        paths.push(self.folder.join("server.log"));
        self.searched = self.relay_count + 1;
        typed::expect_none_in(&paths);
    }

    /// Size of what the relay keeps, in a copy: the store itself may hold places that are free.
    pub fn copied_bytes(&self) -> Result<u64> {
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("copy");
        let mut command = Command::new(&self.binary);
        command.arg("backup").arg("--data").arg(self.data());
        let output = command.arg(&copy).output()?;
        if !output.status.success() {
            bail!("no copy: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(std::fs::metadata(copy)?.len())
    }

    /// Data and log of the server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.search();
    }
}
