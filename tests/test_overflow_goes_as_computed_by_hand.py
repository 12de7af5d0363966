"""Callers who move on while they wait: small days whose arithmetic stands in each docstring.

Talks take 60 s, and sales and support have one agent each, always, unless a test says otherwise (tests/script.py). A
caller of sales at 0 keeps the desk busy for 600 s, so that whoever dials at 10 waits.
"""

from __future__ import annotations

from tests.script import SUPPORT, Played, play

LONG = 10
"""Work of a talk of 600 s."""
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""


def rules(*texts: str, of: str = "sales") -> str:
    return f"queues: {{{of}: {{overflow: [{', '.join(texts)}]}}}}"


def busy(*texts: str, dials: list[float | tuple[float, str]], **given: object) -> Played:
    """Sales, support and the vendor, and the desk busy over 0-600."""
    given["work"] = {0: LONG, **given.pop("work", {})}  # type: ignore[dict-item]
    return play(SUPPORT, NIGHT, *texts, dials=[0, *dials], **given)


OVER = rules("{after: 20 s, to: queue support}")


# Where a rule leads.


def test_whoever_still_waits_is_moved_to_the_other_queue() -> None:
    """Joined sales at 10, over to support at 30, where somebody is idle: talk 30-90, a wait of 20 s. Asked once, first
    queue sales, last support."""
    day = busy(OVER, dials=[10])
    assert day.first[1] == (
        "dialled 10, asked sales 10, matched helpers/0 30, answered 30, left 90, freed 90: answered at support"
    )
    assert day.stories[1] == "served 90: attempts 1, asked 1 (sales), waited 20"


def test_whoever_is_taken_before_the_rule_stays() -> None:
    """The desk talks 0-24 and takes the caller of 10 at 24; the rule of 30 is void."""
    day = busy(OVER, dials=[10], work={0: 0.4})
    assert day.first[1] == "dialled 10, asked sales 10, matched desk/0 24, answered 24, left 84, freed 84: answered"


def test_a_rule_may_lead_to_a_vendor() -> None:
    """Moved at 30, the operator answers 10 s later."""
    day = busy(rules("{after: 20 s, to: vendor night}"), dials=[10])
    assert day.first[1] == (
        "dialled 10, asked sales 10, matched vendor night 30, answered 40, left 100, freed 100: outsourced"
    )
    assert day.stories[1] == "outsourced 100: attempts 1, asked 1 (sales), waited 30"


def test_a_rule_may_lead_to_a_menu() -> None:
    """Moved at 30, it rings on for 5 s, the prompt is over at 45, and support is free. The caller asked at 10."""
    menu = "menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue support}]}}"
    day = busy(menu, rules("{after: 20 s, to: menu main}"), dials=[10])
    assert day.first[1] == (
        "dialled 10, asked sales 10, greeted 35, matched helpers/0 45, answered 45, left 105, freed 105: "
        "answered at support"
    )
    assert day.stories[1] == "served 105: attempts 1, asked 1 (sales), waited 35"


def test_a_rule_may_lead_to_voicemail() -> None:
    """The recorder answers at 30, the message takes 20 s."""
    voicemail = "voicemail: {leaves: 25%, takes: 20 s}"
    day = busy(voicemail, rules("{after: 20 s, to: voicemail}"), dials=[10])
    assert day.first[1] == "dialled 10, asked sales 10, greeted 30, left 50: voicemail"


def test_a_rule_may_promise_a_call_back() -> None:
    """A machine says so at 30 and hangs up; the desk is free at 600 and calls."""
    callbacks = """
    callbacks: {for: [missed], by: desk, number_known: 100%, reaches: 100%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
    """
    day = busy(callbacks, rules("{after: 20 s, to: callback}"), dials=[10])
    assert day.first[1] == "dialled 10, asked sales 10, greeted 30, left 30: voicemail (callback_promised)"
    assert day.jobs[1] == ["promised, opened 30, tries 1, reached 600, closed 660: reached"]
    assert day.stories[1] == "called_back 660: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_a_rule_may_send_callers_away() -> None:
    """On hold since 15 and cut off at 30."""
    day = busy("queues: {sales: {answers_after: 5 s}}", rules("{after: 20 s, to: hang up}"), dials=[10])
    assert day.first[1] == "dialled 10, asked sales 10, greeted 15, left 30: abandoned_queue (sent_away)"
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


