//! `protocol`, `crypto`, `dossier` and `engine` read no clock, make no randomness and do no IO.

use super::workspace::{Graph, Source, findings, shipped};

const PURE: [&str; 4] = ["protocol", "crypto", "dossier", "engine"];

const OUTSIDE_WORLD: [&str; 25] = [
    "SystemTime",
    "std::time",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "Date::now",
    "getrandom",
    "SysRng",
    "OsRng",
    "ThreadRng",
    "thread_rng",
    "rand::rng",
    "rand::random",
    "from_os_rng",
    "RandomState",
    "std::fs",
    "std::net",
    "std::io",
    "std::env",
    "std::process",
    "std::thread",
    "println!",
    "eprintln!",
    "dbg!",
    "tokio",
];

/// Packages that are a source of randomness, time or IO by themselves.
const SOURCES: [&str; 8] = [
    "getrandom",
    "rand",
    "tokio",
    "reqwest",
    "chrono",
    "time",
    "web-sys",
    "instant",
];

#[test]
fn the_shared_crates_know_nothing_of_the_outside_world() {
    let planted =
        "use std::fs;\nfn f() { let at = std::time::Instant::now(); OsRng.fill(x); println!() }";
    let planted = Source {
        path: "planted.rs".into(),
        text: planted.into(),
    };
    assert_eq!(findings(&[planted], &OUTSIDE_WORLD).len(), 5);
    for name in PURE {
        let sources = shipped(&format!("shared/{name}"));
        assert!(
            sources
                .iter()
                .any(|source| source.path.ends_with("/lib.rs") && source.text.contains("mod "))
        );
        let found = findings(&sources, &OUTSIDE_WORLD);
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[test]
fn the_shared_crates_depend_on_no_source_of_randomness_time_or_io() {
    let graph = Graph::load();
    let own = |name: &str| {
        let shipped = graph
            .declared(name)
            .iter()
            .filter(|dependency| !dependency.is_for_tests);
        shipped
            .map(|dependency| dependency.name.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        own("app").iter().any(|name| name == "getrandom"),
        "the check is blind"
    );
    for name in PURE {
        let found: Vec<_> = own(name)
            .into_iter()
            .filter(|name| SOURCES.contains(&name.as_str()))
            .collect();
        assert!(found.is_empty(), "{name} depends on {found:?}");
    }
}

#[test]
fn the_module_has_no_code_that_other_targets_leave_out() {
    let needles = ["target_arch", "target_family", "target_os", "cfg(wasm"];
    let planted = Source {
        path: "planted.rs".into(),
        text: "#[cfg(target_arch = \"wasm32\")] fn f() {}".into(),
    };
    assert_eq!(findings(&[planted], &needles).len(), 1);
    for name in [
        "app",
        "shared/protocol",
        "shared/crypto",
        "shared/dossier",
        "shared/engine",
    ] {
        let found = findings(&shipped(name), &needles);
        assert!(found.is_empty(), "{found:?}: lints run on one target only");
    }
}
