"""Callers who are put through to another queue, and needs that come back: days whose arithmetic stands in docstrings.

Talks take 60 s and there is one agent at the desk and one helper, always, unless a test says otherwise
(tests/script.py).
"""

from __future__ import annotations

import pytest

from tests.script import SUPPORT, Legs, play

THROUGH = "queues: {sales: {transfer: {chance: 50%, to: queue support}}}"
PUT_THROUGH = {"sales": 0.0}
"""The draw of whoever is put through from sales."""
ONLY_FIRST = {"sales": {0: 0.0}}
ORDERS = """
queues: {support: {transfer: {chance: 50%, to: queue orders}}, orders: {}}
teams: {clerks: {serves: [orders], agents: 1}}
"""


# Put through.


def test_a_caller_is_put_through_to_a_free_agent_at_once() -> None:
    """At the desk 0-60, with a wrap-up of 30 s to 90; the helper takes over at 60 and talks to 120. The attempt's row
    has the desk's times and the end of all, the leg has the helper's; the caller never waited."""
    day = play(SUPPORT, THROUGH, "teams: {desk: {wrap_up: 30 s}}", dials=[0], transfer=PUT_THROUGH)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, freed 90, left 120: answered at support"
    ]
    assert day.legs == [["1.1 support: asked 60, matched helpers/0 60, answered 60, left 120, freed 120"]]
    assert day.stories == ["served 120: attempts 1, asked 1 (sales), waited 0"]
    assert day.callers[0][0].served == 60


def test_who_is_put_through_is_a_draw_below_the_chance() -> None:
    """50 %: draws of 0.49 and 0.5. Without a transfer there are no legs."""
    day = play(SUPPORT, THROUGH, dials=[0, 100], transfer={"sales": [0.49, 0.5]})
    assert [row.transferred for (row,) in day.rows] == [60, None]
    assert [len(rows) for rows in day.leg_rows] == [1, 0]
    assert (
        day.first[1] == "dialled 100, asked sales 100, matched desk/0 100, answered 100, left 160, freed 160: answered"
    )


def test_the_first_agent_is_free_again_while_the_call_goes_on() -> None:
    """Talk 0-60, wrap-up to 90, the next call at 90, while the helper talks 60-360."""
    day = play(
        SUPPORT, THROUGH, "teams: {desk: {wrap_up: 30 s}}", dials=[0, 10], transfer=ONLY_FIRST, work={0: Legs(1, 5)}
    )
    assert day.call(0).left == 360
    assert day.call(1).matched == 90


def test_each_leg_has_its_own_need_pick_up_and_wrap_up() -> None:
    """Sales: 60 s x 2, wrap-up 10. Support: pick-up 4 s, its own mean of 40 s x 3, wrap-up 20. So 0-120 (130), then
    124-244 (264)."""
    rules = "teams: {desk: {wrap_up: 5 s}, helpers: {answers_after: 1 s, wrap_up: 5 s}}"
    day = play(
        SUPPORT, THROUGH, "queues: {support: {talk: 40 s}}", rules, dials=[0], transfer=PUT_THROUGH, work=Legs(2, 1),
        work_in=Legs(1, 3), wrap_up={"desk": Legs(10, 11), "helpers": Legs(19, 20)}, pick_up=Legs(3, 4),
    )  # fmt: skip
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 120, freed 130, left 244: answered at support"
    ]
    assert day.legs == [["1.1 support: asked 120, matched helpers/0 120, answered 124, left 244, freed 264"]]


def test_the_same_agent_takes_the_call_back_where_nobody_else_serves_the_queue() -> None:
    """Put through to support, which only the desk serves: without wrap-up at once, 60-120; with one of 30 s at 90."""
    alone = "teams: {desk: {serves: [sales, support]}, helpers: none}"
    day = play(SUPPORT, THROUGH, alone, dials=[0], transfer=PUT_THROUGH)
    assert day.legs == [["1.1 support: asked 60, matched desk/0 60, answered 60, left 120, freed 120"]]
    assert "freed 60, left 120" in day.first[0]
    day = play(SUPPORT, THROUGH, alone, "teams: {desk: {wrap_up: 30 s}}", dials=[0], transfer=PUT_THROUGH)
    assert day.legs == [["1.1 support: asked 60, matched desk/0 90, answered 90, left 150, freed 180"]]
    assert "transferred 60, freed 90, left 150" in day.first[0]


