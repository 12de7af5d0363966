"""Messages, promises and calling back: small days whose arithmetic stands in each docstring.

Talks take 60 s, there is one agent at the desk of sales, always, and every try reaches the caller, unless a test says
otherwise (tests/script.py). 09:00 is 32 400 s, 18:00 is 64 800 s.
"""

from __future__ import annotations

from tests.script import SUPPORT, WEB, Played, play

LONG = 10
"""Work of a talk of 600 s."""
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
CLOSE = 64_800
VOICEMAIL = "voicemail: {leaves: 25%, takes: 20 s}"
BACK = """
callbacks: {for: [missed], by: desk, number_known: 90%, reaches: 60%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
"""
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""


def redial(after: str, chance: str = "100%") -> str:
    return f"sources: {{ads: {{redial: {{chance: {chance}, after: {after}, at_most: 3}}}}}}"


def busy(*texts: str, dials: list[float | tuple[float, str]], **given: object) -> Played:
    """Callbacks, and the desk busy over 0-100."""
    given["work"] = {0: 100 / 60, **given.pop("work", {})}  # type: ignore[dict-item]
    return play(BACK, *texts, dials=[0, *dials], **given)


# Voicemail.


def test_a_share_leaves_a_message_while_closed() -> None:
    """25 % of those who come at 1000: draw 0.24 speaks for 20 s, draw 0.25 hangs up as the recorder answers, and was
    refused by a closed queue as before."""
    day = play(HOURS, VOICEMAIL, "queues: {sales: {closed: voicemail}}", dials=[1000, 1000], message=[0.24, 0.25])
    assert [(row.greeted, row.left, row.outcome, row.first_queue) for (row,) in day.rows] == [
        (1000, 1020, "voicemail", "sales"),
        (1000, 1000, "closed", "sales"),
    ]
    assert day.stories[0] == "lost 1020: attempts 1, asked 0 (sales), waited 0, missed 1020"


OVERFLOW = "queues: {sales: {overflow: [{after: 15 s, to: voicemail}]}}"


def test_whoever_overflows_ringing_and_leaves_none_has_abandoned_ringing() -> None:
    """Over at 25: message to 45, or gone at 25."""
    day = play(VOICEMAIL, OVERFLOW, dials=[0, 10, 10], work={0: LONG}, message={1: 0.1, 2: 0.9})
    assert day.first[1:] == [
        "dialled 10, asked sales 10, greeted 25, left 45: voicemail",
        "dialled 10, asked sales 10, greeted 25, left 25: abandoned_ringing (left_no_message)",
    ]


def test_whoever_overflows_on_hold_and_leaves_none_has_abandoned_the_queue() -> None:
    """Sales answered at 12."""
    day = play(VOICEMAIL, OVERFLOW, "queues: {sales: {answers_after: 2 s}}", dials=[0, 10], work={0: LONG}, message=0.9)
    assert day.first[1] == "dialled 10, asked sales 10, greeted 12, left 25: abandoned_queue (left_no_message)"


def test_whoever_comes_from_a_menu_and_leaves_none_has_abandoned_the_menu() -> None:
    """The key is pressed at 15."""
    menu = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: voicemail}]}}
    """
    day = play(VOICEMAIL, menu, dials=[0, 0], message=[0.1, 0.9])
    assert day.first == [
        "dialled 0, greeted 5, left 35: voicemail",
        "dialled 0, greeted 5, left 15: abandoned_menu (left_no_message)",
    ]


def test_whoever_finds_the_queue_full_and_leaves_none_is_blocked() -> None:
    """No room at 10."""
    full = "queues: {sales: {room_for: 0, full: voicemail}}"
    day = play(VOICEMAIL, full, dials=[0, 10, 10], message={1: 0.1, 2: 0.9})
    assert [(row.outcome, row.left) for (row,) in day.rows[1:]] == [("voicemail", 30), ("blocked", 10)]


def test_nobody_hangs_up_in_a_message() -> None:
    """Ring patience of 16 s, to 26, is over with the recorder's answer at 25; hold patience of 5 s would end at 30."""
    day = play(VOICEMAIL, OVERFLOW, dials=[0, 10], work={0: LONG}, ring_patience={1: 16}, hold_patience={1: 5})
    assert (day.call(1).outcome, day.call(1).left) == ("voicemail", 45)


