//! The card: every answer in full with who gave it, and the buttons.

use dossier::edit::Edit;
use dossier::id::ClientId;
use dossier::value::bsn::Bsn;
use dossier::view::{Answer, AnswerValue};
use engine::command::{Command, Failure, Reply};
use leptos::prelude::*;

use super::Devices;
use super::other::{Other, OtherPart, Typed};
use crate::page::client::moment;
use crate::page::load::{FailureNotice, Loaded};
use crate::page::session::{Rejected, Session, use_session};
use crate::platform::dom;
use crate::ui::{Button, ButtonKind, Masked, Notice, NoticeKind, focus_field};
use crate::words::{self, conflict as text};

/// Why no answer was chosen.
#[derive(Clone)]
enum Trouble {
    /// The answers are others by now.
    Gone,
    /// The edit was refused or failed.
    Rejected(Rejected),
}

/// What stands in a card besides its values.
#[derive(Clone, Copy)]
struct Asked {
    session: Session,
    /// Whose BSN the answers mask; its digits are asked when one is chosen.
    bsn_of: Option<ClientId>,
    typed: Option<Typed>,
    is_busy: RwSignal<bool>,
    trouble: RwSignal<Option<Trouble>>,
}

/// All answers of one value.
#[component]
pub(super) fn AnswersCard(
    /// Its id.
    id: String,
    /// The value they are about.
    name: &'static str,
    /// Stands in a list of questions: says what it is about.
    is_listed: bool,
    /// The answers as read, in their order.
    values: Vec<String>,
    /// The answers.
    answers: Vec<Answer>,
    /// What the devices are called.
    devices: Devices,
    /// Whose BSN it is about.
    bsn_of: Option<ClientId>,
    /// How something else is filled in.
    other: Other,
) -> impl IntoView {
    let asked = Asked {
        session: use_session(),
        bsn_of,
        typed: Typed::of(other),
        is_busy: RwSignal::new(false),
        trouble: RwSignal::new(None),
    };
    let heading = text::question(answers.len());
    let rows = answers.into_iter().zip(values).enumerate();
    let rows = rows.map(move |(place, (answer, value))| {
        view! { <AnswerRow number=place + 1 value answer devices asked /> }
    });
    let title_id = format!("{id}-title");
    let anchor = id.clone();
    Effect::new(move |_| {
        let (anchor, title_id) = (anchor.clone(), title_id.clone());
        request_animation_frame(move || {
            if dom::take_fragment(&anchor) {
                focus_field(&title_id);
            }
        });
    });
    view! {
        <Notice kind=NoticeKind::Conflict region=text::region(name) heading=heading id=id.clone()>
            {is_listed.then(|| view! { <p>{name}</p> })}
            {move || asked.trouble.get().map(|trouble| view! { <TroubleLine trouble /> })}
            <ul class="l-stack" role="list">
                {rows.collect_view()}
            </ul>
            <OtherPart id=format!("{id}-anders") other typed=asked.typed />
        </Notice>
    }
}

#[component]
fn AnswerRow(
    number: usize,
    value: String,
    answer: Answer,
    devices: Devices,
    asked: Asked,
) -> impl IntoView {
    let when = answer.recorded_at.map(moment);
    let author = answer.author.clone();
    let device = answer.device;
    let given = move || {
        let device = device.map(|device| device_name(&devices.read(), device));
        text::given(&author, device.as_deref(), when.as_deref())
    };
    let value = match asked.bsn_of {
        Some(client) => {
            view! { <MaskedBsn number mask=value client answer=answer.clone() asked /> }.into_any()
        }
        None => view! { <strong class="u-prewrap"><bdi>{value}</bdi></strong> }.into_any(),
    };
    let can_choose = answer.choose.is_some() || asked.bsn_of.is_some();
    let is_shown = answer.is_shown;
    let answer = StoredValue::new(answer);
    view! {
        <li class="l-stack l-stack--tight">
            <div data-testid=format!("conflict-value-{number}")>
                <p>{text::number(number)}": "{value}</p>
                <p>{given}</p>
                {is_shown.then(|| view! { <p>{text::is_shown()}</p> })}
            </div>
            {if can_choose {
                view! {
                    <div>
                        <Button
                            kind=ButtonKind::Quiet
                            busy=asked.is_busy
                            on_press=move || choose(asked, answer.get_value())
                        >
                            {text::choose(number)}
                        </Button>
                    </div>
                }
                    .into_any()
            } else {
                view! { <p>{text::cannot_be_chosen()}</p> }.into_any()
            }}
        </li>
    }
}

/// A BSN that is covered until the person wants to compare it.
#[component]
fn MaskedBsn(
    number: usize,
    mask: String,
    client: ClientId,
    answer: Answer,
    asked: Asked,
) -> impl IntoView {
    let whole = RwSignal::new(None::<String>);
    let answer = StoredValue::new(answer);
    let show = move || {
        asked.session.spawn(async move {
            let Some(answer) = answer.try_get_value() else {
                return;
            };
            match digits(asked.session, client, &answer).await {
                Ok(Some(digits)) => {
                    whole.try_set(Some(digits));
                }
                Ok(None) => {
                    asked.trouble.try_set(Some(Trouble::Gone));
                }
                Err(failure) => {
                    let rejected = Rejected::Failed(failure);
                    asked.trouble.try_set(Some(Trouble::Rejected(rejected)));
                }
            }
        });
    };
    view! {
        <Masked
            mask
            value=whole
            show_label=text::show_bsn(number)
            hide_label=text::hide_bsn(number)
            on_show=show
            on_hide=move || whole.set(None)
        />
    }
}

