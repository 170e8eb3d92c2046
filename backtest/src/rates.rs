//! Exchange rates: how the account counts pairs that are quoted in other currencies.
//!
//! An account is kept in one currency. `ETH/BTC` beside `BTC/USD` is counted in USD:
//! whatever it costs or is worth is exchanged at the price that `BTC/USD` has at that
//! moment, free of charge.

use crate::instrument::{PairId, Symbol};
use crate::{Error, Result};

/// The currency of the account, and through which pair each pair gets there.
#[derive(Clone, Debug)]
pub(crate) struct Rates {
    quote: String,
    /// `None` for a pair that is quoted in the account's currency.
    through: Vec<Option<PairId>>,
}

impl Rates {
    /// Finds the one quote currency that every other one is exchanged for in the market.
    ///
    /// # Errors
    /// [`Error::MixedQuotes`] when there is none.
    pub(crate) fn find(symbols: &[&Symbol]) -> Result<Self> {
        let first = *symbols.first().ok_or(Error::NoPairs)?;
        let quotes = symbols.iter().map(|symbol| symbol.quote());
        let found = quotes.map(|quote| Some((quote, routes(symbols, quote).ok()?)));
        if let Some((quote, through)) = found.flatten().next() {
            let quote = quote.to_owned();
            return Ok(Self { quote, through });
        }
        let second = routes(symbols, first.quote()).expect_err("it was tried above");
        Err(Error::MixedQuotes {
            first: first.to_string(),
            second: second.to_string(),
            missing: format!("{}/{}", second.quote(), first.quote()),
        })
    }

    /// The currency that the account is kept in.
    pub(crate) fn quote(&self) -> &str {
        &self.quote
    }

    /// The pair whose price is the rate for `pair`.
    #[inline]
    pub(crate) fn through(&self, pair: PairId) -> Option<PairId> {
        self.through[pair.index()]
    }
}

/// Through which pair each pair comes to be counted in a currency, or the first pair that
/// does not.
fn routes<'a>(
    symbols: &[&'a Symbol],
    currency: &str,
) -> std::result::Result<Vec<Option<PairId>>, &'a Symbol> {
    let route = |symbol: &&'a Symbol| {
        if symbol.quote() == currency {
            return Ok(None);
        }
        let is_rate = |it: &&Symbol| it.base() == symbol.quote() && it.quote() == currency;
        let rate = symbols.iter().position(is_rate).ok_or(*symbol)?;
        Ok(Some(PairId(rate)))
    };
    symbols.iter().map(route).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(names: &[&str]) -> Result<Rates> {
        let symbols: Vec<_> = names
            .iter()
            .map(|name| Symbol::parse(name).expect("a pair"))
            .collect();
        Rates::find(&symbols.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_account_is_in_the_currency_that_all_others_lead_to() {
        let rates = rates(&["ETH/BTC", "BTC/USD", "EUR/USD", "LTC/EUR"]).expect("all lead to USD");
        let through: Vec<_> = (0..4).map(|idx| rates.through(PairId(idx))).collect();
        assert_eq!(rates.quote(), "USD");
        assert_eq!(through, [Some(PairId(1)), None, None, Some(PairId(2))]);
    }

    #[test]
    fn a_currency_that_leads_nowhere_is_an_error_that_names_what_is_missing() {
        let error = rates(&["BTC/USD", "ETH/EUR"]).expect_err("no EUR/USD");
        let hint = error.hint().expect("it has one");
        assert!(hint.contains("EUR/USD"), "{hint}");
    }
}
