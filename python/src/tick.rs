//! The running tick, lent to Python for the length of one call.
//!
//! The engine gives a strategy its [`Context`] by reference, for one tick. Python
//! objects cannot hold a reference, so it lies in a slot of the thread while the
//! strategy's code runs, and whatever Python asks goes through that slot. When the call
//! is over the slot is empty again: a `data` object that somebody kept answers with an
//! error, not with yesterday's or tomorrow's prices.

use backtest::Context;
use pyo3::prelude::*;
use scoped_tls_hkt::{ReborrowMut, scoped_thread_local};

use crate::error::NotRunning;

scoped_thread_local!(static mut CURRENT: for<'a> Lent<'a>);

/// A context whose own lifetime is hidden behind a trait, so that it can be lent on.
struct Lent<'a>(&'a mut dyn Lend);

trait Lend {
    fn lend(&mut self, borrow: &mut dyn FnMut(&mut Context<'_>));
}

impl Lend for Context<'_> {
    fn lend(&mut self, borrow: &mut dyn FnMut(&mut Context<'_>)) {
        borrow(self);
    }
}

impl<'a, 'b: 'a> ReborrowMut<'a> for Lent<'b> {
    type Result = Lent<'a>;

    fn reborrow_mut(&'a mut self) -> Lent<'a> {
        Lent(&mut *self.0)
    }
}

/// Calls `code` while the context can be asked through [`with`].
pub fn during<R>(context: &mut Context<'_>, code: impl FnOnce() -> R) -> R {
    CURRENT.set(Lent(context), code)
}

/// Asks the context of the running tick. `ask` must not call Python.
///
/// # Errors
/// `NotRunning` outside of a strategy's code.
#[inline]
pub fn with<R>(ask: impl FnOnce(&mut Context<'_>) -> R) -> PyResult<R> {
    if !CURRENT.is_set() {
        return Err(NotRunning::new_err(
            "there is no running tick: prices, portfolio and orders can be used only in \
             handle_data, before_trading_start and scheduled functions",
        ));
    }
    let (mut ask, mut answer) = (Some(ask), None);
    CURRENT.with(|lent| {
        lent.0.lend(&mut |context| {
            answer = ask.take().map(|ask| ask(context));
        });
    });
    Ok(answer.expect("a context that is lent calls back once"))
}
