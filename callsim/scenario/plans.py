"""A price plan as a vendor publishes it: every word of it, and what its words need of each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from callsim import quantities
from callsim.quantities import wrong
from callsim.scenario.compound import Switch
from callsim.scenario.fields import (
    Amount,
    Duration,
    Items,
    Mistakes,
    Part,
    Percent,
    Spread,
    Text,
    choice,
    listed,
    reading,
    schema,
)
from callsim.scenario.meters import (
    METERS,
    SEGMENTS,
    TIMED,
    UNKNOWN,
    CallPrice,
    CallRate,
    HourPrice,
    MinutePrice,
    MonthPrice,
    PeriodRate,
    Price,
    UnitCount,
    UnitPrice,
)
from callsim.scenario.planparts import (
    Baseline,
    BilledIn,
    Corridor,
    Discount,
    Extra,
    FreeCalls,
    MorePacks,
    Pack,
    ServiceLevels,
    Surcharge,
    Tiers,
    Trial,
)
from callsim.scenario.timetable import Date

EVIDENCE = {
    "A": "official or archived price list",
    "B": "the vendor's own help pages or terms",
    "T": "transcription of the vendor's price page",
    "C": "trade press",
    "W": "weak: marketing or no source",
    "S": "a price article",
    "U": "unverified by its own publisher",
    "SYN": "synthetic: invented",
}
"""How solid a plan is."""

WEAK = ("W", "S", "U", "SYN")
"""Evidence that is said beside every result."""

CALENDAR_MONTH = 0
"""The period of plans that are billed by the calendar month; others have so many days."""


def _as_of(value: object) -> str:
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?|undated|synthetic", text):
        raise wrong("a date such as `2026-10-07` or `2022`, `undated` or `synthetic`", value)
    return text


def _period(value: object) -> int:
    expected = "`calendar month`, or days such as `28 days`"
    if value == "calendar month":
        return CALENDAR_MONTH
    try:
        days = quantities.duration(value, ring=None) / 86_400
    except ValueError:
        raise wrong(expected, value) from None
    if days != int(days) or not 1 <= days <= 366:
        raise wrong(f"{expected}, from 1 to 366 of them", value)
    return int(days)


def _currency(value: object, info: ValidationInfo) -> str:
    code = quantities.currency_code(value)
    counted = reading(info).currency
    if counted is not None and code != counted:
        raise wrong(f"the currency of the scenario, `{counted}`", value, "currencies are never mixed")
    return code


class Tariff(Part):
    """What an answering service charges."""

    vendor: Text | None = None
    """Whose plan it is."""
    as_of: (
        Annotated[str, PlainValidator(_as_of), schema("string", "when its prices were read", "2026-10-07")] | None
    ) = None
    """When its prices were read: a date, a year, `undated` or `synthetic`."""
    source: Text | None = None
    """Where they were read."""
    evidence: Annotated[str, choice(*EVIDENCE)] | None = None
    """How solid that is: A price list, B vendor's help pages, T transcription, C trade press, W weak, S price article,
    U unverified, SYN synthetic."""
    assumed: Text | None = None
    """What is not published and was assumed."""
    currency: Annotated[str, PlainValidator(_currency), schema("string", "a code", "USD")] | None = None
    """Its currency, which is that of the scenario."""
    period: Annotated[
        int, PlainValidator(_period), schema("string", "the billing period", "calendar month", "28 days")
    ] = CALENDAR_MONTH
    """The billing period: `calendar month` unless said, or so many days."""
    starts: Date | None = None
    """When the contract begins: set-up, deposit and trial are billed from then on; without it the months are steady."""
    prorated: Annotated[str, choice("by days", "never")] = "by days"
    """Whether a first period that is not whole costs its share of the fixed sums."""
    base: PeriodRate | None = None
    """What a billing period costs before the first call."""
    extras: dict[str, Extra] = Field(default_factory=dict)
    """Further fixed sums of a period by name, such as `{portal: {each: 10 USD per month}}`."""
    setup: Amount | None = None
    """What is paid once at the beginning."""
    deposit: Amount | None = None
    """What is paid at the beginning and given back at the end; not taxed."""
    trial: Trial | None = None
    """Free use at the beginning."""
    bills: Annotated[
        tuple[str, ...],
        listed("talk", "wrap_up", *(part for part in SEGMENTS if part not in ("talk", "wrap_up"))),
        schema("array", "what of a call is billed", "[talk, wrap_up]"),
    ] = ("talk",)
    """Which parts of a call are billed; needed beside a price of minutes."""
    billed_in: BilledIn | None = None
    """Rounding of the billed duration."""
    adds: Duration = 0.0
    """Time added to every billed call, after rounding."""
    free_calls: FreeCalls | None = None
    """Calls that are not billed."""
    weights: Annotated[dict[str, Spread], WithJsonSchema({"type": "object", "examples": [{"machine": "50%"}]})] = Field(
        default_factory=dict
    )
    """What a minute of a `machine` counts, as a share of a person's, for `per_weighted_minute`."""
    per_minute: MinutePrice | None = None
    """Price of a billed minute, where some are included of one beyond them; `unknown` where it is not published."""
    per_call: CallPrice | None = None
    """Price of an answered call."""
    per_incoming_call: CallPrice | None = None
    """Price of a call that comes, answered or not."""
    per_message: UnitPrice | None = None
    """Price of a message left."""
    per_agent_hour: HourPrice | None = None
    """Price of an agent's hour."""
    per_productive_minute: MinutePrice | None = None
    """Price of a minute in which an agent works on a call."""
    per_full_time_month: MonthPrice | None = None
    """Price of a full-time agent for a billing period."""
    per_resolution: UnitPrice | None = None
    """Price of a need that is met."""
    per_order: UnitPrice | None = None
    """Price of an order, or another transaction."""
    per_weighted_minute: MinutePrice | None = None
    """Price of a minute, those of machines weighted by `weights`."""
    per_minute_of: Annotated[
        dict[str, UnitPrice], WithJsonSchema({"type": "object", "examples": [{"voicemail": "0.15 USD"}]})
    ] = Field(default_factory=dict)
    """Prices of minutes of parts of calls that have one of their own, such as `{transfer: 0.10 USD}`."""
    contracted: Annotated[tuple[UnitCount, ...], Items] = ()
    """Units that are paid in every period and stand in no log, such as `[640 agent hours]`."""
    share_of_calls: Annotated[dict[str, Percent], WithJsonSchema({"type": "object", "examples": [{"order": "5%"}]})] = (
        Field(default_factory=dict)
    )
    """Share of answered calls that bring a resolution, an order, or an event with a fee, where no log tells."""
    included: UnitCount | None = None
    """Units that the base includes, such as `100 minutes`."""
    rollover: Annotated[str, choice("none", "next period", "always")] = "none"
    """What becomes of included units that were not used."""
    more: MorePacks | None = None
    """Packs that are bought when what is included is used up, instead of single units."""
    tiers: Tiers | None = None
    """Prices by volume, of units beyond those included."""
    ladder: Annotated[tuple[Pack, ...], Items] = ()
    """Packages of which each period is billed by the cheapest."""
    fees: Annotated[dict[str, UnitPrice], WithJsonSchema({"type": "object", "examples": [{"order": "60 RUB"}]})] = (
        Field(default_factory=dict)
    )
    """Fees of events by name, such as `{order: 60 RUB}`."""
    fees_at_most: CallRate | None = None
    """What the fees of one call come to at the most."""
    surcharges: dict[str, Surcharge] = Field(default_factory=dict)
    """What units cost at certain hours, by name; the first that applies counts, and included units are used up by
    units without surcharge first."""
    minimum: PeriodRate | None = None
    """What the charges of a period come to at least, before credits, discounts and tax."""
    maximum: PeriodRate | None = None
    """What the charges of a period come to at most, before credits, discounts and tax."""
    corridor: Corridor | None = None
    """A forecast, and what is paid where the volume leaves it."""
    baseline: Baseline | None = None
    """A volume that the base pays for, and what more or less of it changes."""
    service_levels: ServiceLevels | None = None
    """What is credited for service below its promise."""
    discounts: dict[str, Discount] = Field(default_factory=dict)
    """Discounts by name, one after the other: shares such as `20%`, or amounts."""
    tax: Percent = 0.0
    """Tax on the net amount, such as `20%`."""
    prices_include_tax: Switch = False
    """Whether the prices have the tax in them."""
    rounded: Annotated[str, choice("total", "each line", "each call")] = "total"
    """What is rounded to hundredths, half up: the total, also each line of the invoice, or also each call."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if not {"base", "ladder", "tiers", "extras", "fees", "per_minute_of", *PRICES} & set(given):
            yield "expected `base:`, `per_minute:` or `per_call:` such as `per_minute: 28 RUB`, found none of them"
        timed = next((key for key in PRICES if key in given and key.removeprefix("per_") in TIMED), None)
        if timed and "bills" not in given:
            yield f"expected `bills:` such as `bills: [talk, wrap_up]` beside `{timed}:`, found nothing"
        if "corridor" in given and {"included", "tiers", "ladder", "more", "baseline"} & set(given):
            yield "expected `corridor:` alone: with units included, tiers, packages or a baseline it has no meaning"
        if "ladder" in given and {"included", "tiers", "more", "baseline", "rollover"} & set(given):
            yield "expected `ladder:` alone: its packages say what is included and what more of it costs"
        if "rollover" in given and "included" not in given:
            yield "expected `included:` such as `included: 100 minutes` beside `rollover:`, found nothing"
        if "more" in given and "included" not in given:
            yield "expected `included:` such as `included: 100 minutes` beside `more:`, found nothing"

    @model_validator(mode="after")
    def _agrees(self) -> Tariff:
        mistakes = Mistakes()
        for path, message in (*self._one_meter(), *self._names(), *self._periods(), *self._rounding()):
            mistakes.add(path, message)
        mistakes.report()
        return self

    def _one_meter(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Volumes are of one meter, and that has a price."""
        counted = dict(self._meters())
        for key, meter in counted.items():
            if meter != self.main:
                yield (
                    (key,),
                    f"expected `{METERS[str(self.main)]}` as under `{next(iter(counted))}:`, found `{METERS[meter]}`",
                )
        own = {"tiers", "ladder", "more", "baseline"} & set(counted)
        if self.main is not None and not own and self.price(self.main) is None:
            key = f"per_{self.main}"
            yield (
                (),
                f"expected `{key}:` beside `{next(iter(counted))}:`, found nothing; `{key}: unknown` if nobody says",
            )
        if self.main is not None and own and self.price(self.main) is not None:
            yield (f"per_{self.main}",), f"expected no price of its own beside `{min(own)}:`, which says it"
        if self.main in TIMED and "bills" not in self.model_fields_set:
            yield (
                (),
                f"expected `bills:` such as `bills: [talk, wrap_up]` beside `{next(iter(counted))}:`, found nothing",
            )

    def _meters(self) -> Iterator[tuple[str, str]]:
        """(key, meter) of everything that counts a volume."""
        if self.included is not None:
            yield "included", self.included.meter
        for pack in self.ladder:
            yield "ladder", pack.includes.meter
        for step in self.tiers.steps if self.tiers else ():
            if step.up_to is not None:
                yield "tiers", step.up_to.meter
        if self.more is not None:
            yield "more", self.more.of.meter
        if self.corridor is not None:
            yield "corridor", self.corridor.forecast.meter
        if self.baseline is not None:
            yield "baseline", self.baseline.of.meter

    def _names(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Names that only certain words can be."""
        for part in self.per_minute_of:
            billed = part in self.bills and any(self.price(meter) is not None for meter in TIMED)
            if part not in SEGMENTS or billed:
                known = ", ".join(f"`{name}`" for name in SEGMENTS)
                yield ("per_minute_of", part), f"expected a part of a call that `bills:` does not name ({known})"
        for name in self.share_of_calls:
            if name not in ("resolution", "order", "message", *self.fees):
                yield ("share_of_calls", name), "expected `resolution`, `order`, `message` or the name of a fee"
        if set(self.weights) - {"machine"} or (self.per_weighted_minute is not None and not self.weights):
            yield ("weights",), "expected what a minute of a machine counts, such as `{machine: 50%}`"
        if self.fees_at_most is not None and not self.fees:
            yield ("fees_at_most",), "expected `fees:` beside it, found nothing"

    def _periods(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Sums per month in plans that are billed by the month, and by no other period; bounds that leave room."""
        rates = {"base": self.base, "minimum": self.minimum, "maximum": self.maximum}
        for key, rate in rates.items():
            if rate is not None and rate.per == "month" and self.period != CALENDAR_MONTH:
                yield (key,), f"expected a sum `per period`, which has {self.period} days, found one per month"
        if self.minimum is not None and self.maximum is not None and self.minimum.amount > self.maximum.amount:
            bounds = f"`{self.maximum.amount:f}`, found `{self.minimum.amount:f}`"
            yield ("minimum",), f"expected no more than the `maximum:` of {bounds}"

    def _rounding(self) -> Iterator[tuple[tuple[str, ...], str]]:
        linear = self.main is None and not self.surcharges
        if self.rounded == "each call" and not (linear and isinstance(self.per_minute, Decimal)):
            yield ("rounded",), "expected a plain `per_minute:` for `each call`: else no call has a price of its own"
        if self.billed_in is not None and self.billed_in.each == "period" and self.surcharges:
            yield ("billed_in",), "expected `each: call` beside `surcharges:`: a sum over hours of several prices"

    @property
    def main(self) -> str | None:
        """The meter whose volume something hangs on; None where every unit costs the same."""
        return next((meter for _, meter in self._meters()), None)

    @property
    def bills_time(self) -> bool:
        """Whether the time of calls costs anything."""
        return self.main in TIMED or any(self.price(meter) is not None for meter in TIMED)

    def price(self, meter: str) -> Price | None:
        """The price of a unit of a meter."""
        found: Price | None = getattr(self, f"per_{meter}")
        return found


PRICES = tuple(f"per_{meter}" for meter in METERS)
"""The keys of prices."""


def unsaid(tariff: Tariff) -> list[str]:
    """What the plan charges for and no simulated log tells of, unless it is a share of the calls."""
    priced = [name for name in ("resolution", "order") if tariff.price(name) is not None]
    return [name for name in (*priced, *tariff.fees) if name not in tariff.share_of_calls]


def unknown(tariff: Tariff) -> Iterator[str]:
    """What a plan has no price for, said of the plan: `has no known price of minutes`."""
    yield from _unknown_volumes(tariff)
    for kind, prices in (("a minute of", tariff.per_minute_of), ("each", tariff.fees)):
        yield from (f"has no known price of {kind} `{name}`" for name, price in prices.items() if price == UNKNOWN)
    for name, surcharge in tariff.surcharges.items():
        if UNKNOWN in (surcharge.plus, surcharge.per_call):
            yield f"has no known surcharge `{name}`"


def _unknown_volumes(tariff: Tariff) -> Iterator[str]:
    for meter, plural in METERS.items():
        if tariff.price(meter) == UNKNOWN:
            included = tariff.included if tariff.included and tariff.included.meter == meter else None
            yield (
                f"runs out at {included} and then has no known price" if included else f"has no known price of {plural}"
            )
    if tariff.tiers is not None:
        last = tariff.tiers.steps[-1]
        if last.up_to is not None:
            yield f"ends at {last.up_to} and then has no known price"
        if any(step.price == UNKNOWN for step in tariff.tiers.steps):
            yield "has a tier without a known price"
    if tariff.ladder and all(pack.then in (None, UNKNOWN) for pack in tariff.ladder):
        most = max((pack.includes for pack in tariff.ladder), key=lambda units: units.number)
        yield f"runs out at {most} and then has no known price"
    if tariff.baseline is not None and UNKNOWN in (tariff.baseline.more, tariff.baseline.less):
        yield "has no known price of what its baseline is exceeded by, or falls short of"
