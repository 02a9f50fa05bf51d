//! Power cut at any effect of a day: what was answered as saved is there, and nothing is half.

use std::collections::BTreeMap;

use dossier::draft::DraftBody;
use dossier::edit::{CorrectionInput, Edit, VisitField};
use dossier::id::{ClientId, EntryId};
use engine::command::{Command, Failure, Reply, Status};
use engine::store::faulty::{Counted, Fault};
use engine::store::{Batch, Row, StoreError, StoreName};
use protocol::audit::AuditEvent;

use super::draft::visit_draft;
use super::tablet::{MINUTE, PASSPHRASE, Tablet, janssen, name, visit_at};

const CLIENT: ClientId = ClientId([0xc1; 16]);
const SLOT: u8 = 0;

/// One command of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Create,
    Draft(u8, &'static str),
    Sign(u8, &'static str),
    Correct(u8, &'static str),
    Read,
    Pause,
    Reopen,
}

const DAY: [Step; 14] = [
    Step::Create,
    Step::Draft(1, "Geh"),
    Step::Draft(1, "Geholpen met wassen"),
    Step::Sign(1, "Geholpen met wassen"),
    Step::Read,
    Step::Draft(2, "Steunk"),
    Step::Reopen,
    Step::Draft(2, "Steunkousen aangetrokken"),
    Step::Sign(2, "Steunkousen aangetrokken"),
    Step::Pause,
    Step::Correct(2, "Iets rode huid"),
    Step::Read,
    Step::Draft(3, "Nog bezig"),
    Step::Reopen,
];

/// What was answered as done, and what was asked without an answer.
#[derive(Debug, Default)]
struct Told {
    has_client: bool,
    signed: BTreeMap<u8, &'static str>,
    corrected: BTreeMap<u8, &'static str>,
    draft: Option<(u8, &'static str)>,
    reads: usize,
    open: Option<Step>,
}

fn entry(number: u8) -> EntryId {
    EntryId([number; 16])
}

fn input(number: u8, text: &str) -> dossier::edit::VisitInput {
    visit_at(
        "20-11-2026",
        &format!("{number}:00"),
        &format!("{number}:30"),
        text,
    )
}

fn command(step: Step) -> Option<Command> {
    let edit = |edit| Command::Edit { edit, draft: None };
    Some(match step {
        Step::Create => edit(Edit::CreateClient {
            client: CLIENT,
            input: Box::new(janssen()),
        }),
        Step::Draft(number, text) => Command::SaveDraft {
            slot: Some(SLOT),
            body: visit_draft(CLIENT, entry(number), text),
        },
        Step::Sign(number, text) => Command::Edit {
            edit: Edit::SignVisit {
                client: CLIENT,
                visit: entry(number),
                input: Box::new(input(number, text)),
            },
            draft: Some(SLOT),
        },
        Step::Correct(number, text) => edit(Edit::CorrectVisit {
            client: CLIENT,
            visit: entry(number),
            correction: entry(number + 100),
            input: CorrectionInput {
                field: VisitField::Result,
                text: text.into(),
                reason: "Vergeten".into(),
                is_client_request: false,
            },
        }),
        Step::Read => Command::Client { client: CLIENT },
        Step::Pause | Step::Reopen => return None,
    })
}

/// Carries out one step; an error is the vault's.
fn carry_out(tablet: &mut Tablet, told: &mut Told, step: Step) -> Result<(), Failure> {
    told.open = Some(step);
    let replies = match step {
        Step::Pause => {
            tablet.now += 7 * MINUTE;
            vec![]
        }
        Step::Reopen => vec![
            tablet.ask(Command::Lock),
            tablet.ask(Command::Unlock {
                passphrase: PASSPHRASE.into(),
            }),
        ],
        step => vec![tablet.ask(command(step).unwrap())],
    };
    for reply in replies {
        match reply {
            Reply::Failed(failure) => return Err(failure),
            Reply::Refused(problems) => panic!("{step:?}: {problems:?}"),
            _ => {}
        }
    }
    match step {
        Step::Create => told.has_client = true,
        Step::Draft(number, text) => told.draft = Some((number, text)),
        Step::Sign(number, text) => {
            told.signed.insert(number, text);
            told.draft = None;
        }
        Step::Correct(number, text) => {
            told.corrected.insert(number, text);
        }
        Step::Read => told.reads += 1,
        Step::Pause | Step::Reopen => {}
    }
    told.open = None;
    Ok(())
}

/// Looks at everything: each answered deed is there; a deed without an answer is there whole or not at all.
fn check(tablet: &mut Tablet, told: &Told) {
    let names = tablet.names();
    assert!(names.len() <= 1);
    assert!(!told.has_client || names == ["Janssen"], "{told:?}");
    if names.is_empty() {
        return;
    }
    let rows = tablet.visits(CLIENT).rows;
    for (number, text) in &told.signed {
        assert!(rows.iter().any(|row| row.id == entry(*number)), "{told:?}");
        assert_eq!(tablet.visit(CLIENT, entry(*number)).done, *text);
    }
    for row in &rows {
        let view = tablet.visit(CLIENT, row.id);
        assert!(
            !view.done.is_empty() && view.performer == "Marijke van der Veen",
            "{told:?}"
        );
        let is_asked =
            |number: &u8| matches!(told.open, Some(Step::Sign(open, _)) if open == *number);
        let is_known = (0..10)
            .filter(|number| entry(*number) == row.id)
            .any(|number| told.signed.contains_key(&number) || is_asked(&number));
        assert!(is_known, "{told:?}");
    }
    for (number, text) in &told.corrected {
        let view = tablet.visit(CLIENT, entry(*number));
        assert_eq!(
            (view.result.as_str(), view.corrections.len()),
            (*text, 1),
            "{told:?}"
        );
    }
    let draft = match tablet.ask(Command::Draft { slot: SLOT }) {
        Reply::Draft(draft) => draft.map(|(draft, _)| draft.body),
        other => panic!("{}", name(&other)),
    };
    let is_signed = |number: u8| rows.iter().any(|row| row.id == entry(number));
    match (&draft, told.draft, told.open) {
        (Some(DraftBody::Visit { visit, input, .. }), before, open) => {
            let asked = match open {
                Some(Step::Draft(number, text)) => Some((number, text)),
                _ => None,
            };
            let is = |known: Option<(u8, &str)>| {
                known.is_some_and(|(number, text)| *visit == entry(number) && input.done == text)
            };
            assert!(is(before) || is(asked), "{told:?}");
            assert!(
                !rows.iter().any(|row| row.id == *visit),
                "signed and still a draft: {told:?}"
            );
        }
        (None, Some((number, _)), Some(Step::Sign(open, _))) => {
            assert!(
                open == number && is_signed(number),
                "draft gone without a visit: {told:?}"
            );
        }
        (None, None, _) => {}
        _ => panic!("draft lost: {told:?}"),
    }
    assert!(tablet.unreadable().is_empty(), "{told:?}");
    let lines = tablet.audit();
    let reads = lines
        .iter()
        .filter(|line| line.event == AuditEvent::Read && line.object == "dossier")
        .count();
    assert!(reads >= told.reads.min(1), "{told:?}");
    let entered = lines
        .iter()
        .filter(|line| line.event == AuditEvent::Entered)
        .count();
    assert!(entered >= told.signed.len(), "{told:?}");
}

/// The day with a fault at effect `n`. Answers whether the fault came.
fn live(n: u64, counted: Counted, fault: Fault) -> bool {
    let mut tablet = Tablet::new(77);
    tablet.store.fail_at(n, counted, fault);
    let mut told = Told::default();
    let has_vault = matches!(tablet.set_up(), Reply::Open);
    let is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
    if !has_vault {
        if is_dead {
            tablet.restart();
        }
        match tablet.status() {
            Status::Empty => assert!(matches!(tablet.set_up(), Reply::Open)),
            Status::Locked { .. } => tablet.unlock(),
            Status::Open { .. } => {}
        }
    }
    for step in DAY {
        if carry_out(&mut tablet, &mut told, step).is_ok() {
            continue;
        }
        assert!(tablet.store.has_failed());
        if is_dead {
            tablet.restart();
        }
        if matches!(tablet.status(), Status::Locked { .. }) {
            tablet.unlock();
        }
        check(&mut tablet, &told);
        assert_eq!(
            carry_out(&mut tablet, &mut told, step),
            Ok(()),
            "again: {step:?}, fault {n} {fault:?}"
        );
        check(&mut tablet, &told);
    }
    let has_failed = tablet.store.has_failed();
    if !(has_vault && is_dead) || has_failed {
        tablet.restart_and_unlock();
        check(&mut tablet, &told);
        assert_eq!((told.signed.len(), told.corrected.len()), (2, 1));
        assert_eq!(told.draft, Some((3, "Nog bezig")));
    }
    has_failed
}

fn at_every(counted: Counted, fault: Fault) {
    let mut n = 0;
    while live(n, counted, fault) {
        n += 1;
        assert!(n < 1_000);
    }
    let least = match counted {
        Counted::Commits => 12,
        Counted::Calls => 40,
    };
    assert!(n >= least, "only {n} effects");
}

#[test]
fn power_cut_before_any_effect() {
    at_every(Counted::Calls, Fault::CrashBefore);
}

#[test]
fn power_cut_after_any_commit() {
    at_every(Counted::Commits, Fault::CrashAfter);
}

#[test]
fn any_commit_aborted() {
    at_every(Counted::Commits, Fault::Refuse(StoreError::Blocked));
}

#[test]
fn any_effect_refused_because_the_disk_is_full() {
    at_every(Counted::Calls, Fault::Refuse(StoreError::Full));
}

#[test]
fn the_answer_to_any_effect_lost() {
    at_every(Counted::Calls, Fault::LoseAnswer);
}

#[test]
fn a_command_that_is_dropped_in_the_middle_leaves_nothing_half() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    let (mut tablet, client) = Tablet::with_client(78);
    let store = Slow {
        inner: tablet.disk.clone(),
    };
    let mut vault = engine::Vault::new(store, super::tablet::Remembered);
    let now = engine::Now { ms: tablet.now };
    let mut ask = |command, is_dropped: bool| {
        let mut future = pin!(vault.handle(command, now, &mut tablet.rng));
        let mut context = Context::from_waker(Waker::noop());
        loop {
            if let std::task::Poll::Ready(reply) = future.as_mut().poll(&mut context) {
                return Some(reply);
            }
            if is_dropped {
                return None;
            }
        }
    };
    let unlock = Command::Unlock {
        passphrase: PASSPHRASE.into(),
    };
    assert!(matches!(ask(unlock, false), Some(Reply::Open)));
    let page = Command::Client { client };
    assert!(matches!(ask(page, false), Some(Reply::Client(_))));
    let sign = |number| Command::Edit {
        edit: Edit::SignVisit {
            client,
            visit: entry(number),
            input: Box::new(input(number, "Geholpen met wassen")),
        },
        draft: None,
    };
    assert!(ask(sign(1), true).is_none());
    assert!(matches!(ask(sign(2), false), Some(Reply::Saved { .. })));
    assert!(matches!(ask(sign(1), false), Some(Reply::Saved { .. })));
    tablet.restart_and_unlock();
    assert_eq!(tablet.visits(client).rows.len(), 2);
    assert!(tablet.unreadable().is_empty());
    tablet.audit();
}

/// A disk whose commits take one more turn to answer, and do nothing before.
struct Slow {
    inner: engine::store::memory::Memory,
}

impl engine::store::Store for Slow {
    async fn state(&self) -> Result<engine::store::StoreState, StoreError> {
        self.inner.state().await
    }

    async fn read(&self, store: StoreName, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.inner.read(store, key).await
    }

    async fn read_prefix(&self, store: StoreName, prefix: &[u8]) -> Result<Vec<Row>, StoreError> {
        self.inner.read_prefix(store, prefix).await
    }

    async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        let mut is_asked = false;
        std::future::poll_fn(|_| {
            if std::mem::replace(&mut is_asked, true) {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        self.inner.commit(batch).await
    }
}
