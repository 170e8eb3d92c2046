// One drawing: the boxes of one profile in a window on them.

const ROW = 20;
const RULER = 22;
const TEXT_INSET = 5;
const FONT = "12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif";
// Boxes narrower than this, in CSS pixels, are drawn as one with their neighbours.
const NARROWEST = 1;
// A box narrower than this has no room for two letters.
const NARROWEST_TEXT = 22;

// The widths of characters, measured once each: asking for whole names costs more than
// drawing them.
class Widths {
  constructor(context) {
    this.context = context;
    this.known = new Map();
    this.ellipsis = this.of("\u2026");
  }

  of(character) {
    let width = this.known.get(character);
    if (width === undefined) {
      this.context.font = FONT;
      width = this.context.measureText(character).width;
      this.known.set(character, width);
    }
    return width;
  }

  // Returns the text if it fits, what fits of it with an ellipsis, or nothing.
  fit(text, room) {
    let [width, kept] = [0, 0];
    for (let i = 0; i < text.length; i += 1) {
      width += this.of(text[i]);
      if (width + this.ellipsis <= room) kept = i + 1;
      if (width > room) return kept >= 2 ? `${text.slice(0, kept)}\u2026` : "";
    }
    return text;
  }
}

class Chart {
  // `scene` is what all drawings share: layout, paint, names, search, selection, scroll.
  constructor(canvas, profile, scene) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.widths = new Widths(this.context);
    this.profile = profile;
    this.scene = scene;
    this.view = { from: 0, to: 1 };
    [this.width, this.height, this.ratio] = [1, 1, 1];
  }

  get top() { return this.scene.layout.tree.times ? RULER : 0; }
  get all() { return this.scene.layout.end[this.profile][0]; }
  get scale() { return this.width / (this.view.to - this.view.from); }

  xOf(position) { return (position - this.view.from) * this.scale; }
  positionAt(x) { return this.view.from + x / this.scale; }

  // Keeps the window inside the whole, and at least a billionth of it wide.
  setView(from, to) {
    const length = clamp(to - from, this.all * 1e-9, this.all);
    const begin = clamp(from, 0, this.all - length);
    this.view = { from: begin, to: begin + length };
  }

  // Gives the bitmap the pixels of the screen. The size is asked for once a frame, as
  // asking makes the browser lay out the page.
  resize() {
    const { canvas } = this;
    this.ratio = window.devicePixelRatio || 1;
    [this.width, this.height] = [canvas.clientWidth, canvas.clientHeight];
    const [width, height] = [Math.round(this.width * this.ratio), Math.round(this.height * this.ratio)];
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
  }

  // Rounds to a pixel of the screen, so that edges are sharp at every zoom.
  snap(x) { return Math.round(x * this.ratio) / this.ratio; }

  draw() {
    const { context, scene } = this;
    this.resize();
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.fillStyle = cssOf(scene.paint.paper);
    context.fillRect(0, 0, this.width, this.height);
    if (!(this.all > 0)) return;
    const { levels } = scene.layout;
    const first = Math.max(0, Math.floor((scene.scroll - this.top) / ROW));
    const last = Math.min(levels.length - 1, Math.ceil((scene.scroll + this.height - this.top) / ROW));
    const labels = [];
    for (let depth = first; depth < last; depth += 1) this.drawLevel(depth, labels);
    this.drawLabels(labels);
    if (scene.selected > 0) this.outline(scene.selected, 2);
    if (scene.hovered > 0) this.outline(scene.hovered, 1);
    if (this.top) this.drawRuler();
  }

  yOf(depth) { return this.top + depth * ROW - this.scene.scroll; }

  // Draws what is visible of a level. A run of boxes that are too narrow is one dull bar,
  // and bisection finds its end: the work depends on the pixels, not on the boxes.
  drawLevel(depth, labels) {
    const { context, scene } = this;
    const { layout, paint } = scene;
    const [starts, ends] = [layout.start[this.profile], layout.end[this.profile]];
    const high = layout.levels[depth + 1];
    const [y, { from }, scale, width] = [this.yOf(depth), this.view, this.scale, this.width];
    let k = firstEndingAfter(ends, from, layout.levels[depth], high);
    while (k < high) {
      const x = (starts[k] - from) * scale;
      if (x >= width) return;
      // What has no weight in this profile, as opposed to the other, has no width.
      if (ends[k] === starts[k]) {
        k = firstEndingAfter(ends, ends[k], k, high);
        continue;
      }
      const to = (ends[k] - from) * scale;
      if (to - x < NARROWEST) {
        k = this.drawDust(k, high, y);
        continue;
      }
      const left = this.snap(Math.max(x, 0));
      const right = Math.max(this.snap(Math.min(to, width)) - (to - x > 3 ? 1 : 0), left + 0.5);
      const state = scene.stateOf(k);
      context.fillStyle = k === 0 ? paint.whole : paint.fills[state][scene.shade[k]];
      context.fillRect(left, y, right - left, ROW - 1);
      if (right - left >= NARROWEST_TEXT) labels.push(k, left, right, y);
      k += 1;
    }
  }

  // Draws the narrow boxes from place `k` on, and returns the first wide one after them.
  // A bar ends where the search begins or ceases to match anything in it.
  drawDust(k, high, y) {
    const { scene } = this;
    const { start, end } = scene.layout;
    const [starts, ends] = [start[this.profile], end[this.profile]];
    const pixel = NARROWEST / this.scale;
    const edge = this.positionAt(this.width);
    let [begin, reach, isMatch, next] = [starts[k], starts[k], scene.hasMatch(k, k + 1), k];
    while (next < high && starts[next] - reach < pixel / 2 && ends[next] - starts[next] < pixel) {
      // What ends within the next pixel is looked at together.
      const beyond = Math.max(firstEndingAfter(ends, starts[next] + pixel, next, high), next + 1);
      if (scene.hasMatch(next, beyond) !== isMatch) {
        this.drawBar(begin, reach, y, isMatch);
        [begin, isMatch] = [reach, !isMatch];
      }
      reach = Math.max(reach, ends[beyond - 1]);
      next = beyond;
      if (reach > edge) break;
    }
    this.drawBar(begin, reach, y, isMatch);
    return next;
  }

  drawBar(begin, reach, y, isMatch) {
    const { paint, matches } = this.scene;
    const left = Math.max(this.snap(this.xOf(begin)), 0);
    const right = Math.min(Math.max(this.snap(this.xOf(reach)), left + 1 / this.ratio), this.width);
    this.context.fillStyle = matches ? (isMatch ? paint.matchedDust : paint.dimmedDust) : paint.dust;
    this.context.fillRect(left, y, right - left, ROW - 1);
  }

  drawLabels(labels) {
    const { context, scene } = this;
    context.font = FONT;
    context.textBaseline = "middle";
    for (let i = 0; i < labels.length; i += 4) {
      const [k, left, right, y] = [labels[i], labels[i + 1], labels[i + 2], labels[i + 3]];
      const text = this.labelOf(k, right - left - 2 * TEXT_INSET);
      if (!text) continue;
      context.fillStyle = k === 0 ? scene.paint.line : scene.paint.inks[scene.stateOf(k)][scene.shade[k]];
      context.fillText(text, left + TEXT_INSET, y + ROW / 2 + 0.5);
    }
  }

  // The whole name if there is room, else the short one, else its beginning.
  labelOf(k, room) {
    const full = this.scene.nameOf(k);
    if (full.length * 4 < room && !this.widths.fit(full, room).endsWith("\u2026")) return full;
    return this.widths.fit(this.scene.shortNameOf(k), room);
  }

  outline(k, thickness) {
    const { layout, paint } = this.scene;
    const [x, to] = [this.xOf(layout.start[this.profile][k]), this.xOf(layout.end[this.profile][k])];
    if (to <= x || to < 0 || x > this.width) return;
    const left = this.snap(Math.max(x, -4));
    const right = Math.max(this.snap(Math.min(to, this.width + 4)) - 1, left + 2);
    this.context.strokeStyle = paint.line;
    this.context.lineWidth = thickness;
    const half = thickness / 2;
    this.context.strokeRect(left + half, this.yOf(depthOf(layout, k)) + half, right - left - thickness, ROW - 1 - thickness);
  }

  // Writes the time of the samples above them. Time asleep has no samples and no room,
  // so the marks are at even steps of samples, not of time.
  drawRuler() {
    const { context, scene } = this;
    const { position, at } = scene.layout.tree.times;
    context.fillStyle = cssOf(scene.paint.paper);
    context.fillRect(0, 0, this.width, RULER);
    context.fillStyle = scene.paint.soft;
    context.font = FONT;
    const step = Math.max(90, this.width / 10);
    for (let x = 0; x < this.width - 40; x += step) {
      const index = Math.max(0, firstEndingAfter(position, this.positionAt(x), 0, position.length) - 1);
      context.fillRect(this.snap(x), RULER - 6, 1, 5);
      context.fillText(timeText(at[index]), x + 4, RULER / 2 - 1);
    }
  }

  // Returns the place under a point of the drawing; -1 if there is none.
  placeAt(x, y) {
    const { layout, scroll } = this.scene;
    const depth = Math.floor((y + scroll - this.top) / ROW);
    if (y < this.top || depth < 0 || depth >= layout.levels.length - 1) return -1;
    const position = this.positionAt(x);
    const high = layout.levels[depth + 1];
    const k = firstEndingAfter(layout.end[this.profile], position, layout.levels[depth], high);
    return k < high && layout.start[this.profile][k] <= position ? k : -1;
  }
}

function timeText(nanoseconds) {
  const seconds = nanoseconds / 1e9;
  if (seconds === 0) return "0 s";
  if (seconds < 1e-3) return `${(seconds * 1e6).toFixed(0)} \u00b5s`;
  if (seconds < 1) return `${(seconds * 1e3).toFixed(1)} ms`;
  return seconds < 100 ? `${seconds.toFixed(2)} s` : `${seconds.toFixed(0)} s`;
}
