"""One registry file, written by both in turn."""

from pathlib import Path

from conftest import feast_definitions, manciple, manciple_json
from feast import Entity, FeatureStore, Project, ValueType
from feast.diff.property_diff import TransitionType
from feast.feature_view import DUMMY_ENTITY
from feast.repo_contents import RepoContents


def names(objects):
    return sorted(each.name for each in objects)


def test_manciple_lists_what_feast_applied(applied_by_feast):
    views = manciple_json(applied_by_feast, "feature-views", "list")
    assert "driver_stats" in str(views)
    described = manciple_json(applied_by_feast, "feature-views", "describe", "driver_stats")
    assert "conv_rate" in str(described)
    assert "ranking" in str(manciple_json(applied_by_feast, "feature-services", "list"))


def test_feast_lists_what_manciple_applied(applied_by_manciple):
    store = FeatureStore(str(applied_by_manciple))
    view = store.get_feature_view("driver_stats")
    assert [field.name for field in view.features] == ["conv_rate", "trips", "name"]
    assert view.tags == {"team": "rides"}
    assert view.entities == ["driver"]
    assert names(store.list_entities()) == ["driver"]
    assert names(store.list_data_sources()) == ["stats"]
    assert names(store.list_feature_services()) == ["ranking"]


def test_feast_plans_no_change_of_what_manciple_applied(applied_by_manciple):
    driver, source, view, service = feast_definitions(Path())
    contents = RepoContents(
        projects=[Project(name="rides")],
        data_sources=[source],
        entities=[driver, DUMMY_ENTITY],
        feature_views=[view],
        on_demand_feature_views=[],
        stream_feature_views=[],
        label_views=[],
        feature_services=[service],
        permissions=[],
    )
    differences = FeatureStore(str(applied_by_manciple)).plan(contents)[0].feast_object_diffs
    changed = [each.name for each in differences if each.transition_type != TransitionType.UNCHANGED]
    assert len(differences) >= 5
    assert changed == []


def test_feast_lists_a_registry_with_views_it_cannot_compute(applied_by_manciple):
    (applied_by_manciple / "computed.yaml").write_text(
        """
on_demand_feature_views:
  - name: doubled
    sources: [driver_stats]
    schema:
      - {name: trips_twice, dtype: int64}
    mode: sql
    expressions:
      trips_twice: trips * 2
"""
    )
    manciple(applied_by_manciple, "apply")
    store = FeatureStore(str(applied_by_manciple))
    assert names(store.list_on_demand_feature_views()) == ["doubled"]
    assert names(store.list_all_feature_views()) == ["doubled", "driver_stats"]


def test_what_one_adds_the_other_keeps(applied_by_feast):
    (applied_by_feast / "more.yaml").write_text(
        """
entities:
  - {name: rider, join_keys: [rider_id], value_type: string}
"""
    )
    # Only this file's definitions are known here, so everything Feast applied would be deleted.
    plan = manciple(applied_by_feast, "plan").stdout
    assert "driver_stats" in plan
    (applied_by_feast / "more.yaml").unlink()

    store = FeatureStore(str(applied_by_feast))
    store.apply([Entity(name="rider", join_keys=["rider_id"], value_type=ValueType.STRING)])
    assert "rider" in str(manciple_json(applied_by_feast, "entities", "list"))
    manciple(applied_by_feast, "materialize", "2024-01-01", "2024-12-31")
    again = FeatureStore(str(applied_by_feast))
    assert names(again.list_entities()) == ["driver", "rider"]
    intervals = again.get_feature_view("driver_stats").materialization_intervals
    assert [(start.year, end.month) for start, end in intervals] == [(2024, 12)]


def test_both_write_intervals(applied_by_manciple):
    from datetime import datetime, timezone

    store = FeatureStore(str(applied_by_manciple))
    store.materialize(
        datetime(2024, 1, 1, tzinfo=timezone.utc), datetime(2024, 5, 2, tzinfo=timezone.utc)
    )
    manciple(applied_by_manciple, "materialize-incremental", "2024-06-01")
    manciple(applied_by_manciple, "apply")
    intervals = FeatureStore(str(applied_by_manciple)).get_feature_view("driver_stats").materialization_intervals
    assert [(start.month, end.month) for start, end in intervals] == [(1, 5), (5, 6)]
