"""Calls for price plans, written in a line: answered one after another, each with its parts in seconds."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from callsim.scenario.fields import Reading
from callsim.scenario.plans import Tariff
from callsim.scenario.timetable import DAY, Calendar, hours
from callsim.tariffs import Invoice, invoices
from callsim.tariffs.traffic import PARTS, Traffic, microseconds
from callsim.tariffs.usage import Usage, used
from callsim.yamlfile import parse, plain

MARCH = Calendar.model_construct(
    start=date(2026, 3, 1), days=31, open=hours("always"), holidays=(), warm_up=0.0, cool_down=None
)


def calendar(start: str, days: int, *, holidays: Sequence[str] = (), warm_up: float = 0.0) -> Calendar:
    return MARCH.model_copy(
        update={
            "start": date.fromisoformat(start), "days": days, "warm_up": warm_up,
            "holidays": tuple(map(date.fromisoformat, holidays)),
        }
    )  # fmt: skip


def plan(text: str, currency: str = "USD") -> Tariff:
    """A plan from its YAML, without the braces around it."""
    node = parse(f"{{{text}}}", "plan")
    return Tariff.model_validate(plain(node), context=Reading(None, currency, Path(tempfile.gettempdir()), {}))


def traffic(
    talk: Sequence[float], *, at: Sequence[float] | None = None, junk: Sequence[bool] | None = None,
    machine: Sequence[bool] | None = None, unanswered: int = 0, events: dict[str, Sequence[int]] | None = None,
    messages: Sequence[float] = (), waits: Sequence[float] | None = None, **parts: float | Sequence[float],
) -> Traffic:  # fmt: skip
    """Answered calls, ten minutes apart from nine in the morning unless `at` says when."""
    number = len(talk)
    answered = np.array(9 * 3600.0 + 600.0 * np.arange(number) if at is None else at, dtype=np.float64)
    given: dict[str, Any] = {"talk": talk, **parts}
    none = np.zeros(number, dtype=np.bool_)
    order = np.argsort(answered, kind="stable")
    came = np.concatenate([answered[order], answered[:1].repeat(unanswered)])
    waited = np.concatenate([np.zeros(number) if waits is None else np.array(waits), np.full(unanswered, np.nan)])
    return Traffic(
        answered=answered[order],
        parts={
            name: microseconds(np.broadcast_to(np.asarray(given.get(name, 0.0), float), number))[order]
            for name in PARTS
        },
        kinds={"junk": (none if junk is None else np.array(junk))[order]},
        machine=(none if machine is None else np.array(machine))[order],
        came=np.sort(came),
        waited=waited[np.argsort(came, kind="stable")],
        messages=np.sort(np.array(messages, dtype=np.float64)),
        events={name: np.array(counts, dtype=np.int64)[order] for name, counts in (events or {}).items()},
        sums={},
    )


def month(of: Tariff, calls: Traffic, days: Calendar = MARCH) -> list[Invoice]:
    """The invoices of March, or of other days."""
    return list(invoices("plan", of, calls, days))


def units(of: Tariff, calls: Traffic, days: Calendar = MARCH) -> Usage:
    """What the calls of all days come to."""
    return used(of, calls, days, 0.0, days.days * DAY)
