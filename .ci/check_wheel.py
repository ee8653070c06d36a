"""The wheel must install on a Spark that is there already: it may not bring one, nor anything for a laptop only."""

import sys
import zipfile

BANNED = ("pyspark", "delta-spark", "pysail", "jupyter", "notebook", "kedro-viz")

path = sys.argv[1]
with zipfile.ZipFile(path) as wheel:
    names = wheel.namelist()
    metadata = wheel.read(next(name for name in names if name.endswith(".dist-info/METADATA"))).decode()
needed = [
    line.partition(":")[2].strip()
    for line in metadata.splitlines()
    if line.startswith("Requires-Dist:") and "extra ==" not in line
]
banned = [need for need in needed if need.lower().startswith(BANNED)]
if not needed or banned:
    sys.exit(f"{path} requires {', '.join(banned) or 'nothing at all'}")
if "customer_360/pipelines/enrichment/pipeline.py" not in names:
    sys.exit(f"{path} lacks the pipelines")
if foreign := [name for name in names if not name.startswith("customer_360")]:
    sys.exit(f"{path} holds files that are not the package's: {', '.join(foreign[:5])}")
print(f"{path}: {len(names)} files; requires {', '.join(needed)}")
