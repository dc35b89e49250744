"""Tests of workflows: their proofs, graphs and drawings."""
