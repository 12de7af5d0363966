"""The options of the command line as a question understands them: what it does not look at is refused, not ignored."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from callsim import breakeven
from callsim.breakeven.playing import Asked
from callsim.errors import CallsimError
from callsim.pricing import plans_of
from callsim.quantities import duration
from callsim.scenario import Study
from callsim.scenario.timetable import DAY
from callsim.tariffs import MissingRate

REPLICATIONS = 30
OF_INVOICES = 200
"""A percentile far out needs many months."""
SHORTEST = 60.0
"""Seconds of an interval of the day."""


def asked_of(
    study: Study,
    question: str | None,
    *,
    progress: Callable[[str], None],
    variants: tuple[str, ...],
    plans: tuple[str, ...],
    replications: int | None,
    seed: int,
    every: str | None,
    **given: Any,
) -> Asked:
    """The options read and checked. Raises CallsimError with every mistake at once."""
    texts = {"variants": variants, "plans": plans, "every": every, **given}
    mistakes = list(_not_looked_at(question, texts)) if question else list(_for_questions(texts))
    mistakes += [_no_variant(study, name) for name in variants if name not in study.variants]
    seconds = 3600.0
    if every is not None:
        try:
            seconds = _interval(every)
        except ValueError as error:
            mistakes.append(f"--every: {error}")
    if mistakes:
        raise CallsimError("\n".join(mistakes))
    usual = OF_INVOICES if question == "invoice" else REPLICATIONS
    return Asked(
        replications=replications or usual, seed=seed, variants=variants, plans=plans_of(plans) if plans else None,
        every=seconds, progress=progress, **given,
    )  # fmt: skip


def _not_looked_at(name: str, texts: Mapping[str, Any]) -> list[str]:
    """Options that say nothing to the question."""
    found = breakeven.question(name)
    known = {"variants" if option == "variant" else option for option in found.options}
    mistakes = []
    for option, text in texts.items():
        if text and option not in known:
            others = [one.name for one in breakeven.QUESTIONS if option in one.options]
            mistakes.append(f"--{option}: `{name}` does not look at it; it is for {', '.join(others)}")
    if "variant" in found.options and len(texts["variants"]) > 1:
        mistakes.append(f"--variant: expected one for `{name}`, found {len(texts['variants'])}")
    return mistakes


def _for_questions(texts: Mapping[str, Any]) -> list[str]:
    """Without a question there is nothing to ask with."""
    return [
        f"--{option}: expected a QUESTION that it is for, found none"
        for option, text in texts.items()
        if text and option not in ("variants", "plans")
    ]


def _no_variant(study: Study, name: str) -> str:
    known = ", ".join(f"`{one}`" for one in study.variants)
    return f"expected a variant of {study.path.name} ({known}), found `{name}`"


def _interval(text: str) -> float:
    """A whole part of a day."""
    seconds = duration(text, ring=None)
    if not SHORTEST <= seconds <= DAY or DAY % seconds:
        raise ValueError(f"expected a whole part of a day such as `30 min`, found `{text}`")
    return seconds


def ask(study: Study, name: str, asked: Asked) -> Any:
    """The answer. A price that nobody knows is told of with what to do."""
    try:
        return breakeven.ask(study, name, asked)
    except MissingRate as error:
        raise CallsimError(
            f"{study.path}: {error}; write the price that you were quoted into a plan of your own, or take another"
        ) from None
