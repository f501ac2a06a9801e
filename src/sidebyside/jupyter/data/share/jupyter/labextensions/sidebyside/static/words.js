/* A word of the glossary shows its meaning where it stands: under the pointer, at the keyboard's place, at a tap.
   The meaning is read from the glossary when a reader first asks, so it has one home: on the site from its page, in JupyterLab
   from the server, by `sbsMeaning`. Without it, the link is a link. */
(() => {
  "use strict";
  if (window.sbsWords) return;
  window.sbsWords = true;
  const WORD = 'article a[href*="#term-"]:not(.headerlink), .jp-RenderedMarkdown a[href*="#term-"], .myst a[href*="#term-"]';
  const card = Object.assign(document.createElement("div"), { id: "sbs-word", hidden: true });
  card.setAttribute("role", "tooltip");
  (document.querySelector("main") ?? document.body).append(card);
  const pages = new Map([[location.href.split("#")[0], Promise.resolve(document)]]);
  let asked, timer, pointer; // the link whose meaning is wanted, a pause, and what kind of pointer was used last

  const page = (address) => {
    const fetched = () => fetch(address).then((answer) => answer.text()).then((text) => new DOMParser().parseFromString(text, "text/html"));
    if (!pages.has(address)) pages.set(address, fetched().catch(() => pages.delete(address)));
    return pages.get(address);
  };

  const onPage = async (link) => {
    const [address, place] = link.href.split("#"), term = (await page(address)).getElementById?.(decodeURIComponent(place));
    let entry = term?.nextElementSibling;
    while (entry?.matches("dt")) entry = entry.nextElementSibling; // several names, one meaning
    return term && entry && [term.firstChild.textContent.trim(), entry.textContent.trim()];
  };
  const meaning = (link) => (window.sbsMeaning ?? onPage)(link);

  const hide = () => {
    clearTimeout(timer);
    asked?.removeAttribute("aria-describedby");
    asked = undefined;
    card.hidden = true;
  };

  const show = async (link) => {
    clearTimeout(timer);
    if (asked === link) return;
    hide();
    asked = link;
    const found = await meaning(link);
    if (asked !== link || !found) return;
    const name = Object.assign(document.createElement("strong"), { textContent: found[0] });
    card.replaceChildren(name, `: ${found[1]}`);
    card.hidden = false;
    link.setAttribute("aria-describedby", card.id);
    place(link);
  };

  const place = (link) => {
    const word = link.getClientRects()[0], room = document.documentElement.clientWidth - card.offsetWidth - 8;
    const above = word.bottom + card.offsetHeight + 14 > window.innerHeight;
    card.style.left = `${Math.max(8, Math.min(word.left, room)) + window.scrollX}px`;
    card.style.top = `${(above ? word.top - card.offsetHeight - 6 : word.bottom + 6) + window.scrollY}px`;
  };

  const soon = (act, wait) => { clearTimeout(timer); timer = setTimeout(act, wait); };
  const on = (event, act) => document.addEventListener(event, (happened) => {
    const link = happened.target.closest?.(WORD);
    if (link) act(link, happened);
  });
  on("pointerover", (link, { pointerType }) => { if (pointerType === "mouse") soon(() => show(link), 150); });
  on("pointerout", (_, { pointerType }) => { if (pointerType === "mouse") soon(hide, 250); });
  on("focusin", (link) => { if (link.matches(":focus-visible")) show(link); });
  on("focusout", hide);
  document.addEventListener("click", (event) => { // the first tap shows, the second follows the link
    const link = event.target.closest?.(WORD);
    if (!link) return;
    if (pointer !== "touch" || asked === link) return hide();
    event.preventDefault();
    event.stopPropagation();
    show(link);
  }, true);
  document.addEventListener("pointerdown", (event) => {
    pointer = event.pointerType;
    if (!event.target.closest?.(`#sbs-word, ${WORD}`)) hide();
  });
  document.addEventListener("scroll", () => { if (!card.hidden) hide(); }, true); // in JupyterLab it is not the page that scrolls
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape") hide(); });
  card.addEventListener("pointerenter", () => clearTimeout(timer));
  card.addEventListener("pointerleave", () => soon(hide, 250));
})();
