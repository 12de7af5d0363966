"""Shifts with breaks, absence, overtime, and agents of several queues at closing: small days computed by hand.

Talks take 60 s and there is one agent at the desk, unless a test says otherwise (tests/script.py). 08:00 is 28 800 s,
12:00 is 43 200 s, 16:00 is 57 600 s, midnight 86 400 s; day 0 is a Monday.
"""

from __future__ import annotations

import textwrap

from tests.script import SUPPORT, Legs, play

MIDNIGHT = 86_400
HOURS = "calendar: {open: {every day: 09:00-18:00}}"


def shifts(*given: str) -> str:
    """A desk on shifts."""
    return textwrap.dedent(f"""
        teams:
          desk:
            agents: none
            shifts: [{", ".join(f"{{{shift}}}" for shift in given)}]
    """)


EIGHT_TO_FOUR = "days: every day, hours: 08:00-16:00, agents: 1"
LUNCH = shifts(f"{EIGHT_TO_FOUR}, breaks: [{{at: 12:00, lasts: 30 min}}]")
TWO_IN_A_ROW = shifts(
    f"{EIGHT_TO_FOUR}, breaks: [{{at: 12:00, lasts: 30 min}}, {{at: 12:30, lasts: 15 min, paid: true}}]"
)


# Shifts and breaks.


def test_breaks_are_paid_or_not_and_nobody_is_served_in_them() -> None:
    """A coffee break 10:00-10:15 (36 000-36 900), paid, and lunch 12:00-12:30 (43 200-45 000), unpaid."""
    day = play(
        shifts(f"{EIGHT_TO_FOUR}, breaks: [{{at: 12:00, lasts: 30 min}}, {{at: 10:00, lasts: 15 min, paid: true}}]"),
        dials=[35_000, 36_000, 36_900, 44_999, 45_000],
    )
    assert [row.matched for (row,) in day.rows] == [35_000, 36_900, 36_960, 45_000, 45_060]
    assert day.shifts == [
        "desk/0: 28800 to 36000, went 36000",
        "desk/0 paid_break: 36000 to 36900, went 36900",
        "desk/0: 36900 to 43200, went 43200",
        "desk/0 unpaid_break: 43200 to 45000, went 45000",
        "desk/0: 45000 to 57600, went 57600",
    ]


def test_slots_are_counted_through_the_shifts() -> None:
    """Two work 8-16 as slots 0 and 1, one works 12-20 as slot 2; lunch at 12 is that of the first two, and the dials
    at noon find slot 2 only."""
    day = play(
        shifts("days: mon, hours: 08:00-16:00, agents: 2, breaks: [{at: 12:00, lasts: 1 h}]",
               "days: mon, hours: 12:00-20:00, agents: 1"),
        dials=[43_200, 43_200],
    )  # fmt: skip
    assert [(row.slot, row.matched) for (row,) in day.rows] == [(2, 43_200), (2, 43_260)]
    assert day.shifts == [
        *(line for slot in (0, 1) for line in (
            f"desk/{slot}: 28800 to 43200, went 43200",
            f"desk/{slot} unpaid_break: 43200 to 46800, went 46800",
            f"desk/{slot}: 46800 to 57600, went 57600",
        )),
        "desk/2: 43200 to 72000, went 72000",
    ]  # fmt: skip


def test_a_break_due_in_a_call_is_taken_late_and_in_full() -> None:
    """Talk 43 190-43 250 and wrap-up to 43 270: the 30 min last until 45 070, and whoever asked at 43 200 waits."""
    day = play(LUNCH, "teams: {desk: {wrap_up: 20 s}}", dials=[43_190, 43_200])
    assert day.call(1).matched == 45_070
    assert day.shifts == [
        "desk/0: 28800 to 43270, went 43270",
        "desk/0 unpaid_break: 43270 to 45070, went 45070",
        "desk/0: 45070 to 57600, went 57600",
    ]


def test_a_call_that_ends_as_the_break_begins_delays_it_by_nothing() -> None:
    """The roster comes first at equal times: the break is due while the agent still talks, and taken at the end of
    the talk, 43 200 both. So is a break due as the caller hangs up during the pick-up."""
    expected = [
        "desk/0: 28800 to 43200, went 43200",
        "desk/0 unpaid_break: 43200 to 45000, went 45000",
        "desk/0: 45000 to 57600, went 57600",
    ]
    assert play(LUNCH, dials=[43_140]).shifts == expected
    slow = "teams: {desk: {answers_after: 30 s}}"
    assert play(LUNCH, slow, dials=[43_190], ring_patience=10).shifts == expected


