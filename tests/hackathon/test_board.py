"""The leaderboard: who shares a place, what it says about it, and that nothing in it runs or is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from sidebyside.charts import COLOURS
from sidebyside_hackathon import __main__ as command
from sidebyside_hackathon.board import places, verdict, write_board
from sidebyside_hackathon.event import Event
from sidebyside_hackathon.ledger import Entry
from sidebyside_hackathon.scoring import Score
from tests.hackathon.kit import NOW, HandIn, key_of

NAUGHTY = "<script>alert(1)<"
SAMPLES = 40


def entry(team: str, right: int, *, challenge: str = "guard", time: str = "2027-01-01T12:00:00+00:00") -> Entry:
    points = [1.0] * right + [0.0] * (SAMPLES - right)
    return Entry(team, challenge, time, f"{team}{right}", "L", Score(right / SAMPLES, 0.1, 0.9, points, 0.5, ["A note & more."]))


def board_of(event: Event, *entries: Entry) -> str:
    return write_board(event, list(entries), "L").read_text(encoding="utf-8")


def names(groups: list[list[Entry]]) -> list[list[str]]:
    return [[entry.team for entry in group] for group in groups]


def test_teams_that_no_test_tells_apart_share_a_place() -> None:
    groups = places([entry("A", 36), entry("B", 34), entry("C", 20), entry("D", 19)], same_samples=True)
    assert names(groups) == [["A", "B"], ["C", "D"]]
    assert verdict(groups, same_samples=True) == "A and B share the first place: between the first two, p = 0.50. Nobody is ahead yet."


def test_a_clear_lead_is_said_with_its_p() -> None:
    groups = places([entry("A", 40), entry("B", 20)], same_samples=True)
    assert names(groups) == [["A"], ["B"]]
    assert verdict(groups, same_samples=True) == "A is ahead of B by more than chance would explain (p < 0.001)."


def test_the_same_gap_is_less_clear_without_pairs() -> None:
    pair = [entry("A", 30), entry("B", 24)]
    assert len(places(pair, same_samples=True)) == 2
    assert len(places(pair, same_samples=False)) == 1


def test_one_team_and_none() -> None:
    assert verdict(places([entry("A", 3)], same_samples=True), same_samples=True) == "A is alone so far."
    assert verdict([], same_samples=True) == "Nobody has handed in yet."


def test_the_last_file_counts_and_not_the_best(event: Event) -> None:
    board = board_of(event, entry("A", 40), entry("A", 10, time="2027-01-02T12:00:00+00:00"))
    assert "0.250" in board and "1.000" not in board


def test_less_is_better_where_the_score_is_a_cost(event: Event, hand_in: HandIn) -> None:
    topics = key_of(event).topics
    hand_in("route.csv", ("id", "route"), [(key, right[0]) for key, right in topics.items()], team="Right")
    hand_in("route.csv", ("id", "route"), [(key, "person") for key in topics], team="Asks")
    assert command.score_team(event, "Asks", NOW) == command.score_team(event, "Right", NOW) == 0
    board = (event.folder / "leaderboard.html").read_text(encoding="utf-8")
    assert board.index(">Right<") < board.index(">Asks<")


def test_scores_of_other_rooms_join_in(event: Event, hand_in: HandIn) -> None:
    hand_in("guard.csv", ("id", "verdict"), [(key, "block") for key in key_of(event).attacks], team="Here")
    command.score_team(event, "Here", NOW)
    there = (event.folder / "scores.jsonl").read_text(encoding="utf-8").replace('"Here"', '"There"')
    (event.folder / "scores-room2.jsonl").write_text(there, encoding="utf-8")
    assert command.main(["board"], event) == 0
    board = (event.folder / "leaderboard.html").read_text(encoding="utf-8")
    assert ">Here<" in board and ">There<" in board and "Here and There share the first place" in board


class Tags(HTMLParser):
    """Collects a page's tags and the addresses that it names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action", "srcset", "style") or name.startswith("on")]


def test_a_team_s_name_is_text_and_nothing_is_fetched(event: Event) -> None:
    board = board_of(event, entry(NAUGHTY, 3), entry('"><img src=x onerror=alert(1)>', 4))
    page = Tags()
    page.feed(board)
    assert {"script", "img", "link", "iframe"} & set(page.tags) == set()
    assert page.addresses == [] and not re.search(r"https?://|url\(|@import", board)
    assert "&lt;script&gt;alert(1)&lt;" in board
    assert "A note &amp; more." in board


def test_every_drawing_is_told_in_words_and_uses_the_course_s_colours(event: Event) -> None:
    board = board_of(event, entry("A", 30))
    assert "what no work at all would get: all is allowed, 0.500." in board
    assert 'aria-label="95 % interval 0.100 to 0.900, n = 40"' in board
    assert all(COLOURS[kind] in board for kind in ("ML", "GenAI", "people"))
    assert not re.findall(r"\$\{?\w+", board)


@pytest.mark.parametrize("name", ["route", "answers", "guard", "break"])
def test_every_challenge_has_its_section(name: str, event: Event) -> None:
    title = next(challenge.title for challenge in event.challenges if challenge.name == name)
    assert f"<h2>{title}</h2>" in board_of(event)
