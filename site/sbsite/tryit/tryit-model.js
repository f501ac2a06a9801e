/* The model in the page: fetch it once, keep it on the device, start it, ask it. Touches no element of the page.
   The work is done by wllama (llama.cpp as WebAssembly), which is fetched only when the reader wants it. */

const vendor = new URL("vendor/wllama/", import.meta.url);
const at = (name) => new URL(name, vendor).href;
const CONTEXT = 2048; // tokens of prompt and answer together, as in the course's own server
const BATCH = 16; // tokens read at once: after each batch the reader sees progress, and may stop
const MOST_THREADS = 4;

/** A fault whose message is a sentence for the reader: what happened, what to do. */
export class Fault extends Error {}

const SAY = {
  offline: "The model could not be fetched. Check your connection, then press the button again: what has arrived is not counted, it starts anew.",
  status: (status) => `The server has no model to give (${status}). Tell whoever runs this site; until then, the shipped answers are all there.`,
  altered: "What arrived is not the course's model: the file is cut off or altered. Press the button again; if it stays so, tell whoever runs this site.",
  room: "There is no room left to keep the model on this device. Free some space, or clear what other sites have stored, then press the button again.",
  busy: "Another tab of this browser is fetching the model just now. Wait until it is done, then press the button again.",
  memory: "The browser ran out of memory. Close other tabs, reload this page and try again; a phone with little memory may not be able to run the model.",
  starved: "The model could not start, most likely for want of memory. Close other tabs, reload this page and try again; a phone with little memory may not be able to run the model.",
  long: "That is more text than the model can read at once. Shorten the prompt and ask again.",
  other: (words) => `The model stopped with a fault (${words}). Reload the page and try again.`,
};

const CAUSES = [
  [/quota|space|QuotaExceeded/i, SAY.room],
  [/access handle|NoModificationAllowed/i, SAY.busy],
  [/memory|allocat/i, SAY.memory],
  [/context size|too long|exceeds/i, SAY.long],
  [/fetch|network|load failed|dynamically imported/i, SAY.offline],
];

/** Any error, as one that speaks to the reader; a stop by the reader is none and stays as it is. */
export const plain = (error) => {
  if (error instanceof Fault || error?.name === "AbortError") return error;
  const words = String(error?.message ?? error);
  return new Fault(CAUSES.find(([pattern]) => pattern.test(`${error?.name} ${words}`))?.[1] ?? SAY.other(words.slice(0, 120)));
};

// One function that makes a 128-bit value: browsers that cannot do this cannot run the model.
const WIDE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11]);

/** Why this browser cannot run the model, as a sentence; empty if it can. */
export const unable = () => {
  if (typeof WebAssembly !== "object") return "This browser has no WebAssembly, or it is switched off, so the model cannot run here. The shipped answers are below.";
  if (typeof Worker !== "function" || !WebAssembly.validate(WIDE)) return "This browser is too old to run the model. Try a current Firefox, Chrome, Edge or Safari. The shipped answers are below.";
  return "";
};

/** How many threads the model may use: one, unless the server allows more (see the page about this). */
export const threads = () => (globalThis.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency || 1, MOST_THREADS) : 1);

/** The bytes to fetch for a first start. */
export const bytesOf = ({ weights, program }) => weights.bytes + program["wllama.js"] + program["wllama.wasm"];

// ── kept on the device ────────────────────────────────────────────────────────────────────────────────────────────────
// wllama keeps files in the browser's private file system, under the SHA-1 of their address. We look there ourselves,
// so that a page can tell what is on the device before anything of wllama is fetched.

const folder = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("cache");
const nameOf = async (url) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-1", new TextEncoder().encode(url)));
  return `${[...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("")}_${url.split("/").pop()}`;
};

/** What of the weights is on this device: "whole", "part" of an unfinished download, or "none". */
export const kept = async ({ weights }) => {
  try {
    const file = await (await (await folder()).getFileHandle(await nameOf(at(weights.name)))).getFile();
    return file.size === weights.bytes ? "whole" : "part";
  } catch {
    return "none"; // nor does a browser that keeps nothing, such as on a page without https
  }
};

/** Remove the weights from this device. */
export const forget = async ({ weights }) => {
  const there = await folder(), name = await nameOf(at(weights.name));
  for (const each of [name, `__metadata__${name}`]) await there.removeEntry(each).catch(() => {});
};

// ── fetch ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const fetchWhole = async (url, type, arrived, signal) => {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Fault(SAY.status(response.status));
  const parts = [];
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts, { type });
    parts.push(value);
    arrived(value.length);
  }
};

const sameFile = async (blob, { bytes, sha256 }) => {
  if (blob.size !== bytes) return false;
  if (!globalThis.crypto?.subtle) return true; // a page without https: the length must do
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("") === sha256;
};

