"""Two engines write the same log to the last bit, on scenarios of the whole language and at awkward times."""

from __future__ import annotations

import ast
import math
import sys
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from heapq import heappush
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, note, settings

from callsim.calllog import Activity, Attempt, CallbackCause, CallbackEnd, Chunk, Outcome, Reason, Resolution
from callsim.demand import Tape
from callsim.engine import centre, order, reference, rows, state
from callsim.engine.reference import CallCentre
from callsim.scenario import Scenario, load
from callsim.scenario.roster import slots_of
from callsim.scenario.timetable import DAY
from tests.agreement import (
    Case,
    cases,
    difference,
    disagreement,
    numbered,
    scenarios,
    understood,
)

FEW = 300
"""Numbered cases of the tests that look at what is in them."""
REACHING = 600
"""Among so many everything has happened: whoever asks stops as soon as it has."""
MANY = 20_000
"""Numbered cases of the long test."""
PART = 500
HEAPED = 60
"""Numbered cases of the tests that play each of them in another way."""
SCENARIOS = Path(__file__).parent.parent / "scenarios"
VARIANTS = {
    f"{path.stem}, {name}": scenario
    for path in sorted(SCENARIOS.glob("*.yaml"))
    for name, scenario in load(path).variants.items()
}
agreement = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def _compiled() -> None:
    """Skip without the compiled engine."""
    pytest.importorskip("numba", reason="the compiled engine needs numba, which is not installed")


class Played(NamedTuple):
    """A numbered case and what the reference makes of it."""

    scenario: Scenario
    tape: Tape
    chunks: list[Chunk]


@cache
def played(number: int) -> Played:
    scenario, tape = numbered(number).read()
    return Played(scenario, tape, list(reference.simulate(scenario, tape)))


# 1. The engines agree.


@pytest.mark.usefixtures("_compiled")
@agreement
@given(cases())
def test_engines_agree_on_scenarios_of_the_whole_language(case: Case) -> None:
    """Whatever a file may say and however many things happen at one moment, both engines write the same."""
    note(repr(case))
    found = disagreement(*case.read())
    assert found is None, found


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("variant", VARIANTS)
def test_engines_agree_on_the_scenarios_that_come_along(variant: str) -> None:
    """Three days of every variant of the scenarios of this repository, as drawn."""
    whole = VARIANTS[variant]
    scenario = whole.model_copy(update={"calendar": whole.calendar.model_copy(update={"days": 3})})
    found = disagreement(scenario, Tape(scenario, 1, 0))
    assert found is None, found


@pytest.mark.usefixtures("_compiled")
def test_engines_agree_where_the_queues_of_a_team_stand_in_a_heap(monkeypatch: pytest.MonkeyPatch) -> None:
    """As they do where there are many: here from one queue on."""
    from callsim.engine import layout

    monkeypatch.setattr(layout, "FEW", 0)
    for number in range(HEAPED):
        found = disagreement(*numbered(number).read())
        assert found is None, f"case {number}, {found}"


def many_queues(serves: str) -> str:
    """Twelve queues of one team that is never done; whoever waits long is sent on and keeps the rank of asking."""
    queues = [
        f"  q{n}: {{priority: {n % 3}, overflow: [{{after: {20 + 7 * n} s, to: queue q{(5 * n + 1) % 12}}}]}}\n"
        for n in range(12)
    ]
    sources = [
        f"  s{n}: {{callers: {12 + n} per hour, goes_to: queue q{n}, hangs_up_ringing: exponential 4 min, "
        "talk: exponential 100 s}\n"
        for n in range(12)
    ]
    return (
        "name: Many queues\ncalendar: {start: 2026-03-02, days: 1, open: {every day: 08:00-11:00}}\n"
        f"sources:\n{''.join(sources)}queues:\n{''.join(queues)}"
        f"teams:\n  all: {{serves: {serves}, agents: {{every day: {{08:00-11:00: 6}}}}}}\n"
    )


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("alike", [12, 5, 1])
def test_engines_agree_on_a_team_of_many_queues(alike: int) -> None:
    """All alike, in groups, or one preferred to the next; among them callers who asked before others of their queue."""
    levels = [[f"q{n}" for n in range(first, min(first + alike, 12))] for first in range(0, 12, alike)]
    scenario = understood(many_queues(str(levels).replace("'", "")))
    for seed in range(3):
        tape = Tape(scenario, seed, 0)
        found = disagreement(scenario, tape)
        assert found is None, found
    (chunk,) = reference.simulate(scenario, tape)
    assert (
        sum(
            row[Attempt._fields.index("first_queue")] != row[Attempt._fields.index("last_queue")]
            for row in chunk.attempts
        )
        > 50
    )


