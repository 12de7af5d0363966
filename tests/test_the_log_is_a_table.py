"""The call log as tables: names for places, nulls for what never happened, lengths beside the instants."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from callsim import economics
from callsim.calllog import (
    Activity,
    Attempt,
    Callback,
    CallbackCause,
    CallbackEnd,
    Caller,
    Chunk,
    Duty,
    Leg,
    Logs,
    Outcome,
    Reason,
    Resolution,
    Try,
    by_day,
    tables,
)
from callsim.counts import DAY_INTERVALS, INTERVAL
from callsim.demand import Tape
from callsim.engine import simulate
from callsim.estimate import Estimate, interval
from callsim.metrics import MEASURES, estimates, estimates_of_group, estimates_of_interval, estimates_of_queue
from callsim.scenario import Scenario
from callsim.seconds import roster_log, seconds_in
from callsim.sums import add_up
from tests.script import SUPPORT, perform, scenario

NEVER = math.nan
NIGHT = """
currency: RUB
queues: {sales: {overflow: [{after: 15 s, to: vendor night}]}}
vendors: {night: {answers_after: 11 s, tariff: by the minute}}
tariffs: {by the minute: {per_minute: 28 RUB, bills: [talk]}}
"""
MENU = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, keys: [{share: 100%, to: queue sales}]}}
"""
ONLY_MENUS = """
sources: {ads: {goes_to: menu main}}
menus: {main: {answers_after: 5 s, prompt: 10 s, hangs_up: 10%, keys: [{share: 100%, to: self_service hours}]}}
self_service: {hours: {takes: 35 s, resolves: 80%}}
queues: none
teams: none
"""
BUYER = """
currency: RUB
count_loss_as: lifetime
sources: {ads: {worth: buyer}}
teams: {desk: {pay: {wage: 350 RUB per hour}}}
worth: {buyer: {lead_cost: 350 RUB, converts: 14%, first_order: 18 000 RUB, margin: 30%, orders_per_year: 4, years: 10,
                discount: 15%}}
"""


def attempt(**given: Any) -> Attempt:
    """A call at 100 s of which nothing more is known than what is given."""
    plain = Attempt(
        source=0, day=0, caller=0, attempt=1, kind=0, dialled=100.0, greeted=NEVER, asked=NEVER, joined=NEVER,
        first_queue=-1, last_queue=-1, kept=NEVER, matched=NEVER, team=-1, slot=-1, vendor=-1, answered=NEVER,
        transferred=NEVER, left=NEVER, freed=NEVER, outcome=Outcome.UNFINISHED, reason=Reason.NONE,
    )  # fmt: skip
    return plain._replace(**given)


def chunk(**rows: list[Any]) -> Chunk:
    """A day of which nothing is known but some rows."""
    logs: dict[str, list[Any]] = {name: [] for name in Chunk._fields[1:]}
    return Chunk(0, **logs | rows)


def row_of(of: Scenario, call: Attempt) -> dict[str, Any]:
    return tables(of, [chunk(attempts=[call])]).attempts.row(0, named=True)


ANSWERED = attempt(
    greeted=105.0, asked=115.0, joined=115.0, first_queue=0, last_queue=1, matched=120.0, team=1, slot=3,
    answered=124.0, left=184.0, freed=214.0, outcome=Outcome.ANSWERED,
)  # fmt: skip


def test_places_become_names_and_instants_stay() -> None:
    """Every column of an answered call, the replication first and the derived ones last."""
    of = scenario(SUPPORT)
    logs = tables(of, [chunk(attempts=[ANSWERED])], replication=7)
    assert logs.attempts.row(0, named=True) == {
        "replication": 7, "source": "ads", "day": 0, "caller": 0, "attempt": 1, "kind": "new", "dialled": 100.0,
        "greeted": 105.0, "asked": 115.0, "joined": 115.0, "first_queue": "sales", "last_queue": "support",
        "kept": None, "matched": 120.0, "team": "helpers", "slot": 3, "vendor": None, "answered": 124.0,
        "transferred": None, "left": 184.0, "freed": 214.0, "outcome": "answered", "reason": "none",
        "while_open": True, "wait_s": 9.0, "kept_wait_s": None, "talk_s": 60.0, "wrap_up_s": 30.0, "menu_s": 10.0,
    }  # fmt: skip


