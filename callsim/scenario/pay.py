"""What people who answer cost: a part of the vocabulary that no engine reads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, model_validator

from callsim import contributions, quantities
from callsim.quantities import Rate, wrong
from callsim.scenario.fields import (
    UNREAD,
    Amount,
    Duration,
    HourlyRate,
    Mistakes,
    MonthlyRate,
    Part,
    Percent,
    number,
    reading,
    schema,
)

FULL_TIME = 40.0 * 3600.0
"""Paid seconds in a week of an employee, unless the scenario says otherwise."""

OWN_STAFF = ("shrinkage", "turnover", "peo")
"""What an agency carries, and its multiplier holds."""
SUPPORT = ("supervisors", "quality", "planners", "trainers")
"""Who works for those who answer."""


def _taxes(value: object, info: ValidationInfo) -> float | str:
    """A percentage of the wage, or the name of a preset."""
    if not isinstance(value, str) or not value[:1].isalpha():
        return quantities.percent(value, most=10.0)
    rules = contributions.PRESETS.get(value)
    known = ", ".join(f"`{name}`" for name in contributions.PRESETS)
    if rules is None:
        raise wrong(f"a percentage such as `30.2%`, or {known}", value, quantities.meant(value, contributions.PRESETS))
    currency = reading(info).currency
    if currency is not None and currency != rules.currency:
        raise ValueError(f"`{value}` has limits in {rules.currency}, and the scenario counts in {currency}")
    return value


def _yearly(value: object) -> float:
    """`40% per year`."""
    expected = "a rate such as `40% per year`"
    text = quantities.text_of(value, expected)
    share, _, unit = text.partition(" per ")
    if unit != "year":
        raise wrong(expected, text, "`per year` is missing" if not unit else "")
    return quantities.percent(share, most=10.0)


def _months(value: object) -> float:
    """`24 months`, `2 years`."""
    expected = "a time such as `24 months` or `2 years`"
    text = quantities.text_of(value, expected)
    match = re.fullmatch(r"([0-9]{1,3}) ?(months?|years?)", text)
    if match is None or not int(match[1]):
        raise wrong(expected, text)
    return float(match[1]) * (12.0 if match[2].startswith("year") else 1.0)


def _fee(value: object, info: ValidationInfo) -> float | Rate:
    """`3%` of gross pay, or `230 USD per month` for each employee."""
    if isinstance(value, str) and value.rstrip().endswith("%"):
        return quantities.percent(value)
    currency = reading(info).currency
    if currency is None:
        return Rate(UNREAD, "month")
    try:
        return quantities.money_rate(value, currency, per=("month",))
    except ValueError:
        expected = f"a share of gross pay such as `3%`, or `230 {currency} per month` for each employee"
        raise wrong(expected, value) from None


class Ratio(Part):
    """People who do not answer calls themselves, one for so many who do."""

    one_per: Annotated[
        float,
        number(1, 1000, "12"),
        WithJsonSchema({"type": "number", "minimum": 1, "maximum": 1000, "examples": [12]}),
    ]
    """Agents for each of them."""
    wage: HourlyRate
    """Their gross wage."""


class RampUp(Part):
    """The first weeks at the phone."""

    lasts: Duration
    """Paid time until a newcomer works like the others, `240 h` for six weeks."""
    works_at: Percent
    """How much of the others' work a newcomer does meanwhile, on average."""


class Turnover(Part):
    """Agents leave, and others must be found and taught."""

    rate: Annotated[float, PlainValidator(_yearly), schema("string", "a share a year", "40% per year")]
    """Share of the agents who leave in a year."""
    cost: Amount | None = None
    """What it costs to replace one, all in all; instead of the parts below."""
    recruitment: Amount | None = None
    """Advertising and interviews for one newcomer."""
    training: Duration = 0.0
    """Paid time of a newcomer before the first call."""
    trainer: Amount | None = None
    """What whoever teaches costs for each newcomer."""
    ramp_up: RampUp | None = None
    """The first weeks at the phone."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        parts = {"recruitment", "training", "trainer", "ramp_up"} & set(given)
        if "cost" in given and parts:
            yield "expected either `cost:` or its parts such as `recruitment:`, found both: they would count twice"
        if "cost" not in given and not parts:
            yield "expected `cost:` such as `cost: 60 000 RUB`, or its parts such as `training: 120 h`, found neither"


class SetUp(Part):
    """What is paid once."""

    sum: Amount
    """All of it: furniture, connections, the first cohort's recruitment."""
    over: Annotated[float, PlainValidator(_months), schema("string", "months or years", "24 months")]
    """The time over which it is spread evenly."""


