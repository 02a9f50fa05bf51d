//! Notices, marks, live regions, waiting.

use leptos::prelude::*;

use super::Part;
use crate::ui::{Actions, Badge, Button, Notice, NoticeKind, Progress, Skeleton, Status};

/// Everything that tells something.
#[component]
pub(super) fn MessagePart() -> impl IntoView {
    view! {
        <Part title="Berichten">
            <Notice>"Je kunt dit later wijzigen."</Notice>
            <Notice kind=NoticeKind::Warning heading="Maak dit apparaat klaar">
                <p>"Zet Dossierkluis op je beginscherm. Dan ruimt de browser niets op."</p>
                <Actions>
                    <Button>"Zet op beginscherm"</Button>
                </Actions>
            </Notice>
            <Notice kind=NoticeKind::Danger heading="Het apparaat is vol">
                "Nieuw werk kan niet worden bewaard. Maak eerst ruimte."
            </Notice>
            <Notice kind=NoticeKind::Done heading="Bezoek ondertekend">
                "Alleen op dit apparaat."
            </Notice>
            <Notice kind=NoticeKind::Offline>"Je kunt gewoon doorwerken."</Notice>
            <Notice kind=NoticeKind::Conflict heading="Er zijn 2 antwoorden. Welke klopt?">
                "Anna en jij vulden iets anders in."
            </Notice>
            <div class="l-cluster">
                <Badge>"Concept"</Badge>
                <Badge kind=NoticeKind::Warning>"Identiteit"</Badge>
                <Badge kind=NoticeKind::Danger>"Niet leesbaar"</Badge>
                <Badge kind=NoticeKind::Done>"Ondertekend"</Badge>
                <Badge kind=NoticeKind::Offline>"Alleen op dit apparaat"</Badge>
                <Badge kind=NoticeKind::Conflict>"2 antwoorden"</Badge>
            </div>
            <Status text="Bewaard op dit apparaat" />
            <Progress id="g-voortgang" label="Kluis openen" done=60 />
            <Progress id="g-bezig" label="Bezig met bewaren" />
            <Skeleton rows=2 />
        </Part>
    }
}
