"""Ask DuckDB one question, as a process of its own.

Usage: duck.py SQL [NAME=VALUE …]; `$NAME` in the SQL stands for the value. Prints one JSON object: the rows, and how
long the question took without the start of Python.
"""

import json
import sys
import time

import duckdb


def main() -> None:
    """Ask and print."""
    sql, words = sys.argv[1], sys.argv[2:]
    parameters = dict(word.split("=", 1) for word in words)
    connection = duckdb.connect()
    started = time.perf_counter()
    answer = connection.execute(sql, parameters or None)
    rows = answer.fetchall() if answer.description else []
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "rows": rows}, default=str))


if __name__ == "__main__":
    main()
