"""Writing the test that keeps a fix from being lost, in the target's own style."""
