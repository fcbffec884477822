"""The edges: Exchange, Entra, tables, queues, webhook signatures, telemetry."""
