"""Plants faults in the engine and the tape, one at a time, and lists those that no test finds.

    pip install 'mutmut>=3.8,<4'
    python benchmarks/mutants.py run                              all, ten minutes on an idle core
    python benchmarks/mutants.py run 'callsim.engine.rows*'       some, by name
    python benchmarks/mutants.py results                          what no test has found
    python benchmarks/mutants.py show callsim.engine.rows.x_leg_row__mutmut_1

It is mutmut, with its settings in pyproject.toml and more faults: a step left out (a statement that is only a call), a
condition turned round, and faults in columns of the tape, which mutmut passes over as it does all decorated functions.
docs/mutants.md says of each fault that is left why nobody would see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

import libcst as cst
from libcst import matchers
from mutmut.__main__ import cli
from mutmut.mutation import file_mutation
from mutmut.mutation.mutators import mutation_operators
from mutmut.runners.harness import PytestRunner
from mutmut.utils.file_utils import change_cwd

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

    def execute_pytest(self: PytestRunner, params: list[str], *, plugins: Sequence[Any] = ()) -> int:
        return int(execute(self, params, plugins=[*plugins, Keeper()]))

    def run_tests(self: PytestRunner, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        order = sorted(tests)
        if not order or any(arguments(kept[test]) is None for test in order):
            return int(runs(self, mutant_name=mutant_name, tests=order))
        Random(0).shuffle(order)
        with change_cwd("mutants"):
            return int(any(fails(kept[test]) for test in order))

    PytestRunner.execute_pytest, PytestRunner.run_tests = execute_pytest, run_tests


def arguments(item: Any) -> dict[str, Any] | None:
    """Those of a test; None if there are fixtures among them."""
    params: dict[str, Any] = item.callspec.params if hasattr(item, "callspec") else {}
    return params if set(item.fixturenames) <= set(params) else None


def fails(item: Any) -> bool:
    try:
        item.obj(**(arguments(item) or {}))
    except BaseException:  # pytest's own failures are no Exception
        return True
    return False


if __name__ == "__main__":
    mutation_operators += [(cst.Expr, without_step), *((kind, turned_round) for kind in CONDITIONAL)]
    reach_columns()
    keep_tests()
    cli()
