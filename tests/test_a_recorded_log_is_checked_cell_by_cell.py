"""A log of calls is refused with every mistake in it, by row and column; what is read of it is said."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from callsim.cli import main
from callsim.errors import CallsimError
from callsim.recorded import READ, SHOWN, read_attempts
from callsim.replicate import play
from callsim.scenario import load

ROOT = Path(__file__).parent.parent
CALL = {"answered": 10, "left": 20}


def written(folder: Path, *rows: object) -> Path:
    file = folder / "log.ndjson"
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def price(file: Path, *arguments: str) -> Result:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return CliRunner().invoke(main, ["price", "--log", str(file), "--plans", "us", *arguments])


CELLS: list[tuple[dict[str, Any], str]] = [
    ({"event_order": "many"}, "column `event_order`: expected a number, found `many`"),
    ({"event_order": [1]}, "column `event_order`: expected a number, found `[1]`"),
    ({"event_order": True}, "column `event_order`: expected a number, found `true`"),
    ({"event_order": 1e300}, "column `event_order`: expected a whole number from 0 to 1000000, found `1e+300`"),
    ({"event_order": -4}, "column `event_order`: expected a whole number from 0 to 1000000, found `-4`"),
    ({"event_order": 2.5}, "column `event_order`: expected a whole number from 0 to 1000000, found `2.5`"),
    ({"kind": ["x"]}, 'column `kind`: expected a text, found `["x"]`'),
    ({"vendor": ["a"]}, 'column `vendor`: expected a text, found `["a"]`'),
    ({"kind": "Junk"}, "column `kind`: expected one of `new`, `existing`, `service`, `junk`, found `Junk`: did you mean"),
    ({"outcome": "voicemails"}, "found `voicemails`: did you mean `voicemail`?"),
    ({"menu_s": 1e300}, "column `menu_s`: expected seconds from 0 to those of 3660 days, found `1e+300`"),
    ({"menu_s": -2}, "column `menu_s`: expected seconds from 0 to those of 3660 days, found `-2`"),
    ({"left": None}, "column `left`: expected the end of a call that was answered, found nothing"),
    ({"left": "soon"}, "column `left`: expected a number, found `soon`"),
    ({"left": 5}, "column `left`: expected no sooner than `answered`, found `5`: that is 10"),
    ({"freed": 15}, "column `freed`: expected no sooner than `left`, found `15`: that is 20"),
    ({"dialled": 12}, "column `answered`: expected no sooner than `dialled`, found `10`: that is 12"),
    ({"transferred": 5}, "column `transferred`: expected no sooner than `answered`, found `5`: that is 10"),
    ({"transferred": 25}, "column `left`: expected no sooner than `transferred`, found `20`: that is 25"),
    ({"answered": 1.7e9}, "found `1700000000`: seconds since 1970? Take those of the log's first midnight away"),
    ({"left": 1.7e12}, "first midnight away, and divide by 1000"),
    ({"asked": float("inf")}, "column `asked`: expected seconds since the first midnight"),
    ({"asked": 10**400}, "column `asked`: expected a number, found `1000"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), CELLS, ids=[message[:60] for _, message in CELLS])
def test_a_cell_that_cannot_be(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    """Its row, column, what was expected and what was found; one line, no warning, exit code 2."""
    done = price(written(tmp_path, CALL, CALL | change))
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert "log.ndjson: row 2, " in line
    assert message in line


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    """Lines that are no calls, kinds of values, ranges and orders, by row; empty lines are rows of the file too."""
    done = price(written(tmp_path, CALL, "", "x", {"answered": 10}, CALL | {"kind": "Junk", "menu_s": "long"}))
    assert done.exit_code == 2
    rows = [line.split("log.ndjson: ")[1].split(":")[0] for line in done.stderr.splitlines()]
    assert rows == ["row 3", "row 4, column `left`", "row 5, column `kind`", "row 5, column `menu_s`"]


def test_the_same_mistake_in_many_rows_is_told_once_more(tmp_path: Path) -> None:
    """Some rows are named, the others counted."""
    done = price(written(tmp_path, *[CALL | {"kind": "Junk"}] * 500))
    lines = done.stderr.splitlines()
    assert len(lines) == SHOWN + 1
    assert lines[-1].endswith(f"row {SHOWN}, column `kind`: and {500 - SHOWN} more like it in the rows below")


def test_parquet_is_checked_too(tmp_path: Path) -> None:
    """By its types, and by its values."""
    file = tmp_path / "log.parquet"
    frame = pl.DataFrame({"answered": [10.0, 20.0], "left": [20.0, None], "freed": [20.0, float("nan")]})
    frame.with_columns(event_order=pl.Series([[1], [2]]), kind=pl.Series([1.5, 2.5])).write_parquet(file)
    done = price(file)
    assert done.exit_code == 2
    for message in (
        "expected numbers in the column `event_order`, found List(Int64)",
        "expected text in the column `kind`, found Float64",
        "row 2, column `left`: expected the end of a call",
        "row 2, column `freed`: expected seconds since the first midnight, at most those of 3660 days, found `nan`",
    ):
        assert message in done.stderr


def test_instants_may_be_rounded_to_thousandths(tmp_path: Path) -> None:
    """Then one may come a little before what it followed."""
    assert price(written(tmp_path, {"dialled": 10.0004, "answered": 10, "left": 20})).exit_code == 0


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    """With a did-you-mean for one that looks like a column that is missing."""
    done = price(written(tmp_path, CALL | {"hold_s": 3, "dialed": 5}))
    text = " ".join(done.stdout.split())
    assert "columns of the log that are not read: `hold_s`, `dialed` (did you mean `dialled`?)" in text
    refused = price(written(tmp_path, {"anserwed": 10, "left": 20}))
    assert "expected a column `answered` of seconds, found none; did you mean `anserwed`?" in refused.stderr


@pytest.mark.parametrize("start", ["9999-12-31", "0001-01-01"])
def test_a_log_begins_in_our_times(tmp_path: Path, start: str) -> None:
    """Far enough from the ends of the computer's calendar."""
    done = price(written(tmp_path, CALL), "--start", start)
    assert done.exit_code == 2
    assert done.stderr == f"--start: expected a date between 1900 and 2100, found `{start}`\n"


