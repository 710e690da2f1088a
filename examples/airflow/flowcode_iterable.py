"""Brings what is new in Flowcode into Iterable, every half hour. See examples/schedulers.md."""

import os
from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowException, AirflowFailException

RETRY_SECONDS = int(os.environ.get("FLOWCODE_ITERABLE_RETRY_SECONDS", "60"))


class FlowcodeIterableOperator(BashOperator):
    """A sync. It is started in a session of its own, and stopped by SIGTERM when its task is."""

    def execute(self, context):
        try:
            return super().execute(context)
        except AirflowException as error:
            if self.subprocess_hook.sub_process.returncode == 2:
                raise AirflowFailException("Correct the project as the log says: no retry would help.") from error
            raise


with DAG(
    "flowcode_to_iterable",
    schedule="*/30 * * * *",
    start_date=datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
):
    FlowcodeIterableOperator(
        task_id="sync",
        bash_command='flowcode-iterable sync --project "${FLOWCODE_ITERABLE_PROJECT:-/var/lib/flowcode-iterable}"',
        skip_on_exit_code=3,
        retries=3,
        retry_delay=timedelta(seconds=RETRY_SECONDS),
        retry_exponential_backoff=2,
        do_xcom_push=False,
    )
