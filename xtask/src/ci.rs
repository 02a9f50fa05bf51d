//! `ci`: what must hold before a change counts.

use std::process::Command;
use std::thread;

use anyhow::{anyhow, ensure};

use crate::{build, machine, shell, test};

/// Format, lints, dependencies, tests, budgets; stops at the first that fails.
///
/// # Errors
/// When a check fails.
pub(crate) fn ci() -> anyhow::Result<()> {
    let packages =
        thread::spawn(|| machine::install_browser().and_then(|()| machine::install_python()));
    machine::install_wasm_target()?;
    step("format", shell::cargo().args(["fmt", "--all", "--check"]))?;
    let deny_warnings = ["--", "-D", "warnings"];
    step(
        "lints",
        shell::cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(deny_warnings),
    )?;
    step(
        "lints of the wasm module",
        shell::cargo()
            .args([
                "clippy",
                "--package",
                "app",
                "--bins",
                "--target",
                "wasm32-unknown-unknown",
            ])
            .args(deny_warnings),
    )?;
    if shell::answers("cargo-deny", "--version") {
        step("dependencies", shell::cargo().args(["deny", "check"]))?;
    } else {
        println!(
            "== dependencies: NOT CHECKED, cargo-deny is not installed (cargo install --locked cargo-deny)"
        );
    }
    packages
        .join()
        .map_err(|_| anyhow!("installing packages stopped"))??;
    let built = build::build(&build::Options { dev: false })?;
    println!("== tests");
    test::test_built(&built, &[])?;
    ensure!(
        built.is_under_ceiling,
        "the app grew over the ceiling of its transfer size"
    );
    println!("== all checks hold");
    Ok(())
}

fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("== {name}");
    shell::done(command)
}
