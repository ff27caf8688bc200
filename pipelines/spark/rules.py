"""The rules of `throughline ingest` as SQL, and the settings of a pipeline file: what `timeline.py`
asks Spark to do. Nothing here needs Spark; `rules_test.py` tests it without.
"""

import csv
import json
import os
import re

MODEL = json.load(open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "tables.json"),
                       encoding="utf-8"))
RULES = MODEL["rules"]
COLUMNS = dict(MODEL["columns"])
TABLES = {one["table"]: one for one in MODEL["tables"]}
KEYS = MODEL["keys"]
INSTITUTION = MODEL["institution"]
TYPES = {"text": "string", "date": "date", "int": "int", "long": "bigint", "float": "double",
         "flag": "boolean"}
# Forms of which no value stands for another.
IDS = ("member", "key", "long_text")
# What databases write behind a date that has no time.
MIDNIGHT = r"(?<=^.{10})[T ]00:00(:00([.]0*)?)?Z?$"
DATE = r"^\\d{4}-\\d{2}-\\d{2}$"
TIME = (r"([T ]([01]\\d|2[0-3]):[0-5]\\d(:([0-5]\\d|60)([.]\\d*)?)?"
        r"(Z|[+-]\\d{2}(:?\\d{2})?)?)?")
NUMBER = r"^[+-]?\\d{1,12}([.]\\d+)?$"
# Numbers for "unknown" and "not collected" of TEDS and CoBHA.
BLANKS = {"smi_sed": ["7", "8", "-9"]}
# What is no part of a value where it stands at its beginning or end.
BLANKS_AROUND = r" \t\n\r\u000b\u000c\u00a0\ufeff"
VOID = {"form": "flag", "name": "void", "required": False, "to": "void"}
LABEL = r"^[=@]|^[+-][^0-9]|[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f]"


def quoted(words):
    return ", ".join("'" + word.replace("'", "''") + "'" for word in words)


def cases(value, pairs):
    """What a value stands for; null for all others. A map literal would do, but Spark 3.5 takes its
    answer for never null, and so drops tests for null."""
    return f"case {value} " + " ".join(f"when {quoted([key])} then {quoted([to])}"
                                        for key, to in pairs) + " end"


def in_range(number, low, high):
    beyond = [f"{number} {sign} {bound}" for sign, bound in [("<", low), (">", high)] if bound is not None]
    return f"when {' or '.join(beyond)} then 'out_of_range'" if beyond else ""


def day_rules(day, last):
    rules = f"when {day} is null then 'not_a_date' when {day} < date'1900-01-01' then 'before_1900'"
    return rules + (f" when {day} > date'{last}' then 'after_extract_date'" if last else "")


def regex(pattern):
    """A pattern of the pipeline file, for whole values, as an SQL string."""
    return "'" + f"^(?:{pattern})$".replace("\\", "\\\\").replace("'", "\\'") + "'"


def both(low, high, given, times=1):
    """The range of a field, narrowed by that of the pipeline file."""
    least = given.get("min") * times if "min" in given else low
    most = given.get("max") * times if "max" in given else high
    return (least if low is None else max(low, least), most if high is None else min(high, most))


def whole(text):
    return (f"when not {text} rlike '^[+-]?\\\\d{{1,12}}([.]0+)?$' then 'not_a_number'",
            f"try_cast(regexp_replace({text}, '[.]0+$', '') as bigint)")


def judged(field, given, last, settings):
    """A field's text as the model spells it, its value, and the rules it may break, as SQL."""
    name = field["name"]
    nothing = BLANKS.get(name, []) + ([] if field["form"] in IDS else settings.get("empty", []))
    values = {**{code: "" for code in nothing}, **settings.get("values", {}).get(name, {})}
    values = {key.strip(" \t\n\r\v\f\u00a0\ufeff"): to for key, to in values.items()}
    text = given
    if values:
        pairs = " ".join(f"when {quoted([key])} then {quoted([to])}" for key, to in sorted(values.items()))
        text = f"nullif(case {given} {pairs} else {given} end, '')"
    form, value = field["form"], text
    limits = settings.get("ranges", {}).get(name, {})
    if form in ("text", "words"):
        rules = f"when {text} rlike '{LABEL}' then 'unexpected_form'"
        if form == "words":
            value = (f"array_join(array_sort(array_distinct(filter(transform(split({text}, ';'), "
                     "x -> trim(x)), x -> x != ''))), ';')")
    elif form in ("past", "planned", "month"):
        text = f"regexp_replace({text}, '{MIDNIGHT}', '')"
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
        rules += " " + in_range(value, *both(low, high, limits))
    elif form == "parts":
        rules = (f"when {text} rlike '^[+-]?\\\\d{{13,}}' then 'out_of_range' "
                 f"when not {text} rlike '{NUMBER}' then 'not_a_number'")
        value = f"cast(round(try_cast({text} as decimal(38,18)) * {field['parts']}, 0) as bigint)"
        rules += " " + in_range(value, *both(None, None, limits, field["parts"]))
    elif form == "real":
        value = f"try_cast({text} as double) + 0.0D"
        rules = (f"when not {text} rlike '^[0-9+.eE-]+$' or {value} is null "
                 f"or abs({value}) = double('Infinity') then 'not_a_number' "
                 + in_range(value, *both(None, None, limits)))
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
        rules = f"when {text} rlike '[\\\\x00-\\\\x1f\\\\x7f]' then 'unexpected_form'"
    needed = "'missing_value'" if field["required"] else "null"
    pattern = settings.get("patterns", {}).get(name)
    if pattern is not None:
        rules = f"when not {given} rlike {regex(pattern)} then 'unexpected_form' {rules}"
    if not rules.strip():
        rules = "else null"
    return text, f"case when {text} is null then null else {value} end", \
        f"case when {text} is null then {needed} {rules} end"


