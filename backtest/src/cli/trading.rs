//! How a run trades: the conventions, the costs, and what the account may owe.
//!
//! Costs are written as lists of terms, such as `maker=0.02,taker=0.05`; every
//! share of money is in per cent.

use std::sync::Arc;

use backtest::commission::{
    FixedCommission, MakerTakerCommission, MinimumCommission, TieredCommission,
};
use backtest::engine::EngineOptions;
use backtest::slippage::{FixedSlippage, PercentSlippage, VolatilitySlippage, VolumeShareSlippage};
use backtest::{
    Account, Cash, CommissionModel, FillConvention, IntraBar, Margin, Market, NoSlippage,
    PercentCommission, Price, Quantity, Ratio, Result, Sizing, SlippageModel, Symbol, TradingRules,
};

use super::options::invalid;
use super::terms::Terms;

/// The options that say how a run trades.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "How it trades")]
pub struct TradingArgs {
    /// Cash at the beginning, in the quote currency
    #[arg(
        long,
        value_name = "AMOUNT",
        default_value = "100000",
        allow_negative_numbers = true
    )]
    capital: String,
    /// Where market orders are filled: next-open, next-close or close (of the deciding bar)
    #[arg(long, value_name = "WHERE", default_value = "next-open")]
    fill: String,
    /// When money becomes coins: on-decision (at its close) or on-fill (at the fill's price)
    #[arg(long, value_name = "WHEN", default_value = "on-decision")]
    size: String,
    /// What a bar reached first, where it does not tell: pessimistic (stops) or optimistic
    #[arg(long, value_name = "VIEW", default_value = "pessimistic")]
    intra_bar: String,
    /// Per cent of a trade's value, or terms: maker=P,taker=P fixed=SUM tiers=FROM:P/FROM:P min=SUM
    #[arg(
        long,
        value_name = "PERCENT|TERMS",
        default_value = "0.1",
        allow_negative_numbers = true
    )]
    commission: String,
    /// none, fixed=SUM, bps=N, volume-share=IMPACT or volatility=DEVIATIONS
    #[arg(long, value_name = "TERM", default_value = "none")]
    slippage: String,
    /// The most of a bar's volume that orders may take, in per cent [default: no limit]
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    volume_limit: Option<String>,
    /// Trade on margin, short too: leverage=TIMES,maintenance=P,borrow=P (a year)
    #[arg(long, value_name = "TERMS")]
    margin: Option<String>,
    /// Sizes and prices that exist, of one pair or all: [PAIR:]min=COINS,step=COINS,tick=PRICE
    #[arg(long, value_name = "TERMS")]
    rules: Vec<String>,
}

impl TradingArgs {
    /// The engine's options for a run on `market`.
    pub fn parse(&self, market: &Market) -> Result<EngineOptions> {
        let mut options = EngineOptions::default();
        options.capital = self.capital()?;
        options.fill = convention(
            "--fill",
            &self.fill,
            FillConvention::parse,
            FillConvention::NAMES,
        )?;
        options.size = convention("--size", &self.size, Sizing::parse, Sizing::NAMES)?;
        options.intra_bar = convention(
            "--intra-bar",
            &self.intra_bar,
            IntraBar::parse,
            IntraBar::NAMES,
        )?;
        options.commission = self.commission()?;
        options.slippage = self.slippage()?;
        options.volume_limit = self.volume_limit()?;
        options.account = self.account()?;
        options.rules = self.rules(market)?;
        Ok(options)
    }

    fn capital(&self) -> Result<Cash> {
        let rule = || {
            let most = Cash::MAX_CAPITAL;
            format!("it has to be a number above 0 and at most {most:e}")
        };
        let capital = self.capital.trim().parse().ok().and_then(Cash::from_f64);
        let capital = capital.filter(|capital| *capital > Cash::ZERO);
        capital.ok_or_else(|| invalid("--capital", &self.capital, rule()))
    }

    fn commission(&self) -> Result<Arc<dyn CommissionModel>> {
        const RULE: &str = "it has to be a number from 0 to below 100, without a % sign";
        let text = self.commission.trim();
        if !text.contains('=') {
            let rate = percent(text).filter(|rate| *rate < Ratio::ONE);
            let rate = rate.ok_or_else(|| invalid("--commission", text, RULE))?;
            return Ok(Arc::new(PercentCommission::new(rate)));
        }
        let mut terms = Terms::parse("--commission", text)?;
        let least = terms.take("min", money)?;
        let fixed = terms.take("fixed", money)?;
        let rate = terms.take("percent", commission_rate)?;
        let maker = terms.take("maker", commission_rate)?;
        let taker = terms.take("taker", commission_rate)?;
        let tiers = terms.take("tiers", tiers)?;
        terms.finish("percent, maker and taker, fixed, tiers, min")?;
        let model: Box<dyn CommissionModel> = match (rate, maker.zip(taker), fixed, tiers) {
            (Some(rate), None, None, None) => Box::new(PercentCommission::new(rate)),
            (None, Some((maker, taker)), None, None) => {
                Box::new(MakerTakerCommission { maker, taker })
            }
            (None, None, Some(each), None) => Box::new(FixedCommission { each }),
            (None, None, None, Some(tiers)) => Box::new(TieredCommission { tiers }),
            _ => {
                let rule = "name one of percent, maker with taker, fixed, and tiers";
                return Err(invalid("--commission", text, rule));
            }
        };
        Ok(match least {
            Some(least) => Arc::new(MinimumCommission {
                inner: model,
                least,
            }),
            None => Arc::from(model),
        })
    }

