"""How a mention can relate to a bookmark (LesaNet, 3.1), in the order of every table and matrix."""

RELATIONS = ("relevant", "uncertain", "irrelevant")
