"""Brings what is new in Flowcode into Iterable, every half hour. See examples/schedulers.md."""

import os
import subprocess

import dagster as dg

PROJECT = os.environ.get("FLOWCODE_ITERABLE_PROJECT", "/var/lib/flowcode-iterable")
RETRY_SECONDS = int(os.environ.get("FLOWCODE_ITERABLE_RETRY_SECONDS", "60"))


@dg.asset(
    output_required=False,
    retry_policy=dg.RetryPolicy(max_retries=3, delay=RETRY_SECONDS, backoff=dg.Backoff.EXPONENTIAL),
)
def iterable_contacts(context: dg.AssetExecutionContext):
    """The contacts of Flowcode in Iterable."""
    sync = subprocess.Popen(
        ["flowcode-iterable", "sync", "--project", PROJECT],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        start_new_session=True,  # So that a signal reaches it once: from here.
    )
    try:
        for line in sync.stdout:
            context.log.info(line.rstrip())
        code = sync.wait()
    except BaseException:
        sync.terminate()  # It finishes what it has under way, within ten seconds.
        sync.wait()
        raise
    if code == 0:
        yield dg.MaterializeResult()
    elif code == 3:
        context.log.warning("Skipped: another sync of the project is under way.")
    else:
        raise dg.Failure(f"The sync has ended with {code}: the log says why.", allow_retries=code != 2)


defs = dg.Definitions(
    assets=[iterable_contacts],
    schedules=[
        dg.ScheduleDefinition(
            name="flowcode_to_iterable",
            target=[iterable_contacts],
            cron_schedule="*/30 * * * *",
            default_status=dg.DefaultScheduleStatus.RUNNING,
        )
    ],
)
