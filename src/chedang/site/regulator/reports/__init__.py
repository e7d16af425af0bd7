"""Pages of 半年报告."""
