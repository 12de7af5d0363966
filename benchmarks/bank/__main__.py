"""The commands of the package: `python -m benchmarks.bank aggregate LOG` and `compare LOG`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.bank.aggregate import aggregate
from benchmarks.bank.compare import compare
from benchmarks.bank.fragments import fragments
from benchmarks.bank.log import read
from benchmarks.bank.page import page
from callsim.scenario import load

SCENARIO = Path(__file__).parent.parent.parent / "scenarios" / "05_bank.yaml"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bank")
    commands = parser.add_subparsers(dest="command", required=True)
    counting = commands.add_parser("aggregate", help="print what scenarios/05_bank.yaml needs")
    comparing = commands.add_parser("compare", help="play scenarios/05_bank.yaml and lay it beside the log")
    for command in (counting, comparing):
        command.add_argument("log", type=Path, help="february.txt")
    comparing.add_argument("--replications", type=int, default=100)
    comparing.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if not given.log.is_file():
        parser.error(f"expected the bank's log, found no file {given.log}")
    log = read(given.log)
    if given.command == "aggregate":
        print(fragments(aggregate(log)), end="")
    elif given.replications < 1:
        parser.error(f"expected at least 1 replication, found {given.replications}")
    else:
        scenario = load(SCENARIO).variants["base"]
        print(page(compare(log, scenario, replications=given.replications, seed=given.seed)), end="")


if __name__ == "__main__":
    main()
