// What is shown: the boxes of the chosen view, their colours, and what is marked in them.

class Scene {
  constructor(data) {
    this.data = data;
    this.thread = ALL_THREADS;
    this.order = "heavy";
    this.inverted = false;
    this.colouring = "kind";
    this.isDark = false;
    this.matches = null;
    this.scroll = 0;
    [this.selected, this.hovered, this.zoomed] = [0, -1, 0];
    this.shortNames = [];
    const hasPaths = data.names.some((name) => name.includes("::"));
    this.kinds = data.names.map((name, f) => kindOf(name, data.modules[f], hasPaths));
    this.origins = data.names.map((name, f) => originOf(name, data.modules[f]));
    this.rebuild();
  }

  // Makes the boxes again, after another thread, order or direction was chosen. What was
  // zoomed and selected stays so if it is in the same tree.
  rebuild() {
    const { data, thread, order, inverted } = this;
    const key = `${thread} ${inverted} ${order === "time"}`;
    const isSameTree = key === this.key;
    const [zoomed, selected] = isSameTree ? [this.zoomed, this.selected].map((k) => this.layout.node[k]) : [ROOT, ROOT];
    if (!isSameTree) {
      this.key = key;
      this.selections = data.profiles.map((_, at) => data.select(at, thread));
      const make = { time: () => timeTree(data, data.profiles[0].timeline, thread) }[order];
      this.tree = make ? make() : (inverted ? invertedTree : callTree)(data, this.selections);
    }
    this.layout = layOut(this.tree, order);
    [this.zoomed, this.selected, this.hovered] = [this.layout.place[zoomed], this.layout.place[selected], -1];
    this.judge();
    this.countMatches();
    this.repaint();
  }

  weightOf(k, p) { return this.tree.total[p][this.layout.node[k]]; }
  ownOf(k, p) { return this.tree.own[p][this.layout.node[k]]; }
  functionAt(k) { return this.tree.functionOf[this.layout.node[k]]; }

  // Finds which boxes may be chance: a share that might be none at all; in a comparison,
  // a function whose change is not beyond chance.
  judge() {
    const { layout, selections, data } = this;
    this.faded = new Uint8Array(layout.count);
    this.change = data.isComparison ? new Float64Array(layout.count) : null;
    if (!data.isComparison) {
      const [{ all, n }] = selections;
      const least = smallestDistinguishable(all, n) * (1 - 1e-9);
      for (let k = 1; k < layout.count; k += 1) this.faded[k] = this.weightOf(k, 0) < least ? 1 : 0;
      return;
    }
    for (let k = 1; k < layout.count; k += 1) {
      const change = data.changes[this.functionAt(k)];
      if (beyondChance(change)) this.change[k] = change.value;
      else this.faded[k] = 1;
    }
  }

  // Chooses the colours again, after another colouring or colour scheme was chosen.
  repaint() {
    const { data, layout, isDark } = this;
    this.shade = new Uint16Array(layout.count);
    if (data.isComparison) {
      const largest = this.change.reduce((most, change) => Math.max(most, Math.abs(change)), 0) || 1;
      for (let k = 0; k < layout.count; k += 1) {
        this.shade[k] = this.change[k] === 0 ? N_STEPS : stepOf(this.change[k] / largest);
      }
      const colours = coloursOfChange(isDark);
      this.paint = new Paint(colours, isDark);
      this.legend = [["smaller share after", colours[1]], ["larger share after", colours[2 * N_STEPS - 1]]];
      return;
    }
    const byKind = this.colouring === "kind";
    const groups = byKind ? this.kinds : this.origins;
    const scheme = byKind
      ? { of: (kind) => KIND_COLOURS[kind], legend: KINDS.filter((kind) => groups.includes(kind)).map((kind) => [kind, KIND_COLOURS[kind]]) }
      : coloursOfOrigins(groups, this.selections[0].self);
    const bases = [...new Set(groups.map(scheme.of))];
    const shades = bases.flatMap((base) => shadesOf(base, isDark));
    this.paint = new Paint(shades, isDark);
    const shadeOf = groups.map((group, f) => bases.indexOf(scheme.of(group)) * N_SHADES + (hash(data.names[f]) % N_SHADES));
    for (let k = 1; k < layout.count; k += 1) this.shade[k] = shadeOf[this.functionAt(k)];
    this.legend = scheme.legend.map(([name, base]) => [name, shadesOf(base, isDark)[1]]);
  }

  // Counts the matching boxes before each place, so that a run of them is judged at once.
  countMatches() {
    const { layout, matches } = this;
    this.matchesBefore = matches && new Uint32Array(layout.count + 1);
    for (let k = 0; matches && k < layout.count; k += 1) {
      this.matchesBefore[k + 1] = this.matchesBefore[k] + (k > 0 ? matches[this.functionAt(k)] : 0);
    }
  }

  // Tells whether a place from `first` up to `last` matches the search.
  hasMatch(first, last) { return this.matches !== null && this.matchesBefore[last] > this.matchesBefore[first]; }

  stateOf(k) {
    if (this.matches && k > 0 && !this.matches[this.functionAt(k)]) return DIMMED;
    return this.faded[k] && !this.matches ? FADED : PLAIN;
  }

  nameOf(k) {
    if (k > 0) return this.data.names[this.functionAt(k)];
    return this.data.isComparison ? "all" : `all (${this.countText(this.selections[0].all)})`;
  }

  shortNameOf(k) {
    if (k === 0) return "all";
    const f = this.functionAt(k);
    this.shortNames[f] ??= shortName(this.data.names[f]);
    return this.shortNames[f];
  }

  countText(weight) { return `${countText(weight)} ${this.selections[0].unit}`; }

  // Marks the functions whose name has the text in it, or matches it as a regular
  // expression, and returns how many; the error's text if it is not one.
  search(text, isRegex) {
    this.matches = null;
    this.nMatches = 0;
    if (!text) return null;
    let test;
    if (isRegex) {
      try {
        const expression = new RegExp(text, "i");
        test = (name) => expression.test(name);
      } catch (error) {
        return error.message;
      }
    } else {
      const wanted = text.toLowerCase();
      test = (name) => name.toLowerCase().includes(wanted);
    }
    this.matches = Uint8Array.from(this.data.names, (name) => (test(name) ? 1 : 0));
    // What is not on the chosen thread is not counted.
    this.matches.forEach((match, f) => {
      if (match && this.selections.some((selection) => selection.total[f] > 0)) this.nMatches += 1;
    });
    this.countMatches();
    return null;
  }

  // Returns the share of the samples that pass through a match, one for each profile.
  matchedShares() {
    return this.selections.map((selection) => selection.share(this.data.matchedWeight(selection.own, this.matches)));
  }

  get height() { return (this.layout.levels.length - 1) * ROW + (this.tree.times ? RULER : 0); }
}
