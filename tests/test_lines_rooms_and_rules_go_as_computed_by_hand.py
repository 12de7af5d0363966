"""Lines, rooms and rules on the second look: counted twice, not left, or of an earlier stay in a queue.

Small days whose arithmetic stands in each docstring. Talks take 60 s and there is one agent at the desk of sales,
always, unless a test says otherwise (tests/script.py). 09:00 is 32 400 s, 18:00 is 64 800 s; a day has 86 400 s.
"""

from __future__ import annotations

from tests.script import SUPPORT, WEB, Legs, play

DAY = 86_400
LONG = 10
"""Work of a talk of 600 s."""
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
TWO_DAYS = "calendar: {days: 2, open: {every day: 09:00-18:00}}"
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""
STRAIGHT = "sources: {ads: {goes_to: vendor night}}"
BACK = """
callbacks: {for: [missed, voicemail], by: desk, number_known: 90%, reaches: 60%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
"""
VOICEMAIL = "voicemail: {leaves: 25%, takes: 20 s}"
OFFER = "queues: {sales: {offer_callback: {after: 20 s, accepts: 40%}}}"
THROUGH = "queues: {sales: {transfer: {chance: 50%, to: queue support}}}"
PUT_THROUGH = {"sales": 0.0}
"""The draw of whoever is put through from sales."""
TWO = "teams: {desk: {agents: 2}}"
ORDERS = """
sources:
  orders: {callers: 1 per hour, goes_to: queue orders, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
queues: {orders: {}}
teams: {clerks: {serves: [orders], agents: 1}}
"""
ALL_DAY = "teams: {desk: {agents: {every day: {00:00-24:00: 1}}}}"
AGAIN = "sources: {ads: {redial: {chance: 100%, after: 60 s, at_most: 3}}}"


def rules(*texts: str, of: str = "sales") -> str:
    return f"queues: {{{of}: {{overflow: [{', '.join(texts)}]}}}}"


def vendor(text: str) -> str:
    return f"vendors: {{night: {{{text}}}}}"


# Lines.


def test_a_call_to_a_kept_place_takes_one_line_until_it_ends() -> None:
    """Two lines. The desk talks 0-100, the place is kept at 30 and dialled at 100, talk to 160. Support takes the
    other line at 110, so 120 hears busy; at 161 the line of the kept place is free again, and that of support is
    taken until 170."""
    day = play(
        SUPPORT, OFFER, "lines: 2", dials=[0, 10, (110, "help"), 120, 161, 162], work={0: 100 / 60},
        accepts={"sales": {1: 0.1}},
    )  # fmt: skip
    assert day.call(1).matched == 100
    assert [row.outcome for (row,) in day.rows] == [
        "answered", "kept_place", "answered", "blocked", "answered", "blocked",
    ]  # fmt: skip


def test_a_call_back_takes_one_line_more_and_gives_one_back() -> None:
    """Three lines. The caller of 20 hangs up at 30. Support talks 0-600 on one line; the desk is free at 100 and calls
    back, talk 100-160, on a second. Of two callers of support at 110 one waits on the third, and the other, whose
    number is not known, hears busy. At 170 two lines are taken: one of two gets the third."""
    day = play(
        SUPPORT, BACK, "lines: 3", dials=[(0, "help"), 0, 20, (110, "help"), (110, "help"), (170, "help"), (170, "help")],
        work={0: LONG, 1: 100 / 60}, ring_patience={2: 10}, number_known={4: 0.9},
    )  # fmt: skip
    assert day.jobs[2] == ["missed, opened 30, tries 1, reached 100, closed 160: reached"]
    assert [row.outcome for (row,) in day.rows[3:]] == ["answered", "blocked", "answered", "blocked"]


