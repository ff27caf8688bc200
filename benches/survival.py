"""The same work as survival.rs with lifelines: python benches/survival.py FILE"""
import sys
import time
import warnings

import pandas
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

warnings.filterwarnings("ignore")


def took(work):
    start = time.perf_counter()
    found = work()
    return found, time.perf_counter() - start


d = pandas.read_csv(sys.argv[1])
one, other = d[d.grp == 0], d[d.grp == 1]
curves, km = took(lambda: [KaplanMeierFitter().fit(g.time, g.event) for g in (one, other)])
test, ranks = took(lambda: logrank_test(one.time, other.time, one.event, other.event))
columns = ["time", "event", "age", "smi", "rural"]
fit, model = took(lambda: CoxPHFitter().fit(d[columns], "time", "event"))
print(f"km {km:.3f} logrank {ranks:.3f} cox {model:.3f} all {km + ranks + model:.3f} s")
print("S(365)", *(f"{float(curve.predict(365)):.9f}" for curve in curves), f"chisq {test.test_statistic:.6f}",
      *(f"coef {c:.9f} se {s:.9f}" for c, s in zip(fit.params_, fit.standard_errors_)),
      f"loglik {fit.log_likelihood_:.4f}")
