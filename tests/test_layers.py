"""Imports run downwards only, and heavy libraries are known to the one module that owns them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "callsim"

LAYERS = (
    ("cli",),
    ("tables", "channeltables", "summary", "buildup", "planwords", "pricetables", "breakeventables",
     "breakevenwords", "breakevenfigures", "answers", "comparetables", "weakwords", "comparewords", "comparerows",
     "flipwords"),
    ("breakeven", "comparison"),
    ("pricing", "flips", "joining"),
    ("replicate",),
    ("logged",),
    ("engine", "metrics", "sums", "groups", "tally", "counts", "outsourced", "economics", "advertising", "channels", "tariffs",
     "payroll", "waterfall", "worth", "decisions"),
    ("demand", "whatif"),
    ("scenario", "calllog", "columns", "seconds", "recorded", "kept"),
    ("errors", "yamlfile", "yamlreader", "quantities", "laws", "randomness", "estimate", "erlang",
     "value", "contributions"),
)  # fmt: skip
ROW = {module: row for row, modules in enumerate(LAYERS) for module in modules}

OWNERS = {
    "simpy": {"engine.clock"},
    "numba": {"engine.drawing", "engine.linking", "engine.memory"},
    "llvmlite": {"engine.cache", "engine.drawing", "engine.linking", "engine.machine", "engine.memory"},
    "click": {"cli"},
    "rich": {"tables"},
    "yaml": {"yamlreader"},
    "random": set(),
    "numpy.random": {"randomness", "demand"},
}
"""Who may import a library, or a part of it, at all."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """(dotted name inside the package, syntax tree) of every module but the package's own front door."""
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
        if name != "__init__":
            yield name, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a tree imports, also inside functions, under full names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def top(name: str) -> str:
    """`scenario` of `callsim.scenario.timetable.steps`."""
    return name.removeprefix("callsim.").partition(".")[0]


def inner_imports(tree: ast.Module) -> set[str]:
    return {top(name) for name in imported(tree) if name.startswith("callsim.")}


def test_every_module_has_its_place() -> None:
    """A new module is put into the table of layers, or the table is wrong."""
    assert {top(name) for name, _ in modules()} == set(ROW)


def test_imports_run_downwards() -> None:
    """Nothing imports from a row above its own."""
    upwards = {
        f"{name} imports {other}"
        for name, tree in modules()
        for other in inner_imports(tree)
        if ROW[other] < ROW[top(name)]
    }
    assert not upwards


def test_there_is_no_circle() -> None:
    """Inside a row, and inside the packages, modules can be put into an order."""
    graph: dict[str, set[str]] = {}
    names = [name for name, _ in modules()]
    for name, tree in modules():
        targets = {found.removeprefix("callsim.") for found in imported(tree) if found.startswith("callsim.")}
        graph[name] = {
            other for other in names for target in targets if target == other or target.startswith(f"{other}.")
        }
        graph[name] -= {name, *(part for part in names if name.startswith(f"{part}."))}
    list(TopologicalSorter(graph).static_order())


def test_libraries_have_one_home() -> None:
    """Only their owners know simpy, click, rich, yaml and random generators."""
    strangers = {
        f"{name} imports {library}"
        for name, tree in modules()
        for found in imported(tree)
        for library, owners in OWNERS.items()
        if (found == library or found.startswith(f"{library}.")) and name not in owners
    }
    assert not strangers


def test_the_package_is_imported_by_full_names() -> None:
    """`import callsim` inside the package would load the front door from within."""
    assert not [name for name, tree in modules() if "callsim" in set(imported(tree))]


@pytest.mark.parametrize("command", [["--help"], ["check", "--help"], ["worth", "ltv", "--help"]], ids=" ".join)
def test_help_is_light(command: list[str]) -> None:
    """`--help` imports none of numpy, polars and scipy."""
    program = (
        "import sys\n"
        "from callsim.cli import main\n"
        f"try: main({command!r})\n"
        "except SystemExit: pass\n"
        "print({'numpy', 'polars', 'scipy', 'pydantic', 'simpy'} & set(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "Usage:" in done.stdout
    assert done.stderr.strip() == "set()"
