//! The options of a run: what it starts with, and by which rules it trades.

use std::sync::Arc;

use crate::account::Account;
use crate::commission::{CommissionModel, PercentCommission};
use crate::convention::{FillConvention, IntraBar, Sizing};
use crate::instrument::PairId;
use crate::money::{Cash, Ratio};
use crate::rules::TradingRules;
use crate::slippage::{NoSlippage, SlippageModel};
use crate::{Error, Result};

/// What a run starts with, by which conventions it trades, and what trading costs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct EngineOptions {
    /// The cash at the beginning, above zero; 100,000 unless told otherwise.
    pub capital: Cash,
    /// At which price market orders are filled; the next open unless told otherwise.
    pub fill: FillConvention,
    /// When an amount of money becomes a number of coins; on decision unless told
    /// otherwise.
    pub size: Sizing,
    /// The order of events inside a bar; pessimistic unless told otherwise.
    pub intra_bar: IntraBar,
    /// What an exchange keeps; 0.1 % of a trade's value unless told otherwise.
    pub commission: Arc<dyn CommissionModel>,
    /// How much worse than on the chart prices are; not at all unless told otherwise.
    pub slippage: Arc<dyn SlippageModel>,
    /// The largest share of a bar's volume that the account's orders may be filled
    /// with; what is beyond waits for the next bar. No limit unless told otherwise.
    pub volume_limit: Option<Ratio>,
    /// What the account may owe; nothing unless told otherwise.
    pub account: Account,
    /// The exchange's rules for each pair of the market; none for pairs beyond.
    pub rules: Vec<TradingRules>,
}

impl Default for EngineOptions {
    fn default() -> Self {
        let commission = Ratio::from_f64(0.001).expect("a share");
        Self {
            capital: Cash::from_f64(100_000.0).expect("a sum of money"),
            fill: FillConvention::default(),
            size: Sizing::default(),
            intra_bar: IntraBar::default(),
            commission: Arc::new(PercentCommission::new(commission)),
            slippage: Arc::new(NoSlippage),
            volume_limit: None,
            account: Account::default(),
            rules: Vec::new(),
        }
    }
}

impl EngineOptions {
    /// Sets a commission of a share of every trade's value.
    pub fn set_commission(&mut self, rate: Ratio) {
        self.commission = Arc::new(PercentCommission::new(rate));
    }

    /// The exchange's rules for a pair.
    #[inline]
    pub(crate) fn rules_of(&self, pair: PairId) -> &TradingRules {
        self.rules.get(pair.index()).unwrap_or(&TradingRules::NONE)
    }

    /// Whether a run can start with these.
    pub(crate) fn check(&self) -> Result<()> {
        if self.capital <= Cash::ZERO {
            return Err(Error::Option {
                option: "--capital",
                value: self.capital.to_string(),
                rule: "a run needs capital above zero".into(),
            });
        }
        Ok(())
    }
}
