"""Redials, warm-up, end and cool-down: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import WEB, play

DAY = 86_400
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
NINE = 32_400


def redial(chance: str = "33%", after: str = "100 s", at_most: str = "3") -> str:
    return f"sources: {{ads: {{redial: {{chance: {chance}, after: {after}, at_most: {at_most}}}}}}}"


# 10. A caller redials, or is lost.


def test_a_missed_caller_redials_after_the_delay() -> None:
    """The agent talks 0-600. Patience of 20 s ends at 30; 100 s later, at 130, the second attempt, patient for 500 s,
    is answered at 600. Waits: 20 s and 470 s."""
    day = play(redial(), dials=[0, 10], work={0: 10}, ring_patience={1: [20, 500]}, redial_chance={1: 0.32})
    assert day.told[1] == [
        "dialled 10, asked sales 10, left 30: abandoned_ringing",
        "dialled 130, asked sales 130, matched desk/0 600, answered 600, left 660, freed 660: answered",
    ]
    assert day.stories[1] == "served 660: attempts 2, asked 2 (sales), waited 490, missed 30"


def test_the_chance_of_a_redial_is_a_share_of_the_callers() -> None:
    """33 %: draw 0.32 redials, draw 0.33 does not, and that caller is lost at 30."""
    day = play(redial(), dials=[0, 10], work={0: 10}, ring_patience={1: 20}, redial_chance={1: 0.33})
    assert day.told[1] == ["dialled 10, asked sales 10, left 30: abandoned_ringing"]
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_nobody_redials_where_the_scenario_does_not_say_so() -> None:
    """Without `redial:` the caller is lost with the first missed attempt, at 30."""
    day = play(dials=[0, 10], ring_patience={1: 20})
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_the_chance_may_differ_by_outcome() -> None:
    """Two lines: the talk holds one over 0-60, ringing the other over 10-30. Abandoned callers never redial: lost at
    30. Blocked ones always do: busy at 20, again at 120, answered."""
    day = play("lines: 2", redial("{abandoned: 0%, blocked: 100%}"), dials=[0, 10, 20], ring_patience={1: 20})
    assert day.told[1:] == [
        ["dialled 10, asked sales 10, left 30: abandoned_ringing"],
        [
            "dialled 20, left 20: blocked (no_line)",
            "dialled 120, asked sales 120, matched desk/0 120, answered 120, left 180, freed 180: answered",
        ],
    ]


def test_kinds_of_abandonment_may_differ() -> None:
    """All abandoned callers redial but for those who hang up in a menu: lost at 5 + 0.5 x 10 = 10."""
    menu = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, hangs_up: 50%, keys: [{share: 100%, to: queue sales}]}}
    """
    day = play(menu, redial("{abandoned: 100%, abandoned_menu: 0%}"), dials=[0, 20], hang_up=[0.25, 0.999],
               ring_patience={1: [4, 6]})  # fmt: skip
    assert day.told == [
        ["dialled 0, greeted 5, left 10: abandoned_menu (hung_up_in_prompt)"],
        [
            "dialled 20, left 24: abandoned_ringing",
            "dialled 124, greeted 129, asked sales 139, matched desk/0 139, answered 139, left 199, "
            "freed 199: answered",
        ],
    ]


def test_the_chance_may_differ_by_attempt_and_the_last_holds_on() -> None:
    """One line, busy 0-600. 100 %, then 50 %: draw 0.99 redials after the first attempt; after the second 0.4 does
    and 0.6 does not; after the third 0.49 does. Each attempt comes 100 s after the one before."""
    day = play(
        "lines: 1", redial("[100%, 50%]", at_most="never"),
        dials=[0, 10, 20], work={0: 10}, redial_chance={1: [0.99, 0.4, 0.49, 0.5], 2: [0.99, 0.6]},
    )  # fmt: skip
    assert [[row.dialled for row in rows] for rows in day.rows[1:]] == [[10, 110, 210, 310], [20, 120]]
    assert day.stories[1:] == [
        "lost 310: attempts 4, asked 0, waited 0, missed 310",
        "lost 120: attempts 2, asked 0, waited 0, missed 120",
    ]


def test_at_most_counts_redials() -> None:
    """The line is busy 0-3000. At the most 2 redials are 3 attempts; 0 are none; without a bound the redial at 3010,
    the thirtieth, is answered."""
    attempts = [
        [row.dialled for row in play("lines: 1", redial("100%", at_most=most), dials=[0, 10], work={0: 50}).rows[1]]
        for most in ("2", "0", "never")
    ]
    assert attempts == [[10, 110, 210], [10], [10 + 100 * number for number in range(31)]]


