"""The program: domain, application, adapters, and the bootstrap that joins them."""
