#!/bin/sh
# Make Temporal's two databases, or bring them to this version: also the step before a newer server is started.
# Each of the three commands changes nothing where its work is done.
set -eu
for part in temporal visibility; do
    name=temporal
    [ "$part" = temporal ] || name=temporal_visibility
    tool="temporal-sql-tool --plugin postgres12 --ep $POSTGRES_SEEDS -p 5432 -u $POSTGRES_USER --db $name"
    $tool create
    $tool setup-schema -v 0.0
    $tool update-schema -d "/etc/temporal/schema/postgresql/v12/$part/versioned"
done
