"""Callers who hang up and keep their place: small days whose arithmetic stands in each docstring.

Sales offers to call back 20 s after the join and 40 % accept; talks take 60 s, and there is one agent at the desk,
always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import SUPPORT, Played, play

OFFER = "queues: {sales: {offer_callback: {after: 20 s, accepts: 40%}}}"
NIGHT = """
currency: EUR
vendors: {night: {answers_after: 10 s, tariff: plain}}
tariffs: {plain: {per_call: 1 EUR, bills: [talk]}}
"""
HOURS = "calendar: {open: {every day: 09:00-18:00}}"
KEPT = (
    "dialled 10, asked sales 10, greeted 30, kept 30, matched desk/0 100, answered 100, left 160, freed 160: kept_place"
)
LONG = 10
"""Work of a talk of 600 s."""


def busy(*texts: str, dials: list[float | tuple[float, str]], **given: object) -> Played:
    """The desk is busy over 0-100."""
    given["work"] = {0: 100 / 60, **given.pop("work", {})}  # type: ignore[dict-item]
    return play(OFFER, *texts, dials=[0, *dials], **given)


def test_a_share_hangs_up_and_is_called_when_it_is_their_turn() -> None:
    """Joined at 10, asked at 30: draw 0.39 hangs up, waits at home and is called at 100. Not missed: served, after a
    wait of 20 s on the line."""
    day = busy(dials=[10], accepts={"sales": {1: 0.39}})
    assert day.first[1] == KEPT
    assert day.stories[1] == "served 160: attempts 1, asked 1 (sales), waited 20"


def test_the_others_wait_on_under_hold_patience() -> None:
    """Draw 0.4 declines at 30. A machine has spoken: ring patience, to 50, is over, hold patience of 40 s runs to 70."""
    day = busy(dials=[10], accepts={"sales": {1: 0.4}}, ring_patience={1: 40}, hold_patience={1: 40})
    assert day.first[1] == "dialled 10, asked sales 10, greeted 30, left 70: abandoned_queue"


def test_whoever_is_on_hold_stays_under_the_same_patience() -> None:
    """Sales answered at 15; 40 s of hold patience run to 55, past the offer of 30."""
    day = busy("queues: {sales: {answers_after: 5 s}}", dials=[10], accepts=0.4, hold_patience={1: 40})
    assert day.first[1] == "dialled 10, asked sales 10, greeted 15, left 55: abandoned_queue"


def test_whoever_is_taken_before_the_offer_is_not_asked() -> None:
    """The desk is free at 24."""
    day = play(OFFER, dials=[0, 10], work={0: 0.4})
    assert day.first[1] == "dialled 10, asked sales 10, matched desk/0 24, answered 24, left 84, freed 84: answered"


def test_a_kept_place_keeps_its_rank() -> None:
    """Asked at 10 and kept at 30: called at 100 before the caller of 15, who waits on the line until 160; the caller
    of 5 comes before both."""
    later = busy(dials=[10, 15], accepts={"sales": {1: 0.1, 2: 0.9}})
    earlier = busy(dials=[5, 10], accepts={"sales": {1: 0.9, 2: 0.1}})
    assert [row.matched for (row,) in later.rows[1:]] == [100, 160]
    assert [row.matched for (row,) in earlier.rows[1:]] == [100, 160]


def test_two_kept_places_go_by_first_asking() -> None:
    """Both at home since 30 and 35: called at 100 and 160."""
    day = busy(dials=[10, 15])
    assert [row.answered for (row,) in day.rows[1:]] == [100, 160]


def test_a_kept_place_needs_no_patience() -> None:
    """Ring patience would end at 35, hold patience at 31."""
    day = busy(dials=[10], ring_patience={1: 25}, hold_patience={1: 1})
    assert day.first[1] == KEPT


def test_a_kept_place_does_not_overflow() -> None:
    """The rule of 40 would lead to a vendor."""
    day = busy(NIGHT, "queues: {sales: {overflow: [{after: 30 s, to: vendor night}]}}", dials=[10])
    assert day.first[1] == KEPT


def test_the_agent_dials_and_talks_without_picking_up() -> None:
    """The pick-up delay of 15 s is for callers who ring: 0-15, talk 15-100, wrap-up to 130; then the talk 130-190 and
    a wrap-up to 220."""
    team = "teams: {desk: {answers_after: 15 s, wrap_up: 30 s}}"
    day = busy(team, dials=[10], work={0: 85 / 60})
    assert (day.call(0).answered, day.call(0).left, day.call(0).freed) == (15, 100, 130)
    assert day.first[1] == (
        "dialled 10, asked sales 10, greeted 30, kept 30, matched desk/0 130, answered 130, left 190, freed 220: "
        "kept_place"
    )


def test_the_line_is_free_while_the_caller_waits_at_home() -> None:
    """Two lines: the desk's talk, and the caller of 10 until 30. The one of 29 hears busy, that of 31 does not."""
    day = busy("lines: 2", dials=[10, 29, 31], accepts={"sales": {1: 0.1, 3: 0.9}})
    assert [row.outcome for (row,) in day.rows] == ["answered", "kept_place", "blocked", "answered"]