@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("number", range(0, HEAPED, 3))
def test_stretches_of_a_log_are_its_days_together(number: int) -> None:
    """The compiled engine writes over the rows that have been handed out: until then they are those of the days."""
    from callsim.engine import compiled

    scenario, tape = numbered(number).read()
    stretches = [[log.copy() for log in chunk[1:]] for chunk in compiled.stretches(scenario, tape)]
    days = [chunk[1:] for chunk in compiled.simulate(scenario, tape)]
    for parts, wholes in zip(zip(*stretches, strict=True), zip(*days, strict=True), strict=True):
        for name in wholes[0].dtype.names:
            found, expected = (np.concatenate([rows[name] for rows in log]) for log in (parts, wholes))
            np.testing.assert_array_equal(found, expected, err_msg=name)


@pytest.mark.long
@pytest.mark.usefixtures("_compiled")
@pytest.mark.parametrize("part", range(MANY // PART))
def test_engines_agree_on_many_scenarios(part: int) -> None:
    """Tens of thousands of numbered cases; `numbered(1234)` is the one that is named."""
    for number in range(part * PART, (part + 1) * PART):
        case = numbered(number)
        found = disagreement(*case.read())
        assert found is None, f"case {number}, {found}\n{case!r}"


# 2. Where they did not, it would be noticed.


def row(**changes: Any) -> tuple[Any, ...]:
    """A callback's row."""
    plain = {"source": 0, "day": 0, "caller": 1, "cause": 2, "opened": 5.5, "tries": 1}
    return tuple((plain | {"reached": math.nan, "closed": 0.0, "end": 3} | changes).values())


def log(*callbacks: tuple[Any, ...], day: int = 0) -> Chunk:
    return Chunk(day, [], [], [], [], [], list(callbacks))


COLUMNS = [("source", "i4"), ("day", "i4"), ("caller", "i8"), ("cause", "i1"), ("opened", "f8"), ("tries", "i4")]
COLUMNS += [("reached", "f8"), ("closed", "f8"), ("end", "i1")]


@pytest.mark.parametrize(
    "same",
    [
        log(row(reached=float("nan"))),
        log(row(reached=-math.nan)),
        log(row(cause=np.int8(2), opened=np.float64(5.5))),
        log(row())._replace(callbacks=np.array([row()], dtype=COLUMNS)),
    ],
)
def test_the_same_log_in_another_form_is_the_same(same: Chunk) -> None:
    """Missing is missing, and an array of rows is what its rows are."""
    assert difference(iter([log(row())]), iter([same])) is None
    assert difference(iter([same]), iter([log(row())])) is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ([log(row(), row(opened=math.nextafter(5.5, 6)))], "row 1, field opened: 5.5 in the first log, 5.500000000000001"),
        ([log(row(), row(closed=-0.0))], "row 1, field closed: 0.0 in the first log, -0.0 in the second"),
        ([log(row(), row(reached=1.0))], "row 1, field reached: nan in the first log, 1.0 in the second"),
        ([log(row(), row(end=0))], "row 1, field end: 3 in the first log, 0 in the second"),
        ([log(row())], "callbacks of day 0, row 1: only in the first log"),
        ([log(row(), row(), row())], "callbacks of day 0, row 2: only in the second log"),
        ([log(row(), row(), day=1)], "the first log calls it 0, the second 1"),
        ([], "day 0: only the first log has this day"),
        ([log(row(), row()), log(day=1)], "day 1: only the second log has this day"),
    ],
)  # fmt: skip
def test_any_difference_is_told_with_its_place(other: list[Chunk], said: str) -> None:
    """A bit of a number, a sign of zero, a row or a day: log, day, row, field and both values are named."""
    found = difference(iter([log(row(), row())]), iter(other))
    assert found is not None
    assert said in found


def test_the_order_of_rows_counts() -> None:
    """The same rows in another order are another log."""
    one, other = row(), row(caller=2)
    found = difference(iter([log(one, other)]), iter([log(other, one)]))
    assert found is not None
    assert "row 0, field caller" in found


Wrap = Callable[[Any], Any]


def instead(method: Callable[..., Any]) -> Wrap:
    """A method in place of another one, which it is given first."""
    return lambda was: lambda *given, **named: method(was, *given, **named)


