//! Reads a QR code with the camera.
//!
//! Begins as soon as it stands on the page, so a page shows it after a press on a button. What is wrong is said here;
//! the page keeps its field in which the code can be typed.

use leptos::html;
use leptos::prelude::*;

use super::button::{Button, ButtonKind};
use super::form::Actions;
use super::notice::{Notice, NoticeKind};
use crate::platform::camera::{CameraError, News, Scan};
use crate::words::camera as words;

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Starting,
    Looking,
    OtherCode,
    Read,
    Problem(CameraError),
}

/// What the camera sees, until it reads a code. The camera goes off then, with the page, and when this is taken away.
#[component]
pub fn QrScanner(
    /// The text of the code; comes once.
    #[prop(into)]
    on_code: Callback<String>,
    /// Whether a text is the one that is looked for; any, when not given. At another the person is told, and the camera
    /// looks on.
    #[prop(optional, into)]
    is_wanted: Option<Callback<String, bool>>,
    /// The camera cannot be used; the person is told already.
    #[prop(optional, into)]
    on_problem: Option<Callback<CameraError>>,
) -> impl IntoView {
    let state = RwSignal::new(State::Starting);
    let scan = StoredValue::new(None::<Scan>);
    let on_news = move |news| match news {
        News::Looking => {
            state.try_set(State::Looking);
            false
        }
        News::Code(text) => {
            let is_wanted = is_wanted.is_none_or(|is_wanted| is_wanted.run(text.clone()));
            let next = if is_wanted {
                State::Read
            } else {
                State::OtherCode
            };
            state.try_set(next);
            if is_wanted {
                on_code.run(text);
            }
            is_wanted
        }
        News::Problem(error) => {
            state.try_set(State::Problem(error));
            if let Some(on_problem) = on_problem {
                on_problem.run(error);
            }
            false
        }
    };
    let video = NodeRef::<html::Video>::new();
    video.on_load(move |video| {
        scan.try_update_value(|scan| *scan = Some(Scan::start(video, on_news)));
    });
    let again = move || {
        state.set(State::Starting);
        scan.with_value(|scan| {
            if let Some(scan) = scan {
                scan.again();
            }
        });
    };
    let is_shown = move || matches!(state.get(), State::Looking | State::OtherCode);
    let said = move || match state.get() {
        State::Starting => words::starting(),
        State::Looking => words::aim(),
        State::OtherCode => words::other_code(),
        State::Read => words::read(),
        State::Problem(_) => "",
    };
    let problem = move || {
        let State::Problem(error) = state.get() else {
            return None;
        };
        let view = view! {
            <Notice kind=NoticeKind::Warning heading=words::heading() alert=true testid="camera-problem">
                <p>{words::problem(error)}</p>
                <p>{words::type_instead()}</p>
                <Actions>
                    <Button kind=ButtonKind::Quiet on_press=again>
                        {words::again()}
                    </Button>
                </Actions>
            </Notice>
        };
        Some(view)
    };
    view! {
        <div class="c-scanner">
            // A picture of the surroundings says nothing to who cannot see it; the line below does.
            <video
                node_ref=video
                class="c-scanner__view"
                aria-hidden="true"
                hidden=move || !is_shown()
            ></video>
            <p class="c-scanner__line" role="status" data-testid="camera-state">
                {said}
            </p>
            {problem}
        </div>
    }
}
