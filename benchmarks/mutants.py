"""Plants faults in the engines and the tape, one at a time, and lists those that no test finds.

    pip install 'mutmut>=3.8,<4'
    python benchmarks/mutants.py run                              all: hours
    python benchmarks/mutants.py run --every 8                    every eighth, half an hour on an idle core
    python benchmarks/mutants.py run 'callsim.engine.rows*'       some, by name
    python benchmarks/mutants.py results                          what no test has found, and what was not tried
    python benchmarks/mutants.py show callsim.engine.rows.x_leg_row__mutmut_1
    python benchmarks/mutants.py kernel --every 40                the compiled engine, half a minute for each fault

It is mutmut, with its settings in pyproject.toml and more faults: a step left out (a statement that is only a call), a
condition turned round, and faults in columns of the tape, which mutmut passes over as it does all decorated functions.
A fault that the days computed by hand do not find is played on numbered cases against the compiled engine.

mutmut cannot reach machine code. `kernel` plants faults of the same kinds in a copy of the package, one at a time,
compiles it, and plays the numbered cases and then the days computed by hand against the SimPy engine until the logs
differ.
docs/mutants.md says of each fault that is left why nobody would see it.
"""

from __future__ import annotations

import ast
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any, NamedTuple, NoReturn

import click
import libcst as cst
import mutmut.__main__ as mutmut_main
from libcst import matchers
from mutmut.__main__ import cli
from mutmut.mutation import file_mutation
from mutmut.mutation.mutators import mutation_operators
from mutmut.runners.harness import PytestRunner
from mutmut.utils.file_utils import change_cwd

ROOT = Path(__file__).parent.parent
CASES = 300
"""Numbered cases of tests/agreement.py on which both engines must agree."""
LONGEST = 10.0
"""Seconds of work after which a test hangs: none takes one."""
MEMORY = 6 << 30
"""Bytes: an endless loop may also write."""
KILLED, SURVIVED, TIMED_OUT = 1, 0, 36
"""What mutmut calls so."""

CONDITIONAL = (cst.If, cst.While, cst.IfExp, cst.CompIf)
PLAIN = (cst.Name, cst.Attribute, cst.Call, cst.BooleanOperation, cst.NamedExpr)


def without_step(node: cst.Expr) -> Iterable[cst.CSTNode]:
    """`self.free_line(call)` is left out."""
    if isinstance(node.value, cst.Call):
        yield cst.Pass()


def turned_round(node: Any) -> Iterable[cst.CSTNode]:
    """`if rule.also:` becomes `if not rule.also:`. The opposites of comparisons and of `not` are among mutmut's own."""
    if isinstance(node.test, PLAIN):
        test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))


def reach_columns() -> None:
    """Mutate functions under `cached_property`: the copies of such a function go without it."""
    visitor, arranged = file_mutation.MutationVisitor, file_mutation.function_trampoline_arrangement
    skips = visitor._skip_node_and_children

    def skip(self: Any, node: cst.CSTNode) -> bool:
        return not is_column(node) and bool(skips(self, node))

    def arrange(function: cst.FunctionDef, mutants: Any, class_name: str | None) -> tuple[Sequence[Any], ...]:
        declared, (trampoline, *copies), assigned, names = arranged(function, mutants, class_name)
        if is_column(function):
            copies = [copy.with_changes(decorators=[]) for copy in copies]
        return declared, [trampoline, *copies], assigned, names

    visitor._skip_node_and_children = skip
    file_mutation.function_trampoline_arrangement = arrange


def is_column(node: cst.CSTNode) -> bool:
    decorator = matchers.Decorator(matchers.Name("cached_property"))
    return bool(matchers.matches(node, matchers.FunctionDef(decorators=[decorator])))


