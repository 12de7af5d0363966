"""Calls become units: what a plan bills of them, free calls, rounding, and the hours with prices of their own."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from callsim.scenario.meters import TIMED
from callsim.scenario.planparts import FreeCalls
from callsim.scenario.plans import Tariff
from callsim.scenario.timetable import DAY, Calendar, spans_of_day
from callsim.tariffs.traffic import MICROSECONDS, MINUTE, Flags, Floats, Ints, Traffic, stepped

ZERO = Fraction(0)
PLAIN = ""
"""The band of hours without a surcharge."""

Bands = Mapping[str, Fraction]
"""Units by the name of their surcharge."""


class Usage(NamedTuple):
    """What was used in a billing period, exactly."""

    units: Mapping[str, Bands]
    """By meter."""
    parts: Mapping[str, Fraction] = MappingProxyType({})
    """Minutes of the parts of calls that have a price of their own."""
    events: Mapping[str, Fraction] = MappingProxyType({})
    uncharged: Fraction = Fraction(0)
    """Fees that the cap of a call takes off, in money."""
    rounding: Fraction = Fraction(0)
    """What rounding the price of each call adds, in money."""
    calls: Bands = MappingProxyType({})
    """Answered calls that are billed."""
    free: int = 0
    """Calls that are not."""
    exact: Mapping[str, Bands] = MappingProxyType({})
    """Units as they would be without any rounding of time."""
    actual: Fraction = Fraction(0)
    """Minutes that are billed, before rounding."""
    talk: Fraction = Fraction(0)
    """Minutes talked, whether billed or not."""
    performance: Mapping[str, float] = MappingProxyType({})
    """What was measured of the service levels."""

    def counts(self, event: str) -> Fraction:
        """How often something happened, be it an event with a fee or a unit of a meter."""
        return self.events.get(event, ZERO) + sum(self.units.get(event, {}).values(), ZERO)

    def times(self, factor: Fraction) -> Usage:
        """So many times the same traffic."""

        def bands(units: Bands) -> Bands:
            return {band: number * factor for band, number in units.items()}

        return self._replace(
            units={meter: bands(units) for meter, units in self.units.items()},
            exact={meter: bands(units) for meter, units in self.exact.items()},
            parts=bands(self.parts), events=bands(self.events), calls=bands(self.calls),
            uncharged=self.uncharged * factor, rounding=self.rounding * factor,
            actual=self.actual * factor, talk=self.talk * factor,
        )  # fmt: skip

    def plus(self, other: Usage) -> Usage:
        """Both together; the service is that of the first."""

        def bands(one: Bands, two: Bands) -> Bands:
            return {band: one.get(band, ZERO) + two.get(band, ZERO) for band in {**one, **two}}

        def meters(one: Mapping[str, Bands], two: Mapping[str, Bands]) -> Mapping[str, Bands]:
            return {meter: bands(one.get(meter, {}), two.get(meter, {})) for meter in {**one, **two}}

        return Usage(
            units=meters(self.units, other.units), parts=bands(self.parts, other.parts),
            events=bands(self.events, other.events), uncharged=self.uncharged + other.uncharged,
            rounding=self.rounding + other.rounding, calls=bands(self.calls, other.calls),
            free=self.free + other.free, exact=meters(self.exact, other.exact),
            actual=self.actual + other.actual, talk=self.talk + other.talk,
            performance=self.performance or other.performance,
        )  # fmt: skip


class Billed(NamedTuple):
    """The calls of a billing period that are billed."""

    traffic: Traffic
    window: slice
    paid: Flags
    number: Fraction


def used(tariff: Tariff, traffic: Traffic, calendar: Calendar, start: float, end: float) -> Usage:
    """What the calls answered in [start, end) come to in the units of a plan."""
    begin, stop = np.searchsorted(traffic.answered, (start, end))
    window = slice(int(begin), int(stop))
    lengths = traffic.lengths(tariff.bills)[window]
    paid = _paid(tariff.free_calls, traffic, window)
    band = _bands(tariff, calendar, traffic.answered[window])
    billed = np.where(paid, _with_adder(tariff, traffic.rounded(tariff.bills, tariff.billed_in)[window]), 0)
    actual = np.where(paid, lengths, 0)
    machine = traffic.machine[window]
    calls = _by_band(tariff, band, (paid & ~machine).astype(np.int64))
    number = sum(calls.values(), Fraction(0))
    theirs = Billed(traffic, window, paid, number)
    counts = {"call": calls} | _counts(tariff, theirs, start, end)
    return Usage(
        units=counts | _timed(tariff, theirs, band, billed, rounded=True),
        exact=counts | _timed(tariff, theirs, band, actual, rounded=False),
        parts={part: _minutes(traffic.parts[part][window]) for part in tariff.per_minute_of},
        events={name: _events(tariff, theirs, name) for name in tariff.fees},
        uncharged=_uncharged(tariff, theirs),
        rounding=_call_rounding(tariff, billed),
        calls=calls,
        free=int(len(paid) - paid.sum()),
        actual=_minutes(actual),
        talk=_minutes(traffic.parts["talk"][window]),
        performance=_performance(tariff, traffic, start, end),
    )


def _counts(tariff: Tariff, calls: Billed, start: float, end: float) -> dict[str, Bands]:
    """What is counted without regard to the hour: calls that came, messages, resolutions, orders."""

    def within(instants: Floats) -> Fraction:
        begin, stop = np.searchsorted(instants, (start, end))
        return Fraction(int(stop - begin))

    shared = "message" in tariff.share_of_calls
    messages = _events(tariff, calls, "message") if shared else within(calls.traffic.messages)
    units = {"incoming_call": within(calls.traffic.came), "message": messages}
    units |= {name: _events(tariff, calls, name) for name in ("resolution", "order")}
    return {meter: {PLAIN: number} for meter, number in units.items()}


def _minutes(lengths: Ints) -> Fraction:
    return Fraction(int(lengths.sum()), MINUTE)


def _paid(free: FreeCalls | None, traffic: Traffic, window: slice) -> Flags:
    """Calls that are billed: not the free ones, of which the first so many of a period count.

    How long a call lasted is its talk, whatever else of it is billed.
    """
    paid = np.ones(len(traffic.answered[window]), dtype=np.bool_)
    if free is None:
        return paid
    for kind in free.kinds:
        if kind in traffic.kinds:
            paid &= ~traffic.kinds[kind][window]
    limit = free.up_to if free.under is None else free.under
    if limit is not None:
        most = round(limit * MICROSECONDS)
        lengths = traffic.lengths(("talk", "hold"))[window]
        short = paid & ~traffic.machine[window] & (lengths <= most if free.under is None else lengths < most)
        if free.at_most is not None:
            short &= np.cumsum(short) <= free.at_most
        paid &= ~short
    return paid


def _with_adder(tariff: Tariff, billed: Ints) -> Ints:
    """Time that is added to every call that is billed at all."""
    adds = round(tariff.adds * MICROSECONDS)
    return np.where(billed > 0, billed + adds, 0) if adds else billed


def _timed(tariff: Tariff, calls: Billed, band: Ints, lengths: Ints, *, rounded: bool) -> dict[str, Bands]:
    """Minutes by meter and band; a sum over the period is rounded here, where the plan says so."""
    steps = tariff.billed_in if rounded else None
    whole = _by_band(tariff, band, lengths)
    if steps is not None and steps.each == "period":
        whole = {name: Fraction(int(stepped(np.array([int(length)]), steps)[0])) for name, length in whole.items()}
    minutes = {name: length / MINUTE for name, length in whole.items()}
    if "machine" not in tariff.weights:
        return dict.fromkeys(TIMED, minutes)
    handled = np.where(calls.traffic.machine, calls.traffic.rounded(("menu",), steps), 0)[calls.window]
    weight = Fraction(repr(tariff.weights["machine"])) / MINUTE
    by_machine = {name: length * weight for name, length in _by_band(tariff, band, handled).items()}
    weighted = {name: minutes[name] + by_machine[name] for name in minutes}
    return {meter: weighted if meter == "weighted_minute" else minutes for meter in TIMED}


def _bands(tariff: Tariff, calendar: Calendar, answered: Floats) -> Ints:
    """The number of the surcharge of each call, by its answer: 0 for none, and the first that applies."""
    band = np.zeros(len(answered), dtype=np.int64)
    for number, surcharge in reversed(list(enumerate(tariff.surcharges.values(), start=1))):
        first, last = (int(answered[0] // DAY), int(answered[-1] // DAY)) if len(answered) else (0, -1)
        for day in range(first - 1, last + 1):
            for span in spans_of_day(surcharge.when, calendar, day):
                begin, end = np.searchsorted(answered, (span.start, span.end))
                band[begin:end] = number
    return band


def _by_band(tariff: Tariff, band: Ints, values: Ints) -> dict[str, Fraction]:
    """Sums of whole numbers by name of the surcharge, hours without one first."""
    names = (PLAIN, *tariff.surcharges)
    if len(names) == 1:
        return {PLAIN: Fraction(int(values.sum()))}
    return {name: Fraction(int(values[band == number].sum())) for number, name in enumerate(names)}


def _share(tariff: Tariff, name: str) -> Fraction:
    return Fraction(repr(tariff.share_of_calls[name])) if name in tariff.share_of_calls else Fraction(0)


def _events(tariff: Tariff, billed: Billed, name: str) -> Fraction:
    """How often something happened in the calls that are billed: as the log says, else a share of the calls."""
    if name in billed.traffic.events:
        return Fraction(int(billed.traffic.events[name][billed.window][billed.paid].sum()))
    return _share(tariff, name) * billed.number


def _uncharged(tariff: Tariff, billed: Billed) -> Fraction:
    """What the cap of a call takes off its fees; shares of calls are taken for independent of each other."""
    if tariff.fees_at_most is None:
        return Fraction(0)
    cap = Fraction(tariff.fees_at_most.amount)
    fees = {name: Fraction(fee) for name, fee in tariff.fees.items() if fee != "unknown"}
    logged = [name for name in fees if name in billed.traffic.events]
    if not logged:
        return _expected_over(tariff, fees, cap) * billed.number
    counts = np.column_stack([billed.traffic.events[name][billed.window][billed.paid] for name in logged])
    rows, times = np.unique(counts, axis=0, return_counts=True)
    sums = [sum((n * fees[name] for n, name in zip(row, logged, strict=True)), Fraction(0)) for row in rows.tolist()]
    return sum((max(one - cap, Fraction(0)) * n for one, n in zip(sums, times.tolist(), strict=True)), Fraction(0))


def _expected_over(tariff: Tariff, fees: Mapping[str, Fraction], cap: Fraction) -> Fraction:
    """The expected fees of a call beyond the cap."""
    expected = Fraction(0)
    for happens in product((False, True), repeat=len(fees)):
        chance, fee = Fraction(1), Fraction(0)
        for name, yes in zip(fees, happens, strict=True):
            share = _share(tariff, name)
            chance, fee = chance * (share if yes else 1 - share), fee + (fees[name] if yes else 0)
        expected += chance * max(fee - cap, Fraction(0))
    return expected


def _call_rounding(tariff: Tariff, billed: Ints) -> Fraction:
    """What it adds to round the price of the time of each call to hundredths, half up."""
    if tariff.rounded != "each call":
        return Fraction(0)
    assert tariff.per_minute is not None
    assert tariff.per_minute != "unknown"
    price = Fraction(tariff.per_minute)
    lengths, times = np.unique(billed, return_counts=True)
    numerator, denominator = 100 * price.numerator, MINUTE * price.denominator
    cents = sum(
        (2 * length * numerator + denominator) // (2 * denominator) * number
        for length, number in zip(lengths.tolist(), times.tolist(), strict=True)
    )
    return Fraction(cents, 100) - _minutes(billed) * price


def _performance(tariff: Tariff, traffic: Traffic, start: float, end: float) -> dict[str, float]:
    """What the log says of the measures that the plan judges."""
    found: dict[str, float] = {}
    if tariff.service_levels is None:
        return found
    begin, stop = np.searchsorted(traffic.came, (start, end))
    waited = traffic.waited[int(begin) : int(stop)]
    answered = ~np.isnan(waited)
    for name, judged in tariff.service_levels.measures.items():
        if judged.measured is not None:
            found[name] = judged.measured
        elif name == "abandon_rate" and len(waited):
            found[name] = 1.0 - float(answered.mean())
        elif name == "service_level" and judged.within is not None:
            asked = int(answered.sum()) if judged.out_of == "answered calls" else len(waited)
            if asked:
                found[name] = float((waited <= judged.within).sum()) / asked
    return found


def trial_end(tariff: Tariff, traffic: Traffic, calendar: Calendar) -> float | None:
    """When the free use ends, seconds: after its days, or with the call that reaches its units."""
    if tariff.trial is None or tariff.starts is None:
        return None
    start = (tariff.starts - calendar.start).days * DAY
    end = start + tariff.trial.days * DAY
    limit = tariff.trial.up_to
    if limit is None:
        return end
    begin, stop = (int(at) for at in np.searchsorted(traffic.answered, (start, end)))
    window = slice(begin, stop)
    paid = _paid(tariff.free_calls, traffic, window)
    if limit.meter in TIMED:
        rounded = _with_adder(tariff, traffic.rounded(tariff.bills, tariff.billed_in)[window])
        spent, most = np.cumsum(np.where(paid, rounded, 0)), int(limit.number * MINUTE)
    else:
        spent, most = np.cumsum(paid.astype(np.int64)), int(limit.number)
    last = int(np.searchsorted(spent, most))
    # Whatever begins after this call's answer is billed.
    return end if last >= len(spent) else float(np.nextafter(traffic.answered[begin + last], np.inf))
