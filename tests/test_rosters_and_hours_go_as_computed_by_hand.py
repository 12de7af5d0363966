"""Rosters, opening, closing, holidays: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, while open, unless a test says otherwise (tests/script.py).
09:00 is 32 400 s, 18:00 is 64 800 s; day 0 is a Monday.
"""

from __future__ import annotations

from tests.script import SUPPORT, Played, play

HOURS = "calendar: {open: {every day: 09:00-18:00}}"
CLOSE = 64_800
ALL_DAY = """
queues: {support: {open: always}}
teams: {helpers: {agents: {every day: {00:00-24:00: 1}}}}
"""
"""Support is there at all hours."""
SENT_OVER = "queues: {sales: {at_closing: closed, closed: queue support}}"
"""At closing whoever waits for sales goes over to support."""


# Opening and closing.


def test_opening_lets_in_and_closing_keeps_out_at_the_very_moment() -> None:
    """Hours are half-open: 32 399 is too early, 32 400 in time; 64 799 in time, 64 800 too late. The last talk is
    overtime, 64 800 to 64 859."""
    day = play(HOURS, dials=[32_399, 32_400, 64_799, 64_800])
    assert day.first == [
        "dialled 32399, left 32399: closed at sales (asked_while_closed)",
        "dialled 32400, asked sales 32400, matched desk/0 32400, answered 32400, left 32460, freed 32460: answered",
        "dialled 64799, asked sales 64799, matched desk/0 64799, answered 64799, left 64859, freed 64859: answered",
        "dialled 64800, left 64800: closed at sales (asked_while_closed)",
    ]
    assert day.stories[3] == "lost 64800: attempts 1, asked 0 (sales), waited 0, missed 64800"
    assert day.shifts == ["desk/0: 32400 to 64800, went 64859"]


def test_a_queue_has_hours_of_its_own() -> None:
    """The centre is open 9 to 18, sales 10 to 12: at 9:30 it is closed, at 10:00 not, at 12:00 it is; the agent is on
    duty as long as the centre is open."""
    day = play(HOURS, "queues: {sales: {open: {mon: 10:00-12:00}}}", dials=[34_200, 36_000, 43_200])
    assert day.first == [
        "dialled 34200, left 34200: closed at sales (asked_while_closed)",
        "dialled 36000, asked sales 36000, matched desk/0 36000, answered 36000, left 36060, freed 36060: answered",
        "dialled 43200, left 43200: closed at sales (asked_while_closed)",
    ]
    assert day.shifts == ["desk/0: 32400 to 64800, went 64800"]


def test_lunch_is_a_closing_and_an_opening() -> None:
    """Open 9-12 and 13-18. At 12:00 (43 200) closed, at 13:00 (46 800) open; two duties."""
    day = play("calendar: {open: {mon: [09:00-12:00, 13:00-18:00]}}", dials=[43_200, 46_799, 46_800])
    assert [row.outcome for (row,) in day.rows] == ["closed", "closed", "answered"]
    assert day.shifts == ["desk/0: 32400 to 43200, went 43200", "desk/0: 46800 to 64800, went 64800"]


def test_a_shift_over_midnight_belongs_to_its_first_day() -> None:
    """Open Monday 22:00 (79 200) to Tuesday 06:00 (108 000): closed Monday at 03:00, open Tuesday at 03:00 (97 200)
    and at 05:59:59, closed at 06:00; one duty."""
    day = play("calendar: {days: 2, open: {mon: 22:00-06:00}}", dials=[10_800, 79_200, 97_200, 107_999, 108_000])
    assert [row.outcome for (row,) in day.rows] == ["closed", "answered", "answered", "answered", "closed"]
    assert day.shifts == ["desk/0: 79200 to 108000, went 108059"]


