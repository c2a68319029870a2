"""The definition aggregate: what may happen, and what it is afterwards."""

import pytest

from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import DefinitionRolledBack, DefinitionUpdated, FieldChange
from kpi_definitions.definition import Definition, Fields
from kpi_definitions.errors import (
    KpiDeleted,
    KpiNotDeleted,
    KpiNotFound,
    NoDefinition,
    VersionNotFound,
)

FIELDS = Fields(name="Mismatch", nl_definition="products in A which are not in B")


def happen(definition: Definition, *events: DomainEvent) -> Definition:
    for event in events:
        definition.apply(event)
        definition.version += 1
    return definition


@pytest.fixture
def kpi() -> Definition:
    definition = Definition("7")
    return happen(definition, *definition.create(FIELDS))


def test_a_new_kpi_is_active_and_has_its_fields(kpi: Definition) -> None:
    assert kpi.fields == FIELDS
    assert kpi.fields.is_active


def test_a_kpi_needs_a_sentence_or_sql() -> None:
    with pytest.raises(NoDefinition):
        Definition("7").create(Fields(name="Empty", nl_definition=None))


def test_an_update_lists_only_what_differs(kpi: Definition) -> None:
    (event,) = kpi.update({"name": "Mismatch", "group_name": "Quality"})
    assert event == DefinitionUpdated(changes=(FieldChange("group_name", None, "Quality"),))


def test_an_update_that_changes_nothing_is_no_event(kpi: Definition) -> None:
    assert kpi.update({"name": "Mismatch"}) == []


def test_the_last_definition_cannot_be_taken_away(kpi: Definition) -> None:
    with pytest.raises(NoDefinition):
        kpi.update({"nl_definition": None})


def test_a_rollback_brings_the_old_fields_back_as_a_new_version(kpi: Definition) -> None:
    happen(kpi, *kpi.update({"name": "Other", "description": "why"}))
    (event,) = kpi.roll_back(1)
    happen(kpi, event)
    assert isinstance(event, DefinitionRolledBack)
    assert kpi.fields == FIELDS
    assert kpi.version == 3


@pytest.mark.parametrize("version", [0, 2, -1])
def test_a_rollback_to_a_version_that_never_was_is_refused(kpi: Definition, version: int) -> None:
    with pytest.raises(VersionNotFound):
        kpi.roll_back(version)


def test_a_deleted_kpi_can_only_be_restored(kpi: Definition) -> None:
    happen(kpi, *kpi.delete())
    for refused in (kpi.delete, lambda: kpi.update({"name": "x"}), lambda: kpi.roll_back(1)):
        with pytest.raises(KpiDeleted):
            refused()
    happen(kpi, *kpi.restore())
    assert kpi.fields == FIELDS
    with pytest.raises(KpiNotDeleted):
        kpi.restore()


def test_what_was_never_created_is_not_there() -> None:
    with pytest.raises(KpiNotFound):
        Definition("7").delete()
