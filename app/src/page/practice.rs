//! **Mijn praktijk**: who the caregiver is, for visits to come.

use dossier::edit::Edit;
use dossier::view::ProfileView;
use engine::command::{Command, Reply};
use leptos::prelude::*;

use super::answers::profile_cards;
use super::code::code;
use super::form::{FormArea, FormState};
use super::load::{LoadedView, load};
use super::more::BackToMore;
use super::session::use_session;
use super::setup::{ProfileFields, bind_profile, profile_input};
use crate::ui::{Actions, Button, PageTitle};
use crate::words::{form as form_words, practice as words};

/// **Mijn praktijk**.
#[component]
pub fn PracticePage() -> impl IntoView {
    let profile = load(
        || Some(Command::Profile),
        |reply| match reply {
            Reply::Profile(profile) => Some(profile),
            _ => None,
        },
    );
    let show = |profile| view! { <Edited profile /> }.into_any();
    view! {
        <div class="l-page">
            <BackToMore />
            <PageTitle title=words::title() take_focus=true />
            <p>{words::lead()}</p>
            <LoadedView of=profile view=show />
        </div>
    }
}

#[component]
fn Edited(profile: ProfileView) -> impl IntoView {
    let session = use_session();
    let form = FormState::new("practice", None);
    form.text_or("naam", &profile.name);
    form.text_or("beroep", &code(&profile.profession));
    form.text_or("agb", profile.agb.as_deref().unwrap_or_default());
    form.text_or(
        "agb-onderneming",
        profile.agb_practice.as_deref().unwrap_or_default(),
    );
    bind_profile(form);
    let submit = move || {
        session.spawn(async move {
            let edit = Edit::SetProfile(profile_input(form));
            if form.submit(edit).await.is_some() {
                session.say_done(form_words::saved());
            }
        });
    };
    view! {
        {profile_cards(&profile)}
        <FormArea form on_submit=submit>
            <ProfileFields form with_practice=true />
            <Actions>
                <Button submit=true busy=form.busy()>
                    {words::save()}
                </Button>
            </Actions>
        </FormArea>
    }
}
