"""What is allowed in a scenario but rarely meant: worth a look before the run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from callsim.quantities import Reference, spoken
from callsim.scenario.checks import Found, answers_after, leads_to
from callsim.scenario.timetable import DAY, FLAT, Profile, Span, spans_of_day, steps
from callsim.scenario.vocabulary import Scenario, Source
from callsim.yamlfile import dotted

OFTEN = 0.25
"""Share from which on something is worth a remark."""
DAYS_LOOKED_AT = 14
"""Two weeks show what every week has; holidays later on are not looked at."""


def remarks_on(variants: Mapping[str, Scenario]) -> tuple[str, ...]:
    """The remarks on all variants, each said once and with its variants where it does not hold for all."""
    found: dict[Found, list[str]] = {}
    for name, scenario in variants.items():
        for remark in remarks(scenario):
            found.setdefault(remark, []).append(name)
    texts = []
    for (path, message), names in found.items():
        where = "" if len(names) == len(variants) else f" (in {', '.join(f'`{name}`' for name in names)})"
        texts.append(f"{dotted(path)}{where}: {message}")
    return (*texts, *_twins(variants))


def _twins(variants: Mapping[str, Scenario]) -> Iterator[str]:
    """Variants that are the same: a setting from outside may have overwritten what they differ in."""
    names = list(variants)
    for place, name in enumerate(names):
        twin = next((other for other in names[:place] if variants[other] == variants[name]), None)
        if twin is not None:
            yield f"variants: `{twin}` and `{name}` are the same; did a setting overwrite what they differ in?"


def remarks(scenario: Scenario) -> Iterator[Found]:
    """What is allowed but rarely meant, by the path of the entry."""
    for name in scenario.queues:
        gap = _first_unstaffed(scenario, name)
        if gap is not None:
            yield ("queues", name), f"nobody is on duty at some open hour, first {_moment(scenario, gap)}"
    for name, team in scenario.teams.items():
        if team.pay is None and any(other.pay for other in scenario.teams.values()):
            yield ("teams", name), "no `pay:`: this team costs nothing in the comparison"
    if scenario.count_loss_as and scenario.teams and not any(team.pay for team in scenario.teams.values()):
        yield ("teams",), "no team has `pay:`: without a payroll there is no total cost"
    yield from _outside_hours(scenario)
    yield from _too_late(scenario)
    yield from _slow_pick_ups(scenario)


def _too_late(scenario: Scenario) -> Iterator[Found]:
    """Machines that answer when many have hung up, or would hang up at that very moment (then the answer wins)."""
    for name, source in scenario.sources.items():
        for place, ringing in _met(scenario, source.goes_to):
            after = answers_after(scenario, place)
            if after is None or not ringing:
                continue
            gone = source.hangs_up_ringing.within(after)
            if gone >= OFTEN:
                wait = f"no longer than the {spoken(after)} after which `{place.kind} {place.name}` answers"
                yield ("sources", name), f"{gone:.0%} of its callers let it ring {wait}"


def _slow_pick_ups(scenario: Scenario) -> Iterator[Found]:
    """Teams so slow to pick up that many hang up meanwhile, even where a free agent takes the call at once."""
    for name, source in scenario.sources.items():
        gone: dict[str, float] = {}
        for place, ringing in _met(scenario, source.goes_to):
            for team in scenario.teams_of(place.name) if place.kind == "queue" else ():
                pick_up = scenario.teams[team].answers_after
                if pick_up is not None:
                    share = _gone(scenario, source, place.name, pick_up.mean, ringing=ringing)
                    gone[team] = max(share, gone.get(team, 0.0))
        for team, share in gone.items():
            if share >= OFTEN:
                pick_up = scenario.teams[team].answers_after
                assert pick_up is not None
                constant = pick_up.shape == "constant"
                takes = spoken(pick_up.mean) if constant else f"{spoken(round(pick_up.mean, 1))} on average"
                message = f"{share:.0%} of the callers of `{name}` wait no longer than its pick-up takes, {takes}"
                yield ("teams", team), message


def _gone(scenario: Scenario, source: Source, queue: str, after: float, *, ringing: bool) -> float:
    """Share of a source's callers whose patience ends within a time from joining a queue."""
    ring, hold = source.hangs_up_ringing, source.hangs_up_waiting
    greeting = scenario.queues[queue].answers_after if ringing else 0.0
    if greeting is None or after <= greeting:
        return ring.within(after)
    assert hold is not None, "a machine answers: cross_check asks for it"
    early = ring.within(greeting) if ringing else 0.0
    return early + (1.0 - early) * hold.within(after - greeting)


