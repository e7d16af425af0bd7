"""``python -m chedang.site.regulator.statistics.make_export <officer> <file>``: sets Django up, then makes one file."""

from __future__ import annotations

import os
import sys

import django

from chedang.platform.logging import configure
from chedang.platform.processes import die_with_parent
from chedang.platform.settings import Settings

if __name__ == "__main__":
    die_with_parent()
    configure("site", Settings.from_environment().log_level)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chedang.site.settings")
    django.setup()

    from chedang.site.regulator.statistics.making import main

    sys.exit(main(sys.argv[1:]))
