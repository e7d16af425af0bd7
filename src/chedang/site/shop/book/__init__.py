"""The order book of a shop: 开单, 派工, 结算, the settlement list, technicians' jobs."""
