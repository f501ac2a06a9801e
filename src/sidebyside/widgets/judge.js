// Answers one by one, a button for each verdict, and at the end the key. explore.js comes before this file.

const given = (key) => { try { return JSON.parse(localStorage.getItem(key)) ?? {}; } catch { return {}; } };
const keep = (key, verdicts) => { try { localStorage.setItem(key, JSON.stringify(verdicts)); } catch { /* private window: forget it */ } };
const count = (list, test) => list.filter(test).length;

// What the reader's verdicts come to; only once all are there, because the rates in words were made for all of them.
const summary = ({ items, options, agreed, trusted }, verdict) => {
  const judged = count(items, verdict);
  if (judged < items.length) return `You have judged ${judged} of ${items.length}.`;
  const [right, made_up] = [options[0], options.at(-1)];
  return `You and the rule agree on ${agreed[count(items, (item) => verdict(item) === item.kind)]}. Of the answers that the rule calls `
    + `“${made_up}”, you took ${trusted[count(items, (item) => item.kind === made_up && verdict(item) === right)]} for “${right}”.`;
};

const keyRow = (item, verdict) => make("tr", {},
  make("td", {}, item.asked, make("br"), make("em", {}, item.answer)), make("td", {}, item.truth, make("br"), item.kind), make("td", {}, verdict ?? "–"));
const keyTable = (items, verdict) => make("table", {}, make("caption", {}, "The key"),
  make("thead", {}, make("tr", {}, ...["question and answer", "true answer, and what the rule says", "you"].map((text) => make("th", { scope: "col" }, text)))),
  make("tbody", {}, ...items.map((item) => keyRow(item, verdict(item)))));

fill("judge", (box) => {
  const task = JSON.parse(box.dataset.task), place = `sbs-judged:${task.key}`, verdicts = given(place), [line, say] = speaker();
  const verdict = (item) => { const said = verdicts[`${item.asked} ${item.answer}`]; return task.options.includes(said) ? said : undefined; };
  const head = make("p", { className: "sbs-note" }), asked = make("p", {}), answer = make("blockquote", {}), key = make("div", { tabIndex: -1 });
  let at = Math.max(0, task.items.findIndex((item) => !verdict(item)));

  const show = (spoken = true) => {
    const item = task.items[at];
    head.textContent = `${task.model} · answer ${at + 1} of ${task.items.length}`;
    asked.textContent = item.asked;
    answer.textContent = item.answer;
    choices.forEach((choice) => choice.setAttribute("aria-pressed", String(choice.textContent === verdict(item))));
    back.disabled = at === 0;
    if (spoken) say(`${head.textContent}. ${item.asked} ${item.answer}`);
  };
  const end = (focus = true) => {
    work.hidden = true;
    key.replaceChildren(make("p", { className: "sbs-result" }, make("strong", {}, summary(task, verdict))), keyTable(task.items, verdict), again);
    key.querySelectorAll("button").forEach((button) => button.setAttribute(OWN_KEYS, "true"));
    if (focus) key.focus();
  };
  const judge = (option) => {
    verdicts[`${task.items[at].asked} ${task.items[at].answer}`] = option;
    keep(place, verdicts);
    const next = task.items.findIndex((item, i) => i > at && !verdict(item)), open = task.items.findIndex((item) => !verdict(item));
    if (open < 0) return end();
    at = next < 0 ? open : next;
    show();
  };
  const button = (text, press) => make("button", { type: "button", onclick: press }, text);
  const choices = task.options.map((option) => button(option, () => judge(option)));
  const back = button("One back", () => { at -= 1; show(); });
  const again = button("Judge again", () => {
    task.items.forEach((item) => delete verdicts[`${item.asked} ${item.answer}`]);
    keep(place, verdicts);
    at = 0;
    key.replaceChildren();
    work.hidden = false;
    show();
    choices[0].focus();
  });
  const work = make("div", {}, head, asked, answer, make("div", { className: "sbs-buttons" }, ...choices),
    make("div", { className: "sbs-buttons", style: "margin-top:.5rem" }, back, button("Show me the key", () => end())));
  show(false);
  if (task.items.every(verdict)) end(false);
  return [make("p", {}, make("strong", {}, task.question)), work, key, line];
});
