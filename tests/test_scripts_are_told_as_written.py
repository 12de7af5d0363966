"""The scripts of other tests: a tape written by hand has the values that were given, and a log is told as it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, get_type_hints

import numpy as np

from callsim.calllog import (
    Activity,
    Attempt,
    Callback,
    CallbackCause,
    CallbackEnd,
    Chunk,
    Duty,
    Leg,
    Outcome,
    Reason,
    Try,
)
from callsim.demand import Tape
from tests.script import Legs, Played, Script, log_of, scenario

CENTRE = """
currency: RUB
menus: {main: {answers_after: 0 s, prompt: 9 s, keys: [{share: 100%, to: self_service hours}]}}
self_service: {hours: {takes: 9 s, resolves: 80%, otherwise: hang up}}
queues:
  sales: {talk: 60 s, offer_callback: {after: 30 s, accepts: 40%}, transfer: {chance: 10%, to: queue orders}}
  orders: {transfer: {chance: 10%, to: queue sales}}
teams:
  desk: {answers_after: 4 s, wrap_up: 30 s, resolves: 90%, comes_back_after: 1 h}
  clerks: {serves: [orders], agents: 20, absence: 5%, wrap_up: 30 s}
vendors:
  night desk: {answers_after: 11 s, wrap_up: 20 s, tariff: plain}
  other desk: {answers_after: 11 s, tariff: plain}
tariffs: {plain: {per_call: 90 RUB, bills: [talk]}}
sources: {ads: {hangs_up_waiting: 90 s}}
"""


def parts(block: Any) -> dict[str, Any]:
    """The columns of a block, by name, and by owner where they have one."""
    names = [name for name, part in vars(type(block)).items() if isinstance(part, cached_property)]
    return {name: getattr(block, name) for name in names} if names else vars(block)


def test_a_script_has_the_columns_of_a_tape() -> None:
    """The same names, the same owners, as many values and of the same kind, in callers, attempts, tries and absence."""
    of = scenario(CENTRE)
    script, tape = Script(of, [0, 5, 9]), Tape(of, 1, 0)
    born, drawn = script.day(0), tape.day(0)
    for written, one in [
        (script.callers(0, born, 1), tape.callers(0, drawn, 1)),
        (script.attempts(0, born, 2, 1), tape.attempts(0, drawn, 2, 1)),
        (script.tries(0, born, 3), tape.tries(0, drawn, 3)),
    ]:
        by_hand, by_chance = parts(written), parts(one)
        assert set(by_hand) == set(by_chance)
        for name, column in by_chance.items():
            owned, given = (one if isinstance(one, Mapping) else {"": one} for one in (column, by_hand[name]))
            assert list(given) == list(owned)
            assert all(given[owner].size == 3 and given[owner].dtype == owned[owner].dtype for owner in owned)
    assert {team: slots.size for team, slots in script.absence(0).items()} == {"clerks": 20}


def test_a_script_says_values_by_caller_attempt_leg_and_try() -> None:
    """Values for all, by caller, by attempt in a list and by leg in `Legs`, whose last ones hold on."""
    script = Script(
        scenario(CENTRE), [0, 5], work=Legs(1.0, 2.0), wrap_up={"desk": {1: [Legs(10, 20), 30]}}, transfer={0: Legs(0.0, None)},
        reached={0: [0.9, 0.0]}, try_wrap_up={"desk": [7, [8, 9]]}, absence={"clerks": {1: [0, 19]}},
    )  # fmt: skip
    born = script.day(0)
    assert [script.callers(0, born, leg).work.tolist() for leg in range(3)] == [[1, 1], [2, 2], [2, 2]]
    wrap_ups = [script.attempts(0, born, k, leg).wrap_up["desk"].tolist() for k in (1, 2, 3) for leg in (0, 1, 2)]
    assert wrap_ups == [[30, 10], [30, 20], [30, 20], *[[30, 30]] * 6]
    transfers = [script.attempts(0, born, 1, leg).transfer["orders"].tolist() for leg in (0, 1, 2)]
    assert transfers == [[0.0, 0.999], [0.999, 0.999], [0.999, 0.999]]
    tries = [script.tries(0, born, number) for number in (1, 2, 3)]
    assert [one.reached.tolist() for one in tries] == [[0.9, 0.0], [0.0, 0.0], [0.0, 0.0]]
    assert [one.wrap_up["desk"].tolist() for one in tries] == [[7, 8], [7, 9], [7, 9]]
    assert [np.flatnonzero(script.absence(day)["clerks"] == 0.0).tolist() for day in (0, 1)] == [[], [0, 19]]


def test_patience_in_a_script_is_kept_where_the_scenario_keeps_it() -> None:
    """The second attempt's own patience counts only where it is drawn anew."""
    for rule, expected in [("kept", [4.0, 4.0]), ("redrawn", [4.0, 6.0])]:
        of = scenario(f"sources: {{ads: {{patience_on_redial: {rule}}}}}")
        script = Script(of, [0], ring_patience={0: [4, 6]})
        assert [script.attempts(0, script.day(0), k).ring_patience[0] for k in (1, 2)] == expected


