//! The real binary: killed under load, on a disk that is full or does not sync, stopped in the middle of a push.

use std::path::Path;
use std::process::Command;

use protocol::wire::{Refusal, ToDevice};
use sync_server::store::RelayStore;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::local::sqlite;
use crate::support::account::Account;
use crate::support::client::{Client, PATIENCE};
use crate::support::process::Process;

const KILLS: u32 = 20;

/// Pushes until the connection ends. What was acknowledged, and what may or may not have been taken.
async fn push_until_it_ends(
    mut client: Client,
    account: &mut Account,
    at: usize,
    acks: &watch::Sender<u64>,
) -> Pushing {
    let mut pushing = Pushing::default();
    let mut round = 0;
    loop {
        let mut ahead = account.pens[at].clone();
        let records = ahead.records(1 + round % 7);
        round += 1;
        let Some(answer) = client.try_push(&records).await else {
            pushing.open = records;
            return pushing;
        };
        let ToDevice::Ack { records: acked } = answer.read() else {
            panic!("{:?}", answer.read());
        };
        assert_eq!(acked.0.len(), records.len());
        account.pens[at] = ahead;
        acks.send_modify(|acks| *acks += 1);
        pushing.acked.extend(records);
    }
}

#[derive(Default)]
struct Pushing {
    acked: Vec<Vec<u8>>,
    open: Vec<Vec<u8>>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_twenty_times_under_load_it_loses_nothing_it_acknowledged() {
    let folder = TempDir::new().unwrap();
    let mut accounts: Vec<Account> = (1..=4).map(Account::new).collect();
    let mut logs: Vec<Vec<Vec<u8>>> = vec![Vec::new(); accounts.len()];
    let mut acked_count = 0;
    for kill in 0..KILLS {
        let mut relay = Process::start(folder.path(), &["--requests-per-second", "100000"]);
        let address = relay.address;
        let (acks, mut acked) = watch::channel(0);
        let running: Vec<_> = accounts
            .into_iter()
            .zip(logs)
            .map(|(mut account, mut log)| {
                let acks = acks.clone();
                tokio::spawn(async move {
                    let mut client = match kill {
                        0 => Client::first(address, &account).await,
                        _ => Client::member(address, &account.pens[0]).await,
                    };
                    assert_eq!(client.log().await, log, "kill {kill}");
                    let pushing = push_until_it_ends(client, &mut account, 0, &acks).await;
                    let count = pushing.acked.len();
                    log.extend(pushing.acked);
                    (account, log, pushing.open, count)
                })
            })
            .collect();
        // While one has its answer the others wait for theirs.
        let enough = 30 + 7 * u64::from(kill);
        let acking = acked.wait_for(|acks| *acks >= enough);
        let acking = tokio::time::timeout(PATIENCE, acking).await;
        acking.expect("acknowledgements").unwrap();
        relay.kill();
        (accounts, logs) = (Vec::new(), Vec::new());
        let mut open = Vec::new();
        for task in running {
            let (account, log, rest, count) = task.await.unwrap();
            acked_count += count;
            accounts.push(account);
            logs.push(log);
            open.push(rest);
        }
        // What was on its way is there wholly, or not at all, and is taken up from there.
        let store = sqlite(&folder);
        for ((account, log), rest) in accounts.iter_mut().zip(&mut logs).zip(open) {
            let stored = crate::log_of(&store, account.id).await;
            assert_eq!(stored[..log.len()], log[..], "kill {kill}");
            if stored.len() > log.len() {
                assert_eq!(stored[log.len()..], rest[..], "one push is one commit");
                let again = account.pens[0].records(rest.len());
                assert_eq!(again, rest);
                log.extend(rest);
            }
        }
    }
    assert!(acked_count > 2_000, "{acked_count} under load");
}

/// Builds what stands before the system's calls.
fn disk(folder: &Path) -> std::path::PathBuf {
    let library = folder.join("disk.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/disk.c");
    let built = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(source)
        .arg("-ldl")
        .status()
        .unwrap();
    assert!(built.success());
    library
}

/// While `fault` exists nothing is acknowledged; afterwards the same push is.
async fn no_ack_while(fault: &str) {
    let folder = TempDir::new().unwrap();
    let library = disk(folder.path());
    let data = folder.path().join("data");
    let marker = folder.path().join("fault");
    let mut relay = Process::start_with(&data, &[], |command| {
        command.env("LD_PRELOAD", &library).env(fault, &marker);
    });
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    let before = account.pens[0].records(5);
    client.pushed(&before).await;
    std::fs::write(&marker, "").unwrap();
    let records = account.pens[0].records(3);
    for _ in 0..3 {
        let answer = client.push(&records).await;
        assert!(
            matches!(answer.refusal(), (0, Refusal::Unavailable { .. })),
            "{:?}",
            answer.read()
        );
        assert_eq!(client.log().await, before, "reading goes on");
    }
    std::fs::remove_file(&marker).unwrap();
    let acked = client.pushed(&records).await;
    assert_eq!(acked[2].seq.0, 8);
    relay.kill();
    let store = sqlite_in(&data);
    let all = [before, records].concat();
    assert_eq!(crate::log_of(&store, account.id).await, all);
}

fn sqlite_in(data: &Path) -> impl RelayStore {
    sync_server::store::SqliteStore::open(data, Default::default()).unwrap()
}

#[tokio::test]
async fn a_disk_that_does_not_sync_gets_no_acknowledgement() {
    no_ack_while("DISK_NO_SYNC").await;
}

#[tokio::test]
async fn a_disk_that_is_full_gets_no_acknowledgement() {
    no_ack_while("DISK_FULL").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushes_that_come_together_share_a_sync_and_each_waits_for_one() {
    let folder = TempDir::new().unwrap();
    let library = disk(folder.path());
    let counter = folder.path().join("syncs");
    let relay = Process::start_with(&folder.path().join("data"), &[], |command| {
        command
            .env("LD_PRELOAD", &library)
            .env("DISK_COUNT", &counter);
    });
    let syncs = || std::fs::metadata(&counter).map_or(0, |file| file.len());
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    let before = syncs();
    for _ in 0..10 {
        client.pushed(&account.pens[0].records(1)).await;
    }
    let alone = syncs() - before;
    assert!(
        alone >= 10,
        "{alone} syncs for 10 pushes one after the other"
    );

    let mut clients = Vec::new();
    for run in 0..32 {
        let client = Client::member(relay.address, &account.pens[0]).await;
        clients.push((client, account.pens[0].again(100 + run)));
    }
    let before = syncs();
    let pushing: Vec<_> = clients
        .into_iter()
        .map(|(mut client, mut pen)| {
            tokio::spawn(async move {
                for _ in 0..20 {
                    client.pushed(&pen.records(1)).await;
                }
            })
        })
        .collect();
    for task in pushing {
        task.await.unwrap();
    }
    let together = syncs() - before;
    assert!(together < 32 * 20, "{together} syncs for 640 pushes");
}

#[tokio::test]
async fn a_push_that_a_restart_cut_off_is_made_again() {
    let folder = TempDir::new().unwrap();
    let at = ["--origin", "http://localhost:1", "--registration", "open"];
    let mut relay = Process::start(folder.path(), &at);
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    let first = account.pens[0].records(4);
    client.pushed(&first).await;
    let records = account.pens[0].records(200);
    let request = client.next_request();
    let push = protocol::wire::ToRelay::Push {
        records: protocol::wire::List(
            records
                .iter()
                .map(|bytes| protocol::wire::RecordBytes(bytes))
                .collect(),
        ),
    };
    client.send_bytes(push.encode(request).unwrap()).await;
    assert!(relay.stop().success());
    // Acknowledged or not: the device cannot know, asks again, and both are right.
    while client.receive().await.is_some() {}
    let relay = Process::start(folder.path(), &at);
    let mut client = Client::member(relay.address, &account.pens[0]).await;
    let acked = client.pushed(&records).await;
    assert!(acked.iter().map(|acked| acked.seq.0).eq(5..205));
    assert_eq!(client.log().await, [first, records].concat());
}