def test_a_message_holds_the_line() -> None:
    """One line, closed: the message runs from 1000 to 1020; 1019 hears busy."""
    day = play(HOURS, "lines: 1", VOICEMAIL, "queues: {sales: {closed: voicemail}}", dials=[1000, 1019, 1020])
    assert [row.outcome for (row,) in day.rows] == ["voicemail", "blocked", "voicemail"]


def test_nobody_redials_after_a_message() -> None:
    """Whoever left one waits for the call; whoever left none redials as after any abandoned call, at 85."""
    day = play(VOICEMAIL, OVERFLOW, redial("60 s"), dials=[0, 10, 10], work={0: LONG}, message={1: 0.1, 2: [0.9, 0.1]})
    assert [[row.dialled for row in rows] for rows in day.rows[1:]] == [[10], [10, 85]]
    assert day.stories[1] == "lost 45: attempts 1, asked 1 (sales), waited 35, missed 45"


def test_those_who_left_a_message_are_called_back() -> None:
    """Message 25-45; the desk is free at 100. The number is known whatever the share says."""
    day = busy(
        VOICEMAIL, OVERFLOW, "callbacks: {for: [voicemail]}", dials=[10, 12], message={2: 0.9}, number_known=0.95
    )
    assert day.tries[1:] == [["1 desk/0 (sales): dialled 100, answered 100, left 160, freed 160"], []]
    assert day.jobs[1:] == [["voicemail, opened 45, tries 1, reached 100, closed 160: reached"], []]
    assert day.stories[1:] == [
        "called_back 160: attempts 1, asked 1 (sales), waited 35, missed 45",
        "lost 27: attempts 1, asked 1 (sales), waited 15, missed 27",
    ]


# Promises.


def test_a_promise_is_kept_whoever_else_is_called_back() -> None:
    """Closed, a machine promises a call at 1000 and hangs up; the number is left. Nobody redials. At 9:00 the desk
    calls, though `for:` names only callers whom a vendor left unserved."""
    promise = "queues: {sales: {closed: callback}}"
    day = play(HOURS, BACK, promise, redial("60 s"), "callbacks: {for: [unserved]}", dials=[1000], number_known=0.95)
    (row,) = day.rows[0]
    assert (row.outcome, row.greeted, row.left, row.first_queue) == ("voicemail", 1000, 1000, "sales")
    assert day.jobs[0] == ["promised, opened 1000, tries 1, reached 32400, closed 32460: reached"]
    assert day.stories[0] == "called_back 32460: attempts 1, asked 0 (sales), waited 0, missed 1000"


# The callback.


def test_a_missed_caller_is_called_back_when_the_desk_is_idle() -> None:
    """Gone at 30, the desk is free at 100: talk 100-160."""
    day = busy(dials=[10], ring_patience={1: 20})
    assert day.first[1] == "dialled 10, asked sales 10, left 30: abandoned_ringing"
    assert day.tries[1] == ["1 desk/0 (sales): dialled 100, answered 100, left 160, freed 160"]
    assert day.jobs[1] == ["missed, opened 30, tries 1, reached 100, closed 160: reached"]
    assert day.stories[1] == "called_back 160: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_an_idle_agent_calls_back_at_once() -> None:
    """Gone at 14 in a menu that rings; the desk is idle."""
    menu = """
    sources: {ads: {goes_to: menu main}}
    menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
    """
    day = play(BACK, menu, dials=[10], ring_patience=4)
    assert day.tries[0] == ["1 desk/0: dialled 14, answered 14, left 74, freed 74"]
    assert day.stories[0] == "called_back 74: attempts 1, asked 0, waited 0, missed 14"


