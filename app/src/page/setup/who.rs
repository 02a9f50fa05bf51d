//! **Wie ben je?**, and the same fields for **Mijn praktijk**.

use dossier::edit::{Profession, ProfileInput};
use dossier::problem::{Fault, Field, Problem};
use dossier::value::agb::AgbCode;
use leptos::prelude::*;

use super::SetupState;
use crate::page::code::{choice, code};
use crate::page::form::{FormArea, FormState};
use crate::page::server::{self, Registration};
use crate::page::session::use_session;
use crate::ui::{Actions, Button, ButtonKind, Choice, PageTitle, Select, TextInput};
use crate::words::{common, practice as words, problem, setup};

/// Control ids.
const NAME: &str = "naam";
const PROFESSION: &str = "beroep";
const AGB: &str = "agb";
const INVITE: &str = "uitnodigingscode";
const AGB_PRACTICE: &str = "agb-onderneming";

const PROFESSIONS: [Profession; 6] = [
    Profession::Nurse,
    Profession::CareWorker,
    Profession::CareAssistant,
    Profession::SupportWorker,
    Profession::MaternityCareWorker,
    Profession::Other,
];

/// Says which field each control stands for, and checks each when the keyboard leaves it.
pub fn bind_profile(form: FormState) {
    form.bind(Field::ProfileName, NAME);
    form.bind(Field::Profession, PROFESSION);
    form.bind(Field::Agb, AGB);
    form.bind(Field::AgbPractice, AGB_PRACTICE);
    let check = move |field: Field, id: &'static str| {
        form.validate(id, move || {
            let problems = problems(&profile_input(form));
            problems
                .iter()
                .find(|problem| problem.field == field)
                .map(problem::sentence)
        });
    };
    check(Field::ProfileName, NAME);
    check(Field::Profession, PROFESSION);
    check(Field::Agb, AGB);
    check(Field::AgbPractice, AGB_PRACTICE);
}

/// The professions to choose from.
pub fn professions() -> Vec<Choice> {
    PROFESSIONS
        .iter()
        .map(|profession| Choice::new(code(profession), words::profession(*profession)))
        .collect()
}

/// The profile as typed.
pub fn profile_input(form: FormState) -> ProfileInput {
    ProfileInput {
        name: form.text(NAME).get_untracked(),
        profession: choice(&form.text(PROFESSION).get_untracked()),
        agb: form.text(AGB).get_untracked(),
        agb_practice: form.text(AGB_PRACTICE).get_untracked(),
    }
}

/// What can be seen to be wrong before there is a vault; the vault checks again.
fn problems(input: &ProfileInput) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut refuse = |field, fault| {
        problems.push(Problem {
            field,
            fault,
            rule: None,
        });
    };
    if input.name.trim().is_empty() {
        refuse(Field::ProfileName, Fault::Missing);
    }
    if input.profession.is_none() {
        refuse(Field::Profession, Fault::Missing);
    }
    for (field, agb) in [
        (Field::Agb, &input.agb),
        (Field::AgbPractice, &input.agb_practice),
    ] {
        if !agb.trim().is_empty() && AgbCode::parse(agb).is_err() {
            refuse(field, Fault::Malformed);
        }
    }
    problems
}

/// Name, profession and AGB; with the practice's AGB in **Mijn praktijk**.
#[component]
pub fn ProfileFields(
    /// The form they belong to.
    form: FormState,
    /// Also the practice.
    #[prop(optional)]
    with_practice: bool,
) -> impl IntoView {
    view! {
        <TextInput id=NAME label=words::name() value=form.text(NAME) error=form.error(NAME) autocapitalize="words" />
        <Select
            id=PROFESSION
            label=words::profession_label()
            value=form.text(PROFESSION)
            choices=professions()
            error=form.error(PROFESSION)
        />
        <TextInput
            id=AGB
            label=words::agb()
            hint=words::agb_hint().to_owned()
            value=form.text(AGB)
            error=form.error(AGB)
            optional=true
            inputmode="numeric"
            width=crate::ui::Width::Medium
        />
        {with_practice
            .then(|| {
                view! {
                    <TextInput
                        id=AGB_PRACTICE
                        label=words::agb_practice()
                        value=form.text(AGB_PRACTICE)
                        error=form.error(AGB_PRACTICE)
                        optional=true
                        inputmode="numeric"
                        width=crate::ui::Width::Medium
                    />
                }
            })}
    }
}

/// Step 1.
#[component]
pub fn WhoStep(
    /// What was filled in so far.
    state: SetupState,
    /// To the welcome.
    #[prop(into)]
    on_back: Callback<()>,
    /// To step 2.
    #[prop(into)]
    on_next: Callback<()>,
) -> impl IntoView {
    let form = state.who;
    bind_profile(form);
    let session = use_session();
    let registration = session.registration();
    let is_invited = move || registration.get() == Some(Registration::Invite);
    let invite = RwSignal::new(session.invite());
    let submit = move || {
        let problems = problems(&profile_input(form));
        form.show(&problems);
        if problems.is_empty() {
            if is_invited() {
                server::use_invite(session, invite.get_untracked().trim().to_owned());
            }
            on_next.run(());
        }
    };
    view! {
        <div class="p-lock__card">
            <p class="p-steps">{setup::step(1)}</p>
            <PageTitle title=setup::who() take_focus=true />
            <p>{setup::who_lead()}</p>
            <FormArea form on_submit=submit>
                <ProfileFields form />
                <Show when=is_invited>
                    <TextInput
                        id=INVITE
                        label=setup::invite()
                        hint=setup::invite_hint().to_owned()
                        value=invite
                        autocomplete="off"
                    />
                </Show>
                <Actions>
                    <Button submit=true>{common::next()}</Button>
                    <Button kind=ButtonKind::Quiet on_press=on_back>
                        {common::back()}
                    </Button>
                </Actions>
            </FormArea>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_and_profession_are_required_and_a_code_has_eight_digits() {
        let mut input = ProfileInput {
            name: " ".into(),
            agb: "1234".into(),
            ..ProfileInput::default()
        };
        let fields: Vec<Field> = problems(&input)
            .into_iter()
            .map(|problem| problem.field)
            .collect();
        assert_eq!(fields, [Field::ProfileName, Field::Profession, Field::Agb]);
        input.name = "Anna de Wit".into();
        input.profession = Some(Profession::Nurse);
        input.agb = "91012345".into();
        assert_eq!(problems(&input), []);
    }
}
