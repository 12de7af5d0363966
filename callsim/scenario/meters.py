"""What a price plan counts: its meters, and numbers of them such as `100 minutes`."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple

from pydantic import PlainValidator, ValidationInfo

from callsim import quantities
from callsim.quantities import NUMBER, decimal_of, meant, text_of, wrong
from callsim.scenario.fields import UNREAD, reading, schema

METERS = {
    "minute": "minutes",
    "call": "calls",
    "incoming_call": "incoming calls",
    "message": "messages",
    "agent_hour": "agent hours",
    "productive_minute": "productive minutes",
    "full_time_month": "full-time months",
    "resolution": "resolutions",
    "order": "orders",
    "weighted_minute": "weighted minutes",
}
"""Meters by the key of their price, `per_minute`, and what numbers of them are called."""

TIMED = ("minute", "productive_minute", "weighted_minute")
"""Meters of the time of calls."""

SEGMENTS = ("ring", "queue", "talk", "hold", "wrap_up", "transfer", "menu", "voicemail")
"""Parts of a call that may be billed, each known from the log or nothing long."""

UNKNOWN = "unknown"
"""Stands for a price that is not published: what it would be charged for cannot be billed."""

Price = Decimal | Literal["unknown"]


class Units(NamedTuple):
    """A number of units of a meter."""

    number: Decimal
    meter: str

    def __str__(self) -> str:
        return f"{self.number:f} {METERS[self.meter]}"


def units(value: object) -> Units:
    """`100 minutes`, `30 calls`, `200 000 productive minutes`."""
    expected = "a number of units such as `100 minutes` or `30 calls`"
    text = text_of(value, expected)
    match = re.fullmatch(rf"({NUMBER}) ?([^\W\d].*)", text)
    if match is None:
        bare = re.fullmatch(NUMBER, text)
        raise wrong(expected, text, f"a unit is missing, as in `{text} minutes`" if bare else "")
    words = {word: meter for meter, plural in METERS.items() for word in (plural, plural.removesuffix("s"))}
    if match[2] not in words:
        raise wrong(expected, text, meant(match[2], words))
    number = decimal_of(match[1])
    if not number:
        raise wrong("more than 0 units", text, "leave it out")
    return Units(number, words[match[2]])


def _price(per: str) -> PlainValidator:
    """An amount of money, or `unknown`."""

    def read(value: object, info: ValidationInfo) -> Price:
        if value == UNKNOWN:
            return "unknown"
        currency = reading(info).currency
        return UNREAD if currency is None else quantities.money(value, currency, per=per)

    return PlainValidator(read)


def _rate(*per: str) -> PlainValidator:
    def read(value: object, info: ValidationInfo) -> quantities.Rate:
        currency = reading(info).currency
        return quantities.Rate(UNREAD, per[0]) if currency is None else quantities.money_rate(value, currency, per=per)

    return PlainValidator(read)


_PRICE = schema("string", "the price of a unit, or `unknown`", "28 RUB", UNKNOWN)
UnitPrice = Annotated[Price, _price(""), _PRICE]
MinutePrice = Annotated[Price, _price("minute"), _PRICE]
CallPrice = Annotated[Price, _price("call"), _PRICE]
HourPrice = Annotated[Price, _price("hour"), _PRICE]
MonthPrice = Annotated[Price, _price("month"), _PRICE]
PeriodRate = Annotated[
    quantities.Rate,
    _rate("month", "period"),
    schema("string", "money per month, or per billing period", "3 000 RUB per month", "100 USD per period"),
]
CallRate = Annotated[quantities.Rate, _rate("call"), schema("string", "money per call", "6 USD per call")]
UnitCount = Annotated[Units, PlainValidator(units), schema("string", "a number of units", "100 minutes", "30 calls")]
