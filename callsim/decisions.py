"""Which variant is the cheapest, how sure that is, and which cannot be told apart from it.

All of it reads paired values: replication i of every variant has played the same callers, so that what they share goes
out of every difference.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np

from callsim.estimate import Array, Estimate, Interval, difference, interval
from callsim.randomness import Streams

CONFIDENCE = 0.95
FEWEST = 3
"""Replications from which on chances are spoken of: two tell a spread from a single difference."""
DRAWS = 1 << 17
"""So many draws have an error of 0.27 % at the most, 95 times in 100."""
ALIKE = 1e-9
"""Relative differences below this are the rounding of sums: the variants are the same."""


class Ranked(NamedTuple):
    """A variant in the ranking."""

    name: str
    cost: Estimate
    above: Estimate
    """What it costs more than the first of the ranking, paired."""
    jointly: Interval
    """The same with an interval that holds together with those of all other pairs."""
    chance: float | None
    """That it is the cheapest; None where too few replications were played."""
    is_same: bool
    """Whether it costs the same as the first of the ranking on every tape; the first does."""

    @property
    def is_told_apart(self) -> bool:
        """Whether it is dearer than the first of the ranking beyond chance."""
        return not self.is_same and self.jointly.low is not None and self.jointly.low > 0.0


class Decision(NamedTuple):
    """The ranking by one measure of which less is better."""

    key: str
    ranked: tuple[Ranked, ...]
    """The cheapest first."""
    undecided: tuple[tuple[str, str], ...]
    """Pairs that cannot be told apart though they are not the same, in the order of the ranking."""
    same: tuple[tuple[str, ...], ...]
    """Variants that cost the same on every tape, where there are several."""

    @property
    def joint(self) -> float:
        """The confidence of each pair's interval with which all of them hold together."""
        return _joint(len(self.ranked))

    @property
    def rivals(self) -> list[Ranked]:
        """Those that cannot be told apart from the cheapest, and are not the same."""
        return [one for one in self.ranked if not one.is_same and not one.is_told_apart]

    def of(self, name: str) -> Ranked:
        """A variant by its name."""
        return next(one for one in self.ranked if one.name == name)


def _joint(variants: int) -> float:
    return 1.0 - (1.0 - CONFIDENCE) / max(variants * (variants - 1) // 2, 1)


def decide(key: str, costs: Mapping[str, Estimate]) -> Decision:
    """Rank variants by what they cost; of equal ones the first given goes first.

    All pairs together are told apart with 95 % confidence: paired t intervals with Bonferroni over all pairs, as Yang &
    Nelson 1991, Operations Research 39, and Nelson & Matejcik 1995, Management Science 41, do under common random
    numbers (the intervals of Hsu 1984, Annals of Statistics 12, suppose that variants are played independently).
    """
    order = sorted(costs, key=lambda name: costs[name].value)
    pairs = list(combinations(order, 2))
    joint = _joint(len(order))
    best = order[0]
    chances = chances_of_least(costs)
    ranked = tuple(
        Ranked(
            name,
            costs[name],
            difference(costs[best], costs[name]),
            interval(difference(costs[best], costs[name]), confidence=joint),
            None if chances is None else chances[name],
            are_same(costs[best], costs[name]),
        )
        for name in order
    )
    undecided = tuple(
        (low, high)
        for low, high in pairs
        if not are_same(costs[low], costs[high]) and not _apart(costs[low], costs[high], joint)
    )
    groups = [tuple(names) for names in alike(costs) if len(names) > 1]
    return Decision(key, ranked, undecided, tuple(groups))


def _apart(low: Estimate, high: Estimate, confidence: float) -> bool:
    found = interval(difference(low, high), confidence=confidence)
    return found.low is not None and found.low > 0.0


def values(estimate: Estimate) -> Array:
    """One number for each replication, whose mean is the value."""
    return estimate.value + estimate.influence


def are_same(a: Estimate, b: Estimate) -> bool:
    """Whether two variants come to the same on every tape."""
    size = max(float(np.abs(values(a)).max()), float(np.abs(values(b)).max()))
    return float(np.abs(values(a) - values(b)).max()) <= ALIKE * size


def alike(costs: Mapping[str, Estimate]) -> list[list[str]]:
    """Names in groups of those that are the same, in the order given."""
    groups: list[list[str]] = []
    for name, cost in costs.items():
        for group in groups:
            if are_same(costs[group[0]], cost):
                group.append(name)
                break
        else:
            groups.append([name])
    return groups


def chances_of_least(costs: Mapping[str, Estimate]) -> dict[str, float] | None:
    """The chance of each variant to have the least expected cost; None with fewer than three replications.

    It is the posterior of the vector of means, a multivariate t distribution with R - 1 degrees of freedom: flat in the
    means, and for the covariances the prior of Geisser & Cornfield 1963, Journal of the Royal Statistical Society B 25,
    under which every difference has Student's t distribution as its paired interval has it. For two variants that is
    exact; for more it is drawn. Those that are the same on every tape share their chance.
    """
    groups = alike(costs)
    number = len(next(iter(costs.values())).influence)
    if number < FEWEST:
        return None
    firsts = [costs[group[0]] for group in groups]
    if len(firsts) == 1:
        shares = [1.0]
    elif len(firsts) == 2:
        first = _chance_below(difference(firsts[1], firsts[0]))
        shares = [first, 1.0 - first]
    else:
        shares = _drawn(firsts)
    return {name: share / len(group) for group, share in zip(groups, shares, strict=True) for name in group}


def _chance_below(found: Estimate) -> float:
    """The chance that a mean lies below 0."""
    from scipy.special import stdtr

    number = len(found.influence)
    error = float(found.influence.std(ddof=1)) / math.sqrt(number)
    if error == 0.0:
        return float(found.value < 0.0)
    return float(stdtr(number - 1, -found.value / error))


def _drawn(costs: Sequence[Estimate]) -> list[float]:
    """How often each is the least in draws of the vector of means.

    mean + C'z / sqrt(R (R - 1)) x sqrt((R - 1) / chi2), C the centred values (R, K), z normal. C'z has the law of V S z
    of the singular values S of C, of which there are no more than variants: singular cases need no care.
    """
    number = len(costs[0].influence)
    centred = np.array([cost.influence for cost in costs]).T
    _, sizes, directions = np.linalg.svd(centred, full_matrices=False)
    # One scale for all: the value of the first is where the others are seen from, which keeps digits.
    means = np.array([cost.value - costs[0].value for cost in costs])
    draw = Streams(0, 0).at("chances of being the cheapest", 0)
    normal = draw.standard_normal((DRAWS, len(sizes)))
    wider = np.sqrt((number - 1) / draw.chisquare(number - 1, DRAWS))
    spread = (normal * sizes) @ directions / math.sqrt(number * (number - 1))
    least = np.argmin(means + spread * wider[:, None], axis=1)
    return [float(share) for share in np.bincount(least, minlength=len(costs)) / DRAWS]


def enough(found: Estimate, confidence: float = CONFIDENCE) -> int | None:
    """About how many replications would tell a difference from 0; None where one cannot say."""
    bounds = interval(found, confidence=confidence)
    if bounds.low is None or not found.value:
        return None
    half = found.value - bounds.low
    return math.ceil(len(found.influence) * (half / found.value) ** 2)
