//! A QR code of a text, drawn as one path.
//!
//! Dark on white in every theme and on paper: many cameras read no code that is light on dark.

use std::fmt::Write;

use leptos::prelude::*;
use qrcodegen::{QrCode as Modules, QrCodeEcc};

/// White modules on each side (ISO/IEC 18004).
const QUIET: i32 = 4;

/// A QR code; it grows with its box. A text of more than 2,331 bytes fits in none, and nothing is drawn.
///
/// Who cannot use a camera needs the text beside it.
#[component]
pub fn QrCode(
    /// What a camera reads.
    #[prop(into)]
    text: Signal<String>,
    /// What it is: the picture's accessible name.
    #[prop(into)]
    label: Signal<String>,
    /// Where a program finds it.
    #[prop(optional, into)]
    testid: Option<String>,
) -> impl IntoView {
    move || {
        let Drawing { side, path } = draw(&text.get())?;
        let view = view! {
            <svg
                class="c-qr"
                role="img"
                aria-label=label
                data-testid=testid.clone()
                viewBox=format!("0 0 {side} {side}")
                shape-rendering="crispEdges"
                focusable="false"
            >
                <path fill="#fff" d=format!("M0 0h{side}v{side}h-{side}z")></path>
                <path fill="#000" d=path></path>
            </svg>
        };
        Some(view)
    }
}

/// The dark modules of a code with its quiet zone.
struct Drawing {
    /// Modules in a row, quiet zone included.
    side: i32,
    /// SVG path data, one module a unit.
    path: String,
}

fn draw(text: &str) -> Option<Drawing> {
    let modules = Modules::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = modules.size();
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let dark = (x..size).take_while(|&x| modules.get_module(x, y)).count();
            // At most 177 modules stand in a row.
            let dark = dark as i32;
            if dark > 0 {
                // Writing to a text does not fail.
                let _ = write!(path, "M{} {}h{dark}v1h-{dark}z", x + QUIET, y + QUIET);
            }
            x += dark + 1;
        }
    }
    Some(Drawing {
        side: size + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    /// The modules of a drawing, read back from its path.
    fn dark(drawing: &Drawing) -> Vec<Vec<bool>> {
        let side = drawing.side as usize;
        let mut modules = vec![vec![false; side]; side];
        for run in drawing.path.split_terminator('z') {
            let (at, shape) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
            let (x, y) = at.split_once(' ').unwrap();
            let (length, back) = shape.split_once("v1h-").unwrap();
            assert_eq!(length, back);
            let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
            let length: usize = length.parse().unwrap();
            for module in &mut modules[y][x..x + length] {
                assert!(!*module, "drawn twice");
                *module = true;
            }
        }
        modules
    }

    #[test]
    fn what_is_drawn_reads_back_and_stands_in_a_quiet_zone() {
        for text in [
            "",
            "7K3QF-0ZT5M@https://kluis.voorbeeld.nl",
            "é ☀",
            &"x".repeat(2_331),
        ] {
            let drawing = draw(text).unwrap();
            let modules = dark(&drawing);
            let side = drawing.side as usize;
            let quiet = QUIET as usize;
            for (y, row) in modules.iter().enumerate() {
                for (x, module) in row.iter().enumerate() {
                    let inside = quiet..side - quiet;
                    assert!(!module || inside.contains(&x) && inside.contains(&y));
                }
            }
            let size = side - 2 * quiet;
            let grid = rqrr::SimpleGrid::from_func(size, |x, y| modules[y + quiet][x + quiet]);
            let (_, read) = rqrr::Grid::new(grid).decode().unwrap();
            assert_eq!(read, text);
        }
    }

    #[test]
    fn a_text_that_fits_in_no_code_is_not_drawn() {
        assert!(draw(&"x".repeat(2_332)).is_none());
    }
}
