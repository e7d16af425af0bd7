"""质量指标: what the records of a shop show about its work, beside what others do. Archive side."""
