"""No module leads back to itself, by any import: at the top, inside a function or for types alone."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def imports():
    graph = grimp.build_graph("dermatwin", cache_dir=None)
    return {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}


def test_the_graph_sees_imports_of_every_kind():
    found = imports()
    assert "dermatwin.flows" in found["dermatwin.twin.run"]  # at the top
    assert "dermatwin.healing.patch.device" in found["dermatwin.healing.patch.course"]  # inside a function
    assert "dermatwin.twin" in found["dermatwin.report.page"]  # for types alone


def test_modules_form_no_cycle():
    """Stricter than the contract on siblings: a package and what lies in it may not lean on each other either."""
    try:
        TopologicalSorter(imports()).prepare()
    except CycleError as cycle:
        pytest.fail(" -> ".join(cycle.args[1]))
