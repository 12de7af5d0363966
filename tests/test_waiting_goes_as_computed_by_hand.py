"""Queues, patience, matching, talking: small days whose arithmetic stands in each docstring.

Talks take 60 s and there is one agent at the desk, always, unless a test says otherwise (tests/script.py).
"""

from __future__ import annotations

from tests.script import SUPPORT, WEB, play

MENU = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
"""
TWO_AGENTS = "teams: {desk: {agents: 2}}"
PICK_UP = "teams: {desk: {answers_after: 4 s}}"
GREETING = "queues: {sales: {answers_after: 12 s}}"
ACES = "teams: {aces: {serves: [sales], agents: 1}}"


# 3. A caller asks for a queue that is full. (Closed ones: see the tests of rosters and hours.)


def test_whoever_finds_no_room_hears_busy() -> None:
    """Room for one: 0-60 is talk, the caller of 10 waits until the patience ends at 40. The call at 20 finds no
    room; the one at 40 does, for ends of patience come before dials."""
    day = play("queues: {sales: {room_for: 1}}", dials=[0, 10, 20, 40], ring_patience={1: 30})
    assert day.first[1:] == [
        "dialled 10, asked sales 10, left 40: abandoned_ringing",
        "dialled 20, left 20: blocked at sales (queue_full)",
        "dialled 40, asked sales 40, matched desk/0 60, answered 60, left 120, freed 120: answered",
    ]
    assert day.stories[2] == "lost 20: attempts 1, asked 0 (sales), waited 0, missed 20"


def test_a_queue_without_room_still_serves_whom_an_agent_can_take() -> None:
    """Room for nobody: the first caller goes straight to the agent, the second is blocked, the third is early
    enough at 60, when the agent is free."""
    day = play("queues: {sales: {room_for: 0}}", dials=[0, 59, 60])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 59, left 59: blocked at sales (queue_full)",
        "dialled 60, asked sales 60, matched desk/0 60, answered 60, left 120, freed 120: answered",
    ]


def test_a_matched_caller_takes_no_room() -> None:
    """Pick-up takes 30 s: at 10 the first caller is matched and no longer waits, so there is room for one."""
    day = play("queues: {sales: {room_for: 1}}", "teams: {desk: {answers_after: 30 s}}", dials=[0, 10, 20])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 30, left 90, freed 90: answered",
        "dialled 10, asked sales 10, matched desk/0 90, answered 120, left 180, freed 180: answered",
        "dialled 20, left 20: blocked at sales (queue_full)",
    ]


def test_the_rule_for_a_full_queue_sends_elsewhere() -> None:
    """Sales is full at 10, so the caller joins support, talks there 10-70 and never counts for sales."""
    day = play(SUPPORT, "queues: {sales: {room_for: 0, full: queue support}}", dials=[0, 10])
    assert day.first[1] == (
        "dialled 10, asked support 10, matched helpers/0 10, answered 10, left 70, freed 70: answered"
    )


def test_the_rule_for_a_full_queue_can_be_a_menu() -> None:
    """At 10 the full queue sends to a menu: it rings 10-15 and prompts 15-25, then hangs up: busy in other words."""
    menu = "menus: {sorry: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: hang up}]}}"
    day = play(menu, "queues: {sales: {room_for: 0, full: menu sorry}}", dials=[0, 10, 10], ring_patience={2: 4})
    assert day.first[1:] == [
        "dialled 10, greeted 15, left 25: blocked at sales (queue_full)",
        "dialled 10, left 14: blocked at sales (queue_full)",
    ]


# 4. A caller waits.


def test_ring_patience_counts_from_the_dial() -> None:
    """The agent talks 0-60; the caller of 10 lets it ring for 20 s and leaves at 30."""
    day = play(dials=[0, 10], ring_patience={1: 20})
    assert day.first[1] == "dialled 10, asked sales 10, left 30: abandoned_ringing"
    assert day.stories[1] == "lost 30: attempts 1, asked 1 (sales), waited 20, missed 30"


def test_hold_patience_counts_from_the_first_join_after_a_menu() -> None:
    """The agent talks 0-60. Dial at 10, answer at 15, key and join at 25; hold patience of 30 s ends at 55."""
    day = play(WEB, MENU, dials=[(0, "web"), (10, "ads")], hold_patience={1: 30}, ring_patience={1: 40})
    assert day.first[1] == "dialled 10, greeted 15, asked sales 25, left 55: abandoned_queue"
    assert day.stories[1] == "lost 55: attempts 1, asked 1 (sales), waited 30, missed 55"


def test_a_greeting_swaps_ring_patience_for_hold_patience() -> None:
    """The queue answers 12 s after the join, at 22. Ring patience of 20 s gives way to 30 s of hold: gone at 52.
    Of 12 s it would end at the same moment, and a machine's answer comes first; of 11 s it ends before, at 21."""
    day = play(GREETING, dials=[0, 10, 10, 10], work={0: 5.0}, ring_patience=[1, 20, 12, 11], hold_patience=30)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 300, freed 300: answered",
        "dialled 10, asked sales 10, greeted 22, left 52: abandoned_queue",
        "dialled 10, asked sales 10, greeted 22, left 52: abandoned_queue",
        "dialled 10, asked sales 10, left 21: abandoned_ringing",
    ]


