"""What a regular expression costs at worst: decided on its automaton, confirmed by counting."""
