// How many items a test needs. explore.js comes before this file.

// ── one system: the Wilson interval (Wilson 1927, doi 10.1080/01621459.1927.10502953) ───────────────────────────
const Z = 1.959963984540054; // 95 % of a normal distribution lie within ± Z
const half = (rate, n) => (Z * Math.sqrt((rate * (1 - rate)) / n + Z ** 2 / (4 * n ** 2))) / (1 + Z ** 2 / n);
const wilson = (rate, n) => {
  const centre = (rate + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  return [centre - half(rate, n), centre + half(rate, n)];
};
const itemsForHalf = (rate, width) => { // half the interval always shrinks as n grows, so the first n that fits is the smallest
  let n = 1;
  while (half(rate, n) > width) n += 1;
  return n;
};

// ── two systems: the exact McNemar test (McNemar 1947, doi 10.1007/BF02295996) ──────────────────────────────────────
// Of n items, D ~ Binomial(n, discordant) are right for one system only, and X ~ Binomial(D, share) of them for the better
// one. The test calls that a difference if X or D − X is at most critical[D]. Its power at n is the chance of it, averaged over
// D, as SAS's PROC POWER has it (PAIREDFREQ, DIST=EXACT_COND). Tests that use n itself, not only D, mostly need fewer items
// (Suissa and Shuster 1991, Biometrics 47, 361–372); we plan for the test that the course uses.
const LIMIT = 5000, LEVEL = 0.05, POWER = 0.8;
const logFactorials = [0];
for (let k = 1; k <= LIMIT; k += 1) logFactorials.push(logFactorials[k - 1] + Math.log(k));
const chance = (k, n, p) => { // of k successes in n
  if (k < 0 || k > n) return 0;
  const ways = logFactorials[n] - logFactorials[k] - logFactorials[n - k];
  return Math.exp(ways + (k && k * Math.log(p)) + (n - k && (n - k) * Math.log1p(-p))); // "k &&": 0 · log 0 counts as 0
};

// P(X ≤ critical[D]) for every D, one step each: P(X[D] ≤ c) = P(X[D−1] ≤ c) − p · P(X[D−1] = c), and c grows by one at most.
const tails = (p, grows) => {
  const found = [0];
  for (let D = 1, c = -1, tail = 0; D <= LIMIT; D += 1) {
    tail -= p * chance(c, D - 1, p);
    const more = chance(c + 1, D, p);
    if (grows(D, tail + more)) { c += 1; tail += more; }
    found.push(tail);
  }
  return found;
};
const growing = []; // whether critical[D] is larger than critical[D − 1]: if both tails together stay within the level
tails(0.5, (D, tail) => (growing[D] = 2 * tail <= LEVEL));

const powerCurve = (discordant, difference) => {
  const share = (1 + difference / discordant) / 2, grows = (D) => growing[D];
  const worse = tails(share, grows), better = tails(1 - share, grows);
  return (n) => {
    const middle = n * discordant, reach = 9 * Math.sqrt(middle) + 9; // beyond, nothing is left to add
    const last = Math.min(n, middle + reach);
    let sum = 0;
    for (let D = Math.max(0, Math.floor(middle - reach)); D <= last; D += 1) sum += chance(D, n, discordant) * (worse[D] + better[D]);
    return sum;
  };
};
// Power goes up and down a little like a saw as n grows, yet crosses 80 % only once for every setting of the sliders (all were
// tried). So halving finds the smallest n from which power stays at 80 % or more; undefined if there is none up to the limit.
const itemsForPower = (power) => {
  let low = 0, high = LIMIT;
  if (power(high) < POWER) return undefined;
  while (high - low > 1) {
    const n = Math.floor((low + high) / 2);
    if (power(n) >= POWER) high = n; else low = n;
  }
  return high;
};

// ── what the reader sees ────────────────────────────────────────────────────────────────────────────────────────────
const ITEMS = [10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 250, 300, 400, 500, 600, 800, 1000, 1200, 1500, 2000];
const number = (n) => n.toLocaleString("en-GB");
const percent = (x, digits = 1) => `${(100 * x).toFixed(digits)}\u00a0%`;
const points = (n) => `${n}\u00a0point${Number(n) === 1 ? "" : "s"}`;
const strong = (text) => make("strong", {}, text);

const slider = (label, name, min, max, value, words, changed) => {
  const input = make("input", { type: "range", name, min, max, value }), shown = make("strong", { "aria-hidden": "true" });
  const update = () => { shown.textContent = words(+input.value); input.setAttribute("aria-valuetext", shown.textContent); };
  input.addEventListener("input", () => changed());
  return { input, update, label: make("label", {}, make("span", {}, label, " ", shown), input) };
};
const group = (title, note, sliders, ...results) => make("fieldset", {}, make("legend", {}, title), make("p", { className: "sbs-note" }, note),
  make("div", { className: "sbs-sliders" }, ...sliders.map((each) => each.label)), ...results);

const oneSystem = (say) => {
  const result = make("p", { className: "sbs-result" }), need = make("p", { className: "sbs-result" });
  const band = make("div", { className: "sbs-band" }), point = make("div", { className: "sbs-point" });
  const scale = make("div", { "aria-hidden": "true" }, make("div", { className: "sbs-scale" }, band, point),
    make("div", { className: "sbs-ends" }, ...["0\u00a0%", "50\u00a0%", "100\u00a0%"].map((text) => make("span", {}, text))));
  const show = (spoken = true) => {
    sliders.forEach((each) => each.update());
    const rate = sliders[0].input.value / 100, n = ITEMS[sliders[1].input.value], width = sliders[2].input.value / 100;
    const [low, high] = wilson(rate, n), needed = itemsForHalf(rate, width);
    Object.assign(result.dataset, { low, high });
    need.dataset.n = needed;
    Object.assign(band.style, { left: `${100 * low}%`, width: `${100 * (high - low)}%` });
    point.style.left = `${100 * rate}%`;
    result.replaceChildren(`If ${percent(rate, 0)} of ${number(n)} items are right, the 95\u00a0% interval runs from `,
      strong(`${percent(low)} to ${percent(high)}`), ".");
    need.replaceChildren(`For at most ±\u00a0${points(sliders[2].input.value)} at this rate you need `, strong(`${number(needed)} items`), ".");
    if (spoken) say(`${result.textContent} ${need.textContent}`);
  };
  const sliders = [
    slider("Rate you expect:", "rate", 50, 99, 85, (v) => `${v}\u00a0%`, show),
    slider("Items in your test:", "items", 0, ITEMS.length - 1, ITEMS.indexOf(200), (v) => number(ITEMS[v]), show),
    slider("Half-width:", "half", 1, 15, 5, (v) => `±\u00a0${points(v)}`, show),
  ];
  show(false);
  return group("One system: how exact is its rate?", "The interval is Wilson’s. Its half-width is half the way from its lower end to its upper end.",
    sliders, result, scale, need);
};

const twoSystems = (say) => {
  const result = make("p", { className: "sbs-result" }), split = make("p", { className: "sbs-note" });
  const show = (spoken = true) => {
    const [only, apart] = sliders.map((each) => each.input);
    apart.max = Math.min(20, only.value); // the browser moves a larger value down
    sliders.forEach((each) => each.update());
    const power = powerCurve(only.value / 100, apart.value / 100), n = itemsForPower(power);
    Object.assign(result.dataset, { n: n ?? "", power: power(n ?? LIMIT) });
    result.replaceChildren("You need ", strong(n ? `${number(n)} items` : `more than ${number(LIMIT)} items`),
      ` to have an ${percent(POWER, 0)} chance that the exact McNemar test sees this difference (two-sided, ${percent(LEVEL, 0)}).`);
    const [better, worse] = [1, -1].map((sign) => percent((+only.value + sign * apart.value) / 200));
    split.textContent = `Here the better system alone is right on ${better} of the items, the other alone on ${worse}.`;
    if (spoken) say(result.textContent);
  };
  const sliders = [
    slider("Items only one gets right:", "discordant", 5, 50, 20, (v) => `${v}\u00a0%`, show),
    slider("Difference to detect:", "difference", 1, 20, 5, points, show),
  ];
  show(false);
  return group("Two systems, same items: which is better?",
    "The test looks only at items that one system gets right and the other wrong. The difference cannot be larger than their share.",
    sliders, result, split);
};

fill("planner", () => {
  const [line, say] = speaker();
  return [oneSystem(say), twoSystems(say), line];
});
