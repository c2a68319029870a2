"""REST: what is read of the log and its projections, and its examination."""
