"""Callers at an answering service: small days whose arithmetic stands in each docstring.

Talks take 60 s, the operators answer after 10 s, their number is not bounded, and there is one agent at the desk of
sales, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import SUPPORT, WEB, Played, play

NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""
STRAIGHT = "sources: {ads: {goes_to: vendor night}}"
OVER = "queues: {sales: {overflow: [{after: 15 s, to: vendor night}]}}"
LONG = 10
"""Work of a talk of 600 s."""


def vendor(text: str) -> str:
    return f"vendors: {{night: {{{text}}}}}"


def straight(*texts: str, dials: list[float], **given: object) -> Played:
    """All callers go to the vendor at once."""
    return play(NIGHT, STRAIGHT, *texts, dials=dials, **given)


def over(*texts: str, dials: list[float | tuple[float, str]], **given: object) -> Played:
    """The desk is busy over 0-600, and whoever waits for 15 s goes to the vendor."""
    given["work"] = {0: LONG, **given.pop("work", {})}  # type: ignore[dict-item]
    return play(NIGHT, OVER, *texts, dials=[0, *dials], **given)


# Answer, talk, wrap-up, operators.


def test_an_operator_answers_after_the_delay() -> None:
    """Asked at 0, answered at 10, talk to 70. No queue is in it."""
    day = straight(dials=[0])
    assert day.first == ["dialled 0, asked 0, matched vendor night 0, answered 10, left 70, freed 70: outsourced"]
    assert day.stories == ["outsourced 70: attempts 1, asked 1, waited 10"]
    assert day.call(0).joined is None


def test_the_delay_is_the_call_s_own() -> None:
    """Drawn for the call: 3 s and 30 s."""
    day = straight(dials=[0, 0], vendor_answer={"night": [3, 30]})
    assert [row.answered for (row,) in day.rows] == [3, 30]


def test_speed_is_a_factor_on_the_talk() -> None:
    """60 s x 2 x 1.5 = 180 s."""
    assert straight(vendor("speed: 1.5"), dials=[0], work=[2]).call(0).left == 190


def test_talks_of_a_queue_are_as_long_at_the_vendor() -> None:
    """Sales talks 120 s, at the vendor 120 x 1.5 = 180 s: 35-215."""
    day = over("queues: {sales: {talk: 120 s}}", vendor("speed: 1.5"), dials=[10], work_in={"sales": {0: LONG}})
    assert day.first[1] == (
        "dialled 10, asked sales 10, matched vendor night 25, answered 35, left 215, freed 215: outsourced"
    )


def test_operators_without_a_bound_take_everybody() -> None:
    """Three at once."""
    assert [row.answered for (row,) in straight(dials=[0, 0, 0]).rows] == [10, 10, 10]


def test_an_operator_is_occupied_through_delay_talk_and_wrap_up() -> None:
    """One operator: delay 0-10, talk to 70, wrap-up to 90; the next 90-100-160-180. The caller leaves at the end of
    the talk."""
    day = straight(vendor("operators: 1, wrap_up: 20 s"), dials=[0, 5])
    assert day.first == [
        "dialled 0, asked 0, matched vendor night 0, answered 10, left 70, freed 90: outsourced",
        "dialled 5, asked 5, matched vendor night 90, answered 100, left 160, freed 180: outsourced",
    ]
    assert day.stories == [
        "outsourced 70: attempts 1, asked 1, waited 10",
        "outsourced 160: attempts 1, asked 1, waited 95",
    ]


def test_operators_are_seized_first_come_first_served() -> None:
    """Two operators, free at 70 and 71: the callers of 2 and 3 come in their order."""
    day = straight(vendor("operators: 2"), dials=[0, 1, 2, 3])
    assert [row.matched for (row,) in day.rows] == [0, 1, 70, 71]


def test_first_come_is_first_at_the_vendor_not_at_the_desk() -> None:
    """The caller of sales asked at 1 and came over at 16; the web's came straight at 5. One operator, busy 0-70: the
    web's is next."""
    day = play(
        NIGHT, OVER, WEB, vendor("operators: 1"), "sources: {web: {goes_to: vendor night}}",
        dials=[(0, "ads"), (0, "web"), (1, "ads"), (5, "web")], work={0: LONG},
    )  # fmt: skip
    assert (day.call(3).matched, day.call(2).matched) == (70, 140)


# Patience.


