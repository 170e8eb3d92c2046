//! The conventions that decide what a back-test means, each with its name.
//!
//! The same signals of one strategy on one market differ by a fifth of the final
//! value between these conventions, more than most strategies earn. So none is
//! implied: a run states its conventions in every output.

use std::fmt;

/// At which price a market order is filled, and so when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum FillConvention {
    /// At the open of the bar after the decision.
    #[default]
    NextOpen,
    /// At the close of the bar after the decision.
    NextClose,
    /// At the very close on which was decided: quick, and only true of a market
    /// that waits for the decision.
    Close,
}

/// When an amount of money or of equity becomes a number of coins.
///
/// It concerns market orders for a value, a share or a target. An order with a
/// limit or a stop is always sized on decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sizing {
    /// With the price at which it is filled, commission included in the amount.
    OnFill,
    /// With the close on which was decided; the commission comes on top.
    #[default]
    OnDecision,
}

/// What is assumed of the way that prices took inside a bar, of which only four
/// are known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IntraBar {
    /// Stops are reached before limits: the worse of two possible fills.
    #[default]
    Pessimistic,
    /// Limits are reached before stops: the better of two possible fills.
    Optimistic,
}

/// Gives a convention its words: all of them, from each and to each.
macro_rules! words {
    ($type:ident: $($variant:ident = $word:literal),*) => {
        impl $type {
            /// The words for all of them.
            pub const NAMES: &[&str] = &[$($word),*];

            /// The one of that name.
            pub fn parse(name: &str) -> Option<Self> {
                match name {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Its name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

words!(FillConvention: NextOpen = "next-open", NextClose = "next-close", Close = "close");
words!(Sizing: OnFill = "on-fill", OnDecision = "on-decision");
words!(IntraBar: Pessimistic = "pessimistic", Optimistic = "optimistic");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_leads_to_its_convention_and_no_other_does() {
        for name in FillConvention::NAMES {
            assert_eq!(
                FillConvention::parse(name).map(FillConvention::name),
                Some(*name)
            );
        }
        for name in Sizing::NAMES {
            assert_eq!(Sizing::parse(name).map(Sizing::name), Some(*name));
        }
        for name in IntraBar::NAMES {
            assert_eq!(IntraBar::parse(name).map(IntraBar::name), Some(*name));
        }
        assert_eq!(FillConvention::parse("open"), None);
    }
}
