//! The first anti-pattern: a retry helper that writes its debug message before it
//! knows whether anybody reads it.
//!
//! This is Mozilla's `redo.retry` in Rust: attempts, a growing pause with jitter,
//! the kinds of error that are worth another attempt, and a clean-up hook. With
//! [`Logging::Eager`] it formats the call's arguments at once, as redo up to 2.0
//! did (github.com/mozilla-releng/redo, pull request 51); with [`Logging::Lazy`]
//! it hands them to the `log` facade, which formats only what a logger wants.

use std::fmt;
use std::time::Duration;

use bench_fixtures::rng::Rng;

/// Calls an action until it works, and logs every attempt.
pub struct Retrier {
    policy: RetryPolicy,
    logging: Logging,
    dice: Rng,
    sleep: Box<dyn FnMut(Duration)>,
}

impl Retrier {
    /// A retrier whose jitter is drawn from `seed`, and whose pauses are taken by
    /// `sleep` (`thread::sleep`, unless a test has no time).
    pub fn new(
        policy: RetryPolicy,
        logging: Logging,
        seed: u64,
        sleep: impl FnMut(Duration) + 'static,
    ) -> Self {
        Self {
            policy,
            logging,
            dice: Rng::new(seed),
            sleep: Box::new(sleep),
        }
    }

    /// Calls `action` until it succeeds, fails with an error that is not worth
    /// another attempt, or has been tried [`RetryPolicy::attempts`] times.
    ///
    /// `is_transient` says which errors are worth another attempt; `clean_up` runs
    /// after each of these.
    ///
    /// # Errors
    /// The error of the last attempt.
    #[inline(never)]
    pub fn retry<T, E: fmt::Display, A: fmt::Display>(
        &mut self,
        call: &Call<'_, A>,
        is_transient: impl Fn(&E) -> bool,
        mut clean_up: impl FnMut(),
        mut action: impl FnMut() -> Result<T, E>,
    ) -> Result<T, E> {
        let mut attempt = 1;
        loop {
            match self.logging {
                Logging::Eager => call.log_eagerly(attempt),
                Logging::Lazy => call.log_lazily(attempt),
            }
            match action() {
                Err(error) if is_transient(&error) => {
                    log::debug!("retry: attempt #{attempt} of {} failed: {error}", call.name);
                    clean_up();
                    if attempt >= self.policy.attempts {
                        log::info!("retry: giving up on {}", call.name);
                        return Err(error);
                    }
                    (self.sleep)(self.policy.pause_after(attempt, &mut self.dice));
                    attempt += 1;
                }
                result => return result,
            }
        }
    }
}

impl fmt::Debug for Retrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            policy,
            logging,
            dice: _,
            sleep: _,
        } = self;
        f.debug_struct("Retrier")
            .field("policy", policy)
            .field("logging", logging)
            .finish_non_exhaustive()
    }
}

/// When the message about an attempt is formatted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logging {
    /// Before the logger is asked whether it wants the message.
    Eager,
    /// By the logger, if it wants the message.
    Lazy,
}

/// How often to try, and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// The most attempts, at least one.
    pub attempts: u32,
    /// The pause after the first failed attempt.
    pub pause: Duration,
    /// The longest pause.
    pub max_pause: Duration,
    /// By how much each pause is longer than the one before.
    pub scale: f64,
    /// Each pause is longer or shorter by up to this much, drawn evenly, so that
    /// many clients of one server do not come back together.
    pub jitter: Duration,
}

impl Default for RetryPolicy {
    /// Catalyst's choice: five attempts, five seconds, half as much again each time.
    fn default() -> Self {
        Self {
            attempts: 5,
            pause: Duration::from_secs(5),
            max_pause: Duration::from_mins(5),
            scale: 1.5,
            jitter: Duration::from_secs(1),
        }
    }
}

