//! A sweep for values alone finds the values of a full one, to the last bit.

use backtest::strategy::StrategySpec;
use backtest::sweep::{self, Axis, Row, Sampling, Space};
use backtest::{EngineOptions, HourRange, Timestamp, data};

#[test]
fn a_sweep_for_values_finds_those_of_a_full_one() {
    let market = data::embedded(2, data::DEFAULT_SEED).expect("the embedded market");
    let time = |text| Timestamp::parse(text).expect("a month");
    let range = HourRange::new(time("2016-01"), time("2016-04")).expect("a quarter");
    let strategy = StrategySpec::parse("sma-cross").expect("a strategy");
    let space = Space {
        // Some of the points are none of the strategy's.
        axes: ["fast=2..12:5", "slow=7..40:11"]
            .map(|text| Axis::parse(text).expect("an axis"))
            .into(),
        sampling: Sampling::Grid,
        seed: 1,
    };
    let rows = |values_only| -> Vec<Row> {
        let mut units = sweep::work_units(&strategy, &space, &market, range);
        for unit in &mut units {
            unit.values_only = values_only;
        }
        let done = vec![None; units.len()];
        let options = EngineOptions::default();
        sweep::run(&units, done, &market, &options, 2, |_, _| Ok(())).expect("sound runs")
    };
    let (full, values) = (rows(false), rows(true));
    assert_eq!(full.len(), 12);
    for (full, value) in full.iter().zip(&values) {
        assert_eq!(
            (&full.strategy, &full.refused),
            (&value.strategy, &value.refused)
        );
        let numbers = |row: &Row| {
            let found = row.result.clone()?;
            let money = [found.final_value, found.commission, found.total_return];
            Some((money.map(f64::to_bits), found.fills))
        };
        assert_eq!(numbers(full), numbers(value));
        assert!(
            value
                .result
                .as_ref()
                .is_none_or(|found| found.sharpe.is_none())
        );
    }
    assert!(full.iter().filter(|row| row.result.is_some()).count() >= 8);
}