def test_the_room_is_free_too() -> None:
    """Room for one on the line."""
    day = busy("queues: {sales: {room_for: 1}}", dials=[10, 29, 31], accepts={"sales": {1: 0.1, 3: 0.9}})
    assert [row.outcome for (row,) in day.rows] == ["answered", "kept_place", "blocked", "answered"]


def test_the_agent_needs_a_line_to_dial() -> None:
    """Two lines. Kept at 30; support talks 40-400 on one line, and from 110 on a second caller of support waits on the
    other. The desk wraps up to 130 and has no line until 400; then the call takes it, and 450 hears busy."""
    text = "teams: {desk: {wrap_up: 30 s}}"
    day = busy(SUPPORT, "lines: 2", text, dials=[10, (40, "help"), (110, "help"), (450, "help")], work={2: 6})
    assert day.first[1] == (
        "dialled 10, asked sales 10, greeted 30, kept 30, matched desk/0 400, answered 400, left 460, freed 490: "
        "kept_place"
    )
    assert [row.outcome for (row,) in day.rows[2:]] == ["answered", "answered", "blocked"]


def test_who_waits_on_the_line_is_taken_while_there_is_no_line_to_dial() -> None:
    """Three lines: support talks on one from 40 on, a caller waits for it on another from 101 on, and on the third the
    caller of 50 waits for sales. The desk wraps up to 130: the kept place of 30 would come first, but there is no line
    for it; whoever holds one is served, to 190, with a wrap-up to 220. Then the place is called."""
    day = busy(
        SUPPORT, "lines: 3", "teams: {desk: {wrap_up: 30 s}}",
        dials=[10, (40, "help"), 50, (101, "help")], work={2: LONG}, accepts={"sales": {1: 0.1, 3: 0.9}},
    )  # fmt: skip
    assert [row.matched for (row,) in (day.rows[3], day.rows[1])] == [130, 220]


def test_at_closing_a_kept_place_stays_for_the_next_opening() -> None:
    """Joined at 64 775 and kept at 64 795; the desk talks to 64 850 and stays for nobody. Tuesday's opening is 118 800:
    the desk calls before it takes whoever dials then."""
    day = play("calendar: {days: 2}", HOURS, OFFER, dials=[64_750, 64_775, 118_800], work={0: 100 / 60},
               accepts={"sales": {1: 0.1, 2: 0.9}})  # fmt: skip
    assert day.first[1:] == [
        "dialled 64775, asked sales 64775, greeted 64795, kept 64795, matched desk/0 118800, answered 118800, "
        "left 118860, freed 118860: kept_place",
        "dialled 118800, asked sales 118800, greeted 118820, matched desk/0 118860, answered 118860, left 118920, freed 118920: answered",
    ]
    assert day.shifts[0] == "desk/0: 32400 to 64800, went 64850"


