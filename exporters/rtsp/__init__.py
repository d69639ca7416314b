"""Call-up of streams by RTSP."""
