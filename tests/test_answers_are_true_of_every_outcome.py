"""The sentences of a comparison, for outcomes of every sort: close, the same, without money, alone, played once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from callsim.answers import answers, percent
from callsim.comparetables import compare_blocks
from callsim.comparison import Comparison, compare, decide_on
from callsim.estimate import Estimate
from callsim.flips import Crossing, Flip
from callsim.replicate import Result, VariantResult
from callsim.scenario import load
from callsim.scenario.weak import Weak
from callsim.tables import plain

FLAT = [2.0, -2.0, 1.0, -1.0, 0.0]
MEASURES = {"attempts": 200.0, "missed_rate": 0.2, "callers": 150.0, "lost_callers": 20.0, "attempts_per_caller": 1.3,
            "called_back_callers": 0.0}  # fmt: skip


class Outcome(NamedTuple):
    """A variant: its total in five replications, and how many callers it loses."""

    name: str
    totals: list[float]
    lost: float = 20.0


def estimate(values: list[float]) -> Estimate:
    numbers = np.array(values, dtype=float)
    return Estimate(float(numbers.mean()), numbers - numbers.mean())


def variant(outcome: Outcome, *, money: bool) -> VariantResult:
    nothing = [0.0] * len(outcome.totals)
    missing = [float("nan")] * len(outcome.totals)
    totals = outcome.totals if money else missing
    measures = {key: estimate([value] * len(nothing)) for key, value in MEASURES.items()}
    measures["lost_callers"] = estimate([outcome.lost + x for x in (FLAT if len(nothing) == 5 else nothing)])
    amounts = {
        "payroll": estimate([x - 30.0 for x in totals]),
        "invoices": estimate(nothing),
        "loss_first_order": estimate([30.0] * len(nothing) if money else missing),
        "loss_lifetime": estimate([300.0] * len(nothing) if money else missing),
        "total_cost": estimate(totals),
    }
    return VariantResult(outcome.name, measures, amounts, {}, [], {}, {}, {}, {}, ())


def outcome(
    *outcomes: Outcome, money: bool = True, flips: tuple[Flip, ...] = (), weak: tuple[Weak, ...] = ()
) -> Comparison:
    number = len(outcomes[0].totals)
    result = Result(
        "Shop", "EUR" if money else None, "first order" if money else None, 28.0, number, 1, "simpy", True, (),
        tuple(variant(one, money=money) for one in outcomes),
    )  # fmt: skip
    return Comparison(result, (), decide_on(result), flips, weak, ())


def says(comparison: Comparison, about: str) -> str:
    return next((answer.says for answer in answers(comparison) if answer.about == about), "")


TODAY = Outcome("today", [100.0, 110.0, 90.0, 105.0, 95.0])
LESS = Outcome("less", [80.0, 91.0, 69.0, 86.0, 74.0])
MORE = Outcome("more", [120.0, 131.0, 109.0, 126.0, 114.0])
CLOSE = Outcome("close", [99.0, 115.0, 84.0, 104.0, 95.0])


def test_another_variant_is_the_cheapest() -> None:
    """80 against 100, with differences of 20, 19, 21, 19, 21: sure."""
    text = says(outcome(TODAY, LESS, MORE), "cheapest")
    assert text.startswith(
        "`less` is the cheapest, at 80 ±11 EUR a month in total, 20 ±1 EUR a month less than `today`."
    )
    assert "over 99.9 %" in text
    assert text.endswith("Each of the 2 others is worse by more than chance explains.")


def test_the_cheapest_is_what_is_there() -> None:
    """Nothing is to be changed, and the next best is told."""
    text = says(outcome(TODAY, MORE), "cheapest")
    assert text.startswith(
        "Stay as you are: `today` is the cheapest, at 100 ±10 EUR a month in total; the next, `more`, comes to "
    )
    assert "20 ±1 EUR a month more." in text
    assert text.endswith("The difference is larger than chance explains.")


def test_what_cannot_be_told_apart_is_said_not_to_be() -> None:
    """99.4 against 100: no reason to change, and how many replications would tell."""
    text = says(outcome(TODAY, CLOSE), "cheapest")
    assert text.startswith("`close` comes out as the cheapest")
    assert "`today` cannot be told apart from it: chance alone may make such a difference." in text
    assert "So it is not sure that anything is gained by leaving `today`." in text
    assert "`--replications" in text
    other = says(outcome(CLOSE, TODAY), "cheapest")
    assert other.startswith("`close` comes out as the cheapest")
    assert "Stay as you are" not in other
    assert "leaving" not in other


def test_what_hardly_differs_is_called_equally_good() -> None:
    """A difference of a thousandth of its noise is not worth more replications."""
    noisy = Outcome("noisy", [101.0, 108.9, 91.0, 104.0, 95.099])
    assert "take them for equally good" in says(outcome(TODAY, noisy), "cheapest")


def test_the_same_is_said_to_be_the_same() -> None:
    """All alike, and two alike beside a dearer one: the baseline is kept."""
    twin = TODAY._replace(name="twin")
    assert "there is nothing to choose between" in says(outcome(TODAY, twin), "cheapest")
    text = says(outcome(MORE, twin, TODAY), "cheapest")
    assert "`today` comes to exactly the same as `twin`." in text
    kept = says(outcome(TODAY, twin, MORE), "cheapest")
    assert kept.startswith("Stay as you are: `today` is the cheapest")
    assert "`twin` comes to exactly the same as `today`." in kept
    assert "The chance that one of them is the cheapest is over 99.9 %" in kept


def test_one_variant_is_compared_with_nothing() -> None:
    """It is still told what is missed, and what that costs."""
    found = outcome(TODAY)
    assert "nothing to compare it with" in says(found, "cheapest")
    assert "calls a month are missed" in says(found, "today")
    assert "EUR a month, counted as first order: the margin of the first orders" in says(found, "today")
    assert says(found, "flips") == ""


def test_without_money_lost_callers_are_ranked() -> None:
    """And it is said what to write into the file."""
    found = outcome(TODAY, LESS._replace(lost=5.0), money=False)
    assert found.decision.key == "lost_callers"
    text = says(found, "cheapest")
    assert "(`worth:`)" in text
    assert "count_loss_as: first order" in text
    assert "pay: {wage: ...}" in text
    assert "`less` is the one that loses the fewest callers, at 5 ±2 a month, 15.0 ±0.0 callers a month fewer" in text
    assert "no source has a `worth:`" in says(found, "today")


def test_once_is_not_enough_to_be_sure() -> None:
    """No chance and no interval from one replication, no chance from two."""
    once = [one._replace(totals=one.totals[:1]) for one in (TODAY, LESS)]
    text = says(outcome(*once), "cheapest")
    assert text.startswith(
        "`less` comes out as the cheapest, at 80 EUR a month in total, 20.0 EUR a month less than `today`."
    )
    assert "cannot be said from 1 replication: it takes 3 at least" in text
    assert "%" not in text
    twice = [one._replace(totals=one.totals[:2]) for one in (TODAY, LESS)]
    assert "cannot be said from 2 replications" in says(outcome(*twice), "cheapest")


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.97, "97 %"), (0.9934, "99.3 %"), (0.99999, "over 99.9 %"), (1.0, "over 99.9 %"), (0.0004, "under 0.1 %"),
     (0.004, "0.4 %"), (0.5, "50 %")],
)  # fmt: skip
def test_nothing_is_certain(chance: float, text: str) -> None:
    """Near certainty gets a decimal, and certainty is never claimed."""
    assert percent(chance) == text


WAGES = Flip("wages", 0.1, 10.0, (20.0, 20.0), (Crossing("today", 1.25, 1.2, 1.31),))
WORTH = Flip("worth", 0.1, 10.0, (4.0, 9.0), (Crossing("today", 0.4, 0.0, 0.45),))
VOLUME = Flip("volume", 0.25, 4.0, (150.0, 150.0), (Crossing("today", None, None, None),))


def test_what_the_answer_depends_on_is_told_with_its_value() -> None:
    """The nearest first with its interval, the others after it, and where it holds throughout."""
    text = says(outcome(TODAY, LESS, flips=(WAGES, WORTH, VOLUME)), "flips")
    assert text == (
        "The answer depends most on what agents earn: if agents earned 25 EUR an hour instead of 20 (25 % more; 95 % sure: 24 to 26)"
        ", `today` would cost as much as `less`, and with more it would be cheaper. The same would happen, all else being "
        "as it is, if a lost caller cost 0.40 times as much. It holds for 0.25 to 4 times how many people call."
    )


def test_people_are_many_or_few() -> None:
    """Of volumes that differ by variant only the change can be told."""
    fewer = Flip("volume", 0.5, 2.0, (150.0, 180.0), (Crossing("today", 0.9, 0.88, 0.92),))
    text = says(outcome(TODAY, LESS, flips=(fewer,)), "flips")
    assert "how many people call: if 10 % fewer people called (95 % sure: 0.880 to 0.920 times), `today`" in text
    many = fewer._replace(most=4.0, crossings=(Crossing("today", 3.0, 2.5, 3.6),))
    assert "if 3.00 times as many people called" in says(outcome(TODAY, LESS, flips=(many,)), "flips")


def test_guesses_behind_a_flip_are_named() -> None:
    """What callers are worth hangs on how many may buy; wages on nothing that is weak here."""
    weak = (Weak(("sources", "ads", "kinds"), ""), Weak(("sources", "ads", "redial"), ""))
    text = says(outcome(TODAY, LESS, flips=(WORTH,), weak=weak), "flips")
    assert "Mind that what a lost caller costs rests on guesses: how many of the callers may buy." in text
    assert "if a lost caller cost 0.40 times as much (all that is sure: 0.45 or less)" in text
    listed = says(outcome(TODAY, LESS, weak=weak), "weak")
    assert "how many of the callers may buy and how many try again" in listed


def test_where_nothing_flips_the_range_is_told() -> None:
    """It holds over all of it."""
    text = says(
        outcome(TODAY, LESS, flips=(VOLUME, WAGES._replace(crossings=(Crossing("today", None, None, None),)))), "flips"
    )
    assert text == (
        "No single number flips the answer: it holds for 0.25 to 4 times how many people call, and for 0.1 to 10 times "
        "what agents earn."
    )


EMPTY = """\
name: Nobody calls
calendar: {start: 2026-03-02, days: 1, open: always}
sources:
  ads: {callers: 0 per hour, goes_to: queue sales, hangs_up_ringing: 9 s, talk: 1 min}
