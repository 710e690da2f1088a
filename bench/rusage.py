"""Runs a command and writes what it took to a file, as the kernel counts it: rusage.py FILE COMMAND...

In between, because a process inherits the peak of the one that starts it: this one is small."""
import json
import os
import sys
import time

target, *command = sys.argv[1:]
started = time.monotonic()
child = os.fork()
if child == 0:
    os.execvp(command[0], command)
_, status, used = os.wait4(child, 0)
seconds = time.monotonic() - started
unit = 1024 if sys.platform == "darwin" else 1
result = {
    "seconds": seconds,
    "cpu": used.ru_utime + used.ru_stime,
    "peakMb": used.ru_maxrss / unit / 1024,
    "code": os.waitstatus_to_exitcode(status),
}
with open(target, "w") as file:
    json.dump(result, file)