def test_put_through_callers_wait_behind_those_who_asked_before_the_transfer() -> None:
    """The helper talks 40-100. Asked support at 50; put through at 60 by the desk, having dialled at 0; asked at 70:
    served at 100, 160 and 220 in this order, for the wait for support began at 60."""
    day = play(SUPPORT, THROUGH, dials=[(0, "ads"), (40, "help"), (50, "help"), (70, "help")], transfer=PUT_THROUGH)
    assert [day.call(2).matched, day.leg_rows[0][0].matched, day.call(3).matched] == [100, 160, 220]


def test_a_line_is_held_until_the_last_leg_ends() -> None:
    """One line, held 0-120: busy at 119, free at 120."""
    day = play(SUPPORT, THROUGH, "lines: 1", dials=[0, 119, 120], transfer=ONLY_FIRST)
    assert [row.outcome for (row,) in day.rows] == ["answered", "blocked", "answered"]


def test_a_second_transfer_follows_the_rule_of_the_second_queue() -> None:
    """Desk 0-60, helper 60-120, clerk 120-180: two legs, each with its own queue."""
    day = play(SUPPORT, THROUGH, ORDERS, dials=[0], transfer=0.0)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, freed 60, left 180: answered at orders"
    ]
    assert day.legs == [
        [
            "1.1 support: asked 60, matched helpers/0 60, answered 60, left 120, freed 120",
            "1.2 orders: asked 120, matched clerks/0 120, answered 120, left 180, freed 180",
        ]
    ]
    assert day.callers[0][0].served == 120


def test_a_leg_keeps_its_queue_while_its_agent_wraps_up() -> None:
    """The helper's wrap-up 120-150 ends when the caller has long been put through to orders."""
    day = play(SUPPORT, THROUGH, ORDERS, "teams: {helpers: {wrap_up: 30 s}}", dials=[0], transfer=0.0)
    assert sorted(day.legs[0]) == [
        "1.1 support: asked 60, matched helpers/0 60, answered 60, left 120, freed 150",
        "1.2 orders: asked 120, matched clerks/0 120, answered 120, left 180, freed 180",
    ]


def test_a_call_is_put_through_five_times_at_the_most() -> None:
    """Sales and support always send to each other: talks 0-60, 60-120 and so on to 300-360, then it is enough."""
    circle = "queues: {support: {transfer: {chance: 50%, to: queue sales}}}"
    day = play(SUPPORT, THROUGH, circle, dials=[0], transfer=0.0)
    assert day.call(0).left == 360
    assert day.call(0).outcome == "answered"
    assert [(row.leg, row.queue, row.team, row.asked, row.left) for row in day.leg_rows[0]] == [
        (1, "support", "helpers", 60, 120),
        (2, "sales", "desk", 120, 180),
        (3, "support", "helpers", 180, 240),
        (4, "sales", "desk", 240, 300),
        (5, "support", "helpers", 300, 360),
    ]


# Put through and not served.


def test_hold_patience_begins_anew_with_each_transfer() -> None:
    """A machine answered at the join; 20 s of hold patience then, of which 10 s pass, 30 s after the transfer. The
    desk talks to the first 0-10 and to the second 10-70; the helper is busy until 500. Gone at 100, missed."""
    day = play(
        SUPPORT, THROUGH, "queues: {sales: {answers_after: 0 s}}",
        dials=[(0, "ads"), (0, "ads"), (0, "help")], work={0: 1 / 6, 2: 500 / 60}, transfer={"sales": {1: 0.0}},
        hold_patience={1: Legs(20, 30)},
    )  # fmt: skip
    assert day.first[1] == (
        "dialled 0, greeted 0, asked sales 0, matched desk/0 10, answered 10, transferred 70, freed 70, left 100:"
        " abandoned_queue at support (while_put_through)"
    )
    assert day.legs[1] == ["1.1 support: asked 70, left 100"]
    assert day.stories[1] == "lost 100: attempts 1, asked 1 (sales), waited 10, missed 100"
    assert day.callers[1][0].served is None


