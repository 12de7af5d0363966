"""Break-evens by simulation: at which volume, value, delay or hour another way of answering becomes the cheaper one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from callsim.breakeven import after_hours, forecast, hours, invoice, occupancy, overflow, value, volume
from callsim.breakeven.playing import Asked
from callsim.errors import CallsimError
from callsim.scenario import Study
from callsim.scenario.fields import nearest

__all__ = ["QUESTIONS", "Asked", "Question", "ask", "question"]


class Question(NamedTuple):
    """What can be asked: in words, with the options that it looks at."""

    name: str
    help: str
    options: tuple[str, ...]
    lacking: Callable[[Study, Asked], str | None]
    """What the file lacks for it, said after its name."""
    answer: Callable[[Study, Asked], Any]


QUESTIONS = (
    Question("value", "What must a caller be worth for a variant to pay?", ("variants",), value.lacking, value.answer),
    Question("volume", "From how many callers a day on are own people cheaper than an answering service?",
             ("variant", "team", "vendor", "plans", "at"), volume.lacking, volume.answer),
    Question("occupancy", "How busy must own people be to be as cheap by the minute, and how busy are they?",
             ("variant", "team", "plans"), occupancy.lacking, occupancy.answer),
    Question("hours", "At which hours of the day does one agent more pay, or one less?",
             ("variant", "team", "every"), hours.lacking, hours.answer),
    Question("after-hours", "Does it pay to have calls answered while we are closed?",
             ("variant", "team", "queue", "vendor"), after_hours.lacking, after_hours.answer),
    Question("overflow", "After how many rings should an answering service take over?",
             ("variant", "queue", "vendor", "at"), overflow.lacking, overflow.answer),
    Question("forecast", "What does it cost when more or fewer callers come than were forecast?",
             ("variants", "plans", "at"), forecast.lacking, forecast.answer),
    Question("invoice", "What are invoices in good and bad months, not only on average?",
             ("variants", "plans"), invoice.lacking, invoice.answer),
)  # fmt: skip


def question(name: str) -> Question:
    """The question of a name. Raises CallsimError where there is none."""
    names = [one.name for one in QUESTIONS]
    if name not in names:
        listed = ", ".join(f"`{one}`" for one in names)
        raise CallsimError(f"expected a question ({listed}), found `{name}`{nearest(name, names)}")
    return next(one for one in QUESTIONS if one.name == name)


def ask(study: Study, name: str, asked: Asked) -> Any:
    """The answer to a question. Raises CallsimError where the file does not fit it, with what to add."""
    found = question(name)
    lacking = found.lacking(study, asked)
    if lacking is not None:
        raise CallsimError(f"{study.path}: does not fit `{name}`: it {lacking}")
    return found.answer(study, asked)
