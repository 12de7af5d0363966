"""Every measure of a day with all that a centre may have: vendors, transfers, kept places, messages, callbacks, breaks.

Counted is one day. The sums behind each fraction can be counted off the tables below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from callsim.calllog import Logs
from callsim.counts import INTERVAL
from callsim.estimate import Estimate
from callsim.metrics import BY_KEY, MEASURES, estimates, estimates_of_group, estimates_of_interval, estimates_of_queue
from callsim.scenario import Scenario, load
from callsim.scenario.routes import vendors_met
from callsim.seconds import roster_log
from callsim.sums import Numbers, Sums, add_up
from tests.byhand import lines, logs, seconds

FILE = """
name: A whole centre by hand
currency: EUR
calendar: {start: 2026-03-02, days: 1, open: {mon-sun: 08:00-20:00}}
sources:
  ads: {callers: 1 per hour, goes_to: queue sales, hangs_up_ringing: never, hangs_up_waiting: never, talk: 60 s}
  web: {callers: 1 per hour, goes_to: {40%: queue help, 60%: vendor night}, hangs_up_ringing: never,
        hangs_up_waiting: never, talk: 60 s}
  fix: {callers: 1 per hour, goes_to: queue repairs, hangs_up_ringing: never, talk: 60 s}
queues:
  sales: {target: 80% in 20 s, closed: voicemail, overflow: [{after: 30 s, to: vendor night}],
          offer_callback: {after: 60 s, accepts: 50%}, transfer: {chance: 10%, to: queue help}}
  help: {target: 70% in 60 s}
  repairs: {}
teams:
  desk: {serves: [sales], agents: 2, answers_after: 5 s, no_answer_after: 20 s, unavailable_for: 5 min}
  helpers: {serves: [help, sales], agents: 1}
  smith: {serves: [repairs], agents: 1}
vendors:
  spare: {answers_after: 0 s, tariff: by the minute}
  night: {answers_after: 11 s, lines: 1, tariff: by the minute}
tariffs: {by the minute: {per_minute: 1 EUR, bills: [talk]}}
voicemail: {leaves: 100%, takes: 20 s}
callbacks: {for: [voicemail], by: desk, number_known: 100%, reaches: 50%, tries: {at_most: 3, every: 30 min},
            no_answer_takes: 25 s}
