//! The wasm module and the JavaScript that loads it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::{place, shell};

/// The module, ready to be named and written.
pub(crate) struct Module {
    pub(crate) wasm: Vec<u8>,
    pub(crate) script: String,
    /// JavaScript that crates bring along, by the path the script imports it under (`./snippets/…`).
    pub(crate) snippets: BTreeMap<String, String>,
}

/// Compiles the app and makes its JavaScript; the second step is skipped while the first gives the same bytes.
///
/// # Errors
/// When the app does not compile, or a file cannot be read or written.
pub(crate) fn make(is_dev: bool) -> anyhow::Result<Module> {
    compile(is_dev)?;
    let compiled = place::target().join("wasm32-unknown-unknown/web/app.wasm");
    let bytes =
        fs::read(&compiled).with_context(|| format!("cannot read {}", compiled.display()))?;
    let folder = place::target().join(if is_dev { "bindgen-dev" } else { "bindgen" });
    let stamp = folder.join("input.sha256");
    let hash = hex::encode(Sha256::digest(&bytes));
    if fs::read_to_string(&stamp).is_ok_and(|seen| seen == hash) {
        return read(&folder);
    }
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    Bindgen::new()
        .input_bytes("app", bytes)
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(&folder)?;
    fs::write(stamp, hash)?;
    read(&folder)
}

/// Leptos then builds views of one type instead of one type per tree: far less code for the same pages.
const ERASED_VIEWS: &str = "--cfg=erase_components";

fn compile(is_dev: bool) -> anyhow::Result<()> {
    let mut cargo = shell::cargo();
    cargo.args([
        "build",
        "--package",
        "app",
        "--bin",
        "app",
        "--profile",
        "web",
    ]);
    cargo.args(["--target", "wasm32-unknown-unknown"]);
    if is_dev {
        cargo.args(["--features", "gallery,conformance"]);
        // What it depends on is as in the released module; putting it together takes a third of the time.
        cargo.args(["--config", "profile.web.package.app.opt-level=0"]);
    }
    for flag in equal_paths()
        .iter()
        .map(String::as_str)
        .chain([ERASED_VIEWS])
    {
        cargo.arg("--config").arg(format!(
            "target.wasm32-unknown-unknown.rustflags=[{flag:?}]"
        ));
    }
    shell::done(&mut cargo)
}

/// Paths in panic messages that are the same on every machine.
fn equal_paths() -> Vec<String> {
    let mut flags = vec![format!("--remap-path-prefix={}=.", place::root().display())];
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")));
    if let Some(home) = home {
        flags.push(format!("--remap-path-prefix={}=cargo", home.display()));
    }
    flags
}

fn read(folder: &Path) -> anyhow::Result<Module> {
    let mut snippets = BTreeMap::new();
    collect_scripts(folder, &folder.join("snippets"), &mut snippets)?;
    Ok(Module {
        wasm: fs::read(folder.join("app_bg.wasm"))?,
        script: fs::read_to_string(folder.join("app.js"))?,
        snippets,
    })
}

fn collect_scripts(
    base: &Path,
    folder: &Path,
    found: &mut BTreeMap<String, String>,
) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_scripts(base, &path, found)?;
        } else {
            let name = path
                .strip_prefix(base)?
                .to_string_lossy()
                .replace('\\', "/");
            found.insert(format!("./{name}"), fs::read_to_string(&path)?);
        }
    }
    Ok(())
}
