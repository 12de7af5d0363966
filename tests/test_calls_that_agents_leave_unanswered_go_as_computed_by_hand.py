"""How fast agents are, and the calls that they do not pick up: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py). Where
calls may go unanswered the desk picks up in 5 s, rings for 10 s at the most and is then out of reach for 60 s.
"""

from __future__ import annotations

import math

from tests.script import SUPPORT, Legs, play

ACES = "teams: {aces: {serves: [sales], agents: 1}}"
RINGS_OUT = "teams: {desk: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"
TWO = "teams: {desk: {agents: 2}}"
TO_SUPPORT = "queues: {sales: {overflow: [{after: %s, to: queue support}]}}"


# Speed.


def test_a_team_s_speed_is_a_factor_on_its_talks_only() -> None:
    """At the desk 1.25 x 60 s = 75 s, then a wrap-up of 10 s as it is; the aces talk for 0.5 x 60 s = 30 s."""
    day = play(ACES, "teams: {desk: {speed: 1.25, wrap_up: 10 s}, aces: {speed: 0.5}}", dials=[0, 5])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 75, freed 85: answered",
        "dialled 5, asked sales 5, matched aces/0 5, answered 5, left 35, freed 35: answered",
    ]


def test_the_mean_is_multiplied_by_the_need_and_then_by_the_speed() -> None:
    """In another order the last bit would differ."""
    day = play("sources: {ads: {talk: 61 s}}", "teams: {desk: {speed: 1.3}}", dials=[0], work=1.1)
    assert 61 * 1.1 * 1.3 != 61 * (1.1 * 1.3)
    assert day.call(0).left == 61 * 1.1 * 1.3


def test_the_talk_of_a_queue_has_the_team_s_speed_too() -> None:
    """40 s for the queue, a multiplier of 2 and a speed of 1.5: 120 s."""
    day = play("queues: {sales: {talk: 40 s}}", "teams: {desk: {speed: 1.5}}", dials=[0], work_in={"sales": 2})
    assert day.call(0).left == 120


def test_an_unneeded_talk_takes_no_time_at_any_speed() -> None:
    """A multiplier of 0: answered and over at the same moment."""
    day = play("teams: {desk: {speed: 3}}", dials=[7], work=0)
    assert day.first == ["dialled 7, asked sales 7, matched desk/0 7, answered 7, left 7, freed 7: answered"]


# Calls not picked up.


def test_an_answer_at_the_limit_is_an_answer() -> None:
    """The pick-up takes the very 10 s after which the call would go back."""
    day = play(RINGS_OUT, dials=[0], pick_up=10)
    assert day.first == ["dialled 0, asked sales 0, matched desk/0 0, answered 10, left 70, freed 70: answered"]
    assert day.legs == [[]]
    assert day.shifts == ["desk/0: 0 to 86400, went 86400"]


def test_another_idle_agent_takes_at_once_a_call_that_was_not_picked_up() -> None:
    """Slot 0 would need 20 s: from 10 on slot 1 has the call, picks up in 5 s and talks 15-75. Slot 0 gets nothing
    until 70; the attempt's row has the second agent, the offer to the first is in the legs."""
    day = play(RINGS_OUT, TWO, dials=[0], pick_up={0: Legs(20, 5)})
    assert day.first == ["dialled 0, asked sales 0, matched desk/1 10, answered 15, left 75, freed 75: answered"]
    assert day.legs == [["1.0 sales: asked 0, matched desk/0 0, left 10, freed 10"]]
    assert day.stories == ["served 75: attempts 1, asked 1 (sales), waited 15"]
    assert day.shifts == [
        "desk/0: 0 to 10, went 10",
        "desk/0 unavailable: 10 to 70, went 70",
        "desk/0: 70 to 86400, went 86400",
        "desk/1: 0 to 86400, went 86400",
    ]


