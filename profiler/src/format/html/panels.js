// The panels of words and numbers: details of a box, the tooltip, the table of functions.
// Names go in as text alone, never as markup.

function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key in made) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

// A share as text, with its interval in a quieter voice.
function shareCells(share) {
  return [element("b", {}, shareText(share)), " ", element("span", { className: "range" }, rangeText(share))];
}

// Of a function's change over all threads, which alone is judged: among many boxes, some
// would stand out by chance.
const verdictOf = (change) =>
  `${beyondChance(change) ? (change.value > 0 ? "larger, beyond chance" : "smaller, beyond chance") : "within chance"} (${pText(change.p)})`;

const classOf = (change) => (beyondChance(change) ? (change.value > 0 ? "more" : "less") : "chance");

// One line of numbers: a share, or in a comparison both and the change.
function shareRow(title, weights, selections) {
  const shares = weights.map((weight, p) => selections[p].share(weight));
  const row = element("tr", {}, element("th", { scope: "row" }, title));
  for (const share of shares) row.append(element("td", {}, ...shareCells(share)));
  if (shares.length === 1) row.append(element("td", {}, countText(weights[0])));
  return row;
}

function changeRow(weights, selections) {
  const change = newcombe(...weights.map((weight, p) => selections[p].share(weight)));
  const text = [element("b", {}, changeText(change)), " ", element("span", { className: "range" }, changeRangeText(change))];
  return element("tr", {}, element("th", { scope: "row" }, "change"), element("td", { colSpan: 2 }, ...text));
}

function showDetails(panel, scene, k) {
  const { data, selections, inverted } = scene;
  const f = scene.functionAt(k);
  panel.replaceChildren(element("h2", { title: k > 0 ? data.names[f] : "" }, k > 0 ? data.names[f] : "All samples"));
  const facts = element("dl");
  const fact = (term, text) => text && facts.append(element("dt", {}, term), element("dd", {}, text));
  if (k > 0) {
    fact("Module", data.modules[f]);
    fact("File", data.files[f]);
    fact("Kind", scene.kinds[f]);
    fact("Thread", scene.thread === ALL_THREADS ? "" : threadName(data.threads[scene.thread]));
  } else {
    selections.forEach((selection, p) => {
      fact(data.isComparison ? ["Before", "After"][p] : "Weight", `${countText(selection.all)} ${selection.unit}`);
    });
    fact("Functions", countText(data.names.length));
    fact("Boxes", countText(scene.layout.count - 1));
  }
  if (facts.children.length) panel.append(facts);
  if (k === 0) return;
  const each = (weightOf) => selections.map((_, p) => weightOf(p));
  const parts = [
    [inverted ? "This box" : "This box, with callees", each((p) => scene.weightOf(k, p))],
    ["Function: self", each((p) => selections[p].self[f])],
    ["Function: total", each((p) => selections[p].total[f])],
  ];
  const heads = data.isComparison ? ["", "Before", "After"] : ["", "Share, 95 % interval", selections[0].unit];
  const table = element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map((text) => element(text ? "th" : "td", text ? { scope: "col" } : {}, text)))));
  for (const [title, weights] of parts) {
    table.append(shareRow(title, weights, selections));
    if (data.isComparison) table.append(changeRow(weights, selections));
  }
  if (data.isComparison) {
    table.append(element("tr", { className: classOf(data.changes[f]) }, element("th", { scope: "row" }, "on all threads"),
      element("td", { colSpan: 2 }, element("span", { className: "verdict" }, verdictOf(data.changes[f])))));
  }
  panel.append(table);
  if (!data.isComparison && scene.faded[k]) {
    panel.append(element("p", { className: "note" }, "Drawn pale: so few samples could be none at all in another run."));
  }
}

const threadName = (thread) => (thread.tid === null ? thread.name : `${thread.name} (${thread.tid})`);

function showTooltip(tooltip, scene, k, event) {
  const { selections, data } = scene;
  const lines = selections.map((selection, p) => {
    const share = selection.share(scene.weightOf(k, p));
    const own = selection.share(scene.ownOf(k, p));
    const label = data.isComparison ? `${["before", "after"][p]}: ` : "";
    const self = data.isComparison || scene.inverted || k === 0 ? "" : `, self ${shareText(own)}`;
    const count = data.isComparison ? "" : `${scene.countText(scene.weightOf(k, p))}: `;
    return element("div", {}, `${label}${count}${shareText(share)} (${rangeText(share)})${self}`);
  });
  if (data.isComparison) {
    const change = newcombe(...selections.map((selection, p) => selection.share(scene.weightOf(k, p))));
    lines.push(element("div", {}, `${changeText(change)} (${changeRangeText(change)})`));
    if (k > 0) lines.push(element("div", {}, `The function in all: ${verdictOf(data.changes[scene.functionAt(k)])}`));
  }
  tooltip.replaceChildren(element("strong", {}, scene.nameOf(k)), ...lines);
  tooltip.hidden = false;
  const { offsetWidth, offsetHeight } = tooltip;
  const below = event.clientY + 20 + offsetHeight < innerHeight;
  tooltip.style.left = `${clamp(event.clientX + 12, 8, Math.max(8, innerWidth - offsetWidth - 8))}px`;
  tooltip.style.top = `${below ? event.clientY + 20 : Math.max(8, event.clientY - offsetHeight - 12)}px`;
}

