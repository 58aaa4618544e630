"""What everything stands on, and which knows nothing of probes."""