def test_three_rings_spent_at_the_desk_are_spent() -> None:
    """Moved at 25 after 15 s of ringing, the operator would answer at 35. Ring patience from the dial at 10: 20 s end
    at 30, 25 s at 35, when answering beats leaving."""
    day = over(dials=[10, 10], ring_patience={1: 20, 2: 25})
    assert day.first[1:] == [
        "dialled 10, asked sales 10, matched vendor night 25, left 30, freed 30: abandoned_ringing",
        "dialled 10, asked sales 10, matched vendor night 25, answered 35, left 95, freed 95: outsourced",
    ]
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_ring_patience_runs_from_the_dial_straight_at_the_vendor() -> None:
    """9 s are too few for 10 s, 11 s are not."""
    day = straight(dials=[0, 100], ring_patience=[9, 11])
    assert day.first == [
        "dialled 0, asked 0, matched vendor night 0, left 9, freed 9: abandoned_ringing",
        "dialled 100, asked 100, matched vendor night 100, answered 110, left 170, freed 170: outsourced",
    ]


def test_hold_patience_that_has_begun_runs_on() -> None:
    """Sales answers at 12; 18 s of hold patience end at 30, before the operator's answer at 35."""
    day = over("queues: {sales: {answers_after: 2 s}}", dials=[10], hold_patience={1: 18})
    assert day.first[1] == (
        "dialled 10, asked sales 10, greeted 12, matched vendor night 25, left 30, freed 30: abandoned_queue"
    )


def test_behind_a_menu_hold_patience_begins_at_the_vendor() -> None:
    """Answered at 5, at the vendor at 15: 8 s of hold patience end at 23; ring patience is over for good."""
    menu = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: vendor night}]}}
    """
    day = straight(menu, dials=[0], hold_patience=8, ring_patience=6)
    assert day.first == ["dialled 0, greeted 5, asked 15, matched vendor night 15, left 23, freed 23: abandoned_queue"]


def test_hanging_up_before_the_answer_frees_the_operator() -> None:
    """One operator: the first hangs up at 5, the second is connected then and answered at 15."""
    day = straight(vendor("operators: 1, wrap_up: 20 s"), dials=[0, 1], ring_patience={0: 5})
    assert day.first == [
        "dialled 0, asked 0, matched vendor night 0, left 5, freed 5: abandoned_ringing",
        "dialled 1, asked 1, matched vendor night 5, answered 15, left 75, freed 95: outsourced",
    ]


def test_whoever_hangs_up_waiting_for_an_operator_takes_none() -> None:
    """One operator, busy 0-70: the caller of 1 is gone at 31, that of 2 is next."""
    day = straight(vendor("operators: 1"), dials=[0, 1, 2], ring_patience={1: 30})
    assert day.first[1:] == [
        "dialled 1, asked 1, left 31: abandoned_ringing at vendor night",
        "dialled 2, asked 2, matched vendor night 70, answered 80, left 140, freed 140: outsourced",
    ]


# Quality.


def test_a_share_is_answered_in_vain() -> None:
    """98 %: draw 0.97 is helped, draw 0.98 is not, though answered."""
    day = straight(vendor("quality: 98%"), dials=[0, 0], quality={"night": [0.97, 0.98]})
    assert [row.outcome for (row,) in day.rows] == ["outsourced", "outsourced"]
    assert day.stories == [
        "outsourced 70: attempts 1, asked 1, waited 10",
        "unserved 70: attempts 1, asked 1, waited 10",
    ]


def test_a_message_taken_meets_no_need() -> None:
    """However good the operators are."""
    day = straight(vendor("takes_message: true, quality: 100%"), dials=[0])
    assert day.stories == ["unserved 70: attempts 1, asked 1, waited 10"]


def test_whoever_was_answered_in_vain_does_not_redial() -> None:
    """A redial follows a missed attempt."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 60 s, at_most: 3}}}"
    day = straight(redial, vendor("takes_message: true"), dials=[0])
    assert [len(rows) for rows in day.rows] == [1]


