// The course's part of JupyterLab: a prebuilt extension in the form that JupyterLab loads. It is written by hand, since it bundles nothing.
(() => {
  const here = document.currentScript.src;
  const beside = (name) => new URL(name, here).href;
  const added = (tag, attributes) => new Promise((resolve) => {
    document.head.append(Object.assign(document.createElement(tag), attributes, { onload: resolve, onerror: resolve }));
  });
  const scripts = async (...names) => {
    for (const name of names) await added("script", { src: beside(name) }); // one after the other: they build on each other
  };
  ["veils.css", "quiz.css", "words.css", "lab.css"].forEach((name) => added("link", { rel: "stylesheet", href: beside(name) }));
  const loaded = scripts("guess.js", "veils.js", "quiz.js", "words.js");

  // The cells from a question to its result, and the explanation after it, wait for a guess. Cells say by their tags what they are.
  const tagged = (cell, tag) => (cell.model.getMetadata("tags") ?? []).includes(tag);
  const html = (cell) => cell.model.toJSON().outputs.flatMap(({ data }) => data?.["text/html"] ?? []).flat().join("");
  const keyOf = (cell) => `${html(cell)} ${cell.model.sharedModel.getSource()}`.match(/(?:data-key=|predict\(\s*)["']([^"']+)/)?.[1];
  const veil = ({ node }, key) => { node.dataset.sbsVeil = [...(node.dataset.sbsVeil?.split(" ") ?? []), key].join(" "); };
  const asleep = new WeakSet(); // Markdown cells that wait
  const mark = (notebook) => {
    const cells = notebook.widgets;
    for (const { node } of cells) for (const name of ["sbsVeil", "sbsExplained"]) delete node.dataset[name];
    cells.forEach((question, place) => {
      const length = cells.slice(place).findIndex((cell) => tagged(cell, "outcome")), key = tagged(question, "predict") && keyOf(question);
      if (!key || length < 0) return;
      let end = place + length + 1;
      while (cells[end] && tagged(cells[end], "happened")) end += 1;
      const waiting = cells.slice(place + 1, end).filter((cell) => cell.model.type === "code" || tagged(cell, "happened"));
      for (const cell of waiting) veil(cell, key);
      // An explanation in plain text is hidden whole, and stays so when outputs are cleared: the button above it stays too.
      if (waiting.some(({ model }) => model.type === "markdown")) cells[place + length].node.dataset.sbsExplained = "";
    });
    window.sbsVeils.refresh();
    for (const cell of cells.filter(({ model }) => model.type === "markdown")) {
      const closed = cell.node.matches(".sbs-closed");
      if (closed !== asleep.has(cell)) cell.setHidden(closed); // so that the keyboard passes over it
      asleep[closed ? "add" : "delete"](cell);
    }
  };

  // In a notebook that is not trusted, JupyterLab takes from the boxes what ties them to their questions. It is put back from the output.
  const repair = (cell) => {
    const lost = ".sbs-predict:not([data-key]), .sbs-outcome:not([data-key])";
    if (cell.model.type !== "code" || !cell.node.querySelector(lost)) return false;
    const whole = [...new DOMParser().parseFromString(html(cell), "text/html").querySelectorAll(".sbs-predict, .sbs-outcome")];
    return [...cell.node.querySelectorAll(".sbs-predict, .sbs-outcome")].filter((box, place) => {
      Object.assign(box.dataset, { ...whole[place]?.dataset });
      for (const input of box.querySelectorAll("input")) {
        input.disabled = false;
        input.dataset.lmSuppressShortcuts = "true"; // else JupyterLab takes the arrow keys for itself
      }
      return "key" in box.dataset;
    }).length > 0;
  };

  // A cell that needs what an earlier one makes stops with a NameError where that has not run, as after a restart of the kernel.
  const UNRUN = "is made in a cell further up that has not run since the kernel started. Choose Run > Run All Above Selected Cell, then run this cell.";
  const makes = (cell, name) => {
    const made = `^(?:[^=#"'\\s][^=#"'\\n]*?)?\\b${name}\\b[^=("'\\n]*=(?!=)|^(?:def|class)\\s+${name}\\b|^(?:from|import)\\b.*\\b${name}\\b`;
    return cell.model.type === "code" && new RegExp(made, "m").test(cell.model.sharedModel.getSource());
  };
  // This is asked at each change of the page, so only errors are read in full: other outputs may be large.
  const errors = ({ model: { outputs } }) =>
    Array.from({ length: outputs?.length ?? 0 }, (_, place) => outputs.get(place)).filter(({ type }) => type === "error");
  const missing = (cell) => {
    const faults = errors(cell).map((output) => output.toJSON()).filter(({ ename }) => ename === "NameError");
    return faults.map(({ evalue }) => evalue.match(/^name '(\w+)' is not defined/)?.[1]).find(Boolean);
  };
  const help = (cell, place, cells) => {
    const name = missing(cell), wanted = name && cells.slice(0, place).some((before) => makes(before, name)) ? `${name} ${UNRUN}` : "";
    const there = cell.node.querySelector(":scope > .sbs-unrun");
    if ((there?.textContent ?? "") === wanted) return;
    there?.remove();
    if (!wanted) return;
    const hint = Object.assign(document.createElement("p"), { className: "sbs-unrun", textContent: wanted });
    hint.setAttribute("role", "status");
    cell.node.querySelector(":scope > .jp-Cell-outputWrapper")?.after(hint);
  };

  const parts = (tracker) => loaded.then(() => {
    const look = (notebook) => {
      mark(notebook);
      notebook.widgets.forEach(help);
      if (notebook.widgets.filter(repair).length) window.sbsGuesses.show();
    };
    tracker.forEach((panel) => watch(panel.content));
    tracker.widgetAdded.connect((_, panel) => watch(panel.content));
    function watch(notebook) {
      let due = false;
      const soon = () => { // once for all that changes at the same time, and before it is painted
        if (!due) queueMicrotask(() => { due = false; if (!notebook.isDisposed) look(notebook); });
        due = true;
      };
      new MutationObserver(soon).observe(notebook.node, { childList: true, subtree: true });
      document.addEventListener("sbs-guess", soon);
      soon();
    }
  });

  const ask = async ({ baseUrl, token, init }, path, options = {}) => {
    const xsrf = document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)?.[1];
    const headers = { ...(xsrf && { "X-XSRFToken": decodeURIComponent(xsrf) }), ...(token && { Authorization: `token ${token}` }) };
    const answer = await fetch(new URL(`sidebyside/${path}`, baseUrl), { ...init, ...options, headers });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };

  // What a link leads to: the path of a file of this server, and the place in it.
  const fileOf = (link, settings) => {
    const files = new URL("files/", settings.baseUrl).href, [address, anchor] = link?.href.split("#") ?? [""];
    return address.startsWith(files) ? { path: decodeURIComponent(address.split("?")[0].slice(files.length)), anchor } : {};
  };

  // A link names a page by its slug; the server says which file that is. Opened under the file's own name, a page that is open already is
  // brought to the front, in place of a second copy with a kernel of its own.
  const links = ({ name: app, commands, serviceManager: { contents, serverSettings } }) => {
    document.addEventListener("click", async (event) => {
      const link = event.target.closest?.(".jp-RenderedMarkdown a[href], .myst a[href]"), { path, anchor } = fileOf(link, serverSettings);
      if (!/\.(ipynb|md)$/.test(path ?? "") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const found = await contents.get(path, { content: false }).catch(() => undefined);
      if (!found) {
        const message = `${path} is not here: it may have been renamed or moved.`;
        return commands.execute("apputils:notify", { type: "error", message, options: { autoClose: 10000 } }); // without it only the bell tells
      }
      const { name } = found; // its `path` is only the one that was asked for
      const there = path.replace(/[^/]*$/, name);
      if (path.endsWith(".ipynb")) return commands.execute("rendermime:handle-local-link", { path: there, id: anchor && `#${anchor}` });
      const factory = app === "JupyterLab" ? undefined : "Editor"; // Notebook 7 shows a preview only beside an editor
      const page = await commands.execute("docmanager:open", { path: there, factory });
      if (page?.content && anchor) goTo(page.content, anchor); // it may have been closed meanwhile
    }, true);
  };

  // A page is drawn some time after it is opened: wait for its place, then for no more than that.
  const slug = (text) => `term-${text.toLowerCase().replace(/\W+/g, "-").replace(/^-|-$/g, "")}`;
  const goTo = ({ node }, anchor) => {
    const find = () => {
      const words = [...node.querySelectorAll("dt strong")].filter((word) => slug(word.textContent) === anchor);
      const [place] = [...node.querySelectorAll(`[id="${CSS.escape(anchor)}"]`), ...words];
      place?.scrollIntoView({ block: "center" });
      place?.closest("dt, p, h1, h2, h3")?.classList.add("sbs-here");
      return Boolean(place);
    };
    node.querySelectorAll(".sbs-here").forEach((part) => part.classList.remove("sbs-here"));
    if (find()) return;
    const watcher = new MutationObserver(() => { if (find()) watcher.disconnect(); });
    watcher.observe(node, { childList: true, subtree: true });
  };

  const words = ({ serviceManager: { serverSettings } }) => {
    const glossaries = new Map();
    window.sbsMeaning = async (link) => {
      const { path, anchor } = fileOf(link, serverSettings);
      if (!path) return undefined;
      if (!glossaries.has(path)) glossaries.set(path, ask(serverSettings, `words?path=${encodeURIComponent(path)}`).catch(() => glossaries.delete(path) && {}));
      return (await glossaries.get(path))[anchor];
    };
  };

  // A page of the book is written for the site. The server says in plain MyST what JupyterLab would not understand.
  const pages = ({ started, serviceManager: { serverSettings } }, rendermime) => started.then(() => {
    const factory = rendermime.getFactory("text/markdown");
    const createRenderer = (options) => {
      const renderer = factory.createRenderer(options), draw = renderer.renderModel.bind(renderer), path = options.resolver?.path;
      if (!path?.endsWith(".md")) return renderer;
      renderer.renderModel = async (model) => {
        const body = JSON.stringify({ path, text: model.data["text/markdown"] });
        const { text } = await ask(serverSettings, "page", { method: "POST", body }).catch(() => JSON.parse(body));
        return draw(Object.create(model, { data: { value: { ...model.data, "text/markdown": text } } }));
      };
      return renderer;
    };
    rendermime.addFactory({ ...factory, createRenderer }, 0);
  });

  const opening = async (app) => (await import(beside("opening.js"))).default(app);

  let scope;
  const shared = async (name) => (await Object.values(scope[name])[0].get())(); // a module of JupyterLab's own
  const plugins = async () => {
    const { INotebookTracker } = await shared("@jupyterlab/notebook"), { IRenderMimeRegistry } = await shared("@jupyterlab/rendermime");
    return [
      { id: "sidebyside:opening", description: "Opens a page as on the site, and unchanged.", autoStart: true, activate: opening },
      { id: "sidebyside:parts", description: "Keeps guesses, and results closed until one is made.", autoStart: true, requires: [INotebookTracker], activate: (_, tracker) => { parts(tracker); } },
      { id: "sidebyside:links", description: "Opens a page that is linked by its slug.", autoStart: true, activate: links },
      { id: "sidebyside:words", description: "Shows what a word of the glossary means.", autoStart: true, activate: words },
      { id: "sidebyside:pages", description: "Shows the book's pages as they are meant.", autoStart: true, requires: [IRenderMimeRegistry], activate: (app, rendermime) => { pages(app, rendermime); } },
    ];
  };
  const module = async () => {
    const all = await plugins();
    return () => ({ __esModule: true, default: all });
  };
  (window._JUPYTERLAB ??= {}).sidebyside = { init: (given) => { scope = given; }, get: module };
})();
