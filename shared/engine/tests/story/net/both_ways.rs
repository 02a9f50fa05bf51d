//! Both ways: what two devices write apart comes together on both, frame by frame over the simulated network.

use dossier::draft::DraftBody;
use dossier::edit::{ClientField, CorrectionInput, Edit, Funding, PlanningInput, VisitField};
use dossier::id::{ClientId, EntryId};
use dossier::view::{
    Answer, AnswerValue, ClientRow, ConflictAbout, DraftRow, DraftStanding, DraftText, TodayView,
};
use engine::command::{ClientFilter, Command, Reply};

use super::super::draft::visit_draft;
use super::super::hub::seen;
use super::super::tablet::{Tablet, caregiver, name, this_morning, visit_at};
use super::world::World;

const VISIT: EntryId = EntryId([5; 16]);
pub(super) const MINUTE: i64 = 60_000;
/// Names of the devices.
pub(super) const TABLET: usize = 0;
pub(super) const LAPTOP: usize = 1;

/// A tablet and a laptop that know the same client.
pub(super) fn pair(seed: u64) -> (World, ClientId) {
    super::world(seed, 2)
}

/// Somebody does something on one device.
pub(super) fn on<T>(world: &mut World, index: usize, act: impl FnOnce(&mut Tablet) -> T) -> T {
    world.peers[index].tablet.now = world.now;
    let done = act(&mut world.peers[index].tablet);
    world.changed(index);
    done
}

fn ask(world: &mut World, index: usize, command: Command) -> Reply {
    on(world, index, |tablet| tablet.ask(command))
}

pub(super) fn save(world: &mut World, index: usize, edit: Edit) -> Option<EntryId> {
    match ask(world, index, Command::Edit { edit, draft: None }) {
        Reply::Saved { undo } => undo,
        other => panic!("{}", name(&other)),
    }
}

/// From now on nobody hears anybody.
pub(super) fn part(world: &mut World) {
    world.is_relay_up = false;
    world.cut_all();
    world.run(MINUTE);
}

/// The network is back: nobody taps.
pub(super) fn meet(world: &mut World) {
    world.is_relay_up = true;
    world.run(60 * MINUTE);
}

fn today(world: &mut World, index: usize) -> TodayView {
    match ask(world, index, Command::Today) {
        Reply::Today(view) => *view,
        other => panic!("{}", name(&other)),
    }
}

fn rows(world: &mut World, index: usize) -> Vec<ClientRow> {
    let command = Command::Clients {
        query: String::new(),
        filter: ClientFilter::All,
    };
    match ask(world, index, command) {
        Reply::Clients(hits) => hits.into_iter().map(|hit| hit.row).collect(),
        other => panic!("{}", name(&other)),
    }
}

pub(super) fn profile(world: &mut World, index: usize) -> dossier::view::ProfileView {
    match ask(world, index, Command::Profile) {
        Reply::Profile(view) => view,
        other => panic!("{}", name(&other)),
    }
}

/// Drafts of this device and of others.
fn drafts(world: &mut World, index: usize) -> (Vec<DraftRow>, Vec<DraftRow>) {
    let view = today(world, index);
    let Reply::Drafts {
        visits, elsewhere, ..
    } = ask(world, index, Command::Drafts)
    else {
        panic!("drafts");
    };
    assert_eq!((&view.drafts, &view.elsewhere), (&visits, &elsewhere));
    (visits, elsewhere)
}

fn texts(world: &mut World, index: usize) -> Vec<DraftText> {
    match ask(world, index, Command::DraftTexts { visit: VISIT }) {
        Reply::DraftTexts(texts) => texts,
        other => panic!("{}", name(&other)),
    }
}

/// Saves this text of the visit in the slot where it stands.
fn write(world: &mut World, index: usize, client: ClientId, slot: Option<u8>, text: &str) -> u8 {
    on(world, index, |tablet| {
        tablet.save_draft(slot, visit_draft(client, VISIT, text))
    })
}

fn go_on(world: &mut World, index: usize, from: &DraftRow) -> u8 {
    let command = Command::ContinueDraft {
        device: from.device.unwrap(),
        slot: from.slot,
    };
    match ask(world, index, command) {
        Reply::DraftSaved { slot, .. } => slot,
        other => panic!("{}", name(&other)),
    }
}