def test_the_line_of_a_call_back_goes_to_the_next_one_while_the_agent_wraps_up() -> None:
    """One line, two agents who come at 100; two were missed at 15 and 25. Slot 0 calls the first, talk 100-160 and
    wrap-up to 190; slot 1 has the line at 160."""
    team = "teams: {desk: {wrap_up: 30 s, agents: {every day: {01:00-24:00: 2}}}}"
    day = play(BACK, "lines: 1", team, dials=[0, 20], ring_patience=5)
    assert day.tries == [
        ["1 desk/0 (sales): dialled 3600, answered 3600, left 3660, freed 3690"],
        ["1 desk/1 (sales): dialled 3660, answered 3660, left 3720, freed 3750"],
    ]


def test_a_line_that_a_vendor_has_released_is_not_released_again() -> None:
    """Two lines, one of them the desk's over 0-600. The other is released as the caller of 5 moves on at 25, and not
    again when the operator's talk ends at 95: the caller of 90 holds it, so that 96 hears busy."""
    day = play(
        NIGHT, "lines: 2", vendor("releases_line: true"), rules("{after: 20 s, to: vendor night}"), dials=[0, 5, 90, 96],
        work={0: LONG},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows] == ["answered", "outsourced", "outsourced", "blocked"]


# Rooms.


ROOM = "queues: {sales: {room_for: 1}}"


def test_whoever_is_moved_to_a_vendor_leaves_room() -> None:
    """Room for one: the caller of 10 moves on at 30, so that the one of 31 finds room and the one of 32 does not."""
    day = play(NIGHT, ROOM, rules("{after: 20 s, to: vendor night}"), dials=[0, 10, 31, 32], work={0: LONG})
    assert [row.outcome for (row,) in day.rows] == ["answered", "outsourced", "outsourced", "blocked"]


def test_whoever_is_sent_away_at_closing_leaves_room_for_the_next_day() -> None:
    """Room for one, taken at closing by the caller of 64 795, who is sent away. On Tuesday the desk is busy from
    9:00, and one may wait."""
    day = play(
        TWO_DAYS, ROOM, "queues: {sales: {at_closing: closed}}",
        dials=[64_790, 64_795, DAY + 32_400, DAY + 32_401, DAY + 32_402],
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows] == ["answered", "closed", "answered", "answered", "blocked"]


def test_who_hangs_up_leaves_room_for_one() -> None:
    """Room for one in sales and for two in support, where the caller of 5 waits as well from 10 on. Gone at 15 from
    both: of the callers of 20 and 21 one may wait for sales, and of three at 22 two for support."""
    text = "queues: {sales: {room_for: 1, overflow: [{after: 5 s, also: queue support}]}, support: {room_for: 2}}"
    day = play(
        SUPPORT, text, dials=[0, (0, "help"), 5, 20, 21, (22, "help"), (22, "help"), (22, "help")],
        work={0: LONG, 1: LONG}, ring_patience={2: 10, 3: 3},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[2:]] == [
        "abandoned_ringing", "abandoned_ringing", "blocked", "answered", "answered", "blocked",
    ]  # fmt: skip


BOTH = """
queues:
  sales: {at_closing: closed, overflow: [{after: 5 s, also: queue support}]}
  support: {open: always}
teams: {helpers: {agents: {every day: {00:00-24:00: 1}}}}
"""
"""Sales closes at 18:00; whoever has waited for 5 s waits for support as well."""


def test_all_who_wait_elsewhere_too_leave_the_row_of_a_queue_that_closes() -> None:
    """Both desks are busy. Two callers wait for sales since 64 710 and 64 711, for support since 64 715 and 64 716. At
    closing neither is sent away; support takes one after the other, from 64 860 on."""
    day = play(
        SUPPORT, TWO_DAYS, BOTH, dials=[64_700, (64_700, "help"), 64_710, 64_711], work={0: 160 / 60, 1: 160 / 60}
    )
    assert [(row.matched, row.outcome) for (row,) in day.rows[2:]] == [(64_860, "answered"), (64_920, "answered")]


def test_a_queue_that_closes_sends_away_whoever_waits_only_there() -> None:
    """The caller of 64 797 has not waited for 5 s when sales closes; the desk is there all day, but not for sales."""
    day = play(
        SUPPORT,
        TWO_DAYS,
        BOTH,
        ALL_DAY,
        dials=[64_700, (64_700, "help"), 64_710, 64_797],
        work={0: 160 / 60, 1: 160 / 60},
    )
    assert [(row.left, row.outcome) for (row,) in day.rows[2:]] == [(64_920, "answered"), (64_800, "closed")]


