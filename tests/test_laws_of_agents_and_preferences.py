"""What holds in every log of a centre whose agents have preferences, breaks, closing times and calls they miss."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from callsim.engine.horizon import horizon
from callsim.scenario import Scenario
from callsim.scenario.roster import stints
from tests.script import Legs, Played, Row, perform, scenario
from tests.test_laws_of_the_call_log import Unshared, by_time, hours, joined, seconds, without_none

QUEUES = ("sales", "support", "orders")
SOURCES = {"ads": "sales", "help": "support", "post": "orders"}
TEAMS = ("desk", "aces", "night")
PICKS = ("longest idle", "least busy", "in order", "round robin")
GAVE_UP = {"abandoned_ringing", "abandoned_queue"}


class Case(NamedTuple):
    """A scenario and a script for it."""

    text: str
    dials: list[tuple[float, str]]
    absent: dict[str, dict[int, list[int]]]
    given: dict[str, Any]

    def play(self) -> tuple[Scenario, Played]:
        of = scenario(self.text)
        return of, perform(of, self.dials, absence=self.absent, **self.given)


def times(*lengths: int) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *(f"{length} s" for length in lengths)])


def levels(draw: st.DrawFn, names: tuple[str, ...]) -> list[list[str]]:
    """Some of the names, in levels of preference."""
    order = draw(st.permutations(names))
    ends = sorted(draw(st.sets(st.integers(1, len(names)), min_size=1, max_size=3)))
    return [order[start:end] for start, end in pairwise([0, *ends])]


shifts = st.lists(
    st.builds(
        lambda start, length, agents, breaks: {
            "days": "every day",
            "hours": f"00:{start:02d}-00:{start + length:02d}",
            "agents": agents,
            "breaks": [
                {"at": f"00:{start + at:02d}", "lasts": f"{lasts} min", "paid": paid}
                for at, lasts, paid in breaks if at + lasts <= length
            ],
        },
        st.integers(0, 6), st.integers(4, 12), st.integers(1, 2),
        st.sampled_from([[], [(1, 1, True)], [(1, 1, True), (2, 2, False)], [(0, 1, False), (3, 1, True)]]),
    ),
    min_size=1, max_size=2,
)  # fmt: skip
rosters = st.one_of(
    st.builds(lambda agents: {"agents": agents}, st.one_of(st.integers(1, 2), by_time)),
    st.builds(lambda found: {"shifts": found}, shifts),
)
missing = st.one_of(
    st.just({}),
    st.builds(lambda out: {"no_answer_after": "20 s", "unavailable_for": out}, st.sampled_from(["20 s", "60 s"])),
)


@st.composite
def teams(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three teams, the first of which serves every queue."""
    found: dict[str, Any] = {}
    for name in TEAMS[: draw(st.integers(1, 3))]:
        served = levels(draw, QUEUES)
        if name == "desk":
            rest = [queue for queue in QUEUES if not any(queue in level for level in served)]
            served += [rest] if rest else []
        found[name] = without_none(
            serves=served,
            answers_after="20 s",
            wrap_up=draw(times(20)),
            speed=draw(st.sampled_from([1, 1.5])),
            absence=draw(st.sampled_from([None, "50%"])),
            **draw(missing),
            **draw(rosters),
            **draw(st.sampled_from([{}, {"resolves": "50%", "comes_back_after": "40 s"}])),
        )
    return found


@st.composite
def queues(draw: st.DrawFn, staff: dict[str, Any]) -> dict[str, Any]:
    """Three queues; callers are moved and put through to later ones only."""
    found = {}
    for place, name in enumerate(QUEUES):
        serving = tuple(team for team, rules in staff.items() if any(name in level for level in rules["serves"]))
        later = [f"queue {other}" for other in QUEUES[place + 1 :]]
        after = draw(st.sampled_from(["0 s", "20 s", "40 s"]))
        found[name] = without_none(
            open=draw(st.one_of(st.none(), hours)),
            at_closing=draw(st.sampled_from(["serve", "closed"])),
            room_for=draw(st.sampled_from([None, None, 1])),
            priority=draw(st.sampled_from([None, 1])),
            pick=draw(st.sampled_from(PICKS)),
            teams=draw(st.sampled_from([None, all_of(draw, serving)])),
            transfer=draw(st.sampled_from([None, *({"chance": "50%", "to": to} for to in later)])),
            overflow=draw(st.sampled_from([None, *([{"after": after, "to": to}] for to in later)])),
        )
    return found