"""

# ads 1 and 5 are put through to help, where ads 5 hangs up; ads 2 overflows to the vendor; ads 3 keeps the place;
# ads 4 leaves a message before opening and is reached by the second try; desk/1 does not answer ads 6.
# web 1 is not helped by the vendor, web 2 hangs up while it rings there, web 4 finds its line taken.
CALLS = """
who   no dialled  greeted  asked    queue   last    kept     matched  agent     vendor answered transferred left     freed    outcome           reason
ads 4 1  07:00:00 07:00:00 -        sales   sales   -        -        -         -      -        -           07:00:20 -        voicemail         asked_while_closed
ads 1 1  09:00:00 -        09:00:00 sales   help    -        09:00:05 desk/0    -      09:00:10 09:02:10    09:05:00 09:02:40 answered          none
ads 2 1  09:10:00 -        09:10:00 sales   sales   -        09:10:30 -         night  09:10:40 -           09:13:40 09:14:00 outsourced        none
ads 3 1  09:20:00 09:21:00 09:20:00 sales   sales   09:21:00 09:30:00 desk/0    -      09:30:00 -           09:33:00 09:33:30 kept_place        none
ads 5 1  10:00:00 -        10:00:00 sales   help    -        10:00:00 desk/0    -      10:00:05 10:01:05    10:02:00 10:01:35 abandoned_queue   while_put_through
ads 6 1  11:00:00 -        11:00:00 sales   sales   -        11:00:20 desk/0    -      11:00:25 -           11:01:25 11:01:55 answered          none
web 1 1  12:00:00 -        12:00:00 -       -       -        12:00:00 -         night  12:00:11 -           12:04:11 12:04:31 outsourced        none
web 2 1  12:10:00 -        12:10:00 -       -       -        12:10:00 -         night  -        -           12:10:15 12:10:15 abandoned_ringing none
web 3 1  13:00:00 -        13:00:00 help    help    -        13:00:50 helpers/0 -      13:00:50 -           13:02:50 13:03:20 answered          none
web 4 1  14:00:00 -        -        -       -       -        -        -         -      -        -           14:00:00 -        blocked           vendor_full
fix 1 1  10:30:00 -        10:30:00 repairs repairs -        10:30:00 smith/0   -      10:30:00 -           10:40:00 10:40:00 answered          none
"""
LEGS = """
who   no leg queue asked    matched  agent     answered left     freed
ads 1 1  1   help  09:02:10 09:03:00 helpers/0 09:03:00 09:05:00 09:05:30
ads 5 1  1   help  10:01:05 -        -         -        10:02:00 -
ads 6 1  0   sales 11:00:00 11:00:00 desk/1    -        11:00:20 11:00:20
"""
PEOPLE = """
who   dialled  queue   attempts asked waited resolution  resolved served   first_missed missed
ads 1 09:00:00 sales   1        1     10     served      09:05:00 09:03:00 -            -
ads 2 09:10:00 sales   1        1     40     outsourced  09:13:40 09:10:40 -            -
ads 3 09:20:00 sales   1        1     60     served      09:33:00 09:30:00 -            -
ads 4 07:00:00 sales   1        0     0      called_back 08:32:00 08:30:00 07:00:00     07:00:20
ads 5 10:00:00 sales   1        1     5      lost        10:02:00 -        10:00:00     10:02:00
ads 6 11:00:00 sales   1        1     25     served      11:01:25 11:00:25 -            -
web 1 12:00:00 -       1        1     11     unserved    12:04:11 -        -            -
web 2 12:10:00 -       1        1     15     lost        12:10:15 -        12:10:00     12:10:15
web 3 13:00:00 help    1        1     50     served      13:02:50 13:00:50 -            -
web 4 14:00:00 -       1        0     0      lost        14:00:00 -        14:00:00     14:00:00
fix 1 10:30:00 repairs 1        1     0      served      10:40:00 10:30:00 -            -
"""
DUTIES = """
agent     activity     came     due      went
desk/0    duty         08:00:00 12:00:00 12:00:00
desk/0    unpaid_break 12:00:00 12:30:00 12:30:00
desk/0    duty         12:30:00 16:00:00 16:00:00
desk/1    duty         08:00:00 11:00:20 11:00:20
desk/1    unavailable  11:00:20 11:05:20 11:05:20
desk/1    duty         11:05:20 15:00:00 15:10:00
helpers/0 duty         09:00:00 12:00:00 12:00:00
helpers/0 paid_break   12:00:00 12:15:00 12:15:00
helpers/0 duty         12:15:00 17:00:00 17:00:00
smith/0   duty         10:00:00 11:00:00 11:00:00
"""
TRIES = """
who   number queue agent  dialled  answered left     freed
ads 4 1      sales desk/0 08:00:00 -        08:00:25 08:00:25
ads 4 2      sales desk/0 08:30:00 08:30:00 08:32:00 08:32:30
"""
JOBS = """
who   cause     opened   tries reached  closed   end
ads 4 voicemail 07:00:20 2     08:30:00 08:32:00 reached
"""

OVERALL: Mapping[str, float | None] = {
    "attempts": 11,
    "forms": 0,
    "form_wait_min": None,
    "forms_in_5_min": None,
    "forms_in_1_h": None,
    "callers": 11,
    "offered": 7,  # not ads 4 (closed), web 1, 2 and 4, who never came to a queue
    "answered": 4,  # ads 1 and 6, web 3, fix 1
    "outsourced": 2,  # ads 2, web 1
    "self_served": 0,
    "abandoned": 2,  # ads 5, web 2
    "blocked": 1,
    "closed": 0,
    "voicemail": 1,
    "kept_place": 1,
    "missed_rate": 4 / 11,  # ads 4 and 5, web 2 and 4
    "missed_rate_open": 3 / 10,  # without ads 4, before opening
    "called_back_callers": 1,
    "unserved_callers": 1,
    "lost_callers": 4,  # ads 5, web 2 and 4; web 1, who was unserved
    "lost_caller_rate": 4 / 11,
    "open_callers": 0,
    "attempts_per_caller": 1,
    "abandon_rate": 1 / 7,  # web 2 was offered to nobody of ours
    "moved_out": 2,  # ads 1 and 5
    "service_level": 2 / 6,  # ads 1 after 10 s, web 3 after 50 s; ads 2, 3 and 5 not answered, ads 6 after 25 s
    # web 1 within the 20 s of the first queue in the file; besides them web 2 asked for the vendor. fix 1 has no aim.
    "service_level_line": 3 / 8,
    "service_level_answered": 2 / 3,
    # ads 5 had been answered after 5 s: hanging up later, put through, was no short abandon.
    "service_level_excluding_short_abandons": 2 / 6,
    "service_level_including_short_abandons": 2 / 6,
    # Sales: two of five answered by 20 s, after 5 and 10 s; the others left the line for a vendor after 30 s, with
    # the place kept after 60 s, or were answered after 25 s. Help: the one, in time.
    "service_level_virtual": (5 * 2 / 5 + 1) / 6,
    "service_level_caller": 2 / 6,  # ads 1 and web 3, of those who met a queue with an aim: ads 1, 2, 3, 5, 6, web 3
    "asa_s": (10 + 25 + 50 + 0) / 4,
    "asa_line_s": (10 + 25 + 50 + 0 + 40 + 11) / 6,
    "wait_mean_s": (10 + 40 + 60 + 5 + 25 + 50 + 0) / 7,
    "wait_p50_s": 25,
    "wait_p90_s": 60,
    "wait_p95_s": 60,
    "kept_wait_s": 540,
    "talks": 8,  # of ads 1 (two), 3, 4, 5 and 6, web 3, fix 1
    "paid_hours": (52800 + 28800 + 3600) / 3600,
    "overtime_hours": 1 / 6,
    "occupancy": (750 + 300 + 600) / (52500 + 27900 + 3600),
    "utilisation": (750 + 300 + 600) / (52800 + 28800 + 3600),
    "vendor_minutes": 3 + 4,
    "queue_mean": 190 / 86400,
}
TEAMS: Mapping[str, Mapping[str, float | None]] = {
    # Handling: 155 + 210 + 95 + 95 s of calls, 20 s of an offer not taken, tries of 25 and 150 s.
    # On duty 7 h 30 min and 7 h 5 min, 10 of these overtime; 5 min out of reach are paid, the break is not.
    "desk": {
        "talks": 5, "paid_hours": 52800 / 3600, "overtime_hours": 600 / 3600, "occupancy": 750 / 52500,
        "utilisation": 750 / 52800,
    },
    # 150 s of ads 1 and of web 3; a paid break of 15 min.
    "helpers": {
        "talks": 2, "paid_hours": 8, "overtime_hours": 0, "occupancy": 300 / 27900, "utilisation": 300 / 28800,
    },
    "smith": {"talks": 1, "paid_hours": 1, "overtime_hours": 0, "occupancy": 1 / 6, "utilisation": 1 / 6},
}  # fmt: skip
NIGHT: Mapping[str, float | None] = {
    "attempts": 3,
    "outsourced": 2,
    "missed_rate": 1 / 3,
    "unserved_callers": 1,
    "service_level_line": 1 / 3,  # ads 2 after 40 s, web 1 after 11 s, web 2 never
    "asa_line_s": (40 + 11) / 2,
    "vendor_minutes": 7,
}
SALES: Mapping[str, float | None] = {
    "attempts": 6, "callers": 6, "offered": 5, "answered": 2, "outsourced": 1, "voicemail": 1, "kept_place": 1,
    "missed_rate": 2 / 6, "lost_callers": 1, "called_back_callers": 1, "abandon_rate": 1 / 5, "moved_in": 0,
    "moved_out": 2, "service_level": 1 / 5, "service_level_line": 1 / 5, "service_level_virtual": 2 / 5,
    "asa_s": 35 / 2, "asa_line_s": 75 / 3, "wait_mean_s": 140 / 5, "kept_wait_s": 540, "queue_mean": 140 / 86400,
    # Its second team serves help as well.
    "talks": None, "paid_hours": None, "overtime_hours": None, "occupancy": None, "utilisation": None,
}  # fmt: skip
HELP: Mapping[str, float | None] = {"attempts": 1, "moved_in": 2, "moved_out": 0, "asa_s": 50, "occupancy": None}
REPAIRS: Mapping[str, float | None] = {
    "moved_in": 0, "service_level": None, "talks": 1, "paid_hours": 1, "occupancy": 1 / 6, "utilisation": 1 / 6,
}  # fmt: skip
SOURCES: Mapping[str, Mapping[str, float | None]] = {
    "ads": {
        "attempts": 6, "callers": 6, "missed_rate": 2 / 6, "lost_caller_rate": 1 / 6, "called_back_callers": 1,
        "asa_s": 35 / 2, "asa_line_s": 75 / 3, "service_level_line": 1 / 5, "vendor_minutes": 3,
    },
    "web": {
        "attempts": 4, "callers": 4, "missed_rate": 2 / 4, "lost_caller_rate": 3 / 4, "unserved_callers": 1,
        "asa_s": 50, "asa_line_s": 61 / 2, "service_level_line": 2 / 3, "vendor_minutes": 4,
    },
    "fix": {"attempts": 1, "callers": 1, "missed_rate": 0, "lost_caller_rate": 0, "service_level": None, "asa_s": 0},
}  # fmt: skip
INTERVALS: Mapping[str, Mapping[str, float | None]] = {
    # ads 1, 2 and 3; the place was kept for longer than the half-hour, the talk with ads 3 begins in the next.
    "09:00": {
        "attempts": 3, "outsourced": 1, "kept_place": 1, "kept_wait_s": 540, "talks": 2, "vendor_minutes": 3,
        "paid_hours": 1.5, "occupancy": (155 + 150) / 5400, "queue_mean": 110 / 1800,
    },
    # The second try; both desks.
    "08:30": {"attempts": 0, "talks": 1, "paid_hours": 1, "occupancy": 150 / 3600},
    # desk/0 without pay, helpers/0 for 15 min on a paid break: on duty are desk/1 and helpers/0 half of the time.
    "12:00": {"attempts": 2, "missed_rate": 1 / 2, "talks": 0, "paid_hours": 1, "occupancy": 0, "utilisation": 0},
    "15:00": {"paid_hours": 1 + 1 / 6, "overtime_hours": 1 / 6},
}  # fmt: skip


@pytest.fixture(name="scenario", scope="module")
def _scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path: Path = tmp_path_factory.mktemp("scenario") / "by_hand.yaml"
    path.write_text(FILE)
    return load(path).variants["base"]


@pytest.fixture(name="log", scope="module")
def _log(scenario: Scenario) -> Logs:
    return logs(scenario, calls=CALLS, legs=LEGS, people=PEOPLE, duties=DUTIES, tries=TRIES, jobs=JOBS)


@pytest.fixture(name="sums", scope="module")
def _sums(scenario: Scenario, log: Logs) -> Sums:
    return add_up(scenario, log)


def check(found: Mapping[str, Estimate], expected: Mapping[str, float | None]) -> None:
    """The measures expected; percentiles within the 1 % of their histogram."""
    for key, value in expected.items():
        if value is None:
            assert math.isnan(found[key].value), key
        else:
            near = 0.01 if BY_KEY[key].quantile else 1e-12
            assert found[key].value == pytest.approx(value, rel=near, abs=1e-12), key


def group(sums: Sequence[Numbers]) -> dict[str, Estimate]:
    return estimates_of_group(sums, per_month=False)


def test_every_measure_of_the_whole(sums: Sums) -> None:
    """All of MEASURES, in their order; calls moved in are a matter of each queue."""
    found = estimates([sums], per_month=False)
    assert list(found) == [measure.key for measure in MEASURES if measure.key != "moved_in"]
    assert set(OVERALL) == set(found)
    check(found, OVERALL)


@pytest.mark.parametrize("team", TEAMS)
def test_every_measure_of_a_team(sums: Sums, team: str) -> None:
    """Time of agents, and the talks they had: calls, calls put through to them, places kept, callbacks."""
    found = group([sums.by_team[team]])
    assert set(found) == set(TEAMS[team])
    check(found, TEAMS[team])


def test_every_measure_of_a_vendor(scenario: Scenario, sums: Sums) -> None:
    """Calls that came to the vendor, how long it let them wait, and talk; a vendor nobody can come to has none."""
    assert vendors_met(scenario) == list(sums.by_vendor) == ["night"]
    found = group([sums.by_vendor["night"]])
    assert set(found) == set(NIGHT)
    check(found, NIGHT)


@pytest.mark.parametrize(("queue", "expected"), [("sales", SALES), ("help", HELP), ("repairs", REPAIRS)])
def test_measures_of_a_queue(sums: Sums, queue: str, expected: Mapping[str, float | None]) -> None:
    """Calls belong to the first queue they joined, or that refused them; those of a vendor alone to none. Agents'
    time is a queue's only where its teams serve no other."""
    found = estimates_of_queue([sums], queue, per_month=False)
    assert set(found) == {measure.key for measure in MEASURES}
    check(found, expected)


