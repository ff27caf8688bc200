"""Makes the timeline from a site's tables on Apache Spark, by the rules of `throughline ingest`.

    spark-submit timeline.py --pipeline site.toml --tables members=care.members contacts=care.contacts … \\
        --manifest manifest.csv --crosswalk service_map.csv --binary throughline \\
        --out TIMELINE --sources sources.json

Each table becomes one `select` over `tables.json` (the data model, written by the program) and the
pipeline's settings for it: a row that breaks a rule is refused, counted by rule, and left out. What
the columns hold is searched for identifiers by the program itself, before anything is written.
`--show contacts` prints the select.
"""

import argparse
import json
import subprocess
import sys

from rules import (COLUMNS, INSTITUTION, KEYS, MODEL, RULES, TABLES, TYPES, bound, cases, crosswalk, dates,
                   read_csv, read_pipeline, select, submissions, too_many)

# Values of these cannot tell who somebody is.
PLAIN = ["past", "planned", "month", "instant", "whole", "parts", "real", "flag"]


def searching(command):
    """A partition's columns and values through the program, which says what it found."""
    def partition(batches):
        import pyarrow as pa

        first = next(batches, None)
        if first is None:
            return
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        try:
            with pa.ipc.new_stream(process.stdin, first.schema) as stream:
                stream.write_batch(first)
                for batch in batches:
                    stream.write_batch(batch)
            process.stdin.close()
        except OSError:
            pass  # the program has stopped reading; it says why
        process.stdin = None
        said, error = process.communicate()
        if process.returncode not in (0, 1):
            raise RuntimeError(error.decode(errors="replace").strip())
        if said:
            yield pa.RecordBatch.from_pylist([{"said": said.decode()}])

    return partition


def search(rows, found, table, one, given):
    """What the values of a table give away about people: each column in one task, each value once."""
    from pyspark.sql import functions as F

    # A column of numbers or dates is only told by its name, or by what the policy says of dates.
    pairs = [F.struct(F.lit(rows.columns[place]).alias("column"),
                      F.lit("1").alias("value") if field["form"] in PLAIN
                      else F.col(f"`{rows.columns[place]}`").cast("string").alias("value"))
             for field, place, _ in found if place < len(rows.columns)]
    values = rows.select(F.explode(F.array(*pairs)).alias("pair")).select("pair.*")
    values = values.where("value is not null").distinct()
    command = [given.binary, "search", given.pipeline, "--table", table, "--as-of", one["extract_date"]]
    command += ["--date-shifted"] if one["date_shifted"] else []
    values = values.repartition(len(pairs), "column")
    told = values.mapInArrow(searching(command), "said string").collect()
    return [line for row in told for line in row["said"].strip().split("\n")]


def without_repeats(rows, table, may_repeat):
    """Marks rows that a later submission replaces or takes back, and rows with the key of another;
    what decides is the day of the cut and content, never the order of rows."""
    from pyspark.sql import Window, functions as F

    keyed = "record_id" in rows.columns
    key = "record_id" if keyed else "member_id"
    content = [name for name in COLUMNS if name in rows.columns]
    order = [F.col(name).asc_nulls_last() if COLUMNS[name] in ("float", "flag")
             else F.col(name).asc_nulls_first() for name in content]
    whole_row = F.struct(*content)
    has_key = F.col(key).isNotNull() if keyed or table == "members" else F.lit(False)
    good, bad = rows.where("fault is null"), rows.where("fault is not null")
    same_key = [key, F.when(has_key, F.lit("")).otherwise(F.to_json(whole_row))]
    # Of each sender the latest counts; of the register, the latest of all whose senders do not take it back.
    latest = F.max(F.struct("sent_on", "void")).over(Window.partitionBy(*same_key, "sender"))
    good = good.withColumn("latest", F.when(has_key, latest))
    gone = F.col("latest.void") | F.col("void") if keyed else F.col("latest.void")
    good = good.withColumn("gone", F.coalesce(gone, F.lit(False)))
    whose = ["sender"] if keyed else ["gone"]
    last = F.max("sent_on").over(Window.partitionBy(*same_key, *whose))
    good = good.withColumn("last", F.when(has_key, last))
    good = good.withColumn("rule", F.when(has_key, F.when(F.col("gone"), "voided")
                           .when(F.col("sent_on") < F.col("last"), "replaced")))
    same_key = Window.partitionBy(*same_key, F.col("rule").isNull())
    order = [F.col("sent_on").desc(), *order]
    good = good.withColumn("place", F.row_number().over(same_key.orderBy(*order)))
    good = good.withColumn("first", F.first(whole_row).over(same_key.orderBy(*order)))
    rule = F.when(F.lit(may_repeat) & has_key, "repeated").otherwise(
        F.when(whole_row.eqNullSafe(F.col("first")), "duplicate_row").otherwise("duplicate_key"))
    # Equal rows without a key are further fills and lines of cost; they are kept and counted.
    alike = F.lit(table in ("cost", "pharmacy")) & ~has_key & (F.col("place") > 1)
    good = good.withColumn("rule", F.coalesce("rule", F.when((F.col("place") > 1) & ~alike, rule)))
    good, bad = good.withColumn("alike", alike), bad.withColumn("alike", F.lit(False))
    numbers = [(f"{place:02}", rule) for place, rule in enumerate(RULES)]
    bad = bad.withColumn("rule", F.expr(cases("substring(fault, 4, 2)", numbers)))
    both = good.drop("place", "first", "latest", "gone", "last").unionByName(bad)
    return both.drop("fault", "void")


