//! A relay whose log has a hole: it names an end and does not give what comes next.

use super::*;
use crate::sync::Phase;

/// Records in the relay's log.
const LOG: u64 = 5;

/// A relay that leaves one place out of its pages, and a vault that stores what it is given.
struct Scene {
    machine: Machine,
    own: Standing,
    hole: Option<u64>,
    pull_count: usize,
    told: SyncStatus,
}

impl Scene {
    fn new(hole: Option<u64>) -> Self {
        let own = standing(tip(1, 1));
        let (mut machine, out) = connected(own);
        (machine.wishes.at, machine.wishes.head) = (AccountSeq(0), AccountSeq(0));
        let mut scene = Self {
            machine,
            own,
            hole,
            pull_count: 0,
            told: SyncStatus::default(),
        };
        scene.answer(out, NOW);
        scene
    }

    /// The relay says where its log ends.
    fn name_end(&mut self, head: u64) -> Vec<Output> {
        let head = AccountSeq(head);
        let behind = ToDevice::Behind { head };
        hear(&mut self.machine, &behind, RequestId::NONE, NOW)
    }

    fn step(&mut self, input: Input, now: i64) {
        let out = self.machine.step(input, now, 0);
        self.answer(out, now);
    }

    fn answer(&mut self, out: Vec<Output>, now: i64) {
        let mut waiting = std::collections::VecDeque::from(out);
        for _ in 0..200 {
            let more = match waiting.pop_front() {
                None => return,
                Some(Output::Tell(status)) => {
                    self.told = status;
                    Vec::new()
                }
                Some(Output::Work(work)) => {
                    let done = self.work(&work);
                    let standing = self.own;
                    let report = Box::new(Report { done, standing });
                    self.machine.step(Input::Done(report), now, 0)
                }
                Some(Output::Send(bytes)) => self.relay(&bytes, now),
                Some(_) => Vec::new(),
            };
            waiting.extend(more);
        }
        panic!("it goes on without end");
    }

    fn relay(&mut self, bytes: &[u8], now: i64) -> Vec<Output> {
        let (number, asked) = ToRelay::decode(bytes).unwrap();
        let answer = match asked {
            ToRelay::Pull { after, .. } => {
                self.pull_count += 1;
                return self.page(after, number, now);
            }
            ToRelay::Probe { .. } => ToDevice::Probed {
                records: List(Vec::new()),
            },
            _ => ToDevice::DraftPage {
                is_last: true,
                drafts: List(Vec::new()),
            },
        };
        hear(&mut self.machine, &answer, number, now)
    }

    /// Everything after a place but what is left out.
    fn page(&mut self, after: AccountSeq, number: RequestId, now: i64) -> Vec<Output> {
        let bytes = record_bytes();
        let places = (after.0 + 1..=LOG).filter(|place| Some(*place) != self.hole);
        let records = places.map(|place| PlacedRecord {
            seq: AccountSeq(place),
            record: RecordBytes(&bytes),
        });
        let page = ToDevice::Page {
            head: AccountSeq(LOG),
            records: List(records.collect()),
        };
        hear(&mut self.machine, &page, number, now)
    }

    fn work(&mut self, work: &Work) -> Done {
        let mut taken = Taken::default();
        if let Work::Take { records } = work {
            let fresh = records.iter().filter(|(place, _)| *place > self.own.cursor);
            taken.new_count = fresh.count();
            let last = records.last().map_or(AccountSeq(0), |(place, _)| *place);
            self.own.cursor = self.own.cursor.max(last);
        }
        match work {
            Work::Take { .. } => Done::Taken(taken),
            Work::ChooseProbes => Done::Probes(Vec::new()),
            _ => Done::Nothing,
        }
    }

    fn pass(&mut self, from: i64, end: i64) {
        let mut now = from;
        while let Some(at) = self.machine.wake_at.filter(|at| *at <= end) {
            now = now.max(at);
            self.step(Input::Tick, now);
        }
    }
}

#[test]
fn a_page_with_a_hole_is_told_and_asked_for_again_less_and_less() {
    for hole in 1..=LOG {
        let mut scene = Scene::new(Some(hole));
        let out = scene.name_end(LOG);
        scene.answer(out, NOW);
        let is_told = |scene: &Scene| {
            assert_eq!(scene.told.trouble, Some(Trouble::Withheld), "{hole}");
            assert_eq!(scene.told.behind, LOG + 1 - hole, "{hole}");
            assert_eq!(scene.own.cursor, AccountSeq(hole - 1));
        };
        is_told(&scene);
        let before = scene.pull_count;
        scene.pass(NOW, NOW + DAY_MS);
        is_told(&scene);
        let asked = scene.pull_count - before;
        assert!((20..40).contains(&asked), "{asked} times in a day");

        // A person asks, in vain and with success.
        let later = NOW + DAY_MS;
        scene.step(Input::TryNow, later);
        is_told(&scene);
        scene.hole = None;
        scene.step(Input::TryNow, later + 1);
        assert_eq!((scene.told.trouble, scene.told.behind), (None, 0));
        assert_eq!(scene.told.phase, Phase::UpToDate);
        assert_eq!(scene.own.cursor, AccountSeq(LOG));
        let before = scene.pull_count;
        scene.pass(later, later + DAY_MS);
        assert!(scene.pull_count - before <= 1, "nothing is missing");
    }
}

/// What a relay told of while a page was on its way is asked for with the next one.
#[test]
fn a_page_from_before_news_does_not_take_the_news_back() {
    let mut scene = Scene::new(None);
    let asked = scene.name_end(1);
    let (number, _) = sent(&asked).unwrap();
    scene.name_end(2);
    let out = page(&mut scene.machine, AccountSeq(0), number, NOW);
    scene.answer(out, NOW);
    assert_eq!(scene.own.cursor, AccountSeq(LOG));
    assert_eq!(scene.told.trouble, None);
}

/// The page with the hole comes while the vault still takes in the one before.
#[test]
fn a_hole_in_the_page_after_stays_told_when_the_one_before_is_stored() {
    let mut scene = Scene::new(Some(2));
    let asked = scene.name_end(LOG);
    let (number, _) = sent(&asked).unwrap();
    let out = scene.page(AccountSeq(0), number, NOW);
    let (ahead, _) = sent(&out).unwrap();
    scene.page(AccountSeq(1), ahead, NOW);
    assert_eq!(scene.machine.trouble, Some(Trouble::Withheld));
    scene.own.cursor = AccountSeq(1);
    let report = Report {
        done: Done::Taken(Taken {
            new_count: 1,
            ..Taken::default()
        }),
        standing: scene.own,
    };
    scene.step(Input::Done(Box::new(report)), NOW);
    assert_eq!(scene.told.trouble, Some(Trouble::Withheld));
    assert_eq!(scene.told.behind, LOG - 1);
}
