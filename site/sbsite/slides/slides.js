/* Starts a deck of slides. Left and right turn the slides, up and down scroll a long one; letters in boxes and choices stay with them. */
(() => {
  "use strict";
  const scroll = (step) => () => window.Reveal.getCurrentSlide().scrollBy({ top: step * window.innerHeight / 4, behavior: "smooth" });
  const own = "summary, button, a, select, input, textarea"; // what takes Enter and the space bar for itself

  window.Reveal.initialize({
    disableLayout: true, // the style sheet sets the sizes: nothing is scaled, so charts and their tips stay in place
    hash: true,
    center: false,
    transition: "none",
    slideNumber: "c/t",
    viewDistance: 1,
    plugins: [window.RevealNotes],
    keyboard: { 38: scroll(-1), 40: scroll(1) },
    keyboardCondition: (event) => !([" ", "Enter"].includes(event.key) && event.target.closest(own)),
  });

  // A slide that is longer than the screen can be reached, and so scrolled, by keyboard.
  const reach = () => {
    const slide = window.Reveal.getCurrentSlide();
    if (slide.scrollHeight > slide.clientHeight) slide.tabIndex = 0;
    else slide.removeAttribute("tabindex");
  };
  new MutationObserver(reach).observe(document.querySelector(".slides"), { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "hidden", "open"] });
  window.Reveal.on("ready", reach);
  window.Reveal.on("slidechanged", reach);
  window.addEventListener("resize", reach);

  // After a choice by mouse the arrow keys turn the slides again; after one by keyboard they go on choosing, until Escape or a page key.
  const letGo = () => document.activeElement?.matches("input[type=radio]") && document.activeElement.blur();
  document.addEventListener("pointerup", () => setTimeout(letGo));
  document.addEventListener("keydown", ({ key }) => ["Escape", "PageUp", "PageDown"].includes(key) && letGo(), true);
})();
