"""Scorers: functions that compare an answer with its target. Those at the top say yes or no; those at the end, how much is alike.

What could not be read (None) and what never came (`NoAnswer`) is right about nothing: every scorer gives it False or 0, whatever the target.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import cache, wraps
from typing import Any, TypeVar

from .answers import NoAnswer
from .retrieval import embed

Score = TypeVar("Score", bool, float)

MARKS = str.maketrans(dict.fromkeys("\u2018\u2019\u02bb\u02bc\u00b4`", "'") | dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'))


def plain_text(text: str) -> str:
    """Return a text without accents, in one kind of single and of double quotation mark, with single spaces."""
    signs = unicodedata.normalize("NFKD", text.translate(MARKS))
    return " ".join("".join(sign for sign in signs if not unicodedata.combining(sign)).split())


def _stands_in(part: str, whole: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", whole))


def _scorer(nothing: Score) -> Callable[[Callable[[str, str], Score]], Callable[[str | None, str], Score]]:
    """Make a function a scorer: what is no answer gets `nothing`, also where an empty text would be right."""

    def mark(score: Callable[[str, str], Score]) -> Callable[[str | None, str], Score]:
        @wraps(score)
        def scored(answer: str | None, target: str) -> Score:
            return nothing if answer is None or isinstance(answer, NoAnswer) else score(answer, target)

        return scored

    return mark


@_scorer(nothing=False)
def holds_name(answer: str, name: str) -> bool:
    """Tell whether an answer holds a name as a whole word; accents do not count, nor do capitals in names of three letters or more.

    Args:
        answer: What a model wrote.
        name: The target, such as "Oslo" or the symbol "Fe"; an empty one is in no answer.
    """
    said, target = plain_text(answer), plain_text(name)
    if len(target) > 2:
        said, target = said.lower(), target.lower()
    return bool(target) and _stands_in(target, said)


def numbers_in(text: str) -> set[str]:
    """Return the numbers in a text as they are written, with a full stop as the decimal sign and without commas between thousands."""
    return {number.replace(",", "") for number in re.findall(r"(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?", text)}


UNITS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
SPELLED = dict(zip(UNITS, range(1, 20), strict=True)) | dict(zip(TENS, range(20, 100, 10), strict=True))


def spelled_numbers(text: str) -> set[str]:
    """Return the numbers in a text as `numbers_in` does, and in digits those that are written as words, from one to ninety-nine."""
    joined = re.sub(rf"\b({'|'.join(TENS)})[- ]({'|'.join(UNITS[:9])})\b", lambda m: str(SPELLED[m[1]] + SPELLED[m[2]]), text.lower())
    return numbers_in(re.sub("[a-z]+", lambda m: str(SPELLED.get(m[0], m[0])), joined))


def denies(text: str) -> bool:
    """Tell whether a text holds a word that turns or narrows a statement: "not", "never", "without", "only", "except" and their like."""
    return bool(re.search(r"\b(no|not|never|none|nothing|without|cannot|only|unless|except)\b|n['’]t\b", text.lower()))


@_scorer(nothing=False)
def holds_numbers(answer: str, target: str) -> bool:
    """Tell whether an answer holds every number of its target, as "£4.50" holds 4.5; a target without any number is refused.

    Raises:
        ValueError: If the target holds no number.
    """
    if not (needed := numbers_in(target)):
        raise ValueError(f"The target '{target}' holds no number, so this scorer cannot judge the answer.")
    return set(map(Decimal, needed)) <= set(map(Decimal, numbers_in(answer)))


@_scorer(nothing=False)
def same_thing(said: str, target: str) -> bool:
    """Tell whether two short texts name the same thing: one stands in the other as whole words, or both are empty."""
    one, other = (plain_text(text).lower() for text in (said, target))
    if not one or not other:
        return one == other
    return _stands_in(one, other) or _stands_in(other, one)


@_scorer(nothing=False)
def quotes(quote: str, document: str) -> bool:
    """Tell whether a quote stands in a document word for word; spaces, capitals, accents and quotation marks round it do not count."""
    sought, source = (plain_text(text).lower().strip("\"' .") for text in (quote, document))
    return bool(sought) and _stands_in(sought, source)


# --- how much is alike, 0 to 1 --------------------------------------------------------------------------------------


def _settled(text: str) -> list[str]:
    """Return a text's words as SQuAD's own script compares them: no capitals, no ASCII punctuation, no articles."""
    letters = text.lower().translate(dict.fromkeys(map(ord, string.punctuation)))
    return re.sub(r"\b(a|an|the)\b", " ", letters).split()


@_scorer(nothing=False)
def exact_match(answer: str, target: str) -> bool:
    """Tell whether two texts are the same but for capitals, punctuation, articles and spaces.

    Source: Rajpurkar and others 2016 (SQuAD), section 6.1.
    """
    return _settled(answer) == _settled(target)


@_scorer(nothing=0.0)
def token_f1(answer: str, target: str) -> float:
    """Return the F1 score of the words that two texts share, 0 to 1, on the words that `exact_match` compares.

    Source: the same; two texts without a word count as equal, as in SQuAD 2.0's script.
    """
    said, wanted = _settled(answer), _settled(target)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return 2 * shared / (len(said) + len(wanted)) if said and wanted else float(said == wanted)


@_scorer(nothing=0.0)
def bleu(answer: str, target: str) -> float:
    """Return the BLEU of one answer, 0 to 1, by `sacrebleu` with its own settings for single sentences (Papineni and others 2002)."""
    from sacrebleu import sentence_bleu  # pages without it start sooner

    return sentence_bleu(answer, [target]).score / 100


@cache
def _rouge() -> Any:
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"])


@_scorer(nothing=0.0)
def rouge_l(answer: str, target: str) -> float:
    """Return the F score of ROUGE-L, 0 to 1, by `rouge-score` (Lin 2004): the words shared in the same order."""
    return float(_rouge().score(target, answer)["rougeL"].fmeasure)


@_scorer(nothing=0.0)
def similarity(answer: str, target: str) -> float:
    """Return the cosine of the two texts' embeddings, -1 to 1 (see `retrieval.embed`)."""
    one, other = embed([answer, target])
    return float(one @ other)
