"""The composition root: the four processes of a node, and the one that supervises them."""
