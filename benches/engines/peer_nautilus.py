"""nautilus_trader: sized and filled at the deciding close, in units of 1e-8 coins."""

import peer

# isort: split
from decimal import Decimal

import pandas as pd
from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.config import LoggingConfig
from nautilus_trader.indicators import SimpleMovingAverage
from nautilus_trader.model.currencies import USDT
from nautilus_trader.model.data import BarType
from nautilus_trader.model.enums import AccountType, CurrencyType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import CurrencyPair
from nautilus_trader.model.objects import Currency, Money, Price, Quantity
from nautilus_trader.persistence.wranglers import BarDataWrangler
from nautilus_trader.trading.strategy import Strategy

VENUE = Venue("SIM")
PRICE_DECIMALS, SIZE_DECIMALS = 2, 8


class Cross(Strategy):
    """Long while the fast average is above the slow one."""

    def watch(self, instrument, bar_type):
        """Say what to trade."""
        self.instrument, self.bar_type = instrument, bar_type
        self.fast = SimpleMovingAverage(peer.FAST)
        self.slow = SimpleMovingAverage(peer.SLOW)
        self.fills = 0

    def on_start(self):
        """Ask for the bars."""
        self.register_indicator_for_bars(self.bar_type, self.fast)
        self.register_indicator_for_bars(self.bar_type, self.slow)
        self.subscribe_bars(self.bar_type)

    def on_bar(self, bar):
        """Trade on the difference of the two."""
        if not self.indicators_initialized():
            return
        is_flat = self.portfolio.is_flat(self.instrument.id)
        if self.fast.value > self.slow.value and is_flat:
            cash = self.portfolio.account(VENUE).balance_total(USDT).as_double()
            self.order(OrderSide.BUY, peer.ALLOCATION * cash / bar.close.as_double())
        elif self.fast.value < self.slow.value and not is_flat:
            self.close_all_positions(self.instrument.id)

    def order(self, side, size):
        """Send a market order."""
        quantity = self.instrument.make_qty(size)
        self.submit_order(self.order_factory.market(self.instrument.id, side, quantity))

    def on_order_filled(self, event):
        """Count what is executed."""
        self.fills += 1


class Idle(Strategy):
    """Asks for bars and does nothing."""

    fills = 0

    def watch(self, instrument, bar_type):
        """Say what to look at."""
        self.bar_type = bar_type

    def on_start(self):
        """Ask for the bars."""
        self.subscribe_bars(self.bar_type)


def prepare(files):
    """Make an instrument and its bars."""
    [frame] = peer.frames(files)
    coin = Currency("A00", SIZE_DECIMALS, 0, "A00", CurrencyType.CRYPTO)
    instrument = CurrencyPair(
        instrument_id=InstrumentId(Symbol("A00USDT"), VENUE),
        raw_symbol=Symbol("A00USDT"),
        base_currency=coin,
        quote_currency=USDT,
        price_precision=PRICE_DECIMALS,
        size_precision=SIZE_DECIMALS,
        price_increment=Price(10**-PRICE_DECIMALS, PRICE_DECIMALS),
        size_increment=Quantity(10**-SIZE_DECIMALS, SIZE_DECIMALS),
        maker_fee=Decimal(str(peer.COMMISSION)),
        taker_fee=Decimal(str(peer.COMMISSION)),
        ts_event=0,
        ts_init=0,
    )
    bar_type = BarType.from_str(f"{instrument.id}-1-HOUR-LAST-EXTERNAL")
    # Without volumes nothing limits an order's size, as in the other engines.
    prices = frame.drop(columns="volume")
    prices.index = prices.index.tz_localize("UTC") + pd.Timedelta(hours=1)
    return instrument, bar_type, BarDataWrangler(bar_type, instrument).process(prices)


def run(data, strategy):
    """Run one strategy."""
    instrument, bar_type, bars = data
    engine = BacktestEngine(BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True)))
    engine.add_venue(
        venue=VENUE,
        oms_type=OmsType.NETTING,
        account_type=AccountType.CASH,
        base_currency=None,
        starting_balances=[Money(peer.CASH, USDT)],
    )
    engine.add_instrument(instrument)
    engine.add_data(bars)
    trader = strategy()
    trader.watch(instrument, bar_type)
    engine.add_strategy(trader)
    engine.run()
    account = engine.portfolio.account(VENUE)
    coins = account.balance_total(instrument.base_currency)
    value = account.balance_total(USDT).as_double()
    if coins is not None:
        value += coins.as_double() * bars[-1].close.as_double()
    ran = peer.Ran(value, trader.fills)
    engine.dispose()
    return ran


if __name__ == "__main__":
    peer.main(
        "nautilus_trader",
        prepare,
        {"S1": lambda data: run(data, Cross), "S3": lambda data: run(data, Idle)},
    )
