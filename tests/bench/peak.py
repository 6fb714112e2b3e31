"""peak.py [--pss] COMMAND... - runs it, and prints the seconds it took and the
most memory (kB) that one of its processes had; with --pss also the most that
all of them had together, shared pages counted once.  Looking at memory takes
time: the seconds are those of a run without."""
import pathlib
import resource
import subprocess
import sys
import time

INTERVAL = 0.1  # seconds


def family(pid):
    """The process and all below it."""
    yield pid
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue  # gone meanwhile
        for child in children:
            yield from family(int(child))


def pss_kb(pid):
    try:
        text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines()
                 if line.startswith("Pss:")), 0)


def main():
    arguments = sys.argv[1:]
    sampled = arguments[0] == "--pss"
    most_kb = 0
    start = time.monotonic()
    process = subprocess.Popen(arguments[sampled:], stdout=subprocess.DEVNULL)
    while sampled and process.poll() is None:
        most_kb = max(most_kb, sum(map(pss_kb, family(process.pid))))
        time.sleep(INTERVAL)
    status = process.wait()
    seconds = time.monotonic() - start
    if sampled and most_kb == 0:
        sys.exit("peak.py: no memory could be read")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(f"{seconds:.2f} {peak} {most_kb}")
    return 0 if status in (0, 1, 75) else 1  # verdicts are not our matter


sys.exit(main())