def test_an_agent_who_let_it_ring_gets_no_calls_for_a_while() -> None:
    """Rung 0-10, out of reach 10-70: then the call of 0 again (picked up at 75, to 135), after it the call of 20."""
    day = play(RINGS_OUT, dials=[0, 20], pick_up={0: Legs(20, 5)})
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 70, answered 75, left 135, freed 135: answered",
        "dialled 20, asked sales 20, matched desk/0 135, answered 140, left 200, freed 200: answered",
    ]


def test_the_call_returns_to_its_place_before_later_callers() -> None:
    """Slot 0 takes the call of 0 (5-65). Slot 1 lets the call of 1 ring 1-11; the call of 5 waits all the while. At
    65 slot 0 takes the call of 1, at 71 slot 1 is back and takes the call of 5."""
    day = play(RINGS_OUT, TWO, dials=[0, 1, 5], pick_up={1: Legs(20, 5)})
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 5, left 65, freed 65: answered",
        "dialled 1, asked sales 1, matched desk/0 65, answered 70, left 130, freed 130: answered",
        "dialled 5, asked sales 5, matched desk/1 71, answered 76, left 136, freed 136: answered",
    ]


def test_a_free_agent_of_a_worse_team_takes_the_call_when_the_better_has_nobody_left() -> None:
    """Sales wants the desk, then the aces: rung at the desk 0-10, then the aces answer at once, 10-70."""
    day = play(RINGS_OUT, ACES, "queues: {sales: {teams: [desk, aces]}}", dials=[0], pick_up=20)
    assert day.first == ["dialled 0, asked sales 0, matched aces/0 10, answered 10, left 70, freed 70: answered"]


def test_a_call_may_be_left_unanswered_again_and_again() -> None:
    """Slot 0 0-10, slot 1 10-20, slot 0 again when it is back at 70, to 80, and slot 1, back since 80, picks up at
    85."""
    day = play(RINGS_OUT, TWO, dials=[0], pick_up={0: Legs(20, 20, 20, 5)})
    assert day.first == ["dialled 0, asked sales 0, matched desk/1 80, answered 85, left 145, freed 145: answered"]
    assert day.legs == [
        [
            "1.0 sales: asked 0, matched desk/0 0, left 10, freed 10",
            "1.0 sales: asked 0, matched desk/1 10, left 20, freed 20",
            "1.0 sales: asked 0, matched desk/0 70, left 80, freed 80",
        ]
    ]


def test_patience_goes_on_while_a_call_is_not_picked_up() -> None:
    """25 s of ring patience from the dial at 0, 10 s of them at the agent in vain: gone at 25."""
    day = play(RINGS_OUT, dials=[0], pick_up=20, ring_patience=25)
    assert day.first == ["dialled 0, asked sales 0, left 25: abandoned_ringing"]
    assert day.legs == [["1.0 sales: asked 0, matched desk/0 0, left 10, freed 10"]]
    assert day.stories == ["lost 25: attempts 1, asked 1 (sales), waited 25, missed 25"]


def test_patience_can_end_before_the_agent_has_let_it_ring_for_too_long() -> None:
    """Gone at 8: the agent is free again at that moment and takes the call of 9 (to 14, 74)."""
    day = play(RINGS_OUT, dials=[0, 9], pick_up={0: 20}, ring_patience={0: 8})
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, left 8, freed 8: abandoned_ringing",
        "dialled 9, asked sales 9, matched desk/0 9, answered 14, left 74, freed 74: answered",
    ]
    assert day.shifts == ["desk/0: 0 to 86400, went 86400"]


def test_the_return_comes_before_patience_that_ends_at_the_same_moment() -> None:
    """Both at 10: with one agent the caller waits for nothing and leaves; with two the second is taken, and free
    again at the same moment. Slot 0 is out of reach in either case."""
    one = play(RINGS_OUT, dials=[0], pick_up=20, ring_patience=10)
    assert one.first == ["dialled 0, asked sales 0, left 10: abandoned_ringing"]
    assert one.shifts[1] == "desk/0 unavailable: 10 to 70, went 70"
    two = play(RINGS_OUT, TWO, dials=[0], pick_up=20, ring_patience=10)
    assert two.first == ["dialled 0, asked sales 0, matched desk/1 10, left 10, freed 10: abandoned_ringing"]
    assert two.legs == [["1.0 sales: asked 0, matched desk/0 0, left 10, freed 10"]]


