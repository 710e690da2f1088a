"""The same destination on the Meltano Singer SDK: meltano_target.py --config FILE < messages"""
import requests
from singer_sdk import typing as th
from singer_sdk.sinks import BatchSink
from singer_sdk.target_base import Target


class ContactsSink(BatchSink):
    max_size = 1000

    def setup(self):
        self.session = requests.Session()

    def process_batch(self, context):
        users = [
            {"email": record.pop("email", None), "dataFields": record}
            for record in context["records"]
        ]
        url = f"{self.config['base_url']}/api/users/bulkUpdate"
        self.session.post(url, json={"users": users}, timeout=30).raise_for_status()


class BenchTarget(Target):
    name = "bench-target"
    config_jsonschema = th.PropertiesList(th.Property("base_url", th.StringType)).to_dict()
    default_sink_class = ContactsSink


BenchTarget.cli()
