//! **Instellingen**: choices of this device, kept as soon as they are made.

use leptos::prelude::*;

use super::more::BackToMore;
use super::server;
use super::session::use_session;
use crate::platform::media;
use crate::platform::settings::{self, HIDDEN_MINUTES, IDLE_MINUTES, Settings, Theme};
use crate::ui::{Check, Choice, Form, FormErrors, NumberInput, PageTitle, RadioGroup, Status};
use crate::words::settings as words;

const IDLE: &str = "stilstand";
const HIDDEN: &str = "wegklikken";
/// What the radio of [`Theme::System`] carries.
const SYSTEM: &str = "system";

/// **Instellingen**.
#[component]
pub fn SettingsPage() -> impl IntoView {
    let kept = RwSignal::new(None::<String>);
    let keep = move |change: &dyn Fn(&mut Settings)| {
        let mut settings = settings::load();
        change(&mut settings);
        settings::save(&settings);
        media::apply(&settings);
        kept.set(None);
        kept.set(Some(words::kept().to_owned()));
    };
    let now = settings::load();
    let theme = RwSignal::new(now.theme.name().unwrap_or(SYSTEM).to_owned());
    let is_large = RwSignal::new(now.has_large_targets);
    let idle = RwSignal::new(now.idle_minutes.to_string());
    let hidden = RwSignal::new(now.hidden_minutes.to_string());
    let errors = FormErrors::new();
    let keep_idle = move || match check(&idle.read_untracked(), IDLE_MINUTES.0) {
        Ok(minutes) => {
            errors.set(IDLE, None);
            keep(&|settings| settings.idle_minutes = minutes);
        }
        Err(text) => errors.settle(IDLE, || Some(text)),
    };
    let keep_hidden = move || match check(&hidden.read_untracked(), HIDDEN_MINUTES.0) {
        Ok(minutes) => {
            errors.set(HIDDEN, None);
            keep(&|settings| settings.hidden_minutes = minutes);
        }
        Err(text) => errors.settle(HIDDEN, || Some(text)),
    };
    let themes = vec![
        Choice::new(SYSTEM, words::theme_system()),
        Choice::new("light", words::theme_light()),
        Choice::new("dark", words::theme_dark()),
    ];
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <p>{words::lead()}</p>
            <Form on_submit=move || {
                keep_idle();
                keep_hidden();
            }>
                <RadioGroup
                    id="kleuren"
                    label=words::theme()
                    value=theme
                    choices=themes
                    on_change=move || {
                        let theme = theme_of(&theme.read_untracked());
                        keep(&|settings| settings.theme = theme);
                    }
                />
                <Check
                    id="grote-knoppen"
                    label=words::large_targets()
                    hint=words::large_targets_hint().to_owned()
                    value=is_large
                    on_change=move || {
                        let is_large = is_large.get_untracked();
                        keep(&|settings| settings.has_large_targets = is_large);
                    }
                />
                <h2>{words::lock()}</h2>
                <NumberInput
                    id=IDLE
                    label=words::idle()
                    hint=words::idle_hint().to_owned()
                    unit=words::minutes().to_owned()
                    whole=true
                    value=idle
                    error=errors.of(IDLE)
                    on_input=move || errors.recheck(IDLE, || check(&idle.read_untracked(), IDLE_MINUTES.0).err())
                    on_change=keep_idle
                />
                <NumberInput
                    id=HIDDEN
                    label=words::hidden()
                    hint=words::hidden_hint().to_owned()
                    unit=words::minutes().to_owned()
                    whole=true
                    value=hidden
                    error=errors.of(HIDDEN)
                    on_input=move || errors.recheck(HIDDEN, || check(&hidden.read_untracked(), HIDDEN_MINUTES.0).err())
                    on_change=keep_hidden
                />
            </Form>
            <ServerChoice />
            <Status text=kept />
        </div>
    }
}

/// The server this device exchanges with; nothing where none was ever found.
#[component]
fn ServerChoice() -> impl IntoView {
    let session = use_session();
    let is_used = RwSignal::new(!settings::is_relay_off());
    settings::relay().map(|origin| {
        view! {
            <section class="l-stack">
                <h2>{words::server()}</h2>
                <p>{words::server_text()} " " <span data-testid="server">{origin}</span></p>
                <Check
                    id="server-gebruiken"
                    label=words::use_server()
                    hint=words::use_server_hint().to_owned()
                    value=is_used
                    on_change=move || server::set_used(session, is_used.get_untracked())
                />
            </section>
        }
    })
}

fn theme_of(name: &str) -> Theme {
    match name {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => Theme::System,
    }
}

fn check(typed: &str, range: std::ops::RangeInclusive<u8>) -> Result<u8, String> {
    let minutes: Option<u8> = typed.trim().parse().ok();
    minutes
        .filter(|minutes| range.contains(minutes))
        .ok_or_else(|| words::minutes_wrong(*range.start(), *range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_outside_the_range_name_the_range() {
        assert_eq!(check(" 30 ", 1..=30), Ok(30));
        for wrong in ["0", "31", "", "5,5", "vijf"] {
            assert_eq!(
                check(wrong, 1..=30),
                Err(words::minutes_wrong(1, 30)),
                "{wrong}"
            );
        }
    }
}
