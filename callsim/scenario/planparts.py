"""The components of a price plan: rounding, free calls, tiers, packs, surcharges, forecasts, service levels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from callsim import quantities
from callsim.quantities import wrong
from callsim.scenario.compound import KINDS
from callsim.scenario.fields import (
    Amount,
    Duration,
    Items,
    Mistakes,
    Part,
    Percent,
    Spread,
    choice,
    listed,
    reading,
    schema,
    some,
    whole,
)
from callsim.scenario.meters import PeriodRate, UnitCount, UnitPrice
from callsim.scenario.timetable import Hours

Count = Annotated[int, whole(1, 1_000_000), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 1_000_000})]


class BilledIn(Part):
    """Rounding of a billed duration up to steps."""

    first: Duration
    """The first step: whatever lasts at all lasts so long."""
    then: Duration
    """The following steps."""
    each: Annotated[str, choice("call", "part", "period")] = "call"
    """What is rounded up: every call, every billed part of a call, or the sum of a billing period."""

    @classmethod
    def instead(cls, value: object) -> str:
        return quantities.advice(f"{{first: {value}, then: {value}}}", lambda _: quantities.duration(value, ring=1.0))


class FreeCalls(Part):
    """Calls that are not billed."""

    up_to: Duration | None = None
    """Calls with a talk no longer than this."""
    under: Duration | None = None
    """Calls with a shorter talk than this."""
    at_most: Count | None = None
    """So many short calls in a billing period, the first ones; without it all."""
    kinds: Annotated[tuple[str, ...], listed(*KINDS), schema("array", "kinds of callers", "[junk]")] = ()
    """Kinds of callers whose calls are free, however long and however many."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "up_to" in given and "under" in given:
            yield "expected either `up_to:` or `under:`, found both"
        if not {"up_to", "under", "kinds"} & set(given):
            yield "expected `up_to:` such as `up_to: 30 s`, `under:` or `kinds:`, found none of them"
        if "at_most" in given and not {"up_to", "under"} & set(given):
            yield "expected `up_to:` or `under:` beside `at_most:`, found neither"


class TierStep(Part):
    """A tier of prices."""

    up_to: UnitCount | None = None
    """Where it ends, counted from the first unit that is charged; the last tier has no end unless it is unknown."""
    price: UnitPrice
    """The price of a unit in it."""


class Tiers(Part):
    """Prices by volume."""

    apply: Annotated[str, choice("graduated", "to all units")]
    """Whether a tier's price holds for the units in it (`graduated`), or for all units once it is reached."""
    steps: Annotated[tuple[TierStep, ...], Items, some("tier such as `{up_to: 1 000 minutes, price: 1.10 USD}`")]
    """The tiers, the lowest first."""

    @model_validator(mode="after")
    def _rising(self) -> Tiers:
        mistakes = Mistakes()
        for place, step in enumerate(self.steps[:-1]):
            after = self.steps[place + 1].up_to
            if step.up_to is None:
                mistakes.add(("steps", place), "expected `up_to:` such as `up_to: 1 000 minutes`: more tiers follow")
            elif after is not None and (after.meter, True) != (step.up_to.meter, after.number > step.up_to.number):
                mistakes.add(("steps", place + 1, "up_to"), f"expected more than `{step.up_to}`, found `{after}`")
        if len(self.steps) == 1 and self.steps[0].up_to is None:
            mistakes.add(("steps",), "expected several tiers: one price alone stands under `per_minute:` or the like")
        mistakes.report()
        return self


class Pack(Part):
    """A package of units: one rung of a ladder."""

    includes: UnitCount
    """Units of a billing period that it includes."""
    costs: Amount
    """What it costs."""
    then: UnitPrice | None = None
    """The price of a further unit; without it this package cannot be exceeded."""


class MorePacks(Part):
    """Packs that are bought, as many as needed, when what is included is used up."""

    of: UnitCount
    """Units in a pack."""
    costs: Amount
    """What a pack costs."""


class Extra(Part):
    """Something that costs the same in every billing period: a seat, a number, a portal."""

    each: PeriodRate
    """The price of one."""
    number: Count = 1
    """How many there are."""


