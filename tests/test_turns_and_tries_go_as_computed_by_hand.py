"""Turns, tries to call back and kept places on the second look, and the order of equals at the same moment.

Small days whose arithmetic stands in each docstring. Talks take 60 s and there is one agent at the desk of sales,
always, unless a test says otherwise (tests/script.py). 09:00 is 32 400 s, 18:00 is 64 800 s.
"""

from __future__ import annotations

from typing import get_type_hints

from callsim.calllog import Attempt, Callback, CallbackEnd, Caller, Duty, Leg, Try
from callsim.demand import Tape
from callsim.engine import simulate
from tests.script import SUPPORT, WEB, Legs, play, scenario

LONG = 10
"""Work of a talk of 600 s."""
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
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
WRAP_UP = "teams: {desk: {wrap_up: 30 s}}"
TWO = "teams: {desk: {agents: 2}}"
ORDERS = """
sources:
  orders: {callers: 1 per hour, goes_to: queue orders, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
queues: {orders: {}}
teams: {clerks: {serves: [orders], agents: 1}}
"""
AGAIN = "sources: {ads: {redial: {chance: 100%, after: 60 s, at_most: 3}}}"


def rules(*texts: str, of: str = "sales") -> str:
    return f"queues: {{{of}: {{overflow: [{', '.join(texts)}]}}}}"


def vendor(text: str) -> str:
    return f"vendors: {{night: {{{text}}}}}"


# Handling.


def test_calls_back_are_handling_too() -> None:
    """The desk has two agents and takes the least busy. Slot 0 talks 0-90 and slot 1 10-70; the one missed at 15 is
    called back by slot 1, 70-130, which makes 120 s against 90: the call of 200 goes to slot 0."""
    day = play(
        BACK, TWO, "queues: {sales: {pick: least busy}}", dials=[0, 10, 12, 200], work={0: 1.5}, ring_patience={2: 3}
    )
    assert day.tries[2] == ["1 desk/1 (sales): dialled 70, answered 70, left 130, freed 130"]
    assert day.call(3).slot == 0


# Round robin.


def test_a_round_goes_on_with_whoever_was_busy_when_it_began() -> None:
    """Three agents, all taken at 0. Slots 0 and 1 are free at 60 and slot 0 begins the next round at 70; slot 2 is free
    at 80, and still slot 1 comes before it. The same where slot 1 was the one to talk until 80."""
    robin = "queues: {sales: {pick: round robin}}"
    for late in (2, 1):
        day = play(robin, "teams: {desk: {agents: 3}}", dials=[0, 0, 0, 70, 90, 91], work={late: 80 / 60})
        assert [row.slot for (row,) in day.rows] == [0, 1, 2, 0, 1, 2]


# Whom to call back, and when.


def test_only_those_are_called_back_for_whom_it_is_meant() -> None:
    """`for:` names the missed: not those who left a message, nor those whom the vendor left unserved."""
    only = "callbacks: {for: [missed]}"
    message = play(BACK, VOICEMAIL, only, rules("{after: 20 s, to: voicemail}"), dials=[0, 5], work={0: 100 / 60})
    assert (message.call(1).outcome, message.jobs) == ("voicemail", [[], []])
    unserved = play(BACK, NIGHT, STRAIGHT, vendor("takes_message: true"), only, dials=[0])
    assert (unserved.call(0).outcome, unserved.jobs) == ("outsourced", [[]])


def test_nobody_is_called_back_before_the_first_opening() -> None:
    """The desk is there all day; whoever found sales closed at 1000 is called at 9:00."""
    day = play(HOURS, BACK, "teams: {desk: {agents: {every day: {00:00-24:00: 1}}}}", dials=[1000])
    assert [row.dialled for row in day.try_rows[0]] == [32_400]


def test_a_callback_is_not_needed_once_the_caller_was_served_though_the_need_comes_back() -> None:
    """Missed at 10 and served at 100 on the redial of 70, for the desk is busy until then; nobody is helped at the
    first go, so that the caller dials a third time at 260. The callback was closed at 160."""
    text = "teams: {desk: {resolves: 50%, comes_back_after: 100 s}}"
    day = play(
        BACK, AGAIN, text, dials=[0, 5], work={0: 100 / 60}, ring_patience={1: [5, 1000]}, resolved={1: [0.0, 0.9, 0.0]}
    )
    assert day.jobs[1] == ["missed, opened 10, tries 0, closed 160: not_needed"]
    assert [row.dialled for row in day.rows[1]] == [5, 70, 260]


