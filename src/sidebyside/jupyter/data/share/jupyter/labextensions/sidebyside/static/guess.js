// Keeps a guess in the reader's own browser and shows it beside its result. One run of this file serves every box of a document, those that
// come later too. The site's pages bring it, in JupyterLab the course's extension does, and elsewhere the kernel sends it with each box.
(() => {
  if (window.sbsGuesses) return;
  const unsaved = (window.sbsGuesses = {}); // for a browser that keeps nothing
  const kept = (key) => { try { return localStorage.getItem(`sbs:${key}`); } catch { return unsaved[key] ?? null; } };
  const keep = (key, value) => { try { localStorage.setItem(`sbs:${key}`, value); } catch { unsaved[key] = value; } };
  const show = () => {
    document.querySelectorAll(".sbs-predict[data-key]").forEach((box, place) => box.querySelectorAll("input").forEach((input) => {
      input.name = `${box.dataset.key} ${place}`; // the same question twice in a document is two groups of buttons
      input.checked = kept(box.dataset.key) === input.value;
    }));
    document.querySelectorAll(".sbs-outcome[data-key]").forEach((box) => {
      const guess = kept(box.dataset.key), line = box.querySelector(".sbs-guess");
      if (guess !== null && line) line.textContent = `Your guess: ${guess} ${guess === box.dataset.answer ? "✓" : "✗"}`;
    });
    document.dispatchEvent(new CustomEvent("sbs-guess"));
  };
  document.addEventListener("change", ({ target }) => {
    const box = target.closest(".sbs-predict[data-key]");
    if (!box) return;
    keep(box.dataset.key, target.value);
    show();
  });
  window.addEventListener("storage", show); // the same question in another window
  const parts = ".sbs-predict, .sbs-predict input, .sbs-outcome, .sbs-guess"; // a box may come whole or, while a page is read, in parts
  const holdsPart = (node) => node instanceof Element && (node.matches(parts) || node.querySelector(parts));
  new MutationObserver((changes) => {
    if (changes.some(({ addedNodes }) => [...addedNodes].some(holdsPart))) show();
  }).observe(document, { childList: true, subtree: true });
  show();
})();
