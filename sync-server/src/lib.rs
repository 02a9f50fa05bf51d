//! The server of Dossierkluis: hands the app's files to browsers under strict headers.
//!
//! It promises that a browser only ever runs what was built, and that its log holds no
//! address, path or name. It knows nothing of dossiers: no type here can hold plaintext.

mod files;
mod headers;
mod request_log;

use std::future::Future;
use std::path::PathBuf;

use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::routing::get;
use axum::{Json, Router, middleware};
use serde_json::{Value, json};
use tokio::net::TcpListener;

pub use headers::CONTENT_SECURITY_POLICY;

/// What the operator chooses.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder with the built app; holds `index.html`.
    pub app: PathBuf,
    /// Folder the server may write in; made when absent.
    pub data: PathBuf,
}

/// Why the server could not start or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// The app folder holds no `index.html`.
    #[error("no index.html in {}: build the app first", app.display())]
    AppMissing {
        /// The folder that was looked in.
        app: PathBuf,
    },
    /// The data folder cannot be made.
    #[error("cannot make the data folder {}", data.display())]
    Data {
        /// The folder asked for.
        data: PathBuf,
        /// What the system answered.
        source: std::io::Error,
    },
    /// The socket failed.
    #[error("the listening socket failed")]
    Socket(#[from] std::io::Error),
}

/// Serves on `listener` until `shutdown` ends, then lets open requests finish.
///
/// # Errors
/// [`LaunchError`] when a folder is missing or the socket fails; nothing was served in the first two cases.
pub async fn launch(
    settings: Settings,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), LaunchError> {
    if !settings.app.join("index.html").is_file() {
        return Err(LaunchError::AppMissing { app: settings.app });
    }
    if let Err(source) = std::fs::create_dir_all(&settings.data) {
        return Err(LaunchError::Data {
            data: settings.data,
            source,
        });
    }
    axum::serve(listener, routes(&settings))
        .with_graceful_shutdown(shutdown)
        .await?;
    Ok(())
}

fn routes(settings: &Settings) -> Router {
    Router::new()
        .route("/health", get(health))
        .fallback(files::serve)
        .with_state(files::AppFolder::new(&settings.app))
        .layer(middleware::map_response(headers::harden))
        .layer(middleware::from_fn(request_log::record))
}

async fn health() -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let answer = json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") });
    ([(CACHE_CONTROL, "no-store")], Json(answer))
}
