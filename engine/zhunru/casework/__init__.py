"""Cases as people ask about them: by a store's address, in words typed on a line."""