def test_whoever_will_not_wait_leaves_at_once() -> None:
    """No patience at all: with a free agent the caller is answered, without one gone at the moment of the dial."""
    day = play(dials=[0, 10], ring_patience=0)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 10, asked sales 10, left 10: abandoned_ringing",
    ]


def test_a_greeting_at_the_join_answers_whoever_waits() -> None:
    """A greeting after 0 s: the first caller is answered by the agent at once, the second greeted at the join, and
    patient for 7 s from then on."""
    day = play("queues: {sales: {answers_after: 0 s}}", dials=[0, 10], ring_patience=0, hold_patience=7)
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 10, greeted 10, asked sales 10, left 17: abandoned_queue",
    ]


# 5. Caller and agent are matched.


def test_an_agent_picks_up_some_time_after_the_match() -> None:
    """Matched at 0, answered at 4, talk to 64; the next is matched at 64 and answered at 68: a wait of 58 s."""
    day = play(PICK_UP, dials=[0, 10])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 4, left 64, freed 64: answered",
        "dialled 10, asked sales 10, matched desk/0 64, answered 68, left 128, freed 128: answered",
    ]
    assert day.stories[1] == "served 128: attempts 1, asked 1 (sales), waited 58"


def test_hanging_up_during_the_pick_up_frees_the_agent_at_that_moment() -> None:
    """Patience of 3 s ends before the pick-up at 4: no talk and no wrap-up, and at 3 the agent takes who waits."""
    day = play(PICK_UP, "teams: {desk: {wrap_up: 30 s}}", dials=[0, 1], ring_patience={0: 3})
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, left 3, freed 3: abandoned_ringing",
        "dialled 1, asked sales 1, matched desk/0 3, answered 7, left 67, freed 97: answered",
    ]
    assert day.stories[0] == "lost 3: attempts 1, asked 1 (sales), waited 3, missed 3"


def test_picking_up_beats_hanging_up() -> None:
    """Pick-up and the end of patience both fall on 4: the call is answered. A pick-up of 0 s with patience of 0 s
    as well."""
    day = play(PICK_UP, dials=[0, 100], ring_patience=[4, 0], pick_up=[4, 0])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 4, left 64, freed 64: answered",
        "dialled 100, asked sales 100, matched desk/0 100, answered 100, left 160, freed 160: answered",
    ]


