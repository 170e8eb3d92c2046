// Colours that readers with any colour vision tell apart.
//
// Kinds and origins take the palette of M. Okabe and K. Ito ("Color Universal Design",
// 2008). Differences go from its blues to its oranges, and grey is no difference.

const ORANGE = [230, 159, 0];
const SKY = [86, 180, 233];
const GREEN = [0, 158, 115];
const YELLOW = [240, 228, 66];
const BLUE = [0, 114, 178];
const VERMILION = [213, 94, 0];
const PURPLE = [204, 121, 167];
const GREY = [150, 156, 164];

const KIND_COLOURS = {
  "program": ORANGE,
  "standard library": SKY,
  "other libraries": GREEN,
  "system": YELLOW,
  "kernel": PURPLE,
  "unknown": GREY,
};
const ORIGIN_COLOURS = [ORANGE, SKY, GREEN, YELLOW, PURPLE, BLUE, VERMILION];

// The steps on either side of no difference.
const N_STEPS = 12;

const mix = (a, b, part) => a.map((value, i) => value + (b[i] - value) * part);
const cssOf = (colour) => `rgb(${colour.map((value) => Math.round(value)).join(" ")})`;

// FNV-1a: the shade of a name is the same in every profile.
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}

function luminance(colour) {
  const [r, g, b] = colour
    .map((value) => value / 255)
    .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// Black or white, whichever is further from the fill: never less than 4.58 to 1.
const inkOn = (fill) => ((luminance(fill) + 0.05) ** 2 > 0.0525 ? "#000" : "#fff");

// Gives each origin a colour: the one that its name asks for if no heavier origin has it,
// else the next free one; those that are left over are grey.
function coloursOfOrigins(origins, weights) {
  const sums = new Map();
  origins.forEach((origin, f) => sums.set(origin, (sums.get(origin) ?? 0) + weights[f]));
  const ranked = [...sums.keys()].sort((a, b) => sums.get(b) - sums.get(a) || (a < b ? -1 : 1));
  const taken = new Map();
  const colours = new Map();
  for (const origin of ranked.slice(0, ORIGIN_COLOURS.length)) {
    let slot = hash(origin) % ORIGIN_COLOURS.length;
    while (taken.has(slot)) slot = (slot + 1) % ORIGIN_COLOURS.length;
    taken.set(slot, origin);
    colours.set(origin, ORIGIN_COLOURS[slot]);
  }
  const rest = ranked.length > colours.size ? [["others", GREY]] : [];
  return { of: (origin) => colours.get(origin) ?? GREY, legend: [...colours, ...rest] };
}

// The fills and inks of all shades in three states.
const [PLAIN, FADED, DIMMED] = [0, 1, 2];

class Paint {
  constructor(colours, isDark) {
    this.paper = isDark ? [26, 31, 39] : [255, 255, 255];
    this.soft = isDark ? "#aeb6c1" : "#545c66";
    this.line = isDark ? "#eef1f5" : "#1b1f24";
    const states = [0, isDark ? 0.68 : 0.72, isDark ? 0.84 : 0.86];
    const fills = states.map((part) => colours.map((colour) => mix(colour, this.paper, part)));
    this.fills = fills.map((list) => list.map(cssOf));
    this.inks = fills.map((list) => list.map(inkOn));
    this.dust = cssOf(mix(GREY, this.paper, isDark ? 0.7 : 0.68));
    this.matchedDust = cssOf(GREY);
    this.dimmedDust = cssOf(mix(GREY, this.paper, 0.86));
    this.whole = cssOf(mix(GREY, this.paper, isDark ? 0.6 : 0.5));
  }
}

// The shades of one colour: near enough to belong together, apart enough to see borders.
const N_SHADES = 6;
function shadesOf(colour, isDark) {
  const [light, dark] = [[255, 255, 255], [18, 21, 26]];
  return Array.from({ length: N_SHADES }, (_, i) => {
    const part = i / (N_SHADES - 1);
    return isDark ? mix(colour, dark, 0.04 + 0.2 * part) : mix(colour, light, 0.1 + 0.35 * part);
  });
}

// From the largest decrease over no difference to the largest increase.
function coloursOfChange(isDark) {
  const none = isDark ? [72, 80, 92] : [216, 219, 223];
  const [less, more] = [mix(SKY, BLUE, 0.2), mix(ORANGE, VERMILION, 0.3)];
  return Array.from({ length: 2 * N_STEPS + 1 }, (_, i) => {
    const step = (i - N_STEPS) / N_STEPS;
    return step === 0 ? none : mix(none, step < 0 ? less : more, 0.3 + 0.7 * Math.abs(step));
  });
}

// The step of a change that is `part` of the largest; the root makes small ones visible.
const stepOf = (part) => N_STEPS + Math.sign(part) * Math.max(1, Math.round(Math.sqrt(Math.abs(part)) * N_STEPS));
