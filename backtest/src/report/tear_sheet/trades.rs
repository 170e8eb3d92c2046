//! The trades of each pair, on its price.

use super::chart::{Chart, Mark};
use super::{HOURS_PER_DAY, chart, daily_to_the_end, line};
use crate::history::History;
use crate::instrument::PairId;
use crate::report::RunReport;
use crate::report::html::escaped;
use crate::report::text::counted;
use crate::round_trip::{RoundTrip, round_trips};
use crate::time::Timestamp;

/// More marks than these are not drawn: they would hide the price.
const MAX_MARKS: usize = 400;

/// A chart for each pair that was traded, the most traded first and unfolded; where there
/// were no trades, the first pair's.
pub fn charts(report: &RunReport<'_>) -> String {
    let market = report.market;
    let trips = round_trips(&report.outcome.fills, market.n_pairs());
    let trips_of = |pair| trips.iter().filter(move |trip| trip.pair == pair);
    let mut traded: Vec<(PairId, Vec<&RoundTrip>)> = market
        .pairs()
        .map(|pair| (pair, trips_of(pair).collect()))
        .collect();
    traded.sort_by_key(|(_, trips)| std::cmp::Reverse(trips.len()));
    let n_charts = traded
        .partition_point(|(_, trips)| !trips.is_empty())
        .max(1);
    traded.truncate(n_charts);

    let section = |(i, (pair, trips)): (usize, &(PairId, Vec<&RoundTrip>))| {
        let note = note(report, *pair, trips);
        let chart = price(report, *pair, trips).draw();
        if n_charts == 1 {
            return format!("<p class=\"note\">{note}.</p>{chart}");
        }
        let open = if i == 0 { " open" } else { "" };
        format!("<details{open}><summary class=\"note\">{note}</summary>{chart}</details>\n")
    };
    traded.iter().enumerate().map(section).collect()
}

fn can_be_drawn(trips: &[&RoundTrip]) -> bool {
    2 * trips.len() <= MAX_MARKS
}

fn note(report: &RunReport<'_>, pair: PairId, trips: &[&RoundTrip]) -> String {
    let n_open = trips.iter().filter(|it| it.exited_at.is_none()).count();
    let open = if n_open > 0 {
        format!(", {n_open} still open")
    } else {
        String::new()
    };
    let marks = match trips.len() {
        0 => "",
        _ if can_be_drawn(trips) => " (▲ entry, ▼ exit; point at one for its price)",
        _ => " (too many to be drawn)",
    };
    let symbol = report.market.symbol(pair).to_string();
    let symbol = escaped(&symbol);
    format!("{symbol}: {}{open}{marks}", counted(trips.len(), "trade"))
}

/// The price of a pair in the account's currency, with its entries and exits.
fn price(report: &RunReport<'_>, pair: PairId, trips: &[&RoundTrip]) -> Chart {
    let market = report.market;
    let range = report.outcome.range;
    // The first open, and then all closes.
    let prices_of = |pair| {
        let bars = History::of(market, pair, range);
        bars.opens().iter().take(1).chain(bars.closes())
    };
    let prices: Vec<f64> = match market.rate_pair(pair).map(prices_of) {
        None => prices_of(pair).map(|price| price.as_f64()).collect(),
        Some(rates) => prices_of(pair)
            .zip(rates)
            .map(|(price, rate)| price.exchanged(*rate).as_f64())
            .collect(),
    };
    let base = market.symbol(pair).base();
    let title = format!("The price of {base} in {}", market.quote());
    let lines = vec![line("price", "benchmark", &daily_to_the_end(&prices))];
    let mut chart = chart(report, &title, 240.0, lines);
    chart.is_logarithmic = true;
    if can_be_drawn(trips) {
        chart.marks = trips
            .iter()
            .flat_map(|trip| marks(trip, range.start()))
            .collect();
    }
    chart
}

fn marks(trip: &RoundTrip, start: Timestamp) -> Vec<Mark> {
    let day = |time: Timestamp| time.hours_since(start) as f64 / HOURS_PER_DAY as f64;
    let way = if trip.is_long { "long" } else { "short" };
    let mut marks = vec![Mark {
        day: day(trip.entered_at),
        value: trip.entry_price(),
        is_entry: true,
        title: format!(
            "{way} at {}, {}",
            significant(trip.entry_price()),
            trip.entered_at
        ),
    }];
    if let Some((time, price)) = trip.exited_at.zip(trip.exit_price()) {
        let percent = 100.0 * trip.return_();
        marks.push(Mark {
            day: day(time),
            value: price,
            is_entry: false,
            title: format!("closed at {}, {time}: {percent:+.2} %", significant(price)),
        });
    }
    marks
}

/// A price with eight digits, wherever its point is.
fn significant(price: f64) -> String {
    let digits: f64 = format!("{price:.7e}").parse().expect("as it was written");
    digits.to_string()
}