def more_patient(was: Any, here: Any, event: Any, time: float, kind: int, *subject: int) -> None:
    was(here, event, time + 1e-6 if kind == order.PATIENCE_END else time, kind, *subject)


def no_new_rounds(_: Any, pool: Any, slot: Any) -> None:
    heappush(pool.idle, (0, slot.number, slot.idles, slot))


def slot_before_team(_: Any, pool: Any, slot: Any) -> None:
    heappush(pool.idle, (slot.idle_since, slot.place << 20 | slot.team.place, slot.idles, slot))


def queues_turned_round(was: Any, team: Any, *given: Any) -> None:
    was(team, *given)
    team.looks_at = [group[::-1] for group in team.looks_at]


def last_first(was: Any, vendor: Any) -> Any:
    vendor.waiting.reverse()
    return was(vendor)


def new_rank(was: Any, here: Any, call: Any, *given: Any, **named: Any) -> None:
    here.asked += 1
    call.rank = here.asked
    was(here, call, *given, **named)


def newest_first(was: Any, here: Any, caller: Any, cause: int) -> None:
    before = caller.job
    was(here, caller, cause)
    if caller.job is not before:
        caller.job.number = -caller.job.number


def not_in_pick_up(was: Any, here: Any, greeting: Any) -> None:
    if greeting.call.state != state.PICKING_UP:
        was(here, greeting)


def no_late_breaks(was: Any, here: Any, change: Any) -> None:
    if change.slot.work is None:
        was(here, change)


def always_open(was: Any, here: Any, change: Any) -> None:
    change.opens = True
    was(here, change)


def chats_ring(was: Any, source: Any, *given: Any) -> None:
    was(source, *given)
    source.channel = source.channel.replace("chat", "call")


def chats_have_numbers(was: Any, desk: Any, caller: Any, cause: int) -> bool:
    known = caller.born.draws.number_known[caller.row] < desk.rules.number_known
    missed = cause == CallbackCause.MISSED and "missed" in desk.for_
    return bool(missed and known) or bool(was(desk, caller, cause))


def forms_first(was: Any, here: Any, slot: Any) -> Any:
    desk = here.desk
    mine = desk is not None and desk.team is slot.team and slot.on_duty
    return None if mine and here.next_job(desk) is not None else was(here, slot)


