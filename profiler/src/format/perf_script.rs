//! The text of `perf script`: a line for each sample, and below it a line for each frame.
//!
//! ```text
//! worker 1 310/311 [001] 5023.506504:  1005025 cpu-clock:pppH:
//!         153b8 next+0x28 (inlined)
//!         153b8 leaf+0x28 (/usr/bin/burn)
//!
//! ```
//!
//! Each sample counts once, as perf's periods are equal on average. Of several events
//! only the first is read, as Brendan Gregg's `stackcollapse-perf.pl` does: adding up
//! cycles and instructions would mean nothing. A function without a name is its
//! module in brackets.

use std::io::BufRead;
use std::time::Duration;

use super::input::excerpt;
use crate::error::{Error, Result};
use crate::profile::{Frame, Profile, StackId, Thread, ThreadId, Weight};

/// Reads the output of `perf script`.
///
/// # Errors
/// [`Error::BadFile`] names the line that is neither a sample nor a frame;
/// [`Error::Io`] if `input` cannot be read.
pub fn read(input: impl BufRead) -> Result<Profile> {
    let mut reader = Reader::default();
    for (at, line) in input.split(b'\n').enumerate() {
        let line = line.map_err(Error::io("read the output of perf script"))?;
        let line = String::from_utf8_lossy(&line);
        reader
            .line(line.trim_end())
            .map_err(|problem| Error::BadFile {
                format: "perf script",
                place: format!("line {}", at + 1),
                problem,
            })?;
    }
    reader.end_of_sample();
    Ok(reader.profile)
}

/// Tells whether the first line that says something begins a sample.
pub(super) fn is_header(line: &str) -> bool {
    Header::parse(line).is_some()
}

/// The first line of a sample.
struct Header<'a> {
    thread: Thread<'a>,
    time: Option<Duration>,
    event: &'a str,
    /// The only frame, of a profile without call chains.
    rest: &'a str,
}

impl<'a> Header<'a> {
    /// Takes a line apart. The command's name may hold spaces and digits, so the first
    /// number that is followed by a time ends it.
    fn parse(line: &'a str) -> Option<Self> {
        if !line.contains(':') {
            return None;
        }
        let mut at = line.find(' ')?;
        loop {
            let word = line[at..].trim_start();
            let start = line.len() - word.len();
            let end = word.find(' ').map(|length| start + length)?;
            if let Some(header) = Self::after_name(&line[..start], &line[start..end], &line[end..])
            {
                return Some(header);
            }
            at = end;
        }
    }

    fn after_name(name: &'a str, ids: &str, rest: &'a str) -> Option<Self> {
        let (pid, tid) = match ids.split_once('/') {
            Some((pid, tid)) => (Some(pid.parse().ok()?), tid.parse().ok()?),
            None => (None, ids.parse().ok()?),
        };
        let (mut word, mut rest) = next_word(rest);
        if word.starts_with('[') && word.ends_with(']') {
            (word, rest) = next_word(rest);
        }
        let time = seconds(word.strip_suffix(':')?)?;
        let (mut word, mut rest) = next_word(rest);
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            (word, rest) = next_word(rest);
        }
        Some(Self {
            thread: Thread {
                name: name.trim(),
                pid,
                tid: Some(tid),
            },
            time: Some(time),
            event: event_name(word.strip_suffix(':').unwrap_or(word)),
            rest: rest.trim(),
        })
    }
}

fn next_word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(' ').unwrap_or(text.len()))
}

/// Reads `5023.506504` without rounding.
fn seconds(text: &str) -> Option<Duration> {
    let (whole, part) = text.split_once('.')?;
    if part.is_empty() || part.len() > 9 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos = format!("{part:0<9}").parse().ok()?;
    Some(Duration::new(whole.parse().ok()?, nanos))
}

/// Leaves out modifiers, and which kind of core of a hybrid processor it was.
fn event_name(event: &str) -> &str {
    let event = event
        .strip_prefix("cpu_core/")
        .or_else(|| event.strip_prefix("cpu_atom/"))
        .unwrap_or(event);
    event.split([':', '/']).next().unwrap_or(event)
}

/// A frame as its line has it; innermost first.
#[derive(Debug)]
struct Call {
    function: String,
    module: Option<String>,
    source: Option<(String, u32)>,
    is_inlined: bool,
}

