"""Pages of 现场勘验, 注销备案 and the public list of filed shops."""
