"""Counts timeline rows on Apache Spark: Spark distributes, Throughline's kernel counts.

    spark-submit count.py --plan plan.json --timeline PATH_OR_TABLE --out tallies

Every task runs `throughline kernel` as a process: a partition's rows go in as an Arrow stream, exact
tallies come out. They are added as decimals and written as Parquet; the driver then checks that they
hold every row and every member once. `README.md` says what to ship and how to size it.
"""

import argparse
import json
import os
import subprocess
import sys
import threading

TYPES = {"text": "string", "date": "date", "int": "int", "long": "bigint", "float": "double",
         "flag": "boolean"}
NAMES = ["what", "measure", "grain", "period_start", "group_kind", "group", "stratum_kind", "stratum",
         "key", "plan", "program", "part"]
SUMS = ["numerator", "denominator", "members", "nn", "nd", "dd"]
TALLIES = ("what string, measure int, grain string, period_start date, group_kind string, "
           "`group` string, stratum_kind string, stratum string, key bigint, plan string, "
           "program string, part string, "
           + ", ".join(f"{name} decimal(38,0)" for name in SUMS))


def shaped(timeline, plan):
    """The columns of the plan, in its order and types; a column that nothing delivered is null."""
    from pyspark.sql import functions as F

    lacking = set(plan["plan"]["manifest"]["columns"]) - set(timeline.columns)
    lacking &= {column["name"] for column in plan["plan"]["columns"]}
    if lacking:
        sys.exit(f"error: the timeline lacks {', '.join(sorted(lacking))}, which the plan asks for")
    return timeline.select([
        (F.col(one["name"]) if one["name"] in timeline.columns else F.lit(None))
        .cast(TYPES[one["type"]]).alias(one["name"])
        for one in plan["plan"]["columns"]
    ])


def in_order(timeline, plan, partitions):
    """All rows of a member in one partition, in the order of the plan's columns."""
    from pyspark.sql import functions as F

    order = [F.col(one["name"]).asc_nulls_last() if one["nulls"] == "last"
             else F.col(one["name"]).asc_nulls_first() for one in plan["plan"]["columns"]]
    return timeline.repartition(partitions, "member_id").sortWithinPartitions(*order)


def kernel(command, files):
    """A partition's rows through the kernel. Its answer is read by threads of their own, so that
    neither process can wait for the other."""
    def partition(batches):
        import pyarrow as pa
        from pyspark import SparkFiles

        first = next(batches, None)
        if first is None:
            return
        placed = [path if os.path.exists(path) else SparkFiles.get(os.path.basename(path))
                  for path in files]
        process = subprocess.Popen([placed[0], "kernel", "--plan", placed[1], *command],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        said = {}

        def drain(name, pipe):
            said[name] = pipe.read()

        threads = [threading.Thread(target=drain, args=pair, daemon=True)
                   for pair in [("tallies", process.stdout), ("error", process.stderr)]]
        try:
            for thread in threads:
                thread.start()
            try:
                with pa.ipc.new_stream(process.stdin, first.schema) as stream:
                    stream.write_batch(first)
                    for batch in batches:
                        stream.write_batch(batch)
                process.stdin.close()
            except OSError:
                pass  # the kernel has refused the stream; it says why
            for thread in threads:
                thread.join()
            if process.wait() != 0:
                raise RuntimeError(said["error"].decode(errors="replace").strip()
                                   or f"the kernel ended with {process.returncode}")
        finally:
            process.kill()
        yield from pa.ipc.open_stream(said["tallies"])

    return partition


def added(tallies):
    """Tallies of all partitions as one, with exact sums."""
    from pyspark.sql import functions as F

    sums = [F.sum(name).cast("decimal(38,0)").alias(name) for name in SUMS]
    return tallies.groupBy(*[f"`{name}`" for name in NAMES]).agg(*sums)


def check(spark, out, timeline):
    """Every row was read once, and every member was in one partition."""
    from pyspark.sql import functions as F

    tasks = spark.read.parquet(out).where("what = 'task'")
    seen = tasks.agg(F.sum("denominator").alias("rows"), F.sum("members").alias("members")).first()
    rows, members = timeline.agg(F.count("*"), F.countDistinct("member_id")).first()
    if int(seen["rows"] or 0) != rows:
        sys.exit(f"error: the tasks have read {seen['rows']} rows, but there are {rows}")
    if int(seen["members"] or 0) != members:
        sys.exit(f"error: the tasks have seen {seen['members']} members, but there are {members}: "
                 "members lie in several partitions")
    return rows, members


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--plan", required=True, help="plan.json, as `throughline plan` writes it")
    parser.add_argument("--timeline", required=True, help="a table, or a folder of Parquet")
    parser.add_argument("--out", required=True, help="the folder of tallies")
    parser.add_argument("--binary", default="throughline", help="the program, built for the executors")
    parser.add_argument("--partitions", type=int, default=200)
    parser.add_argument("--ship", action="store_true",
                        help="copy the program and the plan to the executors; else they have them")
    parser.add_argument("--sort-in-task", action="store_true",
                        help="sort in the kernel, where the engine drops the sort")
    return parser.parse_args()


def main():
    from pyspark.sql import SparkSession

    given = arguments()
    spark = SparkSession.builder.appName("throughline").getOrCreate()
    with open(given.plan, encoding="utf-8") as file:
        plan = json.load(file)
    files = [given.binary, given.plan]
    if given.ship:
        for path in files:
            spark.sparkContext.addFile(path)
        files = ["/nowhere/" + os.path.basename(path) for path in files]
    is_path = "/" in given.timeline
    timeline = spark.read.parquet(given.timeline) if is_path else spark.table(given.timeline)
    timeline = shaped(timeline, plan)
    rows = timeline.repartition(given.partitions, "member_id") if given.sort_in_task \
        else in_order(timeline, plan, given.partitions)
    command = ["--sort-in-task"] if given.sort_in_task else []
    tallies = added(rows.mapInArrow(kernel(command, files), TALLIES))
    tallies.coalesce(1).write.mode("overwrite").option("compression", "zstd").parquet(given.out)
    rows, members = check(spark, given.out, timeline)
    print(f"{rows} rows, {members} members\n"
          f"throughline report PIPELINE --plan {given.plan} --tallies {given.out} --members {members}")


if __name__ == "__main__":
    main()
