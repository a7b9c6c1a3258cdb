"""Engines that yield findings."""
