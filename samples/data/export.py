"""Writes the three tables of this folder from the copies that scikit-learn carries (Debian: python3-sklearn)."""
import csv, pathlib
from sklearn import datasets

here = pathlib.Path(__file__).parent


def number(x):
    return repr(int(x)) if float(x).is_integer() else repr(float(x))


def write(name, header, rows):
    with open(here / name, "w", newline="\n") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(header)
        w.writerows(rows)


d = datasets.load_digits()
write("digits.csv", [f"pixel{i}" for i in range(64)] + ["digit"],
      ([number(v) for v in x] + [number(y)] for x, y in zip(d.data, d.target)))

d = datasets.load_breast_cancer()
write("breast-cancer.csv", [n.replace(" ", "_") for n in d.feature_names] + ["malignant"],
      ([number(v) for v in x] + [int(y == 0)] for x, y in zip(d.data, d.target)))

# raw columns; sex 1 and 2 as in the source, which does not say which is which
d = datasets.load_diabetes(scaled=False)
names = {"bp": "blood_pressure", "s1": "total_cholesterol", "s2": "ldl", "s3": "hdl", "s4": "cholesterol_ratio", "s5": "log_triglycerides", "s6": "glucose"}
write("diabetes.csv", [names.get(n, n) for n in d.feature_names] + ["progression"],
      ([number(round(v, 6)) for v in x] + [number(y)] for x, y in zip(d.data, d.target)))
