"""Images in: CSV, download, synthetic, folder; photograph groups. Needs numpy only, never torch."""
