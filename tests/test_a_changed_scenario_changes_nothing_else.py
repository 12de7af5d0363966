"""Changed scenarios: what is changed is what was asked for, and everybody else does what they did before."""

from __future__ import annotations

import numpy as np
import pytest

from callsim import whatif
from callsim.quantities import Reference
from callsim.replicate import play
from callsim.scenario import Scenario
from callsim.scenario.roster import on_duty, slots_of, stints
from callsim.scenario.timetable import DAY
from tests.script import scenario

HOUR = 3600.0
HEADCOUNT = """
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-18:00, sat: 10:00-14:00}}
teams: {desk: {agents: {mon-fri: {09:00-12:00: 2, 12:00-17:00: 1}}}}
"""
SHIFTS = """
calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 08:00-18:00}}
teams:
  desk:
    agents: none
    shifts:
      - {days: mon-fri, hours: 08:00-16:00, agents: 2, breaks: [{at: 12:00, lasts: 30 min}]}
      - {days: mon-fri, hours: 10:00-18:00, agents: 1}
"""
NIGHT = """
calendar: {start: 2026-03-02, days: 7, open: {mon-sun: 20:00-06:00}}
teams: {desk: {agents: 1}}
"""


def there(found: Scenario, day: int, clock: float, team: str = "desk") -> int:
    """Agents on duty at a time of a day, those whose duty began the day before among them."""
    at = day * DAY + clock * HOUR
    spans = [span for one in (day - 1, day) if one >= 0 for span in on_duty(found.teams[team], found.calendar, one)]
    return int(sum(span.value for span in spans if span.start <= at < span.end))


def at(found: Scenario, day: int, *clocks: float) -> list[int]:
    return [there(found, day, clock) for clock in clocks]


def test_the_volume_is_scaled_and_nothing_else() -> None:
    """Three times 40 callers a day are 120, and all else is the very same."""
    base = scenario("sources: {ads: {callers: 40 per day, calls_by_hour: {09:00: 1, 18:00: 0}}}")
    changed = whatif.with_volume(base, 3.0)
    assert changed.sources["ads"].callers == (120.0, "day")
    assert base.sources["ads"].callers == (40.0, "day")
    assert changed.model_copy(update={"sources": base.sources}) == base


def test_logged_calls_are_scaled_as_well() -> None:
    """A log of 50 calls becomes one of 25."""
    base = scenario("sources: {ads: {callers: none, logged_calls: 50 per hour}}")
    assert whatif.with_volume(base, 0.5).sources["ads"].logged_calls == (25.0, "hour")


def test_one_more_comes_where_somebody_is_or_it_is_open() -> None:
    """On Monday 2 + 1 from 11 to 12, 1 + 1 until 13; on Saturday nobody was there but it is open; Sunday is shut."""
    base = scenario(HEADCOUNT)
    changed = whatif.with_agents(base, "desk", 1, (11 * HOUR, 13 * HOUR))
    assert at(changed, 0, 10.5, 11.5, 12.5, 13.5) == [2, 3, 2, 1]
    assert at(changed, 5, 9.5, 11.5, 12.5, 13.5) == [0, 1, 1, 0]
    assert at(changed, 6, 11.5) == [0]
    late = whatif.with_agents(base, "desk", 1, (16 * HOUR, 20 * HOUR))
    assert at(late, 0, 16.5, 17.5, 18.5) == [2, 1, 0]


def test_one_less_goes_where_somebody_is() -> None:
    """From 11 to 13 one of two and the only one; on Saturday nobody can go."""
    changed = whatif.with_agents(scenario(HEADCOUNT), "desk", -1, (11 * HOUR, 13 * HOUR))
    assert at(changed, 0, 10.5, 11.5, 12.5, 13.5) == [2, 1, 0, 1]
    assert at(changed, 5, 11.5) == [0]


