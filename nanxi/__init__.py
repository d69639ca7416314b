"""Nanxi (楠溪): a county's public video-surveillance estate as code.

The library that everything shares. It imports neither Ansible nor prometheus_client.
"""