fn sign(world: &mut World, index: usize, client: ClientId, slot: u8, text: &str) {
    let edit = Edit::SignVisit {
        client,
        visit: VISIT,
        input: Box::new(this_morning(text)),
    };
    let draft = Some(slot);
    let reply = ask(world, index, Command::Edit { edit, draft });
    assert!(matches!(reply, Reply::Saved { .. }), "{}", name(&reply));
}

fn done_of(world: &mut World, index: usize, slot: u8) -> String {
    match on(world, index, |tablet| tablet.draft(slot)) {
        Some(DraftBody::Visit { input, .. }) => input.done,
        _ => String::new(),
    }
}

/// Everything a person can see but drafts, which stand on their device.
#[track_caller]
pub(super) fn assert_same(world: &mut World, client: ClientId) {
    let mut views = Vec::new();
    for index in 0..world.peers.len() {
        let page = on(world, index, |tablet| seen(tablet, client));
        let rows = rows(world, index);
        let profile = profile(world, index);
        let plan = today(world, index).tasks;
        let tablet = &mut world.peers[index].tablet;
        assert!(tablet.unreadable().is_empty());
        assert_eq!(tablet.standing().waiting_count, 0);
        views.push(format!("{page} {rows:?} {profile:?} {plan:?}"));
    }
    assert_eq!(views[0], views[1]);
}

pub(super) fn answers(
    world: &mut World,
    index: usize,
    client: ClientId,
    of: ConflictAbout,
) -> Vec<Answer> {
    let view = on(world, index, |tablet| tablet.client(client));
    view.answers(of).to_vec()
}

pub(super) fn choose(world: &mut World, index: usize, answer: &Answer) -> Option<EntryId> {
    let edit = answer.choose.as_deref().cloned();
    save(world, index, edit.expect("can be chosen"))
}

fn place(client: ClientId, value: &str) -> Edit {
    Edit::ChangeClient {
        client,
        field: ClientField::Place,
        value: value.into(),
    }
}

#[test]
fn a_draft_begun_on_one_device_is_finished_on_the_other_and_back() {
    let (mut world, client) = pair(41);
    let here = write(&mut world, TABLET, client, None, "Geh");
    let written_at = world.now;
    world.run(MINUTE);
    let (own, there) = drafts(&mut world, LAPTOP);
    assert!(own.is_empty());
    let told = (there[0].device, there[0].saved_at, there[0].standing);
    assert_eq!(told, (Some(0), written_at, DraftStanding::Open));
    let reply = ask(
        &mut world,
        LAPTOP,
        Command::PeerDraft {
            device: 0,
            slot: here,
        },
    );
    assert!(matches!(reply, Reply::Draft(Some((_, Some(row)))) if row.id == client));

    let slot = go_on(&mut world, LAPTOP, &there[0]);
    write(&mut world, LAPTOP, client, Some(slot), "Geholpen");
    world.run(MINUTE);
    let (own, there) = drafts(&mut world, TABLET);
    let on_laptop = DraftStanding::WentOn { device: Some(1) };
    assert_eq!(own[0].standing, on_laptop);
    assert_eq!(there[0].standing, DraftStanding::Open);
    let (_, elsewhere) = drafts(&mut world, LAPTOP);
    assert_eq!(
        elsewhere[0].standing,
        DraftStanding::WentOn { device: None }
    );

    // Back on the tablet: its older text makes way for the newer one.
    assert_eq!(go_on(&mut world, TABLET, &there[0]), here);
    assert_eq!(done_of(&mut world, TABLET, here), "Geholpen");
    write(
        &mut world,
        TABLET,
        client,
        Some(here),
        "Geholpen met wassen",
    );
    world.run(MINUTE);
    sign(&mut world, TABLET, client, here, "Geholpen met wassen");
    world.run(MINUTE);
    assert_same(&mut world, client);
    for index in [TABLET, LAPTOP] {
        let (own, there) = drafts(&mut world, index);
        assert!(own.is_empty() && there.is_empty(), "{own:?} {there:?}");
        assert_eq!(on(&mut world, index, |tablet| tablet.draft_count()), 0);
    }
}

