"""A service under load for as long as one likes: killed, restarted, swapped, and held to its word.

`python -m tests.web.soak --minutes 30` starts `zhunru serve`, lets callers decide and act on cases
while the process is killed and sets are published, and then checks from the outside what was lost.
"""
