/* Draws the charts of a page. Vega is fetched from this site when a chart comes near. */
(() => {
  "use strict";
  const home = new URL(".", document.currentScript.src);
  const vendor = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];
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
    const frame = Object.assign(document.createElement("div"), { className: "sbs-drawn" });
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
    const near = new Set();
    const resized = new ResizeObserver((entries) => entries.forEach(({ target }) => near.has(target) && draw(target)));
    const seen = new IntersectionObserver((entries) => {
      entries.filter((entry) => entry.isIntersecting).forEach(({ target }) => {
        seen.unobserve(target);
        near.add(target);
        draw(target);
      });
    }, { rootMargin: "400px" });
    const watch = () => [...document.querySelectorAll(".sbs-chart")].filter((box) => !drawn.has(box)).forEach((box) => {
      drawn.set(box, { text: box.querySelector("script").textContent });
      seen.observe(box);
      resized.observe(box);
    });
    watch();
    document.addEventListener("sbs-switched", watch);
  };

  // The theme's button and Ctrl+P wait until every chart is drawn. A browser's own menu does not wait: there, the
  // description of a chart stands in its place.
  const startPrinting = () => {
    const print = window.print.bind(window);
    window.print = async () => {
      await Promise.allSettled([...drawn.keys()].filter((box) => box.isConnected).map((box) => draw(box, box.clientWidth || WIDEST)));
      print();
    };
    document.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "p") return;
      event.preventDefault();
      window.print();
    });
  };

  startCharts();
  startPrinting();
})();