#[test]
fn two_devices_in_one_draft_show_both_texts_and_join_them() {
    let (mut world, client) = pair(42);
    let here = write(&mut world, TABLET, client, None, "Gewassen");
    world.run(MINUTE);
    let (_, there) = drafts(&mut world, LAPTOP);
    let slot = go_on(&mut world, LAPTOP, &there[0]);
    part(&mut world);
    write(
        &mut world,
        TABLET,
        client,
        Some(here),
        "Gewassen\nOp de tablet",
    );
    write(
        &mut world,
        LAPTOP,
        client,
        Some(slot),
        "Gewassen\nOp de laptop",
    );
    meet(&mut world);
    for (index, other) in [(TABLET, "Op de laptop"), (LAPTOP, "Op de tablet")] {
        let (own, there) = drafts(&mut world, index);
        assert_eq!(own[0].standing, DraftStanding::Beside);
        assert_eq!(there[0].standing, DraftStanding::Beside);
        let found = texts(&mut world, index);
        let peer = found.iter().find(|text| text.row.device.is_some()).unwrap();
        assert_eq!(peer.parts, [(VisitField::Done, other.to_owned())]);
        // Going on overwrites nothing.
        let own = go_on(&mut world, index, &there[0]);
        assert!(!done_of(&mut world, index, own).contains(other));
    }
    let join = Command::JoinDraft { device: 1, slot };
    let reply = ask(&mut world, TABLET, join);
    assert!(matches!(reply, Reply::DraftSaved { slot, .. } if slot == here));
    let both = "Gewassen\nOp de tablet\nOp de laptop";
    assert_eq!(done_of(&mut world, TABLET, here), both);
    world.run(MINUTE);
    let (own, _) = drafts(&mut world, LAPTOP);
    assert_eq!(own[0].standing, DraftStanding::WentOn { device: Some(0) });
    sign(&mut world, TABLET, client, here, both);
    world.run(MINUTE);
    assert_eq!(on(&mut world, LAPTOP, |tablet| tablet.draft_count()), 0);
    assert_same(&mut world, client);
}

#[test]
fn what_is_written_after_signing_is_told_and_becomes_an_addition() {
    // Added on the device that holds it, or on the one that signed.
    for adder in [LAPTOP, TABLET] {
        let (mut world, client) = pair(43);
        let here = write(&mut world, TABLET, client, None, "Gewassen");
        world.run(MINUTE);
        let (_, there) = drafts(&mut world, LAPTOP);
        let slot = go_on(&mut world, LAPTOP, &there[0]);
        part(&mut world);
        write(
            &mut world,
            LAPTOP,
            client,
            Some(slot),
            "Gewassen\nWond rood",
        );
        let written_at = world.now;
        sign(&mut world, TABLET, client, here, "Gewassen");
        meet(&mut world);
        for index in [TABLET, LAPTOP] {
            let found = texts(&mut world, index);
            assert_eq!(found.len(), 1, "{found:?}");
            let text = &found[0];
            assert_eq!(text.parts, [(VisitField::Done, "Wond rood".to_owned())]);
            let row = &text.row;
            let device = (index == TABLET).then_some(1);
            assert_eq!((row.device, row.saved_at), (device, written_at));
            assert_eq!(row.standing, DraftStanding::Late { year: 2026 });
        }
        // The draft cannot be signed a second time, and is not lost by trying.
        let again = Edit::SignVisit {
            client,
            visit: VISIT,
            input: Box::new(this_morning("Gewassen\nWond rood")),
        };
        let edit = Command::Edit {
            edit: again,
            draft: Some(slot),
        };
        assert!(matches!(ask(&mut world, LAPTOP, edit), Reply::Refused(_)));
        let edit = Edit::AddToVisit {
            client,
            visit: VISIT,
            addition: EntryId([8; 16]),
            text: "Wond rood".into(),
        };
        let draft = (adder == LAPTOP).then_some(slot);
        let reply = ask(&mut world, adder, Command::Edit { edit, draft });
        assert!(matches!(reply, Reply::Saved { .. }), "{}", name(&reply));
        world.run(MINUTE);
        assert_same(&mut world, client);
        for index in [TABLET, LAPTOP] {
            assert!(texts(&mut world, index).is_empty());
            assert_eq!(on(&mut world, index, |tablet| tablet.draft_count()), 0);
        }
        let view = on(&mut world, LAPTOP, |tablet| tablet.visit(client, VISIT));
        let device = u16::try_from(adder).ok();
        assert_eq!(view.additions[0].device, device);
    }
}

