"""Feature repositories that Feast and Manciple share, and the commands and servers of Manciple."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import yaml
from random_values import SEED
from servers import SQLITE, Servers

MANCIPLE = os.environ.get("MANCIPLE", str(Path(__file__).resolve().parents[3] / "manciple"))


def pytest_report_header():
    return f"seed of random values: {SEED}"


def manciple(repo, *arguments, check=True):
    """Runs a command in a repository and returns what it printed."""
    done = subprocess.run(
        [MANCIPLE, "-c", str(repo), *arguments], capture_output=True, text=True, timeout=120
    )
    if check and done.returncode != 0:
        raise AssertionError(f"manciple {' '.join(arguments)} failed:\n{done.stderr}\n{done.stdout}")
    return done


def manciple_json(repo, *arguments):
    return json.loads(manciple(repo, *arguments, "--json").stdout)


@dataclass
class Server:
    """A server of Manciple, stopped by who started it."""

    process: subprocess.Popen
    url: str

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)


def serve(repo, *arguments, command="serve"):
    ports = ["-p", "0", "--no-grpc"] if command == "serve" else ["-p", "0"]
    return started([MANCIPLE, "-c", str(repo), command, *ports, *arguments], r"(https?|grpc\+t\w+)://\S+:\d+")


def serve_registry(repo, *arguments):
    """A registry server of Manciple, whose url is host:port."""
    return started(
        [MANCIPLE, "-c", str(repo), "serve_registry", "--host", "127.0.0.1", "-p", "0", *arguments],
        r"127\.0\.0\.1:\d+",
    )


def started(command, pattern):
    """Runs a server until it has said where it listens."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seen = []
    for line in process.stdout:
        seen.append(line)
        address = re.search(pattern, line)
        if address:
            return Server(process, address.group())
    raise AssertionError(f"the server did not start:\n{''.join(seen)}")


@contextlib.contextmanager
def server_of_feast(repo, command, *arguments):
    """One of Feast's own servers, whose port is yielded."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    feast = Path(sys.executable).with_name("feast")
    log = repo.parent / f"{command}.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [feast, "-c", str(repo), command, "-p", str(port), *arguments], stdout=out, stderr=subprocess.STDOUT
        )
        try:
            deadline = time.monotonic() + 120
            while not _listens(port):
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.2)
            yield port
        finally:
            process.terminate()
            process.wait(timeout=30)


def _listens(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        return True
    except OSError:
        return False


DEFINITIONS = """
entities:
  - {name: driver, join_keys: [driver_id], value_type: int64}
data_sources:
  - name: stats
    path: stats.parquet
    timestamp_field: event_timestamp
    created_timestamp_column: created
feature_views:
  - name: driver_stats
    entities: [driver]
    ttl: 0
    schema:
      - {name: conv_rate, dtype: float32}
      - {name: trips, dtype: int64}
      - {name: name, dtype: string}
    source: stats
    tags: {team: rides}
feature_services:
  - name: ranking
    features: [driver_stats]
"""


def write_stats(repo):
    times = pd.to_datetime(["2024-05-01T10:00:00Z", "2024-05-01T11:00:00Z", "2024-05-02T09:00:00Z"])
    pd.DataFrame(
        {
            "driver_id": [1001, 1002, 1001],
            "conv_rate": pd.Series([0.5, None, 0.75], dtype="float32"),
            "trips": [7, 9, 8],
            "name": ["Ada", "Bob", "Ada L."],
            "event_timestamp": times,
            "created": times,
        }
    ).to_parquet(repo / "stats.parquet")


def write_configuration(folder, project, registry, offline, online):
    (folder / "feature_store.yaml").write_text(
        yaml.safe_dump(
            {
                "project": project,
                "provider": "local",
                "registry": registry if isinstance(registry, dict) else str(registry),
                "offline_store": offline if isinstance(offline, dict) else {"type": offline},
                "online_store": online,
                "entity_key_serialization_version": 3,
            }
        )
    )


def new_repository(folder, project="rides", offline="dask", online=SQLITE):
    """A repository with data and without definitions."""
    (folder / "data").mkdir(parents=True)
    write_configuration(folder, project, "data/registry.db", offline, online)
    write_stats(folder)
    return folder


def client_of(server, folder, repo, project):
    """A repository of Feast's that asks a server of Manciple for features, over the registry file of another."""
    folder.mkdir()
    write_configuration(
        folder, project, repo / "data/registry.db", "dask", {"type": "remote", "path": server.url}
    )
    return folder


def feast_definitions(repo):
    """The same definitions as DEFINITIONS, as objects of Feast."""
    from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
    from feast.types import Float32, Int64, String

    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    source = FileSource(
        name="stats",
        path=str(repo / "stats.parquet"),
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    )
    view = FeatureView(
        name="driver_stats",
        entities=[driver],
        schema=[
            Field(name="conv_rate", dtype=Float32),
            Field(name="trips", dtype=Int64),
            Field(name="name", dtype=String),
        ],
        source=source,
        tags={"team": "rides"},
    )
    return [driver, source, view, FeatureService(name="ranking", features=[view])]


@pytest.fixture(scope="session")
def servers(tmp_path_factory):
    running = Servers(tmp_path_factory.mktemp("servers"))
    yield running
    running.stop()


@pytest.fixture
def online_store():
    """What a feature_store.yaml has as online_store; modules that try several have their own."""
    return SQLITE


@pytest.fixture
def project():
    return "rides"


@pytest.fixture
def applied_by_feast(tmp_path, project, online_store):
    from feast import FeatureStore

    repo = new_repository(tmp_path / "repo", project, online=online_store)
    FeatureStore(str(repo)).apply(feast_definitions(repo))
    return repo


@pytest.fixture
def applied_by_manciple(tmp_path, project, online_store):
    repo = new_repository(tmp_path / "repo", project, online=online_store)
    (repo / "features.yaml").write_text(DEFINITIONS)
    manciple(repo, "apply")
    return repo
