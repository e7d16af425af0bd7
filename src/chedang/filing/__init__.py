"""备案: what a shop tells of itself and what the authority makes of it; its people. Desk side."""
