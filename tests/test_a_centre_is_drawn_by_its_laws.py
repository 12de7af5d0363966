"""Vendors, transfers, offers, callbacks and absence are on the tape, each by its law and apart from all others.

Every check is at a fixed seed. Bounds are those that a right tape would break once in a thousand times or less.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from callsim.demand import AttemptDraws, CallerDraws, Floats, Tape
from callsim.scenario import Scenario
from tests.script import scenario

RARE = 0.001
CENTRE = """
currency: RUB
sources:
  ads:
    callers: 20000 per day
    calls_by_hour: {09:00: 1, 18:00: 0}
    goes_to: {60%: queue sales, 40%: vendor night desk}
    hangs_up_waiting: exponential 90 s
    talk: lognormal 3 min cv 0.5
queues:
  sales:
    talk: gamma 3 min cv 0.7
    offer_callback: {after: 30 s, accepts: 40%}
    transfer: {chance: 10%, to: queue orders}
  orders: {transfer: {chance: 10%, to: queue sales}, offer_callback: {after: 9 s, accepts: 10%}}
teams:
  desk:
    answers_after: exponential 4 s
    wrap_up: exponential 30 s
    resolves: 90%
    comes_back_after: exponential 1 h
  clerks: {serves: [orders], agents: 20, absence: 5%, wrap_up: exponential 30 s}
vendors:
  night desk: {answers_after: exponential 11 s, wrap_up: erlang 3 20 s, quality: 98%, tariff: plain}
  other desk: {answers_after: exponential 11 s, tariff: plain}
tariffs: {plain: {per_call: 90 RUB, bills: [talk]}}
voicemail: {leaves: 25%, takes: 20 s}
callbacks: {for: [missed], by: desk, number_known: 90%, reaches: 60%, tries: {at_most: 3, every: 30 min},
             no_answer_takes: 25 s}
