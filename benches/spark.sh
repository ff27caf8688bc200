#!/usr/bin/env bash
# One process and Spark on two local workers over the same store, one after the other: wall seconds,
# and the greatest memory of a process. The results must have the same bytes.
#
#   benches/spark.sh PROGRAM VENV MEMBERS FOLDER [PIPELINE]
#
# PROGRAM is a release build, VENV a virtual environment with pyspark, pyarrow and pandas. 2,200,000
# members make about 30 million contacts in two years and need 25 GB below FOLDER, which is kept: a
# second call measures again without making the extracts.
set -euo pipefail
program=$(realpath "$1") venv=$(realpath "$2") members=$3
mkdir -p "$4"
folder=$(realpath "$4")
cd "$(dirname "$0")/.."
pipeline=${5:-pipelines/monthly.toml}
timed() { # NAME COMMAND…
  local from to
  from=$(date +%s.%N)
  /usr/bin/env time -f '%M' -o "$folder/memory" "${@:2}" >"$folder/said" 2>"$folder/log" ||
    { tail -20 "$folder/log" >&2; exit 1; }
  to=$(date +%s.%N)
  printf '%-34s %8.1f s %8d MB\n' "$1" "$(echo "$to - $from" | bc)" "$(($(cat "$folder/memory") / 1024))"
}
[ -e "$folder/extracts/manifest.csv" ] ||
  "$program" synth --members "$members" --months 24 --seed 1 --out "$folder/extracts" >/dev/null
store=$folder/store
[ -e "$store/current" ] ||
  timed "ingest" "$program" ingest "$pipeline" --extracts "$folder/extracts" --store "$store"
"$program" plan "$pipeline" --store "$store" --out "$folder/plan.json"
rm -rf "$folder/one" "$folder/two"
timed "one process: tallies" "$program" evaluate "$pipeline" --store "$store" \
  --bucket 1/1 --tallies "$folder/one.arrow"
export PYSPARK_PYTHON=$venv/bin/python PYSPARK_DRIVER_PYTHON=$venv/bin/python SPARK_LOCAL_IP=127.0.0.1
for partitions in 16 64 256; do
  timed "Spark local[2], $partitions partitions" "$venv/bin/spark-submit" --master 'local[2]' \
    --conf spark.ui.enabled=false --conf spark.driver.memory=6g --conf spark.local.dir="$folder/shuffle" \
    pipelines/spark/count.py --plan "$folder/plan.json" --binary "$program" --out "$folder/tallies" \
    --timeline "$store/snapshots/*/bucket-*.parquet" --partitions "$partitions"
done
"$program" report "$pipeline" --store "$store" --tallies "$folder/one.arrow" --out "$folder/one/r" >/dev/null
"$program" report "$pipeline" --store "$store" --tallies "$folder/tallies" --out "$folder/two/r" >/dev/null
cmp "$folder/one/r/tables/results.parquet" "$folder/two/r/tables/results.parquet"
echo "same bytes"
