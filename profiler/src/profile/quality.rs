//! What is known about how well a profile was taken.

use std::fmt;
use std::time::Duration;

use super::Weight;

/// Counts what a profile holds, what it misses, and what taking it cost.
///
/// All counts are in arrivals of the sampling schedule, which runs on CPU time:
/// `taken + lost` is what the program's CPU time called for.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Quality {
    /// Samples in the profile.
    pub taken: Weight,
    /// Samples that were due but not recorded: the ring was full, or the
    /// session ended before the thread could be interrupted.
    pub lost: Weight,
    /// Samples recorded more than 100 µs of CPU time after they were due; most
    /// fell into a system call, which can only be interrupted at its end, and
    /// are credited to that call.
    pub late: Weight,
    /// Samples whose stack was deeper than the limit; they keep their leaf side
    /// under a frame `[truncated]`.
    pub truncated: Weight,
    /// Samples whose stack could not be walked to its root; they keep what was
    /// walked under a frame `[unreadable]`.
    pub unreadable: Weight,
    /// CPU time of the sampled threads while they were sampled.
    pub cpu_time: Duration,
    /// Time that went by between start and stop.
    pub wall_time: Duration,
    /// The part of `cpu_time` that went into taking samples. Where the program samples
    /// itself, the kernel's cost of delivering each signal is not in it. Where it is
    /// recorded from outside, it is what a sample of its stack's size was measured to take
    /// before the start, for each sample; or the time for which threads were stopped.
    pub overhead: Duration,
    /// The CPU time of the recorder itself, which runs beside the program; where the
    /// program samples itself, of the thread that collects its samples.
    pub recorder_time: Duration,
    /// The rate that was asked for, per second of each thread's time: CPU time, or in
    /// wall mode all of it.
    pub rate_asked: f64,
    /// The lowest rate, of the same kind, to which it was lowered so that the cost stayed
    /// within its bound; `None` where that was not needed.
    pub rate_lowered_to_hz: Option<f64>,
    /// Whether all time was sampled, asleep or running, and not only that on a processor.
    pub is_wall: bool,
    /// Where the interruptions came from; `None` for a profile that was not
    /// sampled here.
    pub source: Option<Source>,
}

/// Where the interruptions of a session came from.
///
/// Later ones are weaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Source {
    /// The kernel's cpu-clock event on every processor: no thread is too short-lived.
    Processors,
    /// The kernel's cpu-clock event, which counts a thread's CPU time itself.
    PerfEvent,
    /// A repeating monotonic timer for each thread, set anew where it went off before the
    /// thread's CPU time was due.
    Timer,
    /// A cpu-clock event of each thread, which stops it for its frames to be read.
    Tracing,
    /// Threads stopped one at a time.
    Ptrace,
}

impl Source {
    /// Returns the number under which it is saved.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::PerfEvent => 0,
            Self::Timer => 1,
            Self::Processors => 2,
            Self::Ptrace => 3,
            Self::Tracing => 4,
        }
    }

    /// Returns what was saved under a number.
    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    pub(crate) fn from_number(number: u8) -> Option<Self> {
        let all = [
            Self::PerfEvent,
            Self::Timer,
            Self::Processors,
            Self::Ptrace,
            Self::Tracing,
        ];
        all.into_iter().find(|source| source.number() == number)
    }
}

impl Quality {
    /// Returns the samples taken per second of the program's CPU time, in wall mode per
    /// second of wall time, all threads together; zero if there was none.
    ///
    /// A program that samples itself takes no samples of the time that this takes, so
    /// `overhead` does not count there.
    pub fn rate_obtained(&self) -> f64 {
        let is_from_inside = matches!(self.source, Some(Source::PerfEvent | Source::Timer));
        let time = match (self.is_wall, is_from_inside) {
            (true, _) => self.wall_time,
            (false, true) => self.cpu_time.saturating_sub(self.overhead),
            (false, false) => self.cpu_time,
        };
        let seconds = time.as_secs_f64();
        if seconds > 0.0 {
            self.taken.as_samples() as f64 / seconds
        } else {
            0.0
        }
    }

    /// Returns what was added since `earlier`.
    #[cfg_attr(
        not(all(target_os = "linux", target_arch = "x86_64")),
        expect(dead_code, reason = "only recordings are taken piece by piece")
    )]
    pub(crate) fn since(&self, earlier: &Self) -> Self {
        let more = |now: Weight, then: Weight| {
            Weight::from_samples(now.as_samples().saturating_sub(then.as_samples()))
        };
        Self {
            taken: more(self.taken, earlier.taken),
            lost: more(self.lost, earlier.lost),
            late: more(self.late, earlier.late),
            truncated: more(self.truncated, earlier.truncated),
            unreadable: more(self.unreadable, earlier.unreadable),
            cpu_time: self.cpu_time.saturating_sub(earlier.cpu_time),
            wall_time: self.wall_time.saturating_sub(earlier.wall_time),
            overhead: self.overhead.saturating_sub(earlier.overhead),
            recorder_time: self.recorder_time.saturating_sub(earlier.recorder_time),
            ..self.clone()
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let seconds = |quality: &Self| quality.cpu_time.as_secs_f64();
        let both = seconds(self) + seconds(other);
        self.rate_asked = if both > 0.0 {
            (self.rate_asked * seconds(self) + other.rate_asked * seconds(other)) / both
        } else {
            self.rate_asked.max(other.rate_asked)
        };
        self.taken += other.taken;
        self.lost += other.lost;
        self.late += other.late;
        self.truncated += other.truncated;
        self.unreadable += other.unreadable;
        self.cpu_time += other.cpu_time;
        self.wall_time += other.wall_time;
        self.overhead += other.overhead;
        self.recorder_time += other.recorder_time;
        self.rate_lowered_to_hz = match (self.rate_lowered_to_hz, other.rate_lowered_to_hz) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.is_wall |= other.is_wall;
        // The weaker of the two names the mixture.
        self.source = self.source.max(other.source);
    }
}

impl fmt::Display for Quality {
    /// Writes one line for people: count, rate, and every counter that is not zero.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} samples", self.taken.as_samples())?;
        // What was lost is not known of a profile that was not sampled here.
        if self.source.is_none() {
            return Ok(());
        }
        let (time, of_what, each) = if self.is_wall {
            (self.wall_time, "", " of each thread")
        } else {
            (self.cpu_time, " of CPU time", "")
        };
        write!(
            f,
            " in {:.2} s{of_what}, {:.0} a second (asked: {:.0}{each}), {} lost",
            time.as_secs_f64(),
            self.rate_obtained(),
            self.rate_asked,
            self.lost.as_samples()
        )?;
        if let Some(rate) = self.rate_lowered_to_hz {
            write!(f, ", lowered to {rate:.0} a second to bound the cost")?;
        }
        for (count, word) in [
            (self.late, "late"),
            (self.truncated, "truncated"),
            (self.unreadable, "unreadable"),
        ] {
            if count > Weight::default() {
                write!(f, ", {} {word}", count.as_samples())?;
            }
        }
        Ok(())
    }
}
