//! **Apparaten**: the devices that hold this vault, their names, and adding one.

mod names;
mod pair;

use dossier::edit::Edit;
use engine::command::{Command, DeviceRow, Failure, Receipt, Reply};
use leptos::prelude::*;

pub use self::names::DeviceNames;
use self::pair::PairDialog;
use super::load::{FailureNotice, Loaded, LoadedView, load};
use super::more::BackToMore;
use super::session::{Rejected, use_session};
use crate::ui::{
    Actions, Badge, Button, ButtonKind, Card, Dialog, DialogLeave, FieldError, Form, FormErrors,
    Glyph, Notice, NoticeKind, PageTitle, TextInput,
};
use crate::words::{devices as words, form, problem};

/// Field of the dialog.
const NAME: &str = "apparaatnaam";

/// The devices of the account, asked again whenever the exchange went on.
pub fn load_devices() -> Signal<Loaded<Vec<DeviceRow>>> {
    let session = use_session();
    load(
        move || {
            session.track_exchange();
            Some(Command::Devices)
        },
        |reply| match reply {
            Reply::Devices(rows) => Some(rows),
            _ => None,
        },
    )
}

/// **Apparaten**.
#[component]
pub fn DevicesPage() -> impl IntoView {
    let session = use_session();
    let devices = load_devices();
    let pairing = RwSignal::new(false);
    let renaming = RwSignal::new(None::<DeviceRow>);
    let count = Memo::new(move |_| match &*devices.read() {
        Loaded::Ready(rows) => rows.len(),
        Loaded::Waiting | Loaded::Failed(_) => 0,
    });
    let has_server = Memo::new(move |_| session.sync().read().is_some());
    let show = move |rows: Vec<DeviceRow>| {
        let rows = rows
            .into_iter()
            .map(|row| view! { <DeviceCard row renaming /> });
        view! { <div class="l-stack">{rows.collect_view()}</div> }.into_any()
    };
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <p>{words::lead()}</p>
            <LoadedView of=devices view=show />
            <Show
                when=move || has_server.get()
                fallback=|| view! { <Notice><p>{words::no_server()}</p></Notice> }
            >
                <Actions>
                    <Button icon=Glyph::Plus on_press=move || pairing.set(true)>
                        {words::pair()}
                    </Button>
                </Actions>
            </Show>
            <PairDialog open=pairing count />
            <RenameDialog of=renaming />
        </div>
    }
}

/// Devices that were added elsewhere, until a person says here that it was them. On every page.
#[component]
pub fn AddedDevices() -> impl IntoView {
    let session = use_session();
    let sync = session.sync();
    let added = RwSignal::new(Vec::<DeviceRow>::new());
    let chain_len = Memo::new(move |_| sync.read().map_or(0, |status| status.chain_len));
    let look = move || {
        session.spawn(async move {
            if let Ok(Reply::Devices(rows)) = session.ask(Command::Devices).await {
                added.try_set(rows.into_iter().filter(|row| row.is_new).collect());
            }
        });
    };
    let has_added = Memo::new(move |_| !added.read().is_empty());
    Effect::new(move |_| {
        // Its name comes after its entry.
        if has_added.get() {
            session.track_writes();
        }
        // One entry is the account with its first device.
        if chain_len.get() > 1 {
            look();
        }
    });
    let seen = move |device: u16| {
        session.spawn(async move {
            let command = Command::DevicesSeen {
                devices: vec![device],
            };
            if session.ask(command).await.is_ok() {
                look();
            }
        });
    };
    move || {
        let rows = added.get().into_iter().map(|row| {
            let device = row.device;
            view! {
                <Notice
                    kind=NoticeKind::Warning
                    heading=words::added(&words::name(&row))
                    region=words::added(&words::name(&row))
                    testid="device-added"
                >
                    <p>{words::added_text()}</p>
                    <Actions>
                        <Button kind=ButtonKind::Quiet on_press=move || seen(device)>
                            {words::added_seen()}
                        </Button>
                    </Actions>
                </Notice>
            }
        });
        rows.collect_view()
    }
}

