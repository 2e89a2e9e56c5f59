#!/usr/bin/env bash
# Breaks what the tests guard, one thing of `mutations.list` after the other, and demands that the test named there
# goes red. Each costs a build of the server.
#
#   tools/mutations.sh            all of them
#   tools/mutations.sh WORD…      those whose block holds one of the words
#
# It works on a copy below the target folder, with a build of its own there: the tree is only read. Remove
# target/mutations when the room is needed.
set -euo pipefail
cd "${0%/*}/.."
target=${CARGO_TARGET_DIR:-$PWD/target}

words=$(IFS='|'; echo "$*")
copy=$target/mutations/tree
log=$target/mutations/log whole=$target/mutations/whole
export CARGO_TARGET_DIR=$target/mutations/target

die() { echo "mutations: $*" >&2; exit 1; }

# Files of the copy are as old as the copy, so that nothing built from an earlier one is taken for new.
copy_tree() {
    rm -rf "$copy"
    mkdir -p "$copy"
    git ls-files --cached --others --exclude-standard -z | xargs -0 cp --parents --target-directory="$copy"
}

# One block of the list a record, its lines separated by a unit separator.
blocks() {
    awk -v RS= -v FS='\n' -v OFS='\x1f' '!/^#/ { $1 = $1; print }' tools/mutations.list |
        grep --extended-regexp -- "$words" || die "no block holds: $words"
}

# Sets what, file, from, to, program and name.
parse() {
    local lines line
    IFS=$'\x1f' read -ra lines <<< "$1"
    what=${lines[0]} file=${lines[1]} from='' to=''
    for line in "${lines[@]:2}"; do
        case $line in
            '- '*) from+=${from:+$'\n'}${line#- } ;;
            '+ '*) to+=${to:+$'\n'}${line#+ } ;;
            '+') ;;
            *) program=${line%% *} name=${line#* } ;;
        esac
    done
}

program_of() {
    case $1 in
        api) echo --package server --test api ;;
        domain) echo --package domain --lib ;;
        unit) echo --package server --lib ;;
        fuzz) echo --package fuzz --lib ;;
        *) echo --package server --test "$1" ;;
    esac
}

# Runs tests of one program in the copy; what they say goes to the log.
run() {
    local program=$1
    shift
    # shellcheck disable=SC2046 # several words
    (cd "$copy" && timeout 1200 cargo test --quiet $(program_of "$program") -- --exact "$@") > "$log" 2>&1
}

# Whatever is broken, nothing but the named test's own failure counts.
caught() {
    ! run "$program" "$name" && grep --quiet 'FAILED. 0 passed; 1 failed' "$log"
}

# The text around the one place where `from` stands.
break_it() {
    local text rest
    cp "$copy/$file" "$whole"
    text=$(cat "$whole" && echo .)
    text=${text%.}
    rest=${text#*"$from"}
    [ "$rest" != "$text" ] || die "not found in $file: $from"
    [ "${rest#*"$from"}" = "$rest" ] || die "found twice in $file: $from"
    printf '%s' "${text%%"$from"*}$to$rest" > "$copy/$file"
    keep_queries
}

# A broken query is not in `.sqlx`: it gets the entry of the whole one, under its own hash.
keep_queries() {
    local entry whole broken query hash
    for entry in $(grep --fixed-strings --files-with-matches -- "$from" .sqlx/*.json); do
        whole=$(cat "$entry")
        broken=${whole/"$from"/"$to"}
        query=$(sed -n 's/^  "query": "\(.*\)",$/\1/p' <<< "$broken")
        query=${query//'\"'/'"'}
        hash=$(printf '%b' "$query" | sha256sum | cut -c 1-64)
        entry=${entry#.sqlx/query-}
        printf '%s' "${broken/"${entry%.json}"/"$hash"}" > "$copy/.sqlx/query-$hash.json"
    done
}

mapfile -t all < <(blocks)
copy_tree

# All of them green first: a test that fails anyway guards nothing.
for program in $(for block in "${all[@]}"; do parse "$block"; echo "$program"; done | sort --unique); do
    of=$program
    mapfile -t names < <(for block in "${all[@]}"; do parse "$block"; [ "$program" = "$of" ] && echo "$name"; done | sort --unique)
    run "$of" "${names[@]}" || { cat "$log" >&2; die "red before anything is broken"; }
    grep --quiet "ok. ${#names[@]} passed" "$log" || { cat "$log" >&2; die "there is no such test"; }
done

tried=0 red=0
for block in "${all[@]}"; do
    parse "$block"
    tried=$((tried + 1))
    break_it
    if caught; then
        red=$((red + 1))
        echo "red       $what: $name"
        { grep --max-count=1 --after-context=3 "panicked at" "$log" || true; } | cut -c 1-150 | sed 's/^/            /'
    else
        echo "SURVIVED  $what: $name"
        { grep --max-count=1 --after-context=2 "^error" "$log" || true; } | sed "s/^/            /"
    fi
    cp "$whole" "$copy/$file"
done
echo "mutations: $tried tried, $red caught"
[ "$tried" = "$red" ]