def mapped(rows, table, services):
    """What a code stands for, and what a row means that does not say so."""
    from pyspark.sql import functions as F

    def put(name, value):
        known = F.col(name) if name in rows.columns else F.lit(None)
        return F.coalesce(known, value).cast(TYPES[COLUMNS[name]])

    if table == "contacts":
        rows = rows.withColumn("status", put("status", F.lit("attended")))
        if services and "code" in rows.columns:
            known = rows.sparkSession.createDataFrame(
                [(code, *row) for code, row in services.items()],
                "its_code string, its_class string, its_level int, its_practice_level int")
            rows = rows.join(F.broadcast(known), F.upper("code") == F.col("its_code"), "left")
            for name in ["class", "level", "practice_level"]:
                rows = rows.withColumn(name, put(name, F.col(f"its_{name}"))).drop(f"its_{name}")
            rows = rows.drop("its_code")
    if table == "stays" and "class" in rows.columns:
        levels = [(name, str(level)) for name, level in MODEL["facility_levels"].items()]
        rows = rows.withColumn("level", put("level", F.expr(cases("class", levels)).cast("int")))
    return rows.withColumn("kind", F.lit(TABLES[table]["kind"]))


def institution_days(rows):
    """How many contacts are days of 24-hour care, from which stays can be derived."""
    from pyspark.sql import functions as F

    is_one = F.lit(False)
    for name, words in INSTITUTION.items():
        if name in rows.columns:
            is_one |= F.coalesce(F.col(name).isin(words), F.lit(False))
    return rows.where((F.col("status") == "attended") & is_one).count()


