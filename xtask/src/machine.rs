//! What the machine must have beside rustup: the wasm target, a browser with its driver, Python.

use std::process::Command;

use anyhow::{Context, bail};

use crate::shell;

const WASM: &str = "wasm32-unknown-unknown";

/// Installs the wasm target through rustup if it is absent.
///
/// # Errors
/// When rustup fails; without rustup, when the compiler has no wasm target.
pub(crate) fn install_wasm_target() -> anyhow::Result<()> {
    if !shell::answers("rustup", "--version") {
        let library = shell::printed(shell::program("rustc").args([
            "--print",
            "target-libdir",
            "--target",
            WASM,
        ]))?;
        if std::path::Path::new(library.trim()).is_dir() {
            return Ok(());
        }
        bail!("install rustup (https://rustup.rs): this Rust has no {WASM} target");
    }
    let installed =
        shell::printed(shell::program("rustup").args(["target", "list", "--installed"]))?;
    if installed.lines().any(|line| line.trim() == WASM) {
        return Ok(());
    }
    shell::done(shell::program("rustup").args(["target", "add", WASM]))
}

/// Installs Chromium and its driver from the distribution's packages if they are absent.
///
/// # Errors
/// When they are absent and cannot be installed; the error says what to install.
pub(crate) fn install_browser() -> anyhow::Result<()> {
    let mut missing = Vec::new();
    if !["chromium", "google-chrome", "chromium-browser"]
        .iter()
        .any(|name| shell::answers(name, "--version"))
    {
        missing.push("chromium");
    }
    if !shell::answers("chromedriver", "--version") {
        missing.push("chromium-driver");
    }
    install_packages(&missing)
}

/// Installs Python with virtual environments if it is absent.
///
/// # Errors
/// As [`install_browser`].
pub(crate) fn install_python() -> anyhow::Result<()> {
    let has_venv = Command::new("python3")
        .args(["-c", "import venv, ensurepip"])
        .output()
        .is_ok_and(|output| output.status.success());
    if has_venv {
        return Ok(());
    }
    install_packages(&["python3", "python3-venv"])
}

fn install_packages(names: &[&str]) -> anyhow::Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let advice = || format!("install these and try again: {}", names.join(" "));
    if !shell::answers("apt-get", "--version") {
        bail!(advice());
    }
    let is_root = shell::printed(shell::program("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root && !shell::answers("sudo", "-nv") {
        bail!("{} (sudo apt-get install {})", advice(), names.join(" "));
    }
    println!("installing {}", names.join(" "));
    let apt = |arguments: &[&str]| {
        let mut command = shell::program(if is_root { "env" } else { "sudo" });
        command
            .args(if is_root { &[][..] } else { &["-n", "env"][..] })
            .args([
                "DEBIAN_FRONTEND=noninteractive",
                "apt-get",
                "-qq",
                "-o",
                "DPkg::Lock::Timeout=300",
            ])
            .args(arguments);
        shell::done(&mut command)
    };
    apt(&["update"]).with_context(advice)?;
    let mut install = vec!["install", "-y", "--no-install-recommends"];
    install.extend(names);
    apt(&install).with_context(advice)
}
