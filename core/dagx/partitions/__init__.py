"""Partitions: definitions, subsets of their keys, and mappings between the partitions of two assets.

Nothing here knows assets, runs or stores. Semantics: sections 12 to 14.
"""