# When it fires, and under which patience and rank.


def test_each_rule_counts_from_joining_its_own_queue() -> None:
    """Sales 10-30, then 30 s in support, which is busy, to 60: the vendor answers at 70. The wait is 60 s."""
    further = rules("{after: 30 s, to: vendor night}", of="support")
    day = busy(OVER, further, dials=[(10, "help"), 10], work={1: LONG})
    assert day.first[2] == (
        "dialled 10, asked sales 10, matched vendor night 60, answered 70, left 130, freed 130: outsourced at support"
    )
    assert day.stories[2] == "outsourced 130: attempts 1, asked 1 (sales), waited 60"


def test_of_several_rules_each_has_its_time() -> None:
    """After 20 s support as well, after 40 s the vendor: out of both queues at 50. The next of support, 55, would be
    behind the caller of 10, and is alone: free at 610, matched then."""
    several = rules("{after: 20 s, also: queue support}", "{after: 40 s, to: vendor night}")
    day = busy(several, dials=[(10, "help"), 10, (55, "help")], work={1: LONG})
    assert day.first[2] == (
        "dialled 10, asked sales 10, matched vendor night 50, answered 60, left 120, freed 120: outsourced"
    )
    assert day.call(3).matched == 610


def test_the_end_of_ring_patience_stays() -> None:
    """45 s from the dial at 10 end at 55, 25 s after the move to a support that is busy."""
    day = busy(OVER, dials=[(10, "help"), 10], work={1: LONG}, ring_patience={2: 45})
    assert day.first[2] == "dialled 10, asked sales 10, left 55: abandoned_ringing at support"


def test_the_end_of_hold_patience_stays() -> None:
    """Greeted at 15, 40 s of hold patience end at 55, in support."""
    day = busy(
        "queues: {sales: {answers_after: 5 s}}", OVER, dials=[(10, "help"), 10], work={1: LONG}, hold_patience={2: 40}
    )
    assert day.first[2] == "dialled 10, asked sales 10, greeted 15, left 55: abandoned_queue at support"


def test_whoever_is_moved_ranks_by_first_asking() -> None:
    """Support talks 5-605. Callers of support at 6 and 20; one of sales at 10, moved at 30. Served in the order of 6,
    10, 20: at 605, 665, 725; sales itself is free at 600 and takes nobody."""
    day = busy(OVER, dials=[(5, "help"), (6, "help"), 10, (20, "help")], work={1: LONG})
    assert [row.matched for (row,) in day.rows[2:]] == [605, 665, 725]
    assert [row.slot is not None and row.team for (row,) in day.rows[2:]] == ["helpers"] * 3


def test_a_greeting_counts_from_the_move() -> None:
    """Sales would answer at 35, support answers 12 s after the move at 30: 42. Ring patience of 30 s would end at 40:
    with it the caller is gone before."""
    greetings = "queues: {sales: {answers_after: 25 s}, support: {answers_after: 12 s}}"
    day = busy(
        greetings, OVER, dials=[(9, "help"), 10, 10], work={1: LONG}, ring_patience={3: 30}, hold_patience={2: 20}
    )
    assert day.first[2:] == [
        "dialled 10, asked sales 10, greeted 42, left 62: abandoned_queue at support",
        "dialled 10, asked sales 10, left 40: abandoned_ringing at support",
    ]


def test_a_second_greeting_changes_nothing() -> None:
    """Sales answers at 15; hold patience of 30 s runs from there to 45, past support's greeting at 42."""
    greetings = "queues: {sales: {answers_after: 5 s}, support: {answers_after: 12 s}}"
    day = busy(greetings, OVER, dials=[(9, "help"), 10], work={1: LONG}, hold_patience={2: 30})
    assert day.first[2] == "dialled 10, asked sales 10, greeted 15, left 45: abandoned_queue at support"


def test_whoever_is_being_picked_up_is_not_moved() -> None:
    """Free at 24, the desk picks up over 24-39; the rule of 30 is void."""
    day = busy(OVER, "teams: {desk: {answers_after: 15 s}}", dials=[10], work={0: 0.15})
    assert day.call(0).left == 24
    assert day.first[1] == "dialled 10, asked sales 10, matched desk/0 24, answered 39, left 99, freed 99: answered"


# Waiting in two queues.


ALSO = rules("{after: 20 s, also: queue support}")


