//! The app's files: compressed copies by `accept-encoding`, caching by name, pages by fallback.
//!
//! A name that carries a hash of its content (`app-0123456789abcdef.wasm`) may be kept for ever;
//! every other file is asked for again. An address without a file extension is a page of the app
//! and gets `index.html`; a missing file is 404, never a page.
//!
//! An installed app keeps each file with the headers it came with, the policy among them. So a server that lets the app
//! connect to a relay elsewhere serves its service worker as a version of its own, and every file whole: a browser that
//! hears "not changed" keeps the old policy.

use std::io::ErrorKind;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, IF_MODIFIED_SINCE, LAST_MODIFIED,
    RANGE,
};
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tower_http::services::ServeDir;

/// A content hash in a file name: this many lower-case hexadecimal digits (64 bits of SHA-256).
const HASH_DIGITS: usize = 16;

const KEEP_FOR_EVER: HeaderValue = HeaderValue::from_static("public,max-age=31536000,immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
const KEEP_NOTHING: HeaderValue = HeaderValue::from_static("no-store");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// The script that keeps the app for offline use, and where it names its version.
const WORKER: &str = "/sw.js";
const VERSION: &str = "const VERSION = \"";
const WORKER_MAX_BYTES: usize = 1 << 20;

/// The folder with the built app.
#[derive(Clone)]
pub(crate) struct AppFolder {
    folder: ServeDir,
    /// Goes before the app's version when the policy is not the usual one.
    variant: Option<String>,
}

impl AppFolder {
    /// With the address of a relay elsewhere, if the policy names one.
    pub(crate) fn new(folder: &Path, relay: Option<&str>) -> Self {
        let folder = ServeDir::new(folder)
            .append_index_html_on_directories(false)
            .precompressed_br()
            .precompressed_gzip();
        Self {
            folder,
            variant: relay.map(variant),
        }
    }

    /// Under another policy than the usual one a file is sent whole, and the service worker as another version.
    async fn find_variant(&mut self, mut request: Request, variant: &str) -> Response {
        let is_worker = request.uri().path() == WORKER;
        request.headers_mut().remove(IF_MODIFIED_SINCE);
        if is_worker {
            request.headers_mut().remove(ACCEPT_ENCODING);
            request.headers_mut().remove(RANGE);
        }
        let mut response = self.find(request).await;
        response.headers_mut().remove(LAST_MODIFIED);
        if !is_worker || response.status() != StatusCode::OK {
            return response;
        }
        response.headers_mut().remove(CONTENT_LENGTH);
        let (head, body) = response.into_parts();
        let Ok(script) = to_bytes(body, WORKER_MAX_BYTES).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        let script = String::from_utf8_lossy(&script);
        let script = script.replacen(VERSION, &format!("{VERSION}{variant}-"), 1);
        Response::from_parts(head, script.into())
    }

    async fn find(&mut self, request: Request) -> Response {
        match self.folder.try_call(request).await {
            Ok(response) => response.map(Body::new),
            Err(error) => match error.kind() {
                ErrorKind::NotFound | ErrorKind::PermissionDenied | ErrorKind::NotADirectory => {
                    StatusCode::NOT_FOUND.into_response()
                }
                _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
        }
    }
}

/// Answers a request for a file or a page.
pub(crate) async fn serve(State(mut app): State<AppFolder>, mut request: Request) -> Response {
    let is_page = is_page(request.method(), request.uri().path());
    if is_page {
        *request.uri_mut() = Uri::from_static("/index.html");
    }
    let may_keep = has_content_hash(request.uri().path());
    let mut response = match app.variant.clone() {
        None => app.find(request).await,
        Some(variant) => app.find_variant(request, &variant).await,
    };
    if is_page && response.status() == StatusCode::OK {
        response.headers_mut().insert(CONTENT_TYPE, HTML);
    }
    let caching = match response.status() {
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED if may_keep => {
            KEEP_FOR_EVER
        }
        StatusCode::OK | StatusCode::PARTIAL_CONTENT | StatusCode::NOT_MODIFIED => ASK_AGAIN,
        _ => KEEP_NOTHING,
    };
    response.headers_mut().insert(CACHE_CONTROL, caching);
    response
}

/// Whether an address is a page of the app and not a file. The name `index.html` is a page too.
fn is_page(method: &Method, path: &str) -> bool {
    let reads = method == Method::GET || method == Method::HEAD;
    let climbs = path.split('/').any(|part| part == "..") || path.contains(['%', '\\']);
    let name = path.rsplit('/').next().unwrap_or_default();
    reads && !climbs && (path == "/index.html" || !name.contains('.'))
}

/// The address in letters, digits and dots.
fn variant(relay: &str) -> String {
    let readable = |char: char| match char.is_ascii_alphanumeric() || char == '.' {
        true => char.to_string(),
        false => format!("_{:x}", u32::from(char)),
    };
    relay.chars().map(readable).collect()
}

fn has_content_hash(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let Some((_, tail)) = name.rsplit_once('-') else {
        return false;
    };
    let Some((hash, extension)) = tail.split_once('.') else {
        return false;
    };
    let is_hash_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    hash.len() == HASH_DIGITS && hash.bytes().all(is_hash_digit) && !extension.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_hash_before_the_extension_counts() {
        assert!(has_content_hash("/app-0123456789abcdef.wasm"));
        assert!(has_content_hash("/icon-192-0123456789abcdef.png"));
        assert!(!has_content_hash("/app-0123456789abcde.wasm"));
        assert!(!has_content_hash("/app-0123456789ABCDEF.wasm"));
        assert!(!has_content_hash("/app-0123456789abcdef"));
        assert!(!has_content_hash("/0123456789abcdef.wasm"));
        assert!(!has_content_hash("/index.html"));
        assert!(!has_content_hash("/sw.js"));
    }

    #[test]
    fn two_addresses_are_two_versions() {
        assert_eq!(variant("https://a.b:1"), "https_3a_2f_2fa.b_3a1");
        assert_ne!(variant("https://a-b"), variant("https://a.b"));
    }

    #[test]
    fn a_page_is_read_and_has_no_extension() {
        assert!(is_page(&Method::GET, "/"));
        assert!(is_page(&Method::HEAD, "/clienten"));
        assert!(is_page(&Method::GET, "/client/4f/bezoek/"));
        assert!(is_page(&Method::GET, "/index.html"));
        assert!(!is_page(&Method::GET, "/app.wasm"));
        assert!(!is_page(&Method::POST, "/clienten"));
        assert!(!is_page(&Method::GET, "/../etc/passwd"));
        assert!(!is_page(&Method::GET, "/%2e%2e/etc/passwd"));
    }
}
