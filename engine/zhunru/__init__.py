"""Zhunru 准入: community admission policies that are checked, decided and explained."""
