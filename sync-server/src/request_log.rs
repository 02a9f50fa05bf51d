//! One log line per request: method, status, milliseconds. No path, no query, no address:
//! a path of the app names a dossier.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::Instant;
use tracing::info;

/// Runs the request and logs how it went.
pub(crate) async fn record(request: Request, next: Next) -> Response {
    let began_at = Instant::now();
    let method = request.method().clone();
    let response = next.run(request).await;
    let took_ms = u64::try_from(began_at.elapsed().as_millis()).unwrap_or(u64::MAX);
    info!(%method, status = response.status().as_u16(), took_ms, "request");
    response
}
