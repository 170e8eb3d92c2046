//! What is said while a recording runs: on a terminal a line that changes, elsewhere
//! nothing.
//!
//! The cursor stays behind the line, so that the `^C` that a terminal shows goes there too
//! and is removed with it. Progress bar crates leave the cursor at the right margin, from
//! where `^C` goes to the next line and the old one stays.

use std::cell::Cell;
use std::env;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use profiler::Quality;

use super::numbers::{count, elapsed};

/// The line.
#[derive(Debug)]
pub struct Progress {
    is_shown: bool,
    turn: Cell<usize>,
}

/// What turns at the line's beginning.
const TURNS: [char; 10] = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/// Goes to the beginning of the line and empties it.
const CLEAR: &str = "\r\x1b[2K";

/// Room behind the line for what the terminal itself shows there.
const ROOM: usize = 6;

impl Progress {
    /// Shows the line, unless it is not wanted or nobody would see it.
    pub fn new(is_wanted: bool) -> Self {
        let is_dumb = env::var_os("TERM").is_none_or(|name| name == "dumb");
        Self {
            is_shown: is_wanted && !is_dumb && io::stderr().is_terminal(),
            turn: Cell::new(0),
        }
    }

    /// Shows how far it is.
    pub fn update(&self, quality: &Quality, passed: Duration, of: Option<Duration>) {
        if self.is_shown {
            self.say(&line(quality, passed, of));
        }
    }

    /// Shows what is being done.
    pub fn say(&self, what: &str) {
        if !self.is_shown {
            return;
        }
        let columns = crossterm::terminal::size().map_or(80, |(columns, _)| columns);
        let room = usize::from(columns).saturating_sub(ROOM);
        let turn = TURNS[self.turn.get() % TURNS.len()];
        self.turn.set(self.turn.get() + 1);
        let text: String = what.chars().take(room).collect();
        draw(&format!("{CLEAR}{turn} {text}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.is_shown {
            draw(CLEAR);
        }
    }
}

/// Nobody is worse off if this fails.
fn draw(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes());
    let _ = stderr.flush();
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
