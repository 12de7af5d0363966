"""One module of machine code for each function that Python calls, with all that it calls in it.

Numba optimises a function together with all that it calls, and then again with each of its callers: where functions
call functions that call functions, the same code over and over, and each stays something that others may call. Here a
part is only translated. The function that Python calls takes all parts into its own module, where nobody else can call
them: they are optimised once, and what has one caller is written into it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler


class _Part(JITCodeLibrary):
    """The code of a function that only compiled code calls, as it was translated."""

    def finalize(self) -> None:
        self._finalized = True

    def _get_module_for_linking(self) -> Any:
        return self._final_module


class _Whole(JITCodeLibrary):
    """The code of a function that Python calls."""

    def finalize(self) -> None:
        own = {function.name for function in self._final_module.functions}
        for library in self._called():
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        for function in self._final_module.functions:
            if not function.is_declaration and function.name not in own:
                function.linkage = "internal"
        self._linking_libraries = []
        super().finalize()

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


class _Into(Compiler):  # type: ignore[misc]
    """Numba's compiler, with the code of a function in a library of our own."""

    library: type[JITCodeLibrary]

    def compile_extra(self, function: Any) -> Any:
        self.state.library = self.library(self.state.targetctx.codegen(), function.__qualname__)
        self.state.library.enable_object_caching()
        return super().compile_extra(function)


class ForPython(_Into):
    """Compiles a function that Python calls."""

    library = _Whole


class ForCompiled(_Into):
    """Compiles a function that only compiled code calls: Python has no way to it."""

    library = _Part

    def compile_extra(self, function: Any) -> Any:
        self.state.flags.no_cpython_wrapper = True
        self.state.flags.no_cfunc_wrapper = True
        # By this its callers find it; Numba asks for a function in C, one for each.
        self.state.targetctx.get_executable = lambda *_: {}.__getitem__
        return super().compile_extra(function)
