"""质量信誉自评 on a shop's own pages."""
