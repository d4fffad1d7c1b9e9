"""Views that only Feast defines, since Python stands in them: their values are read and written by both."""

from datetime import datetime, timedelta, timezone

import pandas as pd
import pytest
import requests
from conftest import client_of, manciple, manciple_json, new_repository, serve
from feast import BatchFeatureView, Entity, FeatureStore, FeatureView, Field, FileSource, PushSource, RequestSource, ValueType
from feast.on_demand_feature_view import on_demand_feature_view
from feast.stream_feature_view import stream_feature_view
from feast.types import Int64

NOON = datetime(2024, 6, 1, 12, tzinfo=timezone.utc)
FEATURES = ["clicks:trips", "twice:doubled", "written:level", "kept:steps_twice"]


def double(rows):
    return rows


@pytest.fixture
def repo(tmp_path):
    repo = new_repository(tmp_path / "repo")
    driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    history = FileSource(
        name="stats",
        path=str(repo / "stats.parquet"),
        timestamp_field="event_timestamp",
        created_timestamp_column="created",
    )

    @stream_feature_view(
        entities=[driver],
        ttl=timedelta(days=3650),
        schema=[Field(name="trips", dtype=Int64)],
        source=PushSource(name="clicks_push", batch_source=history),
        mode="pandas",
        timestamp_field="event_timestamp",
        tags={"team": "rides"},
    )
    def clicks(rows):
        return rows

    computed = BatchFeatureView(
        name="twice",
        mode="pandas",
        entities=[driver],
        schema=[Field(name="doubled", dtype=Int64)],
        source=history,
        udf=double,
        udf_string="double",
        online=True,
    )
    sourceless = FeatureView(name="written", entities=[driver], schema=[Field(name="level", dtype=Int64)])

    @on_demand_feature_view(
        entities=[driver],
        sources=[RequestSource(name="steps", schema=[Field(name="step", dtype=Int64)])],
        schema=[Field(name="steps_twice", dtype=Int64)],
        mode="pandas",
        write_to_online_store=True,
    )
    def kept(inputs):
        outputs = pd.DataFrame()
        outputs["steps_twice"] = inputs["step"] * 2
        return outputs

    FeatureStore(str(repo)).apply([driver, history, clicks, computed, sourceless, kept])
    return repo


def rows(**columns):
    return pd.DataFrame({"driver_id": [1001], "event_timestamp": [NOON], "created": [NOON], **columns})


def sent(**columns):
    return {"driver_id": [1001], "event_timestamp": [NOON.isoformat()], "created": [NOON.isoformat()], **columns}


def post(server, route, body):
    answer = requests.post(f"{server.url}/{route}", json=body, timeout=30)
    assert answer.status_code == 200, answer.text


def read_with_feast(repo):
    answer = FeatureStore(str(repo)).get_online_features(features=FEATURES, entity_rows=[{"driver_id": 1001}])
    return {name: values[0] for name, values in answer.to_dict().items() if name != "driver_id"}


def test_manciple_serves_what_feast_wrote(repo):
    store = FeatureStore(str(repo))
    store.push("clicks_push", rows(trips=[11]))
    store.write_to_online_store("twice", rows(doubled=[22]))
    store.write_to_online_store("kept", rows(step=[22]))
    # Feast's own client refuses to write a view without a source.
    expected = {"trips": 11, "doubled": 22, "level": None, "steps_twice": 44}
    assert read_with_feast(repo) == expected
    answer = manciple_json(repo, "get-online-features", "-e", "driver_id=1001", "-f", ",".join(FEATURES))
    names = answer["metadata"]["feature_names"]
    served = {name: column["values"][0] for name, column in zip(names, answer["results"]) if name != "driver_id"}
    assert served == expected


def test_feast_reads_what_was_written_through_manciple(repo):
    server = serve(repo)
    try:
        client = FeatureStore(str(client_of(server, repo.parent / "client", repo, "rides")))
        post(server, "push", {"push_source_name": "clicks_push", "df": sent(trips=[11])})
        post(server, "write-to-online-store", {"feature_view_name": "written", "df": sent(level=[33])})
        client.write_to_online_store("twice", rows(doubled=[22]))
        # Feast's own client sends the keys of such a view twice, which no server takes.
        post(server, "write-to-online-store", {"feature_view_name": "kept", "df": sent(steps_twice=[44])})
        expected = {"trips": 11, "doubled": 22, "level": 33, "steps_twice": 44}
        assert read_with_feast(repo) == expected
        assert read_with_feast(repo.parent / "client") == expected
    finally:
        server.stop()


def test_the_history_of_a_stream_is_materialized_and_joined(repo):
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    store = FeatureStore(str(repo))
    assert read_with_feast(repo) == {"trips": 8, "doubled": None, "level": None, "steps_twice": None}
    intervals = store.get_stream_feature_view("clicks").materialization_intervals
    assert [(start.year, end.month) for start, end in intervals] == [(2024, 12)]

    (repo / "asked.csv").write_text("driver_id,event_timestamp\n1001,2024-05-01T10:30:00Z\n")
    manciple(repo, "get-historical-features", "--entities", str(repo / "asked.csv"), "-f", "clicks:trips", "-o", str(repo / "joined.parquet"))
    assert pd.read_parquet(repo / "joined.parquet")["trips"].tolist() == [7]


def test_they_are_listed_and_described(repo):
    listed = manciple(repo, "feature-views", "list").stdout
    for name, kind in {"clicks": "StreamFeatureView", "kept": "OnDemandFeatureView", "written": "FeatureView"}.items():
        assert [line.split()[2] for line in listed.splitlines() if line.startswith(name)] == [kind]
    assert "steps_twice" in manciple(repo, "on-demand-feature-views", "list").stdout
    assert "writeToOnlineStore: true" in manciple(repo, "on-demand-feature-views", "describe", "kept").stdout
    assert "mode: pandas" in manciple(repo, "feature-views", "describe", "clicks").stdout


def test_what_computes_in_python_has_no_history_here(repo):
    refused = manciple(repo, "materialize", "2024-01-01", "2024-12-31", "-v", "twice", check=False)
    assert refused.returncode == 1
    assert "computes its features in Python. Materialize it with Feast" in refused.stderr
