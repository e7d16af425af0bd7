"""好处: what honest data brings a shop, the badge 可信维修企业, and everything of its own to take away."""
