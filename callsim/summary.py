"""What was understood of a scenario file, on one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from typing import TypeVar

from callsim.laws import describe
from callsim.payroll import leaver
from callsim.planwords import amount, rate, words
from callsim.quantities import DAYS, Rate, Reference, digits, grouped, spoken
from callsim.scenario import Scenario, Study, remarks_on
from callsim.scenario.compound import REDIALLED
from callsim.scenario.pay import SUPPORT
from callsim.scenario.roster import on_duty
from callsim.scenario.routes import visits
from callsim.scenario.staff import Shift, Team, Vendor
from callsim.scenario.timetable import DAY, Calendar, Span, Week, steps
from callsim.scenario.vocabulary import Overflow, Pay, Queue, Redial, Source
from callsim.value import loss_of_caller, loss_of_existing

T = TypeVar("T")


def summary(study: Study, width: int) -> Iterator[str]:
    """Lines that say what each part of the first variant means, then what the other variants are called."""
    name, scenario = next(iter(study.variants.items()))
    yield f"{study.path.name}: fine"
    yield ""
    for title, text in _parts(scenario):
        yield from textwrap.wrap(f"{title:<10} {text}", width, subsequent_indent=" " * 11, break_on_hyphens=False)
    if len(study.variants) > 1 or name != "base":
        yield from textwrap.wrap(
            f"{'variants':<10} {'; '.join(study.variants)}", width, subsequent_indent=" " * 11, break_on_hyphens=False
        )
    for solved in _solved(study):
        yield from textwrap.wrap(solved, width, subsequent_indent="  ", break_on_hyphens=False)
    for remark in remarks_on(study.variants):
        yield from textwrap.wrap(f"look at {remark}", width, subsequent_indent="  ", break_on_hyphens=False)


def _solved(study: Study) -> list[str]:
    """Whom the logged calls come from. Only who asks waits for the simulation and the libraries it needs."""
    if not any(source.logged_calls for scenario in study.variants.values() for source in scenario.sources.values()):
        return []
    from callsim.logged import solve

    return [str(solved) for solved in solve(study, study.variants)[1]]


def _parts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "scenario", scenario.name
    yield "calendar", ", ".join(_calendar(scenario))
    for name, source in scenario.sources.items():
        yield "source", f"{name}: {', '.join(_source(source, str(scenario.currency)))}"
    if scenario.lines is not None:
        rent = scenario.line_rent
        each = "" if rent is None else f"; each for {rate(rent, str(scenario.currency))}"
        yield "lines", f"{scenario.lines}; the next caller hears busy{each}"
    for name, menu in scenario.menus.items():
        leads = ", ".join(f"{_percent(key.share)} to {key.to}" for key in menu.keys)
        prompt = f"answers after {menu.answers_after:g} s, prompt {describe(menu.prompt)}"
        yield "menu", f"{name}: {prompt}, {_percent(menu.hangs_up)} hang up; {leads}"
    for name, machine in scenario.self_service.items():
        solves = f"solves {_percent(machine.resolves)}, the others: {machine.otherwise}"
        yield "machine", f"{name}: takes {describe(machine.takes)}, {solves}"
    for name, queue in scenario.queues.items():
        served = f"served by {_levels(scenario.ranks(name))}" if scenario.teams_of(name) else "no team serves it"
        said = [one for one in _queue(queue) if one != RINGS or _is_called(scenario, name)]
        yield "queue", f"{name}: {', '.join(said)}; {served}"
    for name, team in scenario.teams.items():
        yield "team", f"{name}: {', '.join(_team(scenario, team))}"
    for name, vendor in scenario.vendors.items():
        yield "vendor", f"{name}: {', '.join(_vendor(vendor))}"
    yield from _afterwards(scenario)
    yield from _money(scenario)


def _levels(levels: Iterable[Iterable[str]]) -> str:
    """`sales and orders, then service`."""
    return ", then ".join(" and ".join(level) for level in levels)


def _calendar(scenario: Scenario) -> Iterator[str]:
    calendar = scenario.calendar
    yield f"{calendar.days} days from {calendar.day_key(0)} {calendar.start}"
    yield f"{_hours(_stretches(calendar.open, calendar)):.0f} open hours: {_open(calendar.open)}"
    if calendar.warm_up:
        yield f"warm-up {spoken(calendar.warm_up)}"
    if calendar.cool_down is not None:
        yield f"cool-down {spoken(calendar.cool_down)}"
    if scenario.day_to_day_variation:
        yield f"all sources vary together from day to day by {_percent(scenario.day_to_day_variation)}"


def _open(week: Week) -> str:
    """`mon-fri 09:00-20:00, sat 10:00-16:00`, as it was meant."""
    hours = {
        day: " and ".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in spans) for day, spans in week.items()
    }
    return ", ".join(f"{days} {said or 'closed'}" for days, said in _alike(hours))


def _clock(seconds: float) -> str:
    """`09:00`, also of the next day."""
    minutes = round(seconds / 60) % (24 * 60) if seconds != DAY else 24 * 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _stretches(table: Week, calendar: Calendar) -> list[Span]:
    """When which value of a timetable holds, over the simulated days."""
    changes = [change for day in range(calendar.days) for change in steps(table, calendar, day)]
    ends = [*(time for time, _ in changes[1:]), calendar.end]
    return [Span(start, end, value) for (start, value), end in zip(changes, ends, strict=False)]


def _hours(spans: list[Span]) -> float:
    return sum((span.end - span.start) * span.value for span in spans) / 3600.0


def _source(source: Source, currency: str) -> Iterator[str]:
    by_day = f" ({_by_day(source.weekdays)})" if source.weekdays else ""
    people = PEOPLE[source.channel] if source.callers else "logged calls, redials among them,"
    yield f"{source.volume.number:g} {people} per {source.volume.per}{by_day}{_to(source)}"
    if source.uses_line:
        yield "at a vendor too on a line of ours"
    if source.day_to_day_variation:
        yield f"days vary by {_percent(source.day_to_day_variation)}"
    yield " / ".join(f"{_percent(share)} {kind}" for kind, share in source.kinds.items())
    if source.channel == "call":
        yield f"ring patience {describe(source.hangs_up_ringing)}"
    if source.hangs_up_waiting is not None:
        yield f"{'hold patience' if source.channel == 'call' else 'patience'} {describe(source.hangs_up_waiting)}"
    yield f"talk {describe(source.talk)}"
    if source.waits:
        yield "nobody redials" if source.redial is None else _redial(source.redial)
    if source.patience_on_redial == "kept":
        yield "with the patience of the first call"
    if source.budget is not None:
        yield f"advertised for {rate(source.budget, currency)}, which its callers of kind new share"
    if source.cost_per_lead is not None:
        yield f"advertising costs {amount(source.cost_per_lead, currency)} for each caller of kind new"


PEOPLE = {"call": "callers", "chat": "people who chat", "form": "people who leave a form"}


def _to(source: Source) -> str:
    """Where they come, if anywhere."""
    ways = [f"{_percent(way.share)} to {way.to}" for way in source.goes_to]
    if len(ways) < 2:
        return "".join(f" to {way.to}" for way in source.goes_to)
    return f", {' and '.join(ways)}"


def _by_day(factors: Mapping[str, float]) -> str:
    """`sat 0.6, sun 0.3`, and `sat-sun 0` where neighbours are alike."""
    return ", ".join(f"{days} {factor:g}" for days, factor in _alike(factors))


def _alike(values: Mapping[str, T]) -> Iterator[tuple[str, T]]:
    """(days, value) by day, neighbours of one value together: `sat-sun`."""
    runs: list[list[str]] = []
    for day in (day for day in (*DAYS, "holiday") if day in values):
        after = runs and day in DAYS and DAYS.index(day) == DAYS.index(runs[-1][-1]) + 1
        if after and values[day] == values[runs[-1][0]]:
            runs[-1].append(day)
        else:
            runs.append([day])
    for run in runs:
        yield "-".join(dict.fromkeys((run[0], run[-1]))), values[run[0]]


def _redial(redial: Redial) -> str:
    most = "without bound" if redial.at_most is None else f"at most {redial.at_most}x"
    return f"redial {_chance(redial.chance)} after {describe(redial.after)}, {most}"


def _chance(chances: Mapping[str, tuple[float, ...]]) -> str:
    """As it was written: `33%` for whoever was not turned away, else by outcome."""
    said = {outcome: " then ".join(map(_percent, by_attempt)) for outcome, by_attempt in chances.items()}
    if set(said) == set(REDIALLED) - {"closed"} and len(set(said.values())) == 1:
        return said["blocked"]
    abandoned = [outcome for outcome in REDIALLED if outcome.startswith("abandoned")]
    if len({said.get(outcome) for outcome in abandoned}) == 1 and abandoned[0] in said:
        said = {"abandoned": said[abandoned[0]]} | {name: said[name] for name in said if name not in abandoned}
    return ", ".join(f"{outcome.replace('_', ' ')} {text}" for outcome, text in said.items())


def _percent(share: float) -> str:
    return f"{digits(round(share, 6), times=100)}%"


RINGS = "rings"


def _is_called(scenario: Scenario, queue: str) -> bool:
    """Whether anybody who comes there calls; for chats nothing rings."""
    channels = {
        source.channel
        for source in scenario.sources.values()
        if any(place == Reference("queue", queue) for place, _, _ in visits(scenario, source))
    }
    return channels != {"chat"}


def _queue(queue: Queue) -> Iterator[str]:
    yield "no target" if queue.target is None else f"target {_percent(queue.target[0])} in {queue.target[1]:g} s"
    if queue.priority:
        yield f"priority {queue.priority}"
    yield RINGS if queue.answers_after is None else f"greeting after {queue.answers_after:g} s"
    if queue.room_for is not None:
        full = "busy" if queue.full.kind == "hang up" else queue.full
        yield f"room for {queue.room_for}, then {full}"
    for rule in queue.overflow:
        yield _overflow(rule)
    if queue.offer_callback is not None:
        offer = queue.offer_callback
        yield f"after {spoken(offer.after)} offers to call back, {_percent(offer.accepts)} accept"
    if queue.talk is not None:
        yield f"talk {describe(queue.talk)}"
    if queue.transfer is not None:
        yield f"{_percent(queue.transfer.chance)} are put through to {queue.transfer.to}"
    hours = "" if queue.open is None else " (own hours)"
    yield f"when closed{hours}: {queue.closed}"
    if queue.at_closing == "closed":
        yield "also for those who wait at closing"
    if queue.pick != "longest idle":
        yield f"agents picked {queue.pick}"


def _overflow(rule: Overflow) -> str:
    when = f"after {spoken(rule.after)}" if rule.after is not None else f"with {rule.when}"
    if rule.to is not None:
        return f"{when} to {rule.to}"
    assert rule.also is not None
    return f"{when} also in {rule.also}"


def _team(scenario: Scenario, team: Team) -> Iterator[str]:
    calendar = scenario.calendar
    days = range(calendar.days)
    spans = [span._replace(end=min(span.end, calendar.end)) for day in days for span in on_duty(team, calendar, day)]
    most = _most(spans)
    chats = f", each {team.chats_at_once} chats at once" if team.chats_at_once > 1 else ""
    yield f"{'1 agent' if most == 1 else f'up to {most:.0f} agents'}{chats}"
    yield f"{_hours(spans):.0f} agent-hours for {_levels(team.serves)}"
    for shift in team.shifts:
        yield f"shift {_shift(shift)}"
    if team.absence:
        yield f"{_percent(team.absence)} do not come"
    if team.answers_after is not None:
        yield f"answers after {describe(team.answers_after)}"
    if team.no_answer_after is not None:
        away = spoken(team.unavailable_for)
        yield f"a call not answered after {spoken(team.no_answer_after)} goes back and the agent is away for {away}"
    if team.speed != 1.0:
        yield f"talks {team.speed:g} times as long"
    if team.wrap_up is not None:
        yield f"wrap-up {describe(team.wrap_up)}"
    if team.comes_back_after is not None:
        back = f"the others call again after {describe(team.comes_back_after)}"
        yield f"meets {_percent(team.resolves)} of needs, {back}"
    yield "no pay" if team.pay is None else f"pay {_pay(team.pay, str(scenario.currency))}"


def _most(spans: Iterable[Span]) -> float:
    """The highest sum of the values of spans that overlap."""
    edges = [change for span in spans for change in ((span.start, span.value), (span.end, -span.value))]
    return max(accumulate(value for _, value in sorted(edges)), default=0.0)


def _shift(shift: Shift) -> str:
    """`mon-fri 08:00-16:30 with 2, break 12:00 for 30 min`."""
    days = " ".join(days for days, _ in _alike(dict.fromkeys(shift.days, True)))
    said = f"{days} {_clock(shift.hours[0])}-{_clock(shift.hours[1])} with {shift.agents}"
    for pause in shift.breaks:
        paid = " (paid)" if pause.paid else ""
        said += f", break {_clock(pause.at)} for {spoken(pause.lasts)}{paid}"
    return said


def _vendor(vendor: Vendor) -> Iterator[str]:
    yield f"answers after {describe(vendor.answers_after)}"
    yield "operators without bound" if vendor.operators is None else f"{vendor.operators} operators"
    if vendor.lines is not None:
        yield f"{vendor.lines} lines"
    if vendor.speed != 1.0:
        yield f"talks {vendor.speed:g} times as long"
    if vendor.wrap_up is not None:
        yield f"wrap-up {describe(vendor.wrap_up)}"
    yield "takes messages only" if vendor.takes_message else f"meets {_percent(vendor.quality)} of needs"
    if vendor.releases_line:
        yield "calls sent on leave our line"
    yield f"tariff {vendor.tariff}"


def _afterwards(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Messages and calls back."""
    voicemail, callbacks = scenario.voicemail, scenario.callbacks
    if voicemail is not None:
        yield "voicemail", f"{_percent(voicemail.leaves)} leave a message of {spoken(voicemail.takes)}"
    if callbacks is not None:
        tries = f"up to {callbacks.tries.at_most} tries every {spoken(callbacks.tries.every)}"
        reached = f"each reaches {_percent(callbacks.reaches)} or takes {spoken(callbacks.no_answer_takes)}"
        known = f"{_percent(callbacks.number_known)} of numbers known, " if "missed" in callbacks.for_ else ""
        yield "callbacks", f"for {', '.join(callbacks.for_)} by {callbacks.by}, {known}{tries}, {reached}"


