"""``make bench``: all of it, one after the other."""

from __future__ import annotations

from bench import files, uploads

if __name__ == "__main__":
    print("Uploads (bench/uploads.py)")
    uploads.main()
    print("A vehicle's file (bench/files.py)")
    files.main()