def test_a_plain_chance_is_not_for_closed_attempts() -> None:
    """Closed at 01:00 (3600): whoever hears so does not redial unless the scenario says it."""
    day = play(HOURS, redial("100%"), dials=[3600])
    assert day.stories == ["lost 3600: attempts 1, asked 0 (sales), waited 0, missed 3600"]


def test_after_closed_the_delay_counts_from_the_next_opening() -> None:
    """Friday 2026-03-06, 19:00 (68 400), closed. The next opening is Monday 09:00, 3 x 86 400 + 32 400 = 291 600, and
    the delay 100 s. A caller who still waits at closing, 64 800, is told so then and redials alike."""
    friday = "calendar: {start: 2026-03-06, days: 4, open: {mon-fri: 09:00-18:00}}"
    rule = "queues: {sales: {at_closing: closed}}"
    day = play(friday, rule, redial("{closed: 50%}"), dials=[64_790, 64_795, 68_400], redial_delay={1: 90, 2: 200})
    assert day.told[1:] == [
        [
            "dialled 64795, asked sales 64795, left 64800: closed (closed_while_waiting)",
            "dialled 291690, asked sales 291690, matched desk/0 291690, answered 291690, left 291750, "
            "freed 291750: answered",
        ],
        [
            "dialled 68400, left 68400: closed at sales (asked_while_closed)",
            "dialled 291800, asked sales 291800, matched desk/0 291800, answered 291800, left 291860, "
            "freed 291860: answered",
        ],
    ]
    assert day.stories[1] == "served 291750: attempts 2, asked 2 (sales), waited 5, missed 64800"


def test_the_next_opening_is_that_of_the_queue_and_knows_holidays() -> None:
    """Sales is open 10 to 12, on the holiday of Tuesday 14 to 15. Closed on Monday at 13:00 (46 800): again on
    Tuesday at 14:00, 86 400 + 50 400 = 136 800, plus 100 s."""
    calendar = "calendar: {days: 3, holidays: [2026-03-03], open: {mon-fri: 09:00-18:00, holiday: 09:00-18:00}}"
    own = "queues: {sales: {open: {mon-fri: 10:00-12:00, holiday: 14:00-15:00}}}"
    day = play(calendar, own, redial("{closed: 100%}"), dials=[46_800])
    assert [row.dialled for row in day.rows[0]] == [46_800, 136_900]
    assert day.call(0, 2).answered == 136_900


def test_whoever_waits_for_an_opening_that_never_comes_is_lost() -> None:
    """Sales is open on a holiday alone, and the only one was yesterday."""
    closed = "queues: {sales: {open: {holiday: 09:00-10:00}}}"
    holiday = "calendar: {open: {every day: 00:00-24:00, holiday: closed}, holidays: [2026-03-01]}"
    again = "sources: {ads: {redial: {chance: {closed: 100%}, after: 60 s, at_most: 1}}}"
    day = play(holiday, closed, again, dials=[32_400])
    assert day.stories == ["lost 32400: attempts 1, asked 0 (sales), waited 0, missed 32400"]


def test_everybody_redials_at_opening_and_goes_by_number() -> None:
    """Three callers of the night dial again at 09:00 sharp, as a fourth dials for the first time. Opening and roster
    come first; then the dials by running number: talks from 32 400, 32 460, 32 520 and 32 580."""
    day = play(HOURS, redial("{closed: 100%}", after="0 s"), dials=[1000, 2000, 3000, NINE])
    assert [rows[-1].answered for rows in day.rows] == [NINE, NINE + 60, NINE + 120, NINE + 180]
    assert [rows[-1].dialled for rows in day.rows] == [NINE] * 4


def test_everybody_redials_at_opening_and_one_line_is_there() -> None:
    """As above with one line: the first caller of the night has it, the others hear busy at 09:00."""
    day = play(HOURS, "lines: 1", redial("{closed: 100%}", after="0 s"), dials=[1000, 2000, NINE])
    assert [row.outcome for row in day.rows[0]] == ["closed", "answered"]
    assert [row.outcome for row in day.rows[1]] == ["closed", "blocked"]
    assert [row.outcome for row in day.rows[2]] == ["blocked"]


