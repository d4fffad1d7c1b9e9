"""Feast's remote registry against a Manciple server, and Manciple's against a server of Feast's."""

import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from conftest import (
    DEFINITIONS,
    SQLITE,
    feast_definitions,
    manciple,
    manciple_json,
    new_repository,
    serve_registry,
    server_of_feast,
    write_configuration,
    write_stats,
)
from feast import Entity, FeatureStore, FeatureView, Field, PushSource, ValueType
from feast.errors import (
    DataSourceObjectNotFoundException,
    EntityNotFoundException,
    FeatureServiceNotFoundException,
    FeatureViewNotFoundException,
    OnDemandFeatureViewNotFoundException,
)
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.project import Project
from feast.types import Float32, Int64


def remote_repository(folder, server, project="rides"):
    """A repository whose registry is a server's."""
    (folder / "data").mkdir(parents=True)
    write_configuration(folder, project, {"registry_type": "remote", "path": server}, "dask", SQLITE)
    write_stats(folder)
    return folder


def names(objects):
    return sorted(each.name for each in objects)


@pytest.fixture
def server(tmp_path):
    """The registry server of a repository nobody has applied yet, at host:port."""
    repo = new_repository(tmp_path / "server")
    running = serve_registry(repo)
    yield running
    running.stop()


@pytest.fixture
def repo(tmp_path, server):
    return remote_repository(tmp_path / "client", server.url)


@pytest.fixture
def applied(repo):
    store = FeatureStore(str(repo))
    store.apply(feast_definitions(repo))
    return store


def server_repository(repo):
    return repo.parent / "server"


def test_apply_list_and_get(applied, repo):
    store = FeatureStore(str(repo))
    assert names(store.list_entities()) == ["driver"]
    assert names(store.list_data_sources()) == ["stats"]
    assert names(store.list_feature_views()) == ["driver_stats"]
    assert names(store.list_all_feature_views()) == ["driver_stats"]
    assert names(store.list_feature_services()) == ["ranking"]
    assert names(store.list_feature_views(tags={"team": "rides"})) == ["driver_stats"]
    assert names(store.list_feature_views(tags={"team": "none"})) == []
    assert names(store.list_projects()) == ["rides"]
    view = store.get_feature_view("driver_stats")
    assert [field.name for field in view.features] == ["conv_rate", "trips", "name"]
    assert view.batch_source.path == str(repo / "stats.parquet")
    assert view.created_timestamp is not None
    assert store.get_entity("driver").join_key == "driver_id"
    assert store.get_feature_service("ranking").feature_view_projections[0].name == "driver_stats"
    assert store.get_data_source("stats").timestamp_field == "event_timestamp"
    assert store.get_project("rides").name == "rides"


def test_manciple_sees_what_was_applied(applied, repo):
    behind = server_repository(repo)
    assert "driver_stats" in str(manciple_json(behind, "feature-views", "list"))
    assert "ranking" in str(manciple_json(behind, "feature-services", "list"))
    # And so does Feast, from the file.
    assert names(FeatureStore(str(behind)).list_feature_views()) == ["driver_stats"]


def test_applying_again_keeps_times_and_versions(applied, repo):
    before = applied.get_feature_view("driver_stats")
    FeatureStore(str(repo)).apply(feast_definitions(repo))
    after = FeatureStore(str(repo)).get_feature_view("driver_stats")
    assert after.created_timestamp == before.created_timestamp
    assert names(applied.list_feature_views()) == ["driver_stats"]


def test_a_changed_schema_is_seen_by_everybody(applied, repo):
    changed = feast_definitions(repo)
    view = changed[2]
    view.features.append(Field(name="rating", dtype=Float32))
    FeatureStore(str(repo)).apply([view])
    assert "rating" in [field.name for field in applied.get_feature_view("driver_stats").features]
    described = manciple_json(server_repository(repo), "feature-views", "describe", "driver_stats")
    assert "rating" in str(described)


def test_delete(applied, repo):
    registry = applied.registry
    registry.delete_feature_service("ranking", "rides")
    registry.delete_feature_view("driver_stats", "rides")
    registry.delete_data_source("stats", "rides")
    registry.delete_entity("driver", "rides")
    other = FeatureStore(str(repo))
    assert names(other.list_feature_services()) == []
    assert names(other.list_feature_views()) == []
    assert names(other.list_data_sources()) == []
    assert names(other.list_entities()) == []
    with pytest.raises(EntityNotFoundException):
        registry.delete_entity("driver", "rides")


def test_what_is_missing_raises_feasts_classes(applied):
    with pytest.raises(EntityNotFoundException, match="nobody"):
        applied.get_entity("nobody")
    with pytest.raises(FeatureViewNotFoundException, match="nobody"):
        applied.get_feature_view("nobody")
    with pytest.raises(OnDemandFeatureViewNotFoundException, match="nobody"):
        applied.get_on_demand_feature_view("nobody")
    with pytest.raises(FeatureServiceNotFoundException, match="nobody"):
        applied.get_feature_service("nobody")
    with pytest.raises(DataSourceObjectNotFoundException, match="nobody"):
        applied.get_data_source("nobody")


def test_refresh(applied, repo):
    waiting = FeatureStore(str(repo))
    assert names(waiting.list_entities()) == ["driver"]
    applied.apply([Entity(name="rider", join_keys=["rider_id"], value_type=ValueType.STRING)])
    waiting.refresh_registry()
    assert names(waiting.list_entities()) == ["driver", "rider"]


