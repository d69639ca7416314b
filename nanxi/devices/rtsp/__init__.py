"""RTSP 1.0 (RFC 2326) to one camera over TCP, written for cameras that are hostile until proved otherwise (D8a, D16).

Users are the gate, which holds a stream for years, and probes, which look at one for seconds.
"""
