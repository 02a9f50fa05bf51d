//! Writes the files with a brotli and a gzip copy beside each; what has not changed is left alone.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::bundle::File;

/// What one file weighs on the wire, in bytes.
pub(crate) struct Size {
    pub(crate) name: String,
    pub(crate) raw_bytes: usize,
    pub(crate) gzip_bytes: usize,
    pub(crate) brotli_bytes: usize,
}

/// Writes every file in the order given, then removes files of an earlier build. A developer's build is only lightly compressed.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write(folder: &Path, files: &[File], is_dev: bool) -> anyhow::Result<Vec<Size>> {
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let mut sizes = Vec::new();
    let mut kept = BTreeSet::new();
    for file in files {
        sizes.push(write_one(folder, file, if is_dev { 2 } else { 11 })?);
        for suffix in ["", ".br", ".gz"] {
            kept.insert(format!("{}{suffix}", file.name));
        }
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !kept.contains(entry.file_name().to_string_lossy().as_ref())
            && entry.file_type()?.is_file()
        {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(sizes)
}

fn write_one(folder: &Path, file: &File, quality: i32) -> anyhow::Result<Size> {
    let plain = folder.join(&file.name);
    let beside = |suffix: &str| folder.join(format!("{}{suffix}", file.name));
    let raw_bytes = file.bytes.len();
    let is_compressed = |bytes: &[u8]| !bytes.starts_with(b"\x89PNG");
    if !is_compressed(&file.bytes) {
        write_if_changed(&plain, &file.bytes)?;
        return Ok(Size {
            name: file.name.clone(),
            raw_bytes,
            gzip_bytes: raw_bytes,
            brotli_bytes: raw_bytes,
        });
    }
    let is_same = fs::read(&plain).is_ok_and(|bytes| bytes == file.bytes);
    if !is_same || !beside(".br").is_file() || !beside(".gz").is_file() {
        fs::write(beside(".br"), brotli(&file.bytes, quality)?)?;
        fs::write(beside(".gz"), gzip(&file.bytes)?)?;
        fs::write(&plain, &file.bytes)?;
    }
    let length = |suffix: &str| anyhow::Ok(usize::try_from(fs::metadata(beside(suffix))?.len())?);
    Ok(Size {
        name: file.name.clone(),
        raw_bytes,
        gzip_bytes: length(".gz")?,
        brotli_bytes: length(".br")?,
    })
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if !fs::read(path).is_ok_and(|seen| seen == bytes) {
        fs::write(path, bytes)?;
    }
    Ok(())
}

fn brotli(bytes: &[u8], quality: i32) -> anyhow::Result<Vec<u8>> {
    let settings = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        ..Default::default()
    };
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut out, &settings)?;
    Ok(out)
}

fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}