def test_a_redial_and_a_first_dial_at_once_go_by_number() -> None:
    """The agent talks 0-150. The caller of 10 gives up at 50 and redials at 150, when another dials for the
    first time: the smaller number is served first. The caller of 20 redials at 150 as well, second."""
    day = play(redial("100%"), dials=[0, 10, 20, 150], work={0: 150 / 60}, ring_patience={1: [40, 999], 2: [30, 999]})
    assert [rows[-1].dialled for rows in day.rows] == [0, 150, 150, 150]
    assert [rows[-1].answered for rows in day.rows] == [0, 150, 210, 270]


def test_a_redial_without_delay_is_a_dial_of_its_own() -> None:
    """One line, busy 0-60: blocked at 59, blocked again at 59, and no third time; the line is free at 60."""
    day = play("lines: 1", redial("100%", after="0 s", at_most="1"), dials=[0, 59, 60])
    assert day.told[1] == ["dialled 59, left 59: blocked (no_line)"] * 2
    assert day.stories[1] == "lost 59: attempts 2, asked 0, waited 0, missed 59"
    assert day.call(2).outcome == "answered"


def test_whoever_is_helped_does_not_redial() -> None:
    """Answered and self-served callers have no reason to, however likely redials are."""
    recording = """
    sources: {ads: {goes_to: self_service hours}}
    self_service: {hours: {takes: 10 s, resolves: 50%, otherwise: queue sales}}
    """
    day = play(recording, redial("100%"), dials=[0, 100], solved=[0.4, 0.6])
    assert day.stories == [
        "self_served 10: attempts 1, asked 0, waited 0",
        "served 170: attempts 1, asked 1 (sales), waited 0",
    ]


def test_work_stays_and_patience_is_new_on_a_redial() -> None:
    """The work of 2 x 60 s is the caller's, the patience each attempt's: 5 s, then 200 s, of which 55 s are needed."""
    day = play(redial("100%"), dials=[0, 0], work=[160 / 60, 2], ring_patience={1: [5, 200]})
    assert day.told[1] == [
        "dialled 0, asked sales 0, left 5: abandoned_ringing",
        "dialled 105, asked sales 105, matched desk/0 160, answered 160, left 280, freed 280: answered",
    ]


# Warm-up, end, cool-down.


def test_the_warm_up_is_played_and_logged() -> None:
    """Warm-up of an hour: its caller talks 3590-3650, and the first counted one waits for that, 3600-3650."""
    day = play("calendar: {warm_up: 1 h}", dials=[3590, 3600])
    assert [(row.dialled, row.answered) for (row,) in day.rows] == [(3590, 3590), (3600, 3650)]


def test_the_cool_down_lasts_until_the_counted_attempts_have_ended() -> None:
    """Dialled at 86 390, the talk ends at 86 990. The next day's callers come all the same: that of 86 400 is taken
    at 86 990, the very end, and is unfinished; that of 87 000 does not happen."""
    day = play(dials=[86_390, 86_400, 87_000], work={0: 10})
    assert day.told == [
        ["dialled 86390, asked sales 86390, matched desk/0 86390, answered 86390, left 86990, freed 86990: answered"],
        ["dialled 86400, asked sales 86400, matched desk/0 86990, answered 86990: unfinished"],
        [],
    ]
    assert [[(row.resolution, row.attempts, row.resolved) for row in rows] for rows in day.callers] == [
        [("served", 1, 86_990)], [("open", 1, None)], [],
    ]  # fmt: skip


def test_the_cool_down_waits_for_the_wrap_up() -> None:
    """Talk 86 390-86 450, wrap-up to 86 480: the row has it, and the duty ends there."""
    day = play("teams: {desk: {wrap_up: 30 s}}", dials=[86_390])
    assert day.call(0).freed == 86_480
    assert day.shifts == ["desk/0: 0 to 86480, went 86480"]


def test_without_counted_calls_under_way_there_is_no_cool_down() -> None:
    """The only talk ends at 60; the day ends at midnight, and the caller of the next day never dials."""
    day = play(dials=[0, 86_400])
    assert day.rows[1] == []
    assert day.shifts == ["desk/0: 0 to 86400, went 86400"]


