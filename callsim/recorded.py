"""A recorded log of calls, Parquet or NDJSON, with the columns of our own log of attempts as far as it has them."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from callsim.calllog import Attempt, Outcome
from callsim.errors import CallsimError
from callsim.quantities import closest, meant, shown
from callsim.scenario.timetable import DAY
from callsim.scenario.vocabulary import KINDS

NEEDED = ("answered", "left")
"""Without these nothing can be billed."""

INSTANTS = ("dialled", "greeted", "asked", "joined", "matched", *NEEDED, "transferred", "freed")
NAMES = {
    "vendor": (),
    "kind": tuple(KINDS),
    "outcome": tuple(name.lower() for name in vars(Outcome) if name.isupper()),
}
"""Columns of text, each with the words that it may hold; any where there are none."""

READ = (*INSTANTS, "menu_s", *NAMES)
EVENT = "event_"
OURS = {*Attempt._fields, "replication", "while_open", "wait_s", "kept_wait_s", "talk_s", "wrap_up_s"}
"""The columns of our own log, more than are read: a log that has them all is one, and nothing in it is a slip."""

FILLED = {"asked": "answered", "matched": "answered", "freed": "left", "dialled": "asked"}
"""What stands in for an instant that a log does not have: no wait, no ring, no wrap-up."""

LONGEST = 3660
"""Days: a log that is longer has instants of another kind, such as seconds since 1970."""
SINCE_1970 = (1e9, 1e13)
"""Between these lie the seconds, and the thousandths of them, since 1970."""

MOST_EVENTS = 1_000_000
CLOSE = 0.001
"""Seconds by which instants may be the wrong way round: they are often rounded to so much."""

ORDER = (
    ("dialled", "answered"), ("asked", "answered"), ("matched", "answered"), ("answered", "left"),
    ("dialled", "left"), ("answered", "transferred"), ("transferred", "left"), ("ended", "freed"),
)  # fmt: skip
"""What comes first, and what no sooner. The first talk has `ended` with the transfer, where there was one."""

SHOWN = 5
"""Rows that are named of those with the same mistake."""

Flags = NDArray[np.bool_]


class Recorded(NamedTuple):
    """A log as it was read."""

    attempts: pl.DataFrame
    """One row for each call, instants in seconds since the first midnight; columns that it lacks are missing."""
    unread: tuple[str, ...]
    """Columns of which nothing was made, each with a hint where it looks like one that is missing."""


class Raw(NamedTuple):
    """Columns as they stand in the file, and the number of each row there."""

    columns: Mapping[str, pl.Series]
    rows: Sequence[int]


class Mistakes:
    """What is wrong with a log, cell by cell; a cell that is wrong is judged once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._of_file: list[str] = []
        self._of_cells: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._wrong: set[tuple[str, int]] = set()

    def file(self, message: str) -> None:
        """The file as a whole."""
        self._of_file.append(message)

    def cell(self, column: str, row: int, expected: str, found: object, hint: str = "") -> None:
        """The cell in a row of the file; without a column the row as a whole."""
        ending = f": {hint}" if hint else ""
        self._of_cells.setdefault((column, expected), []).append((row, f"{_said(found)}{ending}"))
        self._wrong.add((column, row))

    def are_in(self, columns: Iterable[str], row: int) -> bool:
        """Whether one of the cells is wrong already: then what follows from it is no further mistake."""
        return any((column, row) in self._wrong for column in columns)

    def report(self) -> None:
        """Raise CallsimError where there are any, in the order of the rows."""
        lines = [*self._of_file, *(text for _, text in sorted(self._rows()))]
        if lines:
            raise CallsimError("\n".join(f"{self._path}: {line}" for line in lines))

    def _rows(self) -> Iterator[tuple[tuple[int, str, int], str]]:
        """Each line with what orders it."""
        for (column, expected), cells in self._of_cells.items():
            where = f", column `{column}`" if column else ""
            for row, found in cells[:SHOWN]:
                yield (row, column, 0), f"row {row}{where}: expected {expected}, found {found}"
            if len(cells) > SHOWN:
                last, more = cells[SHOWN - 1][0], len(cells) - SHOWN
                yield (last, column, 1), f"row {last}{where}: and {more} more like it in the rows below"


def _said(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, float):
        return f"`{value:.15g}`"
    return f"`{shown(value if isinstance(value, str) else json.dumps(value, default=str))}`"


