//! One picture of a video, in grey, small enough to read quickly.

use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlVideoElement};

use super::reader::Grey;

/// Px in a row of what is looked at: a code of 45 modules that fills half of it has 5 px for each.
const SIDE: u32 = 480;

/// A canvas that stands on no page; emptied when this is dropped.
pub(super) struct Canvas {
    element: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Canvas {
    /// `None` when the browser has no room for it.
    pub(super) fn new() -> Option<Self> {
        let document = web_sys::window()?.document()?;
        let element = document.create_element("canvas").ok()?;
        let element: HtmlCanvasElement = element.dyn_into().ok()?;
        let options = js_sys::Object::new();
        // Each picture is read back: it had better never go to the graphics card.
        let often = JsValue::from_str("willReadFrequently");
        let _ = js_sys::Reflect::set(&options, &often, &JsValue::TRUE);
        let context = element.get_context_with_context_options("2d", &options);
        let context = context.ok()??.dyn_into().ok()?;
        Some(Self { element, context })
    }

    /// The square in the middle of what `video` shows now, which is what the page shows of it.
    pub(super) fn take(&self, video: &HtmlVideoElement) -> Option<Grey> {
        let (width, height) = (video.video_width(), video.video_height());
        let shown = width.min(height);
        let side = shown.min(SIDE);
        if side == 0 {
            return None;
        }
        if self.element.width() != side || self.element.height() != side {
            self.element.set_width(side);
            self.element.set_height(side);
        }
        let left = f64::from(width - shown) / 2.0;
        let top = f64::from(height - shown) / 2.0;
        let (shown, to) = (f64::from(shown), f64::from(side));
        self.context
            .draw_image_with_html_video_element_and_sw_and_sh_and_dx_and_dy_and_dw_and_dh(
                video, left, top, shown, shown, 0.0, 0.0, to, to,
            )
            .ok()?;
        let image = self.context.get_image_data(0.0, 0.0, to, to).ok()?;
        Some(Grey::from_rgba(u16::try_from(side).ok()?, &image.data()))
    }
}

impl Drop for Canvas {
    fn drop(&mut self) {
        self.element.set_width(0);
        self.element.set_height(0);
    }
}
