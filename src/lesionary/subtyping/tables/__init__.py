"""The cases that subtyping decides, what each is for, and what is said of them."""