def test_holidays_have_hours_of_their_own() -> None:
    """Tuesday is a holiday, open 10 to 12: closed at 9:30 (120 600), open at 10:00 (122 400), closed at 12:00
    (129 600). Wednesday is ordinary again, from 205 200 to 237 600."""
    holiday = """
    calendar: {days: 3, holidays: [2026-03-03], open: {mon-fri: 09:00-18:00, holiday: 10:00-12:00}}
    """
    day = play(holiday, dials=[120_600, 122_400, 129_600, 205_200])
    assert [row.outcome for (row,) in day.rows] == ["closed", "answered", "closed", "answered"]
    assert day.shifts == [
        "desk/0: 32400 to 64800, went 64800",
        "desk/0: 122400 to 129600, went 129600",
        "desk/0: 205200 to 237600, went 237600",
    ]


# The roster.


def test_slot_k_is_on_duty_while_the_headcount_is_at_least_k() -> None:
    """One agent in the first hour, three in the second, two in the third."""
    roster = "teams: {desk: {agents: {every day: {00:00-01:00: 1, 01:00-02:00: 3, 02:00-03:00: 2}}}}"
    day = play(roster, dials=[])
    assert day.shifts == [
        "desk/0: 0 to 10800, went 10800",
        "desk/1: 3600 to 10800, went 10800",
        "desk/2: 3600 to 7200, went 7200",
    ]


def test_a_busy_agent_leaves_after_the_wrap_up() -> None:
    """Due at 3600, in the middle of the talk 3590-3650 and the wrap-up to 3680: overtime. Whoever waits since 3595
    is not theirs any more, but the one's who comes at 7200."""
    roster = "teams: {desk: {wrap_up: 30 s, agents: {every day: {00:00-01:00: 1, 02:00-03:00: 1}}}}"
    day = play(roster, dials=[3590, 3595])
    assert day.first == [
        "dialled 3590, asked sales 3590, matched desk/0 3590, answered 3590, left 3650, freed 3680: answered",
        "dialled 3595, asked sales 3595, matched desk/0 7200, answered 7200, left 7260, freed 7290: answered",
    ]
    assert day.shifts == ["desk/0: 0 to 3600, went 3680", "desk/0: 7200 to 10800, went 10800"]


def test_an_agent_who_is_due_while_picking_up_still_answers_and_goes_if_the_caller_hangs_up() -> None:
    """Picking up 3590-3610, due at 3600. The first roster's caller stays and talks to 3670, the second's hangs up at
    3605, and the agent goes at that moment, though another caller waits."""
    roster = "teams: {desk: {answers_after: 20 s, agents: {every day: {00:00-01:00: 1}}}}"
    stays = play(roster, "calendar: {cool_down: 0}", dials=[3590, 3595])
    leaves = play(roster, "calendar: {cool_down: 0}", dials=[3590, 3595], ring_patience={0: 15})
    assert stays.first[0] == (
        "dialled 3590, asked sales 3590, matched desk/0 3590, answered 3610, left 3670, freed 3670: answered"
    )
    assert stays.shifts == ["desk/0: 0 to 3600, went 3670"]
    assert leaves.first == [
        "dialled 3590, asked sales 3590, matched desk/0 3590, left 3605, freed 3605: abandoned_ringing",
        "dialled 3595, asked sales 3595: unfinished",
    ]
    assert leaves.shifts == ["desk/0: 0 to 3600, went 3605"]


def test_overtime_can_run_into_the_next_duty() -> None:
    """Due at 3600, back at 3660, talking 3590-3790: one duty ends and the next begins at 3660. The caller of 3605 is
    taken at 3790."""
    roster = "teams: {desk: {agents: {every day: {00:00-01:00: 1, 01:01-02:00: 1}}}}"
    day = play(roster, dials=[3590, 3605], work={0: 200 / 60})
    assert day.call(1).matched == 3790
    assert day.shifts == ["desk/0: 0 to 3600, went 3660", "desk/0: 3660 to 7200, went 7200"]


