"""What can go wrong for a user: a few exceptions, and problems that know their place."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """A position in a text, line and column counted from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(NamedTuple):
    """One mistake: its place, the entry it is about (`teams.desk.agents`, may be empty), and what is wrong."""

    place: Place
    where: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (str(self.place), self.where, self.message) if part)


class CallsimError(Exception):
    """Something that the user can mend. The command line prints it without a traceback and exits with 2."""


class ScenarioError(CallsimError):
    """Every mistake found in a scenario, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(map(str, self.problems)))