# Kept places.


def test_a_caller_called_at_a_kept_place_may_be_put_through_and_keep_another() -> None:
    """Kept at 30 for sales, called at 100. Put through at 160 to support, which is busy until 600 and offers a call
    back too: kept again at 180, called at 600."""
    support = "queues: {support: {offer_callback: {after: 20 s, accepts: 40%}}}"
    day = play(
        SUPPORT, OFFER, THROUGH, support, dials=[0, (0, "help"), 10], work={0: 100 / 60, 1: LONG},
        transfer={"sales": {2: 0.0}},
    )  # fmt: skip
    assert day.call(2).transferred == 160
    assert [row.matched for row in day.leg_rows[2]] == [600]


LUNCH = """
lines: 4
queues: {support: {offer_callback: {after: 20 s, accepts: 40%}}}
teams: {desk: {wrap_up: 30 s, agents: {every day: {00:00-00:05: 1, 01:00-24:00: 1}}}, helpers: {wrap_up: 30 s}}
"""


def test_every_queue_is_looked_at_when_there_is_a_line_again() -> None:
    """Four lines. Sales and support keep places since 30 and 31. Callers of orders take the lines at 60 (talk 60-400),
    60, 101 and 111, so that desk and helper, who have wrapped up at 130 and 140, have none. At 400 there is one: the
    desk has gone for an hour at 300, and the helper gets it."""
    day = play(
        SUPPORT, ORDERS, OFFER, LUNCH,
        dials=[0, (0, "help"), 10, (11, "help"), (60, "orders"), (60, "orders"), (101, "orders"), (111, "orders")],
        work={0: 100 / 60, 1: 110 / 60, 4: 340 / 60}, accepts=0.1,
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[4:]] == ["answered"] * 4
    assert (day.call(2).matched, day.call(3).matched) == (3600, 400)


def test_a_place_kept_in_two_queues_is_that_of_the_agent_who_calls() -> None:
    """The same, but the caller of 10 waits from 15 on for support as well and keeps both places: called by the helper
    at 400, from support."""
    also = "queues: {sales: {overflow: [{after: 5 s, also: queue support}]}}"
    day = play(
        SUPPORT, ORDERS, OFFER, also, LUNCH,
        dials=[0, (0, "help"), 10, (60, "orders"), (60, "orders"), (60, "orders"), (101, "orders"), (111, "orders")],
        work={0: 100 / 60, 1: 110 / 60, 3: 340 / 60}, accepts=0.1,
    )  # fmt: skip
    assert day.first[2] == (
        "dialled 10, asked sales 10, greeted 30, kept 30, matched helpers/0 400, answered 400, left 460, freed 490: "
        "kept_place at support"
    )


# Equals at the same moment.


def test_self_services_that_end_together_go_by_number_and_before_who_dials() -> None:
    """Both end at 40, the first caller's from 35 on, the second's from 20 on; and 40 dials. The desk takes them in
    the order of dialling."""
    bot = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: self_service bot}]}}
    self_service: {bot: {takes: 20 s, resolves: 50%, otherwise: queue sales}}
    """
    day = play(
        WEB, bot, dials=[0, 5, (40, "web")], prompt={"main": {0: 30}}, takes={"bot": {0: 5}}, solved={"bot": 0.9}
    )
    assert [row.matched for (row,) in day.rows] == [40, 100, 160]


def test_the_kind_of_an_event_counts_before_the_number_of_the_caller() -> None:
    """Three times the second caller's event comes first. A talk ends at 10 and its agent takes whoever waits since 5,
    for the first caller's call rings in vain until 10 as well and is not waiting. Somebody gives up at 30 and leaves
    room for the first caller, whose menu ends then. A rule moves the third caller to the helper at 65, when the first
    one redials."""
    vain = "teams: {desk: {agents: 2, answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"
    day = play(vain, dials=[0, 0, 5], pick_up={0: Legs(20, 5), 1: 0, 2: 5}, work={1: 1 / 6})
    assert [row.matched for (row,) in day.rows] == [70, 0, 10]
    menu = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 25 s, keys: [{share: 100%, to: queue sales}]}}
    queues: {sales: {room_for: 1}}
    """
    day = play(WEB, menu, dials=[0, (0, "web"), (10, "web")], work={1: LONG}, ring_patience={2: 20})
    assert [row.outcome for (row,) in day.rows] == ["answered", "answered", "abandoned_ringing"]
    late = """
    sources: {help: {redial: {chance: 100%, after: 60 s, at_most: 1}}}
    teams: {helpers: {agents: {every day: {00:01-24:00: 1}}}}
    """
    day = play(
        SUPPORT, late, rules("{after: 20 s, to: queue support}"), dials=[(0, "help"), 10, 45], work={1: LONG},
        ring_patience={0: [5, 1000]},
    )  # fmt: skip
    assert (day.call(0, 2).dialled, day.call(0, 2).matched, day.call(2).matched) == (65, 125, 65)


