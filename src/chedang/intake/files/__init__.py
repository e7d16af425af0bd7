"""文件上传: a spreadsheet or a JSON file becomes repair jobs, and is handed back with a reason beside each row.

Reads xlsx, csv, json and ndjson in any column order under Chinese or wire headings. It judges no repair: what it
refuses is what a spreadsheet has spoilt or what cannot be told apart; the rules for records see the rest. The same
engine serves the command line and the site. Pure except for ``keeping`` (files at rest) and ``carrying`` (a child
process).
"""