#[test]
fn one_draft_signed_on_both_is_kept_and_shown_on_both() {
    let (mut world, client) = pair(44);
    let here = write(&mut world, TABLET, client, None, "Gewassen");
    world.run(MINUTE);
    let (_, there) = drafts(&mut world, LAPTOP);
    let slot = go_on(&mut world, LAPTOP, &there[0]);
    part(&mut world);
    sign(&mut world, TABLET, client, here, "Wond rustig");
    world.run(MINUTE);
    sign(&mut world, LAPTOP, client, slot, "Wond rood");
    meet(&mut world);
    assert_same(&mut world, client);
    for index in [TABLET, LAPTOP] {
        let view = on(&mut world, index, |tablet| tablet.visit(client, VISIT));
        assert_eq!(view.done, "Wond rustig", "signed first");
        let late = &view.additions[0];
        assert!(late.text.contains("Wond rood") && late.is_also_signed);
        assert_eq!((view.additions.len(), late.device), (1, Some(1)));
        assert!(texts(&mut world, index).is_empty());
        world.restart(index);
        let again = on(&mut world, index, |tablet| tablet.visit(client, VISIT));
        assert_eq!(again, view);
    }
}

#[test]
fn both_edit_offline_meet_and_converge_without_a_tap() {
    for seed in 45..48 {
        let (mut world, client) = pair(seed);
        part(&mut world);
        for (index, hour) in [(TABLET, 8), (LAPTOP, 10)] {
            save(&mut world, index, place(client, &format!("Plaats {hour}")));
            for number in 0..3 {
                let text = format!("Bezoek {index} {number}");
                let begin = format!("{hour}:{number}0");
                let input = visit_at("20-11-2026", &begin, "23:00", &text);
                on(&mut world, index, |tablet| tablet.sign(client, &input));
            }
            save(
                &mut world,
                index,
                Edit::AddPlanning {
                    client,
                    planning: EntryId([hour; 16]),
                    input: planning(&format!("{hour}:00")),
                },
            );
            on(&mut world, index, |tablet| {
                let input = super::super::tablet::with_bsn();
                tablet.create_client(&input)
            });
            world.run(5 * MINUTE);
        }
        meet(&mut world);
        assert_same(&mut world, client);
        let visits = on(&mut world, LAPTOP, |tablet| tablet.visits(client));
        assert_eq!(visits.rows.len(), 6);
        assert_eq!(rows(&mut world, TABLET).len(), 3);
        for index in [TABLET, LAPTOP] {
            world.restart(index);
        }
        world.run(MINUTE);
        assert_same(&mut world, client);
    }
}

fn planning(time: &str) -> PlanningInput {
    PlanningInput {
        weekdays: vec![1, 5],
        time: time.into(),
        minutes: "30".into(),
        from: "1-11-2026".into(),
        until: String::new(),
    }
}

#[test]
fn differing_values_are_two_answers_with_who_and_when_chosen_and_undone() {
    let (mut world, client) = pair(48);
    let about = ConflictAbout::Field(ClientField::Place);
    part(&mut world);
    save(&mut world, TABLET, place(client, "Zeist"));
    let first_at = world.now;
    world.run(MINUTE);
    save(&mut world, LAPTOP, place(client, "Utrecht"));
    let second_at = world.now;
    // Equal values are no conflict.
    let phone = |value: &str| Edit::ChangeClient {
        client,
        field: ClientField::Phone,
        value: value.into(),
    };
    save(&mut world, TABLET, phone("06 12345678"));
    save(&mut world, LAPTOP, phone("0612345678"));
    meet(&mut world);
    assert_same(&mut world, client);
    let given = answers(&mut world, LAPTOP, client, about);
    let told: Vec<_> = given
        .iter()
        .map(|of| (of.value.clone(), of.device, of.recorded_at))
        .collect();
    let text = |text: &str| AnswerValue::Text(text.into());
    assert_eq!(
        told,
        [
            (text("Zeist"), Some(0), Some(first_at)),
            (text("Utrecht"), Some(1), Some(second_at)),
        ]
    );
    let author = caregiver().name;
    assert!(given.iter().all(|of| of.author == author));
    let view = on(&mut world, TABLET, |tablet| tablet.client(client));
    assert_eq!(view.conflicts.len(), 1, "the phone is no conflict");
    assert!(rows(&mut world, TABLET)[0].has_conflict());

    let undo = choose(&mut world, TABLET, &given[1]).expect("can be undone");
    world.run(MINUTE);
    assert_same(&mut world, client);
    assert!(answers(&mut world, LAPTOP, client, about).is_empty());
    assert!(!rows(&mut world, LAPTOP)[0].has_conflict());
    let undo = Edit::UndoChange {
        client,
        change: undo,
    };
    save(&mut world, LAPTOP, undo);
    world.run(MINUTE);
    assert_same(&mut world, client);
    assert_eq!(answers(&mut world, TABLET, client, about).len(), 2);
    assert!(rows(&mut world, TABLET)[0].has_conflict());
}

