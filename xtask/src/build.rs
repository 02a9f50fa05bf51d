//! `build`: the app as a folder of files, each with a brotli and a gzip copy.
//!
//! Steps: compile the wasm module, make its JavaScript, gather the other files, name each by its
//! content, write what changed. Equal input gives equal output; unchanged files are left alone.

mod bundle;
mod compress;
mod module;
mod offline;
mod size;
mod style;

use std::path::PathBuf;

use crate::{machine, place};

/// What `build` can be told.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Build for developers into target/dist-dev: with the gallery at /galerij and the store conformance suite
    #[arg(long)]
    pub(crate) dev: bool,
}

/// Builds the app and prints its sizes.
///
/// # Errors
/// When a step fails. Being over the ceiling is not an error here; `ci` makes it one.
pub(crate) fn build(options: &Options) -> anyhow::Result<Built> {
    machine::install_wasm_target()?;
    let module = module::make(options.dev)?;
    let files = bundle::gather(module)?;
    let folder = place::dist(options.dev);
    let sizes = compress::write(&folder, &files, options.dev)?;
    let is_under_ceiling = options.dev || size::print(&sizes);
    Ok(Built {
        folder,
        is_under_ceiling,
    })
}

/// A finished build.
pub(crate) struct Built {
    /// The folder to serve.
    pub(crate) folder: PathBuf,
    /// Whether all that is needed offline stays under the ceiling of its transfer size.
    pub(crate) is_under_ceiling: bool,
}