queues: {sales: {}}
teams: {desk: {serves: [sales], agents: 1}}
variants: {today: {}, two: {teams: {desk: {agents: 2}}}}
"""


def test_a_gain_that_is_the_callers_is_not_praised() -> None:
    """Where the best has other callers than the baseline, that is said with it."""
    plainly = outcome(TODAY, LESS)
    mixed = plainly._replace(
        differing=("`ads` differs: talk 3 min in `today`, 2 min in `less`: these are not the same callers",)
    )
    assert "part of that are the callers" not in says(plainly, "cheapest")
    assert "But part of that are the callers: they are not those of `today`, as said below." in says(mixed, "cheapest")
    stays = outcome(LESS, TODAY)._replace(differing=mixed.differing)
    assert "But not all of them have the same callers, as said below." in says(stays, "cheapest")
    assert says(mixed, "callers").endswith("2 min in `less`: these are not the same callers.")


def test_the_baseline_is_not_forgotten_where_another_rival_is_nearer() -> None:
    """What it would take to leave things as they are."""
    both = (Crossing("today", 2.0, 1.9, 2.1), Crossing("more", 1.05, 1.0, 1.1))
    text = says(outcome(TODAY, LESS, MORE, flips=(WAGES._replace(crossings=both),)), "flips")
    assert "`more` would cost as much as `less`" in text
    assert "That is near: between these two let other reasons decide as well." in text
    assert "`today` would cost as little if agents earned 40 EUR an hour instead of 20." in text
    never = (Crossing("today", None, None, None), both[1])
    text = says(outcome(TODAY, LESS, MORE, flips=(WAGES._replace(crossings=never),)), "flips")
    assert "`today` is dearer for 0.1 to 10 times what agents earn." in text


def test_a_shop_that_nobody_calls_has_answers_too(tmp_path: Path) -> None:
    """Nothing over nothing is no reason to fail."""
    (tmp_path / "empty.yaml").write_text(EMPTY, encoding="utf-8")
    found = compare([load(tmp_path / "empty.yaml")], 3, engine="simpy")
    text = " ".join(plain(list(compare_blocks(found, 80))).split())
    assert "Nobody calls in `today`." in text
    assert "there is nothing to choose between" in text
