"""Cameras, encoders and recorders by the drivers of ``nanxi.devices``: ``read``, and ``plan`` for the drift."""