def all_of(draw: st.DrawFn, names: tuple[str, ...]) -> list[list[str]]:
    """All of the names, in levels."""
    found = levels(draw, names)
    rest = [name for name in names if not any(name in level for level in found)]
    return found + ([rest] if rest else [])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A day or two, with some callers in the first minutes of each."""
    staff = draw(teams())
    days = draw(st.integers(1, 2))
    source = {"hangs_up_ringing": "never", "hangs_up_waiting": "never", "talk": "60 s", "callers": "1 per hour"}
    redial = draw(st.sampled_from([None, {"chance": "50%", "after": "20 s", "at_most": 2}]))
    of = {
        "calendar": without_none(
            days=days, open=draw(hours), cool_down=draw(st.sampled_from(["0 s", "10 min", "1 day"]))
        ),
        "sources": {name: without_none(goes_to=f"queue {to}", redial=redial, **source) for name, to in SOURCES.items()},
        "queues": draw(queues(staff)),
        "teams": {"desk": {"agents": "none"} | staff["desk"] if "shifts" in staff["desk"] else staff["desk"]}
        | {name: rules for name, rules in staff.items() if name != "desk"},
    }
    starts = st.builds(lambda day, time: day * 86_400.0 + time, st.integers(0, days - 1), seconds(600))
    dials = sorted(draw(st.lists(st.tuples(starts, st.sampled_from(list(SOURCES))), min_size=8, max_size=16)))
    slots = st.dictionaries(st.integers(0, 1), st.sampled_from([[0], []]), max_size=2)
    absent = {name: draw(slots) for name, rules in staff.items() if "absence" in rules}

    def by_attempt(values: st.SearchStrategy[Any]) -> list[list[Any]]:
        few = draw(st.lists(values, min_size=1, max_size=5))
        return [[few[(caller + attempt) % len(few)] for attempt in range(4)] for caller in range(len(dials))]

    patience = st.one_of(st.sampled_from([20, 60]), seconds(600), st.just(math.inf))
    share = st.sampled_from([0.0, 0.4, 0.6, 0.9])
    columns = {
        "ring_patience": by_attempt(patience),
        "hold_patience": by_attempt(patience),
        "redial_chance": by_attempt(share),
        "pick_up": by_attempt(st.sampled_from([0, 20, Legs(40, 20), Legs(20, 40, 40, 0)])),
        "wrap_up": by_attempt(seconds(60)),
        "transfer": by_attempt(share),
        "resolved": [[*few[:3], 0.0] for few in by_attempt(share)],
        "work": [attempts[0] for attempts in by_attempt(seconds(200).map(lambda length: length / 60))],
    }
    return Case(yaml.dump(of, Dumper=Unshared), dials, absent, columns)


def end_of(time: float | None) -> float:
    """What has not ended goes on for ever."""
    return math.inf if time is None else time


def all_rows(played: Played) -> list[Row]:
    return [row for rows in played.rows for row in rows]


def all_legs(played: Played) -> list[Row]:
    return [row for rows in played.leg_rows for row in rows]


class Work(NamedTuple):
    """An agent's time from a match to the end of the wrap-up or of the offer."""

    agent: tuple[str, int]
    start: float
    end: float


class Wait(NamedTuple):
    """A stretch in which a caller waited for a queue, and what ended it: the agent matched, or nobody."""

    queue: str
    asked: float
    start: float
    end: float
    agent: tuple[str, int] | None
    caller: int


def end_of_talk(row: Row) -> float | None:
    """When the talk of an attempt's row or a leg ended: its first one, where the caller was put through."""
    transferred: float | None = getattr(row, "transferred", None)
    left: float | None = row.left
    return left if transferred is None else transferred


def works(played: Played) -> list[Work]:
    rows = [row for row in (*all_rows(played), *all_legs(played)) if row.team is not None]
    return [Work((row.team, row.slot), row.matched, end_of(row.freed)) for row in rows]


def waits(of: Scenario, played: Played) -> list[Wait]:
    """Of those who were not moved between queues, for when they were is not in the log."""
    return [wait for caller in range(len(played.rows)) for wait in waits_of(of, played, caller)]


