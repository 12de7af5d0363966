"""Engines that do one thing wrong, which the short part must notice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from benchmarks.theory.cases import case, read
from benchmarks.theory.play import Sums, play
from benchmarks.theory.runs import RUNS, Run
from callsim.demand import AttemptDraws, CallerDraws, Day, Tape
from callsim.engine.reference import CallCentre
from callsim.engine.state import Call, QueueState, Slot

TOO_LONG = 1.05


class _PatientAttempts(AttemptDraws):
    @cached_property
    def ring_patience(self) -> NDArray[np.float64]:
        return super().ring_patience * TOO_LONG

    @cached_property
    def hold_patience(self) -> NDArray[np.float64]:
        return super().hold_patience * TOO_LONG


class LongerPatience(Tape):
    """Callers who stay 5 % longer than their scenario says."""

    def attempts(self, number: int, day: Day, attempt: int, leg: int = 0) -> AttemptDraws:
        return _PatientAttempts(self, number, day, attempt, leg)


class _Talkers(CallerDraws):
    @cached_property
    def work(self) -> NDArray[np.float64]:
        return super().work * TOO_LONG


class LongerTalks(Tape):
    """Callers who talk 5 % longer."""

    def callers(self, number: int, day: Day, leg: int = 0) -> CallerDraws:
        return _Talkers(self, number, day, 0, leg)


class HourLater(Tape):
    """Callers who dial an hour later."""

    def day(self, number: int) -> Day:
        day = super().day(number)
        return day._replace(dialled=day.dialled + 3600.0)


class Fault(NamedTuple):
    """One thing wrong with an engine, in the short run of a family."""

    family: str
    what: str
    tape: type[Tape] = Tape
    word: str = ""
    """What stands in the scenario, and what an engine plays that does not understand it."""
    misread: str = ""
    steps: Mapping[str, Callable[..., Any]] = {}
    """What the engine does instead of its own steps."""

    def __str__(self) -> str:
        return f"{self.family}: {self.what}"

    def play(self) -> tuple[Run, list[Sums]]:
        """The family's first short run, as the broken engine plays it."""
        run = next(run.shortened() for run in RUNS if run.short and run.family == self.family)
        text = case(run.case, run.family).text(run)
        assert self.word in text, self
        centre = read(text.replace(self.word, self.misread)) if self.word else None
        with ExitStack() as broken:
            for name, step in self.steps.items():
                broken.enter_context(patch.object(CallCentre, name, step))
            return run, [play(replication, run, centre, self.tape) for replication in range(run.replications)]


def _callers_on_the_line_first(engine: CallCentre, queue: QueueState) -> Call | None:
    return queue.first_waiting() or engine.first_kept(queue)


def _forms_first(engine: CallCentre, slot: Slot) -> Call | None:
    assert engine.desk is not None
    return None if engine.next_job(engine.desk) else _next_call(engine, slot)


_next_call = CallCentre.next_call

FAULTS = (
    Fault("lines", "a line too many", word="lines: 5", misread="lines: 6"),
    Fault("no room", "one may wait where there is no room", word="room_for: 0", misread="room_for: 1"),
    Fault("patient", "talks 5 % too long", LongerTalks),
    Fault("erlang a", "patience 5 % too long", LongerPatience),
    Fault("patience", "patience 5 % too long", LongerPatience),
    Fault("kept places", "nobody is offered a call back", word="accepts: 30%", misread="accepts: 0%"),
    Fault("kept places", "places are not kept", steps={"first_of": _callers_on_the_line_first}),
    Fault("trunks", "a line too many", word="lines: 8", misread="lines: 9"),
    Fault("constant", "talks 5 % too long", LongerTalks),
    Fault("phases", "talks all as long as their mean", word="talk: erlang 2 180 s", misread="talk: 180 s"),
    Fault("wrap-up", "agents do not wrap up", word=", wrap_up: exponential 30 s"),
    Fault("priority", "priority is ignored", word="{priority: 1}", misread="{}"),
    Fault("preference", "all queues are alike", word="[high, low]", misread="[[high, low]]"),
    Fault("chats", "one chat at once too many", word="chats_at_once: 3", misread="chats_at_once: 4"),
    Fault("forms", "talks 5 % too long", LongerTalks),
    Fault("forms and calls", "forms are called before callers are answered", steps={"next_call": _forms_first}),
    Fault("n model", "whoever has waited longest is helped first", word="[two, one]", misread="[[two, one]]"),
    Fault("n model", "the second team is asked first", word="one: {}", misread="one: {teams: [second, first]}"),
    Fault("redials", "nobody redials", word="redial: {chance: 50%", misread="redial: {chance: 0%"),
    Fault("busy redials", "nobody redials twice", word="at_most: never", misread="at_most: 1"),
    Fault("menu", "self-service helps 5 % too many", word="resolves: 80%", misread="resolves: 84%"),
    Fault("hours", "callers dial an hour late", HourLater),
    Fault("eight hours", "talks 5 % too long", LongerTalks),
)
