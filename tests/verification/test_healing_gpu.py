"""The network on a CUDA device: the same answers as on the processor, as far as that can be shown without a device.

Threads run as threads of Python in numba's simulator, in a process of its own (this file as a program): to the last bit
what the processor gives. And the kernel is compiled for a device where the CUDA compiler's library is found.
"""

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from builders import draws_of, person_of, punctures_of, skin_of
from dermatwin.core import CaseError, ComputationError
from dermatwin.healing import engine, heal, patch
from dermatwin.healing import kernel_generated as kernel
from dermatwin.healing.person import constants
from dermatwin.healing.tissue import ATOL, LOWEST, RTOL
from dermatwin.numerics import rosenbrock
from dermatwin.numerics.patch import Box, Medium, diffuse, factorise

PEOPLE = 7
SPAN = 12.0
TIMES = np.concatenate([np.linspace(0.02, 4.0, 9), [8.0, SPAN]])
COLUMN = 2  # of a larger array of results
NOT_A_NUMBER, INFINITE, BELOW = 4, 5, 6  # lanes that fail, each in its own way
FIELDS = ("end", "out", "status", "steps")


def inputs(count, seed=11):
    male = {"sex": "male", "phototype": "IV"}
    return draws_of(count, seed), skin_of(count, **male), person_of(**male)


def people():
    """One lane at rest, some that are hit more and more, some that cannot be integrated."""
    draws, skin, who = inputs(PEOPLE)
    p, _ = constants(skin, who, draws)
    y = kernel.untreated(p)
    struck = y[1:].copy()
    kernel.session(struck, p[1:], np.linspace(0.02, 1.0, PEOPLE - 1), np.linspace(0.0, 0.4, PEOPLE - 1))
    y[1:] = struck
    y[NOT_A_NUMBER, 3] = np.nan
    p[INFINITE, kernel.CONSTANTS.index("danger_decay")] = np.inf
    y[BELOW] = -1.0
    return y, p


def course(which):
    """Two sessions of one person's skin, every layer and piece of tissue."""
    draws, skin, who = inputs(1)
    punctures = punctures_of(density=250.0, width=0.125)
    return heal([punctures] * 2, [0.0, 3.0], skin, who, 5.0, draws, engine=which)


def patch_course(which):
    """The first steps of a small piece of skin around a hole, sides joined."""
    draws, skin, who = inputs(1)
    slab = patch.slab_of(0.3, 4, "papillary_dermis", constants(skin, who, draws)[0], draws)
    needling = patch.Needling(0.0, np.array([[0.1, 0.15]]), np.full(1, 0.062), np.full(1, np.inf))
    return patch.follow(slab, [needling], [2 * patch.FIRST], engine=which).means


def boxes():
    """Fields and factors: tight and lossy, sides joined, a jump under a long step that falls back to first order."""
    luck = np.random.default_rng(1)
    for shape, joined, dt in (((3, 6, 5), False, 0.9), ((1, 4, 7), True, 0.9), ((2, 5, 3), False, 30.0)):
        medium = Medium(*(luck.uniform(0.1, 2.0, (2, shape[0])) for _ in range(3)), top=np.array([0.1, 0.0]))
        u = luck.uniform(0.9, 1.0, (2, *shape))
        if dt > 1.0:
            u[:] = 0.0
            u[:, 0, 3, 2] = 1000.0
        yield u, factorise(Box(luck.uniform(0.5, 1.5, shape[0]), *shape[1:], 1.0, 1.2, joined), medium, dt)


def long_box():
    """One long line of cells, which takes the place for work that long lines have."""
    u = np.linspace(1.0, 2.0, 60)[None, None, None, :] ** 2
    return np.ascontiguousarray(u), factorise(Box(np.ones(1), 1, 60, 1.0, 1.0), Medium(*np.ones((3, 1, 1))), 0.5)


