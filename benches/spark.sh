#!/usr/bin/env bash
# One process and Spark on two local workers over the same store, one after the other: wall and CPU
# seconds, and the greatest memory of a process. The results must have the same bytes.
#
#   benches/spark.sh PROGRAM VENV PIPELINE STORE FOLDER [PARTITIONS…]
#
# PROGRAM is a release build, VENV a virtual environment with pyspark, pyarrow and pandas, STORE what
# `throughline ingest PIPELINE --store STORE` wrote. FOLDER takes the plan, the tallies and the files
# of Spark's sort: about as much again as the store's rows take as plain text.
set -euo pipefail
program=$(realpath "$1") venv=$(realpath "$2") pipeline=$(realpath "$3") store=$(realpath "$4")
mkdir -p "$5"
folder=$(realpath "$5")
shift 5
cd "$(dirname "$0")/.."
started=()
trap 'rm -f "$folder/sampling"; for one in "${started[@]}"; do kill "$one" 2>/dev/null || true; done' EXIT
timed() { # NAME COMMAND…
  /usr/bin/env time -f '%e %U %S %M' -o "$folder/time" "${@:2}" >"$folder/said" 2>"$folder/log" ||
    { tail -20 "$folder/log" >&2; exit 1; }
  read -r wall user system memory <"$folder/time"
  printf '%-44s %7.1f s  CPU %7.1f s %6d MB\n' "$1" "$wall" "$(echo "$user + $system" | bc)" "$((memory / 1024))"
}
export PYSPARK_PYTHON=$venv/bin/python PYSPARK_DRIVER_PYTHON=$venv/bin/python SPARK_LOCAL_IP=127.0.0.1
home=$("$venv/bin/python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))')
serve() {
  SPARK_WORKER_DIR=$folder/work SPARK_LOCAL_DIRS=$folder/shuffle \
    "$home/bin/spark-class" "$@" >>"$folder/served" 2>&1 &
  started+=($!)
}
# The greatest memory of a process of each kind while Spark works, once a second.
sample() {
  while [ -e "$folder/sampling" ]; do
    sleep 1
    ps -eo rss=,args= | awk '/throughline.* kernel --plan/ { print $1, "kernel" }
      /pyspark.daemon/ { print $1, "python" } /CoarseGrainedExecutor/ { print $1, "executor" }'
  done | awk -v to="$folder/peaks" '$1 > most[$2] { most[$2] = $1
      for (one in most) printf "%s %d MB  ", one, most[one] / 1024 > to; print "" > to; close(to) }'
}

"$program" plan "$pipeline" --store "$store" --out "$folder/plan.json" >/dev/null
timed "one process" "$program" evaluate "$pipeline" --store "$store" \
  --bucket 1/1 --tallies "$folder/one.arrow"
"$program" report "$pipeline" --store "$store" --tallies "$folder/one.arrow" --out "$folder/one/r" >/dev/null
port=$((20000 + $$ % 20000))
serve org.apache.spark.deploy.master.Master --host 127.0.0.1 --port "$port" --webui-port 0
sleep 5
for _ in 1 2; do
  serve org.apache.spark.deploy.worker.Worker --host 127.0.0.1 --cores 1 --memory 3g \
    --webui-port 0 "spark://127.0.0.1:$port"
done
for partitions in "${@:-16}"; do
  rm -rf "$folder/two" "$folder/tallies" "$folder/peaks"
  touch "$folder/sampling"
  sample &
  timed "two workers, $partitions partitions" "$venv/bin/spark-submit" --master "spark://127.0.0.1:$port" \
    --conf spark.ui.enabled=false --conf spark.driver.memory=2g --conf spark.executor.memory=3g \
    pipelines/spark/count.py --plan "$folder/plan.json" --binary "$program" --out "$folder/tallies" \
    --timeline "$store/snapshots/*/bucket-*.parquet" --partitions "$partitions"
  rm "$folder/sampling"
  echo "  greatest of a process: $(cat "$folder/peaks" 2>/dev/null)"
  "$program" report "$pipeline" --store "$store" --tallies "$folder/tallies" --out "$folder/two/r" >/dev/null
  cmp "$folder/one/r/tables/results.parquet" "$folder/two/r/tables/results.parquet"
  echo "same bytes"
done
