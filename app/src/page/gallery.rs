//! Every component in every state, at `/galerij` in development builds; a story looks at all of it.
//!
//! Its sample sentences stand here and not in `words`: no caregiver ever reads them.

#![allow(unreachable_pub, reason = "the component macro writes pub items")]

use leptos::prelude::*;

use crate::ui::{
    AppShell, Button, ButtonKind, Glyph, List, ListRow, MainNav, Menu, MenuButton, MenuLink, Panes,
    PersonHeader, Place, SectionLink, SectionNav,
};

mod box_part;
mod button_part;
mod form_part;
mod message_part;
mod qr_part;
mod text_part;

/// The gallery page.
#[component]
pub(crate) fn Gallery() -> impl IntoView {
    view! {
           <AppShell bar=|| view! { <Bar /> } nav=|| view! { <Nav /> }>
               <Panes open=true list=|| view! { <ClientList /> }>
                   <PersonHeader
                       name="Wilhelmina van der Heijden-'t Hoen"
                       screen="Galerij"
                       meta="Geboren op 3 maart 1941 (84), Utrecht"
                       attention_label="Let op"
                       attention="Valgevaar. Sleutel ligt bij de buren op nummer 14."
                       back_href="/galerij"
                       back_label="Cliënten"
                   />
                   <SectionNav
    label="Onderdelen"
    tools=|| view! { <Button icon=Glyph::Plus>"Nieuw bezoek"</Button> }>
                       <SectionLink href="/galerij" label="Overzicht" current=true />
                       <SectionLink href="#bezoeken" label="Bezoeken" />
                       <SectionLink href="#gegevens" label="Gegevens" />
                       <SectionLink href="#geschiedenis" label="Geschiedenis" />
                   </SectionNav>
                   <div class="l-page">
                       <button_part::ButtonPart />
                       <form_part::FormPart />
                       <message_part::MessagePart />
                       <box_part::BoxPart />
                       <qr_part::QrPart />
                       <text_part::TextPart />
                   </div>
               </Panes>
           </AppShell>
       }
}

#[component]
fn Bar() -> impl IntoView {
    view! {
        <Button kind=ButtonKind::Quiet icon=Glyph::Lock>
            "Op slot"
        </Button>
    }
}

#[component]
fn Nav() -> impl IntoView {
    view! {
        <MainNav label="Hoofdmenu">
            <Place href="/vandaag" icon=Glyph::Today label="Vandaag" />
            <Place href="/galerij" icon=Glyph::People label="Cliënten" current=true />
            <Menu id="nieuw" label="Nieuw" icon=Glyph::Plus place=true>
                <MenuLink href="#bezoek" icon=Glyph::Sign label="Nieuw bezoek" />
                <MenuLink href="#client" icon=Glyph::Person label="Nieuwe cliënt" />
                <MenuButton on_press=|| () icon=Glyph::Phone label="Nieuw contact" />
            </Menu>
            <Place href="/meer" icon=Glyph::More label="Meer" />
        </MainNav>
    }
}

#[component]
fn ClientList() -> impl IntoView {
    view! {
        <div class="l-page">
            <h2>"Lijst"</h2>
            <List label="Cliënten">
                <ListRow href="#1" title="Jan de Boer" meta="12-05-1938, Zeist" />
                <ListRow
                    href="#2"
                    title="Wilhelmina van der Heijden-'t Hoen"
                    meta="03-03-1941, Utrecht"
                    current=true
                />
                <ListRow href="#3" title="Youssef El Amrani" meta="30-11-1952, De Bilt" />
            </List>
        </div>
    }
}

/// One part of the gallery under its own heading.
#[component]
fn Part(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// The samples.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="p-gallery__part">
            <h2>{title}</h2>
            {children()}
        </section>
    }
}