@pytest.mark.parametrize("source", SOURCES)
def test_measures_of_a_source(sums: Sums, source: str) -> None:
    """All of calls and callers, none of agents' time."""
    found = group([sums.by_source[source]])
    assert {"occupancy", "paid_hours", "talks", "queue_mean", "wait_p90_s", "moved_in"}.isdisjoint(found)
    check(found, SOURCES[source])


@pytest.mark.parametrize("start", INTERVALS)
def test_measures_of_a_half_hour(sums: Sums, start: str) -> None:
    """Attempts belong to the half-hour of their dial, talks to that of their beginning, seconds to their own."""
    number = int(seconds(f"{start}:00") / INTERVAL)
    check(estimates_of_interval([sums], number, per_month=False), INTERVALS[start])


def test_every_measure_belongs_to_some_group(sums: Sums) -> None:
    """No measure asks for a sum that nobody adds up."""
    found = {*estimates([sums]), *estimates_of_queue([sums], "sales")}
    assert found == set(BY_KEY)


def test_without_any_target_there_is_no_service_level_of_the_line(scenario: Scenario, log: Logs) -> None:
    """Nothing says how long those may wait who go straight to a vendor."""
    queues = {name: queue.model_copy(update={"target": None}) for name, queue in scenario.queues.items()}
    found = estimates([add_up(scenario.model_copy(update={"queues": queues}), log)], per_month=False)
    check(found, {"service_level": None, "service_level_line": None, "asa_line_s": 136 / 6})


