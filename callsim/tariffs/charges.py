"""What a plan charges for what was used: one function for each component, in the order in which they are evaluated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from callsim.scenario.meters import METERS, Price
from callsim.scenario.plans import Tariff
from callsim.tariffs.invoice import Line, MissingRate, added, line
from callsim.tariffs.usage import PLAIN, Bands, Usage

ZERO = Fraction(0)


class Bill(NamedTuple):
    """What is billed: a plan by its name, what was used, and the share of a whole period."""

    name: str
    tariff: Tariff
    usage: Usage
    share: Fraction
    carried: Fraction = ZERO
    """Included units left over from periods before."""
    first: bool = False
    """The contract begins in this period."""

    def line(self, code: str, quantity: Fraction | int, unit: str, price: Fraction | Decimal) -> Line:
        return line(code, quantity, unit, price, rounds=self.tariff.rounded != "total")

    def known(self, price: Price | None, number: Fraction, of: str) -> Fraction:
        """The price of what was used; raises MissingRate where nobody says it."""
        if price is None or price == "unknown":
            raise MissingRate(f"{self.name}: {shown(number)} {of} have no known price; the plan does not publish it")
        return Fraction(price)

    def units(self, meter: str) -> Bands:
        """Units of a meter by hours, those under contract among the plain ones."""
        bands = dict(self.usage.units.get(meter, {PLAIN: ZERO}))
        for count in self.tariff.contracted:
            if count.meter == meter:
                bands[PLAIN] = bands.get(PLAIN, ZERO) + Fraction(count.number) * self.share
        return bands


def shown(number: Fraction) -> str:
    return f"{float(number):,.6g}".replace(",", " ")


def charges(bill: Bill) -> list[Line]:
    """All lines of an invoice but those that are paid once and the tax."""
    lines = [*fixed(bill), *by_volume(bill), *by_unit(bill), *by_part(bill), *fees(bill), *call_surcharges(bill)]
    lines += bounded(bill, lines)
    lines += credits_(bill, lines)
    for one in discounted(bill, lines):
        lines.append(one)
    return lines


def fixed(bill: Bill) -> Iterator[Line]:
    """The base, and everything else that costs the same in every period."""
    if bill.tariff.base is not None and bill.tariff.base.amount:
        yield bill.line("base", bill.share, "period", bill.tariff.base.amount)
    for name, extra in bill.tariff.extras.items():
        yield bill.line(name, extra.number * bill.share, "period", extra.each.amount)


def by_volume(bill: Bill) -> Iterator[Line]:
    """The units of the meter whose volume matters: packages, forecast, baseline, or what is included and beyond."""
    meter = bill.tariff.main
    if meter is None:
        return
    bands = bill.units(meter)
    if bill.tariff.ladder:
        yield from laddered(bill, meter, bands)
    elif bill.tariff.corridor is not None:
        yield from in_corridor(bill, meter, bands)
    elif bill.tariff.baseline is not None:
        yield from around_baseline(bill, meter, sum(bands.values(), ZERO))
    else:
        beyond = beyond_included(bands, included(bill))
        if bill.tariff.more is not None:
            yield from in_packs(bill, sum(beyond.values(), ZERO))
        elif bill.tariff.tiers is not None:
            yield from in_tiers(bill, meter, beyond)
        else:
            yield from at_price(bill, meter, beyond, bill.tariff.price(meter))


def included(bill: Bill) -> Fraction:
    """Units that cost nothing more: of this period, and left over."""
    own = bill.tariff.included
    return ZERO if own is None else Fraction(own.number) * bill.share + bill.carried


def left_over(bill: Bill) -> Fraction:
    """Included units that the next period may use."""
    if bill.tariff.included is None or bill.tariff.rollover == "none":
        return ZERO
    spent = sum(bill.units(bill.tariff.included.meter).values(), ZERO)
    left = max(included(bill) - spent, ZERO)
    # What came from the period before is used first, and what then is left of this one's own moves on.
    own = Fraction(bill.tariff.included.number) * bill.share
    return min(left, own) if bill.tariff.rollover == "next period" else left


def beyond_included(bands: Bands, free: Fraction) -> dict[str, Fraction]:
    """Units that are charged: what is included goes to plain hours first, then to the surcharges in their order."""
    beyond = {}
    for band in sorted(bands, key=lambda name: name != PLAIN):
        taken = min(free, bands[band])
        free -= taken
        beyond[band] = bands[band] - taken
    return beyond


def at_price(bill: Bill, meter: str, bands: Bands, price: Price | None) -> Iterator[Line]:
    """Units at one price, dearer or cheaper by the hour."""
    for band, number in bands.items():
        if number:
            yield bill.line(
                named(meter, band), number, METERS[meter], in_band(bill, band, bill.known(price, number, METERS[meter]))
            )


def named(meter: str, band: str) -> str:
    return f"{METERS[meter]}, {band}" if band else METERS[meter]


def in_band(bill: Bill, band: str, price: Fraction) -> Fraction:
    """The price of a unit at certain hours."""
    if band == PLAIN:
        return price
    surcharge = bill.tariff.surcharges[band]
    if surcharge.times is not None:
        price *= Fraction(repr(surcharge.times))
    if surcharge.plus is not None:
        price += bill.known(surcharge.plus, Fraction(1), f"surcharges `{band}`")
    return price


def in_packs(bill: Bill, number: Fraction) -> Iterator[Line]:
    """Whole packs."""
    more = bill.tariff.more
    assert more is not None
    packs = ceil(number / Fraction(more.of.number))
    if packs:
        yield bill.line(f"pack of {more.of}", packs, "packs", more.costs)


def in_tiers(bill: Bill, meter: str, bands: Bands) -> Iterator[Line]:
    """Units by tier: each at the price of the tier that it falls into, or all at that of the last one reached."""
    tiers = bill.tariff.tiers
    assert tiers is not None
    number = sum(bands.values(), ZERO)
    ends = [None if step.up_to is None else Fraction(step.up_to.number) * bill.share for step in tiers.steps]
    if tiers.apply == "to all units":
        reached = next(
            (step for step, end in zip(tiers.steps, ends, strict=True) if end is None or number <= end), None
        )
        yield from at_price(bill, meter, bands, None if reached is None else reached.price)
        return
    start = ZERO
    rest = dict(bands)
    for place, (step, end) in enumerate(zip(tiers.steps, ends, strict=True), start=1):
        room = None if end is None else end - start
        taken = (
            rest if room is None else {band: rest[band] - left for band, left in beyond_included(rest, room).items()}
        )
        rest = {band: rest[band] - taken[band] for band in rest}
        for one in at_price(bill, meter, taken, step.price):
            yield one._replace(code=f"{one.code}, tier {place}")
        start = start if end is None else end
    yield from at_price(bill, meter, rest, None)


def laddered(bill: Bill, meter: str, bands: Bands) -> Iterator[Line]:
    """The package by which the period is cheapest."""
    offers = []
    number = sum(bands.values(), ZERO)
    for pack in bill.tariff.ladder:
        beyond = beyond_included(bands, Fraction(pack.includes.number) * bill.share)
        if any(beyond.values()) and (pack.then is None or pack.then == "unknown"):
            continue
        package = bill.line(f"package of {pack.includes}", bill.share, "period", pack.costs)
        offers.append([package, *at_price(bill, meter, beyond, pack.then)])
    if not offers:
        bill.known(None, number, f"{METERS[meter]}, more than any package includes,")
    yield from min(offers, key=added)


def in_corridor(bill: Bill, meter: str, bands: Bands) -> Iterator[Line]:
    """The forecast's lower end is paid for in any case, and what exceeds the upper end costs another price."""
    corridor = bill.tariff.corridor
    assert corridor is not None
    forecast = Fraction(corridor.forecast.number) * bill.share
    number = sum(bands.values(), ZERO)
    low, high = forecast * Fraction(repr(corridor.at_least)), forecast * Fraction(repr(corridor.up_to))
    price = bill.known(bill.tariff.price(meter), number, METERS[meter])
    if number < low:
        yield from at_price(bill, meter, bands, bill.tariff.price(meter))
        yield bill.line(f"{METERS[meter]} not used of the forecast", low - number, METERS[meter], price)
        return
    beyond = beyond_included(bands, high)
    yield from at_price(bill, meter, {band: bands[band] - beyond[band] for band in bands}, bill.tariff.price(meter))
    for band, units in beyond.items():
        if units:
            above = in_band(bill, band, price) * Fraction(repr(corridor.above))
            yield bill.line(f"{named(meter, band)} above the forecast", units, METERS[meter], above)


