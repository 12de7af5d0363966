"""A bank's log written by hand, in the columns of the real one, and where the real one lies."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from benchmarks.bank.log import read

ROOT = Path(__file__).parent.parent
LOG = ROOT.parent / "shared" / "data" / "bank-1999" / "february.txt"
needs_log = pytest.mark.skipif(not LOG.exists(), reason="the bank's log has no open licence and is not at hand")

COLUMNS = (
    "vru+line call_id customer_id priority type date vru_entry vru_exit vru_time q_start q_exit q_time "
    "outcome ser_start ser_exit ser_time server"
)
MONDAY, TUESDAY, FRIDAY = "990201", "990202", "990205"


def clock(seconds: int) -> str:
    seconds %= 86_400
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def row(
    dialled: str,
    *,
    outcome: str = "AGENT",
    day: str = MONDAY,
    menu: int = 10,
    wait: int | None = None,
    talk: int | None = None,
    server: str = "NO_SERVER",
    customer: str = "0",
    kind: str = "PS",
) -> str:
    """One line of the log; the talk starts when the wait, or else the menu, ends."""
    hours, minutes, seconds = map(int, dialled.split(":"))
    begun = hours * 3600 + minutes * 60 + seconds
    asked = begun + menu
    left = asked + (wait or 0)
    queue = ("0:00:00", "0:00:00", "0") if wait is None else (clock(asked), clock(left), str(wait))
    service = ("0:00:00", "0:00:00", "0") if talk is None else (clock(left), clock(left + talk), str(talk))
    first = ("AA0101", "1", customer, "0", kind, day, clock(begun), clock(asked), str(menu))
    return "\t".join((*first, *queue, outcome, *service, server))


def written(folder: Path, *rows: str) -> pl.DataFrame:
    """The log of these lines, written and read."""
    path = folder / "log.txt"
    path.write_bytes("\r\n".join((COLUMNS.replace(" ", "\t"), *rows, "")).encode())
    return read(path)


TWO_DAYS = (
    # Monday: ANN talks 08:00:10-08:01:50 and, as a caller waits, again from 08:02:00 to 08:03:00.
    row("8:00:00", talk=100, server="ANN"),
    row("8:01:00", menu=6, wait=54, talk=60, server="ANN", customer="11"),
    # 22 gives up after 30 s and dials again 270 s later; 33 gives up for good, unknown.
    row("8:10:00", menu=6, wait=30, outcome="HANG", customer="22"),
    row("8:15:06", menu=6, wait=20, talk=40, server="BOB", customer="22"),
    row("8:20:00", menu=9, wait=60, outcome="HANG"),
    row("8:40:00", menu=4, outcome="HANG"),
    row("8:41:00", wait=9, outcome="PHANTOM"),
    row("6:59:59", talk=10, server="ANN"),
    # Tuesday: one call over midnight; Friday is no working day.
    row("23:59:40", day=TUESDAY, menu=12, talk=100, server="ANN"),
    row("10:00:00", day=FRIDAY, talk=100, server="ANN"),
)
