//! What is sent to a server while it is recorded.

use std::env;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, Result};
use profiler::{Error, Push, PushOptions, Recording, Weight};

use super::args::PushArgs;
use super::numbers::count;
use super::options::parse_duration;
use super::refusal::Refusal;
use super::streams;

/// The variable that holds what the server knows us by. It is no option, since every
/// user of a machine can read those.
const TOKEN: &str = "PYROSCOPE_AUTH_TOKEN";

/// How long the end waits for a server that is slow.
const PATIENCE: Duration = Duration::from_secs(10);

impl PushArgs {
    /// Whether anything is to be sent.
    pub fn is_wanted(&self) -> bool {
        self.push.is_some()
    }

    /// Gets ready to send, under the program's name if no other is asked for.
    pub fn start(&self, program: impl FnOnce() -> String) -> Result<Option<Pusher>> {
        let Some(url) = &self.push else {
            return Ok(None);
        };
        let interval = parse_duration("--push-interval", &self.push_interval)?;
        if interval < Duration::from_secs(1) {
            let rule = "it has to be at least 1s";
            return Err(Refusal::new("--push-interval", &self.push_interval, rule).into());
        }
        let name = self.push_name.clone().unwrap_or_else(program);
        let mut options = PushOptions::new(url, name);
        for tag in &self.push_tag {
            options.tags.push(parse_tag(tag)?);
        }
        options.token = env::var(TOKEN).ok().filter(|token| !token.is_empty());
        let push = Push::start(options).map_err(refusal)?;
        Ok(Some(Pusher {
            push,
            interval,
            since: now(),
            due: Instant::now() + interval,
        }))
    }
}

fn parse_tag(text: &str) -> Result<(String, String)> {
    let rule = "write a name and a value, such as region=eu-west";
    let (key, value) = text
        .split_once('=')
        .ok_or_else(|| Refusal::new("--push-tag", text, rule))?;
    Ok((key.trim().to_owned(), value.trim().to_owned()))
}

/// Names the option by which a value came that cannot be sent.
fn refusal(error: Error) -> anyhow::Error {
    match error {
        Error::BadOption {
            option,
            value,
            allowed,
        } => {
            let option = match option {
                "url" => "--push",
                "application" => "--push-name",
                "tags" => "--push-tag",
                _ => TOKEN,
            };
            let rule = format!("it has to be {allowed}");
            Refusal::new(option, value.trim_matches('`'), rule).into()
        }
        error => error.into(),
    }
}

/// Sends what was sampled, interval by interval.
#[derive(Debug)]
pub struct Pusher {
    push: Push,
    interval: Duration,
    since: SystemTime,
    due: Instant,
}

impl Pusher {
    /// Sends the last interval if it is over.
    pub fn work(&mut self, recording: &mut Recording) -> Result<()> {
        if Instant::now() < self.due {
            return Ok(());
        }
        self.due += self.interval;
        self.send(recording)
    }

    fn send(&mut self, recording: &mut Recording) -> Result<()> {
        let profile = recording.take()?;
        let until = now();
        // A process that slept has nothing to tell.
        if profile.total() > Weight::default() {
            self.push
                .send(&profile, self.since, until)
                .context("cannot send a profile")?;
        }
        self.since = until;
        Ok(())
    }

    /// Sends what is left, and says what became of everything.
    pub fn finish(mut self, recording: &mut Recording, is_quiet: bool) -> Result<()> {
        self.send(recording)?;
        let report = self.push.finish(PATIENCE);
        let problem = report.last_problem.unwrap_or_default();
        if report.dropped > 0 {
            streams::tell(format_args!(
                "Sent {}; {} could not be sent: {problem}",
                profiles(report.sent),
                count(report.dropped)
            ));
        } else if !is_quiet {
            streams::tell(format_args!("Sent {}", profiles(report.sent)));
        }
        Ok(())
    }
}

fn profiles(n: u64) -> String {
    match n {
        1 => "1 profile".to_owned(),
        n => format!("{} profiles", count(n)),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the server files profiles under the time at which they were taken"
)]
fn now() -> SystemTime {
    SystemTime::now()
}
