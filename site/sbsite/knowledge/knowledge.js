/* The test before and after the course: keeps what is chosen in this browser, scores it, and hands it over as a file.
   Explanations stay closed in the test before the course, so that the one after it keeps its worth. */
(() => {
  "use strict";
  const form = document.querySelector("form.sbs-test");
  if (!form) return;
  const PLACE = "sbs-knowledge", Z = 1.959963984540054; // the middle 95 in 100 of the bell curve
  const items = [...form.querySelectorAll(".sbs-item")];
  const status = form.querySelector(".sbs-status"), result = form.querySelector(".sbs-score");
  const finish = form.querySelector("[data-do=finish]"), again = form.querySelector("[data-do=again]");
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  // ── what is kept ────────────────────────────────────────────────────────────────────────────────────────────────
  const empty = () => ({ answers: {}, done: false });
  const kept = () => { try { return JSON.parse(localStorage.getItem(PLACE)) ?? {}; } catch { return {}; } };
  const state = { form: "before", name: "", before: empty(), after: empty(), ...kept() };
  const keep = () => { try { localStorage.setItem(PLACE, JSON.stringify(state)); } catch { /* private window: it lasts until the page is closed */ } };
  const now = () => state[state.form];
  const choice = (name) => form.querySelector(`[name="${name}"]:checked`)?.value ?? "";

  const read = () => {
    state.name = form.elements.name.value.replace(/[^\p{L}\p{N} _-]/gu, "").replace(/^[ _-]+/, ""); // no formula for a spreadsheet
    if (choice("form") !== state.form) {
      state.form = choice("form");
      return show();
    }
    for (const { dataset: { item } } of items) now().answers[item] = { option: choice(item), sure: choice(`${item}-sure`) };
    keep();
  };

  // ── the score ───────────────────────────────────────────────────────────────────────────────────────────────────
  const key = (item) => item.querySelector("[data-right] input").value;
  const marked = (test) => items.map((item) => {
    const { option = "", sure = "" } = test.answers[item.dataset.item] ?? {};
    return { item: item.dataset.item, option, sure, right: option === key(item) };
  });

  const wilson = (hits, n) => { // Wilson 1927
    const share = hits / n, below = 1 + Z * Z / n, middle = (share + Z * Z / (2 * n)) / below;
    const half = (Z * Math.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))) / below;
    return [Math.max(0, middle - half), Math.min(1, middle + half)];
  };
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const percent = (share) => `${Math.round(100 * share)} %`;
  const range = (hits, n) => wilson(hits, n).map(percent).join(" to ");
  const count = (rows) => rows.filter((row) => row.right).length;

  const about = (rows) => {
    const said = rows.filter(({ option, sure }) => option && sure), hits = count(said), [low, high] = said.length ? wilson(hits, said.length) : [0, 1];
    const confidence = mean(said.map(({ sure }) => sure / 100)), brier = mean(said.map(({ sure, right }) => (sure / 100 - right) ** 2));
    return { said, confidence, brier, gap: confidence - hits / said.length, chance: low <= confidence && confidence <= high };
  };

  const judgement = ({ gap, chance }) => {
    const points = Math.round(100 * Math.abs(gap));
    const words = points === 0 ? "Your confidence fits" : `You were ${gap > 0 ? "over-confident" : "under-confident"} by ${points} point${points === 1 ? "" : "s"}`;
    return `${words}.${points === 0 ? "" : chance ? " With so few questions, chance alone may well do that." : " That is more than chance alone would often do."}`;
  };

  const sentences = (rows) => {
    const hits = count(rows), { said, confidence, brier, ...rest } = about(rows), other = state.form === "after" && state.before.done && marked(state.before);
    const lines = [`${hits} of ${rows.length} right. On many more questions like these, your share may lie anywhere from ${range(hits, rows.length)} (95 % interval).`];
    if (other) lines.push(`Before the course, on this device: ${count(other)} of ${other.length} right.`);
    if (said.length) {
      lines.push(`You were ${percent(confidence)} sure on average, and right in ${percent(count(said) / said.length)} of these ${said.length} answers. ${judgement(rest)}`);
      lines.push(`Brier score: ${brier.toFixed(2)}. Nought is best. It is low only for people who know much and also know what they do not know.`);
    }
    return { lines, values: { right: hits, n: rows.length, confidence, brier, gap: rest.gap } };
  };

  const table = (said) => {
    const levels = [...new Set(said.map(({ sure }) => Number(sure)))].sort((a, b) => a - b);
    const row = (tag, ...cells) => make("tr", {}, ...cells.map((text) => make(tag, { textContent: text, ...(tag === "th" && { scope: "col" }) })));
    const body = levels.map((level) => {
      const part = said.filter(({ sure }) => Number(sure) === level), hits = count(part);
      return row("td", `${level} %`, `${hits} of ${part.length}`, range(hits, part.length));
    });
    return make("table", {}, make("caption", { textContent: "How sure, and how often right" }),
      make("thead", {}, row("th", "you said", "right", "95 % interval")), make("tbody", {}, ...body));
  };

  // ── the page ────────────────────────────────────────────────────────────────────────────────────────────────────
  const explain = () => {
    const open = now().done && state.form === "after";
    form.classList.toggle("explained", open);
    form.querySelectorAll(".sbs-why, .sbs-more").forEach((part) => { part.hidden = !open; });
  };

  const button = (text, act) => {
    const made = make("button", { type: "button", textContent: text });
    made.addEventListener("click", act);
    return made;
  };

  const showScore = () => {
    const rows = marked(now()), { lines, values } = sentences(rows), { said } = about(rows);
    Object.assign(result.dataset, values);
    result.replaceChildren(make("h2", { textContent: `Your score ${state.form} the course` }), ...lines.map((text) => make("p", { textContent: text })),
      ...(said.length ? [table(said)] : []),
      make("p", { className: "sbs-buttons" }, button("Save my answers as a file", download), " ", button("Print", () => window.print())),
      make("p", { textContent: state.form === "before" ? "Which answers were right is told after the course, when you do the test again." : "Each answer above now says why it is right or wrong." }));
  };

  const show = () => {
    const { answers, done } = now();
    form.elements.name.value = state.name;
    form.querySelector(`[name=form][value=${state.form}]`).checked = true;
    form.querySelectorAll(".sbs-item input").forEach((input) => {
      const kind = input.name.endsWith("-sure") ? "sure" : "option";
      input.checked = answers[input.name.replace(/-sure$/, "")]?.[kind] === input.value;
      input.disabled = done;
    });
    form.classList.toggle("done", done);
    status.textContent = "";
    result.hidden = !done;
    finish.hidden = done;
    if (done) showScore();
    explain();
    keep();
  };

  // ── buttons ─────────────────────────────────────────────────────────────────────────────────────────────────────
  let warned = ""; // the gaps that the reader has been told of: the same ones a second time are meant
  const gaps = () => [
    ...(state.name ? [] : ["There is no code name yet"]),
    ...items.flatMap((item, place) => {
      const { option, sure } = now().answers[item.dataset.item] ?? {};
      return option && sure ? [] : [`question ${place + 1} has no ${option ? "confidence" : "answer"}`];
    }),
  ];

  finish.addEventListener("click", () => {
    read();
    const open = gaps().join("; ");
    if (open && open !== warned) {
      warned = open;
      status.textContent = `${open[0].toUpperCase()}${open.slice(1)}. Fill this in, or press the button again to finish as it is.`;
      return;
    }
    now().done = true;
    show();
    result.focus();
  });

  again.addEventListener("click", () => {
    if (!window.confirm(`Forget all answers of the test ${state.form} the course on this device?`)) return;
    state[state.form] = empty();
    warned = "";
    show();
  });

  const download = () => {
    const name = state.name || "unnamed";
    const lines = marked(now()).map(({ item, option, sure }) => [name, state.form, item, option, option && sure].join(","));
    const url = URL.createObjectURL(new Blob([["name,form,item,option,confidence", ...lines, ""].join("\r\n")], { type: "text/csv" }));
    make("a", { href: url, download: `${name.replaceAll(" ", "-")}-${state.form}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", read);
  form.querySelector(".sbs-buttons").hidden = false;
  show();
})();
