"""Every measure of a small log, compared with values computed by hand.

Counted are 38 hours: from 10:00 of the first day (the warm-up ends) to midnight after the second. The sums behind
each fraction can be counted off the tables below; `1+` and `2+` stand before times of the second and third day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pytest

from callsim.counts import DAY_INTERVALS, INTERVAL
from callsim.estimate import Estimate
from callsim.metrics import BY_KEY, MEASURES, MONTH, estimates, estimates_of_interval, estimates_of_queue
from callsim.scenario import Scenario, load
from callsim.sums import Sums, add_up
from tests.byhand import lines, logs, seconds

FILE = """
name: Two queues by hand
calendar: {start: 2026-03-02, days: 2, open: {mon-sun: [09:00-17:00, 23:00-24:00]}, warm_up: 10 h}
sources:
  ads: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, talk: 60 s}
  web: {callers: 1 per hour, goes_to: queue support, hangs_up_ringing: never, talk: 60 s}
queues: {sales: {target: 80% in 20 s}, support: {target: 70% in 60 s}}
teams: {desk: {serves: [sales], agents: 2}, helpers: {serves: [support], agents: 1}}
"""

# ads 0, web 0 and the first call of ads 8 are warm-up; the later calls of web 2, and ads 7, are cool-down.
# ads 2 hangs up while desk/0 is about to pick up.
CALLS = """
who   no kind     dialled    greeted  asked      queue   matched    agent     answered   left       freed      outcome           reason
ads 0  1 new      09:59:50   -        09:59:50   sales   10:00:20   desk/0    10:00:25   10:02:25   10:02:55   answered          none
ads 8  1 new      09:50:00   -        09:50:00   sales   -          -         -          09:50:20   -          abandoned_ringing none
web 0  1 new      09:58:00   -        09:58:00   support 09:58:00   helpers/0 09:58:10   10:01:10   10:01:40   answered          none
ads 1  1 new      10:00:00   -        10:00:00   sales   10:00:05   desk/1    10:00:20   10:05:20   10:05:50   answered          none
ads 2  1 new      10:10:00   -        10:10:00   sales   10:10:10   desk/0    -          10:10:15   10:10:15   abandoned_ringing none
ads 8  2 new      10:15:00   -        10:15:00   sales   -          -         -          10:15:10   -          abandoned_ringing none
ads 2  2 new      10:20:00   -        10:20:00   sales   10:20:00   desk/0    10:20:08   10:22:08   10:22:38   answered          none
ads 3  1 junk     10:29:50   -        10:29:50   sales   -          -         -          10:30:15   -          abandoned_ringing none
web 1  1 service  10:31:00   10:31:05 10:31:20   support 10:32:20   helpers/0 10:32:20   11:00:50   11:01:20   answered          none
web 2  1 existing 10:32:00   10:32:05 10:32:15   support -          -         -          10:33:00   -          abandoned_queue   none
web 3  1 new      10:40:00   10:40:05 -          -       -          -         -          10:40:12   -          abandoned_menu    hung_up_in_prompt
web 4  1 service  10:41:00   10:41:05 -          -       -          -         -          10:41:55   -          self_served       none
ads 4  1 new      11:00:00   -        -          -       -          -         -          11:00:00   -          blocked           no_line
ads 4  2 new      11:05:00   -        -          sales   -          -         -          11:05:00   -          blocked           queue_full
ads 5  1 new      16:59:50   -        16:59:50   sales   -          -         -          17:01:00   -          closed            closed_while_waiting
ads 4  3 new      17:10:00   -        -          sales   -          -         -          17:10:00   -          closed            asked_while_closed
ads 6  1 new      20:00:00   -        -          sales   -          -         -          20:00:00   -          closed            asked_while_closed
ads 5  2 new      1+09:10:00 -        1+09:10:00 sales   1+09:10:00 desk/0    1+09:10:05 1+09:11:05 1+09:11:05 answered          none
web 6  1 new      1+23:50:00 -        1+23:50:00 support 1+23:55:00 helpers/0 1+23:55:00 2+00:10:00 2+00:10:30 answered          none
web 7  1 new      1+23:58:00 -        1+23:58:00 support -          -         -          -          -          unfinished        none
web 5  1 new      1+23:59:30 -        1+23:59:30 support 2+00:00:10 helpers/1 2+00:00:10 2+00:03:10 2+00:03:40 answered          none
ads 7  1 new      2+00:00:00 -        2+00:00:00 sales   -          -         -          2+00:00:30 -          abandoned_ringing none
web 2  2 existing 2+08:00:00 -        2+08:00:00 support -          -         -          2+08:00:05 -          abandoned_queue   none
web 2  3 existing 2+09:00:00 -        2+09:00:00 support 2+09:00:00 helpers/0 2+09:00:01 2+09:02:01 2+09:02:31 answered          none
"""
PEOPLE = """
who   kind     dialled    queue   attempts asked waited resolution  resolved   missed
ads 0 new      09:59:50   sales   1        1     35     served      10:02:25   -
ads 8 new      09:50:00   sales   2        2     30     lost        10:15:10   10:15:10
web 0 new      09:58:00   support 1        1     10     served      10:01:10   -
ads 1 new      10:00:00   sales   1        1     20     served      10:05:20   -
ads 2 new      10:10:00   sales   2        2     23     served      10:22:08   10:10:15
ads 3 junk     10:29:50   sales   1        1     25     lost        10:30:15   10:30:15
web 1 service  10:31:00   support 1        1     60     served      11:00:50   -
web 2 existing 10:32:00   support 3        3     51     served      2+09:02:01 2+08:00:05
web 3 new      10:40:00   -       1        0     0      lost        10:40:12   10:40:12
web 4 service  10:41:00   -       1        0     0      self_served 10:41:55   -
ads 4 new      11:00:00   sales   3        0     0      lost        17:10:00   17:10:00
ads 5 new      16:59:50   sales   2        2     75     served      1+09:11:05 17:01:00
ads 6 new      20:00:00   sales   1        0     0      open        -          20:00:00
web 6 new      1+23:50:00 support 1        1     300    served      2+00:10:00 -
web 7 new      1+23:58:00 support 1        1     0      open        -          -
web 5 new      1+23:59:30 support 1        1     40     served      2+00:03:10 -
ads 7 new      2+00:00:00 sales   1        1     30     lost        2+00:00:30 2+00:00:30
"""
DUTIES = """
agent     came       due        went
helpers/1 08:00:00   09:30:00   09:30:00
desk/0    09:00:00   17:00:00   17:00:00
desk/1    09:00:00   17:00:00   17:00:00
helpers/0 09:00:00   17:00:00   17:00:00
desk/0    1+09:00:00 1+17:00:00 1+17:20:00
helpers/0 1+23:00:00 2+00:00:00 2+00:10:30
desk/0    2+09:00:00 2+17:00:00 2+17:00:00
"""

COUNTED = 38 * 3600
"""Seconds."""

OVERALL: Mapping[str, float | None] = {
    "attempts": 18,
    "callers": 13,  # ads 1 to 6, web 1 to 7
    "offered": 12,
    "answered": 6,
    "self_served": 1,
    "abandoned": 5,  # four of them had asked for a queue
    "blocked": 2,
    "closed": 3,
    "missed_rate": 10 / 18,
    "missed_rate_open": 8 / 16,  # without those of 17:10 and 20:00
    "lost_callers": 3,  # ads 3, ads 4, web 3
    "lost_caller_rate": 3 / 11,
    "open_callers": 2,  # ads 6, web 7
    "attempts_per_caller": 19 / 13,
    "abandon_rate": 4 / 12,
    "service_level": 5 / 12,  # 20, 8 and 5 s within 20 s; 60 and 40 s within 60 s
    "service_level_answered": 5 / 6,
    "service_level_excluding_short_abandons": 5 / (12 - 3),  # 15, 10 and 45 s
    "service_level_including_short_abandons": (5 + 3) / 12,
    "service_level_virtual": (7 * 11 / 21 + 4 * 5 / 8) / 11,  # the queues', by their known waits
    "service_level_caller": 4 / 8,  # ads 1, web 1, 2, 5; too late: ads 2, 5, web 6; never: ads 3
    "asa_s": (33 + 400) / 6,
    "wait_mean_s": (153 + 445) / 11,
    "wait_p50_s": 25,  # the sixth of 5 8 10 15 20 25 40 45 60 70 300
    "wait_p90_s": 70,
    "wait_p95_s": 300,
    "talks": 6,  # of ads 0, 1, 2, 5, web 1, 6
    "paid_hours": (80400 + 28800) / 3600,
    "overtime_hours": 1200 / 3600,
    "occupancy": (728 + 2140) / (80400 + 28800),
    "utilisation": (728 + 2140) / (80400 + 28800),
    "queue_mean": (178 + 555) / COUNTED,
}
QUEUES: Mapping[str, Mapping[str, float | None]] = {
    # Answered after 20, 8 and 5 s; hung up after 15, 10 and 25 s; sent away at closing after 70 s.
    "sales": {
        "attempts": 10,  # but not ads 4, who first found no line
        "callers": 6,  # ads 1 to 6
        "lost_callers": 2,  # ads 3 and 4
        "lost_caller_rate": 2 / 5,
        "open_callers": 1,  # ads 6
        "attempts_per_caller": 10 / 6,  # here ads 4 counts with all three calls
        "service_level_caller": 1 / 4,  # ads 1 of ads 1, 2, 3 and 5
        "offered": 7,
        "answered": 3,
        "self_served": 0,
        "abandoned": 3,
        "blocked": 1,
        "closed": 3,
        "missed_rate": 7 / 10,
        "missed_rate_open": 5 / 8,
        "abandon_rate": 3 / 7,
        "service_level": 3 / 7,
        "service_level_answered": 3 / 3,
        "service_level_excluding_short_abandons": 3 / (7 - 2),
        "service_level_including_short_abandons": (3 + 2) / 7,
        # Kaplan-Meier: not answered within 20 s are 6/7 (at 5 s) x 5/6 (at 8 s) x 2/3 (at 20 s) = 10/21.
        "service_level_virtual": 11 / 21,
        "asa_s": 33 / 3,
        "wait_mean_s": 153 / 7,
        "wait_p50_s": 15,
        "wait_p90_s": 70,
        "wait_p95_s": 70,
        # Handling 155 (ads 0) + 345 + 5 + 158 + 65 s; paid 2 x 7 h and 8 h 20 min.
        "talks": 4,
        "paid_hours": 80400 / 3600,
        "overtime_hours": 1200 / 3600,
        "occupancy": 728 / 80400,
        "utilisation": 728 / 80400,
        # 25 (ads 0) + 20 + 15 + 10 + 8 + 25 + 70 + 5 s.
        "queue_mean": 178 / COUNTED,
    },
    # Answered after 60, 300 and 40 s; hung up after 45 s; one still waits when the horizon ends.
    "support": {
        "attempts": 5,
        "callers": 5,  # web 1, 2, 5, 6, 7
        "lost_callers": 0,
        "lost_caller_rate": 0 / 4,
        "open_callers": 1,  # web 7
        "attempts_per_caller": 7 / 5,
        "service_level_caller": 3 / 4,  # web 1, 2 and 5, but not web 6
        "offered": 5,
        "answered": 3,
        "self_served": 0,
        "abandoned": 1,
        "blocked": 0,
        "closed": 0,
        "missed_rate": 1 / 5,
        "missed_rate_open": 1 / 5,
        "abandon_rate": 1 / 5,
        "service_level": 2 / 5,
        "service_level_answered": 2 / 3,
        "service_level_excluding_short_abandons": 2 / (5 - 1),
        "service_level_including_short_abandons": (2 + 1) / 5,
        # 3/4 (at 40 s) x 1/2 (at 60 s) = 3/8.
        "service_level_virtual": 5 / 8,
        "asa_s": 400 / 3,
        "wait_mean_s": 445 / 4,
        "wait_p50_s": 45,
        "wait_p90_s": 300,
        "wait_p95_s": 300,
        # Handling 100 (web 0) + 1740 s, and 300 s of web 6 before midnight; paid 7 h, and an hour before midnight.
        "talks": 2,
        "paid_hours": 28800 / 3600,
        "overtime_hours": 0,
        "occupancy": 2140 / 28800,
        "utilisation": 2140 / 28800,
        # 60 + 45 s, and before midnight 300 + 120 + 30 s.
        "queue_mean": 555 / COUNTED,
    },
}
NOTHING: Mapping[str, float | None] = {
    measure.key: 0 if measure.unit == "per month" else None
    for measure in MEASURES
    if measure.quantile is None and measure.key not in ("service_level_virtual", "moved_in")
}
INTERVALS: Mapping[str, Mapping[str, float | None]] = {
    "02:30": NOTHING | {"queue_mean": 0.0},
    # On the second day only: ads 5 is answered. An interval in the warm-up of the first day was counted once.
    "09:00": NOTHING
    | {
        "attempts": 1,
        "offered": 1,
        "answered": 1,
        "missed_rate": 0,
        "missed_rate_open": 0,
        "abandon_rate": 0,
        "service_level": 1,
        "service_level_answered": 1,
        "service_level_excluding_short_abandons": 1,
        "service_level_including_short_abandons": 1,
        "asa_s": 5,
        "wait_mean_s": 5,
        "talks": 1,
        "paid_hours": 0.5,
        "occupancy": 65 / 1800,
        "utilisation": 65 / 1800,
        "queue_mean": 5 / 1800,
    },
    # ads 1, 2 (twice), 3, and the redial of ads 8, who is no caller of the counted time.
    "10:00": {
        "attempts": 5,
        "callers": 3,
        "offered": 5,
        "answered": 2,
        "self_served": 0,
        "abandoned": 3,
        "blocked": 0,
        "closed": 0,
        "missed_rate": 3 / 5,
        "missed_rate_open": 3 / 5,
        "lost_callers": 1,
        "lost_caller_rate": 1 / 3,
        "open_callers": 0,
        "attempts_per_caller": 4 / 3,
        "abandon_rate": 3 / 5,
        "service_level": 2 / 5,
        "service_level_answered": 2 / 2,
        "service_level_excluding_short_abandons": 2 / (5 - 2),
        "service_level_including_short_abandons": (2 + 2) / 5,
        "service_level_caller": 1 / 3,
        "asa_s": 28 / 2,
        "wait_mean_s": 78 / 5,  # ads 3's 25 s belong to the dial at 10:29:50
        "talks": 3,
        "paid_hours": 2,  # three agents on the first day, one on the second
        "overtime_hours": 0,
        "occupancy": (663 + 100) / 7200,
        "utilisation": (663 + 100) / 7200,
        "queue_mean": 88 / 3600,  # of ads 3's wait 10 s
    },
    # web 1 to 4; ads 3 waits 15 s more.
    "10:30": NOTHING
    | {
        "attempts": 4,
        "callers": 4,
        "offered": 2,
        "answered": 1,
        "self_served": 1,
        "abandoned": 2,
        "missed_rate": 2 / 4,
        "missed_rate_open": 2 / 4,
        "lost_callers": 1,
        "lost_caller_rate": 1 / 4,
        "attempts_per_caller": 6 / 4,
        "abandon_rate": 1 / 2,
        "service_level": 1 / 2,
        "service_level_answered": 1,
        "service_level_excluding_short_abandons": 1 / (2 - 1),
        "service_level_including_short_abandons": 2 / 2,
        "service_level_caller": 2 / 2,  # web 2 at the third call, after 51 s in all
        "asa_s": 60,
        "wait_mean_s": 105 / 2,
        "talks": 1,
        "paid_hours": 2,
        "occupancy": 1660 / 7200,
        "utilisation": 1660 / 7200,
        "queue_mean": (15 + 60 + 45) / 3600,
    },
    # ads 4 hears busy twice and never asks; web 1's wrap-up goes on to 11:01:20.
    "11:00": NOTHING
    | {
        "attempts": 2,
        "callers": 1,
        "blocked": 2,
        "missed_rate": 1,
        "missed_rate_open": 1,
        "lost_callers": 1,
        "lost_caller_rate": 1,
        "attempts_per_caller": 3,
        "paid_hours": 2,
        "occupancy": 80 / 7200,
        "utilisation": 80 / 7200,
        "queue_mean": 0,
    },
    # ads 5, sent away after closing: offered, yet neither answered nor abandoned.
    "16:30": NOTHING
    | {
        "attempts": 1,
        "callers": 1,
        "offered": 1,
        "closed": 1,
        "missed_rate": 1,
        "missed_rate_open": 1,
        "lost_caller_rate": 0,
        "attempts_per_caller": 2,
        "abandon_rate": 0,
        "service_level": 0,
        "service_level_excluding_short_abandons": 0,
        "service_level_including_short_abandons": 0,
        "service_level_caller": 0,
        "wait_mean_s": 70,
        "paid_hours": 2,
        "occupancy": 0,
        "utilisation": 0,
        "queue_mean": 10 / 3600,
    },
    # ads 4 once more, while closed; desk/0's overtime on the second day.
    "17:00": NOTHING
    | {
        "attempts": 1,
        "closed": 1,
        "missed_rate": 1,
        "paid_hours": 1 / 3,
        "overtime_hours": 1 / 3,
        "occupancy": 0,
        "utilisation": 0,
        "queue_mean": 60 / 3600,
    },
    # ads 6, open at the end.
    "20:00": NOTHING
    | {
        "attempts": 1,
        "callers": 1,
        "closed": 1,
        "missed_rate": 1,
        "open_callers": 1,
        "attempts_per_caller": 1,
        "queue_mean": 0,
    },
    # web 5 to 7.
    "23:30": NOTHING
    | {
        "attempts": 3,
        "callers": 3,
        "offered": 3,
        "answered": 2,
        "missed_rate": 0,
        "missed_rate_open": 0,
        "lost_caller_rate": 0,
        "open_callers": 1,
        "attempts_per_caller": 1,
        "abandon_rate": 0,
        "service_level": 1 / 3,
        "service_level_answered": 1 / 2,
        "service_level_excluding_short_abandons": 1 / 3,
        "service_level_including_short_abandons": 1 / 3,
        "service_level_caller": 1 / 2,
        "asa_s": 170,
        "wait_mean_s": 170,
        "talks": 1,
        "paid_hours": 0.5,
        "occupancy": 300 / 1800,
        "utilisation": 300 / 1800,
        "queue_mean": 450 / 3600,
    },
}


@pytest.fixture(name="scenario", scope="module")
def _scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path: Path = tmp_path_factory.mktemp("scenario") / "by_hand.yaml"
    path.write_text(FILE)
    return load(path).variants["base"]


@pytest.fixture(name="sums", scope="module")
def _sums(scenario: Scenario) -> Sums:
    """The whole log."""
    return add_up(scenario, logs(scenario, calls=CALLS, people=PEOPLE, duties=DUTIES))


WITHOUT_VENDORS: Mapping[str, float | None] = {
    "outsourced": 0, "voicemail": 0, "kept_place": 0, "called_back_callers": 0, "unserved_callers": 0, "moved_out": 0,
    "kept_wait_s": None, "vendor_minutes": 0, "forms": 0, "form_wait_min": None, "forms_in_5_min": None,
    "forms_in_1_h": None,
}  # fmt: skip


def alone(expected: Mapping[str, float | None], *further: str) -> Mapping[str, float | None]:
    """Without vendors the line is the agents; nobody moves from queue to queue, is called back, or leaves a form."""
    line = {"service_level_line": expected["service_level"], "asa_line_s": expected["asa_s"]}
    return {**WITHOUT_VENDORS, **dict.fromkeys(further, 0), **expected, **line}


def check(found: Mapping[str, Estimate], expected: Mapping[str, float | None], *, factor: float = 1.0) -> None:
    """Every measure as expected, counts times a factor; percentiles within the 1 % of their histogram."""
    assert set(found) == set(expected)
    for key, value in expected.items():
        if value is None:
            assert math.isnan(found[key].value), key
            continue
        counts = factor if BY_KEY[key].unit == "per month" else 1.0
        near = 0.01 if BY_KEY[key].quantile else 1e-12
        assert found[key].value == pytest.approx(value * counts, rel=near, abs=1e-12), key


def test_every_measure_of_the_whole(scenario: Scenario, sums: Sums) -> None:
    """All keys of MEASURES, in their order."""
    found = estimates([sums], per_month=False)
    assert list(found) == [measure.key for measure in MEASURES if measure.key != "moved_in"]
    check(found, alone(OVERALL))


@pytest.mark.parametrize("queue", QUEUES)
def test_every_measure_of_a_queue(sums: Sums, queue: str) -> None:
    """Attempts and callers belong to the first queue they joined, or that refused them; seconds of agents to the
    queue of their team."""
    check(estimates_of_queue([sums], queue, per_month=False), alone(QUEUES[queue], "moved_in"))


@pytest.mark.parametrize("start", INTERVALS)
def test_every_measure_of_a_half_hour(sums: Sums, start: str) -> None:
    """Attempts belong to the half-hour of their dial, seconds to the one in which they passed."""
    number = int(seconds(f"{start}:00") / INTERVAL)
    check(estimates_of_interval([sums], number, per_month=False), alone(INTERVALS[start]))


def test_counts_are_given_for_a_month_of_365_12_days(sums: Sums) -> None:
    """38 hours were counted: a month has 730 hours, so 18 attempts are 18 x 730 / 38 a month; shares stay."""
    assert pytest.approx(730 * 3600) == MONTH
    check(estimates([sums]), alone(OVERALL), factor=730 / 38)
    for queue, expected in QUEUES.items():
        check(estimates_of_queue([sums], queue), alone(expected, "moved_in"), factor=730 / 38)


def test_counts_of_a_half_hour_are_given_for_as_many_of_it_as_a_month_has(sums: Sums) -> None:
    """From 10:00 to 10:30 twice was counted, from 09:00 to 09:30 once; a month has 365/12 of each."""
    twice = estimates_of_interval([sums], 20)
    check(twice, alone(INTERVALS["10:00"]), factor=365 / 12 / 2)
    once = estimates_of_interval([sums], 18)
    check(once, alone(INTERVALS["09:00"]), factor=365 / 12)


def test_the_half_hours_add_up_to_the_whole(sums: Sums) -> None:
    """In the counted time as it is, counts of all 48 half-hours are those of the whole."""
    whole = estimates([sums], per_month=False)
    assert {"talks", "paid_hours", "overtime_hours"} < set(whole)
    parts = [estimates_of_interval([sums], number, per_month=False) for number in range(DAY_INTERVALS)]
    for measure in MEASURES:
        if measure.unit == "per month" and measure.key in whole:
            assert sum(part[measure.key].value for part in parts) == pytest.approx(whole[measure.key].value)


def test_several_replications_give_ratios_of_sums(scenario: Scenario, sums: Sums) -> None:
    """A second replication with the two calls of ads 2 alone: 1 missed of 2. Together 11 of 20, not (10/18 + 1/2) / 2."""
    log = logs(scenario, calls=lines(CALLS, "ads 2"), people=lines(PEOPLE, "ads 2"))
    found = estimates([sums, add_up(scenario, log)], per_month=False)
    assert found["missed_rate"].value == pytest.approx(11 / 20)
    assert found["lost_caller_rate"].value == pytest.approx(3 / 12)
    assert found["service_level"].value == pytest.approx(6 / 14)
    assert found["service_level_caller"].value == pytest.approx(4 / 9)
    assert found["asa_s"].value == pytest.approx((433 + 8) / 7)
    # Waits of both: 5 8 8 10 15 15 20 25 40 45 60 70 300.
    assert found["wait_p50_s"].value == pytest.approx(20, rel=0.01)
    # Kaplan-Meier of sales: 5 at 5 s of 9, 8 s twice of 8, 10 and twice 15 s gone, 20 s of 3: 8/9 x 6/8 x 2/3 = 4/9.
    assert found["service_level_virtual"].value == pytest.approx((9 * 5 / 9 + 4 * 5 / 8) / 13)
    # Counts are means over replications; seconds too are divided by those of both.
    assert found["attempts"].value == pytest.approx(20 / 2)
    assert found["queue_mean"].value == pytest.approx((733 + 23) / (2 * COUNTED))
    assert found["occupancy"].value == pytest.approx((2868 + 163) / 109200)


def test_a_queue_without_a_target_has_no_service_level(scenario: Scenario) -> None:
    """Its calls are in no service level, nor in that of the whole; all else is counted."""
    sales = scenario.queues["sales"].model_copy(update={"target": None})
    changed = scenario.model_copy(update={"queues": scenario.queues | {"sales": sales}})
    sums = [add_up(changed, logs(changed, calls=CALLS, people=PEOPLE))]
    levels = [key for key in BY_KEY if key.startswith("service_level") and key != "service_level_line"]
    whole, own = estimates(sums, per_month=False), estimates_of_queue(sums, "sales", per_month=False)
    for key in levels:
        if key != "service_level_caller":
            assert math.isnan(own[key].value), key
            assert whole[key].value == pytest.approx(QUEUES["support"][key]), key
    assert whole["service_level_caller"].value == pytest.approx(3 / 4)
    assert whole["offered"].value == 12
    assert own["asa_s"].value == pytest.approx(11)


def test_hanging_up_in_a_menu_after_closing_is_no_abandoning_of_the_queue(scenario: Scenario) -> None:
    """ads 3 is sent from the closing queue to a menu and hangs up there: abandoned and missed, yet not while waiting,
    however short the wait."""
    call = """
