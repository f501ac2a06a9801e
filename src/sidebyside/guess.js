(() => {
  const kept = (key) => { try { return localStorage.getItem("sbs:" + key); } catch { return null; } };
  const show = () => {
    document.querySelectorAll(".sbs-predict").forEach((box) => box.querySelectorAll("input").forEach((input) => {
      input.checked = kept(box.dataset.key) === input.value;
      input.onchange = () => { try { localStorage.setItem("sbs:" + box.dataset.key, input.value); } catch {} show(); };
    }));
    document.querySelectorAll(".sbs-outcome").forEach((box) => {
      const guess = kept(box.dataset.key), right = guess === box.dataset.answer;
      if (guess) box.querySelector(".sbs-guess").textContent = `Your guess: ${guess} ${right ? "✓" : "✗"}`;
    });
    document.dispatchEvent(new CustomEvent("sbs-guess"));
  };
  setTimeout(show);
})();