def read_attempts(path: Path) -> Recorded:
    """The attempts of a log. Raises CallsimError with everything that is wrong with the file."""
    file = _file(path)
    mistakes = Mistakes(file)
    raw = READERS[file.suffix](file, mistakes)
    known = [name for name in raw.columns if name in READ or name.startswith(EVENT)]
    for name in NEEDED:
        if name not in known:
            near = closest(name, (column for column in raw.columns if column not in known))
            mistakes.file(
                f"expected a column `{name}` of seconds, found none" + (f"; did you mean `{near}`?" if near else "")
            )
    log = pl.DataFrame([raw.columns[name] for name in known])
    missing = [
        pl.lit(None, pl.String if name in NAMES else pl.Float64).alias(name) for name in READ if name not in known
    ]
    log = log.with_columns(missing)
    _checked(log, raw.rows, mistakes)
    mistakes.report()
    if not log["answered"].count():
        raise CallsimError(f"{file}: expected calls that were answered, found none")
    for name, instead in FILLED.items():
        log = log.with_columns(pl.coalesce(name, instead).alias(name))
    events = [pl.col(name) for name in known if name.startswith(EVENT)]
    return Recorded(log.select(*READ, *events), _unread(raw.columns, known))


def _unread(columns: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    """The columns that are not known, less those of our own log where it is one."""
    ours = OURS if set(columns) >= OURS else set()
    missing = [name for name in READ if name not in known]
    unread = [name for name in columns if name not in known and name not in ours]
    return tuple(f"`{name}`{f' ({hint})' if (hint := _meant(name, missing)) else ''}" for name in unread)


def _meant(name: str, missing: Collection[str]) -> str:
    near = closest(name, missing)
    # Two names may begin alike and mean different things: a slip is about as long as the word.
    return f"did you mean `{near}`?" if near and abs(len(near) - len(name)) <= 2 else ""


# The file.


def _file(path: Path) -> Path:
    if path.is_dir():
        inside = [path / f"attempts{suffix}" for suffix in READERS]
        path = next((one for one in inside if one.is_file()), inside[0])
    if not path.is_file():
        raise CallsimError(f"{path}: there is no such file")
    if path.suffix not in READERS:
        known = ", ".join(READERS)
        raise CallsimError(f"{path}: expected a log of calls ({known}), found `{path.suffix or path.name}`")
    return path


def _of_parquet(path: Path, mistakes: Mistakes) -> Raw:
    try:
        scan = pl.scan_parquet(path)
        names = scan.collect_schema().names()
        frame = scan.select(name for name in names if name in READ or name.startswith(EVENT)).collect()
        height = scan.select(pl.len()).collect().item()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CallsimError(f"{path}: the log cannot be read: {first}") from None
    columns: dict[str, pl.Series] = {}
    for name in names:
        column = frame[name] if name in frame.columns else pl.Series(name, [], pl.Null)
        kind = pl.String if name in NAMES else pl.Float64
        fits = column.dtype.is_numeric() if kind == pl.Float64 else _is_text(column.dtype)
        if fits or column.dtype == pl.Null:
            columns[name] = column.cast(kind)
        else:
            what = "text" if name in NAMES else "numbers" if name.startswith(EVENT) else "seconds"
            mistakes.file(f"expected {what} in the column `{name}`, found {column.dtype}")
            columns[name] = pl.Series(name, [None] * height, kind)
    return Raw(columns, range(1, height + 1))


def _is_text(kind: pl.DataType) -> bool:
    return kind in (pl.String, pl.Categorical, pl.Enum) or kind.is_integer()


def _of_lines(path: Path, mistakes: Mistakes) -> Raw:
    """Line by line, for each may hold something else under the same name."""
    records: list[dict[str, Any]] = []
    rows: list[int] = []
    with path.open("rb") as file:
        for row, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = line.decode("utf-8", "replace").strip()
            if isinstance(record, dict):
                records.append(record)
                rows.append(row)
            else:
                mistakes.cell("", row, 'a call such as `{"answered": 28800.5, "left": 28920}`', record)
    if not records:
        mistakes.file("expected calls, one JSON object on each line, found none")
        mistakes.report()
    names = dict.fromkeys(name for record in records for name in record)
    columns = {name: _column(name, records, rows, mistakes) for name in names}
    return Raw(columns, rows)


READERS: dict[str, Callable[[Path, Mistakes], Raw]] = {
    ".parquet": _of_parquet,
    ".ndjson": _of_lines,
    ".jsonl": _of_lines,
}


def _column(name: str, records: Sequence[Mapping[str, Any]], rows: Sequence[int], mistakes: Mistakes) -> pl.Series:
    """The values under a name; what is of another kind is noted and left out."""
    if name not in READ and not name.startswith(EVENT):
        return pl.Series(name, [], pl.Null)
    text = name in NAMES
    expected = "a text" if text else "a number"
    values: list[str | float | None] = []
    for record, row in zip(records, rows, strict=True):
        found = record.get(name)
        value = _text(found) if text else _number(found)
        if value is None and found is not None:
            mistakes.cell(name, row, expected, found)
        values.append(value)
    return pl.Series(name, values, pl.String if text else pl.Float64)


def _text(value: object) -> str | None:
    """Numbers are names as well: of a line, say."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if isinstance(value, str) or whole else None


def _number(value: object) -> float | None:
    try:
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:
        return None


# What may stand in it.


def _checked(log: pl.DataFrame, rows: Sequence[int], mistakes: Mistakes) -> None:
    """Values that cannot be, and calls that contradict themselves."""
    for name in INSTANTS:
        most = LONGEST * DAY
        _within(log[name], rows, mistakes, most, f"seconds since the first midnight, at most those of {LONGEST} days")
    _within(log["menu_s"], rows, mistakes, LONGEST * DAY, f"seconds from 0 to those of {LONGEST} days")
    for name in log.columns:
        if name.startswith(EVENT):
            _within(log[name], rows, mistakes, MOST_EVENTS, f"a whole number from 0 to {MOST_EVENTS}", whole=True)
    for name, words in NAMES.items():
        if words:
            _named(log[name], rows, mistakes, words)
    _ended(log, rows, mistakes)
    _in_order(log, rows, mistakes)


def _within(
    column: pl.Series, rows: Sequence[int], mistakes: Mistakes, most: float, expected: str, *, whole: bool = False
) -> None:
    """Numbers from 0 on, each finite, where `whole` without a fraction."""
    values = column.to_numpy()
    # Of what is missing, NaN or infinite no comparison holds.
    fine = (values >= 0.0) & (values <= most)
    if whole:
        fine[fine] = values[fine] % 1.0 == 0.0
    for place in np.flatnonzero(~fine & column.is_not_null().to_numpy()).tolist():
        found = float(values[place])
        mistakes.cell(column.name, rows[place], expected, found, _hint(column.name, found))


def _hint(column: str, found: float) -> str:
    if column not in INSTANTS or not SINCE_1970[0] <= found <= SINCE_1970[1]:
        return ""
    thousandths = ", and divide by 1000" if found > 1e11 else ""
    return f"seconds since 1970? Take those of the log's first midnight away{thousandths}"


def _named(column: pl.Series, rows: Sequence[int], mistakes: Mistakes, words: Collection[str]) -> None:
    known = ", ".join(f"`{word}`" for word in words)
    strange = (column.is_not_null() & ~column.is_in(list(words))).to_numpy()
    for place in np.flatnonzero(strange).tolist():
        word = column[place]
        mistakes.cell(column.name, rows[place], f"one of {known}", word, meant(word, words))


def _ended(log: pl.DataFrame, rows: Sequence[int], mistakes: Mistakes) -> None:
    """Whoever answered has hung up, unless our own log says that its horizon came first."""
    unfinished = pl.col("outcome").fill_null("") == "unfinished"
    open_ = log.select(pl.col("answered").is_not_null() & pl.col("left").is_null() & ~unfinished).to_series()
    for place in np.flatnonzero(open_.to_numpy()).tolist():
        if not mistakes.are_in(NEEDED, rows[place]):
            mistakes.cell("left", rows[place], "the end of a call that was answered", None)


def _in_order(log: pl.DataFrame, rows: Sequence[int], mistakes: Mistakes) -> None:
    log = log.with_columns(pl.coalesce("transferred", "left").alias("ended"))
    for first, later in ORDER:
        turned = (log[later] < log[first] - CLOSE).fill_null(value=False).to_numpy()
        for place in np.flatnonzero(turned).tolist():
            row = rows[place]
            named = first
            if first == "ended":
                named = "left" if log["transferred"][place] is None else "transferred"
            if not mistakes.are_in((named, later), row):
                found, before = log[later][place], log[named][place]
                mistakes.cell(later, row, f"no sooner than `{named}`", found, f"that is {before:.15g}")