def test_rules_for_nobody_on_duty_go_by_number_too() -> None:
    """The desk, busy since 0, is due at 3600. The caller of 2000 leaves a menu at 3505 and asks after the one of 3000;
    but their rules are due together, and support has room for one: the one who dialled first."""
    menu = "menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}"
    rule = "queues: {sales: {overflow: [{when: nobody on duty, to: queue support}]}, support: {room_for: 1}}"
    team = "teams: {desk: {agents: {every day: {00:00-01:00: 1}}}}"
    day = play(
        SUPPORT, WEB, menu, "sources: {web: {goes_to: menu main}}", rule, team,
        dials=[0, (10, "help"), (2000, "web"), 3000], work={0: 120, 1: 90}, prompt={"main": {2: 1500}},
    )  # fmt: skip
    assert [row.last_queue for (row,) in day.rows[2:]] == ["support", "sales"]


def test_rules_of_different_queues_that_are_due_together_go_by_number() -> None:
    """The caller of 5 leaves a menu at 25 and moves on from support after 5 s, the one of 10 from sales after 20 s, both
    at 30: orders has room for one, the one who dialled first."""
    menu = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 15 s, keys: [{share: 100%, to: queue support}]}}
    queues: {orders: {room_for: 1}}
    """
    day = play(
        SUPPORT, ORDERS, WEB, menu, rules("{after: 20 s, to: queue orders}"),
        rules("{after: 5 s, to: queue orders}", of="support"),
        dials=[0, (0, "help"), (0, "orders"), (5, "web"), 10], work={0: LONG, 1: LONG, 2: LONG},
    )  # fmt: skip
    assert [row.last_queue for (row,) in day.rows[3:]] == ["orders", "sales"]


def test_messages_that_end_together_go_by_number() -> None:
    """The caller of 10 comes from a menu and the one of 5 by a rule, both at 25: the messages end at 45, and at 100 the
    desk calls the one of 5 first."""
    menu = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: voicemail}]}}
    """
    day = play(
        WEB, menu, VOICEMAIL, BACK, rules("{after: 20 s, to: voicemail}"), dials=[0, 5, (10, "web")],
        work={0: 100 / 60},
    )  # fmt: skip
    assert [row.left for (row,) in day.rows[1:]] == [45, 45]
    assert [rows[0].dialled for rows in day.try_rows[1:]] == [100, 160]


FROM_ONE = "teams: {desk: {agents: {every day: {01:00-24:00: 2}}}}"


def test_calls_back_that_end_together_go_by_caller() -> None:
    """The second caller is missed at 10, the first at 30. At 3600 slot 0 calls the second and slot 1 the first; both
    talks end at 3660, that of the first caller first: slot 1 takes the one of 3650."""
    day = play(BACK, FROM_ONE, dials=[0, 5, 3650], ring_patience={0: 30, 1: 5})
    assert [rows[0].slot for rows in day.try_rows[:2]] == [1, 0]
    assert (day.call(2).slot, day.call(2).matched) == (1, 3660)


def test_wrap_ups_of_calls_back_go_by_slot_and_before_who_dials() -> None:
    """As before, but the first caller's talk ends at 3630 and the wrap-up of slot 1 lasts 70 s, that of slot 0 40 s
    from 3660 on. At 3700 slot 0 takes the one of 3650, and slot 1 the one who dials."""
    day = play(
        BACK, FROM_ONE, "teams: {desk: {wrap_up: 1 s}}", dials=[0, 5, 3650, 3700], ring_patience={0: 30, 1: 5},
        work={0: 0.5}, try_wrap_up={"desk": {0: 70, 1: 40}},
    )  # fmt: skip
    assert [rows[0].freed for rows in day.try_rows[:2]] == [3700, 3700]
    assert [(row.slot, row.matched) for (row,) in day.rows[2:]] == [(0, 3700), (1, 3700)]


