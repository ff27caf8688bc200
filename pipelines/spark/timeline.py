"""Makes the timeline from a site's tables on Apache Spark, by the rules of `throughline ingest`.

    spark-submit timeline.py --tables members=care.members contacts=care.contacts … \\
        --manifest manifest.csv --crosswalk service_map.csv --out TIMELINE --sources sources.json

Each table becomes one `select` over `tables.json` (the data model, written by the program): a row
that breaks a rule is refused, counted by rule, and left out. `--show contacts` prints the select.
"""

import argparse
import csv
import json
import os
import re
import sys

MODEL = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.json"),
                       encoding="utf-8"))
RULES = MODEL["rules"]
COLUMNS = dict(MODEL["columns"])
TABLES = {one["table"]: one for one in MODEL["tables"]}
TYPES = {"text": "string", "date": "date", "int": "int", "long": "bigint", "float": "double",
         "flag": "boolean"}
DATE = r"^\\d{4}-\\d{2}-\\d{2}$"
TIME = (r"([T ]([01]\\d|2[0-3]):[0-5]\\d(:([0-5]\\d|60)([.]\\d*)?)?"
        r"(Z|[+-]\\d{2}(:?\\d{2})?)?)?")
NUMBER = r"^[+-]?\\d{1,12}([.]\\d+)?$"
LABEL = r"^[=@]|^[+-][^0-9]|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"


def quoted(words):
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def cases(value, pairs):
    """What a value stands for; null for all others. A map literal would do, but Spark 3.5 takes its
    answer for never null, and so drops tests for null."""
    return f"case {value} " + " ".join(f"when {quoted([key])} then {quoted([to])}"
                                        for key, to in pairs) + " end"


def in_range(number, low, high):
    return f"when {number} < {low} or {number} > {high} then 'out_of_range'"


def day_rules(day, last):
    rules = f"when {day} is null then 'not_a_date' when {day} < date'1900-01-01' then 'before_1900'"
    return rules + (f" when {day} > date'{last}' then 'after_extract_date'" if last else "")


def whole(text):
    return (f"when not {text} rlike '^[+-]?\\\\d{{1,12}}([.]0+)?$' then 'not_a_number'",
            f"try_cast(regexp_replace({text}, '[.]0+$', '') as bigint)")


def judged(field, text, last):
    """A field's value and the rules it may break, as SQL over its text."""
    form, value = field["form"], text
    if form in ("text", "words"):
        rules = f"when {text} rlike '{LABEL}' then 'unexpected_form'"
        if form == "words":
            value = (f"array_join(array_sort(array_distinct(filter(transform(split({text}, ';'), "
                     "x -> trim(x)), x -> x != ''))), ';')")
    elif form in ("past", "planned", "month"):
        given = f"if(length({text}) = 7, concat({text}, '-01'), {text})" if form == "month" else text
        value = f"if({given} rlike '{DATE}', try_cast({given} as date), null)"
        rules = day_rules(value, None if form == "planned" else last)
        value = f"trunc({value}, 'month')" if form == "month" else value
    elif form == "instant":
        rules = (f"when not {text} rlike '{DATE[:-1]}{TIME}$' then 'not_a_date' "
                 + day_rules(f"try_cast(left({text}, 10) as date)", last))
    elif form in ("whole", "birth_year", "birth_month"):
        low, high = {"birth_year": (1900, int(last[:4])), "birth_month": (1, 12)}.get(
            form, (field.get("least"), field.get("most")))
        rules, value = whole(text)
        rules += " " + in_range(value, low, high)
    elif form == "parts":
        rules = (f"when {text} rlike '^[+-]?\\\\d{{13,}}' then 'out_of_range' "
                 f"when not {text} rlike '{NUMBER}' then 'not_a_number'")
        value = f"cast(round(try_cast({text} as decimal(38,18)) * {field['parts']}, 0) as bigint)"
    elif form == "real":
        value = f"try_cast({text} as double) + 0.0D"
        rules = (f"when not {text} rlike '^[0-9+.eE-]+$' or {value} is null "
                 f"or abs({value}) = double('Infinity') then 'not_a_number'")
    elif form == "flag":
        yes, no = "('true','t','1','y','yes')", "('false','f','0','n','no')"
        value = f"case when lower({text}) in {yes} then true when lower({text}) in {no} then false end"
        rules = f"when {value} is null then 'unknown_code'"
    elif form == "code":
        spellings = field["spellings"] + [[code.lower(), code] for code in field["codes"]]
        spellings = list({low.lower(): (low.lower(), code) for low, code in spellings}.values())
        value = cases(f"lower({text})", spellings)
        rules = f"when {value} is null then 'unknown_code'"
    elif form == "codes":
        known = cases("lower(trim(x))", [(code.lower(), code) for code in field["codes"]])
        given = f"transform(filter(split({text}, ';'), x -> trim(x) != ''), x -> {known})"
        value = f"array_join(filter(array({quoted(field['codes'])}), x -> array_contains({given}, x)), ';')"
        rules = f"when exists({given}, x -> x is null) then 'unknown_code'"
    elif form == "diagnosis":
        pattern = "^[A-Za-z][0-9][A-Za-z0-9](|[.]?[A-Za-z0-9]{1,4})$"
        value, rules = f"upper({text})", f"when not {text} rlike '{pattern}' then 'unexpected_form'"
    else:  # member, key, long text
        rules = ""
    needed = "'missing_value'" if field["required"] else "null"
    return f"case when {text} is null then null else {value} end", \
        f"case when {text} is null then {needed} {rules} end"


