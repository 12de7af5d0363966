"""Redials after the ways in which a call of a whole centre may end: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import SUPPORT, play

NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""
LONG = 10
"""Work of a talk of 600 s."""


def redial(chance: str = "100%", after: str = "100 s", at_most: str = "3") -> str:
    return f"sources: {{ads: {{redial: {{chance: {chance}, after: {after}, at_most: {at_most}}}}}}}"


def test_the_chance_may_differ_by_outcome_and_attempt() -> None:
    """Two lines. One caller gives up at 30, may redial for sure, and then at 50 % not with the draw of 0.5. The other
    hears busy at 20 with a chance of 40 %, and at 120, when one line is free again, gives up at 140: that is the second
    attempt, of the chances of abandoned calls the second, 50 %, and 0.4 redials; the third attempt, at 240, too has
    50 %, and 0.6 does not."""
    chances = redial("{abandoned: [100%, 50%], blocked: 40%}")
    day = play(
        "lines: 2", chances, dials=[0, 10, 20], work={0: LONG}, ring_patience={1: 20, 2: 20},
        redial_chance={1: [0.99, 0.5], 2: [0.39, 0.4, 0.6]}, redial_delay={1: 1000},
    )  # fmt: skip
    assert [[(row.dialled, row.outcome) for row in rows] for rows in day.rows[1:]] == [
        [(10, "abandoned_ringing"), (1030, "answered")],
        [(20, "blocked"), (120, "abandoned_ringing"), (240, "abandoned_ringing")],
    ]


def test_ringing_and_on_hold_are_outcomes_of_their_own() -> None:
    """Both give up in support, which is full of work, after a move at 30: the first ringing, at 40, the other on hold
    since 25, at 45. Only who was on hold redials, at 145."""
    text = """
    queues: {sales: {answers_after: 15 s, overflow: [{after: 20 s, to: queue support}]}}
    """
    ringing = "queues: {sales: {overflow: [{after: 20 s, to: queue support}]}}"
    chance = redial("{abandoned_queue: 100%, abandoned_ringing: 0%}")
    dials = [(0.0, "ads"), (0.0, "help"), (10.0, "ads")]
    first = play(SUPPORT, ringing, chance, dials=dials, work={0: LONG, 1: LONG}, ring_patience={2: 30})
    other = play(
        SUPPORT, text, chance, dials=dials, work={0: LONG, 1: LONG}, ring_patience={2: 30}, hold_patience={2: [20, 999]}
    )
    assert [row.left for row in first.rows[2]] == [40]
    assert [(row.dialled, row.outcome) for row in other.rows[2]] == [(10, "abandoned_queue"), (145, "answered")]


def test_busy_at_the_vendor_is_busy() -> None:
    """One line there, taken over 0-70: a plain chance is for blocked calls too, at 110."""
    text = "vendors: {night: {lines: 1}}"
    day = play(NIGHT, text, "sources: {ads: {goes_to: vendor night}}", redial(), dials=[0, 10])
    assert [(row.dialled, row.outcome, row.reason) for row in day.rows[1]] == [
        (10, "blocked", "vendor_full"), (110, "outsourced", "none"),
    ]  # fmt: skip


def test_whoever_was_sent_away_on_hold_may_redial() -> None:
    """Greeted at 12, cut off at 30; again at 130."""
    text = "queues: {sales: {answers_after: 2 s, overflow: [{after: 20 s, to: hang up}]}}"
    day = play(text, redial(at_most="1"), dials=[0, 10], work={0: 2})
    assert [(row.dialled, row.outcome) for row in day.rows[1]] == [(10, "abandoned_queue"), (130, "answered")]


def test_patience_may_stay_the_same() -> None:
    """Always 20 s: gone at 30, 150 and 270. Drawn anew, 20 s and 500 s, the second attempt is answered at 600."""
    kept, anew = (
        play(
            redial(at_most="2"), f"sources: {{ads: {{patience_on_redial: {rule}}}}}", dials=[0, 10], work={0: LONG},
            ring_patience={1: [20, 500]},
        )
        for rule in ("kept", "redrawn")
    )  # fmt: skip
    assert [row.left for row in kept.rows[1]] == [30, 150, 270]
    assert [row.left for row in anew.rows[1]] == [30, 660]


def test_everybody_who_heard_busy_redials_at_once() -> None:
    """One line, taken over 0-60, and callers at 10 who all redial at 60: the first has the line, the others hear busy
    and dial at 110, in vain, and at 160, when the second has it."""
    day = play("lines: 1", redial(after="50 s"), dials=[0, 10, 10, 10])
    assert [[row.dialled for row in rows] for rows in day.rows[1:]] == [
        [10, 60],
        [10, 60, 110, 160],
        [10, 60, 110, 160],
    ]
    assert [row.resolution for (row,) in day.callers] == ["served", "served", "served", "lost"]


def test_a_redial_may_go_another_way() -> None:
    """The rule moves the caller at 30 to support, which is busy; gone at 40. At 140 sales is busy as before and support
    free: moved at 160."""
    text = "queues: {sales: {overflow: [{after: 20 s, to: queue support}]}}"
    day = play(
        SUPPORT, text, redial(), dials=[(0, "ads"), (0, "help"), (10, "ads")], work={0: LONG, 1: 2},
        ring_patience={2: [30, 999]},
    )  # fmt: skip
    assert day.told[2] == [
        "dialled 10, asked sales 10, left 40: abandoned_ringing at support",
        "dialled 140, asked sales 140, matched helpers/0 160, answered 160, left 220, freed 220: answered at support",
    ]
    assert day.stories[2] == "served 220: attempts 2, asked 2 (sales), waited 50, missed 40"
