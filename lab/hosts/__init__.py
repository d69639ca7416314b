"""Linux hosts of the lab: systemd-nspawn machines on overlays of one image."""