def test_push_sources_and_computed_views(applied, repo):
    from feast.on_demand_feature_view import on_demand_feature_view

    stats = applied.get_data_source("stats")
    view = applied.get_feature_view("driver_stats")

    @on_demand_feature_view(sources=[view], schema=[Field(name="twice", dtype=Int64)], mode="python")
    def doubled(inputs):
        return {"twice": [each * 2 for each in inputs["trips"]]}

    applied.apply([PushSource(name="stats_push", batch_source=stats), doubled])
    other = FeatureStore(str(repo))
    assert names(other.list_on_demand_feature_views()) == ["doubled"]
    assert other.get_on_demand_feature_view("doubled").feature_transformation.udf({"trips": [2]}) == {"twice": [4]}
    assert other.get_data_source("stats_push").batch_source.name == "stats"
    assert names(other.list_all_feature_views()) == ["doubled", "driver_stats"]


def test_permissions_and_projects(applied, repo):
    applied.apply(
        [
            Permission(
                name="readers",
                types=[FeatureView],
                name_patterns=["driver_.*"],
                policy=RoleBasedPolicy(roles=["reader"]),
                actions=[AuthzedAction.DESCRIBE],
            )
        ]
    )
    other = FeatureStore(str(repo))
    assert other.get_permission("readers").name_patterns == ["driver_.*"]
    assert names(other.list_permissions()) == ["readers"]
    other.registry.apply_project(Project(name="rides", description="all rides"))
    assert applied.get_project("rides").description == "all rides"


def test_materialize_records_its_windows(applied, repo):
    start = datetime(2024, 1, 1, tzinfo=timezone.utc)
    applied.materialize(start, start + timedelta(days=365))
    view = FeatureStore(str(repo)).get_feature_view("driver_stats")
    assert [window[0] for window in view.materialization_intervals] == [start]
    online = applied.get_online_features(["driver_stats:trips"], [{"driver_id": 1001}]).to_dict()
    assert online["trips"] == [8]
    # Applied again by who never saw the window, it stays.
    FeatureStore(str(repo)).apply(feast_definitions(repo))
    assert len(FeatureStore(str(repo)).get_feature_view("driver_stats").materialization_intervals) == 1


def test_concurrent_applies_lose_nothing(repo):
    clients = 6

    def apply(client):
        store = FeatureStore(str(repo))
        for i in range(5):
            store.apply([Entity(name=f"e_{client}_{i}", join_keys=["id"], value_type=ValueType.INT64)])

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(apply, range(clients)))
    expected = sorted(f"e_{client}_{i}" for client in range(clients) for i in range(5))
    assert names(FeatureStore(str(repo)).list_entities()) == expected


def test_feast_command_line(applied, repo):
    (repo / "definitions.py").write_text(
        textwrap.dedent(
            f"""
            from feast import Entity, FeatureView, Field, FileSource, ValueType
            from feast.types import Int64

            rider = Entity(name="rider", join_keys=["driver_id"], value_type=ValueType.INT64)
            source = FileSource(name="rides", path="{repo}/stats.parquet", timestamp_field="event_timestamp")
            rides = FeatureView(name="rides_view", entities=[rider], schema=[Field(name="trips", dtype=Int64)], source=source)
            """
        )
    )
    feast = Path(sys.executable).with_name("feast")
    done = subprocess.run([feast, "-c", str(repo), "apply"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    # What the repository does not define is deleted.
    store = FeatureStore(str(repo))
    assert names(store.list_entities()) == ["rider"]
    assert names(store.list_feature_views()) == ["rides_view"]
    assert names(store.list_feature_services()) == []


def test_manciple_as_a_client_of_the_same_server(applied, repo):
    assert "driver_stats" in str(manciple_json(repo, "feature-views", "list"))
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    windows = applied.get_feature_view("driver_stats").materialization_intervals
    assert [(start.year, end.month) for start, end in windows] == [(2024, 12)]


@pytest.fixture
def feast_server(tmp_path):
    """Feast's own registry server, at host:port."""
    with server_of_feast(new_repository(tmp_path / "server"), "serve_registry") as port:
        yield f"127.0.0.1:{port}"


def test_manciple_as_a_client_of_feasts_server(tmp_path, feast_server):
    repo = remote_repository(tmp_path / "client", feast_server)
    (repo / "features.yaml").write_text(DEFINITIONS)
    manciple(repo, "apply")
    theirs = FeatureStore(str(remote_repository(tmp_path / "theirs", feast_server)))
    assert names(theirs.list_feature_views()) == ["driver_stats"]
    assert names(theirs.list_feature_services()) == ["ranking"]
    # A second apply finds nothing to do.
    assert "driver_stats" not in manciple(repo, "plan").stdout
    manciple(repo, "materialize", "2024-01-01", "2024-12-31")
    assert len(theirs.get_feature_view("driver_stats").materialization_intervals) == 1
    theirs.apply([Entity(name="rider", join_keys=["rider_id"], value_type=ValueType.STRING)])
    assert "rider" in str(manciple_json(repo, "entities", "list"))
    (repo / "features.yaml").write_text(DEFINITIONS.replace("      - {name: trips, dtype: int64}\n", "", 1))
    manciple(repo, "apply", "--yes")
    assert [field.name for field in theirs.get_feature_view("driver_stats").features] == ["conv_rate", "name"]
    assert names(theirs.list_entities()) == ["driver"]
