"""Rankings, chances and what can be told apart, by hand, by exact distributions and by repetition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reliability import off, reliability

from callsim.decisions import FEWEST, chances_of_least, decide, enough
from callsim.estimate import Estimate, interval, mean

STUDENT_3 = 3.182446305284263  # the 97.5 % point of Student's t with 3 degrees of freedom


def costs(**values: list[float]) -> dict[str, Estimate]:
    return {name: mean(own) for name, own in values.items()}


def test_the_cheapest_comes_first_and_others_with_their_distance() -> None:
    """Means 11, 10, 14: distances 1 and 4; paired differences of 1, 1, 1, 1 leave no doubt at all."""
    decision = decide("total_cost", costs(a=[10, 12, 9, 13], b=[9, 11, 8, 12], c=[13, 15, 13, 15]))
    assert [one.name for one in decision.ranked] == ["b", "a", "c"]
    assert [one.above.value for one in decision.ranked] == pytest.approx([0, 1, 4])
    assert interval(decision.of("a").above) == pytest.approx((1, 1, 1))
    assert decision.of("a").is_told_apart


def test_pairs_are_told_apart_together() -> None:
    """Differences 1, 2, 3, 4: 2.5 +- 3.18 x 0.645 is above 0 alone; with three pairs 4.86 x 0.645 is not."""
    two = decide("total_cost", costs(a=[5, 9, 7, 6], b=[6, 11, 10, 10]))
    half = STUDENT_3 * math.sqrt(5 / 3) / 2
    assert two.of("b").jointly == pytest.approx((2.5, 2.5 - half, 2.5 + half))
    assert two.of("b").is_told_apart
    assert two.undecided == ()
    three = decide("total_cost", costs(a=[5, 9, 7, 6], b=[6, 11, 10, 10], c=[100, 105, 101, 103]))
    wide = 4.856655  # the 1 - 0.05 / 6 point with 3 degrees of freedom
    assert three.of("b").jointly.low == pytest.approx(2.5 - wide * math.sqrt(5 / 3) / 2, abs=1e-4)
    assert not three.of("b").is_told_apart
    assert [one.name for one in three.rivals] == ["b"]
    assert three.undecided == (("a", "b"),)


def test_the_chance_of_two_is_that_of_student() -> None:
    """d = 1, 2, 0 has the mean 1 and the error 1 / sqrt(3): t = sqrt(3), and with 2 degrees of freedom
    F(t) = 1/2 + t / (2 sqrt(2 + t^2)) = 1/2 + sqrt(3/5) / 2."""
    chances = chances_of_least(costs(a=[4, 7, 5], b=[5, 9, 5]))
    assert chances is not None
    assert chances["a"] == pytest.approx(0.5 + math.sqrt(3 / 5) / 2)
    assert chances["b"] == pytest.approx(0.5 - math.sqrt(3 / 5) / 2)


def test_drawn_chances_agree_with_the_exact_ones() -> None:
    """A third variant that is hopeless changes nothing: draws must say what Student's t says, within 0.3 %."""
    random = np.random.default_rng(3)
    for _ in range(5):
        a, b = random.normal(0, 1, (2, 12))
        both = {"a": mean(a), "b": mean(b)}
        exact = chances_of_least(both)
        drawn = chances_of_least({**both, "c": mean(a + 1000.0)})
        assert exact is not None
        assert drawn is not None
        assert drawn["c"] == 0.0
        assert drawn["a"] == pytest.approx(exact["a"], abs=0.003)


def test_three_alike_have_a_third_each() -> None:
    """Three variants of one mean, spread and correlation: rows of a Latin square over six replications."""
    square = {"a": [1, 2, 3, 1, 3, 2], "b": [2, 3, 1, 3, 2, 1], "c": [3, 1, 2, 2, 1, 3]}
    chances = chances_of_least(costs(**square))
    assert chances is not None
    assert list(chances.values()) == pytest.approx([1 / 3] * 3, abs=0.003)


def test_variants_that_are_the_same_share_their_chance() -> None:
    """The same on every tape but for the rounding of sums: said to be the same, and their chance is halved."""
    decision = decide("total_cost", costs(a=[0.1 + 0.2, 2, 3], b=[0.3, 2, 3], c=[5, 5, 9]))
    a, b = decision.of("a"), decision.of("b")
    assert a.chance == b.chance
    assert a.chance is not None
    assert 0.45 < a.chance <= 0.5
    assert decision.same == (("a", "b"),)
    assert decision.undecided == (("a", "c"), ("b", "c")) or decision.rivals == []
    assert [one.is_same for one in decision.ranked] == [True, True, False]


def test_a_difference_that_never_changes_leaves_no_doubt() -> None:
    """A flat sum more on every tape is a certainty, with two variants and with three."""
    a = [5.0, 9.0, 7.0, 6.0]
    for others in ({}, {"c": mean([x + 2 for x in a])}):
        chances = chances_of_least({"a": mean(a), "b": mean([x + 1 for x in a]), **others})
        assert chances is not None
        assert chances["a"] == 1.0