def bound(table, columns, settings):
    """The fields of a table with the place and SQL of what fills them, and what is wrong with its
    columns: as intake says it of a file."""
    fields = {field["name"]: field for field in TABLES[table]["fields"]} | {"void": VOID}
    ignore, names = settings.get("ignore", []), settings.get("columns", {})
    found, wrong = [], []
    for place, column in enumerate(columns):
        field = fields.get(names.get(column, column))
        if column in ignore:
            continue
        if field is None and "*" in ignore:
            continue
        if field is None:
            wrong.append(f"column `{column}`: table {table} has no such column, and the pipeline file "
                         "neither maps nor ignores it (unknown_column)")
        else:
            found.append((field, place, f"nullif(trim(both '{BLANKS_AROUND}' from cast(`{column}` as string)), '')"))
    for name in sorted(settings.get("dates", {})):
        wrong.append(f"column `{name}`: `dates` is not read here: write dates as YYYY-MM-DD (unfit_setting)")
    for place, (name, value) in enumerate(sorted(settings.get("constants", {}).items())):
        if name in fields:
            found.append((fields[name], len(columns) + place, f"nullif({quoted([value])}, '')"))
    have = [field["name"] for field, _, _ in found]
    wrong += [f"column `{name}` is there twice (duplicate_column)"
              for name in sorted(set(have)) if have.count(name) > 1]
    wrong += [f"column `{column}`: the pipeline file maps it, and it is not there (missing_column)"
              for column in names if column not in columns]
    wrong += [f"table {table} needs column `{name}` (missing_column)"
              for name, field in fields.items() if field["required"] and name not in have]
    either = TABLES[table]["either"]
    if either and not set(either) & set(have):
        wrong.append(f"table {table} needs one of {', '.join(either)} (missing_column)")
    return found, wrong


def select(table, found, source, last, settings):
    """The select of one table: timeline columns, the first rule that a row breaks, and whether it
    takes another back."""
    values, faults, at, texts, void = {}, [], {}, {}, "false"
    for field, place, given in found:
        text, value, rule = judged(field, given, last, settings)
        faults.append((place, rule))
        at[field["name"]], texts[field["name"]] = place, text
        if field is VOID:
            void = f"coalesce({value}, false)"
        else:
            values.setdefault(field["to"], []).append((field, value))
    either = [name for name in TABLES[table]["either"] if name in at]
    if either:
        empty = " and ".join(f"{texts[name]} is null" for name in either)
        faults.append((min(at[name] for name in either), f"case when {empty} then 'missing_value' end"))
    merged = {}
    for to, pairs in values.items():
        forms = {field["form"]: value for field, value in pairs}
        if "birth_year" in forms:
            month = forms.get("birth_month", "1")
            merged[to] = f"make_date(cast({forms['birth_year']} as int), cast(coalesce({month}, 1) as int), 1)"
        else:
            order = sorted(pairs, key=lambda pair: pair[0]["form"] == "month")
            merged[to] = f"coalesce({', '.join(value for _, value in order)})"
    ends = [field for field, _, _ in found if field["to"] == "end_on"]
    starts = [field for field, _, _ in found if field["to"] == "start_on" and field["form"] == "past"]
    if ends and starts:
        start, end = merged["start_on"], merged["end_on"]
        faults.append((at[ends[0]["name"]], f"case when {end} < {start} then 'end_before_start' end"))
    months = [value for pairs in values.values() for field, value in pairs if field["form"] == "month"]
    if months:
        # What is dated by a month lasts to its end.
        days = [value for field, value in values["start_on"] if field["form"] != "month"]
        dated = f"coalesce({', '.join(days)}) is null" if days else "true"
        merged["end_on"] = f"if({dated}, last_day({months[0]}), null)"
    if table == "stays" and {"facility_class", "level"} <= set(at):
        merged["level"] = f"if({merged['class']} = 'ed', null, {merged['level']})"
    number = {f"'{rule}'": f"'{place:02}'" for place, rule in enumerate(RULES)}
    ranks = [f"'{place:03}' || ({re.sub('|'.join(number), lambda found: number[found[0]], rule)})"
             for place, rule in faults]
    fault = f"least({', '.join(ranks)}, null)"
    if "void" in at:
        # Of a row that takes another back, only the key is looked at, which must be there.
        key = "member_id" if table == "members" else "record_id"
        keys = [(place, rule, texts[field["name"]]) for (field, _, _), (place, rule) in zip(found, faults)
                if field["to"] == key]
        place, rule, text = keys[0] if keys else (0, "null", "null")
        rule = f"case when {text} is null then 'missing_value' else {rule} end"
        rule = re.sub("|".join(number), lambda found: number[found[0]], rule)
        fault = f"if({void}, '{place:03}' || ({rule}), {fault})"
    lines = [f"cast({sql} as {TYPES[COLUMNS[to]]}) as `{to}`" for to, sql in merged.items()]
    return "select\n  " + ",\n  ".join(lines) + f",\n  {fault} as fault,\n  {void} as void\nfrom {source}"


