"""The list of references, `book/references.bib`, read without the site's builder: who wrote what, when, and where it is to be had."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ENTRY = re.compile(r"^@\w+\{([\w:-]+),\n(.*?)^\}", re.M | re.S)
FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", re.M)
ACCENTS = {"'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "v": "\u030c", "c": "\u0327"}
ACCENT = re.compile(r"""\{?\\(['`"^~]|[vc](?=\{))\{?(\w)\}?\}?""")
WHERE = ("journal", "booktitle", "howpublished", "institution", "publisher")


@dataclass(frozen=True)
class Work:
    """A work that pages cite.

    Attributes:
        authors: Their last names; "others" at the end if there are more.
        year: The year it came out.
        title: Its title.
        where: Where it came out, or "".
        url: Its address, or "".
    """

    authors: tuple[str, ...]
    year: str
    title: str
    where: str
    url: str

    @property
    def who(self) -> str:
        """The authors in short, such as "Brown et al."."""
        more = len(self.authors) > 2 or self.authors[-1] == "others"
        return f"{self.authors[0]} et al." if more else " and ".join(self.authors)

    def __str__(self) -> str:
        """Say the work as a list of references does, in Markdown."""
        where = f" {self.where}." if self.where else ""
        stop = "" if self.title.endswith(("?", "!")) else "."
        return f"{self.who} ({self.year}). *{self.title}*{stop}{where}" + (f" <{self.url}>" if self.url else "")


def works(bibliography: Path) -> dict[str, Work]:
    """Return the works of a BibTeX file by their keys; each field must end on the line on which it begins."""
    text = bibliography.read_text(encoding="utf-8") if bibliography.is_file() else ""
    return {entry[1]: _work({name.lower(): _letters(value) for name, value in FIELD.findall(entry[2])}, entry[2]) for entry in ENTRY.finditer(text)}


def _work(fields: Mapping[str, str], entry: str) -> Work:
    company = re.search(r"author\s*=\s*\{\{(.*?)\}\}", entry)
    authors = [company[1]] if company else [name.split(",")[0] for name in fields.get("author", fields.get("editor", "?")).split(" and ")]
    where = next((fields[name] for name in WHERE if name in fields), "")
    return Work(tuple(authors), fields.get("year", ""), fields.get("title", ""), where, _address(fields))


def _address(fields: Mapping[str, str]) -> str:
    if "doi" in fields:
        return f"https://doi.org/{fields['doi']}"
    return fields.get("url") or (f"https://arxiv.org/abs/{fields['eprint']}" if "eprint" in fields else "")


def _letters(text: str) -> str:
    r"""Return BibTeX's text as it is meant: `{\'i}` is í, `--` is a dash, and braces only keep capitals."""
    accented = ACCENT.sub(lambda found: unicodedata.normalize("NFC", found[2] + ACCENTS[found[1]]), text.replace(r"\l", "ł"))
    return re.sub(r"[{}]", "", accented).replace("--", "–").replace("``", "“").replace("''", "”").replace(r"\&", "&").replace(r"\_", "_")