def test_a_late_break_goes_before_those_who_wait() -> None:
    """Two wait when the talk ends at 43 250; the break comes first, and they are served from 45 050 on."""
    day = play(LUNCH, dials=[43_190, 43_195, 43_198])
    assert [row.matched for (row,) in day.rows] == [43_190, 45_050, 45_110]


def test_a_break_that_ends_late_is_cut_at_the_end_of_the_shift() -> None:
    """Ten minutes from 15:50 (57 000) would end with the shift; after the talk 56 970-57 030 there are only 570 s."""
    last = shifts(f"{EIGHT_TO_FOUR}, breaks: [{{at: 15:50, lasts: 10 min}}]")
    on_time = ["desk/0: 28800 to 57000, went 57000", "desk/0 unpaid_break: 57000 to 57600, went 57600"]
    assert play(last, dials=[]).shifts == on_time
    late = ["desk/0: 28800 to 57030, went 57030", "desk/0 unpaid_break: 57030 to 57600, went 57600"]
    assert play(last, dials=[56_970]).shifts == late


def test_a_break_that_could_only_begin_after_the_shift_is_not_taken() -> None:
    """The talk 56 990-57 650 goes on into overtime: no break."""
    last = shifts(f"{EIGHT_TO_FOUR}, breaks: [{{at: 15:50, lasts: 10 min}}]")
    assert play(last, dials=[56_990], work=11).shifts == ["desk/0: 28800 to 57600, went 57650"]


def test_two_breaks_can_follow_each_other() -> None:
    """12:00-12:30 unpaid, 12:30-12:45 (45 000-45 900) paid: nobody is served between, and no duty lies between."""
    day = play(TWO_IN_A_ROW, dials=[44_000])
    assert day.call(0).matched == 45_900
    assert day.shifts == [
        "desk/0: 28800 to 43200, went 43200",
        "desk/0 unpaid_break: 43200 to 45000, went 45000",
        "desk/0 paid_break: 45000 to 45900, went 45900",
        "desk/0: 45900 to 57600, went 57600",
    ]


def test_a_late_break_delays_the_one_that_follows() -> None:
    """Talk 43 190-43 250: 30 min until 45 050, then 15 min until 45 950, each in full."""
    day = play(TWO_IN_A_ROW, dials=[43_190])
    assert day.shifts == [
        "desk/0: 28800 to 43250, went 43250",
        "desk/0 unpaid_break: 43250 to 45050, went 45050",
        "desk/0 paid_break: 45050 to 45950, went 45950",
        "desk/0: 45950 to 57600, went 57600",
    ]


def test_two_breaks_missed_in_one_long_call_are_both_taken_after_it() -> None:
    """The talk 43 190-46 790 lasts an hour: 30 min to 48 590 and 15 min to 49 490."""
    day = play(TWO_IN_A_ROW, dials=[43_190], work=60)
    assert day.shifts[1:] == [
        "desk/0 unpaid_break: 46790 to 48590, went 48590",
        "desk/0 paid_break: 48590 to 49490, went 49490",
        "desk/0: 49490 to 57600, went 57600",
    ]


def test_a_shift_over_midnight_takes_its_breaks_with_it() -> None:
    """Mondays 22:00-06:00 (79 200-108 000), breaks 23:45-00:15 (85 500-87 300) and at 02:00 for 10 min (93 600-94 200).
    Dials at midnight and at 01:00 (90 000)."""
    night = "days: mon, hours: 22:00-06:00, agents: 1, breaks: [{at: 02:00, lasts: 10 min}, {at: 23:45, lasts: 30 min}]"
    day = play("calendar: {days: 2}", shifts(night), dials=[MIDNIGHT, 90_000])
    assert [row.matched for (row,) in day.rows] == [87_300, 90_000]
    assert day.shifts == [
        "desk/0: 79200 to 85500, went 85500",
        "desk/0 unpaid_break: 85500 to 87300, went 87300",
        "desk/0: 87300 to 93600, went 93600",
        "desk/0 unpaid_break: 93600 to 94200, went 94200",
        "desk/0: 94200 to 108000, went 108000",
    ]


