"""The aggregates of data sources, knowledge graphs and rulesets. Secrets are no part of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatchmethod
from typing import Any, ClassVar

from kpi_contracts import graph as graph_contract
from kpi_contracts import ruleset as ruleset_contract
from kpi_contracts import source as source_contract
from kpi_contracts.catalogue import DomainEvent
from kpi_contracts.definition import FieldChange
from kpi_contracts.graph import GraphBuilt, GraphDrifted, GraphRefreshed
from kpi_contracts.ruleset import RulesetStored
from kpi_contracts.source import SourceRegistered, SourceRemoved, SourceUpdated
from kpi_eventsourcing.aggregate import Aggregate
from kpi_executor.errors import SourceNotFound


class DataSource(Aggregate):
    """A database, file or folder that KPIs run on."""

    name: ClassVar[str] = source_contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.fields: dict[str, str] = {}
        self.removed = False

    def register(self, name: str, kind: str, location: str) -> Sequence[DomainEvent]:
        """Decide to make the source known."""
        return [SourceRegistered(name=name, kind=kind, location=location)]

    def update(self, values: Mapping[str, str], secret_changed: bool) -> Sequence[DomainEvent]:
        """Decide on new values; nothing happens if none differs."""
        self._require_present()
        changes = tuple(
            FieldChange(field, self.fields[field], new)
            for field, new in values.items()
            if self.fields[field] != new
        )
        if not changes and not secret_changed:
            return []
        return [SourceUpdated(changes=changes, secret_changed=secret_changed)]

    def remove(self) -> Sequence[DomainEvent]:
        """Decide to take the source out of use."""
        self._require_present()
        return [SourceRemoved()]

    def _require_present(self) -> None:
        if self.version == 0 or self.removed:
            raise SourceNotFound(self.id)

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"a source knows no {type(event).__name__}")

    @apply.register
    def _registered(self, event: SourceRegistered) -> None:
        self.fields = {"name": event.name, "kind": event.kind, "location": event.location}

    @apply.register
    def _updated(self, event: SourceUpdated) -> None:
        self.fields |= {change.field: change.new for change in event.changes}

    @apply.register
    def _removed(self, _: SourceRemoved) -> None:
        self.removed = True


class Ruleset(Aggregate):
    """Explicit joins of table pairs, by name."""

    name: ClassVar[str] = ruleset_contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.rules: tuple[Mapping[str, Any], ...] | None = None

    def store(self, name: str, rules: Sequence[Mapping[str, Any]]) -> Sequence[DomainEvent]:
        """Decide on new rules; nothing happens if they are the old ones."""
        return [] if tuple(rules) == self.rules else [RulesetStored(name=name, rules=tuple(rules))]

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"a ruleset knows no {type(event).__name__}")

    @apply.register
    def _stored(self, event: RulesetStored) -> None:
        self.rules = event.rules


class KnowledgeGraph(Aggregate):
    """The tables of a source and how they join; its version is the graph's version."""

    name: ClassVar[str] = graph_contract.AGGREGATE

    def __init__(self, aggregate_id: str) -> None:
        super().__init__(aggregate_id)
        self.fingerprint: str | None = None

    def build(self, built: GraphBuilt) -> Sequence[DomainEvent]:
        """Decide on the first version."""
        return [built]

    def refresh(self, built: GraphBuilt, drifted: GraphDrifted) -> Sequence[DomainEvent]:
        """Decide to store what was read again as a further version, if it is anything new.

        KPIs that `drifted` names need a review; naming none is no event.
        """
        if self.fingerprint == built.fingerprint:
            return []
        refreshed = GraphRefreshed(
            tables=built.tables, joins=built.joins, fingerprint=built.fingerprint
        )
        return [refreshed, drifted] if drifted.kpi_ids else [refreshed]

    @singledispatchmethod
    def apply(self, event: DomainEvent) -> None:
        """Fold one event into the state."""
        raise TypeError(f"a graph knows no {type(event).__name__}")

    @apply.register
    def _drifted(self, _: GraphDrifted) -> None:
        pass

    @apply.register
    def _kept(self, event: GraphBuilt | GraphRefreshed) -> None:
        self.fingerprint = event.fingerprint