def test_a_cool_down_of_a_given_length_has_full_traffic() -> None:
    """One hour, to 90 000: the callers of 86 400 and 89 000 are played, that of 90 000 is not."""
    day = play("calendar: {cool_down: 1 h}", dials=[100, 86_400, 89_000, 90_000])
    assert [len(rows) for rows in day.rows] == [1, 1, 1, 0]
    assert day.shifts == ["desk/0: 0 to 90000, went 90000"]


def test_where_callers_redial_the_cool_down_is_a_day() -> None:
    """Blocked at 100, 200 and 300. The redials come at 86 400, in the cool-down, and are answered; at 172 800, the very
    end, too late; and at 172 750, under way at the end."""
    day = play(
        "lines: 1", redial("100%"), dials=[0, 100, 200, 300], work={0: 10},
        redial_delay={1: 86_300, 2: 172_600, 3: 172_450},
    )  # fmt: skip
    assert day.told[1:] == [
        [
            "dialled 100, left 100: blocked (no_line)",
            "dialled 86400, asked sales 86400, matched desk/0 86400, answered 86400, left 86460, freed 86460: answered",
        ],
        ["dialled 200, left 200: blocked (no_line)"],
        [
            "dialled 300, left 300: blocked (no_line)",
            "dialled 172750, asked sales 172750, matched desk/0 172750, answered 172750: unfinished",
        ],
    ]
    assert day.stories[1] == "served 86460: attempts 2, asked 1 (sales), waited 0, missed 100"
    assert day.stories[2] == "open: attempts 1, asked 0, waited 0, missed 200"


def test_what_is_under_way_at_the_horizon_is_unfinished() -> None:
    """No cool-down. At 86 400 one rings a menu, one hears its prompt, one talks, one is picked up, one waits, one
    wraps up (which is answered, though its agent is not free), and one would have redialled."""
    text = """
    calendar: {cool_down: 0}
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
    teams: {desk: {agents: 3, answers_after: 4 s, wrap_up: 30 s}}
    """
    dials: list[tuple[float, str]] = [
        (86_320, "web"), (86_350, "web"), (86_350, "web"), (86_386, "web"), (86_388, "ads"), (86_397, "ads"),
        (86_398, "web"),
    ]  # fmt: skip
    day = play(
        WEB, text, "sources: {web: {redial: {chance: 100%, after: 1 h, at_most: 1}}}",
        dials=dials, ring_patience={3: 5}, pick_up={2: 60, 0: 4},
    )  # fmt: skip
    assert day.first == [
        "dialled 86320, asked sales 86320, matched desk/0 86320, answered 86324, left 86384: answered",
        "dialled 86350, asked sales 86350, matched desk/1 86350, answered 86354: unfinished",
        "dialled 86350, asked sales 86350, matched desk/2 86350: unfinished",
        "dialled 86386, asked sales 86386, left 86391: abandoned_ringing",
        "dialled 86388, greeted 86393: unfinished",
        "dialled 86397: unfinished",
        "dialled 86398, asked sales 86398: unfinished",
    ]
    assert [row.resolution for (row,) in day.callers] == ["served", "open", "open", "open", "open", "open", "open"]
    assert day.shifts == [f"desk/{slot}: 0 to 86400, went 86400" for slot in range(3)]


def test_the_story_of_an_unfinished_call_has_asked_for_its_queue() -> None:
    """The agent talks from 86 380 past midnight, where all ends; the caller of 86 390 waits. Both asked for sales
    once."""
    day = play("calendar: {cool_down: 0}", dials=[86_380, 86_390])
    assert [(row.resolution, row.attempts, row.asked, row.first_queue) for (row,) in day.callers] == [
        ("open", 1, 1, "sales"),
        ("open", 1, 1, "sales"),
    ]


def test_a_row_leaves_with_the_day_in_which_its_wrap_up_ended() -> None:
    """Talk 86 330-86 390, wrap-up to 86 420: the story ended on day 0, the attempt with its wrap-up on day 1. The
    other day's call stays there."""
    day = play("calendar: {days: 2}", "teams: {desk: {wrap_up: 30 s}}", dials=[86_330, 86_500])
    assert [(chunk.day, len(chunk.callers), len(chunk.attempts)) for chunk in day.chunks] == [(0, 1, 0), (1, 1, 2)]


def test_a_simulation_nobody_calls_ends() -> None:
    """Two days without a caller have two chunks and one duty."""
    day = play("calendar: {days: 2}", dials=[])
    assert [chunk.day for chunk in day.chunks] == [0, 1]
    assert day.shifts == ["desk/0: 0 to 172800, went 172800"]
