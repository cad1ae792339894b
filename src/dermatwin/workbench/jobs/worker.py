"""The worker: takes up what an ended one left, then does one job after another; ends with the server that started it."""

from __future__ import annotations

import os
import signal
import threading
from time import sleep
from types import FrameType

from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from .tasks import TASKS, ask


def resume() -> int:
    """Put every job that is not over into the queue, once each, the oldest first; returns how many."""
    DBTaskResult.objects.filter(status__in=("READY", "RUNNING")).delete()
    left = [job for kind in TASKS for job in kind._default_manager.filter(state__in=("waiting", "running"))]
    for job in sorted(left, key=lambda job: job.asked_at):
        ask(job)
    return len(left)


class Ending(Worker):
    """A worker that stops in the middle of a job when it is told to: the next one takes it up."""

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """End now."""
        self.running = False
        raise SystemExit(0)


def work(*, until_done: bool = False) -> None:
    """Do jobs until somebody says stop, or until there are none."""
    resume()
    worker = Ending(
        queue_names=["default"],
        interval=0.5,
        batch=until_done,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )
    if threading.current_thread() is threading.main_thread():
        worker.configure_signals()
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    worker.run()


def _end_with(parent: int) -> None:
    """A server that was killed takes its worker along."""
    while os.getppid() == parent:
        sleep(1.0)
    os.kill(os.getpid(), signal.SIGTERM)
