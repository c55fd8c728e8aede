"""The dashboard's screens, one module each; `signtui.tui.modes` lists them."""
