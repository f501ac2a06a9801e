// The course's part of JupyterLab: a prebuilt extension in the form that JupyterLab loads. It is written by hand, since it bundles nothing.
(() => {
  const here = document.currentScript.src;

  const guesses = () => document.head.append(Object.assign(document.createElement("script"), { src: new URL("guess.js", here) }));

  // A link names a page by its slug; the server says which file that is. Opened under the file's own name, a page that is open already is
  // brought to the front, in place of a second copy with a kernel of its own.
  const links = ({ commands, serviceManager: { contents, serverSettings } }) => {
    const files = new URL("files/", serverSettings.baseUrl).href;
    document.addEventListener("click", async (event) => {
      const link = event.target.closest?.(".jp-RenderedMarkdown a[href], .myst a[href]"), [address, anchor] = link?.href.split("#") ?? [""];
      const path = decodeURIComponent(address.split("?")[0].slice(files.length));
      if (!address.startsWith(files) || !path.endsWith(".ipynb") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const { name } = await contents.get(path, { content: false }); // its `path` is only the one that was asked for
      commands.execute("rendermime:handle-local-link", { path: path.replace(/[^/]*$/, name), id: anchor && `#${anchor}` });
    }, true);
  };

  const opening = async (app) => (await import(new URL("opening.js", here))).default(app);

  const plugins = [
    { id: "sidebyside:opening", description: "Opens a page as on the site, and unchanged.", autoStart: true, activate: opening },
    { id: "sidebyside:guesses", description: "Keeps the reader's guesses and shows them.", autoStart: true, activate: guesses },
    { id: "sidebyside:links", description: "Opens a page that is linked by its slug.", autoStart: true, activate: links },
  ];
  (window._JUPYTERLAB ??= {}).sidebyside = { init: () => {}, get: () => Promise.resolve(() => ({ __esModule: true, default: plugins })) };
})();
