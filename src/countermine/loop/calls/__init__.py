"""The run's record of calls to models, in a file of its own beside the workflow's store."""
