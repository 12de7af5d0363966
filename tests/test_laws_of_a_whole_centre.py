"""What holds in every log of a centre with vendors, several queues per team, callbacks, breaks and all the rest."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callsim import economics
from callsim.calllog import MISSED, Outcome, tables
from callsim.scenario import Scenario
from callsim.sums import add_up
from tests.script import SUPPORT, WEB, Played, Row, perform, scenario

STEP = 20
"""Hand-made times are multiples of this, so that almost everything falls on the same moments as something else."""
CENTRE = """
currency: EUR
count_loss_as: first order
sources:
  ads: {worth: buyer, redial: {chance: 50%, after: 40 s, at_most: 2}}
  web: {worth: buyer}
  help: {worth: buyer}
queues: {sales: {target: 80% in 20 s}, support: {target: 80% in 40 s}}
teams:
  desk: {answers_after: 20 s, wrap_up: 20 s, pay: {wage: 20 EUR per hour, seat: 100 EUR per month}}
  helpers: {wrap_up: 20 s, pay: {wage: 30 EUR per hour}}
  aces: {serves: [[support, sales]], agents: 1}
vendors: {night: {answers_after: 20 s, tariff: by the minute}}
tariffs: {by the minute: {base: 50 EUR per month, per_minute: 1 EUR, bills: [talk], billed_in: {first: 60 s, then: 60 s}}}
worth:
  buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, years: 3,
          discount: 10%, interest_halves_in: 10 min}
voicemail: {leaves: 50%, takes: 20 s}
callbacks: {for: [missed, voicemail, unserved], by: desk, number_known: 75%, reaches: 50%,
            tries: {at_most: 2, every: 60 s}, no_answer_takes: 20 s}
"""
RULES = (
    "calendar: {open: {every day: [00:00-00:06, 00:12-01:00]}}",
    "lines: 2",
    "lines: 4",
    "sources: {web: {goes_to: {50%: queue sales, 30%: vendor night, 20%: voicemail}, uses_line: true}}",
    "sources: {web: {goes_to: {50%: vendor night, 50.0%: callback}}}",
    "queues: {sales: {overflow: [{after: 40 s, to: vendor night}], closed: voicemail}}",
    "queues: {sales: {overflow: [{after: 20 s, to: queue support}, {after: 60 s, to: voicemail}], room_for: 1}}",
    "queues: {sales: {overflow: [{after: 20 s, also: queue support}], closed: callback}}",
    "queues: {sales: {overflow: [{when: nobody on duty, to: queue support}], at_closing: closed}}",
    "queues: {support: {room_for: 1, full: callback}, sales: {answers_after: 20 s}}",
    "queues: {sales: {offer_callback: {after: 20 s, accepts: 50%}}}",
    "queues: {sales: {transfer: {chance: 50%, to: queue support}}}",
    "queues: {support: {transfer: {chance: 50%, to: queue sales}, overflow: [{after: 20 s, to: vendor night}]}}",
    "queues: {sales: {priority: 1, pick: least busy}, support: {pick: in order}}",
    "queues: {sales: {pick: round robin, teams: [aces, desk]}}",
    "vendors: {night: {operators: 1, lines: 2, wrap_up: 20 s, quality: 50%, releases_line: true}}",
    "vendors: {night: {takes_message: true, speed: 2}}",
    "teams: {desk: {no_answer_after: 10 s, unavailable_for: 1 min}}",
    "teams: {desk: {agents: 2, absence: 50%, resolves: 50%, comes_back_after: 40 s}}",
    "teams: {aces: {agents: none, shifts: [{days: mon, hours: 00:00-00:10, agents: 1, breaks: [{at: 00:04, lasts: 2 min}]},"
    " {days: mon, hours: 00:05-00:20, agents: 1, breaks: [{at: 00:08, lasts: 1 min, paid: true}]}]}}",
    "callbacks: {for: [voicemail]}",
    "calendar: {cool_down: 0 s}",
)
"""Of these any number holds at once; the later ones overrule the earlier."""


class Case(NamedTuple):
    """A scenario and a script for it."""

    rules: tuple[str, ...]
    dials: list[tuple[float, str]]
    given: dict[str, Any]

    def play(self) -> tuple[Scenario, Played]:
        of = scenario(WEB, SUPPORT, CENTRE, *self.rules)
        absence = {"desk": {0: [1]}} if of.teams["desk"].absence else {}
        return of, perform(of, self.dials, absence=absence, **self.given)


def seconds(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most // STEP).map(lambda number: number * STEP)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A centre with some of the rules, and up to a dozen callers in its first quarter of an hour."""
    rules = tuple(rule for rule in RULES if draw(st.booleans()))
    dials = sorted(
        draw(st.lists(st.tuples(seconds(900), st.sampled_from(["ads", "web", "help"])), min_size=1, max_size=12))
    )

    def by_attempt(values: st.SearchStrategy[Any]) -> list[list[Any]]:
        few = draw(st.lists(values, min_size=1, max_size=5))
        return [[few[(caller + attempt) % len(few)] for attempt in range(4)] for caller in range(len(dials))]

    patience = st.one_of(st.sampled_from([20, 60]), seconds(600), st.just(math.inf))
    share = st.sampled_from([0.0, 0.3, 0.6, 0.9])
    lengths = {name: by_attempt(seconds(60)) for name in ("pick_up", "wrap_up", "vendor_answer", "try_wrap_up")}
    chances = ("redial_chance", "split", "accepts", "transfer", "resolved", "quality", "message", "reached")
    columns = lengths | {name: by_attempt(share) for name in chances} | {
        "ring_patience": by_attempt(patience),
        "hold_patience": by_attempt(patience),
        "work": [attempts[0] for attempts in by_attempt(seconds(300).map(lambda length: length / 60))],
        "number_known": [attempts[0] for attempts in by_attempt(share)],
    }  # fmt: skip
    # Nobody comes back with the same need for ever.
    columns["resolved"] = [[*attempts[:3], 0.0] for attempts in columns["resolved"]]
    return Case(rules, dials, columns)