def test_a_headcount_while_open_is_changed_in_the_opening_hours() -> None:
    """Two while open: three from 10 to 11, two else."""
    changed = whatif.with_agents(scenario("teams: {desk: {agents: 2}}"), "desk", 1, (10 * HOUR, 11 * HOUR))
    assert at(changed, 0, 9.5, 10.5, 11.5) == [2, 3, 2]


def test_hours_after_midnight_belong_to_the_evening_before() -> None:
    """Open from 20:00 to 06:00: one more from 2 to 3 comes in the small hours of each of these nights."""
    changed = whatif.with_agents(scenario(NIGHT), "desk", 1, (2 * HOUR, 3 * HOUR))
    assert at(changed, 1, 1.5, 2.5, 3.5, 12.0) == [1, 2, 1, 0]
    assert at(changed, 0, 2.5) == [0]


def test_one_more_beside_shifts_is_a_shift_of_its_own() -> None:
    """At 9 three of two, at 11 four of three; at 17 two of one; the slots of the others are what they were."""
    base = scenario(SHIFTS)
    changed = whatif.with_agents(base, "desk", 1, (9 * HOUR, 12 * HOUR))
    assert at(changed, 0, 8.5, 9.5, 11.5, 12.25, 13.0) == [2, 3, 4, 1, 3]
    assert at(changed, 5, 9.5) == [0]
    assert [one for one in stints(changed.teams["desk"], changed.calendar, 0) if one.slot < 3] == stints(
        base.teams["desk"], base.calendar, 0
    )


def test_one_less_of_a_shift_leaves_its_ends_and_breaks() -> None:
    """Of 08:00-16:00 one works 8 to 9 and 11 to 16 with the break at 12; the slots of the second shift stay."""
    base = scenario(SHIFTS)
    changed = whatif.with_agents(base, "desk", -1, (9 * HOUR, 11 * HOUR))
    assert at(changed, 0, 8.5, 9.5, 10.5, 11.5, 12.25, 13.0, 17.0) == [2, 1, 2, 3, 1, 3, 1]
    found = {one.slot: one for one in stints(changed.teams["desk"], changed.calendar, 0)}
    assert (found[1].start, found[1].end, found[1].breaks) == (8 * HOUR, 9 * HOUR, ())
    assert (found[3].start, found[3].end) == (11 * HOUR, 16 * HOUR)
    assert found[3].breaks[0].start == 12 * HOUR
    assert (found[2].start, found[2].end) == (10 * HOUR, 18 * HOUR)


def test_a_whole_shift_can_go() -> None:
    """One less all day: of the three the first shift gives one; without any shift nobody is there."""
    base = scenario(SHIFTS)
    changed = whatif.with_agents(base, "desk", -1, (0.0, DAY))
    assert at(changed, 0, 9.0, 11.0, 17.0) == [1, 2, 1]
    for _ in range(3):
        changed = whatif.with_agents(changed, "desk", -1, (0.0, DAY))
    assert at(changed, 0, 9.0, 11.0, 17.0) == [0, 0, 0]
    assert changed.teams["desk"].shifts == ()


def test_more_and_less_are_undone_by_each_other() -> None:
    """As many on duty at every half-hour as before."""
    base = scenario(HEADCOUNT)
    hours = (11 * HOUR, 13 * HOUR)
    back = whatif.with_agents(whatif.with_agents(base, "desk", 1, hours), "desk", -1, hours)
    clocks = [number / 2 for number in range(48)]
    assert [at(back, day, *clocks) for day in range(7)] == [at(base, day, *clocks) for day in range(7)]


@pytest.mark.parametrize(("n", "found"), [(1, [1, 1]), (2, [2, 1]), (4, [4, 2]), (3, [3, 2]), (0, [0, 0])])
def test_staff_by_headcount_keeps_its_shape(n: int, found: list[int]) -> None:
    """Two and one: with n at the busiest moment, half of it rounded up in the afternoon, and somebody if n is any."""
    changed = whatif.with_staff(scenario(HEADCOUNT), "desk", n)
    assert at(changed, 0, 9.5, 13.5) == found
    assert slots_of(changed.teams["desk"]) == n