def _pay(pay: Pay, currency: str) -> str:
    said = []
    if pay.wage is not None:
        said.append(f"{rate(pay.wage, currency)}{_taxes(pay)}")
    if pay.agency > 1.0:
        said.append(f"an agency bills {pay.agency:g} times that")
    if pay.shrinkage:
        said.append(f"{_percent(pay.shrinkage)} of paid time off the roster")
    if pay.overtime > 1.0:
        said.append(f"overtime at {_percent(pay.overtime)}")
    for key in SUPPORT:
        ratio = getattr(pay, key)
        if ratio is not None:
            said.append(f"{key} one per {ratio.one_per:g} at {rate(ratio.wage, currency)}")
    said += _rest_of_pay(pay, currency)
    return ", ".join(said)


def _taxes(pay: Pay) -> str:
    if not pay.employer_taxes:
        return ""
    return f" + {pay.employer_taxes if isinstance(pay.employer_taxes, str) else _percent(pay.employer_taxes)} taxes"


def _rest_of_pay(pay: Pay, currency: str) -> Iterator[str]:
    if pay.turnover is not None:
        cost = grouped(leaver(pay, pay.turnover))
        yield f"{_percent(pay.turnover.rate)} leave a year, each replaced for {cost} {currency}"
    if pay.seat is not None:
        yield f"{rate(pay.seat, currency)} a seat"
    if pay.systems is not None:
        yield f"{rate(pay.systems, currency)} a seat for systems"
    if pay.overhead:
        yield f"overhead {_percent(pay.overhead)}"
    if pay.set_up is not None:
        yield f"set-up {grouped(float(pay.set_up.sum))} {currency} over {pay.set_up.over:g} months"
    if isinstance(pay.peo, Rate):
        yield f"employer organisation {rate(pay.peo, currency)} an employee"
    elif pay.peo:
        yield f"employer organisation {_percent(pay.peo)} of gross pay"
    if pay.flat is not None:
        yield f"{rate(pay.flat, currency)} flat"


