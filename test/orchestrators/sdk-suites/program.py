"""A program of ours, where the Meltano SDK expects a class of Python's."""

import json
import os
import subprocess
from pathlib import Path

CONFIG = json.loads(Path(os.environ["CONFIG"]).read_text())


class ProgramError(Exception):
    """The program has ended with an error."""


def run(*args, stdin="", configured=True):
    """Run the program to its end; return what it prints, on both outputs."""
    command = [os.environ["NODE"], os.environ["PROGRAM"], *args]
    if configured:
        command += ["--config", os.environ["CONFIG"]]
    ended = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise ProgramError(ended.stderr)
    return ended.stdout, ended.stderr


def about(format="text"):
    """What the program says of itself: the SDK's suites print it."""
    said, _ = run("--about", "--format", format, configured=False)
    print(said)
    return said