#[component]
fn TroubleLine(trouble: Trouble) -> impl IntoView {
    match trouble {
        Trouble::Gone => view! { <p role="alert">{text::is_gone()}</p> }.into_any(),
        Trouble::Rejected(Rejected::Failed(failure)) => {
            view! { <FailureNotice failure /> }.into_any()
        }
        Trouble::Rejected(Rejected::Problems(problems)) => {
            let lines = problems
                .iter()
                .map(|problem| view! { <p>{words::problem::sentence(problem)}</p> });
            view! { <div role="alert">{lines.collect_view()}</div> }.into_any()
        }
    }
}

/// Writes the choice; what was typed instead is thrown away.
fn choose(asked: Asked, answer: Answer) {
    if asked.is_busy.get_untracked() {
        return;
    }
    asked.is_busy.set(true);
    asked.trouble.set(None);
    asked.session.spawn(async move {
        let trouble = match edit_of(asked, answer).await {
            Ok(Some(edit)) => match asked.session.edit(edit, None).await {
                Ok(undo) => {
                    if undo.is_none() {
                        asked.session.say_done(words::form::saved());
                    }
                    if let Some(typed) = asked.typed {
                        typed.discard().await;
                    }
                    None
                }
                Err(rejected) => Some(Trouble::Rejected(rejected)),
            },
            Ok(None) => Some(Trouble::Gone),
            Err(failure) => Some(Trouble::Rejected(Rejected::Failed(failure))),
        };
        if matches!(trouble, Some(Trouble::Gone)) {
            // What is shown is old: it is asked again.
            asked.session.note_write();
        }
        asked.is_busy.try_set(false);
        asked.trouble.try_set(trouble);
    });
}

/// The edit that chooses an answer; of a BSN its digits are asked first.
async fn edit_of(asked: Asked, answer: Answer) -> Result<Option<Edit>, Failure> {
    match asked.bsn_of {
        None => Ok(answer.choose.map(|edit| *edit)),
        Some(client) => {
            let bsn = digits(asked.session, client, &answer).await?;
            Ok(bsn.map(|bsn| Edit::ChangeBsn { client, bsn }))
        }
    }
}

async fn digits(
    session: Session,
    client: ClientId,
    answer: &Answer,
) -> Result<Option<String>, Failure> {
    match session.ask(Command::BsnAnswers { client }).await? {
        Reply::BsnAnswers(answers) => Ok(unmasked(&answers, answer)),
        _ => Err(Failure::Internal),
    }
}

/// The digits behind a masked answer; none when no answer or more than one could be meant.
fn unmasked(answers: &[Answer], masked: &Answer) -> Option<String> {
    let AnswerValue::Text(mask) = &masked.value else {
        return None;
    };
    let mut found = answers.iter().filter_map(|answer| match &answer.value {
        AnswerValue::Text(digits)
            if (&answer.author, answer.device, answer.recorded_at)
                == (&masked.author, masked.device, masked.recorded_at) =>
        {
            let bsn = Bsn::parse(digits).ok()?;
            (bsn.masked() == *mask).then(|| digits.clone())
        }
        _ => None,
    });
    found.next().filter(|_| found.next().is_none())
}

fn device_name(devices: &Loaded<Vec<engine::command::DeviceRow>>, device: u16) -> String {
    let known = match devices {
        Loaded::Ready(rows) => rows.iter().find(|row| row.device == device),
        Loaded::Waiting | Loaded::Failed(_) => None,
    };
    known.map_or_else(|| words::devices::numbered(device), words::devices::name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bsn(text: &str, device: u16) -> Answer {
        Answer {
            value: AnswerValue::Text(text.into()),
            author: "Anna de Wit".into(),
            device: Some(device),
            recorded_at: Some(1_000),
            is_shown: false,
            choose: None,
        }
    }

    #[test]
    fn the_digits_behind_a_mask_are_those_of_the_same_answer() {
        let answers = [bsn("123456782", 0), bsn("111222333", 1)];
        let found = unmasked(&answers, &bsn("•••••2333", 1));
        assert_eq!(found.as_deref(), Some("111222333"));
        assert_eq!(unmasked(&answers, &bsn("•••••2333", 0)), None);
        assert_eq!(unmasked(&[], &bsn("•••••2333", 1)), None);
    }

    #[test]
    fn two_answers_that_cannot_be_told_apart_give_no_digits() {
        let answers = [bsn("123456782", 0), bsn("123456782", 0)];
        assert_eq!(unmasked(&answers, &bsn("•••••6782", 0)), None);
    }

    #[test]
    fn a_device_that_is_not_in_the_list_is_called_by_its_number() {
        let devices = Loaded::Ready(Vec::new());
        assert_eq!(device_name(&devices, 1), "Apparaat 2");
        assert_eq!(device_name(&Loaded::Waiting, 0), "Apparaat 1");
    }
}
