"""Chats and forms beside calls: small days whose arithmetic stands in each docstring.

Talks and chats take 60 s and nobody ever gives up, unless a test says otherwise (tests/script.py). One agent at the
desk takes calls and calls back; one who chats holds as many chats at once as the test says.
"""

from __future__ import annotations

import pytest

from callsim import economics
from callsim.calllog import tables
from callsim.seconds import merged, roster_log
from callsim.sums import Sums, add_up
from tests.script import Legs, Played, play, scenario

HOURS = "calendar: {open: {every day: 09:00-18:00}}"
CHAT = """
sources: {site: {channel: chat, callers: 1 per hour, goes_to: queue chat, hangs_up_waiting: never, talk: 60 s}}
queues: {chat: {}}
teams: {chatters: {serves: [chat], agents: 1}}
"""
FORMS = """
sources: {web: {channel: form, callers: 1 per hour, talk: 60 s}}
callbacks: {for: [form], by: desk, reaches: 60%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
"""
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""


def at_once(chats: int, agents: int = 1) -> str:
    return f"teams: {{chatters: {{agents: {agents}, chats_at_once: {chats}}}}}"


def chatting(*times: float) -> list[float | tuple[float, str]]:
    return [(time, "site") for time in times]


def leaving(*times: float) -> list[float | tuple[float, str]]:
    return [(time, "web") for time in times]


def chat(*texts: str, dials: list[float | tuple[float, str]], **given: object) -> Played:
    return play(CHAT, *texts, dials=dials, **given)


def taken(day: Played) -> list[tuple[int | None, float | None]]:
    """By caller the place and the moment of the answer."""
    return [(row.slot, row.answered) for (row,) in day.rows]


# Chats.


def test_a_chat_is_greeted_at_once_and_needs_no_line() -> None:
    """One line, busy from 0 to 60 with a call: the chat of 10 is answered, the call of 20 hears busy."""
    day = chat("lines: 1", dials=[0, *chatting(10), 20])
    assert day.first[1:] == [
        "dialled 10, greeted 10, asked chat 10, matched chatters/0 10, answered 10, left 70, freed 70: answered",
        "dialled 20, left 20: blocked (no_line)",
    ]


def test_a_chat_waits_under_its_patience_from_the_beginning() -> None:
    """The agent chats from 0 to 60. Patience of 20 s is over at 30; one of 50 s lasts until the agent is free."""
    day = chat(dials=chatting(0, 10, 10), hold_patience={1: 20, 2: 50})
    assert day.first[1:] == [
        "dialled 10, greeted 10, asked chat 10, left 30: abandoned_queue",
        "dialled 10, greeted 10, asked chat 10, matched chatters/0 60, answered 60, left 120, freed 120: answered",
    ]
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (chat), waited 20, missed 30"


def test_a_greeting_of_the_queue_changes_nothing_for_a_chat() -> None:
    """The queue would answer calls at 15; the chat's patience of 20 s has run since 10."""
    day = chat("queues: {chat: {answers_after: 5 s}}", dials=chatting(0, 10), hold_patience={1: 20})
    assert (day.call(1).greeted, day.call(1).left) == (10, 30)


def test_who_gave_up_in_a_chat_comes_again() -> None:
    """Gone at 30, again 100 s later, for a chat from 130 to 190."""
    again = "sources: {site: {redial: {chance: 100%, after: 100 s, at_most: 1}}}"
    day = chat(again, dials=chatting(0, 10), hold_patience={1: 20})
    assert [(row.dialled, row.greeted, row.outcome) for row in day.rows[1]] == [
        (10, 10, "abandoned_queue"),
        (130, 130, "answered"),
    ]


def test_who_takes_one_chat_at_a_time_may_take_calls_as_well() -> None:
    """The desk serves both: the chat of 0 until 60, the call of 10 until 120, the chat of 20 from then on."""
    both = "teams: {desk: {serves: [[sales, chat]]}, chatters: none}"
    day = chat(both, dials=[*chatting(0), 10, *chatting(20)])
    assert [row.answered for (row,) in day.rows] == [0, 60, 120]


