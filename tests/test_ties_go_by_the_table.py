"""What happens when two things fall on the same moment: every pair of docs/ties.md that matters, by hand.

Talks take 60 s and there is one agent at the desk of sales, always, unless a test says otherwise (tests/script.py).
Works are multiples of a quarter, so that all moments are exact.
"""

from __future__ import annotations

import re
from itertools import combinations_with_replacement
from pathlib import Path

from callsim.engine import order
from tests.script import SUPPORT, WEB, Legs, play

TABLE = Path(__file__).parent.parent / "docs" / "ties.md"
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
ALL_DAY = "teams: {desk: {agents: {every day: {00:00-24:00: 1}}}}"
SENT_AWAY = "queues: {sales: {at_closing: closed}}"
FIRST_HOUR = "teams: {desk: {agents: {every day: {00:00-01:00: 1, 02:00-03:00: 1}}}}"
SECOND_HOUR = "teams: {desk: {agents: {every day: {01:00-02:00: 1}}}}"
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""
MENU = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
"""
BACK = """
callbacks: {for: [missed, voicemail], by: desk, number_known: 100%, reaches: 60%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
"""
IN_VAIN = "teams: {desk: {agents: 2, answers_after: 5 s, no_answer_after: 25 s, unavailable_for: 5 min}}"
WRAP_UP = "teams: {desk: {wrap_up: 30 s}}"
PICK_UP = "teams: {desk: {answers_after: 5 s}}"


def over(after: str, to: str = "to: vendor night") -> str:
    return f"queues: {{sales: {{overflow: [{{after: {after}, {to}}}]}}}}"


def greeting(after: str) -> str:
    return f"queues: {{sales: {{answers_after: {after}}}}}"


# Opening and closing.


def test_whoever_is_sent_away_finds_the_other_queues_as_they_are_then() -> None:
    """Sales closes at 64 800 and sends over to support. If support opens then, it takes the caller; if it closes then,
    though later in the file, it is closed."""
    sales = "queues: {sales: {at_closing: closed, closed: queue support}}"
    rows = [
        play(
            SUPPORT, HOURS, sales, f"queues: {{support: {{open: {{every day: {hours}}}}}}}",
            "teams: {helpers: {agents: {every day: {00:00-24:00: 1}}}}", dials=[(64_790, "ads"), (64_795, "ads")],
        ).call(1)
        for hours in ("18:00-20:00", "08:00-18:00")
    ]  # fmt: skip
    assert [(row.outcome, row.matched, row.left) for row in rows] == [
        ("answered", 64_800, 64_860),
        ("closed", None, 64_800),
    ]


def test_who_is_due_at_closing_stays_for_those_who_wait() -> None:
    """The queue closes before the agent is due: the caller of 64 795 is taken at 64 850."""
    day = play(HOURS, dials=[64_790, 64_795])
    assert day.call(1).matched == 64_850
    assert day.shifts == ["desk/0: 32400 to 64800, went 64910"]


def test_closing_comes_before_the_end_of_a_wrap_up() -> None:
    """Talk to 64 770, wrap-up to 64 800. A queue that sends callers away at closing has done so; one that serves them
    has an agent for them at that moment."""
    outcomes = []
    for rule in ("closed", "serve"):
        at_closing = f"queues: {{sales: {{at_closing: {rule}}}}}"
        day = play(HOURS, ALL_DAY, WRAP_UP, at_closing, dials=[64_710, 64_720])
        assert day.call(0).freed == 64_800
        outcomes.append((day.call(1).outcome, day.call(1).matched))
    assert outcomes == [("closed", None), ("answered", 64_800)]


def test_closing_comes_before_the_end_of_a_talk() -> None:
    """Talk to 64 800."""
    day = play(HOURS, ALL_DAY, SENT_AWAY, dials=[64_740, 64_750])
    assert day.first[1] == "dialled 64750, asked sales 64750, left 64800: closed (closed_while_waiting)"


def test_whoever_is_picked_up_at_closing_is_answered() -> None:
    """Matched at 64 795: no longer waiting."""
    assert play(HOURS, PICK_UP, SENT_AWAY, dials=[64_795]).call(0).answered == 64_800


def test_closing_comes_before_a_greeting() -> None:
    """The queue would answer at 64 800."""
    day = play(HOURS, SENT_AWAY, greeting("5 s"), dials=[64_760, 64_795])
    assert day.first[1] == "dialled 64795, asked sales 64795, left 64800: closed (closed_while_waiting)"


def test_closing_comes_before_the_end_of_patience() -> None:
    """Five seconds from 64 795: told that it is closed, not given up."""
    assert play(HOURS, SENT_AWAY, dials=[64_760, 64_795], ring_patience={1: 5}).call(1).outcome == "closed"


def test_whoever_leaves_a_menu_at_opening_finds_the_queue_open_and_at_closing_closed() -> None:
    """Prompts end 15 s after the dials, at 32 400 and 64 800."""
    day = play(HOURS, MENU, dials=[32_385, 64_785])
    assert [(row.outcome, row.left) for (row,) in day.rows] == [("answered", 32_460), ("closed", 64_800)]


def test_a_rule_finds_queues_opened_and_closed() -> None:
    """Rules due at 32 400 and 64 800: of a queue that closes then, the caller is gone; into one that opens then they
    lead, into one that closes then they do not."""
    own = play(HOURS, NIGHT, SENT_AWAY, over("5 s"), dials=[64_760, 64_795])
    assert own.call(1).outcome == "closed"
    taken = [
        play(
            SUPPORT, f"queues: {{support: {{open: {{every day: {hours}}}}}}}", over("20 s", "to: queue support"),
            dials=[(32_370, "ads"), (32_380, "ads")],
        ).call(1)
        for hours in ("09:00-18:00", "08:00-09:00")
    ]  # fmt: skip
    assert [(row.team, row.matched) for row in taken] == [("helpers", 32_400), ("desk", 32_430)]


def test_whoever_dials_at_opening_is_served_and_at_closing_too_late() -> None:
    """Hours are half-open."""
    assert [row.outcome for (row,) in play(HOURS, dials=[32_400, 64_800]).rows] == ["answered", "closed"]


def test_a_callback_due_at_opening_is_tried_and_at_closing_is_not() -> None:
    """Gone at 32 400: called then. Gone at 64 175 and tried to 64 200 in vain: due again at 64 800, called at the next
    opening, 118 800."""
    day = play(HOURS, ALL_DAY, BACK, MENU, dials=[32_396, 64_171], ring_patience=4, reached={1: [0.9, 0.1]})
    assert [[row.dialled for row in rows] for rows in day.try_rows] == [[32_400], [64_175, 118_800]]


# Roster changes.


def test_arrivals_take_those_who_wait_by_slot_and_one_who_comes_replaces_one_who_goes() -> None:
    """At 3600 two come: slot 0 takes the first. In the other roster the desk is due at 3600 while it talks to 3640,
    and the late shift comes: there is somebody on duty, and the rule for nobody is void for the caller of 3591."""
    day = play("teams: {desk: {agents: {every day: {01:00-02:00: 2}}}}", dials=[10, 20])
    assert [(row.slot, row.matched) for (row,) in day.rows] == [(0, 3600), (1, 3600)]
    rule = "queues: {sales: {overflow: [{when: nobody on duty, to: vendor night}]}}"
    late = "teams: {late: {serves: [sales], agents: {every day: {01:00-02:00: 1}}}}"
    day = play(NIGHT, rule, FIRST_HOUR, late, dials=[3580, 3590, 3591])
    assert [(row.team, row.matched) for (row,) in day.rows[1:]] == [("late", 3600), ("late", 3660)]


def test_who_comes_and_goes_at_one_moment_stays() -> None:
    """One headcount to midnight and from midnight on: one duty, and a talk over it is no overtime."""
    day = play("calendar: {days: 2}", ALL_DAY, dials=[86_390])
    assert day.shifts == ["desk/0: 0 to 172800, went 172800"]


def test_who_is_due_as_the_wrap_up_ends_goes() -> None:
    """Talk to 3570, wrap-up to 3600: the caller of 3520 waits for who comes at 7200."""
    day = play(FIRST_HOUR, WRAP_UP, dials=[3510, 3520])
    assert day.call(1).matched == 7200
    assert day.shifts[0] == "desk/0: 0 to 3600, went 3600"


def test_a_break_due_as_the_wrap_up_ends_begins_then() -> None:
    """The caller of 3520 waits for the end of the break, 5400."""
    shift = """
    teams: {desk: {agents: none, shifts: [{days: every day, hours: 00:00-03:00, agents: 1, breaks: [{at: 01:00, lasts: 30 min}]}]}}
    """
    day = play(shift, WRAP_UP, dials=[3510, 3520])
    assert day.call(1).matched == 5400
    assert day.shifts == [
        "desk/0: 0 to 3600, went 3600",
        "desk/0 unpaid_break: 3600 to 5400, went 5400",
        "desk/0: 5400 to 10800, went 10800",
    ]


def test_a_break_is_due_at_the_last_place_of_its_agent() -> None:
    """Two places, and breaks of a minute due at 0, when both have just come, and at 60: the first place is back before
    that, and its chat of 60 s comes before the second break, from 120 to 180."""
    chats = """
    sources: {site: {channel: chat, callers: 1 per hour, goes_to: queue chat, hangs_up_waiting: never, talk: 60 s}}
    queues: {chat: {}}
    teams: {chatters: {serves: [chat], chats_at_once: 2, shifts: [
      {days: every day, hours: 00:00-08:00, agents: 1, breaks: [{at: 00:00, lasts: 1 min}, {at: 00:01, lasts: 1 min}]}]}}
    """
    day = play(chats, dials=[(0, "site"), (10, "site")])
    assert [row.answered for (row,) in day.rows] == [60, 180]


def test_a_break_over_as_the_agents_last_chat_ends_begins_then_in_full() -> None:
    """Two places, a break due at 600 for a minute. One place chats from 590 to 660; the other, which has been without
    a chat since 600, would come back at 660, and does at 720 with the first."""
    chats = """
    sources: {site: {channel: chat, callers: 1 per hour, goes_to: queue chat, hangs_up_waiting: never, talk: 60 s}}
    queues: {chat: {}}
    teams: {chatters: {serves: [chat], chats_at_once: 2, shifts: [
      {days: every day, hours: 00:00-08:00, agents: 1, breaks: [{at: 00:10, lasts: 1 min}]}]}}
    """
    day = play(chats, dials=[(590, "site"), (660, "site")], work={0: 70 / 60})
    assert [row.answered for (row,) in day.rows] == [590, 720]


def test_who_comes_takes_a_caller_before_whoever_is_free_then() -> None:
    """Slot 1 comes at 3600, when slot 0's wrap-up, or without one the talk, ends: slot 1 takes the first."""
    roster = "teams: {desk: {agents: {every day: {00:00-01:00: 1, 01:00-02:00: 2}}}}"
    wrapping = play(roster, WRAP_UP, dials=[3510, 3520, 3530])
    talking = play(roster, dials=[3540, 3545, 3550])
    for day in (wrapping, talking):
        assert [(row.slot, row.matched) for (row,) in day.rows[1:]] == [(1, 3600), (0, 3600)]


def test_who_is_due_as_the_talk_ends_goes() -> None:
    """Talk to 3600: the caller of 3550 waits until 7200."""
    day = play(FIRST_HOUR, dials=[3540, 3550])
    assert day.call(1).matched == 7200


def test_who_is_due_at_the_pick_up_answers() -> None:
    """Matched at 3595, due and answering at 3600."""
    day = play(FIRST_HOUR, PICK_UP, dials=[3595])
    assert day.call(0).answered == 3600
    assert day.shifts[0] == "desk/0: 0 to 3600, went 3660"


def test_who_comes_takes_the_caller_before_the_greeting() -> None:
    """At 3600: answered at once there is no greeting; with a pick-up delay there is."""
    at_once = play(SECOND_HOUR, greeting("10 s"), dials=[3590])
    later = play(SECOND_HOUR, PICK_UP, greeting("10 s"), dials=[3590])
    assert (at_once.call(0).greeted, at_once.call(0).answered) == (None, 3600)
    assert (later.call(0).greeted, later.call(0).answered) == (3600, 3605)


def test_who_comes_saves_a_caller_who_would_hang_up_unless_the_pick_up_takes_time() -> None:
    """Patience from 3590 to 3600."""
    at_once = play(SECOND_HOUR, dials=[3590], ring_patience=10)
    later = play(SECOND_HOUR, PICK_UP, dials=[3590], ring_patience=10)
    assert at_once.call(0).answered == 3600
    assert later.first == [
        "dialled 3590, asked sales 3590, matched desk/0 3600, left 3600, freed 3600: abandoned_ringing"
    ]


def test_whoever_leaves_a_menu_finds_who_comes_and_not_who_goes() -> None:
    """Prompts end at 3600."""
    assert play(SECOND_HOUR, MENU, dials=[3585]).call(0).answered == 3600
    assert play(FIRST_HOUR, MENU, dials=[3585]).call(0).answered == 7200


def test_who_comes_takes_the_caller_before_a_rule_and_who_goes_sets_one_off() -> None:
    """The rule of 3600 is void. The rule for nobody on duty fires as the desk, talking to 3640, is due."""
    assert play(NIGHT, SECOND_HOUR, over("10 s"), dials=[3590]).call(0).team == "desk"
    rule = "queues: {sales: {overflow: [{when: nobody on duty, to: vendor night}]}}"
    row = play(NIGHT, FIRST_HOUR, rule, dials=[3580, 3590]).call(1)
    assert (row.vendor, row.matched) == ("night", 3600)


def test_whoever_dials_finds_who_comes_and_not_who_goes() -> None:
    """Dials at 3600."""
    assert play(SECOND_HOUR, dials=[3600]).call(0).answered == 3600
    assert play(FIRST_HOUR, dials=[3600]).call(0).answered == 7200


def test_who_comes_calls_back_and_who_goes_does_not() -> None:
    """Gone in the menu at 3600."""
    tries = [
        play(BACK, MENU, roster, dials=[3596], ring_patience=4).try_rows[0] for roster in (SECOND_HOUR, FIRST_HOUR)
    ]
    assert [[row.dialled for row in rows] for rows in tries] == [[3600], [7200]]


# Ends of wrap-up.


def test_wrap_ups_that_end_together_go_by_slot() -> None:
    """Slot 0 is free of its first call at 15 and talks again 30-90; slot 1 talks 0-90. Both wrap up to 120: slot 0
    takes the caller of 40, slot 1 that of 50, though slot 1's caller has the smaller number."""
    day = play(
        WRAP_UP,
        "teams: {desk: {agents: 2}}",
        dials=[0, 0, 30, 40, 50],
        work={0: 0.25, 1: 1.5},
        wrap_up={"desk": {0: 0}},
    )
    assert [(row.slot, row.matched) for (row,) in day.rows[3:]] == [(0, 120), (1, 120)]


def test_who_has_wrapped_up_is_free_before_who_has_talked() -> None:
    """The desk talks 0-120, the aces talk to 90 and wrap up to 120: they take the first who waits."""
    aces = "teams: {aces: {serves: [sales], agents: 1, wrap_up: 30 s}}"
    day = play(aces, dials=[0, 0, 40, 50], work={0: 2, 1: 1.5})
    assert [(row.team, row.matched) for (row,) in day.rows[2:]] == [("aces", 120), ("desk", 120)]


def test_a_call_that_was_not_picked_up_finds_who_has_wrapped_up() -> None:
    """Slot 0 picks up to 5, talks to 65 and wraps up to 95. Slot 1 has let the caller of 70 ring for 25 s, to 95. If
    another has waited since 80, slot 0 has taken that one at 95, and is free again at 190."""
    rings = {"desk": {1: Legs(99, None)}}
    day = play(IN_VAIN, WRAP_UP, dials=[0, 70], pick_up=rings)
    assert day.first[1] == "dialled 70, asked sales 70, matched desk/0 95, answered 100, left 160, freed 190: answered"
    day = play(IN_VAIN, WRAP_UP, dials=[0, 70, 80], pick_up=rings)
    assert [row.matched for (row,) in day.rows[1:]] == [190, 95]


def test_an_operator_who_has_wrapped_up_may_answer_at_that_moment() -> None:
    """One operator who answers without delay: talk to 60, wrap-up to 80, the next answer at 80."""
    vendor = "vendors: {night: {operators: 1, wrap_up: 20 s}}"
    day = play(
        NIGHT, vendor, "sources: {ads: {goes_to: vendor night}}", dials=[0, 10], vendor_answer=0, ring_patience={1: 70}
    )
    assert day.call(1).answered == 80


def test_who_has_wrapped_up_takes_the_caller_before_the_greeting() -> None:
    """At 90, and the greeting is void if the call is answered at once."""
    at_once = play(WRAP_UP, greeting("80 s"), dials=[0, 10])
    later = play(WRAP_UP, PICK_UP, greeting("80 s"), dials=[0, 10], pick_up={"desk": {0: 0}})
    assert (at_once.call(1).greeted, at_once.call(1).answered) == (None, 90)
    assert (later.call(1).greeted, later.call(1).answered) == (90, 95)


def test_who_has_wrapped_up_saves_a_caller_who_would_hang_up_unless_the_pick_up_takes_time() -> None:
    """Patience from 10 to 90; with a pick-up delay the caller is gone and the agent free for the next at 90."""
    at_once = play(WRAP_UP, dials=[0, 10], ring_patience={1: 80})
    later = play(WRAP_UP, PICK_UP, dials=[0, 10, 20], ring_patience={1: 80}, pick_up={"desk": {0: 0}})
    assert at_once.call(1).answered == 90
    assert later.first[1:] == [
        "dialled 10, asked sales 10, matched desk/0 90, left 90, freed 90: abandoned_ringing",
        "dialled 20, asked sales 20, matched desk/0 90, answered 95, left 155, freed 185: answered",
    ]


def test_whoever_leaves_a_menu_finds_who_has_wrapped_up() -> None:
    """Free at 90, as the prompt ends."""
    assert play(WEB, MENU, WRAP_UP, dials=[(0, "web"), (75, "ads")]).call(1).answered == 90


def test_who_has_wrapped_up_takes_the_caller_before_a_rule() -> None:
    """The rule of 90."""
    assert play(NIGHT, WRAP_UP, over("80 s"), dials=[0, 10]).call(1).team == "desk"


def test_whoever_dials_finds_who_has_wrapped_up_unless_somebody_waits() -> None:
    """Dials at 90."""
    assert play(WRAP_UP, dials=[0, 90]).call(1).answered == 90
    assert [row.answered for (row,) in play(WRAP_UP, dials=[0, 89, 90]).rows] == [0, 90, 180]


def test_who_has_wrapped_up_calls_back_whoever_is_missed_then() -> None:
    """Free at 90, when the other is gone from the menu."""
    day = play(WEB, BACK, MENU, WRAP_UP, dials=[(0, "web"), (86, "ads")], ring_patience={1: 4})
    assert day.try_rows[1][0].dialled == 90


# Ends of talk.


def test_talks_that_end_together_go_by_caller() -> None:
    """Slot 0 talks 0-15 and with caller 2 30-120, slot 1 with caller 1 0-120: caller 1's agent is free first."""
    day = play("teams: {desk: {agents: 2}}", dials=[0, 0, 30, 40, 50], work={0: 0.25, 1: 2, 2: 1.5})
    assert [(row.slot, row.matched) for (row,) in day.rows[3:]] == [(1, 120), (0, 120)]


def test_a_call_that_was_not_picked_up_finds_who_has_talked() -> None:
    """Slot 0 talks 5-65, slot 1 has let the caller of 40 ring to 65. If another has waited since 50, slot 0 has taken
    that one, and is free again at 130."""
    rings = {"desk": {1: Legs(99, None)}}
    day = play(IN_VAIN, dials=[0, 40], pick_up=rings)
    assert day.first[1] == "dialled 40, asked sales 40, matched desk/0 65, answered 70, left 130, freed 130: answered"
    day = play(IN_VAIN, dials=[0, 40, 50], pick_up=rings)
    assert [row.matched for (row,) in day.rows[1:]] == [130, 65]


def test_a_talk_without_length_ends_at_the_answer() -> None:
    """At an agent's and at an operator's: the next is answered at that moment too, before a patience that ends then."""
    desk = play(dials=[0, 10, 20], work={1: 0}, ring_patience={2: 40})
    vendor = play(
        NIGHT, "vendors: {night: {operators: 1}}", "sources: {ads: {goes_to: vendor night}}", dials=[0, 10, 20],
        work={1: 0}, vendor_answer=0, ring_patience={2: 40},
    )  # fmt: skip
    for day in (desk, vendor):
        assert [(row.answered, row.left) for (row,) in day.rows] == [(0, 60), (60, 60), (60, 120)]


def test_who_has_talked_takes_the_caller_before_the_greeting() -> None:
    """At 60."""
    row = play(greeting("50 s"), dials=[0, 10]).call(1)
    assert (row.greeted, row.answered) == (None, 60)


def test_who_has_talked_saves_a_caller_who_would_hang_up_unless_the_pick_up_takes_time() -> None:
    """Patience from 10 to 60; with a pick-up delay the caller is gone, and the agent free for the next at 60."""
    at_once = play(dials=[0, 10], ring_patience={1: 50})
    later = play(PICK_UP, dials=[0, 10, 20], ring_patience={1: 50}, pick_up={"desk": {0: 0}})
    assert at_once.call(1).answered == 60
    assert [(row.outcome, row.matched) for (row,) in later.rows[1:]] == [("abandoned_ringing", 60), ("answered", 60)]


def test_whoever_leaves_a_menu_finds_who_has_talked() -> None:
    """Free at 60, as the prompt ends."""
    assert play(WEB, MENU, dials=[(0, "web"), (45, "ads")]).call(1).answered == 60


def test_who_has_talked_takes_the_caller_before_a_rule_or_an_offer() -> None:
    """The rule, or the offer to keep the place, of 60."""
    assert play(NIGHT, over("50 s"), dials=[0, 10]).call(1).team == "desk"
    offered = play("queues: {sales: {offer_callback: {after: 50 s, accepts: 100%}}}", dials=[0, 10]).call(1)
    assert (offered.outcome, offered.kept, offered.answered) == ("answered", None, 60)


def test_whoever_dials_finds_the_line_and_the_agent_of_a_talk_that_has_ended() -> None:
    """One line; dials at 59 and 60."""
    day = play("lines: 1", dials=[0, 59, 60])
    assert [(row.outcome, row.answered) for (row,) in day.rows[1:]] == [("blocked", None), ("answered", 60)]


def test_a_callback_gets_the_line_of_a_talk_that_has_ended_unless_somebody_dials() -> None:
    """One line, on which support talks 0-60: the desk calls whoever heard busy at 10. A dial at 60 has the line, and
    the desk calls at 120."""
    quiet = play(BACK, SUPPORT, "lines: 1", dials=[(0, "help"), (10, "ads")])
    dialled = play(BACK, SUPPORT, "lines: 1", dials=[(0, "help"), (10, "ads"), (60, "help")])
    assert (quiet.try_rows[1][0].dialled, dialled.try_rows[1][0].dialled) == (60, 120)


def test_an_agent_who_is_free_looks_for_a_callback_before_somebody_dials() -> None:
    """Missed at 30, the desk is free at 60 and nobody waits: it calls. Whoever dials at 60 waits to 120."""
    day = play(BACK, dials=[0, 10, 60], ring_patience={1: 20})
    assert day.try_rows[1][0].dialled == 60
    assert day.call(2).matched == 120


# Pick-ups and answers.


def test_a_pick_up_comes_before_the_greeting() -> None:
    """Both at 5."""
    row = play(PICK_UP, greeting("5 s"), dials=[0]).call(0)
    assert (row.greeted, row.answered) == (None, 5)


def test_a_pick_up_comes_before_the_end_of_patience() -> None:
    """Both at 5."""
    assert play(PICK_UP, dials=[0], ring_patience=5).call(0).answered == 5


def test_a_rule_is_void_during_the_pick_up_and_fires_when_the_agent_has_not_answered() -> None:
    """Matched at 65. The pick-up and the rule are due at 70: answered. Rung in vain to 90, when the rule is due: the
    call is back in the queue, and goes on to the vendor."""
    answered = play(NIGHT, PICK_UP, over("60 s"), dials=[0, 10])
    assert (answered.call(1).team, answered.call(1).answered) == ("desk", 70)
    alone = "teams: {desk: {agents: 1}}"
    in_vain = play(NIGHT, IN_VAIN, alone, over("80 s"), dials=[0, 10], pick_up={"desk": {1: Legs(99, None)}})
    assert (in_vain.call(1).vendor, in_vain.call(1).matched) == ("night", 90)


def test_calls_that_were_not_picked_up_together_go_by_number() -> None:
    """Slots 1 and 2 have let the callers of 45 ring to 70; slot 0, idle since 65, takes the first, to 135."""
    three = "teams: {desk: {agents: 3}}"
    rings = Legs(99, None)
    day = play(IN_VAIN, three, dials=[0, 45, 45], pick_up={"desk": {1: rings, 2: rings}})
    assert [row.matched for (row,) in day.rows[1:]] == [70, 135]


def test_a_call_that_was_not_picked_up_comes_before_who_leaves_a_menu_who_dials_and_a_callback() -> None:
    """Slot 1 has let the caller of 45 ring to 70; slot 0, idle since 65, takes the call, to 135. So do not get it: whose
    prompt ends at 70, who dials then, who has given up in the menu then."""
    rings = {"desk": {1: Legs(99, None)}}
    first: list[float | tuple[float, str]] = [(0, "web"), (45, "web")]
    menu = play(WEB, MENU, IN_VAIN, dials=[*first, (55, "ads")], pick_up=rings)
    dial = play(WEB, MENU, IN_VAIN, dials=[*first, (70, "web")], pick_up=rings)
    missed = play(WEB, MENU, IN_VAIN, BACK, dials=[*first, (66, "ads")], pick_up=rings, ring_patience={2: 4})
    assert [day.call(1).matched for day in (menu, dial, missed)] == [70, 70, 70]
    assert (menu.call(2).matched, dial.call(2).matched, missed.try_rows[2][0].dialled) == (135, 135, 135)


def test_an_operator_s_answer_comes_before_the_end_of_patience() -> None:
    """Both at 10."""
    day = play(NIGHT, "sources: {ads: {goes_to: vendor night}}", dials=[0], ring_patience=10)
    assert day.call(0).answered == 10


def test_a_machine_s_answer_comes_before_the_end_of_ring_patience() -> None:
    """Queue and menu answer at 15, when ring patience ends; hold patience of no length ends at that moment too."""
    queue = play(greeting("5 s"), dials=[0, 10, 10], ring_patience={1: 5, 2: 5}, hold_patience={2: 0})
    menu = play(MENU, dials=[10], ring_patience=5)
    assert queue.first[1:] == [
        "dialled 10, asked sales 10, greeted 15, matched desk/0 60, answered 60, left 120, freed 120: answered",
        "dialled 10, asked sales 10, greeted 15, left 15: abandoned_queue",
    ]
    assert menu.call(0).greeted == 15


def test_a_prompt_without_length_ends_at_the_answer() -> None:
    """Both at 5, and patience that ends then is over."""
    row = play(MENU, dials=[0], prompt=0, ring_patience=5).call(0)
    assert (row.greeted, row.asked) == (5, 5)


def test_whoever_is_greeted_as_a_rule_fires_moves_under_hold_patience() -> None:
    """Both at 30; ring patience, to 45, is over, hold patience of 20 s ends at 50 in support."""
    day = play(
        SUPPORT, greeting("20 s"), over("20 s", "to: queue support"), dials=[(0, "ads"), (0, "help"), (10, "ads")],
        work={0: 10, 1: 10}, ring_patience={2: 35}, hold_patience={2: 20},
    )  # fmt: skip
    assert day.first[2] == "dialled 10, asked sales 10, greeted 30, left 50: abandoned_queue at support"


# Ends of patience.


def test_those_who_hang_up_together_go_by_number() -> None:
    """Both at 30: the first's callback is the older one."""
    day = play(BACK, dials=[0, 10, 20], ring_patience={1: 20, 2: 10})
    assert [row.dialled for (row,) in day.try_rows[1:]] == [60, 120]


def test_whoever_hangs_up_leaves_room_for_one_who_leaves_a_menu() -> None:
    """Room for one, left at 40, as the prompt ends."""
    room = "queues: {sales: {room_for: 1}}"
    day = play(WEB, MENU, room, dials=[(0, "web"), (10, "web"), (25, "ads")], ring_patience={1: 30})
    assert (day.call(1).left, day.call(2).asked, day.call(2).answered) == (40, 40, 60)


def test_whoever_hangs_up_as_a_rule_is_due_is_gone_and_leaves_room_for_others() -> None:
    """Patience and rule at 30: gone. In support, which has room for one, somebody hangs up at 30: the rule fires."""
    own = play(NIGHT, over("20 s"), dials=[0, 10], ring_patience={1: 20})
    assert own.first[1] == "dialled 10, asked sales 10, left 30: abandoned_ringing"
    day = play(
        SUPPORT, "queues: {support: {room_for: 1}}", over("20 s", "to: queue support"),
        dials=[(0, "ads"), (0, "help"), (5, "help"), (10, "ads")], work={0: 10}, ring_patience={2: 25},
    )  # fmt: skip
    assert (day.call(2).left, day.call(3).team, day.call(3).matched) == (30, "helpers", 60)


def test_whoever_hangs_up_leaves_the_line_for_whoever_dials() -> None:
    """Two lines; dials at 29 and 30."""
    day = play("lines: 2", dials=[0, 10, 29, 30], ring_patience={1: 20})
    assert [row.outcome for (row,) in day.rows[2:]] == ["blocked", "answered"]


def test_whoever_hangs_up_may_be_called_back_at_that_moment() -> None:
    """Gone from the menu at 14; the desk is idle."""
    assert play(BACK, MENU, dials=[10], ring_patience=4).try_rows[0][0].dialled == 14


# Ends of menus, rules, dials, callbacks.


def test_prompts_that_end_together_go_by_number() -> None:
    """Both at 20: the first's, begun at 10, and the second's, begun at 2."""
    other = """
    sources: {web: {goes_to: menu other}}
    menus:
      main: {answers_after: 10 s}
      other: {answers_after: 1 s, prompt: 18 s, keys: [{share: 100%, to: queue sales}]}
    """
    day = play(MENU, WEB, other, dials=[(0, "ads"), (1, "web")])
    assert [row.answered for (row,) in day.rows] == [20, 80]


def test_whoever_leaves_a_menu_joins_before_a_rule_fires() -> None:
    """Support has room for one: at 30 the prompt ends, and the rule that is due finds it full."""
    menu = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue support}]}}
    queues: {support: {room_for: 1}}
    """
    day = play(
        SUPPORT, WEB, menu, over("20 s", "to: queue support"),
        dials=[(0, "ads"), (0, "help"), (10, "ads"), (15, "web")],
    )  # fmt: skip
    assert [(row.team, row.matched) for (row,) in day.rows[2:]] == [("desk", 60), ("helpers", 60)]


def test_whoever_leaves_a_menu_asks_before_whoever_dials() -> None:
    """At 15."""
    day = play(WEB, MENU, dials=[(0, "ads"), (15, "web")])
    assert [row.answered for (row,) in day.rows] == [15, 75]


def test_whoever_has_left_a_message_may_be_called_back_at_that_moment() -> None:
    """The message takes 10-30; the desk is idle."""
    voicemail = "voicemail: {leaves: 100%, takes: 20 s}"
    day = play(voicemail, BACK, "sources: {ads: {goes_to: voicemail}}", dials=[10])
    assert day.try_rows[0][0].dialled == 30


def test_rules_that_are_due_together_go_by_caller_then_by_the_file() -> None:
    """Of one caller's two rules the first in the file moves. Of two callers, 10 and 10, the first has the one place."""
    two = "queues: {sales: {overflow: [{after: 20 s, to: queue support}, {after: 20 s, to: vendor night}]}}"
    assert play(SUPPORT, NIGHT, two, dials=[(0, "ads"), (10, "ads")]).call(1).team == "helpers"
    day = play(
        SUPPORT, "queues: {support: {room_for: 1}}", over("20 s", "to: queue support"),
        dials=[(0, "ads"), (0, "help"), (10, "ads"), (10, "ads")], work={0: 10},
    )  # fmt: skip
    assert [(row.team, row.matched) for (row,) in day.rows[2:]] == [("helpers", 60), ("desk", 600)]


