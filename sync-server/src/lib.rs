//! The server of Dossierkluis: hands the app's files to browsers under strict headers, and sealed records from device to
//! device.
//!
//! It promises that a browser only ever runs what was built, that what the relay acknowledged is on the disk, and that
//! its log holds no address, path or name. It knows nothing of dossiers: no type here can hold plaintext.

mod accept;
mod clock;
mod crowd;
mod files;
mod headers;
mod meter;
mod relay;
mod request_log;
pub mod store;

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use axum::http::HeaderName;
use axum::http::header::CACHE_CONTROL;
use axum::routing::get;
use axum::{Json, Router, middleware};
use protocol::wire::Origin;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tracing::debug;

use self::accept::Limits;
use self::crowd::Crowd;
use self::headers::Strict;
use self::relay::metrics::Metrics;
use self::relay::{Doors, Relay};
use self::store::RelayStore;

pub use headers::{CONTENT_SECURITY_POLICY, PERMISSIONS_POLICY};
pub use protocol::wire::Registration;
pub use relay::{Rate, Rates, RelaySettings};

/// Connections at once to the counts.
const METRICS_CONNECTIONS: usize = 16;

/// What the operator chooses.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder with the built app; holds `index.html`. Without it the server is a relay only.
    pub app: Option<PathBuf>,
    /// Where the relay is, if this server has none: the app may connect there.
    pub relay_address: Option<String>,
    /// Connections at once.
    pub connections_max: usize,
    /// Sockets at once from one address; of other connections there may be some more. This machine is not counted.
    pub per_address_max: usize,
    /// Header in which a proxy says who connects: then that counts, and who the proxy is does not.
    pub address_header: Option<HeaderName>,
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
    /// The relay's address is not scheme, host and port.
    #[error("{origin} is not of the form https://host")]
    Origin {
        /// The address given.
        origin: String,
    },
}

/// A relay to serve beside the app, or alone.
#[derive(Debug)]
pub struct WithRelay<S> {
    /// Its settings.
    pub settings: RelaySettings,
    /// Its store.
    pub store: S,
    /// Where its counts can be read, at `/metrics`; on no public address.
    pub metrics: Option<TcpListener>,
}

/// Serves on `listener` until `shutdown` ends, then lets open requests finish.
///
/// # Errors
/// [`LaunchError`] when a setting is of no use; nothing was served then.
pub async fn launch<S: RelayStore>(
    settings: Settings,
    relay: Option<WithRelay<S>>,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), LaunchError> {
    if let Some(app) = &settings.app
        && !app.join("index.html").is_file()
    {
        return Err(LaunchError::AppMissing { app: app.clone() });
    }
    let (stop, stopping) = watch::channel(false);
    let origins = relay.iter().map(|relay| &relay.settings.origin);
    for origin in origins.chain(&settings.relay_address) {
        if Origin::parse(origin).is_err() {
            let origin = origin.clone();
            return Err(LaunchError::Origin { origin });
        }
    }
    let doors = Doors {
        sockets: Crowd::new(settings.per_address_max),
        header: settings.address_header.clone(),
    };
    let relay = relay.map(|relay| start(relay, doors, &stopping));
    let counted = relay.clone();
    let dropped = move || {
        debug!("a connection over the limit was dropped");
        if let Some(relay) = &counted {
            Metrics::add(&relay.metrics.connections_dropped, 1);
        }
    };
    let routes = routes(&settings, relay);
    tokio::spawn(async move {
        shutdown.await;
        stop.send(true).ok();
    });
    accept::serve(listener, routes, limits(&settings), stopping, dropped).await;
    Ok(())
}

fn limits(settings: &Settings) -> Limits {
    // Room to tell who has too many sockets, and for the app's files.
    let spare = settings.per_address_max / 4 + 8;
    let each = settings.per_address_max.saturating_add(spare);
    let is_direct = settings.address_header.is_none();
    Limits {
        all: settings.connections_max,
        each: is_direct.then(|| Crowd::new(each)),
    }
}

/// Starts what a relay does beside answering.
fn start<S: RelayStore>(
    relay: WithRelay<S>,
    doors: Doors,
    stopping: &watch::Receiver<bool>,
) -> Arc<Relay<S>> {
    let WithRelay {
        settings,
        store,
        metrics,
    } = relay;
    let relay = Arc::new(Relay::new(store, settings, doors, stopping.clone()));
    tokio::spawn(relay.clone().sweep());
    if let Some(listener) = metrics {
        let figures = relay.clone();
        let figures = move || figures.clone().figures();
        let routes = Router::new().route("/metrics", get(figures));
        let stopping = stopping.clone();
        let limits = Limits {
            all: METRICS_CONNECTIONS,
            each: None,
        };
        tokio::spawn(async move {
            accept::serve(listener, routes, limits, stopping, || {}).await;
        });
    }
    relay
}

fn routes<S: RelayStore>(settings: &Settings, relay: Option<Arc<Relay<S>>>) -> Router {
    let mut routes = Router::new().route("/health", get(health));
    match relay {
        Some(relay) => routes = routes.merge(relay::routes(relay)),
        None => {
            let address = settings.relay_address.clone();
            let info = move || std::future::ready(relay::info(address.as_deref(), None));
            routes = routes.route("/relay/info", get(info));
        }
    }
    if let Some(app) = &settings.app {
        let app = Router::new()
            .fallback(files::serve)
            .with_state(files::AppFolder::new(
                app,
                settings.relay_address.as_deref(),
            ));
        routes = routes.merge(app);
    }
    let strict = Strict::new(settings.relay_address.as_deref());
    routes
        .layer(middleware::map_response(move |response| {
            std::future::ready(strict.harden(response))
        }))
        .layer(middleware::from_fn(request_log::record))
}

async fn health() -> ([(HeaderName, &'static str); 1], Json<Value>) {
    let answer = json!({ "ok": true, "version": env!("CARGO_PKG_VERSION") });
    ([(CACHE_CONTROL, "no-store")], Json(answer))
}
