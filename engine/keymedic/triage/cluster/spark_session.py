"""A Spark session for one triage, and what goes wrong with it in one line."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from keymedic.errors import Unusable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_ROWS = "50000"
_BYTES = "32m"
"""Lines that go to Python in one go: large enough to be quick, small enough for long lines."""
_WHOLE = str(1 << 46)
_CAUSE = re.compile(r"^(?:[\w.]+\.)?(\w+(?:Error|Exception): .+|\[[A-Z_.]+\] .+)$", re.MULTILINE)


@contextmanager
def started(master: str) -> Iterator[SparkSession]:
    """The session that is active already, or one at `master` for the time being. Raises Unusable."""
    try:
        import pandas  # noqa: F401 - mapInArrow asks for it
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise Unusable(f"--spark needs PySpark: pip install 'keymedic[spark]' ({error})") from None
    active = SparkSession.getActiveSession()
    if active:
        yield active
        return
    if not os.environ.get("JAVA_HOME") and not shutil.which("java"):
        raise Unusable("--spark needs Java 17 or later: install it, or set JAVA_HOME")
    builder = SparkSession.builder.master(master).appName("keymedic triage")
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    shows = sys.stderr is not None and sys.stderr.isatty()
    try:
        session = builder.config("spark.ui.showConsoleProgress", str(shows).lower()).getOrCreate()
    except Exception as error:
        raise Unusable(f"--spark {master}: Spark does not start: {reason(error)}") from None
    try:
        session.sparkContext.setLogLevel("OFF")
        yield session
    finally:
        session.stop()


def splitting(spark: SparkSession) -> SparkSession:
    """Reads files in splits, as large as `spark.sql.files.maxPartitionBytes` says."""
    session = spark.newSession()
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", _ROWS)
    session.conf.set("spark.sql.execution.arrow.maxBytesPerBatch", _BYTES)
    return session


def unsplit(spark: SparkSession) -> SparkSession:
    """Reads each file whole, in a partition of its own."""
    session = splitting(spark)
    # Spark packs files until a partition holds maxPartitionBytes, and counts each as openCostInBytes larger.
    session.conf.set("spark.sql.files.maxPartitionBytes", _WHOLE)
    session.conf.set("spark.sql.files.openCostInBytes", _WHOLE)
    return session


def reason(error: BaseException) -> str:
    """What went wrong: the last error that the text of a failure names, or its first line."""
    java = getattr(error, "java_exception", None)
    text = str(java.getMessage() if java is not None else error) or type(error).__name__
    causes = _CAUSE.findall(text)
    return (causes[-1] if causes else text.strip().splitlines()[0])[:500]
