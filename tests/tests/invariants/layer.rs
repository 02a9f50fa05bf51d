//! Who may know whom.

use super::code;
use super::workspace::{CRATES, Graph, Source, files, findings};

/// Ciphers and key derivation: only `crypto` names them.
const SECRETS: [&str; 5] = ["aes-gcm", "xaes-256-gcm", "argon2", "hpke", "hkdf"];

/// The browser: only `app/src/platform` names it.
const BROWSER: [&str; 6] = [
    "web-sys",
    "js-sys",
    "rexie",
    "wasm-bindgen",
    "wasm-bindgen-futures",
    "gloo",
];

/// What the relay must not be able to do: read, decrypt, derive a key.
const NOT_IN_RELAY: [&str; 22] = [
    "dossier",
    "engine",
    "crypto",
    "app",
    "automerge",
    "aes",
    "aes-gcm",
    "aes-gcm-siv",
    "aes-siv",
    "xaes-256-gcm",
    "aead",
    "cipher",
    "ghash",
    "polyval",
    "chacha20",
    "chacha20poly1305",
    "argon2",
    "scrypt",
    "hpke",
    "hkdf",
    "age",
    "ring",
];

fn idents(packages: &[&str]) -> Vec<String> {
    packages.iter().map(|name| name.replace('-', "_")).collect()
}

/// Where code outside `inside` names one of these packages; comments and texts do not count.
fn named_outside(inside: &[&str], packages: &[&str]) -> Vec<String> {
    let mut sources: Vec<Source> = Vec::new();
    for (_, folder) in CRATES {
        sources.extend(files(folder, &[".rs"]));
    }
    sources.retain(|source| !inside.iter().any(|folder| source.path.starts_with(folder)));
    for source in &mut sources {
        source.text = code::code(&source.text);
    }
    let idents = idents(packages);
    let idents: Vec<&str> = idents.iter().map(String::as_str).collect();
    findings(&sources, &idents)
}

fn declaring(graph: &Graph, packages: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for name in graph.members() {
        let declared = graph
            .declared(name)
            .iter()
            .map(|dependency| dependency.name.as_str());
        if declared
            .into_iter()
            .any(|dependency| packages.contains(&dependency))
        {
            found.push(name.to_owned());
        }
    }
    found
}

#[test]
fn every_crate_is_looked_at() {
    let graph = Graph::load();
    assert_eq!(
        graph.members(),
        CRATES.iter().map(|(name, _)| *name).collect()
    );
}

#[test]
fn the_relay_can_neither_read_nor_decrypt() {
    let graph = Graph::load();
    let seen = graph.tree("app");
    for control in [
        "automerge",
        "aes-gcm",
        "argon2",
        "hpke",
        "dossier",
        "cipher",
        "ghash",
    ] {
        assert!(
            seen.contains(control),
            "the walk over the graph is blind: {control} is not found under app"
        );
    }
    let relay = graph.tree("sync-server");
    assert!(
        relay.contains("axum") && relay.len() > 20,
        "the relay's tree is empty"
    );
    let found: Vec<_> = NOT_IN_RELAY
        .iter()
        .filter(|name| relay.contains(**name))
        .collect();
    assert!(found.is_empty(), "the relay depends on {found:?}");
}

#[test]
fn dependencies_point_downward() {
    let graph = Graph::load();
    for (of, may) in [
        ("protocol", &[][..]),
        ("dossier", &[][..]),
        ("crypto", &["protocol"][..]),
        ("engine", &["protocol", "crypto", "dossier"][..]),
        ("app", &["protocol", "crypto", "dossier", "engine"][..]),
        ("sync-server", &["protocol"][..]),
        ("xtask", &[][..]),
    ] {
        let tree = graph.tree(of);
        let members = graph.members();
        let found: Vec<_> = members
            .iter()
            .filter(|name| **name != of && tree.contains(**name))
            .collect();
        let wrong: Vec<_> = found.iter().filter(|name| !may.contains(**name)).collect();
        assert!(wrong.is_empty(), "{of} depends on {wrong:?}");
    }
    assert!(
        graph.tree("engine").contains("dossier"),
        "the walk over the graph is blind"
    );
}

#[test]
fn only_crypto_names_a_cipher_or_key_derivation() {
    let graph = Graph::load();
    assert_eq!(declaring(&graph, &SECRETS), ["crypto"]);
    let control = named_outside(&[], &SECRETS);
    for name in ["xaes_256_gcm", "argon2", "hpke", "hkdf"] {
        assert!(
            control
                .iter()
                .any(|line| line.starts_with("shared/crypto/") && line.ends_with(name)),
            "{name} is not seen"
        );
    }
    let found = named_outside(&["shared/crypto/"], &SECRETS);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn only_the_platform_names_the_browser() {
    let graph = Graph::load();
    assert_eq!(declaring(&graph, &BROWSER), ["app"]);
    let control = named_outside(&[], &BROWSER);
    for name in ["web_sys", "js_sys", "rexie", "wasm_bindgen"] {
        assert!(
            control
                .iter()
                .any(|line| line.starts_with("app/src/platform") && line.ends_with(name)),
            "{name} is not seen"
        );
    }
    let found = named_outside(&["app/src/platform/", "app/src/platform.rs"], &BROWSER);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn automerge_stays_in_the_dossier() {
    let graph = Graph::load();
    assert_eq!(declaring(&graph, &["automerge"]), ["dossier"]);
    assert!(
        !named_outside(&[], &["automerge"]).is_empty(),
        "the scan is blind"
    );
    let found = named_outside(&["shared/dossier/"], &["automerge"]);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn invented_vaults_are_in_no_release() {
    let graph = Graph::load();
    let asks = |of: &str| {
        graph.declared(of).iter().any(|dependency| {
            dependency.name == "engine"
                && dependency
                    .features
                    .iter()
                    .any(|feature| feature == "fixture")
        })
    };
    assert!(asks("e2e"), "the bench uses them");
    assert!(!asks("app") && !asks("sync-server"));
}
