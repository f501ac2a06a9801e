// Keeps results closed until the reader has guessed, or wants them shown. What is to be closed carries the keys of its questions in
// `data-sbs-veil`. In JupyterLab the course's extension writes them, by the tags of cells; on the site and on slides this file does.
(() => {
  if (window.sbsVeils) return;
  const { opened, reveal } = window.sbsGuesses;
  const element = (tag, className, text) => Object.assign(document.createElement(tag), { className, textContent: text });
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

  const mark = () => document.querySelectorAll(".cell_output .sbs-predict").forEach((question) => {
    const { key } = question.dataset, result = document.querySelector(`.sbs-outcome[data-key="${CSS.escape(key)}"]`);
    for (const part of result ? [...between(question, result), ...explanation(result)] : []) {
      part.dataset.sbsVeil = [...new Set([...(part.dataset.sbsVeil ?? "").split(" "), key])].join(" ").trim();
    }
  });

  // In JupyterLab it is the cell that is marked, since its outputs come and go.
  const outputs = (part) => (part.matches(".cell_output") ? part : part.querySelector(":scope > .jp-Cell-outputWrapper"));

  const note = (part) => {
    const place = outputs(part), before = place?.previousElementSibling;
    if (!place || before?.matches(".sbs-veil")) return;
    const cover = element("div", "sbs-veil", ""), button = element("button", "", "Just show me");
    button.type = "button";
    button.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the keys for itself
    button.addEventListener("click", () => {
      reveal(part.dataset.sbsWaiting);
      const there = place.offsetParent ? place : part; // a cell whose outputs are cleared shows none
      if (!there.hasAttribute("tabindex")) there.tabIndex = -1;
      there.focus(); // the button is gone: go on reading where it was
    });
    cover.append(element("span", "", "Your guess first"), button);
    place.before(cover);
  };

  const uncover = (part) => {
    const before = outputs(part)?.previousElementSibling;
    if (before?.matches(".sbs-veil")) before.remove();
  };

  const refresh = () => document.querySelectorAll("[data-sbs-veil], .sbs-closed").forEach((part) => {
    const waiting = part.dataset.sbsVeil?.split(" ").find((key) => !opened(key));
    part.classList.toggle("sbs-closed", Boolean(waiting));
    part.dataset.sbsWaiting = waiting ?? "";
    (waiting ? note : uncover)(part);
  });

  window.sbsVeils = { refresh };
  const start = () => { mark(); refresh(); };
  start();
  document.addEventListener("sbs-guess", refresh);
  document.addEventListener("sbs-switched", start); // outputs of another model came in the place of those that were closed
})();