def all_rows(played: Played) -> list[Row]:
    return [row for rows in played.rows for row in rows]


def missed(row: Row) -> bool:
    return row.outcome in {name.lower() for name, number in vars(Outcome).items() if number in MISSED}


def end_of(time: float | None) -> float:
    """What has not ended goes on for ever."""
    return math.inf if time is None else time


class Work(NamedTuple):
    """What keeps an agent busy, from when to when."""

    agent: tuple[str, int]
    start: float
    end: float


def work_of(played: Played) -> Iterator[Work]:
    """Calls, further legs and offers, and tries."""
    for row in (*all_rows(played), *(leg for legs in played.leg_rows for leg in legs)):
        if row.team is not None:
            yield Work((row.team, row.slot), row.matched, end_of(row.freed))
    for row in (row for rows in played.try_rows for row in rows):
        yield Work((row.team, row.slot), row.dialled, end_of(row.freed))


def every_story_follows_from_its_attempts(_: Scenario, played: Played) -> None:
    """One row for each caller; attempts count from 1, one after another; what the caller's row says is in them."""
    for unsorted, stories, legs, tries in zip(
        played.rows, played.callers, played.leg_rows, played.try_rows, strict=True
    ):
        rows = sorted(unsorted, key=lambda row: row.attempt)
        assert [row.attempt for row in rows] == list(range(1, len(rows) + 1))
        assert all(end_of(before.left) <= following.dialled for before, following in pairwise(rows))
        if rows:
            (story,) = stories
            check_story(story, rows, legs, tries)


def check_story(story: Row, rows: list[Row], legs: list[Row], tries: list[Row]) -> None:
    lost = [row for row in rows if missed(row)]
    assert (story.attempts, story.dialled) == (len(rows), rows[0].dialled)
    assert story.asked == sum(row.asked is not None for row in rows)
    assert story.first_missed == (lost[0].dialled if lost else None)
    assert story.missed == (lost[-1].left if lost else None)
    talks = {
        "served": {row.answered for row in (*rows, *legs) if row.team is not None},
        "outsourced": {row.answered for row in (*rows, *legs) if row.vendor is not None},
        "called_back": {row.answered for row in tries},
    }
    if story.resolution in talks:
        assert story.served in talks[story.resolution] - {None}
    else:
        assert story.served is None
    if story.resolution in ("lost", "unserved"):
        outsourced = [row for row in rows if row.outcome == "outsourced"]
        assert outsourced if story.resolution == "unserved" else lost
    assert (story.resolved is None) == (story.resolution == "open")