def test_a_call_of_two_vendors_and_an_uncounted_caller(scenario: Scenario) -> None:
    """web 1 calls twice and is helped by neither: unserved by the vendor of the second call. Who dialled first on the
    next day is nobody's."""
    calls = """
who   no dialled  asked    matched  vendor answered left     freed    outcome
web 1 1  12:00:00 12:00:00 12:00:00 spare  12:00:11 12:04:11 12:04:31 outsourced
web 1 2  13:00:00 13:00:00 13:00:00 night  13:00:11 13:04:11 13:04:31 outsourced
web 2 1  1+00:00:00 1+00:00:00 1+00:00:00 night 1+00:00:11 1+00:04:11 1+00:04:31 outsourced
"""
    people = """
who   dialled    attempts asked waited resolution resolved
web 1 12:00:00   2        2     22     unserved   13:04:11
web 2 1+00:00:00 1        1     11     unserved   1+00:04:11
"""
    found = add_up(scenario, logs(scenario, calls=calls, people=people))
    assert found.by_vendor["night"]["unserved"] == found.total["unserved"] == 1
    assert found.by_vendor["night"]["outsourced"] == 1


def test_the_derived_lengths(log: Logs) -> None:
    """Waits end with the first answer, with the promise to call back, or with the call; talks with a transfer."""
    calls = {row["source"] + str(row["caller"]): row for row in log.attempts.iter_rows(named=True)}
    names = ("wait_s", "kept_wait_s", "talk_s", "wrap_up_s")
    expected = {
        "ads1": (10, None, 120, 30), "ads2": (40, None, 180, 20), "ads3": (60, 540, 180, 30),
        "ads4": (None, None, None, None), "ads5": (5, None, 60, 30), "web2": (15, None, None, None),
    }  # fmt: skip
    for who, lengths in expected.items():
        assert tuple(calls[who][name] for name in names) == lengths, who
    legs = log.legs.select("wait_s", "talk_s", "wrap_up_s").rows()
    assert legs == [(50, 120, 30), (55, None, None), (20, None, None)]
    assert log.tries.select("talk_s", "wrap_up_s").rows() == [(None, None), (120, 30)]


