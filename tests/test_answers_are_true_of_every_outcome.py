"""The sentences of a comparison, for outcomes of every sort: close, the same, without money, alone, played once."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from callsim.answers import answers
from callsim.comparetables import compare_blocks
from callsim.comparewords import percent
from callsim.comparison import Comparison, compare, decide_on
from callsim.decisions import decide
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
        "phone_lines": estimate([float("nan")] * len(nothing)),
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
        "B (`less`) is the cheapest, at 80 ±11 EUR a month in total, 20 ±1 EUR a month less than A (`today`). What makes "
        "B cheaper than A: payroll 20 less. "
    )
    assert "over 99.9 %" in text
    assert text.endswith("Each of the 2 others is worse by more than chance explains.")


def test_the_cheapest_is_what_is_there() -> None:
    """Nothing is to be changed, and the next best is told."""
    text = says(outcome(TODAY, MORE), "cheapest")
    assert text.startswith(
        "Stay as you are: A (`today`) is the cheapest, at 100 ±10 EUR a month in total; the next, B (`more`), comes to "
    )
    assert "20 ±1 EUR a month more." in text
    assert text.endswith("The difference is larger than chance explains.")


def test_what_cannot_be_told_apart_is_said_not_to_be() -> None:
    """99.4 against 100: no reason to change, and how many replications would tell."""
    text = says(outcome(TODAY, CLOSE), "cheapest")
    assert text.startswith("B (`close`) comes out as the cheapest")
    assert "A cannot be told apart from B: chance alone may make such a difference." in text
    assert "So it is not sure that anything is gained by leaving A." in text
    assert "`--replications" in text
    other = says(outcome(CLOSE, TODAY), "cheapest")
    assert other.startswith("A (`close`) comes out as the cheapest")
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
    assert "C (`today`) comes to exactly the same as B." in text
    kept = says(outcome(TODAY, twin, MORE), "cheapest")
    assert kept.startswith("Stay as you are: A (`today`) is the cheapest")
    assert "B (`twin`) comes to exactly the same as A." in kept
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
    assert (
        "B (`less`) is the one that loses the fewest callers, at 5 ±2 a month, 15.0 ±0.0 callers a month fewer" in text
    )
    assert "no source has a `worth:`" in says(found, "today")


def test_once_is_not_enough_to_be_sure() -> None:
    """No chance and no interval from one replication, no chance from two."""
    once = [one._replace(totals=one.totals[:1]) for one in (TODAY, LESS)]
    text = says(outcome(*once), "cheapest")
    assert text.startswith(
        "B (`less`) comes out as the cheapest, at 80 EUR a month in total, 20.0 EUR a month less than A (`today`). "
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
        "The answer depends most on what agents earn: if agents earned 25 % more (25 EUR an hour instead of 20; 95 % sure: "
        "20 to 31 % more), A (`today`) would cost as much as B (`less`), all else being as in the file, and with still "
        "more A would be cheaper. A would also cost as much as B if a lost caller cost 60 % less. B stays the cheapest "
        "even if the callers were anything from a quarter to four times as many. No other number was changed."
    )


def test_people_are_many_or_few() -> None:
    """Of volumes that differ by variant only the change can be told."""
    fewer = Flip("volume", 0.5, 2.0, (150.0, 180.0), (Crossing("today", 0.9, 0.88, 0.92),))
    text = says(outcome(TODAY, LESS, flips=(fewer,)), "flips")
    assert "how many people call: if 10 % fewer people called (95 % sure: 8 to 12 % fewer), A (`today`)" in text
    many = fewer._replace(most=4.0, crossings=(Crossing("today", 3.0, 2.5, 3.6),))
    assert "if 3.00 times as many people called" in says(outcome(TODAY, LESS, flips=(many,)), "flips")


def test_guesses_behind_a_flip_are_named() -> None:
    """What callers are worth hangs on how many may buy; wages on nothing that is weak here."""
    weak = (Weak(("sources", "ads", "kinds"), ""), Weak(("sources", "ads", "redial"), ""))
    text = says(outcome(TODAY, LESS, flips=(WORTH,), weak=weak), "flips")
    assert "if a lost caller cost 60 % less (95 % sure: at most 0.45 times as much)" in text
    listed = says(outcome(TODAY, LESS, flips=(WORTH,), weak=weak), "weak")
    assert "how many of the callers may buy (behind what a lost caller costs); how many try again." in listed
    assert "how many of the callers may buy; how many try again." in says(outcome(TODAY, LESS, weak=weak), "weak")


def test_where_nothing_flips_the_range_is_told() -> None:
    """It holds over all of it."""
    text = says(
        outcome(TODAY, LESS, flips=(VOLUME, WAGES._replace(crossings=(Crossing("today", None, None, None),)))), "flips"
    )
    assert text == (
        "No single number that was tried flips the answer: B (`less`) stays the cheapest even if the callers were anything from a quarter "
        "to four times as many, or if what agents earn were anything from a tenth to ten times as much."
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
    assert "But part of that are the callers: they are not those of A, as said below." in says(mixed, "cheapest")
    stays = outcome(LESS, TODAY)._replace(differing=mixed.differing)
    assert "But not all of them have the same callers, as said below." in says(stays, "cheapest")
    assert says(mixed, "callers").endswith("2 min in `less`: these are not the same callers.")


def test_the_baseline_is_not_forgotten_where_another_rival_is_nearer() -> None:
    """What it would take to leave things as they are."""
    both = (Crossing("today", 2.0, 1.9, 2.1), Crossing("more", 1.05, 1.0, 1.1))
    text = says(outcome(TODAY, LESS, MORE, flips=(WAGES._replace(crossings=both),)), "flips")
    assert "C (`more`) would cost as much as B (`less`)" in text
    assert "A (`today`) would cost as much as B if agents earned 100 % more (40 EUR an hour instead of 20)." in text
    never = (Crossing("today", None, None, None), both[1])
    text = says(outcome(TODAY, LESS, MORE, flips=(WAGES._replace(crossings=never),)), "flips")
    assert text.endswith(
        "A (`today`) stays dearer even if what agents earn were anything from a tenth to ten times as much. No other number was changed."
    )


def near(*outcomes: Outcome, at: float, low: float, high: float) -> str:
    """The verdict where the first costs as much as the other at so many times the wages."""
    crossings = (Crossing(outcomes[0].name, at, low, high),)
    return says(outcome(*outcomes, flips=(WAGES._replace(crossings=crossings),)), "cheapest")


def test_what_a_small_change_would_turn_is_one_verdict() -> None:
    """Apart by chance and yet near: other reasons are to decide, and nothing is said of differences beyond chance."""
    text = near(MORE, LESS, at=0.96, low=0.93, high=0.99)
    assert "The chance that B is the cheapest is over 99.9 %, if the numbers in the file are right" in text
    assert text.endswith(
        "But A is practically equal to B: a change of 4 % in what agents earn would turn the order, and more simulation "
        "would not change that. Let other reasons decide between B and A."
    )
    stays = (Crossing("more", 0.96, 0.93, 0.99),)
    kept = says(outcome(LESS, MORE, flips=(WAGES._replace(crossings=stays),)), "cheapest")
    assert kept.startswith("A (`less`) is the cheapest")
    assert kept.endswith("Let other reasons decide between A and B.")
    wider = near(MORE, LESS, at=0.96, low=0.8, high=0.99)
    assert "practically equal" in wider
    assert "more simulation" not in wider


def test_what_may_be_near_by_chance_alone_is_not_called_near() -> None:
    """Neither told apart nor sure to be near: more replications are advised, no other verdict."""
    text = near(TODAY, CLOSE, at=1.01, low=0.9, high=1.3)
    assert "A cannot be told apart from B" in text
    assert "practically equal" not in text
    surely = near(TODAY, CLOSE, at=1.01, low=0.95, high=1.05)
    assert "A is practically equal to B" in surely
    assert "told apart" not in surely
    assert "--replications" not in surely


def test_numbers_that_have_to_change_about_as_much_are_named_together() -> None:
    """25 % and 27 % are within a tenth of each other, 30 % is not."""
    fewer = VOLUME._replace(crossings=(Crossing("today", 0.73, 0.7, 0.76),))
    text = says(outcome(TODAY, LESS, flips=(WAGES, fewer)), "flips")
    assert text.startswith(
        "The answer depends most on what agents earn and how many people call, about equally: if agents"
    )
    less = VOLUME._replace(crossings=(Crossing("today", 0.7, 0.6, 0.8),))
    assert says(outcome(TODAY, LESS, flips=(WAGES, less)), "flips").startswith(
        "The answer depends most on what agents earn: "
    )


def test_the_parts_of_the_loss_add_up_to_it() -> None:
    """20.4 and 9.6 of 30 are told as 20 and 10; a single part is the whole."""
    people = {"new_gone": 5.1, "new_called_back": 8.0, "new_cooled": 2.4, "existing_lost": 0.0}
    amounts = {"loss_gone": 20.4, "loss_cooled": 9.6, "loss_existing": 0.0}

    def told(**changed: float) -> str:
        parts = {key: estimate([value] * 5) for key, value in (people | amounts | changed).items()}
        found = outcome(TODAY, LESS)
        first, *others = found.result.variants
        variants = (first._replace(loss_parts=parts), *others)
        return says(found._replace(result=found.result._replace(variants=variants)), "today")

    assert "Of that, 20 EUR are for 5.1 new callers among the lost, at 4 EUR each; 10 EUR are for 8.0 new" in told()
    assert "All of it is for 5.1 new callers among the lost, at 4 EUR each. The other 14.9 who are" in told(
        new_cooled=0.0
    )
    assert "30 EUR are for what was at stake with 2.0 existing customers lost" in told(
        new_gone=4.0, loss_gone=0.0, new_cooled=0.0, existing_lost=2.0, loss_existing=30.0
    )
    assert "Of that" not in told(new_gone=0.0, new_cooled=0.0)


def in_views(*costs: tuple[str, list[float], list[float]]) -> str:
    """By first orders and by lifetime value."""
    counted = [Outcome(name, totals) for name, totals, _ in costs]
    by_view = {
        "first order": decide("total_cost", {name: estimate(totals) for name, totals, _ in costs}),
        "lifetime": decide("total_cost", {name: estimate(totals) for name, _, totals in costs}),
    }
    return says(outcome(*counted)._replace(views=by_view), "views")


def test_another_view_of_the_loss_that_turns_the_answer_is_told() -> None:
    """With what it would be and its chance; and where all agree, that they do."""
    turned = in_views(("today", TODAY.totals, LESS.totals), ("less", LESS.totals, TODAY.totals))
    assert turned == (
        "The answer hangs on what is counted as the loss, here first orders. By lifetime value (all that they would have "
        "bought over the years), A (`today`) would come out as the cheapest, 20 ±1 EUR a month less than B (`less`), with a "
        "chance of over 99.9 %. So decide first what of a lost caller you want to count (`count_loss_as:` in the file)."
    )
    agreed = in_views(("today", TODAY.totals, TODAY.totals), ("less", LESS.totals, CLOSE.totals))
    assert agreed == (
        "It does not matter what is counted as the loss: by lifetime value (all that they would have bought over the "
        "years) B (`less`) comes out as the cheapest as well, with a chance of 63 %."
    )
    assert says(outcome(TODAY, LESS), "views") == ""


def test_a_vendor_called_like_a_variant_gets_no_letter() -> None:
    """Letters are for variants alone."""
    weak = (Weak(("vendors", "less"), ""),)
    assert "how soon and how well `less` answers." in says(outcome(TODAY, LESS, weak=weak), "weak")


def test_a_shop_that_nobody_calls_has_answers_too(tmp_path: Path) -> None:
    """Nothing over nothing is no reason to fail."""
    (tmp_path / "empty.yaml").write_text(EMPTY, encoding="utf-8")
    found = compare([load(tmp_path / "empty.yaml")], 3, engine="simpy")
    text = " ".join(plain(list(compare_blocks(found, 80))).split())
    assert "Nobody calls in A (`today`)." in text
    assert "there is nothing to choose between" in text
