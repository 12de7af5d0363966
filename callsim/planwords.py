"""What a price plan was understood to say, in a line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from callsim.quantities import Rate, digits, spoken
from callsim.scenario.meters import METERS, Price
from callsim.scenario.plans import CALENDAR_MONTH, Tariff


def words(tariff: Tariff, currency: str) -> Iterator[str]:
    """The parts of a plan, in the order in which they are evaluated."""
    yield from _fixed(tariff, currency)
    prices = {meter: price for meter in METERS if (price := tariff.price(meter)) is not None}
    for meter, price in prices.items():
        yield f"{_price(price, currency)} per {METERS[meter].removesuffix('s')}"
    for part, price in tariff.per_minute_of.items():
        yield f"{_price(price, currency)} per minute of {part}"
    if tariff.bills_time:
        yield from _time(tariff)
    yield from _volumes(tariff, currency)
    for name, price in tariff.fees.items():
        yield f"{_price(price, currency)} for each {name}"
    yield from _rules(tariff, currency)


def rate(of: Rate, currency: str) -> str:
    """`350 RUB per hour`."""
    return f"{amount(of.amount, currency)} per {of.per}"


def amount(of: Decimal, currency: str) -> str:
    return f"{of:,} {currency}".replace(",", " ")


def _price(price: Price, currency: str) -> str:
    return "an unknown price" if price == "unknown" else amount(price, currency)


def _percent(share: float) -> str:
    return f"{digits(round(share, 6), times=100)}%"


def _fixed(tariff: Tariff, currency: str) -> Iterator[str]:
    if tariff.period != CALENDAR_MONTH:
        yield f"billed every {tariff.period} days"
    if tariff.base is not None:
        yield rate(tariff.base, currency)
    for name, extra in tariff.extras.items():
        yield f"{extra.number} x {name} at {rate(extra.each, currency)}"
    if tariff.setup is not None:
        yield f"set-up {amount(tariff.setup, currency)}"


def _time(tariff: Tariff) -> Iterator[str]:
    yield f"bills {', '.join(tariff.bills)}"
    if tariff.billed_in is not None:
        yield f"rounded up to {spoken(tariff.billed_in.first)}, then by {spoken(tariff.billed_in.then)}"
    if tariff.adds:
        yield f"{spoken(tariff.adds)} more for each call"


def _volumes(tariff: Tariff, currency: str) -> Iterator[str]:
    if tariff.included is not None:
        yield f"{tariff.included} included"
    for pack in tariff.ladder:
        yield f"package of {pack.includes} at {amount(pack.costs, currency)}"
    if tariff.more is not None:
        yield f"then packs of {tariff.more.of} at {amount(tariff.more.costs, currency)}"
    if tariff.tiers is not None:
        steps = "; ".join(
            _price(step.price, currency) + (f" up to {step.up_to}" if step.up_to else "") for step in tariff.tiers.steps
        )
        yield f"tiers {tariff.tiers.apply}: {steps}"
    if tariff.corridor is not None:
        low, high = _percent(tariff.corridor.at_least), _percent(tariff.corridor.up_to)
        yield f"forecast {tariff.corridor.forecast}, paid from {low}, dearer above {high}"
    if tariff.baseline is not None:
        yield f"baseline {tariff.baseline.of} +- {_percent(tariff.baseline.dead_band)}"


def _rules(tariff: Tariff, currency: str) -> Iterator[str]:
    """What changes the sum of the rest."""
    if tariff.free_calls is not None:
        yield "some calls free"
    for name in tariff.surcharges:
        yield f"surcharge {name}"
    for key, bound in (("at least", tariff.minimum), ("at most", tariff.maximum)):
        if bound is not None:
            yield f"{key} {rate(bound, currency)}{' before discounts' if tariff.discounts else ''}"
    if tariff.service_levels is not None:
        yield f"{_percent(tariff.service_levels.at_risk)} at risk for service"
    for name, discount in tariff.discounts.items():
        yield f"discount {name}: {_percent(discount) if isinstance(discount, float) else amount(discount, currency)}"
    if tariff.tax:
        yield f"tax {_percent(tariff.tax)}" + (" in the prices" if tariff.prices_include_tax else "")
