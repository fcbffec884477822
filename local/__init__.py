"""The embedded default: the twin, the Functions host and the demo; nothing here is deployed."""