class Surcharge(Part):
    """What units cost at certain hours."""

    when: Hours
    """The hours, by day: a call belongs to that of its answer."""
    times: Spread | None = None
    """The price of a unit as a share of the usual one: 120% is a fifth more."""
    plus: UnitPrice | None = None
    """What is added to the price of a unit."""
    per_call: UnitPrice | None = None
    """What each call of these hours costs on top."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if not {"times", "plus", "per_call"} & set(given):
            yield "expected `times:` such as `times: 120%`, `plus:` or `per_call:`, found none of them"


class Trial(Part):
    """Free use at the beginning of the contract: whichever of the two ends first ends it."""

    days: Count
    """Days it lasts at the most."""
    up_to: UnitCount | None = None
    """Units that are free; the call that reaches them is the last free one."""


class Corridor(Part):
    """A forecast, and what is paid where the volume leaves it."""

    forecast: UnitCount
    """Units forecast for a billing period."""
    at_least: Percent
    """Share of the forecast that is paid for in any case."""
    up_to: Spread
    """Share of the forecast up to which units cost the usual price."""
    above: Spread
    """The price of further units, as a share of the usual one."""


class Baseline(Part):
    """A volume that the base pays for, and what more or less of it changes."""

    of: UnitCount
    """Units of a billing period that the base pays for."""
    dead_band: Percent
    """Share of them by which the volume may differ without any change."""
    more: UnitPrice
    """The price of a unit above the baseline."""
    less: UnitPrice
    """The credit for a unit below it."""
    counts: Annotated[str, choice("the whole difference", "the excess")]
    """What counts outside the dead band: the difference from the baseline, or from the edge of the band."""


class Judged(Part):
    """One measure of a vendor's service."""

    weight: Percent
    """Share of the amount at risk that hangs on it."""
    target: Percent
    """What is promised: at least this for `service_level` and `quality`, at most this for `abandon_rate`."""
    within: Duration | None = None
    """The time within which calls are answered; needed for `service_level`."""
    out_of: Annotated[str, choice("all calls", "answered calls")] = "all calls"
    """Whether those who hung up waiting count as not answered in time."""
    measured: Percent | None = None
    """What is taken for measured where the log cannot tell, as for `quality`."""


class Miss(Part):
    """How much of a measure's share is credited for a miss of some size."""

    up_to: Percent | None = None
    """Misses up to so many percentage points; the last has no end."""
    credits: Percent
    """Share of the measure's weight that is credited."""


JUDGED = ("service_level", "abandon_rate", "quality")


def _judged(value: object, info: ValidationInfo) -> Mapping[str, Judged]:
    if not isinstance(value, dict) or not value:
        raise wrong("measures such as `{service_level: {weight: 100%, target: 80%, within: 20 s}}`", value or None)
    mistakes = Mistakes()
    for name in value:
        mistakes.attempt((name,), choice(*JUDGED).func, name, kind="mistake in a key")
    found = {
        name: mistakes.attempt((name,), lambda one: Judged.model_validate(one, context=info.context), one)
        for name, one in value.items()
    }
    for name, judged in found.items():
        if judged is not None and name == "service_level" and judged.within is None:
            mistakes.add((name,), "expected `within:` such as `within: 20 s`, found nothing")
        if judged is not None and name == "quality" and judged.measured is None:
            mistakes.add((name,), "expected `measured:` such as `measured: 95%`: no log tells the quality of answers")
    mistakes.report()
    return found


class ServiceLevels(Part):
    """What the vendor credits for service below its promise."""

    at_risk: Percent
    """Share of the charges of a billing period that can be credited."""
    measures: Annotated[
        Mapping[str, Judged],
        PlainValidator(_judged, json_schema_input_type=dict[str, Judged]),
    ]
    """What is judged: `service_level`, `abandon_rate`, `quality`, each by its promise and its weight."""
    misses: Annotated[tuple[Miss, ...], Items, some("step such as `{up_to: 5%, credits: 50%}`")]
    """How much is credited, by the size of the miss."""
    excused_above: Spread | None = None
    """No credit where the volume exceeds this share of the forecast."""


def _discount(value: object, info: ValidationInfo) -> object:
    """A share, or an amount of money."""
    if isinstance(value, str) and value.strip().endswith("%"):
        return quantities.percent(value)
    currency = reading(info).currency
    return 0.0 if currency is None else quantities.money(value, currency)


Discount = Annotated[
    Any, PlainValidator(_discount), schema("string", "a share, or an amount per billing period", "20%", "100 USD")
]