def test_shifts_that_meet_at_midnight_are_one_duty() -> None:
    """Round the clock with lunch at noon: the slot does not leave and come at midnight, also in the middle of a call
    with somebody waiting."""
    clock = shifts("days: every day, hours: 00:00-24:00, agents: 1, breaks: [{at: 12:00, lasts: 30 min}]")
    day = play("calendar: {days: 2}", clock, dials=[86_390, 86_395])
    assert [row.matched for (row,) in day.rows] == [86_390, 86_450]
    assert day.shifts == [
        "desk/0: 0 to 43200, went 43200",
        "desk/0 unpaid_break: 43200 to 45000, went 45000",
        "desk/0: 45000 to 129600, went 129600",
        "desk/0 unpaid_break: 129600 to 131400, went 131400",
        "desk/0: 131400 to 172800, went 172800",
    ]


def test_a_break_missed_before_midnight_is_taken_after_it_where_the_duty_goes_on() -> None:
    """Due at 23:50 (85 800) for ten minutes; the talk 85 790-86 990 ends 590 s past midnight: break to 87 590."""
    clock = shifts("days: every day, hours: 00:00-24:00, agents: 1, breaks: [{at: 23:50, lasts: 10 min}]")
    day = play("calendar: {days: 2}", clock, dials=[85_790, 86_500], work={0: 20})
    assert day.call(1).matched == 87_590
    assert day.shifts[:2] == [
        "desk/0: 0 to 86990, went 86990",
        "desk/0 unpaid_break: 86990 to 87590, went 87590",
    ]


def test_a_break_missed_in_one_shift_is_not_taken_in_the_next() -> None:
    """00:10-24:00 with a break at 23:50 (85 800); the talk 85 790-87 350 is overtime from midnight on and lasts into
    Tuesday's shift, which begins at 87 000. Monday's break is gone: the caller of 86 999 is served at 87 350."""
    almost = shifts("days: every day, hours: 00:10-24:00, agents: 1, breaks: [{at: 23:50, lasts: 10 min}]")
    day = play("calendar: {days: 2}", almost, dials=[85_790, 86_999], work={0: 26})
    assert day.call(1).matched == 87_350
    assert day.shifts == [
        "desk/0: 600 to 86400, went 87000",
        "desk/0: 87000 to 172200, went 172200",
        "desk/0 unpaid_break: 172200 to 172800, went 172800",
    ]


def test_a_break_due_while_out_of_reach_is_taken_after_it_in_full() -> None:
    """Rung 43 185-43 195, out of reach to 43 255 over the break due at 43 200: 30 min until 45 055, then the call."""
    rings_out = "teams: {desk: {answers_after: 20 s, no_answer_after: 10 s, unavailable_for: 1 min}}"
    day = play(LUNCH, rings_out, dials=[43_185], pick_up={0: Legs(20, 20, 5)})
    assert day.shifts[:3] == [
        "desk/0: 28800 to 43195, went 43195",
        "desk/0 unavailable: 43195 to 43255, went 43255",
        "desk/0 unpaid_break: 43255 to 45055, went 45055",
    ]
    assert day.legs[0][1] == "1.0 sales: asked 43185, matched desk/0 45055, left 45065, freed 45065"


def test_a_break_at_the_beginning_of_a_shift_is_taken_at_once() -> None:
    """On duty and on a break at 28 800; the caller of 28 700 is served at the arrival where nobody else came first,
    so the break begins after the talk: 28 860-29 460."""
    first = shifts(f"{EIGHT_TO_FOUR}, breaks: [{{at: 08:00, lasts: 10 min}}]")
    day = play(first, dials=[28_700])
    assert day.call(0).matched == 28_800
    assert "desk/0 unpaid_break: 28860 to 29460, went 29460" in day.shifts


# Absence.


def test_nobody_substitutes_for_an_absent_agent() -> None:
    """Slot 0 of two is absent: slot 1 takes all calls, the second after the first."""
    day = play("teams: {desk: {agents: 2, absence: 10%}}", dials=[0, 10], absence={"desk": {0: [0]}})
    assert [(row.slot, row.matched) for (row,) in day.rows] == [(1, 0), (1, 60)]
    assert day.shifts == ["desk/1: 0 to 86400, went 86400"]


