"""The background work of the executor: attempts, leases, commands from the bus."""
