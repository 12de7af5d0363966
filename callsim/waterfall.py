"""From the naive figure, missed calls x lifetime revenue, to the modelled loss: one mistake undone at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from callsim import value
from callsim.value import Buyer, Loss


class Chain(NamedTuple):
    """What became of the missed calls of callers with one worth: numbers of calls and people, of all kinds."""

    calls: float
    """Missed calls."""
    callers: float
    """The people who made them."""
    in_vain: float
    """Lost although no call of theirs was missed: a vendor answered and did not help, or a form was answered late or
    never."""
    got_through: float
    open: float
    kept: float
    """The interest left of those who were called back."""
    lost_new: float
    lost_existing: float


class Rung(NamedTuple):
    """One level of the waterfall: what the step down to it is called."""

    key: str
    title: str
    definition: str


RUNGS = (
    Rung("naive", "missed calls x (acquisition + revenue)", "every missed call as a customer lost, and won in vain"),
    Rung("acquisition", "advertising comes out of revenue", "what winning a customer costs, who would have paid it"),
    Rung("redials", "callers, not calls", "calls of people who were missed before"),
    Rung("in_vain", "lost, no call missed", "lost callers whom a vendor answered in vain, or who left a form"),
    Rung("got_through", "got through later", "callers who were missed first, and served, by whomever, on a later call"),
    Rung("open", "not known yet", "callers whose story is open at the very end"),
    Rung("called_back", "called back", "callers who were called back, as far as their interest was left"),
    Rung("no_customers", "questions, spam", "callers of the kinds service and junk"),
    Rung("existing", "customers already", "callers of kind existing, who are not won again"),
    Rung("conversion", "not everybody buys", "callers who would not have become customers"),
    Rung("margin", "margin, not revenue", "what the goods cost"),
    Rung("years", "later years count less", "customers who leave, and interest: lifetime value for revenue x years"),
    Rung("view", "lifetime, to the view counted", "from lifetime value to the loss named by `count_loss_as`"),
    Rung("stakes", "existing customers' loss", "lost callers of kind existing by what is at stake with them"),
)  # fmt: skip
"""The order is fixed, and part of what a step amounts to: each is reckoned on what the steps before have left."""


def levels(chain: Chain, buyer: Buyer, *, loss: Loss, stake: Loss | None, view: str) -> tuple[float, ...]:
    """The amount at each rung, for the callers of one worth; infinite or NaN where revenue has no end."""
    revenue = value.lifetime_revenue(buyer)
    people = [chain.callers]
    for change in (chain.in_vain, -chain.got_through, -chain.open, -chain.kept):
        people.append(people[-1] + change)
    lost = chain.lost_new * revenue * buyer.converts
    modelled = chain.lost_new * value.view_of(loss, view)
    at_stake = 0.0 if stake is None else chain.lost_existing * value.view_of(stake, view)
    return (
        chain.calls * value.naive_loss_of_call(buyer),
        chain.calls * revenue,
        *(number * revenue for number in people),
        (chain.lost_new + chain.lost_existing) * revenue,
        chain.lost_new * revenue,
        lost,
        lost * buyer.margin,
        chain.lost_new * loss.lifetime,
        modelled,
        modelled + at_stake,
    )


class Step(NamedTuple):
    """A step and what it amounts to, below zero where it takes away; the first is the naive figure itself."""

    rung: Rung
    amount: Decimal


def steps(found: Sequence[float], decimals: int = 2) -> tuple[Step, ...]:
    """The steps between levels: together they are exactly the last level, both rounded. None where one has no end."""
    if not all(map(math.isfinite, found)):
        return ()
    return tuple(map(Step, RUNGS, value.adding_up(found, decimals)))


def together(parts: Iterable[Sequence[float]]) -> tuple[float, ...]:
    """The levels of callers of several worths."""
    return tuple(map(sum, zip(*parts, strict=True)))
