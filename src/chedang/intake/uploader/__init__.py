"""上传客户端: the shop's side of an upload. Jobs wait in a spool on disk until a node has answered for each of them.

Runs on the shop's machine and speaks to the native interface only; it knows no store and no database of a node.
"""
