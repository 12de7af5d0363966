"""What holds on every day on which people call, chat and leave forms, however it goes. Both engines play each."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callsim import economics
from callsim.calllog import tables
from callsim.scenario import Scenario
from callsim.scenario.roster import places_of, slots_of
from callsim.seconds import merged
from callsim.sums import add_up
from tests.script import Played, Row, perform, scenario

STEP = 20
"""Hand-made times are multiples of this, so that almost everything falls on the same moments as something else."""
PLACES = 2
"""Chats that each of the two agents who chat holds at once."""
BREAKS = (240, 60), (480, 120)
"""When they are due and how long they last, seconds; unpaid and paid."""
SHOP = """
currency: EUR
calendar: {cool_down: 1 h}
lines: 1
sources:
  ads: {worth: buyer, redial: {chance: 50%, after: 40 s, at_most: 2}}
  site: {channel: chat, callers: 1 per hour, goes_to: queue chat, hangs_up_waiting: never, talk: 60 s, worth: buyer,
         redial: {chance: 50%, after: 40 s, at_most: 2}}
  web: {channel: form, callers: 1 per hour, talk: 60 s, worth: buyer}
queues: {chat: {}}
teams:
  desk: {wrap_up: 20 s, pay: {wage: 20 EUR per hour}}
  chatters: {serves: [chat], chats_at_once: 2, answers_after: 20 s, wrap_up: 20 s, shifts: [
    {days: mon, hours: 00:00-00:15, agents: 2,
     breaks: [{at: 00:04, lasts: 1 min}, {at: 00:08, lasts: 2 min, paid: true}]}]}
worth:
  buyer: {lead_cost: 5 EUR, converts: 20%, first_order: 50 EUR, margin: 40%, orders_per_year: 2, years: 3,
          discount: 10%, interest_halves_in: 10 min}
callbacks: {for: [missed, form], by: desk, number_known: 75%, reaches: 50%, tries: {at_most: 2, every: 60 s},
            no_answer_takes: 20 s}
"""
RULES = (
    "teams: {chatters: {no_answer_after: 10 s, unavailable_for: 1 min}}",
    "teams: {chatters: {absence: 50%}}",
    "queues: {chat: {pick: in order}}",
    "queues: {chat: {pick: round robin, room_for: 1}}",
    "queues: {chat: {overflow: [{when: nobody on duty, to: callback}]}}",
    "queues: {chat: {transfer: {chance: 50%, to: queue chat}}}",
    "teams: {desk: {resolves: 50%, comes_back_after: 40 s}}",
    "teams: {desk: {agents: 2, serves: [[sales, chat]]}}",
)
"""Of these any number holds at once."""


class Case(NamedTuple):
    """A scenario and a script for it."""

    rules: tuple[str, ...]
    dials: list[tuple[float, str]]
    given: dict[str, Any]

    def play(self) -> tuple[Scenario, Played]:
        of = scenario(SHOP, *self.rules)
        absence = {"chatters": {0: [1]}} if of.teams["chatters"].absence else {}
        return of, perform(of, self.dials, absence=absence, **self.given)


def seconds(most: int) -> st.SearchStrategy[int]:
    return st.integers(0, most // STEP).map(lambda number: number * STEP)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Up to a dozen people in the first quarter of an hour, with some of the rules."""
    rules = tuple(rule for rule in RULES if draw(st.booleans()))
    who = st.sampled_from(["ads", "site", "site", "web"])
    dials = sorted(draw(st.lists(st.tuples(seconds(900), who), min_size=1, max_size=12)))

    def by_attempt(values: st.SearchStrategy[Any]) -> list[list[Any]]:
        few = draw(st.lists(values, min_size=1, max_size=5))
        return [[few[(caller + attempt) % len(few)] for attempt in range(4)] for caller in range(len(dials))]

    patience = st.one_of(st.sampled_from([20, 60]), seconds(600), st.just(math.inf))
    share = st.sampled_from([0.0, 0.3, 0.6, 0.9])
    columns = {name: by_attempt(seconds(60)) for name in ("pick_up", "wrap_up", "try_wrap_up")}
    columns |= {name: by_attempt(share) for name in ("redial_chance", "transfer", "resolved", "reached")}
    columns |= {name: by_attempt(patience) for name in ("ring_patience", "hold_patience")}
    columns["work"] = [attempts[0] for attempts in by_attempt(seconds(300).map(lambda length: length / 60))]
    # Nobody comes back with the same need for ever.
    columns["resolved"] = [[*attempts[:3], 0.0] for attempts in columns["resolved"]]
    return Case(rules, dials, columns)


