"""The service under load, in one table: its start, its memory, and what those who ask and watch wait for.

    python -m benchmarks.service [--rate 200] [--sockets 1000] [--users 20] [--seconds 20]

It starts a real ``reelwright serve`` (with a clock in its progress bus, see benchmarks/serving.py) on SQLite with the
settings that come with it, rate limits and streams per user aside. One film is rendered all the while by the service's
own child. Every user has a video in the queue behind it; half of the requests ask for one of those, half for the one
that renders. A twentieth of the WebSockets watch the real render; the others watch videos that nobody makes, whose
progress is told 25 times a second for each user.

The delay of progress counts from the moment a state was published to the arrival of that state or of a newer one at
each who watches: states that are left out because newer ones came count too. The load comes from two processes of their
own; the last column is the share of all cores that was taken by anything else than the service with its render and the
load. Where that is not near 0, a missed aim is not decided.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import httpx

from .measuring import busy_seconds, resident, tree

ROOT = Path(__file__).parent.parent
PASSWORD = "tidal basin at noon"
QUIET = 0.05
"""The share of all cores above which others spoil the delays."""
_ROUNDS, _TELLS = 4, 25
"""Videos one after the other of each fed user, and how often a second each is told of."""


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    found: str
    aim: str
    met: bool
    others: float


class Others:
    """The share of the machine that is taken by neither the service nor the load, between two looks."""

    def __init__(self, server: int) -> None:
        self.server = server
        self.wall, self.busy, self.own = time.monotonic(), busy_seconds(), self._own()

    def since(self, load: float) -> float:
        wall = time.monotonic() - self.wall
        own = self._own() - self.own + load
        return max(0.0, busy_seconds() - self.busy - own) / wall / (os.cpu_count() or 1)

    def _own(self) -> float:
        return sum(map(_cpu, {os.getpid(), *tree(self.server)}))


def _cpu(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(folder: Path, bytecode: Path) -> Iterator[tuple["subprocess.Popen[str]", str, float]]:
    """The process, its address, and how long it took to answer. ``bytecode`` is where that of its modules lies."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPYCACHEPREFIX": str(bytecode),
        "PYTHONPATH": str(ROOT),
        "REELWRIGHT_RATE_PER_ADDRESS": "none",
        "REELWRIGHT_RATE_PER_USER": "none",
        "REELWRIGHT_LIVE_PER_USER": "1000",
        "REELWRIGHT_JOBS_AT_ONCE": "1",
    }
    command = [sys.executable, "-m", "benchmarks.serving", "--port", "0", "--data", str(folder), "--log-level", "error"]
    began = time.monotonic()
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        place = process.stdout.readline().split()[2]
        httpx.get(f"{place}/api/system/version", trust_env=False).raise_for_status()
        yield process, place, time.monotonic() - began
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def people(client: httpx.Client, users: int) -> tuple[list[str], list[str]]:
    """The ids and tokens of new accounts."""
    ids, tokens = [], []
    for number in range(users):
        body = {"username": f"user{number}", "email": f"user{number}@example.org", "password": PASSWORD}
        ids.append(client.post("/api/users/register", json=body).raise_for_status().json()["id"])
        login = client.post("/api/users/login", json={"username": f"user{number}", "password": PASSWORD})
        tokens.append(login.raise_for_status().json()["access_token"])
    return ids, tokens


