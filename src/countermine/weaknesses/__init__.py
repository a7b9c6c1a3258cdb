"""Knowledge: a folder for each weakness, and the lists of all of them."""
