"""The functions of the compiled engine that Python calls, as machine code.

Only to compile them Numba is needed: code that is kept from a former run (cache.py) is loaded in some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from ctypes import CFUNCTYPE, c_int64
from functools import cache

from callsim.engine.cache import keep, kept

Function = Callable[..., int]


class Machine:
    """The functions, which say in kernel.py, counting.py and drawing.py what they do.

    They take whole numbers, most of them addresses; those that return nothing give 0 here. Python's other threads run
    on meanwhile.
    """

    def __init__(self, code: bytes) -> None:
        from llvmlite import binding

        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        target = binding.Target.from_default_triple().create_target_machine(jit=True)
        self._loaded = binding.create_mcjit_compiler(binding.parse_assembly(""), target)
        """The code stands in memory as long as this does."""
        self._loaded.add_object_file(binding.ObjectFileRef.from_data(code))
        self._loaded.finalize_object()
        self.play = self._function("play", 2)
        self.count_attempts = self._function("count_attempts", 4)
        self.count_callers = self._function("count_callers", 4)
        self.draw_columns = self._function("draw_columns", 3)
        self.draw_dials = self._function("draw_dials", 2)
        self.merge_dials = self._function("merge_dials", 8)

    def _function(self, name: str, numbers: int) -> Function:
        """A function of so many numbers."""
        place = self._loaded.get_function_address(symbol(name))
        assert place, f"{name} is not in the machine code"
        return CFUNCTYPE(c_int64, *[c_int64] * numbers)(place)


def symbol(name: str) -> str:
    """Under which name a function stands in the object file."""
    return f"callsim_{name}"


@cache
def code() -> Machine:
    """The machine code: that of a former run, else compiled now."""
    found = kept()
    if found is None:
        found = _compiled()
        keep(found)
    return Machine(found)


def is_loaded() -> bool:
    return code.cache_info().currsize > 0


def _compiled() -> bytes:
    from callsim.engine import counting, drawing, kernel
    from callsim.engine.linking import object_file

    functions = (
        kernel.play, counting.count_attempts, counting.count_callers,
        drawing.draw_columns, drawing.draw_dials, drawing.merge_dials,
    )  # fmt: skip
    return object_file({symbol(function.__name__): function for function in functions})
