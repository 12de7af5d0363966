"""When queues are open and teams are there, and what is rarely meant about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from callsim.scenario.checks import Found
from callsim.scenario.roster import on_duty
from callsim.scenario.routes import visits, when_closed
from callsim.scenario.timetable import DAY, FLAT, Profile, Span, spans_of_day
from callsim.scenario.vocabulary import Queue, Scenario

OFTEN = 0.25
"""Share from which on something is worth a remark."""
DAYS_LOOKED_AT = 14
"""Two weeks show what every week has; holidays later on are not looked at."""


def remarks_on_presence(scenario: Scenario) -> Iterator[Found]:
    """Queues open without anybody, callers who call while it is closed, agents who are there then."""
    met = [visit.place for source in scenario.sources.values() for visit in visits(scenario, source)]
    for name, queue in scenario.queues.items():
        gap = _first_unstaffed(scenario, name)
        if gap is not None and ("queue", name) in met and not _taken_away(queue):
            yield ("queues", name), f"nobody is on duty at some open hour, first {moment(scenario, gap)}"
    yield from _calls_while_closed(scenario)
    days = days_looked_at(scenario)
    for name, team in scenario.teams.items():
        duty = [span for day in days for span in on_duty(team, scenario.calendar, day)]
        outside = _share_outside(duty, _open_spans(scenario, team.queues, days))
        if outside >= OFTEN:
            yield ("teams", name), f"{outside:.0%} of its hours on duty lie outside its opening hours"


def days_looked_at(scenario: Scenario) -> range:
    return range(min(scenario.calendar.days, DAYS_LOOKED_AT))


def moment(scenario: Scenario, time: float) -> str:
    """`sun 2026-03-01 09:00` of seconds since the first midnight."""
    minutes = int(time % DAY) // 60
    return f"{scenario.calendar.date_text(int(time // DAY))} {minutes // 60:02d}:{minutes % 60:02d}"


def _taken_away(queue: Queue) -> bool:
    """Whether a rule takes callers to somebody or something else when there is no agent."""
    return any(rule.when or (rule.to and rule.to.kind not in ("queue", "hang up")) for rule in queue.overflow)


def _first_unstaffed(scenario: Scenario, queue: str) -> float | None:
    """The first moment in the first simulated weeks when the queue is open and no team of it is on duty."""
    days = days_looked_at(scenario)
    teams = [scenario.teams[name] for name in scenario.teams_of(queue)]
    duty = _merged(span for team in teams for day in days for span in on_duty(team, scenario.calendar, day))
    for start, end, _ in _open_spans(scenario, [queue], days):
        covered = start
        for stretch in duty:
            if stretch.start <= covered:
                covered = max(covered, stretch.end)
        if covered < end:
            return covered
    return None


def _calls_while_closed(scenario: Scenario) -> Iterator[Found]:
    """Callers who call when every queue they may meet is closed, and nobody else takes them then."""
    days = days_looked_at(scenario)
    for name, source in scenario.sources.items():
        met = [place.name for place, _, _ in visits(scenario, source) if place.kind == "queue"]
        taken = any(place.kind in ("vendor", "voicemail", "callback") for place in when_closed(scenario, source))
        calls = [
            Span(start, end, weight * scenario.calendar.look_up(source.weekdays, day, 1.0))
            for day in days
            for start, end, weight in pieces(source.calls_by_hour or FLAT, day)
        ]
        outside = _share_outside(calls, _open_spans(scenario, met, days))
        if met and not taken and outside >= OFTEN:
            yield ("sources", name), f"{outside:.0%} of its callers call while it is closed"


def _open_spans(scenario: Scenario, queues: Iterable[str], days: range) -> list[Span]:
    """When any of the queues is open, as spans that do not overlap."""
    hours = [scenario.open_hours(queue) for queue in dict.fromkeys(queues)]
    return _merged(span for week in hours for day in days for span in spans_of_day(week, scenario.calendar, day))


def _merged(spans: Iterable[Span]) -> list[Span]:
    """The time that is in any of the spans, in order and without overlaps."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def pieces(profile: Profile, day: int) -> Iterator[Span]:
    """The profile of a day as spans since the first midnight."""
    ends = (*profile.starts[1:], DAY)
    for start, end, weight in zip(profile.starts, ends, profile.weights, strict=True):
        yield Span(day * DAY + start, day * DAY + end, weight)


def _share_outside(spans: list[Span], hours: list[Span]) -> float:
    """Share of what spans weigh that lies in none of the hours, which do not overlap each other."""
    whole = sum((span.end - span.start) * span.value for span in spans)
    inside = sum(overlap(span, other) * span.value for span in spans for other in hours)
    return 1.0 - inside / whole if whole else 0.0


def overlap(span: Span, other: Span) -> float:
    """Seconds that are in both."""
    return max(0.0, min(span.end, other.end) - max(span.start, other.start))