def all_rows(played: Played) -> list[Row]:
    return [row for rows in played.rows for row in rows]


def held(played: Played) -> Iterator[tuple[int, float, float]]:
    """By place of those who chat, when it was taken and when it was free again: each chat, further leg and offer."""
    for row in (*all_rows(played), *(leg for legs in played.leg_rows for leg in legs)):
        if row.team == "chatters":
            yield row.slot, row.matched, math.inf if row.freed is None else row.freed


def a_chat_has_been_answered_by_the_site(_: Scenario, played: Played) -> None:
    """At once; it never rings, hears busy only where there is no room, and needs no line of the one there is."""
    for row in all_rows(played):
        if row.source == "site":
            assert row.greeted == row.dialled
            assert row.outcome != "abandoned_ringing"
            assert row.reason != "no_line"


def a_place_holds_one_chat_at_a_time(of: Scenario, played: Played) -> None:
    """And there are no more places than agents' chats."""
    last: dict[int, float] = {}
    for place, start, end in sorted(held(played)):
        assert 0 <= place < places_of(of.teams["chatters"])
        assert last.get(place, 0.0) <= start
        last[place] = end


def who_is_absent_holds_no_chat(of: Scenario, played: Played) -> None:
    """In neither place: the second agent does not come where agents may stay away."""
    if of.teams["chatters"].absence:
        assert all(place % slots_of(of.teams["chatters"]) == 0 for place, *_ in held(played))


def stretches(played: Played, agent: int, *activities: str) -> Mapping[int, list[Row]]:
    """By place of an agent, the stretches of some kinds of time."""
    return {
        place: [
            row for row in played.duties if (row.team, row.slot) == ("chatters", place) and row.activity in activities
        ]
        for place in (agent, agent + 2)
    }


def a_break_is_had_in_full_and_together(_: Scenario, played: Played) -> None:
    """An agent's places come back from a break at one moment; from then back, for as long as the break lasts, no place
    held a chat, unless the shift ended first, or a place was out of reach."""
    for agent in (0, 1):
        out = any(row.activity == "unavailable" for row in played.duties if row.slot in (agent, agent + 2))
        if out:
            continue
        for (_, lasts), activity in zip(BREAKS, ("unpaid_break", "paid_break"), strict=True):
            by_place = stretches(played, agent, activity).values()
            # A place that waits for the agent's other chats to end has a stretch of that before.
            had = {(rows[-1].came, rows[-1].went) for rows in by_place if rows}
            assert len(had) <= 1
            for came, end in had:
                if end == 900.0:
                    continue
                assert end - came == lasts
                assert not any(
                    start < end and end - lasts < free for place, start, free in held(played) if place % 2 == agent
                )


def an_agent_is_paid_once(of: Scenario, played: Played) -> None:
    """By sums over the time in which any of an agent's places is paid, counted in steps of the script."""
    team = add_up(of, tables(of, played.chunks)).by_team["chatters"]
    paid = late = 0.0
    for agent in (0, 1):
        rows = [row for own in stretches(played, agent, "duty", "paid_break", "unavailable").values() for row in own]
        moments = sorted({time for row in rows for time in (row.came, row.went)})
        for start, end in pairwise(moments):
            paid += (end - start) * any(row.came <= start and end <= row.went for row in rows)
        late += max((row.went - row.due for row in rows if row.activity == "duty" and row.due < row.went), default=0.0)
    assert team["paid_hours"] * 3600 == pytest.approx(paid)
    assert team["overtime_hours"] * 3600 == pytest.approx(late)
    assert team["paid_hours"] * 3600 <= team["paid_s"] + 1e-6