@pytest.mark.parametrize("name", ["04_menu", "06_skills", "07_overflow", "08_callbacks"])
def test_our_own_log_is_in_order(tmp_path: Path, name: str) -> None:
    """Menus, transfers, kept places, calls that the horizon cuts: nothing in them is refused or left unmentioned."""
    for number, scenario in enumerate(load(ROOT / f"scenarios/{name}.yaml").variants.values()):
        file = tmp_path / f"{number}.parquet"
        attempts = play(scenario, 1, 0).attempts
        attempts.write_parquet(file)
        found = read_attempts(file)
        assert found.unread == ()
        assert found.attempts["answered"].equals(attempts["answered"])


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), st.lists(st.integers(), max_size=2),
    st.floats(0, 1e5), st.sampled_from(["junk", "voicemail"]),
)  # fmt: skip
COLUMNS = st.sampled_from([*READ, "event_order", "event_", "other"])


@given(rows=st.lists(st.one_of(st.dictionaries(COLUMNS, VALUES, max_size=6), st.text(max_size=6)), max_size=5))
def test_no_line_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, rows: list[object]) -> None:
    """Any lines are calls or one CallsimError."""
    file = written(
        tmp_path_factory.mktemp("any"),
        *(row.encode("utf-8", "replace").decode() if isinstance(row, str) else row for row in rows),
    )
    try:
        found = read_attempts(file)
    except CallsimError as error:
        assert str(file) in str(error)
        return
    assert found.attempts["answered"].count()
