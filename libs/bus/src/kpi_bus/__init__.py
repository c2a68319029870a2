"""Events and commands on NATS JetStream: connection, streams, relay and consumer loops.

Everything is asyncio; database work runs in threads. Delivery is at least once, its effect in
our databases exactly once.
"""