def about(rows, table, sent, services):
    """What the report says of a source, as a store's manifest has it."""
    from pyspark.sql import functions as F

    def count(condition):
        return F.sum(F.coalesce(condition, F.lit(False)).cast("long"))

    have = lambda name: name in rows.columns
    content = [column for column in COLUMNS if have(column) and column != "member_id"]
    kept = rows.where("rule is null")
    start = F.col("start_on") if have("start_on") else F.lit(None).cast("date")
    keys = [(name, column, other, texts) for of, name, column, other, texts in KEYS
            if of == table and have(column)]

    def ought(other, texts):
        if other is None:
            return F.lit(True)
        if not have(other):
            return F.lit(bool(texts) and "" in texts)
        if texts is None:
            return F.col(other).isNotNull()
        found = F.col(other).isin([text for text in texts if text])
        return found | F.col(other).isNull() if "" in texts else found

    counts = [count(F.col(one).isNull()).alias(f"no_{one}") for one in content]
    for place, (_, column, other, texts) in enumerate(keys):
        counts.append(count(ought(other, texts)).alias(f"ought_{place}"))
        counts.append(count(ought(other, texts) & F.col(column).isNull()).alias(f"lacks_{place}"))
    first = kept.agg(F.count("*").alias("rows"), F.countDistinct("member_id").alias("members"),
                     F.min(start).alias("first"), F.max(start).alias("last"), *counts).first()
    months = kept.groupBy(F.date_format(start, "yyyy-MM").alias("month")).count().collect()
    codes = {}
    if have("code"):
        codes = {row["code"]: row["count"] for row in kept.groupBy("code").count().collect() if row["code"]}
    unmapped = {}
    if have("code") and table == "contacts":
        bare = kept.where("class is null") if have("class") else kept
        unmapped = {row["code"]: row["count"] for row in bare.groupBy("code").count().collect()
                    if row["code"] and row["code"].upper() not in services}
    equal = rows.where("alike").count()
    left_out = {row["rule"]: row["count"] for row in rows.where("rule is not null").groupBy("rule").count().collect()}
    by_file = {row["file"]: row["count"] for row in rows.groupBy("file").count().collect()}
    fates = {fate: left_out.pop(fate, 0) for fate in ("repeated", "replaced", "voided")}
    text = lambda day: day.isoformat() if day else None
    known = dates(sent)
    source = {
        "table": table, "sha256": "", "bytes": 0,
        "file": sent[0]["place"] + (f" and {len(sent) - 1} more" if len(sent) > 1 else ""), **known,
        "rows_read": sum(by_file.values()), "rows_accepted": first["rows"],
        "rows_repeated": fates["repeated"], "rows_refused": dict(sorted(left_out.items())),
        "missing": {one: first[f"no_{one}"] or 0 for one in content},
        "rows_by_month": {row["month"]: row["count"] for row in sorted(months, key=str) if row["month"]},
        "first_day": text(first["first"]), "last_day": text(first["last"]),
        "unmapped_rows": sum(unmapped.values()), "unmapped_codes": len(unmapped),
        "key_columns": {name: {"rows": first[f"ought_{place}"] or 0, "missing": first[f"lacks_{place}"] or 0}
                        for place, (name, *_) in enumerate(keys) if first[f"ought_{place}"]},
        "members": first["members"],
        "codes": {code: n for code, n in sorted(codes.items()) if n * 200 >= sum(codes.values())},
    }
    if table == "contacts" and have("clinician_id"):
        bare = F.regexp_replace(F.lower("clinician_id"), "[^a-z0-9]", "")
        ids = kept.select("clinician_id").where("clinician_id is not null").distinct()
        like = ids.select(F.regexp_replace(bare, "^0+", "").alias("bare")).groupBy("bare").count()
        alike = like.where("bare != '' and count > 1").agg(F.sum("count")).first()[0]
        source["clinicians"] = {"ids": ids.count(), "alike": alike or 0}
    source |= {f"rows_{fate}": fates[fate] for fate in ("replaced", "voided") if fates[fate]}
    source |= {"rows_alike": equal} if equal else {}
    if len(sent) > 1 or sent[0]["incremental"]:
        source["submissions"] = [
            {"file": one["place"], "sha256": "", "sender": one["sender"], "extract_date": one["on"],
             "incremental": one["incremental"], "rows_read": by_file.get(one["place"], 0)} for one in sent]
    return source


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--pipeline", required=True, help="the pipeline file: columns, values, policy")
    parser.add_argument("--tables", nargs="+", required=True, metavar="TABLE=PLACE",
                        help="a table of the data model, and the table or folder that holds it; several "
                             "submissions of one table as several of these")
    parser.add_argument("--manifest", required=True, help="manifest.csv: when each table was cut")
    parser.add_argument("--crosswalk", help="service codes, as in pipelines/crosswalks")
    parser.add_argument("--binary", default="throughline", help="the program, built for the executors")
    parser.add_argument("--out", required=True, help="the folder of the timeline")
    parser.add_argument("--sources", required=True, help="sources.json, for `throughline plan`")
    parser.add_argument("--show", metavar="TABLE", help="print the select of a table, and stop")
    return parser.parse_args()


def delivered(spark, table, sent, extracts, given):
    """The rows of all submissions of a table, with the rule that each breaks; and every problem."""
    from pyspark.sql import functions as F

    settings, parts, problems = extracts.get(table, {}), [], []
    for number, one in enumerate(sent):
        place = one["place"]
        read = spark.read.parquet(place) if "/" in place else spark.table(place)
        view = f"delivered_{table}_{number}"
        read.createOrReplaceTempView(view)
        found, wrong = bound(table, read.columns, settings)
        if one["incremental"] and table != "members" and not any(f["to"] == "record_id" for f, _, _ in found):
            wrong.append(f"table {table} has no key here, so its rows cannot be changed one by one")
        problems += [f"{place}: {words}" for words in wrong]
        if wrong:
            continue
        sql = select(table, found, view, one["extract_date"], settings)
        if given.show == table:
            print(sql)
            continue
        problems += search(read, found, table, one, given)
        parts.append(spark.sql(sql).withColumn("file", F.lit(place)).withColumn("sender", F.lit(one["sender"]))
                     .withColumn("sent_on", F.lit(one["on"])))
        member = next(place for field, place, _ in found if field["name"] == "member_id")
        parts[-1] = parts[-1].withColumn("member_place", F.lit(f"{member:03}"))
    rows = parts[0] if parts else None
    for other in parts[1:]:
        rows = rows.unionByName(other, allowMissingColumns=True)
    return rows, problems


