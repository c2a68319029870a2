"""The second reading: ask the model, examine what it says, weigh it against the rules' reading."""

from __future__ import annotations

from dataclasses import dataclass, replace

import structlog

from kpi_executor.guard import UnsafeQuery, guard
from kpi_executor.llm.client import ChatClient, ModelFailed
from kpi_executor.llm.examination import Case, Examiner, Finding
from kpi_executor.llm.patience import REST_SECONDS, Patience
from kpi_executor.lookups import GraphReference
from kpi_nlsql import Answer, Engine, ReadOptions, Refusal
from kpi_nlsql.llm import (
    Agreement,
    ModelReading,
    NoReading,
    Prompt,
    QueryRejected,
    Verdict,
    alone,
    ask,
    build_prompt,
    weigh,
)

log = structlog.get_logger(__name__)

_SHOWN_SQL = 300


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, what it is read against, and how the rules read it."""

    text: str
    engine: Engine
    graph: GraphReference
    options: ReadOptions
    rules: Answer | Refusal


@dataclass(frozen=True, slots=True)
class SecondReading:
    """What came of asking the model.

    ``query`` is guarded and has no limit yet; it is None, as is ``verdict``, where there is no
    usable answer. ``lasting``: asking again would most likely give the same.
    """

    model: str
    prompt_sha256: str | None
    remark: str
    query: Examined | None = None
    verdict: Verdict | None = None
    explanation: str = ""
    lasting: bool = True

    @property
    def dissents(self) -> bool:
        """Whether the model understands the sentence, and otherwise than the rules."""
        return self.verdict is not None and self.verdict.agreement is Agreement.DIFFERENT


@dataclass(frozen=True, slots=True)
class Examined:
    """A query of the model that passed every check."""

    sql: str
    finding: Finding


class SecondReader:
    """Reads sentences by a language model. Safe to use from threads.

    What the model or its endpoint does wrong is a remark, never an exception.
    """

    def __init__(
        self, client: ChatClient, examiner: Examiner, patience: Patience | None = None
    ) -> None:
        self._client = client
        self._examiner = examiner
        self._patience = patience or Patience()

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._client.endpoint.model

    def read(self, sentence: Sentence) -> SecondReading:
        """Return the model's reading with the verdict on it, or a remark why there is none."""
        if self._patience.rests:
            why = f"it failed repeatedly and is left alone for {REST_SECONDS:g} s"
            return self._none(None, why, lasting=False)
        prompt = build_prompt(
            sentence.engine, sentence.text, sentence.graph.dialect, sentence.options
        )
        try:
            reading = ask(prompt, self._client.dialogue(), lambda sql: self._check(sentence, sql))
        except ModelFailed as error:
            self._patience.failed()
            log.warning("llm.failed", model=self.model, why=str(error))
            return self._none(prompt, str(error), lasting=False)
        except NoReading as error:
            self._patience.answered()
            return self._none(prompt, str(error), lasting=True)
        self._patience.answered()
        return self._weighed(sentence, prompt, reading)

    def _check(self, sentence: Sentence, sql: str) -> Examined:
        graph, engine = sentence.graph, sentence.engine
        tables = [(table.schema or "", table.name) for table in engine.graph.tables]
        try:
            guarded = guard(sql, graph.dialect, tables)
        except UnsafeQuery as error:
            raise QueryRejected(str(error)) from None
        case = Case(
            sql=guarded.sql,
            rules_sql=_rules_sql(sentence, tables),
            graph=engine.graph,
            dialect=graph.dialect,
            excluded_fields=frozenset(name.lower() for name in sentence.options.excluded_fields),
        )
        return Examined(guarded.sql, self._examiner.examine(graph.source_id, case))

    def _weighed(
        self, sentence: Sentence, prompt: Prompt, reading: ModelReading[Examined]
    ) -> SecondReading:
        finding, rules = reading.query.finding, sentence.rules
        if isinstance(rules, Refusal) or finding.agreement is None:
            verdict = alone(tried=finding.tried)
            remark = _of_model_alone(self.model, tried=finding.tried)
        else:
            verdict = weigh(rules.confidence, finding.agreement)
            remark = _of_both(self.model, finding.agreement, reading)
        return SecondReading(
            model=self.model,
            prompt_sha256=prompt.sha256,
            remark=remark,
            query=reading.query,
            verdict=verdict,
            explanation=reading.explanation,
            lasting=finding.tried,
        )

    def _none(self, prompt: Prompt | None, why: str, *, lasting: bool) -> SecondReading:
        return SecondReading(
            model=self.model,
            prompt_sha256=prompt.sha256 if prompt else None,
            remark=f"The language model {self.model} was not used: {why}; the rules read alone.",
            lasting=lasting,
        )


def _rules_sql(sentence: Sentence, tables: list[tuple[str, str]]) -> str | None:
    rules, dialect = sentence.rules, sentence.graph.dialect
    if isinstance(rules, Refusal):
        return None
    return guard(replace(rules, limit=None).sql(dialect), dialect, tables).sql


def _of_model_alone(model: str, *, tried: bool) -> str:
    how = "the guard and the source's planner" if tried else "the guard, but not by the source,"
    return (
        f"The rules did not understand the sentence; this query is the language model {model}'s, "
        f"passed by {how} and by nobody else. Check it before you rely on it."
    )


def _of_both(model: str, agreement: Agreement, reading: ModelReading[Examined]) -> str:
    if agreement is not Agreement.DIFFERENT:
        return f"The language model {model} agrees: {agreement.value}."
    said = reading.explanation.rstrip(".") or "no explanation given"
    sql = reading.query.sql
    shown = sql if len(sql) <= _SHOWN_SQL else f"{sql[: _SHOWN_SQL - 1]}…"
    return (
        f"The rules' reading was run. The language model {model} reads it differently: {said}. "
        f"Its query: {shown}"
    )