#[derive(Default)]
struct Reader {
    profile: Profile,
    event: Option<String>,
    started: Option<Duration>,
    sample: Option<(ThreadId, Option<Duration>)>,
    /// Whether lines of frames belong to a sample that is left out.
    skips: bool,
    stack: Vec<Call>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), String> {
        if line.is_empty() {
            self.end_of_sample();
            return Ok(());
        }
        if !line.starts_with(char::is_whitespace) {
            self.end_of_sample();
            return if line.starts_with('#') {
                Ok(())
            } else {
                self.header(line)
            };
        }
        if self.skips {
            return Ok(());
        }
        // Short names of commands are padded on the left.
        if self.sample.is_none() {
            return self.header(line.trim_start());
        }
        self.frame(line.trim_start())
    }

    fn header(&mut self, line: &str) -> Result<(), String> {
        let header = Header::parse(line).ok_or_else(|| {
            format!(
                "`{}` does not begin a sample (expected `command pid/tid time: event:`)",
                excerpt(line)
            )
        })?;
        let event = self.event.get_or_insert_with(|| header.event.to_owned());
        if event != header.event {
            self.skips = header.rest.is_empty();
            return Ok(());
        }
        let thread = self.profile.thread_id(header.thread);
        self.sample = Some((thread, header.time));
        if !header.rest.is_empty() {
            self.frame(header.rest)?;
            self.end_of_sample();
        }
        Ok(())
    }

    fn frame(&mut self, line: &str) -> Result<(), String> {
        let (address, rest) = next_word(line);
        let rest = rest.trim_start();
        if rest.is_empty() || !address.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return self.source_line(line);
        }
        // Where lines of files are asked for, an inlined function has no module.
        let end = rest
            .strip_suffix(" (deleted))")
            .map_or(rest.len(), str::len);
        let at = match rest[..end].rfind('(') {
            Some(at) if rest.ends_with(')') => at,
            _ => rest.len(),
        };
        let (symbol, module) = (rest[..at].trim_end(), &rest[at..]);
        let module = module.trim_start_matches('(').trim_end_matches(')');
        let is_inlined = module == "inlined";
        let module = (!is_inlined && !module.is_empty() && module != "[unknown]")
            .then(|| module.rsplit('/').next().unwrap_or(module).to_owned());
        let function = match (without_offset(symbol), &module) {
            ("[unknown]" | "", Some(module)) => format!("[{}]", module.trim_matches(['[', ']'])),
            ("", None) => "[unknown]".to_owned(),
            (name, _) => name.to_owned(),
        };
        self.stack.push(Call {
            function,
            module,
            source: None,
            is_inlined,
        });
        Ok(())
    }

    /// Reads `file.c:12`, which perf prints below a frame when it is asked to.
    fn source_line(&mut self, text: &str) -> Result<(), String> {
        let (text, is_inlined) = match text.strip_suffix(" (inlined)") {
            Some(text) => (text, true),
            None => (text, false),
        };
        let place = text
            .rsplit_once(':')
            .and_then(|(file, line)| Some((file, line.parse().ok()?)));
        match (place, self.stack.last_mut()) {
            (Some((file, line)), Some(frame)) => {
                frame.source = Some((file.to_owned(), line));
                frame.is_inlined |= is_inlined;
                Ok(())
            }
            _ => Err(format!(
                "`{}` is not a frame (expected `address symbol (module)`)",
                excerpt(text)
            )),
        }
    }

    fn end_of_sample(&mut self) {
        self.skips = false;
        let Some((thread, time)) = self.sample.take() else {
            return;
        };
        let mut leaf: Option<StackId> = None;
        let mut module = None;
        for call in self.stack.iter().rev() {
            // An inlined function is in the module of the one that it was inlined into.
            if !call.is_inlined {
                module = call.module.as_deref();
            }
            let frame = Frame {
                function: &call.function,
                module,
                file: call.source.as_ref().map(|(file, _)| &**file),
                line: call.source.as_ref().map(|(_, line)| *line),
            };
            leaf = Some(self.profile.stack_id(leaf, frame));
        }
        self.stack.clear();
        let leaf = leaf.unwrap_or_else(|| self.profile.stack_id(None, Frame::function("[empty]")));
        let one = Weight::from_samples(1);
        match time {
            Some(time) => {
                let started = *self.started.get_or_insert(time);
                let at = time.saturating_sub(started);
                self.profile.observe_at(at, thread, leaf, one);
            }
            None => self.profile.observe(thread, leaf, one),
        }
    }
}

/// Cuts the place within the function, `+0x1f`.
fn without_offset(symbol: &str) -> &str {
    match symbol.rsplit_once("+0x") {
        Some((name, offset)) if offset.bytes().all(|byte| byte.is_ascii_hexdigit()) => name,
        _ => symbol,
    }
}