def test_what_never_happened_is_null() -> None:
    """Neither -1 nor NaN is left in the tables; a call of which nothing is known has no lengths either."""
    found = row_of(scenario(), attempt())
    known = {name: value for name, value in found.items() if value is not None}
    assert known == {
        "replication": 0, "source": "ads", "day": 0, "caller": 0, "attempt": 1, "kind": "new", "dialled": 100.0,
        "outcome": "unfinished", "reason": "none", "while_open": True, "menu_s": 0.0,
    }  # fmt: skip


def test_the_other_logs_have_names_too() -> None:
    """A caller who never asked and is still open; half an hour of overtime; an offer not taken, and a talk after a
    transfer; a try that reached nobody, and the job it belongs to."""
    of = scenario(SUPPORT)
    who = {"source": 1, "day": 2, "caller": 3}
    day = chunk(
        callers=[
            Caller(
                **who, kind=3, dialled=100.0, first_queue=-1, attempts=1, asked=0, waited=0.0,
                resolution=Resolution.OPEN, resolved=NEVER, served=NEVER, first_missed=100.0, missed=130.0,
            )
        ],
        duties=[Duty(1, 0, Activity.DUTY, 0.0, 3600.0, 5400.0)],
        legs=[
            Leg(**who, attempt=1, leg=0, queue=0, vendor=-1, asked=100.0, matched=110.0, team=0, slot=2, answered=NEVER,
                left=130.0, freed=130.0),
            Leg(**who, attempt=1, leg=1, queue=1, vendor=-1, asked=200.0, matched=210.0, team=1, slot=0, answered=215.0,
                left=275.0, freed=305.0),
        ],
        tries=[Try(**who, number=1, queue=-1, team=1, slot=0, dialled=400.0, answered=NEVER, left=425.0, freed=425.0)],
        callbacks=[
            Callback(**who, cause=CallbackCause.VOICEMAIL, opened=130.0, tries=1, reached=NEVER, closed=425.0,
                     end=CallbackEnd.GIVEN_UP)
        ],
    )  # fmt: skip
    logs = tables(of, [day])
    known = {"replication": 0, "source": "help", "day": 2, "caller": 3}
    assert logs.callers.row(0, named=True) == known | {
        "kind": "junk", "dialled": 100.0, "first_queue": None, "attempts": 1, "asked": 0, "waited": 0.0,
        "resolution": "open", "resolved": None, "served": None, "first_missed": 100.0, "missed": 130.0,
    }  # fmt: skip
    assert logs.duties.row(0, named=True) == {
        "replication": 0, "team": "helpers", "slot": 0, "activity": "duty", "came": 0.0, "due": 3600.0, "went": 5400.0,
    }  # fmt: skip
    offer, talk = logs.legs.rows(named=True)
    assert offer == known | {
        "attempt": 1, "leg": 0, "queue": "sales", "vendor": None, "asked": 100.0, "matched": 110.0, "team": "desk", "slot": 2,
        "answered": None, "left": 130.0, "freed": 130.0, "wait_s": 30.0, "talk_s": None, "wrap_up_s": None,
    }  # fmt: skip
    assert talk == known | {
        "attempt": 1, "leg": 1, "queue": "support", "vendor": None, "asked": 200.0, "matched": 210.0, "team": "helpers", "slot": 0,
        "answered": 215.0, "left": 275.0, "freed": 305.0, "wait_s": 15.0, "talk_s": 60.0, "wrap_up_s": 30.0,
    }  # fmt: skip
    assert logs.tries.row(0, named=True) == known | {
        "number": 1, "queue": None, "team": "helpers", "slot": 0, "dialled": 400.0, "answered": None, "left": 425.0,
        "freed": 425.0, "talk_s": None, "wrap_up_s": None,
    }  # fmt: skip
    assert logs.callbacks.row(0, named=True) == known | {
        "cause": "voicemail", "opened": 130.0, "tries": 1, "reached": None, "closed": 425.0, "end": "given_up",
    }  # fmt: skip


OTHERS = {
    "callers": Caller(0, 0, 0, 0, 0.0, -1, 1, 0, 0.0, 0, NEVER, NEVER, NEVER, NEVER),
    "duties": Duty(0, 0, 0, 0.0, 0.0, 0.0),
    "callbacks": Callback(0, 0, 0, 0, 0.0, 0, NEVER, NEVER, 0),
    "attempts": attempt(),
}
"""A row of each log that has words of its own."""


