"""The bank's log becomes rows: which calls count, and what the log's texts mean.

* A working day is Sunday to Thursday, 07:00 to 24:00 by the second of the dial; the rest is left out.
* PHANTOM rows are left out: the description published with the log calls them virtual calls to be ignored.
* TT rows are calls that the bank itself returned to customers who had left a message. They occupy agents like any
  other and stay in, but not in what is measured from the dial (prompt, pick-up, redials, time until the answer):
  nobody dialled, and they hear no menu.
* A half-hour of one day in which at least ten callers, and over a quarter of all, hung up in the menu is a fault of
  the lines, not a habit of callers: left out. In the daily totals the mean of the other days stands for it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

DAY, HALF_HOUR = 86_400, 1_800
OPENS, CLOSES = 7 * 3_600, DAY
HALF_HOURS = range(OPENS // HALF_HOUR, CLOSES // HALF_HOUR)
SUNDAY_TO_THURSDAY = (7, 1, 2, 3, 4)
FAULT_COUNT, FAULT_SHARE = 10, 0.25

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _seconds(column: str) -> pl.Expr:
    parts = pl.col(column).str.strip_chars().str.split(":")
    hours, minutes, seconds = (parts.list.get(place).cast(pl.Int64) for place in range(3))
    return hours * 3_600 + minutes * 60 + seconds


def _after(time: pl.Expr, start: pl.Expr) -> pl.Expr:
    """A clock time that lies half a day before the dial belongs to the next day."""
    return pl.when(time + DAY // 2 < start).then(time + DAY).otherwise(time)


def read(path: str | Path) -> pl.DataFrame:
    """Read the log, one row per attempt, times in seconds since midnight of the day of the dial.

    asked_s, wait_s are missing for whoever never queued; answered_s, talk_s for whoever was never answered.
    Outcomes: answered, abandoned (in the queue), abandoned_menu, phantom.
    """
    text = pl.read_csv(path, separator="\t", infer_schema=False)
    queued = _seconds("q_start") > 0
    served = _seconds("ser_start").gt(0) | _seconds("ser_time_text").gt(0)
    text = text.with_columns(ser_time_text=pl.lit("0:0:") + pl.col("ser_time").str.strip_chars())
    dialled = _seconds("vru_entry")
    whole = {name: pl.col(name).str.strip_chars().cast(pl.Int64) for name in ("vru_time", "q_time", "ser_time")}
    return text.select(
        day=pl.lit("19").add(pl.col("date")).str.to_date("%Y%m%d"),
        kind=pl.col("type").str.strip_chars(),
        customer=_unless(pl.col("customer_id").str.strip_chars(), "0"),
        server=_unless(pl.col("server").str.strip_chars(), "NO_SERVER"),
        dialled_s=dialled,
        menu_s=whole["vru_time"],
        asked_s=pl.when(queued).then(_after(_seconds("q_start"), dialled)),
        wait_s=pl.when(queued).then(whole["q_time"]),
        answered_s=pl.when(served).then(_after(_seconds("ser_start"), dialled)),
        talk_s=pl.when(served).then(whole["ser_time"]),
        outcome=_outcome(queued),
        half_hour=dialled // HALF_HOUR,
    )


def _unless(column: pl.Expr, missing: str) -> pl.Expr:
    return pl.when(column != missing).then(column)


def _outcome(queued: pl.Expr) -> pl.Expr:
    said = pl.col("outcome").str.strip_chars()
    return (
        pl.when(said == "PHANTOM").then(pl.lit("phantom"))
        .when(said == "AGENT").then(pl.lit("answered"))
        .when(queued).then(pl.lit("abandoned"))
        .otherwise(pl.lit("abandoned_menu"))
    )  # fmt: skip


def working_hours(log: pl.DataFrame) -> pl.DataFrame:
    """The attempts that count, without phantoms; `faulty` are those dialled while the lines were broken."""
    rows = log.filter(
        pl.col("day").dt.weekday().is_in(SUNDAY_TO_THURSDAY)
        & pl.col("dialled_s").is_between(OPENS, CLOSES, closed="left")
        & (pl.col("outcome") != "phantom")
    )
    hung_up = (pl.col("outcome") == "abandoned_menu").sum().over("day", "half_hour")
    everyone = pl.len().over("day", "half_hour")
    return rows.with_columns(faulty=(hung_up >= FAULT_COUNT) & (hung_up > FAULT_SHARE * everyone))


def faults(rows: pl.DataFrame) -> pl.DataFrame:
    """The faulty half-hours of days, in their order: columns day, half_hour."""
    return rows.filter("faulty").select("day", "half_hour").unique().sort("day", "half_hour")


def half_hour_means(rows: pl.DataFrame) -> dict[int, float]:
    """Attempts per half-hour, mean over the days on which that half-hour had no fault."""
    days = rows["day"].n_unique()
    counts = rows.filter(~pl.col("faulty"))["half_hour"].to_numpy()
    broken = faults(rows)["half_hour"].to_numpy()
    return {half: float((counts == half).sum()) / max(days - int((broken == half).sum()), 1) for half in HALF_HOURS}


def queue_waits(rows: pl.DataFrame) -> tuple[Floats, NDArray[np.bool_]]:
    """Waits of all who got past the menu, and whether they left; answered at once is a wait of 0."""
    past = rows.filter(pl.col("outcome") != "abandoned_menu")
    waits = past["wait_s"].fill_null(0).cast(pl.Float64).to_numpy()
    return waits, (past["outcome"] == "abandoned").to_numpy()


def clock(half_hour: int) -> str:
    """`09:30` of half-hour 19."""
    return f"{half_hour // 2:02}:{half_hour % 2 * 30:02}"