def test_who_is_put_through_holds_also_where_only_the_agent_has_answered() -> None:
    """No machine ever answered, ring patience of 5 s is over with the desk's answer; 30 s of hold patience: 60-90."""
    day = play(
        SUPPORT, THROUGH, dials=[(0, "ads"), (0, "help")], work={1: 9}, transfer=PUT_THROUGH,
        ring_patience=5, hold_patience=30,
    )  # fmt: skip
    assert day.legs[0] == ["1.1 support: asked 60, left 90"]
    assert day.call(0).outcome == "abandoned_queue"


def test_a_caller_may_hang_up_while_the_second_agent_picks_up() -> None:
    """Matched at 60, gone at 70, ten seconds before the answer; the helper is free at that moment and takes the call
    of 65 then."""
    day = play(
        SUPPORT, THROUGH, "teams: {helpers: {answers_after: 20 s}}", dials=[(0, "ads"), (65, "help")],
        transfer=PUT_THROUGH, hold_patience={0: 10},
    )  # fmt: skip
    assert day.first[0] == (
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, freed 60, left 70:"
        " abandoned_queue at support (while_put_through)"
    )
    assert day.legs[0] == ["1.1 support: asked 60, matched helpers/0 60, left 70, freed 70"]
    assert day.call(1).matched == 70


@pytest.mark.parametrize("wrap_up", [10, 20, 30, 500])
def test_the_row_of_a_call_is_written_once_when_call_and_first_wrap_up_are_over(wrap_up: int) -> None:
    """The desk's wrap-up from 60 on ends before the caller hangs up at 80, at the same moment, after it, and long
    after it; in any case one row says both."""
    day = play(
        SUPPORT, THROUGH, "teams: {desk: {wrap_up: 1 s}}", dials=[(0, "ads"), (0, "help")], work={1: 9},
        transfer=PUT_THROUGH, hold_patience=20, wrap_up=wrap_up,
    )  # fmt: skip
    ((row,),) = day.rows[:1]
    assert (row.transferred, row.left, row.freed, row.outcome) == (60, 80, 60 + wrap_up, "abandoned_queue")
    assert len(day.callers[0]) == 1


@pytest.mark.parametrize("wrap_up", [30, 60, 90])
def test_so_is_that_of_a_call_that_was_answered_twice(wrap_up: int) -> None:
    """The helper talks 60-120; the desk's wrap-up ends at 90, at 120 or at 150."""
    day = play(SUPPORT, THROUGH, "teams: {desk: {wrap_up: 1 s}}", dials=[0], transfer=PUT_THROUGH, wrap_up=wrap_up)
    ((row,),) = day.rows
    assert (row.left, row.freed, row.outcome) == (120, 60 + wrap_up, "answered")
    assert len(day.callers[0]) == 1


def test_a_closed_queue_ends_the_call_that_is_put_through_to_it() -> None:
    """Support opens at 10: at 60 the caller is turned away, and the story ends there, missed."""
    day = play(SUPPORT, THROUGH, "queues: {support: {open: {mon: 10:00-12:00}}}", dials=[0], transfer=PUT_THROUGH)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, left 60, freed 60:"
        " closed at support (asked_while_closed)"
    ]
    assert day.legs == [["1.1 support: asked 60, left 60"]]
    assert day.stories == ["lost 60: attempts 1, asked 1 (sales), waited 0, missed 60"]


def test_a_closed_queue_can_send_the_call_that_is_put_through_to_it_elsewhere() -> None:
    """Support is closed and sends to orders, where the clerk talks 60-120; there is one leg."""
    orders = "queues: {support: {open: {mon: 10:00-12:00}, closed: queue orders, transfer: none}}"
    day = play(SUPPORT, THROUGH, ORDERS, orders, dials=[0], transfer=PUT_THROUGH)
    assert day.call(0).outcome == "answered"
    assert day.legs == [["1.1 orders: asked 60, matched clerks/0 60, answered 60, left 120, freed 120"]]