@pytest.mark.parametrize(
    ("numbers", "log", "column"),
    [
        (Outcome, "attempts", "outcome"),
        (Reason, "attempts", "reason"),
        (Resolution, "callers", "resolution"),
        (Activity, "duties", "activity"),
        (CallbackCause, "callbacks", "cause"),
        (CallbackEnd, "callbacks", "end"),
    ],
)
def test_every_number_has_its_name(numbers: type, log: str, column: str) -> None:
    """Outcomes, reasons, resolutions and so on are called like their constants, in their order."""
    names = {name.lower(): number for name, number in vars(numbers).items() if name.isupper()}
    assert list(names.values()) == list(range(len(names)))
    rows = [OTHERS[log]._replace(**{column: number}) for number in names.values()]
    found = getattr(tables(scenario(), [chunk(**{log: rows})]), log)
    assert found[column].to_list() == list(names)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, (9.0, 60.0, 30.0, 10.0)),
        # Still talking, and still wrapping up, when the horizon ends.
        ({"left": NEVER, "freed": NEVER}, (9.0, None, None, 10.0)),
        ({"freed": NEVER}, (9.0, 60.0, None, 10.0)),
        # Hung up while the agent was about to pick up: the agent's time is no wrap-up.
        ({"answered": NEVER, "left": 122.0, "freed": 122.0}, (7.0, None, None, 10.0)),
        # The queue, not a menu, answered, after the caller had asked for it, or at that moment.
        ({"greeted": 118.0}, (9.0, 60.0, 30.0, 0.0)),
        ({"greeted": 115.0}, (9.0, 60.0, 30.0, 0.0)),
        ({"greeted": NEVER}, (9.0, 60.0, 30.0, 0.0)),
        # Put through after 50 s, and then in another talk until 184 s: the first agent was free at 194 s.
        ({"transferred": 174.0, "freed": 194.0}, (9.0, 50.0, 20.0, 10.0)),
        # Hung up at 119 s with the place kept: the wait on the line ends there.
        ({"kept": 119.0}, (4.0, 60.0, 30.0, 10.0)),
        # The same on the way to another queue, after a talk: what counts is the first answer.
        ({"transferred": 174.0, "kept": 180.0, "freed": 194.0}, (9.0, 50.0, 20.0, 10.0)),
        # Straight to a vendor.
        ({"joined": NEVER, "first_queue": -1, "team": -1, "slot": -1, "vendor": 0}, (9.0, 60.0, 30.0, 10.0)),
    ],
)
def test_lengths_follow_from_instants(change: dict[str, float], expected: tuple[float | None, ...]) -> None:
    """Wait, talk, wrap-up and time in menus of the answered call, one thing changed."""
    found = row_of(scenario(SUPPORT, NIGHT), ANSWERED._replace(**change))
    assert (found["wait_s"], found["talk_s"], found["wrap_up_s"], found["menu_s"]) == expected


def test_time_in_a_menu_ends_where_the_call_does() -> None:
    """Greeted at 105 s, hung up at 112 s: 7 s. Still in the menu when the horizon ends: not known."""
    assert row_of(scenario(), attempt(greeted=105.0, left=112.0, outcome=Outcome.ABANDONED_MENU))["menu_s"] == 7.0
    assert row_of(scenario(), attempt(greeted=105.0))["menu_s"] is None


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        ("0 08:59:59.999", False),
        ("0 09:00:00", True),  # open from the moment of opening
        ("0 12:59:59.999", True),
        ("0 13:00:00", False),  # closed from the moment of closing
        ("0 14:00:00", True),
        ("0 21:59:59.999", False),
        ("0 22:00:00", True),  # across midnight, belonging to its first day
        ("1 01:59:59.999", True),
        ("1 02:00:00", False),
        ("1 09:00:00", False),  # closed on that day
        ("3 09:00:00", True),  # in the cool-down hours go on
    ],
)
def test_a_call_is_within_hours_from_opening_to_before_closing(clock: str, expected: bool) -> None:
    """Open 09-13, 14-16 and 22-02 on Mondays and Thursdays."""
    of = scenario("calendar: {days: 3, open: {mon: [09:00-13:00, 14:00-16:00, 22:00-02:00], thu: 09:00-13:00}}")
    day, time = clock.split()
    hours, minutes, seconds = time.split(":")
    dialled = int(day) * 86_400 + int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    assert row_of(of, attempt(dialled=dialled))["while_open"] is expected


def test_hours_that_touch_are_one() -> None:
    """Always open: midnight is open as well, and so is the first moment of all."""
    for dialled in (0.0, 86_400.0, 100_000.0):
        assert row_of(scenario(), attempt(dialled=dialled))["while_open"] is True


