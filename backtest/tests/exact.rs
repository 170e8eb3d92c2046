//! Known values: the moving-average cross in exact fractions under every convention,
//! and a ledger of a million ticks.

use std::cmp::Ordering;

use backtest::strategy::SmaCross;
use backtest::{
    Bar, BarSeries, Context, EngineOptions, FillConvention, HourRange, Listing, Market,
    MemoryPortal, Outcome, PairId, Price, Quantity, Sizing, Strategy, Symbol, Timestamp, data, run,
};

const FAST: usize = 24;
const SLOW: usize = 72;

/// [`backtest::Cash`] units in one of the quote currency.
const ONE: u128 = 10_u128.pow(22);
const CAPITAL: u128 = 100_000;

fn run_all(market: &Market, strategy: &mut dyn Strategy, options: &EngineOptions) -> Outcome {
    let (start, end) = market.common_hours();
    let range = HourRange::new(start, end).expect("hours");
    let mut portal = MemoryPortal::new(market);
    run(market, range, &mut portal, strategy, options).expect("a sound run")
}

#[test]
fn the_average_cross_is_within_1e_12_of_exact_fractions_under_every_convention() {
    for seed in [1, 2, 2018] {
        let market = data::embedded(1, seed).expect("a market");
        for fill in FillConvention::NAMES {
            for size in Sizing::NAMES {
                let mut options = EngineOptions::default();
                options.fill = FillConvention::parse(fill).expect("a name");
                options.size = Sizing::parse(size).expect("a name");
                let mut strategy = SmaCross::new(FAST, SLOW, 0.99).expect("sound parameters");
                let outcome = run_all(&market, &mut strategy, &options);
                let exact = Exact::of(market.bars(PairId::FIRST), options.fill, options.size);
                assert!(exact.n_fills > 100, "{}", exact.n_fills);
                assert_eq!(outcome.fills.len(), exact.n_fills, "{fill} {size}");
                assert_eq!(outcome.n_cut(), exact.n_cut, "{fill} {size}");
                let units = outcome.final_value.as_units().unsigned_abs();
                assert!(exact.is_near(units), "{seed} {fill} {size}: {units}");
                // The comparison itself tells a part in 1e11.
                assert!(!exact.is_near(units + units / 100_000_000_000));
            }
        }
    }
}

/// The final value as a fraction of the capital, a factor for every round trip.
struct Exact {
    numerator: Natural,
    denominator: Natural,
    n_fills: usize,
    n_cut: usize,
}

impl Exact {
    fn of(bars: &BarSeries, fill: FillConvention, size: Sizing) -> Self {
        assert!(bars.filled().iter().all(|filled| !filled));
        let units = |price: &Price| u128::from(price.as_units().unsigned_abs());
        let opens: Vec<_> = bars.opens().iter().map(units).collect();
        let closes: Vec<_> = bars.closes().iter().map(units).collect();
        let mut exact = Self {
            numerator: Natural::from(1),
            denominator: Natural::from(1),
            n_fills: 0,
            n_cut: 0,
        };
        // The close on which was decided to buy, and the price of the purchase.
        let mut bought: Option<(u128, u128)> = None;
        for hour in SLOW - 1..closes.len() {
            let sum = |n: usize| closes[hour + 1 - n..=hour].iter().sum::<u128>();
            let order = (sum(FAST) * SLOW as u128).cmp(&(sum(SLOW) * FAST as u128));
            let price = match fill {
                FillConvention::Close => Some(closes[hour]),
                FillConvention::NextOpen => opens.get(hour + 1).copied(),
                FillConvention::NextClose => closes.get(hour + 1).copied(),
            };
            let Some(price) = price else { continue };
            match (order, bought) {
                (Ordering::Greater, None) => bought = Some((closes[hour], price)),
                (Ordering::Less, Some(purchase)) => {
                    exact.round_trip(purchase, price * 999, size);
                    bought = None;
                }
                _ => continue,
            }
            exact.n_fills += 1;
        }
        if let Some(purchase) = bought {
            exact.round_trip(purchase, closes[closes.len() - 1] * 1_000, size);
        }
        exact
    }

    /// Buys, pays a thousandth, and has `worth` thousandths for each coin in the end.
    fn round_trip(&mut self, (close, price): (u128, u128), worth: u128, size: Sizing) {
        // Of each unit of cash 0.99 / close coins are wanted, at 1.001 of the price each.
        let (whole, wanted) = (close * 100_000, 99 * price * 1_001);
        let is_cut = size == Sizing::OnDecision && wanted > whole;
        self.n_cut += usize::from(is_cut);
        let (numerator, denominator) = if size == Sizing::OnFill || is_cut {
            // All cash pays for coins.
            (worth, price * 1_001)
        } else {
            // What is left of the cash, and what the coins bring.
            (whole - wanted + 99 * worth, whole)
        };
        self.numerator = self.numerator.times(&Natural::from(numerator));
        self.denominator = self.denominator.times(&Natural::from(denominator));
    }

