"""A recorded log of calls, Parquet or NDJSON, with the columns of our own log of attempts as far as it has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from callsim.errors import CallsimError
from callsim.scenario.timetable import DAY

NEEDED = {"answered": pl.Float64, "left": pl.Float64}
"""Without these nothing can be billed."""

OTHERS = {
    "dialled": pl.Float64, "asked": pl.Float64, "joined": pl.Float64, "matched": pl.Float64, "transferred": pl.Float64,
    "freed": pl.Float64, "greeted": pl.Float64, "menu_s": pl.Float64, "vendor": pl.String, "kind": pl.String,
    "outcome": pl.String,
}  # fmt: skip

FILLED = {"asked": "answered", "matched": "answered", "freed": "left", "dialled": "asked"}
"""What stands in for an instant that a log does not have: no wait, no ring, no wrap-up."""

LONGEST = 3660
"""Days: a log that is longer has instants of another kind, such as seconds since 1970."""

READERS: dict[str, Callable[[Path], pl.LazyFrame]] = {
    ".parquet": pl.scan_parquet,
    ".ndjson": pl.scan_ndjson,
    ".jsonl": pl.scan_ndjson,
}


def read_attempts(path: Path) -> pl.DataFrame:
    """The attempts of a log, one row each, instants in seconds since the first midnight.

    Columns that are not there are missing throughout. Raises CallsimError with everything that is wrong with the file.
    """
    found = _read(path)
    problems = [f"expected a column `{name}` of seconds, found none" for name in NEEDED if name not in found.columns]
    casts = {}
    for name, kind in (NEEDED | OTHERS).items():
        if name in found.columns:
            if kind == pl.Float64 and not (found[name].dtype.is_numeric() or found[name].dtype == pl.Null):
                problems.append(f"expected seconds in the column `{name}`, found {found[name].dtype}")
            else:
                casts[name] = kind
    if problems:
        raise CallsimError("\n".join(f"{path}: {problem}" for problem in problems))
    missing = [pl.lit(None, kind).alias(name) for name, kind in OTHERS.items() if name not in found.columns]
    events = [name for name in found.columns if name.startswith("event_")]
    filled = found.with_columns(pl.col(name).cast(kind) for name, kind in casts.items()).with_columns(missing)
    for name, instead in FILLED.items():
        filled = filled.with_columns(pl.coalesce(name, instead).alias(name))
    _checked(path, filled)
    return filled.select(*NEEDED, *OTHERS, *events)


def _read(path: Path) -> pl.DataFrame:
    if path.is_dir():
        inside = [path / f"attempts{suffix}" for suffix in READERS]
        path = next((one for one in inside if one.is_file()), inside[0])
    if not path.is_file():
        raise CallsimError(f"{path}: there is no such file")
    if path.suffix not in READERS:
        known = ", ".join(READERS)
        raise CallsimError(f"{path}: expected a log of calls ({known}), found `{path.suffix or path.name}`")
    try:
        scan = READERS[path.suffix](path)
        known_columns = scan.collect_schema().names()
        wanted = [name for name in known_columns if name in NEEDED | OTHERS or name.startswith("event_")]
        return scan.select(wanted).collect()
    except (pl.exceptions.PolarsError, OSError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise CallsimError(f"{path}: the log cannot be read: {first}") from None


def _checked(path: Path, log: pl.DataFrame) -> None:
    """Instants that cannot be: before the first midnight, decades after it, or an end before its beginning."""
    problems = []
    for name in ("dialled", "asked", "matched", "answered", "left", "freed"):
        times = log[name].drop_nulls().to_numpy()
        if len(times) and not 0.0 <= float(np.min(times)) <= float(np.max(times)) <= LONGEST * DAY:
            problems.append(f"expected `{name}` in seconds since the first midnight, of at most {LONGEST} days")
    for name, later in (("answered", "left"), ("matched", "answered"), ("left", "freed")):
        turned = log.filter((pl.col(later) < pl.col(name)) & pl.col("answered").is_not_null()).height
        if turned and (name, later) != ("left", "freed"):
            problems.append(f"expected `{later}` no sooner than `{name}`, found {turned} calls the other way round")
    if not log["answered"].count():
        problems.append("expected calls that were answered, found none")
    if problems:
        raise CallsimError("\n".join(f"{path}: {problem}" for problem in problems))
