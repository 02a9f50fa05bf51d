//! Reading QR codes from grey pictures, in a worker of its own.
//!
//! A picture can be anything, and looking for a code takes long on a slow tablet: a worker keeps the page at hand
//! whatever it shows, and a reader that breaks down takes nothing along.

use std::cell::RefCell;
use std::rc::Rc;

use futures_channel::oneshot;
use rqrr::PreparedImage;

use crate::platform::worker::{self, WorkerError, WorkerHandle};

/// Name of the worker that reads QR codes.
pub const NAME: &str = "qr";

/// Bytes in front of the pixels: width, big-endian.
const HEADER: usize = 2;

/// A picture in shades of grey, as it goes to the worker.
pub(super) struct Grey {
    message: Vec<u8>,
}

impl Grey {
    /// From rows of red, green, blue and opacity, one byte each.
    pub(super) fn from_rgba(width: u16, rgba: &[u8]) -> Self {
        let mut message = Vec::with_capacity(HEADER + rgba.len() / 4);
        message.extend(width.to_be_bytes());
        message.extend(rgba.chunks_exact(4).map(luminance));
        Self { message }
    }
}

/// Weights of ITU-R BT.601, in parts of 256.
fn luminance(pixel: &[u8]) -> u8 {
    let weighted = pixel.iter().zip([77_u32, 150, 29]);
    let sum: u32 = weighted
        .map(|(&colour, weight)| u32::from(colour) * weight)
        .sum();
    (sum >> 8) as u8
}

/// Reads in this worker, until it is ended.
pub fn run() {
    worker::listen(|message| {
        let texts = read(&message);
        worker::post(&postcard::to_stdvec(&texts).unwrap_or_default());
    });
}

/// The texts of all codes in a picture; none when the message is no picture.
fn read(message: &[u8]) -> Vec<String> {
    let Some((width, pixels)) = message.split_first_chunk::<HEADER>() else {
        return Vec::new();
    };
    let width = usize::from(u16::from_be_bytes(*width));
    let height = pixels.len().checked_div(width).unwrap_or_default();
    if height == 0 {
        return Vec::new();
    }
    let pixel = |x: usize, y: usize| pixels.get(y * width + x).copied().unwrap_or_default();
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, pixel);
    let grids = picture.detect_grids();
    let texts = grids.iter().filter_map(|grid| Some(grid.decode().ok()?.1));
    texts.collect()
}

type Asked = Rc<RefCell<Option<oneshot::Sender<Vec<u8>>>>>;

/// The worker, seen from the window.
pub(super) struct Reader {
    worker: WorkerHandle,
    asked: Asked,
}

impl Reader {
    /// Starts it.
    ///
    /// # Errors
    /// The browser refuses the worker.
    pub(super) fn start() -> Result<Self, WorkerError> {
        let asked = Asked::default();
        let (answered, broken) = (Rc::clone(&asked), Rc::clone(&asked));
        let worker = WorkerHandle::start(
            NAME,
            move |answer| {
                if let Some(asked) = answered.take() {
                    let _ = asked.send(answer);
                }
            },
            move || drop(broken.take()),
        )?;
        Ok(Self { worker, asked })
    }

    /// The texts of all codes in a picture. One picture at a time.
    ///
    /// # Errors
    /// The worker broke down; a new one may be started.
    pub(super) async fn read(&self, picture: &Grey) -> Result<Vec<String>, WorkerError> {
        let (sender, answer) = oneshot::channel();
        self.asked.replace(Some(sender));
        self.worker.post(&picture.message)?;
        let answer = answer.await.map_err(|_| WorkerError)?;
        postcard::from_bytes(&answer).map_err(|_| WorkerError)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use qrcodegen::{QrCode, QrCodeEcc};

    use super::*;

    /// A square picture with the code in the middle, `scale` px a module.
    fn picture(text: &str, side: i32, scale: i32) -> Vec<u8> {
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let margin = (side - code.size() * scale) / 2;
        let mut rgba = Vec::new();
        for y in 0..side {
            for x in 0..side {
                let at = |px: i32| (px - margin).div_euclid(scale);
                let shade = if code.get_module(at(x), at(y)) {
                    20
                } else {
                    230
                };
                rgba.extend([shade, shade, shade, 255]);
            }
        }
        rgba
    }

    #[test]
    fn a_code_is_read_from_a_picture() {
        let text = "7K3QF-0ZT5M@https://kluis.voorbeeld.nl";
        let rgba = picture(text, 480, 5);
        let grey = Grey::from_rgba(480, &rgba);
        assert_eq!(grey.message.len(), 2 + 480 * 480);
        assert_eq!(read(&grey.message), [text]);
        let turned: Vec<u8> = rgba.chunks_exact(4).rev().flatten().copied().collect();
        assert_eq!(read(&Grey::from_rgba(480, &turned).message), [text]);
    }

    #[test]
    fn a_picture_without_a_code_and_what_is_no_picture_give_nothing() {
        let blank = [128; 4 * 64 * 48];
        assert!(read(&Grey::from_rgba(64, &blank).message).is_empty());
        for message in [&[][..], &[1], &[0, 0], &[0, 0, 7, 7], &[0, 9, 1, 2]] {
            assert!(read(message).is_empty());
        }
    }

    #[test]
    fn green_is_brighter_than_red_and_red_than_blue() {
        let grey = Grey::from_rgba(
            5,
            &[
                0, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 255, 0, 255, 255, 255, 255, 255,
            ],
        );
        assert_eq!(grey.message, [0, 5, 0, 28, 76, 149, 255]);
    }
}
