"""*Side by Side*: the helper package of the course. A notebook says `import sidebyside as sbs`.

The names that most lessons use are here at the root; the rest keep their namespace, such as `sbs.charts.lines`. Each is
imported on first use, so that a page pays for Altair or statsmodels only where it needs them.

Which names there are, and where they live, is told once, in the stub `__init__.pyi`: type checkers and editors read it, and
`lazy_loader`, which scientific Python's own packages use, makes the lazy names of PEP 562 from it. Fifteen lines of our own
would do the same only with every name listed three times: for the loader, for `__all__` and for type checkers.
"""

import lazy_loader

__version__ = "0.1.0"
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