def test_whoever_waits_in_both_goes_to_whom_is_free_first() -> None:
    """Support is free at 105, long before sales, and the caller who came to support at 40 is behind. Sales is free at
    600 for the caller of 50."""
    quick = rules("{after: 20 s, also: queue support}", of="sales")
    day = busy(quick, dials=[(5, "help"), 10, (40, "help"), 595], work={1: 100 / 60})
    assert day.first[2] == (
        "dialled 10, asked sales 10, matched helpers/0 105, answered 105, left 165, freed 165: answered at support"
    )
    assert day.call(3).matched == 165
    assert (day.call(4).team, day.call(4).matched) == ("desk", 600)


def test_the_first_match_removes_the_other_entry() -> None:
    """Sales is free at 60 and takes the caller of 10, who waits in support too since 30: at 105 support takes the one
    of 40."""
    day = busy(ALSO, dials=[(5, "help"), 10, (40, "help")], work={0: 1, 1: 100 / 60})
    assert day.first[2] == "dialled 10, asked sales 10, matched desk/0 60, answered 60, left 120, freed 120: answered"
    assert day.call(3).matched == 105


def test_an_idle_agent_of_the_other_queue_takes_the_caller_at_once() -> None:
    """Support is idle at 30."""
    day = busy(ALSO, dials=[10])
    assert day.first[1] == (
        "dialled 10, asked sales 10, matched helpers/0 30, answered 30, left 90, freed 90: answered at support"
    )


def test_patience_runs_once_in_both_queues() -> None:
    """50 s from the dial at 10: gone at 60 from both; support takes the caller of 40 at 105, sales idles at 600."""
    day = busy(ALSO, dials=[(5, "help"), 10, (40, "help")], work={1: 100 / 60}, ring_patience={2: 50})
    assert day.call(2).outcome == "abandoned_ringing"
    assert day.call(2).left == 60
    assert day.call(3).matched == 105


def test_whoever_waits_in_both_takes_room_in_both() -> None:
    """Room for one in each. From 10 on sales is full, from 30 on support is; at 60 sales takes the caller, and both
    have room again."""
    room = "queues: {sales: {room_for: 1}, support: {room_for: 1}}"
    dials: list[float | tuple[float, str]] = [(5, "help"), 10, 29, (31, "help"), 35, 61, (62, "help")]
    day = busy(room, ALSO, dials=dials, work={0: 1, 1: LONG})
    assert [row.outcome for (row,) in day.rows] == [
        "answered", "answered", "answered", "blocked", "blocked", "blocked", "answered", "answered",
    ]  # fmt: skip
    assert (day.call(2).team, day.call(2).matched) == ("desk", 60)
    assert day.call(4).reason == "queue_full"


def test_whoever_waits_in_both_stays_in_the_one_that_is_open() -> None:
    """Sales closes at 64 800 and sends those who wait away, but the caller of 64 710, in support as well since
    64 730, stays there until it is free at 64 900. The rule of sales for 64 810 is no longer theirs."""
    sales = """
    calendar: {open: {every day: 09:00-18:00}}
    queues: {sales: {at_closing: closed}, support: {open: always}}
    teams: {helpers: {agents: {every day: {00:00-24:00: 1}}}}
    """
    both = rules("{after: 20 s, also: queue support}", "{after: 100 s, to: vendor night}")
    dials: list[float | tuple[float, str]] = [(64_700, "ads"), (64_700, "help"), (64_710, "ads"), (64_715, "ads")]
    day = play(SUPPORT, NIGHT, sales, both, dials=dials, work={0: LONG, 1: 200 / 60}, ring_patience={3: 10})
    assert day.first[2] == (
        "dialled 64710, asked sales 64710, matched helpers/0 64900, answered 64900, left 64960, freed 64960: "
        "answered at support"
    )


def test_the_rules_of_the_queue_that_stays_open_go_on() -> None:
    """Support, where the caller of 64 710 waits as well since 64 730, closes at 64 800 and sends those who wait away;
    the caller is still in sales, whose rule of 64 810 leads to the vendor."""
    hours = """
    queues: {support: {at_closing: closed, open: {every day: 09:00-18:00}}}
    """
    both = rules("{after: 20 s, also: queue support}", "{after: 100 s, to: vendor night}")
    dials: list[float | tuple[float, str]] = [(64_700, "ads"), (64_700, "help"), (64_710, "ads")]
    day = play(SUPPORT, NIGHT, hours, both, dials=dials, work={0: LONG, 1: 200 / 60})
    assert day.first[2] == (
        "dialled 64710, asked sales 64710, matched vendor night 64810, answered 64820, left 64880, freed 64880: "
        "outsourced"
    )


