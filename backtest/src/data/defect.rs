//! The catalogue of what can be wrong, or merely unusual, in a price file.
//!
//! A *note* is a way of writing that has one meaning, such as CRLF or milliseconds:
//! it is reported and never refused. A *defect* is anything that has to be repaired
//! before the engine can trade on it, or that makes a number doubtful.

/// What was found in a price file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DefectKind {
    /// The file begins with a byte order mark.
    ByteOrderMark,
    /// Lines end in CR LF, or in CR alone.
    Crlf,
    /// Lines stand before the header or the first row.
    Banner,
    /// No line names the columns.
    NoHeader,
    /// No column holds volumes; all are zero.
    NoVolumes,
    /// Cells are told apart by another character than a comma.
    Delimiter,
    /// Decimals follow a comma, as in `9010,61`.
    DecimalComma,
    /// Prices such as `9,010.61`.
    ThousandsSeparators,
    /// The newest row comes first.
    Descending,
    /// Times are in milliseconds, microseconds, nanoseconds or fractions of seconds.
    TimeUnit,
    /// Hours are counted to twelve.
    AmPm,
    /// Numbers such as `1.2e-5`.
    ScientificNotation,
    /// Bars shorter than an hour, all of them.
    ShortBars,
    /// Hours without a row.
    AbsentHours,
    /// Hours of shorter bars, some of which are absent.
    PartialHours,
    /// Rows that stand twice, word for word.
    EqualDuplicates,
    /// Rows that disagree on the same time.
    ConflictingDuplicates,
    /// Rows in no order.
    MixedOrder,
    /// Times in more than one unit.
    MixedUnits,
    /// Years of two digits.
    TwoDigitYears,
    /// Dates that no calendar has, or hours that no day has.
    ImpossibleDates,
    /// Dates that tell another time than the unix column beside them.
    DatesOverruled,
    /// Local time sold as UTC.
    LocalTime,
    /// Bars stamped with the time they closed.
    CloseTimes,
    /// Bars of half an hour or less among hourly ones.
    MixedBarLengths,
    /// Rows that open at no hour and belong to no shorter bars.
    OffTheHour,
    /// Prices that are zero or negative.
    NonPositivePrices,
    /// Rows whose prices are empty or NaN.
    MissingPrices,
    /// Prices with more decimals than a [`Price`](crate::Price) has, of which that says much.
    RoundedPrices,
    /// Rows whose high is not the highest or whose low is not the lowest price.
    BrokenRanges,
    /// Prices far from all others around them that the market did not pass through.
    BadTicks,
    /// Volumes that are empty, negative or not numbers.
    BadVolumes,
    /// Volumes of base and quote currency in each other's columns.
    SwappedVolumes,
    /// One or two rows, months from all others.
    OrphanRows,
    /// A last line that was cut short.
    TruncatedLine,
    /// Lines that cannot be read as a row.
    UnreadableRows,
    /// A header or banner among the rows.
    RepeatedHeader,
    /// Nothing names the pair.
    NamelessPair,
}

use super::catalogue::CATALOGUE;
use DefectKind as K;

impl DefectKind {
    /// Every kind, in the order in which reports list them.
    pub const ALL: [Self; 38] = [
        K::AbsentHours,
        K::PartialHours,
        K::EqualDuplicates,
        K::ConflictingDuplicates,
        K::MixedOrder,
        K::MixedUnits,
        K::TwoDigitYears,
        K::ImpossibleDates,
        K::DatesOverruled,
        K::LocalTime,
        K::CloseTimes,
        K::MixedBarLengths,
        K::OffTheHour,
        K::NonPositivePrices,
        K::MissingPrices,
        K::RoundedPrices,
        K::BrokenRanges,
        K::BadTicks,
        K::BadVolumes,
        K::SwappedVolumes,
        K::OrphanRows,
        K::TruncatedLine,
        K::UnreadableRows,
        K::RepeatedHeader,
        K::NamelessPair,
        K::ByteOrderMark,
        K::Crlf,
        K::Banner,
        K::NoHeader,
        K::NoVolumes,
        K::Delimiter,
        K::DecimalComma,
        K::ThousandsSeparators,
        K::Descending,
        K::TimeUnit,
        K::AmPm,
        K::ScientificNotation,
        K::ShortBars,
    ];

    /// Whether it is only a way of writing, with one meaning.
    pub const fn is_note(self) -> bool {
        (self as usize) < K::AbsentHours as usize
    }

    /// Its name in JSON.
    pub const fn name(self) -> &'static str {
        self.texts().1
    }

    /// What it is called in reports, of one and of many.
    pub(crate) const fn nouns(self) -> (&'static str, &'static str) {
        let (_, _, one, many, _) = self.texts();
        (one, many)
    }

    /// What is done about it under the policy `repair`; nothing for a note.
    pub(crate) const fn repair(self) -> &'static str {
        self.texts().4
    }

    /// Whether the policy `keep` does it too, since a series has one bar an hour,
    /// every hour, and prices above zero.
    pub(crate) const fn is_needed(self) -> bool {
        !matches!(
            self,
            K::LocalTime | K::BrokenRanges | K::BadTicks | K::SwappedVolumes | K::OrphanRows
        )
    }

    const fn texts(self) -> (Self, &'static str, &'static str, &'static str, &'static str) {
        CATALOGUE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_has_every_kind_once_and_in_its_place() {
        for kind in DefectKind::ALL {
            assert_eq!(kind.texts().0, kind);
            assert_eq!(kind.is_note(), kind.repair().is_empty());
        }
        let mut all = DefectKind::ALL;
        all.sort_unstable();
        assert!(
            all.iter()
                .zip(CATALOGUE)
                .all(|(kind, entry)| *kind == entry.0)
        );
    }
}