def select(table, columns, source, last):
    """The select of one table: timeline columns, and the first rule that a row breaks."""
    model = TABLES[table]
    fields = sorted((field for field in model["fields"] if field["name"] in columns),
                    key=lambda field: columns.index(field["name"]))
    values, faults, at = {}, [], {}
    for field in fields:
        place = columns.index(field["name"])
        text = f"nullif(cast(`{field['name']}` as string), '')"
        value, rule = judged(field, text, last)
        values.setdefault(field["to"], []).append((field, value))
        at[field["name"]] = place
        faults.append((place, rule))
    either = [name for name in model["either"] if name in columns]
    if either:
        empty = " and ".join(f"nullif(cast(`{name}` as string), '') is null" for name in either)
        faults.append((min(at[name] for name in either), f"case when {empty} then 'missing_value' end"))
    merged = {}
    for to, found in values.items():
        forms = {field["form"]: value for field, value in found}
        if "birth_year" in forms:
            month = forms.get("birth_month", "1")
            merged[to] = f"make_date(cast({forms['birth_year']} as int), cast(coalesce({month}, 1) as int), 1)"
        else:
            order = sorted(found, key=lambda pair: pair[0]["form"] == "month")
            merged[to] = f"coalesce({', '.join(value for _, value in order)})"
    ends = [f for f in fields if f["to"] == "end_on"]
    starts = [f for f in fields if f["to"] == "start_on" and f["form"] == "past"]
    if ends and starts:
        start, end = merged["start_on"], merged["end_on"]
        faults.append((at[ends[0]["name"]], f"case when {end} < {start} then 'end_before_start' end"))
    if table == "stays" and {"facility_class", "level"} <= set(columns):
        merged["level"] = f"if({merged['class']} = 'ed', null, {merged['level']})"
    number = {f"'{rule}'": f"'{place:02}'" for place, rule in enumerate(RULES)}
    ranks = [f"'{place:03}' || ({re.sub('|'.join(number), lambda found: number[found[0]], rule)})"
             for place, rule in faults]
    fault = f"least({', '.join(ranks)}, null)"
    lines = [f"cast({sql} as {TYPES[COLUMNS[to]]}) as `{to}`" for to, sql in merged.items()]
    return f"select\n  " + ",\n  ".join(lines) + f",\n  {fault} as fault\nfrom {source}"


def without_repeats(rows, table):
    """Marks rows with the key of another row; what decides is content, never the order of rows."""
    from pyspark.sql import Window, functions as F

    keyed = "record_id" in rows.columns
    key = "record_id" if keyed else "member_id"
    content = [name for name in COLUMNS if name in rows.columns]
    order = [F.col(name).asc_nulls_last() if COLUMNS[name] in ("float", "flag")
             else F.col(name).asc_nulls_first() for name in content]
    whole_row = F.struct(*content)
    has_key = F.col(key).isNotNull() if keyed or table == "members" else F.lit(False)
    good = rows.where("fault is null")
    same_key = Window.partitionBy(key, F.when(has_key, F.lit("")).otherwise(F.to_json(whole_row)))
    place = F.row_number().over(same_key.orderBy(*order))
    first = F.first(whole_row).over(same_key.orderBy(*order))
    rule = F.when(whole_row.eqNullSafe(F.col("first")), "duplicate_row").otherwise("duplicate_key")
    good = good.withColumn("place", place).withColumn("first", first)
    good = good.withColumn("rule", F.when(F.col("place") > 1, rule)).drop("place", "first")
    bad = rows.where("fault is not null")
    numbers = [(f"{place:02}", rule) for place, rule in enumerate(RULES)]
    bad = bad.withColumn("rule", F.expr(cases("substring(fault, 4, 2)", numbers)))
    return good.unionByName(bad).drop("fault")


def mapped(rows, table, services, columns):
    """What a code stands for, and what a row means that does not say so."""
    from pyspark.sql import functions as F

    def put(name, value):
        known = F.col(name) if name in rows.columns else F.lit(None)
        return F.coalesce(known, value).cast(TYPES[COLUMNS[name]])

    if table == "contacts":
        rows = rows.withColumn("status", put("status", F.lit("attended")))
        if services and "service_code" in columns:
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