def _money(scenario: Scenario) -> Iterator[tuple[str, str]]:
    used = {vendor.tariff for vendor in scenario.vendors.values()}
    for name, tariff in scenario.tariffs.items():
        if name in used:
            yield "tariff", f"{name}: {', '.join(words(tariff, str(scenario.currency)))}"
    others = [name for name in scenario.tariffs if name not in used]
    if others:
        yield "tariffs", f"that no vendor names: {', '.join(others)}"
    for name, worth in scenario.worth.items():
        advertising, orders, lifetime, referrals = map(grouped, loss_of_caller(worth.buyer)[:4])
        halves = worth.interest_halves_in
        lead = (
            f"{advertising} in advertising" if worth.lead_cost is not None else "its part of its source's advertising"
        )
        cools = "" if halves is None else f"; who waits for a call back loses half of the interest in {spoken(halves)}"
        yield (
            "worth",
            f"{name}: a lost new caller costs {lead}, or {orders} in first orders, "
            f"or {lifetime} over the lifetime, or {referrals} with referrals ({scenario.currency}){cools}",
        )
        if worth.stake is not None:
            at_stake = loss_of_existing(worth.buyer, worth.stake)
            yield (
                "worth",
                f"{name}: a lost existing customer costs {grouped(at_stake.first_order)} in orders, "
                f"or {grouped(at_stake.lifetime)} with the years of those who leave ({scenario.currency})",
            )
    if scenario.count_loss_as is not None:
        paid = not scenario.teams or any(team.pay for team in scenario.teams.values())
        counted = f"the loss counted as {scenario.count_loss_as}"
        costs = [
            "payroll",
            *(["invoices"] if scenario.vendors else []),
            *(["phone lines"] if scenario.line_rent else []),
        ]
        yield "total", f"{', '.join(costs)} and {counted}" if paid else f"none, as no team has `pay:`; {counted}"