def test_a_try_takes_talk_speed_and_wrap_up() -> None:
    """60 s x 2 x 1.5 = 180 s of talk from 180 on, then 40 s. A caller of 200 waits for both, to 400. The first talk is
    150 s and its wrap-up 30 s."""
    team = "teams: {desk: {speed: 1.5, wrap_up: 30 s}}"
    day = busy(team, dials=[10, 200], work={1: 2}, ring_patience={1: 20}, try_wrap_up=40)
    assert day.call(0).freed == 180
    assert day.tries[1] == ["1 desk/0 (sales): dialled 180, answered 180, left 360, freed 400"]
    assert day.stories[1].startswith("called_back 360")
    assert day.call(2).matched == 400


def test_a_number_that_is_not_known_cannot_be_dialled() -> None:
    """90 %: draw 0.89 is known, draw 0.9 is not, and that caller is lost at 30."""
    day = busy(dials=[10, 10], ring_patience={1: 20, 2: 20}, number_known={1: 0.89, 2: 0.9})
    assert [len(jobs) for jobs in day.jobs] == [0, 1, 0]
    assert day.stories[2] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_only_whom_the_scenario_names_is_called_back() -> None:
    """`for: [voicemail]`: a missed caller is not."""
    day = busy(VOICEMAIL, "callbacks: {for: [voicemail]}", dials=[10], ring_patience={1: 20})
    assert day.jobs[1] == []


def test_the_oldest_is_called_back_first() -> None:
    """The caller of 10 gives up at 50, that of 20 at 40: the second's callback is the older one."""
    day = busy(dials=[10, 20], ring_patience={1: 40, 2: 20})
    assert [row.dialled for (row,) in day.try_rows[1:]] == [160, 100]


def test_callers_who_wait_come_before_callbacks() -> None:
    """At 100 one waits since 90, until 160; at 160 one waits since 150; at 220 nobody does."""
    day = busy(dials=[10, 90, 150], ring_patience={1: 20})
    assert [row.matched for (row,) in day.rows[2:]] == [100, 160]
    assert day.try_rows[1][0].dialled == 220


def test_callers_of_any_queue_of_the_team_come_first() -> None:
    """The desk serves support as well, where one waits since 90."""
    teams = "teams: {desk: {serves: [sales, support]}, helpers: none}"
    day = busy(SUPPORT, teams, dials=[10, (90, "help")], ring_patience={1: 20})
    assert day.call(2).matched == 100
    assert day.try_rows[1][0].dialled == 160


def test_only_the_team_named_calls_back() -> None:
    """Helpers are idle all day, the desk from 100 on."""
    day = busy(SUPPORT, dials=[10], ring_patience={1: 20})
    assert (day.try_rows[1][0].team, day.try_rows[1][0].dialled) == ("desk", 100)


def test_callbacks_keep_to_the_calendar_s_hours_and_survive_midnight() -> None:
    """Gone at 64 795, five seconds before closing; the desk talks to 64 850. The next opening is 32 400 s into the
    next day, 118 800. An agent who is there at night does not call."""
    night = "teams: {desk: {agents: {every day: {00:00-24:00: 1}}}}"
    day = play("calendar: {days: 2}", HOURS, BACK, night, dials=[64_790, 64_791], ring_patience={1: 4})
    assert day.tries[1] == ["1 desk/0 (sales): dialled 118800, answered 118800, left 118860, freed 118860"]
    assert day.stories[1] == "called_back 118860: attempts 1, asked 1 (sales), waited 4, missed 64795"


def test_a_try_under_way_at_closing_is_finished() -> None:
    """Free at 64 795, the desk calls and talks past closing, to 64 855."""
    day = play(HOURS, BACK, dials=[64_735, 64_740], ring_patience={1: 4})
    assert day.tries[1] == ["1 desk/0 (sales): dialled 64795, answered 64795, left 64855, freed 64855"]
    assert day.shifts[0] == "desk/0: 32400 to 64800, went 64855"


