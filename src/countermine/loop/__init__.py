"""Joins the stages: one search, and the durable run that finds, witnesses, fixes and proves."""
