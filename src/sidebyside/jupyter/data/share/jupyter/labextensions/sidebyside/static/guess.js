// Keeps a guess in the reader's own browser and shows it beside its result. One run of this file serves every box of a document, those that
// come later too. The site's pages bring it, in JupyterLab the course's extension does, and elsewhere the kernel sends it with each box.
(() => {
  if (window.sbsGuesses) return;
  const unsaved = {}; // for a browser that keeps nothing
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return unsaved[name] ?? null; } };
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { unsaved[name] = value; } };
  const guessed = (key) => kept(`sbs:${key}`);
  const opened = (key) => guessed(key) !== null || kept(`sbs-shown:${key}`) !== null; // by a guess, or because the reader wanted to see it
  const pending = {}; // chosen with the arrow keys, which choose whatever they pass: no guess yet
  const outcome = (key) => document.querySelector(`.sbs-outcome[data-key="${CSS.escape(key)}"]`);

  // What a reader who hears the page is told; the text changes in an element that was there before.
  const voice = Object.assign(document.createElement("div"), { className: "sbs-voice" });
  voice.setAttribute("role", "status");
  voice.style.cssText = "position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)";
  document.body?.append(voice);
  const say = (text) => {
    if (!voice.isConnected) document.body.append(voice);
    voice.textContent = text;
  };
  const sayOutcome = (key) => {
    const result = outcome(key), right = guessed(key) === result?.dataset.answer;
    const told = result ? ` ${right ? "Right" : "Not what came out"}. ${result.querySelector("p")?.textContent ?? ""}` : "";
    say(`Your guess: ${guessed(key)}.${told}`);
  };

  const showButton = (box) => {
    const button = box.querySelector(".sbs-commit") ?? Object.assign(document.createElement("button"), { type: "button", className: "sbs-commit" });
    button.textContent = "That is my guess";
    button.hidden = !(box.dataset.key in pending);
    if (!button.isConnected) box.append(button);
  };
  const show = () => {
    document.querySelectorAll(".sbs-predict[data-key]").forEach((box, place) => {
      const { key } = box.dataset;
      box.querySelectorAll("input").forEach((input) => {
        input.name = `${key} ${place}`; // the same question twice in a document is two groups of buttons
        input.checked = (pending[key] ?? guessed(key)) === input.value;
      });
      showButton(box);
    });
    document.querySelectorAll(".sbs-outcome[data-key]").forEach((box) => {
      const guess = guessed(box.dataset.key), line = box.querySelector(".sbs-guess");
      if (guess !== null && line) line.textContent = `Your guess: ${guess} ${guess === box.dataset.answer ? "✓" : "✗"}`;
      if (opened(box.dataset.key)) box.open = true;
    });
    document.dispatchEvent(new CustomEvent("sbs-guess"));
  };

  const commit = (key, guess) => {
    delete pending[key];
    keep(`sbs:${key}`, guess);
    show();
    sayOutcome(key);
  };
  const reveal = (key) => {
    keep(`sbs-shown:${key}`, "yes");
    show();
  };
  window.sbsGuesses = { opened, reveal, show, say };

  let arrow = false; // a browser sends the same click for an arrow key as for a mouse
  const boxOf = (target) => target.closest?.(".sbs-predict[data-key]");
  document.addEventListener("keydown", ({ target, key }) => {
    arrow = key.startsWith("Arrow");
    if (["Enter", " "].includes(key) && target.matches?.("input") && boxOf(target)) commit(boxOf(target).dataset.key, target.value);
  }, true);
  for (const other of ["keyup", "pointerdown"]) document.addEventListener(other, () => { arrow = false; }, true);
  document.addEventListener("click", ({ target }) => {
    const box = boxOf(target), key = box?.dataset.key;
    if (!box || !target.matches("input, .sbs-commit")) return;
    if (target.matches("input") && arrow) {
      pending[key] = target.value;
      showButton(box);
    } else {
      commit(key, target.matches("input") ? target.value : pending[key]);
      box.querySelector("input:checked")?.focus(); // the button is gone
    }
  });
  document.addEventListener("toggle", ({ target }) => { // it does not bubble
    if (target.matches(".sbs-outcome[data-key]") && target.open && !opened(target.dataset.key)) reveal(target.dataset.key);
  }, true);
  window.addEventListener("storage", show); // the same question in another window

  const parts = ".sbs-predict, .sbs-predict input, .sbs-outcome, .sbs-guess"; // a box may come whole or, while a page is read, in parts
  const holdsPart = (node) => node instanceof Element && (node.matches(parts) || node.querySelector(parts));
  new MutationObserver((changes) => {
    const came = changes.flatMap(({ addedNodes }) => [...addedNodes]).filter(holdsPart);
    if (!came.length) return;
    show();
    const ran = came.flatMap((node) => [...node.querySelectorAll(".sbs-outcome[data-key]:has(+ .sbs-script)")]); // from a kernel, just now
    for (const { dataset } of ran) if (guessed(dataset.key) !== null) sayOutcome(dataset.key);
  }).observe(document, { childList: true, subtree: true });
  show();
})();
