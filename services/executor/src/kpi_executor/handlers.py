"""Which handler takes which command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kpi_eventsourcing.dispatch import Handler
from kpi_executor import attempt_handlers, commands, execution_handlers, source_handlers
from kpi_executor.secrets import Secrets


def handlers(secrets: Secrets) -> Mapping[type[Any], Handler]:
    """Return the handlers by their command's class."""
    sources = source_handlers.SourceHandlers(secrets)
    return {
        commands.RunKpi: execution_handlers.run_kpi,
        commands.RunKpis: execution_handlers.run_kpis,
        commands.RunQuery: execution_handlers.run_query,
        commands.RetryExecution: execution_handlers.retry,
        commands.RejectCommand: execution_handlers.reject,
        commands.CancelExecution: execution_handlers.cancel,
        commands.ExchangeAttempts: attempt_handlers.exchange,
        commands.RecoverLost: attempt_handlers.recover,
        commands.RegisterSource: sources.register,
        commands.UpdateSource: sources.update,
        commands.RemoveSource: source_handlers.remove,
        commands.KeepGraph: source_handlers.keep_graph,
        commands.StoreRuleset: source_handlers.store_ruleset,
    }
