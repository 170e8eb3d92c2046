//! What was found in a file, while it is being read and afterwards.
//!
//! [`Findings`] is filled from the hot loop, so it counts in an array and remembers
//! offsets; a line is counted and a text made only for what a report shows.

use super::DefectKind;
use super::policy::Policy;
use super::source_file::SourceFile;
use crate::Error;

/// How many lines of a kind are named.
const N_LINES: usize = 5;

/// One kind of defect or note in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub kind: DefectKind,
    /// How often.
    pub n: usize,
    /// The first lines that have it, from 1; rows of a file that has no lines. Empty
    /// when it is of the file as a whole.
    pub lines: Vec<u64>,
    /// What more there is to say.
    pub detail: Option<String>,
    /// What was done about it; `None` for a note, and for what was left as it is.
    pub treatment: Option<String>,
}

/// Counts of everything found so far.
#[derive(Default)]
pub struct Findings {
    tallies: Vec<Tally>,
}

#[derive(Clone, Default)]
struct Tally {
    n: usize,
    n_offsets: usize,
    offsets: [usize; N_LINES],
    /// Where the first one is, and what it breaks, as an error says it.
    problem: Option<(usize, String)>,
    detail: Option<String>,
    /// Found, but nothing can be done about it.
    is_left: bool,
}

impl Findings {
    /// Counts one of a kind at a row.
    pub fn note(&mut self, kind: DefectKind, offset: usize) {
        let tally = self.tally(kind);
        tally.n += 1;
        let is_full = tally.n_offsets == N_LINES;
        if is_full && offset >= tally.offsets[N_LINES - 1] {
            return;
        }
        // Rows are not always judged in the order of the file; its first are named.
        let end = if is_full {
            N_LINES - 1
        } else {
            tally.n_offsets
        };
        let place = tally.offsets[..end].partition_point(|earlier| *earlier <= offset);
        tally.offsets[place..=end].rotate_right(1);
        tally.offsets[place] = offset;
        tally.n_offsets = end + 1;
    }

    /// Counts a defect at a row; the first one's problem, by its place in the
    /// file, is kept for an error.
    pub fn defect(&mut self, kind: DefectKind, offset: usize, problem: impl FnOnce() -> String) {
        self.note(kind, offset);
        let tally = self.tally(kind);
        if tally
            .problem
            .as_ref()
            .is_none_or(|(first, _)| offset < *first)
        {
            tally.problem = Some((offset, problem()));
        }
    }

    /// Says more about a kind.
    pub fn set_detail(&mut self, kind: DefectKind, detail: impl Into<String>) {
        self.tally(kind).detail = Some(detail.into());
    }

    /// Says that nothing was done about a kind.
    pub fn leave(&mut self, kind: DefectKind) {
        self.tally(kind).is_left = true;
    }

    /// Sets how many there are of a kind whose places are holes rather than rows.
    pub fn set_count(&mut self, kind: DefectKind, n: usize) {
        self.tally(kind).n = n;
    }

    /// Counts the last one of a kind as one of another.
    pub fn rename_last(&mut self, kind: DefectKind, other: DefectKind, offset: usize) {
        let tally = self.tally(kind);
        tally.n -= 1;
        if tally.offsets[..tally.n_offsets].last() == Some(&offset) {
            tally.n_offsets -= 1;
        }
        if tally.n == 0 {
            *tally = Tally::default();
        }
        self.defect(other, offset, || "the line is cut short".into());
    }

    /// Forgets a kind, which is about to be counted by a better judge.
    pub fn restart(&mut self, kind: DefectKind) {
        *self.tally(kind) = Tally::default();
    }

    /// How many there are of a kind.
    pub fn count(&self, kind: DefectKind) -> usize {
        self.tallies.get(kind as usize).map_or(0, |tally| tally.n)
    }

    /// The problem of the first defect of a kind, and where it is.
    pub fn problem(&self, kind: DefectKind) -> Option<(usize, &str)> {
        let (offset, problem) = self.tallies.get(kind as usize)?.problem.as_ref()?;
        Some((*offset, problem))
    }

    /// The error that the policy `strict` makes of the file: its first defect, and that
    /// it names no pair only when there is no other.
    pub fn refusal(&self, file: &SourceFile<'_>) -> Option<Error> {
        let is_judged = |kind: &DefectKind| !kind.is_note() && *kind != DefectKind::NamelessPair;
        let first = DefectKind::ALL
            .into_iter()
            .filter(is_judged)
            .filter_map(|kind| self.problem(kind))
            .min_by_key(|(offset, _)| *offset);
        let nameless = || Error::NamelessFile {
            path: file.path().to_owned(),
        };
        match first {
            Some((offset, problem)) => Some(file.row_error(offset, problem)),
            None => (self.count(DefectKind::NamelessPair) > 0).then(nameless),
        }
    }

    /// Everything found, in the order of reports.
    pub fn list(&self, file: &SourceFile<'_>, policy: Policy) -> Vec<Finding> {
        let found: Vec<_> = DefectKind::ALL
            .into_iter()
            .filter_map(|kind| {
                let tally = self.tallies.get(kind as usize)?;
                (tally.n > 0).then_some((kind, tally))
            })
            .collect();
        let offsets = found.iter().flat_map(|(_, tally)| tally.places());
        let lines = file.lines_at(offsets.copied());
        let mut lines = lines.into_iter();
        found
            .iter()
            .map(|&(kind, tally)| Finding {
                kind,
                n: tally.n,
                lines: lines.by_ref().take(tally.places().len()).collect(),
                detail: tally.detail.clone(),
                treatment: (!kind.is_note()
                    && !tally.is_left
                    && (policy != Policy::Keep || kind.is_needed()))
                .then(|| kind.repair().to_owned()),
            })
            .collect()
    }

    fn tally(&mut self, kind: DefectKind) -> &mut Tally {
        if self.tallies.is_empty() {
            self.tallies.resize(DefectKind::ALL.len(), Tally::default());
        }
        &mut self.tallies[kind as usize]
    }
}

impl Tally {
    fn places(&self) -> &[usize] {
        &self.offsets[..self.n_offsets]
    }
}

impl Finding {
    /// The first lines in words, ` (lines 3, 9, …)`, or nothing.
    pub(super) fn places(&self) -> String {
        if self.lines.is_empty() {
            return String::new();
        }
        let lines: Vec<_> = self.lines.iter().map(u64::to_string).collect();
        format!(
            " (line{} {}{})",
            if lines.len() == 1 { "" } else { "s" },
            lines.join(", "),
            if self.n > lines.len() && lines.len() == N_LINES {
                ", …"
            } else {
                ""
            },
        )
    }
}
