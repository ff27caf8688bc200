"""Tests of `rules.py`, without Spark: `python3 pipelines/spark/rules_test.py`."""

import os
import tempfile
import unittest

import rules

COLUMNS = ["contact_id", "member_id", "contact_date", "agency_id", "service_code"]


def wrong(columns, settings=None):
    return [words.rsplit("(", 1)[1].rstrip(")") for words in rules.bound("contacts", columns, settings or {})[1]]


def sent(manifest, places, settings=None):
    found, problems = rules.submissions("contacts", places, manifest, settings or {})
    return [one["place"] for one in found], problems


class Rules(unittest.TestCase):
    def test_columns_are_bound_as_intake_binds_them(self):
        self.assertEqual(wrong(COLUMNS), [])
        self.assertEqual(wrong(COLUMNS + ["color"]), ["unknown_column"])
        self.assertEqual(wrong(COLUMNS + ["color"], {"ignore": ["color"]}), [])
        self.assertEqual(wrong(COLUMNS[:3] + COLUMNS[4:]), ["missing_column"])
        self.assertEqual(wrong(COLUMNS[:3] + COLUMNS[4:], {"constants": {"agency_id": "A1"}}), [])
        self.assertEqual(wrong(COLUMNS[:4]), ["missing_column"])
        self.assertEqual(wrong(COLUMNS + ["day"], {"columns": {"day": "contact_date"}}), ["duplicate_column"])
        self.assertEqual(wrong(COLUMNS, {"columns": {"day": "contact_date"}}), ["missing_column"])
        found, _ = rules.bound("contacts", COLUMNS + ["void"], {"constants": {"bho_id": "B1"}})
        self.assertEqual([place for _, place, _ in found], [0, 1, 2, 3, 4, 5, 6])

    def test_settings_of_the_pipeline_are_in_the_select(self):
        settings = {"patterns": {"agency_id": "A'\\d+"}, "ranges": {"minutes": {"max": 1440}},
                    "values": {"service_code": {"x": "H0004"}}}
        found, _ = rules.bound("contacts", COLUMNS + ["minutes", "void"], settings)
        sql = rules.select("contacts", found, "t", "2024-12-31", settings)
        for part in ["rlike '^(?:A\\'\\\\d+)$'", "< 0 or", "> 1440 then", "when 'x' then 'H0004'",
                     "as void", "date'2024-12-31'"]:
            self.assertIn(part, sql)
        bare = rules.select("contacts", rules.bound("contacts", COLUMNS, {})[0], "t", "2024-12-31", {})
        self.assertIn("false as void", bare)
        self.assertIn("from cast(`agency_id` as string)), '')", bare)

    def test_what_is_dated_by_a_month_lasts_to_its_end(self):
        def select(columns):
            found, wrong = rules.bound("cost", columns, {})
            self.assertEqual(wrong, [])
            return rules.select("cost", found, "t", "2024-12-31", {})

        self.assertIn("as date) as `end_on`", select(["member_id", "month", "amount_paid"]))
        self.assertIn("is null, last_day(", select(["member_id", "service_date", "month", "amount_paid"]))
        self.assertNotIn("end_on", select(["member_id", "service_date", "amount_paid"]))

    def test_what_is_in_force_depends_on_the_cut_alone(self):
        def line(source, day, refresh="full", sender=""):
            return {"source": source, "extract_date": day, "refresh": refresh, "sender": sender}

        manifest = [line("a", "2024-05-05"), line("b", "2024-06-05", "incremental"),
                    line("c", "2024-07-05"), line("n", "2024-06-01", sender="north")]
        self.assertEqual(sent(manifest, ["b", "a"]), (["a", "b"], []))
        self.assertEqual(sent(manifest, ["b", "a", "c", "n"])[0], ["n", "c"])
        self.assertIn("nothing full to change", sent(manifest, ["b", "n"])[1][0])
        self.assertIn("sender and day", sent(manifest + [line("d", "2024-05-05")], ["a", "d"])[1][0])
        self.assertIn("nothing says when", sent(manifest, ["a", "z"])[1][0])
        self.assertEqual(sent([line("contacts", "2024-05-05")], ["lake.visits"]), (["lake.visits"], []))
        found, _ = rules.submissions("contacts", ["a", "b", "n"], manifest, {})
        self.assertEqual(rules.dates(found)["extract_date"], "2024-06-01", "the sender who is behind")

    def test_a_table_with_too_many_faults_is_refused(self):
        source = {"table": "contacts", "rows_read": 100, "rows_refused": {"not_a_date": 6}}
        self.assertIn("6 of 100 rows refused, allowed 5.00 %", rules.too_many(source, {}))
        self.assertIsNone(rules.too_many(source, {"refused_share": 0.06}))
        self.assertIsNone(rules.too_many(source, {"contacts": {"refused_rows": 6}}))
        self.assertIn("allowed 5 rows", rules.too_many(source, {"contacts": {"refused_rows": 5}}))

    def test_a_pipeline_file_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "site.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write('[extracts]\nas_of = "2024-12-31"\n[extracts.members.values.smi_sed]\n0 = "4"\n')
            try:
                self.assertEqual(rules.read_pipeline(path)["members"]["values"], {"smi_sed": {"0": "4"}})
            except ModuleNotFoundError:
                self.skipTest("no TOML before Python 3.11 without tomli")


if __name__ == "__main__":
    unittest.main()
