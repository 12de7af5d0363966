"""Dialling, lines, menus, self-service: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import SUPPORT, WEB, play

MENU = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
"""
TWO_KEYS = "menus: {main: {keys: [{share: 70%, to: queue sales}, {share: 30%, to: queue support}]}}"
RECORDING = """
menus: {main: {keys: [{share: 100%, to: self_service hours}]}}
self_service: {hours: {takes: 35 s, resolves: 80%, otherwise: queue sales}}
"""


# 1. A caller dials.


def test_without_lines_nobody_hears_busy() -> None:
    """Three callers at once: one talks 0-60, the others wait their turn, 60-120 and 120-180."""
    day = play(dials=[0, 0, 0])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 0, asked sales 0, matched desk/0 60, answered 60, left 120, freed 120: answered",
        "dialled 0, asked sales 0, matched desk/0 120, answered 120, left 180, freed 180: answered",
    ]
    assert day.stories[2] == "served 180: attempts 1, asked 1 (sales), waited 120"


def test_whoever_finds_no_free_line_is_blocked_at_once() -> None:
    """One line, two agents: the talk holds the line over 0-60, so the call at 30 is blocked though one is idle."""
    day = play("lines: 1", "teams: {desk: {agents: 2}}", dials=[0, 30])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 30, left 30: blocked (no_line)",
    ]
    assert day.stories == [
        "served 60: attempts 1, asked 1 (sales), waited 0",
        "lost 30: attempts 1, asked 0, waited 0, missed 30",
    ]


def test_the_line_is_free_at_the_end_of_the_talk_not_of_the_wrap_up() -> None:
    """The talk ends at 60, the wrap-up at 90. Dialling at 59 is too early; at 60 the line is free, for ends of talk
    come before dials; the agent is not, until 90. The one who waits holds the line at 61."""
    day = play("lines: 1", "teams: {desk: {wrap_up: 30 s}}", dials=[0, 59, 60, 61])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 90: answered",
        "dialled 59, left 59: blocked (no_line)",
        "dialled 60, asked sales 60, matched desk/0 90, answered 90, left 150, freed 180: answered",
        "dialled 61, left 61: blocked (no_line)",
    ]


def test_hanging_up_frees_the_line() -> None:
    """Two lines: one talks 0-60, one rings 10-30. The call at 29 is blocked; at 30 the line is free again."""
    day = play("lines: 2", dials=[0, 10, 29, 30], ring_patience={1: 20})
    assert day.first[1:] == [
        "dialled 10, asked sales 10, left 30: abandoned_ringing",
        "dialled 29, left 29: blocked (no_line)",
        "dialled 30, asked sales 30, matched desk/0 60, answered 60, left 120, freed 120: answered",
    ]


def test_a_menu_holds_the_line_too() -> None:
    """One line: ringing 0-5, prompt 5-15, talk 15-75; the calls at 4, 14 and 74 are blocked, the one at 75 is not."""
    day = play("lines: 1", MENU, dials=[0, 4, 14, 74, 75])
    assert day.first == [
        "dialled 0, greeted 5, asked sales 15, matched desk/0 15, answered 15, left 75, freed 75: answered",
        "dialled 4, left 4: blocked (no_line)",
        "dialled 14, left 14: blocked (no_line)",
        "dialled 74, left 74: blocked (no_line)",
        "dialled 75, greeted 80, asked sales 90, matched desk/0 90, answered 90, left 150, freed 150: answered",
    ]


# 2. A caller enters a menu or a self-service.


def test_ring_patience_counts_from_the_dial_until_the_menu_answers() -> None:
    """The menu answers 5 s after the dial. Patience of 4 s ends before that, at 14; of 5 s at the same moment, and
    answering beats leaving; of 6 s would end in the prompt, but a machine has answered: it never returns."""
    day = play(MENU, dials=[10, 100, 200], ring_patience=[4, 5, 6])
    assert day.first == [
        "dialled 10, left 14: abandoned_ringing",
        "dialled 100, greeted 105, asked sales 115, matched desk/0 115, answered 115, left 175, freed 175: answered",
        "dialled 200, greeted 205, asked sales 215, matched desk/0 215, answered 215, left 275, freed 275: answered",
    ]
    assert day.stories[0] == "lost 14: attempts 1, asked 0, waited 0, missed 14"


def test_after_a_menu_ring_patience_is_void_for_the_queue_too() -> None:
    """Ring patience of 20 s would end at 40, while the second caller waits 35-75 for the agent."""
    day = play(MENU, dials=[0, 20], ring_patience=20)
    assert day.first[1] == (
        "dialled 20, greeted 25, asked sales 35, matched desk/0 75, answered 75, left 135, freed 135: answered"
    )
    assert day.stories[1] == "served 135: attempts 1, asked 1 (sales), waited 40"


def test_a_hang_up_in_the_prompt_falls_evenly_over_it() -> None:
    """40 % hang up in the prompt of 20 s. Draw 0.1 is a quarter of those 40 %: a quarter of the prompt, 5 s after
    the answer at 5. Draw 0 leaves with the answer; draw 0.4 is no longer among the 40 %."""
    day = play(MENU, "menus: {main: {prompt: 20 s, hangs_up: 40%}}", dials=[0, 0, 0], hang_up=[0.1, 0.0, 0.4])
    assert day.first == [
        "dialled 0, greeted 5, left 10: abandoned_menu (hung_up_in_prompt)",
        "dialled 0, greeted 5, left 5: abandoned_menu (hung_up_in_prompt)",
        "dialled 0, greeted 5, asked sales 25, matched desk/0 25, answered 25, left 85, freed 85: answered",
    ]
    assert day.stories[0] == "lost 10: attempts 1, asked 0, waited 0, missed 10"