def test_who_waits_elsewhere_too_leaves_room_in_a_queue_that_closes() -> None:
    """The same with room for two. On Tuesday, the desk busy from 9:00, two may wait for sales, and not a third."""
    room = "queues: {sales: {room_for: 2}}"
    morning = DAY + 32_400
    day = play(
        SUPPORT, TWO_DAYS, BOTH, room,
        dials=[64_700, (64_700, "help"), 64_710, 64_711, morning, morning + 1, morning + 2, morning + 3],
        work={0: 160 / 60, 1: 160 / 60, 4: 0.05},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[4:]] == ["answered", "answered", "answered", "answered"]
    day = play(
        SUPPORT, TWO_DAYS, BOTH, room, "teams: {helpers: {agents: {every day: {00:00-20:00: 1}}}}",
        dials=[64_700, (64_700, "help"), 64_710, 64_711, morning, morning + 1, morning + 2, morning + 3],
        work={0: 160 / 60, 1: 160 / 60},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[4:]] == ["answered", "answered", "answered", "blocked"]


# Rules of an earlier stay.


def test_the_rules_of_a_queue_are_void_once_the_caller_is_put_through() -> None:
    """From sales to support at 30 and answered there at 50. Put through to orders at 110, where the clerk is busy
    until 800. Support's rule of 60 s after 30 would lead to the vendor at 90; one of 100 s at 130: both are void."""
    day = play(
        SUPPORT, ORDERS, NIGHT, rules("{after: 20 s, to: queue support}"),
        rules("{after: 60 s, to: vendor night}", "{after: 100 s, to: vendor night}", of="support"),
        "queues: {support: {transfer: {chance: 50%, to: queue orders}}}",
        dials=[0, (0, "help"), (0, "orders"), 10], work={0: LONG, 1: 50 / 60, 2: 800 / 60},
        transfer={"support": {3: 0.0}},
    )  # fmt: skip
    assert day.first[3] == (
        "dialled 10, asked sales 10, matched helpers/0 50, answered 50, transferred 110, freed 110, left 860: "
        "answered at orders"
    )


def test_rules_from_before_two_moves_stay_void() -> None:
    """From sales, with rules of 20 and 300 s, to support at 30, put through to orders at 90, and there until the clerk
    is free at 800. Neither the rule of sales at 310 nor that of support at 330 moves anybody."""
    day = play(
        SUPPORT, ORDERS, NIGHT, rules("{after: 20 s, to: queue support}", "{after: 300 s, to: vendor night}"),
        rules("{after: 300 s, to: vendor night}", of="support"),
        "queues: {support: {transfer: {chance: 50%, to: queue orders}}}",
        dials=[0, (0, "orders"), 10], work={0: LONG, 1: 800 / 60}, transfer={"support": {2: 0.0}},
    )  # fmt: skip
    assert [row.matched for row in day.leg_rows[2]] == [800]
    assert day.call(2).outcome == "answered"


def test_the_rules_of_a_queue_that_has_closed_are_void_for_who_waits_on_elsewhere() -> None:
    """Moved from orders to sales at 64 700, for support as well from 64 705 on. Sales closes at 64 800; neither its
    rule of 64 840 nor that of orders of 64 850 moves the caller, whom support takes at 64 900."""
    sales = "queues: {sales: {overflow: [{after: 5 s, also: queue support}, {after: 140 s, to: vendor night}]}}"
    orders = rules("{after: 50 s, to: queue sales}", "{after: 200 s, to: vendor night}", of="orders")
    open_ = "queues: {orders: {open: always}}\nteams: {clerks: {agents: {every day: {00:00-24:00: 1}}}}"
    day = play(
        SUPPORT, ORDERS, NIGHT, HOURS, BOTH, sales, orders, open_,
        dials=[(64_600, "ads"), (64_600, "help"), (64_600, "orders"), (64_650, "orders")],
        work={0: LONG, 1: 5, 2: LONG},
    )  # fmt: skip
    assert day.first[3] == (
        "dialled 64650, asked orders 64650, matched helpers/0 64900, answered 64900, left 64960, freed 64960: "
        "answered at support"
    )


