"""The panel "Try it here" in a real browser: the course's own model runs in the page, fetched once, and says what it does."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from sbsite.files import HERE
from sidebyside import llm
from sidebyside.models import SMALL
from sidebyside.store import read_entries
from sidebyside.weights import checksum
from tests.site.browsing import DESK, LESSONS, Open
from tools.pages import HOME
from tools.serving import Handler, served

PATIENCE = 240_000  # milliseconds: a busy machine reads a prompt slowly
VENDOR = re.compile(r"/vendor/wllama/")
WEIGHTS = re.compile(r"\.gguf$")


def part(page: Page, name: str) -> Locator:
    return page.locator(f'.sbs-tryit [data-part="{name}"]')


def data_of(site: Path, name: str) -> dict[str, Any]:
    text = (site / f"{name}.html").read_text(encoding="utf-8")
    return json.loads(re.search(r'class="sbs-tryit">.*?<script type="application/json">(.*?)</script>', text, re.S)[1])  # type: ignore[index]


def note_requests(page: Page, pattern: re.Pattern[str], noted: list[str]) -> None:
    """Add every request for such an address to a list."""
    page.on("request", lambda request: pattern.search(request.url) and noted.append(f"{request.method} {request.url}"))


# --- what is built --------------------------------------------------------------------------------------------------


def test_every_lesson_has_a_panel_in_its_contents_and_no_other_page(site: Path) -> None:
    with_panel = {str(f.relative_to(site).with_suffix("")) for f in site.rglob("*.html") if 'class="sbs-tryit"' in f.read_text(encoding="utf-8")}
    assert with_panel == set(LESSONS)
    for name in LESSONS:
        text = (site / f"{name}.html").read_text(encoding="utf-8")
        assert text.index('href="#try-it-here"') < text.index('href="#at-work-tomorrow"'), name
        assert text.index('id="try-it-here"') < text.index('id="at-work-tomorrow"'), name


@pytest.mark.parametrize("name", LESSONS)
def test_prompts_and_answers_are_recorded_ones(name: str, site: Path) -> None:
    entries = [e for file in (HOME / "recordings" / SMALL.name).glob("*/*.jsonl") for e in recorded(file)]
    prompts = data_of(site, name)["prompts"]
    assert 2 <= len(prompts) <= 4
    for prompt in prompts:
        said = [e["response"]["choices"][0]["message"]["content"] for e in entries if e["request"] == prompt["request"] | {"model": prompt["model"]}]
        assert said and set(said) == {prompt["answer"]}, prompt["title"]


def recorded(file: Path, cache: dict[Path, list[dict[str, Any]]] = {}) -> list[dict[str, Any]]:  # noqa: B006 — kept on purpose
    if file not in cache:
        cache[file] = [entry for entry in read_entries(file) if entry["route"] == "chat/completions"]
    return cache[file]


def test_the_site_ships_the_very_weights_of_the_course(site: Path) -> None:
    weights = data_of(site, LESSONS[0])["weights"]
    shipped = site / "_static" / "vendor" / "wllama" / weights["name"]
    assert checksum(shipped) == weights["sha256"] == SMALL.sha256
    assert shipped.stat().st_size == weights["bytes"]


def test_no_text_becomes_markup() -> None:
    scripts = list((HERE / "tryit").glob("*.js"))
    assert len(scripts) == 2
    for script in scripts:
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", script.read_text(encoding="utf-8"))


# --- before the button ----------------------------------------------------------------------------------------------


def test_nothing_of_the_model_is_fetched_before_the_button(visit: Open, site: Path) -> None:
    fetched: list[str] = []
    seen = visit(LESSONS[0], before=lambda page: note_requests(page, VENDOR, fetched))
    expect(part(seen.page, "ask")).to_be_visible()
    part(seen.page, "choice").select_option("1")
    part(seen.page, "messages").get_by_label("User message").fill("Anything else")
    part(seen.page, "show").click()
    size = sum((site / "_static" / "vendor" / "wllama" / name).stat().st_size for name in weigh(site))
    expect(part(seen.page, "ask")).to_have_text(f"Download the model ({round(size / 1e6)} MB) and ask")
    assert fetched == seen.faults == []


def weigh(site: Path) -> list[str]:
    return [data_of(site, LESSONS[0])["weights"]["name"], "wllama.js", "wllama.wasm"]


def test_pages_without_a_panel_do_not_load_its_script(visit: Open) -> None:
    for name, count in ((LESSONS[0], 1), ("book/start", 0)):
        seen = visit(name)
        assert seen.page.locator('script[src*="tryit"], link[href*="tryit.css"]').count() == 2 * count


def test_the_prompt_can_be_changed_and_had_back(visit: Open, site: Path) -> None:
    page = visit(LESSONS[0]).page
    first, second = data_of(site, LESSONS[0])["prompts"][:2]
    user = part(page, "messages").get_by_label("User message")
    expect(user).to_have_value(first["request"]["messages"][-1]["content"])
    expect(part(page, "settings")).to_have_text(first["settings"])
    user.fill("Hello")
    page.get_by_role("button", name="Undo my changes").click()
    expect(user).to_have_value(first["request"]["messages"][-1]["content"])
    part(page, "choice").select_option(label=second["title"])
    expect(user).to_have_value(second["request"]["messages"][-1]["content"])
    expect(page.get_by_role("button", name="Undo my changes")).to_be_hidden()


def test_the_shipped_answer_needs_no_model(visit: Open, site: Path) -> None:
    page, prompt = visit(LESSONS[0]).page, data_of(site, LESSONS[0])["prompts"][0]
    page.get_by_role("button", name="Show the shipped answer").press("Enter")
    expect(part(page, "shipped")).to_have_text(prompt["answer"])
    expect(part(page, "origin")).to_have_text(f"{prompt['model']}, recorded on {prompt['day']} with {prompt['runtime']}")
    expect(part(page, "verdict")).to_have_text("There is no live answer yet to compare it with.")
    page.get_by_role("button", name="Hide the shipped answer").press("Enter")
    expect(part(page, "shipped")).to_be_hidden()


def test_what_a_model_wrote_is_shown_as_text(visit: Open) -> None:
    trick = "<img src=x onerror=alert(1)>"

    def poisoned(route: Route) -> None:
        body = route.fetch().text()
        before, panel = body.split('class="sbs-tryit"')
        route.fulfill(body=f'{before}class="sbs-tryit"' + re.sub(r'"answer": ".*?"', f'"answer": "{trick}"', panel), content_type="text/html")

    page = visit(LESSONS[0], before=lambda page: page.route(f"**/{LESSONS[0]}.html", poisoned)).page
    part(page, "show").click()
    expect(part(page, "shipped")).to_have_text(trick)
    assert page.locator(".sbs-tryit img").count() == 0


def test_every_control_has_a_name_and_the_keyboard_reaches_it(visit: Open) -> None:
    page = visit(LESSONS[0]).page
    part(page, "choice").focus()
    reached = []
    for _ in range(5):
        reached.append(page.evaluate("(document.activeElement.labels?.[0] ?? document.activeElement).innerText.split('\\n')[0].trim()"))
        page.keyboard.press("Tab")
    assert reached[:3] == ["Prompt", "System message", "User message"]
    assert reached[3].startswith("Download the model") and reached[4] == "Show the shipped answer"


def test_there_is_no_panel_on_paper_and_a_sentence_without_scripts(visit: Open) -> None:
    printed = visit(LESSONS[0]).page
    printed.emulate_media(media="print")
    expect(printed.locator("#try-it-here")).to_be_hidden()
    without = visit(LESSONS[0], java_script_enabled=False).page
    expect(without.locator(".sbs-tryit")).to_contain_text("That needs JavaScript, switched on")
    expect(without.locator(".sbs-tryit form")).to_be_hidden()


def test_a_browser_that_does_not_take_the_script_is_told_so(visit: Open) -> None:
    page = visit(LESSONS[0], before=answer_with("**/tryit-model.js*", body="export const old = ;", content_type="text/javascript")).page
    expect(part(page, "unable")).to_contain_text("a current browser")
    expect(page.locator(".sbs-tryit form")).to_be_hidden()


# --- when it does not work ------------------------------------------------------------------------------------------


def answer_with(pattern: str, **answer: Any) -> Callable[[Page], None]:
    return lambda page: page.route(pattern, lambda route: route.fulfill(**answer) if answer else route.abort())


def fill_the_disk(page: Page) -> None:
    """Leave no room, as soon as the page is there: until then its origin has no quota."""
    session = page.context.new_cdp_session(page)
    origin = {"quotaSize": 20_000_000}
    page.on("domcontentloaded", lambda page: session.send("Storage.overrideQuotaForOrigin", origin | {"origin": page.url.split("/notebooks")[0]}))


def starve(page: Page) -> None:
    """Let the program of the model find no memory."""
    line = "WebAssembly.instantiate = WebAssembly.instantiateStreaming = async () => { throw new RangeError('could not allocate memory') };"
    page.add_init_script(f"""const Whole = Blob;
        window.Blob = class extends Whole {{ constructor(parts, options) {{
          super(options?.type === 'text/javascript' && parts.length === 1 ? [{json.dumps(line)}, ...parts] : parts, options) }} }}""")


@pytest.mark.parametrize(
    ("trouble", "sentence"),
    [
        (answer_with("**/*.gguf", status=404), "The server has no model to give (404)."),
        (answer_with("**/*.gguf"), "The model could not be fetched. Check your connection"),
        (answer_with("**/wllama.js"), "The model could not be fetched. Check your connection"),
        (answer_with("**/wllama.wasm", status=500), "The server has no model to give (500)."),
        (answer_with("**/*.gguf", body=b"GGUF and no more"), "What arrived is not the course's model"),
        (fill_the_disk, "There is no room left to keep the model on this device."),
        (starve, "The model could not start, most likely for want of memory."),
    ],
    ids=["not there", "cut off", "no script", "server down", "altered", "disk full", "no memory"],
)
def test_trouble_is_told_in_a_sentence(trouble: Callable[[Page], None], sentence: str, visit: Open) -> None:
    page = visit(LESSONS[0], before=trouble).page
    part(page, "ask").click()
    expect(part(page, "status")).to_contain_text(sentence, timeout=PATIENCE)
    expect(part(page, "ask")).to_be_enabled()
    expect(part(page, "stop")).to_be_hidden()


def test_a_browser_without_webassembly_is_told_so(visit: Open) -> None:
    page = visit(LESSONS[0], before=lambda page: page.add_init_script("delete window.WebAssembly")).page
    expect(part(page, "unable")).to_contain_text("This browser has no WebAssembly")
    expect(part(page, "ask")).to_be_disabled()
    part(page, "show").click()
    expect(part(page, "shipped")).to_be_visible()


def test_a_download_can_be_stopped_and_the_rest_is_not_taken_for_the_model(visit: Open) -> None:
    page = visit(LESSONS[0]).page
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", {"offline": False, "latency": 0, "downloadThroughput": 20e6, "uploadThroughput": -1})
    part(page, "ask").click()
    expect(part(page, "pace")).to_have_text(re.compile(r"[2-9]\d of \d+ MB"), timeout=PATIENCE)
    part(page, "stop").click()
    expect(part(page, "status")).to_have_text("Stopped.")
    page.reload()
    expect(part(page, "ask")).to_contain_text("Download the model")
    expect(part(page, "status")).to_have_text("An earlier download was not finished. The next one starts anew.")


# --- the model, live ------------------------------------------------------------------------------------------------


class AloneHandler(Handler):
    def end_headers(self) -> None:
        """Send what a browser wants before it allows a page several threads, if its address asks for it."""
        if self.path.endswith("?alone"):
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()


@pytest.fixture(scope="module")
def reader(browser: Browser, site: Path) -> Iterator[Callable[..., Page]]:
    """One reader, who keeps the model from page to page; no host but our own answers."""
    with served(site, AloneHandler) as address, closing(browser.new_context(viewport=DESK)) as context:
        context.set_default_timeout(PATIENCE)
        context.route(lambda url: not url.startswith((f"{address}/", "data:", "blob:")), lambda route: route.abort())

        def open_page(name: str, query: str = "", before: Callable[[Page], Any] = lambda _: None) -> Page:
            page = context.new_page()
            before(page)
            page.goto(f"{address}/{name}.html{query}")
            expect(part(page, "ask")).to_be_enabled()
            return page

        first = open_page(LESSONS[0])  # fetches the model, so that each test may come alone
        watch_the_answer(first)
        part(first, "ask").click()
        finished(first)
        yield lambda name, *how, **options: open_page(name, *how, **options) if how or options or name != LESSONS[0] else first


def watch_the_answer(page: Page) -> None:
    page.evaluate("""() => { window.seen = { answer: [], said: [] };
      const note = (part, list) => new MutationObserver(() => list.push(document.querySelector(`[data-part=${part}]`).textContent))
        .observe(document.querySelector(`[data-part=${part}]`), { childList: true, characterData: true, subtree: true });
      note('live', window.seen.answer); note('status', window.seen.said); note('pace', window.seen.pace = []); }""")


def finished(page: Page) -> None:
    expect(part(page, "status")).to_have_text(re.compile("^Finished"), timeout=PATIENCE)


def test_the_first_answer_streams_and_is_the_shipped_one(reader: Callable[..., Page], site: Path) -> None:
    page, prompt = reader(LESSONS[0]), data_of(site, LESSONS[0])["prompts"][0]
    seen = page.evaluate("window.seen")
    growing = [text for text in seen["answer"] if text and not text.startswith("…")]
    assert len(set(growing)) > 3 and all(prompt["answer"].startswith(text) for text in growing), growing
    assert [text for text in seen["said"] if text][:2] == ["Fetching the model.", "Answering."]
    assert len([text for text in seen["said"] if text]) == 3, "start and finish are announced, and not every token"
    assert any(re.fullmatch(r"\d+ of \d+ MB", text) for text in seen["pace"])
    part(page, "show").click()
    expect(part(page, "live")).to_have_text(prompt["answer"])
    expect(part(page, "verdict")).to_have_text("Both answers are the same, letter for letter.")
    expect(part(page, "threads")).to_have_text("1 thread")


def test_each_token_has_its_chance(reader: Callable[..., Page]) -> None:
    page = reader(LESSONS[0])
    cells = part(page, "tokens").locator("span").all_inner_texts()
    rows = part(page, "others").locator("tr").all_text_contents()
    assert len(cells) == len(rows) > 3
    assert all(re.search(r"\n(<1|\d{1,2}|100)%$", cell) for cell in cells), cells


def test_the_next_page_has_the_model_and_compares_an_answer_whose_beginning_is_given_whole(reader: Callable[..., Page], site: Path) -> None:
    begun, fetched = "notebooks/judging_with_a_model", list[str]()  # the beginning is its own
    page, prompt = reader(begun, before=lambda page: note_requests(page, WEIGHTS, fetched)), data_of(site, begun)["prompts"][0]
    expect(part(page, "ask")).to_have_text("Start the model and ask (already on this device)")
    expect(part(page, "messages").get_by_label("The answer begins with")).to_have_value(prompt["request"]["messages"][-1]["content"])
    part(page, "ask").click()
    finished(page)
    part(page, "show").click()
    expect(part(page, "live")).to_have_text(prompt["answer"])
    expect(part(page, "verdict")).to_have_text("Both answers are the same, letter for letter.")
    part(page, "messages").get_by_label("User message").fill("Name a colour.")
    part(page, "ask").click()
    finished(page)
    expect(part(page, "verdict")).to_contain_text("You changed the prompt")
    assert fetched == []


def test_stop_stops(reader: Callable[..., Page]) -> None:
    page = reader(LESSONS[0])
    part(page, "choice").select_option("3")
    part(page, "messages").get_by_label("User message").fill("Write a long story about a lamp.")
    part(page, "ask").click()
    page.wait_for_function("!/^(…|$)/.test(document.querySelector('[data-part=live]').textContent)")
    part(page, "stop").press("Enter")
    expect(part(page, "status")).to_have_text(re.compile(r"^Stopped: \d+ tokens? in"))
    assert part(page, "tokens").locator("span").count() < 30, "it went on to the limit"
    expect(part(page, "ask")).to_be_focused()


def test_too_long_a_prompt_is_told_in_a_sentence(reader: Callable[..., Page]) -> None:
    page = reader(LESSONS[0])
    part(page, "messages").get_by_label("User message").fill("word " * 2500)
    part(page, "ask").click()
    expect(part(page, "status")).to_contain_text("That is more text than the model can read at once.", timeout=PATIENCE)


OLD = "delete WebAssembly.Suspending"  # it then takes the other program, as Safari does
PLAIN = """StorageManager.prototype.getDirectory = () => Promise.reject(new Error('no'));
           Object.defineProperty(crypto, 'subtle', { value: undefined })"""  # as on a page without https: nothing is kept


def answers_as_shipped(page: Page, site: Path) -> None:
    part(page, "ask").click()
    finished(page)
    expect(part(page, "live")).to_have_text(data_of(site, LESSONS[0])["prompts"][0]["answer"])


def lacking(what: str, fetched: list[str]) -> Callable[[Page], None]:
    return lambda page: (page.add_init_script(what), note_requests(page, VENDOR, fetched))[1]


def test_an_old_browser_gets_the_same_answer(reader: Callable[..., Page], site: Path) -> None:
    fetched: list[str] = []
    answers_as_shipped(reader(LESSONS[0], before=lacking(OLD, fetched)), site)
    assert any("compat.wasm" in url for url in fetched)


def test_a_browser_that_keeps_nothing_gets_the_same_answer(visit: Open, site: Path) -> None:
    fetched: list[str] = []
    answers_as_shipped(visit(LESSONS[0], before=lacking(PLAIN, fetched)).page, site)
    assert not any("compat.wasm" in url for url in fetched)


# --- the browser's model is the course's model ------------------------------------------------------------------------

BRIEF = "Answer briefly."
MOOD = "Say positive or negative."
ASKED = [
    *((None, f"What is the capital of {country}?") for country in ("Norway", "France", "Italy")),
    *((MOOD, text) for text in ("I love this lamp.", "The parcel never came.")),
    *((BRIEF, text) for text in ("What is 2 + 2?", "Say hello.")),
    (None, "Once upon a time"),
]
# Where the two may differ on some processor: two tokens are nearly as likely there, and a little rounding turns the choice.
# The page book/try-it.md names them too. Any other difference is a fault.
DIFFER = {"What is the capital of France?", "What is the capital of Italy?", "Say hello."}
SUM = ASKED.index((BRIEF, "What is 2 + 2?"))
NEAR = 0.7  # difference of log-probabilities: the likelier token is at most about twice as likely


def requests() -> list[dict[str, Any]]:
    systems = [[{"role": "system", "content": system}] if system else [] for system, _ in ASKED]
    return [{"messages": [*s, {"role": "user", "content": u}], "temperature": 0, "max_tokens": 8} for s, (_, u) in zip(systems, ASKED, strict=True)]


@pytest.fixture(scope="module")
def native() -> list[dict[str, Any]]:
    """The answers of the course's own server, live."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SIDEBYSIDE_")]:
            patch.delenv(name)
        patch.setenv("SIDEBYSIDE_MODE", "live")
        client, model = llm.connect()
        told = [client.chat.completions.create(model=model, logprobs=True, top_logprobs=4, **request) for request in requests()]
        return [{"text": t.choices[0].message.content, "tokens": t.choices[0].logprobs.model_dump()["content"]} for t in told]


