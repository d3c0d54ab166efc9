"""Requests of front ends that not every command needs: `api` offers them, and imports one when it is made."""