def waits_of(of: Scenario, played: Played, caller: int) -> Iterator[Wait]:
    for row in played.rows[caller]:
        legs = [leg for leg in played.leg_rows[caller] if leg.attempt == row.attempt]
        offers = [leg for leg in legs if not leg.leg]
        if row.joined is not None and {row.first_queue} == {*(leg.queue for leg in offers), first_stay(row, legs)}:
            yield from stretches(caller, row.first_queue, row.joined, [*offers, row])
        for number in {leg.leg for leg in legs} - {0}:
            parts = sorted(
                (leg for leg in legs if leg.leg == number), key=lambda leg: (end_of(leg.matched), end_of(leg.left))
            )
            if not could_be_moved(of, row, parts):
                yield from stretches(caller, parts[0].queue, parts[0].asked, parts)


def first_stay(row: Row, legs: list[Row]) -> str | None:
    """The queue in which the first talk was, or the whole wait; none where a transfer hides it."""
    known: str | None = row.last_queue if row.transferred is None else None
    return known


def could_be_moved(of: Scenario, row: Row, parts: list[Row]) -> bool:
    """Whether some rule may have brought a caller who was put through to where the leg is."""
    return row.left is None or any(
        rule.to is not None and rule.to.name == parts[0].queue
        for queue in of.queues.values()
        for rule in queue.overflow
    )


def stretches(caller: int, queue: str, asked: float, parts: list[Row]) -> Iterator[Wait]:
    """Between asking and the first match, and between each offer in vain and what followed."""
    start = asked
    for part in parts:
        agent = None if part.team is None else (part.team, part.slot)
        end = end_of(part.left) if part.matched is None else part.matched
        yield Wait(queue, asked, start, end, agent, caller)
        start = end_of(part.left)


def idle_times(played: Played) -> dict[tuple[str, int], list[tuple[float, float]]]:
    """When each agent was on duty, before being due, and without work."""
    found: dict[tuple[str, int], list[tuple[float, float]]] = {}
    busy = works(played)
    for duty in played.duties:
        agent = (duty.team, duty.slot)
        idle = found.setdefault(agent, [])
        if duty.activity == "duty":
            since = duty.came
            for work in sorted(
                work for work in busy if work.agent == agent and work.end >= duty.came and work.start <= duty.due
            ):
                if work.start > since:
                    idle.append((since, work.start))
                since = max(since, work.end)
            if duty.due > since:
                idle.append((since, duty.due))
    return found


def one_row_for_each_caller_and_attempt(_: Scenario, played: Played) -> None:
    """Every caller dials, every attempt has a row, and every story one."""
    for rows, stories in zip(played.rows, played.callers, strict=True):
        ((story,), attempts) = (stories, sorted(row.attempt for row in rows))
        assert attempts == list(range(1, story.attempts + 1))
        event(f"resolution {story.resolution}")
    for row in all_rows(played):
        event(f"{row.outcome} {row.reason}")


def nobody_does_two_things_at_once(_: Scenario, played: Played) -> None:
    """Work, breaks and being out of reach exclude each other, and so do an agent's stretches of duty."""
    for agent in {(duty.team, duty.slot) for duty in played.duties}:
        own = [duty for duty in played.duties if (duty.team, duty.slot) == agent]
        busy = [(work.start, work.end) for work in works(played) if work.agent == agent]
        away = [(duty.came, duty.went) for duty in own if duty.activity != "duty"]
        for parts in (sorted(busy + away), sorted((duty.came, duty.went) for duty in own)):
            assert all(before[1] <= following[0] for before, following in pairwise(parts))
        present = joined(sorted((duty.came, duty.went) for duty in own if duty.activity == "duty"))
        for start, end in busy:
            assert any(came <= start <= went and (end <= went or end == math.inf) for came, went in present)


def nobody_is_served_who_has_left(_: Scenario, played: Played) -> None:
    """Who is matched is there, nobody is answered after the end, and every caller's talks follow one another."""
    for rows, legs in zip(played.rows, played.leg_rows, strict=True):
        for row in rows:
            parts = [leg for leg in legs if leg.attempt == row.attempt]
            moments = [time for part in (*parts, row) for time in (part.matched, part.answered) if time is not None]
            assert all(row.dialled <= moment <= end_of(row.left) for moment in moments)
            talks = sorted((part.answered, end_of(part.left)) for part in parts if part.answered is not None)
            talks = [(row.answered, end_of(end_of_talk(row))), *talks] if row.answered is not None else talks
            assert all(before[1] <= following[0] for before, following in pairwise(talks))


