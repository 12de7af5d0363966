"""Who takes which call: teams of several queues, and which of several free agents; small days computed by hand.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

import pytest

from tests.script import SUPPORT, Legs, Played, play

ONE_DESK = """
sources:
  help: {callers: 1 per hour, goes_to: queue support, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
  post: {callers: 1 per hour, goes_to: queue orders, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
queues: {support: {}, orders: {}}
teams: {desk: {serves: [[sales, support, orders]]}}
"""
"""Three queues with a source each, and one desk for all of them."""
ACES = "teams: {aces: {serves: [sales], agents: 1}}"
NIGHT = "teams: {night: {serves: [sales], agents: 1}}"
MIDNIGHT = 86_400


def serves(*levels: str) -> str:
    return f"teams: {{desk: {{serves: [{', '.join(levels)}]}}}}"


def agents(number: int) -> str:
    return f"teams: {{desk: {{agents: {number}}}}}"


def picks(rule: str) -> str:
    return f"queues: {{sales: {{pick: {rule}}}}}"


def matches(day: Played) -> list[float | None]:
    """When each caller's first attempt was matched."""
    return [day.call(caller).matched for caller in range(len(day.rows))]


def takers(day: Played) -> list[str]:
    """Who took each caller's first attempt."""
    return [f"{row.team}/{row.slot}" for row in (day.call(caller) for caller in range(len(day.rows)))]


# A free agent and several who wait. In each of these days the desk talks from 0 to 60 and then serves three more, who
# asked for orders at 10, for support at 20 and for sales at 30.

WAITING = [(0, "ads"), (10, "post"), (20, "help"), (30, "ads")]


@pytest.mark.parametrize(
    ("changes", "orders", "support", "sales"),
    [
        ((), 60, 120, 180),
        ((serves("sales", "support", "orders"),), 180, 120, 60),
        ((serves("support", "orders", "sales"),), 120, 60, 180),
        ((serves("[sales, support]", "orders"),), 180, 60, 120),
        ((serves("sales", "[support, orders]"),), 120, 180, 60),
        (("queues: {sales: {priority: 1}}",), 120, 180, 60),
        (("queues: {sales: {priority: 2}, support: {priority: 1}}",), 180, 120, 60),
        ((serves("orders", "support", "sales"), "queues: {sales: {priority: 9}}"), 60, 120, 180),
        ((serves("[support, sales]", "orders"), "queues: {sales: {priority: 1}, orders: {priority: 9}}"), 180, 120, 60),
    ],
    ids=[
        "equal inside brackets: the longest wait decides",
        "one after another",
        "one after another, in another order",
        "two alike, then the third although it has waited longest",
        "one, then two alike",
        "priority inside a level",
        "two priorities inside a level",
        "preference beats priority",
        "a priority counts in its own level only",
    ],
)
def test_preference_beats_priority_beats_the_longest_wait(
    changes: tuple[str, ...], orders: float, support: float, sales: float
) -> None:
    """The best level of `serves` in which anybody waits, in it the highest priority, then who asked first."""
    day = play(ONE_DESK, *changes, dials=WAITING)
    assert matches(day) == [0, orders, support, sales]


def test_each_release_looks_anew_at_the_best_preference() -> None:
    """Sales before support. At 60 nobody waits for sales, so support (20) is served 60-120; at 120 the caller of 100
    for sales goes before the one of 30 for support."""
    day = play(
        ONE_DESK, serves("sales", "[support, orders]"), dials=[(0, "ads"), (20, "help"), (30, "help"), (100, "ads")]
    )
    assert matches(day) == [0, 60, 180, 120]


def test_the_longest_wait_counts_from_first_asking_in_whatever_queue() -> None:
    """Asked for sales at 5, moved to support at 35, where somebody waits since 20: helpers are free at 60 and take
    the one who has been asking since 5, at 120 the other."""
    day = play(
        SUPPORT, "queues: {sales: {overflow: [{after: 30 s, to: queue support}]}}",
        dials=[(0, "ads"), (0, "help"), (5, "ads"), (20, "help")], work={0: 10},
    )  # fmt: skip
    assert day.first[2:] == [
        "dialled 5, asked sales 5, matched helpers/0 60, answered 60, left 120, freed 120: answered at support",
        "dialled 20, asked support 20, matched helpers/0 120, answered 120, left 180, freed 180: answered",
    ]


def test_the_longest_wait_across_queues_counts_from_first_asking() -> None:
    """The desk takes all three queues alike and talks until 100. Asked for sales at 5 and moved to support at 35;
    asked for orders at 20: at 100 the first has waited longer."""
    day = play(
        ONE_DESK, "queues: {sales: {overflow: [{after: 30 s, to: queue support}]}}",
        dials=[(0, "help"), (5, "ads"), (20, "post")], work={0: 100 / 60},
    )  # fmt: skip
    assert matches(day) == [0, 100, 160]


def test_two_who_asked_at_the_same_moment_are_served_in_the_order_of_dialling() -> None:
    """Both dial at 10, support's first."""
    day = play(ONE_DESK, dials=[(0, "ads"), (10, "help"), (10, "ads")])
    assert matches(day) == [0, 60, 120]


def test_an_arriving_agent_looks_by_preference_too() -> None:
    """Nobody until 3600; then orders comes first, whoever has waited longer."""
    hours = "teams: {desk: {agents: {every day: {01:00-02:00: 1}}}}"
    day = play(ONE_DESK, serves("orders", "[sales, support]"), hours, dials=[(0, "help"), (10, "ads"), (20, "post")])
    assert matches(day) == [3660, 3720, 3600]


# A caller and several free agents: the teams.


def test_a_team_that_prefers_the_queue_is_asked_before_one_that_does_not() -> None:
    """The desk prefers support; the aces have only sales and go first, though the desk stands before them in the
    file. While they talk 0-60 the desk takes the caller of 10 (to 70); at 30 nobody is free, and the aces take that
    caller at 60."""
    day = play(SUPPORT, serves("support", "sales"), ACES, dials=[0, 10, 30])
    assert takers(day) == ["aces/0", "desk/0", "aces/0"]
    assert matches(day) == [0, 10, 60]


def test_a_queue_s_own_order_of_teams_overrules_what_they_prefer() -> None:
    """As before, but sales wants the desk first. At 200 all have been idle for a while, the aces for longer."""
    day = play(SUPPORT, serves("support", "sales"), ACES, "queues: {sales: {teams: [desk, aces]}}", dials=[0, 10, 200])
    assert takers(day) == ["desk/0", "aces/0", "desk/0"]


def test_a_queue_s_order_of_teams_leaves_the_agents_preference_as_it_is() -> None:
    """Sales wants the desk first; the desk, free at 60, nevertheless takes support's caller of 30 before sales' of 20.
    (The aces talk 5-305, the helpers are not there.)"""
    day = play(
        SUPPORT, serves("support", "sales"), ACES, "queues: {sales: {teams: [desk, aces]}}", "teams: {helpers: none}",
        dials=[(0, "ads"), (5, "ads"), (20, "ads"), (30, "help")], work={1: 5},
    )  # fmt: skip
    assert takers(day) == ["desk/0", "aces/0", "desk/0", "desk/0"]
    assert matches(day) == [0, 5, 120, 60]


def test_a_worse_team_is_used_only_while_the_better_ones_have_nobody_free() -> None:
    """Desk and aces alike, then the night's: 0 desk, 10 aces, 20 night (20-80). At 65 the desk has been idle since
    60; at 71 the aces since 70; at 72 nobody is idle, and the night's are the first to be free, at 80. At 150 the
    night's are idle since 140, the desk since 125, the aces since 131: the desk, then the aces, then the night's."""
    day = play(
        ACES, NIGHT, "queues: {sales: {teams: [[desk, aces], night]}}", dials=[0, 10, 20, 65, 71, 72, 150, 150, 150]
    )
    assert takers(day) == [
        "desk/0", "aces/0", "night/0", "desk/0", "aces/0", "night/0", "desk/0", "aces/0", "night/0",
    ]  # fmt: skip
    assert matches(day) == [0, 10, 20, 65, 71, 80, 150, 150, 150]


def test_a_better_team_is_taken_though_it_has_been_idle_for_less_time() -> None:
    """Sales wants the aces, then the desk. The aces talk 0-60, the desk is idle all the time: the aces again at 61."""
    day = play(ACES, "queues: {sales: {teams: [aces, desk]}}", dials=[0, 61])
    assert takers(day) == ["aces/0", "aces/0"]


def test_ties_go_by_team_then_slot() -> None:
    """Desk and aces serve sales alike, two agents each, all idle since 0: the desk's stand first in the file."""
    day = play(ACES, "teams: {desk: {agents: 2}, aces: {agents: 2}}", dials=[0, 0, 0, 0])
    assert takers(day) == ["desk/0", "desk/1", "aces/0", "aces/1"]


def test_brackets_of_a_queue_do_not_change_the_order_of_ties() -> None:
    """`[[aces, desk]]` makes them alike: the order of the file decides ties, not the order in the brackets."""
    day = play(ACES, "queues: {sales: {teams: [[aces, desk]]}}", dials=[0, 0])
    assert takers(day) == ["desk/0", "aces/0"]


# The free agents of the preferred teams: longest idle.


def test_the_longest_idle_is_picked_across_teams_alike() -> None:
    """Desk 0-120 (work of two), aces 10-70: at 130 the aces have been idle for longer, at 131 the desk is left."""
    day = play(ACES, dials=[0, 10, 130, 131], work={0: 2})
    assert takers(day) == ["desk/0", "aces/0", "aces/0", "desk/0"]


def test_idle_time_begins_anew_after_a_break() -> None:
    """Slot 0 talks 0-60; slot 1 has done nothing, but came back from a break at 900: at 1000 slot 0 is idle longer."""
    shifts = """
    teams:
      desk:
        agents: none
        shifts: [{days: mon, hours: 00:00-08:00, agents: 1},
                 {days: mon, hours: 00:00-08:00, agents: 1, breaks: [{at: 00:10, lasts: 5 min}]}]
    """
    assert takers(play(shifts, dials=[0, 500])) == ["desk/0", "desk/1"]
    assert takers(play(shifts, dials=[0, 1000])) == ["desk/0", "desk/0"]


def test_idle_time_begins_anew_after_an_unanswered_call() -> None:
    """Slot 0 lets it ring 0-10 and is back at 40; slot 1 takes the call, 10-75; slot 2 is idle since 0. So at 100
    slot 2 goes first, then slot 0, then slot 1."""
    rules = "teams: {desk: {agents: 3, answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 30 s}}"
    day = play(rules, dials=[0, 100, 100, 100], pick_up={0: Legs(20, 5)})
    assert takers(day) == ["desk/1", "desk/2", "desk/0", "desk/1"]


def test_idle_time_begins_anew_when_a_caller_hangs_up_during_the_pick_up() -> None:
    """Slot 0 is released at 5 by a caller who hangs up, slot 1 is idle since 0: slot 1 at 10, slot 0 at 11."""
    day = play("teams: {desk: {agents: 2, answers_after: 20 s}}", dials=[0, 10, 11], ring_patience={0: 5})
    assert takers(day) == ["desk/0", "desk/1", "desk/0"]


def test_idle_time_begins_with_the_arrival() -> None:
    """Slot 1 arrives at 600. Slot 0 is idle since 60 and goes first at 700; having talked until 650, it goes second."""
    roster = "teams: {desk: {agents: {mon: {00:00-00:10: 1, 00:10-02:00: 2}}}}"
    assert takers(play(roster, dials=[0, 700])) == ["desk/0", "desk/0"]
    assert takers(play(roster, dials=[590, 700, 701])) == ["desk/0", "desk/1", "desk/0"]


def test_idle_time_runs_on_over_midnight() -> None:
    """A roster round the clock: slot 1 is idle since Monday's beginning, slot 0 since 60. On Tuesday slot 1 first."""
    day = play("calendar: {days: 2}", agents(2), dials=[0, MIDNIGHT + 10, MIDNIGHT + 20])
    assert takers(day) == ["desk/0", "desk/1", "desk/0"]


# Least busy.


def test_the_least_busy_has_handled_calls_for_the_shortest_time_that_day() -> None:
    """Slot 0 talks 0-100, slot 1 90-120. At 200 slot 0 is idle for longer, but slot 1 has worked for only 30 s; at
    205 slot 0 is left. At 300 it is 160 s against 90 s: slot 1."""
    day = play(agents(2), picks("least busy"), dials=[0, 90, 200, 205, 300], work=[100 / 60, 0.5, 1, 1, 1])
    assert takers(day) == ["desk/0", "desk/1", "desk/1", "desk/0", "desk/1"]


def test_pick_up_and_wrap_up_are_handling() -> None:
    """Slot 0: talk 0-30 and wrap-up to 90, 90 s. Slot 1: talk 5-65 and wrap-up to 75, 70 s, though the longer talk.
    With a pick-up of 40 s before the second caller's talk it is 110 s, and slot 0 is less busy."""
    rules = "teams: {desk: {agents: 2, answers_after: 0 s, wrap_up: 10 s}}"
    drawn = {"work": {0: 0.5}, "wrap_up": {0: 60}}
    assert takers(play(rules, picks("least busy"), dials=[0, 5, 200], **drawn)) == ["desk/0", "desk/1", "desk/1"]
    slow = play(rules, picks("least busy"), dials=[0, 5, 200], pick_up={1: 40}, **drawn)
    assert takers(slow) == ["desk/0", "desk/1", "desk/0"]


def test_handling_of_all_queues_counts() -> None:
    """Slot 0 talks 100 s for support, slot 1 60 s for sales; at 200 slot 1 is the less busy for sales."""
    day = play(
        ONE_DESK, agents(2), "queues: {sales: {pick: least busy}, support: {pick: in order}}",
        dials=[(0, "help"), (10, "ads"), (200, "ads")], work={0: 100 / 60},
    )  # fmt: skip
    assert takers(day) == ["desk/0", "desk/1", "desk/1"]


def test_the_least_busy_begin_anew_at_midnight() -> None:
    """On Monday slot 0 has 60 s, slot 1 30 s. On Tuesday both have none: the tie goes to slot 0, then slot 1."""
    day = play(
        "calendar: {days: 2}", agents(2), picks("least busy"),
        dials=[0, 100, MIDNIGHT + 100, MIDNIGHT + 101], work={1: 0.5},
    )  # fmt: skip
    assert takers(day) == ["desk/0", "desk/1", "desk/0", "desk/1"]


def test_a_call_over_midnight_counts_for_each_day_with_its_part() -> None:
    """Slot 0 has 60 s when slot 1 takes the call 85 000-86 410; so slot 0 takes 86 300-86 450. On Tuesday that is
    10 s for slot 1 and 50 s for slot 0, though the whole calls were 1410 s and 150 s: slot 1 first."""
    day = play(
        "calendar: {days: 2}", agents(2), picks("least busy"),
        dials=[80_000, 85_000, 86_300, 86_500, 86_501], work={1: 23.5, 2: 2.5},
    )  # fmt: skip
    assert takers(day) == ["desk/0", "desk/1", "desk/0", "desk/1", "desk/0"]


# In order.


def test_in_order_the_first_free_agent_takes_every_call() -> None:
    """Slot 0 at 0, slot 1 at 10; at 70 slot 0 is free since 60 and slot 2 since ever, and slot 0 takes it; at 75
    slot 1, at 80 slot 2."""
    day = play(agents(3), picks("in order"), dials=[0, 10, 70, 75, 80])
    assert takers(day) == ["desk/0", "desk/1", "desk/0", "desk/1", "desk/2"]


def test_in_order_goes_through_teams_as_they_stand_in_the_file() -> None:
    """Desk and aces alike, the aces idle for longer: the desk still comes first."""
    day = play(ACES, picks("in order"), dials=[0, 100, 110, 200])
    assert takers(day) == ["desk/0", "desk/0", "aces/0", "desk/0"]


# Round robin.


def test_round_robin_goes_round_and_passes_over_whoever_is_busy() -> None:
    """0, 1, 2 at 0, 10, 20, slot 0 until 300. At 100 it would be slot 0's turn, who is busy: slot 1 (to 160). At 400
    slot 2, at 500 slot 0, though slot 1 has been idle for longer; at 600 slot 1, at 700 slot 2."""
    day = play(agents(3), picks("round robin"), dials=[0, 10, 20, 100, 400, 500, 600, 700], work={0: 5})
    assert takers(day) == ["desk/0", "desk/1", "desk/2", "desk/1", "desk/2", "desk/0", "desk/1", "desk/2"]


def test_round_robin_goes_on_from_whoever_had_the_last_turn() -> None:
    """Slots 1 and 2 are busy until 300, so slot 0 has the turns at 100 and, out of turn, at 170; after slot 0 comes
    slot 1, at 320, then slot 2 and slot 0."""
    day = play(
        agents(3), picks("round robin"), dials=[0, 10, 20, 100, 170, 320, 330, 340], work={1: 290 / 60, 2: 280 / 60}
    )
    assert [row.slot for (row,) in day.rows] == [0, 1, 2, 0, 0, 1, 2, 0]


def test_each_queue_has_its_own_turn() -> None:
    """One desk of three for sales and support, calls 100 s apart by turns: each queue goes 0, 1, 2, 0 by itself."""
    day = play(
        ONE_DESK, agents(3), "queues: {sales: {pick: round robin}, support: {pick: round robin}}",
        dials=[(100 * number, ("ads", "help")[number % 2]) for number in range(8)],
    )  # fmt: skip
    assert takers(day) == ["desk/0", "desk/0", "desk/1", "desk/1", "desk/2", "desk/2", "desk/0", "desk/0"]


def test_the_next_in_turn_may_have_come_and_gone() -> None:
    """Three until 01:00, then two: turns 0, 1; at 3600 slot 2 leaves, so after slot 1 comes slot 0."""
    roster = "teams: {desk: {agents: {mon: {00:00-01:00: 3, 01:00-02:00: 2}}}}"
    day = play(roster, picks("round robin"), dials=[0, 100, 3700, 3800])
    assert takers(day) == ["desk/0", "desk/1", "desk/0", "desk/1"]
