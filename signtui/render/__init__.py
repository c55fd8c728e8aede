"""Numbers to Rich renderables: charts, block art, heat maps, tables."""
