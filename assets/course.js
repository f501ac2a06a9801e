/* What the pages of Side by Side do by themselves: draw charts, and keep a result closed until the reader has guessed.
   Plain script, no library but Vega, which is fetched from this site when a chart comes near. */
(() => {
  "use strict";
  const home = new URL(".", document.currentScript.src);
  const vendor = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

  // ── charts ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const WIDEST = 680; // pixels, axis included: wider is harder to read
  const NARROW = 480; // below this, names beside an axis are broken into lines
  const drawn = new Map(); // chart element → { spec text, view, width, theme }
  let scripts; // a promise, once asked for

  const load = (name) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: new URL(`vendor/${name}`, home), onload: resolve, onerror: reject });
    document.head.append(script);
  });
  const loadScripts = () => (scripts ??= vendor.reduce((before, name) => before.then(() => load(name)), Promise.resolve()));

  const style = (name, at = document.documentElement) => getComputedStyle(at).getPropertyValue(name).trim();
  const theme = () => document.documentElement.dataset.theme;

  // Names on a vertical axis, as a Vega expression: lines of at most `characters`, broken at spaces.
  const inLines = (characters) =>
    `split(trim(replace(datum.label, regexp('(.{1,${characters}})(\\\\s+|$)', 'g'), '$1\\n')), '\\n')`;

  const adapt = (spec, width) => {
    if (spec.hconcat || spec.vconcat || spec.concat || spec.facet || spec.repeat) return; // such a chart only shrinks, by CSS
    spec.width = width;
    spec.autosize = { type: "fit-x", contains: "padding" };
    if (width >= NARROW) return;
    spec.config.axisX = { ...spec.config.axisX, labelOverlap: "greedy", tickCount: 5 };
    for (const part of [spec, ...(spec.layer ?? [])]) {
      const y = part.encoding?.y;
      if (y?.type !== "nominal" || y.axis === null) continue;
      const values = new Set(Object.values(spec.datasets ?? {}).flat().map((row) => row[y.field]).filter(Boolean));
      const characters = Math.round(width / 18), lines = Math.max(...[...values].map((v) => Math.ceil(String(v).length / characters)));
      y.axis = { ...y.axis, labelLimit: width / 2, labelExpr: inLines(characters), labelLineHeight: 14 };
      if (lines > 1) spec.height = Math.max(spec.height, values.size * (16 * lines + 10));
    }
  };

  const draw = async (box) => {
    const width = Math.min(box.clientWidth, WIDEST), state = drawn.get(box);
    if (!width || (state.width === width && state.theme === theme())) return;
    Object.assign(state, { width, theme: theme() });
    await loadScripts();
    const ink = style("--pst-color-text-muted");
    const spec = JSON.parse(state.text.replaceAll(`"${style("--sbs-grey")}"`, JSON.stringify(ink)));
    spec.config = { ...spec.config, font: style("font-family", box) };
    adapt(spec, width);
    state.view?.finalize();
    const frame = element("div", "sbs-drawn");
    const options = { actions: false, renderer: "svg", tooltip: { theme: theme() } };
    const result = await window.vegaEmbed(frame, spec, options);
    state.view = result.view;
    box.querySelector(".sbs-drawn")?.remove();
    box.append(frame);
    box.classList.add("ready");
    if (frame.querySelector("input, select")) box.setAttribute("role", "group"); // controls must be reachable
  };

  const startCharts = () => {
    const boxes = document.querySelectorAll(".sbs-chart");
    if (!boxes.length) return;
    const near = new Set();
    const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => near.has(target) && draw(target)));
    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
        seen.unobserve(target);
        near.add(target);
        draw(target);
      });
    }, { rootMargin: "400px" });
    boxes.forEach((box) => {
      drawn.set(box, { text: box.querySelector("script").textContent });
      seen.observe(box);
      resized.observe(box);
    });
    new MutationObserver(() => near.forEach(draw)).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  };

  // ── results stay closed until the reader has guessed ────────────────────────────────────────────────────────────
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: forget it */ } };
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

  // The outputs from a question to its result: those after the question, up to and with the one that holds the result.
  const between = (question, result) => [...document.querySelectorAll(".cell_output")].filter(
    (output) => follows(question, output) && (follows(output, result) || output.contains(result)));

  const open = (output) => {
    output.hidden = false;
    output.previousElementSibling.remove();
  };

  const close = (output, showMe) => {
    const note = element("div", "sbs-veil"), button = element("button", "", "Just show me");
    button.type = "button";
    button.addEventListener("click", () => {
      showMe();
      output.tabIndex = -1;
      output.focus(); // the button is gone: go on reading where it was
    });
    note.append(element("span", "", "Your guess first"), button);
    output.before(note);
    output.hidden = true;
  };

  const startVeils = () => {
    const veils = [...document.querySelectorAll(".sbs-predict")].flatMap((question) => {
      const key = question.dataset.key, result = document.querySelector(`.sbs-outcome[data-key="${CSS.escape(key)}"]`);
      return result ? [{ key, outputs: between(question, result), done: false }] : [];
    });
    const refresh = () => {
      veils.forEach((veil) => { veil.done ||= kept(`sbs:${veil.key}`) !== null || kept(`sbs-shown:${veil.key}`) !== null; });
      for (const output of new Set(veils.flatMap(({ outputs }) => outputs))) {
        const waiting = veils.find((veil) => !veil.done && veil.outputs.includes(output));
        if (waiting && !output.hidden) close(output, () => finish(waiting.key, true));
        if (!waiting && output.hidden) open(output);
      }
    };
    const finish = (key, shown) => {
      if (shown) keep(`sbs-shown:${key}`, "yes");
      veils.filter((veil) => veil.key === key).forEach((veil) => { veil.done = true; });
      refresh();
    };
    refresh();
    document.addEventListener("sbs-guess", refresh);
    document.addEventListener("change", ({ target }) => { // also where the browser keeps nothing
      const box = target.closest(".sbs-predict");
      if (box) finish(box.dataset.key, false);
    });
  };

  startVeils();
  startCharts();
})();
