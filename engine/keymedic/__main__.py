"""`python -m keymedic`."""

import sys

from keymedic.cli.main import main

sys.exit(main())
