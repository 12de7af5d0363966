"""The blocks of the README: what they say, and what running them gives. `python tests/readme.py` writes real output."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
MEASURES_PAGE = ROOT / "docs" / "measures.md"
WORTH_PAGE = ROOT / "docs" / "worth.md"
CHANNELS_PAGE = ROOT / "docs" / "channels.md"
BREAKEVEN_PAGE = ROOT / "docs" / "breakeven.md"
COMPARE_PAGE = ROOT / "docs" / "compare.md"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block: `sh` sets up, `yaml` is a scenario, `console` a session, `python` a program with its output."""

    kind: str
    text: str


def blocks() -> list[Block]:
    return [Block(*match.groups()) for match in FENCE.finditer(README.read_text(encoding="utf-8"))]


def run(command: str | list[str], folder: Path) -> str:
    """What a command prints, errors and all, on a page of 100 columns."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    settings = {**os.environ, "PATH": path, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command, shell=isinstance(command, str), cwd=folder, env=settings, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, encoding="utf-8",
    )  # fmt: skip
    return done.stdout


def replayed(block: Block, folder: Path) -> str:
    """A console session with what its commands print now; a program with the output that its comments promise."""
    if block.kind == "console":
        commands = [line[2:] for line in block.text.splitlines() if line.startswith("$ ")]
        return "".join(f"$ {command}\n{run(command, folder)}" for command in commands)
    program = re.sub(r"(?m)^# -> .*\n", "", block.text)
    printed = run([sys.executable, "-c", program], folder)
    return program + "".join(f"# -> {line}\n" for line in printed.splitlines())


def measures_page(text: str) -> str:
    """docs/measures.md with its two tables as the code defines them."""
    from callsim.economics import AMOUNTS
    from callsim.metrics import MEASURES
    from callsim.payroll import LINES

    measures = "".join(f"| `{m.key}` | {m.unit} | {m.better or '-'} | {m.definition} |\n" for m in MEASURES)
    amounts = "".join(f"| `{amount.key}` | {amount.definition} |\n" for amount in AMOUNTS)
    lines = "".join(f"| `{line.key}` | {line.title} | {line.definition} |\n" for line in LINES)
    for heading, rows in (
        ("| key | unit | better | definition |\n", measures),
        ("| key | definition |\n", amounts),
        ("| key | line | definition |\n", lines),
    ):
        text = _with_rows(text, heading, rows)
    return text


def _with_rows(text: str, heading: str, rows: str) -> str:
    """A page with the rows of one of its tables replaced."""
    before, _, after = text.partition(heading)
    rule = after[: after.index("\n") + 1]
    rest = re.sub(r"\A(\|.*\n)*", "", after)
    return before + heading + rule + rows + rest


def channels_page(text: str) -> str:
    """docs/channels.md with its table as the code defines it, and its sessions as they print now."""
    from callsim.channels import FIGURES, PAYBACK

    rows = "".join(
        f"| `{one.key}` | {one.title.strip()} | {one.unit} | {one.definition} |\n" for one in (*FIGURES, PAYBACK)
    )
    return with_sessions(_with_rows(text, "| key | row | unit | definition |\n", rows))


def with_sessions(text: str) -> str:
    """A page with its sessions as they print now."""

    def session(match: re.Match[str]) -> str:
        command = match[1].splitlines()[0]
        return f"```console\n{command}\n{run(command.removeprefix('$ '), ROOT)}```"

    return re.sub(r"^```console\n(.*?)^```$", session, text, flags=re.MULTILINE | re.DOTALL)


def main() -> None:
    """Replace what the README shows by what its commands print now."""
    text = README.read_text(encoding="utf-8")
    for block in blocks():
        if block.kind == "yaml":
            (ROOT / "shop.yaml").write_text(block.text, encoding="utf-8")
        elif block.kind in ("console", "python"):
            text = text.replace(block.text, replayed(block, ROOT))
    (ROOT / "shop.yaml").unlink(missing_ok=True)
    README.write_text(text, encoding="utf-8")
    for page in (WORTH_PAGE, BREAKEVEN_PAGE, COMPARE_PAGE):
        page.write_text(with_sessions(page.read_text(encoding="utf-8")), encoding="utf-8")
    MEASURES_PAGE.write_text(measures_page(MEASURES_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    CHANNELS_PAGE.write_text(channels_page(CHANNELS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
