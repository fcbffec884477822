"""``make demo``: three tenants from a signed signup to a healed tenant, watched live."""
