"""Where cases are kept: events, the state they add up to, timers, messages out, audit chain."""
