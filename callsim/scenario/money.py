"""What things cost and what callers are worth: the part of the vocabulary that no engine reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import WithJsonSchema, model_validator

from callsim import quantities
from callsim.scenario.fields import (
    Amount,
    CallPrice,
    Duration,
    HourlyRate,
    MinutePrice,
    Mistakes,
    MonthlyRate,
    Part,
    Percent,
    Spread,
    listed,
    number,
    schema,
)

LOSS_VIEWS = ("acquisition", "first order", "lifetime", "with referrals")
"""Alternative views of what a lost caller costs: they are never added up."""


class Pay(Part):
    """What a team costs."""

    wage: HourlyRate | None = None
    """Gross wage for each paid hour of each agent."""
    employer_taxes: Spread = 0.0
    """Employer's taxes and contributions on the wage."""
    seat: MonthlyRate | None = None
    """Desk, computer and licences for each seat; as many seats as agents at the busiest rostered moment."""
    flat: MonthlyRate | None = None
    """A flat sum for the whole team."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "wage" not in given and "flat" not in given:
            yield "expected `wage:` or `flat:` such as `wage: 350 RUB per hour`, found neither"


class BilledIn(Part):
    """Rounding of a billed duration up to steps."""

    first: Duration
    """The first step."""
    then: Duration
    """The following steps."""

    @classmethod
    def instead(cls, value: object) -> str:
        return quantities.advice(f"{{first: {value}, then: {value}}}", lambda _: quantities.duration(value, ring=1.0))


class Tariff(Part):
    """What an answering service charges."""

    base: MonthlyRate | None = None
    """What a month costs before the first call."""
    per_minute: MinutePrice | None = None
    """Price of a billed minute."""
    per_call: CallPrice | None = None
    """Price of an answered call."""
    bills: Annotated[
        tuple[str, ...],
        listed("talk", "wrap_up", "ring", "queue"),
        schema("array", "what of a call is billed", "[talk, wrap_up]"),
    ] = ("talk",)
    """Which parts of a call are billed; needed beside `per_minute`."""
    billed_in: BilledIn | None = None
    """Rounding of the billed duration."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if not {"base", "per_minute", "per_call"} & set(given):
            yield "expected `base:`, `per_minute:` or `per_call:` such as `per_minute: 28 RUB`, found none of them"
        if "per_minute" in given and "bills" not in given:
            yield "expected `bills:` such as `bills: [talk, wrap_up]` beside `per_minute:`, found nothing"

    @model_validator(mode="after")
    def _known_from_the_log(self) -> Tariff:
        mistakes = Mistakes()
        if "queue" in self.bills:
            message = "`queue`, the wait for an operator, is not supported yet"
            mistakes.add(("bills", self.bills.index("queue")), message)
        mistakes.report()
        return self


class Worth(Part):
    """What a caller of kind new is worth."""

    lead_cost: Amount
    """What advertising paid for the call."""
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

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if ("years" in given) == ("retention" in given):
            yield "expected either `years:` or `retention:`, exactly one of them"

    @model_validator(mode="after")
    def _ends(self) -> Worth:
        mistakes = Mistakes()
        if self.discount == 0.0 and self.kept == 1.0:
            mistakes.add(("discount",), "expected more than 0% where customers never leave: their worth has no end")
        if self.interest_halves_in == 0.0:
            mistakes.add(("interest_halves_in",), "expected more than 0 s, found 0 s: nobody would ever buy")
        mistakes.report()
        return self

    @property
    def kept(self) -> float:
        """Retention from year to year: as given, or 1 - 1/years."""
        if self.retention is not None:
            return self.retention
        assert self.years is not None
        return 1.0 - 1.0 / self.years
