"""Price plans and invoices: calls become units, units become lines, lines become totals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from callsim.scenario.meters import TIMED
from callsim.scenario.plans import Tariff
from callsim.scenario.routes import vendors_met
from callsim.scenario.timetable import DAY, Calendar
from callsim.scenario.vocabulary import Scenario
from callsim.tariffs.charges import Bill, charges, kept_safe, left_over, paid_once, tax_on
from callsim.tariffs.invoice import Invoice, Line, MissingRate, added, money
from callsim.tariffs.periods import Period, periods
from callsim.tariffs.traffic import OutsourcedCalls, Traffic
from callsim.tariffs.usage import Usage, trial_end, used

__all__ = ["Bill", "Invoice", "Line", "MissingRate", "Usage", "charged", "contracts", "invoice", "invoices"]

ZERO = Fraction(0)


def contracts(scenario: Scenario) -> dict[str, Tariff]:
    """The tariff of each vendor that callers can come to."""
    return {name: scenario.tariffs[scenario.vendors[name].tariff] for name in vendors_met(scenario)}


def invoice(bill: Bill, *, label: str = "", whole: bool = True) -> Invoice:
    """The invoice of one billing period. Raises MissingRate where the price of what was used is not known."""
    lines = _lines(bill)
    usage = bill.usage
    unrounded = bill._replace(usage=usage._replace(units={**usage.units, **usage.exact}, rounding=ZERO))
    timed = next((meter for meter in (bill.tariff.main, *TIMED) if meter in TIMED and meter in usage.units), "minute")
    return Invoice(
        plan=bill.name,
        currency=bill.tariff.currency,
        label=label,
        share=bill.share,
        whole=whole,
        lines=tuple(lines),
        usage=usage,
        billed_minutes=sum(usage.units.get(timed, {}).values(), ZERO),
        rounding=added(lines) - added(_lines(unrounded)),
    )


def _lines(bill: Bill) -> list[Line]:
    lines = [*charges(bill), *paid_once(bill)]
    lines += tax_on(bill, lines)
    return [*lines, *kept_safe(bill)]


def invoices(
    name: str, tariff: Tariff, traffic: Traffic, calendar: Calendar, *, mean_months: bool = False
) -> Iterator[Invoice]:
    """The invoices of the counted time, one for each billing period, in order."""
    for period, bill in _bills_of(name, tariff, traffic, calendar, mean_months=mean_months):
        yield invoice(bill, label=period.label, whole=period.whole)


def in_mean_months(tariff: Tariff, found: Sequence[Invoice], traffic: Traffic, calendar: Calendar) -> list[Decimal]:
    """What the same invoices come to in months of 365/12 days, not rounded."""
    billed = list(_billed(tariff, traffic, calendar, mean_months=True))
    return [added(_lines(bill)) for bill in _bills("", tariff, billed, [one.usage for one in found])]


def _bills_of(
    name: str, tariff: Tariff, traffic: Traffic, calendar: Calendar, *, mean_months: bool
) -> Iterator[tuple[Period, Bill]]:
    """The billing periods of the counted time, in order, each with its bill."""
    billed = list(_billed(tariff, traffic, calendar, mean_months=mean_months))
    usages = [used(tariff, traffic, calendar, period.start, period.end) for period in billed]
    return zip(billed, _bills(name, tariff, billed, usages), strict=True)


def _bills(name: str, tariff: Tariff, billed: Sequence[Period], usages: Sequence[Usage]) -> Iterator[Bill]:
    """Bills one after the other: what one includes and does not use may move to the next."""
    carried = ZERO
    for period, usage in zip(billed, usages, strict=True):
        bill = Bill(name, tariff, usage, period.share, carried, period.first)
        yield bill
        carried = left_over(bill)


def _billed(tariff: Tariff, traffic: Traffic, calendar: Calendar, *, mean_months: bool) -> Iterator[Period]:
    """The periods less the free use at the beginning; the first after it is that of the contract."""
    found = periods(tariff, calendar, mean_months=mean_months)
    free_until = trial_end(tariff, traffic, calendar)
    if free_until is None:
        yield from found
        return
    first = free_until > calendar.warm_up
    for period in found:
        billed = _after_trial(period, free_until)
        if billed is not None:
            yield billed._replace(first=first)
            first = False


def _after_trial(period: Period, free_until: float) -> Period | None:
    """What of a period is billed: from the day on which the free use ended, its calls from that moment."""
    if free_until <= period.start:
        return period
    if free_until >= period.end:
        return None
    days = period.end - free_until // DAY * DAY
    share = period.share * Fraction(days) / Fraction(period.end - period.start)
    return period._replace(start=free_until, share=share, whole=False)


def recorders(scenario: Scenario) -> list[int]:
    """The places of the vendors who only take messages."""
    return [place for place, vendor in enumerate(scenario.vendors.values()) if vendor.takes_message]


def charged(
    scenario: Scenario, contracts: Mapping[str, Tariff], calls: OutsourcedCalls, *, mean_months: bool
) -> dict[str, Decimal]:
    """What every vendor that callers can come to charges for the counted time, by vendor: its invoices, or in months of
    365/12 days what they would come to, not rounded. Raises MissingRate as `invoice` does."""
    found = {}
    for vendor, tariff in contracts.items():
        traffic = calls.traffic(list(scenario.vendors).index(vendor), recorders=recorders(scenario))
        name = scenario.vendors[vendor].tariff
        bills = _bills_of(name, tariff, traffic, scenario.calendar, mean_months=mean_months)
        try:
            sums = [added(_lines(bill)) for _, bill in bills]
        except MissingRate as error:
            raise MissingRate(f"vendor `{vendor}`, tariff `{name}`: {str(error).removeprefix(f'{name}: ')}") from None
        found[vendor] = sum(sums if mean_months else map(money, sums), Decimal(0))
    return found