def test_whoever_is_moved_comes_before_whoever_dials() -> None:
    """Support is idle at 30."""
    day = play(SUPPORT, over("20 s", "to: queue support"), dials=[(0, "ads"), (10, "ads"), (30, "help")])
    assert [row.matched for (row,) in day.rows[1:]] == [30, 90]


def test_whoever_is_moved_comes_before_a_callback() -> None:
    """Support calls back: gone from the menu at 30, called at 90."""
    by = "callbacks: {by: helpers}"
    menu = "sources: {web: {goes_to: menu main}}"
    day = play(
        SUPPORT, WEB, BACK, by, MENU, "sources: {ads: {goes_to: queue sales}}", menu, over("20 s", "to: queue support"),
        dials=[(0, "ads"), (10, "ads"), (26, "web")], ring_patience={2: 4},
    )  # fmt: skip
    assert (day.call(1).matched, day.try_rows[2][0].dialled) == (30, 90)


def test_dials_and_redials_at_one_moment_go_by_number() -> None:
    """One line, free at 60: who heard busy at 10 has it, not who dials for the first time."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 50 s, at_most: 1}}}"
    day = play("lines: 1", redial, dials=[0, 10, 60])
    assert day.call(1, 2).answered == 60
    assert day.call(2).outcome == "blocked"


def test_whoever_dials_comes_before_a_callback() -> None:
    """Gone from the menu at 14, when another dials and takes the desk to 74. And who redials at 644, ten
    minutes after a try in vain over 19-44, is in the menu when the next is due, and is answered at 659."""
    day = play(BACK, WEB, MENU, dials=[(10, "ads"), (14, "web")], ring_patience={0: 4})
    assert (day.call(1).answered, day.try_rows[0][0].dialled) == (14, 74)
    redial = "sources: {ads: {redial: {chance: 100%, after: 625 s, at_most: 1}}}"
    own = play(BACK, MENU, redial, dials=[15], ring_patience={0: [4, 99]}, reached=0.9)
    assert [(row.dialled, row.answered) for row in own.rows[0]] == [(15, None), (644, 659)]
    assert own.tries[0] == ["1 desk/0: dialled 19, left 44, freed 44"]


def test_whoever_dials_comes_before_a_form_left_then() -> None:
    """A form and a call at 14, in this order: the call is taken, and the form is called at 74."""
    form = "sources: {web: {channel: form, callers: 1 per hour, talk: 60 s}}"
    day = play(BACK, form, "callbacks: {for: [form]}", dials=[(14, "web"), (14, "ads")])
    assert (day.call(1).answered, day.try_rows[0][0].dialled) == (14, 74)


def test_callbacks_due_together_go_by_caller() -> None:
    """Both gone from the menu at 14; the desk is idle and calls the first."""
    day = play(BACK, MENU, dials=[10, 10], ring_patience=4)
    assert [rows[0].dialled for rows in day.try_rows] == [14, 74]


# The table.


def kinds() -> list[str]:
    """The kinds of events by their rank, in the words of the table."""
    numbers = {name: value for name, value in vars(order).items() if isinstance(value, int)}
    words = sorted(numbers, key=lambda name: numbers[name])
    return [
        name.lower().replace("_", " ").replace("wrap up", "wrap-up").replace("pick up", "pick-up") for name in words
    ]


def lines() -> list[list[str]]:
    """The cells of the table: first kind, second kind, what happens, tests."""
    text = TABLE.read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if len(row) == 4 and row[0] in kinds()]


def test_the_table_has_every_pair_in_order() -> None:
    """Each kind with itself and with every later one."""
    assert [(first, second) for first, second, _, _ in lines()] == list(combinations_with_replacement(kinds(), 2))


def test_every_test_in_the_table_exists_and_every_tie_tested_is_in_the_table() -> None:
    """Names stand in backquotes; pairs without a test say why none is needed."""
    named = [name for *_, tests in lines() for name in re.findall(r"`(\w+)`", tests)]
    written = {name for name in globals() if name.startswith("test_")}
    tables = {
        "test_the_table_has_every_pair_in_order",
        test_every_test_in_the_table_exists_and_every_tie_tested_is_in_the_table.__name__,
    }
    assert set(named) == written - tables
    assert all(what.endswith(".") and len(what) > 20 for _, _, what, _ in lines())
    assert all(tests == "-" or "`" in tests for *_, tests in lines())
