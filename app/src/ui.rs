//! The design system: controls, containers and shells, with their behaviour and access built in.
//!
//! Knows no domain: every sentence comes in as a prop, generic words from
//! `words::common`, those of the camera from `words::camera`.
//! Sets no inline style (the content policy forbids it); looks live in `styles/`.
//!
//! A form in short: make [`FormErrors`], hand each field `error=errors.of("id")`, and on submit
//! call [`FormErrors::show`] with everything that is wrong; [`ErrorSummary`] does the rest.

#![allow(
    dead_code,
    unused_imports,
    reason = "a design system offers more than today's pages use"
)]
#![allow(
    unreachable_pub,
    reason = "what pages may use is pub, what only parts of the system may is pub(super)"
)]

mod badge;
mod button;
mod card;
mod check;
mod chips;
mod choice;
mod date_input;
mod dialog;
mod empty_state;
mod error_summary;
mod field;
mod form;
mod form_errors;
mod growth;
mod icon;
mod link;
mod list;
mod masked;
mod menu;
mod nav;
mod notice;
mod number_input;
mod page_title;
mod password_input;
mod person_header;
mod progress;
mod qr_code;
mod qr_scanner;
mod select;
mod shell;
mod skeleton;
mod status;
mod status_chip;
mod summary_list;
mod text_area;
mod text_input;
mod undo_toast;

pub use badge::Badge;
pub use button::{Button, ButtonKind};
pub use card::Card;
pub use check::{Check, CheckGroup};
pub use chips::Chips;
pub use choice::{Choice, RadioGroup};
pub use date_input::{DateInput, TimeInput};
pub use dialog::{Dialog, DialogLeave, on_dialog_leave};
pub use empty_state::EmptyState;
pub use error_summary::ErrorSummary;
pub use field::Field;
pub use form::{Actions, FieldGroup, Form};
pub use form_errors::{FieldError, FormErrors};
pub use growth::{Grown, Growth, ShowMore};
pub use icon::{Glyph, Icon};
pub use link::{Link, LinkButton};
pub use list::{List, ListRow};
pub use masked::Masked;
pub use menu::{Menu, MenuButton, MenuLink};
pub use nav::{MainNav, Place, SectionLink, SectionNav};
pub use notice::{Notice, NoticeKind};
pub use number_input::NumberInput;
pub use page_title::PageTitle;
pub use password_input::PasswordInput;
pub use person_header::PersonHeader;
pub use progress::Progress;
pub use qr_code::QrCode;
pub use qr_scanner::QrScanner;
pub use select::Select;
pub use shell::{AppShell, Panes, SkipLink};
pub use skeleton::Skeleton;
pub use status::Status;
pub use status_chip::StatusChip;
pub use summary_list::{SummaryList, SummaryRow};
pub use text_area::TextArea;
pub use text_input::{TextInput, Width};
pub use undo_toast::UndoToast;

pub(crate) use crate::platform::dom::{focus, focus_field};
