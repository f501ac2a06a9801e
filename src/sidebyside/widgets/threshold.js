// Who answers: a trained model, a language model or a person, as the reader moves two thresholds. explore.js comes before this file.

const Z = 1.959963984540054; // 95 % of a normal distribution lie within ± Z
const wilson = (hits, n) => { // Wilson 1927, doi 10.1080/01621459.1927.10502953
  const rate = hits / n, centre = rate + Z ** 2 / (2 * n), half = Z * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2));
  return [centre - half, centre + half].map((end) => end / (1 + Z ** 2 / n));
};
const count = (list, test) => list.filter(test).length;

// A row: how sure the trained model is, and whether trained model, language model and person are right; the rows come in the order of
// how sure the language model is, least first. People get the least sure of what is passed on, as many as they have time for.
const [SURE, ML, MODEL, PERSON] = [0, 1, 2, 3];
const route = (rows, threshold, share) => {
  let time = Math.floor(share * rows.length + 1e-9);
  return rows.map((row) => {
    if (row[SURE] >= threshold) return ML;
    time -= 1;
    return time >= 0 ? PERSON : MODEL;
  });
};
const tally = (rows, threshold, share) => {
  const who = route(rows, threshold, share), n = rows.length, by = [ML, MODEL, PERSON].map((one) => count(who, (other) => other === one));
  const [ml, model] = [ML, MODEL].map((one) => count(rows, (row) => row[one]) / n), asked = by[1] / n;
  return { n, by, right: count(rows, (row, i) => row[who[i]]), random: by[2] ? undefined : ml + asked * (model - ml) };
};
const bill = ({ by, n }, { model, wage }, seconds) => 1000 * ((by[1] / n) * model + (by[2] / n) * (seconds / 3600) * wage);

// ── what the reader sees ────────────────────────────────────────────────────────────────────────────────────────────
const percent = (x, digits = 0) => `${(100 * x).toFixed(digits)}\u00a0%`;
const strong = (text) => make("strong", {}, text);
const slider = (label, name, [min, max, step], value, words, changed) => {
  const input = make("input", { type: "range", name, min, max, step, value }), shown = make("strong", { "aria-hidden": "true" });
  input.value = value;
  const update = () => { shown.textContent = words(+input.value); input.setAttribute("aria-valuetext", shown.textContent); };
  input.addEventListener("input", () => changed());
  return { input, update, label: make("label", {}, make("span", {}, label, " ", shown), input) };
};

fill("threshold", (box) => {
  const { rows, names, prices, start } = JSON.parse(box.dataset.task), [line, say] = speaker();
  const result = make("p", { className: "sbs-result" }), cost = make("p", { className: "sbs-result" }), chance = make("p", { className: "sbs-note" });
  const parts = names.map((_, i) => make("div", { style: `height:1rem;background:var(--sbs-kind-${i})` }));
  const bar = make("div", { "aria-hidden": "true", style: "display:flex;border-radius:.2rem;overflow:hidden" }, ...parts);
  const show = (spoken = true) => {
    sliders.forEach((each) => each.update());
    const [threshold, share, seconds] = sliders.map((each) => +each.input.value);
    const found = tally(rows, threshold, share / 100), { n, by, right } = found, [low, high] = wilson(right, n), dollars = bill(found, prices, seconds);
    const hours = (1000 * (by[2] / n) * seconds) / 3600;
    Object.assign(result.dataset, { by: by.join(), right, low, high });
    Object.assign(cost.dataset, { dollars, hours });
    parts.forEach((part, i) => { part.style.width = percent(by[i] / n, 2).replace("\u00a0", ""); });
    result.replaceChildren(`Of ${n} test messages, `, ...names.flatMap((name, i) => [`${i ? (i === 2 ? " and " : ", ") : ""}${name} answers ${by[i]}`]),
      ". Right: ", strong(`${percent(right / n, 1)} (${right} of ${n}; 95\u00a0% interval ${percent(low)} to ${percent(high)})`), ".");
    cost.replaceChildren("1,000 messages cost ", strong(`$${dollars.toFixed(2)}`), ` and take ${hours.toFixed(1)} hours of a person's time.`);
    chance.textContent = found.random === undefined ? "" : `As many messages passed on at random: ${percent(found.random, 1)} right.`;
    if (spoken) say(`${result.textContent} ${cost.textContent}`);
  };
  const sliders = [
    slider("The trained model answers from:", "threshold", [0.5, 1.01, 0.01], start.threshold, (v) => (v > 1 ? "never" : v.toFixed(2)), show),
    slider("People have time for:", "people", [0, 50, 1], start.people, (v) => `${v}\u00a0% of the messages`, show),
    slider("A person needs:", "seconds", [5, 120, 5], start.seconds, (v) => `${v}\u00a0seconds each`, show),
  ];
  show(false);
  return [make("fieldset", {}, make("legend", {}, "Who answers?"),
    make("p", { className: "sbs-note" }, "Moved on test messages, to see what a threshold does. The page chose its own on dev."),
    make("div", { className: "sbs-sliders" }, ...sliders.map((each) => each.label)), bar, result, cost, chance), line];
});
