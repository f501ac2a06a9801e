"""The leaderboard: one HTML file that needs nothing else, with intervals as bars and in words who is really ahead of whom."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from string import Template

from sidebyside.charts import COLOURS
from sidebyside.shown import visible

from .challenges import BREAK, Challenge
from .event import Event
from .ledger import Entry, counting
from .scoring import difference_p

CLEAR = 0.05
PAGE = Template(Path(__file__).with_name("board.html").read_text(encoding="utf-8"))
RULE = (
    "Differences inside the intervals are no ranking. Teams share a place as long as a paired test on the same messages cannot tell them from "
    "the first team of that place; attacks are each team's own, so they are compared with Fisher's exact test."
)


def places(entries: Sequence[Entry], *, same_samples: bool) -> list[list[Entry]]:
    """Group sorted entries into places: a new one begins with a team that a test tells apart from the first of the place before.

    Args:
        entries: Best first.
        same_samples: Whether all teams answered the same samples.
    """
    groups: list[list[Entry]] = []
    for entry in entries:
        if groups and difference_p(groups[-1][0].score.points, entry.score.points, same_samples=same_samples) >= CLEAR:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def verdict(groups: Sequence[Sequence[Entry]], *, same_samples: bool) -> str:
    """Say in a sentence who is ahead."""
    if not groups:
        return "Nobody has handed in yet."
    first = groups[0]
    if len(first) > 1:
        p = difference_p(first[0].score.points, first[1].score.points, same_samples=same_samples)
        return f"{_list([entry.team for entry in first])} share the first place: between the first two, p = {p:.2f}. Nobody is ahead yet."
    if len(groups) == 1:
        return f"{first[0].team} is alone so far."
    p = difference_p(first[0].score.points, groups[1][0].score.points, same_samples=same_samples)
    return f"{first[0].team} is ahead of {groups[1][0].team} by more than chance would explain (p {'< 0.001' if p < 0.001 else f'= {p:.3f}'})."


def _list(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"


def write_board(event: Event, entries: Sequence[Entry], labels: str) -> Path:
    """Write the leaderboard and return where it lies.

    Args:
        event: The event.
        entries: All entries, oldest first.
        labels: Checksum of the labels in force.
    """
    sections = "\n".join(_section(challenge, counting(entries, challenge, labels)) for challenge in event.challenges)
    others = sum(entry.labels != labels for entry in entries)
    left_out = f"{others} scores given with other labels are left out." if others else ""
    told = {"title": _as_html(event.title), "rule": RULE, "closes": f"{event.deadline:%d %B %Y, %H:%M (UTC%z)}", "left_out": left_out}
    path = event.folder / "leaderboard.html"
    path.write_text(PAGE.substitute(told, sections=sections, people=COLOURS["people"], ml=COLOURS["ML"], genai=COLOURS["GenAI"]), encoding="utf-8")
    return path


def _as_html(text: str) -> str:
    """Return a text as HTML; other rooms' scores may hold any sign."""
    return html.escape(visible(text))


def _section(challenge: Challenge, entries: Sequence[Entry]) -> str:
    same = challenge.name != BREAK.name
    groups = places(entries, same_samples=same)
    order = "more is better" if challenge.higher_is_better else "less is better"
    head = f"<h2>{_as_html(challenge.title)}</h2><p>{_as_html(verdict(groups, same_samples=same))}</p>"
    if not entries:
        return f"<section>{head}</section>"
    names = ("place", "team", f"{challenge.measure} ({order})", "0 to 1, with the 95 % interval", "more")
    columns = "".join(f'<th scope="col">{_as_html(name)}</th>' for name in names)
    idle = f"<p>The thin upright line marks what no work at all would get: {_as_html(challenge.idle)}, {entries[0].score.idle:.3f}.</p>"
    return f"<section>{head}{idle}<table><thead><tr>{columns}</tr></thead><tbody>{''.join(_rows(groups))}</tbody></table></section>"


def _rows(groups: Sequence[Sequence[Entry]]) -> Iterator[str]:
    places_taken = count(1)
    for group in groups:
        place = next(places_taken)
        for entry in group:
            shared = " (shared)" if len(group) > 1 else ""
            yield (
                f'<tr><td>{place}{shared}</td><th scope="row">{_as_html(entry.team)}</th><td class="number">{entry.score.value:.3f}</td>'
                f"<td>{_bar(entry)}</td><td>{_notes(entry)}</td></tr>"
            )


def _bar(entry: Entry) -> str:
    """Return the interval as a drawing 0 to 1, told in words for those who do not see it."""
    score = entry.score
    low, high, at, idle = (round(200 * number, 1) for number in (score.low, score.high, score.value, score.idle))
    told = f"95 % interval {score.low:.3f} to {score.high:.3f}, n = {len(score.points)}"
    return (
        f'<svg viewBox="-6 0 212 24" role="img" aria-label="{told}"><line class="axis" x1="0" x2="200" y1="12" y2="12"/>'
        f'<line class="axis" x1="{idle}" x2="{idle}" y1="2" y2="22"/>'
        f'<line class="interval" x1="{low}" x2="{high}" y1="12" y2="12"/><circle cx="{at}" cy="12" r="5"/></svg><small>{told}</small>'
    )


def _notes(entry: Entry) -> str:
    return f"<details><summary>what it is made of</summary>{''.join(f'<p>{_as_html(note)}</p>' for note in entry.score.notes)}</details>"
