//! What waits to be sent to one connection without having been asked for. It never grows beyond its limits: a reader who
//! is too slow gets one "pull needed" instead of what was dropped.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use protocol::AccountSeq;
use protocol::limit::{SEND_QUEUE_FRAMES_MAX, SEND_QUEUE_MAX_BYTES};
use tokio::sync::Notify;

/// Something to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outgoing {
    /// A frame as it is.
    Frame(Bytes),
    /// The chain grew: who listens may have been revoked.
    Chain(Bytes),
    /// Hints were dropped; the log goes on to there at least.
    Behind(AccountSeq),
}

#[derive(Debug, Default)]
struct State {
    /// Answers that came late. Whoever asks is limited in how many he may wait for.
    answers: VecDeque<Bytes>,
    /// The newest news of the chain stands for all before it.
    chain: Option<Bytes>,
    hints: VecDeque<Bytes>,
    hint_bytes: usize,
    newest: u64,
    is_behind: bool,
}

/// The queue of one connection.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    state: Mutex<State>,
    ready: Notify,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Queues a hint, or drops all hints if there are too many. `true` when it was the first drop since the last
    /// "pull needed". `seq` is the place of a record.
    pub(crate) fn hint(&self, frame: Bytes, seq: Option<AccountSeq>) -> bool {
        let mut state = self.state();
        if let Some(seq) = seq {
            state.newest = state.newest.max(seq.0);
        }
        if state.is_behind {
            return false;
        }
        let is_full = state.hints.len() >= SEND_QUEUE_FRAMES_MAX
            || state.hint_bytes + frame.len() > SEND_QUEUE_MAX_BYTES;
        if is_full {
            state.hints = VecDeque::new();
            state.hint_bytes = 0;
            state.is_behind = true;
        } else {
            state.hint_bytes += frame.len();
            state.hints.push_back(frame);
        }
        drop(state);
        self.ready.notify_one();
        is_full
    }

    /// Queues the newest state of the chain.
    pub(crate) fn chain(&self, frame: Bytes) {
        self.state().chain = Some(frame);
        self.ready.notify_one();
    }

    /// Queues the answer to a request that had to wait.
    pub(crate) fn answer(&self, frame: Bytes) {
        self.state().answers.push_back(frame);
        self.ready.notify_one();
    }

    /// Waits for the next thing to send. Nothing is lost when the wait is given up.
    pub(crate) async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            self.ready.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.state();
        if let Some(frame) = state.answers.pop_front() {
            return Some(Outgoing::Frame(frame));
        }
        if let Some(frame) = state.chain.take() {
            return Some(Outgoing::Chain(frame));
        }
        if let Some(frame) = state.hints.pop_front() {
            state.hint_bytes -= frame.len();
            return Some(Outgoing::Frame(frame));
        }
        let is_behind = std::mem::take(&mut state.is_behind);
        is_behind.then_some(Outgoing::Behind(AccountSeq(state.newest)))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn frame(len: usize) -> Bytes {
        Bytes::from(vec![7; len])
    }

    #[test]
    fn a_slow_reader_gets_one_sign_for_all_that_was_dropped() {
        let queue = Queue::default();
        let count = SEND_QUEUE_FRAMES_MAX as u64;
        for seq in 1..=count {
            assert!(!queue.hint(frame(10), Some(AccountSeq(seq))));
        }
        assert!(queue.hint(frame(10), Some(AccountSeq(count + 1))));
        assert!(!queue.hint(frame(10), Some(AccountSeq(count + 2))));
        let behind = Outgoing::Behind(AccountSeq(count + 2));
        assert_eq!(queue.take(), Some(behind));
        assert_eq!(queue.take(), None);
        assert!(!queue.hint(frame(3), Some(AccountSeq(count + 3))));
        assert_eq!(queue.take(), Some(Outgoing::Frame(frame(3))));
    }

    #[test]
    fn bytes_are_limited_too_and_freed_when_they_go() {
        let queue = Queue::default();
        let half = SEND_QUEUE_MAX_BYTES / 2;
        for _ in 0..10 {
            assert!(!queue.hint(frame(half), None));
            assert!(!queue.hint(frame(half), None));
            assert!(queue.take().is_some());
            assert!(queue.take().is_some());
        }
        assert!(!queue.hint(frame(half), None));
        assert!(queue.hint(frame(half + 1), None));
        assert_eq!(queue.state().hint_bytes, 0);
    }

    #[test]
    fn answers_and_the_newest_chain_pass_a_full_queue() {
        let queue = Queue::default();
        while !queue.hint(frame(1), Some(AccountSeq(9))) {}
        queue.chain(frame(2));
        queue.chain(frame(3));
        queue.answer(frame(4));
        let taken: Vec<_> = std::iter::from_fn(|| queue.take()).collect();
        assert_eq!(
            taken,
            [
                Outgoing::Frame(frame(4)),
                Outgoing::Chain(frame(3)),
                Outgoing::Behind(AccountSeq(9))
            ]
        );
    }
}