def test_a_queue_that_sends_callers_away_at_closing_keeps_places() -> None:
    """`at_closing: closed` is for those on the line. An agent who is there all night calls at the opening."""
    night = "teams: {desk: {agents: {every day: {00:00-24:00: 1}}}}"
    day = play(
        "calendar: {days: 2}", HOURS, OFFER, night, "queues: {sales: {at_closing: closed}}",
        dials=[64_750, 64_775, 64_776], work={0: 100 / 60}, accepts={"sales": {1: 0.1, 2: 0.9}},
    )  # fmt: skip
    assert (day.call(1).outcome, day.call(1).matched) == ("kept_place", 118_800)
    assert (day.call(2).outcome, day.call(2).left) == ("closed", 64_800)


def test_an_offer_counts_from_joining_the_queue_that_makes_it() -> None:
    """Sales moves the caller at 25, before its own offer of 30; support, busy, offers at 25 + 40 = 65, and calls when
    it is free at 610."""
    text = "queues: {sales: {overflow: [{after: 15 s, to: queue support}]}, support: {offer_callback: {after: 40 s, accepts: 100%}}}"
    day = busy(SUPPORT, text, dials=[(10, "help"), 10], work={1: LONG})
    assert day.first[2] == (
        "dialled 10, asked sales 10, greeted 65, kept 65, matched helpers/0 610, answered 610, left 670, freed 670: "
        "kept_place at support"
    )


def test_a_place_is_kept_in_both_queues() -> None:
    """In support as well since 25, kept at 30: support is free at 90, before sales, and calls; at 100 sales takes the
    caller of 95, not this one again."""
    both = "queues: {sales: {overflow: [{after: 15 s, also: queue support}]}}"
    day = busy(SUPPORT, both, dials=[(10, "help"), 10, 95], work={1: 80 / 60})
    assert day.first[2] == (
        "dialled 10, asked sales 10, greeted 30, kept 30, matched helpers/0 90, answered 90, left 150, freed 150: "
        "kept_place at support"
    )
    assert day.call(3).matched == 100


def test_a_kept_place_comes_before_callbacks() -> None:
    """Missed at 25, kept at 30: at 100 the place is called, at 160 the callback is made."""
    callbacks = """
    callbacks: {for: [missed], by: desk, number_known: 100%, reaches: 100%, tries: {at_most: 3, every: 10 min}, no_answer_takes: 25 s}
    """
    day = busy(callbacks, dials=[10, 10], ring_patience={2: 15})
    assert day.call(1).matched == 100
    assert day.try_rows[2][0].dialled == 160


def test_a_place_that_is_still_kept_at_the_horizon_is_unfinished() -> None:
    """No cool-down: kept at 86 350, the desk talks over midnight."""
    day = play("calendar: {cool_down: 0}", OFFER, dials=[86_320, 86_330], work={0: LONG})
    assert day.first[1] == "dialled 86330, asked sales 86330, greeted 86350, kept 86350: unfinished"
    assert day.stories[1] == "open: attempts 1, asked 1 (sales), waited 20"


def test_the_cool_down_is_a_day_where_places_are_kept() -> None:
    """Kept at 86 350 and called at 86 920, on the day after the last."""
    day = play(OFFER, dials=[86_320, 86_330], work={0: LONG})
    assert day.call(1).answered == 86_920
    assert day.call(1).outcome == "kept_place"


def test_who_keeps_a_place_may_be_put_through() -> None:
    """Called at 100, the talk to 160 ends in a transfer to support: talk 160-220, then the caller is served."""
    text = "queues: {sales: {transfer: {chance: 50%, to: queue support}}}"
    day = busy(SUPPORT, text, dials=[10], transfer={"sales": {1: 0.1}})
    (row,) = day.rows[1]
    assert (row.outcome, row.kept, row.answered, row.transferred, row.left) == ("kept_place", 30, 100, 160, 220)
    assert day.legs[1] == ["1.1 support: asked 160, matched helpers/0 160, answered 160, left 220, freed 220"]
