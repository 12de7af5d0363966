"""A log is added up block by block: the sums are those of the whole, to the last bit, and its arrays are its tables."""

from __future__ import annotations

import math
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from callsim import calllog, columns
from callsim.calllog import RECORDS, Arrays, Chunk, Logs, tables
from callsim.columns import Columns
from callsim.demand import Tape
from callsim.engine import reference
from callsim.estimate import WaitHistogram
from callsim.scenario import Scenario, load
from callsim.seconds import intervals_of, roster_log
from callsim.sums import add_up
from callsim.tally import Bools, Kinds, Tally

SCENARIOS = Path(__file__).parent.parent / "scenarios"
VARIANTS = [
    ("02_shop", "all outsourced"),
    ("04_menu", "a menu that answers at once"),
    ("06_skills", "they help each other"),
    ("07_overflow", "after one ring and when closed"),
    ("08_callbacks", "kept places and calling back"),
    ("11_chat_and_forms", "a third person who chats, three at once"),
]
"""Vendors, menus, transfers, agents of several queues, hours of their own, callbacks, places kept, chats and forms."""


def played(file: str, variant: str) -> tuple[Scenario, list[Chunk]]:
    """Four days of a variant."""
    whole = load(SCENARIOS / f"{file}.yaml").variants[variant]
    scenario = whole.model_copy(update={"calendar": whole.calendar.model_copy(update={"days": 4})})
    return scenario, list(reference.simulate(scenario, Tape(scenario, 1, 0)))


def bits(of: Any) -> Any:
    """Numbers such that equal ones are the same, and missing ones too."""
    if isinstance(of, float):
        return of.hex()
    if isinstance(of, WaitHistogram):
        return of.counts.tolist()
    if isinstance(of, np.ndarray):
        return of.tolist()
    if isinstance(of, tuple):
        return [bits(part) for part in of]
    return {name: bits(part) for name, part in of.items()} if hasattr(of, "items") else of


def as_records(chunks: list[Chunk]) -> list[Chunk]:
    """The same chunks as the compiled engine would write them."""
    logs = ({name: np.array(getattr(chunk, name), of) for name, of in RECORDS.items()} for chunk in chunks)
    return [Chunk(chunk.day, **log) for chunk, log in zip(chunks, logs, strict=True)]


@pytest.mark.parametrize(("file", "variant"), VARIANTS)
def test_sums_are_the_same_however_a_log_is_cut(file: str, variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In blocks of 7 and of 100 rows, from tuples and from records: the very floats, and the same tables."""
    scenario, chunks = played(file, variant)
    whole = tables(scenario, chunks)
    for rows, parts in ((columns.BLOCK, as_records(chunks)), (7, chunks), (100, as_records(chunks))):
        monkeypatch.setattr(columns, "BLOCK", rows)
        logs = tables(scenario, parts)
        assert bits(add_up(scenario, logs)) == bits(add_up(scenario, whole))
        assert_frame_equal(roster_log(scenario, logs), roster_log(scenario, whole), check_exact=True)
        for one, other in zip(logs, whole, strict=True):
            assert_frame_equal(one, other, check_exact=True)


@pytest.mark.parametrize(("file", "variant"), VARIANTS)
def test_the_arrays_of_a_log_are_its_tables(file: str, variant: str) -> None:
    """Column by column: places for names, -1 and NaN for null."""
    scenario, chunks = played(file, variant)
    logs = tables(scenario, chunks)
    for log, table in zip(RECORDS, logs, strict=True):
        names = table.columns[1:]
        found = calllog.arrays(scenario, table.with_columns(pl.col("^slot$").fill_null(-1)), *names)
        for name, column in logs.arrays(log, *names).items():
            np.testing.assert_array_equal(column, found[name], err_msg=f"{log} {name}")


def test_a_table_is_made_when_it_is_first_asked_for() -> None:
    """Then it stays, also when the logs are packed and sent to another process. Other names are refused."""
    logs = tables(*played(*VARIANTS[0]), 3)
    assert "attempts" not in vars(logs)
    attempts = logs.attempts
    assert logs.attempts is attempts
    assert "callers" not in vars(logs)
    again = pickle.loads(pickle.dumps(logs))
    assert_frame_equal(again.attempts, attempts)
    assert_frame_equal(again.callers, logs.callers)
    with pytest.raises(AttributeError, match="'Logs' object has no attribute 'calls'"):
        _ = logs.calls


def test_tables_from_elsewhere_are_logs_too() -> None:
    """A recorded log has no engine's rows behind it."""
    logs = tables(*played(*VARIANTS[0]))
    assert [one is other for one, other in zip(Logs(*logs), logs, strict=True)] == [True] * len(RECORDS)


def test_times_fall_into_the_interval_that_exact_division_says() -> None:
    """On a border, and on the floats before and after it, up to 10^15 s."""
    borders = np.concatenate([np.arange(1.0, 20_000.0), 2.0 ** np.arange(1, 39), 3.0 ** np.arange(1, 24)])
    for interval in (7.0, 60.0, 900.0, 1800.0, 3600.0, 86_400.0):
        times = borders * interval
        for near in (times, np.nextafter(times, 0.0), np.nextafter(times, np.inf)):
            np.testing.assert_array_equal(intervals_of(near, interval), near // interval)


def large(known: Arrays) -> dict[str, Bools]:
    return {"all": np.ones(len(known["ended"]), np.bool_), "large": known["large"], "third": known["ended"] == 3}


def test_rows_are_counted_by_kind_and_lengths_summed() -> None:
    """Two blocks, the second with a kind that the first did not have; rows of no group, and rows outside."""
    kinds = Kinds(("large",), large, "third", "large")
    tally = Tally(
        {"place": 2, "interval": 1},
        kinds=kinds,
        lengths={"sum": ("large", "length"), "rest": ("third", "length")},
        only={"place": ("large", "third", "sum", "rest")},
    )
    first = {"place": [0, 1, -1, 1], "length": [0.5, math.nan, 4.0, 8.0], "large": [1, 1, 1, 0], "inside": [1, 1, 1, 1]}
    second = {"place": [1, 1, 0], "length": [16.0, 32.0, 64.0], "large": [1, 1, 0], "inside": [1, 0, 1]}
    met = []
    for rows, ended in ((first, [0, 0, 0, 0]), (second, [0, 0, 3])):
        log = {name: np.array(values) for name, values in rows.items()} | {"interval": np.zeros(len(ended), np.int32)}
        met.append(kinds.of_rows(np.array(ended), {"large": log["large"] == 1}))
        tally.add(Columns(log, {}), kind=met[-1], inside=log["inside"] == 1)  # type: ignore[arg-type]
    assert [met[0][0] == kind for kind in (*met[0], *met[1])] == [True, True, True, False, True, True, False]
    assert met[1][2] not in met[0]
    assert [kinds.marks[kind] for kind in (met[0][0], met[0][3], met[1][2])] == [2, 0, 1]
    told = {group: dict(zip(tally.names(group), of.tolist(), strict=True)) for group, of in tally.told().items()}
    assert told == {
        "place": {"large": [1.0, 2.0], "third": [1.0, 0.0], "sum": [0.5, 16.0], "rest": [64.0, 0.0]},
        "interval": {"all": [6.0], "large": [4.0], "third": [1.0], "sum": [20.5], "rest": [64.0]},
    }
    tally.clear()
    assert not any(of.any() for of in tally.told().values())
