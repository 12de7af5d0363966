"""The command line. Nothing heavy is imported before a command needs it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from callsim.errors import CallsimError
from callsim.worth import QUESTIONS, Question, Sheet, as_json, ask, text_of
from callsim.worth.sheet import listed


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
replications_option = click.option(
    "--replications", type=click.IntRange(1, 100_000), default=30, show_default=True,
    help="How often each variant is played.",
)  # fmt: skip
seed_option = click.option(
    "--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed gives the same callers."
)
engine_option = click.option(
    "--engine", type=click.Choice(["auto", "simpy", "compiled"]), default="auto", show_default=True,
    help="Which engine plays. The results are the same; auto takes the quicker one.",
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
@replications_option
@seed_option
@click.option("--total", is_flag=True, help="Counts and amounts of the counted time, not per month.")
@engine_option
@click.option("--waterfall", is_flag=True, help="Show how `missed calls x lifetime` comes down to the loss counted.")
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
    waterfall: bool,
    as_json: bool,
) -> None:
    """Play all variants of FILE on the same callers and show what they come to."""
    from callsim.scenario import load

    study = load(file, settings)
    # Mistakes are told before the numerical libraries are loaded.
    from callsim import replicate, tables

    names = list(dict.fromkeys(variants or study.variants))
    with progress_line() as progress, variant_named(names, str(study.path), progress) as noted:
        result = replicate.run(
            study, replications, seed=seed, variants=variants, per_month=not total, engine=engine, progress=noted
        )
    if as_json:
        click.echo(json.dumps(tables.as_json(result), indent=1, allow_nan=False, ensure_ascii=False))
        return
    show(list(tables.blocks(result, page_width(), waterfall=waterfall)))


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@set_option
@click.option(
    "--variant", "variants", multiple=True, metavar="NAME",
    help="Only this variant, of all files that have it, or FILE:NAME. May be repeated.",
)  # fmt: skip
@click.option("--against", metavar="NAME", help="What the others are compared with; the first variant unless said.")
@replications_option
@seed_option
@engine_option
@click.option("--short", is_flag=True, help="Only the answers, the ranking and what would flip it.")
@click.option("--no-volume", is_flag=True, help="Leave out the further runs that tell at how many callers it flips.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    *, files: tuple[Path, ...], settings: tuple[str, ...], variants: tuple[str, ...], against: str | None,
    replications: int, short: bool, no_volume: bool, as_json: bool, **given: Any,
) -> None:  # fmt: skip
    """Say which variant of all FILEs is the cheapest, by how much, how sure that is, and what would flip it.

    All variants are played on the same callers.
    """
    from callsim.scenario import load

    studies = [load(file, settings) for file in files]
    # Mistakes are told before the numerical libraries are loaded.
    from callsim import comparetables, comparison, joining

    joined = joining.join(studies, variants=variants, against=against)
    where = ", ".join(str(file) for file in files)
    with progress_line() as progress, variant_named(list(joined.scenarios), where, progress) as noted:
        found = comparison.compare_joined(
            joined, replications, settings=settings, volumes=not no_volume, progress=noted, **given
        )
    if as_json:
        click.echo(json.dumps(comparetables.as_json(found), indent=1, allow_nan=False, ensure_ascii=False))
        return
    show(list(comparetables.compare_blocks(found, page_width(), short=short)))


@main.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@set_option
@click.option("--log", type=click.Path(path_type=Path), help="Price a recorded log (.parquet, .ndjson) instead.")
@click.option("--start", type=click.DateTime(["%Y-%m-%d"]), help="First day of the log, such as 2026-03-01.")
@click.option(
    "--plans", multiple=True, metavar="PLANS",
    help="A file of plans, or one that comes with callsim: us, uk, article, machines, carriers, synthetic. "
    "May be repeated; without it the tariffs of FILE.",
)  # fmt: skip
@click.option(
    "--calls", "whose", type=click.Choice(["vendors", "agents", "all"]),
    help="Whose calls: answered by vendors where there are any, else by agents.",
)  # fmt: skip
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="Only this variant. May be repeated.")
@replications_option
@seed_option
@click.option("--invoice", metavar="PLAN", help="Print the invoices of one plan instead, for the first replication.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def price(*, file: Path | None, log: Path | None, invoice: str | None, as_json: bool, **given: Any) -> None:
    """Apply every plan to the same calls, simulated (FILE) or recorded (--log), and show what each would charge."""
    if (file is None) == (log is None):
        found = "neither" if file is None else "both"
        raise CallsimError(f"expected a scenario FILE, or `--log LOG`, found {found}")
    pricing = (
        _price_log(log, **given, played=_said("replications", "seed"))
        if log is not None
        else _price_file(file, invoice=invoice, **given)
    )
    from callsim import pricetables

    if as_json:
        data = pricetables.price_json(pricing) if invoice is None else pricetables.invoice_json(pricing, invoice)
        click.echo(json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False))
    elif invoice is None:
        show(list(pricetables.price_blocks(pricing, page_width())))
    else:
        show(list(pricetables.invoice_blocks(pricing, invoice, page_width())))


def _said(*names: str) -> list[str]:
    """The options among these that stand on the command line, or in the environment."""
    context = click.get_current_context()
    default = (click.core.ParameterSource.DEFAULT, click.core.ParameterSource.DEFAULT_MAP)
    return [f"--{name}" for name in names if context.get_parameter_source(name) not in default]


def _price_file(
    file: Path | None, *, settings: tuple[str, ...], plans: tuple[str, ...], whose: str | None, start: Any,
    variants: tuple[str, ...], replications: int, seed: int, invoice: str | None,
) -> Any:  # fmt: skip
    from callsim.scenario import load

    if start is not None:
        raise CallsimError("`--start` is for a log: a scenario has a calendar of its own")
    assert file is not None
    study = load(file, settings)
    from callsim import pricing

    found = pricing.plans_of(plans) if plans else pricing.plans_of_study(study)
    number = replications if invoice is None else 1
    with progress_line() as progress:
        return pricing.price(study, found, number, seed=seed, variants=variants, whose=whose, progress=progress)


def _price_log(
    log: Path, *, plans: tuple[str, ...], whose: str | None, start: Any, settings: tuple[str, ...],
    variants: tuple[str, ...], played: list[str], **_: Any,
) -> Any:  # fmt: skip
    others = [*(["--set"] if settings else []), *(["--variant"] if variants else []), *played]
    if others:
        verb = "is" if len(others) == 1 else "are"
        raise CallsimError(f"{listed(others)} {verb} for a scenario: a log is as it is")
    if not plans:
        raise CallsimError("expected `--plans` such as `--plans us`: a log has no tariffs of its own")
    from callsim import pricing

    return pricing.price_log(log, pricing.plans_of(plans), start=start and start.date(), whose=whose)


@main.command()
@file_argument
@click.argument("question", required=False)
@set_option
@click.option("--variant", "variants", multiple=True, metavar="NAME", help="This variant; for some questions several.")
@click.option(
    "--plans", multiple=True, metavar="PLANS",
    help="Plans to bill by, as for `callsim price`; without it the tariffs of FILE. May be repeated.",
)  # fmt: skip
@click.option("--team", metavar="NAME", help="The team that is asked about; the first paid one unless said.")
@click.option("--queue", metavar="NAME", help="The queue that is asked about.")
@click.option("--vendor", metavar="NAME", help="The answering service that is asked about.")
@click.option(
    "--at", multiple=True, metavar="POINT",
    help="A point of the curve: a multiple of the volume such as 1.5, or for `overflow` a delay. May be repeated.",
)  # fmt: skip
@click.option("--every", metavar="TIME", help="For `hours`: the interval, such as 30 min; an hour unless said.")
@click.option(
    "--replications", type=click.IntRange(2, 100_000), help="How often each is played; 30 unless said, 200 invoices."
)
@seed_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def breakeven(*, file: Path, question: str | None, settings: tuple[str, ...], as_json: bool, **given: Any) -> None:
    """Where another way of answering becomes the cheaper one, by simulation.

    Without a QUESTION it lists them, and says which fit FILE.
    """
    from callsim.scenario import load

    study = load(file, settings)
    from callsim import breakeventables
    from callsim.breakeven import options

    with line_of_words() as progress:
        asked = options.asked_of(study, question, progress=progress, **given)
        answer = options.ask(study, question, asked) if question else None
    if as_json:
        data = (
            breakeventables.as_json(study, question, answer, asked=asked)
            if question
            else breakeventables.menu_json(study, asked)
        )
        click.echo(json.dumps(data, indent=1, allow_nan=False, ensure_ascii=False))
    elif question:
        show(list(breakeventables.blocks(study, question, answer, asked=asked, width=page_width())))
    else:
        show(list(breakeventables.menu(study, asked, page_width())))


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


@main.group()
def worth() -> None:
    """Calculators on the formulas of a run: what customers, contacts and missed calls are worth.

    Amounts, shares and times are written as in scenarios: "18 000 RUB", 14%, "30 min".
    """


def _calculator(question: Question) -> click.Command:
    """The command of a question; what its options mean is read together with all mistakes, not by click."""

    def answer(*, as_json_: bool, **texts: str | None) -> None:
        given, sheet = ask(question, texts)
        if as_json_:
            click.echo(json.dumps(as_json(question.name, given, sheet), indent=1, ensure_ascii=False))
        else:
            _show(sheet)

    options: list[click.Parameter] = [
        click.Option(
            [f"--{option.name}"],
            metavar=option.kind.upper(),
            help=f"{option.help} Such as {option.quoted}.{'  [needed]' if option.needed else ''}",
        )
        for option in question.options
    ]
    options.append(click.Option(["--json", "as_json_"], is_flag=True, help="Print JSON."))
    return click.Command(question.name, params=options, callback=answer, help=question.help, short_help=question.help)


for _question in QUESTIONS:
    worth.add_command(_calculator(_question))


@worth.command()
@file_argument
@set_option
@click.option("--variant", metavar="NAME", help="The variant; the first unless said.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
def employee(file: Path, settings: tuple[str, ...], variant: str | None, as_json_: bool) -> None:
    """The full cost of a year of one employee, for each paid team of the scenario FILE.

    What a handled minute costs depends on how much of the time callers fill: `callsim run FILE` simulates that.
    """
    from callsim.scenario import load
    from callsim.worth.employee import sheets

    study = load(file, settings)
    found = sheets(study, variant)
    if as_json_:
        click.echo(json.dumps([as_json("employee", {}, sheet) for sheet in found], indent=1, ensure_ascii=False))
        return
    for number, sheet in enumerate(found):
        if number:
            click.echo()
        _show(sheet)


def _show(sheet: Sheet) -> None:
    for line in text_of(sheet, page_width()):
        click.echo(line)


def show(parts: Sequence[Any]) -> None:
    """Tables and lines on a terminal, or as plain text in a pipe."""
    from callsim import tables

    if sys.stdout is not None and sys.stdout.isatty():
        tables.print_on_terminal(parts)
    else:
        click.echo(tables.plain(parts), nl=False)


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
def variant_named(
    names: Sequence[str], where: str, progress: Callable[[int, int], None]
) -> Iterator[Callable[[int, int], None]]:
    """Say of a price that is not known in which variant it was needed: the one that was played last."""
    from callsim.tariffs import MissingRate

    played = 0

    def noted(done: int, of: int) -> None:
        nonlocal played
        played = done
        progress(done, of)

    try:
        yield noted
    except MissingRate as error:
        advice = "write the price that you were quoted into a plan of your own, or take another tariff"
        raise CallsimError(f"{where}: variant `{names[played % len(names)]}`: {error}; {advice}") from None


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


@contextmanager
def line_of_words() -> Iterator[Callable[[str], None]]:
    """The same for what is played next, in words."""
    on = sys.stderr is not None and sys.stderr.isatty()
    width = 0

    def show(text: str) -> None:
        nonlocal width
        if on:
            shown = text[:70]
            sys.stderr.write(f"\r{shown:<{width}}")
            sys.stderr.flush()
            width = max(width, len(shown))

    try:
        yield show
    finally:
        if on:
            sys.stderr.write("\r" + " " * width + "\r")
