// The page: tools, pointer and keyboard, and when to draw.

const byId = (id) => document.getElementById(id);

class View {
  constructor(data) {
    this.data = data;
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.scene = new Scene(data);
    this.scene.isDark = this.scheme.matches;
    this.scene.repaint();
    this.makeHeader();
    this.charts = this.makeCharts();
    this.table = new FunctionTable(byId("functions"), byId("more"), this.scene, (f) => this.find(data.names[f]));
    this.makeTools();
    this.listen();
    this.showAll();
  }

  makeHeader() {
    byId("title").textContent = this.data.title;
    for (const { name, quality } of this.data.profiles) {
      byId("quality").append(element("p", {}, ...(name ? [element("strong", {}, `${name}: `)] : []), quality));
    }
  }

  makeCharts() {
    return this.data.profiles.map(({ name }, p) => {
      const canvas = element("canvas", { tabIndex: 0 });
      canvas.setAttribute("role", "application");
      canvas.setAttribute("aria-roledescription", "flame graph");
      canvas.setAttribute("aria-label", `Flame graph${name ? `, ${name.toLowerCase()}` : ""}; arrow keys move, Enter zooms, the table below has the same numbers`);
      canvas.setAttribute("aria-describedby", "status");
      const room = element("div", { className: "room" }, canvas);
      const stage = element("div", { className: "stage" }, room);
      byId("stages").append(element("figure", {}, ...(name ? [element("figcaption", {}, name)] : []), stage));
      const chart = new Chart(canvas, p, this.scene);
      return Object.assign(chart, { stage, room });
    });
  }

  makeTools() {
    const { data, scene } = this;
    const weights = data.threadWeights();
    const threads = data.threads.map((_, at) => at).filter((at) => weights[at] > 0).sort((a, b) => weights[b] - weights[a] || a - b);
    this.heaviestThread = threads[0];
    this.nThreads = threads.length;
    const select = byId("thread");
    select.append(element("option", { value: ALL_THREADS }, `all ${threads.length} threads`));
    for (const at of threads) select.append(element("option", { value: at }, threadName(data.threads[at])));
    byId("thread-tool").hidden = threads.length < 2;
    byId("colour-tool").hidden = data.isComparison;
    this.disableTime(data.isComparison
      ? "Two runs have no common time."
      : data.profiles[0].timeline ? "" : "The times of the samples were not kept in this profile.");
    select.addEventListener("change", () => this.change(() => { scene.thread = Number(select.value); }));
    for (const radio of document.getElementsByName("order")) {
      radio.addEventListener("change", () => this.change(() => this.setOrder(radio.value)));
    }
    byId("inverted").addEventListener("change", (event) => this.change(() => { scene.inverted = event.target.checked; }));
    byId("colouring").addEventListener("change", (event) => {
      scene.colouring = event.target.value;
      this.repaint();
    });
    byId("reset").addEventListener("click", () => this.reset());
    byId("term").addEventListener("input", () => this.search());
    byId("regex").addEventListener("change", () => this.search());
  }

  disableTime(reason) {
    byId("in-time").disabled = reason !== "";
    byId("in-time").parentElement.title = reason;
    byId("why").textContent = reason ? `In time: ${reason}` : "";
  }

  // In time there is one thread at a time, and no direction but forwards.
  setOrder(order) {
    const { scene } = this;
    const inTime = order === "time";
    scene.order = order;
    if (inTime && scene.thread === ALL_THREADS && this.nThreads > 1) scene.thread = this.heaviestThread;
    if (inTime) scene.inverted = false;
    byId("thread").value = scene.thread;
    byId("thread").options[0].disabled = inTime;
    byId("inverted").checked = scene.inverted;
    byId("inverted").disabled = inTime;
  }

  // Applies a choice and shows the whole again.
  change(choose) {
    choose();
    this.scene.rebuild();
    this.showAll();
  }

  repaint() {
    this.scene.isDark = this.scheme.matches;
    this.scene.repaint();
    this.showLegend();
    this.invalidate();
  }

