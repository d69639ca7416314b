"""ISAPI: Hikvision's XML over HTTP, for cameras, recorders and hybrid recorders."""
