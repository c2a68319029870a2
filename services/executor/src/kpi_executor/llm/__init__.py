"""The second reading of a sentence, by a language model that the settings name.

Everything that comes back passes the guard and is tried on the source in a process of its own.
"""

from kpi_executor.llm.client import ChatClient
from kpi_executor.llm.endpoint import ModelEndpoint
from kpi_executor.llm.examination import Examiner
from kpi_executor.llm.second_reader import Examined, SecondReader, SecondReading, Sentence

__all__ = [
    "ChatClient",
    "Examined",
    "Examiner",
    "ModelEndpoint",
    "SecondReader",
    "SecondReading",
    "Sentence",
]