def test_rules_of_a_queue_are_void_after_two_moves() -> None:
    """From sales to support at 30 and on to orders at 40, until the clerk is free at 600. Support's rule of 30 s is not
    that of orders: nothing happens at 60."""
    day = play(
        SUPPORT, ORDERS, NIGHT, rules("{after: 20 s, to: queue support}"),
        rules("{after: 10 s, to: queue orders}", "{after: 30 s, to: vendor night}", of="support"),
        dials=[0, (0, "help"), (0, "orders"), 10], work={0: LONG, 1: LONG, 2: LONG},
    )  # fmt: skip
    assert (day.call(3).last_queue, day.call(3).matched, day.call(3).outcome) == ("orders", 600, "answered")


def test_whoever_moves_on_may_again_wait_in_two_queues() -> None:
    """In sales and from 15 on in support as well; at 20 in orders, and from 25 on in support as well: taken there at
    600, before the clerk is free at 900."""
    both = "{after: 5 s, also: queue support}"
    day = play(
        SUPPORT, ORDERS, rules(both, "{after: 10 s, to: queue orders}"), rules(both, of="orders"),
        dials=[0, (0, "help"), (0, "orders"), 10], work={0: 20, 1: LONG, 2: 15},
    )  # fmt: skip
    assert (day.call(3).team, day.call(3).matched) == ("helpers", 600)


def test_the_rules_of_a_queue_are_not_for_those_who_wait_there_as_well() -> None:
    """Desk and helper are due at 3600 and busy until 7200. Support's rule for nobody on duty leads to the vendor; but
    the caller of 10 is one of sales, and waits on until patience ends at 5010."""
    text = """
    queues: {support: {overflow: [{when: nobody on duty, to: vendor night}]}}
    teams: {desk: {agents: {every day: {00:00-01:00: 1}}}, helpers: {agents: {every day: {00:00-01:00: 1}}}}
    """
    day = play(
        SUPPORT, NIGHT, text, rules("{after: 5 s, also: queue support}"), dials=[0, (0, "help"), 10],
        work={0: 120, 1: 120}, ring_patience={2: 5000},
    )  # fmt: skip
    assert day.first[2] == "dialled 10, asked sales 10, left 5010: abandoned_ringing"


def test_a_caller_waits_once_in_each_further_queue() -> None:
    """Two rules of sales, of 5 and 10 s, let the caller of 10 wait for support as well: that is one place there, and
    with room for two the helpers' own caller of 30 finds the other."""
    both = rules("{after: 5 s, also: queue support}", "{after: 10 s, also: queue support}")
    day = play(
        SUPPORT, both, "queues: {support: {room_for: 2}}", dials=[0, (0, "help"), 10, (30, "help"), (31, "help")],
        work={0: LONG, 1: LONG},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[3:]] == ["answered", "blocked"]


# Calls that agents leave unanswered.


RINGS_OUT = "teams: {desk: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"


def test_a_call_that_rings_in_vain_while_the_queue_closes_has_found_it_closed() -> None:
    """Matched at 64 795, sales closes at 64 800, the agent, who is there all day, has not answered at 64 805. Nobody
    waits any more: the caller is sent away, or where the rule for a closed queue says."""
    closes = "queues: {sales: {at_closing: closed}}"
    day = play(HOURS, RINGS_OUT, ALL_DAY, closes, dials=[64_795], pick_up=20)
    assert day.first == ["dialled 64795, asked sales 64795, left 64805: closed (closed_while_waiting)"]
    day = play(
        HOURS, RINGS_OUT, ALL_DAY, VOICEMAIL, closes, "queues: {sales: {closed: voicemail}}", dials=[64_795], pick_up=20
    )
    assert day.first == [
        "dialled 64795, asked sales 64795, greeted 64805, left 64825: voicemail (closed_while_waiting)"
    ]


