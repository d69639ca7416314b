"""Recording: one ffmpeg per camera under systemd, and one keeper per host that makes what they write durable and known."""
