"""A second reading by a language model, where there is one: asked, checked and weighed.

Nothing here reaches a network or a database: who completes a chat, what makes a query safe and
which rows it returns are given from outside.
"""

from kpi_nlsql.llm.agreement import Agreement, compare
from kpi_nlsql.llm.dialogue import ModelReading, NoReading, QueryRejected, ask
from kpi_nlsql.llm.joins import joined_on
from kpi_nlsql.llm.normal_form import NormalForm, UnknownNames, normal_form
from kpi_nlsql.llm.prompt import Message, Prompt, build_prompt
from kpi_nlsql.llm.reply import BadReply, Reply, parse_reply
from kpi_nlsql.llm.verdict import MODEL_CONFIDENCE, Verdict, alone, weigh

__all__ = [
    "MODEL_CONFIDENCE",
    "Agreement",
    "BadReply",
    "Message",
    "ModelReading",
    "NoReading",
    "NormalForm",
    "Prompt",
    "QueryRejected",
    "Reply",
    "UnknownNames",
    "Verdict",
    "alone",
    "ask",
    "build_prompt",
    "compare",
    "joined_on",
    "normal_form",
    "parse_reply",
    "weigh",
]