who   no kind dialled  asked    queue left     outcome        reason
ads 3 1  junk 10:29:50 10:29:50 sales 10:30:05 abandoned_menu hung_up_in_prompt
"""
    found = estimates([add_up(scenario, logs(scenario, calls=call))], per_month=False)
    assert found["abandoned"].value == found["missed_rate"].value == 1
    assert found["abandon_rate"].value == found["service_level_including_short_abandons"].value == 0
    assert found["service_level_excluding_short_abandons"].value == 0


def test_whoever_leaves_at_once_was_not_at_risk_of_an_answer_later(scenario: Scenario) -> None:
    """One leaves at 0 s, one is answered within the first tenth of a second, one hangs up at 25 s: of those who
    stayed beyond 0 s half are answered."""
    calls = """
who   dialled  asked    queue matched  agent  answered    left        freed       outcome
ads 1 10:00:00 10:00:00 sales -        -      -           10:00:00    -           abandoned_ringing
ads 2 10:10:00 10:10:00 sales 10:10:00 desk/0 10:10:00.05 10:10:00.05 10:10:00.05 answered
ads 3 10:29:50 10:29:50 sales -        -      -           10:30:15    -           abandoned_ringing
"""
    found = estimates([add_up(scenario, logs(scenario, calls=calls))])
    assert found["service_level_virtual"].value == pytest.approx(1 / 2)
