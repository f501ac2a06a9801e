"""Settings: what is not known is refused with a list of what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from sidebyside import read_settings
from sidebyside.errors import SettingsError
from sidebyside.settings import MODES, find_home, weights_folder

HOME = Path(__file__).resolve().parent.parent


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A course's folder with two cases; the working folder is deep inside it."""
    for name in ("shop", "bank"):
        (tmp_path / "cases" / name).mkdir(parents=True)
        (tmp_path / "cases" / name / "case.toml").touch()
    (tmp_path / "cases" / "no_case").mkdir()
    (tmp_path / "_toc.yml").touch()
    (tmp_path / "notebooks" / "deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks" / "deep")
    return tmp_path


def test_defaults() -> None:
    settings = read_settings({})
    assert (settings.mode, settings.model, settings.weights, settings.limit, settings.budget) == ("auto", None, None, None, 1.0)
    assert settings.recordings == HOME / "recordings"
    assert settings.case.parent == HOME / "cases"


def test_empty_means_unset() -> None:
    names = ("MODE", "MODEL", "WEIGHTS", "CASE", "LIMIT", "BUDGET", "AT_ONCE", "RECORDINGS")
    assert read_settings({f"SIDEBYSIDE_{name}": "" for name in names}) == read_settings({})


@pytest.mark.parametrize("around", ["{} ", " {}", "{}\r", '"{}"', "'{}'"])
def test_what_stands_around_a_value_is_no_part_of_it(around: str, tmp_path: Path) -> None:
    values = {"MODE": "live", "MODEL": "gpt-x", "WEIGHTS": "~/w.gguf", "CASE": "feedback", "LIMIT": "7", "BUDGET": "2.50", "KEPT": "none"}
    values |= {"AT_ONCE": "2", "RECORDINGS": str(tmp_path / "a b"), "WEIGHTS_DIR": str(tmp_path / "Gewichte für alle")}
    plain, wrapped = ({f"SIDEBYSIDE_{name}": form.format(value) for name, value in values.items()} for form in ("{}", around))
    assert read_settings(wrapped) == read_settings(plain)
    assert weights_folder(wrapped) == weights_folder(plain) == tmp_path / "Gewichte für alle"


def test_a_blank_is_nothing() -> None:
    assert read_settings({"SIDEBYSIDE_MODEL": " ", "SIDEBYSIDE_WEIGHTS": "\t"}) == read_settings({})


def test_every_setting_is_read(tmp_path: Path) -> None:
    case = HOME / "tests" / "cases" / "tiny"
    values = {"MODE": "live", "MODEL": "m", "WEIGHTS": "~/w.gguf", "CASE": str(case), "BUDGET": "2.50", "RECORDINGS": str(tmp_path)}
    settings = read_settings({f"SIDEBYSIDE_{name}": value for name, value in values.items()})
    assert (settings.mode, settings.model, settings.case, settings.budget, settings.recordings) == ("live", "m", case, 2.5, tmp_path)
    assert settings.weights == Path.home() / "w.gguf"


@pytest.mark.parametrize(
    ("mode", "text", "limit", "said"),
    [
        ("live", "", 30, "30 (small), 20 (middle), 10 (main)"),
        ("live", "all", None, "all"),
        ("live", "7", 7, "7"),
        ("replay", "", None, "all"),
        ("auto", "30", 30, "30"),
    ],
)
def test_limit_on_what_a_language_model_is_asked_about(mode: str, text: str, limit: int | None, said: str) -> None:
    settings = read_settings({"SIDEBYSIDE_MODE": mode, "SIDEBYSIDE_LIMIT": text})
    assert settings.limit_of("a-model-elsewhere") == limit
    assert f"limit   {said} messages of a split" in str(settings)


def test_the_printed_limit_is_that_of_the_model_which_is_chosen() -> None:
    assert "limit   10 messages" in str(read_settings({"SIDEBYSIDE_MODE": "live", "SIDEBYSIDE_MODEL": "main"}))


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "many", "١٢x"])
def test_unusable_limit(text: str) -> None:
    with pytest.raises(SettingsError, match="SIDEBYSIDE_LIMIT is .* Give a number of messages, for example 50, or all"):
        read_settings({"SIDEBYSIDE_LIMIT": text})


