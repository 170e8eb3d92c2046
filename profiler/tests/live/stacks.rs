//! Stacks from the leaf to the root.

use std::hint::black_box;

use profiler::{Profile, Weight};

use crate::support::{TRIGGERS, is, multiply, my_turn, options, profile_of};

#[inline(never)]
fn descend(depth: usize) -> usize {
    if depth == 0 {
        bottom();
        return 0;
    }
    // Something to do afterwards, or the call would become a jump.
    black_box(descend(depth - 1)) + 1
}

#[inline(never)]
fn bottom() {
    multiply(3_000_000);
    black_box(());
}

fn depths_at_the_bottom(profile: &Profile) -> Vec<(usize, bool)> {
    let stacks = profile.stacks().map(|(stack, _)| stack);
    stacks
        .filter(|stack| stack.iter().any(|name| is(name, "bottom")))
        .map(|stack| {
            let depth = stack.iter().filter(|name| is(name, "descend")).count();
            (depth, stack.iter().any(|name| is(name, "profile_of")))
        })
        .collect()
}

#[test]
fn deep_stacks_are_complete() {
    let _turn = my_turn();
    for trigger in TRIGGERS {
        for depth in [250, 1000] {
            let mut options = options(trigger);
            // The test runner's own frames come on top of the thousand.
            options.max_depth = 1200;
            let profile = profile_of(options, || {
                for _ in 0..5 {
                    descend(depth);
                }
            });
            let depths = depths_at_the_bottom(&profile);
            assert!(!depths.is_empty());
            for found in depths {
                assert_eq!(found, (depth + 1, true));
            }
            let quality = profile.quality();
            assert_eq!(
                (quality.truncated, quality.unreadable),
                Default::default(),
                "{quality:?}"
            );
        }
    }
}

#[test]
fn a_stack_beyond_the_limit_keeps_its_leaf_side_and_is_counted() {
    let _turn = my_turn();
    let mut options = options(TRIGGERS[0]);
    options.max_depth = 100;
    let profile = profile_of(options, || {
        for _ in 0..5 {
            descend(250);
        }
    });
    let at_the_bottom = profile.share_of(|name| is(name, "bottom"));
    assert!(at_the_bottom.value > 0.5, "{at_the_bottom}");
    for (stack, _) in profile
        .stacks()
        .filter(|(stack, _)| stack.iter().any(|name| is(name, "bottom")))
    {
        assert_eq!(stack[0], "[truncated]");
        assert_eq!(
            stack.iter().filter(|name| is(name, "profile_of")).count(),
            0
        );
    }
    assert!(profile.quality().truncated > Weight::default());
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "the test is about inlined functions")]
fn inlined_callee(n: u64) -> u64 {
    let mut x = 5_u64;
    let mut i = 0;
    while i < n {
        x = black_box(x.wrapping_mul(31) ^ (x >> 3));
        i += 1;
    }
    x
}

#[inline(never)]
fn outer_caller(n: u64) -> u64 {
    inlined_callee(n) + 1
}

#[test]
fn an_inlined_function_is_below_its_caller() {
    let _turn = my_turn();
    let profile = profile_of(options(TRIGGERS[0]), || {
        black_box(outer_caller(10_000_000));
    });
    let share = profile.share_of(|name| is(name, "inlined_callee"));
    assert!(share.low > 0.5, "{share}");
    for (stack, _) in profile.stacks() {
        if let Some(at) = stack.iter().position(|name| is(name, "inlined_callee")) {
            assert!(is(stack[at - 1], "outer_caller"), "{stack:?}");
        }
    }
}