def test_a_further_try_and_a_new_callback_go_by_caller() -> None:
    """The fourth caller, missed at 10, is not reached at 60-85: again at 685. The second waits for support until 685
    and comes first."""
    day = play(
        SUPPORT, BACK, dials=[(0, "help"), (0, "help"), 0, 5], work={0: 20}, ring_patience={1: 685, 3: 5},
        reached={3: [0.9, 0.0]},
    )  # fmt: skip
    assert [row.dialled for row in day.try_rows[3]] == [60, 745]
    assert [row.dialled for row in day.try_rows[1]] == [685]


def test_a_kept_place_comes_before_a_callback_that_falls_due_as_a_line_is_free() -> None:
    """Three lines. The desk has wrapped up at 130 and has no line for the place kept at 30, since support talks 40-400
    and another waits for it from 101 on. At 400 a line is free, and the first caller, who waited for orders, hangs up:
    the desk calls the kept place."""
    day = play(
        SUPPORT, ORDERS, OFFER, BACK, WRAP_UP, "lines: 3",
        "teams: {clerks: {agents: {every day: {12:00-13:00: 1}}}}",
        dials=[(0, "orders"), 0, 10, (40, "help"), (101, "help")], work={1: 100 / 60, 3: 6}, ring_patience={0: 400},
    )  # fmt: skip
    assert day.call(2).matched == 400
    assert day.try_rows[0][0].dialled == 490


def test_machines_answer_together() -> None:
    """Sales answers the caller of 5 at 20, a menu the one of 15."""
    menu = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
    queues: {sales: {answers_after: 15 s}}
    """
    day = play(WEB, menu, dials=[0, 5, (15, "web")])
    assert [row.greeted for (row,) in day.rows] == [None, 20, 20]


def test_agents_and_operators_are_free_together() -> None:
    """Talks of desk and operator end at 70, and wrap-ups at 100."""
    day = play(
        WEB, NIGHT, WRAP_UP, vendor("wrap_up: 30 s"), "sources: {web: {goes_to: vendor night}}",
        dials=[(0, "web"), 10],
    )  # fmt: skip
    assert [(row.left, row.freed) for (row,) in day.rows] == [(70, 100), (70, 100)]


def test_who_stays_after_closing_does_so_for_none_put_through_later() -> None:
    """The desk, due at 64 800 and busy until 68 700, would take who asked for sales before. Sales is open again from
    68 400 on; a caller who talked to support from 61 200 on is put through at 68 500, and waits for the agent who
    comes at 70 200."""
    text = """
    queues:
      sales: {open: {every day: [09:00-18:00, 19:00-20:00]}}
      support: {transfer: {chance: 50%, to: queue sales}}
    """
    team = "teams: {desk: {agents: {every day: {09:00-18:00: 1, 19:30-20:00: 1}}}}"
    day = play(
        SUPPORT, text, team, dials=[(61_200, "help"), 64_200], work={0: 7300 / 60, 1: 75},
        transfer={"support": {0: 0.0}},
    )  # fmt: skip
    assert (day.call(0).transferred, day.call(1).left) == (68_500, 68_700)
    assert [row.matched for row in day.leg_rows[0]] == [70_200]


def test_callers_who_hang_up_together_do_so_by_number() -> None:
    """Both at 100: the second caller, on hold since 40 for 60 s, and the third, ringing since 10. The second caller's
    callback is the older one and tried first, when the desk is free at 200."""
    menu = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 30 s, keys: [{share: 100%, to: queue sales}]}}
    """
    day = play(
        WEB, menu, BACK, dials=[0, (5, "web"), 10], work={0: 200 / 60}, ring_patience={2: 90}, hold_patience={1: 60}
    )
    assert [row.left for (row,) in day.rows] == [200, 100, 100]
    assert [rows[0].dialled for rows in day.try_rows[1:]] == [200, 260]


