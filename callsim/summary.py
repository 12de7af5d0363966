"""What was understood of a scenario file, on one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TypeVar

from callsim.laws import describe
from callsim.quantities import DAYS, Rate, Reference, digits, grouped, spoken
from callsim.scenario import Scenario, Study, remarks_on
from callsim.scenario.compound import REDIALLED
from callsim.scenario.timetable import DAY, Calendar, Span, Week, WhileOpen, steps
from callsim.scenario.vocabulary import Pay, Queue, Redial, Source, Team

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
    for remark in remarks_on(study.variants):
        yield from textwrap.wrap(f"look at {remark}", width, subsequent_indent="  ", break_on_hyphens=False)


def _parts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    yield "scenario", scenario.name
    yield "calendar", ", ".join(_calendar(scenario))
    for name, source in scenario.sources.items():
        yield "source", f"{name}: {', '.join(_source(source))}"
    if scenario.lines is not None:
        yield "lines", f"{scenario.lines}; the next caller hears busy"
    for name, menu in scenario.menus.items():
        leads = ", ".join(f"{_percent(key.share)} to {_to(key.to)}" for key in menu.keys)
        prompt = f"answers after {menu.answers_after:g} s, prompt {describe(menu.prompt)}"
        yield "menu", f"{name}: {prompt}, {_percent(menu.hangs_up)} hang up; {leads}"
    for name, machine in scenario.self_service.items():
        solves = f"solves {_percent(machine.resolves)}, the others: {_to(machine.otherwise)}"
        yield "machine", f"{name}: takes {describe(machine.takes)}, {solves}"
    for name, queue in scenario.queues.items():
        yield "queue", f"{name}: {', '.join(_queue(queue))}; served by {', '.join(scenario.teams_of(name))}"
    for name, team in scenario.teams.items():
        yield "team", f"{name}: {', '.join(_team(scenario, team))}"
    yield from _money(scenario)


def _to(place: Reference) -> str:
    return f"{place.kind} {place.name}".strip()


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


def _stretches(table: Week | WhileOpen, calendar: Calendar) -> list[Span]:
    """When which value of a timetable holds, over the simulated days."""
    changes = [change for day in range(calendar.days) for change in steps(table, calendar, day)]
    ends = [*(time for time, _ in changes[1:]), calendar.end]
    return [Span(start, end, value) for (start, value), end in zip(changes, ends, strict=False)]


def _hours(spans: list[Span]) -> float:
    return sum((span.end - span.start) * span.value for span in spans) / 3600.0


def _source(source: Source) -> Iterator[str]:
    assert source.callers is not None
    by_day = f" ({_by_day(source.weekdays)})" if source.weekdays else ""
    yield f"{source.callers.number:g} callers per {source.callers.per}{by_day} to {_to(source.goes_to)}"
    if source.day_to_day_variation:
        yield f"days vary by {_percent(source.day_to_day_variation)}"
    yield " / ".join(f"{_percent(share)} {kind}" for kind, share in source.kinds.items())
    yield f"ring patience {describe(source.hangs_up_ringing)}"
    if source.hangs_up_waiting is not None:
        yield f"hold patience {describe(source.hangs_up_waiting)}"
    yield f"talk {describe(source.talk)}"
    yield "nobody redials" if source.redial is None else _redial(source.redial)


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


def _queue(queue: Queue) -> Iterator[str]:
    yield "no target" if queue.target is None else f"target {_percent(queue.target[0])} in {queue.target[1]:g} s"
    yield "rings" if queue.answers_after is None else f"greeting after {queue.answers_after:g} s"
    if queue.room_for is not None:
        full = "busy" if queue.full.kind == "hang up" else _to(queue.full)
        yield f"room for {queue.room_for}, then {full}"
    if queue.talk is not None:
        yield f"talk {describe(queue.talk)}"
    hours = "" if queue.open is None else " (own hours)"
    yield f"when closed{hours}: {_to(queue.closed)}"


def _team(scenario: Scenario, team: Team) -> Iterator[str]:
    spans = _stretches(team.agents, scenario.calendar)
    most = max((span.value for span in spans), default=0.0)
    yield "1 agent" if most == 1 else f"up to {most:.0f} agents"
    yield f"{_hours(spans):.0f} agent-hours for {', '.join(team.serves)}"
    if team.answers_after is not None:
        yield f"answers after {describe(team.answers_after)}"
    if team.wrap_up is not None:
        yield f"wrap-up {describe(team.wrap_up)}"
    yield "no pay" if team.pay is None else f"pay {_pay(team.pay, str(scenario.currency))}"


def _pay(pay: Pay, currency: str) -> str:
    said = []
    if pay.wage is not None:
        taxes = f" + {_percent(pay.employer_taxes)} taxes" if pay.employer_taxes else ""
        said.append(f"{_rate(pay.wage, currency)}{taxes}")
    if pay.seat is not None:
        said.append(f"{_rate(pay.seat, currency)} a seat")
    if pay.flat is not None:
        said.append(f"{_rate(pay.flat, currency)} flat")
    return ", ".join(said)


def _rate(rate: Rate, currency: str) -> str:
    return f"{rate.amount:,} {currency} per {rate.per}".replace(",", " ")


def _money(scenario: Scenario) -> Iterator[tuple[str, str]]:
    from callsim.economics import loss_of_caller

    for name, worth in scenario.worth.items():
        advertising, orders, lifetime, referrals = map(grouped, loss_of_caller(worth))
        yield (
            "worth",
            f"{name}: a lost new caller costs {advertising} in advertising, or {orders} in first orders, "
            f"or {lifetime} over the lifetime, or {referrals} with referrals ({scenario.currency})",
        )
    if scenario.count_loss_as is not None:
        paid = not scenario.teams or any(team.pay for team in scenario.teams.values())
        counted = f"the loss counted as {scenario.count_loss_as}"
        yield "total", f"payroll and {counted}" if paid else f"none, as no team has `pay:`; {counted}"
