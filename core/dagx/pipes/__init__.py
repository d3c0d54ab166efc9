"""Pipes: a step runs a process of any language, which reports back while it runs. It speaks the protocol of the
public package `dagster-pipes`, version 0.1.
"""
