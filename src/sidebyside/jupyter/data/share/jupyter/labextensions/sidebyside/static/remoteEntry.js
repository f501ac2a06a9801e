// The course's part of JupyterLab: a prebuilt extension in the form that JupyterLab loads. It is written by hand, since it bundles nothing.
(() => {
  const here = document.currentScript.src;

  const guesses = () => document.head.append(Object.assign(document.createElement("script"), { src: new URL("guess.js", here) }));

  const pages = async (app) => (await import(new URL("pages.js", here))).default(app);

  // A link names a page by its slug; the server says which file that is. Opened under the file's own name, a page that is open already is
  // brought to the front, in place of a second copy with a kernel of its own.
  // A link inside an HTML element, such as a closed box, JupyterLab leaves as it is written: it leads from the page in front.
  const links = ({ commands, shell, serviceManager: { contents, serverSettings } }) => {
    const files = new URL("files/", serverSettings.baseUrl).href;
    const target = (link) => {
      const written = link.getAttribute("href"), page = shell.currentWidget?.context?.path;
      return page && !/^([a-z]+:|[/#])/i.test(written) ? new URL(written, files + encodeURI(page)).href : link.href;
    };
    document.addEventListener("click", async (event) => {
      const link = event.target.closest?.(".jp-RenderedMarkdown a[href], .myst a[href]"), [address, anchor] = link ? target(link).split("#") : [""];
      const path = decodeURIComponent(address.split("?")[0].slice(files.length));
      if (!address.startsWith(files) || !path.endsWith(".ipynb") || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      const there = await contents.get(path, { content: false }).catch(() => null); // its `path` is only the one that was asked for
      if (!there) return commands.execute("apputils:notify", { type: "warning", message: `This copy of the course does not hold ${path}.` });
      commands.execute("rendermime:handle-local-link", { path: path.replace(/[^/]*$/, there.name), id: anchor && `#${anchor}` });
    }, true);
  };

  const plugins = [
    { id: "sidebyside:guesses", description: "Keeps the reader's guesses and shows them.", autoStart: true, activate: guesses },
    { id: "sidebyside:pages", description: "Opens a page as on the site, and unchanged.", autoStart: true, activate: pages },
    { id: "sidebyside:links", description: "Opens a page that is linked by its slug.", autoStart: true, activate: links },
  ];
  (window._JUPYTERLAB ??= {}).sidebyside = { init: () => {}, get: () => Promise.resolve(() => ({ __esModule: true, default: plugins })) };
})();