def test_absence_is_by_day() -> None:
    """Absent on Monday and there on Tuesday: slot 0 arrives at midnight; slot 1, idle since the talk of 0-60, goes
    first at 86 500, then slot 0."""
    day = play(
        "calendar: {days: 2}", "teams: {desk: {agents: 2, absence: 10%}}",
        dials=[0, 86_500, 86_501], absence={"desk": {0: [0]}},
    )  # fmt: skip
    assert [row.slot for (row,) in day.rows] == [1, 1, 0]
    assert day.shifts == ["desk/0: 86400 to 172800, went 172800", "desk/1: 0 to 172800, went 172800"]


def test_who_is_absent_tomorrow_leaves_at_midnight() -> None:
    """The talk 86 390-86 450 is overtime; nobody is there on Tuesday, and on Wednesday (172 800) the agent is back."""
    day = play(
        "calendar: {days: 3}", "teams: {desk: {absence: 10%}}", dials=[86_390, 86_395], absence={"desk": {1: [0]}}
    )
    assert [row.matched for (row,) in day.rows] == [86_390, 172_800]
    assert day.shifts == ["desk/0: 0 to 86400, went 86450", "desk/0: 172800 to 259200, went 259200"]


def test_absence_takes_one_slot_out_of_a_changing_headcount() -> None:
    """One, three and two agents by the hour, slot 1 absent: slot 0 all the time, slot 2 in the second hour."""
    roster = "teams: {desk: {absence: 10%, agents: {mon: {00:00-01:00: 1, 01:00-02:00: 3, 02:00-03:00: 2}}}}"
    day = play(roster, dials=[], absence={"desk": {0: [1]}})
    assert day.shifts == ["desk/0: 0 to 10800, went 10800", "desk/2: 3600 to 7200, went 7200"]


def test_an_absent_agent_misses_the_whole_shift_also_past_midnight() -> None:
    """Absent on Monday: no shift from Monday 22:00 to Tuesday 06:00, but Tuesday's (165 600-194 400), with its break
    at 23:00 (169 200)."""
    night = "days: mon-tue, hours: 22:00-06:00, agents: 1, breaks: [{at: 23:00, lasts: 5 min}]"
    day = play(
        "calendar: {days: 3}", shifts(night), "teams: {desk: {absence: 10%}}",
        dials=[MIDNIGHT], absence={"desk": {0: [0]}},
    )  # fmt: skip
    assert day.call(0).matched == 165_600
    assert day.shifts == [
        "desk/0: 165600 to 169200, went 169200",
        "desk/0 unpaid_break: 169200 to 169500, went 169500",
        "desk/0: 169500 to 194400, went 194400",
    ]


def test_absence_on_the_second_day_leaves_a_shift_that_began_on_the_first() -> None:
    """Monday's 22:00-06:00 is worked to its end on Tuesday, though the agent is absent on Tuesday."""
    night = "days: mon-tue, hours: 22:00-06:00, agents: 1"
    day = play(
        "calendar: {days: 3}", shifts(night), "teams: {desk: {absence: 10%}}",
        dials=[90_000], absence={"desk": {1: [0]}},
    )  # fmt: skip
    assert day.call(0).matched == 90_000
    assert day.shifts == ["desk/0: 79200 to 108000, went 108000"]


# Agents of several queues at closing.

BOTH = "teams: {desk: {serves: [[sales, support]]}}"
HELP_AT_NIGHT = """
queues: {support: {open: always}}
teams: {helpers: {agents: {every day: {20:00-24:00: 1}}}}
"""


def test_who_stays_after_closing_serves_only_the_queue_that_closed() -> None:
    """Sales closes at 18:00 (64 800), when the desk is due; support stays open. Talking until 64 820, the desk then
    takes sales' caller of 64 795 rather than support's of 64 790, who has waited longer, and goes at 64 880. Support
    is served from 20:00 (72 000) on."""
    day = play(SUPPORT, HOURS, BOTH, HELP_AT_NIGHT, dials=[(64_760, "ads"), (64_790, "help"), (64_795, "ads")])
    assert [(row.team, row.matched) for (row,) in day.rows] == [("desk", 64_760), ("helpers", 72_000), ("desk", 64_820)]
    assert day.shifts == ["desk/0: 32400 to 64800, went 64880", "helpers/0: 72000 to 86400, went 86400"]