  showAll() {
    this.layStages();
    this.zoom(this.scene.zoomed, false);
    this.search();
    this.showLegend();
  }

  showLegend() {
    const { scene, data } = this;
    const item = (text, colour) => {
      const swatch = element("i", { className: "swatch" });
      swatch.style.background = colour;
      return element("li", {}, swatch, text);
    };
    const { paint } = scene;
    const pale = data.isComparison
      ? ["change within chance (95 %); of frames that did not change, one in twenty is coloured all the same", paint.fills[FADED][N_STEPS]]
      : ["pale: so few samples could be none at all in another run", paint.fills[FADED][0]];
    byId("legend").replaceChildren(
      ...scene.legend.map(([text, colour]) => item(text, cssOf(colour))), item(...pale),
      item("dull: too narrow to draw apart", paint.dust));
  }

  // The stage is as high as its boxes, up to most of the window.
  layStages() {
    const { height } = this.scene;
    for (const { stage, room, canvas } of this.charts) {
      const shown = Math.min(height, Math.max(240, innerHeight * (this.charts.length > 1 && innerWidth < 900 ? 0.36 : 0.6)));
      stage.style.height = `${shown}px`;
      room.style.height = `${height}px`;
      canvas.style.height = `${shown}px`;
    }
    this.invalidate();
  }

