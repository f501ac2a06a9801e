"""What went wrong in a learner's function, in everyday words: nothing that only a programmer would understand."""

from __future__ import annotations

import inspect
import re
from typing import Any

WORDS = {
    "str": "a text", "int": "a number", "float": "a number", "bool": "yes or no", "list": "a list", "tuple": "a list", "set": "a list",
    "ndarray": "a list", "generator": "a list", "Index": "a list", "Series": "a column of a table", "DataFrame": "a table", "Rate": "a rate",
    "dict": "a table of names and values", "function": "a function", "Token": "a token", "NoneType": "nothing",
}  # fmt: skip
PYTHON = re.compile(  # what only a programmer would understand
    r"\b(?:str|string|strings|int|integers|float|bool|dict|tuple|NoneType|Series|DataFrame|ndarray|Token|object|lambda|array|positional|arguments?"
    r"|attributes?|iterable|callable|subscriptable|operands?|keyword|unpack|indexer|dtype|hashable)\b|\(\)|<\w|line \d+ column"
)
SAID = (  # what Python says of a slip, and what that means
    (r"^unsupported operand type\(s\) for .+?: ", "it puts together what does not go together: "),
    (r"^can only concatenate .*", "it joins a text or a list to something else"),
    (r"^object of type (.+) has no len\(\)", r"\1 has no length"),
    (r"^(.+?) (?:object )?is not callable", r"it uses \1 as if it were a function"),
    (r"^(.+?) (?:object )?is not subscriptable", r"it picks a part of \1, which has none"),
    (r"^(?:cannot unpack non-iterable )?(.+?) (?:object )?(?:is not iterable)?$", r"it goes through \1 part by part, which has none"),
)


def kind_of(answer: Any) -> str:
    """Say in everyday words what kind of thing an answer is."""
    return WORDS.get(type(answer).__name__, "something else")


def plainly(error: BaseException) -> str:
    """Return what Python says of an error, with everyday words for its names of kinds; nothing if only a programmer would understand it."""
    said = re.sub(r"""(['"])([\w.]+)\1""", lambda found: WORDS.get(found[2], found[0]), str(error).rstrip("."))
    if isinstance(error, TypeError):
        last, words = SAID[-1]
        said = next((re.sub(pattern, put, said) for pattern, put in SAID[:-1] if re.search(pattern, said)), said)
        said = re.sub(last, words, said) if "iterable" in said else said
    return "" if PYTHON.search(said) else said


def stopped(error: BaseException) -> str:
    """Say what stopped a learner's function."""
    what = ""
    if isinstance(error, NameError):
        what = f"it uses the name {error.name}, and there is none. Is it spelled the same everywhere?"
    elif isinstance(error, KeyError):
        what = f"it looks for {error.args[0]!r}, which is not there" if error.args and isinstance(error.args[0], str | int) else ""
    elif isinstance(error, IndexError):
        what = "it looks for a place that is not there, perhaps in an empty list"
    elif isinstance(error, ZeroDivisionError):
        what = "division by zero"
    elif isinstance(error, RecursionError):
        what = "it calls itself without an end"
    elif isinstance(error, AttributeError) and error.name:
        what = f"it asks {kind_of(error.obj)} for .{error.name}, which is not there"
    else:
        what = plainly(error)
    return f"Your function stopped{what and ': ' + what.rstrip('.?')}{'?' if what.endswith('?') else '.'} Try it on a small example of your own."


def takes(function: Any, count: int) -> bool:
    """Tell whether a function can be called with so many things; True where Python does not know."""
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:
        return True
    return True