def test_a_free_agent_beats_the_end_of_patience() -> None:
    """The agent is free at 60, when the waiting caller's patience of 50 s ends: answered, after a wrap-up as well."""
    for text, patience in (("", 50), ("teams: {desk: {wrap_up: 30 s}}", 80)):
        day = play(text, dials=[0, 10], ring_patience={1: patience})
        assert day.call(1).outcome == "answered"
        assert day.call(1).answered == 10 + patience


def test_a_match_at_the_end_of_patience_is_too_late_where_picking_up_takes_time() -> None:
    """The first talk is 4-64. At 64 the second is matched, but the patience of 54 s ends at 64, before the pick-up:
    gone, and the agent free at 64 for the third, answered at 68."""
    day = play(PICK_UP, dials=[0, 10, 20], ring_patience={1: 54})
    assert day.first[1:] == [
        "dialled 10, asked sales 10, matched desk/0 64, left 64, freed 64: abandoned_ringing",
        "dialled 20, asked sales 20, matched desk/0 64, answered 68, left 128, freed 128: answered",
    ]


def test_a_greeting_still_fires_during_the_pick_up() -> None:
    """Pick-up takes 20 s, the queue answers after 12 s. Ring patience of 15 s gives way at 12 to hold patience: of
    100 s, answered at 20; of 5 s, gone at 17. Ring patience of 10 s ends at 10, and the agent takes the caller of 5,
    who is greeted at 17, before the ring patience would have ended at 20, and answered at 30."""
    day = play(
        GREETING, "teams: {desk: {agents: 3, answers_after: 20 s}}",
        dials=[0, 0, 0, 5], ring_patience=[15, 15, 10, 15], hold_patience=[100, 5, 100, 100],
    )  # fmt: skip
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, greeted 12, answered 20, left 80, freed 80: answered",
        "dialled 0, asked sales 0, matched desk/1 0, greeted 12, left 17, freed 17: abandoned_queue",
        "dialled 0, asked sales 0, matched desk/2 0, left 10, freed 10: abandoned_ringing",
        "dialled 5, asked sales 5, matched desk/2 10, greeted 17, answered 30, left 90, freed 90: answered",
    ]


def test_after_a_menu_hold_patience_runs_during_the_pick_up() -> None:
    """Joined and matched at 15; hold patience of 3 s ends at 18, before the pick-up at 19; of 4 s it does not."""
    day = play(MENU, PICK_UP, TWO_AGENTS, dials=[0, 0], hold_patience=[3, 4])
    assert day.first == [
        "dialled 0, greeted 5, asked sales 15, matched desk/0 15, left 18, freed 18: abandoned_queue",
        "dialled 0, greeted 5, asked sales 15, matched desk/1 15, answered 19, left 79, freed 79: answered",
    ]


def test_first_come_first_served() -> None:
    """Four wait from 1, 2, 3 and 4; the third leaves at 70. Talks begin at 60, 120 and 180, in the order of asking."""
    day = play(dials=[0, 1, 2, 3, 4], ring_patience={3: 67})
    assert day.first[1:] == [
        "dialled 1, asked sales 1, matched desk/0 60, answered 60, left 120, freed 120: answered",
        "dialled 2, asked sales 2, matched desk/0 120, answered 120, left 180, freed 180: answered",
        "dialled 3, asked sales 3, left 70: abandoned_ringing",
        "dialled 4, asked sales 4, matched desk/0 180, answered 180, left 240, freed 240: answered",
    ]


def test_the_order_is_that_of_joining_not_of_dialling() -> None:
    """The agent talks 0-60. Whoever dialled at 10 through the menu joins at 25, after the caller of 20."""
    day = play(WEB, MENU, dials=[(0, "web"), (10, "ads"), (20, "web")])
    assert day.first[1:] == [
        "dialled 10, greeted 15, asked sales 25, matched desk/0 120, answered 120, left 180, freed 180: answered",
        "dialled 20, asked sales 20, matched desk/0 60, answered 60, left 120, freed 120: answered",
    ]