    fn slippage(&self) -> Result<Arc<dyn SlippageModel>> {
        let text = self.slippage.trim();
        if text == "none" {
            return Ok(Arc::new(NoSlippage));
        }
        let number = |text: &str| {
            text.parse::<f64>()
                .ok()
                .filter(|n| n.is_finite() && *n >= 0.0)
        };
        let model: Option<Arc<dyn SlippageModel>> =
            text.split_once('=').and_then(|(name, value)| {
                Some(match name.trim() {
                    "fixed" => Arc::new(FixedSlippage {
                        distance: Price::parse(value).ok()?,
                    }),
                    "bps" => {
                        let share = Ratio::from_f64(number(value)? / 10_000.0)?;
                        Arc::new(PercentSlippage { share }) as Arc<dyn SlippageModel>
                    }
                    "volume-share" => Arc::new(VolumeShareSlippage {
                        impact: number(value)?,
                    }),
                    "volatility" => Arc::new(VolatilitySlippage {
                        deviations: number(value)?,
                    }),
                    _ => return None,
                })
            });
        let rule = "write none, fixed=0.5, bps=5, volume-share=0.1 or volatility=0.5";
        model.ok_or_else(|| invalid("--slippage", text, rule))
    }

    fn volume_limit(&self) -> Result<Option<Ratio>> {
        let Some(text) = &self.volume_limit else {
            return Ok(None);
        };
        let share = percent(text).filter(|share| *share > Ratio::default() && *share <= Ratio::ONE);
        let rule = "it has to be a number above 0 and at most 100, without a % sign";
        share
            .map(Some)
            .ok_or_else(|| invalid("--volume-limit", text, rule))
    }

    fn account(&self) -> Result<Account> {
        let Some(text) = &self.margin else {
            return Ok(Account::LongOnly);
        };
        let mut terms = Terms::parse("--margin", text)?;
        let times = |text: &str| {
            let times = Ratio::from_f64(text.parse().ok()?)?;
            (times > Ratio::default() && times <= Ratio::from_f64(100.0)?).then_some(times)
        };
        let margin = Margin {
            leverage: terms.take("leverage", times)?.unwrap_or(Ratio::ONE),
            maintenance: terms.take("maintenance", percent)?.unwrap_or_default(),
            borrow_rate: terms.take("borrow", percent)?.unwrap_or_default(),
        };
        terms.finish("leverage, maintenance, borrow")?;
        Ok(Account::Margin(margin))
    }

    fn rules(&self, market: &Market) -> Result<Vec<TradingRules>> {
        let mut rules = vec![TradingRules::default(); market.n_pairs()];
        for text in &self.rules {
            let (pair, list) = match text.split_once(':') {
                Some((pair, list)) => (Some(Symbol::parse(pair)?), list),
                None => (None, text.as_str()),
            };
            let mut terms = Terms::parse("--rules", list)?;
            let coins = |text: &str| {
                let coins = Quantity::from_f64(text.parse().ok()?)?;
                (coins > Quantity::ZERO).then_some(coins)
            };
            let one = TradingRules {
                min_quantity: terms.take("min", coins)?.unwrap_or_default(),
                quantity_step: terms.take("step", coins)?,
                price_step: terms.take("tick", |text| Price::parse(text).ok())?,
            };
            terms.finish("min, step, tick")?;
            let mut is_known = pair.is_none();
            for (idx, rule) in rules.iter_mut().enumerate() {
                let id = market.pairs().nth(idx).expect("one rule a pair");
                if pair.as_ref().is_none_or(|pair| pair == market.symbol(id)) {
                    *rule = one;
                    is_known = true;
                }
            }
            if !is_known {
                return Err(invalid(
                    "--rules",
                    text,
                    "its pair is not traded in this run",
                ));
            }
        }
        Ok(rules)
    }
}

fn convention<T>(
    option: &'static str,
    text: &str,
    parse: impl Fn(&str) -> Option<T>,
    names: &[&str],
) -> Result<T> {
    let rule = || format!("choose one of {}", names.join(", "));
    parse(text.trim()).ok_or_else(|| invalid(option, text, rule()))
}

fn percent(text: &str) -> Option<Ratio> {
    let percent: f64 = text.trim().parse().ok()?;
    (percent >= 0.0)
        .then(|| Ratio::from_f64(percent / 100.0))
        .flatten()
}

fn commission_rate(text: &str) -> Option<Ratio> {
    percent(text).filter(|rate| *rate < Ratio::ONE)
}

fn money(text: &str) -> Option<Cash> {
    let money = Cash::from_f64(text.parse().ok()?)?;
    (money >= Cash::ZERO).then_some(money)
}

/// `FROM:PERCENT/FROM:PERCENT`, by rising turnover.
fn tiers(text: &str) -> Option<Vec<(Cash, Ratio)>> {
    let tier = |tier: &str| {
        let (from, rate) = tier.split_once(':')?;
        Some((money(from)?, commission_rate(rate)?))
    };
    let tiers: Vec<_> = text.split('/').map(tier).collect::<Option<_>>()?;
    tiers.is_sorted_by(|a, b| a.0 < b.0).then_some(tiers)
}