def test_an_empty_log_has_the_same_columns_as_a_full_one() -> None:
    """Names and types do not depend on what happened."""
    of = scenario(SUPPORT)
    full = perform(of, [0, 30]).chunks
    logs = tables(of, full)
    for empty, log in zip(tables(of, []), logs, strict=True):
        assert empty.schema == log.schema
        assert empty.is_empty()
    assert not any(log.is_empty() for log in (logs.attempts, logs.callers, logs.duties))


def test_the_days_together_are_the_whole() -> None:
    """Day by day or at once: the same rows in the same order, with the same types."""
    of = scenario("calendar: {days: 3}", "sources: {ads: {redial: {chance: 50%, after: 20 h, at_most: 3}}}",
                  "sources: {ads: {callers: 30 per hour, hangs_up_ringing: 20 s}}", MENU,
                  "sources: {ads: {hangs_up_waiting: exponential 30 s}}")  # fmt: skip
    chunks = list(simulate(of, Tape(of, 1, 0), "simpy"))
    days = list(by_day(of, chunks, 5))
    assert len(days) == len(chunks) > 3
    for *parts, whole in zip(*days, tables(of, chunks, 5), strict=True):
        assert_frame_equal(pl.concat(parts), whole)


def test_spans_are_cut_into_intervals_and_clipped_to_the_counted_time() -> None:
    """Counted from 01:00 to 24:00, in half-hours: a span over the start, one over three half-hours, one without end,
    one before and one after; each group apart; every second falls into one interval."""
    of = scenario("calendar: {warm_up: 1 h}")
    starts = np.array([3000.0, 5000.0, 86_000.0, 0.0, 90_000.0, 7200.0])
    ends = np.array([3700.0, 9100.0, NEVER, 3600.0, 95_000.0, 7200.0])
    groups = np.array([0, 1, 1, 0, 1, 0])
    found = seconds_in(of, INTERVAL, starts=starts, ends=ends, groups=groups, number=2)
    assert found.shape == (2, DAY_INTERVALS)
    expected = np.zeros((2, DAY_INTERVALS))
    expected[0, 2] = 100.0
    expected[1, 2:6] = [400.0, 1800.0, 1800.0, 100.0]
    expected[1, 47] = 400.0
    np.testing.assert_allclose(found, expected, atol=1e-9)


def missing_or_zero(found: dict[str, Any]) -> None:
    """Of nothing: counts are 0, rates and lengths missing."""
    for measure in MEASURES:
        if measure.key in found and measure.key != "queue_mean":
            value = interval(found[measure.key]).value
            assert value == (0.0 if measure.unit == "per month" else None), measure.key


@pytest.mark.parametrize("replications", [1, 2, 5])
def test_replications_in_which_nobody_calls_give_missing_values(replications: int) -> None:
    """No attempt, no caller, no duty: no rate is 0 or 1, and nothing fails."""
    of = scenario(SUPPORT, "queues: {sales: {target: 80% in 20 s}}", NIGHT)
    sums = [add_up(of, tables(of, []))] * replications
    missing_or_zero(estimates(sums))
    missing_or_zero(estimates_of_queue(sums, "sales"))
    missing_or_zero(estimates_of_queue(sums, "support"))
    missing_or_zero(estimates_of_group([one.by_source["help"] for one in sums]))
    missing_or_zero(estimates_of_group([one.by_team["desk"] for one in sums]))
    missing_or_zero(estimates_of_group([one.by_vendor["night"] for one in sums]))
    for number in range(DAY_INTERVALS):
        missing_or_zero(estimates_of_interval(sums, number))


def money(of: Scenario, logs: Logs, *, per_month: bool = True) -> dict[str, Estimate]:
    sums = add_up(of, logs)
    rows = [economics.ledger(of, economics.prices(of), logs).amounts(sums)]
    return economics.estimates(rows, [sums], per_month=per_month)


def test_without_callers_agents_are_paid_and_nobody_is_lost() -> None:
    """24 hours x 350, and a loss of nothing: that is known, not missing."""
    of = scenario(BUYER)
    found = money(of, tables(of, perform(of, []).chunks), per_month=False)
    assert found["payroll"].value == pytest.approx(8400.0)
    assert found["loss_lifetime"].value == 0.0
    assert found["total_cost"].value == pytest.approx(8400.0)


