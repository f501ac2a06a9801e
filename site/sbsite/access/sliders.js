/* Gives a saved slider the name that stands beside it, for readers who hear the page. */
(() => {
  "use strict";
  const nameSliders = () => document.querySelectorAll(".widget-slider").forEach((slider) =>
    slider.querySelectorAll(".noUi-handle:not([aria-label])").forEach((handle) =>
      handle.setAttribute("aria-label", slider.querySelector(".widget-label")?.textContent || "value")));
  if (!document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]')) return;
  new MutationObserver(nameSliders).observe(document.body, { childList: true, subtree: true });
})();
