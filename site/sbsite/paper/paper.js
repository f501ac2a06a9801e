/* Paper is white, whatever the screen is. */
(() => {
  "use strict";
  const page = document.documentElement.dataset;
  let theme;
  window.addEventListener("beforeprint", () => { theme = page.theme; page.theme = "light"; });
  window.addEventListener("afterprint", () => { page.theme = theme; });
})();
