//! Line icons of 24 px, drawn for this product; always beside a word.

use leptos::prelude::*;

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    /// A sun over the horizon: today.
    Today,
    /// Two people.
    People,
    /// One person.
    Person,
    /// Add.
    Plus,
    /// Three dots.
    More,
    /// Closed padlock.
    Lock,
    /// Magnifying glass.
    Search,
    /// Telephone.
    Phone,
    /// Pin on a map.
    Route,
    /// House.
    House,
    /// Pencil.
    Pencil,
    /// Pen nib over a line: sign.
    Sign,
    /// Tick.
    Check,
    /// Cross.
    Close,
    /// Arrow to the left.
    Back,
    /// Chevron to the right.
    Forward,
    /// Chevron down.
    Down,
    /// Circle with an i.
    Info,
    /// Triangle with an exclamation mark.
    Warning,
    /// Octagon with an exclamation mark.
    Danger,
    /// Cloud with a line through it.
    Offline,
    /// Two arrows that part.
    Conflict,
    /// Curved arrow back.
    Undo,
    /// Clock.
    Clock,
    /// Calendar leaf.
    Calendar,
    /// Sheet with lines.
    Document,
    /// Printer.
    Print,
    /// Eye.
    Eye,
    /// Card with a portrait.
    Identity,
    /// Tablet.
    Device,
    /// Wave of a measurement.
    Pulse,
    /// Waste bin.
    Bin,
    /// Arrow into a tray: install.
    Install,
}

impl Glyph {
    /// The strokes, as SVG path data in a box of 24 by 24.
    fn paths(self) -> &'static str {
        match self {
            Self::Today => "M4 18h16M7 18a5 5 0 0 1 10 0M12 5v3M4.9 10.4l2 1.4M19.1 10.4l-2 1.4",
            Self::People => {
                "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M15.5 4.4a3.5 3.5 0 0 1 0 6.2M18 14.6c2.2.9 3.5 2.8 3.5 5.4"
            }
            Self::Person => {
                "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c0-4 3.3-6.5 7.5-6.5s7.5 2.5 7.5 6.5"
            }
            Self::Plus => "M12 5v14M5 12h14",
            Self::More => {
                "M5.5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM12 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2zM18.5 13a1 1 0 1 0 0-2 1 1 0 0 0 0 2z"
            }
            Self::Lock => "M6 10.5h12v10H6zM8.5 10.5V7.5a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
            Self::Search => "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.3 15.3 20.5 20.5",
            Self::Phone => {
                "M6 3.5h3l1.5 4.5-2.2 1.6a11 11 0 0 0 6.1 6.1L16 13.5l4.5 1.5v3a2.5 2.5 0 0 1-2.7 2.5C10.3 20 4 13.7 3.5 6.2A2.5 2.5 0 0 1 6 3.5z"
            }
            Self::Route => {
                "M12 21c4.3-4.4 6.5-7.8 6.5-11a6.5 6.5 0 0 0-13 0c0 3.2 2.2 6.6 6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::House => "M4 11l8-7 8 7M6 9.5V20h12V9.5M10 20v-5.5h4V20",
            Self::Pencil => "M4 20l1-4.5L16.5 4l3.5 3.5L8.5 19zM14 6.5l3.5 3.5",
            Self::Sign => {
                "M3.5 20.5h17M5 16.5c3-8 6-12.5 8-12.5 3.5 0-2.5 12.5.5 12.5 2 0 2.5-3 4-3 1 0 .8 2 2.5 2"
            }
            Self::Check => "M4.5 12.5l5 5 10-11",
            Self::Close => "M6 6l12 12M18 6L6 18",
            Self::Back => "M19.5 12h-15M10.5 6l-6 6 6 6",
            Self::Forward => "M9 5.5l6.5 6.5L9 18.5",
            Self::Down => "M5.5 9l6.5 6.5L18.5 9",
            Self::Info => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5.5M12 7.5h.01",
            Self::Warning => "M12 4 2.8 20h18.4zM12 10v5M12 17.5h.01",
            Self::Danger => "M8.5 3.5h7l5 5v7l-5 5h-7l-5-5v-7zM12 7.5v6M12 16.5h.01",
            Self::Offline => {
                "M8 19h9.5a3.5 3.5 0 0 0 2-6.3M16.2 10.3A5.5 5.5 0 0 0 9 6.7M6.6 9.4A4.8 4.8 0 0 0 7 19M4 4l16 16"
            }
            Self::Conflict => {
                "M12 20.5V14M12 14 5.5 7.5M12 14l6.5-6.5M5.5 12V7.5H10M18.5 12V7.5H14"
            }
            Self::Undo => "M8.5 5 4 9.5 8.5 14M4 9.5h10a5.5 5.5 0 0 1 0 11h-4",
            Self::Clock => "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 7.5V12l3 2.5",
            Self::Calendar => "M4 6h16v14.5H4zM4 10.5h16M8.5 3.5V8M15.5 3.5V8",
            Self::Document => "M6 3.5h8l4.5 4.5v12.5H6zM13.5 3.5v5h5M9 12.5h6.5M9 16.5h6.5",
            Self::Print => "M7 9V3.5h10V9M7 17.5H3.5V9h17v8.5H17M7 14h10v6.5H7z",
            Self::Eye => {
                "M2.5 12c2.3-4.3 5.5-6.5 9.5-6.5s7.2 2.2 9.5 6.5c-2.3 4.3-5.5 6.5-9.5 6.5S4.8 16.3 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"
            }
            Self::Identity => {
                "M3 5.5h18v13H3zM8.5 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5.5 16c.3-1.7 1.5-2.5 3-2.5s2.7.8 3 2.5M14.5 9.5H18M14.5 13H18"
            }
            Self::Device => "M5.5 3.5h13v17h-13zM11 17.5h2",
            Self::Pulse => "M2.5 12.5H7l2.5-7 5 13 2.5-6h4.5",
            Self::Bin => "M4.5 6.5h15M9 6.5v-3h6v3M6.5 6.5l1 14h9l1-14M10.5 10.5v6M13.5 10.5v6",
            Self::Install => "M12 3.5V15M7.5 10.5 12 15l4.5-4.5M4 16v4.5h16V16",
        }
    }
}

/// An icon beside a word; hidden from assistive technology.
#[component]
pub fn Icon(
    /// Which icon.
    glyph: Glyph,
) -> impl IntoView {
    view! {
        <svg class="c-icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
            <path d=glyph.paths()></path>
        </svg>
    }
}
