//! `ci`: what must hold before a change counts.

use std::process::Command;
use std::thread;
use std::time::Instant;

use anyhow::{anyhow, ensure};

use crate::{machine, run, shell, test};

/// Format, lints, dependencies, tests, budgets; stops at the first that fails.
///
/// # Errors
/// When a check fails.
pub(crate) fn ci() -> anyhow::Result<()> {
    let packages =
        thread::spawn(|| machine::install_browser().and_then(|()| machine::install_python()));
    machine::install_wasm_target()?;
    step("format", shell::cargo().args(["fmt", "--all", "--check"]))?;
    // Linking the module keeps one core busy for minutes; the other checks have the second meanwhile.
    let web = thread::spawn(test::build_both);
    // The app has no code for one target only: what is linted for this machine is the module's code, too.
    step(
        "lints",
        shell::cargo().args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    if shell::answers("cargo-deny", "--version") {
        step(
            "dependencies",
            shell::cargo().args(["deny", "check", "bans", "licenses", "sources"]),
        )?;
    } else {
        println!(
            "== dependencies: NOT CHECKED, cargo-deny is not installed (cargo install --locked cargo-deny)"
        );
    }
    step(
        "tests, compiled",
        shell::cargo().args(["test", "--workspace", "--no-run"]),
    )?;
    run::server()?;
    packages
        .join()
        .map_err(|_| anyhow!("installing packages stopped"))??;
    let built = web
        .join()
        .map_err(|_| anyhow!("building the app stopped"))??;
    println!("== tests");
    test::test_built(&built, &[])?;
    ensure!(
        built.is_under_ceiling,
        "the app grew over the ceiling of its transfer size"
    );
    println!("== all checks hold");
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "tells how long a check takes")]
fn step(name: &str, command: &mut Command) -> anyhow::Result<()> {
    println!("== {name}");
    let begin = Instant::now();
    shell::done(command)?;
    println!("== {name}: {} s", begin.elapsed().as_secs());
    Ok(())
}
