// Shares, their intervals and their differences: the formulas of this crate's `analysis`,
// which a test in a browser compares with these.

// The two-sided 95 % quantile of the normal distribution.
const Z_95 = 1.959963984540054;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

// Returns a share of `n` observations with Wilson's score interval.
function wilson(fraction, n) {
  const value = clamp(fraction, 0, 1);
  if (!(n > 0)) return { value, low: 0, high: 1 };
  const z2 = Z_95 * Z_95;
  const centre = (value + z2 / (2 * n)) / (1 + z2 / n);
  const reach = (Z_95 / (1 + z2 / n)) * Math.sqrt((value * (1 - value)) / n + z2 / (4 * n * n));
  return { value, low: clamp(centre - reach, 0, value), high: clamp(centre + reach, value, 1) };
}

// Returns `after - before` with Newcombe's hybrid score interval.
function newcombe(before, after) {
  const value = after.value - before.value;
  return {
    value,
    low: value - Math.hypot(after.value - after.low, before.high - before.value),
    high: value + Math.hypot(after.high - after.value, before.value - before.low),
  };
}

// Tells whether a function's change is more than chance explains: `p` is corrected for the
// number of functions, so that two runs that behave the same show one in 1 of 20 cases.
const beyondChance = ({ p }) => p < 0.05;
const pText = (p) => (p < 0.0001 ? "p < 0.0001" : `p = ${p.toFixed(4)}`);

// Tells whether a share could be told from that of a run in which there is nothing of it.
//
// Wilson's interval never reaches zero once something was seen, so the question is asked
// of two runs of this length: is the difference from a run with none beyond chance? With
// many samples the answer is yes from the fifth sample on.
const distinguishable = (share, n) => newcombe(wilson(0, n), share).low > 0;

// Returns the smallest weight whose share is distinguishable from zero.
function smallestDistinguishable(total, n) {
  let [low, high] = [0, 1];
  if (!distinguishable(wilson(high, n), n)) return Infinity;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (distinguishable(wilson(middle, n), n)) high = middle;
    else low = middle;
  }
  return high * total;
}

const counts = new Intl.NumberFormat("en");
const countText = (count) => counts.format(count);

// As many decimals as the interval deserves: two digits of its length, three at most.
function decimalsOf(interval) {
  const points = (interval.high - interval.low) * 50;
  return points >= 1 ? 1 : points >= 0.05 ? 2 : 3;
}

const minus = (text) => text.replace("-", "\u2212");
const shareText = (share) => `${(share.value * 100).toFixed(decimalsOf(share))} %`;
function rangeText(interval) {
  const decimals = decimalsOf(interval);
  return `${(interval.low * 100).toFixed(decimals)}\u2013${(interval.high * 100).toFixed(decimals)} %`;
}
const signed = (value, decimals) => minus(`${value > 0 ? "+" : ""}${value.toFixed(decimals)}`);
const changeText = (change) => `${signed(change.value * 100, decimalsOf(change))} points`;
function changeRangeText(change) {
  const decimals = decimalsOf(change);
  return `${signed(change.low * 100, decimals)} to ${signed(change.high * 100, decimals)}`;
}