def side_by_side(was: Any, team: Any, *given: Any) -> Any:
    agents, chats = slots_of(team), team.chats_at_once
    return [one._replace(slot=one.slot % agents * chats + one.slot // agents) for one in was(team, *given)]


def breaks_beside_chats(was: Any, here: Any, slot: Any) -> None:
    others = [place for place in slot.places() if place is not slot and place.work is not None]
    works = [place.work for place in others]
    for place in others:
        place.work = None
    was(here, slot)
    for place, work in zip(others, works, strict=True):
        place.work = work


FAULTS: dict[str, tuple[Any, str, Wrap]] = {
    "patience a microsecond longer": (CallCentre, "post", instead(more_patient)),
    "the last bit of a talk": (
        CallCentre, "talk", instead(lambda was, *given: math.nextafter(was(*given), math.inf))),
    "a redial a nanosecond later": (
        CallCentre, "dial_again", instead(lambda was, here, caller, dials: was(here, caller, dials + 1e-9))),
    "in order from behind": (
        state.HuntPool, "add", instead(lambda _, pool, one: heappush(pool.idle, (0, -one.number, one.idles, one)))),
    "ties of the longest idle by slot before team": (state.Pool, "add", instead(slot_before_team)),
    "no new rounds": (state.RoundRobinPool, "add", instead(no_new_rounds)),
    "yesterday's work counts": (
        state.Slot, "count_handling", instead(
            lambda _, slot, now: setattr(slot, "handled", slot.handled + now - slot.busy_since))),
    "leaving beats answering": (reference, "PATIENCE_END", lambda _: order.TALK_END),
    "moving beats leaving": (reference, "OVERFLOW", lambda _: order.VENDOR_ANSWER),
    "dialling beats the end of a menu": (centre, "DIAL", lambda _: order.MACHINE_ANSWER),
    "closing comes last": (centre, "HOURS_CHANGE", lambda _: order.CALLBACK_CHECK),
    "agents come last": (centre, "ROSTER_CHANGE", lambda _: order.CALLBACK_CHECK),
    "sent away before all have come": (reference, "AFTER_ALL_SLOTS", lambda _: -1),
    "one transfer less": (reference, "MOST_TRANSFERS", lambda _: 4),
    "a limit of a split belongs to the way before": (
        state.SourceState, "way", instead(
            lambda _, source, call: source.ways[bisect_left(source.limits, call.draws.split[call.row])])),
    "room for one more": (state.QueueState, "is_full", instead(lambda _, queue: queue.length > queue.room)),
    "a vendor's line more": (state.VendorState, "is_full", instead(lambda _, vendor: vendor.calls > vendor.lines)),
    "operators take who came last": (state.VendorState, "next_waiting", instead(last_first)),
    "a new rank for who moves": (CallCentre, "overflow", instead(new_rank)),
    "a kept place at the end": (
        state.QueueState, "keep", instead(lambda _, queue, call: queue.kept.append((call.rank, call)))),
    "kept places go first": (
        CallCentre, "first_of", instead(lambda _, here, queue: here.first_kept(queue) or queue.first_waiting())),
    "the newest callback first": (CallCentre, "open_job", instead(newest_first)),
    "callbacks at any hour": (CallCentre, "on_callback_hours", instead(always_open)),
    "offers share a draw": (state.Call, "offer_draws", instead(lambda _, call: call.draws)),
    "rules fire anew after an offer": (
        CallCentre, "start_timers", instead(lambda was, *given, since: was(*given, since=min(since, 0.0)))),
    "no greeting in a pick-up": (CallCentre, "on_greeting", instead(not_in_pick_up)),
    "breaks that are due at work are lost": (CallCentre, "on_break_due", instead(no_late_breaks)),
    "who stays after closing serves who asked later": (reference, "asked_at", lambda _: lambda call: -math.inf),
    "overtime is duty": (centre, "duty_row", instead(lambda was, slot, now: (*was(slot, now)[:4], now, now))),
    "chats ring": (state.SourceState, "__init__", instead(chats_ring)),
    "chats have numbers": (state.CallbackDesk, "takes", instead(chats_have_numbers)),
    "callbacks before callers": (CallCentre, "next_call", instead(forms_first)),
    "an agent's places side by side": (centre, "stints_of_places", instead(side_by_side)),
    "a break beside open chats": (CallCentre, "rest", instead(breaks_beside_chats)),
    "who waits in two queues is taken from the last": (state.TeamState, "__init__", instead(queues_turned_round)),
}  # fmt: skip
"""What an engine could get wrong: where it is planted, and what stands there then."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_noticed(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among a few hundred cases there is one on which an engine with this fault writes another log."""
    owner, name, wrap = FAULTS[fault]
    for number in range(REACHING):
        one = played(number)
        with monkeypatch.context() as planted:
            planted.setattr(owner, name, wrap(getattr(owner, name)))
            if difference(iter(one.chunks), reference.simulate(one.scenario, one.tape)):
                return
    pytest.fail("nobody noticed")


# 3. The cases have everything in them.

ENGINE = (reference, centre, state, rows)
UNREACHED = {
    ("go", "raise NotImplementedError"),  # the engine has its own
    ("on_no_answer", "return"),  # the agent's pause moves nobody at once
    ("on_break_due", "return"),  # breaks lie inside the stint
}
"""Statements of the reference that no case can reach, by function."""


class Statement(NamedTuple):
    """A statement of an engine's module."""

    file: str
    line: int
    function: str
    text: str


def statements(module: ModuleType) -> Iterator[Statement]:
    """Those of functions and methods, without their docstrings."""
    assert module.__file__ is not None
    text = Path(module.__file__).read_text()
    lines = text.splitlines()
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef):
            for one in ast.walk(function):
                if isinstance(one, ast.stmt) and one is not function and not _is_docstring(one):
                    yield Statement(module.__file__, one.lineno, function.name, lines[one.lineno - 1].strip())


def _is_docstring(one: ast.stmt) -> bool:
    return isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)


class Reached:
    """Listens to which lines of the engine are played, as long as there are any left in a function."""

    def __init__(self) -> None:
        found = [one for module in ENGINE for one in statements(module)]
        assert {one[2:] for one in found} >= UNREACHED, "what cannot be reached is not there any more"
        self.left = {one[:2]: one for one in found if one[2:] not in UNREACHED}
        """By file and line."""
        self._lines: dict[CodeType, list[tuple[str, int]]] = {}

    def __call__(self, frame: FrameType, *_: Any) -> Any:
        code = frame.f_code
        lines = self._lines.get(code)
        if lines is None:
            lines = [(code.co_filename, line) for *_, line in code.co_lines() if line]
        self._lines[code] = [line for line in lines if line in self.left]
        return self._listen if self._lines[code] else None

    def _listen(self, frame: FrameType, *_: Any) -> Any:
        self.left.pop((frame.f_code.co_filename, frame.f_lineno), None)
        return self._listen

    def play(self, scenario: Scenario, tape: Tape) -> None:
        before = sys.gettrace()
        sys.settrace(self)
        try:
            list(reference.simulate(scenario, tape))
        finally:
            sys.settrace(before)


