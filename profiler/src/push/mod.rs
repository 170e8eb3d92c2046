//! Sends profiles to a server that keeps those of many machines.
//!
//! The protocol is Pyroscope's: `POST /ingest` with the profile as pprof in a form
//! (Grafana, "Pyroscope server HTTP API", section "pprof format"). A thread of its own
//! does the sending, so that nobody waits for the network: while the server is slow or
//! away, profiles queue up, and when the queue is full the oldest gives way.

mod sender;

use std::sync::{Arc, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

use self::sender::{Job, Sender, Shared};

use crate::error::{Error, Result};
use crate::format::{Format, WriteOptions};
use crate::profile::Profile;

/// Where and how to send.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PushOptions {
    /// The server, like `http://localhost:4040`; `/ingest` is added.
    pub url: String,
    /// The name that the server files the profiles under.
    pub application: String,
    /// Labels, like `("region", "us-west-1")`. Default: none.
    pub tags: Vec<(String, String)>,
    /// Sent as `Authorization: Bearer TOKEN`. Default: none.
    pub token: Option<String>,
    /// Further headers, like `X-Scope-OrgID` for the tenant. Default: none.
    pub headers: Vec<(String, String)>,
    /// How many profiles wait at most; then the oldest is dropped. Default: 16.
    pub max_queued: usize,
    /// How often one profile is sent again before it is dropped. Default: 8.
    pub max_retries: u32,
    /// The wait before the first retry; it doubles with each. Default: half a second.
    pub first_wait: Duration,
    /// The longest wait between two tries. Default: 30 s.
    pub max_wait: Duration,
    /// How long one try may take. Default: 10 s.
    pub timeout: Duration,
}

impl PushOptions {
    /// Returns the defaults for a server and an application.
    pub fn new(url: impl Into<String>, application: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            application: application.into(),
            tags: Vec::new(),
            token: None,
            headers: Vec::new(),
            max_queued: 16,
            max_retries: 8,
            first_wait: Duration::from_millis(500),
            max_wait: Duration::from_secs(30),
            timeout: Duration::from_secs(10),
        }
    }
}

/// What became of the profiles so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PushReport {
    /// Profiles that the server took.
    pub sent: u64,
    /// Profiles that were dropped: the queue was full, the server refused them, it was
    /// away for too long, or the time to finish was over.
    pub dropped: u64,
    /// Tries that failed and were repeated, or given up.
    pub failed_tries: u64,
    /// What went wrong last.
    pub last_problem: Option<String>,
}

/// A queue of profiles and the thread that sends them.
///
/// Dropping it gives up what has not been sent; [`Push::finish`] waits.
#[derive(Debug)]
pub struct Push {
    shared: Arc<Shared>,
    sender: Option<JoinHandle<()>>,
    max_queued: usize,
}

impl Push {
    /// Starts the thread that sends. Nothing is sent before there is a profile, so a
    /// server that is away is no error here.
    ///
    /// # Errors
    /// [`Error::BadOption`] for what cannot be sent: a URL that is none, an application
    /// or tag with one of `{},=`, a header that is none, a queue of no length;
    /// [`Error::System`] if there is no thread to be had.
    pub fn start(options: PushOptions) -> Result<Self> {
        check(&options)?;
        let shared = Arc::new(Shared::default());
        let max_queued = options.max_queued;
        let sender = Sender::new(options, Arc::clone(&shared));
        let sender = std::thread::Builder::new()
            .name("profile push".to_owned())
            .spawn(move || sender.run())
            .map_err(Error::system("start the thread that sends profiles"))?;
        Ok(Self {
            shared,
            sender: Some(sender),
            max_queued,
        })
    }

    /// Queues what was sampled between two times. It is turned into pprof here; the
    /// network is left to the sending thread.
    ///
    /// # Errors
    /// Those of [`pprof::write`](crate::format::pprof::write).
    pub fn send(&self, profile: &Profile, from: SystemTime, until: SystemTime) -> Result<()> {
        let mut bytes = Vec::new();
        let mut options = WriteOptions::new();
        options.started_at = Some(from);
        Format::Pprof.write(profile, &options, &mut bytes)?;
        let mut state = self.shared.lock();
        if state.queue.len() == self.max_queued {
            state.queue.pop_front();
            state.report.dropped += 1;
        }
        state.queue.push_back(Job { from, until, bytes });
        drop(state);
        self.shared.changed.notify_all();
        Ok(())
    }

    /// Returns what has become of the profiles so far.
    pub fn report(&self) -> PushReport {
        self.shared.lock().report.clone()
    }

    /// Sends what is queued, for at most `limit`, and says what became of everything.
    /// A profile whose answer is still out by then counts as dropped.
    pub fn finish(mut self, limit: Duration) -> PushReport {
        self.close(limit)
    }

    fn close(&mut self, limit: Duration) -> PushReport {
        let mut state = self.shared.lock();
        state.deadline.get_or_insert(Instant::now() + limit);
        self.shared.changed.notify_all();
        (state, _) = self
            .shared
            .changed
            .wait_timeout_while(state, limit, |state| !state.is_done)
            .unwrap_or_else(PoisonError::into_inner);
        let mut report = state.report.clone();
        report.dropped += state.queue.len() as u64 + u64::from(state.is_sending);
        let is_done = state.is_done;
        drop(state);
        // A thread that still waits for an answer ends by itself.
        if let Some(sender) = self.sender.take().filter(|_| is_done) {
            sender.join().expect("sending a profile does not panic");
        }
        report
    }
}

impl Drop for Push {
    fn drop(&mut self) {
        if self.sender.is_some() {
            self.close(Duration::ZERO);
        }
    }
}

fn check(options: &PushOptions) -> Result<()> {
    let bad = |option, value: &str, allowed| {
        Err(Error::BadOption {
            option,
            value: format!("`{value}`"),
            allowed,
        })
    };
    let uri = options.url.parse::<ureq::http::Uri>().ok();
    let scheme = uri.as_ref().and_then(ureq::http::Uri::scheme_str);
    if !matches!(scheme, Some("http" | "https")) {
        return bad("url", &options.url, "a URL like http://localhost:4040");
    }
    // The server takes names and tags from one text.
    let is_plain = |text: &str| !text.is_empty() && !text.contains(['{', '}', ',', '=']);
    if !is_plain(&options.application) {
        return bad("application", &options.application, "a name without {},=");
    }
    for text in options.tags.iter().flat_map(|(key, value)| [key, value]) {
        if !is_plain(text) {
            return bad("tags", text, "not empty and without {},=");
        }
    }
    for (name, value) in &options.headers {
        let name = ureq::http::HeaderName::try_from(name.as_str()).is_ok();
        if !name || ureq::http::HeaderValue::try_from(value.as_str()).is_err() {
            return bad("headers", value, "a header's name and its value in ASCII");
        }
    }
    let token = options.token.as_deref().unwrap_or_default();
    if ureq::http::HeaderValue::try_from(token).is_err() {
        return bad("token", "…", "printable ASCII");
    }
    if options.max_queued == 0 {
        return bad("max_queued", "0", "at least 1");
    }
    Ok(())
}
