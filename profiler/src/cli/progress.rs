//! What is said while a recording runs: on a terminal a line that changes, elsewhere
//! nothing.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use profiler::Quality;

use super::numbers::{count, elapsed};

/// The line.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Shows the line, unless it is not wanted or nobody would see it.
    pub fn new(is_wanted: bool) -> Self {
        let target = if is_wanted && io::stderr().is_terminal() {
            ProgressDrawTarget::stderr_with_hz(10)
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(None, target);
        let style = ProgressStyle::with_template("{spinner} {msg}");
        bar.set_style(style.expect("the template is valid"));
        Self { bar }
    }

    /// Shows how far it is.
    pub fn update(&self, quality: &Quality, passed: Duration, of: Option<Duration>) {
        if !self.bar.is_hidden() {
            self.bar.set_message(fitted(line(quality, passed, of)));
            self.bar.tick();
        }
    }

    /// Shows what is being done after the recording.
    pub fn say(&self, what: &'static str) {
        if !self.bar.is_hidden() {
            self.bar.set_message(what);
            self.bar.tick();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Leaves room behind the line for the `^C` that a terminal shows: it would go to the next
/// line and take the cursor along, which has to be here to remove this one.
fn fitted(line: String) -> String {
    const ROOM: usize = 6;
    let columns = ratatui::crossterm::terminal::size().map_or(80, |(columns, _)| columns);
    let length = usize::from(columns).saturating_sub(ROOM);
    match line.char_indices().nth(length) {
        Some((end, _)) => line[..end].to_owned(),
        None => line,
    }
}

fn line(quality: &Quality, passed: Duration, of: Option<Duration>) -> String {
    let mut time = elapsed(passed);
    if let Some(of) = of {
        time = format!("{time} of {}", elapsed(of));
    }
    let samples = quality.taken.as_samples();
    let lost = match quality.lost.as_samples() {
        0 => "0 lost".to_owned(),
        lost => format!("{} LOST", count(lost)),
    };
    format!(
        "{time}  {} samples  {:.0} a {} ({:.0} asked)  {lost}  Ctrl-C writes the profile",
        count(samples),
        quality.rate_obtained(),
        if quality.is_wall {
            "second"
        } else {
            "CPU second"
        },
        quality.rate_asked
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use profiler::Weight;

    #[test]
    fn the_line_says_time_samples_rate_and_losses() {
        let mut quality = Quality::default();
        quality.taken = Weight::from_samples(12_340);
        quality.cpu_time = Duration::from_secs(62);
        quality.rate_asked = 199.0;
        let passed = Duration::from_secs(75);
        assert_eq!(
            line(&quality, passed, Some(Duration::from_mins(10))),
            "1:15 of 10:00  12,340 samples  199 a CPU second (199 asked)  0 lost  \
             Ctrl-C writes the profile"
        );
        quality.lost = Weight::from_samples(5);
        assert!(line(&quality, passed, None).contains("5 LOST"));
    }
}