def patience_is_the_callers_own(case: Case, of: Scenario, played: Played) -> None:
    """No machine ever answers: whoever leaves unanswered leaves when ring patience ends, whoever is answered is so
    before; after a transfer the same holds of hold patience."""
    for caller, (rows, legs) in enumerate(zip(played.rows, played.leg_rows, strict=True)):
        for row in rows:
            drawn = min(row.attempt, 4) - 1
            ends = row.dialled + case.given["ring_patience"][caller][drawn]
            assert row.answered is None or row.answered <= ends
            if row.outcome == "abandoned_ringing":
                assert row.left == ends
            further = [leg for leg in legs if leg.attempt == row.attempt and leg.leg]
            for leg in sorted(further, key=lambda leg: leg.leg):
                ends = leg.asked + case.given["hold_patience"][caller][drawn]
                assert leg.answered is None or leg.answered <= ends
            if row.outcome == "abandoned_queue":
                assert row.left == ends


def talks_are_as_long_as_team_and_need_say(case: Case, of: Scenario, played: Played) -> None:
    """Mean x multiplier, then the speed; an offer in vain lasts for as long as it may ring."""
    for caller, (rows, legs) in enumerate(zip(played.rows, played.leg_rows, strict=True)):
        for row in (*rows, *legs):
            end = end_of_talk(row)
            if row.answered is not None and end is not None:
                assert end == row.answered + 60 * case.given["work"][caller] * of.teams[row.team].speed
    for leg in (leg for leg in all_legs(played) if leg.answered is None and leg.team is not None):
        limit = of.teams[leg.team].no_answer_after
        assert limit is None or end_of(leg.left) - leg.matched <= limit or leg.left is None


def no_agent_is_idle_while_somebody_waits(of: Scenario, played: Played) -> None:
    """For no positive time: an idle agent, and a caller who waits for a queue that the agent's team serves."""
    idle = idle_times(played)
    for wait in waits(of, played):
        for (team, slot), times in idle.items():
            if wait.queue in of.teams[team].queues:
                for start, end in times:
                    assert min(end, wait.end) <= max(start, wait.start), (wait, team, slot, start, end)


def a_queue_serves_in_the_order_of_asking(of: Scenario, played: Played) -> None:
    """Nobody is matched while somebody who asked for the same queue before waits, whichever team takes the call."""
    found = waits(of, played)
    for later in (wait for wait in found if wait.agent is not None):
        for earlier in (wait for wait in found if wait.queue == later.queue and wait.asked < later.asked):
            assert not earlier.start < later.end < earlier.end, (earlier, later)


def an_agent_takes_the_best_preference(of: Scenario, played: Played) -> None:
    """When an agent on duty takes a call, nobody waits for a queue that the team likes better, or as well with a
    higher priority, or as well since an earlier asking."""
    found = waits(of, played)
    for taken in (wait for wait in found if wait.agent is not None):
        assert taken.agent is not None
        team, slot = taken.agent
        if not on_duty(played, team, slot, taken.end):
            continue
        liking = likings(of, team)
        for other in (wait for wait in found if wait.queue in liking and wait.start < taken.end < wait.end):
            better = (liking[other.queue], other.asked) < (liking[taken.queue], taken.asked)
            assert not better, (taken, other)


def on_duty(played: Played, team: str, slot: int, time: float) -> bool:
    own = (duty for duty in played.duties if (duty.team, duty.slot, duty.activity) == (team, slot, "duty"))
    return any(duty.came <= time < duty.due for duty in own)


def likings(of: Scenario, team: str) -> dict[str, tuple[int, int]]:
    """A team's queues, by level and priority: the smaller the better."""
    return {
        queue: (place, -of.queues[queue].priority)
        for place, level in enumerate(of.teams[team].serves) for queue in level
    }  # fmt: skip


def the_best_free_agent_takes_the_call(of: Scenario, played: Played) -> None:
    """Nobody of a team that the queue likes better is idle, and among those alike the rule of the queue picks."""
    idle = idle_times(played)
    for taken in (wait for wait in waits(of, played) if wait.agent is not None):
        rank = {team: place for place, level in enumerate(of.ranks(taken.queue)) for team in level}
        free = {
            agent: start for agent, times in idle.items() for start, end in times
            if agent[0] in rank and (start < taken.end < end or (agent == taken.agent and end == taken.end > start))
        }  # fmt: skip
        assert taken.agent is not None
        for agent in free:
            assert rank[taken.agent[0]] <= rank[agent[0]], (taken, agent)
        alike = {agent: since for agent, since in free.items() if rank[agent[0]] == rank[taken.agent[0]]}
        if taken.agent in alike:
            check_pick(of, played, taken, alike)


