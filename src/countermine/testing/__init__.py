"""Public fakes and conformance suites for whoever writes an adapter or an extension."""