def test_arriving_agents_take_whoever_waits_in_slot_order() -> None:
    """Nobody is there until 3600. Then slot 0 takes the caller of 10, slot 1 the caller of 20, the aces' the one of
    30, and the dial at 3600 comes after the roster and waits."""
    roster = """
    teams:
      desk: {agents: {every day: {01:00-02:00: 2}}}
      aces: {serves: [sales], agents: {every day: {01:00-02:00: 1}}}
    """
    day = play(roster, dials=[10, 20, 30, 3600])
    assert [(row.team, row.slot, row.matched) for (row,) in day.rows] == [
        ("desk", 0, 3600), ("desk", 1, 3600), ("aces", 0, 3600), ("desk", 0, 3660),
    ]  # fmt: skip


def test_an_agent_who_arrives_as_somebody_dials_takes_the_call() -> None:
    """Roster changes come before dials: the call at 3600 is answered at once by whoever arrives at 3600."""
    day = play("teams: {desk: {agents: {every day: {01:00-02:00: 1}}}}", dials=[3600])
    assert day.call(0).answered == 3600


def test_an_agent_who_is_due_as_somebody_dials_does_not_take_the_call() -> None:
    """The roster is half-open: due at 3600, the call at 3600 waits until 7200."""
    day = play("teams: {desk: {agents: {every day: {00:00-01:00: 1, 02:00-03:00: 1}}}}", dials=[3600])
    assert day.call(0).answered == 7200


# Closing time.


def test_agents_due_at_closing_serve_whoever_waits() -> None:
    """Closing at 64 800 with two waiting: they talk 64 850-64 910 and 64 910-64 970, then the agent goes."""
    day = play(HOURS, dials=[64_790, 64_795, 64_799, 64_801])
    assert [(row.outcome, row.answered, row.left) for (row,) in day.rows] == [
        ("answered", 64_790, 64_850),
        ("answered", 64_850, 64_910),
        ("answered", 64_910, 64_970),
        ("closed", None, 64_801),
    ]
    assert day.shifts == ["desk/0: 32400 to 64800, went 64970"]


def test_each_agent_goes_when_nobody_is_left_to_serve() -> None:
    """Talks 64 700-64 850 and twice 64 795-64 855, one waiting: slot 0 takes it to 64 910, slots 1 and 2 find nobody
    at 64 855 and go."""
    day = play(HOURS, "teams: {desk: {agents: 3}}", dials=[64_700, 64_795, 64_795, 64_796], work={0: 150 / 60})
    assert [row.matched for (row,) in day.rows] == [64_700, 64_795, 64_795, 64_850]
    assert day.shifts == [
        "desk/0: 32400 to 64800, went 64910",
        "desk/1: 32400 to 64800, went 64855",
        "desk/2: 32400 to 64800, went 64855",
    ]


def test_an_idle_agent_goes_at_closing() -> None:
    """Slot 0 talks into the overtime, slot 1 has nothing to do and goes when due."""
    day = play(HOURS, "teams: {desk: {agents: 2}}", dials=[64_790])
    assert day.shifts == ["desk/0: 32400 to 64800, went 64850", "desk/1: 32400 to 64800, went 64800"]


def test_a_queue_can_close_on_those_who_wait() -> None:
    """`at_closing: closed`: the talk goes on to its end, the caller who waits meets the rule, here hanging up; the
    agent goes after the talk."""
    day = play(HOURS, "queues: {sales: {at_closing: closed}}", dials=[64_790, 64_795])
    assert day.first == [
        "dialled 64790, asked sales 64790, matched desk/0 64790, answered 64790, left 64850, freed 64850: answered",
        "dialled 64795, asked sales 64795, left 64800: closed (closed_while_waiting)",
    ]
    assert day.stories[1] == "lost 64800: attempts 1, asked 1 (sales), waited 5, missed 64800"
    assert day.shifts == ["desk/0: 32400 to 64800, went 64850"]