def moments_stand_in_their_order(_: Scenario, played: Played) -> None:
    """Dialled, asked, joined, kept, matched, answered, transferred, left; an agent is free after the talk."""
    orders = (
        (all_rows(played), ("dialled", "asked", "joined", "matched", "answered", "transferred", "left")),
        ([row for row in all_rows(played) if row.transferred is None], ("asked", "kept", "matched")),
        (all_rows(played), ("answered", "transferred", "freed")),
        ([row for rows in played.leg_rows for row in rows], ("asked", "matched", "answered", "left", "freed")),
        ([row for rows in played.try_rows for row in rows], ("dialled", "answered", "left", "freed")),
        ([row for rows in played.job_rows for row in rows], ("opened", "reached", "closed")),
    )
    for rows, names in orders:
        for row in rows:
            moments = [moment for name in names if (moment := getattr(row, name)) is not None]
            assert all(a <= b for a, b in pairwise(moments)), row
    for row in all_rows(played):
        assert (row.left is None) == (row.outcome == "unfinished")
        assert not (row.team is not None and row.vendor is not None)
        if row.outcome in ("answered", "outsourced", "kept_place"):
            assert row.answered is not None
            if row.transferred is None:
                assert (row.kept is not None) == (row.outcome == "kept_place")
                assert (row.vendor is not None) == (row.outcome == "outsourced")


def an_agent_does_one_thing_at_a_time_and_only_on_duty(_: Scenario, played: Played) -> None:
    """Work does not overlap and lies within stretches of duty; duty, breaks and being out of reach do not overlap."""
    agents = {(duty.team, duty.slot) for duty in played.duties}
    every = list(work_of(played))
    assert {work.agent for work in every} <= agents
    for agent in agents:
        stretches = sorted((d.came, d.went, d.activity) for d in played.duties if (d.team, d.slot) == agent)
        assert all(before[1] <= following[0] for before, following in pairwise(stretches))
        busy = sorted((work.start, work.end) for work in every if work.agent == agent)
        assert all(before[1] <= following[0] for before, following in pairwise(busy))
        on_duty = merged([(came, went) for came, went, activity in stretches if activity == "duty"])
        for start, end in busy:
            assert any(came <= start and (end <= went or end == math.inf) for came, went in on_duty if start <= went)