    /// Whether so many units of cash are within 1e-12 of it, relatively.
    fn is_near(&self, units: u128) -> bool {
        let found = self.denominator.times(&Natural::from(units));
        let exact = CAPITAL * ONE;
        let bound = |factor| self.numerator.times(&Natural::from(factor));
        let tolerance = exact / 1_000_000_000_000;
        bound(exact - tolerance) <= found && found <= bound(exact + tolerance)
    }
}

/// A natural number of any size, the lowest digit of base 2^32 first.
#[derive(PartialEq, Eq)]
struct Natural(Vec<u64>);

impl From<u128> for Natural {
    fn from(mut number: u128) -> Self {
        let mut digits = vec![];
        while number > 0 {
            digits.push(u64::try_from(number % (1 << 32)).expect("32 bits"));
            number >>= 32;
        }
        Self(digits)
    }
}

impl Natural {
    /// The product, as with pencil and paper.
    fn times(&self, other: &Self) -> Self {
        let mut digits = vec![0; self.0.len() + other.0.len()];
        for (i, a) in self.0.iter().enumerate() {
            let mut carry = 0;
            for (j, b) in other.0.iter().enumerate() {
                let sum = digits[i + j] + a * b + carry;
                digits[i + j] = sum % (1 << 32);
                carry = sum >> 32;
            }
            digits[i + other.0.len()] = carry;
        }
        while digits.last() == Some(&0) {
            digits.pop();
        }
        Self(digits)
    }
}

impl PartialOrd for Natural {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Natural {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_length = self.0.len().cmp(&other.0.len());
        by_length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

/// Buys and sells odd amounts all the time.
struct Restless {
    tick: i128,
}

impl Strategy for Restless {
    fn name(&self) -> &'static str {
        "restless"
    }

    fn on_tick(&mut self, context: &mut Context<'_>) {
        self.tick += 1;
        let odd = |context: &mut Context<'_>, units: i128| {
            let units = units + units.signum() * self.tick;
            context.order(PairId::FIRST, Quantity::from_units(units));
        };
        match self.tick % 10 {
            3 => odd(context, 1_234_567_890),
            6 => odd(context, -987_654_321),
            9 => {
                context.order_target_percent(PairId::FIRST, 0.543_210_987_654);
            }
            _ => {}
        }
    }
}

#[test]
fn a_million_ticks_make_and_lose_no_money() {
    const N_TICKS: usize = 1_000_000;
    let market = long_market(N_TICKS);
    let outcome = run_all(
        &market,
        &mut Restless { tick: 0 },
        &EngineOptions::default(),
    );
    assert_eq!(outcome.ticks, N_TICKS);
    assert!(outcome.fills.len() > 250_000, "{}", outcome.fills.len());

    // A ledger in plain integers, hour by hour, from nothing but the fills.
    let closes = market.bars(PairId::FIRST).closes();
    let mut cash = outcome.capital.as_units();
    let mut held = 0;
    let mut fills = outcome.fills.iter().peekable();
    let start = outcome.range.start();
    for ((hour, close), equity) in (0..).zip(closes).zip(&outcome.equity) {
        while let Some(fill) = fills.next_if(|fill| fill.time == start.plus_hours(hour)) {
            let value = i128::from(fill.price.as_units()) * fill.quantity.as_units();
            // A thousandth, rounded down at 1e-22.
            assert_eq!(fill.commission.as_units(), value.abs() / 1_000);
            cash -= value + fill.commission.as_units();
            held += fill.quantity.as_units();
        }
        assert!(cash >= 0 && held >= 0, "at hour {hour}");
        let expected = cash + held * i128::from(close.as_units());
        assert_eq!(equity.as_units(), expected, "at hour {hour}");
    }
    assert!(fills.next().is_none());
    assert_eq!(outcome.portfolio.cash().as_units(), cash);
    assert_eq!(
        outcome.final_value.as_units(),
        outcome.equity[N_TICKS - 1].as_units()
    );
}

/// A random walk with ten decimals that comes back to where it began.
fn long_market(n_hours: usize) -> Market {
    let mut bars = BarSeries::new(Timestamp::from_seconds(0));
    let mut state = 1_u64;
    let mut next = |most: i64| {
        // Knuth's linear congruential generator, of which the high bits are good.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(state >> 40).expect("24 bits") % (2 * most + 1) - most
    };
    let middle = 100 * Price::UNITS;
    let mut last = middle;
    for _ in 0..n_hours {
        let open = last;
        // Drawn back by a hundredth of the way, and moved by up to 0.8 %.
        let close = open + (middle - open) / 100 + next(8_388_607) * 95;
        let range = Price::UNITS / 10;
        bars.push(Bar {
            open_time: bars.end(),
            open: Price::from_units(open),
            high: Price::from_units(open.max(close) + range),
            low: Price::from_units(open.min(close) - range),
            close: Price::from_units(close),
            volume: 1.0,
            filled: false,
        });
        last = close;
    }
    let symbol = Symbol::parse("BTC/USD").expect("a pair");
    Market::new(vec![Listing { symbol, bars }], "a test".into(), true).expect("one pair")
}