def test_unknown_mode_lists_the_modes() -> None:
    with pytest.raises(SettingsError, match="SIDEBYSIDE_MODE is 'replya'.*auto, replay, live, record"):
        read_settings({"SIDEBYSIDE_MODE": "replya"})


def test_unknown_case_lists_the_cases(course: Path) -> None:
    with pytest.raises(SettingsError, match="SIDEBYSIDE_CASE is 'shopp', .* Choose one of: bank, shop;.*path of a folder"):
        read_settings({"SIDEBYSIDE_CASE": "shopp"})


def test_several_cases_and_none_chosen_lists_them(course: Path) -> None:
    with pytest.raises(SettingsError, match="SIDEBYSIDE_CASE is not set. Choose one of: bank, shop;"):
        read_settings({})


def test_case_by_name_and_by_path(course: Path) -> None:
    by_name = read_settings({"SIDEBYSIDE_CASE": "bank"}).case
    assert by_name == read_settings({"SIDEBYSIDE_CASE": str(course / "cases" / "bank")}).case == course / "cases" / "bank"


@pytest.mark.parametrize("text", ["much", "-1", "nan", "inf", "1,50", "$2"])
def test_budget_that_is_no_amount(text: str) -> None:
    with pytest.raises(SettingsError, match=r"SIDEBYSIDE_BUDGET is '.*'. Give a number of US dollars, for example 2\.50"):
        read_settings({"SIDEBYSIDE_BUDGET": text})


@pytest.mark.parametrize("text", ["0", "-1", "2.5", "all", "65"])
def test_unusable_number_of_requests(text: str) -> None:
    with pytest.raises(SettingsError, match="SIDEBYSIDE_AT_ONCE is '.*'. Give a number of requests, 1 to 64"):
        read_settings({"SIDEBYSIDE_AT_ONCE": text})


def test_requests_at_once() -> None:
    assert [read_settings({"SIDEBYSIDE_AT_ONCE": text}).at_once for text in ("", "1", "64")] == [4, 1, 64]


def test_a_budget_of_nothing_is_an_amount() -> None:
    assert read_settings({"SIDEBYSIDE_BUDGET": "0"}).budget == 0


def test_settings_are_printable_and_hold_no_path() -> None:
    text = str(read_settings({"SIDEBYSIDE_MODE": "replay", "SIDEBYSIDE_WEIGHTS": "/some/where/Big-7B.gguf"}))
    assert text == repr(read_settings({"SIDEBYSIDE_MODE": "replay", "SIDEBYSIDE_WEIGHTS": "/some/where/Big-7B.gguf"}))
    assert text.splitlines()[0] == f"mode    replay ({MODES['replay']})"
    assert "model   embedded (Big-7B)" in text
    assert "budget  1.00 US dollars a day" in text
    assert "/" not in text


def test_without_a_choice_the_page_names_the_model() -> None:
    assert "model   embedded (the one that the page names, else SmolLM2-135M-Instruct)" in str(read_settings({}))
    assert "model   embedded (Qwen2.5-Coder-1.5B-Instruct)" in str(read_settings({"SIDEBYSIDE_MODEL": "main"}))


def test_endpoint_model_is_named() -> None:
    assert "model   org/model" in str(read_settings({"SIDEBYSIDE_MODEL": "org/model"}))


def test_relative_paths_count_from_the_course_s_folder(course: Path) -> None:
    values = {"CASE": "cases/bank", "WEIGHTS": "mine.gguf", "RECORDINGS": "mine"}
    settings = read_settings({f"SIDEBYSIDE_{name}": value for name, value in values.items()})
    assert (settings.case, settings.weights, settings.recordings) == (course / "cases" / "bank", course / "mine.gguf", course / "mine")


def test_home_is_found_from_deep_inside(course: Path) -> None:
    assert find_home() == course


def test_home_outside_of_a_course_is_the_package_s_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_home() == HOME


def test_no_home_at_all_says_where_to_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sidebyside.settings.__file__", str(tmp_path / "settings.py"))
    with pytest.raises(SettingsError, match="Start Jupyter inside the course's folder"):
        find_home()
