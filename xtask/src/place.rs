//! Where things are in the repository.

use std::path::{Path, PathBuf};

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}

/// The folder cargo builds in.
pub(crate) fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// The built app; a developer's build stands apart so that it is never shipped.
pub(crate) fn dist(is_dev: bool) -> PathBuf {
    if is_dev {
        target().join("dist-dev")
    } else {
        root().join("dist")
    }
}

/// A program built for this machine.
pub(crate) fn program(profile: &str, name: &str) -> PathBuf {
    target()
        .join(profile)
        .join(name)
        .with_extension(std::env::consts::EXE_EXTENSION)
}