def test_the_roster_log_shows_breaks_and_who_was_out_of_reach(scenario: Scenario, log: Logs) -> None:
    """desk from 11:00 to 11:30: 20 s and 24 min 40 s of desk/1, 30 min of desk/0, 5 min out of reach; 95 s of a call
    and 20 s of an offer. At noon one desk, and a break; by 15:10 ten minutes of overtime."""
    found = {(row["team"], row["start"]): row for row in roster_log(scenario, log).iter_rows(named=True)}
    names = ("on_duty_s", "overtime_s", "break_s", "unavailable_s", "paid_s", "handling_s", "idle_s")
    expected = {
        ("desk", "11:00"): (3300, 0, 0, 300, 3600, 115, 3185),
        ("desk", "12:00"): (1800, 0, 1800, 0, 1800, 0, 1800),
        ("helpers", "12:00"): (900, 0, 900, 0, 1800, 0, 900),
        ("desk", "15:00"): (1800, 600, 0, 0, 2400, 0, 2400),
    }
    for (team, start), values in expected.items():
        row = found[team, seconds(f"{start}:00")]
        assert tuple(row[name] for name in names) == pytest.approx(values), (team, start)
    assert sum(row["paid_s"] for row in found.values()) == pytest.approx(85200)


def test_a_vendor_takes_callers_out_of_the_queue(scenario: Scenario) -> None:
    """Of two callers one goes to a vendor after 10 s, one is answered by a team after 15 s: a patient caller who
    stayed for the team would have been answered by then, however long the vendor let the other wait."""
    calls = f"{lines(CALLS, 'ads 2')}\n{lines(CALLS, 'ads 6').splitlines()[1]}"
    calls = calls.replace("09:10:30", "09:10:10").replace("11:00:25", "11:00:15").replace("11:00:20", "11:00:15")
    found = estimates([add_up(scenario, logs(scenario, calls=calls))])
    check(found, {"service_level_virtual": 1.0, "service_level": 1 / 2})


