"""The Meltano SDK's own suite for targets, with two tests that it has and does not run by default."""

import json

from program import CONFIG, ProgramError, about, run
from singer_sdk import Target
from singer_sdk.exceptions import RecordsWithoutSchemaException
from singer_sdk.testing import get_target_test_class
from singer_sdk.testing.suites import SingerTestSuite
from singer_sdk.testing.target_tests import TargetMultipleStateMessages, TargetRecordMissingRequiredProperty


def expect_states_in_order(sent, printed):
    """Every state that the program prints is one that came, in order, and the last is the last that says anything."""
    left = iter(sent)
    assert all(any(state == each for each in left) for state in printed), (sent, printed)
    assert printed[-1:] == [state for state in sent if state != {}][-1:], (sent, printed)


class ProgramTarget(Target):
    name = "target-iterable"
    config_jsonschema = {"type": "object", "properties": {}}

    def process_lines(self, file_input):
        lines = file_input.read()
        try:
            printed, said = run(stdin=lines)
        except ProgramError as error:
            if "has not been declared" in str(error):
                raise RecordsWithoutSchemaException(str(error)) from error
            raise
        messages = [json.loads(line) for line in lines.splitlines()]
        sent = [message["value"] for message in messages if message["type"] == "STATE"]
        # Nobody is rejected but where the file is about it: sdk-streams.test.ts looks at who then goes on.
        assert "WARNING rejected: " not in said or "record_missing_" in lines, said
        expect_states_in_order(sent, [json.loads(line) for line in printed.splitlines()])
        print(printed)

    def process_endofpipe(self):
        """The program has ended by itself, when its input has."""

    def print_version(self):
        print(run("--version", configured=False)[0])

    def print_about(self, output_format="text"):
        about(output_format)


OTHERS = SingerTestSuite(kind="target", tests=[TargetMultipleStateMessages, TargetRecordMissingRequiredProperty])
TestTarget = get_target_test_class(ProgramTarget, config=CONFIG, custom_suites=[OTHERS])
