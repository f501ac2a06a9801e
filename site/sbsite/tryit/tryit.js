/* The panel "Try it here": the lesson's prompts, ready to be changed, and the model's answers, live and shipped.
   What the model writes is set as text and never as markup. Script of its own, on pages with the panel only. */
import { ask, bytesOf, forget, kept, load, plain, threads, unable } from "./tryit-model.js";

const OTHERS = 3; // other tokens listed at each place
const ROLES = { system: "System message", user: "User message", assistant: "Assistant message (an example)" };
const element = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
const megabytes = (bytes) => Math.round(bytes / 1e6);
const percent = (logprob) => (Math.exp(logprob) < 0.005 ? "<1%" : `${Math.round(100 * Math.exp(logprob))}%`);
const visible = (token) => token.replaceAll("\n", "⏎").trim() || "␣";
const beginning = (one, two) => { let i = 0; while (i < one.length && one[i] === two[i]) i += 1; return one.slice(0, i); };

class Panel {
  constructor(root) {
    this.data = JSON.parse(root.querySelector("script").textContent);
    this.form = root.querySelector("form");
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-part]")].map((part) => [part.dataset.part, part]));
    this.progress = this.form.querySelector("progress");
    this.bytes = bytesOf(this.data);
  }

  start() {
    const { choice, ask: button, stop, show, undo, forget: forgetting, unable: why } = this.parts;
    choice.append(...this.data.prompts.map(({ title }, i) => new Option(title, i)));
    choice.addEventListener("change", () => this.fill());
    undo.addEventListener("click", () => { this.fill(); choice.focus(); });
    show.addEventListener("click", () => this.toggleShipped());
    stop.addEventListener("click", () => this.halt?.abort());
    forgetting.addEventListener("click", () => this.forget());
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.run(); });
    this.form.addEventListener("input", () => { undo.hidden = !this.changed(); });
    why.textContent = unable();
    why.hidden = !why.textContent;
    button.disabled = Boolean(why.textContent);
    this.parts.threads.textContent = threads() === 1 ? "1 thread" : `${threads()} threads`;
    this.fill();
    this.form.hidden = false;
    return this.offer();
  }

  // ── what is asked ─────────────────────────────────────────────────────────────────────────────────────────────────

  get prompt() { return this.data.prompts[this.parts.choice.value]; }

  fill() {
    const { request, settings, answer, model, day, runtime } = this.prompt;
    const given = request.messages[0].role === "system" ? request.messages : [{ role: "system", content: "" }, ...request.messages];
    this.parts.messages.replaceChildren(...given.map((message, i) => this.box(message, i === given.length - 1)));
    this.parts.settings.textContent = settings;
    this.parts.shipped.textContent = answer;
    this.parts.origin.textContent = `${model}, recorded on ${day} with ${runtime}`;
    this.parts.undo.hidden = true;
    this.clear();
  }

  box({ role, content }, last) {
    const label = element("label", role === "assistant" && last ? "The answer begins with" : ROLES[role]), area = element("textarea");
    Object.assign(area, { value: content, rows: Math.min(8, 1 + Math.ceil(content.length / 70) + content.split("\n").length - 1), spellcheck: false });
    area.dataset.role = role;
    if (role === "system") area.placeholder = "Empty: the model goes by the one it was made with.";
    label.append(area);
    return label;
  }

  get messages() {
    const written = [...this.parts.messages.querySelectorAll("textarea")].map((area) => ({ role: area.dataset.role, content: area.value }));
    return written.filter(({ role, content }) => role !== "system" || content);
  }

  changed() { return JSON.stringify(this.messages) !== JSON.stringify(this.prompt.request.messages); }

  // ── run ───────────────────────────────────────────────────────────────────────────────────────────────────────────

  async run() {
    const request = { ...this.prompt.request, messages: this.messages }, changed = this.changed();
    this.halt = new AbortController();
    this.busy(true);
    this.clear();
    try {
      await this.ready(this.halt.signal);
      this.show("Answering.");
      this.parts.loading.hidden = true;
      this.parts["live-box"].hidden = false;
      this.stream({ tokens: [], read: "" });
      const answer = await ask(this.model, request, (so) => this.stream(so), this.halt.signal);
      this.finish({ ...answer, changed });
    } catch (error) {
      await this.failed(error);
    }
    this.busy(false);
    await this.offer();
  }

  async failed(error) {
    this.show(error.name === "AbortError" ? "Stopped." : plain(error).message);
    this.parts["live-box"].hidden = true;
    await this.model?.exit(); // it may be broken: the next question starts it anew
    this.model = undefined;
  }

  async ready(signal) {
    if (this.model) return;
    const fetching = (await kept(this.data)) !== "whole";
    this.show(fetching ? "Fetching the model." : "Starting the model.");
    this.parts.loading.hidden = false;
    this.model = await load(this.data, (done, total) => this.count(done, fetching ? total : this.bytes - this.data.weights.bytes), signal);
  }

  count(done, total) {
    this.progress.value = Math.min(1, done / total);
    this.parts.pace.textContent = done < total ? `${megabytes(done)} of ${megabytes(total)} MB` : "all there, starting";
  }

  stream({ text, tokens, read }) {
    this.parts.live.textContent = tokens.length ? text : `… reading the prompt${read && `, ${read} tokens`}`;
  }

  finish(answer) {
    this.answer = answer;
    const { text, tokens, seconds, stopped } = answer;
    this.parts.live.textContent = text;
    this.show(`${stopped ? "Stopped" : "Finished"}: ${tokens.length} ${tokens.length === 1 ? "token" : "tokens"} in ${seconds.toFixed(1)} seconds.`);
    this.drawTokens(tokens);
    this.judge();
  }

  drawTokens(tokens) {
    this.parts["tokens-box"].hidden = !tokens.length;
    this.parts.tokens.replaceChildren(...tokens.map(({ token, logprob }) => {
      const cell = element("span", visible(token));
      cell.style.setProperty("--unsure", 1 - Math.exp(logprob));
      cell.append(element("small", percent(logprob)));
      return cell;
    }));
    this.parts.others.replaceChildren(...tokens.map(({ token, logprob, top_logprobs: top }) => {
      const row = element("tr"), others = top.filter((other) => other.token !== token).slice(0, OTHERS);
      row.append(element("td", visible(token)), element("td", percent(logprob)), element("td", others.map((o) => `${visible(o.token)} ${percent(o.logprob)}`).join(" · ")));
      return row;
    }));
  }

  // ── the shipped answer ────────────────────────────────────────────────────────────────────────────────────────────

  toggleShipped() {
    const { show, "shipped-box": box } = this.parts;
    box.hidden = !box.hidden;
    show.setAttribute("aria-expanded", String(!box.hidden));
    show.textContent = box.hidden ? "Show the shipped answer" : "Hide the shipped answer";
    this.judge();
  }

  judge() {
    const { verdict, "shipped-box": box } = this.parts;
    verdict.textContent = box.hidden ? "" : this.comparison();
    verdict.hidden = box.hidden;
  }

  comparison() {
    const { answer, request } = this.prompt, now = this.answer;
    if (!now) return "There is no live answer yet to compare it with.";
    if (now.changed) return "You changed the prompt; the shipped answer belongs to the prompt as it was.";
    if (now.text === answer) return "Both answers are the same, letter for letter.";
    if (now.stopped && answer.startsWith(now.text)) return "You stopped the live answer; as far as it goes, both are the same.";
    const dice = request.temperature ? " At this temperature dice decide, and a small difference can turn a throw." : "";
    const common = beginning(now.text, answer).trim();
    const where = common ? `The two answers are not the same: they part after “${common}”.` : "The two answers are not the same, from the first letter on.";
    return `${where} The model is the same, but a browser does the sums in another order than the machine that recorded.${dice}`;
  }

  // ── what the panel says of itself ─────────────────────────────────────────────────────────────────────────────────

  show(words) { this.parts.status.textContent = words; }

  clear() {
    this.answer = undefined;
    this.show("");
    this.parts.live.textContent = "";
    for (const name of ["live-box", "tokens-box", "loading"]) this.parts[name].hidden = true;
    this.judge();
  }

  busy(yes) {
    const { ask: button, stop, choice, loading } = this.parts;
    const [from, to] = yes ? [button, stop] : [stop, button], focused = document.activeElement === from;
    button.disabled = choice.disabled = yes;
    stop.hidden = !yes;
    if (focused) to.focus({ preventScroll: true }); // the button that was pressed is gone
    if (!yes) loading.hidden = true;
  }

  async offer() {
    const there = await kept(this.data), { ask: button, forget: forgetting } = this.parts;
    forgetting.hidden = there === "none";
    const first = there === "whole" ? "Start the model and ask (already on this device)" : `Download the model (${megabytes(this.bytes)} MB) and ask`;
    button.textContent = this.model ? "Ask" : first;
    if (there === "part" && !this.model && !this.parts.status.textContent) this.show("An earlier download was not finished. The next one starts anew.");
  }

  async forget() {
    await forget(this.data);
    await this.model?.exit();
    this.model = undefined;
    await this.offer();
    this.show("The model is no longer on this device.");
    this.parts.ask.focus();
  }
}

for (const root of document.querySelectorAll(".sbs-tryit")) new Panel(root).start();
