"""Headcounts and shifts become stints of slots: counted at every half-hour, at which all of them change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callsim.quantities import DAYS
from callsim.scenario.fields import Reading
from callsim.scenario.roster import Pause, Stint, on_duty, slots_of, stints
from callsim.scenario.staff import Team
from callsim.scenario.timetable import Calendar

HOUR = 3600.0
NAMES = Reading(None, None, Path(), {"queue": ("sales",)})
MONDAY = "2026-03-02"
WEEK = 7


def team(**keys: Any) -> Team:
    return Team.model_validate({"serves": ["sales"], **keys}, context=NAMES)


def calendar(hours: Any = "always", **keys: Any) -> Calendar:
    return Calendar.model_validate({"start": MONDAY, "days": 2 * WEEK, "open": hours, **keys}, context=NAMES)


def told(team: Team, day: int, dates: Calendar | None = None) -> list[tuple[int, float, float]]:
    """(slot, start, end) in hours since the day's midnight."""
    midnight = day * 24
    found = stints(team, dates or calendar(), day)
    return [(one.slot, one.start / HOUR - midnight, one.end / HOUR - midnight) for one in found]


def clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


# Headcounts


def test_a_headcount_fills_slots_from_the_first() -> None:
    """Two, then five, then one: the first is there all the time, the third to the fifth only in the middle."""
    roster = team(agents={"mon": {"09:00-12:00": 2, "12:00-14:00": 5, "14:00-18:00": 1}})
    assert told(roster, 0) == [(0, 9, 18), (1, 9, 14), (2, 12, 14), (3, 12, 14), (4, 12, 14)]
    assert told(roster, 1) == []
    assert slots_of(roster) == 5


def test_a_slot_that_goes_comes_again() -> None:
    """A gap parts two stints, a headcount of none as well."""
    roster = team(agents={"mon": {"09:00-12:00": 1, "12:00-13:00": 0, "13:00-18:00": 1, "20:00-21:00": 1}})
    assert told(roster, 0) == [(0, 9, 12), (0, 13, 18), (0, 20, 21)]


def test_a_night_is_one_stint_of_its_first_day() -> None:
    """It goes past midnight, and the next day's spans stand for themselves."""
    roster = team(agents={"mon": {"22:00-06:00": 2}, "tue": {"06:00-08:00": 1}})
    assert told(roster, 0) == [(0, 22, 30), (1, 22, 30)]
    assert told(roster, 1) == [(0, 6, 8)]


def test_a_bare_number_is_there_while_it_is_open() -> None:
    """By the calendar's hours of that day, a lunch hour left out; on a holiday by those of holidays."""
    hours = {"mon-fri": ["09:00-12:00", "13:00-18:00"], "holiday": "10:00-12:00"}
    dates = calendar(hours, holidays=["2026-03-03"])
    roster = team(agents=2)
    assert told(roster, 0, dates) == [(0, 9, 12), (0, 13, 18), (1, 9, 12), (1, 13, 18)]
    assert told(roster, 1, dates) == [(0, 10, 12), (1, 10, 12)]
    assert told(roster, 5, dates) == []
    assert slots_of(roster) == 2


@pytest.mark.parametrize(
    ("agents", "slots"),
    [(0, 0), (3, 3), ({"mon": 2, "tue": {"09:00-10:00": 7}, "sun": 4}, 7), ({"mon": {"09:00-10:00": 0}}, 0)],
)
def test_slots_are_counted_over_the_whole_week(agents: Any, slots: int) -> None:
    """Also those of days that are not simulated, so that they do not depend on the calendar."""
    assert slots_of(team(agents=agents)) == slots


headcounts = st.lists(st.tuples(st.integers(0, 23), st.integers(1, 12), st.integers(0, 4)), max_size=4)


@given(st.lists(headcounts, min_size=7, max_size=7))
def test_stints_are_the_headcount_at_every_half_hour(week: list[list[tuple[int, int, int]]]) -> None:
    """In every half-hour exactly the slots below the headcount are on duty, each once."""
    table: dict[str, dict[str, int]] = {}
    expected = [0] * (48 * (WEEK + 1))
    free_from = 0
    for day, spans in enumerate(week):
        table[DAYS[day]] = {}
        for start, length, people in sorted(spans):
            begin = max(48 * day + 2 * start, free_from)
            # Sunday's night must not run into Monday, which may begin at midnight.
            end = min(begin + length, 48 * (day + 1) + 12 if day < 6 else 48 * 7)
            if begin >= 48 * (day + 1) or end <= begin:
                continue
            table[DAYS[day]][f"{clock(30 * begin)}-{clock(30 * end) if end % 48 else '24:00'}"] = people
            expected[begin:end] = [people] * (end - begin)
            free_from = end
    roster = team(agents={day: spans or 0 for day, spans in table.items()})
    found = [one for day in range(WEEK) for one in stints(roster, calendar(), day)]
    for half_hour, people in enumerate(expected):
        time = half_hour * 1800.0
        there = [one.slot for one in found if one.start <= time < one.end]
        assert sorted(there) == list(range(people))
    assert sum(one.end - one.start for one in found) == sum(expected) * 1800.0
    assert slots_of(roster) >= max(expected)


