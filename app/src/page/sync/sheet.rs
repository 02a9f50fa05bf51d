//! **Verzenden en ontvangen**: what was sent and received, what waits and why, what each device holds.

use engine::command::{Command, RefusedRow, Reply, WaitingList, WaitingRow};
use engine::sync::Trouble;
use leptos::prelude::*;

use super::moment;
use crate::page::devices::{DeviceNames, ReceiptLine};
use crate::page::load::{FailureNotice, Loaded, load};
use crate::page::server;
use crate::page::session::use_session;
use crate::ui::{
    Actions, Button, ButtonKind, Dialog, DialogLeave, Form, Notice, NoticeKind, SummaryList,
    SummaryRow, TextInput,
};
use crate::words::{self, devices, sync as text};

const INVITE: &str = "uitnodigingscode";

/// The dialog behind the chip.
#[component]
pub(super) fn Sheet(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog open id="verzenden" title=text::sheet()>
            <Content />
        </Dialog>
    }
}

#[component]
fn Content() -> impl IntoView {
    let session = use_session();
    let now = Memo::new(move |_| session.sync().get().unwrap_or_default());
    let at =
        move |ms: i64| moment(ms).map_or(text::never().to_owned(), |at| words::date::moment(&at));
    let trouble = Memo::new(move |_| now.read().trouble);
    let is_refilling = Memo::new(move |_| now.read().is_refilling);
    let clock_off = Memo::new(move |_| now.read().clock_off_ms);
    let try_now = move || session.vault().try_now();
    view! {
        {move || trouble.get().map(|trouble| view! { <TroubleNotice trouble /> })}
        <Show when=move || is_refilling.get()>
            <Notice kind=NoticeKind::Danger testid="refilling">
                <p>{text::wiped()}</p>
                <p>{text::safe_here()}</p>
            </Notice>
        </Show>
        {move || {
            (clock_off.get() != 0)
                .then(|| {
                    view! {
                        <Notice kind=NoticeKind::Warning testid="clock-off">
                            <p>{text::clock_off(clock_off.get())}</p>
                        </Notice>
                    }
                })
        }}
        <SummaryList>
            <SummaryRow key=text::last_sent()>
                <span data-testid="last-sent">{move || at(now.read().last_sent_at)}</span>
            </SummaryRow>
            <SummaryRow key=text::last_received()>
                <span data-testid="last-received">{move || at(now.read().last_received_at)}</span>
            </SummaryRow>
        </SummaryList>
        <Waiting />
        <Others />
        <Actions>
            <Button on_press=try_now>{text::try_now()}</Button>
            <DialogLeave label=words::common::close() />
        </Actions>
    }
}

/// Why it does not go on; where an invitation helps, a place to type it.
#[component]
fn TroubleNotice(trouble: Trouble) -> impl IntoView {
    let session = use_session();
    let kind = match trouble {
        Trouble::Unreachable => NoticeKind::Offline,
        Trouble::Patience => NoticeKind::Info,
        Trouble::Tampered
        | Trouble::Withheld
        | Trouble::Rollback
        | Trouble::ChainFork
        | Trouble::Revoked => NoticeKind::Danger,
        _ => NoticeKind::Warning,
    };
    let invite = RwSignal::new(session.invite());
    let hand_in = move || server::use_invite(session, invite.get_untracked().trim().to_owned());
    let needs_invite = matches!(trouble, Trouble::InviteNeeded | Trouble::InviteBad);
    view! {
        <Notice kind>
            <p data-testid="last-error">{text::trouble(trouble)}</p>
            <p>{text::safe_here()}</p>
        </Notice>
        {needs_invite
            .then(|| {
                view! {
                    <Form on_submit=hand_in>
                        <TextInput id=INVITE label=words::setup::invite() value=invite autocomplete="off" />
                        <Actions>
                            <Button kind=ButtonKind::Quiet submit=true>
                                {text::use_invite()}
                            </Button>
                        </Actions>
                    </Form>
                }
            })}
    }
}

