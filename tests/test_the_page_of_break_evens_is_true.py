"""docs/breakeven.md shows what its commands print."""

from __future__ import annotations

import pytest
from readme import BREAKEVEN_PAGE, FENCE, ROOT, run

from callsim.breakeven import QUESTIONS

SESSIONS = [match[2] for match in FENCE.finditer(BREAKEVEN_PAGE.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("session", SESSIONS, ids=lambda session: session.splitlines()[0][:60])
def test_every_session_is_real_output(session: str) -> None:
    """On a page of 100 columns."""
    command, _, output = session.partition("\n")
    assert run(command.removeprefix("$ "), ROOT) == output


def test_every_question_is_shown() -> None:
    """Each has a session of its own, and a row in the table."""
    page = BREAKEVEN_PAGE.read_text(encoding="utf-8")
    for question in QUESTIONS:
        assert any(f" {question.name} " in session.splitlines()[0] + " " for session in SESSIONS), question.name
        assert f"| `{question.name}` |" in page
