"""The grammar of the policy language, shipped as data."""