def test_a_full_queue_ends_the_call_that_is_put_through_to_it() -> None:
    """The helper is busy and nobody may wait: busy at 60."""
    day = play(
        SUPPORT, THROUGH, "queues: {support: {room_for: 0}}", dials=[(0, "ads"), (0, "help")], work={1: 9},
        transfer=PUT_THROUGH,
    )  # fmt: skip
    assert day.first[0] == (
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, left 60, freed 60:"
        " blocked at support (queue_full)"
    )


def test_who_is_put_through_in_vain_may_redial() -> None:
    """Gone from support at 80; the next call at 90 goes to sales again, and this time nobody puts it through."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 10 s, at_most: 3}}}"
    day = play(
        SUPPORT, THROUGH, redial, dials=[(0, "ads"), (0, "help")], work={1: 9}, transfer={"sales": {0: [0.0, 0.9]}},
        hold_patience=20,
    )  # fmt: skip
    assert day.told[0] == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, transferred 60, freed 60, left 80:"
        " abandoned_queue at support (while_put_through)",
        "dialled 90, asked sales 90, matched desk/0 90, answered 90, left 150, freed 150: answered",
    ]
    assert day.stories[0] == "served 150: attempts 2, asked 2 (sales), waited 0, missed 80"


def test_agents_may_leave_a_call_that_is_put_through_unanswered() -> None:
    """The helper lets it ring 60-70 and is out of reach until 100; then the pick-up takes 5 s, 100-105."""
    rules = "teams: {helpers: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 30 s}}"
    day = play(SUPPORT, THROUGH, rules, dials=[0], transfer=PUT_THROUGH, pick_up={0: Legs(0, 20, 5)})
    assert day.legs == [
        [
            "1.1 support: asked 60, matched helpers/0 60, left 70, freed 70",
            "1.1 support: asked 60, matched helpers/0 100, answered 105, left 165, freed 165",
        ]
    ]
    assert "transferred 60, freed 60, left 165: answered at support" in day.first[0]


def test_patience_of_a_leg_goes_on_while_agents_leave_it_unanswered() -> None:
    """30 s from 60 on, whatever the tape holds for later: rung 60-70 and gone at 90."""
    rules = "teams: {helpers: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 1 min}}"
    day = play(SUPPORT, THROUGH, rules, dials=[0], transfer=PUT_THROUGH, pick_up=20, hold_patience={0: Legs(1, 30, 99)})
    assert day.legs == [
        ["1.1 support: asked 60, matched helpers/0 60, left 70, freed 70", "1.1 support: asked 60, left 90"]
    ]


def test_a_leg_overflows_by_the_rules_of_its_queue() -> None:
    """Put through to support at 60, where nobody is free; 25 s later on to orders, where the clerk talks 85-145."""
    over = "queues: {support: {transfer: none, overflow: [{after: 25 s, to: queue orders}]}}"
    day = play(SUPPORT, THROUGH, ORDERS, over, dials=[(0, "ads"), (0, "help")], work={1: 9}, transfer=PUT_THROUGH)
    assert day.legs[0] == ["1.1 orders: asked 60, matched clerks/0 85, answered 85, left 145, freed 145"]


def test_a_call_that_is_put_through_at_closing_is_served_by_who_stays() -> None:
    """Closing at 64 800. The desk's talk ends at 64 790 and puts the call through to support, whose helper talks
    until 64 850, then takes it: 64 850-64 910."""
    hours = "calendar: {open: {every day: 09:00-18:00}}"
    day = play(SUPPORT, THROUGH, hours, dials=[(64_730, "ads"), (64_790, "help")], transfer=PUT_THROUGH)
    # At 64 790 the talk ends before the dial: the call is put through to a free helper, and the dial waits.
    assert day.leg_rows[0][0].matched == 64_790
    assert day.call(1).matched == 64_850
    day = play(SUPPORT, THROUGH, hours, dials=[(64_735, "ads"), (64_790, "help")], transfer=PUT_THROUGH)
    assert day.leg_rows[0][0].matched == 64_850
    assert day.shifts == ["desk/0: 32400 to 64800, went 64800", "helpers/0: 32400 to 64800, went 64910"]


def test_a_call_that_is_put_through_after_closing_is_too_late() -> None:
    """The desk's last talk ends at 64 810; support closed at 64 800, though the helper is still talking to 64 850."""
    hours = "calendar: {open: {every day: 09:00-18:00}}"
    day = play(SUPPORT, THROUGH, hours, dials=[(64_750, "ads"), (64_790, "help")], transfer=PUT_THROUGH)
    assert day.call(0).reason == "asked_while_closed"
    assert day.call(0).left == 64_810


