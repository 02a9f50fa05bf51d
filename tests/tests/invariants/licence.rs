//! What the project stands on: licences that `deny.toml` allows, code from the registry alone.

use std::process::Command;

use serde_json::Value;

use super::workspace::root;

/// The machines whose code is checked: where it is built, and the browser.
const PLATFORMS: [&str; 2] = ["x86_64-unknown-linux-gnu", "wasm32-unknown-unknown"];

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn allowed() -> Vec<String> {
    let rules = std::fs::read_to_string(root().join("deny.toml")).unwrap();
    let rules: toml::Table = rules.parse().unwrap();
    let allowed = rules["licenses"]["allow"].as_array().unwrap();
    let names = allowed.iter().map(|name| name.as_str().unwrap().to_owned());
    names.collect()
}

/// Whether an expression like `MIT OR (Apache-2.0 AND ISC)` can be met with these licences alone.
fn is_met(expression: &str, allowed: &[String]) -> bool {
    // Older packages write `MIT/Apache-2.0`.
    spdx::Expression::parse_mode(expression, spdx::ParseMode::LAX).is_ok_and(|expression| {
        expression.evaluate(|asked| allowed.iter().any(|name| *name == asked.to_string()))
    })
}

fn packages() -> Vec<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut metadata = Command::new(cargo);
    metadata.args(["metadata", "--format-version", "1", "--locked"]);
    for platform in PLATFORMS {
        metadata.args(["--filter-platform", platform]);
    }
    let output = metadata.current_dir(root()).output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["packages"].as_array().unwrap().clone()
}

#[test]
fn every_package_has_a_licence_that_is_allowed_and_comes_from_the_registry() {
    let allowed = allowed();
    assert!(is_met("MIT/Apache-2.0", &allowed));
    assert!(is_met("GPL-3.0-only OR MIT", &allowed));
    assert!(!is_met("GPL-3.0-only AND MIT", &allowed));
    assert!(!is_met("", &allowed));

    let packages = packages();
    assert!(packages.len() > 300, "{} packages", packages.len());
    for package in &packages {
        let name = &package["name"];
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_met(licence, &allowed), "{name} has {licence:?}");
        if let Some(source) = package["source"].as_str() {
            assert_eq!(source, REGISTRY, "{name}");
        }
    }
}
