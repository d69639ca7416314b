"""Vehicles: what is recorded on board comes to a depot when one is in reach, with proof, and with where the vehicle was."""