def test_the_key_is_the_share_into_which_the_draw_falls() -> None:
    """Shares of 70 % and 30 %: 0.69 is the first key, 0.7 and 0.99 the second; each queue has its own agent."""
    day = play(MENU, SUPPORT, TWO_KEYS, dials=[0, 100, 200], key=[0.69, 0.7, 0.99])
    assert day.first == [
        "dialled 0, greeted 5, asked sales 15, matched desk/0 15, answered 15, left 75, freed 75: answered",
        "dialled 100, greeted 105, asked support 115, matched helpers/0 115, answered 115, left 175, "
        "freed 175: answered",
        "dialled 200, greeted 205, asked support 215, matched helpers/0 215, answered 215, left 275, "
        "freed 275: answered",
    ]


def test_a_caller_presses_the_same_key_on_every_attempt() -> None:
    """Nobody helps at support. The second key leads there at 15, patience of 20 s ends at 35, and 100 s later, at
    135, the caller dials again: ringing to 140, the same key at 150, and, now patient for 7 s, gone at 157."""
    redial = "sources: {ads: {redial: {chance: 50%, after: 100 s, at_most: 1}}}"
    day = play(
        MENU, SUPPORT, TWO_KEYS, redial, "teams: {helpers: {agents: 0}}",
        dials=[0], key=0.8, hold_patience={0: [20, 7]},
    )  # fmt: skip
    assert day.told == [
        [
            "dialled 0, greeted 5, asked support 15, left 35: abandoned_queue",
            "dialled 135, greeted 140, asked support 150, left 157: abandoned_queue",
        ]
    ]
    assert day.stories == ["lost 157: attempts 2, asked 2 (support), waited 27, missed 157"]


def test_a_second_menu_answers_at_once() -> None:
    """Ringing 0-5, prompt 5-15; the second menu's 30 s of ringing count as 0, for a machine has answered: prompt
    15-22, and the queue's own greeting after 40 s counts as 0 as well."""
    second = """
    menus:
      main: {keys: [{share: 100%, to: menu second}]}
      second: {answers_after: 30 s, prompt: 7 s, keys: [{share: 100%, to: queue sales}]}
    queues: {sales: {answers_after: 40 s}}
    """
    day = play(MENU, second, dials=[0], ring_patience=20)
    assert day.first == [
        "dialled 0, greeted 5, asked sales 22, matched desk/0 22, answered 22, left 82, freed 82: answered"
    ]


def test_a_menu_key_can_hang_up() -> None:
    """The key at 15 ends the call: no hang-up of the caller's own will, but missed all the same."""
    day = play(MENU, "menus: {main: {keys: [{share: 100%, to: hang up}]}}", dials=[0])
    assert day.first == ["dialled 0, greeted 5, left 15: abandoned_menu (sent_away)"]
    assert day.stories == ["lost 15: attempts 1, asked 0, waited 0, missed 15"]


def test_self_service_solves_the_need_or_sends_on() -> None:
    """Key at 15, recording to 50. It helps 80 %: draw 0.79 is served by it, draw 0.8 goes on to the queue."""
    day = play(MENU, RECORDING, dials=[0, 0], solved=[0.79, 0.8])
    assert day.first == [
        "dialled 0, greeted 5, left 50: self_served",
        "dialled 0, greeted 5, asked sales 50, matched desk/0 50, answered 50, left 110, freed 110: answered",
    ]
    assert day.stories == [
        "self_served 50: attempts 1, asked 0, waited 0",
        "served 110: attempts 1, asked 1 (sales), waited 0",
    ]


def test_self_service_without_another_way_sends_away() -> None:
    """The need is not solved at 50 and nothing else is offered: the call ends there, missed."""
    day = play(MENU, RECORDING, "self_service: {hours: {otherwise: none}}", dials=[0], solved=0.8)
    assert day.first == ["dialled 0, greeted 5, left 50: abandoned_menu (self_service_failed)"]
    assert day.stories == ["lost 50: attempts 1, asked 0, waited 0, missed 50"]


def test_self_service_at_the_door_answers_at_once() -> None:
    """Straight to the recording, 100-135: it answers at the dial, so ring patience of 3 s never counts; the queue is
    asked at 135 under hold patience of 40 s, which ends at 175 while the agent talks over 120-180."""
    day = play(
        MENU, RECORDING, WEB, "sources: {ads: {goes_to: self_service hours}}",
        dials=[(100, "ads"), (120, "web")], ring_patience={0: 3}, hold_patience={0: 40}, solved={"hours": 0.9},
    )  # fmt: skip
    assert day.first == [
        "dialled 100, greeted 100, asked sales 135, left 175: abandoned_queue",
        "dialled 120, asked sales 120, matched desk/0 120, answered 120, left 180, freed 180: answered",
    ]


def test_a_prompt_and_a_menu_without_length_are_steps_like_any_other() -> None:
    """A menu that answers after 0 s, with a prompt of 0 s: all of it happens at 7, before the other dial at 7, for
    machine answers and menu ends come before dials. So the menu's caller reaches the only agent first."""
    day = play(MENU, WEB, "menus: {main: {answers_after: 0 s, prompt: 0 s}}", dials=[(7, "ads"), (7, "web")])
    assert day.first == [
        "dialled 7, greeted 7, asked sales 7, matched desk/0 7, answered 7, left 67, freed 67: answered",
        "dialled 7, asked sales 7, matched desk/0 67, answered 67, left 127, freed 127: answered",
    ]
