#!/usr/bin/env bash
# The translation part of the story: a discharge message in, FHIR, a care plan (EVP) and a list (CSV) out, values explained.
# Every person in the examples is invented.
set -euo pipefail
cd "$(dirname "$0")/../.."

gateway=.venv/bin/gateway
message=$(find mappings/hl7v2-de/examples -name '*.in.hl7' | sort | grep -iE 'entlass|discharge' | sed -n 1p)
plan=$(find mappings/evp/examples -name '*.in.json' | sort | sed -n 1p)
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT

chapter() { printf '\n\033[1m%s\033[0m\n' "$1"; }
first() { # first LINES FILE: the beginning of a file, and how much was left out
    head -n "$1" "$2" | cut -c1-160
    local all
    all=$(wc -l <"$2")
    if ((all > $1)); then printf '  ... %d more lines\n' "$((all - $1))"; fi
}

chapter "1  A hospital discharges somebody. What it sends ($message):"
iconv -f iso-8859-1 -t utf-8 "$message" | tr '\r' '\n' | sed '/^$/d' >"$room/message.txt"
first 20 "$room/message.txt"

chapter "2  The same as canonical FHIR (gateway convert --from hl7v2-de --to fhir):"
"$gateway" convert "$message" --from hl7v2-de --to fhir >"$room/bundle.json"
.venv/bin/python -m json.tool --no-ensure-ascii --indent 2 "$room/bundle.json" >"$room/pretty.json"
grep -o '"resourceType": "[A-Za-z]*"' "$room/pretty.json" | cut -d'"' -f4 | grep -v Bundle | sort | uniq -c
first 25 "$room/pretty.json"

chapter "3  What the Kümmerer agrees with the person, as an electronic care plan (--to evp):"
"$gateway" convert "$plan" --from evp --to fhir >"$room/plan.json"
"$gateway" convert "$room/plan.json" --from fhir --to evp >"$room/evp.json"
.venv/bin/python -m json.tool --no-ensure-ascii --indent 2 "$room/evp.json" >"$room/evp.txt"
first 25 "$room/evp.txt"

chapter "4  The same plan as a care service's list (--to pflegedienst-liste):"
"$gateway" convert "$room/plan.json" --from fhir --to pflegedienst-liste >"$room/list.csv" 2>"$room/warnings.txt"
if ! iconv -f utf-8 -t utf-8 "$room/list.csv" >"$room/list.txt" 2>/dev/null; then
    iconv -f cp1252 -t utf-8 "$room/list.csv" >"$room/list.txt"
fi
sed -i $'1s/^\xEF\xBB\xBF//' "$room/list.txt"
first 10 "$room/list.txt"
printf '  ... and, on standard error, %d values of the plan that such a list has no column for\n' "$(grep -c '^warning' "$room/warnings.txt")"

chapter "5  Where do three of the values come from (gateway explain)?"
"$gateway" explain "$message" --from hl7v2-de --json >"$room/explained.json"
.venv/bin/python - "$room/explained.json" <<'PYTHON'
import json
import sys

values = json.load(open(sys.argv[1], encoding="utf-8"))["values"]
told = [value for value in values if value["before"] and "-" in value["source"]]
for word in ("Patient", "Encounter[0].hospitalization", "ServiceRequest"):
    found = [value for value in told if value["path"].startswith(word)]
    for value in [v for v in found if v["value"] != v["before"]][:1] or found[:1]:
        print(f"  {value['path']} = {value['value']}")
        print(f"      from {value['source']} = {value['before']}, by {value['rule']}")
PYTHON
