"""How stages run: worker processes, and progress on the terminal."""
