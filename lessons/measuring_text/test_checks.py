"""The checks of "Text metrics: alike is not right": right answers pass in any form, wrong ones get a hint, untouched ones are not done."""

import re
from collections import Counter

import pytest
from sklearn.metrics import roc_auc_score

import sidebyside as sbs


def words(text):
    return re.findall(r"[a-z0-9]+", text.lower())


def counted(answer, target):
    return (Counter(words(answer)) & Counter(words(target))).total() / len(words(target))


def crossed_off(answer, target):
    left, found = words(answer), 0
    for word in words(target):
        if word in left:
            left.remove(word)
            found += 1
    return found / len(words(target))


def is_hinted(number, answer):
    verdict = sbs.check(number, answer)
    return verdict.state == "not yet" and len(verdict.text.split()) > 3 and "stopped the check" not in verdict.text


@pytest.mark.parametrize("answer", [counted, crossed_off])
def test_recall_passes_either_way(answer):
    assert sbs.check("measuring_text.1", answer).state == "right"


@pytest.mark.parametrize(
    "answer",
    [
        lambda a, t: counted(t, a) if words(a) else 0,  # precision
        sbs.scorers.token_f1,
        lambda a, t: 100 * counted(a, t),
        lambda a, t: sum(word in words(t) for word in words(a)) / len(words(t)),
        lambda a, t: len(set(words(a)) & set(words(t))) / len(set(words(t))),
        lambda a, t: (Counter(a.split()) & Counter(t.split())).total() / len(t.split()),
        lambda a, t: "most",
        lambda a, t: True,
    ],
)
def test_wrong_recall_gets_a_hint(answer):
    assert is_hinted("measuring_text.1", answer)


def test_untouched_recall_is_not_done():
    assert sbs.check("measuring_text.1", lambda answer, target: ...).state == "not done"


def strange(answer, target):
    number = r"\d+(?:[.,]\d+)*"
    return set(re.findall(number, answer)) - set(re.findall(number, target))


def with_findings(score):
    """Return a score with its true AUROC and a wrong answer that it rates highest."""
    rows = sbs.load_case().answers
    values = [float(score(a, s)) for a, s in zip(rows["answer"], rows["sentence"], strict=True)]
    wrong = rows.assign(value=values)[rows["right"] == "no"].sort_values("value", kind="stable")
    return score, roc_auc_score(rows["right"] == "yes", values), wrong["answer"].iloc[-1]


@pytest.mark.parametrize("likeness", [sbs.scorers.token_f1, sbs.scorers.rouge_l, sbs.scorers.bleu, sbs.scorers.similarity, counted])
def test_careful_score_passes_with_any_likeness(likeness):
    answer = with_findings(lambda a, t: 0 if strange(a, t) else likeness(a, t))
    assert sbs.check("measuring_text.2", answer).state == "right"


def test_numbers_counted_without_commas_pass():
    answer = with_findings(lambda a, t: 0.0 if strange(a.replace(",", ""), t.replace(",", "")) else sbs.scorers.token_f1(a, t))
    assert sbs.check("measuring_text.2", answer).state == "right"


@pytest.mark.parametrize(
    "score",
    [
        sbs.scorers.token_f1,  # does not look at numbers
        lambda a, t: 1.0 - bool(strange(a, t)),  # no likeness
        lambda a, t: sbs.scorers.token_f1(a, t) if set(re.findall(r"\d+", a)) == set(re.findall(r"\d+", t)) else 0,  # wants every number
        lambda a, t: sbs.scorers.token_f1(a, t) if all(n in t for n in re.findall(r"\d+", a)) else 0,  # 3 stands in 30
        lambda a, t: sbs.scorers.token_f1(a, t) if re.findall(r"\d+", a)[:1] == re.findall(r"\d+", t)[:1] else 0,  # looks at the first alone
        lambda a, t: 0 if strange(a, t) else 100 * sbs.scorers.token_f1(a, t),
        lambda a, t: "high",
        lambda a, t: 0.0,
    ],
)
def test_wrong_careful_score_gets_a_hint(score):
    assert is_hinted("measuring_text.2", (score, 0.5, "You have 30 days."))