# Lines.


def test_a_try_waits_for_a_free_line_and_takes_it() -> None:
    """One line. Support talks over 0-300, the caller of 10 hears busy, the idle desk cannot dial. At 300 it can, and
    310 hears busy; at 360 the line is free."""
    day = play(
        BACK, SUPPORT, "lines: 1", dials=[(0, "help"), (10, "ads"), (310, "help"), (360, "help")], work={0: 5},
        number_known={2: 0.99},
    )  # fmt: skip
    assert day.tries[1] == ["1 desk/0: dialled 300, answered 300, left 360, freed 360"]
    assert [row.outcome for (row,) in day.rows] == ["answered", "blocked", "blocked", "answered"]


def test_a_try_that_reaches_nobody_takes_the_line_as_long() -> None:
    """One line, the desk calls over 60-85: 84 hears busy, 85 does not."""
    day = play(BACK, "lines: 1", dials=[0, 10, 84, 85], reached=0.6, number_known={2: 0.99})
    assert day.try_rows[1][0].left == 85
    assert [row.outcome for (row,) in day.rows] == ["answered", "blocked", "blocked", "answered"]


def test_whoever_hangs_up_frees_a_line_for_a_try() -> None:
    """Two lines: support talks from 0 on, one rings for support over 5-50. The caller of sales hears busy at 10; the
    desk calls at 50."""
    day = play(
        BACK, SUPPORT, "lines: 2", dials=[(0, "help"), (5, "help"), (10, "ads")], work={0: LONG}, ring_patience={1: 45},
        number_known={1: 0.99},
    )  # fmt: skip
    assert day.try_rows[2][0].dialled == 50


# Tries.


def test_tries_follow_one_another_until_the_caller_is_reached() -> None:
    """60 % are reached: draws 0.6 and 0.7 are not, 0.59 is. Tries of 25 s at 100 and, ten minutes after the end of
    each, at 725 and 1350."""
    day = busy(dials=[10], ring_patience={1: 20}, reached={1: [0.6, 0.7, 0.59]})
    assert day.tries[1] == [
        "1 desk/0 (sales): dialled 100, left 125, freed 125",
        "2 desk/0 (sales): dialled 725, left 750, freed 750",
        "3 desk/0 (sales): dialled 1350, answered 1350, left 1410, freed 1410",
    ]
    assert day.jobs[1] == ["missed, opened 30, tries 3, reached 1350, closed 1410: reached"]


def test_after_the_last_try_the_caller_is_lost() -> None:
    """Two tries, 100-125 and 725-750."""
    day = busy("callbacks: {tries: {at_most: 2}}", dials=[10], ring_patience={1: 20}, reached=0.9)
    assert day.jobs[1] == ["missed, opened 30, tries 2, closed 750: given_up"]
    assert day.stories[1] == "lost 750: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_a_try_that_reaches_nobody_takes_the_agent_as_long() -> None:
    """100-125: the caller of 110 waits to 125. Nothing is wrapped up."""
    day = busy("teams: {desk: {wrap_up: 30 s}}", dials=[10, 140], ring_patience={1: 20}, reached=0.9)
    assert day.tries[1][0] == "1 desk/0 (sales): dialled 130, left 155, freed 155"
    assert day.call(2).matched == 155


def test_a_try_waits_for_its_turn_however_long() -> None:
    """Due at 725, while the desk talks 720-780."""
    day = busy(dials=[10, 720], ring_patience={1: 20}, reached={1: [0.9, 0.1]})
    assert [row.dialled for row in day.try_rows[1]] == [100, 780]


