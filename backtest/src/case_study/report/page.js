"use strict";
(() => {
  const root = document.documentElement;
  const graphs = [...document.querySelectorAll("figure.flame")].map((figure) => ({
    figure,
    frame: figure.querySelector("iframe"),
    matched: figure.querySelector(".matched"),
    samples: Number(figure.dataset.samples),
  }));

  // The theme is the reader's, until they press the button.
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (theme) => {
    root.dataset.theme = theme;
    button.textContent = theme === "dark" ? "Light" : "Dark";
    button.setAttribute("aria-pressed", String(theme === "dark"));
    for (const { frame } of graphs) {
      const page = frame?.contentDocument?.documentElement;
      if (page) page.dataset.theme = theme;
    }
  };
  const theirs = () => paint(dark.matches ? "dark" : "light");
  dark.addEventListener("change", theirs);
  button.addEventListener("click", () => {
    dark.removeEventListener("change", theirs);
    paint(root.dataset.theme === "dark" ? "light" : "dark");
  });
  theirs();

  // Wilson's 95 % interval for a share of n samples, as in the tables.
  const wilson = (share, n) => {
    const z2 = 1.959963984540054 ** 2;
    const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
    const reach = (Math.sqrt(z2) / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
    return [Math.max(0, centre - reach), Math.min(1, centre + reach)];
  };
  const percent = (fraction) => (100 * fraction).toFixed(1);
  const words = (share, n) => {
    const [low, high] = wilson(share, n).map(percent);
    return `${percent(share)} % of samples match (${low} to ${high})`;
  };

  // Ordinary text is looked for as it is; a pattern may name several functions.
  const form = document.getElementById("search");
  const term = document.getElementById("term");
  const compiled = (text) => {
    try {
      return new RegExp(text);
    } catch {
      return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    }
  };
  const search = (graph) => {
    const highlight = graph.frame?.contentWindow?.highlight;
    if (!highlight) return;
    const text = term.value.trim();
    const share = highlight(text ? compiled(text) : null);
    graph.matched.textContent = text ? words(share, graph.samples) : "";
    graph.matched.classList.toggle("nothing", share === 0);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    graphs.forEach(search);
  });
  form.addEventListener("reset", () => {
    term.value = "";
    graphs.forEach(search);
  });
  term.addEventListener("search", () => graphs.forEach(search));

  for (const graph of graphs) {
    graph.frame?.addEventListener("load", () => {
      paint(root.dataset.theme);
      if (term.value) search(graph);
    });
  }
  paint(root.dataset.theme);
})();
