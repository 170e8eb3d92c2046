//! Ctrl-C and SIGTERM, as wishes that the work asks for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Signal, getpgrp, kill_process};
use rustix::termios::tcgetpgrp;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Catches the signals that ask for an end.
#[derive(Debug)]
pub struct Signals {
    interrupted: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
    is_last: Arc<AtomicBool>,
}

impl Signals {
    /// From now on, a signal is a wish.
    pub fn catch() -> Result<Self> {
        let signals = Self {
            interrupted: Arc::default(),
            terminated: Arc::default(),
            is_last: Arc::default(),
        };
        signals.register().context("cannot catch signals")?;
        Ok(signals)
    }

    fn register(&self) -> io::Result<()> {
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            // Asked first, so that a signal after the last wish ends us as it would any
            // program.
            flag::register_conditional_default(signal, Arc::clone(&self.is_last))?;
        }
        flag::register(SIGINT, Arc::clone(&self.interrupted))?;
        flag::register(SIGTERM, Arc::clone(&self.terminated))?;
        flag::register(SIGHUP, Arc::clone(&self.terminated))?;
        Ok(())
    }

    /// The signal that came since the last time, if one did.
    pub fn take(&self) -> Option<Signal> {
        if self.terminated.swap(false, Ordering::Relaxed) {
            Some(Signal::TERM)
        } else if self.interrupted.swap(false, Ordering::Relaxed) {
            Some(Signal::INT)
        } else {
            None
        }
    }

    /// Whether a signal has come.
    pub fn was_asked(&self) -> bool {
        [&self.interrupted, &self.terminated]
            .iter()
            .any(|flag| flag.load(Ordering::Relaxed))
    }

    /// The next signal ends this process at once.
    pub fn let_go(&self) {
        self.is_last.store(true, Ordering::Relaxed);
    }
}

/// Sends a signal to a process; one that is gone needs none.
pub fn send(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, signal);
    }
}

/// Whether Ctrl-C reaches the processes that we start as well: the terminal sends it to
/// all of the group in its foreground.
pub fn terminal_signals_children() -> bool {
    tcgetpgrp(io::stdin()).is_ok_and(|group| group == getpgrp())
}
