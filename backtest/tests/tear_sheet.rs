//! The tear sheet of runs that are not whole days.

use backtest::report::{RunReport, to_html};
use backtest::strategy::BuyAndHold;
use backtest::{EngineOptions, HourRange, MemoryPortal, data, run};

/// The page of so many hours, in which one pair is bought and held.
fn page(n_hours: i64) -> String {
    page_of(n_hours, 1)
}

fn page_of(n_hours: i64, n_pairs: usize) -> String {
    let market = data::embedded(n_pairs, 1).expect("a market");
    let (start, _) = market.common_hours();
    let range = HourRange::new(start, start.plus_hours(n_hours)).expect("hours");
    let options = EngineOptions::default();
    let mut portal = MemoryPortal::new(&market);
    let mut strategy = BuyAndHold::default();
    let outcome = run(&market, range, &mut portal, &mut strategy, &options).expect("a sound run");
    to_html(&RunReport {
        strategy: "buy-and-hold",
        market: &market,
        files: &[],
        seed: Some(1),
        options: &options,
        outcome: &outcome,
        statistics: &[],
        intervals: None,
    })
}

/// Where the points of each curve are, from left to right.
fn places(page: &str) -> Vec<Vec<&str>> {
    let curves = page.split("points=\"").skip(1);
    let points = curves.filter_map(|rest| rest.split('"').next());
    points
        .map(|points| {
            points
                .split(' ')
                .filter_map(|it| it.split(',').next())
                .collect()
        })
        .collect()
}

#[test]
fn curves_go_on_to_the_last_hour() {
    let page = page(30);
    let [equity, benchmark, drawdown, price] = &places(&page)[..] else {
        panic!("four curves: {page}");
    };
    for curve in [equity, benchmark, price] {
        // The beginning, the end of the first day, and six hours of the second.
        assert_eq!(curve, &["84.0", "756.0", "924.0"]);
    }
    assert_eq!(drawdown, &["84.0", "756.0"], "the worst of each day");
}

#[test]
fn one_of_a_kind_is_not_many() {
    let page = page(2);
    for text in [", 2 ticks;", ": 1 trade, 1 still open (", ">2015-12-01<"] {
        assert!(page.contains(text), "{text} in {page}");
    }
    assert!(self::page(1).contains(", 1 tick;"));
}

#[test]
fn every_pair_that_was_traded_has_its_chart() {
    let page = page_of(30, 3);
    assert_eq!(page.matches("<details").count(), 3);
    assert_eq!(page.matches("<details open>").count(), 1);
    assert_eq!(page.matches("<title>The price of").count(), 3);
}