def test_a_call_that_rang_in_vain_as_the_queue_closed_does_not_wait_for_agents_who_stay() -> None:
    """The same, with a second agent who is there all day and talks to 64 890: sales sends away all the same."""
    closes = "queues: {sales: {at_closing: closed}}"
    two = "teams: {desk: {agents: {every day: {00:00-24:00: 2}}}}"
    day = play(HOURS, RINGS_OUT, two, closes, dials=[64_285, 64_795], pick_up={0: 5, 1: 20}, work={0: LONG})
    assert day.first[1] == "dialled 64795, asked sales 64795, left 64805: closed (closed_while_waiting)"


def test_a_queue_that_opens_as_it_closes_sends_nobody_away() -> None:
    """Open on Monday until midnight and on Tuesday from midnight on: who waits then is served at 86 420."""
    night = "{mon: 20:00-24:00, tue: 00:00-02:00}"
    day = play(
        f"calendar: {{days: 2, open: {night}}}",
        ALL_DAY,
        "queues: {sales: {at_closing: closed}}",
        dials=[86_360, 86_370],
    )
    assert day.call(1).matched == 86_420


def test_a_call_that_rang_in_vain_as_the_queue_closed_leaves_room() -> None:
    """Room for one. On Tuesday the desk takes the caller of 9:00, and the next one may wait."""
    closes = "queues: {sales: {at_closing: closed, room_for: 1}}"
    morning = DAY + 32_400
    day = play(TWO_DAYS, RINGS_OUT, ALL_DAY, closes, dials=[64_795, morning, morning + 1, morning + 2], pick_up={0: 20})
    assert [row.outcome for (row,) in day.rows] == ["closed", "answered", "answered", "blocked"]


def test_a_call_that_rang_in_vain_as_the_queue_closed_is_still_served_by_who_stays() -> None:
    """Two agents are due at 64 800, one talks 64 700-64 850 and the other lets it ring 64 795-64 805 and goes home. The
    first one takes the call at 64 850."""
    day = play(HOURS, RINGS_OUT, TWO, dials=[64_695, 64_795], pick_up={1: Legs(20, 5)}, work={0: 2.5})
    assert (day.call(1).slot, day.call(1).matched, day.call(1).answered) == (0, 64_850, 64_855)
    assert [row.went for row in day.duties] == [64_915, 64_805]


def test_a_call_that_goes_to_another_agent_has_left_the_row() -> None:
    """Room for one. Slot 0 lets it ring 0-10, and slot 1 has the call. Slot 0 is out of reach: of the callers of 20 and
    21 one may wait."""
    day = play(RINGS_OUT, TWO, "queues: {sales: {room_for: 1}}", dials=[0, 20, 21], pick_up={0: Legs(20, 5)})
    assert [row.outcome for (row,) in day.rows] == ["answered", "answered", "blocked"]


def test_ringing_in_vain_is_handling() -> None:
    """Slot 0 lets it ring 0-10; slot 1 picks up at 15 a talk of no length: 5 s. At 100 slot 1 is the less busy."""
    day = play(
        RINGS_OUT, TWO, "queues: {sales: {pick: least busy}}", dials=[0, 100], pick_up={0: Legs(20, 5)}, work={0: 0}
    )
    assert [row.slot for (row,) in day.rows] == [1, 1]


def test_rules_hold_through_one_unanswered_ring_after_the_other() -> None:
    """Rung in vain 0-10, out of reach to 70, rung in vain to 80: the rule of 100 s still moves the caller at 100."""
    day = play(SUPPORT, RINGS_OUT, rules("{after: 100 s, to: queue support}"), dials=[0], pick_up=20)
    assert day.first == [
        "dialled 0, asked sales 0, matched helpers/0 100, answered 100, left 160, freed 160: answered at support"
    ]