def about(rows, table, name, dates):
    """What the report says of a source, as a store's manifest has it."""
    from pyspark.sql import functions as F

    content = [column for column in COLUMNS if column in rows.columns and column != "member_id"]
    kept = rows.where("rule is null")
    start = F.col("start_on") if "start_on" in rows.columns else F.lit(None).cast("date")
    first = kept.agg(F.count("*").alias("rows"), F.countDistinct("member_id").alias("members"),
                     F.min(start).alias("first"), F.max(start).alias("last"),
                     *[F.sum(F.col(one).isNull().cast("long")).alias(f"no_{one}") for one in content]
                     ).first()
    months = kept.groupBy(F.date_format(start, "yyyy-MM").alias("month")).count().collect()
    refused = rows.where("rule is not null").groupBy("rule").count().collect()
    refused = {row["rule"]: row["count"] for row in sorted(refused)}

    def text(day):
        return day.isoformat() if day else None

    return {
        "table": table, "file": name, "sha256": "", "bytes": 0,
        "extract_date": dates["extract_date"], "coverage_start": dates.get("coverage_start") or None,
        "coverage_end": dates.get("coverage_end") or None,
        "runout_days": int(dates["runout_days"]) if dates.get("runout_days") else None,
        "date_shifted": dates.get("date_shifted", "").lower() in ("true", "t", "1", "y", "yes"),
        "rows_read": first["rows"] + sum(refused.values()), "rows_accepted": first["rows"],
        "rows_repeated": 0, "rows_refused": refused,
        "missing": {one: first[f"no_{one}"] or 0 for one in content},
        "rows_by_month": {row["month"]: row["count"] for row in sorted(months, key=str) if row["month"]},
        "first_day": text(first["first"]), "last_day": text(first["last"]),
        "unmapped_rows": 0, "unmapped_codes": 0, "members": first["members"], "codes": {},
    }


def read_csv(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--tables", nargs="+", required=True, metavar="TABLE=PLACE",
                        help="a table of the data model, and the table or folder that holds it")
    parser.add_argument("--manifest", required=True, help="manifest.csv: when each table was cut")
    parser.add_argument("--crosswalk", help="service codes, as in pipelines/crosswalks")
    parser.add_argument("--out", required=True, help="the folder of the timeline")
    parser.add_argument("--sources", required=True, help="sources.json, for `throughline plan`")
    parser.add_argument("--show", metavar="TABLE", help="print the select of a table, and stop")
    given = parser.parse_args()
    from pyspark.sql import SparkSession, functions as F

    spark = SparkSession.builder.appName("throughline timeline").getOrCreate()
    manifest = {row["source"]: row for row in read_csv(given.manifest)}
    services = {row["code"].strip().upper(): (row["class"], int(row["level"]) if row.get("level") else None,
                                              int(row["practice_level"]) if row.get("practice_level") else None)
                for row in (read_csv(given.crosswalk) if given.crosswalk else [])}
    places = dict(pair.split("=", 1) for pair in given.tables)
    known = None
    timelines, sources, delivered = [], [], {"member_id", "kind", "start_on", "end_on", "record_id",
                                             "status"}
    for table in (table for table in TABLES if table in places):
        place = places[table]
        read = spark.read.parquet(place) if "/" in place else spark.table(place)
        if "void" in read.columns:
            sys.exit(f"error: {table} has a column `void`: select the rows that are in force")
        read.createOrReplaceTempView(f"delivered_{table}")
        dates = manifest[table]
        sql = select(table, read.columns, f"delivered_{table}", dates["extract_date"])
        if given.show == table:
            return print(sql)
        rows = spark.sql(sql)
        if known is not None:
            column = f"{read.columns.index('member_id'):03}{RULES.index('unknown_member'):02}"
            rows = rows.join(known, "member_id", "left").withColumn("fault", F.when(
                F.col("is_known").isNull() & F.col("member_id").isNotNull(),
                F.least("fault", F.lit(column))).otherwise(F.col("fault"))).drop("is_known")
        if table == "members":
            known = rows.select("member_id").where("member_id is not null").distinct()
            known = known.withColumn("is_known", F.lit(True))
        rows = without_repeats(rows, table).cache()
        sources.append(about(rows, table, place, dates))
        delivered |= set(rows.columns) - {"rule"}
        rows = mapped(rows.where("rule is null"), table, services, read.columns).drop("rule")
        delivered |= set(rows.columns)
        timelines.append(rows)
    timeline = timelines[0]
    for other in timelines[1:]:
        timeline = timeline.unionByName(other, allowMissingColumns=True)
    timeline = timeline.select([F.col(name) if name in timeline.columns else
                                F.lit(None).cast(TYPES[COLUMNS[name]]).alias(name)
                                for name in COLUMNS if name in delivered])
    timeline.write.mode("overwrite").parquet(given.out)
    with open(given.sources, "w", encoding="utf-8") as file:
        columns = [name for name in COLUMNS if name in delivered]
        json.dump({"columns": columns, "sources": sources}, file, indent=1)
    for source in sources:
        refused = ", ".join(f"{n} {rule}" for rule, n in source["rows_refused"].items())
        print(f"{source['table']}: {source['rows_accepted']} rows, refused: {refused or 'none'}")


if __name__ == "__main__":
    sys.exit(main())
