"use strict";
(() => {
  const boxes = [...document.querySelectorAll("#frames > g")].map((group) => {
    const rect = group.querySelector("rect");
    return {
      group,
      rect,
      name: group.querySelector("title").textContent.replace(/ \([^(]*\)$/, ""),
      x: Number(rect.getAttribute("fg:x")),
      width: Number(rect.getAttribute("fg:w")),
      y: Number(rect.getAttribute("y")),
    };
  });
  const whole = Number(document.getElementById("frames").getAttribute("total_samples"));

  // One hue for each fix and everything that it calls, grey for the rest; the shade
  // comes from the name, so that a function looks the same in every graph.
  const shade = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 997, 7) % 12;
  const within = (roots, box) =>
    roots.some((root) => box.x >= root.x && box.x + box.width <= root.x + root.width && box.y <= root.y);
  const paintProfile = () => {
    const eager = boxes.filter((box) => box.name.includes("log_eagerly"));
    const folder = boxes.filter((box) => box.name.includes("get_exchange_folder"));
    for (const box of boxes) {
      const light = shade(box.name);
      const fill = within(eager, box)
        ? `hsl(35 96% ${58 + light}%)`
        : within(folder, box)
          ? `hsl(172 52% ${56 + light}%)`
          : `hsl(220 12% ${78 + light}%)`;
      box.rect.setAttribute("fill", fill);
    }
  };
  // How much of the function's share went (red) or came (blue), from its tooltip.
  const paintDifference = () => {
    for (const { group, rect } of boxes) {
      const text = group.querySelector("title").textContent;
      const [, share, change] = text.match(/, ([\d.]+)% ±[^;]*; in all stacks ([+-][\d.]+)%/) ?? [0, 1, 0];
      const went = Math.max(-1, Math.min(1, change / Math.max(share, 0.01)));
      const strength = Math.sqrt(Math.abs(went));
      rect.setAttribute("fill", `hsl(${went > 0 ? 4 : 214} ${82 * strength}% ${90 - 24 * Math.abs(went)}%)`);
    }
  };
  ({ profile: paintProfile, difference: paintDifference })[document.documentElement.dataset.kind]();

  // Marks every box whose name matches, and returns the share of samples that pass
  // through one; a box inside another counts once.
  window.highlight = (pattern) => {
    unzoom();
    if (searching) {
      reset_search();
      searching = 0;
    }
    if (!pattern) return 0;
    search(pattern.source);
    let [covered, end] = [0, -1];
    const hits = boxes.filter((box) => pattern.test(box.name));
    hits.sort((a, b) => a.x - b.x || b.width - a.width);
    for (const box of hits) {
      if (box.x < end) continue;
      covered += box.width;
      end = box.x + box.width;
    }
    return covered / whole;
  };

  // The page has one search for all graphs.
  window.search_prompt = () => parent.document.getElementById("term").focus();

  // Arrows walk through the boxes, Enter looks closer, Escape goes back.
  const svg = document.querySelector("svg");
  let at = boxes.findIndex((box) => box.width === whole);
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-label", `${document.title}: arrow keys walk, Enter zooms, Escape zooms out`);
  const show = (idx) => {
    if (idx < 0) return;
    boxes[at]?.group.classList.remove("current");
    at = idx;
    boxes[at].group.classList.add("current");
    document.getElementById("details").textContent = boxes[at].group.querySelector("title").textContent;
  };
  const step = boxes.length > 1 ? Math.min(...boxes.map((box) => Math.abs(box.y - boxes[at].y)).filter((gap) => gap > 0)) : 0;
  const nearest = (candidates) => {
    const best = candidates.sort((a, b) => b.width - a.width)[0];
    return best ? boxes.indexOf(best) : -1;
  };
  const walk = {
    ArrowUp: (here) => nearest(boxes.filter((box) => Math.abs(here.y - step - box.y) < 0.5 && box.x >= here.x && box.x < here.x + here.width)),
    ArrowDown: (here) => nearest(boxes.filter((box) => Math.abs(here.y + step - box.y) < 0.5 && box.x <= here.x && box.x + box.width >= here.x + here.width)),
    ArrowLeft: (here) => boxes.indexOf(boxes.filter((box) => box.y === here.y && box.x < here.x).sort((a, b) => b.x - a.x)[0]),
    ArrowRight: (here) => boxes.indexOf(boxes.filter((box) => box.y === here.y && box.x > here.x).sort((a, b) => a.x - b.x)[0]),
  };
  svg.addEventListener("keydown", (event) => {
    if (walk[event.key]) show(walk[event.key](boxes[at]));
    else if (event.key === "Enter") zoom(boxes[at].group);
    else if (event.key === "Escape") unzoom();
    else return;
    event.preventDefault();
  });

  // Paper has another width than the window, and labels are cut to the width.
  addEventListener("beforeprint", () => {
    // A4 without its margins, at the scale that the page prints graphs with.
    const paper = 688 / 0.8;
    frames.attributes.width.value = paper - 2 * xpad;
    update_text_for_elements(frames.children);
  });
  addEventListener("afterprint", () => dispatchEvent(new Event("resize")));
})();
