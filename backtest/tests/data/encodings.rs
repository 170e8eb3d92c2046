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
fn unicode_text_of_spreadsheets_is_read() {
    let text = PLAIN.replace(',', "\t").replace('\n', "\r\n");
    for text in [text.clone(), format!("\u{feff}{text}")] {
        for to_bytes in [u16::to_le_bytes, u16::to_be_bytes] {
            let bytes: Vec<_> = text.encode_utf16().flat_map(to_bytes).collect();
            loads_the_same("BTCUSD.txt", bytes);
        }
    }
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

#[test]
fn a_price_may_name_its_currency() {
    // The close comes first, so that names alone tell it from the open.
    let (_, rows) = PLAIN.split_once('\n').expect("a header");
    let rows = rows.lines().map(|row| {
        let cells: Vec<_> = row.split(',').collect();
        let [time, open, high, low, close, volume] = cells[..] else {
            panic!("six columns")
        };
        [time, close, open, high, low, volume].join(",") + "\n"
    });
    let rows: String = rows.collect();
    for header in [
        "Timestamp (UTC),Close (USD),Open (USD),High (USD),Low (USD),Volume (BTC)",
        "time,btc_close,btc_open,btc_high,btc_low,volume",
        "Date,Price,Open,High,Low,Vol.",
    ] {
        loads_the_same("BTCUSD.csv", format!("{header}\n{rows}"));
    }
}