def test_whoever_gives_up_at_the_vendor_may_redial() -> None:
    """Gone at 5; 60 s later, patient for 11 s, answered at 75."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 60 s, at_most: 3}}}"
    day = straight(redial, dials=[0], ring_patience={0: [5, 11]})
    assert [(row.dialled, row.answered) for row in day.rows[0]] == [(0, None), (65, 75)]
    assert day.stories == ["outsourced 135: attempts 2, asked 2, waited 15, missed 5"]


# Lines: the vendor's and ours.


def test_calls_beyond_the_vendor_s_lines_hear_busy() -> None:
    """Two lines, one operator: one talks, one waits, the third hears busy at 2. At 70 the first talk has ended, though
    not the wrap-up: there is a line again."""
    day = straight(vendor("operators: 1, lines: 2, wrap_up: 20 s"), dials=[0, 1, 2, 70])
    assert day.first[2] == "dialled 2, left 2: blocked at vendor night (vendor_full)"
    assert [row.matched for (row,) in day.rows] == [0, 90, None, 180]
    assert day.stories[2] == "lost 2: attempts 1, asked 0, waited 0, missed 2"


def test_hanging_up_frees_the_vendor_s_line() -> None:
    """One line: the first rings there over 0-5, so 4 is too early and 5 is not; waiting callers free theirs too."""
    connecting = straight(vendor("lines: 1"), dials=[0, 4, 5], ring_patience={0: 5})
    waiting = straight(vendor("operators: 1, lines: 2"), dials=[0, 1, 5, 6], ring_patience={1: 5})
    assert [row.outcome for (row,) in connecting.rows] == ["abandoned_ringing", "blocked", "outsourced"]
    assert [row.outcome for (row,) in waiting.rows] == ["outsourced", "abandoned_ringing", "blocked", "outsourced"]


def test_straight_to_the_vendor_takes_no_line_of_ours() -> None:
    """One line, taken over 0-60 by sales: the web's call to the vendor at 10 goes through, and leaves it alone."""
    web = "sources: {web: {goes_to: vendor night}}"
    day = play("lines: 1", NIGHT, WEB, web, dials=[(0, "ads"), (10, "web"), (60, "ads")])
    assert [row.outcome for (row,) in day.rows] == ["answered", "outsourced", "answered"]


def test_straight_to_the_vendor_may_use_our_line() -> None:
    """`uses_line: true`: busy at 10; from 60 to 130 the vendor's call holds the line, and sales hears busy at 129."""
    web = "sources: {web: {goes_to: vendor night, uses_line: true}}"
    day = play("lines: 1", NIGHT, WEB, web, dials=[(0, "ads"), (10, "web"), (60, "web"), (129, "ads"), (130, "ads")])
    assert [row.outcome for (row,) in day.rows] == ["answered", "blocked", "outsourced", "blocked", "answered"]


def test_an_overflowed_call_holds_our_line() -> None:
    """Two lines: the desk's talk, and the caller of 10 to the end of the vendor's talk, 95."""
    day = over("lines: 2", dials=[10, 25, 94, 95])
    assert [row.outcome for (row,) in day.rows[1:]] == ["outsourced", "blocked", "blocked", "outsourced"]


def test_a_vendor_may_release_the_line() -> None:
    """From 25 on our line is free, though dials come after rules; 24 hears busy."""
    day = over("lines: 2", vendor("releases_line: true"), dials=[10, 24, 25])
    assert [row.outcome for (row,) in day.rows[1:]] == ["outsourced", "blocked", "outsourced"]


# Ways to the vendor.


SPLIT = "sources: {ads: {goes_to: {60%: queue sales, 40%: vendor night}}}"


def test_a_split_sends_a_share_to_the_vendor() -> None:
    """Draws below 0.6 go to sales, others to the vendor."""
    day = play(NIGHT, SPLIT, dials=[0, 100], split=[0.59, 0.6])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 100, asked 100, matched vendor night 100, answered 110, left 170, freed 170: outsourced",
    ]


def test_of_a_split_only_the_share_for_the_queue_takes_a_line() -> None:
    """One line, taken over 0-60: the second to sales hears busy, the one to the vendor does not."""
    day = play("lines: 1", NIGHT, SPLIT, dials=[0, 10, 11], split=[0.1, 0.1, 0.9])
    assert [row.outcome for (row,) in day.rows] == ["answered", "blocked", "outsourced"]


def test_a_split_is_drawn_for_each_attempt() -> None:
    """To the vendor and gone at 5, then, 60 s later, to sales."""
    redial = "sources: {ads: {redial: {chance: 100%, after: 60 s, at_most: 3}}}"
    day = play(NIGHT, SPLIT, redial, dials=[0], split={0: [0.6, 0.5]}, ring_patience={0: [5, 99]})
    assert day.told[0] == [
        "dialled 0, asked 0, matched vendor night 0, left 5, freed 5: abandoned_ringing",
        "dialled 65, asked sales 65, matched desk/0 65, answered 65, left 125, freed 125: answered",
    ]


