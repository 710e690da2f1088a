"""Runs the two connectors under PyAirbyte as its users do, and prints what came of it as one line of JSON.

Called with a file that names the executables, their settings, and what to do.
"""

import json
import sys

import airbyte as ab
from airbyte import exceptions

job = json.load(open(sys.argv[1]))
source = ab.get_source(
    "source-flowcode",
    local_executable=job["source"],
    config=job["source_config"],
    install_if_missing=False,
)
destination = ab.get_destination(
    "destination-iterable",
    local_executable=job["destination"],
    config=job["destination_config"],
    install_if_missing=False,
)


def cache():
    return ab.DuckDBCache(db_path=job["cache"], cache_dir=job["cache_dir"], schema_name="flowcode")


def check(connector):
    try:
        connector.check()
        return "SUCCEEDED"
    except exceptions.AirbyteConnectorCheckFailedError as error:
        return str(error.context.get("failure_reason") or error)


def read(streams):
    source.select_streams(streams)
    result = source.read(cache=cache())
    rows = result["contacts"].to_pandas()
    return {"processed": result.processed_records, "emails": sorted(rows["email"].dropna().tolist())}


def write(is_cached):
    source.select_streams(["contacts"])
    result = destination.write(
        source,
        cache=cache() if is_cached else False,
        state_cache=None if is_cached else cache(),
    )
    return {"processed": result.processed_records}


def tried(action):
    try:
        return action()
    except exceptions.PyAirbyteError as error:
        return {"error": type(error).__name__, "text": str(error)}


done = []
for step in job["steps"]:
    if step == "check":
        done.append({"source": check(source), "destination": check(destination)})
    elif step == "streams":
        done.append(sorted(source.get_available_streams()))
    elif step == "read":
        done.append(tried(lambda: read(["contacts"])))
    elif step == "write":
        done.append(tried(lambda: write(is_cached=False)))
    elif step == "write cached":
        done.append(tried(lambda: write(is_cached=True)))
print("\nRESULT " + json.dumps(done))
