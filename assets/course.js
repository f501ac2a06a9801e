/* What the pages of Side by Side do by themselves: draw charts, and keep a result closed until the reader has guessed.
   Plain script, no library but Vega, which is fetched from this site when a chart comes near. */
(() => {
  "use strict";
  const home = new URL(".", document.currentScript.src);
  const vendor = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

  // ── charts ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const WIDEST = 680; // pixels, axis included: wider is harder to read
  const NARROW = 480; // below this, an axis gets fewer ticks and shorter lines of text
  const drawn = new Map(); // chart element → { text of its spec, view, width }
  let scripts; // a promise, once asked for

  const load = (name) => new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: new URL(`vendor/${name}`, home), onload: resolve, onerror: reject });
    document.head.append(script);
  });
  const loadScripts = () => (scripts ??= vendor.reduce((before, name) => before.then(() => load(name)), Promise.resolve()));

  // Names on a vertical axis, as a Vega expression: lines of at most `characters`, broken at spaces.
  const inLines = (characters) =>
    `split(trim(replace(datum.label, regexp('(.{1,${characters}})(\\\\s+|$)', 'g'), '$1\\n')), '\\n')`;

  const adapt = (spec, width) => {
    if (spec.hconcat || spec.vconcat || spec.concat || spec.facet || spec.repeat) return; // such a chart only shrinks, by CSS
    spec.width = width;
    spec.autosize = { type: "fit-x", contains: "padding" };
    const narrow = width < NARROW;
    if (narrow) {
      spec.config.axisX = { ...spec.config.axisX, labelOverlap: "greedy", tickCount: 5 };
      spec.config.legend = { ...spec.config.legend, columns: 1, labelLimit: width - 60 };
    }
    for (const part of [spec, ...(spec.layer ?? [])]) {
      const y = part.encoding?.y;
      if (y?.type !== "nominal" || y.axis === null || y.axis?.labelExpr) continue;
      const values = new Set(Object.values(spec.datasets ?? {}).flat().map((row) => row[y.field]).filter(Boolean));
      const characters = narrow ? Math.round(width / 18) : 34, lines = Math.max(...[...values].map((v) => Math.ceil(String(v).length / characters)));
      y.axis = { ...y.axis, labelLimit: width / (narrow ? 2 : 2.5), labelExpr: inLines(characters), labelLineHeight: 14 };
      if (lines > 1) spec.height = Math.max(spec.height, values.size * (16 * lines + 10));
    }
  };

  const draw = async (box, room = box.clientWidth) => {
    const width = Math.min(room, WIDEST), state = drawn.get(box);
    if (!width || state.width === width) return;
    state.width = width;
    await loadScripts();
    const spec = JSON.parse(state.text);
    spec.config = { ...spec.config, font: getComputedStyle(box).fontFamily };
    adapt(spec, width);
    const frame = element("div", "sbs-drawn");
    const { view } = await window.vegaEmbed(frame, spec, { actions: false, renderer: "svg", tooltip: { disableDefaultStyle: true } });
    if (state.width !== width) return view.finalize(); // the window changed meanwhile
    state.view?.finalize();
    state.view = view;
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
  };

  // ── results stay closed until the reader has guessed ────────────────────────────────────────────────────────────
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: forget it */ } };
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

  // The outputs from a question to its result: those after the question, up to and with the one that holds the result.
  const between = (question, result) => [...document.querySelectorAll(".cell_output")].filter(
    (output) => follows(question, output) && (follows(output, result) || output.contains(result)));

  // The paragraphs "What happened" right after a result would give it away.
  const explanation = (result) => {
    const found = [];
    let next = result.closest(".cell")?.nextElementSibling;
    if (!next?.textContent.trim().startsWith("What happened")) return found;
    for (; next?.matches("p, ul, ol, blockquote") && !next.textContent.startsWith("Change one thing"); next = next.nextElementSibling) found.push(next);
    return found;
  };

  const open = (part) => {
    part.hidden = false;
    if (part.previousElementSibling?.matches(".sbs-veil")) part.previousElementSibling.remove();
  };

  const close = (part, showMe) => {
    part.hidden = true;
    part.classList.add("sbs-closed");
    if (!part.matches(".cell_output")) return;
    const note = element("div", "sbs-veil"), button = element("button", "", "Just show me");
    button.type = "button";
    button.addEventListener("click", () => {
      showMe();
      part.tabIndex = -1;
      part.focus(); // the button is gone: go on reading where it was
    });
    note.append(element("span", "", "Your guess first"), button);
    part.before(note);
  };

  const startVeils = () => {
    const veils = [...document.querySelectorAll(".sbs-predict")].flatMap((question) => {
      const key = question.dataset.key, result = document.querySelector(`.sbs-outcome[data-key="${CSS.escape(key)}"]`);
      return result ? [{ key, parts: [...between(question, result), ...explanation(result)], done: false }] : [];
    });
    const refresh = () => {
      veils.forEach((veil) => { veil.done ||= kept(`sbs:${veil.key}`) !== null || kept(`sbs-shown:${veil.key}`) !== null; });
      for (const part of new Set(veils.flatMap(({ parts }) => parts))) {
        const waiting = veils.find((veil) => !veil.done && veil.parts.includes(part));
        if (waiting && !part.hidden) close(part, () => finish(waiting.key, true));
        if (!waiting && part.hidden) open(part);
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

  // ── paper ───────────────────────────────────────────────────────────────────────────────────────────────────────
  // The theme's button and Ctrl+P wait until every chart is drawn. A browser's own menu does not wait: there, the
  // description of a chart stands in its place. Paper is white, whatever the screen is.
  const startPrinting = () => {
    const print = window.print.bind(window);
    window.print = async () => {
      await Promise.allSettled([...drawn.keys()].map((box) => draw(box, box.clientWidth || WIDEST)));
      print();
    };
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "p") return;
      event.preventDefault();
      window.print();
    });
    const page = document.documentElement.dataset;
    let theme;
    window.addEventListener("beforeprint", () => { theme = page.theme; page.theme = "light"; });
    window.addEventListener("afterprint", () => { page.theme = theme; });
  };

  // ── widgets ─────────────────────────────────────────────────────────────────────────────────────────────────────
  // A saved slider gets the name that stands beside it, for readers who hear the page.
  const nameSliders = () => document.querySelectorAll(".widget-slider").forEach((slider) =>
    slider.querySelectorAll(".noUi-handle:not([aria-label])").forEach((handle) =>
      handle.setAttribute("aria-label", slider.querySelector(".widget-label")?.textContent || "value")));
  const startWidgets = () => {
    if (!document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]')) return;
    new MutationObserver(nameSliders).observe(document.body, { childList: true, subtree: true });
  };

  startVeils();
  startCharts();
  startPrinting();
  startWidgets();
})();
