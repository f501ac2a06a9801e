"""The built site in a real browser with the network cut off: whole pages, links, files, search."""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

from playwright.sync_api import expect

from sidebyside.charts import COLOURS
from tests.site.browsing import HOME, PAGES, SITE, Open, each_page

LOADED_FROM_ELSEWHERE = re.compile(r"<(?:script|link|img|iframe|source)\b[^>]*?\b(?:src|href)=[\"'](?:https?:)?//[^\"']*", re.I)
ADDRESS = re.compile(r"""url\(\s*["']?([^"')]+)""")


class Attributes(HTMLParser):
    """Collects where a page points to, and the places in it that others may point to."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.anchors: set[str] = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links |= {value for name, value in attrs if name in ("href", "src") and value}
        self.anchors |= {value for name, value in attrs if name == "id" and value}


attributes = cache(Attributes)


def broken(page: Path, link: str) -> bool:
    """Say whether a link of a page leads to no file, or to no place in it."""
    path, fragment = urldefrag(link)
    target = (page.parent / unquote(path.split("?")[0])).resolve() if path else page
    if not target.is_file() or not target.is_relative_to(SITE):
        return True
    return bool(fragment) and target.suffix == ".html" and unquote(fragment) not in attributes(target).anchors


@each_page
def test_links_lead_somewhere(name: str, site: Path) -> None:
    page = site / f"{name}.html"
    inside = {link for link in attributes(page).links if not re.match(r"[a-z][a-z+.-]*:|//", link) and link != "#"}
    assert inside, "a page without a link"
    assert [link for link in sorted(inside) if broken(page, link)] == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    found = {match[0] for file in site.rglob("*.html") for match in LOADED_FROM_ELSEWHERE.finditer(file.read_text(encoding="utf-8"))}
    assert found == set()


def test_style_sheets_lead_somewhere(site: Path) -> None:
    """Also the addresses in a style sheet must lead to files of this site."""
    found = {(file, target) for file in site.rglob("_static/**/*.css") for target in ADDRESS.findall(file.read_text(encoding="utf-8"))}
    assert found
    wrong = [f"{file.name}: {target}" for file, target in found if not target.startswith("data:") and broken(file, target)]
    assert wrong == []


def test_the_search_works_without_a_network(visit: Open) -> None:
    seen = visit("search")
    seen.page.goto(seen.page.url + "?q=temperature")
    expect(seen.page.locator("#search-results li").first).to_be_visible()
    assert seen.faults == []


def test_the_front_door_leads_to_the_start_page(visit: Open) -> None:
    seen = visit("index")
    seen.page.wait_for_url(f"**/{PAGES[0]}.html")
    expect(seen.page.locator(".sbs-doors .sd-card")).to_have_count(3)


def test_the_mark_has_the_colours_of_the_charts() -> None:
    mark = (HOME / "site" / "sbsite" / "look" / "mark.svg").read_text(encoding="utf-8")
    assert re.findall(r'fill="(#\w+)"', mark) == [COLOURS["ML"], COLOURS["GenAI"]]