def around_baseline(bill: Bill, meter: str, number: Fraction) -> Iterator[Line]:
    """What the volume differs from the baseline, once it leaves the dead band."""
    baseline = bill.tariff.baseline
    assert baseline is not None
    base = Fraction(baseline.of.number) * bill.share
    band = base * Fraction(repr(baseline.dead_band))
    difference = number - base
    if abs(difference) <= band:
        return
    counted = abs(difference) - (band if baseline.counts == "the excess" else 0)
    if difference > 0:
        price = bill.known(baseline.more, counted, METERS[meter])
        yield bill.line(f"{METERS[meter]} above the baseline", counted, METERS[meter], price)
    else:
        price = bill.known(baseline.less, counted, METERS[meter])
        yield bill.line(f"{METERS[meter]} below the baseline", counted, METERS[meter], -price)


def by_unit(bill: Bill) -> Iterator[Line]:
    """Units of all other meters, each at its price; what rounding the price of every call adds stands beside them."""
    main = bill.tariff.main
    for meter in METERS:
        price = bill.tariff.price(meter)
        if meter != main and price is not None:
            yield from at_price(bill, meter, bill.units(meter), price)
    if bill.usage.rounding:
        yield bill.line("rounding of the price of each call", 1, "period", bill.usage.rounding)