  invalidate() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      this.draw();
    });
  }

  draw() {
    for (const chart of this.charts) chart.draw();
  }

  // Shows a box and what is in it at full width, in each drawing that has it.
  zoom(k, isAnimated = true) {
    const { scene } = this;
    scene.zoomed = k;
    this.hover(-1);
    const goals = this.charts.map((chart) => {
      let at = k;
      while (at > 0 && scene.weightOf(at, chart.profile) === 0) at = parentPlace(scene.layout, at);
      return { from: scene.layout.start[chart.profile][at], to: scene.layout.end[chart.profile][at] };
    });
    this.moveTo(goals, isAnimated && !this.calm.matches);
    this.select(k);
    this.uncover(this.charts[0], k, 6);
    this.showPath();
  }

  moveTo(goals, isAnimated) {
    const origins = this.charts.map((chart) => chart.view);
    const begin = performance.now();
    cancelAnimationFrame(this.motion);
    const step = (now) => {
      const part = isAnimated ? clamp((now - begin) / 180, 0, 1) : 1;
      const eased = 1 - (1 - part) ** 3;
      const between = (a, b) => a + (b - a) * eased;
      this.charts.forEach((chart, i) => {
        chart.setView(between(origins[i].from, goals[i].from), between(origins[i].to, goals[i].to));
      });
      this.invalidate();
      if (part < 1) this.motion = requestAnimationFrame(step);
    };
    step(begin);
  }

  reset() {
    byId("term").value = "";
    this.search();
    this.zoom(0);
  }

  showPath() {
    const { scene } = this;
    const path = pathTo(scene.layout, scene.zoomed);
    const nKept = 6;
    const crumbs = path.length > nKept + 2 ? [path[0], null, ...path.slice(-nKept)] : path;
    byId("path").replaceChildren(...crumbs.map((k) => {
      if (k === null) return element("li", {}, "\u2026");
      const button = element("button", { type: "button", title: scene.nameOf(k) }, scene.shortNameOf(k));
      if (k === scene.zoomed) button.setAttribute("aria-current", "location");
      button.addEventListener("click", () => this.zoom(k));
      return element("li", {}, button);
    }));
  }

  select(k) {
    const { scene } = this;
    scene.selected = k;
    showDetails(byId("details"), scene, k);
    const shares = scene.selections.map((selection, p) => shareText(selection.share(scene.weightOf(k, p))));
    byId("status").textContent = `${scene.nameOf(k)}: ${shares.join(", then ")}`;
    this.invalidate();
  }

  search() {
    const { scene } = this;
    const text = byId("term").value;
    const problem = scene.search(text, byId("regex").checked);
    byId("term").setAttribute("aria-invalid", problem !== null);
    byId("matched").textContent = problem ?? (scene.matches ? this.matchText() : "");
    byId("search-line").hidden = !text;
    this.table.show();
    this.invalidate();
  }

  matchText() {
    const shares = this.scene.matchedShares();
    const { nMatches } = this.scene;
    const named = `${countText(nMatches)} ${nMatches === 1 ? "function matches" : "functions match"}`;
    const texts = shares.map((share) => `${shareText(share)} (${rangeText(share)})`);
    const { unit } = this.scene.selections[0];
    if (shares.length === 1) return `${named}, in ${texts[0]} of ${unit}`;
    const change = newcombe(...shares);
    return `${named}, in ${texts[0]} of ${unit} before and ${texts[1]} after: ${changeText(change)} (${changeRangeText(change)})`;
  }

  find(text) {
    byId("regex").checked = false;
    byId("term").value = text;
    this.search();
    byId("stages").scrollIntoView({ block: "nearest" });
  }

  listen() {
    new ResizeObserver(() => this.invalidate()).observe(byId("stages"));
    addEventListener("resize", () => this.layStages());
    this.scheme.addEventListener("change", () => this.repaint());
    document.addEventListener("keydown", (event) => this.onKeyAnywhere(event));
    for (const chart of this.charts) this.listenTo(chart);
  }

  listenTo(chart) {
    const { canvas, stage } = chart;
    stage.addEventListener("scroll", () => {
      this.scene.scroll = stage.scrollTop;
      for (const other of this.charts) other.stage.scrollTop = stage.scrollTop;
      this.invalidate();
    });
    canvas.addEventListener("pointermove", (event) => this.onMove(chart, event));
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button === 0) this.drag = { x: event.clientX, y: event.clientY, far: false };
    });
    canvas.addEventListener("pointerup", (event) => this.onRelease(chart, event));
    canvas.addEventListener("pointercancel", () => { this.drag = null; });
    canvas.addEventListener("pointerleave", () => this.hover(-1));
    canvas.addEventListener("wheel", (event) => this.onWheel(chart, event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.onKey(chart, event));
  }

  onMove(chart, event) {
    const { drag } = this;
    if (drag && event.buttons & 1) {
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      if (!drag.far && Math.hypot(dx, dy) < 4) return;
      if (!drag.far) chart.canvas.setPointerCapture(event.pointerId);
      this.drag = { x: event.clientX, y: event.clientY, far: true };
      chart.stage.scrollTop -= dy;
      this.pan(-dx);
      this.hover(-1);
      return;
    }
    this.hover(chart.placeAt(event.offsetX, event.offsetY), event);
  }

  onRelease(chart, event) {
    const wasDrag = this.drag?.far;
    this.drag = null;
    if (wasDrag || event.button !== 0) return;
    const k = chart.placeAt(event.offsetX, event.offsetY);
    if (k >= 0) this.zoom(k);
  }

  hover(k, event) {
    const { scene } = this;
    if (scene.hovered !== k) this.invalidate();
    scene.hovered = k;
    if (k >= 0) showTooltip(byId("tooltip"), scene, k, event);
    else byId("tooltip").hidden = true;
  }

  pan(pixels) {
    for (const chart of this.charts) {
      const by = pixels / chart.scale;
      chart.setView(chart.view.from + by, chart.view.to + by);
    }
    this.invalidate();
  }

  onWheel(chart, event) {
    const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!event.ctrlKey && !event.metaKey && !isSideways) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) this.zoomAround(chart, event.offsetX, Math.exp(clamp(event.deltaY, -120, 120) / 300));
    else this.pan(event.deltaX || event.deltaY);
  }

  // Makes everything wider or narrower around a point. In the other drawing it is the
  // same part of the same box that stays where it is seen.
  zoomAround(chart, x, factor) {
    const { layout } = this.scene;
    const position = chart.positionAt(x);
    let k = -1;
    for (let depth = layout.levels.length - 2; depth >= 0 && k < 0; depth -= 1) {
      const y = chart.yOf(depth) + ROW / 2;
      if (y < chart.height) k = chart.placeAt(x, Math.max(y, chart.top));
    }
    k = Math.max(k, 0);
    const [start, end] = [layout.start[chart.profile][k], layout.end[chart.profile][k]];
    const part = end > start ? (position - start) / (end - start) : 0;
    for (const other of this.charts) {
      const anchor = layout.start[other.profile][k] + part * (layout.end[other.profile][k] - layout.start[other.profile][k]);
      const { from, to } = other.view;
      other.setView(anchor - (anchor - from) * factor, anchor + (to - anchor) * factor);
    }
    this.invalidate();
  }

  onKeyAnywhere(event) {
    const isTyping = event.target.matches("input[type=search], select");
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      byId("term").select();
      byId("term").focus();
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.reset();
      if (isTyping) this.charts[0].canvas.focus();
    } else if (event.key === "i" && !isTyping && !byId("inverted").disabled) {
      byId("inverted").click();
    }
  }

  onKey(chart, event) {
    const { scene } = this;
    const k = scene.selected;
    const act = {
      ArrowUp: () => this.moveSelection(chart, parentPlace(scene.layout, k)),
      ArrowDown: () => this.moveSelection(chart, this.firstChild(chart, k)),
      ArrowLeft: () => this.moveSelection(chart, this.neighbour(chart, k, -1)),
      ArrowRight: () => this.moveSelection(chart, this.neighbour(chart, k, 1)),
      Enter: () => this.zoom(k),
      Backspace: () => this.zoom(Math.max(parentPlace(scene.layout, scene.zoomed), 0)),
      Home: () => this.zoom(0),
      "+": () => this.zoomAround(chart, chart.width / 2, 0.7),
      "=": () => this.zoomAround(chart, chart.width / 2, 0.7),
      "-": () => this.zoomAround(chart, chart.width / 2, 1 / 0.7),
    }[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  }

  firstChild(chart, k) {
    const { levels, start, end } = this.scene.layout;
    const depth = depthOf(this.scene.layout, k) + 1;
    if (depth >= levels.length - 1) return -1;
    const child = firstEndingAfter(end[chart.profile], start[chart.profile][k], levels[depth], levels[depth + 1]);
    return child < levels[depth + 1] && parentPlace(this.scene.layout, child) === k ? child : -1;
  }

  // Returns the next place on the same level that has a weight in this drawing.
  neighbour(chart, k, step) {
    const { levels } = this.scene.layout;
    const depth = depthOf(this.scene.layout, k);
    for (let at = k + step; at >= levels[depth] && at < levels[depth + 1]; at += step) {
      if (this.scene.weightOf(at, chart.profile) > 0) return at;
    }
    return -1;
  }

  // Selects a place and brings it into the window.
  moveSelection(chart, k) {
    if (k < 0) return;
    const { layout } = this.scene;
    const [start, end] = [layout.start[chart.profile][k], layout.end[chart.profile][k]];
    if (end <= chart.view.from || start >= chart.view.to) {
      const length = Math.max(chart.view.to - chart.view.from, end - start);
      const middle = (start + end) / 2;
      chart.setView(middle - length / 2, middle + length / 2);
    }
    this.uncover(chart, k);
    this.select(k);
  }

  // Scrolls to the row of a place, and to some rows below it, if it is not in sight.
  uncover(chart, k, nBelow = 0) {
    const y = chart.yOf(depthOf(this.scene.layout, k));
    if (y < chart.top) chart.stage.scrollTop += y - chart.top;
    const below = y + ROW * (1 + nBelow) - chart.stage.clientHeight;
    if (below > 0) chart.stage.scrollTop += Math.min(below, Math.max(y - chart.top, 0));
  }
}

const view = new View(new Data(JSON.parse(byId("data").textContent)));