def test_too_few_replications_have_no_chances() -> None:
    """Two replications do not tell a spread from a difference; one has no interval either."""
    assert FEWEST == 3
    assert chances_of_least(costs(a=[1, 2], b=[3, 5])) is None
    one = decide("total_cost", costs(a=[1], b=[3]))
    assert [each.chance for each in one.ranked] == [None, None]
    assert one.ranked[1].jointly.low is None
    assert not one.ranked[1].is_told_apart
    assert one.undecided == (("a", "b"),)


def test_how_many_replications_would_tell() -> None:
    """4 replications of 2.5 +- 2.05: 4 x (2.05 / 2.5)^2 = 2.7, so 3; nobody knows where nothing differs."""
    half = STUDENT_3 * math.sqrt(5 / 3) / 2
    assert enough(mean([1, 2, 3, 4])) == math.ceil(4 * (half / 2.5) ** 2) == 3
    assert enough(mean([-1, 1])) is None
    assert enough(mean([1])) is None


numbers = st.lists(st.integers(-50, 50).map(float), min_size=4, max_size=4)


@settings(max_examples=25, deadline=None)
@given(st.lists(numbers, min_size=2, max_size=5), st.integers(-1000, 1000), st.integers(1, 40))
def test_rankings_do_not_depend_on_where_money_is_counted_from(rows: list[list[float]], shift: int, unit: int) -> None:
    """Chances add up to one, the first has no less than any other known order, and units change nothing."""
    plain = {f"v{number}": mean(row) for number, row in enumerate(rows)}
    moved = {name: mean([(x + shift) * unit for x in row]) for name, row in zip(plain, rows, strict=True)}
    first, second = decide("total_cost", plain), decide("total_cost", moved)
    assert [one.cost.value for one in first.ranked] == sorted(one.cost.value for one in first.ranked)
    assert sum(one.chance or 0 for one in first.ranked) == pytest.approx(1)
    assert first.of(first.ranked[0].name).is_same
    for one in first.ranked:
        assert second.of(one.name).chance == pytest.approx(one.chance, abs=1e-6)
        assert second.of(one.name).is_told_apart == one.is_told_apart or _on_the_edge(one.jointly)
        assert (one.jointly.low or 0) <= one.above.value + 1e-9


def _on_the_edge(found: object) -> bool:
    low = found[1]  # type: ignore[index]
    return abs(low) < 1e-9


@pytest.mark.parametrize("order", ["abc", "cab", "bca", "cba"])
def test_the_order_of_the_variants_does_not_matter(order: str) -> None:
    """The same ranking however they are given, and the same chances within the draws."""
    every = costs(a=[4, 7, 5, 6], b=[5, 9, 5, 5], c=[8, 4, 7, 9])
    decision = decide("total_cost", {name: every[name] for name in order})
    usual = decide("total_cost", every)
    assert [one.name for one in decision.ranked] == [one.name for one in usual.ranked]
    for one in usual.ranked:
        assert decision.of(one.name).chance == pytest.approx(one.chance, abs=0.004)


# Is a chance of 70 % right seven times in ten?


def experiments(draw: str, number: int) -> tuple[list[float], list[bool]]:
    """Two variants whose true difference is spread evenly over several standard errors, 20 replications each."""
    random = np.random.default_rng(5)
    chances, right = [], []
    for _ in range(number):
        truth = random.uniform(-1.5, 1.5)
        shared = random.normal(0, 3, 20)
        noise = random.normal(0, 1, 20) if draw == "normal" else random.exponential(1, 20) - 1
        found = chances_of_least({"a": mean(100 + shared), "b": mean(100 + shared + truth + noise)})
        assert found is not None
        chances.append(found["a"])
        right.append(truth > 0)
    return chances, right


@pytest.mark.parametrize("draw", ["normal", "skewed"])
def test_stated_chances_come_true_as_often_as_they_say(draw: str) -> None:
    """4,000 comparisons of normal sums, and of sums as skewed as exponential ones: every bin within its bounds."""
    rows = reliability(*experiments(draw, 4000))
    assert len(rows) == 10
    assert off(rows) == []


def test_chances_that_are_too_sure_would_be_noticed() -> None:
    """The same check refuses chances that take the interval for half as wide as it is."""
    chances, right = experiments("normal", 4000)
    odds = [chance / (1 - chance) for chance in np.clip(chances, 1e-6, 1 - 1e-6)]
    bold = [odd**2 / (1 + odd**2) for odd in odds]
    assert off(reliability(bold, right))


def test_the_set_that_may_be_cheapest_holds_the_cheapest() -> None:
    """100 comparisons of five with common callers: at least 95 % of the sets hold the truth, and most are small."""
    random = np.random.default_rng(11)
    held, size = 0, 0
    for _ in range(100):
        truth = np.array([0.0, 0.3, 0.6, 2.0, 4.0])
        values = truth[:, None] + random.normal(0, 5, 15) + random.normal(0, 1, (5, 15))
        decision = decide("total_cost", {f"v{place}": mean(row) for place, row in enumerate(values)})
        kept = {decision.ranked[0].name, *(one.name for one in decision.rivals)}
        held += "v0" in kept
        size += len(kept)
    assert held >= 95
    assert size / 100 < 3.5
