"""A function as a node: its signature, inputs, outputs and types, and how it is called directly."""
