//! The command: reads its settings, opens the socket, serves until it is told to stop. Beside that, it makes invitations
//! and copies of the relay's store, also while a server runs on it.

mod config;

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};
use protocol::wire::Invite;
use sync_server::store::{FILE, RelayStore, SqliteStore};
use sync_server::{WithRelay, launch};
use tokio::net::TcpListener;
use tracing::info;
use tracing_subscriber::EnvFilter;

use self::config::Choices;

/// Serves the Dossierkluis app and its relay.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// File with the same choices as the flags, in TOML
    #[arg(long, env = "DOSSIERKLUIS_CONFIG", global = true)]
    config: Option<PathBuf>,
    #[command(flatten)]
    choices: Choices,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve; also without this word
    Serve,
    /// Make a code with which a new account may come
    Invite {
        /// How many accounts
        #[arg(long, default_value_t = 1)]
        uses: u32,
    },
    /// Write a copy of the relay's store, also while a server runs
    Backup {
        /// The file to make; there must be none of that name
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout()))
        .init();
    let options = Options::parse();
    let choices = options.choices.with_file(options.config.as_deref())?;
    match options.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(&choices).await,
        Command::Invite { uses } => invite(&choices, uses).await,
        Command::Backup { file } => {
            let data = choices.data();
            if !data.join(FILE).is_file() {
                bail!("there is no relay's store in {}", data.display());
            }
            beside(&choices)?.backup(&file).await?;
            info!("the copy is complete");
            Ok(())
        }
    }
}

/// The store, for the one process that serves it.
fn open(choices: &Choices) -> anyhow::Result<SqliteStore> {
    let data = data(choices)?;
    SqliteStore::open(&data, choices.store())
        .with_context(|| format!("cannot open the relay's store in {}", data.display()))
}

/// The store, while another process may serve it.
fn beside(choices: &Choices) -> anyhow::Result<SqliteStore> {
    let data = data(choices)?;
    SqliteStore::open_beside(&data, choices.store())
        .with_context(|| format!("cannot open the relay's store in {}", data.display()))
}

fn data(choices: &Choices) -> anyhow::Result<PathBuf> {
    let data = choices.data();
    std::fs::create_dir_all(&data)
        .with_context(|| format!("cannot make the data folder {}", data.display()))?;
    Ok(data)
}

async fn serve(choices: &Choices) -> anyhow::Result<()> {
    let beside = std::env::current_exe()?.with_file_name("app");
    let plan = choices.plan(beside)?;
    let listener = TcpListener::bind((plan.host.as_str(), plan.port))
        .await
        .with_context(|| format!("cannot listen on {}:{}", plan.host, plan.port))?;
    let address = listener.local_addr()?;
    let relay = match &plan.relay {
        None => None,
        Some(relay) => {
            let metrics = match relay.metrics {
                None => None,
                Some(address) => {
                    let listener = TcpListener::bind(address)
                        .await
                        .with_context(|| format!("cannot listen on {address}"))?;
                    info!("counts at http://{}/metrics", listener.local_addr()?);
                    Some(listener)
                }
            };
            Some(WithRelay {
                settings: relay.settings(address.port()),
                store: open(choices)?,
                metrics,
            })
        }
    };
    info!("listening on http://{address}");
    launch(plan.settings, relay, listener, stop_signal()).await?;
    info!("stopped");
    Ok(())
}

async fn invite(choices: &Choices, uses: u32) -> anyhow::Result<()> {
    let mut random = [0; 10];
    getrandom::fill(&mut random)?;
    let code = Invite::make_text(&random);
    let digest = Invite(code.as_bytes()).digest();
    beside(choices)?.add_invite(digest, uses).await?;
    writeln!(std::io::stdout(), "{code}")?;
    Ok(())
}

/// Ends at ctrl-c or, on Unix, SIGTERM.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
