"""Everything that hosts of an air-gapped site install, collected once where the registries can be reached.

A bundle is a folder: ``debian/`` a flat repository of apt, ``wheels/`` for pip, and ``SHA256SUMS`` over all of it. The
number that identifies a bundle is the hash of that list: whoever carries it to the site compares the number.
"""
