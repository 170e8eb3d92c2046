//! Python's frames put in the place of the evaluator's native ones.
//!
//! Each call of the evaluator is one native frame and runs one or several frames of
//! Python. The two stacks are matched from their roots, where both were walked to the end:
//! at the leaf a call of the evaluator may have been met before its first frame was there.

use crate::unwind::Walk;

/// A part of Python's stack, innermost first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// A frame, by its place.
    Frame(u64),
    /// Where a call of the evaluator began.
    Entry,
}

/// Joins two stacks, both leaf first, with how far they were walked.
pub(crate) fn join(
    (native, native_walk): (&[u64], Walk),
    (python, python_walk): (&[Part], Walk),
    is_evaluator: impl Fn(u64) -> bool,
) -> (Vec<u64>, Walk) {
    let mut runs = runs(python);
    let n_calls = native.iter().filter(|&&place| is_evaluator(place)).count();
    let are_whole = native_walk == Walk::Complete && python_walk == Walk::Complete;
    // Calls at the leaf without frames as yet, or frames at the leaf whose call is over.
    let (mut n_bare, n_early) = if are_whole {
        (
            n_calls.saturating_sub(runs.len()),
            runs.len().saturating_sub(n_calls),
        )
    } else {
        (0, 0)
    };
    let mut joined: Vec<u64> = runs.drain(..n_early).flatten().collect();
    let mut runs = runs.into_iter();
    for &place in native {
        if !is_evaluator(place) {
            joined.push(place);
        } else if n_bare > 0 {
            n_bare -= 1;
            joined.push(place);
        } else {
            match runs.next() {
                Some(run) => joined.extend(run),
                None => joined.push(place),
            }
        }
    }
    // The callers of a native stack that was cut.
    joined.extend(runs.flatten());
    let walk = match (native_walk, python_walk) {
        (Walk::Complete, walk) => walk,
        // Nothing that Python ran is missing.
        (_, Walk::Complete) if !python.is_empty() => Walk::Complete,
        (walk, _) => walk,
    };
    (joined, walk)
}

/// Parts a stack into the frames of each call of the evaluator.
fn runs(python: &[Part]) -> Vec<Vec<u64>> {
    let frame = |part: &Part| match part {
        Part::Frame(place) => Some(*place),
        Part::Entry => None,
    };
    let parted = python.split_inclusive(|part| *part == Part::Entry);
    parted
        .map(|run| run.iter().filter_map(frame).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::Part::{Entry, Frame};
    use super::*;

    const EVALUATOR: u64 = 9;

    fn joined(native: &[u64], is_cut: bool, python: &[Part]) -> Vec<u64> {
        let walk = if is_cut {
            Walk::Unreadable
        } else {
            Walk::Complete
        };
        let python = (python, Walk::Complete);
        join((native, walk), python, |place| place == EVALUATOR).0
    }

    #[test]
    fn each_call_of_the_evaluator_becomes_its_frames() {
        let python = [Frame(101), Entry, Frame(102), Frame(103), Entry];
        assert_eq!(
            joined(&[1, EVALUATOR, 2, EVALUATOR, 3], false, &python),
            [1, 101, 2, 102, 103, 3]
        );
    }

    #[test]
    fn a_call_without_frames_is_at_the_leaf() {
        let python = [Frame(101), Entry];
        assert_eq!(
            joined(&[EVALUATOR, 2, EVALUATOR, 3], false, &python),
            [EVALUATOR, 2, 101, 3]
        );
        // It has the frame already that is no frame of Python's.
        let python = [Entry, Frame(101), Entry];
        assert_eq!(
            joined(&[EVALUATOR, 2, EVALUATOR, 3], false, &python),
            [2, 101, 3]
        );
    }

    #[test]
    fn frames_whose_call_is_over_are_at_the_leaf() {
        let python = [Frame(101), Entry, Frame(102), Entry];
        assert_eq!(joined(&[1, EVALUATOR, 2], false, &python), [101, 1, 102, 2]);
    }

    #[test]
    fn a_native_stack_that_was_cut_keeps_pythons_callers() {
        let python = [Frame(101), Entry, Frame(102), Entry];
        assert_eq!(joined(&[1, EVALUATOR, 2], true, &python), [1, 101, 2, 102]);
        assert_eq!(joined(&[1, 2], true, &[]), [1, 2]);
    }
}