def test_a_robot_may_help_a_chat_before_anybody_does() -> None:
    """It writes for 30 s: whom it helps is gone at 30; the other is asked for the queue then."""
    robot = """
    sources: {site: {goes_to: self_service robot}}
    self_service: {robot: {takes: 30 s, resolves: 50%, otherwise: queue chat}}
    """
    day = chat(robot, dials=chatting(0, 0), solved=[0.4, 0.6])
    assert [(row.asked, row.left, row.outcome) for (row,) in day.rows] == [
        (None, 30, "self_served"),
        (30, 90, "answered"),
    ]


def test_a_menu_asks_a_chat_at_once() -> None:
    """Calls would ring for 5 s; the chat reads from 0 to 10 and is answered then."""
    menu = """
    sources: {site: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue chat}]}}
    """
    assert chat(menu, dials=chatting(0)).call(0).answered == 10


def test_a_vendor_may_take_chats() -> None:
    """Passed on after 20 s, answered 10 s later, on no line."""
    over = "queues: {chat: {overflow: [{after: 20 s, to: vendor night}]}}"
    day = chat(NIGHT, over, "lines: 1", dials=[*chatting(0, 10), 30])
    assert day.first[1] == (
        "dialled 10, greeted 10, asked chat 10, matched vendor night 30, answered 40, left 100, freed 100: outsourced"
    )
    assert day.call(2).outcome == "answered"


def test_whoever_gives_up_in_a_chat_has_left_no_number() -> None:
    """A call and a chat are given up at 30: only the caller is called back, when the desk is free at 100."""
    back = """
    callbacks: {for: [missed], by: desk, number_known: 100%, reaches: 60%, tries: {at_most: 1, every: 10 min}, no_answer_takes: 25 s}
    """
    day = chat(
        back, dials=[0, *chatting(0), 10, *chatting(10)], work={0: 100 / 60, 1: 2}, ring_patience={2: 20},
        hold_patience={3: 20},
    )  # fmt: skip
    assert [story.split(":")[0] for story in day.stories[2:]] == ["called_back 160", "lost 30"]


def test_a_chat_may_be_promised_a_call() -> None:
    """Closed at 1000: the number is left, and the desk calls at 9:00."""
    promised = """
    queues: {chat: {closed: callback}}
    callbacks: {for: [missed], by: desk, number_known: 0%, reaches: 60%, tries: {at_most: 1, every: 10 min}, no_answer_takes: 25 s}
    """
    day = chat(HOURS, promised, dials=chatting(1000))
    assert day.tries[0] == ["1 desk/0 (chat): dialled 32400, answered 32400, left 32460, freed 32460"]


# Several chats at once.


def test_an_agent_holds_so_many_chats_at_once() -> None:
    """Three at 0, 10 and 20, each for 60 s; the fourth, of 30, waits for the first to end."""
    day = chat(at_once(3), dials=chatting(0, 10, 20, 30))
    assert taken(day) == [(0, 0), (1, 10), (2, 20), (0, 60)]


def test_chats_go_round_the_agents() -> None:
    """Places 0 and 2 are the first agent's, 1 and 3 the second's: free for as long, each takes one, then another."""
    day = chat(at_once(2, agents=2), dials=chatting(0, 1, 2, 3, 4))
    assert taken(day) == [(0, 0), (1, 1), (2, 2), (3, 3), (0, 60)]


def test_the_place_that_has_been_free_for_longest_takes_the_next_chat() -> None:
    """Place 1 is free from 31 on, place 0 from 60: the chat of 70 goes to places 2 and 3 first, then 1, then 0."""
    day = chat(at_once(2, agents=2), dials=chatting(0, 1, 70, 71, 72, 73), work={1: 0.5})
    assert [slot for slot, _ in taken(day)] == [0, 1, 2, 3, 1, 0]


