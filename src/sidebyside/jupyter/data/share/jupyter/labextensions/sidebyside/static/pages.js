// How a page of the course opens in JupyterLab: it looks as on the site, and nothing in it counts as changed.

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

export default ({ docRegistry }) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("pages.css", import.meta.url) }));
  docRegistry.addWidgetExtension("Notebook", { createNew: chartsStay });
};