def test_one_empty_replication_among_others_adds_nothing() -> None:
    """Ratios of sums do not mind a day without calls; counts are halved."""
    of = scenario("queues: {sales: {target: 80% in 20 s}}")
    full = add_up(of, tables(of, perform(of, [0, 30, 45]).chunks))
    empty = add_up(of, tables(of, perform(of, []).chunks))
    alone, together = estimates([full], per_month=False), estimates([full, empty], per_month=False)
    # Talks of 60 s one after the other: waits of 0, 30 and 75 s.
    assert together["service_level"].value == alone["service_level"].value == pytest.approx(1 / 3)
    assert together["asa_s"].value == alone["asa_s"].value == pytest.approx(35.0)
    assert together["wait_p50_s"].value == pytest.approx(30.0, rel=0.01)
    assert together["attempts"].value == alone["attempts"].value / 2 == pytest.approx(1.5)


def test_a_scenario_of_menus_alone_goes_through() -> None:
    """No queue and no team: three callers, one helped, one hung up in the prompt, one not helped."""
    of = scenario(ONLY_MENUS)
    logs = tables(of, perform(of, [0, 30, 60], solved=[0.0, 0.0, 0.9], hang_up=[0.999, 0.05, 0.999]).chunks)
    outcomes = logs.attempts.sort("dialled")["outcome"].to_list()
    assert outcomes == ["self_served", "abandoned_menu", "abandoned_menu"]
    assert logs.attempts["first_queue"].null_count() == logs.attempts["team"].null_count() == 3
    assert logs.duties.is_empty()
    sums = [add_up(of, logs)]
    found = estimates(sums, per_month=False)
    assert (found["attempts"].value, found["self_served"].value, found["abandoned"].value) == (3, 1, 2)
    assert found["missed_rate"].value == found["lost_caller_rate"].value == pytest.approx(2 / 3)
    for key in ("abandon_rate", "service_level", "service_level_virtual", "service_level_caller", "asa_s",
                "wait_mean_s", "wait_p90_s", "occupancy", "utilisation"):  # fmt: skip
        assert math.isnan(found[key].value), key
    assert estimates_of_interval(sums, 0, per_month=False)["attempts"].value == 3
    amounts = money(of, logs)
    assert amounts.pop("payroll").value == 0, "who has no teams pays nobody"
    assert all(math.isnan(amount.value) for amount in amounts.values())


def test_a_call_is_in_open_hours_where_its_queue_is_open() -> None:
    """The centre is always open, sales from 9 to 17: of a call at 8:00 and one at 9:00, one was dialled while open."""
    of = scenario("calendar: {open: always}", "queues: {sales: {open: {mon: 09:00-17:00}}}")
    logs = tables(of, perform(of, [28_800, 32_400]).chunks)
    assert logs.attempts.sort("dialled")["while_open"].to_list() == [False, True]
    found = estimates([add_up(of, logs)])
    assert (found["missed_rate"].value, found["missed_rate_open"].value) == (0.5, 0.0)


def test_the_roster_log_says_who_was_there_and_worked() -> None:
    """One agent from 9:00 to 9:30, a call of 60 s at 9:29:30: in the second interval 30 s of overtime and work."""
    of = scenario("teams: {desk: {agents: {mon: {09:00-09:30: 1}}}}")
    logs = tables(of, perform(of, [34_170]).chunks)
    duty = {"on_duty_s": 1800.0, "overtime_s": 0.0, "break_s": 0.0, "unavailable_s": 0.0, "paid_s": 1800.0}
    late = {"on_duty_s": 0.0, "overtime_s": 30.0, "break_s": 0.0, "unavailable_s": 0.0, "paid_s": 30.0}
    assert roster_log(of, logs).rows(named=True) == [
        {"team": "desk", "start": 32_400.0, **duty, "handling_s": 30.0, "idle_s": 1770.0},
        {"team": "desk", "start": 34_200.0, **late, "handling_s": 30.0, "idle_s": 0.0},
    ]


def test_the_roster_log_of_the_days_is_that_of_the_whole() -> None:
    """Two days of duty, each in its own part."""
    of = scenario("calendar: {days: 2}", "teams: {desk: {agents: {every day: {09:00-10:00: 2}}}}")
    chunks = perform(of, [32_400, 120_000]).chunks
    whole = roster_log(of, tables(of, chunks))
    parts = pl.concat(roster_log(of, day) for day in by_day(of, chunks))
    assert_frame_equal(parts.sort("start"), whole.sort("start"))
    assert whole["paid_s"].sum() == 4 * 3600.0
