"""Meltano with one line mended.

From Python 3.11 on, `meltano config test LOADER` of Meltano 4.4.1 ends with a ProcessLookupError for every loader that
ends by itself: it terminates the process after having waited for its end. Nothing else is changed.
"""

from asyncio.base_subprocess import BaseSubprocessTransport

terminate = BaseSubprocessTransport.terminate


def terminate_if_running(self):
    try:
        terminate(self)
    except ProcessLookupError:
        pass


BaseSubprocessTransport.terminate = terminate_if_running

from meltano.cli import main  # noqa: E402

main()
