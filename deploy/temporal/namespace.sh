#!/bin/sh
# Wait for the cluster, then make our namespace; `onewindow prepare` gives it its search attributes.
set -eu
for _ in $(seq 120); do
    temporal operator cluster health >/dev/null 2>&1 && break
    sleep 1
done
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --retention 90d --namespace "$TEMPORAL_NAMESPACE"
