"""Who computes chunks: this process, processes of its own, or the workers of a Dask cluster. The numbers are the same.

A chunk is a function of (task, chunk); what a worker gives back is a Parquet file as bytes, so that workers need no disk in
common. A worker that is lost costs its chunk's time: the cluster gives the chunk to another.
"""

from __future__ import annotations

import io
import multiprocessing
import pickle
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

from ..core.errors import CaseError, Fault
from .chunk import Chunk, Table, Task, computed

LOCAL = "local"
NO_DASHBOARD: Any = None  # distributed takes None for none, whatever it says of its type
RETRIES = 3  # numerical: times that a chunk is given to another worker


@dataclass(frozen=True)
class Where:
    """Who computes: so many processes; or a Dask scheduler at an address, or `local` for one that is started here."""

    workers: int = 1
    scheduler: str | None = None


@contextmanager
def computing(task: Task, chunks: Sequence[Chunk], where: Where) -> Generator[Iterator[tuple[Chunk, bytes]]]:
    """Chunks as Parquet files in bytes, as they come in."""
    if where.scheduler is not None and chunks:
        with _cluster(where) as client:
            yield from_cluster(client, task, chunks)
    elif where.workers > 1 and len(chunks) > 1:
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(where.workers, len(chunks)), fresh, _remember, (task,)) as pool:
            try:
                yield _as_done(pool, chunks)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    else:
        yield ((chunk, packed(computed(task, chunk))) for chunk in chunks)


def packed(table: Table) -> bytes:
    """A table as a Parquet file; the same table gives the same bytes."""
    import pyarrow
    import pyarrow.parquet

    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(dict(table)), file, compression="zstd")
    return file.getvalue()


def unpacked(content: bytes) -> Table:
    """The table of a Parquet file."""
    import pyarrow.parquet

    read = pyarrow.parquet.read_table(io.BytesIO(content))
    return {name: read.column(name).to_numpy() for name in read.column_names}


def from_cluster(client: Any, task: Task, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
    """Chunks computed by the workers of a Dask client.

    The task travels with every chunk, so that it is nowhere else when a worker is lost; a worker opens it once.
    """
    from distributed import as_completed as as_done

    content = pickle.dumps(task)
    name = blake2b(content, digest_size=16).hexdigest()
    futures = {client.submit(_opened, content, name, chunk, retries=RETRIES, pure=False): chunk for chunk in chunks}
    try:
        for future in as_done(list(futures)):
            yield futures.pop(future), future.result()
    finally:
        client.cancel(list(futures))


@contextmanager
def _cluster(where: Where) -> Generator[Any]:
    """A client of the scheduler at an address, or of one of our own."""
    from distributed import Client, LocalCluster

    if where.scheduler == LOCAL:
        with (
            LocalCluster(n_workers=max(where.workers, 1), threads_per_worker=1, dashboard_address=NO_DASHBOARD) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(where.scheduler, timeout="10s")
    except (OSError, TimeoutError, ValueError) as error:
        said = f"does not answer ({error.__class__.__name__}); start one with 'dask scheduler' and 'dask worker ADDRESS'"
        raise CaseError([Fault("--scheduler", str(where.scheduler), said)]) from None
    with client:
        yield client


def _opened(content: bytes, name: str, chunk: Chunk) -> bytes:
    if name not in _TASKS:
        _TASKS.clear()
        _TASKS[name] = pickle.loads(content)  # from the client of this cluster, as the function itself
    return _packed(_TASKS[name], chunk)


_TASKS: dict[str, Task] = {}
"""What a worker of a cluster computes, by its digest."""


def _packed(task: Task, chunk: Chunk) -> bytes:
    return packed(computed(task, chunk))


_TASK: list[Task] = []
"""What a worker process computes, handed to it once."""


def _remember(task: Task) -> None:
    _TASK[:] = [task]


def _told(chunk: Chunk) -> bytes:
    return _packed(_TASK[0], chunk)


def _as_done(pool: ProcessPoolExecutor, chunks: Sequence[Chunk]) -> Iterator[tuple[Chunk, bytes]]:
    futures = {pool.submit(_told, chunk): chunk for chunk in chunks}
    for future in as_completed(futures):
        yield futures[future], future.result()