def test_who_talks_for_another_queue_at_closing_still_stays_for_the_one_that_closed() -> None:
    """The same with the desk talking for support when it is due."""
    day = play(SUPPORT, HOURS, BOTH, HELP_AT_NIGHT, dials=[(64_760, "help"), (64_795, "ads")])
    assert day.call(1).matched == 64_820
    assert day.shifts[0] == "desk/0: 32400 to 64800, went 64880"


def test_who_stays_for_two_queues_serves_them_by_preference() -> None:
    """Both close at 18:00. Talking until 64 850, the desk takes sales' callers of 64 798 and 64 799 and then support's
    of 64 795. The helpers are not there."""
    day = play(
        SUPPORT, HOURS, "teams: {desk: {serves: [sales, support]}, helpers: none}",
        dials=[(64_790, "ads"), (64_795, "help"), (64_798, "ads"), (64_799, "ads")],
    )  # fmt: skip
    assert [row.matched for (row,) in day.rows] == [64_790, 64_970, 64_850, 64_910]
    assert day.shifts == ["desk/0: 32400 to 64800, went 65030"]


def test_nobody_stays_for_a_queue_that_closed_before_they_were_due() -> None:
    """Sales closes at 17:00 (61 200), the desk is due at 18:00 (64 800) and talks 61 190-64 850. Whoever has waited
    since 61 195 is nobody's at 64 800, and the queue is closed: sent away."""
    day = play(HOURS, "queues: {sales: {open: {mon: 09:00-17:00}}}", dials=[61_190, 61_195], work={0: 61})
    assert day.first[1] == "dialled 61195, asked sales 61195, left 64800: closed (closed_while_waiting)"
    assert day.shifts == ["desk/0: 32400 to 64800, went 64850"]


def test_nobody_stays_for_a_queue_that_goes_on() -> None:
    """The desk is due at 18:00 and talks until 64 850; support is open all night. The caller of 64 795 waits for the
    helpers at 20:00, and one more who asks at 64 820 as well."""
    day = play(SUPPORT, HOURS, BOTH, HELP_AT_NIGHT, dials=[(64_790, "ads"), (64_795, "help"), (64_820, "help")])
    assert [row.matched for (row,) in day.rows] == [64_790, 72_000, 72_060]
    assert day.shifts[0] == "desk/0: 32400 to 64800, went 64850"


def test_who_stays_serves_only_whoever_asked_before_closing() -> None:
    """Closed 12:00-12:05 (43 200-43 500). The desk, due at noon, talks 43 190-43 610 and stays for the caller of
    43 195, 43 610-43 670; the one of 43 500, after the next opening, is left to the aces, who come at 43 800."""
    day = play(
        "queues: {sales: {open: {mon: [09:00-12:00, 12:05-18:00]}}}",
        """
        teams:
          desk: {agents: {mon: {09:00-12:00: 1}}}
          aces: {serves: [sales], agents: {mon: {12:10-18:00: 1}}}
        """,
        dials=[43_190, 43_195, 43_500], work={0: 7},
    )  # fmt: skip
    assert [(row.team, row.matched) for (row,) in day.rows] == [("desk", 43_190), ("desk", 43_610), ("aces", 43_800)]
    assert day.shifts[0] == "desk/0: 32400 to 43200, went 43670"


def test_an_agent_on_a_break_at_closing_goes_home() -> None:
    """The break 17:50-18:00 ends with the shift: nobody is on duty at closing, and whoever waits is sent away."""
    late = shifts("days: mon, hours: 09:00-18:00, agents: 1, breaks: [{at: 17:50, lasts: 10 min}]")
    day = play(HOURS, late, dials=[64_300])
    assert day.first == ["dialled 64300, asked sales 64300, left 64800: closed (closed_while_waiting)"]
    assert day.shifts[-1] == "desk/0 unpaid_break: 64200 to 64800, went 64800"


def test_a_break_missed_before_closing_does_not_keep_the_agent_from_those_who_wait() -> None:
    """A break due at 17:50 (64 200) during the talk 64 190-64 850 is gone with the shift; the agent stays for the
    caller of 64 195 until 64 910."""
    late = shifts("days: mon, hours: 09:00-18:00, agents: 1, breaks: [{at: 17:50, lasts: 10 min}]")
    day = play(HOURS, late, dials=[64_190, 64_195], work={0: 11})
    assert day.call(1).matched == 64_850
    assert day.shifts == ["desk/0: 32400 to 64800, went 64910"]
