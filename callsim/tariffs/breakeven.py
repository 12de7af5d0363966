"""Plans against volume: what so many times the same traffic costs, which plan is cheapest, and where they cross."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from callsim.scenario.plans import Tariff
from callsim.tariffs.charges import Bill, charges, tax_on
from callsim.tariffs.invoice import MissingRate, added
from callsim.tariffs.usage import Usage

POINTS = 120
"""Volumes that are looked at before crossings are narrowed down: two crossings between neighbours are not seen."""
CLOSE = Fraction(1, 10**10)


class Offer:
    """A plan, and what some traffic comes to in its units. Costs are computed once for each volume."""

    def __init__(self, name: str, tariff: Tariff, usage: Usage) -> None:
        self.name = name
        self.tariff = tariff
        # For a minute talked, and only what the plan looks at.
        priced = {meter for meter in usage.units if meter == tariff.main or tariff.price(meter) is not None}
        units = {meter: usage.units[meter] for meter in priced}
        self.usage = usage._replace(units=units, exact={}).times(1 / usage.talk)
        self._costs: dict[Fraction, Decimal | None] = {}

    def cost(self, volume: Fraction) -> Decimal | None:
        """What a steady period of so many minutes talked costs, not rounded; None where nobody says."""
        if volume not in self._costs:
            bill = Bill(self.name, self.tariff, self.usage.times(volume), Fraction(1))
            try:
                lines = charges(bill)
                self._costs[volume] = added([*lines, *tax_on(bill, lines)])
            except MissingRate:
                self._costs[volume] = None
        return self._costs[volume]


class Stretch(NamedTuple):
    """A plan is the cheapest from one volume to another, in minutes talked."""

    plan: str
    start: Fraction
    end: Fraction


def crossings(one: Offer, other: Offer, *, most: Fraction) -> list[Fraction]:
    """The volumes, in minutes talked, up to `most` at which one plan becomes cheaper than the other."""
    return [change.at for change in _changes((one, other), most) if None not in (change.before, change.after)]


def envelope(offers: Sequence[Offer], *, most: Fraction) -> list[Stretch]:
    """The cheapest plan by volume, in minutes talked, from none to `most`; volumes that no plan prices are left out."""
    stretches, start, plan = [], Fraction(0), cheapest(offers, Fraction(0))
    for change in _changes(offers, most):
        if plan is not None and change.at > start:
            stretches.append(Stretch(plan, start, change.at))
        plan, start = change.after, change.at
    return stretches if plan is None else [*stretches, Stretch(plan, start, most)]


def cheapest(offers: Sequence[Offer], volume: Fraction) -> str | None:
    """The cheapest plan for so many minutes talked; the first of equals, None where nobody says any price."""
    costs = {offer.name: found for offer in offers if (found := offer.cost(volume)) is not None}
    return min(costs, key=lambda name: costs[name]) if costs else None


class Change(NamedTuple):
    """At a volume another plan becomes the cheapest."""

    before: str | None
    after: str | None
    at: Fraction


def _changes(offers: Sequence[Offer], most: Fraction) -> Iterator[Change]:
    """Where the cheapest changes: seen between neighbouring volumes, then narrowed down by halving."""
    shares = [1.06 ** (point - POINTS) for point in range(1, POINTS + 1)]
    volumes = [Fraction(0), *(most * Fraction(round(2**20 * share), 2**20) for share in shares)]
    choices = [cheapest(offers, volume) for volume in volumes]
    for place in range(POINTS):
        if choices[place] != choices[place + 1]:
            yield from _narrowed(offers, volumes[place], volumes[place + 1])


def _narrowed(offers: Sequence[Offer], low: Fraction, high: Fraction) -> Iterator[Change]:
    before, after = cheapest(offers, low), cheapest(offers, high)
    while high - low > CLOSE * high:
        middle = Fraction(float((low + high) / 2))
        found = cheapest(offers, middle)
        if found not in (before, after):
            yield from _narrowed(offers, low, middle)
            yield from _narrowed(offers, middle, high)
            return
        low, high = (middle, high) if found == before else (low, middle)
    yield Change(before, after, high)
