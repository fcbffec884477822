"""The console: pages for people over the HTTP API, rendered here; they work without JavaScript."""
