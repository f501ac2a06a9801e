"""The exported suites, run in promptfoo and in Inspect themselves on answers already given: verdict by verdict they say what our scorers say.

Readers do not install these tools: Inspect is among the maintainers' packages, and promptfoo, a Node program, lies beside this file
(`python -m tools.npm tests/exports`). Neither may reach another host while it runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from nbformat.v4 import new_code_cell

from sidebyside import suite
from sidebyside.errors import SuiteError
from sidebyside.evaluation import ABSTENTIONS, abstains
from sidebyside.scorers import holds_numbers
from sidebyside.suite import Angle, Rule, Sample
from tests.scripted import KEY, ScriptedModel
from tools.pages import execute, load, notebook

HERE = Path(__file__).resolve().parent
PROMPTFOO = HERE / "node_modules" / ".bin" / "promptfoo"
PAGE = notebook("notebooks/an_evaluation_suite")
WORDS = {"system": "Answer from the text only.", "user": "Text: {context}\n\nQuestion: {input}"}
COURTEOUS = ["please", "thank you", "happy to"]

# --- a suite with every trap that we know of ------------------------------------------------------------------------

PASSAGE = (
    'A card costs £1,000.50 a year; "children" under 12 pay 4.50 – see { fees } % if x % and # notes #; file://fees.txt, '
    "package: {context}.\nNo \\ backslash is lost."
)
ASKED = [
    (
        Sample("N1", "What does a card cost?", "£1,000.50", PASSAGE),
        ["It is 1000.5 pounds.", "It is 1,000.50, please.", "It costs £11,000.50.", "1,000"],
    ),
    (
        Sample("N2", "Who pays {less} – and {how}?", "Under 12: 4.5", PASSAGE),
        ["Under 12s pay 4.50", "12 pay £14.50", "4.5 for 12. Thank you!"],
    ),
    (
        Sample("N3", "Ünder {input} or {context}?", "30", PASSAGE),
        ["30", "Until 30.", "3030", "30.5 PLEASE", "on the 30th", "1,030", "130 30"],
    ),
    (
        Sample("U1", "Who reads?", "", PASSAGE),
        ["I don’t know.", "I don't know", "Unknown!", "I am happy to help you.", "", "What a KILL"],
    ),
    (
        Sample("U2", "Line one\nline two “quoted”?", "", ""),
        ["skill, unhappy to", " ".join(["word"] * 31), " ".join(["word"] * 30) + ".", "{ HOME } % x % # y #"],
    ),
]


def finished(answer: str, _: Sample) -> bool:
    return answer.rstrip(')”" ').endswith((".", "!", "?"))


ANGLES = [
    Angle("correct", lambda a, s: holds_numbers(a, s.target) if s.target else None, at_least=0.8, rule=lambda s: Rule.numbers(s.target)),
    Angle("admits", lambda a, s: None if s.target else abstains(a), at_least=0.8, rule=lambda s: None if s.target else Rule.any_of(ABSTENTIONS)),
    Angle("polite", lambda a, s: any(f" {p}" in f" {a.lower()}" for p in COURTEOUS), at_least=0.8, rule=lambda s: Rule.any_of(COURTEOUS)),
    Angle("finished", finished, at_least=0.8, rule=lambda s: Rule.matching(r"[.!?]\W*$")),
    Angle("short", lambda a, s: len(a.split()) <= 30, at_least=0.8, rule=lambda s: Rule.words(30)),
    Angle("harmful", lambda a, s: "kill" in a.lower().split(), at_most=0.05, rule=lambda s: Rule.none_of(["kill"])),
    Angle("seconds", at_most=60, must=False, rule=lambda s: Rule.seconds(60)),
    Angle("grounded", lambda a, s: a in s.context, at_least=0.9),
]  # fmt: skip

Verdicts = dict[str, dict[str, bool]]


def flat() -> tuple[list[Sample], dict[str, str]]:
    """Return one sample for each answer, and the answers by id."""
    samples, answers = [], {}
    for sample, given in ASKED:
        for number, answer in enumerate(given):
            samples.append(Sample(f"{sample.id}.{number}", sample.input, sample.target, sample.context, {"from": sample.id}))
            answers[samples[-1].id] = answer
    return samples, answers


def ours(samples: list[Sample], answers: dict[str, str], angles: list[Angle]) -> Verdicts:
    """Return by sample and angle whether our own scorers are content, as far as the angle is exported and applies."""
    scores = {s.id: {a.name: (a.scorer(answers[s.id], s), a.at_most is None) for a in angles if a.rule and a.scorer} for s in samples}
    return {id: {name: score == high for name, (score, high) in own.items() if score is not None} for id, own in scores.items()}


# --- the tools ------------------------------------------------------------------------------------------------------


@cache
def shut_in() -> list[str]:
    """Return what a command begins with so that it reaches no host; nothing where the machine does not allow that."""
    cage = ["unshare", "-n"]
    able = shutil.which(cage[0]) and subprocess.run([*cage, "true"], capture_output=True).returncode == 0
    return cage if able else []


def run(command: list[Any], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in a folder of its own, without keys, and with no way out; with more variables, it may reach this machine."""
    assert Path(command[0]).exists(), f"{command[0]} is missing: see the head of this file for how the tools are installed."
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "SIDEBYSIDE_", "PYTHON", "INSPECT_", "PROMPTFOO_"))}
    nowhere = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), "http://127.0.0.1:9")
    own = {"HOME": str(folder), "PROMPTFOO_CONFIG_DIR": str(folder / "promptfoo")}
    own |= dict.fromkeys(("PROMPTFOO_DISABLE_TELEMETRY", "PROMPTFOO_DISABLE_UPDATE"), "1")
    cage = [] if more else shut_in()
    return subprocess.run([*cage, *map(str, command)], cwd=folder, env=kept | nowhere | own | more, capture_output=True, text=True, timeout=300)