def test_the_horizon_leaves_a_call_that_is_put_through_unfinished() -> None:
    """Put through at 86 380: waiting for the helper at midnight, or talking."""
    end = "calendar: {cool_down: 0}"
    waiting = play(SUPPORT, THROUGH, end, dials=[(86_300, "help"), (86_320, "ads")], work={0: 9}, transfer=PUT_THROUGH)
    assert waiting.first[1] == (
        "dialled 86320, asked sales 86320, matched desk/0 86320, answered 86320, transferred 86380, freed 86380:"
        " unfinished at support"
    )
    assert waiting.legs[1] == ["1.1 support: asked 86380"]
    assert waiting.stories[1] == "open: attempts 1, asked 1 (sales), waited 0"
    talking = play(SUPPORT, THROUGH, end, dials=[86_320], transfer=PUT_THROUGH)
    assert talking.call(0).outcome == "unfinished"
    assert talking.legs == [["1.1 support: asked 86380, matched helpers/0 86380, answered 86380"]]


# Needs that come back.

HALF = "teams: {desk: {resolves: 50%, comes_back_after: 100 s}}"


def test_a_need_that_was_not_met_comes_back_as_a_new_attempt() -> None:
    """Served 0-60 in vain (a draw of 0.5 is not below 50 %), back 100 s after the talk, at 160, and served for good
    160-220. Both calls were answered and nothing was missed."""
    day = play(HALF, dials=[0], resolved={0: [0.5, 0.49]})
    assert day.told == [
        [
            "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
            "dialled 160, asked sales 160, matched desk/0 160, answered 160, left 220, freed 220: answered",
        ]
    ]
    assert day.stories == ["served 220: attempts 2, asked 2 (sales), waited 0"]
    assert day.callers[0][0].served == 160


def test_it_may_come_back_more_than_once_and_needs_the_same_talk_each_time() -> None:
    """The multiplier of 2 is the caller's: 0-120, 220-340, 440-560."""
    day = play(HALF, dials=[0], resolved={0: [0.9, 0.9, 0.1]}, work=2)
    assert [(row.dialled, row.left) for row in day.rows[0]] == [(0, 120), (220, 340), (440, 560)]
    assert day.stories == ["served 560: attempts 3, asked 3 (sales), waited 0"]


def test_it_comes_back_counted_from_the_end_of_the_talk_not_of_the_wrap_up() -> None:
    """Talk 0-60, wrap-up to 360: back at 160, waits until 360."""
    day = play(HALF, "teams: {desk: {wrap_up: 5 min}}", dials=[0], resolved={0: [0.9, 0.1]})
    assert (day.call(0, 2).dialled, day.call(0, 2).matched) == (160, 360)
    assert day.stories == ["served 420: attempts 2, asked 2 (sales), waited 200"]


def test_a_need_that_came_back_can_be_lost() -> None:
    """Back at 160, when the desk talks to somebody else 150-210: gone after 5 s, and nothing follows."""
    day = play(HALF, dials=[0, 150], resolved={0: 0.9}, ring_patience={0: [9, 5]})
    assert day.told[0][1] == "dialled 160, asked sales 160, left 165: abandoned_ringing"
    assert day.stories[0] == "lost 165: attempts 2, asked 2 (sales), waited 5, missed 165"


