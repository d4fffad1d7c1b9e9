"""One online store of each kind, written and read by both in turn."""

import uuid
from datetime import datetime, timezone

import pandas as pd
import pytest
from conftest import client_of, manciple, manciple_json, serve
from feast import FeatureStore

FEATURES = ["driver_stats:conv_rate", "driver_stats:trips", "driver_stats:name"]


@pytest.fixture(params=["sqlite", "redis", "postgres", "cassandra", "dynamodb"])
def online_store(request, servers):
    return servers.online_store(request.param)


@pytest.fixture
def project():
    """A name of its own, since the tests share the servers."""
    return f"rides_{uuid.uuid4().hex[:8]}"


def read(store, drivers):
    rows = [{"driver_id": each} for each in drivers]
    return store.get_online_features(features=FEATURES, entity_rows=rows).to_dict()


def read_with_feast(repo, *drivers):
    return read(FeatureStore(str(repo)), drivers)


def read_with_manciple(repo, *drivers):
    answer = manciple_json(
        repo,
        "get-online-features",
        "-e",
        "driver_id=" + ",".join(map(str, drivers)),
        "-f",
        ",".join(FEATURES),
    )
    names = answer["metadata"]["feature_names"]
    return {name: column["values"] for name, column in zip(names, answer["results"])}


EXPECTED = {
    "driver_id": [1001, 1002, 7],
    "conv_rate": [0.75, None, None],
    "trips": [8, 9, None],
    "name": ["Ada L.", "Bob", None],
}


def test_feast_reads_what_manciple_materialized(applied_by_feast):
    manciple(applied_by_feast, "materialize", "2024-01-01", "2024-12-31")
    assert read_with_feast(applied_by_feast, 1001, 1002, 7) == EXPECTED


def test_manciple_reads_what_feast_materialized(applied_by_manciple):
    FeatureStore(str(applied_by_manciple)).materialize(
        datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 12, 31, tzinfo=timezone.utc)
    )
    assert read_with_manciple(applied_by_manciple, 1001, 1002, 7) == EXPECTED


def test_the_newest_wins_whoever_wrote_it(applied_by_manciple):
    repo = applied_by_manciple
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    store = FeatureStore(str(repo))
    later = pd.Timestamp("2024-06-01T00:00:00Z")
    store.write_to_online_store(
        "driver_stats",
        pd.DataFrame(
            {
                "driver_id": [1001],
                "conv_rate": [0.1],
                "trips": [99],
                "name": ["Feast"],
                "event_timestamp": [later],
                "created": [later],
            }
        ),
    )
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    assert read_with_manciple(repo, 1001)["name"] == ["Feast"]
    assert read_with_feast(repo, 1001)["trips"] == [99]


def stats(turn, drivers):
    """What is written in a turn."""
    time = pd.Timestamp("2024-06-01T00:00:00Z") + pd.Timedelta(hours=turn)
    return pd.DataFrame(
        {
            "driver_id": drivers,
            "conv_rate": pd.Series([turn / 4] * len(drivers), dtype="float32"),
            "trips": [1000 * turn + driver for driver in drivers],
            "name": [f"driver {driver} in turn {turn}" for driver in drivers],
            "event_timestamp": [time] * len(drivers),
            "created": [time] * len(drivers),
        }
    )


def test_writers_in_turn_lose_nothing(applied_by_manciple, project, tmp_path):
    repo = applied_by_manciple
    server = serve(repo)
    try:
        feast = FeatureStore(str(repo))
        manciple_server = FeatureStore(str(client_of(server, tmp_path / "client", repo, project)))
        last_turns = {}
        for turn in range(6):
            # Half of them the other has just written.
            drivers = list(range(10 * turn, 10 * turn + 20))
            writer = (feast, manciple_server)[turn % 2]
            writer.write_to_online_store("driver_stats", stats(turn, drivers))
            last_turns.update(dict.fromkeys(drivers, turn))
            expected = {
                "driver_id": list(last_turns),
                "conv_rate": [turn / 4 for turn in last_turns.values()],
                "trips": [1000 * turn + driver for driver, turn in last_turns.items()],
                "name": [f"driver {driver} in turn {turn}" for driver, turn in last_turns.items()],
            }
            assert read(feast, last_turns) == expected
            assert read(manciple_server, last_turns) == expected
    finally:
        server.stop()