// The weights from the device; fetched into it first, if need be. A server may compress, so its Content-Length is not
// believed: the size that counts is the one the course knows.
const keepWeights = async (cache, data, arrived, signal) => {
  const { weights } = data, url = at(weights.name);
  if ((await kept(data)) === "whole") return cache.open(url);
  const head = await fetch(url, { method: "HEAD", signal });
  if (!head.ok) throw new Fault(SAY.status(head.status));
  await forget(data).catch(() => {}); // the rest of an unfinished download
  let before = 0;
  await cache.download(url, { signal, progressCallback: ({ loaded }) => { arrived(loaded - before); before = loaded; } });
  const blob = await cache.open(url);
  if (await sameFile(blob, weights)) return blob;
  await forget(data);
  throw new Fault(SAY.altered);
};

const fetchWeights = async ({ weights }, arrived, signal) => {
  const blob = await fetchWhole(at(weights.name), "", arrived, signal);
  if (await sameFile(blob, weights)) return blob;
  throw new Fault(SAY.altered);
};

const canKeep = () => navigator.storage?.getDirectory?.().then(() => Boolean(globalThis.crypto?.subtle), () => false) ?? false;

// ── start, ask ────────────────────────────────────────────────────────────────────────────────────────────────────────

const silent = { debug() {}, log() {}, warn() {} };

/** Fetch what is missing and start the model. `progress(done, total)` counts bytes. */
export const load = async (data, progress, signal) => {
  try {
    const { Wllama, CacheManager } = await import(at("wllama.js"));
    const cache = (await canKeep()) ? new CacheManager() : null;
    const compat = { worker: at("compat.js"), wasm: at("compat.wasm") };
    const probe = new Wllama({ default: at("wllama.wasm") }, { cacheManager: cache ?? {}, logger: silent });
    probe.setCompat(compat);
    const { wasmPath } = probe.getWorkerResources(); // which of the two programs this browser takes
    let done = 0;
    const arrived = (bytes) => progress((done += bytes), data.weights.bytes + data.program[wasmPath.split("/").pop()]);
    const wasm = URL.createObjectURL(await fetchWhole(wasmPath, "application/wasm", arrived, signal)); // so that its type is right whatever the server says
    const blob = await (cache ? keepWeights(cache, data, arrived, signal) : fetchWeights(data, arrived, signal));
    return await start(Wllama, { ...compat, wasm }, blob, signal);
  } catch (error) {
    throw plain(error);
  }
};

// wllama says nothing of some faults of its worker, such as no memory at the very start (its handler then trips over the
// message). Such a fault arrives as an uncaught error, of the worker or of the page; and the reader may lose patience.
const faultOf = (signal, watched) => new Promise((_, reject) => {
  const starved = () => reject(new Fault(SAY.starved));
  watched.error = (event) => event instanceof Event && starved();
  addEventListener("error", starved, { signal: watched.over });
  signal.addEventListener("abort", () => reject(signal.reason), { signal: watched.over });
});

const start = async (Wllama, compat, blob, signal) => {
  signal.throwIfAborted();
  const over = new AbortController(), logger = { ...silent, error() {}, over: over.signal }, fault = faultOf(signal, logger);
  const model = new Wllama({ default: compat.wasm }, { suppressNativeLog: true, cacheManager: {}, logger });
  model.setCompat(compat);
  const as = { n_ctx: CONTEXT, n_batch: BATCH, n_ubatch: BATCH, n_parallel: 1, n_threads: threads(), n_gpu_layers: 0, flash_attn: false };
  try {
    await Promise.race([model.loadModel([blob], as), fault]);
    return model;
  } catch (error) {
    await model.exit();
    throw error;
  } finally {
    over.abort();
    URL.revokeObjectURL(compat.wasm);
  }
};

/** Ask the model. `told({ text, tokens, read })` comes again and again; resolves to how fast it was and whether it was stopped. */
export const ask = async (model, request, told, signal) => {
  const last = request.messages.at(-1), begun = last.role === "assistant" ? last.content : ""; // the answer that the model goes on with
  const started = performance.now(), answer = { text: begun, tokens: [], read: "" };
  const onData = ({ choices, prompt_progress: read }) => {
    const [choice] = choices ?? [];
    answer.text += choice?.delta?.content ?? "";
    answer.tokens.push(...(choice?.logprobs?.content ?? []));
    answer.read = read ? `${read.processed} of ${read.total}` : "";
    told(answer);
  };
  try { // nothing of an earlier question is used again: the answer must not depend on it
    const settings = { logprobs: true, top_logprobs: 4, cache_prompt: false, return_progress: true, stream: true };
    await model.createChatCompletion({ ...request, ...settings, onData, abortSignal: signal });
  } catch (error) {
    if (error?.name !== "AbortError") throw plain(error);
  }
  return { ...answer, seconds: (performance.now() - started) / 1000, stopped: signal.aborted };
};