def long_line():
    from dermatwin.numerics import patch_device
    from dermatwin.numerics.device import cuda

    u, factors = long_box()
    assert u.size > patch_device.SHORT
    step, field = patch_device.Diffusion(u.shape), cuda.to_device(u)
    step(field, step.prepared(factors))
    return field.copy_to_host()


def diffused():
    """The fields after a step on the simulated device."""
    from dermatwin.numerics import patch_device
    from dermatwin.numerics.device import cuda

    patch_device.SQUARE = 4  # fewer threads to simulate, and squares that are cut off on both sides
    for u, factors in boxes():
        step, field = patch_device.Diffusion(u.shape), cuda.to_device(u)
        step(field, step.prepared(factors))
        yield field.copy_to_host()


def simulate(target):
    """What the simulated device gives, written to a file; runs in a process of its own."""
    from dermatwin.healing import gpu
    from dermatwin.healing.patch import device as patch_gpu
    from dermatwin.numerics.rosenbrock_device import Task, run

    assert gpu.SIMULATED
    y, p = people()
    with np.errstate(all="ignore"):  # Python's numbers warn where compiled ones do not
        whole = np.full((PEOPLE, TIMES.size + 5, y.shape[1]), -7.0)
        found = dict(zip(FIELDS, gpu.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST, whole, COLUMN), strict=True))
        parts = Task(
            y.copy(),
            p,
            SPAN,
            TIMES,
            (RTOL, ATOL, LOWEST),
            np.empty((PEOPLE, TIMES.size, y.shape[1])),
            0,
            np.zeros(PEOPLE, np.int64),
            np.zeros(PEOPLE, np.int64),
        )
        run(gpu._compiled(), parts, staged=2 * parts.out[0].nbytes)  # two lanes at a time, two slots by turns
        no_times = gpu.integrate(y[:2], p[:2], 1.0, TIMES[:0], RTOL, ATOL, LOWEST)
        nobody = gpu.integrate(y[:0], p[:0], SPAN, TIMES, RTOL, ATOL, LOWEST)
        history = course("gpu")
        fields = {f"field_{i}": field for i, field in enumerate(diffused())}
        fields["long"] = long_line()
        means = patch_course("gpu")
        patch_gpu.APART = -1.0  # no answer is good enough: the processor's own step must be asked for
        with pytest.raises(ComputationError, match="patch on a CUDA device"):
            patch_course("gpu")
    assert no_times[1].shape[:2] == (2, 0)
    assert not any(part.size for part in nobody)
    names = (f"parts_{field}" for field in FIELDS)
    by_parts = dict(zip(names, (parts.y, parts.out, parts.status, parts.steps), strict=True))
    np.savez(
        target,
        **found,
        **by_parts,
        **fields,
        patch_means=means,
        no_times=no_times[0],
        values=history.values,
        means=history.means,
        said=[notice.message for notice in history.notices],
        auto=engine.engine_for(10**9).name,
    )


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    target = tmp_path_factory.mktemp("gpu") / "found.npz"
    done = subprocess.run(
        [sys.executable, __file__, str(target)],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, "NUMBA_ENABLE_CUDASIM": "1", "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert done.returncode == 0, done.stderr
    return np.load(target)


@pytest.fixture(scope="module")
def processor():
    y, p = people()
    return dict(zip(FIELDS, kernel.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST), strict=True))


def test_the_case_is_a_hard_one(processor):
    """Lanes at rest, lanes with refused steps, lanes that fail at once and later."""
    assert set(processor["status"]) >= {rosenbrock.DONE, rosenbrock.BAD_START, rosenbrock.STEP_TOO_SMALL}
    assert processor["steps"][0] == 1
    assert np.ptp(processor["steps"][1:NOT_A_NUMBER]) > 5


@pytest.mark.parametrize("field", FIELDS)
def test_the_device_gives_what_the_processor_gives(simulated, processor, field):
    found = simulated[field][:, COLUMN : COLUMN + TIMES.size] if field == "out" else simulated[field]
    np.testing.assert_array_equal(found, processor[field])


