"""The suite in the forms of promptfoo (https://www.promptfoo.dev) and of Inspect (https://inspect.aisi.org.uk)."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from ..errors import SuiteError
from .card import Angle
from .rules import Rule, rule_holds
from .samples import Sample, record_of, write_lines


def export_promptfoo(
    samples: Sequence[Sample],
    angles: Sequence[Angle],
    *,
    system: str,
    user: str,
    model: str,
    max_tokens: int = 40,
    answers: Sequence[str] | None = None,
) -> str:
    """Return the suite as the text of a `promptfooconfig.yaml`.

    Args:
        samples: What to ask.
        angles: How to judge; those with a rule become assertions, the others are named in a comment.
        system: The system message.
        user: The user message, in which `{context}` and `{input}` stand for those of the sample.
        model: The model's name at an OpenAI-compatible endpoint; promptfoo takes address and key from the variables OPENAI_BASE_URL
            and OPENAI_API_KEY.
        max_tokens: The most that an answer may take.
        answers: Answers already given, one a sample; then promptfoo asks no model and judges these.

    Raises:
        SuiteError: If promptfoo would not take a text as it is: it fills in templates, with keys of the machine too, reads files
            that a text names, and runs them if they are programs. It knows no sign that keeps a text as it is.
    """
    _refuse_templates({"the system message": system, "the user message": user, "the model's name": model})
    for sample, answer in zip(samples, answers if answers is not None else [""] * len(samples), strict=True):
        own = {"id": sample.id, "input": sample.input, "context": sample.context, "answer": answer}
        _refuse_templates({f"sample '{' '.join(sample.id.split())[:40]}', column '{name}'": text for name, text in own.items()})
    messages = [{"role": "system", "content": _braces(system)}, {"role": "user", "content": _braces(user)}]
    options = {"temperature": 0, "max_tokens": max_tokens}
    tests = [_test(sample, angles) for sample in samples]
    config = {
        "description": "Exported from the course Side by Side",
        "prompts": [json.dumps(messages, ensure_ascii=False)],
        "providers": ["echo" if answers is not None else {"id": f"openai:chat:{model}", "config": options}],
        "tests": tests,
    }
    for test, answer in zip(tests, answers, strict=True) if answers is not None else ():
        test["providerOutput"] = answer or " "  # an empty one would count as none given, and the prompt be judged in its place
    return _comment(angles, PROMPTFOO) + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=120)


def _refuse_templates(texts: Mapping[str, str]) -> None:
    """Refuse what promptfoo would make something else of.

    Args:
        texts: Texts by the words that say where each is.
    """
    for place, text in texts.items():
        if found := TEMPLATE.search(text):
            what = "reads as the name of a file" if "{" not in found[0] else "fills in as a template"
            shown = " ".join(found[0].split())[:40]
            raise SuiteError(f"{place[0].upper()}{place[1:]}: it holds '{shown}', which promptfoo {what}. Take it out, or leave that part out.")


def _braces(template: str) -> str:
    return template.replace("{context}", "{{context}}").replace("{input}", "{{input}}")


def _test(sample: Sample, angles: Sequence[Angle]) -> dict[str, Any]:
    rules = _rules(sample, angles, PROMPTFOO)
    asserted = [assertion | {"metric": name} for name, rule in rules.items() for assertion in PROMPTFOO[rule.kind](rule.value)]
    for told in asserted:
        _refuse_templates({f"the angle '{told['metric']}'": f"{told['metric']}\n{told.get('value', '')}"})
    return {"description": sample.id, "vars": {"input": sample.input, "context": sample.context}, "assert": asserted}


def _rules(sample: Sample, angles: Sequence[Angle], known: Mapping[str, Any]) -> dict[str, Rule]:
    """Return by angle the rules for a sample that a tool knows."""
    rules = {angle.name: angle.rule(sample) for angle in angles if angle.rule}
    return {name: rule for name, rule in rules.items() if rule and rule.kind in known}


def _javascript(condition: str) -> dict[str, Any]:
    return {"type": "javascript", "value": condition}


def _test_of(pattern: str) -> str:
    return f"new RegExp({json.dumps(pattern, ensure_ascii=False)}, 'i').test(output)"


PROMPTFOO: dict[str, Callable[[Any], list[dict[str, Any]]]] = {
    "matches": lambda value: [_javascript(_test_of(pattern)) for pattern in value],
    "lacks": lambda value: [_javascript("!" + _test_of(pattern)) for pattern in value],
    "words": lambda value: [_javascript(f"output.split(/\\s+/).filter(Boolean).length <= {value}")],
    "seconds": lambda value: [{"type": "latency", "threshold": round(1000 * value)}],
}
TEMPLATE = re.compile(r"\{\{[^}]*\}{0,2}|\{%[^}]*\}?|\{#[^}]*\}?|\A\s*(?:file://|package:)\S*")  # promptfoo's own, and Nunjucks's, in which it writes
REFERENCE = re.compile(r"\A\s*\w+://\S*")
INSPECT = {"matches": None, "lacks": None, "words": None}


def _comment(angles: Sequence[Angle], known: Mapping[str, Any]) -> str:
    """Return the head of an exported file: what it does not hold."""
    lost = [" ".join(angle.name.split()) for angle in angles if not angle.rule]  # a line break would end the comment
    tools_own = ["seconds"] if "seconds" not in known else []
    lines = [
        "Made by sidebyside.suite; edit the suite and export again.",
        f"Not in this file, because they are no rule about one answer alone: {', '.join(lost) or 'none'}.",
        *(f"Rules of the kind {kind!r} are left out: the tool keeps that account itself." for kind in tools_own),
        "The thresholds on rates, with their intervals, stay with the go/no-go card: here each answer is judged by itself.",
    ]
    return "".join(f"# {line}\n" for line in lines)


def export_inspect(
    folder: Path | str, samples: Sequence[Sample], angles: Sequence[Angle], *, system: str, user: str, max_tokens: int = 40
) -> tuple[Path, Path]:
    """Write the suite for Inspect: `samples.jsonl`, and the task file `policy_answers.py`, which needs nothing but inspect_ai.

    Args:
        folder: Where to write; it is made if need be.
        samples: What to ask.
        angles: How to judge; those with a rule become scorers, the others are named in a comment.
        system: The system message.
        user: The user message, in which `{context}` and `{input}` stand for those of the sample.
        max_tokens: The most that an answer may take.

    Raises:
        SuiteError: If Inspect would read the system or user message from a file or an address. All other texts it takes as they are.
    """
    for name, text in {"system": system, "user": user}.items():
        if found := REFERENCE.match(text):
            raise SuiteError(f"The {name} message begins with '{found[0].strip()[:40]}', which Inspect reads as a file. Put a word before it.")
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    rules = [{name: [rule.kind, rule.value] for name, rule in _rules(sample, angles, INSPECT).items()} for sample in samples]
    records = [record_of(replace(sample, metadata=sample.metadata | {"rules": own})) for sample, own in zip(samples, rules, strict=True)]
    names = [angle.name for angle in angles if any(angle.name in own for own in rules)]
    constants = {"ANGLES": names, "SYSTEM": system, "USER": user.replace("{input}", "{prompt}"), "MAX_TOKENS": max_tokens}
    task = _comment(angles, INSPECT) + _task().replace("# RULE_HOLDS", inspect.getsource(rule_holds).rstrip())
    task = task.replace("# CONSTANTS", "\n".join(f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in constants.items()))
    (file := place / "policy_answers.py").write_text(task, encoding="utf-8")
    return write_lines(place / "samples.jsonl", records), file


def _task() -> str:
    return files(__package__).joinpath("inspect_task.txt").read_text(encoding="utf-8")
