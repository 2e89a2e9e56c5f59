#!/usr/bin/env bash
# The web client: its libraries are fetched when what they are has changed, and it is built when its source has.
#
#   tools/web.sh build    what `ala` serves
#   tools/web.sh test     … and what has to hold of it, in a browser too: `chromium` against the server in ALA_BIN
set -euo pipefail
cd "${0%/*}/../web"
purpose=${1:?say what for: build or test}

if ! cmp --silent package-lock.json node_modules/.for; then
    echo "web.sh: fetching what the web client is made with (web/package-lock.json)" >&2
    npm ci --no-audit --no-fund --loglevel error
    cp package-lock.json node_modules/.for
fi

# $1: a file that was made. Whether anything that it is made from is newer.
is_old() {
    [ ! -e "$1" ] || [ -n "$(find src public tools ./*.html ./*.json ./*.ts -newer "$1" -print -quit)" ]
}

if is_old dist/i.html.br; then npm run --silent build; fi
if [ "$purpose" = test ]; then
    npm run --silent check
    npm test --silent
    npm run --silent budget
    CHROMIUM=$(command -v chromium) npm run --silent e2e
fi