def test_a_matched_caller_no_longer_waits_at_closing() -> None:
    """Picking up 64 790-64 810 over a closing that sends those who wait away: answered all the same."""
    day = play(HOURS, "queues: {sales: {at_closing: closed}}", "teams: {desk: {answers_after: 20 s}}", dials=[64_790])
    assert day.first == [
        "dialled 64790, asked sales 64790, matched desk/0 64790, answered 64810, left 64870, freed 64870: answered"
    ]


def test_with_nobody_on_duty_at_closing_whoever_waits_is_sent_away() -> None:
    """The agent is due at 17:00 (61 200), talks to 61 250 and goes; the caller of 61 195 waits until 64 800."""
    day = play(HOURS, "teams: {desk: {agents: {mon: {09:00-17:00: 1}}}}", dials=[61_190, 61_195])
    assert day.first[1] == "dialled 61195, asked sales 61195, left 64800: closed (closed_while_waiting)"
    assert day.shifts == ["desk/0: 32400 to 61200, went 61250"]


def test_overtime_of_an_earlier_duty_is_not_duty_at_closing() -> None:
    """Due at 17:00, talking from 61 190 on for 3700 s, to 64 890: at 64 800 nobody is on duty who could serve."""
    day = play(HOURS, "teams: {desk: {agents: {mon: {09:00-17:00: 1}}}}", dials=[61_190, 64_795], work={0: 3700 / 60})
    assert day.first[1] == "dialled 64795, asked sales 64795, left 64800: closed (closed_while_waiting)"
    assert day.shifts == ["desk/0: 32400 to 61200, went 64890"]


def test_agents_rostered_beyond_closing_serve_until_they_are_due() -> None:
    """Talk 64 790-65 390, the next 65 390-65 450; on duty until 65 400. The third waits at 65 400, when the agent is
    due (not at closing) and nobody is left to serve: sent away."""
    day = play(HOURS, "teams: {desk: {agents: {mon: {09:00-18:10: 1}}}}", dials=[64_790, 64_795, 64_796], work={0: 10})
    assert [(row.outcome, row.matched, row.left) for (row,) in day.rows] == [
        ("answered", 64_790, 65_390),
        ("answered", 65_390, 65_450),
        ("closed", None, 65_400),
    ]
    assert day.shifts == ["desk/0: 32400 to 65400, went 65450"]


def test_who_stays_after_closing_does_not_serve_those_who_come_after_the_next_opening() -> None:
    """Open 0-3600 and 3660-7200, an agent rostered for the first hour alone. Talks 3500-3700 and, for the one who
    waited at closing, 3700-3760; then nobody is left who joined before the closing, and the agent goes. Whoever
    joined at 3670 waits until 7200, when nobody is on duty."""
    hours = "calendar: {open: {mon: ['00:00-01:00', '01:01-02:00']}}"
    day = play(hours, "teams: {desk: {agents: {mon: {00:00-01:00: 1}}}}", dials=[3500, 3590, 3670], work={0: 200 / 60})
    assert day.first[1:] == [
        "dialled 3590, asked sales 3590, matched desk/0 3700, answered 3700, left 3760, freed 3760: answered",
        "dialled 3670, asked sales 3670, left 7200: closed (closed_while_waiting)",
    ]
    assert day.shifts == ["desk/0: 0 to 3600, went 3760"]


# The rule for a closed queue.


def sent_over(*texts: str, **given: object) -> Played:
    """Support talks 64 740-64 840, with a caller of sales waiting since 64 795 to be sent over at 64 800."""
    dials = [(64_740, "help"), (64_790, "ads"), (64_795, "ads")]
    return play(SUPPORT, HOURS, ALL_DAY, SENT_OVER, *texts, dials=dials, work={0: 100 / 60}, **given)


