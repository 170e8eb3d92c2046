//! How a profile was taken, and what that means for reading it, in two sentences.

use crate::analysis::Share;
use crate::profile::{Profile, WeightUnit};

/// Says what the profile holds and misses, and how far its shares can be trusted.
pub(super) fn sentences(profile: &Profile) -> String {
    format!(
        "{}; {}. {}.",
        taken(profile),
        missed(profile),
        meaning(profile)
    )
}

fn taken(profile: &Profile) -> String {
    let (quality, unit) = (profile.quality(), profile.unit());
    let mut parts = vec![format!("{} {unit}", grouped(profile.total().as_units()))];
    if unit != WeightUnit::Samples {
        let n = profile.n_observations().round();
        parts.push(format!(", as precise as {n:.0} samples"));
    }
    if quality.source.is_some() {
        let (cpu, wall) = (
            quality.cpu_time.as_secs_f64(),
            quality.wall_time.as_secs_f64(),
        );
        let (obtained, asked) = (quality.rate_obtained(), quality.rate_asked);
        parts.push(if quality.is_wall {
            format!(
                ", asleep and running, in {wall:.1} s on the clock ({cpu:.1} s of CPU time), \
                 {obtained:.0} a second of {asked:.0} asked for of each thread"
            )
        } else {
            format!(
                " in {cpu:.1} s of CPU time ({wall:.1} s on the clock), {obtained:.0} a second \
                 of {asked:.0} asked for"
            )
        });
    }
    parts.concat()
}

fn missed(profile: &Profile) -> String {
    let quality = profile.quality();
    // What was lost is not known of a profile that was not sampled here.
    if quality.source.is_none() {
        return "how they were taken is not known".to_owned();
    }
    let counters = [
        (quality.lost, "lost"),
        (quality.late, "late"),
        (quality.truncated, "cut short"),
        (quality.unreadable, "not readable to the root"),
    ];
    let counted: Vec<String> = counters
        .iter()
        .filter(|(count, _)| count.as_samples() > 0)
        .map(|(count, word)| format!("{} {word}", grouped(count.as_samples())))
        .collect();
    if counted.is_empty() {
        return "none lost, none cut short".to_owned();
    }
    counted.join(", ")
}

/// A tenth serves as the example: large enough to be looked at, small enough to be missed.
fn meaning(profile: &Profile) -> String {
    let total = profile.total().as_units();
    let tenth = Share::of_fraction(0.1, profile.n_observations());
    let mut parts = vec![format!(
        "A share of 10\u{a0}% is known to within {:.2} points either way",
        tenth.half_width() * 100.0
    )];
    let quality = profile.quality();
    let lost = quality.lost.as_samples();
    if lost > 0 {
        let most = lost as f64 / (total + lost) as f64 * 100.0;
        parts.push(format!(
            ", and what was lost could move it by up to {most:.2} more"
        ));
    }
    let cut = quality.truncated.as_samples() + quality.unreadable.as_samples();
    if cut > 0 {
        let part = cut as f64 / total as f64 * 100.0;
        parts.push(format!(
            "; callers are missing from {part:.2}\u{a0}% of the samples"
        ));
    }
    parts.concat()
}

/// Writes a count with a comma after each three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
