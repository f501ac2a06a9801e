/* How far a reader has come: pages opened and pages done, marked beside their names, kept in this browser and nowhere else. */
(() => {
  "use strict";
  const MARK = "sbs-page:", OURS = ["sbs-page:", "sbs:", "sbs-shown:"]; // the last two are guesses
  const SIGNS = { done: "✓", visited: "·" };
  const home = new URL(document.documentElement.dataset.content_root, location.href).pathname;
  const nameOf = (link) => new URL(link.href).pathname.slice(home.length).replace(/\.html$/, "");
  const unsaved = new Map(); // for a browser that keeps nothing
  const kept = (name) => { try { return localStorage.getItem(MARK + name); } catch { return unsaved.get(name) ?? null; } };
  const keep = (name, mark) => { try { localStorage.setItem(MARK + name, mark); } catch { unsaved.set(name, mark); } };
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });

  const forget = () => {
    try { Object.keys(localStorage).filter((key) => OURS.some((ours) => key.startsWith(ours))).forEach((key) => localStorage.removeItem(key)); } catch { /* nothing is kept */ }
    unsaved.clear();
  };

  const entries = [...document.querySelectorAll(".bd-docs-nav a.reference.internal")]
    .map((link) => ({ link, name: nameOf(link) })).filter(({ name }) => /^(notebooks|exercises)\//.test(name));
  const lessons = entries.filter(({ name }) => name.startsWith("notebooks/"));
  const here = entries.find(({ name }) => name === nameOf(location));

  const showMarks = () => entries.forEach(({ link, name }) => {
    link.querySelector(".sbs-mark")?.remove();
    const mark = kept(name);
    if (!(mark in SIGNS)) return;
    const sign = element("span", `sbs-mark ${mark}`, SIGNS[mark]);
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", mark);
    link.append(" ", sign);
  });

  const showSummary = () => {
    const box = document.querySelector(".sbs-progress");
    if (!box) return;
    const done = lessons.filter(({ name }) => kept(name) === "done").length, next = lessons.find(({ name }) => kept(name) !== "done");
    const count = element("p", "", `${done} of ${lessons.length} lessons done`), bar = element("progress", "", "");
    Object.assign(bar, { max: lessons.length, value: done, ariaLabel: "Lessons done" });
    box.replaceChildren(count, bar);
    if (next) {
      const link = Object.assign(element("a", "", next.link.firstChild.textContent.trim()), { href: next.link.href });
      count.append(". Next: ", link);
    }
    if (!entries.some(({ name }) => kept(name))) return;
    const button = Object.assign(element("button", "sbs-button", "Forget my marks and guesses"), { type: "button" });
    button.addEventListener("click", () => { forget(); show(); });
    box.append(element("p", "sbs-small", "The marks are kept in this browser and nowhere else."), button);
  };

  const showButton = () => {
    if (!here) return;
    const button = document.querySelector(".sbs-end button") ?? addButton();
    button.textContent = kept(here.name) === "done" ? "✓ Done. Take the mark off" : "Mark this page as done";
  };

  const addButton = () => {
    const bar = element("div", "sbs-end", ""), button = Object.assign(element("button", "sbs-button", ""), { type: "button" });
    button.addEventListener("click", () => { keep(here.name, kept(here.name) === "done" ? "visited" : "done"); show(); });
    bar.append(button);
    document.querySelector("article").append(bar);
    return button;
  };

  const show = () => [showMarks, showSummary, showButton].forEach((part) => part());
  if (here && !kept(here.name)) keep(here.name, "visited");
  show();
})();
