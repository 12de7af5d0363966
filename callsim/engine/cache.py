"""Where the compiled engine's machine code is kept between runs: a file for each processor. Knows no Numba: it is asked
before that is loaded, and in most runs instead."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from shutil import rmtree

HERE = Path(__file__).parent
_NAMES = ("book", "counting", "drawing", "kernel", "linking", "machine", "memory", "order", "records", "waiting")
SOURCES = (*(HERE / f"{name}.py" for name in _NAMES), HERE.parent / "calllog.py")
"""All that the machine code is made of, or that tells how it is called."""
DIGEST = sha256().digest_size
"""Bytes in front of the code, by which it is known to be whole."""


@cache
def numba_version() -> str | None:
    """None where Numba is not installed: then there is no compiled engine."""
    return _version("numba")


@cache
def folder() -> Path | None:
    """The folder of this very code, made if it is not there; None where nothing can be written.

    Beside the package, else in the user's cache, else among the temporary files; NUMBA_CACHE_DIR goes before all.
    """
    name = f"callsim-{_fingerprint()}"
    return next((found for place in _places() if (found := _made(place, name)) is not None), None)


def is_compiled() -> bool:
    """Whether a former run has left machine code, as far as can be told without looking at it and at the processor."""
    found = folder()
    return found is not None and any(found.glob("*.o"))


def kept() -> bytes | None:
    """The object file that a former run has left for this processor, if it is whole."""
    file = _file()
    try:
        found = file.read_bytes() if file else b""
    except OSError:
        return None
    digest, code = found[:DIGEST], found[DIGEST:]
    return code if sha256(code).digest() == digest else None


def keep(code: bytes) -> None:
    """Keep an object file where that is possible. Whoever reads at the same time finds all of one or nothing."""
    file = _file()
    if file is not None:
        with suppress(OSError), tempfile.TemporaryDirectory(dir=file.parent) as beside:
            written = Path(beside, file.name)
            written.write_bytes(sha256(code).digest() + code)
            written.replace(file)


def _file() -> Path | None:
    found = folder()
    return None if found is None else found / f"{_processor()}.o"


def _processor() -> str:
    """The processor that code is compiled for: the one that Numba is told of, or this one."""
    name, features = os.environ.get("NUMBA_CPU_NAME"), os.environ.get("NUMBA_CPU_FEATURES")
    if name == "generic":
        # To Numba that is one without features.
        features = features or ""
    if name is None or features is None:
        from llvmlite import binding

        name = name or binding.get_host_cpu_name()
        features = binding.get_host_cpu_features().flatten() if features is None else features
    return sha256(f"{name} {features}".encode()).hexdigest()[:16]


def _fingerprint() -> str:
    text = sha256(f"{_version('numba')} {_version('llvmlite')} {sys.platform} {platform.machine()}".encode())
    for source in SOURCES:
        text.update(source.read_bytes())
    return text.hexdigest()[:16]


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _places() -> list[Path]:
    given = os.environ.get("NUMBA_CACHE_DIR")
    user = os.environ.get("XDG_CACHE_HOME")
    places = [Path(given)] if given else []
    places.append(HERE / "__pycache__")
    with suppress(RuntimeError):
        places.append((Path(user) if user else Path.home() / ".cache") / "callsim")
    owner = os.getuid() if hasattr(os, "getuid") else "user"
    return [*places, Path(tempfile.gettempdir()) / f"callsim-{owner}"]


def _made(place: Path, name: str) -> Path | None:
    """The folder if it can be written and is nobody else's, and those of former versions gone."""
    found = place / name
    try:
        found.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=found):
            pass
        if hasattr(os, "getuid") and found.stat().st_uid != os.getuid():
            return None
    except OSError:
        return None
    for former in place.glob("callsim-*"):
        if former != found and former.is_dir():
            rmtree(former, ignore_errors=True)
    return found
