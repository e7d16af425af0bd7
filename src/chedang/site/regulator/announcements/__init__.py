"""Pages of announcements as officers write them, and the public's lists."""
