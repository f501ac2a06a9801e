// The course's part of JupyterLab: a prebuilt extension in the form that JupyterLab loads. It is written by hand, since it bundles nothing.
(() => {
  const here = document.currentScript.src;
  const script = (name) => document.head.append(Object.assign(document.createElement("script"), { src: new URL(name, here) }));
  const plugins = [
    { id: "sidebyside:guesses", description: "Keeps the reader's guesses and shows them.", autoStart: true, activate: () => script("guess.js") },
  ];
  (window._JUPYTERLAB ??= {}).sidebyside = { init: () => {}, get: async () => () => ({ __esModule: true, default: plugins }) };
})();
