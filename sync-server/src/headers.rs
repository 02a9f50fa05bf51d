//! The headers every response carries, errors included.
//!
//! The browser is told to run only the app's own files, to show them in no frame, to give them no
//! device feature but the camera, and to tell no other site where a person came from.

use axum::http::HeaderValue;
use axum::http::header::{
    CONTENT_SECURITY_POLICY as CSP, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use axum::response::Response;

/// What the app's pages and workers may load and run. A worker is bound by the policy of its own
/// script's response, so every response carries it. `trusted-types default` lets the loader's
/// policy pass HTML and a closed list of script addresses: it guards script addresses only.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; \
    script-src 'self' 'wasm-unsafe-eval'; \
    connect-src 'self'; \
    style-src 'self'; \
    img-src 'self' blob:; \
    font-src 'self'; \
    manifest-src 'self'; \
    worker-src 'self'; \
    base-uri 'none'; \
    form-action 'none'; \
    frame-ancestors 'none'; \
    trusted-types default; \
    require-trusted-types-for 'script'";

/// What the app's pages may use of the device: the camera, which reads the code of another device.
pub const PERMISSIONS_POLICY: &str = "accelerometer=(), autoplay=(), camera=(self), \
    display-capture=(), encrypted-media=(), fullscreen=(), gamepad=(), geolocation=(), gyroscope=(), \
    hid=(), idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), \
    picture-in-picture=(), publickey-credentials-create=(), publickey-credentials-get=(), \
    screen-wake-lock=(), serial=(), usb=(), xr-spatial-tracking=()";

/// The headers, made once.
#[derive(Clone, Debug)]
pub(crate) struct Strict {
    policy: HeaderValue,
}

impl Strict {
    /// With a relay at another address, which is an origin, the app may connect there too.
    pub(crate) fn new(relay: Option<&str>) -> Self {
        let usual = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
        let policy = relay.and_then(|relay| {
            // "http" in front becomes "ws", "https" becomes "wss".
            let socket = relay.replacen("http", "ws", 1);
            let own = "connect-src 'self'";
            let both = format!("{own} {relay} {socket}");
            HeaderValue::try_from(CONTENT_SECURITY_POLICY.replace(own, &both)).ok()
        });
        Self {
            policy: policy.unwrap_or(usual),
        }
    }

    /// Puts the strict headers on a response.
    pub(crate) fn harden(&self, mut response: Response) -> Response {
        let headers = response.headers_mut();
        headers.insert(CSP, self.policy.clone());
        let strict = [
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (REFERRER_POLICY, "no-referrer"),
            (
                HeaderName::from_static("permissions-policy"),
                PERMISSIONS_POLICY,
            ),
            (
                HeaderName::from_static("cross-origin-opener-policy"),
                "same-origin",
            ),
            (
                HeaderName::from_static("cross-origin-embedder-policy"),
                "require-corp",
            ),
        ];
        for (name, value) in strict {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers
            .entry(HeaderName::from_static("cross-origin-resource-policy"))
            .or_insert(HeaderValue::from_static("same-origin"));
        response
    }
}
