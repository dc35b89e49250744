"""What an answer says beside its outcome: reasons, duties, routes, what would meet it."""