def read_csv(path):
    with open(path, encoding="utf-8") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def read_pipeline(path):
    """The `[extracts]` of a pipeline file."""
    try:
        import tomllib
    except ImportError:
        import tomli as tomllib  # Python before 3.11: pip install tomli
    with open(path, "rb") as file:
        extracts = tomllib.load(file).get("extracts", {})
    # Whoever writes a value without quotation marks means its text.
    for settings in extracts.values():
        if isinstance(settings, dict):
            for map in settings.get("values", {}).values():
                map.update({key: str(value) for key, value in map.items()})
    return extracts


def crosswalk(path):
    """Class, level and practice level of service codes."""
    number = lambda text: int(text) if text else None
    return {row["code"].strip().upper(): (row["class"], number(row.get("level")), number(row.get("practice_level")))
            for row in (read_csv(path) if path else [])}


def too_many(source, extracts):
    """What is said if a source lost more rows than the pipeline file allows; else nothing."""
    for settings in (extracts.get(source["table"], {}), extracts, {"refused_share": 0.05}):
        share, most = settings.get("refused_share"), settings.get("refused_rows")
        if share is not None or most is not None:
            break
    refused = sum(source["rows_refused"].values())
    over = [f"{share * 100:.2f} % of them"] if share is not None and refused > share * source["rows_read"] else []
    over += [f"{most} rows"] if most is not None and refused > most else []
    rules = ", ".join(f"{n} {rule}" for rule, n in source["rows_refused"].items())
    return f"{source['table']}: {refused} of {source['rows_read']} rows refused, allowed {' and '.join(over)}: {rules}" \
        if over else None


def yes(text):
    return (text or "").lower() in ("true", "t", "1", "y", "yes")


def submissions(table, places, manifest, extracts):
    """What was sent of a table, the oldest first, as intake orders files; and what is wrong."""
    rows = {row["source"]: row for row in manifest}
    settings, as_of = extracts.get(table, {}), extracts.get("as_of")
    sent, wrong = [], []
    for place in places:
        row = rows.get(place) or ({} if len(places) > 1 else rows.get(table, {}))
        known = {key: row.get(key) or settings.get(key) for key in ("coverage_start", "coverage_end", "runout_days")}
        own = row.get("extract_date") or settings.get("extract_date")
        day = as_of or own
        if not (row.get("extract_date") if len(places) > 1 else day):
            wrong.append(f"nothing says when {place} was cut: give it a line in the manifest")
            continue
        sent.append({"place": place, "sender": row.get("sender") or "", "on": str(own or day),
                     "incremental": row.get("refresh") == "incremental", "extract_date": str(day),
                     "coverage_start": str(known["coverage_start"] or "") or None,
                     "coverage_end": str(known["coverage_end"] or "") or None,
                     "runout_days": None if known["runout_days"] in (None, "") else int(known["runout_days"]),
                     "date_shifted": yes(row.get("date_shifted"))})
    sent.sort(key=lambda one: (one["on"], one["sender"], one["place"]))
    full = {}
    for one in sent:
        if not one["incremental"]:
            if one["sender"] in full and full[one["sender"]] == one["on"]:
                wrong.append(f"{one['place']} has the sender and day of another full extract")
            full[one["sender"]] = one["on"]
    wrong += [f"{one['place']} holds changes, and nothing full to change (incremental_without_full)"
              for one in sent if one["incremental"] and one["sender"] not in full]
    return [one for one in sent if one["on"] >= full.get(one["sender"], "")], wrong


def dates(sent):
    """What is known of the time that submissions cover together: of each sender the widest, of
    several senders as much as the one who is furthest behind."""
    def over(name, own, all_of):
        senders = {}
        for one in sent:
            if one[name] is not None:
                senders.setdefault(one["sender"], []).append(one[name])
        return all_of(own(values) for values in senders.values()) if senders else None

    return {"extract_date": over("extract_date", max, min), "coverage_start": over("coverage_start", min, max),
            "coverage_end": over("coverage_end", max, min), "runout_days": over("runout_days", max, max),
            "date_shifted": any(one["date_shifted"] for one in sent)}
