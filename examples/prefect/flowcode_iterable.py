"""Brings what is new in Flowcode into Iterable. See examples/schedulers.md."""

import os
import subprocess

from prefect import flow, get_run_logger, task
from prefect.states import Completed
from prefect.tasks import exponential_backoff

PROJECT = os.environ.get("FLOWCODE_ITERABLE_PROJECT", "/var/lib/flowcode-iterable")
RETRY_SECONDS = int(os.environ.get("FLOWCODE_ITERABLE_RETRY_SECONDS", "60"))


class ProjectToCorrect(Exception):
    """No retry would help."""


def may_pass_by_itself(task, task_run, state) -> bool:
    return not isinstance(state.result(raise_on_failure=False), ProjectToCorrect)


ANOTHER_IS_UNDER_WAY = 3


@task(retries=3, retry_delay_seconds=exponential_backoff(RETRY_SECONDS), retry_condition_fn=may_pass_by_itself)
def sync():
    logger = get_run_logger()
    process = subprocess.Popen(
        ["flowcode-iterable", "sync", "--project", PROJECT],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,  # So that a signal reaches it once: from here.
    )
    try:
        for line in process.stdout:
            logger.info(line.rstrip())
        code = process.wait()
    except BaseException:
        process.terminate()  # It finishes what it has under way, within ten seconds.
        process.wait()
        raise
    if code == 2:
        raise ProjectToCorrect("Correct the project as the log says: no retry would help.")
    if code not in (0, ANOTHER_IS_UNDER_WAY):
        raise RuntimeError(f"The sync has ended with {code}: the log says why.")
    return code


@flow
def flowcode_to_iterable():
    if sync() == ANOTHER_IS_UNDER_WAY:
        return Completed(name="Skipped", message="Another sync of the project is under way.")


if __name__ == "__main__":
    flowcode_to_iterable()
