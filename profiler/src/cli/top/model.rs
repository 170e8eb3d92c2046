//! What `top` shows: a function of the profiles that came and the keys that were pressed.

use std::collections::BTreeMap;
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use profiler::{Profile, Share, Weight};

use crate::cli::threads::label;

/// Everything that is shown.
#[derive(Debug)]
pub struct Model {
    pub title: String,
    pub interval: Duration,
    pub passed: Duration,
    overall: Profile,
    now: Profile,
    pub subject: Subject,
    /// The column that rows are sorted by, counted from zero.
    pub column: usize,
    pub is_reversed: bool,
    pub is_paused: bool,
    pub shows_help: bool,
    /// The first row that is shown.
    pub scroll: usize,
    rows: Vec<Row>,
}

/// What the rows are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Functions,
    Threads,
}

/// One line of the table: a share for each column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub name: String,
    /// `None` where nothing was sampled at all.
    pub shares: Vec<Option<Share>>,
}

/// What a key asks of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    Nothing,
    Quit,
}

impl Subject {
    /// The titles of its columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Functions => &["self now", "total now", "self", "total"],
            Self::Threads => &["now", "overall"],
        }
    }
}

impl Model {
    /// Shows nothing yet.
    pub fn new(title: String, interval: Duration) -> Self {
        Self {
            title,
            interval,
            passed: Duration::ZERO,
            overall: Profile::new(),
            now: Profile::new(),
            subject: Subject::Functions,
            column: 0,
            is_reversed: false,
            is_paused: false,
            shows_help: false,
            scroll: 0,
            rows: Vec::new(),
        }
    }

    /// Takes what was sampled in the last interval, and what is then the sum of all if that
    /// is another than what there was. While it is paused, that is counted and not shown.
    pub fn add(&mut self, now: Profile, overall: Option<Profile>, passed: Duration) {
        match overall {
            Some(overall) => self.overall = overall,
            None => self.overall.merge(&now),
        }
        if self.is_paused {
            return;
        }
        self.now = now;
        self.passed = passed;
        self.refresh();
    }

    /// What was sampled since the beginning.
    pub fn overall(&self) -> &Profile {
        &self.overall
    }

    /// What was sampled in the last interval.
    pub fn now(&self) -> &Profile {
        &self.now
    }

    /// The rows in their order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Does what a key stands for.
    pub fn press(&mut self, key: KeyEvent) -> Effect {
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Char('c' | 'd') if is_control => return Effect::Quit,
            KeyCode::Char('q') => return Effect::Quit,
            KeyCode::Esc if !self.shows_help => return Effect::Quit,
            KeyCode::Char('?' | 'h') => self.shows_help = !self.shows_help,
            KeyCode::Esc => self.shows_help = false,
            KeyCode::Char(digit @ '1'..='4') => self.sort_by(digit),
            KeyCode::Char('r') => {
                self.is_reversed = !self.is_reversed;
                self.sort();
            }
            KeyCode::Char('t') => self.turn(),
            KeyCode::Char('p' | ' ') => self.is_paused = !self.is_paused,
            KeyCode::Down | KeyCode::Char('j') => self.scroll_to(self.scroll.saturating_add(1)),
            KeyCode::Up | KeyCode::Char('k') => self.scroll_to(self.scroll.saturating_sub(1)),
            KeyCode::PageDown => self.scroll_to(self.scroll.saturating_add(PAGE)),
            KeyCode::PageUp => self.scroll_to(self.scroll.saturating_sub(PAGE)),
            KeyCode::Home => self.scroll_to(0),
            KeyCode::End => self.scroll_to(usize::MAX),
            _ => {}
        }
        Effect::Nothing
    }

    fn sort_by(&mut self, digit: char) {
        let column = digit as usize - '1' as usize;
        if column < self.subject.columns().len() {
            self.column = column;
            self.sort();
        }
    }

    fn turn(&mut self) {
        self.subject = match self.subject {
            Subject::Functions => Subject::Threads,
            Subject::Threads => Subject::Functions,
        };
        self.column = 0;
        self.scroll = 0;
        self.refresh();
    }

    fn scroll_to(&mut self, row: usize) {
        self.scroll = row.min(self.rows.len().saturating_sub(1));
    }

    fn refresh(&mut self) {
        self.rows = match self.subject {
            Subject::Functions => function_rows(&self.now, &self.overall),
            Subject::Threads => thread_rows(&self.now, &self.overall),
        };
        self.sort();
    }

    /// The largest first; equal ones by the other columns and then by name, so that
    /// rows that have nothing to tell them apart do not change places.
    fn sort(&mut self) {
        let column = self.column;
        self.rows.sort_by(|a, b| {
            let value = |row: &Row, at: usize| row.shares[at].map_or(-1.0, |share| share.value);
            let by = |at: usize| value(b, at).total_cmp(&value(a, at));
            let others = (0..a.shares.len()).rev().map(by);
            let order = others.fold(by(column), std::cmp::Ordering::then);
            order.then_with(|| a.name.cmp(&b.name))
        });
        if self.is_reversed {
            self.rows.reverse();
        }
        self.scroll_to(self.scroll);
    }
}

/// Rows that a page key scrolls by.
const PAGE: usize = 10;

fn function_rows(now: &Profile, overall: &Profile) -> Vec<Row> {
    let none = share(now, Weight::default());
    let mut recent: BTreeMap<String, [Option<Share>; 2]> = now
        .functions()
        .into_iter()
        .map(|function| {
            let shares = [function.self_share, function.total_share];
            (function.name, shares.map(Some))
        })
        .collect();
    let rows = overall.functions().into_iter().map(|function| {
        let [own, total] = recent.remove(&function.name).unwrap_or([none, none]);
        Row {
            shares: vec![
                own,
                total,
                Some(function.self_share),
                Some(function.total_share),
            ],
            name: function.name,
        }
    });
    rows.collect()
}

fn thread_rows(now: &Profile, overall: &Profile) -> Vec<Row> {
    let weights = |profile: &Profile| {
        let mut weights: BTreeMap<String, Weight> = BTreeMap::new();
        for sample in profile.samples() {
            let name = label(profile.thread(sample.thread));
            *weights.entry(name).or_default() += sample.weight;
        }
        weights
    };
    let recent = weights(now);
    let rows = weights(overall).into_iter().map(|(name, weight)| {
        let recent = recent.get(&name).copied().unwrap_or_default();
        Row {
            shares: vec![share(now, recent), share(overall, weight)],
            name,
        }
    });
    rows.collect()
}

/// A share of a profile that has any samples.
fn share(profile: &Profile, weight: Weight) -> Option<Share> {
    (profile.total() > Weight::default()).then(|| profile.share(weight))
}
