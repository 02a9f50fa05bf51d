//! What a browser is allowed to do with the app.

use std::collections::BTreeMap;

use super::code;
use super::workspace::{Source, files, findings, root};

/// The policy, word for word.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'; \
    img-src 'self' blob:; font-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'; trusted-types default; require-trusted-types-for 'script'";

fn directives(policy: &str) -> BTreeMap<&str, Vec<&str>> {
    let directives = policy.split(';').map(|directive| {
        let mut words = directive.split_whitespace();
        (words.next().unwrap_or_default(), words.collect())
    });
    directives.collect()
}

#[test]
fn the_server_sends_the_policy_of_the_design() {
    assert_eq!(
        directives(sync_server::CONTENT_SECURITY_POLICY),
        directives(POLICY)
    );
    let weak = |policy: &str| {
        let weak = [
            "'unsafe-inline'",
            "'unsafe-eval'",
            "*",
            "data:",
            "http:",
            "https:",
            "'unsafe-hashes'",
        ];
        directives(policy)
            .values()
            .flatten()
            .any(|word| weak.contains(word))
    };
    assert!(weak("script-src 'self' 'unsafe-inline'"));
    assert!(!weak(sync_server::CONTENT_SECURITY_POLICY));
}

#[test]
fn the_app_is_given_the_camera_and_nothing_else() {
    let features: BTreeMap<&str, &str> = sync_server::PERMISSIONS_POLICY
        .split(',')
        .map(|feature| feature.trim().split_once('=').unwrap())
        .collect();
    assert!(features.len() > 20, "{} features", features.len());
    assert_eq!(features["microphone"], "()");
    let given = features.iter().filter(|(_, to)| **to != "()");
    let given: Vec<_> = given.collect();
    assert_eq!(given, [(&"camera", &"(self)")]);
}

#[test]
fn a_picture_of_the_camera_is_made_into_nothing_that_can_be_kept() {
    let needles = ["to_data_url", "to_blob", "MediaRecorder", "ImageCapture"];
    let planted = "canvas.to_blob(&callback)?; let x = canvas.to_data_url();";
    let planted = Source {
        path: "planted.rs".into(),
        text: code::code(planted),
    };
    assert_eq!(findings(&[planted], &needles).len(), 2);
    let mut sources = files("app/src", &[".rs"]);
    for source in &mut sources {
        source.text = code::code(&source.text);
    }
    let canvas = findings(&sources, &["HtmlCanvasElement"]);
    assert!(!canvas.is_empty(), "the scan is blind");
    let elsewhere = canvas
        .iter()
        .filter(|line| !line.starts_with("app/src/platform/camera/"));
    let elsewhere: Vec<_> = elsewhere.collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
    let found = findings(&sources, &needles);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn the_page_has_no_inline_script_or_style() {
    let text = std::fs::read_to_string(root().join("index.html")).unwrap();
    let inline = |page: &str| {
        page.contains("<style")
            || page.contains(" style=")
            || page.contains(" onload=")
            || page.contains(" onclick=")
            || page.split("<script").skip(1).any(|tag| {
                let (open, body) = tag.split_once('>').unwrap_or((tag, ""));
                !open.contains(" src=") || !body.starts_with("</script>")
            })
    };
    assert!(
        inline("<script>1</script>")
            && inline("<p style=\"\">")
            && !inline("<script src=\"/a.js\"></script>")
    );
    assert!(text.contains("<script") && !inline(&text));
}

#[test]
fn pages_write_neither_html_nor_styles_as_text() {
    let needles = [
        "inner_html",
        "set_inner_html",
        "insert_adjacent_html",
        "set_outer_html",
        "style=",
        "style:",
        "eval",
    ];
    let planted = "view! { <p style=\"x\" inner_html=y></p> }";
    let planted = Source {
        path: "planted.rs".into(),
        text: code::code(planted),
    };
    assert_eq!(findings(&[planted], &needles).len(), 2);
    let mut sources = files("app/src", &[".rs"]);
    for source in &mut sources {
        source.text = code::code(&source.text);
    }
    let found = findings(&sources, &needles);
    assert!(found.is_empty(), "{found:#?}");
}
