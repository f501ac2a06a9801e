"""Samples in a file: JSON Lines in the field names of Inspect (https://inspect.aisi.org.uk/datasets.html)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SuiteError

FIELDS = ("id", "input", "target", "metadata")


@dataclass(frozen=True)
class Sample:
    """One thing to ask a system.

    Attributes:
        id: Its name in the suite.
        input: The question.
        target: The right answer; empty where the system should say that it does not know.
        context: The text to answer from.
        metadata: Anything else, such as where it comes from.
    """

    id: str
    input: str
    target: str = ""
    context: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)


def write_samples(path: Path | str, samples: Sequence[Sample]) -> Path:
    """Write samples as JSON Lines, one a line; the context goes into the metadata.

    Args:
        path: The file; it is replaced.
        samples: What to write.
    """
    return write_lines(Path(path), [record_of(sample) for sample in samples])


def read_samples(path: Path | str) -> list[Sample]:
    """Read samples from JSON Lines.

    Args:
        path: A file such as `write_samples` makes. Empty lines do not count.

    Raises:
        SuiteError: If a line is no sample; the text names file, line and remedy.
    """
    file = Path(path)
    if not file.is_file():
        raise SuiteError(f"There is no file {file.name}. Write one with write_samples, or correct the path.")
    lines = [(number, line) for number, line in enumerate(_text(file).split("\n"), 1) if line.strip()]
    if not lines:
        raise SuiteError(f"{file.name} holds no samples. Add one JSON object a line.")
    samples: dict[str, Sample] = {}
    for number, line in lines:
        sample = _sample(line, place := f"{file.name}, line {number}")
        if sample.id in samples:
            raise SuiteError(f"{place}: the id '{sample.id}' is there twice. Give each sample its own.")
        samples[sample.id] = sample
    return list(samples.values())


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise SuiteError(f"{file.name}: not UTF-8. Save it as UTF-8 and try again.") from error


def _sample(line: str, place: str) -> Sample:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise SuiteError(f"{place}: not valid JSON ({error.msg}). Write one whole object on one line.") from error
    if not isinstance(record, dict):
        raise SuiteError(f'{place}: not an object. Write {{"id": …, "input": …, "target": …}}.')
    if strangers := sorted(set(record) - set(FIELDS)):
        raise SuiteError(f"{place}: unknown field '{strangers[0]}'. Put it into 'metadata'; the fields are {', '.join(FIELDS)}.")
    for name in FIELDS[:3]:
        if not isinstance(record.get(name), str) or not (record[name].strip() or name == "target"):
            raise SuiteError(f"{place}: '{name}' must be a text" + (' (or "" if no answer is known).' if name == "target" else ", and not empty."))
    metadata = record.get("metadata", {})
    if not isinstance(metadata, dict) or not isinstance(metadata.get("context", ""), str):
        raise SuiteError(f"{place}: 'metadata' must be an object, and its 'context' a text. Correct the line or leave it out.")
    rest = {name: value for name, value in metadata.items() if name != "context"}
    return Sample(record["id"], record["input"], record["target"], metadata.get("context", ""), rest)


def record_of(sample: Sample) -> dict[str, Any]:
    """Return a sample as it stands in the file."""
    return {"id": sample.id, "input": sample.input, "target": sample.target, "metadata": {"context": sample.context} | sample.metadata}


def write_lines(path: Path, records: Sequence[Mapping[str, Any]]) -> Path:
    """Write one record a line, and return the file."""
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path
