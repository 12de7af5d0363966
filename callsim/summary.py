"""What was understood of a scenario file, on one screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from callsim.laws import describe
from callsim.quantities import grouped
from callsim.scenario import Scenario, Study, remarks
from callsim.scenario.timetable import Calendar, Span, Week, WhileOpen, steps
from callsim.scenario.vocabulary import Source, Team
from callsim.yamlfile import dotted


def summary(study: Study, width: int) -> Iterator[str]:
    """Lines that say what each part of the first variant means, then what the other variants are called."""
    name, scenario = next(iter(study.variants.items()))
    yield f"{study.path.name}: fine"
    yield ""
    for title, text in _parts(scenario):
        yield from textwrap.wrap(f"{title:<10} {text}", width, subsequent_indent=" " * 11)
    if len(study.variants) > 1 or name != "base":
        yield from textwrap.wrap(f"{'variants':<10} {'; '.join(study.variants)}", width, subsequent_indent=" " * 11)
    found = dict.fromkeys(remark for one in study.variants.values() for remark in remarks(one))
    for path, message in found:
        yield from textwrap.wrap(f"look at {dotted(path)}: {message}", width, subsequent_indent="  ")


def _parts(scenario: Scenario) -> Iterator[tuple[str, str]]:
    calendar = scenario.calendar
    yield "scenario", scenario.name
    first = f"{calendar.day_key(0)} {calendar.start}"
    open_hours = _hours(_stretches(calendar.open, calendar))
    yield "calendar", f"{calendar.days} days from {first}, {open_hours:.0f} open hours"
    for name, source in scenario.sources.items():
        yield "source", f"{name}: {_source(source)}"
    if scenario.lines is not None:
        yield "lines", f"{scenario.lines}; the next caller hears busy"
    for name, menu in scenario.menus.items():
        leads = ", ".join(f"{key.share:.0%} to {key.to.kind} {key.to.name}".strip() for key in menu.keys)
        yield "menu", f"{name}: answers after {menu.answers_after:g} s; {leads}; {menu.hangs_up:.0%} hang up"
    for name, queue in scenario.queues.items():
        target = "no target" if queue.target is None else f"target {queue.target[0]:.0%} in {queue.target[1]:g} s"
        yield "queue", f"{name}: {target}, served by {', '.join(scenario.teams_of(name))}"
    for name, team in scenario.teams.items():
        yield "team", f"{name}: {_team(scenario, team)}"
    yield from _money(scenario)


def _stretches(table: Week | WhileOpen, calendar: Calendar) -> list[Span]:
    """When which value of a timetable holds, over the simulated days."""
    changes = [change for day in range(calendar.days) for change in steps(table, calendar, day)]
    ends = [*(time for time, _ in changes[1:]), calendar.end]
    return [Span(start, end, value) for (start, value), end in zip(changes, ends, strict=False)]


def _hours(spans: list[Span]) -> float:
    return sum((span.end - span.start) * span.value for span in spans) / 3600.0


def _source(source: Source) -> str:
    assert source.callers is not None
    volume = f"{source.callers.number:g} callers per {source.callers.per}"
    said = [f"{volume} to {source.goes_to.kind} {source.goes_to.name}".strip()]
    said.append(f"ring patience {describe(source.hangs_up_ringing)}")
    if source.hangs_up_waiting is not None:
        said.append(f"hold patience {describe(source.hangs_up_waiting)}")
    said.append(f"talk {describe(source.talk)}")
    said.append("nobody redials" if source.redial is None else f"redial after {describe(source.redial.after)}")
    return ", ".join(said)


def _team(scenario: Scenario, team: Team) -> str:
    spans = _stretches(team.agents, scenario.calendar)
    most = max((span.value for span in spans), default=0.0)
    said = f"up to {most:.0f} agents, {_hours(spans):.0f} agent-hours for {', '.join(team.serves)}"
    if team.answers_after is not None:
        said += f", answers after {describe(team.answers_after)}"
    if team.wrap_up is not None:
        said += f", wrap-up {describe(team.wrap_up)}"
    return said


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
        yield "total", f"payroll and the loss counted as {scenario.count_loss_as}"
