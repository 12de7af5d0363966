"""What a caller must be worth for a variant to pay: what it costs more, by the callers whom it loses less."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np

from callsim.breakeven.parts import lacks_pay
from callsim.breakeven.playing import Asked, Costs, bounds, bounds_of, several, sign_of
from callsim.estimate import Interval, difference, fieller, mean, ratio
from callsim.replicate import variants_of
from callsim.scenario import Study


class Worth(NamedTuple):
    """A value of a lost caller, and by how much the other variant is dearer then."""

    value: float
    difference: Interval


class Pair(NamedTuple):
    """A variant against the first one. Money and counts are of a month."""

    first: str
    other: str
    dearer: Interval
    """What the other costs more, lost callers left aside."""
    fewer_lost: Interval
    """New callers whom it loses less."""
    value: Interval
    """What a lost caller is worth where both cost the same."""
    verdict: str
    """`above`: the other pays where a caller is worth more than the value; `below`: where less; `always`; `never`;
    `soon`: noise does not tell who costs more, but the other loses fewer, so it pays from the upper bound of the value
    on; `hardly`: it loses more; `unsure`: noise does not tell who loses more."""
    curve: tuple[Worth, ...]


class Stretch(NamedTuple):
    """A variant is the cheapest where a lost caller is worth between `start` and `end`."""

    variant: str
    start: float
    end: float | None


class Answer(NamedTuple):
    currency: str | None
    count_loss_as: str | None
    worth: Interval
    """What a lost new caller is worth by the file, on average."""
    pairs: tuple[Pair, ...]
    cheapest: tuple[Stretch, ...]
    lost: Mapping[str, Interval]
    """New callers lost, by variant."""
    stakes: bool
    """Something is at stake with existing customers."""


def lacking(study: Study, asked: Asked) -> str | None:
    if len(asked.variants or study.variants) < 2:
        return "has one variant: add another under `variants:` to compare it with"
    return lacks_pay(study, asked)


def answer(study: Study, asked: Asked) -> Answer:
    variants, _ = variants_of(study, asked.variants)
    played = {name: one.costs for name, one in several(variants, asked).items()}
    first, *others = played
    scenario = variants[first]
    worth = bounds_of(ratio(played[first].lost_each, played[first].lost))
    return Answer(
        scenario.currency,
        scenario.count_loss_as,
        worth,
        tuple(pair(first, other, played, worth.value) for other in others),
        tuple(cheapest(played)),
        {name: bounds(costs.lost) for name, costs in played.items()},
        any(worth.stake for one in variants.values() for worth in one.worth.values()),
    )


def pair(first: str, other: str, played: Mapping[str, Costs], worth: float | None = None) -> Pair:
    """One variant against another, on the same callers."""
    a, b = played[first], played[other]
    costs, lost = difference(mean(a.apart), mean(b.apart)), difference(mean(b.lost), mean(a.lost))
    dearer, fewer = bounds_of(costs), bounds_of(lost)
    value = fieller(costs, lost)
    verdict = _verdict(dearer, fewer, value)
    shown = value.value if verdict in ("above", "below") else None
    points = sorted({0.0, *([shown / 2, shown, shown * 2] if shown else []), *([worth] if worth else [])})
    curve = tuple(Worth(at, bounds(b.apart - a.apart + at * (b.lost - a.lost))) for at in points)
    return Pair(first, other, dearer, fewer, value, verdict, curve)


def _verdict(dearer: Interval, fewer: Interval, value: Interval) -> str:
    """What is told apart from noise; a pair that differs in neither is alike for all that can be seen."""
    cost, lost = sign_of(dearer), sign_of(fewer)
    if not lost:
        same = _nothing(fewer) and cost
        return "unsure" if not same else "never" if cost > 0 else "always"
    if cost == lost:
        return "above" if cost > 0 else "below"
    if not cost and not _nothing(dearer) and value.high is not None:
        return "soon" if lost > 0 else "hardly"
    return "always" if lost > 0 else "never"


def _nothing(found: Interval) -> bool:
    return found.value == 0.0 and found.low == found.high


def cheapest(played: Mapping[str, Costs]) -> list[Stretch]:
    """Which variant is the cheapest by what a lost caller is worth, on the means."""
    lines = {name: (float(np.mean(costs.apart)), float(np.mean(costs.lost))) for name, costs in played.items()}
    cuts = sorted(
        {
            at
            for (cost, lost), (dearer, fewer) in combinations(lines.values(), 2)
            if lost != fewer and (at := (dearer - cost) / (lost - fewer)) > 0.0
        }
    )
    found: list[Stretch] = []
    for start, end in zip([0.0, *cuts], [*cuts, None], strict=True):
        at = (start + end) / 2 if end is not None else start * 2 + 1.0
        best = min(lines, key=lambda name: lines[name][0] + at * lines[name][1])
        if found and found[-1].variant == best:
            found[-1] = found[-1]._replace(end=end)
        else:
            found.append(Stretch(best, start, end))
    return found