def logged(kind: Any, **fields: float) -> tuple[float, ...]:
    """A row of the log in which only that happened, to the first source's first caller where none is named."""
    nothing: dict[str, float] = {name: math.nan if of is float else -1 for name, of in get_type_hints(kind).items()}
    known = dict.fromkeys({"source", "day", "caller", "kind", "reason"} & set(nothing), 0)
    return tuple(kind(**{**nothing, **known, **fields}))


QUEUED = {"dialled": 0.0, "asked": 0.0, "joined": 0.0, "first_queue": 0, "last_queue": 0}
BY_DESK = {"team": 0, "slot": 0}
BY_CLERK = {"team": 1, "slot": 3}


def diary(part: str, *rows: tuple[float, ...]) -> Played:
    """A log of one kind of rows, read back for the first source's first caller."""
    nothing = Chunk(0, attempts=[], legs=[], callers=[], duties=[], tries=[], callbacks=[])
    filled: Any = {part: list(rows)}
    return log_of(scenario(CENTRE), [nothing._replace(**filled)], [("ads", 0, 0)])


def test_the_diary_tells_an_attempt_in_the_order_of_its_instants() -> None:
    """Put through, the vendor's operator, a vendor tried first, a kept place, waiting at a vendor, no message."""
    through = {**QUEUED, **BY_DESK, "last_queue": 1, "transferred": 69.0, "freed": 75.0, "left": 130.0}
    vendor = {"vendor": 0, "matched": 2.0, "answered": 13.0, "left": 73.0, "freed": 80.0}
    kept = {**QUEUED, **BY_DESK, "joined": 8.0, "kept": 20.0, "matched": 90.0, "left": 99.0, "freed": 99.0}
    gone = {"dialled": 0.0, "left": 4.0}
    rows = [
        logged(Attempt, attempt=1, **through, matched=5.0, answered=9.0, outcome=Outcome.ANSWERED),
        logged(Attempt, attempt=2, dialled=0.0, asked=0.0, **vendor, outcome=Outcome.OUTSOURCED),
        logged(Attempt, attempt=3, **kept, answered=95.0, outcome=Outcome.KEPT_PLACE),
        logged(Attempt, attempt=4, **gone, asked=0.0, vendor=0, outcome=Outcome.ABANDONED_RINGING),
        logged(Attempt, attempt=5, **gone, last_queue=0, outcome=Outcome.CLOSED, reason=Reason.LEFT_NO_MESSAGE),
    ]
    assert diary("attempts", *rows).told == [
        [
            "dialled 0, asked sales 0, matched desk/0 5, answered 9, transferred 69, freed 75, left 130: answered at orders",
            "dialled 0, asked 0, matched vendor night desk 2, answered 13, left 73, freed 80: outsourced",
            "dialled 0, asked 0, joined sales 8, kept 20, matched desk/0 90, answered 95, left 99, freed 99: kept_place",
            "dialled 0, asked 0, left 4: abandoned_ringing at vendor night desk",
            "dialled 0, left 4: closed at sales (left_no_message)",
        ]
    ]


def test_the_diary_tells_legs_tries_callbacks_and_breaks() -> None:
    """An offer in vain and the talk after a transfer; a try in vain and one that reached; the job; the agent's time."""
    offer = {"leg": 0, "queue": 0, "asked": 0.0, "matched": 1.0, "left": 4.0, "freed": 4.0}
    talk = {"leg": 1, "queue": 1, "asked": 69.0, "matched": 70.0, "answered": 71.0, "left": 130.0, "freed": 140.0}
    legs = [logged(Leg, attempt=1, **BY_DESK, **offer), logged(Leg, attempt=1, **BY_CLERK, **talk)]
    assert diary("legs", *legs).legs == [
        [
            "1.0 sales: asked 0, matched desk/0 1, left 4, freed 4",
            "1.1 orders: asked 69, matched clerks/3 70, answered 71, left 130, freed 140",
        ]
    ]
    tries = [
        logged(Try, number=1, queue=0, **BY_DESK, dialled=700.0, left=725.0, freed=725.0),
        logged(Try, number=2, **BY_DESK, dialled=740.0, answered=740.0, left=800.0, freed=830.0),
    ]
    assert diary("tries", *tries).tries == [
        [
            "1 desk/0 (sales): dialled 700, left 725, freed 725",
            "2 desk/0: dialled 740, answered 740, left 800, freed 830",
        ]
    ]
    reached = {"opened": 4.0, "tries": 2, "reached": 740.0, "closed": 800.0, "end": CallbackEnd.REACHED}
    pending = {"opened": 900.0, "tries": 0, "end": CallbackEnd.OPEN}
    jobs = [
        logged(Callback, cause=CallbackCause.MISSED, **reached),
        logged(Callback, cause=CallbackCause.VOICEMAIL, **pending),
    ]
    assert diary("callbacks", *jobs).jobs == [
        ["missed, opened 4, tries 2, reached 740, closed 800: reached", "voicemail, opened 900, tries 0: open"]
    ]
    duties = [
        logged(Duty, **BY_DESK, activity=Activity.PAID_BREAK, came=60.0, due=90.0, went=95.0),
        logged(Duty, **BY_DESK, activity=Activity.DUTY, came=0.0, due=60.0, went=60.0),
    ]
    assert diary("duties", *duties).shifts == ["desk/0: 0 to 60, went 60", "desk/0 paid_break: 60 to 90, went 95"]
