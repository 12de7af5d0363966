"""SimPy's clock, with an order of simultaneous events that is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from heapq import heappop, heappush
from typing import Any

import simpy

Handlers = list[Callable[[Any], None]]
"""What SimPy calls when an event happens: here one handler."""
BEFORE_ALL = -1
"""The kind of event after which nothing happens."""


class Event(simpy.Event):
    """A SimPy event that is posted at a time, not triggered: it needs no environment and no value."""

    _ok = True
    _value = None

    def __init__(self, callbacks: Handlers) -> None:
        self.callbacks = callbacks


class Clock(simpy.Environment):
    """SimPy's environment, where events at the same time go by kind, subject and sequence (order.py)."""

    def post(self, event: Event, time: float, kind: int, subject: int) -> None:
        """Put an event on the schedule at an absolute time."""
        heappush(self._queue, (time, kind, subject, next(self._eid), event))  # type: ignore[misc]

    def scheduled(self) -> Iterator[Event]:
        """The events on the schedule, in no order."""
        return (event for *_, event in self._queue)  # type: ignore[misc]

    def step(self) -> None:
        """Let the next event happen."""
        self._now, _, _, _, event = heappop(self._queue)  # type: ignore[misc]
        (callback,) = event.callbacks
        callback(event)

    def play(self, until: float) -> None:
        """Let everything before a time happen; like SimPy's own run up to an event that stops it."""
        self.post(Event([simpy.core.StopSimulation.callback]), until, BEFORE_ALL, 0)
        queue = self._queue
        with suppress(simpy.core.StopSimulation):
            while True:
                self._now, _, _, _, event = heappop(queue)  # type: ignore[misc]
                (callback,) = event.callbacks
                callback(event)
