"""The register of devices (一机一档): schema, codes, checks, import and export."""