def test_what_lies_beside_the_results_is_left_alone(simulated):
    assert (simulated["out"][:, :COLUMN] == -7.0).all()
    assert (simulated["out"][:, COLUMN + TIMES.size :] == -7.0).all()


@pytest.mark.parametrize("field", FIELDS)
def test_parts_of_a_batch_are_the_batch(simulated, processor, field):
    np.testing.assert_array_equal(simulated[f"parts_{field}"], processor[field])


def test_nothing_need_be_written_down(simulated):
    y, p = people()
    np.testing.assert_array_equal(
        simulated["no_times"], kernel.integrate(y[:2], p[:2], 1.0, TIMES[:0], RTOL, ATOL, LOWEST)[0]
    )


def test_a_course_of_treatment_is_the_same(simulated):
    history = course("cpu")
    np.testing.assert_array_equal(simulated["values"], history.values)
    np.testing.assert_array_equal(simulated["means"], history.means)
    extra = set(simulated["said"]) - {notice.message for notice in history.notices}
    assert len(extra) == 1
    assert "CUDA" in extra.pop()


@pytest.mark.parametrize("which", range(3))
def test_fields_diffuse_as_on_the_processor(simulated, which):
    """Sums may be fused on the processor, so not to the last bit."""
    u, factors = list(boxes())[which]
    before = u.copy()
    diffuse(u, factors)
    assert np.abs(u - before).max() > 1e-3
    np.testing.assert_allclose(simulated[f"field_{which}"], u, rtol=1e-11, atol=1e-13 * before.max())


def test_lines_too_long_for_shared_memory_diffuse_too(simulated):
    u, factors = long_box()
    diffuse(u, factors)
    np.testing.assert_allclose(simulated["long"], u, rtol=1e-11)


def test_a_patch_is_the_same(simulated):
    right = patch_course("cpu")
    assert np.ptp(right[-1]) > 0.1
    np.testing.assert_allclose(simulated["patch_means"], right, rtol=1e-10, atol=1e-13)


def test_a_patch_needs_a_device_where_one_is_asked_for(monkeypatch):
    from dermatwin.healing.patch import device as patch_gpu

    monkeypatch.setattr(patch_gpu, "lacking", lambda: "no CUDA device or driver was found")
    with pytest.raises(CaseError, match="no CUDA device"):
        patch_course("gpu")
    with pytest.raises(ValueError, match="no engine of a patch"):
        patch_course("tpu")


def test_the_simulator_is_never_chosen_by_itself(simulated):
    assert simulated["auto"] == "cpu"


def test_a_device_that_is_wrong_is_found_out(monkeypatch):
    """Some lanes run on the processor too; NaN where there should be numbers counts as wrong as well."""
    from dermatwin.healing import gpu

    def device(error):
        def run(_, task):
            task.y[:], task.out[:], task.status[:], _ = kernel.integrate(
                task.y, task.p, task.span, task.times, *task.tolerance
            )
            task.out[1, 3, 2] += error

        return run

    y, p = people()
    monkeypatch.setattr(gpu, "_compiled", lambda: None)
    monkeypatch.setattr(gpu, "run", device(1e-12))
    gpu.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST)
    for error in (1e-3, np.nan):
        monkeypatch.setattr(gpu, "run", device(error))
        with pytest.raises(ComputationError, match="tolerances"):
            gpu.integrate(y, p, SPAN, TIMES, RTOL, ATOL, LOWEST)


@pytest.mark.parametrize("change", [lambda y, p: (y[:3], p), lambda y, p: (y[:, :-1], p), lambda y, p: (y, p[:, :-1])])
def test_arrays_that_do_not_fit_are_refused(change):
    from dermatwin.healing import gpu

    with pytest.raises(ValueError, match="do not fit"):
        gpu.integrate(*change(*people()), SPAN, TIMES, RTOL, ATOL, LOWEST)