def test_calls_that_ring_in_vain_together_go_back_by_number() -> None:
    """Both to 30: the second caller's at the aces since 20, the third's at slot 1 since 10. Slot 0 is free at 30 and
    takes the second caller."""
    text = """
    sources: {web: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
    teams:
      desk: {agents: 2, answers_after: 5 s, no_answer_after: 20 s, unavailable_for: 60 s}
      aces: {serves: [sales], agents: 1, answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}
    """
    day = play(WEB, text, dials=[0, (5, "web"), 10], work={0: 0.5}, pick_up={0: 0, 1: Legs(100, 5), 2: Legs(100, 5)})
    assert [rows[0].left for rows in day.leg_rows[1:]] == [30, 30]
    assert (day.call(1).team, day.call(1).slot, day.call(1).matched) == ("desk", 0, 30)


def test_queues_that_close_together_send_away_in_the_order_of_the_file() -> None:
    """Sales and support send over to orders, where there is room for one: it goes to the caller of sales."""
    text = """
    queues:
      sales: {at_closing: closed, closed: queue orders}
      support: {at_closing: closed, closed: queue orders}
      orders: {open: always, room_for: 1}
    teams: {clerks: {agents: {every day: {00:00-24:00: 1}}}}
    """
    day = play(
        SUPPORT, ORDERS, HOURS, text, work={0: LONG, 1: LONG, 2: LONG},
        dials=[64_700, (64_700, "help"), (64_700, "orders"), (64_750, "help"), 64_760],
    )  # fmt: skip
    assert [row.outcome for (row,) in day.rows[3:]] == ["blocked", "answered"]


def test_whoever_waits_in_two_queues_alike_is_taken_from_the_first_named() -> None:
    """The desk likes sales and support alike. The caller of 10 waits for support, and from 15 on for sales as well; at
    600 the desk finds the same caller in both."""
    text = "teams: {desk: {serves: [[sales, support]]}, helpers: {agents: {every day: {12:00-13:00: 1}}}}"
    day = play(
        SUPPORT, text, rules("{after: 5 s, also: queue sales}", of="support"), dials=[0, (10, "help")], work={0: LONG}
    )
    assert (day.call(1).first_queue, day.call(1).last_queue, day.call(1).matched) == ("support", "sales", 600)


def test_after_closing_all_who_wait_do_so_while_somebody_takes_over() -> None:
    """Sales closes at 18:00 and serves those who wait. The desk is there to 18:30, 66 600, and the late shift from then
    on: it takes one of two who have waited since before 18:00 and then the other, and nobody is sent away."""
    text = """
    teams:
      desk: {agents: {every day: {09:00-18:30: 1}}}
      late: {serves: [sales], agents: {every day: {18:30-20:00: 1}}}
    """
    day = play(HOURS, text, dials=[64_500, 64_700, 64_701], work={0: 50})
    assert [(row.outcome, row.matched) for (row,) in day.rows[1:]] == [("answered", 66_600), ("answered", 66_660)]


# The horizon.


CUT = "calendar: {cool_down: 0 h}"


def test_a_leg_is_written_once_whatever_is_under_way_at_the_horizon() -> None:
    """Put through at 86 350. The desk's wrap-up, or the helper's, goes on over midnight, or the caller has hung up
    and the desk still wraps up: one row of the leg, with what is known."""
    wrap_ups = "teams: {desk: {wrap_up: 1 s}, helpers: {wrap_up: 1 s}}"
    leg = "1.1 support: asked 86350, matched helpers/0 86350, answered 86350, left 86380"
    for desk, helpers, freed in ((100, 10, ", freed 86390"), (10, 100, "")):
        day = play(
            SUPPORT, THROUGH, CUT, wrap_ups, dials=[86_290], transfer=0.0, work=Legs(1, 0.5),
            wrap_up={"desk": desk, "helpers": helpers},
        )  # fmt: skip
        assert day.legs == [[leg + freed]]
    day = play(
        SUPPORT, THROUGH, CUT, wrap_ups, dials=[(86_000, "help"), 86_290], transfer=0.0, work={0: LONG},
        wrap_up={"desk": 100}, hold_patience=5,
    )  # fmt: skip
    assert day.legs[1] == ["1.1 support: asked 86350, left 86355"]


def test_a_callback_that_waits_for_an_agent_at_the_horizon_is_open() -> None:
    """Missed at 86 315, while the desk talks over midnight. One that is under way then has no end either."""
    day = play(BACK, CUT, dials=[86_300, 86_310], work={0: LONG}, ring_patience={1: 5})
    assert day.jobs[1] == ["missed, opened 86315, tries 0: open"]
    assert day.stories[1] == "open: attempts 1, asked 1 (sales), waited 5, missed 86315"
    day = play(BACK, CUT, dials=[86_300, 86_310], work={1: LONG}, ring_patience={1: 5})
    assert day.tries[1] == ["1 desk/0 (sales): dialled 86360, answered 86360"]
    assert [type(value) for chunk in day.chunks for row in chunk.tries for value in row[-3:]] == [float] * 3