def test_in_order_the_first_places_of_all_agents_come_first() -> None:
    """At 100 all are free again: place 0, which was used last."""
    order = "queues: {chat: {pick: in order}}"
    day = chat(at_once(2, agents=2), order, dials=chatting(0, 1, 100))
    assert [slot for slot, _ in taken(day)] == [0, 1, 0]


def test_who_does_not_come_leaves_all_places_empty() -> None:
    """The second agent is absent: places 1 and 3 take nobody, the third chat waits."""
    absent = "teams: {chatters: {absence: 25%}}"
    day = chat(at_once(2, agents=2), absent, dials=chatting(0, 1, 2), absence={"chatters": {0: [1]}})
    assert taken(day) == [(0, 0), (2, 1), (0, 60)]


def test_a_chat_that_is_not_answered_in_time_goes_to_another_place() -> None:
    """Place 0 has not answered after 10 s and is out of reach for a minute; place 1 answers 5 s later."""
    slow = "teams: {chatters: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 60 s}}"
    day = chat(at_once(2), slow, dials=chatting(0, 20), pick_up={0: Legs(11, 5)})
    assert taken(day) == [(1, 15), (0, 75)]
    assert day.legs[0] == ["1.0 chat: asked 0, matched chatters/0 0, left 10, freed 10"]


SHIFT = """
teams: {chatters: {agents: none, chats_at_once: 2, shifts: [
  {days: every day, hours: 00:00-08:00, agents: 1, breaks: [{at: 00:10, lasts: %s}]}]}}
"""


def test_a_break_begins_for_all_places_after_the_last_chat() -> None:
    """Due at 600, the chat of 560 lasts 100 s: nothing is taken from 600 on, the break is from 660 to 960."""
    day = chat(SHIFT % "5 min", dials=chatting(560, 610, 700), work={0: 100 / 60})
    assert taken(day) == [(0, 560), (0, 960), (1, 960)]
    assert day.shifts == [
        "desk/0: 0 to 86400, went 86400",
        "chatters/0: 0 to 660, went 660",
        "chatters/0 unpaid_break: 660 to 960, went 960",
        "chatters/0: 960 to 28800, went 28800",
        "chatters/1: 0 to 600, went 600",
        "chatters/1 unpaid_break: 600 to 660, went 660",
        "chatters/1 unpaid_break: 660 to 960, went 960",
        "chatters/1: 960 to 28800, went 28800",
    ]


def test_a_short_break_is_held_back_by_a_long_chat() -> None:
    """Due at 600 for a minute, the chat lasts from 590 to 790: the break is from 790 to 850, in full."""
    day = chat(SHIFT % "1 min", dials=chatting(590, 700), work={0: 200 / 60})
    assert taken(day) == [(0, 590), (0, 850)]
    assert [line for line in day.shifts if "break" in line] == [
        "chatters/0 unpaid_break: 790 to 850, went 850",
        "chatters/1 unpaid_break: 600 to 790, went 790",
        "chatters/1 unpaid_break: 790 to 850, went 850",
    ]


def test_breaks_that_a_chat_has_held_back_follow_each_other() -> None:
    """Due at 600 and 720 for a minute each, with a chat from 590 to 790: from 790 to 850, and from 850 to 910."""
    two = SHIFT.replace("}]}]}}", "}, {at: 00:12, lasts: 1 min}]}]}}") % "1 min"
    day = chat(two, dials=chatting(590, 700), work={0: 200 / 60})
    assert taken(day) == [(0, 590), (0, 910)]


def test_a_break_that_is_held_back_ends_with_the_shift() -> None:
    """Due at 28 740 for a minute, with a chat from 28 700 to 28 830: no break any more, and home at 28 830."""
    late = SHIFT.replace("00:10", "07:59") % "1 min"
    day = chat(late, dials=chatting(28_700), work={0: 130 / 60})
    assert day.shifts[1:] == [
        "chatters/0: 0 to 28800, went 28830",
        "chatters/1: 0 to 28740, went 28740",
        "chatters/1 unpaid_break: 28740 to 28800, went 28800",
    ]


