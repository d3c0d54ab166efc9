"""The rows of DESIGN §9, by subject. Each takes the worlds and answers with one row."""
