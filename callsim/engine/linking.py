"""One object file of machine code: the functions that Python calls, with all that they call in it.

Numba optimises a function together with all that it calls, and then again with each of its callers: where functions
call functions that call functions, the same code over and over, and each stays something that others may call. Here a
function is only translated. One module takes in all of them, where nobody else can call them: they are optimised once,
and what has one caller is written into it.

Into the module lead doors: functions as C has them, of whole numbers, under plain names. What is left of Numba behind
them is nothing: whoever loads the object file (machine.py) need not load Numba.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from llvmlite import ir
from llvmlite.binding import Linkage
from numba import types
from numba.core.codegen import AOTCodeLibrary, JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.registry import cpu_target

OF_C = {"floor"}
"""Functions that machine code may ask of the process: of the library of C, as LLVM itself does."""
WHOLE = ir.IntType(64)


class _Part(JITCodeLibrary):  # type: ignore[misc]
    """The code of a function as it was translated."""

    def finalize(self) -> None:
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        return self._final_module


class Part(Compiler):  # type: ignore[misc]
    """Numba's compiler for functions that only compiled code calls: Python has no way to them."""

    def compile_extra(self, function: Any) -> Any:
        self.state.library = _Part(self.state.targetctx.codegen(), function.__qualname__)
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True
        # By this its callers find it; Numba asks for a function in C, one for each.
        self.state.targetctx.get_executable = lambda *_: {}.__getitem__
        return super().compile_extra(function)


class _Whole(AOTCodeLibrary):  # type: ignore[misc]
    """The module that takes in all parts, and is compiled."""

    def finalize(self) -> None:
        module = self._final_module
        doors = {function.name for function in module.functions if not function.is_declaration}
        for library in self._called():
            module.link_in(library._get_module_for_linking(), preserve=True)
        for one in (*module.functions, *module.global_variables):
            if not one.is_declaration and one.name not in doors:
                one.linkage = Linkage.internal
        self._optimize_final_module()
        module.verify()
        self._finalized = True

    def _called(self) -> Collection[JITCodeLibrary]:
        """The libraries of all that it calls, at whatever remove."""
        ahead = list(self._linking_libraries)
        found: dict[JITCodeLibrary, None] = {}
        while ahead:
            library = ahead.pop()
            if library not in found:
                found[library] = None
                # Others have taken in already what they call.
                ahead += library._linking_libraries if isinstance(library, _Part) else []
        return found

    def lacking(self) -> list[str]:
        """What it asks of Numba."""
        names = (function.name for function in self._final_module.functions if function.is_declaration)
        return [name for name in names if not name.startswith("llvm.") and name not in OF_C]


def object_file(functions: Mapping[str, Any]) -> bytes:
    """Compile functions of whole numbers, each under a name. Where one of them gives nothing, C is given 0."""
    whole = _Whole(cpu_target.target_context.codegen(), "callsim")
    for name, function in functions.items():
        function.compile((types.int64,) * function.py_func.__code__.co_argcount)
        (translated,) = function.overloads.values()
        whole.add_ir_module(_door(name, translated))
        whole.add_linking_library(translated.library)
    whole.finalize()
    assert not whole.lacking(), f"machine code that cannot run without Numba: {', '.join(whole.lacking())}"
    code: bytes = whole.emit_native_object()
    return code


def _door(name: str, translated: Any) -> ir.Module:
    """A function in C that calls the one that was translated."""
    context, signature = translated.target_context, translated.signature
    module = context.create_module(name)
    door = ir.Function(module, ir.FunctionType(WHOLE, [WHOLE] * len(signature.args)), name)
    builder = ir.IRBuilder(door.append_basic_block())
    inside = context.declare_function(module, translated.fndesc)
    status, found = context.call_conv.call_function(builder, inside, signature.return_type, signature.args, door.args)
    with builder.if_then(status.is_error, likely=False):
        # Numba lets a range of step 0 fail, and there is none. Better no result than a wrong one.
        builder.call(module.declare_intrinsic("llvm.trap", (), ir.FunctionType(ir.VoidType(), ())), ())
        builder.unreachable()
    builder.ret(found if signature.return_type == types.int64 else WHOLE(0))
    return module
