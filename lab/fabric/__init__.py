"""The lab's network: who is plugged in where, laid as veth pairs into Open vSwitch bridges."""
