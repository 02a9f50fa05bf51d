//! Cards, lists, known facts, nothing yet.

use leptos::prelude::*;

use super::Part;
use crate::ui::{
    Badge, Button, ButtonKind, Card, EmptyState, Glyph, List, ListRow, Masked, NoticeKind,
    SummaryList, SummaryRow,
};

/// Everything that holds something.
#[component]
pub(super) fn BoxPart() -> impl IntoView {
    view! {
        <Part title="Kaarten en lijsten">
            <Card id="bezoeken-vandaag" title="Bezoeken vandaag">
                <List>
                    <ListRow href="#a" lead="08:00" title="Jan de Boer" meta="Zeist, 30 minuten">
                        <Button kind=ButtonKind::Quiet>"Start bezoek"</Button>
                    </ListRow>
                    <ListRow
                        href="#b"
                        lead="09:15"
                        title="Wilhelmina van der Heijden-'t Hoen"
                        meta="Utrecht, 45 minuten"
                    >
                        <Badge kind=NoticeKind::Warning>"Identiteit"</Badge>
                    </ListRow>
                    <ListRow href="#c" lead="11:00" title="Youssef El Amrani" meta="De Bilt" />
                </List>
            </Card>
            <div class="l-grid">
                <Card
                    id="laatste-bezoeken"
                    title="Laatste bezoeken"
                    add_href="#nieuw"
                    add_label="Nieuw bezoek"
                >
                    <p>"Gisteren 09:15, 45 minuten. Wondzorg linkerbeen."</p>
                </Card>
                <Card id="metingen" title="Gewicht">
                    <p class="p-number">"71,4 " <span class="p-number__unit">"kg"</span></p>
                    <p class="u-meta">"Gisteren 09:20"</p>
                </Card>
                <Card id="ondertekenen" title="Nog ondertekenen">
                    <EmptyState text="Alles is ondertekend." />
                </Card>
            </div>
            <Card id="gegevens-persoon" title="Persoon" nested=true>
                <SummaryList>
                    <SummaryRow key="Telefoonnummer" action="Wijzig" action_name="Wijzig telefoonnummer">
                        "06 12 34 56 78"
                    </SummaryRow>
                    <SummaryRow key="Adres" action="Wijzig" action_name="Wijzig adres">
                        "Oudegracht 12\n3511 AB Utrecht"
                    </SummaryRow>
                    <SummaryRow key="Burgerservicenummer (BSN)">
                        <Masked
                            mask="••••••782"
                            value="999990782"
                            show_label="BSN tonen"
                            hide_label="BSN verbergen"
                        />
                    </SummaryRow>
                </SummaryList>
            </Card>
            <EmptyState icon=Glyph::Calendar text="Nog geen bezoeken gepland.">
                <Button kind=ButtonKind::Quiet icon=Glyph::Plus>
                    "Nieuw bezoek"
                </Button>
            </EmptyState>
        </Part>
    }
}
