//! The market that needs no file.

use bench_fixtures::market::{N_PAIRS, SYNTHETIC_NOTICE, write_csv};

use backtest::data::{DEFAULT_PAIRS, DEFAULT_SEED, embedded, embedded_pairs};
use backtest::{Error, HourRange, Symbol, Timestamp};

use super::support::load_text;

#[test]
fn ten_pairs_have_every_hour_of_the_talks_two_years() {
    let market = embedded(DEFAULT_PAIRS, DEFAULT_SEED).expect("there are more than ten pairs");
    assert_eq!(market.n_pairs(), 10);
    assert!(market.is_synthetic());
    assert!(market.source().contains("synthetic"), "{}", market.source());
    let month = |text| Timestamp::parse(text).expect("a month");
    let range = HourRange::new(month("2015-12"), month("2018-02")).expect("a range");
    market.require(range).expect("the market has these hours");
    assert!(market.pairs().all(|pair| market.n_filled(pair, range) == 0));
}

#[test]
fn the_generated_csv_loads_as_the_embedded_bars() {
    for pair_idx in [0, N_PAIRS - 1] {
        let mut content = Vec::new();
        write_csv(&mut content, pair_idx, 7).expect("memory can be written");
        assert!(content.starts_with(SYNTHETIC_NOTICE.as_bytes()));
        let loaded = load_text("generated.csv", content).expect("our own file loads");
        let report = &loaded.reports[0];
        assert!(report.is_synthetic && report.is_clean(), "{report}");
        assert!(loaded.market.is_synthetic());

        let symbol = report.symbol.clone();
        let market = embedded_pairs(&[symbol], 7).expect("the pair is known");
        let pair = market.pairs().next().expect("one pair");
        assert_eq!(loaded.market.bars(pair), market.bars(pair));
    }
}

#[test]
fn a_pair_does_not_depend_on_the_others() {
    let all = embedded(N_PAIRS, 3).expect("there are that many");
    let names: Vec<_> = all.pairs().map(|pair| all.symbol(pair).clone()).collect();
    let two = [names[11].clone(), names[2].clone()];
    let chosen = embedded_pairs(&two, 3).expect("both are known");
    for (pair, symbol) in chosen.pairs().zip(&two) {
        assert_eq!(chosen.symbol(pair), symbol);
        let same = all.pairs().find(|pair| all.symbol(*pair) == symbol);
        assert_eq!(chosen.bars(pair), all.bars(same.expect("all has it")));
    }
    let other_seed = embedded_pairs(&two, 4).expect("both are known");
    assert!(
        chosen
            .pairs()
            .all(|pair| chosen.bars(pair) != other_seed.bars(pair))
    );
}

#[test]
fn what_the_market_does_not_have_is_said() {
    let symbol = |text| Symbol::parse(text).expect("a pair's name");
    let error = embedded_pairs(&[symbol("FOO/USDT")], 1).expect_err("there is no such coin");
    assert_eq!(error.to_string(), "unknown pair FOO/USDT");
    let hint = error.hint().expect("the known pairs are listed");
    assert!(
        hint.starts_with("the data has BTC/USDT, ETH/USDT, "),
        "{hint}"
    );
    let twice = [symbol("BTC/USDT"), symbol("BTC/USDT")];
    assert!(matches!(
        embedded_pairs(&twice, 1),
        Err(Error::PairTwice { .. })
    ));
    assert!(matches!(embedded_pairs(&[], 1), Err(Error::NoPairs)));
    for n_pairs in [0, N_PAIRS + 1] {
        let error = embedded(n_pairs, 1).expect_err("there are 1 to 20");
        assert!(error.to_string().ends_with("1 to 20 pairs"), "{error}");
    }
}
