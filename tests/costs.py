"""What each test and each fixture costs, in seconds of processor time: `make costs`.

Time on the wall says how busy the machine was, so it is not what is counted, and nothing is asserted about it. The report
names unmarked tests and fixtures that belong to the slow part, marked ones that do not, and the dearest of all. It leaves
out what the operating system does for the tests, and processes that outlive the test that began them.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

LIMIT = 3.0  # seconds of processor time; above it a test is slow
SHOWN = 40


def spent() -> float:
    """Processor time of this process, all its threads and the children it waited for."""
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    begin = spent()
    try:
        return (yield)
    finally:
        item.user_properties.append(("cost", spent() - begin))


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef, request):
    begin = spent()
    try:
        return (yield)
    finally:
        name = f"{fixturedef.baseid}::{fixturedef.argname}"
        request._pyfuncitem.user_properties.append(("fixture", name, spent() - begin))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    for item in items:
        item.user_properties.append(("slow", item.get_closest_marker("slow") is not None))
        item.user_properties.append(("uses", tuple(item.fixturenames)))


def pytest_terminal_summary(terminalreporter):
    tests, fixtures, marked, uses = counted(terminalreporter)
    show = terminalreporter.write_line
    terminalreporter.section("processor time")
    show(f"tests {sum(tests.values()):.0f} s, fixtures {sum(sum(each) for each in fixtures.values()):.0f} s")
    show(f"quick part: tests {sum(cost for name, cost in tests.items() if name not in marked):.0f} s")
    for name, cost in sorted(tests.items(), key=lambda one: -one[1])[:SHOWN]:
        show(f"{cost:8.2f} s  {'slow ' if name in marked else '     '}{name}")
    show("fixtures:")
    for name, each in sorted(fixtures.items(), key=lambda one: -sum(one[1]))[: SHOWN // 2]:
        show(f"{sum(each):8.2f} s  in {len(each)}  {name}")
    dear = {name.rpartition("::")[2] for name, each in fixtures.items() if max(each) > LIMIT}
    for name, cost in sorted(tests.items()):
        slow = cost > LIMIT or bool(dear.intersection(uses[name]))
        if slow and name not in marked:
            show(f"not marked slow: {name} ({cost:.1f} s)")
        if not slow and cost < LIMIT / 2 and name in marked:
            show(f"marked slow: {name} ({cost:.1f} s)")
    if where := os.environ.get("COSTS"):
        Path(where).write_text("".join(f"{cost:.3f}\t{name}\n" for name, cost in tests.items()))


def counted(terminalreporter):
    """Cost by test, costs by fixture, which tests are marked slow, and the fixtures that each uses."""
    tests, fixtures, marked, uses = {}, defaultdict(list), set(), {}
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        if report.when != "call":
            continue
        for key, *values in report.user_properties:
            if key == "cost":
                tests[report.nodeid] = values[0]
            elif key == "fixture":
                fixtures[values[0]].append(values[1])
            elif key == "slow" and values[0]:
                marked.add(report.nodeid)
            elif key == "uses":
                uses[report.nodeid] = values[0]
    return tests, fixtures, marked, uses
