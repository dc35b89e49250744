"""What can be asked of a compiled set without running it: how long cases take, how they look."""
