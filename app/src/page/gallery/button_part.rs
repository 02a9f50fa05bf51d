//! Buttons, links, dialogs, menus and chips.

use leptos::prelude::*;

use super::Part;
use crate::ui::{
    Actions, Button, ButtonKind, Chips, Choice, Dialog, DialogLeave, Form, Glyph, Link, LinkButton,
    Menu, MenuButton, TextInput, UndoToast,
};

/// Everything that is pressed.
#[component]
pub(super) fn ButtonPart() -> impl IntoView {
    let busy = RwSignal::new(true);
    let pressed = RwSignal::new(true);
    let is_open = RwSignal::new(false);
    let has_undo = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let filter = RwSignal::new("alle".to_owned());
    view! {
        <Part title="Knoppen en links">
            <Actions>
                <Button icon=Glyph::Sign>"Bezoek ondertekenen"</Button>
                <Button kind=ButtonKind::Quiet>"Terug"</Button>
                <Button kind=ButtonKind::Danger icon=Glyph::Bin>
                    "Concept verwijderen"
                </Button>
            </Actions>
            <Actions>
                <Button busy>"Ontgrendelen"</Button>
                <Button kind=ButtonKind::Quiet icon=Glyph::Eye pressed>
                    "Toon wachtwoord"
                </Button>
                <LinkButton href="#verder" kind=ButtonKind::Quiet icon=Glyph::Phone>
                    "Bellen"
                </LinkButton>
            </Actions>
            <Button wide=true testid="open-dialoog" on_press=move || is_open.set(true)>
                "Open de dialoog"
            </Button>
            <div class="l-cluster">
                <Menu id="meer-acties" label="Meer acties" icon=Glyph::Down>
                    <MenuButton on_press=|| () icon=Glyph::Print label="Afdrukken" />
                    <MenuButton on_press=|| () icon=Glyph::Document label="Aanvulling schrijven" />
                </Menu>
                <Button kind=ButtonKind::Quiet on_press=move || has_undo.set(true)>
                    "Toon ongedaan maken"
                </Button>
            </div>
            <p>
                "Een link in een zin: "
                <Link href="#lees" in_text=true>"lees waar je gegevens staan"</Link>
                "."
            </p>
            <Chips
                label="Toon"
                value=filter
                choices=["Recent", "Let op", "Alle", "Afgesloten"]
                    .map(|label| Choice::new(label.to_lowercase(), label))
                    .to_vec()
            />
            <Dialog open=is_open id="proef-dialoog" title="Concept verwijderen?">
                <Form on_submit=move || is_open.set(false)>
                    <p>"De tekst van dit concept verdwijnt van dit apparaat."</p>
                    <TextInput id="reden" label="Waarom?" value=reason optional=true />
                    <Actions>
                        <Button submit=true kind=ButtonKind::Danger>
                            "Verwijderen"
                        </Button>
                        <DialogLeave />
                    </Actions>
                </Form>
            </Dialog>
            <Show when=move || has_undo.get()>
                <UndoToast
                    text="Telefoonnummer gewijzigd."
                    on_undo=|| ()
                    on_end=move || has_undo.set(false)
                />
            </Show>
        </Part>
    }
}