def test_every_statement_of_the_engine_is_reached() -> None:
    """Every handler, every rule and every branch of the reference is played by some case."""
    reached = Reached()
    for number in range(REACHING):
        reached.play(*numbered(number).read())
        if not reached.left:
            return
    pytest.fail(f"no case reaches {list(reached.left.values())}")


def numbers(names: type) -> set[int]:
    return {number for name, number in vars(names).items() if name.isupper()}


def test_every_ending_and_every_log_is_reached() -> None:
    """All outcomes, reasons, resolutions, activities, causes and ends of callbacks, each in several cases."""
    columns = {
        "outcome": ("attempts", 20, Outcome), "reason": ("attempts", 21, Reason),
        "resolution": ("callers", 9, Resolution), "activity": ("duties", 2, Activity),
        "cause": ("callbacks", 3, CallbackCause), "end": ("callbacks", 8, CallbackEnd),
    }  # fmt: skip
    seen: Counter[tuple[str, float]] = Counter()
    for number in range(FEW):
        chunks = played(number).chunks
        seen.update({("log", place) for chunk in chunks for place, rows in enumerate(chunk[1:]) if rows})
        for name, (log, field, _) in columns.items():
            seen.update({(name, row[field]) for chunk in chunks for row in getattr(chunk, log)})
    wanted = {(name, number) for name, (*_, names) in columns.items() for number in numbers(names)}
    wanted |= {("log", place) for place in range(6)}
    assert set(seen) == wanted
    assert min(seen.values()) >= 3


def ties(number: int) -> tuple[int, int]:
    """Events of a case, and those that share their moment with another."""
    times: Counter[float] = Counter()

    class Listening(CallCentre):
        def post(self, event: Any, time: float, kind: int, subject: int) -> None:
            times[time] += 1
            super().post(event, time, kind, subject)

    scenario, tape = numbered(number).read()
    list(Listening(scenario, tape).days())
    return times.total(), sum(count for count in times.values() if count > 1)


def test_many_things_happen_at_one_moment() -> None:
    """On a grid of the scenario's own length most events share their moment, and of all events half do."""
    found = [(rule, *ties(number)) for number in range(FEW // 3) for rule in [numbered(number).rule]]
    coarse = [(events, tied) for rule, events, tied in found if rule is not None and rule.grid >= 20.0]
    assert sum(tied for _, tied in coarse) > 0.8 * sum(events for events, _ in coarse)
    assert sum(tied for *_, tied in found) > 0.5 * sum(events for _, events, _ in found)


@given(text=scenarios())
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_generated_text_is_a_scenario(text: str) -> None:
    """What is generated contradicts itself nowhere: nothing is thrown away."""
    assert understood(text).sources


@pytest.mark.parametrize("number", range(20))
def test_a_case_is_always_the_same(number: int) -> None:
    """The same number, the same scenario, tape and log, however often it is played."""
    scenario, tape = numbered(number).read()
    for one in (tape, played(number).tape):
        assert disagreement(scenario, one, second=lambda *_: iter(played(number).chunks)) is None


@pytest.mark.parametrize("number", range(40))
def test_a_tape_at_awkward_times_is_a_tape(number: int) -> None:
    """Callers in order and inside their day, ordinals without gaps, nothing negative."""
    scenario, tape = numbered(number).read()
    for day in range(2):
        born = tape.day(day)
        assert (np.diff(born.dialled) >= 0.0).all()
        assert ((born.dialled >= day * DAY) & (born.dialled < (day + 1) * DAY)).all()
        for source in range(len(scenario.sources)):
            ordinals = born.ordinal[born.source == source]
            assert (ordinals == np.arange(ordinals.size)).all()
        for attempt in (1, 2):
            draws = tape.attempts(day, born, attempt)
            assert all((draws.ring_patience >= 0.0) & (draws.redial_delay >= 0.0))
            assert all((draws.redial_chance >= 0.0) & (draws.redial_chance < 1.0))