def a_form_is_over_at_once_and_ends_in_one_of_three_ways(_: Scenario, played: Played) -> None:
    """Nobody waits, nothing is missed; whoever left it is called back, lost after all tries in vain, or open."""
    for rows, stories, jobs in zip(played.rows, played.callers, played.job_rows, strict=True):
        if not rows or rows[0].source != "web":
            continue
        for row in rows:
            assert (row.outcome, row.left) == ("form", row.dialled)
            assert (row.greeted, row.asked, row.matched, row.first_queue) == (None, None, None, None)
        (story,) = stories
        assert story.resolution in ("called_back", "lost", "open")
        assert (story.missed, story.first_missed, story.asked, story.waited) == (None, None, 0, 0.0)
        assert [job.cause for job in jobs] == ["form"] * len(rows)
        if story.resolution == "lost":
            assert (jobs[-1].end, jobs[-1].tries) == ("given_up", 2)


def nobody_is_called_back_while_a_caller_waits_for_the_desk(of: Scenario, played: Played) -> None:
    """When an agent dials, no caller of the desk's queues is waiting."""
    for when in (row.dialled for rows in played.try_rows for row in rows):
        for row in all_rows(played):
            waits = row.asked is not None and row.asked < when and row.first_queue in of.teams["desk"].queues
            until = row.matched if row.matched is not None else row.left
            offers = [leg for legs in played.leg_rows for leg in legs]
            if waits and row.transferred is None and not offers:
                assert until is not None
                assert until <= when, (when, row)


def forms_are_counted_apart(of: Scenario, played: Played) -> None:
    """Every row is a call, a chat or a form; forms are no attempts and miss nobody; what was lost with them is there."""
    logs = tables(of, played.chunks)
    sums, ledger = add_up(of, logs), economics.ledger(of, economics.prices(of), logs)
    rows = all_rows(played)
    assert sums.total["attempts"] + sums.total["forms"] == len(rows)
    assert sums.by_source["web"]["attempts"] == sums.by_source["web"]["missed"] == 0
    assert sums.by_source["ads"]["forms"] == sums.by_source["site"]["forms"] == 0
    new = ledger.stories()["new"]
    resolutions = [story.resolution for stories in played.callers for story in stories if story.source == "web"]
    never = resolutions.count("lost")
    assert never <= new.lost["web"] <= never + resolutions.count("called_back")
    assert ledger.waterfall_levels(sums)[-1] == pytest.approx(ledger.amounts(sums)["loss_lifetime"])


LAWS = (
    a_chat_has_been_answered_by_the_site,
    a_place_holds_one_chat_at_a_time,
    who_is_absent_holds_no_chat,
    a_break_is_had_in_full_and_together,
    an_agent_is_paid_once,
    a_form_is_over_at_once_and_ends_in_one_of_three_ways,
    nobody_is_called_back_while_a_caller_waits_for_the_desk,
    forms_are_counted_apart,
)


@given(cases())
@settings(max_examples=120, deadline=None)
def test_every_law_holds_on_every_day(case: Case) -> None:
    """Whoever comes, however long it takes, and whichever rules hold."""
    of, played = case.play()
    for law in LAWS:
        law(of, played)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_can_stand_alone(rule: str) -> None:
    """One of each channel at a time, and all at once."""
    for dials in ([(0.0, "ads")], [(0.0, "site")], [(0.0, "web")], [(0.0, "ads"), (0.0, "site"), (0.0, "web")]):
        of, played = Case((rule,), dials, {}).play()
        for law in LAWS:
            law(of, played)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 12)), max_size=12))
def test_merged_spans_are_the_same_time(drawn: list[tuple[int, int]]) -> None:
    """Second by second what is in any of the spans, and the merged ones are in order and apart."""
    import numpy as np

    starts = np.array([start for start, _ in drawn], dtype=float)
    ends = starts + np.array([length for _, length in drawn], dtype=float)
    found = merged(starts, ends)
    inside = {second for start, length in drawn for second in range(start, start + length)}
    assert {second for start, end in found.T for second in range(int(start), int(end))} == inside
    assert (found[0, 1:] > found[1, :-1]).all()
