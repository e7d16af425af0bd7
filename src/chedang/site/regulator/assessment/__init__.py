"""Pages of 运行考核 of provinces and prefectures."""