def test_the_patience_of_an_attempt_is_drawn_once_however_often_it_is_offered() -> None:
    """Who would wait for ever still would after 10 s at the desk and, from 30 on, in support, whatever stands on the
    tape for later: the helpers talk until 100."""
    day = play(
        SUPPORT, RINGS_OUT, TO_SUPPORT % "30 s", dials=[(0, "ads"), (0, "help")],
        pick_up={0: 20}, ring_patience={0: Legs(math.inf, 5)}, work={1: 100 / 60},
    )  # fmt: skip
    assert day.first[0] == (
        "dialled 0, asked sales 0, matched helpers/0 100, answered 100, left 160, freed 160: answered at support"
    )


def test_a_greeting_fires_while_a_call_is_not_picked_up() -> None:
    """The queue greets at 4: the 15 s of ring patience give way to 20 s of hold, which end at 24."""
    day = play(
        RINGS_OUT, "queues: {sales: {answers_after: 4 s}}", dials=[0], pick_up=20, ring_patience=15, hold_patience=20
    )
    assert day.first == ["dialled 0, asked sales 0, greeted 4, left 24: abandoned_queue"]


def test_a_greeting_comes_after_the_return_as_well() -> None:
    """Back in the queue at 10, greeted at 14, 20 s of hold patience to 34."""
    day = play(
        RINGS_OUT, "queues: {sales: {answers_after: 14 s}}", dials=[0], pick_up=20, ring_patience=15, hold_patience=20
    )
    assert day.first == ["dialled 0, asked sales 0, greeted 14, left 34: abandoned_queue"]


# Overflow timers of calls not picked up.


def test_a_timer_that_fires_during_the_pick_up_is_void_if_the_agent_answers() -> None:
    """Due at 5, answered at 8."""
    day = play(SUPPORT, RINGS_OUT, TO_SUPPORT % "5 s", dials=[0], pick_up=8)
    assert day.first == ["dialled 0, asked sales 0, matched desk/0 0, answered 8, left 68, freed 68: answered"]


def test_a_timer_missed_during_the_pick_up_is_due_when_the_call_returns() -> None:
    """Due at 5, while it rang at the desk 0-10: at 10 the caller, who still waits, moves on."""
    day = play(SUPPORT, RINGS_OUT, TO_SUPPORT % "5 s", dials=[0], pick_up=20)
    assert day.first == [
        "dialled 0, asked sales 0, matched helpers/0 10, answered 10, left 70, freed 70: answered at support"
    ]


def test_an_agent_who_is_free_at_the_return_comes_before_a_timer_that_was_missed() -> None:
    """Due at 5; at 10 slot 1 is idle and takes the call, picking up at 15."""
    day = play(SUPPORT, RINGS_OUT, TWO, TO_SUPPORT % "5 s", dials=[0], pick_up={0: Legs(20, 5)})
    assert day.first == ["dialled 0, asked sales 0, matched desk/1 10, answered 15, left 75, freed 75: answered"]


def test_a_timer_missed_during_the_first_of_two_pick_ups_is_due_after_the_second() -> None:
    """Due at 5; it rings at slot 0 until 10 and at slot 1 until 20. Then the caller waits, and moves on."""
    day = play(SUPPORT, RINGS_OUT, TWO, TO_SUPPORT % "5 s", dials=[0], pick_up=20)
    assert day.first == [
        "dialled 0, asked sales 0, matched helpers/0 20, answered 20, left 80, freed 80: answered at support"
    ]


