// How a page of the course opens in JupyterLab: it looks as on the site, nothing in it counts as changed, and closed boxes lead on.

// JupyterLab draws a chart and then writes a picture of it into the notebook, which marks a page as unsaved that was only opened.
const kept = (output) => Object.create(output, { setData: { value: () => {} } });

const chartsStay = ({ content: { rendermime } }) => {
  for (const type of rendermime.mimeTypes.filter((type) => type.startsWith("application/vnd.vega"))) {
    const factory = rendermime.getFactory(type);
    const createRenderer = (options) => {
      const renderer = factory.createRenderer(options), draw = renderer.renderModel.bind(renderer);
      return Object.assign(renderer, { renderModel: (output) => draw(kept(output)) });
    };
    rendermime.addFactory({ ...factory, createRenderer }, factory.defaultRank);
  }
};

// A link inside an HTML element, such as a closed box, JupyterLab leaves as it is written: it leads from the page that it stands on.
const linksInside = (shell, files) => window.addEventListener("click", ({ target }) => {
  const link = target.closest?.(".myst a[href]"), page = shell.currentWidget?.context?.path;
  if (link && page && !/^([a-z]+:|[/#])/i.test(link.getAttribute("href"))) link.href = new URL(link.getAttribute("href"), files + encodeURI(page));
}, true);

// In a narrow window the list of files leaves no room for a page; a click on its folder brings it back.
const roomForPage = (shell) => { if (window.innerWidth <= 760) shell.collapseLeft?.(); };

export default ({ docRegistry, shell, restored, serviceManager: { serverSettings } }) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("opening.css", import.meta.url) }));
  docRegistry.addWidgetExtension("Notebook", { createNew: chartsStay });
  restored.then(() => roomForPage(shell));
  linksInside(shell, new URL("files/", serverSettings.baseUrl).href);
};
