"""The dashboard: a Textual application over a run's events and control."""
