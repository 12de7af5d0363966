"""Variants of several files: their names, what must agree, and what is said where callers are not the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from callsim.errors import CallsimError
from callsim.joining import join, labels_of
from callsim.scenario import load

SHOP = """\
name: Shop
currency: EUR
ring: UK
calendar: {start: 2026-03-02, days: 2, open: {mon-fri: 09:00-12:00}}
count_loss_as: first order
sources:
  ads:
    callers: 40 per day
    calls_by_hour: {09:00: 1, 12:00: 0}
    goes_to: queue sales
    hangs_up_ringing: 3-4 rings
    talk: exponential 4 min
    worth: buyer
queues: {sales: {target: 80% in 20 s}}
teams:
  desk: {serves: [sales], agents: 1, pay: {wage: 20 EUR per hour}}
worth:
  buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, years: 3, discount: 10%}
variants:
  today: {}
  two people: {teams: {desk: {agents: 2}}}
"""


def write(folder: Path, name: str = "shop.yaml", **changes: str) -> Path:
    text = SHOP
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_one_file_keeps_the_names_of_its_variants(tmp_path: Path) -> None:
    """All of them, the first as the baseline."""
    joined = join([load(write(tmp_path))])
    assert list(joined.scenarios) == ["today", "two people"]
    assert joined.title == "Shop"
    assert joined.differing == ()


def test_several_files_put_their_names_before(tmp_path: Path) -> None:
    """By the stem, in the order given."""
    joined = join([load(write(tmp_path)), load(write(tmp_path, "other.yaml", today="now"))])
    assert list(joined.scenarios) == ["shop: today", "shop: two people", "other: now", "other: two people"]
    assert len(joined.studies) == 2


def test_files_of_one_stem_are_told_apart_by_their_folder(tmp_path: Path) -> None:
    """And by as many folders as it takes; of one folder by what follows the stem."""
    labels = labels_of([tmp_path / "a/x/shop.yaml", tmp_path / "b/x/shop.yaml", tmp_path / "c/desk.yaml"])
    assert labels == ["a/x/shop", "b/x/shop", "desk"]
    assert labels_of([tmp_path / "shop.yaml", tmp_path / "shop.yml"]) == ["shop.yaml", "shop.yml"]


def test_variants_are_named_with_their_file_or_without(tmp_path: Path) -> None:
    """A bare name means that variant of every file; the file may be its path, its name or its stem."""
    one, two = write(tmp_path), write(tmp_path, "other.yaml", today="now")
    studies = [load(one), load(two)]
    assert list(join(studies, variants=["two people"]).scenarios) == ["shop: two people", "other: two people"]
    for text in ("other: now", "other:now", "other.yaml: now", f"{two}:now", "now"):
        assert list(join(studies, variants=[text, "shop: today"]).scenarios) == ["other: now", "shop: today"]


def test_a_name_with_a_colon_is_found(tmp_path: Path) -> None:
    """`night: closed` is a name, not a file."""
    path = write(tmp_path, today='"night: closed"')
    assert list(join([load(path)], variants=["night: closed"]).scenarios) == ["night: closed"]


def test_the_baseline_comes_first(tmp_path: Path) -> None:
    """Also where it was not among the variants asked for."""
    study = load(write(tmp_path))
    assert list(join([study], against="two people").scenarios) == ["two people", "today"]
    assert list(join([study], variants=["today"], against="two people").scenarios) == ["two people", "today"]


def test_unknown_and_doubtful_names_are_refused(tmp_path: Path) -> None:
    """With what there is, and a hint."""
    studies = [load(write(tmp_path)), load(write(tmp_path, "other.yaml"))]
    with pytest.raises(
        CallsimError, match=r"expected a variant \(`shop: today`, .*\), found `shop: todya`, did you mean"
    ):
        join(studies, variants=["shop: todya"])
    with pytest.raises(CallsimError, match="--against: expected one variant, found `today` in several files"):
        join(studies, against="today")
    with pytest.raises(CallsimError, match="the file is given twice"):
        join([studies[0], studies[0]])
    with pytest.raises(CallsimError, match="expected at least one scenario FILE, found none"):
        join([])


def test_files_that_cannot_be_compared_are_all_named_at_once(tmp_path: Path) -> None:
    """Currency, view of the loss and counted days: each file that differs, with both values."""
    first = write(tmp_path)
    roubles = write(tmp_path, "roubles.yaml", EUR="RUB")
    others = write(tmp_path, "others.yaml", **{"days: 2": "days: 3", "first order\n": "lifetime\n"})
    with pytest.raises(CallsimError) as caught:
        join([load(path) for path in (first, roubles, others)])
    assert str(caught.value).splitlines() == [
        f"{roubles}: currency: expected `EUR` as in {first}, found `RUB`",
        f"{others}: count_loss_as: expected `first order` as in {first}, found `lifetime`",
        f"{others}: calendar.days: expected `2` as in {first}, found `3`",
    ]


def differing(folder: Path, **changes: str) -> tuple[str, ...]:
    return join([load(write(folder, "a.yaml")), load(write(folder, "b.yaml", **changes))]).differing


def test_callers_who_are_not_the_same_are_told(tmp_path: Path) -> None:
    """Another volume: both values, and who has them."""
    found = differing(tmp_path, **{"40 per day": "100 per day"})
    assert found == (
        "`ads` differs: callers 40 per day in `a: today`, 100 per day in `b: today` and `b: two people`: "
        "these are not the same callers",
    )


def test_what_feeds_callers_counts_as_well(tmp_path: Path) -> None:
    """Patience, talk, kinds and day factors, several at once; where the values take too many words, without them."""
    (found,) = differing(tmp_path, **{"3-4 rings": "never", "exponential 4 min": "5 min"})
    assert "hangs_up_ringing" in found
    assert "never in `b: today`" in found
    assert "talk exponential 4 min in `a: today`, 5 min in" in found
    (found,) = differing(tmp_path, **{"    worth": "    kinds: {new: 60%, junk: 40%}\n    worth"})
    assert "kinds new 1 in `a: today`, new 0.6, junk 0.4 in" in found
    (found,) = differing(tmp_path, **{"{09:00: 1, 12:00: 0}": "{09:00: 1, 11:00: 0}"})
    assert found == "`ads` differs: calls_by_hour otherwise: these are not the same callers"
    (found,) = differing(tmp_path, **{"sources:": "day_to_day_variation: 20%\nsources:"})
    assert found == (
        "the days vary differently: 0 in `a: today`, 0.2 in `b: today` and `b: two people`: "
        "these are not the same callers"
    )


def test_a_source_of_one_file_only_is_told(tmp_path: Path) -> None:
    """Whoever calls in one file and not in the other."""
    (found, other) = differing(tmp_path, **{"  ads:": "  leaflets:"})
    assert found == (
        "`ads` calls in `a: today` only, not in `b: today` and `b: two people`: these are not the same callers"
    )
    assert other.startswith("`leaflets` calls in `b: today` and `b: two people` only, not in `a: today`")


def test_where_callers_go_is_a_decision_and_no_difference(tmp_path: Path) -> None:
    """Other staff and another way for them leave the callers the same people."""
    (tmp_path / "b").mkdir()
    assert differing(tmp_path, **{"agents: 1": "agents: 3", "20 EUR per hour": "25 EUR per hour"}) == ()
    text = "menus: {main: {answers_after: 0 s, prompt: 9 s, keys: [{share: 100%, to: queue sales}]}}\nqueues"
    more = {"goes_to: queue sales": "goes_to: menu main\n    hangs_up_waiting: never", "queues": text}
    assert differing(tmp_path, **more) == ()


def test_callers_who_are_worth_less_are_told(tmp_path: Path) -> None:
    """The same people, but another price of losing them."""
    (found,) = differing(tmp_path, **{"converts: 20%": "converts: 10%"})
    assert found == (
        "callers of `ads` are not worth the same: converts 0.2 in `a: today`, 0.1 in `b: today` and `b: two people`"
    )


def test_logged_calls_are_solved_for_each_file(tmp_path: Path) -> None:
    """Each file has its own callers behind its own log, told under the joined names."""
    logged = {"callers: 40 per day": "logged_calls: 40 per day", "    worth": "    redial: {chance: 50%, after: 5 min, at_most: 2}\n    worth"}  # fmt: skip
    joined = join([load(write(tmp_path, "a.yaml", **logged)), load(write(tmp_path, "b.yaml", **logged))])
    assert [one.variant for one in joined.solved] == ["a: today", "b: today"]
    assert all(scenario.sources["ads"].callers is not None for scenario in joined.scenarios.values())
    assert joined.differing == ()