def test_a_score_of_the_one_target_alone_is_none():
    made_for_it = with_findings(lambda a, t: 0 if any(n in a for n in ("45", "£40", " 3 ")) else sbs.scorers.token_f1(a, t))
    assert "target “A voucher" in sbs.check("measuring_text.2", made_for_it).text


def test_one_or_nothing_is_no_likeness():
    assert "not just 1 or 0" in sbs.check("measuring_text.2", with_findings(lambda a, t: float(not strange(a, t) and "Bananas" not in a))).text


@pytest.mark.parametrize(
    ("score", "words"),
    [
        (lambda a, t: None, "`return`"),
        (lambda a, t: None if strange(a, t) else 0.5, "nothing back"),
        (None, "function itself"),
    ],
)
def test_a_careful_score_that_gives_nothing_back_is_told_so(score, words):
    assert words in sbs.check("measuring_text.2", (score, 0.5, "You have 30 days.")).text


def test_what_fooled_it_may_be_a_row_or_a_list_of_one():
    score, area, fooled = with_findings(lambda a, t: 0 if strange(a, t) else sbs.scorers.token_f1(a, t))
    rows = sbs.load_case().answers
    there = rows[rows["answer"] == fooled]
    for form in ([fooled], there["answer"].tail(1), there.iloc[0]):
        assert sbs.check("measuring_text.2", (score, area, form)).state == "right"


def test_the_number_that_is_wrong_is_named():
    score, area, fooled = with_findings(lambda a, t: 0 if strange(a, t) else sbs.scorers.token_f1(a, t))
    for wrong in ("high", 100 * area, [area, area]):
        assert "`area`" in sbs.check("measuring_text.2", (score, wrong, fooled)).text


def test_wrong_findings_get_a_hint():
    score, area, fooled = with_findings(lambda a, t: 0 if strange(a, t) else sbs.scorers.token_f1(a, t))
    rows = sbs.load_case().answers
    for given in (
        (score, 1 - area, fooled),
        (score, 100 * area, fooled),
        (score, "high", fooled),
        (score, area, rows["answer"][0]),
        (score, area, None),
    ):
        assert is_hinted("measuring_text.2", given)


def test_untouched_careful_score_is_not_done():
    assert sbs.check("measuring_text.2", (lambda answer, target: ..., ..., ...)).state == "not done"
    assert sbs.check("measuring_text.2", (lambda answer, target: ..., 0.5, "a")).state == "not done"


RIGHT = ("exact match", "BLEU", "ROUGE", "embedding similarity", "a check of the facts")


@pytest.mark.parametrize(
    "choices", [RIGHT, ("Exact match", "bleu", "ROUGE-L", "Embedding similarity", "check of the facts"), (*RIGHT[:4], ["a human checks"])]
)
def test_right_choices_pass(choices):
    assert sbs.check("measuring_text.3", choices).state == "right"


@pytest.mark.parametrize(
    ("place", "choice"),
    [
        (0, "token F1"),
        (1, "ROUGE"),
        (2, "exact match"),
        (3, "BLEU"),
        (4, "embedding similarity"),
        (4, "ROUGE"),
        (0, 1),
        (0, "a score"),
        (0, ""),
        (1, "not BLEU"),
    ],
)
def test_wrong_choices_get_a_hint(place, choice):
    assert is_hinted("measuring_text.3", (*RIGHT[:place], choice, *RIGHT[place + 1 :]))


def test_a_choice_that_names_several_scores_is_none():
    every = "exact match, token F1, BLEU, ROUGE, embedding similarity, a check of the facts"
    assert is_hinted("measuring_text.3", (every,) * 5)
    for place, right in enumerate(RIGHT):
        assert is_hinted("measuring_text.3", (*RIGHT[:place], f"{right} or token F1", *RIGHT[place + 1 :]))


def test_untouched_choices_are_not_done():
    assert sbs.check("measuring_text.3", (..., ..., ..., ..., ...)).state == "not done"
