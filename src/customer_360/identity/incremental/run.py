"""One resolution after another: as much of it as is needed, and a state for the next one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from customer_360.engine import Scratch, schema_of
from customer_360.identity.blocking import pairs_of_decided
from customer_360.identity.compare import layout_of
from customer_360.identity.full import Frozen, Resolution, Work, resolution_of, resolve_whole
from customer_360.identity.incremental.candidates import touched_by_decisions
from customer_360.identity.incremental.changes import ChangesOnly, Region, with_components
from customer_360.identity.incremental.difference import differences, with_fingerprint
from customer_360.identity.incremental.plan import before_looking, by_changes, digests
from customer_360.identity.score import Scorer, TrainedModel
from customer_360.identity.state import DECIDED_SCHEMA, Memory, State, View, new_state_folder
from customer_360.parameters import IdentityModel

TABLES = ("records", "keys", "pairs", "clusters")
_KEYS = "rid BIGINT, step INT, hash BIGINT"


def resolve_again(
    records: DataFrame,
    model: IdentityModel,
    scratch: Scratch,
    memory: Memory,
    *,
    trained: TrainedModel | None = None,
    decisions: DataFrame | None = None,
) -> Resolution:
    """Resolve what has changed since ``memory.state``, or everything; see :func:`.resolve.resolve`."""
    return _Run(records, model, scratch, memory, trained, decisions).resolve()


@dataclass(frozen=True)
class _Run:
    records: DataFrame
    model: IdentityModel
    scratch: Scratch
    memory: Memory
    trained: TrainedModel | None
    decisions: DataFrame | None

    @property
    def spark(self) -> SparkSession:
        return self.records.sparkSession

    def resolve(self) -> Resolution:
        state = self.memory.state
        now = digests(self.model)
        work = before_looking(state, now, retrain=self.model.incremental.retrain, lost=self.memory.lost)
        marked = with_fingerprint(self.records, self.model)
        if state is None or work is not None:
            assert work is not None
            return self._everything(marked, work)
        view = View(self.spark, self.memory, state)
        different = self.scratch.keep(differences(marked, view.records()), "different")
        counted = different.groupBy("kind", "source").agg(F.count("*").alias("n")).collect()
        of_kind = {
            kind: sum(r["n"] for r in counted if r["kind"] == kind) for kind in ("new", "changed", "gone")
        }
        changed = sum(of_kind.values())
        records = state.records + of_kind["new"] - of_kind["gone"]
        sources = {row["source"] for row in counted if row["source"] is not None} - set(state.frame.sources)
        work = by_changes(state, changed=changed, records=records, new_sources=sources, model=self.model)
        if work is not None:
            return self._everything(marked, replace(work, changed=changed))
        why = ", ".join(f"{n:,} {kind}" for kind, n in of_kind.items() if n) or "no record has changed"
        if not changed and self._same_decisions(view):
            work = Work("nothing", why, records=records)
            return replace(self._found(view), work=work)
        region = ChangesOnly(view, self.model, different, self.decisions, self.scratch).resolve()
        return self._continued(view, region, Work("changes", why, records, changed))

    # ---------------------------------------------------------------------------------------------- everything
    def _everything(self, marked: DataFrame, work: Work) -> Resolution:
        state, folder = self.memory.state, new_state_folder()
        layer = self.memory.tables(folder)
        frozen = None
        if work.kind == "everything" and state is not None:
            view = View(self.spark, self.memory, state)
            frozen = Frozen(state.frame, view.frequencies())
        whole = resolve_whole(
            marked, self.model, self.scratch,
            trained=self.trained, decisions=self.decisions, tables=layer, frozen=frozen,
        )  # fmt: skip
        clusters = with_components(whole.named_records(), whole.scored, self.scratch)
        kept = {
            "records": whole.scorer.known,
            "pairs": layer.keep(whole.named_pairs(), "pairs"),
            "clusters": layer.keep(clusters, "clusters"),
        }
        decided = whole.scorer.decided
        layer.keep(self.spark.createDataFrame([], DECIDED_SCHEMA) if decided is None else decided, "decided")
        schemas = {name: frame.schema.json() for name, frame in kept.items()}
        after = State(
            digests=digests(self.model),
            frame=whole.frame,
            trained_in=state.trained_in if frozen is not None and state is not None else folder,
            base=folder,
            schemas={**schemas, "keys": schema_of(_KEYS).json()},
            records=whole.records,
            changes=state.changes + work.changed if frozen is not None and state is not None else 0,
        )
        found = self._found(View(self.spark, self.memory, after))
        return replace(found, work=replace(work, records=whole.records, resolved=whole.records))

    # ------------------------------------------------------------------------------------------------- changes
    def _continued(self, view: View, region: Region, work: Work) -> Resolution:
        state, folder = view.state, new_state_folder()
        layer = self.memory.tables(folder)
        gone = self.scratch.keep(region.gone, "gone_now")
        changed = gone.where("changed").select("rid")
        fresh = {"records": region.records, "pairs": region.pairs, "clusters": region.clusters}
        if region.keys is not None:
            fresh["keys"] = region.keys
        for name, frame in fresh.items():
            out = changed if name in ("records", "keys") else gone.select("rid")
            at = "l" if name == "pairs" else "rid"
            stay = view.since(name).join(out.select(F.col("rid").alias(at)), at, "left_anti")
            layer.keep(stay.select(*frame.columns).unionByName(frame), name)
        every = view.gone().union(gone).groupBy("rid").agg(F.max("changed").alias("changed"))
        rewritten = layer.keep(every, "gone").count()
        layer.keep(region.decided, "decided")
        after = state.model_copy(
            update={
                "digests": digests(self.model),
                "since": folder,
                "records": work.records,
                "changes": state.changes + work.changed,
                "rewritten": rewritten,
            }
        )
        if rewritten > self.model.incremental.compact_above * max(1, work.records):
            after = self._compacted(View(self.spark, self.memory, after))
        found = self._found(View(self.spark, self.memory, after))
        return replace(found, work=replace(work, resolved=gone.count()))

    def _compacted(self, view: View) -> State:
        """The same tables as a base of their own."""
        folder = new_state_folder()
        layer = self.memory.tables(folder)
        for name in TABLES:
            if name != "keys" or not view.state.frame.everybody:
                layer.keep(view.table(name), name)
        layer.keep(view.decided(), "decided")
        return view.state.model_copy(update={"base": folder, "since": None, "rewritten": 0})

    # --------------------------------------------------------------------------------------------------- both
    def _same_decisions(self, view: View) -> bool:
        if self.decisions is None:
            return view.decided().isEmpty()
        decided = pairs_of_decided(self.decisions, view.clusters())
        return touched_by_decisions(decided, view.decided()).isEmpty()

    def _found(self, view: View) -> Resolution:
        layout = layout_of(self.model)
        mixture = view.state.frame.mixture(layout)
        scorer = Scorer(view.records(), self.model, layout, mixture, None, self.scratch)
        found = resolution_of(
            view.state.frame, scorer, view.clusters(), view.pairs(), records=view.state.records
        )
        return replace(found, state=view.state)
