//! The ring with the processor's own atomics. Not in its file, which a model of it includes
//! with others.

use super::ring::{Header, Kind, Ring};
use crate::unwind::Walk;

fn push(ring: &Ring, walk: Walk, weight: u64, addresses: &[u64]) -> bool {
    let mut record = ring.begin();
    for &address in addresses {
        record.push(address);
    }
    record.commit(Header {
        kind: Kind::Walked(walk),
        weight,
        n_halvings: 3,
    })
}

fn drain(ring: &Ring) -> Vec<(Walk, u64, Vec<u64>)> {
    let mut records = Vec::new();
    ring.drain(|header, addresses| {
        assert_eq!(header.n_halvings, 3);
        match header.kind {
            Kind::Walked(walk) => records.push((walk, header.weight, addresses.to_vec())),
            Kind::Copied => unreachable!("none was pushed"),
        }
    });
    records
}

#[test]
fn records_come_out_as_they_went_in_across_the_seam() {
    let ring = Ring::with_bytes(8 * 16);
    for round in 0..50 {
        assert!(push(&ring, Walk::Complete, round, &[round, 2, 3]));
        assert!(push(&ring, Walk::Unreadable, 1, &[]));
        let expected = vec![
            (Walk::Complete, round, vec![round, 2, 3]),
            (Walk::Unreadable, 1, vec![]),
        ];
        assert_eq!(drain(&ring), expected);
    }
}

#[test]
fn a_full_ring_refuses_and_keeps_what_it_has() {
    let ring = Ring::with_bytes(8 * 8);
    assert!(push(&ring, Walk::Complete, 1, &[1, 2, 3]));
    assert!(!push(&ring, Walk::Complete, 1, &[4, 5]));
    assert!(push(&ring, Walk::Truncated, 2, &[6]));
    assert!(!push(&ring, Walk::Complete, 1, &[]));
    assert_eq!(
        drain(&ring),
        [
            (Walk::Complete, 1, vec![1, 2, 3]),
            (Walk::Truncated, 2, vec![6])
        ]
    );
    assert!(push(&ring, Walk::Complete, 1, &[1, 2, 3, 4, 5, 6]));
}

#[test]
fn a_reader_beside_the_writer_sees_whole_records_in_order() {
    let ring = Ring::with_bytes(8 * 64);
    let n_records = 20_000_u64;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for i in 0..n_records {
                let addresses: Vec<u64> = (0..i % 7).map(|k| i + k).collect();
                while !push(&ring, Walk::Complete, i, &addresses) {
                    std::thread::yield_now();
                }
            }
        });
        let mut next = 0;
        while next < n_records {
            ring.drain(|header, addresses| {
                assert_eq!(header.weight, next);
                let expected: Vec<u64> = (0..next % 7).map(|k| next + k).collect();
                assert_eq!(addresses, expected);
                next += 1;
            });
            std::thread::yield_now();
        }
    });
}
