"""Feast's remote online store against a Manciple server."""

import pandas as pd
import pytest
from conftest import DEFINITIONS, client_of, manciple, new_repository, serve
from feast import FeatureStore
from feast.errors import FeatureServiceNotFoundException, FeatureViewNotFoundException, PushSourceNotFoundException

PRESENT, NULL_VALUE, NOT_FOUND, OUTSIDE_MAX_AGE = 1, 2, 3, 4

MORE = """
entities:
  - {name: item, join_keys: [item_id], value_type: string}
data_sources:
  - {name: items, path: items.parquet, timestamp_field: event_timestamp}
  - name: stats_push
    type: push
    batch_source: stats
feature_views:
  - name: pushed
    entities: [driver]
    schema:
      - {name: conv_rate, dtype: float32}
      - {name: trips, dtype: int64}
      - {name: name, dtype: string}
    source: stats_push
  - name: short_lived
    entities: [driver]
    ttl: 60
    schema:
      - {name: trips, dtype: int64}
    source: stats
  - name: everybody
    entities: []
    schema:
      - {name: trips, dtype: int64}
    source: stats
  - name: documents
    entities: [item]
    schema:
      - {name: vector, dtype: Array(Float32), vector_index: true, vector_length: 2}
      - {name: title, dtype: string}
    source: items
on_demand_feature_views:
  - name: doubled
    sources: [driver_stats]
    schema:
      - {name: trips_twice, dtype: int64}
    mode: sql
    expressions:
      trips_twice: trips * 2
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """A client of Feast whose online store is a Manciple server."""
    folder = tmp_path_factory.mktemp("remote")
    repo = new_repository(folder / "repo")
    (repo / "features.yaml").write_text(DEFINITIONS)
    (repo / "more.yaml").write_text(MORE)
    pd.DataFrame(
        {
            "item_id": ["a", "b", "c"],
            "vector": [[1.0, 0.0], [0.0, 1.0], [3.0, 3.0]],
            "title": ["east", "north", "far"],
            "event_timestamp": pd.to_datetime(["2024-05-01T10:00:00Z"] * 3),
        }
    ).to_parquet(repo / "items.parquet")
    manciple(repo, "apply")
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    server = serve(repo)
    yield FeatureStore(str(client_of(server, folder / "client", repo, "rides")))
    server.stop()
    assert server.process.returncode in (0, -15, 143)


def statuses(response):
    names = list(response.proto.metadata.feature_names.val)
    return {name: list(column.statuses) for name, column in zip(names, response.proto.results)}


def rows(*drivers):
    return [{"driver_id": each} for each in drivers]


def test_reads_by_reference(client):
    answer = client.get_online_features(
        features=["driver_stats:trips", "driver_stats:conv_rate"], entity_rows=rows(1001, 1002, 7)
    )
    assert answer.to_dict() == {
        "driver_id": [1001, 1002, 7],
        "trips": [8, 9, None],
        "conv_rate": [0.75, None, None],
    }
    assert statuses(answer)["conv_rate"] == [PRESENT, NULL_VALUE, NOT_FOUND]


def test_reads_by_service_with_full_names(client):
    answer = client.get_online_features(
        features=client.get_feature_service("ranking"), entity_rows=rows(1001), full_feature_names=True
    )
    assert answer.to_dict()["driver_stats__name"] == ["Ada L."]


def test_tells_expired_values(client):
    answer = client.get_online_features(features=["short_lived:trips"], entity_rows=rows(1001))
    assert answer.to_dict()["trips"] == [None]
    assert statuses(answer)["trips"] == [OUTSIDE_MAX_AGE]


def test_reads_views_without_entities(client):
    answer = client.get_online_features(features=["everybody:trips"], entity_rows=rows(1001, 5))
    assert answer.to_dict()["trips"] == [8, 8]


def test_reads_what_manciple_computes(client):
    answer = client.get_online_features(features=["doubled:trips_twice"], entity_rows=rows(1001, 7))
    assert answer.to_dict()["trips_twice"] == [16, None]


def test_searches_by_vector(client):
    answer = client.retrieve_online_documents_v2(
        features=["documents:title"], query=[0.9, 0.2], top_k=2, distance_metric="L2"
    ).to_dict()
    assert answer["title"] == ["east", "north"]
    assert answer["distance"] == pytest.approx([0.2236, 1.2042], abs=1e-3)


def test_writes(client):
    now = pd.Timestamp.now(tz="UTC")
    client.write_to_online_store(
        "driver_stats",
        pd.DataFrame(
            {
                "driver_id": [5001, 5002],
                "conv_rate": [0.25, None],
                "trips": [1, 2],
                "name": ["Eve", 'O"Neill'],
                "event_timestamp": [now, now],
                "created": [now, now],
            }
        ),
    )
    answer = client.get_online_features(
        features=["driver_stats:name", "driver_stats:conv_rate"], entity_rows=rows(5001, 5002)
    )
    assert answer.to_dict() == {
        "driver_id": [5001, 5002],
        "name": ["Eve", 'O"Neill'],
        "conv_rate": [0.25, None],
    }


def test_pushes(client):
    now = pd.Timestamp.now(tz="UTC")
    client.push(
        "stats_push",
        pd.DataFrame(
            {
                "driver_id": [6001],
                "conv_rate": [0.25],
                "trips": [1],
                "name": ["Flo"],
                "event_timestamp": [now],
                "created": [now],
            }
        ),
    )
    answer = client.get_online_features(features=["pushed:name"], entity_rows=rows(6001))
    assert answer.to_dict()["name"] == ["Flo"]


def test_raises_the_errors_of_feast(client):
    with pytest.raises(FeatureViewNotFoundException, match="nobody"):
        client.get_online_features(features=["nobody:age"], entity_rows=rows(1001))
    with pytest.raises(FeatureServiceNotFoundException):
        client.get_feature_service("no_service")
    with pytest.raises(PushSourceNotFoundException):
        client.push("nowhere", pd.DataFrame({"driver_id": [1]}))


def test_many_rows(client):
    answer = client.get_online_features(
        features=["driver_stats:trips"], entity_rows=rows(*range(1001, 6001))
    ).to_dict()
    assert len(answer["trips"]) == 5000
    assert answer["trips"][:2] == [8, 9]
