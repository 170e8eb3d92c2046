//! The thread that sends, and what it shares with those who queue.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::{PushOptions, PushReport};

/// What the sending thread owns.
pub(super) struct Sender {
    options: PushOptions,
    shared: Arc<Shared>,
    agent: ureq::Agent,
}

/// How a try ended.
enum Outcome {
    Sent,
    /// Another try would fare no better.
    Refused(String),
    Failed(String),
}

impl Sender {
    pub(super) fn new(options: PushOptions, shared: Arc<Shared>) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            options,
            shared,
            agent,
        }
    }

    pub(super) fn run(self) {
        while let Some(job) = self.next() {
            let is_sent = self.deliver(&job);
            let mut state = self.shared.lock();
            state.is_sending = false;
            if is_sent {
                state.report.sent += 1;
            } else {
                state.report.dropped += 1;
            }
        }
        self.shared.lock().is_done = true;
        self.shared.changed.notify_all();
    }

    /// Waits for the next profile; `None` when there will be none, or no time for it.
    fn next(&self) -> Option<Job> {
        let mut state = self.shared.lock();
        loop {
            if state.time_left().is_some_and(|left| left.is_zero()) {
                return None;
            }
            if let Some(job) = state.queue.pop_front() {
                state.is_sending = true;
                return Some(job);
            }
            if state.deadline.is_some() {
                return None;
            }
            state = self.shared.wait(state, IDLE);
        }
    }

    /// Tries until the server has taken or refused the profile, or there were enough
    /// tries; tells whether it was taken.
    fn deliver(&self, job: &Job) -> bool {
        let mut wait = self.options.first_wait;
        for n_retries in 0.. {
            let left = self.shared.lock().time_left();
            let timeout = left.map_or(self.options.timeout, |left| left.min(self.options.timeout));
            if timeout.is_zero() {
                return false;
            }
            let (problem, is_final) = match self.post(job, timeout) {
                Outcome::Sent => return true,
                Outcome::Refused(problem) => (problem, true),
                Outcome::Failed(problem) => (problem, n_retries >= self.options.max_retries),
            };
            let mut state = self.shared.lock();
            state.report.failed_tries += 1;
            state.report.last_problem = Some(problem);
            if is_final {
                break;
            }
            // The news that there will be no more profiles ends the wait early, as it
            // may be the last chance.
            let until = Instant::now() + wait;
            let was_open = state.deadline.is_none();
            while !until.saturating_duration_since(Instant::now()).is_zero()
                && was_open == state.deadline.is_none()
                && !state.time_left().is_some_and(|left| left.is_zero())
            {
                state = self
                    .shared
                    .wait(state, until.saturating_duration_since(Instant::now()));
            }
            wait = (wait * 2).min(self.options.max_wait);
        }
        false
    }

    fn post(&self, job: &Job, timeout: Duration) -> Outcome {
        let options = &self.options;
        let url = format!("{}/ingest", options.url.trim_end_matches('/'));
        let (boundary, body) = form(&job.bytes);
        let mut request = self
            .agent
            .post(url)
            .config()
            .timeout_global(Some(timeout))
            .build()
            .query("name", application(options))
            .query("from", unix_seconds(job.from).to_string())
            .query("until", unix_seconds(job.until).to_string())
            .query("format", "pprof")
            .query("spyName", env!("CARGO_PKG_NAME"))
            .header(
                "Content-Type",
                format!("multipart/form-data; boundary={boundary}"),
            );
        if let Some(token) = &options.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in &options.headers {
            request = request.header(name, value);
        }
        match request.send(&body[..]) {
            Err(error) => Outcome::Failed(error.to_string()),
            Ok(response) => {
                let status = response.status();
                let problem = format!("the server answered {status}");
                match status.as_u16() {
                    200..=299 => Outcome::Sent,
                    // Too slow, and too many requests: both may be better next time.
                    408 | 429 => Outcome::Failed(problem),
                    400..=499 => Outcome::Refused(problem),
                    _ => Outcome::Failed(problem),
                }
            }
        }
    }
}

/// A profile, ready to be sent.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) from: SystemTime,
    pub(super) until: SystemTime,
    pub(super) bytes: Vec<u8>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) queue: VecDeque<Job>,
    /// Whether the sender holds a profile that is in the queue no more.
    pub(super) is_sending: bool,
    /// When the sender has to be done; `None` while profiles may still come.
    pub(super) deadline: Option<Instant>,
    /// Whether the sender has ended.
    pub(super) is_done: bool,
    pub(super) report: PushReport,
}

#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) state: Mutex<State>,
    pub(super) changed: Condvar,
}

impl Shared {
    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // No statement that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a change, or until `limit` or the deadline has come.
    fn wait<'a>(&'a self, state: MutexGuard<'a, State>, limit: Duration) -> MutexGuard<'a, State> {
        let limit = state.time_left().map_or(limit, |left| left.min(limit));
        self.changed
            .wait_timeout(state, limit)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

impl State {
    /// Returns the time until the deadline, if there is one.
    fn time_left(&self) -> Option<Duration> {
        self.deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

/// How long the sender sleeps at most where nobody wakes it.
const IDLE: Duration = Duration::from_hours(1);

/// Writes the name and the tags as the server wants them: `app{key=value,key=value}`.
fn application(options: &PushOptions) -> String {
    let tags: Vec<String> = options
        .tags
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!("{}{{{}}}", options.application, tags.join(","))
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs()
}

/// Makes a form with the file `profile`; returns what separates its parts as well.
fn form(file: &[u8]) -> (String, Vec<u8>) {
    // What separates must not occur in the file.
    let boundary = (0..=u32::MAX)
        .map(|n| format!("profile-boundary-{n}"))
        .find(|text| !file.windows(text.len()).any(|part| part == text.as_bytes()))
        .expect("a file is shorter than all of these together");
    let mut body = format!(
        "--{boundary}\r\nContent-Disposition: form-data; name=\"profile\"; \
         filename=\"profile.pprof\"\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (boundary, body)
}
