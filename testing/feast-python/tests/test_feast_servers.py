"""Manciple's remote online and offline stores against Feast's own servers."""

import json
import urllib.request
from datetime import datetime, timezone

import pandas as pd
import pyarrow.parquet as pq
import pytest
from conftest import (
    feast_definitions,
    manciple,
    manciple_json,
    new_repository,
    serve,
    server_of_feast,
    write_configuration,
)
from feast import Entity, FeatureStore, FeatureView, Field, FileSource, PushSource, ValueType
from feast.types import Array, Bytes, Float32, Int64, String, UnixTimestamp

START, END = datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 12, 31, tzinfo=timezone.utc)


def more_definitions(repo, driver, source):
    """Views of two keys, of other types, of rows without a time of creation, and of rows that are pushed."""
    rider = Entity(name="rider", join_keys=["name"], value_type=ValueType.STRING)
    pairs = FeatureView(name="pairs", entities=[driver, rider], schema=[Field(name="trips", dtype=Int64)], source=source)
    typed = FeatureView(
        name="typed",
        entities=[driver],
        schema=[
            Field(name="seen", dtype=UnixTimestamp),
            Field(name="tags", dtype=Array(String)),
            Field(name="raw", dtype=Bytes),
        ],
        source=source,
    )
    timeless = FileSource(name="timeless", path=str(repo / "stats.parquet"), timestamp_field="event_timestamp")
    trips = FeatureView(name="latest_trips", entities=[driver], schema=[Field(name="trips", dtype=Int64)], source=timeless)
    sent = PushSource(name="sent", batch_source=source)
    stats = [Field(name="conv_rate", dtype=Float32), Field(name="trips", dtype=Int64), Field(name="name", dtype=String)]
    pushed = FeatureView(name="pushed", entities=[driver], schema=stats, source=sent)
    return [rider, pairs, typed, timeless, trips, sent, pushed]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A repository of Feast's, which its server serves."""
    repo = new_repository(tmp_path_factory.mktemp("served") / "repo")
    driver, source, view, service = feast_definitions(repo)
    FeatureStore(str(repo)).apply([driver, source, view, service, *more_definitions(repo, driver, source)])
    return repo


def client_of(folder, repo, offline, online):
    """A repository of Manciple's over the same registry."""
    folder.mkdir()
    write_configuration(folder, "rides", repo / "data/registry.db", offline, online)
    return folder


@pytest.fixture(scope="module")
def online_port(served):
    with server_of_feast(served, "serve", "--no-access-log") as port:
        yield port


@pytest.fixture(scope="module")
def online(served, online_port, tmp_path_factory):
    """A client whose online store is Feast's feature server."""
    folder = tmp_path_factory.mktemp("online") / "client"
    return client_of(folder, served, "dask", {"type": "remote", "path": f"http://127.0.0.1:{online_port}"})


@pytest.fixture
def offline(served, tmp_path):
    """A client whose offline store is Feast's offline server."""
    folder = tmp_path / "client"
    with server_of_feast(served, "serve_offline") as port:
        client_of(folder, served, "remote", {"type": "sqlite", "path": str(served / "data/online.db")})
        configuration = folder / "feature_store.yaml"
        configuration.write_text(
            configuration.read_text().replace("type: remote", f"type: remote\n  host: 127.0.0.1\n  port: {port}")
        )
        yield folder


def read(repo, entities, *features):
    answer = manciple_json(
        repo, "get-online-features", *(part for each in entities for part in ("-e", each)), "-f", ",".join(features)
    )
    names = answer["metadata"]["feature_names"]
    return {name: (column["values"], column["statuses"]) for name, column in zip(names, answer["results"])}


def test_reads_what_feast_materialized(served, online):
    FeatureStore(str(served)).materialize(START, END, feature_views=["driver_stats"])
    assert read(online, ["driver_id=1001,1002,7"], "driver_stats:trips", "driver_stats:conv_rate", "driver_stats:name") == {
        "driver_id": ([1001, 1002, 7], ["PRESENT"] * 3),
        "trips": ([8, 9, None], ["PRESENT", "PRESENT", "NOT_FOUND"]),
        "conv_rate": ([0.75, None, None], ["PRESENT", "NULL_VALUE", "NOT_FOUND"]),
        "name": (["Ada L.", "Bob", None], ["PRESENT", "PRESENT", "NOT_FOUND"]),
    }


def test_feast_reads_what_is_materialized_through_its_server(served, online):
    manciple(online, "materialize", "2024-01-01", "2024-12-31", "-v", "pairs")
    rows = [{"driver_id": 1001, "name": "Ada"}, {"driver_id": 1001, "name": "Bob"}]
    answer = FeatureStore(str(served)).get_online_features(["pairs:trips"], rows).to_dict()
    assert answer["trips"] == [7, None]
    assert read(online, ["driver_id=1001,1001", "name=Ada,Bob"], "pairs:trips")["trips"] == (
        [7, None],
        ["PRESENT", "NOT_FOUND"],
    )


