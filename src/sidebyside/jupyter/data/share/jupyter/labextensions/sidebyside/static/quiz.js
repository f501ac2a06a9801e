// Says of a quiz's answer that was just chosen whether it is right, and why, to readers who hear the page; the others see it.
(() => {
  if (window.sbsQuiz) return;
  window.sbsQuiz = true;
  document.addEventListener("toggle", ({ target }) => { // it does not bubble
    if (!target.matches("details.quiz") || !target.open) return;
    const why = [...target.childNodes].filter((node) => node.nodeName !== "SUMMARY").map((node) => node.textContent).join("").trim();
    window.sbsGuesses.say(`${target.matches(".right") ? "Right" : "Not quite"}. ${why}`);
  }, true);
})();
