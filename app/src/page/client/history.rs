//! **Geschiedenis**: who changed what, as sentences, newest first; each can be taken back while nothing followed.

use std::sync::Arc;

use dossier::calendar;
use dossier::edit::{ClientField, Edit};
use dossier::id::EntryId;
use dossier::view::{ClientView, ConflictAbout, Earlier, ValueChange};
use leptos::prelude::*;

use super::layout::{ClientLayout, Section};
use crate::page::answers::{Questions, client_value};
use crate::page::session::use_session;
use crate::ui::{Button, ButtonKind, EmptyState, Glyph};
use crate::words;

/// The screen.
#[component]
pub fn HistoryPage() -> impl IntoView {
    view! { <ClientLayout section=Section::History view=|client| history(client).into_any() /> }
}

/// One line of the list.
struct Change {
    change: EntryId,
    /// What it is about.
    label: &'static str,
    sentence: String,
    changed_at: i64,
    can_undo: bool,
}

impl Change {
    fn of_field(field: ClientField, entry: &Earlier, can_undo: bool) -> Self {
        let label = words::client::field_label(field);
        let aside = super::details::put_aside(field, entry);
        let from = super::details::shown(field, &entry.value);
        let to = super::details::shown(field, &entry.to);
        Self {
            change: entry.change,
            label,
            sentence: sentence(&entry.author, label, (&from, &to), &aside, from == to),
            changed_at: entry.changed_at,
            can_undo,
        }
    }

    fn of_value(of: &ValueChange) -> Self {
        let label = words::conflict::about(of.about);
        let read = |value| words::conflict::in_a_line(&client_value(of.about, value));
        let aside: Vec<_> = of.aside.iter().map(read).collect();
        let values = (read(&of.from), read(&of.to));
        Self {
            change: of.change,
            label,
            sentence: sentence(
                &of.author,
                label,
                (&values.0, &values.1),
                &aside,
                of.is_asked_again,
            ),
            changed_at: of.changed_at,
            can_undo: of.can_undo,
        }
    }
}

fn sentence(
    author: &str,
    label: &str,
    (from, to): (&str, &str),
    aside: &[String],
    is_asked_again: bool,
) -> String {
    if !aside.is_empty() {
        words::conflict::chosen(author, label, to, aside)
    } else if is_asked_again {
        words::conflict::asked_again(author, label)
    } else {
        words::client::changed(author, label, from, to)
    }
}

fn history(client: Arc<ClientView>) -> impl IntoView {
    let session = use_session();
    let changes = changes(&client);
    let opened_at = client.opened_at;
    let questions = Questions::of(client.clone()).all();
    let client = client.row.id;
    let has_questions = !questions.is_empty();
    let has_changes = !changes.is_empty();
    let rows = changes
        .into_iter()
        .map(|change| {
            let Change {
                change,
                label,
                sentence,
                changed_at,
                can_undo,
            } = change;
            let when = moment(changed_at);
            view! {
                <li class="p-entry" data-testid="history-line">
                    <p>{sentence}" · "{when}</p>
                    {can_undo
                        .then(|| {
                            view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    icon=Glyph::Undo
                                    on_press=move || {
                                        session.spawn(async move {
                                            let undo = Edit::UndoChange { client, change };
                                            if session.undo(undo).await.is_err() {
                                                session.say_done(words::shell::undo_failed());
                                            }
                                        })
                                    }
                                >
                                    {words::common::undo()}
                                    <span class="u-hidden">": "{label}</span>
                                </Button>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <h2>{words::client::history()}</h2>
        <p class="u-meta">{words::client::opened_on(&date_of(opened_at))}</p>
        {has_questions.then(|| view! { <div class="l-stack">{questions}</div> })}
        {if has_changes {
            view! { <ul class="l-stack" role="list">{rows}</ul> }.into_any()
        } else if has_questions {
            ().into_any()
        } else {
            view! { <EmptyState text=words::client::no_history() icon=Glyph::Clock /> }.into_any()
        }}
    }
}

/// All changes of all fields, of the plannings and of the identity, newest first. The newest of a field can be undone, unless its value is in question.
fn changes(client: &ClientView) -> Vec<Change> {
    let funding = (ClientField::Funding, &client.funding_earlier);
    let fields = client.fields.iter().map(|of| (of.field, &of.earlier));
    let mut changes = Vec::new();
    for (field, earlier) in fields.chain([funding]) {
        let is_settled = client.answers(ConflictAbout::Field(field)).is_empty();
        for (place, entry) in earlier.iter().enumerate() {
            changes.push(Change::of_field(field, entry, place == 0 && is_settled));
        }
    }
    changes.extend(client.other_changes.iter().map(Change::of_value));
    changes.sort_by_key(|change| std::cmp::Reverse(change.changed_at));
    changes
}

/// Local date and time of a moment.
pub fn moment(ms: i64) -> String {
    calendar::rfc3339(ms)
        .map(|text| words::date::moment(&text))
        .unwrap_or_default()
}

fn date_of(ms: i64) -> String {
    calendar::rfc3339(ms)
        .map(|text| words::date::short(words::date::date_of(&text)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use dossier::view::AnswerValue;

    #[test]
    fn a_choice_of_a_number_is_told_masked_and_what_was_taken_back_is_named() {
        let text = |text: &str| AnswerValue::Text(text.into());
        let mut of = ValueChange {
            about: ConflictAbout::Bsn,
            change: EntryId([1; 16]),
            from: text("•••••6782"),
            to: text("•••••2333"),
            aside: vec![text("•••••6782")],
            is_asked_again: false,
            can_undo: true,
            changed_at: 0,
            author: "Anna".into(),
        };
        let line = Change::of_value(&of);
        let label = line.label;
        assert_eq!(
            line.sentence,
            format!("Anna koos bij {label}: •••••2333. Niet gekozen: •••••6782")
        );
        assert!(line.can_undo);
        of.aside.clear();
        assert_eq!(
            Change::of_value(&of).sentence,
            format!("Anna wijzigde {label} van •••••6782 in •••••2333")
        );
        of.is_asked_again = true;
        assert_eq!(
            Change::of_value(&of).sentence,
            format!("Anna maakte de keuze bij {label} ongedaan")
        );
    }
}
