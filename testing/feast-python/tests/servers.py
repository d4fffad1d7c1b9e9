"""The servers behind online stores, and what a feature_store.yaml says to reach them."""

import functools
import os
import re
import subprocess
import threading
from pathlib import Path

TARGET = Path(__file__).resolve().parents[2] / "servers" / "target" / "quick"
SQLITE = {"type": "sqlite", "path": "data/online.db"}


class Servers:
    """Servers of one run, each started when it is first asked for."""

    def __init__(self, folder):
        self._folder = folder
        self._running = {}

    def online_store(self, name):
        return getattr(self, name)()

    def sqlite(self):
        return SQLITE

    def redis(self):
        return {"type": "redis", "connection_string": f"127.0.0.1:{self._port('redis')}"}

    def postgres(self):
        return {
            "type": "postgres",
            "host": "127.0.0.1",
            "port": self._port("postgres"),
            "database": "postgres",
            "db_schema": "public",
            "user": "postgres",
            "password": "any",
            "sslmode": "disable",
        }

    def cassandra(self):
        first = "cassandra" not in self._running
        port = self._port("cassandra")
        if first:
            self._create_keyspace(port)
        return {
            "type": "cassandra",
            "hosts": ["127.0.0.1"],
            "port": port,
            "keyspace": "feast",
            "username": "cassandra",
            "password": "cassandra",
            "request_timeout": 60.0,
            "load_balancing": {
                "local_dc": "datacenter1",
                "load_balancing_policy": "TokenAwarePolicy(DCAwareRoundRobinPolicy)",
            },
        }

    @staticmethod
    def _create_keyspace(port):
        from cassandra.auth import PlainTextAuthProvider
        from cassandra.cluster import Cluster
        from feast.infra.online_stores.cassandra_online_store import cassandra_online_store

        # The driver gives a server two seconds to describe itself, which on a machine that builds besides are few.
        patient = functools.partial(Cluster, connect_timeout=60, control_connection_timeout=60)
        cassandra_online_store.Cluster = patient
        login = PlainTextAuthProvider("cassandra", "cassandra")
        with patient(["127.0.0.1"], port=port, auth_provider=login) as cluster:
            cluster.connect().execute(
                "CREATE KEYSPACE feast WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
                timeout=60,
            )

    def dynamodb(self):
        # Both ask the environment who they are; the server believes everyone.
        os.environ.update(AWS_ACCESS_KEY_ID="test", AWS_SECRET_ACCESS_KEY="test")
        return {
            "type": "dynamodb",
            "region": "eu-central-1",
            "endpoint_url": f"http://127.0.0.1:{self._port('dynamodb')}",
        }

    def _port(self, name):
        if name not in self._running:
            self._running[name] = self._start(name)
        return self._running[name][1]

    def _start(self, name):
        jar = next(TARGET.glob("manciple-test-servers-*.jar"))
        class_path = f"{jar}{os.pathsep}{(TARGET / 'class-path').read_text().strip()}"
        process = subprocess.Popen(
            [
                os.environ.get("JAVA", "java"),
                "-Xmx256m",
                "-cp",
                class_path,
                "dev.manciple.servers.Main",
                name,
                str(self._folder / name),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        seen = []
        for line in process.stdout:
            seen.append(line)
            if re.fullmatch(r"\d+\n", line):
                # What it says from now on must not fill the pipe.
                threading.Thread(target=process.stdout.read, daemon=True).start()
                return process, int(line)
        raise AssertionError(f"the server of {name} did not start:\n{''.join(seen)}")

    def stop(self):
        for process, _ in self._running.values():
            process.stdin.close()
        for process, _ in self._running.values():
            process.wait(timeout=60)