class Pay(Part):
    """What a team costs."""

    wage: HourlyRate | None = None
    """Gross wage for each paid hour of each agent; of agency staff, what they get, not what the agency bills."""
    employer_taxes: Annotated[
        float | str,
        PlainValidator(_taxes),
        schema("string", "a percentage of the wage, or rules of a country and year", "30.2%", *contributions.PRESETS),
    ] = 0.0
    """Employer's taxes and contributions on the wage: a percentage, or the rules of a year such as `russia 2025`."""
    shrinkage: Percent = 0.0
    """Share of paid time that is not on the roster: holidays, sick leave, training, meetings. Breaks stand there."""
    overtime: Annotated[
        float, PlainValidator(lambda value: quantities.percent(value, most=10.0)), schema("string", "a share", "150%")
    ] = 1.0
    """What an hour of overtime is paid, as a share of the wage; 100% unless said."""
    full_time: Duration = FULL_TIME
    """Paid time of one employee in a week, `40 h` unless said: it tells how many employees the hours are."""
    supervisors: Ratio | None = None
    """Team leaders, by hours of the agents."""
    quality: Ratio | None = None
    """Who listens to calls and marks them."""
    planners: Ratio | None = None
    """Who makes the rosters."""
    trainers: Ratio | None = None
    """Who teaches all year round."""
    turnover: Turnover | None = None
    """Agents leave and must be replaced."""
    seat: MonthlyRate | None = None
    """Desk, computer and licences for each seat; as many seats as agents at the busiest rostered moment."""
    systems: MonthlyRate | None = None
    """Telephone system, programs and numbers for each seat, where `seat` does not hold them."""
    overhead: Percent = 0.0
    """Share of all of the above that comes on top: personnel office, accounting, computers' upkeep."""
    set_up: SetUp | None = None
    """What is paid once, spread over time."""
    agency: Annotated[
        float,
        number(1, 10, "1.6"),
        WithJsonSchema({"type": "number", "minimum": 1, "maximum": 10, "examples": [1.6]}),
    ] = 1.0
    """What an agency bills for each hour, as a multiple of the wage; it pays taxes, leave and replacements."""
    peo: (
        Annotated[
            float | Rate,
            PlainValidator(_fee),
            schema("string", "a share of gross pay, or money per month for each employee", "3%", "230 USD per month"),
        ]
        | None
    ) = None
    """Fee of a professional employer organisation: a share of gross pay, or money per month for each employee."""
    flat: MonthlyRate | None = None
    """A flat sum for the whole team."""

    @classmethod
    def lacking(cls, given: Mapping[str, Any]) -> Iterator[str]:
        if "wage" not in given and "flat" not in given:
            yield "expected `wage:` or `flat:` such as `wage: 350 RUB per hour`, found neither"
        if "wage" not in given:
            for key in ("shrinkage", "overtime", "full_time", "turnover", "agency", "peo"):
                if key in given:
                    yield f"expected `wage:` beside `{key}:`, found nothing: it is reckoned from hours and wages"
        if "agency" in given:
            for key in OWN_STAFF:
                if key in given:
                    yield f"expected no `{key}:` beside `agency:`: the agency carries it, and it would count twice"
            if "employer_taxes" in given and not set(SUPPORT) & set(given):
                yield "expected no `employer_taxes:` beside `agency:`: the agency pays them, and they would count twice"

    @model_validator(mode="after")
    def _time_is_left(self) -> Pay:
        mistakes = Mistakes()
        if self.shrinkage > 0.9:
            mistakes.add(("shrinkage",), "expected at most 90%: somebody has to answer")
        if self.overtime < 1.0:
            mistakes.add(("overtime",), "expected at least 100%: `150%` is the wage and a half of it")
        if not 3600.0 <= self.full_time <= 7 * 86_400.0:
            mistakes.add(("full_time",), "expected the paid hours of a week such as `40 h`")
        mistakes.report()
        return self

    @property
    def is_built_up(self) -> bool:
        """Whether it holds more than wage, taxes, seats and a flat sum."""
        return bool(self.model_fields_set - {"wage", "employer_taxes", "seat", "flat", "full_time"})
