//! The camera at the back of the device, looking for a QR code.
//!
//! It is on only while it looks: not on a page out of sight, not after the code was found. A picture lives in memory
//! for as long as it is looked at and goes nowhere else.

mod detector;
mod frame;
mod reader;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use send_wrapper::SendWrapper;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, HtmlVideoElement, MediaDevices, MediaStream, MediaStreamConstraints,
    MediaStreamTrack, MediaStreamTrackState,
};

use self::detector::Detector;
use self::frame::Canvas;
use self::reader::Reader;
use super::{Listener, activity, clock, spawn};

pub use reader::{NAME as READER, run as run_reader};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the camera may take to give its first picture.
const FIRST_PICTURE_MS: i64 = 10_000;
/// Readers that break down one after the other before none is started any more.
const READERS_MAX: u32 = 3;
/// What is asked of the camera, in px; it may give something else.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

/// Why the camera cannot look for a code. Asking again may help with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CameraError {
    /// Browsers give the camera to https and to this machine itself only.
    #[error("the page is not in a secure context")]
    Insecure,
    /// There is none.
    #[error("there is no camera")]
    Missing,
    /// By the person, the device's settings or the server's headers.
    #[error("the camera was refused")]
    Refused,
    /// Something else uses it.
    #[error("the camera is in use")]
    Busy,
    /// It was given and shows nothing, or stopped.
    #[error("the camera gives no picture")]
    NoPicture,
    /// No code can be read here.
    #[error("pictures cannot be read")]
    Unreadable,
}

/// What a scan tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The camera is on and looks.
    Looking,
    /// The text of a code. Answer whether it is the wanted one: then the camera goes off.
    Code(String),
    /// The camera is off, until [`Scan::again`].
    Problem(CameraError),
}

/// A camera that looks for a code; it goes off when this is dropped.
pub struct Scan {
    inner: SendWrapper<Rc<Inner>>,
    _listeners: Vec<Listener>,
}

struct Inner {
    video: HtmlVideoElement,
    on_news: Box<dyn Fn(News) -> bool>,
    /// Grows with each start and stop: whoever waits sees that the camera is no longer his.
    run: Cell<u32>,
    is_on: Cell<bool>,
    /// Neither found nor failed: goes on when the page comes back in sight.
    is_wanted: Cell<bool>,
    stream: RefCell<Option<MediaStream>>,
}

impl Scan {
    /// Asks for the camera, shows it in `video` and looks for a code about five times a second.
    ///
    /// `on_news` answers whether a code is the wanted one; its other answers say nothing.
    pub fn start(video: HtmlVideoElement, on_news: impl Fn(News) -> bool + 'static) -> Self {
        let inner = Rc::new(Inner {
            video,
            on_news: Box::new(on_news),
            run: Cell::new(0),
            is_on: Cell::new(false),
            is_wanted: Cell::new(true),
            stream: RefCell::new(None),
        });
        let hidden = Rc::clone(&inner);
        let mut listeners = activity::on_hide(move || hidden.stop());
        if let Some(window) = web_sys::window() {
            for name in ["visibilitychange", "pageshow"] {
                let shown = Rc::clone(&inner);
                listeners.push(Listener::new(&window, name, move |_| shown.start()));
            }
        }
        inner.start();
        Self {
            inner: SendWrapper::new(inner),
            _listeners: listeners,
        }
    }

    /// Asks for the camera once more, after a problem.
    pub fn again(&self) {
        self.inner.is_wanted.set(true);
        self.inner.start();
    }
}

impl Drop for Scan {
    fn drop(&mut self) {
        self.inner.is_wanted.set(false);
        self.inner.stop();
    }
}

impl Inner {
    fn start(self: &Rc<Self>) {
        if self.is_on.get() || !self.is_wanted.get() || activity::is_hidden() {
            return;
        }
        self.is_on.set(true);
        let run = self.run.get() + 1;
        self.run.set(run);
        let inner = Rc::clone(self);
        spawn(async move {
            let outcome = inner.look(run).await;
            if inner.run.get() != run {
                return;
            }
            inner.is_wanted.set(false);
            inner.stop();
            if let Err(error) = outcome {
                (inner.on_news)(News::Problem(error));
            }
        });
    }

    /// Puts the camera off, and gives up a camera that is still to come.
    fn stop(&self) {
        self.run.set(self.run.get() + 1);
        self.is_on.set(false);
        if let Some(stream) = self.stream.take() {
            end(&stream);
        }
        self.video.set_src_object(None);
    }

    /// Looks until the code is found or this run is over.
    async fn look(&self, run: u32) -> Result<(), CameraError> {
        let stream = open().await?;
        if self.run.get() != run {
            end(&stream);
            return Ok(());
        }
        self.show(&stream);
        // Kept once: `clone` of a stream is the browser's, and makes a second camera that nobody puts off.
        self.stream.replace(Some(stream));
        (self.on_news)(News::Looking);

        let mut eye = Eye::open().await?;
        let started_at = clock::running_ms();
        while self.run.get() == run {
            if !self.stream.borrow().as_ref().is_some_and(is_live) {
                return Err(CameraError::NoPicture);
            }
            if self.video.video_width() > 0 {
                let texts = eye.look(&self.video).await?;
                if self.run.get() != run {
                    break;
                }
                if texts
                    .into_iter()
                    .any(|text| (self.on_news)(News::Code(text)))
                {
                    break;
                }
            } else if clock::running_ms() - started_at > FIRST_PICTURE_MS {
                return Err(CameraError::NoPicture);
            }
            clock::sleep(PAUSE).await;
        }
        Ok(())
    }

