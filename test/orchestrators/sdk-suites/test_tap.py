"""The Meltano SDK's own suite for taps."""

import json
from functools import cache
from pathlib import Path

from program import CONFIG, about, run
from singer_sdk import Stream, Tap
from singer_sdk.testing import get_tap_test_class


@cache
def discover():
    """What the program discovers: once, for the suite makes a tap anew in every test."""
    return run("--discover")[0]


class DeclaredStream(Stream):
    """A stream as the catalog that the program discovers declares it."""

    def __init__(self, tap, entry):
        super().__init__(tap, schema=entry["schema"], name=entry["tap_stream_id"])
        root = next(each["metadata"] for each in entry["metadata"] if each["breadcrumb"] == [])
        self.primary_keys = root["table-key-properties"]
        self.replication_key = next(iter(root.get("valid-replication-keys", [])), None)

    def get_records(self, context):
        raise NotImplementedError("the program reads")


class ProgramTap(Tap):
    name = "tap-flowcode"
    config_jsonschema = {"type": "object", "properties": {}}

    def discover_streams(self):
        self.discovered = json.loads(discover())
        return [DeclaredStream(self, entry) for entry in self.discovered["streams"]]

    @property
    def catalog_dict(self):
        return self.discovered

    def run_discovery(self):
        print(json.dumps(self.discovered))

    def run_connection_test(self):
        run("--test")
        return True

    def run_sync_dry_run(self, dry_run_record_limit=1, streams=None):
        # The suite wants a record of every stream, also of the one that is not selected by default.
        for entry in self.discovered["streams"]:
            for each in entry["metadata"]:
                if each["breadcrumb"] == []:
                    each["metadata"]["selected"] = True
        catalog = Path("catalog.json")
        catalog.write_text(json.dumps(self.discovered))
        print(run("--catalog", str(catalog))[0])
        return True

    def print_version(self):
        print(run("--version", configured=False)[0])

    def print_about(self, output_format="text"):
        about(output_format)


TestTap = get_tap_test_class(ProgramTap, config=CONFIG)