def test_rules_of_a_queue_stay_void_after_a_ring_in_vain_and_a_move() -> None:
    """The caller of 1 waits to 4, is rung in vain 4-14 and goes over to support at 21, until the helper is free at 600:
    the rule of sales at 301 is void."""
    two = rules("{after: 20 s, to: queue support}", "{after: 300 s, to: vendor night}")
    day = play(
        SUPPORT, NIGHT, RINGS_OUT, two, dials=[(0, "help"), 0, 1], pick_up={1: 0, 2: 20}, work={0: LONG, 1: 4 / 60}
    )
    assert [(row.asked, row.left) for row in day.leg_rows[2]] == [(1, 14)]
    assert (day.call(2).team, day.call(2).matched) == ("helpers", 600)


def test_rules_stay_void_after_two_moves_and_a_ring_in_vain() -> None:
    """From sales to support at 21 and on to orders at 31, where the clerk is free at 40, lets it ring to 50 and is back
    at 110. Support's rule of 30 s, at 51, is void."""
    clerks = "teams: {clerks: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"
    day = play(
        SUPPORT, ORDERS, NIGHT, clerks, rules("{after: 20 s, to: queue support}"),
        rules("{after: 10 s, to: queue orders}", "{after: 30 s, to: vendor night}", of="support"),
        dials=[0, (0, "help"), (0, "orders"), 1], work={0: LONG, 1: LONG, 2: 40 / 60},
        pick_up={2: 0, 3: Legs(20, 5)},
    )  # fmt: skip
    assert (day.call(3).team, day.call(3).matched, day.call(3).answered) == ("clerks", 110, 115)


# Draws of their own.


def test_whoever_let_a_call_ring_counts_no_more_once_it_is_put_through() -> None:
    """Slot 0 lets it ring 0-10; slot 1 answers at 15 and wraps up for 20 s, the second draw. The helper is the first
    after the transfer, and has the draw of that leg, 20 s, not a third one."""
    team = """
    teams:
      desk: {agents: 2, answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s, wrap_up: 5 s}
      helpers: {wrap_up: 5 s}
    """
    day = play(SUPPORT, THROUGH, team, dials=[0], pick_up=Legs(20, 5), wrap_up=Legs(10, 20, 30), transfer=PUT_THROUGH)
    assert (day.call(0).transferred, day.call(0).freed) == (75, 95)
    assert (day.leg_rows[0][-1].left, day.leg_rows[0][-1].freed) == (135, 155)


def test_a_second_attempt_left_unanswered_has_draws_of_its_own() -> None:
    """Rung for 10 s in vain at 0, and again from 70 on, until the caller hangs up at 75. The redial of 135 rings in vain
    to 145. When the agent is back at 205, the first attempt would have had to ring for 20 s; the second has 5 s."""
    team = "teams: {desk: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"
    day = play(team, AGAIN, dials=[0], pick_up={0: [Legs(20, 20), Legs(20, 5)]}, ring_patience={0: [75, 1000]})
    assert [row.left for row in day.rows[0]] == [75, 270]
    assert (day.call(0, 2).matched, day.call(0, 2).answered) == (205, 210)


def test_each_further_talk_has_a_need_and_a_wrap_up_of_its_own() -> None:
    """Put through twice: 60 s, then 60 s x 2 and a wrap-up of 20 s, then 60 s x 3 and one of 30 s."""
    on = "queues: {support: {transfer: {chance: 50%, to: queue orders}}}"
    wrap_ups = "teams: {helpers: {wrap_up: 5 s}, clerks: {wrap_up: 5 s}}"
    day = play(
        SUPPORT, ORDERS, THROUGH, on, wrap_ups, dials=[0], work=Legs(1, 2, 3), wrap_up=Legs(10, 20, 30), transfer=0.0
    )
    assert [(row.answered, row.left, row.freed) for row in day.leg_rows[0]] == [(60, 180, 200), (180, 360, 390)]


def test_a_call_back_has_the_need_of_the_call() -> None:
    """60 s x 2; the need of a further leg, x 3, is none of it."""
    day = play(BACK, dials=[0, 5], work={1: Legs(2, 3)}, ring_patience={1: 5})
    assert (day.try_rows[1][0].dialled, day.try_rows[1][0].left) == (60, 180)


