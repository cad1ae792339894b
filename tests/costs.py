"""What each test and each fixture costs, in seconds of processor time: `make costs`.

Time on the wall says how busy the machine was, so it is not what is counted, and nothing is asserted about it. A test costs
what it takes and its part of the fixtures that it shares with others. What costs more than `LIMIT` is written to
`tests/slow.txt`, which `make quick` leaves out. Left out is what the operating system does for the tests, and processes
that outlive the test that began them.
"""

import os
from collections import defaultdict
from pathlib import Path

import pytest

LIMIT = 0.2  # seconds of processor time; above it a test is slow
SHOWN = 40
SLOW = Path(__file__).parent / "slow.txt"


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
        known = item._fixtureinfo.name2fixturedefs
        used = tuple(f"{known[name][-1].baseid}::{name}" for name in item.fixturenames if name in known)
        item.user_properties.append(("uses", used))


def pytest_terminal_summary(terminalreporter):
    alone, fixtures, uses = counted(terminalreporter)
    costs = shared(alone, fixtures, uses)
    slow = sorted(name for name, cost in costs.items() if cost > LIMIT)
    show = terminalreporter.write_line
    terminalreporter.section("processor time")
    show(f"tests {sum(alone.values()):.0f} s, fixtures {sum(fixtures.values()):.0f} s")
    show(f"quick part: {sum(cost for cost in costs.values() if cost <= LIMIT):.0f} s in {len(costs) - len(slow)} tests")
    for name, cost in sorted(costs.items(), key=lambda one: -one[1])[:SHOWN]:
        show(f"{cost:8.2f} s  {name}")
    show("fixtures:")
    for name, cost in sorted(fixtures.items(), key=lambda one: -one[1])[: SHOWN // 2]:
        show(f"{cost:8.2f} s  {name}")
    SLOW.write_text("".join(f"{name}\n" for name in slow), encoding="utf-8")


def shared(alone, fixtures, uses):
    """Cost by test: its own, and its part of the fixtures that it shares."""
    users = defaultdict(int)
    for names in uses.values():
        for name in names:
            users[name] += 1
    return {test: cost + sum(fixtures.get(name, 0.0) / users[name] for name in uses[test]) for test, cost in alone.items()}


def counted(terminalreporter):
    """Cost by test, by fixture, and the fixtures that each test uses."""
    tests, fixtures, uses = {}, defaultdict(float), {}
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        if report.when != "call":
            continue
        for key, *values in report.user_properties:
            if key == "cost":
                tests[report.nodeid] = values[0]
            elif key == "fixture":
                fixtures[values[0]] += values[1]
            elif key == "uses":
                uses[report.nodeid] = tuple(values[0])
    return tests, fixtures, uses
