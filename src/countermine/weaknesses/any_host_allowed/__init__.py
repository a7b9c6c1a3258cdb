"""Any host allowed."""
