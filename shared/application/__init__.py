"""The use cases: what each message makes us do, and which messages follow."""