HOURS = "calendar: {open: {every day: 09:00-18:00}}"
CLOSED = "queues: {sales: {closed: vendor night}}"


def test_a_closed_queue_may_send_to_the_vendor() -> None:
    """At 64 800 sales is closed: it refused first, was never joined, and the vendor was asked at that moment."""
    day = play(HOURS, NIGHT, CLOSED, dials=[64_800])
    (row,) = day.rows[0]
    assert (row.outcome, row.asked, row.joined, row.answered, row.left) == ("outsourced", 64_800, None, 64_810, 64_870)
    assert (row.first_queue, row.last_queue) == ("sales", "sales")


def test_whoever_gives_up_at_the_vendor_behind_a_closed_queue_has_abandoned() -> None:
    """The vendor is no machine that explains: it could have helped."""
    day = play(HOURS, NIGHT, CLOSED, dials=[64_800], ring_patience=5)
    (row,) = day.rows[0]
    assert (row.outcome, row.matched, row.left, row.first_queue) == ("abandoned_ringing", 64_800, 64_805, "sales")


def test_a_full_vendor_behind_a_closed_queue_leaves_it_closed() -> None:
    """One line, taken at 64 800: at 64 801 sales is closed, and nobody helps."""
    day = play(HOURS, NIGHT, CLOSED, vendor("lines: 1"), dials=[64_800, 64_801])
    assert (day.call(1).outcome, day.call(1).left) == ("closed", 64_801)


def test_a_full_queue_may_send_to_the_vendor() -> None:
    """No room: at 10 the vendor is asked, and the queue was not joined."""
    day = play(NIGHT, "queues: {sales: {room_for: 0, full: vendor night}}", dials=[0, 10])
    (row,) = day.rows[1]
    assert (row.outcome, row.asked, row.joined, row.answered) == ("outsourced", 10, None, 20)


def test_whoever_waits_at_closing_may_go_to_the_vendor() -> None:
    """Waiting since 64 795, sent over at 64 800, answered at 64 810: a wait of 15 s, asked for sales once."""
    day = play(
        HOURS, NIGHT, CLOSED, "queues: {sales: {at_closing: closed}}", dials=[64_790, 64_795], ring_patience={1: 16}
    )
    assert day.first[1] == (
        "dialled 64795, asked sales 64795, matched vendor night 64800, answered 64810, left 64870, freed 64870: "
        "outsourced"
    )
    assert day.stories[1] == "outsourced 64870: attempts 1, asked 1 (sales), waited 15"


def test_what_is_under_way_at_a_vendor_at_the_horizon_is_unfinished() -> None:
    """No cool-down: at 86 400 one talks, one is about to be answered, one waits; one has talked, but the wrap-up is
    not over."""
    day = straight(
        "calendar: {cool_down: 0}", vendor("operators: 3, wrap_up: 20 s"), dials=[86_320, 86_330, 86_395, 86_396]
    )
    assert day.first == [
        "dialled 86320, asked 86320, matched vendor night 86320, answered 86330, left 86390: outsourced",
        "dialled 86330, asked 86330, matched vendor night 86330, answered 86340: unfinished",
        "dialled 86395, asked 86395, matched vendor night 86395: unfinished",
        "dialled 86396, asked 86396: unfinished at vendor night",
    ]
    assert [row.resolution for (row,) in day.callers] == ["outsourced", "open", "open", "open"]


def test_whoever_is_put_through_may_end_at_the_vendor() -> None:
    """Sales talks 0-60 and puts the caller through to support, which is busy; after 15 s, at 75, the vendor is asked,
    answers at 85 and talks to 145. The attempt's own answer is the desk's; the way after it is a leg."""
    text = """
    queues: {sales: {transfer: {chance: 50%, to: queue support}}, support: {overflow: [{after: 15 s, to: vendor night}]}}
    """
    day = play(SUPPORT, NIGHT, text, dials=[(0, "help"), (0, "ads")], work={0: LONG}, transfer={"sales": {1: 0.1}})
    (row,), (leg,) = day.rows[1], day.leg_rows[1]
    assert (row.team, row.matched, row.answered, row.transferred, row.freed, row.left) == ("desk", 0, 0, 60, 60, 145)
    assert (leg.leg, leg.team, leg.asked, leg.matched) == (1, None, 60, 75)
    assert (leg.answered, leg.left, leg.freed) == (85, 145, 145)
