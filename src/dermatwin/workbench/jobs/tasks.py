"""The tasks that a worker knows by name. Each takes an id and reads the rest from the row."""

from __future__ import annotations

from functools import partial

from django_tasks import task

from ..calls.follow import follow_plan
from ..calls.searching import look_for_courses
from ..calls.simulating import simulate_plan
from ..models import Forecast, Job, Run, Search
from .work import carry_out


@task()
def run(pk: str) -> None:
    """Simulate a plan."""
    job = Run.objects.select_related("plan__patient").get(pk=pk)
    carry_out(job, partial(simulate_plan, job))


@task()
def search(pk: str) -> None:
    """Look for courses."""
    job = Search.objects.select_related("consultation__patient").get(pk=pk)
    carry_out(job, partial(look_for_courses, job))


@task()
def forecast(pk: str) -> None:
    """Follow a course that is under way."""
    job = Forecast.objects.select_related("plan__patient").get(pk=pk)
    carry_out(job, partial(follow_plan, job))


TASKS = {Run: run, Search: search, Forecast: forecast}
"""Kind of job -> its task."""


def ask(job: Job) -> None:
    """Put a job into the queue."""
    TASKS[type(job)].enqueue(str(job.pk))
