"""The verbs by name."""

from __future__ import annotations

import gc
import os
from typing import Annotated

import typer

from . import (
    case_verbs,
    compare_verb,
    evidence_verbs,
    exchange_verbs,
    fhir_verbs,
    follow_verb,
    knowledge_verbs,
    map_verb,
    serve,
    sheets_verb,
    trial_verbs,
)
from .door import Door

OBJECTS = 200_000
"""New objects between two searches for garbage: what a verb reads stays until its end, so that most find nothing."""

app = typer.Typer(
    name="dermatwin",
    cls=Door,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    help="A digital twin of microneedled skin: needle, channel, delivery, healing, result, each with its band and sources. "
    "Decision support for a clinician who signs the plan; never a prescriber.",
    epilog="Exit status: 0 done, 1 the input is wrong, 2 the computation failed, 3 screened as stop, or a symptom urgent.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
take = typer.Typer(help="Take over what other systems know.", no_args_is_help=False, rich_markup_mode="rich")
export = typer.Typer(help="Hand the work to other tools.", no_args_is_help=False, rich_markup_mode="rich")
evidence = typer.Typer(help="Look after the evidence.", no_args_is_help=False, rich_markup_mode="rich")

app.command("new")(case_verbs.new)
app.command("screen")(case_verbs.screen)
app.command("plan")(case_verbs.plan)
app.command("simulate")(case_verbs.simulate)
app.command("reread")(case_verbs.reread)
app.command("sheets")(sheets_verb.sheets)
app.command("compare")(compare_verb.compare)
app.command("follow")(follow_verb.follow)
app.command("population")(trial_verbs.population)
app.command("trial")(trial_verbs.trial)
app.command("map")(map_verb.draw_map)
app.command("serve")(serve.serve)
app.command("validate")(knowledge_verbs.validate)
app.command("explain")(knowledge_verbs.explain)
app.command("list")(knowledge_verbs.list_entries)
export.command("schema")(knowledge_verbs.export_schema)
export.command("sbml")(exchange_verbs.export_sbml)
export.command("petab")(exchange_verbs.export_petab)
export.command("fhir")(fhir_verbs.export_fhir)
app.add_typer(export, name="export")
take.command("fhir")(fhir_verbs.import_fhir)
app.add_typer(take, name="import")
evidence.command("check")(evidence_verbs.check)
app.add_typer(evidence, name="evidence")


def _show_version(wanted: bool) -> None:
    if wanted:
        from .. import __version__

        print(f"dermatwin {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


@export.callback(invoke_without_command=True)
@take.callback(invoke_without_command=True)
@evidence.callback(invoke_without_command=True)
def _group(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> None:
    """Entry point of the program `dermatwin`."""
    os.environ.setdefault(
        "PYDANTIC_DISABLE_PLUGINS", "__all__"
    )  # looking for them reads what all packages say of themselves
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its matrices are small: their threads cost more
    gc.set_threshold(OBJECTS, *gc.get_threshold()[1:])
    try:
        app()
    finally:
        gc.freeze()  # the system takes everything back at once; the interpreter would look it all through for garbage first
