//! What a device's camera sees in a story: a video file that Chromium takes for a camera.

use std::path::Path;

use anyhow::{Context, Result};
use qrcodegen::{QrCode, QrCodeEcc};

/// Size of the picture in px.
pub const WIDTH: usize = 640;
/// Size of the picture in px.
pub const HEIGHT: usize = 480;

/// YUV4MPEG2: two pictures a second, whole ones, square px, 4:2:0.
const HEADER: &str = "YUV4MPEG2 W640 H480 F2:1 Ip A1:1 C420jpeg\n";
const FRAME: &str = "FRAME\n";
/// Chromium begins again after the last picture.
const FRAMES: usize = 4;

/// Modules left white around the code.
const QUIET: i32 = 4;
/// Brightness of table, paper and ink.
const TABLE: u8 = 128;
const PAPER: u8 = 235;
const INK: u8 = 24;
/// No colour.
const NEUTRAL: u8 = 128;

/// A video, in YUV4MPEG2, of a sheet with a QR code of `text` on a grey table; without a text, of the table alone.
///
/// # Errors
/// The text is too long for a code that stands in the picture with 4 px a module.
pub fn video(text: Option<&str>) -> Result<Vec<u8>> {
    let picture = picture(text)?;
    let mut video = HEADER.as_bytes().to_vec();
    for _ in 0..FRAMES {
        video.extend(FRAME.as_bytes());
        video.extend(&picture);
        // Two planes of colour at half the width and half the height.
        video.resize(video.len() + WIDTH * HEIGHT / 2, NEUTRAL);
    }
    Ok(video)
}

/// Writes [`video`] to a file, whose name must end in `.y4m`.
///
/// # Errors
/// As [`video`], and when the file cannot be written.
pub fn write_video(path: &Path, text: Option<&str>) -> Result<()> {
    std::fs::write(path, video(text)?).with_context(|| path.display().to_string())
}

/// Brightness of each px, row by row.
fn picture(text: Option<&str>) -> Result<Vec<u8>> {
    let mut picture = vec![TABLE; WIDTH * HEIGHT];
    let Some(text) = text else {
        return Ok(picture);
    };
    let code = QrCode::encode_text(text, QrCodeEcc::Medium)?;
    let side = code.size() + 2 * QUIET;
    let (width, height) = (WIDTH as i32, HEIGHT as i32);
    // Some table stays in sight around the sheet.
    let scale = (height - 40) / side;
    anyhow::ensure!(scale >= 4, "{side} modules do not fit");
    let (left, top) = ((width - side * scale) / 2, (height - side * scale) / 2);
    for (row, y) in picture.chunks_exact_mut(WIDTH).zip(0..) {
        for (px, x) in row.iter_mut().zip(0..) {
            let column = (x - left).div_euclid(scale);
            let line = (y - top).div_euclid(scale);
            if (0..side).contains(&column) && (0..side).contains(&line) {
                let is_dark = code.get_module(column - QUIET, line - QUIET);
                *px = if is_dark { INK } else { PAPER };
            }
        }
    }
    Ok(picture)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    const TEXT: &str = "7K3QF-0ZT5M@https://kluis.voorbeeld.nl";

    /// The pictures of a video, brightness only.
    fn pictures(video: &[u8]) -> Vec<&[u8]> {
        let frames = video.strip_prefix(HEADER.as_bytes()).unwrap();
        let length = FRAME.len() + WIDTH * HEIGHT * 3 / 2;
        assert_eq!(frames.len() % length, 0);
        let frames = frames.chunks_exact(length);
        frames
            .map(|frame| {
                let planes = frame.strip_prefix(FRAME.as_bytes()).unwrap();
                let (bright, colour) = planes.split_at(WIDTH * HEIGHT);
                assert!(colour.iter().all(|part| *part == NEUTRAL));
                bright
            })
            .collect()
    }

    fn read(picture: &[u8]) -> Vec<String> {
        let pixel = |x: usize, y: usize| picture[y * WIDTH + x];
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(WIDTH, HEIGHT, pixel);
        let grids = picture.detect_grids();
        grids.iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    #[test]
    fn every_picture_of_the_video_shows_the_code() {
        assert!(HEADER.contains(&format!("W{WIDTH} H{HEIGHT} ")));
        for text in [TEXT, &"x".repeat(200)] {
            let video = video(Some(text)).unwrap();
            let pictures = pictures(&video);
            assert_eq!(pictures.len(), FRAMES);
            for picture in pictures {
                assert_eq!(read(picture), [text]);
            }
        }
    }

    #[test]
    fn without_a_text_the_camera_sees_no_code() {
        let video = video(None).unwrap();
        assert!(
            pictures(&video)
                .into_iter()
                .all(|picture| read(picture).is_empty())
        );
    }

    #[test]
    fn a_text_that_would_be_too_small_to_read_is_refused() {
        assert!(video(Some(&"x".repeat(2_000))).is_err());
    }
}
