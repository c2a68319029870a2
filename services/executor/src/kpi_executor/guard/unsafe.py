"""The guard's only error."""


class UnsafeQuery(ValueError):
    """The query is refused; ``reason`` is one sentence for the person who wrote it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