def test_who_is_out_of_reach_at_one_place_chats_at_the_other() -> None:
    """Unanswered at place 0 for 10 s, the chat goes to place 1 and is answered there after 5 s more, until 660. The break
    of 600 begins when place 0 is no longer out of reach, at 700."""
    slow = "teams: {chatters: {answers_after: 5 s, no_answer_after: 10 s, unavailable_for: 115 s}}"
    day = chat(SHIFT % "5 min", slow, dials=chatting(575), pick_up={0: Legs(11, 5)}, work={0: 70 / 60})
    assert taken(day) == [(1, 590)]
    assert [line for line in day.shifts if line.startswith("chatters")] == [
        "chatters/0: 0 to 585, went 585",
        "chatters/0 unavailable: 585 to 700, went 700",
        "chatters/0 unpaid_break: 700 to 1000, went 1000",
        "chatters/0: 1000 to 28800, went 28800",
        "chatters/1: 0 to 660, went 660",
        "chatters/1 unpaid_break: 660 to 700, went 700",
        "chatters/1 unpaid_break: 700 to 1000, went 1000",
        "chatters/1: 1000 to 28800, went 28800",
    ]


def sums_of(day: Played, *texts: str) -> Sums:
    of = scenario(*texts)
    return add_up(of, tables(of, day.chunks))


def test_an_agents_time_is_paid_once() -> None:
    """Two agents of eight hours with two places each. At the end two chats of the first run on for 40 s and 100 s, one
    of the second for 10 s: 110 s of overtime. Five chats of 60 s and more keep four places busy."""
    of = at_once(2, 2), "teams: {chatters: {agents: {every day: {00:00-08:00: 2}}}}"
    day = chat(*of, dials=chatting(28_750, 28_760, 28_770), work={0: 90 / 60, 1: 50 / 60, 2: 130 / 60})
    assert taken(day) == [(0, 28_750), (1, 28_760), (2, 28_770)]
    team = sums_of(day, CHAT, *of).by_team["chatters"]
    assert team["overtime_hours"] * 3600 == pytest.approx(100 + 10)
    assert team["paid_hours"] * 3600 == pytest.approx(2 * 28_800 + 110)
    # By place: four of eight hours, and 40 s, 10 s and 100 s more.
    assert (team["duty_s"], team["handling_s"]) == pytest.approx((4 * 28_800 + 150, 90 + 50 + 130))
    assert team["talks"] == 3


def test_an_unpaid_break_is_unpaid_from_the_last_chat_on() -> None:
    """Eight hours less the five minutes from 660 to 960, whatever the idle place did from 600 on."""
    of = SHIFT % "5 min"
    day = chat(of, dials=chatting(560), work={0: 100 / 60})
    team = sums_of(day, CHAT, of).by_team["chatters"]
    assert team["paid_hours"] * 3600 == pytest.approx(28_800 - 300)
    # Of the places, one was there until 600, the other until 660.
    assert team["duty_s"] == pytest.approx(2 * 28_800 - 360 - 300)


def test_the_roster_log_pays_agents_and_counts_places() -> None:
    """The half-hour from 08:00 has a minute of overtime of one place, the one before 2 x 1800 s of duty."""
    of = at_once(2), "teams: {chatters: {agents: {every day: {00:00-08:00: 1}}}}"
    day = chat(*of, dials=chatting(28_790), work={0: 70 / 60})
    log = roster_log(scenario(CHAT, *of), tables(scenario(CHAT, *of), day.chunks))
    rows = {row["start"]: row for row in log.rows(named=True) if row["team"] == "chatters"}
    assert [rows[27_000.0][key] for key in ("on_duty_s", "paid_s", "handling_s")] == [3600, 1800, 10]
    assert [rows[28_800.0][key] for key in ("on_duty_s", "overtime_s", "paid_s", "handling_s")] == [0, 60, 60, 60]


