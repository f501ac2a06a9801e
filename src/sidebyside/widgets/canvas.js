// A form of boxes: written, scored by levels, kept in this browser, printed as one page. explore.js comes before this file.

const given = (key) => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } };
const keep = (key, work) => { try { localStorage.setItem(key, JSON.stringify(work)); return true; } catch { return false; } }; // private window

// What is kept: for each box, by its name, text and level; anything else there is passed over.
const read = (kept, { boxes, most }) => Object.fromEntries(boxes.map(({ name, levels }) => {
  const { text = "", level = 0 } = Object(Object(kept)[name]);
  return [name, { text: String(text).slice(0, most), level: Number.isInteger(level) && level > 0 && level <= levels.length ? level : 0 }];
}));
const total = (work, { boxes }) => {
  const levels = boxes.map(({ name }) => work[name].level), scored = levels.filter(Boolean).length;
  const written = boxes.filter(({ name }) => work[name].text.trim()).length, most = boxes.reduce((sum, { levels: each }) => sum + each.length, 0);
  const weakest = boxes.filter(({ name }) => work[name].level === 1).map(({ name }) => name);
  return { written, scored, points: levels.reduce((sum, level) => sum + level, 0), most, weakest };
};
const summary = (work, task) => {
  const { written, scored, points, most, weakest } = total(work, task), all = task.boxes.length;
  const rest = scored < all ? ` Scored: ${scored} of ${all}.` : ` Your score: ${points} of ${most}.`;
  return `Written: ${written} of ${all} boxes.${rest}${weakest.length ? ` Work next on: ${weakest.join("; ")}.` : ""}`;
};

// ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────────────
const [WIDE, HIGH] = [186, 250]; // millimetres that both A4 and Letter leave
const PAPER = `@page { size: portrait; margin: 10mm 12mm; } * { box-sizing: border-box; } html, body { margin: 0; background: #fff; color: #000; }
  body { width: ${WIDE}mm; font-family: sans-serif; line-height: 1.3; } h1 { font-size: 1.5em; margin: 0 0 .3em; } h2 { font-size: 1.05em; margin: 0; }
  main { display: grid; grid-template-columns: 1fr 1fr 1fr; gap: 2mm; } section { border: 1px solid #000; border-radius: 1mm; padding: 2mm; min-height: 74mm; }
  p { margin: .2em 0; white-space: pre-line; overflow-wrap: anywhere; } small { font-size: .85em; }`;
const sheet = (work, task, place) => {
  const { title, boxes } = task, style = make("style", {}, PAPER);
  const parts = boxes.map(({ name, question, levels }) => make("section", {}, make("h2", {}, name), make("small", {}, question),
    make("p", {}, work[name].text), make("small", {}, work[name].level ? `Level ${work[name].level} of ${levels.length}` : "")));
  place.title = title;
  place.head.append(style);
  place.body.append(make("h1", {}, title), make("main", {}, ...parts), make("p", {}, make("small", {}, summary(work, task))));
};
const SIZES = [11, 10.5, 10, 9.5, 9, 8.5, 8, 7.5, 7, 6.5, 6, 5.5, 5];
const fitted = (place, high) => { // the largest letters with which all of it is no higher than the page; lines are joined only if none fits
  const fits = (size) => { place.body.style.fontSize = `${size}pt`; return place.body.lastChild.getBoundingClientRect().bottom <= high; };
  const size = SIZES.find(fits);
  if (size) return size;
  place.head.append(make("style", {}, "p { white-space: normal; }"));
  return SIZES.find(fits) ?? SIZES.at(-1);
};
const print = (work, task) => {
  document.querySelectorAll("iframe.sbs-sheet").forEach((old) => old.remove());
  const frame = make("iframe", { className: "sbs-sheet", title: task.title, tabIndex: -1, "aria-hidden": "true",
    style: `position:fixed;left:-9999px;top:0;width:${WIDE}mm;height:${HIGH}mm;border:0` });
  document.body.append(frame);
  const place = frame.contentDocument;
  sheet(work, task, place);
  frame.dataset.size = fitted(place, frame.clientHeight);
  frame.contentWindow.addEventListener("afterprint", () => frame.remove());
  frame.contentWindow.focus();
  frame.contentWindow.print();
};

// ── what the reader sees ────────────────────────────────────────────────────────────────────────────────────────────
fill("canvas", (box) => {
  const task = JSON.parse(box.dataset.task), place = `sbs-canvas:${task.key}`, [line, say] = speaker();
  const work = read(given(place), task), result = make("p", { className: "sbs-result" });
  const show = (spoken = true) => {
    result.textContent = summary(work, task);
    if (spoken) say(result.textContent);
  };
  const changed = () => {
    const kept = keep(place, work);
    show();
    if (!kept) result.append(" This browser keeps nothing: print it before you leave.");
  };
  const part = ({ name, question, example, levels }) => {
    const text = make("textarea", { rows: 3, maxLength: task.most, value: work[name].text, oninput: () => { work[name].text = text.value; changed(); } });
    const choice = make("select", { style: "font:inherit;width:100%;min-height:2.5rem;margin-bottom:.6rem", [OWN_KEYS]: "true", onchange: () => { work[name].level = +choice.value; changed(); } }, ...["not scored yet", ...levels].map((level, i) =>
      make("option", { value: i, selected: i === work[name].level }, i ? `${i}: ${level}` : level)));
    const shown = make("details", {}, make("summary", { [OWN_KEYS]: "true" }, "An example"), make("p", { className: "sbs-note" }, example));
    const parts = [make("label", {}, make("span", {}, question), text), make("label", {}, make("span", {}, "Your level"), choice), shown];
    return { text, choice, name, element: make("fieldset", {}, make("legend", {}, name), ...parts) };
  };
  const parts = task.boxes.map(part);
  let sure;
  const empty = make("button", { type: "button", onclick: () => {
    if (!sure) { sure = true; empty.textContent = "Press again to empty all boxes"; return; }
    parts.forEach(({ text, choice, name }) => { text.value = ""; choice.value = 0; Object.assign(work[name], { text: "", level: 0 }); });
    sure = false; empty.textContent = "Empty all boxes";
    changed();
  } }, "Empty all boxes");
  const paper = make("button", { type: "button", onclick: () => print(work, task) }, "Print as one page");
  show(false);
  return [make("p", {}, make("strong", {}, task.title)), make("p", { className: "sbs-note" }, "What you write stays in this browser."),
    ...parts.map(({ element }) => element), result, make("div", { className: "sbs-buttons" }, paper, empty), line];
});