def test_coming_back_uses_up_no_redial() -> None:
    """At most one redial. The attempt of 160 is the need coming back; missed at 165, redialled at 175; missed at 180,
    and that was all."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 10 s, at_most: 1}}}"
    day = play(HALF, redial, dials=[0, 150], resolved={0: 0.9}, ring_patience={0: [9, 5]})
    assert [row.dialled for row in day.rows[0]] == [0, 160, 175]
    assert day.stories[0] == "lost 180: attempts 3, asked 3 (sales), waited 10, missed 180"


def test_redials_before_the_need_came_back_count() -> None:
    """The other way round: the one redial at 15 waits until 60 and is served, 60-120, in vain; back at 220, missed at
    225 while somebody else is served 210-270: no redial is left."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 10 s, at_most: 1}}}"
    day = play(HALF, redial, dials=[0, 0, 210], resolved={1: 0.9}, ring_patience={1: [5, 60, 5]})
    assert [row.dialled for row in day.rows[1]] == [0, 15, 220]
    assert day.stories[1] == "lost 225: attempts 3, asked 3 (sales), waited 55, missed 225"


def test_chances_by_attempt_count_the_attempt_that_came_back() -> None:
    """The first attempt would be redialled in any case, the second never; the second is the need coming back."""
    redial = "sources: {ads: {redial: {chance: [100%, 0%], after: 10 s, at_most: 9}}}"
    day = play(HALF, redial, dials=[0, 150], resolved={0: 0.9}, ring_patience={0: [9, 5]})
    assert day.stories[0] == "lost 165: attempts 2, asked 2 (sales), waited 5, missed 165"


def test_each_team_meets_needs_by_its_own_share() -> None:
    """The aces meet every need, the desk half of them, and the draws are 0.9: whoever was at the desk 0-60 is back at
    160, whoever was with the aces 10-70 is served."""
    aces = "teams: {aces: {serves: [sales], agents: 1}}"
    day = play(HALF, aces, dials=[0, 10], resolved={0: [0.9, 0.1], 1: 0.9})
    assert [[(row.dialled, row.team) for row in rows] for rows in day.rows] == [
        [(0, "desk"), (160, "desk")],
        [(10, "aces")],
    ]
    assert day.stories[1] == "served 70: attempts 1, asked 1 (sales), waited 0"


def test_the_last_team_that_talks_decides_whether_the_need_is_met() -> None:
    """Put through from the desk, which meets half of the needs, to the helper, who meets all."""
    day = play(SUPPORT, THROUGH, HALF, dials=[0], transfer=PUT_THROUGH, resolved=0.9)
    assert day.stories == ["served 120: attempts 1, asked 1 (sales), waited 0"]
    helpers = "teams: {helpers: {resolves: 50%, comes_back_after: 30 s}}"
    day = play(SUPPORT, THROUGH, helpers, dials=[0], transfer={"sales": {0: [0.0, 0.9]}}, resolved={0: [0.9, 0.9]})
    assert [row.dialled for row in day.rows[0]] == [0, 150]
    assert day.stories == ["served 210: attempts 2, asked 2 (sales), waited 0"]


def test_a_need_that_has_not_come_back_by_the_end_is_open() -> None:
    """The next call would come after two days; with a horizon of one day and one of cool-down the story is open."""
    day = play("teams: {desk: {resolves: 50%, comes_back_after: 2 days}}", dials=[0], resolved=0.9)
    assert day.told == [["dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered"]]
    assert day.stories == ["open: attempts 1, asked 1 (sales), waited 0"]


def test_needs_come_back_over_midnight() -> None:
    """Served 86 300-86 360, back at 86 460 on the next day, which is still played."""
    day = play(HALF, dials=[86_300], resolved={0: [0.9, 0.1]})
    assert [row.dialled for row in day.rows[0]] == [86_300, 86_460]
    assert day.stories == ["served 86520: attempts 2, asked 2 (sales), waited 0"]
