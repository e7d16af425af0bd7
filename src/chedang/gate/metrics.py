"""What the gate counts, for Prometheus. Labels are codes and names of operations, never anything personal."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from chedang.records.model import Finding

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3)
_ROWS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class GateMetrics:
    """One registry per application, so that two applications in one process do not share their counts."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "chedang_gate_requests",
            "Requests answered, by dialect, operation and outcome code",
            ("dialect", "operation", "outcome"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "chedang_gate_seconds",
            "Seconds from the whole request to its answer",
            ("operation",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._batch_rows = Histogram(
            "chedang_gate_batch_rows", "Uploads per committed batch", buckets=_ROWS, registry=self._registry
        )
        self._dropped_fields = Counter(
            "chedang_gate_dropped_fields",
            "Fields beyond the standard that were received and not kept",
            registry=self._registry,
        )
        self._findings = Counter(
            "chedang_gate_findings", "Findings in uploaded records, by code", ("code",), registry=self._registry
        )
        self.batch = self._batch_rows.observe

    def dropped_fields(self, count: int) -> None:
        if count:
            self._dropped_fields.inc(count)

    def findings(self, findings: tuple[Finding, ...]) -> None:
        for finding in findings:
            self._findings.labels(finding.code).inc()

    def for_operation(self, dialect: str, operation: str) -> Callable[[str, float], None]:
        """What counts the answers of one operation: (outcome code, seconds). Labels are looked up once."""
        observe = self._seconds.labels(operation).observe
        counters: dict[str, Callable[[], None]] = {}

        def answered(outcome: str, seconds: float) -> None:
            increase = counters.get(outcome)
            if increase is None:
                increase = counters[outcome] = self._requests.labels(dialect, operation, outcome).inc
            increase()
            observe(seconds)

        return answered

    def exposition(self) -> bytes:
        """The text format of Prometheus."""
        return generate_latest(self._registry)
