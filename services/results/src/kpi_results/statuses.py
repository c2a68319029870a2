"""The states of an execution, as callers see them."""

SUCCESS = "success"
FINAL = ("success", "failed", "timeout", "cancelled")
STATUSES = ("pending", "queued", "running", *FINAL)
