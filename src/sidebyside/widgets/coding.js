// Drafts to code in one's own words, codes to group, and counts beside a stored coding. explore.js comes before this file.

const FIELD = "height:auto;min-height:2.5rem;width:100%;font:inherit;color:CanvasText;background:Canvas;border:1px solid currentColor;border-radius:.3rem;padding:.35rem .6rem";
const OTHER = "a group of my own", NONE = "no group yet";
const held = (key) => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } };
const keep = (key, all) => { try { localStorage.setItem(key, JSON.stringify(all)); } catch { /* private window: forget it */ } };
const tidy = (text) => text.trim().replace(/\s+/g, " ").toLowerCase();
const count = (list, test) => list.filter(test).length;

// The Wilson interval (Wilson 1927, doi 10.1080/01621459.1927.10502953), at 95 %.
const wilson = (hits, n, z = 1.959963984540054) => {
  const centre = (hits + z ** 2 / 2) / (n + z ** 2), half = (z / (n + z ** 2)) * Math.sqrt((hits * (n - hits)) / n + z ** 2 / 4);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
};
const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}%`;
const rate = (hits, n) => `${percent(hits / n, 1)} (${hits} of ${n}; 95 % interval ${wilson(hits, n).map((end) => percent(end)).join(" to ")})`;

// Cohen's kappa over any number of groups (Cohen 1960, equation 1); undefined where chance alone would agree on everything.
const kappa = (pairs) => {
  const names = [...new Set(pairs.flat())], share = (side, name) => count(pairs, (pair) => pair[side] === name) / pairs.length;
  const chance = names.reduce((sum, name) => sum + share(0, name) * share(1, name), 0), same = count(pairs, ([a, b]) => a === b) / pairs.length;
  return chance < 1 - 1e-12 ? (same - chance) / (1 - chance) : undefined;
};

// What the table in the box holds, for readers without a script: one row a draft.
const listed = (box) => [...box.querySelectorAll("details tbody tr")].map((row) => {
  const [message, draft, note, group] = [...row.cells].map((cell) => cell.textContent);
  return { message, draft, note, group };
});
const table = (title, heads, rows) => make("table", {}, make("caption", {}, title),
  make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))),
  make("tbody", {}, ...rows.map((cells) => make("tr", {}, ...cells.map((cell) => make("td", {}, cell))))));

fill("coding", (box) => {
  const { key, question, model, groups } = JSON.parse(box.dataset.task), items = listed(box), place = `sbs-coded:${key}`;
  const names = Object.keys(groups), fine = names[0], kept = { codes: {}, groups: {}, ...held(place) }, [line, say] = speaker();
  const code = (item) => kept.codes[item.draft], noted = () => items.filter((item) => code(item));
  const groupOf = (text) => (text === fine ? fine : kept.groups[text] ?? NONE);
  const codes = () => [...new Set(noted().map(code))].filter((text) => text !== fine);
  const stage = make("div", { tabIndex: -1 });
  let at = Math.max(0, items.findIndex((item) => !code(item)));

  const button = (text, press) => make("button", { type: "button", onclick: press, [OWN_KEYS]: "true" }, text);
  const buttons = (...all) => make("div", { className: "sbs-buttons", style: "margin-top:.5rem" }, ...all);
  const show = (focus, ...children) => { stage.replaceChildren(...children); if (focus) stage.focus(); };

  // 1 · open coding: one draft, a code in the reader's own words
  const read = (spoken = true) => {
    const item = items[at], id = `${place}-known`;
    const words = make("input", { type: "text", value: code(item) ?? "", autocomplete: "off", [OWN_KEYS]: "true" });
    words.setAttribute("list", id);
    words.style.cssText = FIELD;
    const note = (text) => {
      if (!tidy(text)) { words.focus(); return say("Write a word or two, or press “Nothing wrong”."); }
      kept.codes[item.draft] = tidy(text);
      keep(place, kept);
      if (noted().length === items.length) return group();
      at = (at + 1) % items.length;
      read();
    };
    const head = `${model} · draft ${at + 1} of ${items.length} · ${noted().length} coded`;
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); note(words.value); } },
      make("label", {}, make("strong", {}, question), words), make("datalist", { id }, ...codes().map((text) => make("option", { value: text }))),
      buttons(make("button", { type: "submit", [OWN_KEYS]: "true" }, "Note it"), button("Nothing wrong", () => note(fine))));
    const back = button("One back", () => { at -= 1; read(); }), on = button("Group my codes", () => group());
    back.disabled = at === 0;
    on.disabled = !noted().length;
    show(false, make("p", { className: "sbs-note" }, head), make("p", {}, item.message), make("blockquote", {}, item.draft), form, buttons(back, on));
    if (spoken) { words.focus(); say(`${head}. ${item.message} Draft: ${item.draft}`); }
  };

  // 2 · grouping: each code goes to a group of the stored coding, or to one of the reader's own
  const chooser = (text) => {
    const select = make("select", { style: FIELD, onchange: () => { kept.groups[text] = select.value; keep(place, kept); }, [OWN_KEYS]: "true" },
      ...[NONE, ...names, OTHER].map((name) => make("option", { value: name, selected: groupOf(text) === name }, name)));
    return make("label", {}, `“${text}” · ${count(noted(), (item) => code(item) === text)}`, select);
  };
  const group = (focus = true) => show(focus,
    make("p", {}, make("strong", {}, "Which of your codes belong together? Give each a group.")),
    make("ul", {}, ...names.map((name) => make("li", {}, make("strong", {}, name), `: ${groups[name]}`))),
    make("div", { className: "sbs-sliders" }, ...codes().map(chooser)),
    buttons(button("Count", () => counted()), button("Read on", () => read())));

  // 3 · counting: the reader's groups beside the stored ones, on the drafts that the reader has coded
  const counted = (focus = true) => {
    const own = noted().map((item) => ({ item, mine: groupOf(code(item)) })), both = own.filter(({ item }) => item.group), n = own.length;
    const shown = [...names, OTHER, NONE].filter((name) => names.includes(name) || own.some(({ mine }) => mine === name));
    const stored = (name) => (both.length ? rate(count(both, ({ item }) => item.group === name), both.length) : "–");
    const same = count(both, ({ item, mine }) => mine === item.group), beyond = kappa(both.map(({ item, mine }) => [mine, item.group]));
    const told = both.length
      ? `You and the stored reading give the same group to ${rate(same, both.length)} of the drafts. Kappa: ${beyond === undefined ? "undefined, as there is only one group" : beyond.toFixed(2)}.`
      : "Nobody has stored a coding of these drafts, so yours stands alone.";
    const apart = both.filter(({ item, mine }) => mine !== item.group);
    const differing = table("Where you differ", ["draft", "your code and group", "stored note and group"],
      apart.map(({ item, mine }) => [item.draft, `${code(item)} → ${mine}`, `${item.note} → ${item.group}`]));
    const again = button("Start again", () => { kept.codes = {}; kept.groups = {}; keep(place, kept); at = 0; read(); });
    const result = make("p", { className: "sbs-result" }, make("strong", {}, told));
    Object.assign(result.dataset, { same, n: both.length, kappa: beyond ?? "" });
    show(focus, result, table(`Your ${n} drafts, by the first thing wrong`, ["group", "you", "the stored reading"],
      shown.map((name) => [name, rate(count(own, ({ mine }) => mine === name), n), names.includes(name) ? stored(name) : "–"])),
    ...(apart.length ? [differing] : []), buttons(button("Change the groups", () => group()), button("Read on", () => read()), again));
  };

  if (!items.length) return [make("p", {}, "There is no draft to read.")];
  if (noted().length === items.length) counted(false); else read(false);
  return [stage, line];
});
