"""The same destination on the Meltano Singer SDK: meltano_target.py --config FILE < messages"""
import requests
from contact import user_of
from singer_sdk import typing as th
from singer_sdk.sinks import BatchSink
from singer_sdk.target_base import Target


class ContactsSink(BatchSink):
    max_size = 1000

    def setup(self):
        self.session = requests.Session()
        self.api = f"{self.config['base_url']}/api/users"
        self.types = self.session.get(f"{self.api}/getFields", timeout=30).json()["fields"]

    def process_batch(self, context):
        users = [user_of(record, self.types) for record in context["records"]]
        body = {"users": users}
        self.session.post(f"{self.api}/bulkUpdate", json=body, timeout=30).raise_for_status()


class BenchTarget(Target):
    name = "bench-target"
    config_jsonschema = th.PropertiesList(th.Property("base_url", th.StringType)).to_dict()
    default_sink_class = ContactsSink


BenchTarget.cli()