def test_an_offer_of_a_queue_that_has_closed_is_not_made() -> None:
    """As above, with the offer of sales to call back due at 64 810."""
    sales = """
    calendar: {open: {every day: 09:00-18:00}}
    queues: {sales: {at_closing: closed, offer_callback: {after: 100 s, accepts: 100%}}, support: {open: always}}
    teams: {helpers: {agents: {every day: {00:00-24:00: 1}}}}
    """
    dials: list[float | tuple[float, str]] = [(64_700, "ads"), (64_700, "help"), (64_710, "ads")]
    day = play(SUPPORT, sales, ALSO, dials=dials, work={0: LONG, 1: 200 / 60})
    assert day.call(2).kept is None
    assert day.call(2).matched == 64_900


# Rules that do not fire.


def test_a_rule_into_a_closed_queue_does_not_fire_nor_later() -> None:
    """Support opens at 9:00, 32 400: at 32 395 it is closed, and the rule has had its moment. The desk takes the
    caller at 32 960."""
    hours = "queues: {support: {open: {every day: 09:00-10:00}}}"
    day = play(SUPPORT, hours, OVER, dials=[(32_360, "ads"), (32_375, "ads")], work={0: LONG})
    assert day.first[1] == (
        "dialled 32375, asked sales 32375, matched desk/0 32960, answered 32960, left 33020, freed 33020: answered"
    )


def test_a_rule_into_a_full_queue_does_not_fire() -> None:
    """Support has room for one, who waits over 6-605."""
    day = busy("queues: {support: {room_for: 1}}", OVER, dials=[(5, "help"), (6, "help"), 10], work={1: LONG})
    assert (day.call(3).team, day.call(3).matched) == ("desk", 600)


def test_a_rule_into_a_full_vendor_does_not_fire() -> None:
    """One line into the vendor, taken at 30 by the first; the second stays in sales at 31, and leaves at 50."""
    day = busy(
        "vendors: {night: {lines: 1}}", rules("{after: 20 s, to: vendor night}"), dials=[10, 11], ring_patience={2: 39}
    )
    assert day.call(1).outcome == "outsourced"
    assert day.first[2] == "dialled 11, asked sales 11, left 50: abandoned_ringing"


def test_a_full_queue_with_an_idle_agent_has_room() -> None:
    """`room_for: 0` of support lets nobody wait; its agent is idle, and takes the caller."""
    day = busy("queues: {support: {room_for: 0}}", OVER, dials=[10])
    assert (day.call(1).team, day.call(1).matched) == ("helpers", 30)


def test_whoever_moves_leaves_room_behind_and_takes_room_ahead() -> None:
    """Room for one in each. Sales is full over 10-30: 29 hears busy, 31 waits. Support is full from 30 on: 32 hears
    busy."""
    room = "queues: {sales: {room_for: 1}, support: {room_for: 1}}"
    day = busy(room, OVER, dials=[(5, "help"), 10, 29, 31, (32, "help")], work={1: LONG})
    assert [row.outcome for (row,) in day.rows[2:]] == ["answered", "blocked", "answered", "blocked"]
    assert (day.call(2).team, day.call(2).matched) == ("helpers", 605)
    assert (day.call(4).team, day.call(4).matched) == ("desk", 600)


# Nobody on duty.


UNSTAFFED = rules("{when: nobody on duty, to: vendor night}")
FIRST_HOUR = "teams: {desk: {agents: {every day: {00:00-01:00: 1}}}}"


def test_whoever_joins_while_nobody_is_on_duty_is_moved_at_once() -> None:
    """The desk goes at 3600; at 4000 the queue is joined and left at the same moment."""
    day = play(NIGHT, UNSTAFFED, FIRST_HOUR, dials=[4000])
    assert day.first == [
        "dialled 4000, asked sales 4000, matched vendor night 4000, answered 4010, left 4070, freed 4070: outsourced"
    ]


def test_a_queue_that_no_team_serves_has_nobody_on_duty() -> None:
    """Support without helpers."""
    day = play(SUPPORT, NIGHT, "teams: {helpers: none}", rules("{when: nobody on duty, to: vendor night}", of="support"),
               dials=[(100, "help")])  # fmt: skip
    assert day.call(0).answered == 110


