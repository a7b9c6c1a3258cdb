"""The transport to real models: every provider's protocol, and nothing of it beyond this folder.

Only loaded where a model is configured, and needs ``countermine[models]``.
"""
