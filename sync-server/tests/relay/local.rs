//! A relay in the test's own process, on loopback.

use std::net::SocketAddr;

use sync_server::store::{MemoryStore, RelayStore, SqliteOptions, SqliteStore};
use sync_server::{LaunchError, Registration, RelaySettings, Settings, WithRelay, launch};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub struct Local {
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    ended: Option<JoinHandle<Result<(), LaunchError>>>,
}

pub fn sqlite(folder: &TempDir) -> SqliteStore {
    SqliteStore::open(folder.path(), SqliteOptions::default()).unwrap()
}

pub fn memory() -> MemoryStore {
    MemoryStore::new(protocol::RelayInstance::from_bytes([7; 16]), 1 << 40)
}

impl Local {
    /// Takes every account.
    pub async fn open<S: RelayStore>(store: S) -> Self {
        Self::start(store, |_| {}).await
    }

    pub async fn start<S: RelayStore>(store: S, change: impl FnOnce(&mut RelaySettings)) -> Self {
        Self::start_at(store, "127.0.0.1:0", |_| {}, change).await
    }

    pub async fn start_at<S: RelayStore>(
        store: S,
        address: &str,
        change_server: impl FnOnce(&mut Settings),
        change: impl FnOnce(&mut RelaySettings),
    ) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        Self::start_on(listener, store, change_server, change)
    }

    /// Where the system keeps little of what is sent: what is not read soon waits at the relay.
    pub fn start_narrow<S: RelayStore>(store: S, change: impl FnOnce(&mut RelaySettings)) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        // The sockets that it takes in are like it.
        socket.set_send_buffer_size(8_192).unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(1_024).unwrap();
        Self::start_on(listener, store, |_| {}, change)
    }

    fn start_on<S: RelayStore>(
        listener: TcpListener,
        store: S,
        change_server: impl FnOnce(&mut Settings),
        change: impl FnOnce(&mut RelaySettings),
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let origin = format!("http://localhost:{}", address.port());
        let mut settings = RelaySettings::new(origin, Registration::Open);
        change(&mut settings);
        let (stop, stopped) = oneshot::channel();
        let relay = Some(WithRelay {
            settings,
            store,
            metrics: None,
        });
        let mut settings = Settings {
            app: None,
            relay_address: None,
            connections_max: 1_000,
            per_address_max: 500,
            address_header: None,
        };
        change_server(&mut settings);
        let ended = tokio::spawn(launch(settings, relay, listener, async {
            stopped.await.ok();
        }));
        Self {
            address,
            stop: Some(stop),
            ended: Some(ended),
        }
    }

    /// Tells it to stop, without waiting.
    pub fn tell(&mut self) {
        self.stop.take();
    }

    /// Waits until it has stopped.
    pub async fn ended(&mut self) {
        self.tell();
        self.ended.take().unwrap().await.unwrap().unwrap();
    }
}
