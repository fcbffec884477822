"""The two workers that can sit in the host: Microsoft's own, and azure-functions' converters with our glue."""