def test_a_closed_queue_can_send_to_another() -> None:
    """Whoever dials after closing joins support, open and staffed at all hours."""
    day = play(SUPPORT, HOURS, ALL_DAY, SENT_OVER, dials=[(CLOSE, "ads")])
    assert day.first == [
        "dialled 64800, asked support 64800, matched helpers/0 64800, answered 64800, left 64860, freed 64860: answered"
    ]


def test_a_closed_queue_can_send_to_a_menu() -> None:
    """Closed at 64 800: the menu rings 10 s and prompts 5 s, and its key leads to support. A ring patience of 9 s
    ends before the menu answers: sales was closed, and that is what the call came to."""
    menu = """
    queues: {sales: {closed: menu night}}
    menus: {night: {answers_after: 10 s, prompt: 5 s, keys: [{share: 100%, to: queue support}]}}
    """
    day = play(SUPPORT, HOURS, ALL_DAY, menu, dials=[(CLOSE, "ads")] * 2, ring_patience=[9, 11])
    assert day.first == [
        "dialled 64800, left 64809: closed at sales (asked_while_closed)",
        "dialled 64800, greeted 64810, asked support 64815, matched helpers/0 64815, answered 64815, left 64875, "
        "freed 64875: answered",
    ]


def test_whoever_is_sent_over_at_closing_asked_once() -> None:
    """Support is free at 64 840: a wait of 45 s since 64 795, first queue sales, last queue support."""
    day = sent_over()
    assert day.first[2] == (
        "dialled 64795, asked sales 64795, matched helpers/0 64840, answered 64840, left 64900, freed 64900: "
        "answered at support"
    )
    assert day.stories[2] == "served 64900: attempts 1, asked 1 (sales), waited 45"


def test_ring_patience_goes_on_when_sent_over() -> None:
    """30 s from the dial at 64 795 end at 64 825, while support is still busy."""
    day = sent_over(ring_patience={2: 30})
    assert day.first[2] == "dialled 64795, asked sales 64795, left 64825: abandoned_ringing at support"
    assert day.stories[2] == "lost 64825: attempts 1, asked 1 (sales), waited 30, missed 64825"


def test_a_greeting_counts_from_joining_the_queue_that_greets() -> None:
    """Support answers 12 s after the join at 64 800, at 64 812, and sales' own greeting after 8 s, due at 64 803, is
    void: ring patience of 17 s ends at 64 812, too late, and hold patience of 20 s at 64 832."""
    greetings = "queues: {sales: {answers_after: 8 s}, support: {answers_after: 12 s}}"
    day = sent_over(greetings, ring_patience={2: 17}, hold_patience={2: 20})
    assert day.first[2] == "dialled 64795, asked sales 64795, greeted 64812, left 64832: abandoned_queue at support"


def test_hold_patience_goes_on_when_sent_over() -> None:
    """Sales answers at 64 797; 20 s of hold patience end at 64 817, in support, whose greeting counts as 0."""
    greetings = "queues: {sales: {answers_after: 2 s}, support: {answers_after: 12 s}}"
    day = sent_over(greetings, hold_patience={2: 20})
    assert day.first[2] == "dialled 64795, asked sales 64795, greeted 64797, left 64817: abandoned_queue at support"


def test_an_announcement_that_we_are_closed_changes_nothing() -> None:
    """Closed at 64 800: the announcement answers at 64 810 and hangs up at 64 815. The call is closed, and whoever
    redials after closed calls only, does so."""
    announcement = """
    queues: {sales: {closed: menu night}}
    menus: {night: {answers_after: 10 s, prompt: 5 s, keys: [{share: 100%, to: hang up}]}}
    sources: {ads: {redial: {chance: {closed: 100%}, after: 60 s, at_most: 1}}}
    """
    day = play(HOURS, announcement, dials=[CLOSE], ring_patience=60)
    assert day.told[0] == [
        "dialled 64800, greeted 64810, left 64815: closed at sales (asked_while_closed)",
        "dialled 118860, asked sales 118860, matched desk/0 118860, answered 118860, left 118920, freed 118920: "
        "answered",
    ]


