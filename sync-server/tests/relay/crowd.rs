//! One account or one address does not take all the room there is.

use std::net::UdpSocket;
use std::time::Duration;

use futures_util::StreamExt;
use protocol::wire::{Refusal, ToDevice};
use sync_server::Settings;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use crate::local::{Local, memory};
use crate::support::account::Account;
use crate::support::client::{Client, Frame, PATIENCE};

/// The code with which the relay closes.
async fn closed(client: &mut Client) -> CloseCode {
    loop {
        let next = tokio::time::timeout(PATIENCE, client.socket.next()).await;
        match next.unwrap() {
            Some(Ok(Message::Close(Some(close)))) => return close.code,
            Some(Ok(_)) => {}
            other => panic!("{other:?}"),
        }
    }
}

fn is_later(bye: &Frame) -> bool {
    matches!(bye.read(), ToDevice::Bye { retry_after_ms } if retry_after_ms >= 10_000)
}

/// Tries until there is room again.
async fn eventually<T>(mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    let trying = async {
        loop {
            if let Some(found) = attempt().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, trying).await.unwrap()
}

#[tokio::test]
async fn an_account_has_so_many_sockets_and_others_have_theirs() {
    let relay = Local::start(memory(), |settings| settings.sockets_per_account = 3).await;
    let mut account = Account::new(1);
    let mut clients = vec![Client::first(relay.address, &account).await];
    for _ in 0..2 {
        clients.push(Client::member(relay.address, &account.pens[0]).await);
    }
    let mut late = Client::connect(relay.address).await;
    let answer = late.hello(&account.pens[0]).await;
    let (_, refusal) = answer.refusal();
    assert!(matches!(refusal, Refusal::Slow { retry_after_ms } if retry_after_ms >= 10_000));
    assert!(!refusal.is_permanent());
    assert_eq!(closed(&mut late).await, CloseCode::Again);
    Client::first(relay.address, &Account::new(2)).await;
    let records = account.pens[0].records(2);
    clients[0].pushed(&records).await;
    let hint = clients[1].hint().await;
    assert!(
        matches!(hint.read(), ToDevice::Live { .. }),
        "those it has work"
    );
    drop(clients.pop());
    let pen = account.pens[0].clone();
    let mut again = eventually(async || {
        let mut client = Client::connect(relay.address).await;
        let answer = client.hello(&pen).await;
        matches!(answer.read(), ToDevice::Welcome { .. }).then_some(client)
    })
    .await;
    assert_eq!(again.log().await, records);
}

#[tokio::test]
async fn an_address_that_a_proxy_names_has_so_many_sockets() {
    let proxied = |settings: &mut Settings| {
        settings.per_address_max = 2;
        settings.address_header = Some("x-forwarded-for".parse().unwrap());
    };
    let relay = Local::start_at(memory(), "127.0.0.1:0", proxied, |_| {}).await;
    let connect =
        async |from: &str| Client::open(relay.address, &[("x-forwarded-for", from)]).await;
    let mut clients = Vec::new();
    for from in ["192.0.2.1", "198.51.100.7, 192.0.2.1"] {
        clients.push(connect(from).await.unwrap().greeted().await);
    }
    // What the device itself wrote before it does not count.
    let mut late = connect("203.0.113.5, 192.0.2.1").await.unwrap();
    assert!(is_later(&late.receive().await.unwrap()));
    assert_eq!(closed(&mut late).await, CloseCode::Again);
    for _ in 0..4 {
        clients.push(Client::connect(relay.address).await);
    }
    clients.push(connect("192.0.2.2").await.unwrap().greeted().await);
    drop(clients.remove(0));
    eventually(async || {
        let mut client = connect("192.0.2.1").await.unwrap();
        let first = client.receive().await.unwrap();
        matches!(first.read(), ToDevice::Challenge { .. }).then_some(client)
    })
    .await;
}

#[tokio::test]
async fn an_address_that_connects_itself_has_so_many_sockets_and_connections() {
    // An address of this machine that is not its loopback; nothing is sent.
    let found = UdpSocket::bind("0.0.0.0:0").and_then(|socket| {
        socket.connect("192.0.2.1:9")?;
        socket.local_addr()
    });
    let Some(own) = found.ok().filter(|found| !found.ip().is_loopback()) else {
        eprintln!("this machine has no address of its own");
        return;
    };
    let two = |settings: &mut Settings| settings.per_address_max = 2;
    let relay = Local::start_at(memory(), &format!("{}:0", own.ip()), two, |_| {}).await;
    let mut account = Account::new(1);
    let mut first = Client::first(relay.address, &account).await;
    let second = Client::connect(relay.address).await;
    let mut late = Client::open(relay.address, &[]).await.unwrap();
    assert!(is_later(&late.receive().await.unwrap()));
    assert_eq!(closed(&mut late).await, CloseCode::Again);
    // Half-open connections have some more room, and no more than that.
    let mut half = Vec::new();
    for _ in 0..20 {
        half.push(TcpStream::connect(relay.address).await.unwrap());
    }
    // Sooner than any half-open connection ends.
    let wait = Duration::from_secs(5);
    let mut byte = [0];
    let end = tokio::time::timeout(wait, half[19].read(&mut byte)).await;
    end.expect("20 more of an address that may have 2").ok();
    let records = account.pens[0].records(2);
    first.pushed(&records).await;
    drop((second, half));
    eventually(async || Client::try_connect(relay.address).await.ok()).await;
}
