"""`python3 -m codestats …`"""

from __future__ import annotations

import sys

from codestats.cli import main

if __name__ == "__main__":
    sys.exit(main())