@pytest.mark.parametrize(
    ("starts", "ends", "expected"),
    [
        ([], [], [[], []]),
        ([5.0], [7.0], [[5], [7]]),
        ([5.0, 6.0], [7.0, 9.0], [[5], [9]]),
        ([5.0, 7.0], [7.0, 9.0], [[5], [9]]),
        ([8.0, 5.0], [9.0, 7.0], [[5, 8], [7, 9]]),
        ([1.0, 2.0, 5.0], [9.0, 3.0, 6.0], [[1], [9]]),
    ],
)
def test_spans_are_merged(starts: list[float], ends: list[float], expected: list[list[float]]) -> None:
    """What overlaps or touches is one."""
    import numpy as np

    assert merged(np.array(starts), np.array(ends)).tolist() == expected


# Forms.


def test_a_form_is_written_down_and_called_at_once_by_whoever_is_idle() -> None:
    """Left at 10, talk from 10 to 70. No line, no queue, no waiting."""
    day = play(FORMS, dials=leaving(10))
    assert day.told[0] == ["dialled 10, left 10: form"]
    assert day.tries[0] == ["1 desk/0: dialled 10, answered 10, left 70, freed 70"]
    assert day.jobs[0] == ["form, opened 10, tries 1, reached 10, closed 70: reached"]
    assert day.stories[0] == "called_back 70: attempts 1, asked 0, waited 0"


def test_callers_come_before_forms() -> None:
    """The desk talks from 0 to 60; the form of 10 has been there before the call of 20, which is taken at 60 all the
    same. The form is called at 120."""
    day = play(FORMS, dials=[0, *leaving(10), 20])
    assert day.call(2).answered == 60
    assert day.tries[1] == ["1 desk/0: dialled 120, answered 120, left 180, freed 180"]


def test_forms_and_missed_callers_are_called_in_the_order_of_their_jobs() -> None:
    """A call given up at 30, a form of 20, one of 40; the desk is free at 100."""
    missed = "callbacks: {for: [form, missed], number_known: 100%}"
    day = play(FORMS, missed, dials=[0, 10, *leaving(20, 40)], work={0: 100 / 60}, ring_patience={1: 20})
    assert [row.dialled for rows in day.try_rows for row in rows] == [160, 100, 220]


def test_a_form_left_at_night_is_called_at_opening() -> None:
    """Left at 1000; 9:00 is 32 400."""
    day = play(FORMS, HOURS, dials=leaving(1000))
    assert day.tries[0] == ["1 desk/0: dialled 32400, answered 32400, left 32460, freed 32460"]


def test_whoever_left_a_form_and_is_never_reached_is_lost_but_was_not_missed() -> None:
    """Three tries of 25 s, 600 s from the end of one to the next: 10, 635 and 1260, lost at 1285."""
    day = play(FORMS, dials=leaving(10), reached=0.6)
    assert [row.dialled for row in day.try_rows[0]] == [10, 635, 1260]
    assert day.jobs[0] == ["form, opened 10, tries 3, closed 1285: given_up"]
    assert day.stories[0] == "lost 1285: attempts 1, asked 0, waited 0"
    sums = sums_of(day, FORMS).total
    assert [sums[key] for key in ("attempts", "missed", "forms", "lost", "left_form")] == [0, 0, 1, 1, 1]


def test_a_form_that_nobody_has_answered_by_the_end_is_open() -> None:
    """Left at 20:00, the desk would call at 9:00."""
    day = play(FORMS, HOURS, "calendar: {cool_down: 0 s}", dials=leaving(72_000))
    assert day.jobs[0] == ["form, opened 72000, tries 0: open"]
    assert day.stories[0] == "open: attempts 1, asked 0, waited 0"


