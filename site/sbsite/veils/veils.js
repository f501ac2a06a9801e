/* Keeps a result closed until the reader has guessed, or wants it shown. */
(() => {
  "use strict";
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
  const kept = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* private window: forget it */ } };
  const follows = (a, b) => Boolean(a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING);

  // The outputs from a question to its result: those after the question, up to and with the one that holds the result.
  const between = (question, result) => [...document.querySelectorAll(".cell_output")].filter(
    (output) => follows(question, output) && (follows(output, result) || output.contains(result)));

  // What stands next on the page, inside the sections that begin there.
  const next = (part) => {
    let place = part;
    while (place && !place.nextElementSibling) place = place.parentElement;
    place = place?.nextElementSibling;
    while (place?.matches("section")) place = place.firstElementChild;
    return place;
  };

  // The explanation right after a result would give it away. The build marks it by its cell's tag.
  const explanation = (result) => {
    const found = [];
    for (let part = next(result.closest(".cell")); part?.matches(".sbs-happened"); part = next(part)) found.push(part);
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

  const findVeils = (done) => [...document.querySelectorAll(".sbs-predict")].flatMap((question) => {
    const key = question.dataset.key, result = document.querySelector(`.sbs-outcome[data-key="${CSS.escape(key)}"]`);
    return result ? [{ key, parts: [...between(question, result), ...explanation(result)], done: done.has(key) }] : [];
  });

  const startVeils = () => {
    const done = new Set();
    let veils = [];
    const refresh = () => {
      veils.forEach((veil) => { veil.done ||= done.has(veil.key) || kept(`sbs:${veil.key}`) !== null || kept(`sbs-shown:${veil.key}`) !== null; });
      for (const part of new Set(veils.flatMap(({ parts }) => parts))) {
        const waiting = veils.find((veil) => !veil.done && veil.parts.includes(part));
        if (waiting && !part.hidden) close(part, () => finish(waiting.key, true));
        if (!waiting && part.hidden) open(part);
      }
    };
    const finish = (key, shown) => {
      if (shown) keep(`sbs-shown:${key}`, "yes");
      done.add(key);
      refresh();
    };
    const restart = () => { // other outputs may have come into the place of those that were closed
      document.querySelectorAll(".sbs-veil").forEach((note) => note.remove());
      document.querySelectorAll(".sbs-closed").forEach((part) => { part.hidden = false; });
      veils = findVeils(done);
      refresh();
    };
    restart();
    document.addEventListener("sbs-guess", refresh);
    document.addEventListener("sbs-switched", restart);
    document.addEventListener("change", ({ target }) => { // also where the browser keeps nothing
      const box = target.closest(".sbs-predict");
      if (box) finish(box.dataset.key, false);
    });
  };

  startVeils();
})();
