"""The analysis: intermediate form, lowering, abstract values, summaries and the walk."""