/// What the server has not got, per client.
#[component]
fn Waiting() -> impl IntoView {
    let session = use_session();
    let list = load(
        move || {
            session.track_exchange();
            Some(Command::WaitingList)
        },
        |reply| match reply {
            Reply::WaitingList(list) => Some(list),
            _ => None,
        },
    );
    let state = Memo::new(move |_| list.read().map(|_| ()));
    let list = Memo::new(move |_| match list.get() {
        Loaded::Ready(list) => list,
        Loaded::Waiting | Loaded::Failed(_) => WaitingList::default(),
    });
    let rows = move || {
        let rows = list.get().waiting.into_iter();
        rows.map(|row| view! { <WaitingLine row /> }).collect_view()
    };
    // Each stays as long as it is refused, so that the keyboard stays on its button.
    let refused = move || list.get().refused;
    let is_refilling = Memo::new(move |_| {
        session
            .sync()
            .read()
            .is_some_and(|status| status.is_refilling)
    });
    let is_empty = move || {
        let is_known = *state.read() == Loaded::Ready(());
        !is_refilling.get()
            && is_known
            && list.with(|list| list.waiting.is_empty() && list.refused.is_empty())
    };
    let failure = move || match state.get() {
        Loaded::Failed(failure) => Some(view! { <FailureNotice failure /> }),
        Loaded::Waiting | Loaded::Ready(()) => None,
    };
    view! {
        <section class="l-stack" aria-labelledby="staat-klaar">
            <h3 id="staat-klaar">{text::waits()}</h3>
            {failure}
            <Show when=is_empty>
                <p>{text::nothing_waits()}</p>
            </Show>
            <ul class="p-rows" role="list" data-testid="waiting-list">
                {rows}
            </ul>
            <For each=refused key=|row| row.record let:row>
                <RefusedLine row />
            </For>
        </section>
    }
}

#[component]
fn WaitingLine(row: WaitingRow) -> impl IntoView {
    let name = client_name(row.client.map(|(_, name)| name));
    let since = row.since.and_then(moment);
    view! {
        <li class="p-rows__row">
            <strong>{name}</strong>
            <span>
                {devices::changes(row.count)} {since.map(|since| text::since(&words::date::moment(&since)))}
            </span>
        </li>
    }
}

/// A record the server does not take, with the way out.
#[component]
fn RefusedLine(row: RefusedRow) -> impl IntoView {
    let session = use_session();
    let record = row.record;
    let retry = move || {
        session.spawn(async move {
            if session.ask(Command::RetryRefused { record }).await.is_ok() {
                session.note_write();
                session.vault().try_now();
            }
        });
    };
    let name = client_name(row.client.map(|(_, name)| name));
    view! {
        <Notice
            kind=NoticeKind::Warning
            heading=text::refused(&name)
            region=text::refused(&name)
            testid="refused"
        >
            <p>{text::refused_text(row.code)}</p>
            <Actions>
                <Button kind=ButtonKind::Quiet on_press=retry>
                    {text::retry()}
                </Button>
            </Actions>
        </Notice>
    }
}

fn client_name(name: Option<String>) -> String {
    name.unwrap_or_else(|| text::no_client().to_owned())
}

/// The other devices, and six words to compare with them.
#[component]
fn Others() -> impl IntoView {
    let session = use_session();
    let names = DeviceNames::load();
    let head = load(
        move || {
            session.track_exchange();
            Some(Command::HeadWords)
        },
        |reply| match reply {
            Reply::HeadWords(words) => Some(words),
            _ => None,
        },
    );
    let others = move || {
        let mut rows = names.rows();
        rows.retain(|row| !row.is_own);
        rows
    };
    let lines = move || {
        let lines = others().into_iter().map(|row| {
            let name = devices::name(&row);
            view! {
                <li class="p-rows__row">
                    <strong>{name}</strong>
                    <ReceiptLine row />
                </li>
            }
        });
        lines.collect_view()
    };
    view! {
        <section class="l-stack" aria-labelledby="andere-apparaten">
            <h3 id="andere-apparaten">{text::others()}</h3>
            <Show when=move || others().is_empty()>
                <p>{text::no_others()}</p>
            </Show>
            <ul class="p-rows" role="list">
                {lines}
            </ul>
            {move || match head.get() {
                Loaded::Ready(Some(head)) => {
                    Some(
                        view! {
                            <p>{text::head_words_text()}</p>
                            <p class="p-code p-code--words" data-testid="head-words">
                                {head.join(" ")}
                            </p>
                        },
                    )
                }
                _ => None,
            }}
        </section>
    }
}