def test_a_call_at_a_vendor_has_the_need_of_its_leg() -> None:
    """Straight to the vendor a talk of 60 s x 2; after a transfer of 60 s x 3."""
    day = play(NIGHT, STRAIGHT, dials=[0], work=Legs(2, 3))
    assert day.call(0).left == 130
    moved = "queues: {support: {overflow: [{after: 5 s, to: vendor night}]}}"
    day = play(
        SUPPORT, NIGHT, THROUGH, moved, dials=[(0, "help"), 0], work={0: LONG, 1: Legs(2, 3)},
        transfer=PUT_THROUGH,
    )  # fmt: skip
    assert (day.call(1).transferred, day.call(1).left) == (120, 120 + 5 + 10 + 180)


def test_the_talk_of_a_call_back_is_that_of_the_queue_first_asked_for() -> None:
    """Support talks for 40 s and sales for 60 s. Called back from the desk of sales: 40 s x 2 for who asked for
    support, 60 s x 3 for who asked for sales, in either order of the file, and 60 s x 3 for who never asked."""
    menu = "menus: {main: {answers_after: 5 s, prompt: 10 s, hangs_up: 5%, keys: [{share: 100%, to: queue support}]}}"
    talk = "queues: {support: {talk: 40 s}}"
    other = "sources: {ads: {goes_to: menu main}}"
    drawn = {"work": 3, "work_in": 2}
    asked = play(
        SUPPORT, talk, BACK, "teams: {helpers: {agents: {every day: {12:00-13:00: 1}}}}",
        dials=[0, (1000, "help")], ring_patience={1: 5}, **drawn,
    )  # fmt: skip
    assert asked.tries[1] == ["1 desk/0 (support): dialled 1005, answered 1005, left 1085, freed 1085"]
    own = play(SUPPORT, talk, BACK, dials=[0, 100], ring_patience={1: 5}, **drawn)
    assert own.tries[1] == ["1 desk/0 (sales): dialled 180, answered 180, left 360, freed 360"]
    never = play(SUPPORT, talk, BACK, menu, other, dials=[0], hang_up={"main": 0.0}, **drawn)
    assert never.tries[0] == ["1 desk/0: dialled 5, answered 5, left 185, freed 185"]
    first = play("queues: {sales: {talk: 40 s}}", BACK, dials=[0, 10], ring_patience={1: 5}, **drawn)
    assert first.tries[1] == ["1 desk/0 (sales): dialled 80, answered 80, left 160, freed 160"]


# When the need was met.


def test_the_need_is_met_when_the_talk_begins_that_meets_it() -> None:
    """An operator answers at 10; the desk reaches at 100 whom it missed at 30."""
    assert play(NIGHT, STRAIGHT, dials=[0]).callers[0][0].served == 10
    day = play(BACK, dials=[0, 10], work={0: 100 / 60}, ring_patience={1: 20})
    assert day.callers[1][0].served == 100


# Operators and lines of a vendor.


def test_an_operator_who_is_free_is_free_once() -> None:
    """Two operators, delay 10 s and talk 60 s. From 0 to 70 both are taken, and the caller of 5 follows at 70. At 300
    both are idle: of three callers two are taken at once and the third at 370, and so again at 600."""
    day = play(
        NIGHT, STRAIGHT, vendor("operators: 2"), dials=[0, 0, 5, 300, 300, 300, 600, 600, 600],
    )  # fmt: skip
    assert [row.matched for (row,) in day.rows] == [0, 0, 70, 300, 300, 370, 600, 600, 670]


def test_a_line_of_the_vendor_is_free_once() -> None:
    """Three lines, taken 0-70. At 35 a fourth caller hears busy. At 100 all are free, for three callers and no more;
    of three calls that end at 110, 120 and 170 two have ended at 130, and two callers get through then."""
    day = play(
        NIGHT, STRAIGHT, vendor("lines: 3"), dials=[0, 0, 0, 35, 100, 100, 100, 101, 175, 175, 175],
        work={4: 0, 5: 1 / 6, 6: 2},
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows] == [
        *["outsourced"] * 3, "blocked", *["outsourced"] * 3, "blocked", "outsourced", "outsourced", "blocked",
    ]  # fmt: skip


