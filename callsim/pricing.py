"""Every plan on the same calls, simulated or recorded: invoices, their spread, and which plan is cheapest when."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import reduce
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from callsim.calllog import Logs
from callsim.errors import CallsimError
from callsim.recorded import read_attempts
from callsim.replicate import play, variants_of
from callsim.scenario import Scenario, Study
from callsim.scenario.planfile import load_plans
from callsim.scenario.plans import Tariff, unsaid
from callsim.scenario.routes import vendors_met
from callsim.scenario.timetable import DAY, Calendar, hours
from callsim.tariffs import Invoice, MissingRate, in_mean_months, invoices, recorders
from callsim.tariffs.breakeven import Offer, Stretch, crossings, envelope
from callsim.tariffs.periods import MEAN_MONTH
from callsim.tariffs.traffic import OutsourcedCalls, Traffic, by_agents, by_everyone, by_vendors
from callsim.tariffs.usage import Usage, used

WHOSE = {
    "vendors": "answered by vendors",
    "agents": "answered by agents",
    "all": "answered by anyone, machines too",
}
"""Whose calls are priced."""
OF_TABLES = {"vendors": by_vendors, "agents": by_agents, "all": by_everyone}

UP_TO = 10
"""Times the measured volume: so far plans are compared by volume."""

A_MONDAY = date(2024, 1, 1)
FIRST_YEAR, LAST_YEAR = 1900, 2100
"""Of the first day of a log, as of a scenario."""


class Calls(NamedTuple):
    """The calls of one replication, and the days that they are of."""

    traffic: Traffic
    calendar: Calendar


class Priced(NamedTuple):
    """A plan on the calls of all replications. Without invoices `missing` says which price nobody knows."""

    name: str
    tariff: Tariff
    invoices: tuple[Invoice, ...]
    per_month: tuple[float, ...]
    """By replication: what months of 365/12 days would cost."""
    missing: str | None
    usage: Usage
    """All that was used, in the units of the plan."""

    @property
    def told(self) -> tuple[Invoice, ...]:
        """The invoices of whole periods, or all where none is whole."""
        return tuple(one for one in self.invoices if one.whole) or self.invoices


class Even(NamedTuple):
    """Where a plan costs as much as the cheapest one, in minutes talked a month."""

    plan: str
    cheapest: str
    volumes: tuple[Fraction, ...]


class Market(NamedTuple):
    """The plans of one currency."""

    currency: str
    plans: tuple[Priced, ...]
    """The cheapest first, those with unknown prices last."""
    envelope: tuple[Stretch, ...]
    evens: tuple[Even, ...]


class PricedCalls(NamedTuple):
    """All plans on the calls of a variant, or of a log."""

    name: str
    calls: float
    """A month of 365/12 days."""
    minutes: float
    """Talked in such a month."""
    markets: tuple[Market, ...]


class Pricing(NamedTuple):
    """What pricing came to."""

    title: str
    days: float
    replications: int
    seed: int | None
    whose: str
    priced: tuple[PricedCalls, ...]
    notes: tuple[str, ...]


def plans_of(names: Sequence[str], folder: Path = Path()) -> dict[str, Tariff]:
    """The plans of some files, shipped ones among them."""
    found: dict[str, Tariff] = {}
    for name in names:
        for plan, tariff in load_plans(name, folder).items():
            if plan in found:
                raise CallsimError(f"{name}: a plan `{plan}` stands in another file already; give it another name")
            found[plan] = tariff
    return found


def plans_of_study(study: Study) -> dict[str, Tariff]:
    """The tariffs of all variants of a scenario; those that differ by variant are told apart by its name."""
    found: dict[str, Tariff] = {}
    for variant, scenario in study.variants.items():
        for name, tariff in scenario.tariffs.items():
            own = tariff.model_copy(update={"currency": scenario.currency})
            found[name if found.get(name, own) == own else f"{name} ({variant})"] = own
    if not found:
        raise CallsimError(f"{study.path}: expected `--plans` such as `--plans us`, for the scenario has no `tariffs:`")
    return found


def price(
    study: Study,
    plans: Mapping[str, Tariff],
    replications: int = 30,
    *,
    seed: int = 1,
    variants: Sequence[str] = (),
    whose: str | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Pricing:
    """Price the calls of every variant (or the named ones), each on its own calls, played like those of `run`."""
    chosen, solved = variants_of(study, variants)
    notes = [str(one) for one in solved]
    whose = whose or ("vendors" if any(vendors_met(scenario) for scenario in chosen.values()) else "agents")
    played: dict[str, list[Calls]] = {name: [] for name in chosen}
    for replication in range(replications):
        for done, (name, scenario) in enumerate(chosen.items()):
            if progress is not None:
                progress(replication * len(chosen) + done, replications * len(chosen))
            logs = play(scenario, seed, replication)
            traffic = _at_vendors(scenario, logs) if whose == "vendors" else OF_TABLES[whose](logs.attempts)
            played[name].append(Calls(traffic, scenario.calendar))
    priced = [priced_calls(name, plans, calls) for name, calls in played.items() if _any(calls)]
    notes += [f"{name}: no calls {WHOSE[whose]}" for name, calls in played.items() if not _any(calls)]
    if not priced:
        raise CallsimError(f"{study.path}: expected calls {WHOSE[whose]}, found none; `--calls` prices others")
    days = next(iter(chosen.values())).calendar.counted_days
    return Pricing(study.name, days, replications, seed, whose, tuple(priced), (*notes, *_flags(priced)))


def price_log(
    path: Path, plans: Mapping[str, Tariff], *, start: date | None = None, whose: str | None = None
) -> Pricing:
    """Price the calls of a recorded log, of which `start` is the first day; days are counted to the last call."""
    if start is not None and not FIRST_YEAR <= start.year <= LAST_YEAR:
        raise CallsimError(f"--start: expected a date between {FIRST_YEAR} and {LAST_YEAR}, found `{start}`")
    attempts, unread = read_attempts(path)
    calendar = calendar_of(attempts, start or A_MONDAY)
    whose = whose or ("vendors" if attempts["vendor"].count() else "agents")
    calls = [Calls(OF_TABLES[whose](attempts), calendar)]
    if not _any(calls):
        raise CallsimError(f"{path}: expected calls {WHOSE[whose]}, found none; `--calls` prices others")
    priced = priced_calls(path.name, plans, calls)
    notes = [] if start else [f"no `--start` was given: the log is taken to begin on Monday {A_MONDAY.isoformat()}"]
    if unread:
        notes.append(f"columns of the log that are not read: {', '.join(unread)}")
    return Pricing(path.name, float(calendar.days), 1, None, whose, (priced,), (*notes, *_flags([priced])))


def _at_vendors(scenario: Scenario, logs: Logs) -> Traffic:
    calls = OutsourcedCalls()
    calls.add(logs)
    return calls.traffic(recorders=recorders(scenario))


def calendar_of(attempts: pl.DataFrame, start: date) -> Calendar:
    """The days of a log, from its first midnight to the end of the day of its last call."""
    last = max(float(np.max(attempts[name].drop_nulls().to_numpy(), initial=0.0)) for name in ("dialled", "answered"))
    return Calendar.model_construct(
        start=start, days=int(last // DAY) + 1, open=hours("always"), holidays=(), warm_up=0.0, cool_down=None
    )


def _any(calls: Iterable[Calls]) -> bool:
    return any(len(one.traffic.answered) for one in calls)


def priced_calls(name: str, plans: Mapping[str, Tariff], calls: Sequence[Calls]) -> PricedCalls:
    """All plans on the calls of some replications, by currency."""
    counted = sum(one.calendar.counted_days for one in calls)
    inside = [_counted(one) for one in calls]
    minutes = sum(float(one.traffic.parts["talk"][part].sum()) / 6e7 for one, part in zip(calls, inside, strict=True))
    number = sum(part.stop - part.start for part in inside)
    months = counted / float(MEAN_MONTH)
    priced = [by_plan(plan, tariff, calls) for plan, tariff in plans.items()]
    currencies = dict.fromkeys(one.tariff.currency for one in priced)
    markets = [
        market(str(currency), [one for one in priced if one.tariff.currency == currency], minutes / months)
        for currency in currencies
    ]
    return PricedCalls(name, number / months, minutes / months, tuple(markets))


def _counted(calls: Calls) -> slice:
    begin, end = np.searchsorted(calls.traffic.answered, (calls.calendar.warm_up, calls.calendar.end))
    return slice(int(begin), int(end))


def by_plan(name: str, tariff: Tariff, calls: Sequence[Calls]) -> Priced:
    """One plan on the calls of every replication."""
    found: list[Invoice] = []
    months: list[float] = []
    try:
        for one in calls:
            theirs = list(invoices(name, tariff, one.traffic, one.calendar))
            found += theirs
            mean = in_mean_months(tariff, theirs, one.traffic, one.calendar)
            days = Fraction(one.calendar.counted_days)
            months.append(float(sum(map(Fraction, mean)) * MEAN_MONTH / days))
    except MissingRate as error:
        usages = [used(tariff, one.traffic, one.calendar, one.calendar.warm_up, one.calendar.end) for one in calls]
        return Priced(name, tariff, (), (), str(error).removeprefix(f"{name}: "), reduce(Usage.plus, usages))
    usage = reduce(Usage.plus, (one.usage for one in found), Usage({}))
    return Priced(name, tariff, tuple(found), tuple(months), None, usage)


def market(currency: str, priced: Sequence[Priced], minutes: float) -> Market:
    """The plans of one currency, the cheapest first, and the volumes at which they overtake each other."""
    plans = sorted(priced, key=lambda one: float(np.mean(one.per_month)) if one.per_month else float("inf"))
    offers = [Offer(one.name, one.tariff, one.usage) for one in plans if one.usage.talk]
    most = Fraction(minutes) * UP_TO
    if not offers:
        return Market(currency, tuple(plans), (), ())
    evens = [Even(one.name, offers[0].name, tuple(crossings(offers[0], one, most=most))) for one in offers[1:]]
    return Market(currency, tuple(plans), tuple(envelope(offers, most=most)), tuple(evens))


def _flags(priced: Sequence[PricedCalls]) -> Iterator[str]:
    """What a reader must know of the invoices."""
    plans = {one.name: one for calls in priced for of in calls.markets for one in of.plans}
    steady = [one.invoices for one in plans.values() if one.invoices and one.tariff.starts is None]
    if any(not any(each.whole for each in found) for found in steady):
        yield "The counted days make no whole billing period: base, allowance, tiers and minimum are prorated."
    for name, one in plans.items():
        once = [key for key in ("setup", "deposit", "trial") if getattr(one.tariff, key) and one.tariff.starts is None]
        if once:
            yield f"{name}: the months are steady, without `{'`, `'.join(once)}`; `starts:` would bill them"
        for event in unsaid(one.tariff):
            if not any(calls.usage.counts(event) for calls in _on(priced, name)):
                yield f"{name}: no log tells of `{event}`, and none is billed; `share_of_calls:` would say how many"


def _on(priced: Sequence[PricedCalls], name: str) -> Iterator[Priced]:
    """A plan on the calls of every variant."""
    return (one for calls in priced for of in calls.markets for one in of.plans if one.name == name)
