//! Every form control, right and wrong.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::Part;
use crate::ui::{
    Actions, Button, ButtonKind, Check, CheckGroup, Choice, DateInput, ErrorSummary, FieldError,
    FieldGroup, Form, FormErrors, Glyph, NumberInput, PasswordInput, RadioGroup, Select, TextArea,
    TextInput, TimeInput,
};

/// Two forms: one as it begins, one after a refused submit.
#[component]
pub(super) fn FormPart() -> impl IntoView {
    view! {
        <Part title="Formulier">
            <FreshForm />
        </Part>
        <Part title="Formulier met fouten">
            <WrongForm />
        </Part>
    }
}

fn text(value: &str) -> RwSignal<String> {
    RwSignal::new(value.to_owned())
}

#[component]
fn FreshForm() -> impl IntoView {
    let funding = RwSignal::new(BTreeSet::from(["zvw".to_owned()]));
    let pgb = RwSignal::new(false);
    view! {
        <Form on_submit=|| () label="Nieuw">
            <TextInput
                id="g-naam"
                label="Je naam"
                value=text("")
                hint="Zo sta je straks onder elk bezoek."
            />
            <TextInput
                id="g-agb"
                label="AGB-code"
                value=text("")
                optional=true
                inputmode="numeric"
                hint="8 cijfers"
            />
            <PasswordInput
                id="g-wachtwoord"
                label="Wachtwoord"
                value=text("vier losse woorden")
                show_label="Toon wachtwoord"
            />
            <DateInput
                id="g-geboren"
                field="geboortedatum"
                label="Geboortedatum"
                value=text("1 feb 1934")
                read_back="donderdag 1 februari 1934 (91 jaar)"
                hint="Bijvoorbeeld 1-2-1934"
            />
            <FieldGroup label="Tijd" inline=true>
                <TimeInput id="g-begin" label="Begintijd" value=text("0930") read_back="09:30" />
                <TimeInput id="g-eind" label="Eindtijd" value=text("") />
            </FieldGroup>
            <NumberInput
                id="g-gewicht"
                label="Gewicht"
                value=text("71,4")
                unit="kg"
                optional=true
            />
            <Select
                id="g-beroep"
                label="Beroep"
                value=text("")
                choices=["Verpleegkundige", "Verzorgende IG", "Helpende"]
                    .map(|label| Choice::new(label, label))
                    .to_vec()
            />
            <RadioGroup
                id="g-soort"
                label="Soort contact"
                value=text("huis")
                choices=vec![
                    Choice::new("huis", "Huisbezoek"),
                    Choice::new("telefoon", "Telefoon"),
                    Choice::new("overleg", "Overleg")
                        .with_hint("Met een collega of arts, zonder de cliënt."),
                ]
            />
            <RadioGroup
                id="g-ja"
                label="Is er een vertegenwoordiger?"
                value=text("")
                inline=true
                choices=vec![
                    Choice::new("ja", "Ja"),
                    Choice::new("nee", "Nee"),
                    Choice::new("onbekend", "Weet ik niet"),
                ]
            />
            <CheckGroup
                id="g-geld"
                label="Financiering"
                value=funding
                inline=true
                choices=["Zvw", "Wlz", "Wmo", "Jeugdwet", "Particulier"]
                    .map(|label| Choice::new(label.to_lowercase(), label))
                    .to_vec()
            />
            <Check id="g-pgb" label="Via pgb" value=pgb />
            <TextArea
                id="g-gedaan"
                label="Wat heb je gedaan?"
                value=text("")
                hint="Kort en feitelijk. De cliënt mag dit lezen."
            />
            <Actions>
                <Button submit=true>"Cliënt opslaan"</Button>
                <Button kind=ButtonKind::Quiet>"Annuleren"</Button>
            </Actions>
        </Form>
    }
}

#[component]
fn WrongForm() -> impl IntoView {
    let errors = FormErrors::new();
    let refuse = move || {
        errors.show(vec![
            FieldError::new("f-geboren", "Vul de geboortedatum in"),
            FieldError::new("f-soort", "Kies een soort contact"),
            FieldError::new("f-resultaat", "B19 Vul het resultaat in"),
        ]);
    };
    let born = text("31-02-1934");
    let recheck = move || {
        errors.recheck("f-geboren", || {
            born.read()
                .is_empty()
                .then(|| "Vul de geboortedatum in".to_owned())
        });
    };
    errors.set(
        "f-bsn",
        Some("Dit nummer klopt niet. Kijk het na.".to_owned()),
    );
    view! {
        <Form on_submit=refuse label="Met fouten">
            <ErrorSummary errors />
            <DateInput
                id="f-geboren"
                label="Geboortedatum"
                value=born
                error=errors.of("f-geboren")
                on_input=recheck
            />
            <TextInput
                id="f-bsn"
                label="Burgerservicenummer (BSN)"
                value=text("123456789")
                error=errors.of("f-bsn")
                hint="9 cijfers"
                inputmode="numeric"
            />
            <RadioGroup
                id="f-soort"
                label="Soort contact"
                value=text("")
                error=errors.of("f-soort")
                choices=vec![
                    Choice::new("huis", "Huisbezoek"),
                    Choice::new("telefoon", "Telefoon"),
                ]
            />
            <TextArea
                id="f-resultaat"
                label="Resultaat"
                value=text("")
                error=errors.of("f-resultaat")
            />
            <Actions>
                <Button submit=true icon=Glyph::Check testid="toon-fouten">
                    "Opslaan met fouten"
                </Button>
            </Actions>
        </Form>
    }
}