def keep_tests() -> None:
    """Each fault is tried in a fork of this process, which has collected the tests: call them without a new pytest.

    In a shuffled order, for most faults are found by many tests, and seldom by the shortest.
    """
    kept: dict[str, Any] = {}
    execute, runs = PytestRunner.execute_pytest, PytestRunner.run_tests

    class Keeper:
        def pytest_collection_finish(self, session: Any) -> None:
            kept.update({item.nodeid: item for item in session.items})
            # Once for all forks, and not in the first test that happens to need it.
            import_module("callsim.engine").load()

    def execute_pytest(self: PytestRunner, params: list[str], *, plugins: Sequence[Any] = ()) -> int:
        return int(execute(self, params, plugins=[*plugins, Keeper()]))

    def run_tests(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        order = sorted(tests)
        if not order or any(arguments(kept[test]) is None for test in order):
            return int(runs(self, mutant_name=mutant_name, tests=order))
        Random(0).shuffle(order)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        signal.signal(signal.SIGVTALRM, _hang)
        of_engine = mutant_name is not None and mutant_name.startswith("callsim.engine")
        plays = [_player(number) for number in range(CASES)] if of_engine else []
        with change_cwd("mutants"):
            found = map(tried, [*(_caller(kept[test]) for test in order), *plays])
            return next(filter(None, found), SURVIVED)

    PytestRunner.execute_pytest, PytestRunner.run_tests = execute_pytest, run_tests


class HangError(BaseException):
    """No Exception: an engine could catch that."""


def _hang(*_: Any) -> NoReturn:
    raise HangError


def tried(play: Callable[[], None]) -> int:
    """What became of a fault in one test or one case."""
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST)
    try:
        play()
    except HangError:
        return TIMED_OUT
    except BaseException:  # pytest's own failures are no Exception
        return KILLED
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.0)
    return SURVIVED


def _caller(item: Any) -> Callable[[], None]:
    return lambda: item.obj(**(arguments(item) or {}))


def _player(number: int) -> Callable[[], None]:
    def play() -> None:
        agreement = import_module("agreement")
        found = agreement.disagreement(*agreement.numbered(number).read())
        assert found is None, found

    return play


def arguments(item: Any) -> dict[str, Any] | None:
    """Those of a test; None if there are fixtures among them."""
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return params if set(item.fixturenames) <= set(params) else None


# Every so many-th fault only.


def sample(_: Any, __: Any, every: int) -> None:
    """By file, and there in mutmut's order."""
    collected = mutmut_main.collect_source_file_mutation_data

    def collect(*, mutant_names: Any) -> tuple[Any, Any]:
        mutants, files = collected(mutant_names=mutant_names)
        return sorted(mutants, key=lambda mutant: str(mutant[0].path))[::every], files

    mutmut_main.collect_source_file_mutation_data = collect


EVERY = click.Option(
    ["--every"], type=int, default=1, help="The first of every so many.", expose_value=False, callback=sample
)


# The compiled engine.

MODULES = ("kernel", "waiting", "book", "counting")
SECONDS = 200
"""Of work, to compile and play everything: it takes a quarter."""
AGREEMENT = "tests/test_engines_agree_to_the_last_bit.py::test_engines_agree_"
HEAPS = [f"{AGREEMENT}where_the_queues_of_a_team_stand_in_a_heap", f"{AGREEMENT}on_a_team_of_many_queues"]
"""Few of the numbered cases have a team of so many queues."""
PLAY = f"""
import resource
from pathlib import Path
import pytest
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from callsim import engine
from tests.agreement import disagreement, numbered
engine.load()
print("compiled", flush=True)
for number in range({CASES}):
    found = disagreement(*numbered(number).read())
    if found:
        print(f"case {{number}}: {{found.splitlines()[0]}}", flush=True)
        break
else:
    days = [*map(str, sorted(Path("tests").glob("*_go_as_computed_by_hand.py"))), "tests/test_ties_go_by_the_table.py"]
    days += ["tests/test_machine_code_counts_the_same.py", *{HEAPS!r}]
    found = pytest.main(["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-n0", *days])
    print("a day computed by hand" if found else "survived", flush=True)
"""
OPPOSITES: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Fault(NamedTuple):
    """A fault in a module of the compiled engine."""

    module: str
    function: str
    line: int
    tree: ast.Module
    statement: ast.stmt
    change: Callable[[], None]
    """Plants it in the tree, and takes it back when it is called again."""

    def __str__(self) -> str:
        before = ast.unparse(self.statement).splitlines()[0]
        self.change()
        after = ast.unparse(self.statement).splitlines()[0]
        self.change()
        return f"{self.module}.{self.function}:{self.line} | {before} | {after}"

    @property
    def text(self) -> str:
        """The whole module with it."""
        self.change()
        text = ast.unparse(self.tree)
        self.change()
        return text


