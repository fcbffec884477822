"""The Azure Functions host's documented semantics, on Azurite, for this function app as it is."""
