//! Places for values on a line, and the round values to label it with.

use crate::time::Timestamp;

/// A line of `length` drawing units from `low` to `high`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    low: f64,
    high: f64,
    length: f64,
}

impl Axis {
    /// An axis that holds all values and begins and ends at a multiple of `step`.
    pub fn around(values: impl IntoIterator<Item = f64>, step: f64, length: f64) -> Self {
        let (low, high) = values
            .into_iter()
            .filter(|value| value.is_finite())
            .fold((0.0, step), |(low, high): (f64, f64), value| {
                (low.min(value), high.max(value))
            });
        Self::between(
            (low / step).floor() * step,
            (high / step).ceil() * step,
            length,
        )
    }

    /// An axis from `low` to `high`, which are not equal.
    pub const fn between(low: f64, high: f64, length: f64) -> Self {
        Self { low, high, length }
    }

    /// How far along the line a value is.
    pub fn place(&self, value: f64) -> f64 {
        self.length * (value - self.low) / (self.high - self.low)
    }

    /// The multiples of `step` from one end to the other.
    pub fn multiples(&self, step: f64) -> impl Iterator<Item = f64> + use<> {
        let (first, last) = ((self.low / step).ceil(), (self.high / step).floor());
        std::iter::successors(Some(first), |idx| Some(idx + 1.0))
            .take_while(move |idx| *idx <= last)
            .map(move |idx| idx * step)
    }
}

/// The one-two-five series from `low` to `high`, both positive: what a logarithmic
/// axis is labelled with.
pub fn one_two_five(low: f64, high: f64) -> Vec<f64> {
    let mut values = Vec::new();
    let mut decade = 10_f64.powf(low.log10().floor());
    while decade <= high {
        for factor in [1.0, 2.0, 5.0] {
            let value = decade * factor;
            if (low..=high).contains(&value) {
                values.push(value);
            }
        }
        decade *= 10.0;
    }
    values
}

/// The days, counted from `start`, on which a month begins, with its name; every
/// second, third, … month where there would be more than `most`.
pub fn months(start: Timestamp, n_days: usize, most: usize) -> Vec<(usize, String)> {
    let all: Vec<(usize, (i32, u32))> = (0..n_days)
        .filter_map(|day| {
            let at = start.plus_hours(24 * i64::try_from(day).ok()?);
            let month = at.year_and_month();
            (at.plus_hours(-24).year_and_month() != month).then_some((day, month))
        })
        .collect();
    let every = [1, 2, 3, 6, 12, 24, 60]
        .into_iter()
        .find(|every| all.len().div_ceil(*every) <= most)
        .unwrap_or(120);
    all.into_iter()
        .step_by(every)
        .map(|(day, (year, month))| (day, format!("{year}-{month:02}")))
        .collect()
}

/// The same of so many days, and single days with their dates where that is one month at
/// most.
pub fn dates(start: Timestamp, n_days: f64, most: usize) -> Vec<(usize, String)> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "days of a run"
    )]
    let n = n_days as usize + 1;
    let months = months(start, n, most);
    if months.len() > 1 {
        return months;
    }
    let date = |day: usize| {
        let at = start.plus_hours(24 * i64::try_from(day).expect("two months"));
        let date = at.to_string();
        (day, date.split(' ').next().unwrap_or(&date).to_owned())
    };
    (0..n).step_by(n.div_ceil(most)).map(date).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_named_where_they_begin_and_fit() {
        let start = Timestamp::parse("2017-11-30").expect("a day");
        let expected = [(1, "2017-12".to_owned()), (32, "2018-01".to_owned())];
        assert_eq!(months(start, 34, 9), expected);
        assert!(months(start, 2_000, 9).len() <= 9);
        let new_year = Timestamp::parse("2018-01").expect("a month");
        assert_eq!(months(new_year, 2, 9), [(0, "2018-01".to_owned())]);
    }

    #[test]
    fn days_are_named_where_there_are_few() {
        let start = Timestamp::parse("2017-11-30").expect("a day");
        let found = dates(start, 2.5, 9);
        let expected = ["2017-11-30", "2017-12-01", "2017-12-02"];
        assert_eq!(
            found,
            expected
                .map(str::to_owned)
                .into_iter()
                .enumerate()
                .collect::<Vec<_>>()
        );
        assert_eq!(dates(start, 34.0, 9), months(start, 35, 9));
        assert!(dates(start, 30.0, 9).len() <= 9);
    }

    #[test]
    fn the_axis_holds_its_values_and_zero() {
        let axis = Axis::around([12.0, 33.4], 5.0, 350.0);
        assert_eq!(axis, Axis::between(0.0, 35.0, 350.0));
        assert!((axis.place(33.4) - 334.0).abs() < 1e-9);
        let labels: Vec<f64> = axis.multiples(5.0).collect();
        assert_eq!(labels, [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 35.0]);
    }

    #[test]
    fn a_negative_saving_has_a_place_too() {
        let axis = Axis::around([-3.0, 20.0], 10.0, 300.0);
        assert_eq!(axis, Axis::between(-10.0, 20.0, 300.0));
        assert_eq!(
            axis.multiples(10.0).collect::<Vec<_>>(),
            [-10.0, 0.0, 10.0, 20.0]
        );
    }

    #[test]
    fn without_values_the_axis_is_one_step_long() {
        assert_eq!(
            Axis::around([f64::NAN], 5.0, 1.0),
            Axis::between(0.0, 5.0, 1.0)
        );
    }

    #[test]
    fn a_logarithmic_axis_has_ones_twos_and_fives() {
        assert_eq!(
            one_two_five(90.0, 2_100.0),
            [100.0, 200.0, 500.0, 1_000.0, 2_000.0]
        );
        assert_eq!(one_two_five(3.0, 4.0), [0.0; 0]);
    }
}
