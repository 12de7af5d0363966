"""The chance that a law is over within some seconds: as computed by hand, as in the textbook, as often as it is drawn."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from callsim.demand import draw
from callsim.laws import MOST_POINTS, law, points
from callsim.randomness import Streams

TINY = f"0.{'0' * 200}1"


def within(text: str, seconds: float) -> float:
    return law(text, ring=5.0, folder=None).within(seconds)


@pytest.mark.parametrize(
    ("text", "seconds", "expected"),
    [
        ("20 s", 19.999, 0.0), ("20 s", 20.0, 1.0), ("0", 0.0, 1.0), ("never", 1e12, 0.0),
        ("3-4 rings", 14.999, 0.0), ("3-4 rings", 15.0, 0.5), ("3-4 rings", 19.0, 0.5), ("3-4 rings", 20.0, 1.0),
        ("0-9 rings", 0.0, 0.1), ("0-9 rings", 24.0, 0.5), ("0-9 rings", 1e9, 1.0), ("2-2 rings", 10.0, 1.0),
        ("uniform 15-24 s", 14.0, 0.0), ("uniform 15-24 s", 18.0, 1 / 3), ("uniform 15-24 s", 30.0, 1.0),
        ("exponential 90 s", 0.0, 0.0), ("exponential 90 s", 90.0, 1 - math.exp(-1)),
        # Two phases of 60 s: 1 - e^-x (1 + x) with x = seconds / 60.
        ("erlang 2 120 s", 60.0, 1 - 2 * math.exp(-1)), ("erlang 2 120 s", 120.0, 1 - 3 * math.exp(-2)),
        # With a cv of 1, gamma is exponential.
        ("gamma 90 s cv 1", 45.0, 1 - math.exp(-0.5)),
        # The median of a lognormal is mean / sqrt(1 + cv^2).
        ("lognormal 3 min cv 0.75", 180 / 1.25, 0.5), ("lognormal 3 min cv 0.75", 0.0, 0.0),
        ("weibull 150 s shape 2", 150.0, 1 - math.exp(-1)), ("weibull 150 s shape 2", 300.0, 1 - math.exp(-4)),
        ("weibull 150 s shape 2", 0.0, 0.0),
        # cv^2 = 3: shares (1 +- sqrt(1/2)) / 2 of means 30 / (2 share).
        ("hyperexponential 30 s cv 1.7320508075688772", 15.0,
         1 - 0.8535533905932737 * math.exp(-0.8535533905932737) - 0.14644660940672624 * math.exp(-0.14644660940672624)),
        ("empirical of 3 s; 5 s; 5 s; 90 s", 2.9, 0.0), ("empirical of 3 s; 5 s; 5 s; 90 s", 5.0, 0.75),
        ("empirical of 3 s; 5 s; 5 s; 90 s", 90.0, 1.0),
        ("{mix: [10% 0 s, 90% exponential 1000 s]}", 0.0, 0.1),
        ("{mix: [10% 0 s, 90% exponential 1000 s]}", 1000.0, 1 - 0.9 * math.exp(-1)),
        ("{mix: [70% never, 30% 20 s]}", 1e6, 0.3),
    ],
)  # fmt: skip
def test_the_chance_is_the_one_computed_by_hand(text: str, seconds: float, expected: float) -> None:
    """At most so many seconds: a law that ends at that very moment is over."""
    assert within(text, seconds) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "textbook"),
    [
        ("erlang 3 120 s", stats.gamma(3.0, scale=40.0).cdf),
        ("gamma 3 min cv 0.7", stats.gamma(1.0 / 0.49, scale=180.0 * 0.49).cdf),
        ("gamma 3 min cv 1.5", stats.gamma(1.0 / 2.25, scale=180.0 * 2.25).cdf),
        ("lognormal 3 min cv 0.9", stats.lognorm(math.sqrt(math.log(1.81)), scale=180.0 / math.sqrt(1.81)).cdf),
        ("weibull 150 s shape 0.7", stats.weibull_min(0.7, scale=150.0).cdf),
    ],
)
def test_the_chance_is_that_of_the_textbook(text: str, textbook: Callable[[float], float]) -> None:
    """From a thousandth of the mean to a hundred times it."""
    for seconds in np.geomspace(0.18, 18_000, 30):
        assert within(text, float(seconds)) == pytest.approx(textbook(float(seconds)), rel=1e-9)


@pytest.mark.parametrize(
    "text",
    [
        "20 s", "never", "3-4 rings", "0-9 rings", "uniform 15-24 s", "exponential 3 min", "erlang 3 120 s",
        "gamma 3 min cv 0.7", "lognormal 3 min cv 0.9", "weibull 150 s shape 0.7", "hyperexponential 180 s cv 1.7",
        "empirical of 3 s; 5 s; 5 s; 90 s", "{mix: [50% hyperexponential 60 s cv 2, 20% 3-4 rings, 30% never]}",
    ],
)  # fmt: skip
def test_the_chance_is_the_share_of_draws(text: str) -> None:
    """Of 40,000 draws, the share within any time lies within four standard errors of the chance."""
    values = draw(law(text, ring=5.0, folder=None), Streams(1, 0).at(text, 0), 40_000)
    for seconds in (0.0, 3.0, 5.0, 15.0, 20.0, 60.0, 180.0, 600.0):
        chance = within(text, seconds)
        error = math.sqrt(chance * (1.0 - chance) / values.size)
        assert abs((values <= seconds).mean() - chance) <= 4.0 * error + 1e-12, seconds


@pytest.mark.parametrize(
    "text",
    [
        f"lognormal 10 s cv {TINY}", f"gamma 10 s cv {TINY}", "lognormal 10 s cv 999999", "gamma 10 s cv 999999",
        "weibull 10 s shape 999999", "weibull 10 s shape 0.05", "hyperexponential 10 s cv 99999999", "erlang 999999 10 s",
    ],
)  # fmt: skip
def test_no_variation_is_too_extreme(text: str) -> None:
    """The chance rises from 0 to 1 and stays between, without an overflow; before the start it is 0."""
    chances = [within(text, seconds) for seconds in (-1.0, 0.0, 1e-9, 9.9, 10.1, 1e15)]
    assert chances[:2] == [0.0, 0.0]
    assert chances == sorted(chances)
    assert chances[-1] <= 1.0


@pytest.mark.parametrize(
    ("text", "seconds", "expected"),
    [
        ("20 s", 20.0, 0.0), ("20 s", 20.1, 1.0), ("0", 0.0, 0.0), ("never", 1e12, 0.0),
        ("3-4 rings", 15.0, 0.0), ("3-4 rings", 20.0, 0.5), ("3-4 rings", 21.0, 1.0),
        ("exponential 90 s", 90.0, 1 - math.exp(-1)), ("exponential 90 s", 0.0, 0.0),
        ("empirical of 3 s; 5 s; 5 s; 90 s", 5.0, 0.25),
        ("{mix: [10% 0 s, 40% 20 s, 50% uniform 10-30 s]}", 20.0, 0.35),
    ],
)  # fmt: skip
def test_what_ends_at_a_moment_has_not_ended_before_it(text: str, seconds: float, expected: float) -> None:
    """Less than so many seconds."""
    assert law(text, ring=5.0, folder=None).before(seconds) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20 s", [(1.0, 20.0)]),
        ("2-4 rings", [(1 / 3, 10.0), (1 / 3, 15.0), (1 / 3, 20.0)]),
        ("empirical of 3 s; 5 s; 5 s; 90 s", [(0.25, 3.0), (0.25, 5.0), (0.25, 5.0), (0.25, 90.0)]),
        ("{mix: [10% 0 s, 90% 1-2 rings]}", [(0.1, 0.0), (0.45, 5.0), (0.45, 10.0)]),
    ],
)
def test_a_law_with_few_values_stands_for_itself(text: str, expected: list[tuple[float, float]]) -> None:
    """Each with its share."""
    assert list(points(law(text, ring=5.0, folder=None))) == expected


@pytest.mark.parametrize(
    "text",
    [
        "uniform 15-24 s", "exponential 3 min", "erlang 3 120 s", "gamma 3 min cv 1.5", "lognormal 3 min cv 0.9",
        "weibull 150 s shape 0.7", "hyperexponential 180 s cv 1.7", "0-9999 rings", "lognormal 10 s cv 999999",
        "weibull 10 s shape 0.05",
    ],
)  # fmt: skip
def test_points_spread_like_their_law(text: str) -> None:
    """In equal steps of the chance."""
    of = law(text, ring=5.0, folder=None)
    found = points(of)
    assert len(found) == MOST_POINTS
    assert sum(share for share, _ in found) == pytest.approx(1.0)
    chances = [of.within(seconds) for _, seconds in found]
    assert chances == pytest.approx([(place + 0.5) / MOST_POINTS for place in range(MOST_POINTS)], abs=1e-3)


def test_points_of_a_law_without_variation_are_one() -> None:
    """To a millionth."""
    assert [seconds for _, seconds in points(law(f"gamma 10 s cv {TINY}", ring=5.0, folder=None))] == pytest.approx(
        [10.0] * MOST_POINTS, rel=1e-6
    )


@pytest.mark.parametrize("ring", [3.0, 4.3, 0.1, 6.1])
def test_rings_end_when_they_are_drawn_to_end(ring: float) -> None:
    """Whatever the length of a ring, the product that is drawn is within itself and not within a hair less."""
    for rings in range(1, 60):
        of = law(f"{rings}-{rings} rings", ring=ring, folder=None)
        assert of.within(rings * ring) == 1.0
        assert of.within(math.nextafter(rings * ring, 0.0)) == 0.0
