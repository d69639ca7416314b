"""Handing out footage: find it, cut it without touching a picture, and prove what was handed out, to whom and why."""