def start_model(page: Page, site: Path) -> None:
    """Start the model by the panel's own script, as `window.model`."""
    page.evaluate("async () => { window.m = await import('../_static/tryit-model.js'); window.go = new AbortController().signal }")
    page.evaluate("async data => { window.model = await m.load(data, () => {}, go) }", data_of(site, LESSONS[0]))


def answers(page: Page, asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [page.evaluate("request => m.ask(model, request, () => {}, go)", request) for request in asked]


def test_the_browser_answers_as_the_course_does(reader: Callable[..., Page], site: Path, native: list[dict[str, Any]]) -> None:
    page = reader(LESSONS[0])
    start_model(page, site)
    told = answers(page, requests())
    page.evaluate("model.exit()")
    for answer in told:
        check_chances(answer["tokens"])
        assert "".join(token["token"] for token in answer["tokens"]).strip() == answer["text"].strip()
    differing = {asked: (one, two) for (_, asked), one, two in zip(ASKED, native, told, strict=True) if one["text"] != two["text"]}
    assert set(differing) <= DIFFER, {asked: (one["text"], two["text"]) for asked, (one, two) in differing.items()}
    for one, two in differing.values():
        check_near(one["tokens"], two["tokens"])


def test_a_page_that_is_shut_off_uses_several_threads_and_answers_the_same(
    reader: Callable[..., Page], site: Path, native: list[dict[str, Any]]
) -> None:
    page = reader(LESSONS[0], "?alone")
    cores = min(4, page.evaluate("navigator.hardwareConcurrency"))
    expect(part(page, "threads")).to_have_text("1 thread" if cores == 1 else f"{cores} threads")
    start_model(page, site)
    assert page.evaluate("model.getNumThreads()") == cores
    assert [answer["text"] for answer in answers(page, requests()[SUM : SUM + 1])] == [native[SUM]["text"]]
    page.evaluate("model.exit()")


def check_near(ones: list[dict[str, Any]], twos: list[dict[str, Any]]) -> None:
    """Check that where two answers part, both models find both tokens nearly as likely."""
    one, two = next((one, two) for one, two in zip(ones, twos, strict=False) if one["token"] != two["token"])
    for place in (one, two):
        chances = {other["token"]: other["logprob"] for other in place["top_logprobs"]}
        assert abs(chances[one["token"]] - chances[two["token"]]) < NEAR, (one, two)


def test_the_page_names_each_prompt_that_may_differ() -> None:
    text = (HOME / "book" / "try-it.md").read_text(encoding="utf-8")
    assert {asked for _, asked in ASKED} >= DIFFER and [asked for asked in DIFFER if asked not in text] == []


def check_chances(tokens: list[dict[str, Any]]) -> None:
    """Check that the chances of each place add up to at most one, and that the likeliest token was taken."""
    assert tokens
    for token in tokens:
        chances = [2.718281828459045 ** other["logprob"] for other in token["top_logprobs"]]
        assert sum(chances) <= 1.0001 and chances == sorted(chances, reverse=True)
        assert token["token"] == token["top_logprobs"][0]["token"]


def test_forgetting_takes_the_model_from_the_device(reader: Callable[..., Page]) -> None:
    page = reader("notebooks/the_ml_workflow")
    expect(part(page, "ask")).to_contain_text("already on this device")
    page.get_by_role("button", name="Forget the model").click()
    expect(part(page, "status")).to_have_text("The model is no longer on this device.")
    page.reload()
    expect(part(page, "ask")).to_contain_text("Download the model")
    expect(page.get_by_role("button", name="Forget the model")).to_be_hidden()