    fn show(&self, stream: &MediaStream) {
        // Without sound a video may begin by itself; on an iPhone it would else fill the screen.
        self.video.set_muted(true);
        let _ = self.video.set_attribute("playsinline", "");
        self.video.set_src_object(Some(stream));
        if let Ok(playing) = self.video.play() {
            // Refused when it is put off at once: then there is nothing to show.
            spawn(async move {
                let _ = JsFuture::from(playing).await;
            });
        }
    }
}

/// What looks at a picture: the browser's own reader, else ours.
enum Eye {
    Browser(Detector),
    Own {
        canvas: Canvas,
        reader: Reader,
        broken: u32,
    },
}

impl Eye {
    async fn open() -> Result<Self, CameraError> {
        match Detector::find().await {
            Some(detector) => Ok(Self::Browser(detector)),
            None => Self::own(0),
        }
    }

    fn own(broken: u32) -> Result<Self, CameraError> {
        Ok(Self::Own {
            canvas: Canvas::new().ok_or(CameraError::Unreadable)?,
            reader: Reader::start().map_err(|_| CameraError::Unreadable)?,
            broken,
        })
    }

    /// The texts of the codes in the picture that `video` shows now.
    async fn look(&mut self, video: &HtmlVideoElement) -> Result<Vec<String>, CameraError> {
        let broken = match self {
            Self::Browser(detector) => match detector.look(video).await {
                Some(texts) => return Ok(texts),
                None => 0,
            },
            Self::Own {
                canvas,
                reader,
                broken,
            } => {
                let Some(picture) = canvas.take(video) else {
                    return Ok(Vec::new());
                };
                match reader.read(&picture).await {
                    Ok(texts) => {
                        *broken = 0;
                        return Ok(texts);
                    }
                    Err(_) if *broken + 1 < READERS_MAX => *broken + 1,
                    Err(_) => return Err(CameraError::Unreadable),
                }
            }
        };
        *self = Self::own(broken)?;
        Ok(Vec::new())
    }
}

async fn open() -> Result<MediaStream, CameraError> {
    let window = web_sys::window().ok_or(CameraError::Insecure)?;
    let devices = window.navigator().media_devices();
    let devices: MediaDevices = devices
        .ok()
        .filter(|devices| window.is_secure_context() && !devices.is_undefined())
        .ok_or(CameraError::Insecure)?;
    let constraints = MediaStreamConstraints::new();
    constraints.set_audio(&JsValue::FALSE);
    constraints.set_video(&wishes());
    let asked = devices
        .get_user_media_with_constraints(&constraints)
        .map_err(|error| why(&error))?;
    let stream = JsFuture::from(asked).await.map_err(|error| why(&error))?;
    Ok(stream.unchecked_into())
}

/// The camera at the back, in a size that shows a code well; another one is better than none.
fn wishes() -> JsValue {
    let wishes = js_sys::Object::new();
    for (name, value) in [
        ("facingMode", JsValue::from_str("environment")),
        ("width", JsValue::from(WIDTH)),
        ("height", JsValue::from(HEIGHT)),
    ] {
        let wish = js_sys::Object::new();
        // Setting a field of a plain object does not fail.
        let _ = js_sys::Reflect::set(&wish, &JsValue::from_str("ideal"), &value);
        let _ = js_sys::Reflect::set(&wishes, &JsValue::from_str(name), &wish);
    }
    wishes.into()
}

fn why(error: &JsValue) -> CameraError {
    match error.dyn_ref::<DomException>() {
        Some(error) => by_name(&error.name()),
        None => CameraError::NoPicture,
    }
}

/// Names of the W3C's Media Capture and Streams, 10.3.
fn by_name(name: &str) -> CameraError {
    match name {
        "NotAllowedError" | "SecurityError" => CameraError::Refused,
        "NotFoundError" | "OverconstrainedError" => CameraError::Missing,
        "NotReadableError" | "AbortError" => CameraError::Busy,
        _ => CameraError::NoPicture,
    }
}

fn tracks(stream: &MediaStream) -> impl Iterator<Item = MediaStreamTrack> {
    let tracks = stream.get_tracks();
    tracks.into_iter().map(JsCast::unchecked_into)
}

fn is_live(stream: &MediaStream) -> bool {
    tracks(stream).any(|track| track.ready_state() == MediaStreamTrackState::Live)
}

fn end(stream: &MediaStream) {
    for track in tracks(stream) {
        track.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_says_becomes_what_a_person_can_act_on() {
        for (name, error) in [
            ("NotAllowedError", CameraError::Refused),
            ("NotFoundError", CameraError::Missing),
            ("OverconstrainedError", CameraError::Missing),
            ("NotReadableError", CameraError::Busy),
            ("InvalidStateError", CameraError::NoPicture),
        ] {
            assert_eq!(by_name(name), error, "{name}");
        }
    }
}