// The table of functions: the same numbers for those who would rather read or sort.
class FunctionTable {
  constructor(table, more, scene, onPick) {
    Object.assign(this, { table, more, scene, onPick, nRows: 25 });
    const { isComparison } = scene.data;
    this.columns = isComparison
      ? [["name", "Function"], ["before", "Total before"], ["after", "Total after"], ["change", "Change, in points"]]
      : [["name", "Function"], ["self", "Self"], ["total", "Total"]];
    [this.sorted, this.direction] = [isComparison ? "change" : "self", -1];
    more.addEventListener("click", () => {
      this.nRows += 200;
      this.show();
    });
    this.head = element("tr");
    for (const [key, title] of this.columns) {
      const button = element("button", { type: "button" }, title);
      button.addEventListener("click", () => this.sortBy(key));
      this.head.append(element("th", { "scope": "col", "data-key": key }, button));
    }
    this.body = element("tbody");
    table.replaceChildren(
      element("caption", {}, isComparison
        ? "Functions with all they called. Shares of all samples, and their change, with 95\u00a0% intervals. Coloured is what changed beyond chance: p below 0.05, corrected by Holm's method for the number of functions."
        : "Functions. Self: in the function itself; total: with all it called. Shares of all samples with 95\u00a0% intervals."),
      element("thead", {}, this.head), this.body);
  }

  sortBy(key) {
    this.direction = this.sorted === key ? -this.direction : key === "name" ? 1 : -1;
    this.sorted = key;
    this.show();
  }

  // Returns the functions that were seen, and match if there is a search.
  rows() {
    const { data, selections, matches } = this.scene;
    const value = {
      name: null,
      self: (f) => selections[0].self[f],
      total: (f) => selections[0].total[f],
      before: (f) => selections[0].total[f],
      after: (f) => selections[1].total[f],
      change: (f) => Math.abs(selections[1].total[f] / (selections[1].all || 1) - selections[0].total[f] / (selections[0].all || 1)),
    }[this.sorted];
    const seen = data.names
      .map((_, f) => f)
      .filter((f) => selections.some((selection) => selection.total[f] > 0) && (!matches || matches[f]));
    // Names are numbered in their order.
    return seen.sort((a, b) => this.direction * (value ? value(a) - value(b) : a - b)
      || selections[0].total[b] - selections[0].total[a] || a - b);
  }

  show() {
    for (const cell of this.head.children) {
      const isSorted = cell.dataset.key === this.sorted;
      cell.setAttribute("aria-sort", isSorted ? (this.direction > 0 ? "ascending" : "descending") : "none");
    }
    const rows = this.rows();
    this.body.replaceChildren(...rows.slice(0, this.nRows).map((f) => this.row(f)));
    this.more.hidden = rows.length <= this.nRows;
    this.more.textContent = `${countText(rows.length - this.nRows)} more functions`;
  }

  row(f) {
    const { data, selections } = this.scene;
    const pick = element("button", { type: "button", title: data.names[f] }, data.names[f]);
    pick.addEventListener("click", () => this.onPick(f));
    const row = element("tr", {}, element("th", { scope: "row" }, pick));
    if (!data.isComparison) {
      const [selection] = selections;
      for (const weight of [selection.self[f], selection.total[f]]) row.append(this.shareCell(selection.share(weight)));
      return row;
    }
    const shares = selections.map((selection) => selection.share(selection.total[f]));
    for (const share of shares) row.append(this.shareCell(share));
    const change = newcombe(...shares);
    const inAll = data.changes[f];
    row.append(element("td", { className: classOf(inAll), title: verdictOf(inAll) },
      element("b", {}, signed(change.value * 100, decimalsOf(change))), " ", element("span", { className: "range" }, changeRangeText(change))));
    return row;
  }

  // A share, its interval, and both as a bar with a whisker.
  shareCell(share) {
    const bar = element("span", { className: "bar", ariaHidden: "true" });
    const [fill, whisker] = [element("i", { className: "fill" }), element("i", { className: "whisker" })];
    fill.style.width = `${share.value * 100}%`;
    whisker.style.left = `${share.low * 100}%`;
    whisker.style.width = `${(share.high - share.low) * 100}%`;
    bar.append(fill, whisker);
    return element("td", {}, ...shareCells(share), bar);
  }
}
