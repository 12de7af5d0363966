"""The calculators of `callsim worth`: each a question with its options and an answer, on the formulas of a run."""

from __future__ import annotations

from callsim.worth import customers, missed, service, staff
from callsim.worth.sheet import Question, Sheet, as_json, ask, text_of

QUESTIONS: tuple[Question, ...] = (
    *customers.QUESTIONS,
    *missed.QUESTIONS,
    *service.QUESTIONS,
    *staff.QUESTIONS,
)

__all__ = ["QUESTIONS", "Question", "Sheet", "as_json", "ask", "text_of"]