def test_a_call_at_the_very_end_is_not_counted() -> None:
    """Dialled at 86 400, it begins and ends uncounted; the counted talk goes on to 86 990."""
    day = play(TWO, dials=[86_390, 86_400], work={0: LONG})
    assert [(row.outcome, row.left) for (row,) in day.rows] == [("answered", 86_990), ("answered", 86_460)]


def test_who_comes_at_midnight_comes_before_a_talk_that_ends_then() -> None:
    """After the counted Monday. The desk talks from 86 040 to midnight of Wednesday, 172 800; the counted caller of
    86 100 has waited since, and goes to the agent who comes on that day. The desk stays on duty to the end, 172 860."""
    early = "teams: {early: {serves: [sales], agents: {wed: {00:00-06:00: 1}}}}"
    day = play(early, dials=[86_040, 86_100], work={0: 1446})
    assert (day.call(0).left, day.call(1).team, day.call(1).matched) == (172_800, "early", 172_800)
    assert day.shifts == ["desk/0: 0 to 172860, went 172860", "early/0: 172800 to 172860, went 172860"]


def test_a_talk_goes_on_to_its_end_though_nothing_else_happens() -> None:
    """The only agent is there on Monday alone, and talks from 86 300 to 86 900."""
    day = play("teams: {desk: {agents: {mon: {00:00-24:00: 1}}}}", dials=[86_300], work=LONG)
    assert (day.call(0).outcome, day.call(0).left) == ("answered", 86_900)
    assert day.shifts == ["desk/0: 0 to 86400, went 86900"]


def test_what_has_not_ended_after_thirty_days_is_broken_off() -> None:
    """A talk of 35 days, from 10 on; the caller of 20 has waited until day 31 is over, 31 x 86 400 = 2 678 400."""
    day = play(dials=[10, 20], work={0: 35 * 1440})
    assert [row.outcome for (row,) in day.rows] == ["unfinished", "unfinished"]
    assert day.callers[1][0].waited == 2_678_380
    assert [row.went for row in day.duties] == [2_678_400]


# Stories.


def test_a_story_has_the_queue_first_asked_for() -> None:
    """Sales in vain on the first attempt, helped by support on the second."""
    split = "sources: {ads: {goes_to: {60%: queue sales, 40%: queue support}}}"
    day = play(SUPPORT, AGAIN, split, dials=[0, 5], work={0: LONG}, split={1: [0.1, 0.9]}, ring_patience={1: [5, 1000]})
    assert [row.first_queue for row in day.rows[1]] == ["sales", "support"]
    assert day.callers[1][0].first_queue == "sales"


# Rows.


def test_rows_of_drawn_days_hold_what_their_columns_say() -> None:
    """A busy day in which all happens that is drawn apart: transfers, calls left unanswered, tries in vain. What never
    happened is not a number, but it is a float."""
    of = scenario(
        SUPPORT, THROUGH, BACK, AGAIN, "sources: {ads: {callers: 40 per hour, hangs_up_ringing: exponential 90 s}}",
        "teams: {desk: {wrap_up: 10 s, answers_after: exponential 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}",
        "sources: {ads: {hangs_up_waiting: exponential 90 s}}",
    )  # fmt: skip
    chunks = list(simulate(of, Tape(of, 1, 0), "simpy"))
    tables = ((Attempt, "attempts"), (Leg, "legs"), (Caller, "callers"), (Duty, "duties"), (Try, "tries"))
    for kind, part in (*tables, (Callback, "callbacks")):
        rows = [kind(*row) for chunk in chunks for row in getattr(chunk, part)]
        types = get_type_hints(kind)
        assert rows
        assert all(type(value) is types[name] for row in rows for name, value in row._asdict().items()), part
    legs = [Leg(*row) for chunk in chunks for row in chunk.legs]
    assert {leg.leg for leg in legs} == {0, 1}
    assert {of.end for of in (Callback(*row) for chunk in chunks for row in chunk.callbacks)} >= {
        CallbackEnd.REACHED, CallbackEnd.GIVEN_UP, CallbackEnd.NOT_NEEDED,
    }  # fmt: skip
