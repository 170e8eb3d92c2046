//! Profiles to make pages of.

use std::time::Duration;

use profiler::format::{folded, html};
use profiler::{Frame, Profile, Thread, Weight};

pub fn before() -> Profile {
    folded::read(include_bytes!("../data/before.folded").as_slice()).unwrap()
}

pub fn after() -> Profile {
    folded::read(include_bytes!("../data/after.folded").as_slice()).unwrap()
}

pub fn page(profile: &Profile) -> Vec<u8> {
    let mut page = Vec::new();
    html::write(profile, &html::Options::new(), &mut page).unwrap();
    page
}

pub fn comparison(before: &Profile, after: &Profile) -> Vec<u8> {
    let mut page = Vec::new();
    html::write_comparison(before, after, &html::Options::new(), &mut page).unwrap();
    page
}

/// Numbers that look random and are the same everywhere (G. Marsaglia, "Xorshift RNGs",
/// Journal of Statistical Software 8, 2003).
pub struct Random(u64);

impl Random {
    pub fn new() -> Self {
        Self(88_172_645_463_325_252)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// A profile of `n_stacks` distinct stacks, a few heavy and most of them rare, with times,
/// on three threads.
pub fn synthetic(n_stacks: u32) -> Profile {
    let mut random = Random::new();
    let mut profile = Profile::new();
    let names: Vec<String> = (0..3000)
        .map(|f| match f % 4 {
            0 => format!("server::layer{f}::Handler{f}::process::<alloc::vec::Vec<u8>>"),
            1 => format!("std::collections::map{f}::insert"),
            2 => format!("c_function_{f}"),
            _ => format!("<server::types::T{f} as core::fmt::Display>::fmt"),
        })
        .collect();
    let threads = ["main", "worker-1", "worker-2"].map(|name| {
        profile.thread_id(Thread {
            name,
            pid: Some(1),
            tid: Some(7),
        })
    });
    for at in 0..n_stacks {
        let mut stack = profile.stack_id(None, Frame::function("main"));
        let mut function = 0;
        for _ in 0..random.below(24) {
            // Each rank is half as likely as the one before.
            let rank = u64::from(random.below(1 << 8).trailing_zeros());
            function = (function * 31 + rank * 977 + 1) % 3000;
            let name = &names[usize::try_from(function).unwrap()];
            stack = profile.stack_id(Some(stack), Frame::function(name));
        }
        // A last frame of its own makes every stack distinct.
        let leaf = format!("leaf::number_{at}");
        stack = profile.stack_id(Some(stack), Frame::function(&leaf));
        let thread = threads[usize::try_from(random.below(3)).unwrap()];
        let weight = Weight::from_samples(1 + random.below(3) * random.below(3));
        profile.observe_at(Duration::from_millis(at.into()), thread, stack, weight);
    }
    profile
}
