"""What holds in every log, whatever the scenario and whatever chance decides."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import yaml
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from callsim.demand import Tape
from callsim.engine import simulate
from callsim.scenario import Scenario
from tests.script import Played, Row, log_of, perform, scenario

STEP = 20
"""Hand-made times are multiples of this, so that almost everything falls on the same moments as something else."""
QUEUES = ("sales", "support")
MISSED = {"abandoned_ringing", "abandoned_queue", "abandoned_menu", "blocked", "closed"}

laws = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Unshared(yaml.SafeDumper):
    """Writes every value out, for scenarios have no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class Case(NamedTuple):
    """A scenario and a script for it."""

    text: str
    dials: list[tuple[float, str]]
    given: dict[str, Any]

    def play(self) -> tuple[Scenario, Played]:
        of = scenario(self.text)
        return of, perform(of, self.dials, **self.given)


def seconds(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most // STEP).map(lambda number: number * STEP)


def span(start: int, minutes: int) -> str:
    return f"{start // 60:02d}:{start % 60:02d}-{(start + minutes) // 60:02d}:{(start + minutes) % 60:02d}"


spans = st.lists(st.integers(1, 8), min_size=2, max_size=4).map(
    lambda lengths: [span(sum(lengths[:place]), lengths[place]) for place in range(0, len(lengths), 2)]
)
"""Times of opening: minutes open and minutes closed by turns, from midnight on."""
hours = st.one_of(st.just("always"), spans.map(lambda found: {"every day": found}))
by_time = st.builds(lambda times, agents: {"every day": dict.fromkeys(times, agents)}, spans, st.integers(1, 2))
after = st.one_of(st.none(), seconds(60).map(lambda length: f"{length} s"))


def without_none(**entries: Any) -> dict[str, Any]:
    return {name: value for name, value in entries.items() if value is not None}


@st.composite
def queues(draw: st.DrawFn) -> dict[str, Any]:
    """Two queues; rules lead from the first to the second only, so that nobody goes round in a circle."""
    found = {}
    for name in QUEUES:
        ways = st.sampled_from([None, "queue support", "menu last"] if name == "sales" else [None])
        found[name] = without_none(
            open=draw(st.one_of(st.none(), hours)),
            at_closing=draw(st.sampled_from(["serve", "closed"])),
            room_for=draw(st.sampled_from([None, 0, 1, 2])),
            answers_after=draw(after),
            talk=draw(after),
            closed=draw(ways),
            full=draw(ways),
        )
    return found


@st.composite
def teams(draw: st.DrawFn) -> dict[str, Any]:
    """One or two teams for each queue, there as long as the centre is open or by the minute."""
    found = {}
    for queue in QUEUES:
        for number in range(draw(st.integers(1, 2))):
            found[f"{queue} {number}"] = without_none(
                serves=[queue],
                agents=draw(st.one_of(st.integers(0, 2), by_time)),
                answers_after=draw(after),
                wrap_up=draw(after),
            )
    return found


menu = st.builds(
    without_none,
    answers_after=seconds(60).map(lambda length: f"{length} s"),
    prompt=seconds(60).map(lambda length: f"{length} s"),
    hangs_up=st.sampled_from(["0%", "50%"]),
)
way_in = st.sampled_from(["queue sales", "queue support", "menu first", "self_service hours"])
redials: st.SearchStrategy[dict[str, Any] | None] = st.one_of(
    st.none(),
    st.builds(
        dict,
        chance=st.sampled_from(["100%", "50%", ["100%", "0%"], {"abandoned": "50%", "closed": "100%"}]),
        after=st.just("20 s"),
        at_most=st.integers(0, 3),
    ),
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A day or two of two queues, their teams, two menus, a recording and two sources."""
    to_all = [{"share": "50%", "to": "queue sales"}, {"share": "50%", "to": "self_service hours"}]
    to_one = [{"share": "50%", "to": "queue support"}, {"share": "50%", "to": "hang up"}]
    return without_none(
        calendar=without_none(
            days=draw(st.integers(1, 2)), open=draw(hours), cool_down=draw(st.sampled_from([None, 0, "5 min"]))
        ),
        lines=draw(st.sampled_from([None, 1, 2, 4])),
        sources={
            name: without_none(
                callers="1 per hour", goes_to=draw(way_in), hangs_up_ringing="never", hangs_up_waiting="never",
                talk="60 s", redial=draw(redials),
            )
            for name in ("ads", "web")
        },
        menus={"first": draw(menu) | {"keys": to_all}, "last": draw(menu) | {"keys": to_one}},
        self_service={"hours": {"takes": "20 s", "resolves": "50%", "otherwise": "queue sales"}},
        queues=draw(queues()),
        teams=draw(teams()) | {"desk": "none"},
    )  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A scenario with up to a dozen callers in its first minutes, or in those of the second day."""
    of = draw(scenarios())
    starts = st.builds(lambda day, time: day * 86_400.0 + time, st.sampled_from([0, 0, 0, 1]), seconds(900))
    dials = sorted(draw(st.lists(st.tuples(starts, st.sampled_from(["ads", "web"])), min_size=1, max_size=12)))

    def by_attempt(values: st.SearchStrategy[Any]) -> list[list[Any]]:
        few = draw(st.lists(values, min_size=1, max_size=5))
        return [[few[(caller + attempt) % len(few)] for attempt in range(4)] for caller in range(len(dials))]

    def by_caller(values: st.SearchStrategy[Any]) -> list[Any]:
        return [attempts[0] for attempts in by_attempt(values)]

    patience = st.one_of(st.sampled_from([0, 20, 40, 60]), seconds(600), st.just(math.inf))
    share = st.sampled_from([0.0, 0.25, 0.5, 0.75])
    columns = {
        "ring_patience": by_attempt(patience),
        "hold_patience": by_attempt(patience),
        "redial_chance": by_attempt(share),
        "redial_delay": by_attempt(seconds(200)),
        "hang_up": by_attempt(share),
        "pick_up": by_attempt(seconds(60)),
        "wrap_up": by_attempt(seconds(60)),
        "work": by_caller(seconds(300).map(lambda length: length / 60)),
        "key": by_caller(share),
        "solved": by_caller(share),
    }
    return Case(yaml.dump(of, Dumper=Unshared), dials, columns)


def all_rows(played: Played) -> list[Row]:
    return [row for rows in played.rows for row in rows]


def end_of(row: Row) -> float:
    """When an attempt ended; without an end it goes on for ever."""
    return math.inf if row.left is None else row.left


def end_of_wait(row: Row) -> float:
    """When a caller stopped waiting for an agent: matched, gone, or never."""
    return end_of(row) if row.matched is None else row.matched


def stretches(*times: Any) -> Iterator[tuple[float, float]]:
    """The stretches between successive moments at which anything happened."""
    return pairwise(sorted({time for time in times if time is not None and time < math.inf}))


def each_caller_and_each_attempt_ends_once(_: Scenario, played: Played) -> None:
    """Attempts count from 1 without a gap, each begins after the one before, and a caller's row sums them up."""
    assert sum(len(chunk.attempts) for chunk in played.chunks) == len(all_rows(played))
    assert sum(len(chunk.callers) for chunk in played.chunks) == sum(map(len, played.callers))
    for unsorted, stories in zip(played.rows, played.callers, strict=True):
        rows = sorted(unsorted, key=lambda row: row.attempt)
        assert [row.attempt for row in rows] == list(range(1, len(rows) + 1))
        assert len(stories) == min(len(rows), 1)
        assert all(before.left <= row.dialled for before, row in pairwise(rows))
        assert all(missed(row) for row in rows[:-1])
        if rows:
            check_story(stories[0], rows)
            event(f"resolution {stories[0].resolution}")
            event(f"attempts {len(rows)}")


def missed(row: Row) -> bool:
    return row.outcome in MISSED


def check_story(story: Row, rows: list[Row]) -> None:
    """The caller's row against the caller's attempts, in order."""
    last = rows[-1]
    asked = [row for row in rows if row.asked is not None]
    waits = [row.left if row.answered is None else row.answered for row in asked if end_of(row) < math.inf]
    ended = {"answered": "served", "self_served": "self_served", "unfinished": "open"}.get(last.outcome, "lost")
    assert story.dialled == rows[0].dialled
    assert story.attempts == len(rows)
    assert story.resolution == ended or (missed(last) and story.resolution == "open")
    assert story.resolved == (None if story.resolution == "open" else last.left)
    assert story.missed == max((row.left for row in rows if missed(row)), default=None)
    assert story.asked == len(asked)
    assert story.first_queue == next((row.first_queue for row in rows if row.first_queue is not None), None)
    if last.outcome != "unfinished":
        assert story.waited == sum(waits) - sum(row.asked for row in asked)


def the_moments_of_an_attempt_stand_in_their_order(_: Scenario, played: Played) -> None:
    """Dialled, asked, matched, answered, left, freed; a machine answers in between; and what an outcome implies."""
    for row in all_rows(played):
        moments = [row.dialled, row.asked, row.matched, row.answered, row.left, row.freed]
        assert all(a <= b for a, b in pairwise(moment for moment in moments if moment is not None))
        assert row.greeted is None or row.dialled <= row.greeted <= min(end_of(row), row.answered or math.inf)
        assert (row.left is None) == (row.outcome == "unfinished")
        assert (row.matched is None) == (row.slot is None) == (row.team is None)
        if row.left is not None:
            assert (row.answered is not None) == (row.outcome == "answered")
        if row.outcome == "abandoned_ringing":
            assert row.greeted is None
        if row.outcome in ("abandoned_queue", "abandoned_menu", "self_served"):
            assert row.greeted is not None
        event(f"{row.outcome} {row.reason}")


def little_s_law_holds_to_the_second(_: Scenario, played: Played) -> None:
    """The number of callers waiting, summed over time event by event, is the sum of their waits."""
    waits = [
        (row.asked, row.left if row.answered is None else row.answered)
        for row in all_rows(played)
        if row.asked is not None and (row.left is not None or row.answered is not None)
    ]
    changes = sorted([(asked, 1) for asked, _ in waits] + [(stopped, -1) for _, stopped in waits])
    area, waiting = 0.0, 0
    for (time, change), (following, _change) in pairwise([*changes, (math.inf, 0)]):
        waiting += change
        area += waiting * (following - time) if waiting else 0.0
    assert waiting == 0
    assert area == sum(stopped - asked for asked, stopped in waits)


def a_slot_does_one_thing_at_a_time_and_only_on_duty(_: Scenario, played: Played) -> None:
    """A slot's calls, from the match to the end of the wrap-up, do not overlap and lie within its duties."""
    slots = {(row.team, row.slot) for row in all_rows(played) if row.slot is not None}
    for duty in played.duties:
        assert duty.came <= duty.due <= duty.went
    for team, slot in slots:
        calls = sorted(
            (row.matched, math.inf if row.freed is None else row.freed)
            for row in all_rows(played) if (row.team, row.slot) == (team, slot)
        )  # fmt: skip
        assert all(before[1] <= following[0] for before, following in pairwise(calls))
        duties = [(duty.came, duty.went) for duty in played.duties if (duty.team, duty.slot) == (team, slot)]
        assert all(before[1] <= following[0] for before, following in pairwise(duties))
        present = joined(duties)
        assert all(
            any(came <= matched and (freed <= went or freed == math.inf) for came, went in present if matched <= went)
            for matched, freed in calls
        )


def joined(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of time, those that touch put together."""
    found: list[tuple[float, float]] = []
    for start, end in parts:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def lines_taken_are_never_more_than_there_are(of: Scenario, played: Played) -> None:
    """Between any two moments no more callers hold a line than there are; whoever hears busy found them all taken."""
    if of.lines is None:
        return
    holding = [row for row in all_rows(played) if row.reason != "no_line"]
    moments = [time for row in holding for time in (row.dialled, row.left)]
    for start, end in stretches(*moments):
        assert sum(row.dialled <= start and end <= end_of(row) for row in holding) <= of.lines
    for busy in (row for row in all_rows(played) if row.reason == "no_line"):
        assert busy.left == busy.dialled
        assert sum(row.dialled <= busy.dialled <= end_of(row) for row in holding) >= of.lines


def stayed(row: Row) -> bool:
    """Whether the caller waited in one queue only, and to the end: not whoever was sent into a menu at its closing."""
    sent_on = row.reason == "closed_while_waiting" and row.greeted is not None
    return row.asked is not None and row.first_queue == row.last_queue and not sent_on


def a_queue_serves_in_the_order_of_asking(_: Scenario, played: Played) -> None:
    """Nobody is matched while somebody who asked for the same queue before still waits."""
    rows = [row for row in all_rows(played) if stayed(row)]
    for later in rows:
        for earlier in rows:
            if later.matched is None or later.first_queue != earlier.first_queue or earlier.asked >= later.asked:
                continue
            assert end_of_wait(earlier) <= later.matched


def nobody_waits_while_an_agent_is_idle(of: Scenario, played: Played) -> None:
    """While a caller waits for a queue, everyone on duty for it is busy."""
    for waiting in (row for row in all_rows(played) if stayed(row)):
        teams = of.teams_of(waiting.first_queue)
        for duty in (duty for duty in played.duties if duty.team in teams):
            start = max(waiting.asked, duty.came)
            end = min(end_of_wait(waiting), duty.due)
            busy = [
                (row.matched, math.inf if row.freed is None else row.freed)
                for row in all_rows(played) if (row.team, row.slot) == (duty.team, duty.slot)
            ]  # fmt: skip
            if start >= end:
                continue
            moments = [time for call in busy for time in call if start < time < end]
            for here, there in stretches(start, end, *moments):
                assert any(matched <= here and there <= freed for matched, freed in busy), waiting


def a_queue_never_holds_more_than_it_has_room_for(of: Scenario, played: Played) -> None:
    """Between any two moments no more callers wait for a queue than there is room."""
    for name, queue in of.queues.items():
        rows = [row for row in all_rows(played) if stayed(row) and row.first_queue == name]
        moments = [time for row in rows for time in (row.asked, end_of_wait(row))]
        for start, end in stretches(*moments):
            waiting = sum(row.asked <= start and end <= end_of_wait(row) for row in rows)
            assert queue.room_for is None or waiting <= queue.room_for


LAWS: tuple[Callable[[Scenario, Played], None], ...] = (
    each_caller_and_each_attempt_ends_once,
    the_moments_of_an_attempt_stand_in_their_order,
    little_s_law_holds_to_the_second,
    a_slot_does_one_thing_at_a_time_and_only_on_duty,
    lines_taken_are_never_more_than_there_are,
    a_queue_serves_in_the_order_of_asking,
    nobody_waits_while_an_agent_is_idle,
    a_queue_never_holds_more_than_it_has_room_for,
)


@laws
@given(cases())
def test_every_law_holds_in_every_log(case: Case) -> None:
    """All laws above, each on the same days: making up a day costs more than checking it."""
    of, played = case.play()
    for check in LAWS:
        check(of, played)


@settings(laws, max_examples=25)
@given(cases())
def test_the_same_scenario_and_tape_make_the_same_log(case: Case) -> None:
    """An engine is a function: played twice, every chunk is the same to the bit."""
    assert repr(case.play()[1].chunks) == repr(case.play()[1].chunks)


# Real tapes.

BUSY = """
calendar: {days: 2, cool_down: 1 h, open: {every day: 09:00-10:00}}
sources:
  ads: {callers: 60 per day, calls_by_hour: {09:00: 1, 10:00: 0}, day_to_day_variation: 20%, goes_to: menu main,
        hangs_up_ringing: 20 s, hangs_up_waiting: exponential 90 s, talk: lognormal 3 min cv 0.9,
        redial: {chance: {abandoned: 50%, closed: 50%}, after: exponential 5 min, at_most: 3},
        kinds: {new: 60%, existing: 40%}}
menus: {main: {answers_after: 5 s, prompt: exponential 10 s, hangs_up: 10%,
               keys: [{share: 80%, to: queue sales}, {share: 20%, to: self_service hours}]}}
self_service: {hours: {takes: exponential 35 s, resolves: 80%, otherwise: queue sales}}
teams: {desk: {answers_after: exponential 4 s, wrap_up: exponential 30 s}}
"""
OTHERS = """
sources:
  {name}: {{callers: 50 per hour, goes_to: queue {name}, hangs_up_ringing: exponential 40 s, talk: exponential 2 min,
           redial: {{chance: 50%, after: 1 min, at_most: 2}}}}
queues: {{{name}: {{}}}}
teams: {{{name}: {{serves: [{name}], agents: 1}}}}
"""


def columns_of(of: Scenario, source: str, *, seed: int = 1) -> dict[str, Any]:
    """All that the tape holds for one source's callers: dials and every draw of two days and three attempts."""
    tape = Tape(of, seed, 0)
    found: dict[str, Any] = {}
    for number in range(2):
        day = tape.day(number)
        here = day.source == list(of.sources).index(source)
        found[f"{number} dialled"] = day.dialled[here]
        found[f"{number} ordinal"] = day.ordinal[here]
        blocks: list[Any] = [tape.callers(number, day), *(tape.attempts(number, day, n) for n in (1, 2, 3))]
        for place, block in enumerate(blocks):
            for name in (name for name, part in vars(type(block)).items() if isinstance(part, cached_property)):
                column = getattr(block, name)
                parts = column.items() if isinstance(column, dict) else [("", column)]
                found |= {f"{number} {place} {name} {owner}": values[here] for owner, values in parts}
    return found


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Whether every column of the one is in the other to the bit."""
    return all(np.array_equal(values, after[name]) for name, values in before.items())


def log_by_name(of: Scenario, source: str, *, seed: int = 1) -> tuple[list[Any], list[Any]]:
    """A source's attempts and callers as rows with names, in the order of identity and attempt."""
    tape = Tape(of, seed, 0)
    days = list(simulate(of, tape, "simpy"))
    at = list(of.sources).index(source)
    who = sorted({(source, int(row[1]), int(row[2])) for day in days for row in day.attempts if row[0] == at})
    played = log_of(of, days, who)
    return [sorted(rows, key=lambda row: row.attempt) for rows in played.rows], played.callers


def test_the_same_seed_makes_the_same_log_and_another_seed_another() -> None:
    """Scenario, seed and replication decide all: days from fresh tapes are the same to the bit, others are not."""
    of = scenario(BUSY)
    logs = [repr(list(simulate(of, Tape(of, seed, replication), "simpy"))) for seed, replication in
            ((1, 0), (1, 0), (2, 0), (1, 1))]  # fmt: skip
    assert logs[0] == logs[1]
    assert len(set(logs)) == 3


def test_another_source_leaves_the_first_one_s_callers_untouched() -> None:
    """Every dial and draw stays, to the bit, and with a queue of its own the whole log; before or after in the file."""
    before, after = scenario(BUSY), scenario(BUSY, OTHERS.format(name="support"))
    assert len(columns_of(before, "ads")["0 dialled"]) > 30
    assert same(columns_of(before, "ads"), columns_of(after, "ads"))
    assert log_by_name(before, "ads") == log_by_name(after, "ads")
    last = after.model_copy(update={"sources": dict(reversed(after.sources.items()))})
    assert same(columns_of(before, "ads"), columns_of(last, "ads"))
    assert log_by_name(before, "ads") == log_by_name(last, "ads")


def test_another_agent_or_queue_leaves_every_draw_untouched() -> None:
    """Two agents more, another team, another menu: no dial and no draw changes, though the log does."""
    before = scenario(BUSY)
    changes = (
        "teams: {desk: {agents: 3}}",
        "teams: {aces: {serves: [sales], agents: 1, wrap_up: exponential 9 s}}",
        "menus: {other: {answers_after: 5 s, prompt: exponential 9 s, keys: [{share: 100%, to: queue sales}]}}",
        "queues: {sales: {talk: exponential 1 min}}",
    )
    for change in changes:
        assert same(columns_of(before, "ads"), columns_of(scenario(BUSY, change), "ads"))
    assert log_by_name(before, "ads") != log_by_name(scenario(BUSY, changes[0]), "ads")


def test_a_caller_s_story_is_the_same_with_idle_agents_to_spare() -> None:
    """Where nobody ever waits for an agent, more agents change nothing, though other slots take the calls."""
    wide = "calendar: {open: always}"
    few, many = (
        log_by_name(scenario(BUSY, wide, f"teams: {{desk: {{agents: {agents}}}}}"), "ads") for agents in (60, 90)
    )
    assert [[row._replace(slot=None) for row in rows] for rows in few[0]] == [
        [row._replace(slot=None) for row in rows] for rows in many[0]
    ]
    assert few[1] == many[1]