def test_the_call_to_whoever_left_a_form_needs_a_line() -> None:
    """One line, and two agents: the call of 0 has it until 60, and who has just hung up calls."""
    day = play(FORMS, "lines: 1", "teams: {desk: {agents: 2}}", dials=[0, *leaving(10), 70])
    assert day.tries[1] == ["1 desk/0: dialled 60, answered 60, left 120, freed 120"]
    assert day.call(2).outcome == "blocked"


def test_a_need_that_is_not_met_leaves_another_form() -> None:
    """Talk 10-70 in vain; a second form 100 s later, talk 170-230."""
    vain = "teams: {desk: {resolves: 50%, comes_back_after: 100 s}}"
    day = play(FORMS, vain, dials=leaving(10), resolved=[[0.5, 0.4]])
    assert day.told[0] == ["dialled 10, left 10: form", "dialled 170, left 170: form"]
    assert day.stories[0] == "called_back 230: attempts 2, asked 0, waited 0"


def test_a_call_to_whoever_left_a_form_is_followed_by_wrap_up() -> None:
    """Talk 10-130, for the work is double, and 30 s more."""
    day = play(FORMS, "teams: {desk: {wrap_up: 30 s}}", dials=leaving(10), work=2)
    assert day.tries[0] == ["1 desk/0: dialled 10, answered 10, left 130, freed 160"]


def test_how_soon_forms_are_answered() -> None:
    """Called after 0, 50, 300, 3599 and 3601 s, and never: calls keep the desk busy over 120-480, 600-4201 and
    5000-8602."""
    dials = [*leaving(0, 10), 120, *leaving(180), 600, *leaving(602), 5000, *leaving(5001, 20_000)]
    day = play(FORMS, dials=dials, work={2: 6, 4: 3601 / 60, 6: 3602 / 60}, reached={8: 0.6})
    web = sums_of(day, FORMS).by_source["web"]
    assert (web["left_form"], web["forms_answered"], web["forms_in_5_min"], web["forms_in_1_h"]) == (6, 5, 3, 4)
    assert web["form_wait"] == pytest.approx((0 + 50 + 300 + 3599 + 3601) / 60)
    # Three people called, once each; six left a form, which is no call.
    total = sums_of(day, FORMS).total
    assert (total["callers"], total["attempts"], total["forms"]) == (9, 3, 6)
    assert (total["dialling"], total["caller_attempts"]) == (3, 3)


WORTH = """
currency: EUR
count_loss_as: first order
sources: {web: {worth: buyer}, ads: {worth: buyer}}
worth:
  buyer: {lead_cost: 10 EUR, converts: 50%, first_order: 100 EUR, margin: 40%, orders_per_year: 1, years: 2,
          discount: 0%, interest_halves_in: 60 s}
"""


def test_interest_cools_from_the_form_to_the_call() -> None:
    """Of four new people one is called at once (nothing lost), one after a minute (half), one never (all), and one is
    still to be called (nobody knows): 1.5 lost, at 50 % x 40 of margin. No call was missed, so naively none is lost."""
    texts = FORMS, WORTH, HOURS, "calendar: {cool_down: 0 s}"
    of = scenario(*texts)
    day = play(*texts, dials=leaving(32_400, 32_400, 40_000, 72_000), reached={2: 0.6})
    assert [story.split(" ")[0] for story in day.stories] == ["called_back", "called_back", "lost", "open:"]
    logs = tables(of, day.chunks)
    sums, ledger = add_up(of, logs), economics.ledger(of, economics.prices(of), logs)
    new = ledger.stories()["new"]
    assert (new.missed["web"], new.lost["web"], new.open["web"]) == (0, 1.5, 0)
    found = ledger.amounts(sums)
    losses = [found[f"loss_{view}"] for view in ("acquisition", "first_order", "naive")]
    assert losses == pytest.approx([15, 30, 0])
    # One minute less: half a customer of 200 over two years, none of whom a missed call told of.
    levels = ledger.waterfall_levels(sums)
    assert (levels[0], levels[3], levels[-1]) == pytest.approx((0, 1.5 * 200, 30))
