//! What a suite runs, in which order.

use bench_fixtures::catalogue::{Clock, Entry};
use serde::{Deserialize, Serialize};

use super::run::{Amount, SECONDS_PER_UNIT};
use super::subject::Subject;

/// How much of everything.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Samples asked for, per second, where a workload asks for no other rate.
    pub rate_hz: u32,
    /// Runs of each subject on each workload, every other one with a function slowed
    /// down where the workload allows that.
    pub n_repeats: u32,
    /// CPU seconds of a run, about.
    pub seconds: f64,
    /// The first seed; each repeat has the next.
    pub seed: u64,
    /// The probability that a correct profiler fails anywhere.
    pub level: f64,
}

/// What is run next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step {
    pub entry: usize,
    pub repeat: u32,
    pub who: Who,
}

/// Under whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// Nobody: beside the subjects that run the program inside themselves, or the others.
    Bare { is_in_process: bool },
    /// The subject of that number.
    Subject(usize),
}

/// How many times as long a slowed function takes.
pub(super) const SLOW_FACTOR: f64 = 2.0;

impl Plan {
    /// Samples asked for, per second, on a workload.
    pub fn rate_on(&self, entry: &Entry) -> u32 {
        entry.rate_hz.unwrap_or(self.rate_hz)
    }

    /// How much of a workload a run does.
    ///
    /// What is in step with the sampler has to keep time, and everything else the same
    /// work. Few samples a second take more seconds to say anything.
    pub(super) fn amount_of(&self, entry: &Entry) -> Amount {
        match entry.rate_hz {
            Some(rate_hz) if rate_hz < 500 => Amount::Seconds(2.5 * self.seconds),
            Some(_) => Amount::Seconds(self.seconds),
            None => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "seconds are positive and bounded"
                )]
                let n_units = (self.seconds / SECONDS_PER_UNIT).round() as u64;
                Amount::Work(n_units.max(1))
            }
        }
    }

    /// The function of a workload that is slowed down, where it is of use: one that
    /// sleeps has nothing to be slowed, and one in step would fall out of it.
    pub(super) fn slowed_function(&self, entry: &Entry) -> Option<usize> {
        let can = self.n_repeats >= 2
            && entry.rate_hz.is_none()
            && entry.clock == Clock::Cpu
            && entry.functions.len() > 1;
        can.then_some(0)
    }

    /// Tells whether a function is slowed in a repeat.
    pub(super) fn slows_in(&self, entry: &Entry, repeat: u32) -> bool {
        repeat % 2 == 1 && self.slowed_function(entry).is_some()
    }

    /// Lists all runs: workload by workload and repeat by repeat, so that all subjects
    /// meet the same state of the machine; who comes first changes with each repeat.
    pub(super) fn steps(&self, entries: &[Entry], subjects: &[Subject]) -> Vec<Step> {
        let mut steps = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let able: Vec<usize> = (0..subjects.len())
                .filter(|&subject| subjects[subject].can_run(entry))
                .collect();
            let mut who: Vec<Who> = able.iter().map(|&subject| Who::Subject(subject)).collect();
            for is_in_process in [false, true] {
                let is_wanted =
                    |&subject: &usize| subjects[subject].is_in_process() == is_in_process;
                if able.iter().any(is_wanted) {
                    who.push(Who::Bare { is_in_process });
                }
            }
            for repeat in 0..self.n_repeats {
                let first = repeat as usize % who.len().max(1);
                let in_turn = who[first..].iter().chain(&who[..first]);
                let is_wanted =
                    |who: &&Who| matches!(who, Who::Subject(_)) || self.needs_bare(entry, repeat);
                steps.extend(in_turn.filter(is_wanted).map(|&who| Step {
                    entry: at,
                    repeat,
                    who,
                }));
            }
        }
        steps
    }

    /// Only the same work can be compared with and without a subject.
    fn needs_bare(&self, entry: &Entry, repeat: u32) -> bool {
        matches!(self.amount_of(entry), Amount::Work(_)) && !self.slows_in(entry, repeat)
    }
}

impl Subject {
    /// Tells whether a workload is for this subject.
    pub fn can_run(&self, entry: &Entry) -> bool {
        self.languages.contains(&entry.language)
            && !self.except.iter().any(|workload| workload == entry.name)
            && (self.workloads.is_empty()
                || self.workloads.iter().any(|workload| workload == entry.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bench_fixtures::catalogue;

    #[test]
    fn every_subject_meets_every_workload_in_every_repeat() {
        let plan = Plan {
            rate_hz: 1_000,
            n_repeats: 4,
            seconds: 1.0,
            seed: 1,
            level: 0.01,
        };
        let subjects = Subject::built_in();
        let entries: Vec<Entry> = catalogue::all();
        let steps = plan.steps(&entries, &subjects);
        for (number, subject) in subjects.iter().enumerate() {
            for (at, entry) in entries.iter().enumerate() {
                let mine = steps
                    .iter()
                    .filter(|step| step.entry == at && step.who == Who::Subject(number));
                let wanted = if subject.can_run(entry) { 4 } else { 0 };
                assert_eq!(mine.count(), wanted, "{} on {}", subject.name, entry.name);
            }
        }
        let split = entries
            .iter()
            .position(|entry| entry.name == "split")
            .expect("it is there");
        let bare = steps
            .iter()
            .filter(|step| step.entry == split && matches!(step.who, Who::Bare { .. }));
        // Two repeats of four are slowed, and there are two kinds of bare runs.
        assert_eq!(bare.count(), 4);
    }
}