def test_a_busy_agent_on_duty_is_somebody() -> None:
    """The caller of 10 waits for the desk until 600."""
    day = busy(UNSTAFFED, dials=[10])
    assert day.call(1).matched == 600


def test_whoever_waits_when_the_last_agent_goes_is_moved() -> None:
    """Due at 3600, the agent talks 3580-3640 into the overtime: from 3600 on nobody is on duty."""
    day = play(NIGHT, UNSTAFFED, FIRST_HOUR, dials=[3580, 3590])
    assert day.first[1] == (
        "dialled 3590, asked sales 3590, matched vendor night 3600, answered 3610, left 3670, freed 3670: outsourced"
    )


def test_one_of_two_who_goes_is_not_the_last() -> None:
    """Both talk over 3580-3640; slot 1 is due at 3600, slot 0 stays and takes the caller at 3640."""
    roster = "teams: {desk: {agents: {every day: {00:00-01:00: 2, 01:00-02:00: 1}}}}"
    day = play(NIGHT, UNSTAFFED, roster, dials=[3580, 3580, 3590])
    assert (day.call(2).slot, day.call(2).matched) == (0, 3640)


SHIFT = """
teams: {desk: {agents: none, shifts: [{days: every day, hours: 00:00-02:00, agents: 1, breaks: [{at: 01:00, lasts: 30 min}]}]}}
"""


def test_an_agent_on_a_break_is_nobody() -> None:
    """Break 3600-5400: who dials at 3700 is moved at once, who dials at 5400 is answered."""
    day = play(NIGHT, UNSTAFFED, SHIFT, dials=[3700, 5400])
    assert [(row.outcome, row.matched) for (row,) in day.rows] == [("outsourced", 3700), ("answered", 5400)]


def test_a_break_taken_late_moves_those_who_wait_when_it_begins() -> None:
    """Talk 3580-3640, the break of 3600 begins at 3640, and whoever waits since 3590 is moved then."""
    day = play(NIGHT, UNSTAFFED, SHIFT, dials=[3580, 3590])
    assert day.call(1).matched == 3640
    assert day.call(1).outcome == "outsourced"


def test_an_agent_who_arrives_as_the_other_goes_is_somebody() -> None:
    """Desk talks 3580-3640 and is due at 3600, when the late shift arrives and takes the first who waits. The second
    waits for the late shift, to 3660."""
    late = "teams: {late: {serves: [sales], agents: {every day: {01:00-02:00: 1}}}}"
    day = play(NIGHT, UNSTAFFED, FIRST_HOUR, late, dials=[3580, 3590, 3591])
    assert [(row.team, row.matched) for (row,) in day.rows[1:]] == [("late", 3600), ("late", 3660)]


def test_an_arrival_before_the_departure_of_the_moment_is_no_different() -> None:
    """The late shift stands first in the file."""
    early = "teams: {desk: {agents: {every day: {01:00-02:00: 1}}}, early: {serves: [sales], agents: {every day: {00:00-01:00: 1}}}}"
    day = play(NIGHT, UNSTAFFED, early, dials=[3580, 3590, 3591])
    assert [(row.team, row.matched) for (row,) in day.rows] == [("early", 3580), ("desk", 3600), ("desk", 3660)]


def test_a_rule_that_was_void_fires_when_there_is_nobody_again() -> None:
    """At 3600 the late shift replaces the desk; it is due at 3630, in the middle of its talk: the second who waits is
    moved then."""
    late = "teams: {late: {serves: [sales], agents: {every day: {01:00:00-01:00:30: 1}}}}"
    day = play(NIGHT, UNSTAFFED, FIRST_HOUR, late, dials=[3580, 3590, 3591])
    assert day.call(2).matched == 3630
    assert day.call(2).outcome == "outsourced"


def test_nobody_on_duty_may_mean_another_queue() -> None:
    """Support takes over at 4000, keeping the rank."""
    day = play(SUPPORT, FIRST_HOUR, rules("{when: nobody on duty, to: queue support}"), dials=[(4000, "ads")])
    assert day.first == [
        "dialled 4000, asked sales 4000, matched helpers/0 4000, answered 4000, left 4060, freed 4060: "
        "answered at support"
    ]