def by_part(bill: Bill) -> Iterator[Line]:
    """Minutes of parts of calls that have a price of their own."""
    for part, price in bill.tariff.per_minute_of.items():
        number = bill.usage.parts.get(part, ZERO)
        if number:
            yield bill.line(f"minutes of {part}", number, "minutes", bill.known(price, number, f"minutes of {part}"))


def fees(bill: Bill) -> Iterator[Line]:
    """Fees of events, and what the cap of a call takes off them."""
    for name, price in bill.tariff.fees.items():
        number = bill.usage.events.get(name, ZERO)
        if number:
            yield bill.line(name, number, "events", bill.known(price, number, f"events `{name}`"))
    if bill.usage.uncharged:
        yield bill.line("fees beyond the most of a call", 1, "period", -bill.usage.uncharged)


def call_surcharges(bill: Bill) -> Iterator[Line]:
    """What calls cost on top at certain hours."""
    for band, surcharge in bill.tariff.surcharges.items():
        number = bill.usage.calls.get(band, ZERO)
        if surcharge.per_call is not None and number:
            yield bill.line(f"calls, {band}", number, "calls", bill.known(surcharge.per_call, number, f"calls, {band}"))


def bounded(bill: Bill, lines: Sequence[Line]) -> list[Line]:
    """What lifts the sum to the minimum, or lowers it to the maximum."""
    total = Fraction(added(lines))
    for code, bound, wanted in (("minimum", bill.tariff.minimum, 1), ("maximum", bill.tariff.maximum, -1)):
        if bound is not None:
            difference = Fraction(bound.amount) * bill.share - total
            if difference * wanted > 0:
                return [bill.line(code, 1, "period", difference)]
    return []


def credits_(bill: Bill, lines: Sequence[Line]) -> list[Line]:
    """What is credited for service below its promise: at risk x weight x share by the size of the miss."""
    levels = bill.tariff.service_levels
    if levels is None or _excused(bill):
        return []
    credited = []
    for name, judged in levels.measures.items():
        if name not in bill.usage.performance:
            continue
        short = judged.target - bill.usage.performance[name]
        # Shares are floats: a miss of 5 points is one of 5 points.
        miss = round(-short if name == "abandon_rate" else short, 9)
        share = next((step.credits for step in levels.misses if step.up_to is None or miss <= step.up_to), 0.0)
        if miss > 0 and share:
            part = Fraction(repr(levels.at_risk)) * Fraction(repr(judged.weight)) * Fraction(repr(share))
            credited.append(bill.line(f"credit for {name}", 1, "period", -Fraction(added(lines)) * part))
    return credited


def _excused(bill: Bill) -> bool:
    """Whether there was more to do than the vendor answers for."""
    levels, corridor = bill.tariff.service_levels, bill.tariff.corridor
    if levels is None or levels.excused_above is None or corridor is None:
        return False
    number = sum(bill.units(corridor.forecast.meter).values(), ZERO)
    return number > Fraction(corridor.forecast.number) * bill.share * Fraction(repr(levels.excused_above))


def discounted(bill: Bill, lines: Sequence[Line]) -> Iterator[Line]:
    """Discounts one after the other: shares of what is left by then, or sums."""
    left = Fraction(added(lines))
    for name, discount in bill.tariff.discounts.items():
        share = isinstance(discount, float)
        off = left * Fraction(repr(discount)) if share else min(Fraction(discount) * bill.share, left)
        left -= off
        if off:
            yield bill.line(name, 1, "period", -off)


def paid_once(bill: Bill) -> Iterator[Line]:
    """The set-up, in the first period of the contract."""
    if bill.first and bill.tariff.setup:
        yield bill.line("set-up", 1, "contract", bill.tariff.setup)


def tax_on(bill: Bill, lines: Sequence[Line]) -> Iterator[Line]:
    """Tax on the net amount, where the prices do not have it in them."""
    if bill.tariff.tax and not bill.tariff.prices_include_tax:
        net = Fraction(added(lines))
        if net:
            yield bill.line("tax", net, "net", Fraction(repr(bill.tariff.tax)))


def kept_safe(bill: Bill) -> Iterator[Line]:
    """The deposit, in the first period of the contract, without tax."""
    if bill.first and bill.tariff.deposit:
        yield bill.line("deposit", 1, "contract", bill.tariff.deposit)
