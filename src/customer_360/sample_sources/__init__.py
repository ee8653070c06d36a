"""Made-up source systems: a seeded generator with ground truth, and a loopback API that answers as DummyJSON.

For runs without the real systems, for tests and for benchmarks. Nothing here is imported by the pipelines.
"""

from .systems import SampleSystems

__all__ = ["SampleSystems"]
