//! The binary as an operator uses it.

use std::path::Path;
use std::process::{Command, Output};

use protocol::wire::{Refusal, ToDevice};
use sync_server::store::FILE;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::local::sqlite;
use crate::support::account::Account;
use crate::support::client::{Client, PATIENCE};
use crate::support::process::Process;

fn command(data: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .arg("--data")
        .arg(data)
        .args(args)
        .env("RUST_LOG", "off")
        .output()
        .unwrap()
}

async fn get(port: u16, path: &str) -> String {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_code_made_beside_a_running_relay_lets_one_account_in() {
    let folder = TempDir::new().unwrap();
    let relay = Process::start(folder.path(), &["--registration", "invite"]);
    let answer = get(relay.address.port(), "/relay/info").await;
    assert!(answer.contains(r#""registration":"invite""#), "{answer}");
    assert!(answer.contains("access-control-allow-origin: *"));
    let made = command(folder.path(), &["invite"]);
    assert!(made.status.success());
    let code = String::from_utf8(made.stdout).unwrap();
    let mut client = Client::connect(relay.address).await;
    let answer = client.register(&Account::new(1), "").await;
    assert_eq!(answer.refusal(), (0, Refusal::InviteNeeded));
    let answer = client.register(&Account::new(1), code.trim()).await;
    assert!(matches!(answer.read(), ToDevice::ChainAck { .. }));
    let answer = client.register(&Account::new(2), code.trim()).await;
    assert_eq!(answer.refusal(), (0, Refusal::InviteBad));
    let disk = std::fs::read(folder.path().join(format!("{FILE}-wal"))).unwrap();
    let code = code.trim().replace('-', "");
    let found = disk.windows(code.len()).any(|part| part == code.as_bytes());
    assert!(!found, "the disk gives no code away");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_copy_is_made_beside_a_running_relay() {
    let folder = TempDir::new().unwrap();
    let relay = Process::start(folder.path(), &["--requests-per-second", "100000"]);
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    let first = account.pens[0].records(20);
    client.pushed(&first).await;
    let id = account.id;
    let pushing = tokio::spawn(async move {
        let mut made = first;
        for _ in 0..100 {
            let records = account.pens[0].records(3);
            client.pushed(&records).await;
            made.extend(records);
        }
        made
    });
    let copy = TempDir::new().unwrap();
    let file = copy.path().join(FILE);
    let name = file.to_str().unwrap().to_owned();
    let data = folder.path().to_owned();
    let copied = tokio::task::spawn_blocking(move || command(&data, &["backup", &name]));
    assert!(copied.await.unwrap().status.success());
    let made = pushing.await.unwrap();
    let log = crate::log_of(&sqlite(&copy), id).await;
    assert!((20..=made.len()).contains(&log.len()));
    assert_eq!(log, made[..log.len()]);
    let again = command(folder.path(), &["backup", file.to_str().unwrap()]);
    assert!(!again.status.success(), "nothing is replaced");
    let nothing = TempDir::new().unwrap();
    let none = nothing.path().join("none");
    let missing = command(&none, &["backup", "copy"]);
    assert!(!missing.status.success() && !none.exists());
}

#[tokio::test]
async fn app_and_relay_are_served_together_or_apart() {
    let folder = TempDir::new().unwrap();
    let app = folder.path().join("app");
    std::fs::create_dir(&app).unwrap();
    std::fs::write(app.join("index.html"), "the page").unwrap();
    let app = app.to_str().unwrap();
    let data = folder.path().join("data");
    let both = Process::start(&data, &["--app", app]);
    let port = both.address.port();
    assert!(get(port, "/").await.ends_with("the page"));
    let info = get(port, "/relay/info").await;
    let expected = format!(r#"{{"origin":"http://localhost:{port}","registration":"open"}}"#);
    assert!(info.ends_with(&expected), "{info}");
    Client::first(both.address, &Account::new(1)).await;

    let relay = Process::start(&data, &[]);
    assert!(
        get(relay.address.port(), "/")
            .await
            .starts_with("HTTP/1.1 404")
    );
    Client::connect(relay.address).await;

    let nowhere = folder.path().join("nowhere");
    let elsewhere = [
        "--app",
        app,
        "--app-only",
        "--relay-address",
        "https://relay.example",
    ];
    let alone = Process::start(&nowhere, &elsewhere);
    let port = alone.address.port();
    let page = get(port, "/").await;
    assert!(page.contains("connect-src 'self' https://relay.example wss://relay.example;"));
    let info = get(port, "/relay/info").await;
    let expected = r#"{"origin":"https://relay.example","registration":null}"#;
    assert!(info.ends_with(expected), "{info}");
    assert!(Client::try_connect(alone.address).await.is_err());
    assert!(!nowhere.exists(), "an app alone writes nothing");
}

#[tokio::test]
async fn a_file_and_the_environment_choose_and_a_flag_goes_before_them() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("config.toml");
    std::fs::write(
        &config,
        "registration = 'closed'\norigin = 'https://file.example'\n",
    )
    .unwrap();
    let config = config.to_str().unwrap();
    let relay = Process::start_with(folder.path(), &["--config", config], |command| {
        command.env("DOSSIERKLUIS_ORIGIN", "https://environment.example");
    });
    let info = get(relay.address.port(), "/relay/info").await;
    let expected = r#"{"origin":"https://environment.example","registration":"closed"}"#;
    assert!(info.ends_with(expected), "{info}");
    drop(relay);
    let flags = ["--config", config, "--registration", "open"];
    let relay = Process::start(folder.path(), &flags);
    let info = get(relay.address.port(), "/relay/info").await;
    let expected = r#"{"origin":"https://file.example","registration":"open"}"#;
    assert!(info.ends_with(expected), "{info}");
    let public = command(
        folder.path(),
        &["--host", "0.0.0.0", "--port", "0", "--relay-only"],
    );
    assert!(
        !public.status.success(),
        "who others can reach must say where"
    );
}

#[tokio::test]
async fn the_counts_name_nobody() {
    let folder = TempDir::new().unwrap();
    let relay = Process::start(folder.path(), &["--metrics", "127.0.0.1:0"]);
    let port = relay.metrics.unwrap().port();
    let mut account = Account::new(1);
    let mut client = Client::first(relay.address, &account).await;
    client.pushed(&account.pens[0].records(7)).await;
    client.pull(99, 1).await;
    let text = get(port, "/metrics").await;
    for line in [
        "dossierkluis_connections_open 1",
        "dossierkluis_hellos 1",
        "dossierkluis_records_stored 7",
        "dossierkluis_refused{code=\"25\"} 1",
        "dossierkluis_ack_seconds_count 1",
        "dossierkluis_ack_seconds_bucket{le=\"+Inf\"} 1",
        "dossierkluis_accounts 1",
        "dossierkluis_records 7",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(!text.contains(&account.id.to_string()));
    drop(client);
    let closed = async {
        loop {
            let text = get(port, "/metrics").await;
            if text.contains("dossierkluis_connections_open 0") {
                break text;
            }
        }
    };
    let text = tokio::time::timeout(PATIENCE, closed).await.unwrap();
    let others = text.lines().filter(|line| line.contains("refused{"));
    assert_eq!(others.count(), 1, "a connection that broke is no refusal");
    let public = get(relay.address.port(), "/metrics").await;
    assert!(public.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn the_log_names_nobody() {
    let folder = TempDir::new().unwrap();
    let origin = "http://localhost:7";
    let flags = ["--registration", "open", "--origin", origin];
    let mut relay = Process::start_with(folder.path(), &flags, |command| {
        command.env("RUST_LOG", "trace");
    });
    let mut account = Account::new(1);
    let mut client = Client::connect(relay.address).await;
    client.register(&account, "a secret code").await;
    client.hello(&account.pens[0]).await;
    let records = account.pens[0].records(2);
    client.pushed(&records).await;
    client.push(&[b"no record".to_vec()]).await;
    relay.kill();
    let log = relay.log();
    assert!(log.contains("refused"), "the control: {log}");
    let key = account.pens[0].verify_key().0;
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    for word in [
        account.id.to_string(),
        hex(&key),
        hex(&records[0][70..80]),
        format!("{:?}", &records[0][70..80]).replace(['[', ']'], ""),
        "secret code".into(),
    ] {
        assert!(!log.contains(&word), "{word}");
    }
    let peer = client.socket.get_ref();
    if let tokio_tungstenite::MaybeTlsStream::Plain(stream) = peer {
        let port = stream.local_addr().unwrap().port().to_string();
        assert!(!log.contains(&format!(":{port}")), "no address of a device");
    }
}