def test_a_timer_of_a_caller_who_has_waited_before_is_missed_and_due_in_the_same_way() -> None:
    """The desk talks 5-65 and lets the call of 10 ring 65-75: its timer of 60 s, due at 70, fires at 75."""
    day = play(SUPPORT, RINGS_OUT, TO_SUPPORT % "1 min", dials=[0, 10], pick_up={1: 20})
    assert day.first[1] == (
        "dialled 10, asked sales 10, matched helpers/0 75, answered 75, left 135, freed 135: answered at support"
    )


def test_a_timer_that_is_due_after_the_return_keeps_its_time() -> None:
    """After 10 s, at the very return, and after 20 s: both count from joining the queue at 0."""
    for after in (10, 20):
        day = play(SUPPORT, RINGS_OUT, TO_SUPPORT % f"{after} s", dials=[0], pick_up=20)
        assert day.call(0).matched == after


def test_a_rule_that_had_its_moment_has_none_at_a_later_return() -> None:
    """The caller waits while the desk talks 5-65. The rule of 30 s finds support closed and does not fire. Support
    opens at 60; the desk lets it ring 65-75, but the rule's moment is over: the desk again at 135."""
    day = play(
        SUPPORT, RINGS_OUT, TO_SUPPORT % "30 s",
        "queues: {support: {open: {mon: 00:01-24:00}}}", dials=[0, 1], pick_up={1: Legs(20, 5)},
    )  # fmt: skip
    assert day.first[1] == "dialled 1, asked sales 1, matched desk/0 135, answered 140, left 200, freed 200: answered"


# Out of reach and going home.


def test_an_agent_who_is_due_while_letting_it_ring_goes_home() -> None:
    """Rung 3595-3605, due at 3600: gone at 3605. The caller waits for whoever comes at 7200."""
    roster = "teams: {desk: {agents: {mon: {00:00-01:00: 1, 02:00-03:00: 1}}}}"
    day = play(RINGS_OUT, roster, dials=[3595], pick_up={0: Legs(20, 5)})
    assert day.call(0).answered == 7205
    assert day.shifts == ["desk/0: 0 to 3600, went 3605", "desk/0: 7200 to 10800, went 10800"]


def test_being_out_of_reach_ends_with_the_duty() -> None:
    """Rung 3580-3590, out of reach until 3650, but due at 3600; back at 3660 as if nothing had been."""
    roster = "teams: {desk: {agents: {mon: {00:00-01:00: 1, 01:01-02:00: 1}}}}"
    day = play(RINGS_OUT, roster, dials=[3580], pick_up={0: Legs(20, 5)})
    assert day.call(0).answered == 3665
    assert day.shifts == [
        "desk/0: 0 to 3590, went 3590",
        "desk/0 unavailable: 3590 to 3600, went 3600",
        "desk/0: 3660 to 7200, went 7200",
    ]


def test_an_agent_who_stays_after_closing_goes_home_after_letting_it_ring() -> None:
    """Closing at 64 800. The desk talks until 64 855 and stays for the call of 64 795, but lets it ring to 64 865 and
    goes; with nobody left the caller meets the rule for a closed queue at that moment."""
    hours = "calendar: {open: {every day: 09:00-18:00}}"
    day = play(hours, RINGS_OUT, dials=[64_790, 64_795], pick_up={1: 20})
    assert day.first[1] == "dialled 64795, asked sales 64795, left 64865: closed (closed_while_waiting)"
    assert day.shifts == ["desk/0: 32400 to 64800, went 64865"]


def test_being_out_of_reach_does_not_end_at_midnight() -> None:
    """Rung 86 385-86 395, out of reach until 86 455 on Tuesday, on a roster round the clock."""
    day = play(RINGS_OUT, "calendar: {days: 2}", dials=[86_385], pick_up={0: Legs(20, 5)})
    assert day.call(0).answered == 86_460
    assert day.shifts == [
        "desk/0: 0 to 86395, went 86395",
        "desk/0 unavailable: 86395 to 86455, went 86455",
        "desk/0: 86455 to 172800, went 172800",
    ]