def main():
    given = arguments()
    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.builder.appName("throughline timeline").getOrCreate()
    manifest, extracts = read_csv(given.manifest), read_pipeline(given.pipeline)
    services = crosswalk(given.crosswalk)
    places = {}
    for pair in given.tables:
        table, place = pair.split("=", 1)
        places.setdefault(table, []).append(place)
    problems = [f"`{table}` is no table of the data model" for table in places if table not in TABLES]
    read, in_force = {}, {}
    for table in (table for table in TABLES if table in places):
        in_force[table], wrong = submissions(table, places[table], manifest, extracts)
        problems += wrong
        read[table], wrong = delivered(spark, table, in_force[table], extracts, given)
        problems += wrong
    if problems:
        sys.exit("error: these tables are refused; nothing was written\n" + "\n".join(sorted(set(problems))))
    if given.show:
        return
    known = None
    timelines, sources, columns = [], [], {"member_id", "kind", "start_on", "end_on", "record_id", "status"}
    for table, rows in read.items():
        if known is not None:
            unknown = F.concat("member_place", F.lit(f"{RULES.index('unknown_member'):02}"))
            # Of rows that take others back, the key alone counts; a member who was taken back is unknown.
            asked = F.col("member_id").isNotNull() & ~F.col("void")
            rows = rows.join(known, "member_id", "left").withColumn("fault", F.when(
                asked & F.col("is_gone").isNull(), F.least("fault", unknown)).when(
                asked & F.col("is_gone") & F.col("fault").isNull(), unknown).otherwise(F.col("fault")))
            rows = rows.drop("is_gone")
        settings = extracts.get(table, {})
        may_repeat = settings.get("repeated_keys") == "first"
        rows = without_repeats(rows.drop("member_place"), table, may_repeat).cache()
        if table == "members":
            voided = F.coalesce(F.col("rule") == "voided", F.lit(False))
            other = F.col("rule").isNull() | F.col("rule").isin(
                "replaced", "repeated", "duplicate_row", "duplicate_key")
            known = rows.where("member_id is not null").groupBy("member_id")
            known = known.agg((F.max(voided) & ~F.max(F.coalesce(other, F.lit(False)))).alias("is_gone"))
        sources.append(about(rows, table, in_force[table], services))
        rows = rows.where("rule is null").drop("rule", "file", "sender", "sent_on", "alike")
        columns |= set(rows.columns)
        rows = mapped(rows, table, services)
        if table == "contacts":
            sources[-1]["institution_days"] = institution_days(rows)
        columns |= set(rows.columns)
        timelines.append(rows)
    excess = [words for words in (too_many(source, extracts) for source in sources) if words]
    if excess:
        sys.exit("error: too many rows are refused; nothing was written\n" + "\n".join(excess))
    timeline = timelines[0]
    for other in timelines[1:]:
        timeline = timeline.unionByName(other, allowMissingColumns=True)
    timeline = timeline.select([F.col(name) if name in timeline.columns else
                                F.lit(None).cast(TYPES[COLUMNS[name]]).alias(name)
                                for name in COLUMNS if name in columns])
    timeline.write.mode("overwrite").parquet(given.out)
    with open(given.sources, "w", encoding="utf-8") as file:
        json.dump({"columns": [name for name in COLUMNS if name in columns], "sources": sources}, file, indent=1)
    for source in sources:
        refused = ", ".join(f"{n} {rule}" for rule, n in source["rows_refused"].items())
        print(f"{source['table']}: {source['rows_accepted']} rows, refused: {refused or 'none'}; "
              f"{source['unmapped_rows']} rows of {source['unmapped_codes']} codes that nothing maps")


if __name__ == "__main__":
    sys.exit(main())