def test_a_call_that_two_queues_refuse_belongs_to_the_first() -> None:
    """Sales is closed and sends to support, which is closed too. The redial waits for sales, which was dialled: it
    opens at 9:00 the next day, 118 800."""
    both = """
    queues: {sales: {closed: queue support}, support: {open: {every day: 10:00-12:00}}}
    sources: {ads: {redial: {chance: {closed: 100%}, after: 60 s, at_most: 1}}}
    """
    day = play(SUPPORT, HOURS, both, dials=[CLOSE])
    first, second = day.rows[0]
    assert (first.outcome, first.first_queue, first.last_queue) == ("closed", "sales", "support")
    assert second.dialled == 118_860


def test_a_queue_that_opens_during_its_announcement_is_open() -> None:
    """At 8:59:50 (32 390) sales is closed; the announcement ends at 9:00:05, when sales has opened: the redial is due
    60 s later, not the next day. Whoever hangs up in the announcement was refused as well."""
    announcement = """
    queues: {sales: {closed: menu night}}
    menus: {night: {answers_after: 5 s, prompt: 10 s, hangs_up: 50%, keys: [{share: 100%, to: hang up}]}}
    sources: {ads: {redial: {chance: {closed: 100%}, after: 60 s, at_most: 1}}}
    """
    day = play(HOURS, announcement, dials=[32_390, 32_390], ring_patience=60, hang_up={0: 0.9, 1: 0.25})
    assert [rows[0].outcome for rows in day.rows] == ["closed", "closed"]
    assert [rows[0].left for rows in day.rows] == [32_405, 32_400]
    assert [rows[1].dialled for rows in day.rows] == [32_465, 32_460]


def test_ring_patience_counts_from_the_dial_across_queue_and_menu() -> None:
    """Sent at 64 800 to a menu that answers at 64 810. Ring patience of 15 s from 64 795 ends at that moment and is
    too late; of 14 s it ends at 64 809. What the menu says last is that sales is closed."""
    menu = """
    queues: {sales: {closed: menu night}}
    menus: {night: {answers_after: 10 s, prompt: 5 s, keys: [{share: 100%, to: hang up}]}}
    """
    stays, leaves = (sent_over(menu, ring_patience={2: patience}) for patience in (15, 14))
    assert stays.first[2] == (
        "dialled 64795, asked sales 64795, greeted 64810, left 64815: closed (closed_while_waiting)"
    )
    assert leaves.first[2] == "dialled 64795, asked sales 64795, left 64809: closed (closed_while_waiting)"


def test_whoever_asked_first_is_served_first_also_when_sent_over() -> None:
    """A caller joins support at 64 798, after the other asked for sales at 64 795 but before that one is sent over at
    64 800. Free at 64 840, support takes who has waited longest since first asking: the one of 64 795."""
    dials = [(64_740, "help"), (64_790, "ads"), (64_795, "ads"), (64_798, "help")]
    day = play(SUPPORT, HOURS, ALL_DAY, SENT_OVER, dials=dials, work={0: 100 / 60})
    assert (day.call(2).matched, day.call(3).matched) == (64_840, 64_900)


def test_a_closed_queue_that_sends_to_a_closed_queue_ends_the_call() -> None:
    """Sales closes at 64 800 and support, though idle, with it, whichever comes first in the file: hours are half-open,
    so the caller of 64 795 is sent over and out at that moment."""
    day = play(
        SUPPORT, HOURS, "queues: {sales: {at_closing: closed, closed: queue support}}",
        dials=[(64_790, "ads"), (64_795, "ads")],
    )  # fmt: skip
    assert (day.call(1).outcome, day.call(1).left, day.call(1).first_queue) == ("closed", CLOSE, "sales")
