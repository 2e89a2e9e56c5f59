#!/usr/bin/env bash
# Holds the document of the live protocol against the standard's own schema, which npm has. The tests hold it against
# what we use of the standard anyway; without npm that is all, and this says so.
set -euo pipefail
cd "${0%/*}/.."
readonly specs=6.11.1

if ! command -v npm > /dev/null; then
    echo "asyncapi.sh: there is no npm here: the standard's own schema was not asked" >&2
    exit
fi
folder=$PWD/tools/.asyncapi
if [ ! -e "$folder/package/schemas/3.0.0-without-\$id.json" ]; then
    echo "asyncapi.sh: fetching @asyncapi/specs $specs into $folder" >&2
    mkdir -p "$folder"
    (cd "$folder" && npm pack --silent "@asyncapi/specs@$specs" > /dev/null && tar -xzf "asyncapi-specs-$specs.tgz")
fi
ALA_ASYNCAPI_SCHEMA="$folder/package/schemas/3.0.0-without-\$id.json" \
    cargo test --quiet --workspace --test api -- --ignored --exact \
    live_document::the_document_is_valid_by_the_schema_of_the_standard