def test_who_hangs_up_leaves_one_line_of_the_vendor() -> None:
    """Two lines: a talk from 0 to 610, and a caller gone at 5. One of two at 6 gets through."""
    day = play(NIGHT, STRAIGHT, vendor("lines: 2"), dials=[0, 0, 6, 6], work={0: LONG}, ring_patience={1: 5})
    assert [row.outcome for (row,) in day.rows] == ["outsourced", "abandoned_ringing", "outsourced", "blocked"]


# Rules at once, redials, callbacks set aside.


def test_a_rule_after_no_time_moves_the_caller_at_once() -> None:
    """Sales is busy, and at 10 the caller is in support."""
    day = play(SUPPORT, rules("{after: 0 s, to: queue support}"), dials=[0, 10])
    assert (day.call(1).team, day.call(1).matched) == ("helpers", 10)


def test_who_hangs_up_after_closing_redials_as_ever() -> None:
    """Sales closes at 64 800 and serves those who wait. Gone at 64 810: again at 64 870, not at the next opening, and
    then never, for a closed queue's caller needs a chance of their own."""
    again = "sources: {ads: {redial: {chance: {abandoned_ringing: 100%}, after: 60 s, at_most: 3}}}"
    day = play(HOURS, again, dials=[64_790, 64_795], ring_patience={1: 15})
    assert [(row.dialled, row.outcome) for row in day.rows[1]] == [
        (64_795, "abandoned_ringing"),
        (64_870, "closed"),
    ]


def test_a_caller_is_first_missed_by_the_first_missed_attempt() -> None:
    """The desk is busy over 0-600. Dialled at 5 and 70, gone at 10 and 75; again at 135 and gone at 145."""
    day = play(
        AGAIN, "sources: {ads: {redial: {at_most: 2}}}", dials=[0, 5], work={0: LONG}, ring_patience={1: [5, 5, 10]}
    )
    (row,) = day.callers[1]
    assert [call.dialled for call in day.rows[1]] == [5, 70, 135]
    assert (row.first_missed, row.missed) == (5, 145)


HANGS_UP = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, hangs_up: 50%, keys: [{share: 100%, to: queue sales}]}}
"""
ASIDE = {"prompt": {"main": {1: [10, 60, 10]}}, "hang_up": {"main": {1: [0.0, 0.25, 0.0], 2: 0.0}}}
"""The caller of 10 hangs up in the menu at 15, on the second attempt of 75 at 80 + 60 / 2 = 110, then at 175, 240."""


def test_a_callback_set_aside_is_due_once() -> None:
    """Missed at 15. The desk is free at 100, but the caller is in the menu until 110; tried then, in vain, to 135, and
    next at 735, whatever attempts there are before. Another caller, missed at 110 as well, is called at 135."""
    day = play(
        WEB, HANGS_UP, BACK, AGAIN, dials=[(0, "web"), 10, 105], work={0: 100 / 60}, reached={1: [0.9, 0.0]}, **ASIDE,
    )  # fmt: skip
    assert [row.left for row in day.rows[1]] == [15, 110, 175, 240]
    assert [row.dialled for row in day.try_rows[1]] == [110, 735]
    assert [row.dialled for row in day.try_rows[2]] == [135]


def test_who_dials_comes_before_a_callback_that_was_set_aside() -> None:
    """The same, and 110 dials: the desk talks 110-170, then calls back."""
    day = play(
        WEB, HANGS_UP, BACK, AGAIN, dials=[(0, "web"), 10, (110, "web")], work={0: 100 / 60},
        prompt=ASIDE["prompt"], hang_up={"main": {1: [0.0, 0.25, 0.0]}},
    )  # fmt: skip
    assert day.call(2).matched == 110
    assert [row.dialled for row in day.try_rows[1]] == [170]
