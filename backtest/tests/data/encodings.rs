//! The same bars in other clothes: compressed, in other encodings, in other notations.

use std::io::Write as _;

use backtest::data::Loaded;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::support::load_text;

const PLAIN: &str = "time,open,high,low,close,volume\n\
                     2018-01-01 00:00,1430.5,1431,1429,1430.25,12500\n\
                     2018-01-01 01:00,1430.25,1435,1430,1434,2000000\n";

#[track_caller]
fn loads_the_same(name: &str, content: impl AsRef<[u8]>) {
    let bars = |loaded: Loaded| {
        let market = loaded.market;
        let pair = market.pairs().next().expect("one pair");
        assert_eq!(market.symbol(pair).to_string(), "BTC/USD");
        market.bars(pair).clone()
    };
    let plain = load_text("BTCUSD.csv", PLAIN).expect("it is plain");
    let other = load_text(name, content).expect("it is the same");
    assert_eq!(bars(other), bars(plain));
}

#[test]
fn gzip_is_unpacked() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(PLAIN.as_bytes())
        .expect("memory takes it");
    loads_the_same("BTCUSD.csv.gz", encoder.finish().expect("memory takes it"));
}

#[test]
fn thousands_are_read_where_they_can_be_nothing_else() {
    loads_the_same(
        "BTCUSD.csv",
        "time,open,high,low,close,volume\n\
         2018-01-01 00:00,\"1,430.50\",\"1,431.00\",\"1,429.00\",\"1,430.25\",\"12,500.00\"\n\
         2018-01-01 01:00,\"1,430.25\",\"1,435.00\",\"1,430.00\",\"1,434.00\",2M\n",
    );
    loads_the_same(
        "BTCUSD.csv",
        "time;open;high;low;close;volume\n\
         2018-01-01 00:00;1.430,50;1.431,00;1.429,00;1.430,25;12,5K\n\
         2018-01-01 01:00;1.430,25;1.435,00;1.430,00;1.434,00;2.000.000,00\n",
    );
}
