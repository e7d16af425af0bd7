"""Pages of makers (汽车生产企业总部) at the ministry: apply for 总部对总部, look how the application stands."""
