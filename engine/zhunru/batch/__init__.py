"""The same decision over columns: files of millions of requests, and what a draft would change."""
