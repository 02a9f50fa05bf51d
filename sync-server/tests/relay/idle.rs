//! What a device costs that only listens.

use tempfile::TempDir;

use crate::support::account::Account;
use crate::support::client::Client;
use crate::support::process::{Process, allow_files};

const DEVICES: u64 = 800;
/// Until the allocator and the runtime have what they keep.
const FIRST: u64 = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_device_takes_little_memory() {
    let devices = allow_files(DEVICES + FIRST).saturating_sub(FIRST);
    assert!(devices >= 100, "{devices} sockets show nothing");
    let folder = TempDir::new().unwrap();
    let relay = Process::start(folder.path(), &["--devices-per-account", "1000"]);
    let account = Account::new(1);
    let mut clients = vec![Client::first(relay.address, &account).await];
    let mut more = async |count: u64| {
        for _ in 0..count {
            clients.push(Client::member(relay.address, &account.pens[0]).await);
        }
    };
    more(FIRST).await;
    let before = relay.resident_kib();
    more(devices).await;
    let each = (relay.resident_kib().saturating_sub(before)) * 1_024 / devices;
    assert!(each <= 24 * 1_024, "{each} bytes for an idle device");
}