"""


def blocks(of: Scenario) -> tuple[CallerDraws, AttemptDraws]:
    tape = Tape(of, 1, 0)
    born = tape.day(0)
    return tape.callers(0, born), tape.attempts(0, born, 1)


def test_only_owners_have_columns() -> None:
    """A column for each queue that transfers or offers, each team that is not always done, each vendor that wraps up."""
    of = scenario(CENTRE, "queues: {orders: {transfer: none, offer_callback: none}}")
    tape = Tape(of, 1, 0)
    _, attempts = blocks(of)
    assert list(attempts.transfer) == list(attempts.accepts) == ["sales"]
    assert list(attempts.comes_back) == list(attempts.pick_up) == ["desk"]
    assert list(attempts.wrap_up) == list(tape.tries(0, tape.day(0), 1).wrap_up) == ["desk", "clerks"]
    assert list(attempts.vendor_answer) == list(attempts.quality) == ["night desk", "other desk"]
    assert list(attempts.vendor_wrap_up) == ["night desk"]
    assert list(tape.absence(0)) == ["clerks"]


def test_vendors_callbacks_and_returns_follow_their_laws() -> None:
    """Delays of vendors, wrap-ups, ways back and tries by the law of their owner; all chances uniform."""
    of = scenario(CENTRE)
    callers, attempts = blocks(of)
    tape = Tape(of, 1, 0)
    tries = tape.tries(0, tape.day(0), 2)
    for values, distribution in [
        (attempts.vendor_answer["night desk"], stats.expon(scale=11.0)),
        (attempts.vendor_answer["other desk"], stats.expon(scale=11.0)),
        (attempts.vendor_wrap_up["night desk"], stats.gamma(3.0, scale=20.0 / 3.0)),
        (attempts.comes_back["desk"], stats.expon(scale=3600.0)),
        (tries.wrap_up["desk"], stats.expon(scale=30.0)),
        *((values, stats.uniform()) for values in (callers.number_known, attempts.split, attempts.resolved)),
        *((values, stats.uniform()) for values in (attempts.message, tries.reached)),
        *((values, stats.uniform()) for values in attempts.transfer.values()),
        *((values, stats.uniform()) for values in attempts.accepts.values()),
        *((values, stats.uniform()) for values in attempts.quality.values()),
    ]:
        assert stats.kstest(values, distribution.cdf).pvalue > RARE


@pytest.mark.parametrize("share", [0.02, 0.25, 0.6, 0.98])
def test_a_chance_is_the_share_of_numbers_below_it(share: float) -> None:
    """Two in a hundred, a quarter, three in five: by chi-square, in each column of chances."""
    of = scenario(CENTRE)
    callers, attempts = blocks(of)
    tape = Tape(of, 1, 0)
    columns = [callers.number_known, attempts.split, attempts.resolved, attempts.message]
    columns += [*attempts.transfer.values(), *attempts.accepts.values(), *attempts.quality.values()]
    columns += [tape.tries(0, tape.day(0), number).reached for number in (1, 2, 3)]
    for column in columns:
        below = np.count_nonzero(column < share)
        expected = np.array([share, 1.0 - share]) * column.size
        assert stats.chisquare([below, column.size - below], expected).pvalue > RARE / len(columns)


def uncorrelated(columns: dict[str, Floats]) -> bool:
    """Whether no column knows anything of another, by ranks, which no long tail can blur."""
    ranks = np.array([stats.rankdata(column) for column in columns.values()])
    found = np.corrcoef(ranks) - np.eye(len(ranks))
    return bool(np.all(np.abs(found) < 4.5 / math.sqrt(ranks.shape[1])))


def test_owners_know_nothing_of_each_other() -> None:
    """Of 20,000 callers: whom one vendor answers late, whom one queue puts through, no other owner treats alike."""
    callers, attempts = blocks(scenario(CENTRE))
    columns = {"work": callers.work, "work in sales": callers.work_in["sales"], "known": callers.number_known}
    columns |= {"split": attempts.split, "message": attempts.message, "resolved": attempts.resolved}
    for name in (
        "accepts",
        "transfer",
        "pick_up",
        "wrap_up",
        "comes_back",
        "vendor_answer",
        "vendor_wrap_up",
        "quality",
    ):
        columns |= {f"{name} of {owner}": column for owner, column in getattr(attempts, name).items()}
    assert len(columns) == 6 + 2 + 2 + 1 + 2 + 1 + 2 + 1 + 2
    assert uncorrelated(columns)


def test_legs_and_tries_know_nothing_of_each_other() -> None:
    """Who talks long before a transfer talks no longer after it; whom one try misses the next one finds as any other."""
    tape = Tape(scenario(CENTRE), 1, 0)
    born = tape.day(0)
    columns: dict[str, Floats] = {}
    for leg in range(3):
        callers = tape.callers(0, born, leg)
        attempts = [tape.attempts(0, born, number, leg) for number in (1, 2)]
        columns |= {f"work {leg}": callers.work, f"work in sales {leg}": callers.work_in["sales"]}
        columns |= {f"wrap-up {number}.{leg}": one.wrap_up["desk"] for number, one in enumerate(attempts)}
        columns |= {f"patience {number}.{leg}": one.hold_patience for number, one in enumerate(attempts)}
        columns |= {f"transfer {number}.{leg}": one.transfer["sales"] for number, one in enumerate(attempts)}
    for number in (1, 2, 3):
        tries = tape.tries(0, born, number)
        columns |= {f"reached {number}": tries.reached, f"wrap-up, try {number}": tries.wrap_up["desk"]}
    assert len(columns) == 30
    assert uncorrelated(columns)


def test_work_after_a_transfer_is_a_multiple_of_mean_one_too() -> None:
    """Lognormal with cv 0.5 by the source, gamma with cv 0.7 by the queue, as before it."""
    tape = Tape(scenario(CENTRE), 1, 0)
    put_through = tape.callers(0, tape.day(0), 1)
    for work, cv in [(put_through.work, 0.5), (put_through.work_in["sales"], 0.7)]:
        assert abs(work.mean() - 1.0) < 4.0 * cv / math.sqrt(work.size)
        assert work.std() == pytest.approx(cv, rel=0.05)


def test_calls_of_a_log_are_no_callers_yet() -> None:
    """Whoever makes a tape has solved `logged_calls` for the callers before."""
    tape = Tape(scenario("sources: {ads: {callers: none, logged_calls: 100 per hour}}"), 1, 0)
    with pytest.raises(AssertionError, match="logged calls are solved for callers before there is a tape"):
        tape.day(0)


# Absence.


def absences(of: Scenario, team: str, days: int) -> Floats:
    """Numbers by day and slot."""
    tape = Tape(of, 1, 0)
    return np.array([tape.absence(day)[team] for day in range(days)])


def test_one_agent_in_twenty_is_absent() -> None:
    """Numbers uniform, those below 5 % as often as that, on 400 days and in 20 slots."""
    numbers = absences(scenario(CENTRE), "clerks", 400)
    assert numbers.shape == (400, 20)
    assert stats.kstest(numbers.ravel(), stats.uniform().cdf).pvalue > RARE
    absent = np.count_nonzero(numbers < 0.05)
    assert stats.chisquare([absent, 8000 - absent], [400.0, 7600.0]).pvalue > RARE


def test_absence_knows_no_day_slot_or_team() -> None:
    """Who stays at home today is no likelier to do so tomorrow, nor are those beside them, nor the other team's."""
    of = scenario(CENTRE, "teams: {desk: {agents: 20, absence: 5%}}")
    clerks, desk = absences(of, "clerks", 1000), absences(of, "desk", 1000)
    assert uncorrelated({"slot": clerks[:, :-1].ravel(), "next slot": clerks[:, 1:].ravel()})
    assert uncorrelated({"day": clerks[:-1].ravel(), "next day": clerks[1:].ravel()})
    assert uncorrelated({"clerks": clerks.ravel(), "desk": desk.ravel()})


def test_there_is_a_number_for_each_slot_that_is_ever_rostered() -> None:
    """The most of a headcount by hour, all agents of all shifts, whatever the day; the first ones always the same."""
    by_hour = "teams: {clerks: {agents: {mon: {09:00-12:00: 2, 12:00-15:00: 7}, tue: {09:00-12:00: 3}}}}"
    by_shift = (
        "teams: {clerks: {agents: none, shifts: [{days: mon, hours: 08:00-16:00, agents: 2}, "
        "{days: tue, hours: 22:00-06:00, agents: 3}]}}"
    )
    found = [absences(scenario(CENTRE, *changes), "clerks", 3) for changes in [(), (by_hour,), (by_shift,)]]
    assert [numbers.shape for numbers in found] == [(3, 20), (3, 7), (3, 5)]
    for numbers in found[1:]:
        assert numbers.tolist() == found[0][:, : numbers.shape[1]].tolist()
