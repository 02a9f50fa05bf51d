//! The browser's own reader of codes, `BarcodeDetector`, where there is one (Chrome on Android and macOS).

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlVideoElement;

const FORMAT: &str = "qr_code";

/// A reader that runs beside the page.
pub(super) struct Detector {
    detector: JsValue,
    detect: Function,
}

impl Detector {
    /// `None` when there is none, or it knows no QR codes.
    pub(super) async fn find() -> Option<Self> {
        let class: Function = field(&js_sys::global(), "BarcodeDetector")?
            .dyn_into()
            .ok()?;
        let asked: Function = field(&class, "getSupportedFormats")?.dyn_into().ok()?;
        let asked: Promise = asked.call0(&class).ok()?.dyn_into().ok()?;
        let formats: Array = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
        let format = JsValue::from_str(FORMAT);
        if !formats.includes(&format, 0) {
            return None;
        }
        let options = Object::new();
        let only = Array::of1(&format);
        Reflect::set(&options, &JsValue::from_str("formats"), &only).ok()?;
        let detector = Reflect::construct(&class, &Array::of1(&options)).ok()?;
        let detect = field(&detector, "detect")?.dyn_into().ok()?;
        Some(Self { detector, detect })
    }

    /// The texts of all codes in what `video` shows now; `None` when the reader gave up.
    pub(super) async fn look(&self, video: &HtmlVideoElement) -> Option<Vec<String>> {
        let asked = self.detect.call1(&self.detector, video).ok()?;
        let asked: Promise = asked.dyn_into().ok()?;
        let found: Array = JsFuture::from(asked).await.ok()?.dyn_into().ok()?;
        let texts = found
            .iter()
            .filter_map(|code| field(&code, "rawValue")?.as_string());
        Some(texts.collect())
    }
}

fn field(of: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(of, &JsValue::from_str(name)).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}