def test_the_agent_idle_longest_takes_the_call() -> None:
    """Three agents, talks 0-60, 10-30 and 20-90: idle since 60, 30 and 90. Calls at 100, 101, 102 take the second,
    the first and the third."""
    day = play("teams: {desk: {agents: 3}}", dials=[0, 10, 20, 100, 101, 102], work={1: 20 / 60, 2: 70 / 60})
    assert [(row.slot, row.matched) for (row,) in day.rows] == [
        (0, 0), (1, 10), (2, 20), (1, 100), (0, 101), (2, 102),
    ]  # fmt: skip


def test_equally_idle_agents_go_by_slot() -> None:
    """Slot 0 talks 0-10 and 20-60, slot 1 talks 5-60 and is freed first at 60, for its caller has the smaller
    number. Idle equally long, slot 0 takes the call at 70, slot 1 the one at 71."""
    day = play(TWO_AGENTS, dials=[0, 5, 20, 70, 71], work=[10 / 60, 55 / 60, 40 / 60, 1, 1])
    assert [(row.slot, row.matched, row.freed) for (row,) in day.rows] == [
        (0, 0, 10), (1, 5, 60), (0, 20, 60), (0, 70, 130), (1, 71, 131),
    ]  # fmt: skip


def test_equally_idle_agents_go_by_team_first() -> None:
    """All idle since 0: the desk stands before the aces in the file, so its slots 0 and 1 come before their 0."""
    day = play(ACES, TWO_AGENTS, dials=[10, 20, 30, 40])
    assert [(row.team, row.slot, row.matched) for (row,) in day.rows] == [
        ("desk", 0, 10), ("desk", 1, 20), ("aces", 0, 30), ("desk", 0, 70),
    ]  # fmt: skip


def test_idle_time_starts_anew_after_a_hang_up_during_the_pick_up() -> None:
    """Slot 0 is taken at 0 and free at 3, when the caller hangs up: at 5 slot 1, idle since 0, is next."""
    day = play(PICK_UP, TWO_AGENTS, dials=[0, 5], ring_patience={0: 3})
    assert [(row.slot, row.matched, row.answered) for (row,) in day.rows] == [(0, 0, None), (1, 5, 9)]


def test_two_teams_serve_one_queue_each_in_its_own_way() -> None:
    """The desk picks up in 4 s and wraps up for 30 s; the aces do neither. The third waits for the first who is free:
    the aces at 61, not the desk at 94."""
    day = play(ACES, "teams: {desk: {answers_after: 4 s, wrap_up: 30 s}}", dials=[0, 1, 2])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 4, left 64, freed 94: answered",
        "dialled 1, asked sales 1, matched aces/0 1, answered 1, left 61, freed 61: answered",
        "dialled 2, asked sales 2, matched aces/0 61, answered 61, left 121, freed 121: answered",
    ]


def test_two_queues_with_teams_of_their_own_do_not_meet() -> None:
    """The desk talks 0-60 and the caller of 10 waits for it, though the helpers are idle until 20."""
    day = play(SUPPORT, dials=[(0, "ads"), (10, "ads"), (20, "help"), (30, "help")])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 60: answered",
        "dialled 10, asked sales 10, matched desk/0 60, answered 60, left 120, freed 120: answered",
        "dialled 20, asked support 20, matched helpers/0 20, answered 20, left 80, freed 80: answered",
        "dialled 30, asked support 30, matched helpers/0 80, answered 80, left 140, freed 140: answered",
    ]


def test_leaving_beats_moving() -> None:
    """Room for one, taken from 10 until patience ends at 25. The prompt of another ends at 25 too, after that: there
    is room."""
    day = play(
        WEB, MENU, "queues: {sales: {room_for: 1}}",
        dials=[(0, "web"), (10, "web"), (10, "ads")], ring_patience={1: 15},
    )  # fmt: skip
    assert day.first[1:] == [
        "dialled 10, asked sales 10, left 25: abandoned_ringing",
        "dialled 10, greeted 15, asked sales 25, matched desk/0 60, answered 60, left 120, freed 120: answered",
    ]


