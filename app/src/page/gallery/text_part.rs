//! Type, icons, a signed entry and the recovery sheet.

use leptos::prelude::*;

use super::Part;
use crate::ui::{Badge, Glyph, Icon, NoticeKind};

const GLYPHS: [Glyph; 33] = [
    Glyph::Today,
    Glyph::People,
    Glyph::Person,
    Glyph::Plus,
    Glyph::More,
    Glyph::Lock,
    Glyph::Search,
    Glyph::Phone,
    Glyph::Route,
    Glyph::House,
    Glyph::Pencil,
    Glyph::Sign,
    Glyph::Check,
    Glyph::Close,
    Glyph::Back,
    Glyph::Forward,
    Glyph::Down,
    Glyph::Info,
    Glyph::Warning,
    Glyph::Danger,
    Glyph::Offline,
    Glyph::Conflict,
    Glyph::Undo,
    Glyph::Clock,
    Glyph::Calendar,
    Glyph::Document,
    Glyph::Print,
    Glyph::Eye,
    Glyph::Identity,
    Glyph::Device,
    Glyph::Pulse,
    Glyph::Bin,
    Glyph::Install,
];

/// What is only looked at.
#[component]
pub(super) fn TextPart() -> impl IntoView {
    view! {
        <Part title="Tekst en tekens">
            <h3>"Kop van een kaart"</h3>
            <p class="u-lead">"Een inleiding die zegt waar het over gaat."</p>
            <p>
                "Gewone tekst. Een regel is niet langer dan vijfenzestig tekens, zodat het oog de volgende regel vindt, ook bij slecht licht in een keuken."
            </p>
            <p class="u-meta">"Kleine tekst: gisteren 16:05, Anna de Wit"</p>
            <div class="l-cluster">
                {GLYPHS.map(|glyph| view! { <Icon glyph /> }).collect_view()}
            </div>
            <article class="p-entry" aria-label="Bezoek">
                <div class="p-entry__head">
                    <h3>"Huisbezoek 09:15 tot 10:00"</h3>
                    <Badge kind=NoticeKind::Done>"Ondertekend"</Badge>
                </div>
                <p class="p-entry__label">"Wat heb je gedaan?"</p>
                <p class="p-entry__text">"Wond linkerbeen verzorgd en verbonden.\nSteunkousen aangetrokken."</p>
                <p class="p-entry__label">"Resultaat"</p>
                <p class="p-entry__text">"Wond is schoon. Geen roodheid."</p>
                <p class="u-meta">"Anna de Wit, verpleegkundige, AGB 91012345"</p>
            </article>
            <div class="p-sheet">
                <h3>"Herstelblad"</h3>
                <p>"Bewaar dit blad op een veilige plek. Het opent je kluis als je het wachtwoord kwijt bent."</p>
                <ol class="p-sheet__groups" role="list">
                    {["7KQ2", "M9XA", "TR4H", "0ZPD", "W3NE", "6VBJ", "C8SY"]
                        .into_iter()
                        .enumerate()
                        .map(|(index, group)| {
                            view! {
                                <li class="p-sheet__group">
                                    <span class="p-sheet__number">{index.saturating_add(1)}</span>
                                    {group}
                                </li>
                            }
                        })
                        .collect_view()}
                </ol>
            </div>
        </Part>
    }
}
