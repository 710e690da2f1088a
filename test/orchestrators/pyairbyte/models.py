"""Parses every line of the files in a folder with Airbyte's own models, and prints what does not fit as one line of JSON.

A line of `write` that is a state came in from outside and goes back byte for byte: what it holds is not ours.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from airbyte_protocol.models import AirbyteMessage
from pydantic import BaseModel, ValidationError


# What is inside is the source's own.
STATES_OF_THE_SOURCE = {"stream_state", "shared_state"}


def strangers(value, path=""):
    """The keys that no model knows."""
    if isinstance(value, BaseModel):
        for name in value.model_extra or {}:
            yield f"{path}.{name}"
        for name in set(type(value).model_fields) - STATES_OF_THE_SOURCE:
            yield from strangers(getattr(value, name), f"{path}.{name}")
    elif isinstance(value, list):
        for item in value:
            yield from strangers(item, f"{path}[]")


kinds = Counter()
problems = []
for file in sorted(Path(sys.argv[1]).glob("*.jsonl")):
    text = file.read_text()
    # A run that was killed may leave half a line.
    for number, line in enumerate(text.split("\n")[:-1], 1):
        where = f"{file.name.split('-')[0]} line {number}"
        try:
            message = AirbyteMessage.model_validate_json(line)
        except (ValidationError, ValueError) as error:
            problems.append(f"{where}: {error}"[:500])
            continue
        kind = message.type.value
        kinds[message.trace.type.value if message.trace else kind] += 1
        if kind == "STATE" and file.name.startswith("write"):
            continue
        problems += [f"{where}: {kind} has the unknown key {key}" for key in strangers(message)]
        again = json.loads(message.model_dump_json(exclude_unset=True, by_alias=True))
        if again != json.loads(line):
            problems.append(f"{where}: {kind} does not come back the same")
print(json.dumps({"kinds": kinds, "problems": problems[:20]}))