def test_ends_of_talk_at_once_go_by_caller_and_ends_of_wrap_up_by_slot() -> None:
    """Slot 0 serves the callers of 0 and 20, slot 1 the one of 5; both are free at 60. Ends of talk: the caller of 5
    has the smaller number, so slot 1 takes the first who waits. Ends of wrap-up: slot 0 takes the first."""
    dials = [0, 5, 20, 30, 31]
    talks = play(TWO_AGENTS, dials=dials, work=[10 / 60, 55 / 60, 40 / 60, 1, 1])
    wraps = play(TWO_AGENTS, "teams: {desk: {wrap_up: 10 s}}", dials=dials, work=[10 / 60, 45 / 60, 30 / 60, 1, 1])
    assert [(row.slot, row.matched) for (row,) in talks.rows] == [(0, 0), (1, 5), (0, 20), (1, 60), (0, 60)]
    assert [(row.slot, row.matched) for (row,) in wraps.rows] == [(0, 0), (1, 5), (0, 20), (0, 60), (1, 60)]


# 6. Caller and agent talk, the agent wraps up.


def test_a_talk_is_the_mean_times_the_caller_s_work() -> None:
    """60 s x 1.5 = 90 s; the source web has 100 s x 0.25 = 25 s, from 90 to 115."""
    day = play(WEB, "sources: {web: {talk: 100 s}}", dials=[(0, "ads"), (10, "web")], work=[1.5, 0.25])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 90, freed 90: answered",
        "dialled 10, asked sales 10, matched desk/0 90, answered 90, left 115, freed 115: answered",
    ]


def test_a_queue_s_own_talk_takes_the_place_of_the_source_s() -> None:
    """200 s x 0.5 = 100 s: the queue's mean and the multiplier drawn for it, not 60 s x 3."""
    day = play("queues: {sales: {talk: 200 s}}", dials=[0], work=3.0, work_in={"sales": 0.5})
    assert day.first == ["dialled 0, asked sales 0, matched desk/0 0, answered 0, left 100, freed 100: answered"]


def test_wrap_up_keeps_the_agent_not_the_caller() -> None:
    """The talk ends at 60 and the caller with it; the agent wraps up to 90 and then takes the next."""
    day = play("teams: {desk: {wrap_up: 30 s}}", dials=[0, 10], wrap_up=[30, 0])
    assert day.first == [
        "dialled 0, asked sales 0, matched desk/0 0, answered 0, left 60, freed 90: answered",
        "dialled 10, asked sales 10, matched desk/0 90, answered 90, left 150, freed 150: answered",
    ]
    assert day.stories[0] == "served 60: attempts 1, asked 1 (sales), waited 0"


def test_whoever_dials_as_the_agent_is_freed_does_not_wait() -> None:
    """Talk 0-60, dial at 60: the end of the talk comes first. With wrap-up the same at 90."""
    for text, freed in (("", 60), ("teams: {desk: {wrap_up: 30 s}}", 90)):
        day = play(text, dials=[0, freed])
        assert (day.call(0).freed, day.call(1).matched, day.call(1).answered) == (freed, freed, freed)


def test_talks_without_length_are_talks() -> None:
    """Three callers at 5 with talks of 0 s: each end of talk comes before the next dial, so that one agent answers
    all three at 5, none waiting."""
    day = play("teams: {desk: {wrap_up: 0 s}}", dials=[5, 5, 5], work=0)
    assert day.first == ["dialled 5, asked sales 5, matched desk/0 5, answered 5, left 5, freed 5: answered"] * 3
    assert day.stories == ["served 5: attempts 1, asked 1 (sales), waited 0"] * 3
