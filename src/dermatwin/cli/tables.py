"""Results as tables for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from .screen import Screen

if TYPE_CHECKING:
    from ..naming import Detail
    from ..screening import Screening
    from ..twin import Endpoint, Run

WIDTH = 130
VERDICTS = {"ok": "[green]ok[/]", "caution": "[yellow]caution[/]", "stop": "[bold red]stop[/]"}
LEVELS = {
    "hard_stop": "[bold red]hard stop[/]",
    "soft_stop": "[red]soft stop[/]",
    "caution": "[yellow]caution[/]",
    "info": "[dim]info[/]",
}


def console() -> Console:
    """Standard output; wide where it is not a terminal, so that nothing is cut off in a file."""
    plain = Screen()
    return plain if plain.is_terminal else Screen(width=WIDTH)


def listing(*columns: str, title: str = "") -> Table:
    """An empty table without a frame; only columns of words are ever folded."""
    table = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, no_wrap=name not in ("sources", "result", "observed"), overflow="fold")
    return table


def show_screening(found: Screening, *, details: bool = False) -> None:
    """The verdict and what it rests on, gravest first; what was not asked in one line, with `details` by its groups."""
    page = console()
    page.print(f"Verdict: {VERDICTS.get(found.verdict, found.verdict)}")
    for finding in found.findings:
        level = LEVELS.get(finding.level, finding.level) + (" (overridden)" if finding.overridden else "")
        where = ", ".join(filter(None, (finding.zone, finding.concern))) or "person"
        place = f"[dim]{escape(where)}, rule {escape(finding.rule)}[/]"
        page.print(f"\n{level}  {escape(finding.title)}  {place}", highlight=False)
        parts = {
            "": finding.reason,
            "do: ": finding.action,
            "until: ": finding.until,
            "overridden because: ": finding.override_reason,
            "source: ": ", ".join(finding.sources),
        }
        for label, text in parts.items():
            if text:
                page.print(Padding(f"[dim]{label}[/]{escape(text)}", (0, 0, 0, 4)), highlight=False)
    if found.not_asked:
        _show_unasked(page, found, details=details)


def _show_unasked(page: Console, found: Screening, *, details: bool) -> None:
    more = "" if details else "; --details lists them"
    page.print(f"\n[yellow]![/] {unasked(found)}: dermatwin new --interview asks them{more}.", highlight=False)
    for group in dict.fromkeys(one.group for one in found.not_asked) if details else ():
        page.print(f"    [dim]{escape(group)}[/]", highlight=False)
        for one in found.not_asked:
            if one.group == group:
                page.print(Padding(f"{escape(one.question)}  [dim]{escape(one.id)}[/]", (0, 0, 0, 8)), highlight=False)


def unasked(found: Screening) -> str:
    """How many questions of the anamnesis were not asked, in words."""
    count = len(found.not_asked)
    return f"{count} question{'' if count == 1 else 's'} of the anamnesis {'was' if count == 1 else 'were'} not asked"


def show_run(run: Run, summary: dict[str, Any]) -> None:
    """The main endpoints zone by zone with band and grade, observations beside predictions, warnings."""
    page = console()
    page.print(f"{escape(summary['title'])}   screening: {VERDICTS.get(summary['verdict'], summary['verdict'])}")
    for zone in dict.fromkeys(endpoint.zone for endpoint in run.endpoints):
        page.print(_endpoints(zone, [e.summary() for e in _main(e for e in run.endpoints if e.zone == zone)]))
    count = len(run.endpoints)
    page.print(f"{count} endpoints in all: --json, or summary.json and report.html with --out.", style="dim")
    if summary["observations"]:
        page.print(_observations(summary["observations"]))
    for warning in {(w["path"], w["message"][:30]): w for w in reversed(summary["warnings"])}.values():
        page.print(f"[yellow]![/] {escape(warning['path'])}: {escape(warning['message'])}")
    for zone, count in summary["failed"].items():
        if count:
            page.print(f"[red]{count} of {summary['provenance']['draws']} people failed in {escape(zone)}[/]")
    page.print(escape(summary["intent"]), style="dim")


def show_written(written: Path | None) -> None:
    """Where the run folder is, or that there is none."""
    said = f"Wrote {escape(str(written))}" if written else "Nothing was written; name a folder with --out."
    console().print(said, style="dim")


ONCE = (
    "in_situ_depth",
    "residual_depth",
    "puncture_density",
    "bleeding_fraction",
    "closure_time_tewl",
    "closure_time_impedance",
    "channel_share",
    "enhancement_ratio",
    "downtime_makeup",
    "downtime_unnoticeable",
    "pain_vas",
    "pih_risk",
    "tram_track_risk",
    "infection_risk",
)
ALWAYS = ("collagen_density", "epidermal_thickness_change", "relative_improvement", "scale_change")
"""Quantities that the terminal shows: for the first session, or at every reading; the files hold all of them."""

LAYER = "papillary_dermis"
"""Of what is read in every layer, the one that the terminal shows."""


def _main(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    seen: set[tuple[str, Detail]] = set()
    for end in endpoints:
        if end.detail.layer not in (None, LAYER):
            continue
        of = end.quantity, replace(end.detail, session=None)  # sessions are times of one endpoint
        if end.quantity in ALWAYS:
            yield end
        elif end.quantity in ONCE and of not in seen:
            seen.add(of)
            yield end


def _endpoints(zone: str, endpoints: Iterable[dict[str, Any]]) -> Table:
    table = listing("result", "day", "median", "5 %", "95 %", "unit", "led by", "grade", title=f"zone {escape(zone)}")
    for end in endpoints:
        day = "" if end["time_days"] is None else number(end["time_days"])
        table.add_row(
            escape(end["title"]),
            day,
            number(end["median"]),
            number(end["p05"]),
            number(end["p95"]),
            "" if end["unit"] == "1" else escape(end["unit"]),
            _led(end.get("leading")),
            end["grade"],
        )
    return table


def _led(leading: dict[str, Any] | None) -> str:
    """The grade that most of the spread comes from, or two of them where the lead is not clear, with its share."""
    if leading is None:
        return ""
    return f"{'/'.join(filter(None, (leading['grade'], leading.get('or'))))} {leading['share']:.0%}"


def _observations(observations: Sequence[dict[str, Any]]) -> Table:
    table = listing(
        "observed",
        "zone",
        "day",
        "measured",
        "predicted",
        "5 %",
        "95 %",
        "unit",
        "inside the band",
        title="Measured beside predicted",
    )
    if not all(seen["independent"] for seen in observations):
        table.caption = "* the study is among the sources of the prediction: agreement is no test"
    for seen in observations:
        day = "" if seen["time_days"] is None else number(seen["time_days"])
        numbers = [number(seen[key]) for key in ("observed", "median", "p05", "p95")]
        table.add_row(
            escape(seen["quantity"]),
            escape(seen["zone"]),
            day,
            *numbers,
            escape(seen["unit"]),
            ("yes" if seen["inside"] else "[yellow]no[/]") + ("" if seen["independent"] else " *"),
        )
    return table


def show_scores(scores: dict[str, Any], out: Path | None, *, details: bool = False) -> None:
    """Per file how much is predicted and how well, beside the naive baseline; with `details` per quantity, too."""
    page = console()
    page.print(_files(scores["files"]))
    page.print(
        "In 50, 80, 90 %: of measured values, in that band of their prediction. Own out: in 90 %, of rows whose own\n"
        "study is not among the prediction's sources. Factor: predicted over measured for the middle row, on scales of\n"
        "ratios. Crps: the twin's probability score over that of the other packaged studies' means; above 1 these say\n"
        "more. Sign: directions right, of rows and of studies.",
        style="dim",
    )
    if details:
        for name, score in scores["files"].items():
            page.print(_quantities(name, score.get("quantities", {})))
            for heading, groups in score.get("groups", {}).items():
                page.print(_groups(f"{name} by {heading}, every value a share", groups))
        page.print(
            "Error and baseline: x a factor, else the mean difference in the unit given. "
            "Nearer: than the baseline on the same\nrows; - with fewer than three studies, or a tie. "
            "Own mean, all's mean: errors of other studies'\nmean, in the group or in all.",
            style="dim",
        )
    else:
        page.print("By quantity: --details, or qualification.html with --out.", style="dim")
    if out is not None:
        page.print(f"Wrote {escape(str(out))}", style="dim")


def _files(files: dict[str, Any]) -> Table:
    table = listing("file", "rows", "scored", "in 50", "80", "90 %", "own out", "factor", "crps", "sign", "by study")
    for name, score in files.items():
        table.add_row(
            escape(name),
            str(score["rows"]),
            str(score["scored"]),
            *(share(score.get(f"coverage_{level}")) for level in (50, 80, 90)),
            share(score.get("not_leaning", {}).get("coverage_90")),
            _factor(score),
            _times((score.get("baseline") or {}).get("crps_ratio")),
            share(score.get("sign_accuracy")),
            share(score.get("by_study", {}).get("sign_accuracy")),
        )
    return table


def _times(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


LONGEST_NAME = 34
NEARER = {True: "[green]yes[/]", False: "[yellow]no[/]", None: "-"}


def _quantities(name: str, quantities: dict[str, Any]) -> Table:
    table = listing(
        "quantity", "rows", "studies", "in 90 %", "error", "baseline", "nearer", "crps", "sign", title=escape(name)
    )
    for quantity, score in quantities.items():
        baseline = score["baseline"]
        table.add_row(
            escape(_shortened(quantity)),
            str(score["scored"]),
            str(score["studies"]),
            share(score["coverage_90"]),
            _error(score, score["unit"]),
            _error(baseline),
            NEARER[score["better_than_baseline"]],
            _times(score["crps_ratio"]),
            share(score["sign_accuracy"]),
        )
    return table


def _groups(title: str, groups: dict[str, Any]) -> Table:
    """Rows of different scales on one footing; 'own mean' and 'all's mean': errors of the means of other studies."""
    table = listing(
        "",
        "studies",
        "rows",
        "in 80 % band",
        "error",
        "own mean",
        "all's mean",
        "seen",
        "predicted",
        "sign right",
        title=escape(title),
    )
    for name, score in groups.items():
        errors = [
            number(score[key]) if score[key] is not None else "-"
            for key in ("mean_abs_error", "baseline", "baseline_of_all", "measured", "predicted")
        ]
        right = f"{share(score['sign_accuracy'])} of {score['directions']}" if score["directions"] else "-"
        table.add_row(escape(name), str(score["studies"]), str(score["rows"]), share(score["coverage_80"]), *errors, right)
    return table


def _shortened(name: str) -> str:
    """A long name without its middle: names differ at both ends."""
    half = LONGEST_NAME // 2
    return name if len(name) <= LONGEST_NAME else f"{name[:half]}…{name[1 - half :]}"


def _factor(score: dict[str, Any]) -> str:
    factor = score.get("median_factor")
    return "-" if factor is None else f"x {number(factor)}"


def _error(score: dict[str, Any], unit: str = "") -> str:
    if score["median_factor"] is not None or score["mean_abs_error"] is None:
        return _factor(score)
    return f"{number(score['mean_abs_error'])} {escape(unit if unit != '1' else '')}".rstrip()


def number(value: float | None) -> str:
    """Three significant digits, '-' for nothing."""
    return "-" if value is None else f"{float(f'{value:.3g}'):g}"


def share(value: float | None) -> str:
    """A share in per cent."""
    return "-" if value is None else f"{value:.0%}"
