//! What a browser fetches once and keeps for offline use.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use super::Figure;
use crate::app_folder;

/// Everything needed for offline use, brotli (`cargo xtask build` has the same limit).
const LIMIT_BYTES: u64 = 900_000;

pub(super) fn figures() -> Result<Vec<Figure>> {
    let folder = app_folder()?;
    let worker = std::fs::read_to_string(folder.join("sw.js")).context("the app has no sw.js")?;
    let names = precached(&worker);
    ensure!(!names.is_empty(), "sw.js keeps nothing");
    let mut total = on_the_wire(&folder, "sw.js")?;
    for name in &names {
        total += on_the_wire(&folder, name)?;
    }
    let module = names
        .iter()
        .find(|name| name.ends_with(".wasm"))
        .context("no wasm module is kept")?;
    let module_bytes = on_the_wire(&folder, module)?;
    let note = format!(
        "{} files and sw.js, brotli where the server has it; the wasm module is {module_bytes} of it",
        names.len()
    );
    Ok(vec![Figure::bytes(
        "needed for offline use",
        total,
        LIMIT_BYTES,
        note,
    )])
}

/// Names on lines like `["/app.js", "sha256-…"],`.
fn precached(worker: &str) -> Vec<&str> {
    let lines = worker
        .lines()
        .filter_map(|line| line.trim().strip_prefix("[\"/"));
    lines
        .filter_map(|line| line.split_once("\", \"sha256-"))
        .map(|(name, _)| name)
        .collect()
}

fn on_the_wire(folder: &Path, name: &str) -> Result<u64> {
    let compressed = folder.join(format!("{name}.br"));
    let sent = if compressed.is_file() {
        compressed
    } else {
        folder.join(name)
    };
    Ok(std::fs::metadata(&sent)
        .with_context(|| format!("{} is missing", sent.display()))?
        .len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_the_service_worker_is_read() {
        let worker = "const PRECACHE = [\n  [\"/app-1.wasm\", \"sha256-a=\"],\n  [\"/index.html\", \"sha256-b=\"],\n];\nconst a = [\"/x\"];";
        assert_eq!(precached(worker), ["app-1.wasm", "index.html"]);
    }
}