def check_pick(of: Scenario, played: Played, taken: Wait, free: dict[tuple[str, int], float]) -> None:
    """That of agents alike, idle since these times, the right one was picked; of a round only that it was one of them."""
    pick = of.queues[taken.queue].pick
    event(f"picked by {pick} among several: {len(free) > 1}")
    place = list(of.teams)

    def claim(agent: tuple[str, int]) -> tuple[float, int, int]:
        first = {"longest idle": free[agent], "least busy": handled(played, agent, taken.end)}.get(pick, 0.0)
        return first, place.index(agent[0]), agent[1]

    assert taken.agent is not None
    if pick != "round robin":
        assert claim(taken.agent) == min(claim(agent) for agent in free)


def handled(played: Played, agent: tuple[str, int], now: float) -> float:
    """Seconds of handling on the day so far."""
    midnight = now // 86_400 * 86_400
    return sum(
        min(work.end, now) - max(work.start, midnight)
        for work in works(played) if work.agent == agent and work.start < now and work.end > midnight
    )  # fmt: skip


def breaks_are_taken_in_full_or_cut_by_the_end(of: Scenario, played: Played) -> None:
    """Each is one of the schedule, not before it is due, in full unless the stint or the run ends; none is taken twice."""
    run_ends = horizon(of).stop
    for name, team in of.teams.items():
        due = [
            (stint, pause) for day in range(-1, 4) for stint in stints(team, of.calendar, day) for pause in stint.breaks
        ]
        for duty in (duty for duty in played.duties if duty.team == name and duty.activity.endswith("break")):
            matching = [
                stint.end for stint, pause in due
                if stint.slot == duty.slot and stint.start <= pause.start <= duty.came < stint.end
                and pause.paid == (duty.activity == "paid_break")
                and duty.went in (duty.came + pause.lasts, stint.end, run_ends)
            ]  # fmt: skip
            assert matching, duty
            event("break late" if duty.came not in {pause.start for _, pause in due} else "break in time")
        taken = Counter(duty.slot for duty in played.duties if duty.team == name and duty.activity.endswith("break"))
        assert all(number <= sum(stint.slot == slot for stint, _ in due) for slot, number in taken.items())


def agents_come_as_rostered(case: Case, of: Scenario, played: Played) -> None:
    """Duty, before it is due, lies in stints of those who are not absent; being out of reach lasts until their end
    at the most."""
    for name, team in of.teams.items():
        absent = case.absent.get(name, {})
        present = [
            stint
            for day in range(4)
            for stint in stints(team, of.calendar, day)
            if stint.slot not in absent.get(day, [])
        ]
        for slot in {duty.slot for duty in played.duties if duty.team == name}:
            spans = joined(sorted((stint.start, stint.end) for stint in present if stint.slot == slot))
            for duty in (duty for duty in played.duties if (duty.team, duty.slot) == (name, slot)):
                (end,) = {end for start, end in spans if start <= duty.came <= duty.due <= end}
                if duty.activity == "unavailable":
                    last = of.calendar.end + (of.calendar.cool_down or 0)
                    assert duty.went in (duty.came + team.unavailable_for, end, last)


LAWS: tuple[Callable[[Scenario, Played], None], ...] = (
    one_row_for_each_caller_and_attempt,
    nobody_does_two_things_at_once,
    nobody_is_served_who_has_left,
    no_agent_is_idle_while_somebody_waits,
    a_queue_serves_in_the_order_of_asking,
    an_agent_takes_the_best_preference,
    the_best_free_agent_takes_the_call,
    breaks_are_taken_in_full_or_cut_by_the_end,
)
LAWS_OF_THE_SCRIPT = (
    patience_is_the_callers_own,
    talks_are_as_long_as_team_and_need_say,
    agents_come_as_rostered,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_every_law_of_agents_holds_in_every_log(case: Case) -> None:
    """All laws above, each on the same days: making up a day costs more than checking it."""
    of, played = case.play()
    for check in LAWS:
        check(of, played)
    for check_script in LAWS_OF_THE_SCRIPT:
        check_script(case, of, played)
