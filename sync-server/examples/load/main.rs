//! Puts load on a relay and prints what it measured as one line of JSON. `cargo xtask bench` runs it beside a relay, each
//! in a process of its own, and puts the figures beside their budgets.
//!
//! Every record is signed and linked as a device's is, and made before the clock runs; its body is 300 bytes, padded to
//! 512 as the format wants it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measuring program may stop at the first surprise"
)]

mod process;
mod support;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use clap::{Parser, Subcommand};
use protocol::wire::ToDevice;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use self::process::{processor_seconds, resident_bytes};
use self::support::account::{Account, Pen};
use self::support::client::Client;

/// Records that are made before the clock runs, over all connections.
const RECORDS_MAX: usize = 160_000;
/// Pushes of each connection before the clock runs.
const WARM: usize = 20;
/// Sockets of one account among idle ones.
const SOCKETS: u64 = 50;
/// Records of one push in which a log is filled.
const FILL: usize = 200;

#[derive(Parser)]
#[command(name = "load", about = "Put load on a relay")]
struct Options {
    /// The relay
    #[arg(long)]
    address: SocketAddr,
    /// Its process
    #[arg(long)]
    process: String,
    #[command(subcommand)]
    mode: Mode,
}

#[derive(Subcommand)]
enum Mode {
    /// Each connection pushes one record and waits for its acknowledgement, then the next
    Acks {
        #[arg(long)]
        connections: usize,
        #[arg(long)]
        seconds: u64,
        /// Pushes per second over all connections, however long each takes
        #[arg(long)]
        rate: Option<u32>,
    },
    /// One device pushes, the others of its account listen
    FanOut {
        #[arg(long)]
        readers: usize,
        #[arg(long)]
        pushes: usize,
    },
    /// Devices that only listen
    Idle {
        /// How many at each reading of the memory
        #[arg(long, value_delimiter = ',')]
        counts: Vec<u64>,
    },
    /// A device that missed records fetches them
    CatchUp {
        #[arg(long)]
        records: usize,
        #[arg(long)]
        rounds: usize,
    },
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    let relay = Relay {
        address: options.address,
        process: options.process,
    };
    let found = match options.mode {
        Mode::Acks {
            connections,
            seconds,
            rate,
        } => acks(&relay, connections, seconds, rate).await,
        Mode::FanOut { readers, pushes } => fan_out(&relay, readers, pushes).await,
        Mode::Idle { counts } => idle(&relay, &counts).await,
        Mode::CatchUp { records, rounds } => catch_up(&relay, records, rounds).await,
    };
    println!("{found}");
}

struct Relay {
    address: SocketAddr,
    process: String,
}

/// Time and processor time of a stretch.
struct Stretch {
    began: Instant,
    own: f64,
    relay: f64,
}

impl Stretch {
    fn begin(relay: &Relay) -> Self {
        Self {
            began: Instant::now(),
            own: processor_seconds("self"),
            relay: processor_seconds(&relay.process),
        }
    }

    /// Seconds, and the shares of one processor that this program and the relay took.
    fn end(&self, relay: &Relay) -> (f64, f64, f64) {
        let seconds = self.began.elapsed().as_secs_f64();
        let own = processor_seconds("self") - self.own;
        let of_relay = processor_seconds(&relay.process) - self.relay;
        (seconds, own / seconds, of_relay / seconds)
    }
}

fn percentiles(mut spans: Vec<Duration>) -> (f64, f64) {
    spans.sort_unstable();
    let at = |percent: usize| {
        let rank = (spans.len() * percent).div_ceil(100).max(1);
        let span = spans.get(rank - 1).copied().unwrap_or_default();
        span.as_secs_f64() * 1_000.0
    };
    (at(50), at(99))
}

async fn acks(relay: &Relay, connections: usize, seconds: u64, rate: Option<u32>) -> Value {
    let each = (RECORDS_MAX / connections).min(30_000);
    let mut writers = Vec::new();
    for number in 0..connections {
        let mut account = Account::new(u8::try_from(number).unwrap());
        let mut client = Client::first(relay.address, &account).await;
        for _ in 0..WARM {
            client.pushed(&account.pens[0].records(1)).await;
        }
        let records = account.pens[0].records(each);
        writers.push((client, records));
    }
    let pause =
        rate.map(|rate| Duration::from_secs(1) * u32::try_from(connections).unwrap() / rate);
    let stretch = Stretch::begin(relay);
    let until = stretch.began + Duration::from_secs(seconds);
    let is_over = Arc::new(AtomicBool::new(false));
    let mut running = JoinSet::new();
    for (number, (client, records)) in (0_u32..).zip(writers) {
        let first = pause.map(|pause| pause * number / u32::try_from(connections).unwrap());
        let pace = pause.map(|pause| (stretch.began + first.unwrap_or_default(), pause));
        running.spawn(push_until(client, records, until, pace, is_over.clone()));
    }
    let mut spans = Vec::new();
    while let Some(more) = running.join_next().await {
        spans.extend(more.unwrap());
    }
    let (seconds, own, of_relay) = stretch.end(relay);
    let per_second = spans.len() as f64 / seconds;
    let longest = spans.iter().max().map_or(0.0, Duration::as_secs_f64);
    let (p50, p99) = percentiles(spans);
    json!({
        "per_second": per_second, "p50_ms": p50, "p99_ms": p99, "max_ms": longest * 1_000.0,
        "own_share": own, "relay_share": of_relay,
    })
}