#[component]
fn DeviceCard(row: DeviceRow, renaming: RwSignal<Option<DeviceRow>>) -> impl IntoView {
    let name = words::name(&row);
    let rename = {
        let row = row.clone();
        move || renaming.set(Some(row.clone()))
    };
    let seen = (!row.is_own).then(|| words::last_seen(row.last_seen_at));
    view! {
        <Card id=format!("apparaat-{}", row.device) title=name.clone() group=true testid="device">
            <div class="l-cluster">
                {row.is_own.then(|| view! { <Badge icon=Glyph::Device>{words::this_one()}</Badge> })}
                {row.is_new.then(|| view! { <Badge>{words::added_mark()}</Badge> })}
                <Badge kind=NoticeKind::Done testid="device-status" state=words::active()>
                    {words::active()}
                </Badge>
            </div>
            {seen.map(|seen| view! { <p data-testid="last-seen">{seen}</p> })}
            {row.added_at.and_then(words::since).map(|since| view! { <p class="u-meta">{since}</p> })}
            {(!row.is_own).then(|| view! { <ReceiptLine row=row.clone() /> })}
            <Actions>
                <Button kind=ButtonKind::Quiet icon=Glyph::Pencil on_press=rename>
                    {words::rename()}
                </Button>
            </Actions>
        </Card>
    }
}

/// Another name for a device.
#[component]
fn RenameDialog(of: RwSignal<Option<DeviceRow>>) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(of.read().is_some()));
    view! {
        <Dialog open id="hernoemen" title=words::rename()>
            {move || of.get().map(|row| view! { <RenameForm row open /> })}
        </Dialog>
    }
}

#[component]
fn RenameForm(row: DeviceRow, open: RwSignal<bool>) -> impl IntoView {
    let session = use_session();
    let errors = FormErrors::new();
    let failure = RwSignal::new(None::<Failure>);
    let name = RwSignal::new(row.name.clone().unwrap_or_default());
    let (device, is_own) = (row.device, row.is_own);
    let save = move || {
        session.spawn(async move {
            let name = name.get_untracked();
            match session.edit(Edit::NameDevice { device, name }, None).await {
                Ok(_) => {
                    session.say_done(form::saved());
                    open.try_set(false);
                }
                Err(Rejected::Problems(problems)) => {
                    let texts = problems.iter().map(problem::sentence);
                    errors.show(texts.map(|text| FieldError::new(NAME, text)).collect());
                }
                Err(Rejected::Failed(other)) => {
                    failure.try_set(Some(other));
                }
            }
        });
    };
    view! {
        {move || failure.get().map(|failure| view! { <FailureNotice failure /> })}
        <Form on_submit=save>
            <TextInput
                id=NAME
                label=words::name_label(is_own)
                value=name
                error=errors.of(NAME)
                on_input=move || errors.set(NAME, None)
            />
            <Actions>
                <Button submit=true>{words::save_name()}</Button>
                <DialogLeave />
            </Actions>
        </Form>
    }
}

/// What a device holds of the work of this one: grey when it was away, amber when something was kept from it.
#[component]
pub fn ReceiptLine(
    /// Whose.
    row: DeviceRow,
) -> impl IntoView {
    let (kind, glyph) = match row.receipt {
        Receipt::All => (NoticeKind::Done, Glyph::Check),
        Receipt::Coming | Receipt::Away => (NoticeKind::Offline, Glyph::Offline),
        Receipt::Withheld { .. } => (NoticeKind::Warning, Glyph::Warning),
    };
    let receipt = words::receipt(&row);
    view! {
        <div class="l-cluster">
            <Badge kind icon=glyph testid="receipt">
                {receipt}
            </Badge>
            {(row.missing_here_count > 0)
                .then(|| {
                    view! {
                        <Badge kind=NoticeKind::Warning testid="missing-here">
                            {words::missing_here(row.missing_here_count)}
                        </Badge>
                    }
                })}
            {row
                .is_held
                .then(|| {
                    view! {
                        <Badge kind=NoticeKind::Danger testid="device-held">
                            {words::held()}
                        </Badge>
                    }
                })}
        </div>
    }
}