def load(what: str, place: str, *numbers: float, plan: list[tuple[str, str]]) -> "subprocess.Popen[str]":
    address = place.removeprefix("http://")
    command = [sys.executable, "-m", "benchmarks.load", what, address, *map(str, numbers)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    process.stdin.write(json.dumps(plan) + "\n")
    process.stdin.flush()
    return process


def told(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout
    line = process.stdout.readline()
    if not line:
        raise RuntimeError("the load broke off")
    return json.loads(line)


def share(values: Sequence[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1]


def milliseconds(values: Sequence[float]) -> str:
    return " / ".join(f"{share(values, percent) * 1000:.0f}" for percent in (50, 95, 99))


def delays(
    published: list[tuple[str, str, float, bool]],
    watchers: list[str],
    messages: list[list[tuple[float, str, int, bool]]],
    begin: float,
) -> tuple[list[float], list[float], int, int]:
    """Of progress and of final states, in seconds; how many final states were due, and how many came.

    ``watchers`` are the users whose videos the messages are of.
    """
    by_video: dict[str, list[int]] = defaultdict(list)
    owner_of, ended_at = {}, {}
    for number, (of, video, at, over) in enumerate(published):
        if at >= begin:
            by_video[video].append(number)
            owner_of[video] = of
            if over:
                ended_at[video] = at
    progress, final, due, came = [], [], 0, 0
    for owner, told_of in zip(watchers, messages, strict=True):
        arrivals: dict[str, list[tuple[int, float, bool]]] = defaultdict(list)
        for at, video, number, over in told_of:
            arrivals[video].append((number, at, over))
        for video, numbers in by_video.items():
            if owner_of[video] != owner:
                continue
            seen = arrivals[video]
            places = [number for number, _, _ in seen]
            if video in ended_at:
                due += 1
                ends = [at for _, at, over in seen if over]
                came += bool(ends)
                final += [at - ended_at[video] for at in ends[:1]]
            for number in numbers:
                place = bisect_left(places, number)
                if place < len(seen):
                    progress.append(seen[place][1] - published[number][2])
    return progress, final, due, came


def measure(options: argparse.Namespace, folder: Path) -> list[Row]:
    rows: list[Row] = []

    def row(name: str, found: str, aim: str, met: bool, others: float) -> None:
        rows.append(Row(name, found, aim, met, others))
        print(f"{name}: {found}", file=sys.stderr, flush=True)

    with served(folder / "first", folder / "bytecode"):  # leaves the bytecode that an installation has
        pass
    before = busy_seconds()
    with served(folder / "data", folder / "bytecode") as (process, place, up):
        wall_share = (busy_seconds() - before - sum(map(_cpu, tree(process.pid)))) / up / (os.cpu_count() or 1)
        row("start until it answers", f"{up:.2f} s", "3 s", up <= 3, max(0.0, wall_share))
        idle = resident(process.pid)
        row("memory, idle", f"{idle / 1e6:.0f} MB", "200 MB", idle <= 200e6, 0)
        with httpx.Client(base_url=place, trust_env=False, timeout=60) as client:
            ids, tokens = people(client, options.users)

            def order(token: str, seconds: int) -> str:
                scenes = [{"seconds": 4, "title": f"Scene {number}"} for number in range(max(1, seconds // 4))]
                headers = {"Authorization": f"Bearer {token}"}
                answer = client.post("/api/video/generate", headers=headers, json={"scenes": scenes})
                return str(answer.raise_for_status().json()["id"])

            def ask(path: str, token: str, **query: float) -> Any:
                headers = {"Authorization": f"Bearer {token}"}
                return client.post(path, headers=headers, params=query).raise_for_status()

            render = order(tokens[0], options.film)
            queued = [order(token, 4) for token in tokens]
            for token in tokens[1:]:
                ask("/bench/feeding", token)
            status = f"/api/video/status/{render}"
            until = time.monotonic() + 60
            while time.monotonic() < until:
                standing = client.get(status, headers={"Authorization": f"Bearer {tokens[0]}"}).json()
                if standing["stage"] == "render":
                    break
                time.sleep(0.2)
            requests: list[tuple[str, str]] = []
            for token, video in zip(tokens, queued, strict=True):
                requests += [(status, tokens[0]), (f"/api/video/status/{video}", token)]

            others = Others(process.pid)
            asked = load("requests", place, options.rate, options.seconds, plan=requests)
            asking = told(asked)
            _requests(row, options, asking, "", others.since(asking["cpu"]))

            users = [0 if number % 20 == 0 else 1 + number % (len(tokens) - 1) for number in range(options.sockets)]
            paths = [("/api/video/progress", tokens[user]) for user in users]
            watchers = [ids[user] for user in users]
            watching = load("sockets", place, plan=paths)
            opening = told(watching)["open"]
            grown = resident(process.pid)
            row(f"{options.sockets} WebSockets open", f"in {opening:.1f} s", "", True, 0)
            row(
                "memory with them",
                f"{grown / 1e6:.0f} MB, {(grown - idle) / options.sockets / 1e3:.0f} kB each",
                "",
                True,
                0,
            )
            others, begin = Others(process.pid), time.monotonic()
            ask("/bench/feed", tokens[0], seconds=options.seconds / _ROUNDS, rounds=_ROUNDS, rate=_TELLS)
            both, middle = Others(process.pid), time.monotonic()
            asked = load("requests", place, options.rate, options.seconds, plan=requests)
            ask("/bench/feed", tokens[0], seconds=options.seconds / _ROUNDS, rounds=_ROUNDS, rate=_TELLS)
            end = time.monotonic()
            asking = told(asked)
            time.sleep(1)
            assert watching.stdin
            cpu = _cpu(watching.pid)
            watching.stdin.write("\n")
            watching.stdin.flush()
            shares = others.since(cpu + asking["cpu"]), both.since(cpu / 2 + asking["cpu"])
            published = client.get("/bench/published").json()
            heard = told(watching)
            alive = client.get(status, headers={"Authorization": f"Bearer {tokens[0]}"}).json()["status"]
            _progress(row, options, published, watchers, heard, begin, middle, "", shares[0])
            _progress(row, options, published, watchers, heard, middle, end, " and requests", shares[1])
            _requests(row, options, asking, " and WebSockets", shares[1])
            row("the film meanwhile", alive, "running", alive == "running", 0)
            again = load("sockets", place, plan=paths)
            told(again)
            began = time.monotonic()
            process.send_signal(signal.SIGTERM)
            code = process.wait(30)
            took = time.monotonic() - began
            again.kill()
            row(f"end with {options.sockets} WebSockets open", f"{took:.2f} s, exit code {code}", "", code == 0, 0)
    return rows


def _requests(row: Any, options: argparse.Namespace, asking: Any, beside: str, others: float) -> None:
    latencies, right = asking["latencies"], asking["statuses"] == {"200": len(asking["latencies"])}
    row(
        f"GET status at {options.rate:g}/s beside the render{beside}, p50 / p95 / p99",
        f"{milliseconds(latencies)} ms" + ("" if right else f", statuses {asking['statuses']}"),
        "p99 50 ms",
        right and share(latencies, 99) <= 0.05,
        others,
    )


def _progress(
    row: Any,
    options: argparse.Namespace,
    published: list[tuple[str, str, float, bool]],
    watchers: list[str],
    heard: Any,
    begin: float,
    end: float,
    beside: str,
    others: float,
) -> None:
    within = [one if one[2] < end else (*one[:2], -1.0, one[3]) for one in published]
    progress, final, due, came = delays(within, watchers, heard["messages"], begin)
    name = f"{options.sockets} WebSockets beside the render{beside}"
    row(
        f"{name}: progress, p50 / p95 / p99",
        f"{milliseconds(progress)} ms",
        "p95 500 ms",
        share(progress, 95) <= 0.5,
        others,
    )
    row(
        f"{name}: final states, p50 / p95 / p99",
        f"{milliseconds(final)} ms, {came} of {due}",
        "all",
        came == due and not heard["closed"],
        others,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20, help="of each of the three parts")
    parser.add_argument("--film", type=int, default=1200, help="seconds of the film, which has to last long enough")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="reelwright-benchmark-") as folder:
        rows = measure(options, Path(folder))
    print("| what | found | aim | | others |\n| --- | ---: | ---: | --- | ---: |")
    for one in rows:
        verdict = "" if not one.aim else "met" if one.met else "MISSED" if one.others <= QUIET else "NOT DECIDED"
        print(f"| {one.name} | {one.found} | {one.aim} | {verdict} | {one.others:.0%} |")


if __name__ == "__main__":
    main()