def test_a_call_that_is_put_through_to_a_vendor_counts_at_both(scenario: Scenario) -> None:
    """The desk answers after 5 s and talks for a minute; the vendor answers 30 s later, talks for two minutes and does
    not help: outsourced, two vendor minutes, unserved, one talk of the desk and no wait of the vendor's own."""
    calls = """
who   dialled  asked    queue matched  agent  answered transferred left     freed    outcome
ads 1 09:00:00 09:00:00 sales 09:00:00 desk/0 09:00:05 09:01:05    09:03:35 09:01:35 outsourced
"""
    legs = """
who   no leg queue vendor asked    matched  answered left     freed
ads 1 0  1   help  night  09:01:05 09:01:25 09:01:35 09:03:35 09:03:55
"""
    people = """
who   dialled  queue attempts asked waited resolution resolved
ads 1 09:00:00 sales 1        1     5      unserved   09:03:35
"""
    sums = add_up(scenario, logs(scenario, calls=calls, legs=legs, people=people))
    check(estimates([sums], per_month=False), {"outsourced": 1, "vendor_minutes": 2, "talks": 1, "asa_line_s": 5})
    assert sums.by_team["desk"]["handling_s"] == 95
    expected = {"attempts": 1, "outsourced": 1, "vendor_minutes": 2, "unserved_callers": 1, "asa_line_s": None}
    check(group([sums.by_vendor["night"]]), expected)
