//! What a frame claims makes no room before the bytes are there: memory follows what was received.

#![allow(clippy::unwrap_used, unsafe_code, missing_docs)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use protocol::{
    limit,
    wire::{List, RecordBytes, RequestId, ToDevice, ToRelay},
};

thread_local! {
    static TAKEN_BYTES: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        TAKEN_BYTES.with(|taken| taken.set(taken.get() + layout.size()));
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn taken_bytes(action: impl FnOnce()) -> usize {
    let before = TAKEN_BYTES.get();
    action();
    TAKEN_BYTES.get() - before
}

fn frame(code: u8, fields: &[u8]) -> Vec<u8> {
    let mut bytes = vec![limit::WIRE_FORMAT, code, 0, 0, 0, 1];
    bytes.extend_from_slice(fields);
    bytes
}

#[test]
fn the_count_sees_an_allocation() {
    assert!(taken_bytes(|| drop(std::hint::black_box(vec![1_u8; 1000]))) >= 1000);
}

#[test]
fn counts_larger_than_the_bytes_allocate_nothing() {
    for at in 0..200 {
        let mut fields = vec![0; at];
        fields.extend_from_slice(&[0xff; 6]);
        for code in ToRelay::CODES {
            let bytes = frame(*code, &fields);
            let taken = taken_bytes(|| drop(ToRelay::decode(&bytes)));
            assert_eq!(taken, 0, "type {code:#x} at {at}");
        }
        for code in ToDevice::CODES {
            let bytes = frame(*code, &fields);
            let taken = taken_bytes(|| drop(ToDevice::decode(&bytes)));
            assert_eq!(taken, 0, "type {code:#x} at {at}");
        }
    }
    for count in 1..=limit::PUSH_RECORDS_MAX {
        let count = u16::try_from(count).unwrap();
        let bytes = frame(0x03, &count.to_be_bytes());
        assert_eq!(taken_bytes(|| assert!(ToRelay::decode(&bytes).is_err())), 0);
    }
}

#[test]
fn decoding_copies_no_record() {
    let record = vec![0; 200_000];
    let records = List(vec![RecordBytes(&record); 4]);
    let bytes = ToRelay::Push { records }.encode(RequestId(1)).unwrap();
    let taken = taken_bytes(|| drop(ToRelay::decode(&bytes).unwrap()));
    assert_eq!(taken, 4 * size_of::<RecordBytes<'_>>());
}
