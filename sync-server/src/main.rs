//! The command: reads its settings, opens the socket, serves until it is told to stop.

use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use sync_server::{Settings, launch};
use tokio::net::TcpListener;
use tracing::info;
use tracing_subscriber::EnvFilter;

/// Serves the Dossierkluis app.
#[derive(Parser)]
#[command(version)]
struct Options {
    /// Address to listen on
    #[arg(long, env = "DOSSIERKLUIS_HOST", default_value = "127.0.0.1")]
    host: String,
    /// Port to listen on; 0 takes a free one and names it in the log
    #[arg(long, env = "DOSSIERKLUIS_PORT", default_value_t = 8080)]
    port: u16,
    /// Folder the server may write in; made when absent
    #[arg(long, env = "DOSSIERKLUIS_DATA", default_value = "data")]
    data: PathBuf,
    /// Folder with the built app [default: the folder `app` beside this program]
    #[arg(long, env = "DOSSIERKLUIS_APP")]
    app: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stdout()))
        .init();
    let options = Options::parse();
    let settings = Settings {
        app: options.app.map_or_else(beside_program, Ok)?,
        data: options.data,
    };
    let listener = TcpListener::bind((options.host.as_str(), options.port))
        .await
        .with_context(|| format!("cannot listen on {}:{}", options.host, options.port))?;
    info!("listening on http://{}", listener.local_addr()?);
    launch(settings, listener, stop_signal()).await?;
    info!("stopped");
    Ok(())
}

fn beside_program() -> anyhow::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name("app"))
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