def faults(module: str) -> Iterator[Fault]:
    """All faults of a module, by function."""
    tree = ast.parse((ROOT / "callsim" / "engine" / f"{module}.py").read_text())
    for function in (node for node in tree.body if isinstance(node, ast.FunctionDef)):
        for statement in (node for node in ast.walk(function) if isinstance(node, ast.stmt) and node is not function):
            for change in changes(statement):
                yield Fault(module, function.name, statement.lineno, tree, statement, change)


Change = Callable[[], None]


def changes(statement: ast.stmt) -> Iterator[Change]:
    """The faults of one statement, without those of the statements in it."""
    yield from left_out(statement)
    inner = [node for node in ast.iter_child_nodes(statement) if not isinstance(node, ast.stmt)]
    for node in (node for one in inner for node in ast.walk(one)):
        yield from of_node(node)
    if isinstance(statement, ast.AugAssign) and type(statement.op) in OPPOSITES:
        yield swap(statement, "op", OPPOSITES[type(statement.op)]())


def of_node(node: ast.AST) -> Iterator[Change]:
    """A comparison, a sum, a joint condition turned into its opposite; 0 instead of 1, and 1 of 0."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in OPPOSITES:
        yield swap(node, "ops", [OPPOSITES[type(node.ops[0])]()])
    if isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in OPPOSITES:
        yield swap(node, "op", OPPOSITES[type(node.op)]())
    if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value in (0, 1):
        yield swap(node, "value", 1 - node.value)


def left_out(statement: ast.stmt) -> Iterator[Change]:
    """A step, a note in a record, or a way out is left out; a condition is turned round."""
    match statement:
        case ast.Expr(value=ast.Call()):
            yield swap(statement, "value", ast.Constant(None))
        case ast.Assign(targets=[ast.Attribute()]) | ast.AugAssign(target=ast.Attribute()):
            yield into_nothing(statement)
        case ast.Return(value=None):
            yield into_nothing(statement)
        case ast.If() | ast.While():
            if not isinstance(statement.test, ast.Compare):
                yield swap(statement, "test", ast.UnaryOp(ast.Not(), statement.test))


def swap(node: ast.AST, field: str, other: Any) -> Change:
    kept = [other]

    def change() -> None:
        here = getattr(node, field)
        setattr(node, field, kept[0])
        kept[0] = here

    return change


def into_nothing(statement: ast.stmt) -> Change:
    """The statement becomes `pass` where it stands."""
    kept: list[Any] = [ast.Pass]

    def change() -> None:
        kept[0], statement.__class__ = statement.__class__, kept[0]

    return change


@click.command()
@click.option("--every", type=int, default=40, show_default=True, help="The first of every so many.")
@click.option("--only", type=int, multiple=True, help="The number of one fault.")
@click.option("--list", "lists", is_flag=True, help="Say which, and plant none.")
def kernel(every: int, only: tuple[int, ...], *, lists: bool) -> None:
    """Plant faults in the compiled engine, and play the numbered cases on each."""
    planted = [fault for module in MODULES for fault in faults(module)]
    numbers = list(only) or range(0, len(planted), every)
    click.echo(f"{len(planted)} faults, {len(numbers)} of them planted")
    for number in numbers:
        fault = planted[number]
        click.echo(f"{number} {fault}{'' if lists else f' | {outcome(fault)}'}")


def outcome(fault: Fault) -> str:
    """Caught by which case, by a crash or by a hang; or not caught, or not compiled."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("callsim", "tests", "scenarios", "docs"):
            shutil.copytree(ROOT / name, Path(folder, name), ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", folder)
        Path(folder, "callsim", "engine", f"{fault.module}.py").write_text(fault.text)
        settings = os.environ | {"PYTHONPATH": folder, "NUMBA_CACHE_DIR": folder}
        command = [sys.executable, "-W", "ignore", "-c", PLAY]
        done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, check=False)
    said, trouble = done.stdout.splitlines(), (done.stderr.strip().splitlines() or ["?"])[-1]
    if not said:
        return f"not compiled: {trouble}"
    if done.returncode == -signal.SIGXCPU:
        return "hangs"
    if done.returncode:
        return f"crashes: {trouble if done.returncode > 0 else signal.Signals(-done.returncode).name}"
    return next((line for line in said if line.startswith("FAILED")), said[-1])


if __name__ == "__main__":
    mutation_operators += [(cst.Expr, without_step), *((kind, turned_round) for kind in CONDITIONAL)]
    reach_columns()
    keep_tests()
    cli.commands["run"].params.append(EVERY)
    cli.add_command(kernel)
    cli()