def _met(scenario: Scenario, start: Reference) -> list[tuple[Reference, bool]]:
    """All destinations a caller may meet, each with whether it may still ring there; only queues let it ring on."""
    found = [(start, True)]
    ahead = [(start, True)]
    while ahead:
        place, ringing = ahead.pop()
        states = {(to, ringing and place.kind == "queue") for to in leads_to(scenario, place).values()}
        fresh = sorted(states.difference(found))
        found.extend(fresh)
        ahead.extend(fresh)
    return found


def _first_unstaffed(scenario: Scenario, queue: str) -> float | None:
    """The first moment in the first simulated weeks when the queue is open and no team of it is on duty."""
    is_open = 0.0
    staff = dict.fromkeys(scenario.teams_of(queue), 0.0)
    for day in range(min(scenario.calendar.days, DAYS_LOOKED_AT)):
        hours = dict(steps(scenario.open_hours(queue), scenario.calendar, day))
        changes = {team: dict(steps(scenario.teams[team].agents, scenario.calendar, day)) for team in staff}
        for time in sorted(hours.keys() | {time for times in changes.values() for time in times}):
            is_open = hours.get(time, is_open)
            staff = {team: changes[team].get(time, people) for team, people in staff.items()}
            if is_open and not any(staff.values()):
                return time
    return None


def _outside_hours(scenario: Scenario) -> Iterator[Found]:
    """Callers who call when every queue they may meet is closed, and agents who are paid when theirs is."""
    days = range(min(scenario.calendar.days, DAYS_LOOKED_AT))
    for name, source in scenario.sources.items():
        met = [place.name for place, _ in _met(scenario, source.goes_to) if place.kind == "queue"]
        calls = [
            Span(start, end, weight * scenario.calendar.look_up(source.weekdays, day, 1.0))
            for day in days
            for start, end, weight in _pieces(source.calls_by_hour or FLAT, day)
        ]
        outside = _share_outside(calls, _open_spans(scenario, met, days))
        if met and outside >= OFTEN:
            yield ("sources", name), f"{outside:.0%} of its callers call while it is closed"
    for name, team in scenario.teams.items():
        hours = _open_spans(scenario, team.serves, days)
        duty = [span for day in days for span in spans_of_day(team.agents, scenario.calendar, day)]
        outside = _share_outside(duty, hours)
        if outside >= OFTEN:
            yield ("teams", name), f"{outside:.0%} of its hours on duty lie outside its opening hours"


def _open_spans(scenario: Scenario, queues: Iterable[str], days: range) -> list[Span]:
    """When any of the queues is open, as spans that do not overlap."""
    spans = [
        span
        for queue in dict.fromkeys(queues)
        for day in days
        for span in spans_of_day(scenario.open_hours(queue), scenario.calendar, day)
    ]
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = merged[-1]._replace(end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _pieces(profile: Profile, day: int) -> Iterator[Span]:
    """The profile of a day as spans since the first midnight."""
    ends = (*profile.starts[1:], DAY)
    for start, end, weight in zip(profile.starts, ends, profile.weights, strict=True):
        yield Span(day * DAY + start, day * DAY + end, weight)


def _share_outside(spans: list[Span], hours: list[Span]) -> float:
    """Share of what spans weigh that lies in none of the hours, which do not overlap each other."""
    whole = sum((span.end - span.start) * span.value for span in spans)
    inside = sum(
        max(0.0, min(span.end, other.end) - max(span.start, other.start)) * span.value
        for span in spans
        for other in hours
    )
    return 1.0 - inside / whole if whole else 0.0


def _moment(scenario: Scenario, time: float) -> str:
    """`sun 2026-03-01 09:00` of seconds since the first midnight."""
    minutes = int(time % DAY) // 60
    return f"{scenario.calendar.date_text(int(time // DAY))} {minutes // 60:02d}:{minutes % 60:02d}"
