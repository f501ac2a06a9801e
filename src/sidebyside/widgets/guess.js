(() => {
  const unsaved = (window.sbsGuesses ??= {}); // for a browser that keeps nothing
  const kept = (key) => { try { return localStorage.getItem("sbs:" + key); } catch { return unsaved[key] ?? null; } };
  const keep = (key, value) => { try { localStorage.setItem("sbs:" + key, value); } catch { unsaved[key] = value; } };
  const show = () => {
    document.querySelectorAll(".sbs-predict").forEach((box) => box.querySelectorAll("input").forEach((input) => {
      input.checked = kept(box.dataset.key) === input.value;
      input.onchange = () => { keep(box.dataset.key, input.value); show(); };
    }));
    document.querySelectorAll(".sbs-outcome").forEach((box) => {
      const guess = kept(box.dataset.key), right = guess === box.dataset.answer;
      const line = box.querySelector(".sbs-guess"); // none yet while the browser is still reading the box; its own script comes after it
      if (guess && line) line.textContent = `Your guess: ${guess} ${right ? "✓" : "✗"}`;
    });
    document.dispatchEvent(new CustomEvent("sbs-guess"));
  };
  setTimeout(show);
})();
