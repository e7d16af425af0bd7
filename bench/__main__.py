"""``make bench``: all of it, one after the other."""

from __future__ import annotations

from bench import batches, exchange, files, odometer, quality, statistics, uploads

if __name__ == "__main__":
    print("Uploads (bench/uploads.py)")
    uploads.main()
    print("Batches of the native interface (bench/batches.py)")
    batches.main()
    print("From a province to the ministry (bench/exchange.py)")
    exchange.main()
    print("A vehicle's file (bench/files.py)")
    files.main()
    print("Odometer verdicts (bench/odometer.py)")
    odometer.main()
    print("Figures of shops (bench/quality.py)")
    quality.main()
    print("Figures of supervision (bench/statistics.py)")
    statistics.main()
