"""The gate (D8a): one RTSP session per camera, handed out on loopback to whoever may see it.

It alone knows the cameras' passwords. It copies bytes between packet boundaries and never decodes.
"""