impl RetryPolicy {
    /// The pause after failed attempt `attempt` (from 1).
    fn pause_after(&self, attempt: u32, dice: &mut Rng) -> Duration {
        let growth = self
            .scale
            .powi(i32::try_from(attempt - 1).unwrap_or(i32::MAX));
        let longest = self.max_pause.as_secs_f64();
        let base = (self.pause.as_secs_f64() * growth).min(longest);
        let jitter = self.jitter.as_secs_f64() * (2.0 * dice.uniform() - 1.0);
        Duration::from_secs_f64((base + jitter).clamp(0.0, longest))
    }
}

/// What is being tried, for the log.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a, A> {
    /// The function's name.
    pub name: &'a str,
    /// Its arguments.
    pub args: &'a A,
}

impl<A: fmt::Display> Call<'_, A> {
    /// Formats the message about an attempt before anybody has asked for it.
    ///
    /// A function of its own, so that a flame graph shows what the habit costs,
    /// the allocation and release of the text included.
    #[inline(never)]
    fn log_eagerly(&self, attempt: u32) {
        let message = format!(
            "retry: calling {} with args: {}, kwargs: {{}}, attempt #{attempt}",
            self.name, self.args
        );
        log_attempt(attempt, format_args!("{message}"));
    }

    /// Hands the arguments over; whoever prints the message formats it.
    fn log_lazily(&self, attempt: u32) {
        log_attempt(
            attempt,
            format_args!(
                "retry: calling {} with args: {}, kwargs: {{}}, attempt #{attempt}",
                self.name, self.args
            ),
        );
    }
}

/// A first attempt is everyday news, a further one is worth knowing.
fn log_attempt(attempt: u32, message: fmt::Arguments<'_>) {
    let level = if attempt == 1 {
        log::Level::Debug
    } else {
        log::Level::Info
    };
    log::log!(level, "{message}");
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;

    /// Fails `n_failures` times, then succeeds; gives the result, the pauses and
    /// how often the clean-up ran.
    fn attempt(
        n_failures: u32,
        transient: bool,
        logging: Logging,
    ) -> (Result<u32, String>, Vec<f64>, u32) {
        let pauses = Rc::new(RefCell::new(Vec::new()));
        let sink = Rc::clone(&pauses);
        let mut retrier = Retrier::new(
            RetryPolicy::default(),
            logging,
            7,
            move |pause: Duration| {
                sink.borrow_mut().push(pause.as_secs_f64());
            },
        );
        let (mut n_calls, mut n_cleanups) = (0, 0);
        let result = retrier.retry(
            &Call {
                name: "f",
                args: &"(1)",
            },
            |_| transient,
            || n_cleanups += 1,
            || {
                n_calls += 1;
                if n_calls <= n_failures {
                    Err(format!("failure {n_calls}"))
                } else {
                    Ok(n_calls)
                }
            },
        );
        let pauses = pauses.take();
        (result, pauses, n_cleanups)
    }

    #[test]
    fn a_transient_failure_is_tried_again_after_growing_pauses() {
        for logging in [Logging::Eager, Logging::Lazy] {
            let (result, pauses, n_cleanups) = attempt(3, true, logging);
            assert_eq!((result, n_cleanups), (Ok(4), 3));
            for (pause, base) in pauses.iter().zip([5.0, 7.5, 11.25]) {
                assert!(
                    (pause - base).abs() <= 1.0,
                    "{pause} is {base} with a jitter of one second"
                );
                assert!((pause - base).abs() > 1e-6, "the jitter was drawn");
            }
            assert_eq!(pauses.len(), 3);
        }
    }

    #[test]
    fn the_pauses_come_from_the_seed() {
        assert_eq!(
            attempt(3, true, Logging::Lazy).1,
            attempt(3, true, Logging::Eager).1
        );
    }

    #[test]
    fn it_gives_up_after_the_last_attempt_without_a_pause() {
        let (result, pauses, n_cleanups) = attempt(9, true, Logging::Lazy);
        assert_eq!(
            (result, pauses.len(), n_cleanups),
            (Err("failure 5".into()), 4, 5)
        );
    }

    #[test]
    fn another_kind_of_error_is_not_tried_again() {
        let (result, pauses, n_cleanups) = attempt(1, false, Logging::Lazy);
        assert_eq!(
            (result, pauses.len(), n_cleanups),
            (Err("failure 1".into()), 0, 0)
        );
    }
}