async fn push_until(
    mut client: Client,
    records: Vec<Vec<u8>>,
    until: Instant,
    pace: Option<(Instant, Duration)>,
    is_over: Arc<AtomicBool>,
) -> Vec<Duration> {
    let mut spans = Vec::new();
    for (number, record) in (0_u32..).zip(&records) {
        let mut began = Instant::now();
        if let Some((first, pause)) = pace {
            let due = first + pause * number;
            sleep_until(due).await;
            began = Instant::now();
            // What could not begin in time because the push before it took so long counts from when it was due.
            if began > due + pause {
                began = due;
            }
        }
        if began >= until || is_over.load(Relaxed) {
            return spans;
        }
        client.pushed(std::slice::from_ref(record)).await;
        spans.push(began.elapsed());
    }
    // The others stop, too: the count is of as many connections as were asked for.
    is_over.store(true, Relaxed);
    spans
}

async fn fan_out(relay: &Relay, readers: usize, pushes: usize) -> Value {
    let mut account = Account::new(1);
    let mut writer = Client::first(relay.address, &account).await;
    let mut listening = JoinSet::new();
    for _ in 0..readers {
        let mut client = Client::member(relay.address, &account.pens[0]).await;
        listening.spawn(async move {
            let mut heard = Vec::new();
            while heard.len() < pushes {
                let hint = client.hint().await;
                let now = Instant::now();
                let ToDevice::Live { record } = hint.read() else {
                    panic!("{:?}", hint.read());
                };
                assert_eq!(record.seq.0, heard.len() as u64 + 1);
                heard.push(now);
            }
            heard
        });
    }
    let records = account.pens[0].records(pushes);
    let stretch = Stretch::begin(relay);
    let mut sent = Vec::new();
    for record in records {
        sleep(Duration::from_millis(5)).await;
        sent.push(Instant::now());
        writer.pushed(&[record]).await;
    }
    let mut spans = Vec::new();
    while let Some(heard) = listening.join_next().await {
        let heard = heard.unwrap();
        spans.extend(heard.iter().zip(&sent).map(|(heard, sent)| *heard - *sent));
    }
    let (_, own, of_relay) = stretch.end(relay);
    let (p50, p99) = percentiles(spans);
    json!({ "p50_ms": p50, "p99_ms": p99, "own_share": own, "relay_share": of_relay })
}

async fn idle(relay: &Relay, counts: &[u64]) -> Value {
    let mut clients = Vec::new();
    let mut pen: Option<Pen> = None;
    let mut accounts = 0_u8;
    let mut readings = Vec::new();
    let first = 2 * SOCKETS;
    for count in [0].into_iter().chain(counts.iter().copied()) {
        while (clients.len() as u64) < first + count {
            let client = match pen
                .as_ref()
                .filter(|_| !(clients.len() as u64).is_multiple_of(SOCKETS))
            {
                Some(pen) => Client::member(relay.address, pen).await,
                None => {
                    let account = Account::new(accounts);
                    accounts += 1;
                    pen = account.pens.first().cloned();
                    patient(relay.address, &account).await
                }
            };
            clients.push(client);
        }
        sleep(Duration::from_secs(1)).await;
        readings.push(resident_bytes(&relay.process));
    }
    let before = readings.remove(0);
    let each = readings.iter().zip(counts);
    let each: Vec<u64> = each
        .map(|(after, count)| after.saturating_sub(before) / count)
        .collect();
    json!({ "before_bytes": before, "bytes_each": each })
}

/// A new account; the relay takes so many in a second.
async fn patient(address: SocketAddr, account: &Account) -> Client {
    let mut client = Client::connect(address).await;
    loop {
        let answer = client.register(account, "").await;
        match answer.read() {
            ToDevice::ChainAck { .. } => break,
            _ => sleep(Duration::from_millis(200)).await,
        }
    }
    let answer = client.hello(&account.pens[0]).await;
    assert!(matches!(answer.read(), ToDevice::Welcome { .. }));
    client
}

async fn catch_up(relay: &Relay, count: usize, rounds: usize) -> Value {
    let seed = u8::try_from(count % 251).unwrap();
    let mut account = Account::new(seed);
    let records = account.pens[0].records(count);
    let bytes: usize = records.iter().map(Vec::len).sum();
    let mut writer = Client::first(relay.address, &account).await;
    for part in records.chunks(FILL) {
        writer.pushed(part).await;
    }
    let stretch = Stretch::begin(relay);
    let mut spans = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        let mut client = Client::member(relay.address, &account.pens[0]).await;
        assert_eq!(client.log().await.len(), count);
        spans.push(began.elapsed());
    }
    let (_, own, of_relay) = stretch.end(relay);
    let (p50, p99) = percentiles(spans);
    json!({
        "p50_ms": p50, "p99_ms": p99, "record_bytes": bytes,
        "own_share": own, "relay_share": of_relay,
    })
}
