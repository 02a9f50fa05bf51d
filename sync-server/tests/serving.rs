//! The server as a browser meets it: a real listener on loopback, requests written byte for byte.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;

use sync_server::store::MemoryStore;
use sync_server::{CONTENT_SECURITY_POLICY, LaunchError, Settings, WithRelay, launch};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const NO_RELAY: Option<WithRelay<MemoryStore>> = None;

const WASM: &str = "/app-0123456789abcdef.wasm";

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), LaunchError>>,
    folder: TempDir,
}

struct Answer {
    status: u16,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

impl Server {
    async fn start() -> Self {
        Self::start_for(None).await
    }

    async fn start_for(relay: Option<&str>) -> Self {
        let folder = TempDir::new().unwrap();
        let app = folder.path().join("app");
        fs::create_dir(&app).unwrap();
        for (name, content) in [
            ("index.html", "the page"),
            ("index.html.br", "the page in brotli"),
            ("index.html.gz", "the page in gzip"),
            ("sw.js", "the service worker"),
            ("manifest.webmanifest", "{}"),
            ("app-0123456789abcdef.wasm", "plain wasm"),
            ("app-0123456789abcdef.wasm.br", "brotli wasm"),
            ("app-0123456789abcdef.wasm.gz", "gzip wasm"),
            ("app-0123456789abcdef.js", "script"),
            ("style-0123456789abcdef.css", "style"),
        ] {
            fs::write(app.join(name), content).unwrap();
        }
        fs::write(folder.path().join("secret.txt"), "outside the app").unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let settings = Settings {
            app: Some(app),
            relay_address: relay.map(Into::into),
            connections_max: 100,
            per_address_max: 100,
            address_header: None,
        };
        let ended = tokio::spawn(launch(settings, NO_RELAY, listener, async {
            stopped.await.ok();
        }));
        Self {
            address,
            stop,
            ended,
            folder,
        }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    async fn get_encoded(&self, path: &str, accepted: &str) -> Answer {
        self.ask("GET", path, &format!("accept-encoding: {accepted}\r\n"))
            .await
    }

    async fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut bytes = Vec::new();
        socket.read_to_end(&mut bytes).await.unwrap();
        Answer::parse(&bytes)
    }
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("a whole head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.lines();
        let status = lines
            .next()
            .unwrap()
            .split(' ')
            .nth(1)
            .unwrap()
            .parse()
            .unwrap();
        let headers = lines
            .map(|line| line.split_once(": ").unwrap())
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        Self {
            status,
            headers,
            body: bytes[end + 4..].to_vec(),
        }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

#[tokio::test]
async fn every_answer_carries_the_strict_headers() {
    let server = Server::start().await;
    for path in ["/", "/clienten", WASM, "/sw.js", "/health", "/missing.js"] {
        let answer = server.get(path).await;
        for (name, value) in [
            ("content-security-policy", CONTENT_SECURITY_POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-embedder-policy", "require-corp"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{name} of {path}");
        }
        let device = answer.header("permissions-policy");
        assert!(device.contains("camera=(self),"), "{path}");
        assert!(device.contains("microphone=(),"), "{path}");
        assert_eq!(answer.header("server"), "", "{path}");
        assert_eq!(answer.header("set-cookie"), "", "{path}");
    }
}

#[test]
fn the_policy_is_the_one_that_was_decided() {
    assert_eq!(
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
         img-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'; trusted-types default; require-trusted-types-for 'script'"
    );
}

#[tokio::test]
async fn the_browser_gets_the_smallest_copy_it_can_read() {
    let server = Server::start().await;
    for (accepted, encoding, body) in [
        ("gzip, deflate, br, zstd", "br", "brotli wasm"),
        ("gzip, deflate", "gzip", "gzip wasm"),
        ("br;q=0, gzip", "gzip", "gzip wasm"),
        ("identity", "", "plain wasm"),
    ] {
        let answer = server.get_encoded(WASM, accepted).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-encoding"), encoding, "{accepted}");
        assert_eq!(
            answer.header("content-type"),
            "application/wasm",
            "{accepted}"
        );
        assert!(
            answer
                .header("vary")
                .to_lowercase()
                .contains("accept-encoding"),
            "{accepted}"
        );
        assert_eq!(answer.text(), body, "{accepted}");
    }
    assert_eq!(server.get(WASM).await.text(), "plain wasm");
    let page = server.get_encoded("/clienten", "br").await;
    assert_eq!(page.text(), "the page in brotli");
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
}

#[tokio::test]
async fn a_file_without_a_compressed_copy_is_served_plain() {
    let server = Server::start().await;
    let answer = server.get_encoded("/sw.js", "br, gzip").await;
    assert_eq!(answer.header("content-encoding"), "");
    assert_eq!(answer.text(), "the service worker");
}

#[tokio::test]
async fn types_are_what_browsers_insist_on() {
    let server = Server::start().await;
    for (path, kind) in [
        ("/", "text/html"),
        ("/sw.js", "text/javascript"),
        ("/app-0123456789abcdef.js", "text/javascript"),
        ("/style-0123456789abcdef.css", "text/css"),
        ("/manifest.webmanifest", "application/manifest+json"),
        (WASM, "application/wasm"),
    ] {
        assert!(
            server
                .get(path)
                .await
                .header("content-type")
                .starts_with(kind),
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_names_with_a_hash_are_kept_for_ever() {
    let server = Server::start().await;
    for path in [
        WASM,
        "/app-0123456789abcdef.js",
        "/style-0123456789abcdef.css",
    ] {
        assert_eq!(
            server.get(path).await.header("cache-control"),
            "public,max-age=31536000,immutable",
            "{path}"
        );
    }
    for path in [
        "/",
        "/index.html",
        "/sw.js",
        "/manifest.webmanifest",
        "/clienten",
    ] {
        assert_eq!(
            server.get(path).await.header("cache-control"),
            "no-cache",
            "{path}"
        );
    }
    assert_eq!(
        server
            .get("/gone-0123456789abcdef.js")
            .await
            .header("cache-control"),
        "no-store"
    );
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let server = Server::start().await;
    let first = server.get("/sw.js").await;
    let since = format!("if-modified-since: {}\r\n", first.header("last-modified"));
    let second = server.ask("GET", "/sw.js", &since).await;
    assert_eq!((second.status, second.body.len()), (304, 0));
    assert_eq!(second.header("cache-control"), "no-cache");
}

#[tokio::test]
async fn an_installed_app_hears_of_a_relay_elsewhere() {
    // As the build fills it in.
    let source = include_str!("../../app/static/sw.js");
    let worker = source.replace("__VERSION__", "0123456789abcdef");
    let mut workers = Vec::new();
    for relay in [
        None,
        Some("https://one.example"),
        Some("https://two.example"),
    ] {
        let server = Server::start_for(relay).await;
        let app = server.folder.path().join("app");
        fs::write(app.join("sw.js"), &worker).unwrap();
        fs::write(app.join("sw.js.br"), "brotli").unwrap();
        let accepted = match relay {
            None => "",
            Some(_) => "br",
        };
        let answer = server.get_encoded("/sw.js", accepted).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "text/javascript");
        let length = answer.header("content-length");
        assert_eq!(length, answer.body.len().to_string());
        let head = server.ask("HEAD", "/sw.js", "").await;
        assert_eq!((head.status, head.body.len()), (200, 0));
        workers.push(answer.text().to_owned());

        let since = "if-modified-since: Fri, 31 Dec 2100 23:59:59 GMT\r\n";
        for path in ["/", "/sw.js", WASM, "/app-0123456789abcdef.js"] {
            let answer = server.ask("GET", path, since).await;
            let policy = answer.header("content-security-policy");
            match relay {
                None => assert_eq!(answer.status, 304, "{path}"),
                Some(relay) => {
                    assert_eq!(answer.status, 200, "{path} with its new policy");
                    assert!(policy.contains(&format!("connect-src 'self' {relay} wss://")));
                    assert_eq!(answer.header("last-modified"), "", "{path}");
                }
            }
        }
    }
    assert_eq!(workers[0], worker, "the usual one is what was built");
    let version = |worker: &str| {
        let (_, after) = worker.split_once("const VERSION = \"").unwrap();
        after.split_once('"').unwrap().0.to_owned()
    };
    let versions: Vec<String> = workers.iter().map(|worker| version(worker)).collect();
    assert_eq!(versions[1], "https_3a_2f_2fone.example-0123456789abcdef");
    assert!(versions[1] != versions[2] && versions[2].ends_with(&versions[0]));
    for (at, version) in versions.iter().enumerate() {
        assert_eq!(workers[at].replace(version, "0123456789abcdef"), worker);
    }
}

#[tokio::test]
async fn pages_of_the_app_get_the_page_and_missing_files_do_not() {
    let server = Server::start().await;
    for path in [
        "/",
        "/index.html",
        "/vandaag",
        "/client/8f3a/bezoek",
        "/client/8f3a/",
        "/zoek?q=1",
    ] {
        let answer = server.get(path).await;
        assert_eq!((answer.status, answer.text()), (200, "the page"), "{path}");
    }
    for path in [
        "/app-ffffffffffffffff.wasm",
        "/favicon.ico",
        "/deep/missing.css",
        "/index.html/x.js",
    ] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!answer.text().contains("the page"), "{path}");
    }
}

#[tokio::test]
async fn nothing_outside_the_app_folder_is_reached() {
    let server = Server::start().await;
    assert!(server.folder.path().join("secret.txt").is_file());
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e%2fsecret.txt",
        "/..%5csecret.txt",
        "/x/../../secret.txt",
        "//secret.txt",
        "/%00/secret.txt",
    ] {
        let answer = server.get(path).await;
        assert!(
            (400..500).contains(&answer.status),
            "{path} gave {}",
            answer.status
        );
        assert!(!answer.text().contains("outside"), "{path}");
    }
}

#[tokio::test]
async fn other_methods_change_nothing() {
    let server = Server::start().await;
    for path in ["/", "/sw.js", "/clienten", "/health"] {
        assert_eq!(server.ask("DELETE", path, "").await.status, 405, "{path}");
    }
    let head = server.ask("HEAD", "/sw.js", "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
}

#[tokio::test]
async fn health_says_ok_and_the_version() {
    let server = Server::start().await;
    let answer = server.get("/health").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(
        answer.text(),
        format!(r#"{{"ok":true,"version":"{}"}}"#, env!("CARGO_PKG_VERSION"))
    );
}

#[tokio::test]
async fn it_stops_when_told() {
    let server = Server::start().await;
    server.get("/").await;
    server.stop.send(()).unwrap();
    server.ended.await.unwrap().unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

#[tokio::test]
async fn an_app_folder_without_a_page_is_refused() {
    let folder = TempDir::new().unwrap();
    let settings = Settings {
        app: Some(folder.path().to_owned()),
        relay_address: None,
        connections_max: 100,
        per_address_max: 100,
        address_header: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = launch(settings, NO_RELAY, listener, async {}).await;
    assert!(matches!(refused, Err(LaunchError::AppMissing { .. })));
}
