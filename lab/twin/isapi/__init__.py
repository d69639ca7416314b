"""The ISAPI face of a twin: Hikvision's XML over HTTP, beside ONVIF and RTSP, on the same state.

A device's configuration is a set of XML documents (``documents/``). What ONVIF knows too is bound to the twin's
settings, so that there is one truth; everything else lives in the documents alone.
"""