@pytest.mark.parametrize(("n", "shifts"), [(1, [1]), (2, [1, 1]), (3, [2, 1]), (6, [4, 2]), (5, [3, 2]), (0, [])])
def test_staff_of_shifts_is_shared_in_proportion(n: int, shifts: list[int]) -> None:
    """Two thirds and one third, rounded so that they add up."""
    changed = whatif.with_staff(scenario(SHIFTS), "desk", n)
    assert [shift.agents for shift in changed.teams["desk"].shifts] == shifts
    assert slots_of(changed.teams["desk"]) == n


VENDOR = """
currency: RUB
vendors: {night desk: {answers_after: 5 s, tariff: plan}}
tariffs: {plan: {per_call: 10 RUB}}
queues: {sales: {overflow: [{after: 20 s, to: vendor night desk}], closed: vendor night desk}}
teams: {desk: {pay: {wage: 300 RUB per hour, flat: 5 000 RUB per month}}}
"""
NIGHT_DESK = Reference("vendor", "night desk")


def test_the_delay_of_the_overflow_is_changed_or_taken_away() -> None:
    """The vendor stays the same unless another is named."""
    base = scenario(VENDOR)
    (rule,) = whatif.with_overflow_after(base, "sales", 7.0).queues["sales"].overflow
    assert (rule.after, rule.to) == (7.0, NIGHT_DESK)
    assert whatif.with_overflow_after(base, "sales", None).queues["sales"].overflow == ()
    (rule,) = whatif.with_overflow_after(scenario(), "sales", 0.0, to="night desk").queues["sales"].overflow
    assert (rule.after, rule.to) == (0.0, NIGHT_DESK)


def test_without_vendors_nobody_is_passed_on() -> None:
    """Neither while waiting nor when closed."""
    queue = whatif.without_vendors(scenario(VENDOR)).queues["sales"]
    assert (queue.overflow, queue.closed.kind) == ((), "hang up")


def test_with_everything_outsourced_nobody_is_paid() -> None:
    """No hours, no flat sum, and all who call while it is open are answered by the vendor."""
    changed = whatif.with_everything_at(scenario(VENDOR, "calendar: {days: 7}"), "night desk", ["sales"])
    logs = play(changed, 1, 0, "simpy")
    assert set(logs.attempts["outcome"].cast(str).to_list()) <= {"outsourced", "abandoned_ringing"}
    assert at(changed, 0, 10.0, 15.0) == [0, 0]
    pay = changed.teams["desk"].pay
    assert pay is not None
    assert (pay.flat, pay.set_up) == (None, None)


def test_a_seat_round_the_clock_fills_the_closed_hours() -> None:
    """Somebody is there at every hour of the week, one of them at night, and the desk when it was there before."""
    base = scenario(VENDOR, "calendar: {start: 2026-03-02, days: 7, open: {mon-fri: 09:00-18:00}}")
    changed = whatif.with_seat_round_the_clock(base, "desk", "night")
    for day in range(7):
        for clock in np.arange(0.0, 24.0, 0.5).tolist():
            by_day = there(base, day, clock)
            assert there(changed, day, clock) == by_day
            assert there(changed, day, clock, "night") == (0 if by_day else 1)
    assert changed.queues["sales"].open is not None
    assert changed.teams["night"].pay is not None
    assert changed.teams["night"].pay.flat is None


def test_the_callers_stay_who_they_were() -> None:
    """Another agent changes nobody's first dial, kind or patience: the callers of both scenarios are the same."""
    base = scenario("calendar: {days: 7}")
    more = whatif.with_agents(base, "desk", 1, (9 * HOUR, 12 * HOUR))
    logs = [play(one, 1, 0, "simpy").callers.sort("source", "day", "caller") for one in (base, more)]
    assert logs[0].select("dialled", "kind").equals(logs[1].select("dialled", "kind"))
    assert len(logs[0]) > 100
