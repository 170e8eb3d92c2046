//! The twenty pairs and what makes each one's character.
//!
//! All of them traded on Poloniex before 2015-12. The opening prices of the
//! first six are that exchange's of 2015-12-01, rounded; everything else here is
//! a rough figure, chosen so that the market looks plausible.

/// Names one pair of the market.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// Code of the coin that is traded, such as `BTC`.
    pub base: &'static str,
    /// Code of the currency it is priced in; always `USDT`.
    pub quote: &'static str,
    /// A plausible listing day, `YYYY-MM-DD`, before the market's first hour.
    pub start_date: &'static str,
    /// Price at the market's first hour, in units of 1e-8 of the quote.
    pub(super) first_open: i64,
    /// Standard deviation of hourly log returns in an ordinary month.
    pub(super) hourly_vol: f64,
    /// Part of a shock that is the whole market's, as a correlation.
    pub(super) market_share: f64,
    /// Response of the month-end close to the BTC and ETH factor; unused for
    /// coins in the table.
    pub(super) beta: f64,
    /// Turnover of an ordinary hour in the first month, in quote currency.
    pub(super) turnover: f64,
}

/// Lists the pairs: the six of the table first, then the fourteen invented ones.
pub fn pairs() -> &'static [Pair] {
    &PAIRS
}

const fn pair(
    base: &'static str,
    start_date: &'static str,
    first_open: i64,
    hourly_vol: f64,
    market_share: f64,
    beta: f64,
    turnover: f64,
) -> Pair {
    Pair {
        base,
        quote: "USDT",
        start_date,
        first_open,
        hourly_vol,
        market_share,
        beta,
        turnover,
    }
}

#[rustfmt::skip] // a table reads by columns
static PAIRS: [Pair; super::N_PAIRS] = [
    //    base     listed       first open      vol     market  beta  turnover
    pair("BTC",   "2015-02-19", 37_940_000_000, 0.0095, 0.8,    1.0,   3_000.0),
    pair("ETH",   "2015-08-08",     87_000_000, 0.012,  0.6,    1.0,     800.0),
    pair("LTC",   "2015-02-19",    357_200_000, 0.011,  0.7,    1.0,     250.0),
    pair("XRP",   "2015-02-19",        419_200, 0.012,  0.5,    1.0,     300.0),
    pair("XMR",   "2015-02-19",     41_060_000, 0.013,  0.5,    1.0,     100.0),
    pair("DASH",  "2015-02-19",    200_000_000, 0.012,  0.5,    1.0,     100.0),
    pair("DOGE",  "2014-02-08",         13_000, 0.013,  0.6,    0.75,     20.0),
    pair("XLM",   "2014-08-05",        190_000, 0.014,  0.5,    1.1,      40.0),
    pair("XEM",   "2015-03-31",         11_000, 0.015,  0.4,    1.25,     10.0),
    pair("BTS",   "2014-11-05",        330_000, 0.014,  0.5,    0.85,     60.0),
    pair("MAID",  "2014-04-28",      1_800_000, 0.013,  0.5,    0.7,      50.0),
    pair("FCT",   "2015-10-06",     55_000_000, 0.014,  0.4,    0.85,     50.0),
    pair("SC",    "2015-08-15",          2_000, 0.015,  0.4,    1.1,       5.0),
    pair("NXT",   "2014-01-26",        750_000, 0.013,  0.5,    0.75,     50.0),
    pair("VTC",   "2014-03-08",      1_200_000, 0.015,  0.4,    0.9,      20.0),
    pair("PPC",   "2014-01-21",     38_000_000, 0.012,  0.6,    0.5,      20.0),
    pair("NMC",   "2014-01-21",     36_000_000, 0.012,  0.6,    0.5,      20.0),
    pair("DGB",   "2014-02-09",         13_000, 0.015,  0.4,    1.0,      10.0),
    pair("BCN",   "2014-06-22",          3_000, 0.015,  0.3,    0.9,       2.0),
    pair("CLAM",  "2014-07-13",     60_000_000, 0.013,  0.4,    0.55,     10.0),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_listed_before_the_market_opens() {
        let mut names: Vec<_> = pairs().iter().map(|p| p.base).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), super::super::N_PAIRS);
        for pair in pairs() {
            assert_eq!(pair.quote, "USDT");
            let date = chrono::NaiveDate::parse_from_str(pair.start_date, "%Y-%m-%d");
            assert!(date.is_ok(), "{}", pair.start_date);
            assert!(pair.start_date < "2015-12-01");
        }
    }
}
