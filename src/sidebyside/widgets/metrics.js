// What five metrics make of an answer. explore.js comes before this file. Each metric is as its reference program counts it.

const words = (text) => text.split(/\s+/u).filter(Boolean);
const counted = (list) => list.reduce((counts, each) => counts.set(each, (counts.get(each) ?? 0) + 1), new Map());
const shared = (one, other) => { // how many two lists have in common, each as often as in both
  const left = counted(other);
  return [...counted(one)].reduce((sum, [each, times]) => sum + Math.min(times, left.get(each) ?? 0), 0);
};
const f1 = (hits, said, wanted) => (hits ? (2 * hits) / (said + wanted) : 0); // the harmonic mean of hits/said and hits/wanted

// SQuAD 2.0's evaluation script: lower case, no punctuation, no articles. Two texts without a word are equal.
const PUNCTUATION = /[!-/:-@[-`{-~]/g, ARTICLE = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
const tidy = (text) => words(text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLE, " "));
const exactMatch = (answer, target) => Number(tidy(answer).join(" ") === tidy(target).join(" "));
const tokenF1 = (answer, target) => {
  const said = tidy(answer), wanted = tidy(target);
  return said.length && wanted.length ? f1(shared(said, wanted), said.length, wanted.length) : exactMatch(answer, target);
};

// sacrebleu 2.6, sentence_bleu: tokenizer 13a, smoothing "exp", effective order (Papineni and others 2002; Post 2018).
const tokens13a = (text) => {
  const line = text.trimEnd().replaceAll("<skipped>", "").replaceAll("-\n", "").replaceAll("\n", " ");
  const plain = line.replaceAll("&quot;", '"').replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  return words(` ${plain} `.replace(/[{-~[-` -&(-+:-@/]/g, " $& ") // signs stand alone; stops and commas too, unless between digits
    .replace(/([^0-9])([.,])/gu, "$1 $2 ").replace(/([.,])([^0-9])/gu, " $1 $2").replace(/([0-9])(-)/g, "$1 $2 "));
};
const runs = (list, length) => list.slice(length - 1).map((_, start) => list.slice(start, start + length).join(" "));
const bleu = (answer, target) => {
  const said = tokens13a(answer), wanted = tokens13a(target), logs = [];
  if (!shared(said, wanted)) return 0;
  for (let length = 1, smooth = 1; length <= Math.min(4, said.length); length += 1) {
    const hits = shared(runs(said, length), runs(wanted, length));
    if (!hits) smooth *= 2; // a length without any hit counts as 1/2, 1/4 … of one
    logs.push(Math.log((hits || 1 / smooth) / (said.length - length + 1)));
  }
  const short = Math.min(0, 1 - wanted.length / said.length); // the brevity penalty
  return Math.exp(short + logs.reduce((sum, each) => sum + each, 0) / logs.length);
};

// rouge-score 0.1.2 without stemmer, F-measures (Lin 2004).
const plainWords = (text) => text.toLowerCase().split(/[^a-z0-9]+/).filter(Boolean);
const longest = (one, other) => { // the length of the longest sequence of words that stands in both, gaps allowed
  let before = Array(other.length + 1).fill(0);
  for (const word of one) {
    const row = [0];
    other.forEach((each, i) => row.push(word === each ? before[i] + 1 : Math.max(before[i + 1], row[i])));
    before = row;
  }
  return before[other.length];
};
const rouge = (hits) => (answer, target) => {
  const said = plainWords(answer), wanted = plainWords(target);
  return f1(hits(said, wanted), said.length, wanted.length);
};

const METRICS = [
  ["exact match", "the same words in the same order", exactMatch],
  ["token F1", "shared words, in any order", tokenF1],
  ["BLEU", "shared runs of one to four words", bleu],
  ["ROUGE-1", "shared words, articles too", rouge(shared)],
  ["ROUGE-L", "shared words that stand in the same order", rouge(longest)],
];

// ── changes by rule ─────────────────────────────────────────────────────────────────────────────────────────────────
const changeNumber = (text) => text.replace(/[0-9]+/, (digits) => String(2n * BigInt(digits) || 1n)); // the first whole number, doubled; 0 becomes 1
const putInNot = (text) => text.replace(/\b(?:is|are|was|were|can|may|must|will|do|does|have|has)\b(?!['’]| not\b)/i, "$& not");

// ── what the reader sees ────────────────────────────────────────────────────────────────────────────────────────────
// The pieces of a text, those in <mark> whose tidied words the other text has too: the words that token F1 counts.
const marked = (text, other) => {
  const left = counted(tidy(other));
  return text.split(/(\s+)/u).map((piece) => {
    const wanted = [...counted(tidy(piece))];
    if (!wanted.length || wanted.some(([word, times]) => (left.get(word) ?? 0) < times)) return piece;
    wanted.forEach(([word, times]) => left.set(word, left.get(word) - times));
    return make("mark", {}, piece);
  });
};

const row = ([name, meaning, metric]) => {
  const shown = make("span", { className: "sbs-number" }), bar = make("div", { className: "sbs-band" });
  const element = make("tr", { "data-metric": name }, make("th", { scope: "row" }, name, make("small", {}, meaning)),
    make("td", {}, make("div", { className: "sbs-score" }, shown, make("div", { className: "sbs-scale", "aria-hidden": "true" }, bar))));
  return { element, show: (answer, target) => {
    const value = metric(answer, target);
    element.dataset.value = value;
    shown.textContent = value.toFixed(2);
    bar.style.width = `${100 * value}%`;
    return `${name} ${value.toFixed(2)}`;
  } };
};

fill("metrics", (box) => {
  const [line, say] = speaker(), rows = METRICS.map(row);
  const note = make("p", { className: "sbs-note" }), both = make("div", { className: "sbs-both" });
  const field = (name, text) => make("textarea", { name, rows: 2, value: text, spellcheck: false, oninput: () => show() });
  const answer = field("answer", box.dataset.answer), target = field("target", box.dataset.target);
  const show = (said = "", spoken = true) => {
    const values = rows.map((each) => each.show(answer.value, target.value));
    both.replaceChildren(...[["Answer: ", answer, target], ["Target: ", target, answer]].map(
      ([name, one, other]) => make("p", {}, make("b", {}, name), ...marked(one.value, other.value))));
    note.textContent = said;
    if (spoken) say(`${said} ${values.join(", ")}.`);
  };
  const button = (text, press) => make("button", { type: "button", onclick: press }, text);
  const change = (text, rule, done, none) => button(text, () => {
    const changed = rule(answer.value), same = changed === answer.value;
    answer.value = changed;
    show(same ? none : done);
  });
  const buttons = make("div", { className: "sbs-buttons" },
    change("Change one number", changeNumber, "The first number in the answer is another one now.", "The answer has no number to change."),
    change("Put in “not”", putInNot, "The answer says “not” now.", "No place for “not”: the rule looks for is, are, can, must, will and the like."),
    button("Back to the start", () => {
      [answer.value, target.value] = [box.dataset.answer, box.dataset.target];
      show("Both texts are as they were.");
    }));
  show("", false);
  return [
    make("label", {}, "Answer", answer), make("label", {}, "Target", target), buttons, note,
    make("table", {}, make("caption", {}, "Each metric, from 0 to 1"), make("tbody", {}, ...rows.map((each) => each.element))),
    both, make("p", { className: "sbs-note" }, "Underlined: the words that token F1 finds in both texts. It and exact match pass over capitals, "
      + "punctuation and a, an, the. Embedding similarity is missing: it needs a model, and there is none in your browser."), line,
  ];
});