def test_between_tries_an_older_callback_comes_first_again() -> None:
    """The caller of 10 is tried at 100 in vain, the caller of 20, gone at 40, at 125 to 150 in vain. Due again at 725 and
    750, while the desk talks 700-800: the older one first."""
    day = busy(
        dials=[10, 20, 700], ring_patience={1: 20, 2: 20}, reached={1: [0.9, 0.1], 2: [0.9, 0.1]}, work={3: 100 / 60}
    )
    assert [[row.dialled for row in rows] for rows in day.try_rows[1:3]] == [[100, 800], [125, 860]]


# One callback for a caller, and redials meanwhile.


def test_a_caller_who_is_missed_again_has_one_callback() -> None:
    """Gone at 30, again at 70, called at 100."""
    day = busy(redial("20 s"), dials=[10], ring_patience={1: 20}, redial_chance={1: [0.5, 0.5, 0.5]})
    assert [row.dialled for row in day.rows[1]] == [10, 50, 90]
    assert day.jobs[1] == ["missed, opened 30, tries 0, closed 160: not_needed"]


def test_service_by_redial_cancels_the_callback() -> None:
    """Gone at 30, redials at 90, is answered at 100 when the desk is free; nobody calls back."""
    day = busy(redial("60 s"), dials=[10], ring_patience={1: [20, 99]})
    assert day.call(1, 2).answered == 100
    assert day.tries[1] == []
    assert day.jobs[1] == ["missed, opened 30, tries 0, closed 160: not_needed"]
    assert day.stories[1] == "served 160: attempts 2, asked 2 (sales), waited 30, missed 30"


def test_being_reached_cancels_the_redial() -> None:
    """The redial of 130 never happens: the caller is on the phone with the desk over 100-160."""
    day = busy(redial("100 s"), dials=[10], ring_patience={1: 20})
    assert [row.dialled for row in day.rows[1]] == [10]
    assert day.stories[1] == "called_back 160: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_a_try_in_vain_does_not_cancel_the_redial() -> None:
    """Tried over 100-125, redialling at 130, answered."""
    day = busy(redial("100 s"), dials=[10], ring_patience={1: 20}, reached=0.9)
    assert day.call(1, 2).answered == 130
    assert day.jobs[1] == ["missed, opened 30, tries 1, closed 190: not_needed"]


def test_a_redial_during_a_try_in_vain_is_a_call_like_any_other() -> None:
    """Tried over 100-125 by one agent, redialling at 110, answered by the other, who is free at 105: no further try."""
    day = play(
        BACK, redial("80 s"), "teams: {desk: {agents: 2}}", dials=[0, 0, 10], work={0: 100 / 60, 1: 105 / 60},
        ring_patience={2: 20}, reached=0.9,
    )  # fmt: skip
    assert day.call(2, 2).answered == 110
    assert day.tries[2] == ["1 desk/0 (sales): dialled 100, left 125, freed 125"]
    assert day.jobs[2] == ["missed, opened 30, tries 1, closed 170: not_needed"]


