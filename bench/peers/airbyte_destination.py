"""The same destination on Airbyte's Python CDK: airbyte_destination.py write --config FILE --catalog FILE < messages"""
import sys

import requests
from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import AirbyteConnectionStatus, ConnectorSpecification, Status, Type
from contact import user_of

BATCH = 1000


class BenchDestination(Destination):
    def spec(self, logger):
        return ConnectorSpecification(connectionSpecification={"type": "object", "properties": {}})

    def check(self, logger, config):
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def write(self, config, configured_catalog, input_messages):
        session = requests.Session()
        api = f"{config['advanced']['base_url']}/api/users"
        types = session.get(f"{api}/getFields", timeout=30).json()["fields"]
        users = []

        def send():
            session.post(f"{api}/bulkUpdate", json={"users": users}, timeout=30).raise_for_status()
            users.clear()

        for message in input_messages:
            if message.type == Type.STATE:
                if users:
                    send()
                yield message
            elif message.type == Type.RECORD:
                users.append(user_of(message.record.data, types))
                if len(users) == BATCH:
                    send()
        if users:
            send()


BenchDestination().run(sys.argv[1:])