# Shifts


def test_shifts_have_slots_of_their_own_in_the_order_of_the_file() -> None:
    """The early shift has the first two, whoever comes at night the last; the same on every day."""
    roster = team(
        shifts=[
            {"days": "mon-fri", "hours": "08:00-16:30", "agents": 2},
            {"days": "tue", "hours": "12:00-20:00", "agents": 1},
            {"days": "every day", "hours": "22:00-06:00", "agents": 1},
        ]
    )
    assert told(roster, 0) == [(0, 8, 16.5), (1, 8, 16.5), (3, 22, 30)]
    assert told(roster, 1) == [(0, 8, 16.5), (1, 8, 16.5), (2, 12, 20), (3, 22, 30)]
    assert told(roster, 6) == [(3, 22, 30)]
    assert slots_of(roster) == 4


def test_breaks_stand_at_their_moment_in_their_order() -> None:
    """Seconds since the first midnight; those after midnight on the next day."""
    breaks = [{"at": "01:30", "lasts": "30 min"}, {"at": "23:00", "lasts": "10 min", "paid": True}]
    roster = team(shifts=[{"days": "tue", "hours": "22:00-06:00", "agents": 1, "breaks": breaks}])
    pauses = (Pause(47 * HOUR, 600.0, True), Pause(49.5 * HOUR, 1800.0, False))
    assert stints(roster, calendar(), 1) == [Stint(0, 46 * HOUR, 54 * HOUR, pauses)]


def test_holidays_have_shifts_of_their_own_where_there_are_such() -> None:
    """Without them a holiday is a weekday like any other."""
    dates = calendar(holidays=["2026-03-03"])
    everyday = {"days": "every day", "hours": "08:00-16:00", "agents": 1}
    assert told(team(shifts=[everyday]), 1, dates) == [(0, 8, 16)]
    holiday = {"days": "holiday", "hours": "10:00-12:00", "agents": 1}
    both = team(shifts=[everyday, holiday])
    assert [told(both, day, dates) for day in (0, 1)] == [[(0, 8, 16)], [(1, 10, 12)]]


half_hours = st.integers(0, 47)
shifts = st.lists(
    st.tuples(
        st.sampled_from(["mon-fri", "sat-mon", "every day", "wed"]),
        half_hours,
        st.integers(1, 47),
        st.integers(1, 3),
        st.lists(st.tuples(st.integers(0, 46), st.integers(1, 3)), max_size=2),
    ),
    min_size=1,
    max_size=3,
)
WHICH = {"mon-fri": {0, 1, 2, 3, 4}, "sat-mon": {5, 6, 0}, "every day": set(range(7)), "wed": {2}}


@given(shifts)
def test_people_at_work_are_those_of_the_shifts_at_every_half_hour(drawn: list[Any]) -> None:
    """Whoever has a shift is there but for the breaks: by stints and by headcounts alike."""
    expected = [0] * (48 * (WEEK + 1))
    written = []
    for days, start, length, agents, pauses in drawn:
        inside, before = [], 0
        for at, lasts in sorted(pauses):
            if before <= at and at + lasts <= length:
                inside.append((at, lasts))
                before = at + lasts
        breaks = [{"at": clock(30 * (start + at)), "lasts": f"{30 * lasts} min"} for at, lasts in inside]
        hours = f"{clock(30 * start)}-{clock(30 * (start + length))}"
        written.append({"days": days, "hours": hours, "agents": agents, "breaks": breaks})
        off = {at + part for at, lasts in inside for part in range(lasts)}
        for day in WHICH[days]:
            for part in set(range(length)) - off:
                expected[48 * day + start + part] += agents
    roster = team(shifts=written)
    found = [one for day in range(WEEK) for one in stints(roster, calendar(), day)]
    spans = [one for day in range(WEEK) for one in on_duty(roster, calendar(), day)]
    for half_hour, people in enumerate(expected):
        time = half_hour * 1800.0
        working = [
            one.slot
            for one in found
            if one.start <= time < one.end
            and not any(pause.start <= time < pause.start + pause.lasts for pause in one.breaks)
        ]
        assert len(working) == len(set(working)) == people
        assert sum(span.value for span in spans if span.start <= time < span.end) == people
    assert slots_of(roster) == sum(agents for _, _, _, agents, _ in drawn)


def test_headcounts_on_duty_are_spans() -> None:
    """A headcount of none is nobody on duty."""
    roster = team(agents={"mon": {"09:00-12:00": 2, "12:00-13:00": 0, "22:00-02:00": 1}})
    spans = on_duty(roster, calendar(), 0)
    assert [(span.start / HOUR, span.end / HOUR, span.value) for span in spans] == [(9, 12, 2), (22, 26, 1)]
