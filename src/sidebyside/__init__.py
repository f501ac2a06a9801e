"""*Side by Side*: the helper package of the course. A notebook says `import sidebyside as sbs`.

The names that most lessons use are here at the root; the rest keep their namespace, such as `sbs.charts.lines`. Each is
imported on first use, so that a page pays for Altair or statsmodels only where it needs them.

Which names there are, and where they live, is told once, in the stub `__init__.pyi`: type checkers and editors read it, and
`lazy_loader`, which scientific Python's own packages use, makes the lazy names of PEP 562 from it. Fifteen lines of our own
would do the same only with every name listed three times: for the loader, for `__all__` and for type checkers.
"""

import sys

import lazy_loader

# jsonschema, on which Altair and nbformat stand, builds a grammar of web addresses where this package is there: three quarters of
# their import, and nobody here checks an address. A module that is None counts as not installed.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