MENU = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 200 s, hangs_up: 50%, keys: [{share: 100%, to: queue sales}]}}
"""


def test_a_callback_is_set_aside_while_the_caller_is_in_the_system() -> None:
    """Gone at 14 while the desk talks 0-100; redialling at 64, in the menu from 69 on. At 100 the desk is idle and
    does not call. Half of the prompt later, at 169, the caller hangs up, and the desk calls."""
    day = play(
        BACK, WEB, MENU, redial("50 s", "[100%, 0%]"), dials=[(0, "web"), (10, "ads")], work={0: 100 / 60},
        ring_patience={1: [4, 99]}, hang_up={1: [0.9, 0.25]},
    )  # fmt: skip
    assert [row.left for row in day.rows[1]] == [14, 169]
    assert day.tries[1] == ["1 desk/0: dialled 169, answered 169, left 229, freed 229"]
    assert day.jobs[1] == ["missed, opened 14, tries 1, reached 169, closed 229: reached"]


def test_a_younger_callback_goes_before_one_that_is_set_aside() -> None:
    """As above, with the caller of 20, gone at 24, called at 100."""
    day = play(
        BACK, WEB, MENU, redial("50 s", "[100%, 0%]"), dials=[(0, "web"), (10, "ads"), (20, "ads")], work={0: 100 / 60},
        ring_patience={1: [4, 99], 2: 4}, hang_up={1: [0.9, 0.25]}, redial_delay={2: 9999},
    )  # fmt: skip
    assert [row.dialled for rows in day.try_rows[1:] for row in rows] == [169, 100]


def test_whoever_is_given_up_while_a_redial_is_due_is_not_lost_yet() -> None:
    """The only try, 100-125, is in vain; the redial of 200 is answered."""
    day = busy("callbacks: {tries: {at_most: 1}}", redial("170 s"), dials=[10], ring_patience={1: 20}, reached=0.9)
    assert day.jobs[1] == ["missed, opened 30, tries 1, closed 125: given_up"]
    assert day.stories[1] == "served 260: attempts 2, asked 2 (sales), waited 20, missed 30"


def test_whoever_has_been_given_up_and_is_missed_again_gets_another_callback() -> None:
    """Given up at 125, redialling at 130 while the desk talks 126-186, gone at 140: the second callback is tried at
    186. Tries are counted on."""
    day = busy(
        "callbacks: {tries: {at_most: 1}}", redial("100 s"), dials=[10, 126], ring_patience={1: [20, 10]},
        reached={1: [0.9, 0.1]}, redial_chance={1: [0.5, 1.0]}, number_known={2: 0.99},
    )  # fmt: skip
    assert [row.left for row in day.rows[1]] == [30, 140]
    assert day.jobs[1] == [
        "missed, opened 30, tries 1, closed 125: given_up",
        "missed, opened 140, tries 1, reached 186, closed 246: reached",
    ]
    assert day.tries[1][1] == "2 desk/0 (sales): dialled 186, answered 186, left 246, freed 246"


# Unserved callers.


UNSERVED = "sources: {web: {goes_to: vendor night}}"


def test_an_unserved_caller_may_be_called_back() -> None:
    """The vendor takes a message over 0-70; the idle desk calls at 70. Nothing was missed."""
    day = play(
        BACK, NIGHT, WEB, UNSERVED, "vendors: {night: {takes_message: true}}", "callbacks: {for: [unserved]}",
        dials=[(0, "web")],
    )  # fmt: skip
    assert day.jobs[0] == ["unserved, opened 70, tries 1, reached 70, closed 130: reached"]
    assert day.stories[0] == "called_back 130: attempts 1, asked 1, waited 10"


def test_an_unserved_caller_who_is_not_reached_stays_unserved() -> None:
    """One try, 70-95, in vain."""
    day = play(
        BACK, NIGHT, WEB, UNSERVED, "vendors: {night: {quality: 50%}}", "callbacks: {for: [unserved], tries: {at_most: 1}}",
        dials=[(0, "web")], quality=0.5, reached=0.9,
    )  # fmt: skip
    assert day.stories[0] == "unserved 95: attempts 1, asked 1, waited 10"


def test_whoever_waits_for_a_call_at_the_horizon_is_open() -> None:
    """No cool-down. The first is tried over 86 350-86 375 in vain and would be due again at 86 975; the second's try
    of 86 375 is under way at 86 400."""
    dials: list[float] = [86_300, 86_310, 86_351]
    day = play(
        BACK, "calendar: {cool_down: 0}", dials=dials, ring_patience={1: 20, 2: 20}, work={0: 50 / 60}, reached=0.9
    )
    assert day.jobs[1:] == [["missed, opened 86330, tries 1: open"], ["missed, opened 86371, tries 1: open"]]
    assert day.stories[1] == "open: attempts 1, asked 1 (sales), waited 20, missed 86330"
    assert day.tries[1:] == [
        ["1 desk/0 (sales): dialled 86350, left 86375, freed 86375"],
        ["1 desk/0 (sales): dialled 86375"],
    ]
