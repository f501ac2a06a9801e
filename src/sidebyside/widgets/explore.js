// What planner.js and metrics.js share. widgets/explore.py puts this file before theirs, all in one function: no name is global.

// An element with properties or attributes, and children. Text goes in as text, never as markup.
const make = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) name in element ? (element[name] = value) : element.setAttribute(name, value);
  element.append(...children);
  return element;
};

// A hidden line for screen readers, and the function that fills it: only once the reader has paused, or it would never stop talking.
const speaker = () => {
  const line = make("p", { className: "sbs-spoken", role: "status", "aria-live": "polite" });
  let waiting;
  return [line, (text) => { clearTimeout(waiting); waiting = setTimeout(() => { line.textContent = text; }, 800); }];
};

// JupyterLab takes a key pressed in an output for a shortcut of its own, arrows and Enter too, unless the control says this.
const OWN_KEYS = "data-lm-suppress-shortcuts";

// Build every box of a kind once. While a browser still reads the page, a box may be half there: its style element comes after it.
const fill = (kind, build) => setTimeout(() => {
  for (const box of document.querySelectorAll(`.sbs-${kind}:not([data-ready])`)) {
    if (!box.nextElementSibling) continue;
    box.dataset.ready = "yes";
    box.replaceChildren(...build(box));
    box.querySelectorAll("input, textarea, button").forEach((control) => control.setAttribute(OWN_KEYS, "true"));
  }
});