#[test]
fn reading_and_writing_go_on_while_everything_is_in_question() {
    let (mut world, client) = pair(49);
    save(
        &mut world,
        TABLET,
        Edit::AddPlanning {
            client,
            planning: EntryId([3; 16]),
            input: planning("8:00"),
        },
    );
    let visit = on(&mut world, TABLET, |tablet| {
        tablet.sign(client, &this_morning("Gewassen"))
    });
    world.run(MINUTE);
    part(&mut world);
    for (index, digit, bsn) in [(TABLET, 1_u8, "111222333"), (LAPTOP, 2, "999990019")] {
        let mut edits = vec![
            Edit::SetProfile(dossier::edit::ProfileInput {
                agb: format!("9101234{digit}"),
                ..caregiver()
            }),
            Edit::ChangePlanning {
                client,
                planning: EntryId([3; 16]),
                input: planning(&format!("1{digit}:00")),
            },
            // Each makes the identity document of its own.
            Edit::ChangeFunding {
                client,
                funding: vec![Funding::Zvw],
                is_personal_budget: digit == 2,
                care_kinds: Vec::new(),
                bsn: bsn.into(),
            },
            Edit::CorrectVisit {
                client,
                visit,
                correction: EntryId([digit; 16]),
                input: CorrectionInput {
                    field: VisitField::Result,
                    text: format!("Beter {digit}"),
                    reason: "Vergist".into(),
                    is_client_request: false,
                },
            },
        ];
        for (field, value) in [
            (
                ClientField::FirstName,
                format!("Greet{}", "t".repeat(usize::from(digit))),
            ),
            (ClientField::BirthDate, format!("{digit}-3-1934")),
            (ClientField::Postcode, format!("123{digit} AB")),
            (ClientField::StartsOn, format!("{digit}-11-2026")),
        ] {
            edits.push(Edit::ChangeClient {
                client,
                field,
                value,
            });
        }
        for edit in edits {
            save(&mut world, index, edit);
        }
        world.run(MINUTE);
    }
    meet(&mut world);
    assert_same(&mut world, client);
    let view = on(&mut world, LAPTOP, |tablet| tablet.client(client));
    let about: Vec<_> = view.conflicts.iter().map(|of| of.about).collect();
    assert_eq!(about.len(), 7, "{about:?}");
    assert_eq!(profile(&mut world, TABLET).conflicts.len(), 1);
    assert_eq!(rows(&mut world, TABLET)[0].conflict_count, 7);
    for index in [TABLET, LAPTOP] {
        for command in [
            Command::Client { client },
            Command::RevealBsn { client },
            Command::Visits { client, year: None },
            Command::Visit {
                client,
                year: 2026,
                visit,
            },
            Command::LastVisit { client },
            Command::Today,
        ] {
            let reply = ask(&mut world, index, command);
            assert!(!matches!(reply, Reply::Failed(_)), "{}", name(&reply));
        }
        let Reply::BsnAnswers(whole) = ask(&mut world, index, Command::BsnAnswers { client })
        else {
            panic!("no numbers");
        };
        let devices: Vec<_> = whole.iter().map(|of| of.device).collect();
        assert_eq!(devices, [Some(0), Some(1)]);
        save(&mut world, index, place(client, &format!("Plaats {index}")));
        world.run(MINUTE);
    }
    // One tap for each, on either device, settles it on both.
    for (number, conflict) in view.conflicts.iter().enumerate() {
        let index = number % 2;
        match &conflict.answers[1].choose {
            Some(_) => {
                choose(&mut world, index, &conflict.answers[1]);
            }
            None => {
                let bsn = "999990019".into();
                save(&mut world, index, Edit::ChangeBsn { client, bsn });
            }
        }
        world.run(MINUTE);
    }
    assert_same(&mut world, client);
    let view = on(&mut world, TABLET, |tablet| tablet.client(client));
    assert_eq!(view.conflicts, []);
    assert_eq!(view.row.planning[0].time, "12:00");
}
