"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from callsim.errors import CallsimError


class Commands(click.Group):
    """The commands, with our exit codes: 2 for what the user can mend, 130 for an interruption."""

    def main(self, *args: Any, **extra: Any) -> Any:
        try:
            return super().main(*args, **extra)
        except CallsimError as error:
            click.echo(error, err=True)
            sys.exit(2)
        except BrokenPipeError:
            # Whoever read our output has seen enough.
            _drop_output()
            sys.exit(1)
        except OSError as error:
            _drop_output()
            where = "cannot write the output" if error.filename is None else error.filename
            click.echo(f"{where}: {error.strerror}", err=True)
            sys.exit(2)

    def invoke(self, context: click.Context) -> Any:
        try:
            result = super().invoke(context)
            if sys.stdout is not None:
                sys.stdout.flush()
            return result
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            context.exit(130)


def _drop_output() -> None:
    """Keep Python from complaining at exit about output that nobody takes."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="callsim")
def main() -> None:
    """How many callers do you miss, what does it cost, and which staffing is the cheapest way to stop it?

    Start with `callsim new shop.yaml`, edit the file, then `callsim run shop.yaml`.
    """


file_argument = click.argument("file", type=click.Path(path_type=Path))
set_option = click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE",
    help="Change an entry of every variant, such as --set 'teams.desk.agents=3'. May be repeated.",
)  # fmt: skip


@main.command()
@file_argument
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
def new(file: Path, force: bool) -> None:
    """Write a commented starter scenario to FILE."""
    if file.exists() and not force:
        raise CallsimError(f"{file}: the file is there already; give another name, or --force to replace it")
    write_whole(file, files("callsim").joinpath("templates/starter.yaml").read_text(encoding="utf-8"))
    click.echo(f"wrote {file}. Edit it, then: callsim check {file}; callsim run {file}")


@main.command()
@file_argument
@set_option
def check(file: Path, settings: tuple[str, ...]) -> None:
    """Find every mistake in FILE, or say what was understood."""
    from callsim.scenario import load
    from callsim.summary import summary

    study = load(file, settings)
    click.echo("\n".join(summary(study, page_width())))


@main.command()
@file_argument
@set_option
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="Only this variant. May be repeated.")
@click.option(
    "--replications", type=click.IntRange(1, 100_000), default=30, show_default=True,
    help="How often each variant is played.",
)  # fmt: skip
@click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same callers."
)
@click.option("--total", is_flag=True, help="Counts and amounts of the counted time, not per month.")
@click.option(
    "--engine", type=click.Choice(["auto", "simpy", "compiled"]), default="auto", show_default=True,
    help="Which engine plays. The results are the same; auto takes the quicker one.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run(
    *,
    file: Path,
    settings: tuple[str, ...],
    variants: tuple[str, ...],
    replications: int,
    seed: int,
    total: bool,
    engine: str,
    as_json: bool,
) -> None:
    """Play all variants of FILE on the same callers and show what they come to."""
    from callsim.scenario import load

    study = load(file, settings)
    # Mistakes are told before the numerical libraries are loaded.
    from callsim import replicate, tables

    with progress_line() as progress:
        result = replicate.run(
            study, replications, seed=seed, variants=variants, per_month=not total, engine=engine, progress=progress
        )
    if as_json:
        click.echo(json.dumps(tables.as_json(result), indent=1, allow_nan=False, ensure_ascii=False))
        return
    parts = list(tables.blocks(result, page_width()))
    if sys.stdout is not None and sys.stdout.isatty():
        tables.print_on_terminal(parts)
    else:
        click.echo(tables.plain(parts), nl=False)


@main.command()
def warm_up() -> None:
    """Compile the fast engine ahead, so that no run has to wait for it.

    It needs Numba: pip install 'callsim[fast]'.
    """
    from callsim import engine

    engine.choose("compiled", 0.0)
    engine.load()
    click.echo("the compiled engine is ready")


@main.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, from which editors complete and check."""
    from callsim.scenario.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=1, ensure_ascii=False))


def page_width() -> int:
    """Columns of the terminal, or of a page of 80 where there is none; COLUMNS decides in both."""
    return max(40, shutil.get_terminal_size((80, 24)).columns)


def write_whole(path: Path, text: str) -> None:
    """Write a file completely or not at all: beside it first, then renamed."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise CallsimError(f"{path}: cannot write there: {error.strerror}") from None
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        # mkstemp makes files private; a scenario is as open as any new file.
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(name, 0o666 & ~mask)
        os.replace(name, path)
    except OSError as error:
        os.unlink(name)
        raise CallsimError(f"{path}: cannot write there: {error.strerror}") from None


@contextmanager
def progress_line() -> Iterator[Callable[[int, int], None]]:
    """A line on a terminal's stderr that says how far the run has come; nothing where stderr is no terminal."""
    on = sys.stderr is not None and sys.stderr.isatty()

    def show(done: int, of: int) -> None:
        if on:
            sys.stderr.write(f"\r{done} of {of} runs played")
            sys.stderr.flush()

    try:
        yield show
    finally:
        if on:
            sys.stderr.write("\r" + " " * 40 + "\r")