def test_gives_back_the_types_that_json_loses(served, online):
    now = pd.Timestamp("2024-06-01T12:30:00Z")
    FeatureStore(str(served)).write_to_online_store(
        "typed",
        pd.DataFrame(
            {
                "driver_id": [1001],
                "seen": [now],
                "tags": [["a", "b"]],
                "raw": [b"\x00\xff"],
                "event_timestamp": [now],
                "created": [now],
            }
        ),
    )
    answer = read(online, ["driver_id=1001"], "typed:seen", "typed:tags", "typed:raw")
    assert answer["tags"] == ([["a", "b"]], ["PRESENT"])
    assert answer["raw"] == (["AP8="], ["PRESENT"])
    assert answer["seen"] == ([int(now.timestamp())], ["PRESENT"])


def test_tells_what_the_server_refuses(served, online, tmp_path):
    behind = FeatureStore(str(served))
    # A client whose registry has a view the server's has not.
    ahead = new_repository(tmp_path / "ahead")
    driver, source, view, _ = feast_definitions(ahead)
    view.name = "unknown_to_the_server"
    FeatureStore(str(ahead)).apply([driver, source, view])
    write_configuration(
        ahead,
        "rides",
        "data/registry.db",
        "dask",
        {"type": "remote", "path": _path(online)},
    )
    refused = manciple(
        ahead, "get-online-features", "-e", "driver_id=1001", "-f", "unknown_to_the_server:trips", check=False
    )
    assert refused.returncode == 1
    assert "unknown_to_the_server" in refused.stderr and "127.0.0.1" in refused.stderr, refused.stderr
    assert "404" in refused.stderr, refused.stderr
    refused = manciple(ahead, "materialize", "2024-01-01", "2024-12-31", check=False)
    assert refused.returncode == 1
    assert "unknown_to_the_server" in refused.stderr, refused.stderr
    # The server goes on.
    assert [each.name for each in behind.list_feature_views()].count("driver_stats") == 1
    assert read(online, ["driver_id=7"], "driver_stats:trips")["trips"] == ([None], ["NOT_FOUND"])


def _path(repo):
    return next(
        line.split("path:")[1].strip()
        for line in (repo / "feature_store.yaml").read_text().splitlines()
        if "http://" in line
    )


def test_tells_of_a_server_that_is_not_there(served, tmp_path):
    gone = client_of(
        tmp_path / "gone", served, "dask", {"type": "remote", "path": "http://127.0.0.1:1", "connection_retries": 0}
    )
    refused = manciple(gone, "get-online-features", "-e", "driver_id=1001", "-f", "driver_stats:trips", check=False)
    assert refused.returncode == 1
    assert "http://127.0.0.1:1" in refused.stderr, refused.stderr


ASKED = [
    {"driver_id": 1002, "event_timestamp": "2024-06-01T00:00:00Z"},
    {"driver_id": 1001, "event_timestamp": "2024-05-01T12:00:00Z"},
    {"driver_id": 7, "event_timestamp": "2024-06-01T00:00:00Z"},
]


def joined(repo, tmp_path, *arguments):
    out = tmp_path / "joined.parquet"
    manciple(repo, "get-historical-features", *arguments, "-o", str(out), "--overwrite")
    # In the order of the store behind the server, which is not that of the rows asked for.
    return pq.read_table(out).to_pandas().sort_values("driver_id")


def values(frame, column):
    return [None if pd.isna(value) else value for value in frame[column]]


def test_joins_in_feasts_server(offline, tmp_path):
    frame = joined(offline, tmp_path, "-d", json.dumps(ASKED), "-f", "driver_stats:trips,driver_stats:conv_rate")
    assert values(frame, "driver_id") == [7, 1001, 1002]
    assert values(frame, "trips") == [None, 7, 9]
    assert values(frame, "conv_rate") == [None, 0.5, None]


def test_materializes_from_feasts_server(offline):
    manciple(offline, "materialize", "2024-01-01", "2024-12-31", "-v", "driver_stats")
    assert read(offline, ["driver_id=1001,1002"], "driver_stats:name")["name"] == (["Ada L.", "Bob"], ["PRESENT"] * 2)


def test_materializes_what_has_no_time_of_creation(offline):
    manciple(offline, "materialize", "2024-01-01", "2024-12-31", "-v", "latest_trips")
    assert read(offline, ["driver_id=1001,1002"], "latest_trips:trips")["trips"] == ([8, 9], ["PRESENT"] * 2)


def test_pushes_to_feasts_server(served, offline):
    row = {"driver_id": [1009], "conv_rate": [0.5], "trips": [3], "name": ["Eve"],
           "event_timestamp": ["2024-05-03T00:00:00Z"], "created": ["2024-05-03T00:00:00Z"]}
    server = serve(offline)
    try:
        body = json.dumps({"push_source_name": "sent", "df": row, "to": "offline"}).encode()
        request = urllib.request.Request(f"{server.url}/push", body, {"Content-Type": "application/json"})
        assert urllib.request.urlopen(request, timeout=30).status == 200
    finally:
        server.stop()
    assert 1009 in pq.read_table(served / "stats.parquet")["driver_id"].to_pylist()


def test_tells_what_the_offline_server_refuses(offline, tmp_path):
    refused = manciple(
        offline,
        "get-historical-features",
        "--entity-sql",
        "selec nothing",
        "-f",
        "driver_stats:trips",
        check=False,
    )
    assert refused.returncode == 1
    assert refused.stderr.startswith("Error: "), refused.stderr
    assert "Traceback" not in refused.stderr
    assert len(joined(offline, tmp_path, "-d", json.dumps(ASKED), "-f", "driver_stats:trips")) == 3
