"""Airbyte's own standard tests of a connector, with its program in place of a class of Python's.

The folder that this lies in is the connector's: its acceptance-test-config.yml, metadata.yaml and secrets stand beside.
"""

import os
import subprocess

from airbyte_cdk.test import entrypoint_wrapper
from airbyte_cdk.test.entrypoint_wrapper import EntrypointOutput
from airbyte_cdk.test.standard_tests import DestinationTestSuiteBase, SourceTestSuiteBase


class Program:
    """What the suite takes for a connector; it is run below."""

    def spec(self, logger):
        raise NotImplementedError


def run_program(source, args, expecting_exception=None, *, expected_outcome=None):
    command = [os.environ["NODE"], os.environ["PROGRAM"], *args]
    ended = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    output = EntrypointOutput(messages=ended.stdout.splitlines(), command=command, stderr=ended.stderr)
    # An error without its message, or a message without its error, is a fault of ours.
    assert (ended.returncode != 0) == bool(output.errors), (ended.returncode, ended.stdout)
    return output


entrypoint_wrapper._run_command = run_program
Suite = SourceTestSuiteBase if os.environ["KIND"] == "source" else DestinationTestSuiteBase


class TestConnector(Suite):
    connector = Program


# The bases are not suites of their own.
del Suite, SourceTestSuiteBase, DestinationTestSuiteBase
