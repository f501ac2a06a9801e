/* Puts another model's outputs in the place of those that the page came with, and those back. What was put away is kept as it was:
   a drawn chart stays drawn. Other scripts hear of it by the event "sbs-switched". */
(() => {
  "use strict";
  const box = document.querySelector(".sbs-switch"), root = document.documentElement;
  if (!box) return;
  const { voice, page } = box.dataset, status = box.querySelector("[role=status]");
  const cells = [...document.querySelectorAll('.cell[id^="cell-"]')];
  const outputOf = (cell) => cell.querySelector(".cell_output");
  const own = new Map(cells.map((cell) => [cell.id, outputOf(cell)]));
  const fetched = new Map([[voice, Promise.resolve(own)]]); // model → its output for each cell, null for none
  const button = (model) => box.querySelector(`[value="${model}"]`);
  let inForce = voice, wanted;

  const element = (html) => document.createRange().createContextualFragment(html).firstElementChild; // its scripts run once it is put in
  const fetchOutputs = async (model) => {
    const answer = await fetch(`${page}.${model}.json`);
    if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
    return new Map(Object.entries(await answer.json()).map(([cell, html]) => [cell, element(html)]));
  };
  const outputs = (model) => {
    if (!fetched.has(model)) fetched.set(model, fetchOutputs(model));
    return fetched.get(model);
  };

  const put = (others) => {
    for (const cell of cells) {
      const now = outputOf(cell), next = others.has(cell.id) ? others.get(cell.id) : own.get(cell.id);
      if (now === next) continue;
      if (!now) cell.append(next);
      else if (next) now.replaceWith(next);
      else now.remove();
    }
    document.dispatchEvent(new CustomEvent("sbs-switched"));
  };

  const remember = (model) => {
    const address = new URL(location.href);
    address.searchParams.set("model", model);
    history.replaceState(history.state, "", address);
  };

  const show = async (model) => {
    wanted = model;
    try {
      const others = await outputs(model);
      if (wanted !== model) return; // chosen otherwise meanwhile
      put(others);
      inForce = model;
      remember(model);
      status.textContent = button(model).dataset.says;
    } catch {
      fetched.delete(model); // the next try asks again
      if (wanted !== model) return;
      button(inForce).checked = true;
      status.textContent = `The answers of the ${model} model could not be fetched. ${button(inForce).dataset.says}`;
    }
    delete root.dataset.sbsWaiting;
  };

  box.addEventListener("change", ({ target }) => {
    try { localStorage.setItem("sbs-model", target.value); } catch { /* nothing is kept */ }
    show(target.value);
  });
  if (root.dataset.sbsWaiting) show(root.dataset.sbsWaiting);
})();