def test_small_batches_stay_on_the_processor(monkeypatch):
    monkeypatch.delenv(engine.VARIABLE, raising=False)
    assert engine.engine_for(engine.ENOUGH - 1) is engine.CPU
    assert engine.engine_for(10**9, "cpu") is engine.CPU


def test_ordinary_runs_do_not_wait_for_the_cuda_target():
    code = "import sys; from dermatwin.healing import engine; engine.engine_for(1000)\n"
    code += "print(any(name.startswith(('numba.cuda.', 'numba_cuda')) for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.strip() == "False"


def test_a_device_that_is_not_there_is_said_in_one_message(monkeypatch):
    from dermatwin.healing import gpu

    monkeypatch.setattr(gpu, "reason", lambda: "no CUDA device or driver was found")
    monkeypatch.setattr(gpu, "lacking", lambda: "no CUDA device or driver was found")
    with pytest.raises(CaseError, match=r"no CUDA device.*dermatwin\[gpu\]") as caught:
        engine.engine_for(10, "gpu")
    assert len(caught.value.faults) == 1
    assert engine.engine_for(10**9, "auto") == engine.CPU


def test_a_device_that_is_there_but_does_not_serve_is_said(monkeypatch):
    from dermatwin.healing import gpu

    monkeypatch.setattr(gpu, "reason", lambda: "the network does not compile for this device")
    monkeypatch.setattr(gpu, "lacking", lambda: "")
    chosen = engine.engine_for(10**9, "auto")
    assert chosen.name == "cpu"
    assert "does not compile" in chosen.notices("cheek")[0].message


def test_the_environment_chooses_where_the_call_does_not(monkeypatch):
    from dermatwin.healing import gpu

    monkeypatch.setattr(gpu, "reason", lambda: "")
    monkeypatch.setenv(engine.VARIABLE, "gpu")
    assert engine.engine_for(1).name == "gpu"
    assert engine.engine_for(1, "cpu").name == "cpu"
    monkeypatch.setenv(engine.VARIABLE, "tpu")
    with pytest.raises(CaseError, match="not one of auto, cpu, gpu"):
        engine.engine_for(1)


def kernels():
    """Every kernel as plain Python with its signature."""
    from dermatwin.healing import gpu
    from dermatwin.healing.patch import device as patch_gpu
    from dermatwin.numerics import patch_device, rosenbrock_device

    return {
        "lanes": (gpu.kernel_function(), rosenbrock_device.SIGNATURE),
        "reaction": (patch_gpu.reaction(), patch_gpu.SIGNATURE),
        "short lines": (patch_device.sweep_of(patch_device.SHORT), patch_device.SWEEP),
        "long lines": (patch_device.sweep_of(320), patch_device.SWEEP),
        "turn": (patch_device.turn, patch_device.TURN),
    }


@pytest.mark.parametrize("which", ["lanes", "reaction", "short lines", "long lines", "turn"])
def test_every_kernel_compiles_for_a_device(which, monkeypatch):
    """To PTX, in double precision throughout, with no call into Python or to the processor's memory."""
    import numba.cuda.dispatcher

    from dermatwin.numerics.device import cuda

    # functions of a kernel are compiled for the device at hand; there is none
    monkeypatch.setattr(numba.cuda.dispatcher, "get_current_device", lambda: SimpleNamespace(compute_capability=(9, 0)))
    kernel, signature = kernels()[which]
    try:
        code, _ = cuda.compile_ptx(kernel, signature, cc=(9, 0), device=False)
    except Exception as problem:
        if "nvvm" not in f"{type(problem).__name__} {problem}".lower():
            raise
        pytest.skip(f"no CUDA compiler: {str(problem).splitlines()[0]}")
    assert ".target sm_90" in code
    assert ".visible .entry" in code
    assert "f64" in code
    assert ".f32" not in code
    assert "vprintf" not in code
    assert "malloc" not in code


if __name__ == "__main__":
    simulate(sys.argv[1])
