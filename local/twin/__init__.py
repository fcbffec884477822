"""The twin of Exchange Online and Entra: the admin protocol over real HTTPS, with real state, wrong turns included."""