def in_promptfoo(config: str, folder: Path, **more: str) -> dict[str, Any]:
    """Run a configuration and return its results by the tests' descriptions.

    promptfoo leaves with 100 if an assertion fails; any other fault is a fault of the file.
    """
    (folder / "promptfooconfig.yaml").write_text(config, encoding="utf-8")
    checked = run([PROMPTFOO, "validate", "config", "-c", "promptfooconfig.yaml"], folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    done = run([PROMPTFOO, "eval", "-c", "promptfooconfig.yaml", "--no-cache", "--no-table", "-o", "out.json"], folder, **more)
    assert done.returncode in (0, 100), done.stdout + done.stderr
    results = json.loads((folder / "out.json").read_text(encoding="utf-8"))["results"]["results"]
    return {result["testCase"]["description"]: result for result in results}


def promptfoo_verdicts(results: dict[str, Any]) -> Verdicts:
    """Return by test and metric whether all its assertions passed."""
    told: Verdicts = {}
    for id, result in results.items():
        for part in (result["gradingResult"] or {}).get("componentResults", []):
            metric = (part.get("assertion") or {}).get("metric")
            if metric and metric != "seconds":
                told.setdefault(id, {})[metric] = told.get(id, {}).get(metric, True) and part["pass"]
    return told


def in_inspect(task: Path, answers: dict[str, str], folder: Path) -> dict[str, Any]:
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    done = run([sys.executable, HERE / "inspect_scores.py", task, folder / "answers.json", folder / "out.json"], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads((folder / "out.json").read_text(encoding="utf-8"))


def exported(samples: list[Sample], answers: dict[str, str], angles: list[Angle], words: dict[str, str] = WORDS) -> str:
    return suite.export_promptfoo(samples, angles, **words, model="some-model", answers=[answers[s.id] for s in samples])


# --- promptfoo ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_promptfoo(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    samples, answers = flat()
    return in_promptfoo(exported(samples, answers, ANGLES), tmp_path_factory.mktemp("promptfoo"))


def test_promptfoo_says_what_our_scorers_say(by_promptfoo: dict[str, Any]) -> None:
    samples, answers = flat()
    assert promptfoo_verdicts(by_promptfoo) == ours(samples, answers, ANGLES)


def test_promptfoo_judged_the_answers_given_and_each_once(by_promptfoo: dict[str, Any]) -> None:
    _, answers = flat()
    assert {id: result["response"]["output"] for id, result in by_promptfoo.items()} == {id: answer or " " for id, answer in answers.items()}


def test_promptfoo_would_send_the_very_messages_that_we_send(tmp_path: Path) -> None:
    samples, _ = flat()
    config = yaml.safe_load(suite.export_promptfoo(samples, [], **WORDS, model="some-model"))
    results = in_promptfoo(yaml.safe_dump(config | {"providers": ["echo"]}, allow_unicode=True), tmp_path)
    for sample in samples:
        assert json.loads(results[sample.id]["prompt"]["raw"]) == messages(sample)


def messages(sample: Sample) -> list[dict[str, str]]:
    user = f"Text: {sample.context}\n\nQuestion: {sample.input}"
    return [{"role": "system", "content": WORDS["system"]}, {"role": "user", "content": user}]


def test_promptfoo_asks_an_endpoint_as_we_do(scripted: ScriptedModel, tmp_path: Path) -> None:
    samples = flat()[0][::4]
    config = suite.export_promptfoo(samples, ANGLES, **WORDS, model="some-model", max_tokens=60)
    results = in_promptfoo(config, tmp_path, OPENAI_BASE_URL=scripted.url, OPENAI_API_KEY=KEY, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")
    assert {id: result["response"]["output"] for id, result in results.items()} == {sample.id: "happy" for sample in samples}
    assert {request.path for request in scripted.asked} == {"/v1/chat/completions"}
    sent = [request.body for request in scripted.asked]
    assert all((body["model"], body["temperature"], body["max_tokens"]) == ("some-model", 0, 60) for body in sent)
    assert sorted(json.dumps(body["messages"]) for body in sent) == sorted(json.dumps(messages(sample)) for sample in samples)


def test_promptfoo_times_a_model_that_it_asks_itself(by_promptfoo: dict[str, Any]) -> None:
    parts = [part for result in by_promptfoo.values() for part in result["gradingResult"]["componentResults"]]
    assert {part["assertion"]["type"] for part in parts} == {"javascript", "latency"}


REFUSED = [
    "{{ env.HOME }}", "{{env['OPENAI_API_KEY']}}", "{{ x | default(env.HOME) }}", "a\n{{\nenv.X}}", "{{", "see {{ fees }}", "{% if x %}", "{%",
    "a {# b #}",
    "file:///etc/passwd", "file://x.js", " file://x", "package:x:y",
]  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_what_promptfoo_makes_something_else_of_is_refused_by_sample_and_column(text: str) -> None:
    columns = {"input": Sample("A", text), "context": Sample("A", "x", "", text), "answer": Sample("A", "x"), "id": Sample(text, "x")}
    for column, sample in columns.items():
        with pytest.raises(SuiteError, match=rf"^Sample '.*', column '{column}': it holds .* Take it out"):
            suite.export_promptfoo([sample], [], **WORDS, model="some-model", answers=[text if column == "answer" else "x"])
    for word in WORDS:
        with pytest.raises(SuiteError, match=f"^The {word} message: it holds"):
            suite.export_promptfoo([Sample("A", "x")], [], **WORDS | {word: text}, model="some-model")


def test_no_angle_s_name_or_rule_is_a_template_or_ends_a_comment() -> None:
    for name, pattern in (("{{ env.HOME }}", "x"), ("fine", "{{ env.HOME }}")):
        angle = Angle(name, lambda a, s: True, at_least=0.8, rule=lambda s, pattern=pattern: Rule.matching(pattern))  # type: ignore[misc]
        with pytest.raises(SuiteError, match="^The angle '.*': it holds"):
            suite.export_promptfoo([Sample("A", "x")], [angle], **WORDS, model="some-model")
    loose = suite.export_promptfoo([Sample("A", "x")], [Angle("a\nb: c", lambda a, s: True, at_least=0.8)], **WORDS, model="some-model")
    assert "a b: c" in loose


def test_inspect_takes_every_text_as_it_is(tmp_path: Path) -> None:
    samples = [Sample(f"S{place}", text, "", text) for place, text in enumerate(REFUSED)]
    answers = {sample.id: sample.input for sample in samples}
    _, task = suite.export_inspect(tmp_path / "suite", samples, ANGLES, **WORDS)
    told = in_inspect(task, answers, tmp_path)
    assert told["answers"] == answers
    for sample in samples:
        assert [{"role": role, "content": text} for role, text in told["messages"][sample.id]] == messages(sample)
    with pytest.raises(SuiteError, match="^The system message begins with 'file:///x', which Inspect reads as a file"):
        suite.export_inspect(tmp_path, samples, [], system="file:///x", user="{input}")


def test_a_wrong_assertion_is_noticed_in_promptfoo(tmp_path: Path) -> None:
    samples, answers = flat()
    broken = [Angle("correct", ANGLES[0].scorer, at_least=0.8, rule=lambda s: Rule.numbers("31") if s.target else None), *ANGLES[1:]]
    assert promptfoo_verdicts(in_promptfoo(exported(samples, answers, broken), tmp_path)) != ours(samples, answers, ANGLES)


def test_an_unknown_assertion_is_noticed_in_promptfoo(tmp_path: Path) -> None:
    """`promptfoo validate` lets it pass, so the eval has to see it."""
    samples, answers = flat()
    text = exported(samples, answers, ANGLES).replace("type: javascript", "type: javscript", 1)
    with pytest.raises(AssertionError):
        assert promptfoo_verdicts(in_promptfoo(text, tmp_path)) == ours(samples, answers, ANGLES)


# --- Inspect --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_inspect(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    samples, answers = flat()
    folder = tmp_path_factory.mktemp("inspect")
    _, task = suite.export_inspect(folder / "suite", samples, ANGLES, **WORDS)
    return in_inspect(task, answers, folder)


def test_inspect_says_what_our_scorers_say(by_inspect: dict[str, Any]) -> None:
    samples, answers = flat()
    assert by_inspect["status"] == "success"
    assert by_inspect["answers"] == answers
    assert by_inspect["scores"] == ours(samples, answers, ANGLES)


def test_inspect_reports_the_share_that_our_card_reports(by_inspect: dict[str, Any]) -> None:
    samples, answers = flat()
    verdicts = ours(samples, answers, ANGLES)
    for name, accuracy in by_inspect["metrics"].items():
        judged = [own[name] for own in verdicts.values() if name in own]
        assert accuracy == pytest.approx(sum(judged) / len(judged)), name


def test_inspect_reads_the_samples_as_they_are(by_inspect: dict[str, Any]) -> None:
    for sample in flat()[0]:
        read = by_inspect["samples"][sample.id]
        assert (read["input"], read["target"], read["metadata"]["context"], read["metadata"]["from"]) == (
            sample.input,
            sample.target,
            sample.context,
            sample.metadata["from"],
        )


def test_inspect_sends_the_very_messages_that_we_send(by_inspect: dict[str, Any]) -> None:
    for sample in flat()[0]:
        assert [{"role": role, "content": text} for role, text in by_inspect["messages"][sample.id]] == messages(sample)


def test_a_wrong_rule_is_noticed_in_inspect(tmp_path: Path) -> None:
    samples, answers = flat()
    broken = [Angle("correct", ANGLES[0].scorer, at_least=0.8, rule=lambda s: Rule.numbers("31") if s.target else None), *ANGLES[1:]]
    _, task = suite.export_inspect(tmp_path / "suite", samples, broken, **WORDS)
    assert in_inspect(task, answers, tmp_path)["scores"] != ours(samples, answers, ANGLES)


def test_a_broken_sample_file_is_noticed_in_inspect(tmp_path: Path) -> None:
    samples, answers = flat()
    file, task = suite.export_inspect(tmp_path / "suite", samples, ANGLES, **WORDS)
    file.write_text(file.read_text(encoding="utf-8").replace('"input"', '"inptu"', 1), encoding="utf-8")
    with pytest.raises(AssertionError):
        in_inspect(task, answers, tmp_path)


# --- the page's own suite -------------------------------------------------------------------------------------------

HAND_OVER = """
import json

place, angles = Path(FOLDER), must + nice
given = dict(zip(before["id"], before["answer"]))
columns = [(angle, before[angle.name]) for angle in angles if angle.rule and angle.scorer]
told = {s.id: {a.name: bool(c[i]) == (a.at_most is None) for a, c in columns if c[i] is not None} for i, s in enumerate(asked)}
config = sbs.suite.export_promptfoo(asked, angles, model=model, answers=list(given.values()), **prompt)
(place / "promptfooconfig.yaml").write_text(config, encoding="utf-8")
sbs.suite.export_inspect(place / "inspect", asked, angles, **prompt)
(place / "told.json").write_text(json.dumps([given, told]), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def of_the_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run the page from recordings, and let it hand over its suite with the model's answers and its own verdicts."""
    folder = tmp_path_factory.mktemp("page")
    page = load(PAGE)
    page.cells.append(new_code_cell(HAND_OVER.replace("FOLDER", repr(str(folder)))))
    execute(page, PAGE.parent, SIDEBYSIDE_MODE="replay")
    return folder


def test_promptfoo_agrees_with_the_page(of_the_page: Path, tmp_path: Path) -> None:
    given, told = json.loads((of_the_page / "told.json").read_text(encoding="utf-8"))
    results = in_promptfoo((of_the_page / "promptfooconfig.yaml").read_text(encoding="utf-8"), tmp_path)
    assert {id: result["response"]["output"] for id, result in results.items()} == given
    assert promptfoo_verdicts(results) == told


def test_inspect_agrees_with_the_page(of_the_page: Path, tmp_path: Path) -> None:
    given, told = json.loads((of_the_page / "told.json").read_text(encoding="utf-8"))
    assert in_inspect(of_the_page / "inspect" / "policy_answers.py", given, tmp_path)["scores"] == told
