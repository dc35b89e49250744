"""Tests of deciding over columns."""
