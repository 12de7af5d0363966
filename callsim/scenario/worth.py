"""What callers are worth: a part of the vocabulary that no engine reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema, model_validator

from callsim import value
from callsim.scenario.fields import Amount, Duration, Mistakes, Part, Percent, Spread, number


class AtStake(Part):
    """What is lost with a caller of kind existing: nobody paid a lead for them, and they have bought before."""

    leaves: Percent
    """Share of lost callers who leave for good because of it."""
    orders: Percent = 0.0
    """Share of these calls that are about an order."""
    order: Amount | None = None
    """Revenue of such an order; that of a first order unless said."""
    interest_halves_in: Duration | None = None
    """How long until half of what was at stake is lost though they are called back; without it nothing is."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "order" in given and "orders" not in given:
            yield "expected `orders:` such as `orders: 20%` beside `order:`, found nothing"

    @model_validator(mode="after")
    def _cools(self) -> AtStake:
        mistakes = Mistakes()
        _check_half_life(self.interest_halves_in, mistakes)
        mistakes.report()
        return self


def _check_half_life(half_life: float | None, mistakes: Mistakes) -> None:
    if half_life == 0.0:
        mistakes.add(("interest_halves_in",), "expected more than 0 s, found 0 s: nobody would ever buy")


class Worth(Part):
    """What a caller of kind new is worth, and what is at stake with one of kind existing."""

    lead_cost: Amount | None = None
    """What advertising paid for the call; needed unless the sources say it by `budget` or `cost_per_lead`."""
    converts: Percent
    """Share of answered callers who become customers."""
    first_order: Amount
    """Revenue of an order."""
    margin: Percent
    """Share of the revenue that is left after the cost of what was sold."""
    orders_per_year: Annotated[
        float,
        number(0.01, 1e6, "4"),
        WithJsonSchema({"type": "number", "minimum": 0.01, "maximum": 1e6, "examples": [4]}),
    ]
    """Orders of a customer in a year."""
    years: (
        Annotated[float, number(1, 200, "10"), WithJsonSchema({"type": "number", "minimum": 1, "maximum": 200})] | None
    ) = None
    """Years a customer stays; each year 1 - 1/years of the customers stay on."""
    retention: Percent | None = None
    """Share of customers who stay on from year to year, instead of `years`."""
    discount: Percent
    """Interest by the year at which later margins count less."""
    promoters: Percent = 0.0
    """Share of customers who recommend."""
    referrals_each: Annotated[
        float, number(0, 1e6, "2"), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 1e6})
    ] = 0.0
    """New customers that a recommending customer brings."""
    referred_worth: Spread = 1.0
    """Worth of a referred customer as a share of an ordinary one's."""
    interest_halves_in: Duration | None = None
    """Half-life of the interest of a caller who waits to be called back."""
    interest_at_least: Percent = 0.0
    """Share of callers whose interest lasts, however late they are called back."""
    existing: AtStake | None = None
    """What a lost caller of kind existing costs; without it nothing."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if ("years" in given) == ("retention" in given):
            yield "expected either `years:` or `retention:`, exactly one of them"
        if "interest_at_least" in given and "interest_halves_in" not in given:
            yield "expected `interest_halves_in:` beside `interest_at_least:`, found nothing: without it nothing cools"

    @model_validator(mode="after")
    def _ends(self) -> Worth:
        mistakes = Mistakes()
        if self.discount == 0.0 and self.kept == 1.0:
            mistakes.add(("discount",), "expected more than 0% where customers never leave: their worth has no end")
        _check_half_life(self.interest_halves_in, mistakes)
        mistakes.report()
        return self

    @property
    def kept(self) -> float:
        """Retention from year to year: as given, or 1 - 1/years."""
        if self.retention is not None:
            return self.retention
        assert self.years is not None
        return value.retention(self.years)

    @property
    def buyer(self) -> value.Buyer:
        """What the formulas need of a caller of kind new."""
        return value.Buyer(
            lead_cost=float(self.lead_cost or 0),
            converts=self.converts,
            first_order=float(self.first_order),
            margin=self.margin,
            orders_per_year=self.orders_per_year,
            kept=self.kept,
            discount=self.discount,
            promoters=self.promoters,
            referrals_each=self.referrals_each,
            referred_worth=self.referred_worth,
        )

    @property
    def stake(self) -> value.Existing | None:
        """What the formulas need of a caller of kind existing."""
        if self.existing is None:
            return None
        order = self.first_order if self.existing.order is None else self.existing.order
        return value.Existing(self.existing.leaves, self.existing.orders, float(order))