def merged(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Stretches of time in order, those that touch put together."""
    found: list[tuple[float, float]] = []
    for start, end in parts:
        if found and found[-1][1] == start:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def most_at_once(spans: list[tuple[float, float]]) -> int:
    """How many spans hold at the same time, those that end giving way to those that begin."""
    changes = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    most = now = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def lines_and_operators_are_never_more_than_there_are(of: Scenario, played: Played) -> None:
    """Calls hold a line from the dial to the end or to the place kept, and when they are called; tries while they
    last. Operators are busy from the match to the end of the wrap-up."""
    night = of.vendors["night"]
    if of.lines is not None and not night.releases_line:
        assert most_at_once(list(lines_held(of, played))) <= of.lines
    if night.operators is not None:
        legs = [leg for legs in played.leg_rows for leg in legs]
        busy = [row for row in (*all_rows(played), *legs) if row.vendor is not None and row.matched is not None]
        spans = [(row.matched, end_of(row.freed)) for row in busy]
        assert most_at_once(spans) <= night.operators


def lines_held(of: Scenario, played: Played) -> Iterator[tuple[float, float]]:
    for row in all_rows(played):
        straight = row.joined is None and (row.vendor is not None or row.reason == "vendor_full")
        if row.reason != "no_line" and not (straight and not of.sources[row.source].uses_line):
            yield row.dialled, end_of(row.left if row.kept is None else row.kept)
        if row.kept is not None and row.transferred is None and row.answered is not None:
            yield row.answered, end_of(row.left)
    yield from ((row.dialled, end_of(row.left)) for rows in played.try_rows for row in rows)


def callers_are_called_back_by_the_rules(of: Scenario, played: Played) -> None:
    """One callback at a time, so many tries at the most, never while the caller is on the line."""
    rules = of.callbacks
    for rows, jobs, tries in zip(played.rows, played.job_rows, played.try_rows, strict=True):
        assert rules is not None or not jobs
        by_opening = sorted((job.opened, end_of(job.closed)) for job in jobs)
        assert all(before[1] <= following[0] for before, following in pairwise(by_opening))
        assert [row.number for row in sorted(tries, key=lambda row: row.dialled)] == list(range(1, len(tries) + 1))
        assert sum(job.tries for job in jobs) == len(tries)
        for job in jobs:
            assert rules is not None
            assert job.tries <= rules.tries.at_most
            assert (job.end == "reached") == (job.reached is not None and job.closed is not None)
        for row in tries:
            assert not any(call.dialled < row.dialled < end_of(call.kept or call.left) for call in rows)


def sums_add_up(of: Scenario, played: Played) -> None:
    """Sources, half-hours and queues add up to the whole; outcomes to attempts; work is no longer than duty."""
    logs = tables(of, played.chunks)
    sums = add_up(of, logs)
    total = sums.total
    counted = [row for row in all_rows(played) if row.dialled < of.calendar.end]
    assert total["attempts"] == len(counted)
    assert total["missed"] == sum(missed(row) for row in counted)
    for name in ("attempts", "missed", "offered", "outsourced", "line_aimed", "callers", "lost", "called_back"):
        assert sum(part[name] for part in sums.by_source.values()) == total[name], name
        assert sum(part[name] for part in sums.by_interval.values()) == total[name], name
    assert sum(part["offered"] for part in sums.by_queue.values()) == total["offered"]
    assert sum(part["moved_in"] for part in sums.by_queue.values()) == total["moved_out"]
    assert sum(part["outsourced"] for part in sums.by_vendor.values()) == total["outsourced"]
    assert sum(part["unserved"] for part in sums.by_vendor.values()) == total["unserved"]
    for part in (total, *sums.by_team.values()):
        assert -1e-6 <= part["handling_s"] <= part["duty_s"] + 1e-6
        assert part["duty_s"] <= part["paid_s"] + 1e-6
    assert sum(part["talks"] for part in sums.by_team.values()) == total["talks"]
    check_money(of, economics.ledger(of, economics.prices(of), logs).amounts(sums), sums.total)


def check_money(of: Scenario, amounts: dict[str, float], total: Any) -> None:
    """The total is its parts; nobody loses more than everybody lost or called back."""
    assert amounts["total_cost"] == amounts["payroll"] + amounts["invoices"] + amounts["loss_first_order"]
    lead = float(of.worth["buyer"].lead_cost)
    assert lead * total["lost"] - 1e-9 <= amounts["loss_acquisition"] <= lead * (total["lost"] + total["called_back"])
    assert amounts["invoices"] >= total["vendor_minutes"] - 1e-6


LAWS: tuple[Callable[[Scenario, Played], None], ...] = (
    every_story_follows_from_its_attempts,
    moments_stand_in_their_order,
    an_agent_does_one_thing_at_a_time_and_only_on_duty,
    lines_and_operators_are_never_more_than_there_are,
    callers_are_called_back_by_the_rules,
    sums_add_up,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cases())
def test_every_law_holds_in_every_centre(case: Case) -> None:
    """All laws above, each on the same days: making up a day costs more than checking it."""
    of, played = case.play()
    for check in LAWS:
        check(of, played)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_stand_alone(rule: str) -> None:
    """So that all of them are played, whatever chance picks."""
    dials = [(20.0 * number, source) for number, source in enumerate(["ads", "web", "help"] * 4)]
    of, played = Case((rule,), dials, {"work": 2, "ring_patience": 120}).play()
    for check in LAWS:
        check(of, played)
