"""Where hours, rosters, refusals and the horizon meet, a day computed by hand each."""

from __future__ import annotations

from itertools import islice

from script import SUPPORT, Script, play, scenario

from callsim.engine.reference import CallCentre

NIGHT = """
currency: RUB
vendors: {night: {answers_after: 10 s, tariff: plan}}
tariffs: {plan: {per_minute: 28 RUB, bills: [talk], billed_in: {first: 60 s, then: 60 s}}}
"""
BACK = """
callbacks:
  for: [missed]
  by: desk
  number_known: 100%
  reaches: 50%
  tries: {at_most: 3, every: 60 s}
  no_answer_takes: 60 s
"""


def test_whoever_takes_over_at_that_moment_serves_those_who_wait_after_closing() -> None:
    """Sales closes at 60 with a caller waiting since 5. The first agent, busy until 600, is due at 120, when the second
    comes: that one serves the caller, who is not sent away in between."""
    shifts = """
    queues: {sales: {open: {mon: 00:00-00:01}}}
    teams:
      desk:
        agents: none
        shifts:
          - {days: mon, hours: 00:00-00:02, agents: 1}
          - {days: mon, hours: 00:02-01:00, agents: 1}
    """
    day = play(shifts, dials=[0, 5], work=[10, 1])
    assert day.first[1] == ("dialled 5, asked sales 5, matched desk/1 120, answered 120, left 180, freed 180: answered")


def test_after_full_and_then_closed_the_redial_waits_for_the_closed_queue() -> None:
    """Sales has no room and sends to support, which opens at 1:00 (3 600): the redial is due 60 s after that."""
    rules = """
    sources: {ads: {redial: {chance: {closed: 100%}, after: 60 s, at_most: 1}}}
    queues: {sales: {room_for: 0, full: queue support}, support: {open: {mon: 01:00-02:00}}}
    """
    day = play(SUPPORT, rules, dials=[0, 5], work=[10, 1])
    assert [row.dialled for row in day.rows[1]] == [5, 3660]
    assert (day.call(1).outcome, day.call(1).reason) == ("closed", "asked_while_closed")


def test_a_closed_queue_that_forwards_to_a_vendor_frees_the_line_too() -> None:
    """The one line is busy only at the moment of forwarding: the caller of 6 gets through as the one of 5 did."""
    forwarded = """
    lines: 1
    vendors: {night: {releases_line: true}}
    queues: {sales: {open: {mon: 12:00-13:00}, closed: vendor night}}
    """
    day = play(NIGHT, forwarded, dials=[5, 6])
    assert [row.outcome for (row,) in day.rows] == ["outsourced", "outsourced"]


def test_a_second_try_under_way_at_the_horizon_has_not_ended() -> None:
    """Tried in vain from 86 200 to 86 285 and, a minute later, from 86 345 on: at 86 400 nobody has hung up."""
    late = """
    calendar: {cool_down: 0}
    callbacks: {no_answer_takes: 85 s}
    teams: {desk: {agents: {mon: {23:56:40-24:00: 1}}}}
    """
    day = play(BACK, late, dials=[86_000], ring_patience=5, reached=0.9)
    assert day.tries[0] == [
        "1 desk/0 (sales): dialled 86200, left 86285, freed 86285",
        "2 desk/0 (sales): dialled 86345",
    ]
    assert day.jobs[0] == ["missed, opened 86005, tries 2: open"]


def test_who_was_answered_before_keeping_a_place_stays_answered() -> None:
    """The desk talks from 1 to 61 and puts the caller through to support, which is busy to 300. The place kept at 71
    belongs to the leg: the attempt is an answered one."""
    rules = """
    queues:
      sales: {transfer: {chance: 50%, to: queue support}}
      support: {offer_callback: {after: 10 s, accepts: 100%}}
    """
    day = play(SUPPORT, rules, dials=[(0, "help"), (1, "ads")], transfer={0: 0.9, 1: 0.0}, work=[5, 1])
    assert (day.call(1).kept, day.call(1).outcome, day.call(1).left) == (71, "answered", 360)


def test_memory_does_not_grow_with_the_horizon() -> None:
    """Ten days of a hundred callers each, who overflow from a queue that nobody serves to the desk: at midnight no
    row of waiting callers and no pool of idle agents remembers those of the days before."""
    rules = """
    calendar: {days: 10}
    sources: {ads: {goes_to: queue support}}
    queues: {support: {overflow: [{after: 1 s, to: queue sales}]}}
    callbacks:
      {for: [missed], by: desk, number_known: 100%, reaches: 50%, tries: {at_most: 3, every: 60 s}, no_answer_takes: 60 s}
    """
    of = scenario(rules)
    dials: list[float | tuple[float, str]] = [
        day * 86_400.0 + 600 * number for day in range(10) for number in range(100)
    ]
    centre = CallCentre(of, Script(of, dials))
    for _ in islice(centre.days(), 10):
        remembered = len(centre.queues["support"].waiting) + sum(len(pool.idle) for pool in centre.teams["desk"].pools)
        assert remembered <= 302
