{{/*
Judges the subject by files/rules.json and keeps what is wrong as .Values._problems. A rule is data: its conditions
are a closed set of operators, evaluated here for Helm and in internal/rules for Go, which hands its findings in as
.Values._problems. test/corpus holds the two together.
*/}}

{{/* Finds all problems, once. Prints nothing. */}}
{{- define "istio-lightstep.problems" -}}
{{- include "istio-lightstep.subject" . -}}
{{- if not (hasKey .Values "_problems") -}}
  {{- $subject := .Values._subject -}}
  {{- include "istio-lightstep.rules" . -}}
  {{- $table := .Values._rules -}}
  {{- $hidden := include "istio-lightstep.hidden" (dict "subject" $subject "secrets" $table.secrets) | fromJsonArray -}}
  {{- $problems := dict "error" list "warning" list -}}
  {{- $known := dict -}}
  {{- range $rule := $table.rules -}}
    {{- $scopes := list (dict "subject" $subject "known" $known "index" 0) -}}
    {{- if hasKey $rule "each" -}}
      {{- $scopes = list -}}
      {{- include "istio-lightstep.find" (dict "root" $subject "path" $rule.each "into" $known) -}}
      {{- $items := index $known $rule.each -}}
      {{- if kindIs "slice" $items -}}
        {{- range $index, $item := $items -}}
          {{- $scopes = append $scopes (dict "subject" (set (omit $subject "item") "item" $item) "known" dict "index" $index) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- $conditions := concat (default list $rule.when) (index $rule "if") -}}
    {{- range $scopes -}}
      {{- if eq "true" (include "istio-lightstep.all" (set . "conditions" $conditions)) -}}
        {{- $told := set (set (set . "rule" $rule) "public" $table.public) "hidden" $hidden -}}
        {{- $problem := dict "id" $rule.id "severity" $rule.severity -}}
        {{- $_ := set $problem "path" (include "istio-lightstep.text" (set $told "text" $rule.path) | replace "[]" (printf "[%d]" .index)) -}}
        {{- $_ := set $problem "reason" (include "istio-lightstep.text" (set $told "text" $rule.reason)) -}}
        {{- $_ := set $problem "fix" (include "istio-lightstep.text" (set $told "text" $rule.fix)) -}}
        {{- $_ := set $problems $rule.severity (append (index $problems $rule.severity) $problem) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .Values "_problems" (concat $problems.error $problems.warning) -}}
{{- end -}}
{{- end -}}

{{/* All problems as a JSON list. */}}
{{- define "istio-lightstep.problems.json" -}}
{{- include "istio-lightstep.problems" . -}}
{{- toRawJson .Values._problems -}}
{{- end -}}

{{/* Prints true where all .conditions hold on .subject. What is found at a path is kept in .known. */}}
{{- define "istio-lightstep.all" -}}
{{- $subject := .subject -}}
{{- $known := .known -}}
{{- $holds := true -}}
{{- range .conditions -}}
  {{- if not $holds -}}
  {{- else if hasKey . "path" -}}
    {{- $operand := "" -}}
    {{- $operator := "" -}}
    {{- range $key, $value := . -}}{{- if ne $key "path" -}}{{- $operator = $key -}}{{- $operand = $value -}}{{- end -}}{{- end -}}
    {{- if kindIs "map" $operand -}}
      {{- if hasKey $operand "ref" -}}
        {{- include "istio-lightstep.find" (dict "root" $subject "path" $operand.ref "into" $known) -}}
        {{- $operand = index $known $operand.ref -}}
      {{- end -}}
    {{- end -}}
    {{- if not (hasKey $known .path) -}}{{- include "istio-lightstep.find" (dict "root" $subject "path" .path "into" $known) -}}{{- end -}}
    {{- $found := index $known .path -}}
    {{- if eq $operator "matches" -}}
      {{- if kindIs "string" $found -}}
        {{- $holds = mustRegexMatch $operand $found -}}
      {{- else if or (kindIs "float64" $found) (kindIs "bool" $found) -}}
        {{- $holds = mustRegexMatch $operand (toJson $found) -}}
      {{- else -}}
        {{- $holds = false -}}
      {{- end -}}
    {{- else if eq $operator "present" -}}
      {{- $holds = eq $operand (or (kindIs "float64" $found) (kindIs "bool" $found) (not (empty $found))) -}}
    {{- else if eq $operator "equals" -}}
      {{- $holds = deepEqual $found $operand -}}
    {{- else if eq $operator "in" -}}
      {{- $holds = and (kindIs "slice" $operand) (has $found $operand) -}}
    {{- else if eq $operator "contains" -}}
      {{- $holds = and (kindIs "slice" $found) (has $operand $found) -}}
    {{- else if eq $operator "is" -}}
      {{- $holds = eq $operand (get (dict "string" "string" "float64" "number" "bool" "bool" "slice" "list" "map" "map" "invalid" "null") (kindOf $found)) -}}
    {{- else if has $operator (list "below" "above") -}}
      {{- $holds = eq "true" (include "istio-lightstep.compare" (dict "operator" $operator "found" $found "operand" $operand)) -}}
    {{- else -}}
      {{- include "istio-lightstep.refuse" (printf "files/rules.json asks for an unknown operator, %s: install the whole chart" $operator) -}}
    {{- end -}}
  {{- else if hasKey . "all" -}}
    {{- $holds = eq "true" (include "istio-lightstep.all" (dict "conditions" .all "subject" $subject "known" $known)) -}}
  {{- else if hasKey . "any" -}}
    {{- $holds = false -}}
    {{- range .any -}}
      {{- if not $holds -}}
        {{- $holds = eq "true" (include "istio-lightstep.all" (dict "conditions" (list .) "subject" $subject "known" $known)) -}}
      {{- end -}}
    {{- end -}}
  {{- else -}}
    {{- $holds = ne "true" (include "istio-lightstep.all" (dict "conditions" (list (index . "not")) "subject" $subject "known" $known)) -}}
  {{- end -}}
{{- end -}}
{{- $holds -}}
{{- end -}}

{{/* Prints true where .found is below or above .operand, both numbers or texts that are decimal numbers. */}}
{{- define "istio-lightstep.compare" -}}
{{- $numbers := list -}}
{{- range list .found .operand -}}
  {{- if kindIs "float64" . -}}
    {{- $numbers = append $numbers . -}}
  {{- else if kindIs "string" . -}}
    {{- if and (le (len .) 300) (regexMatch `^-?[0-9]+(\.[0-9]+)?$` .) -}}{{- $numbers = append $numbers (float64 .) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if lt (len $numbers) 2 -}}
{{- else if eq .operator "below" -}}
  {{- lt (first $numbers) (last $numbers) -}}
{{- else -}}
  {{- gt (first $numbers) (last $numbers) -}}
{{- end -}}
{{- end -}}

{{/* .text with each {path} replaced by what .subject holds there, where .public says that it may be shown. */}}
{{- define "istio-lightstep.text" -}}
{{- $full := .rule.path -}}
{{- if not (regexMatch `^(document|live)\.` $full) -}}{{- $full = printf "values.%s" $full -}}{{- end -}}
{{- $literals := regexSplit `\{[A-Za-z][A-Za-z0-9_.-]*\}` .text -1 -}}
{{- range $i, $token := regexFindAll `\{[A-Za-z][A-Za-z0-9_.-]*\}` .text -1 -}}
  {{- index $literals $i -}}
  {{- $path := trimAll "{}" $token -}}
  {{- if eq $path "index" -}}
    {{- $.index -}}
  {{- else -}}
    {{- if eq $path "value" -}}{{- $path = $full -}}{{- end -}}
    {{- if $.rule.each -}}{{- $path = regexReplaceAll (printf `^%s\[\]` (regexQuoteMeta $.rule.each)) $path "item" -}}{{- end -}}
    {{- $whole := printf "%s." $path -}}
    {{- if $.rule.each -}}{{- $whole = regexReplaceAll `^item\.` $whole (printf "%s[]." $.rule.each) -}}{{- end -}}
    {{- $whole = replace "[]" ".[]" $whole -}}
    {{- $entries := list -}}
    {{- range $.public -}}
      {{- $entry := . -}}
      {{- if kindIs "string" . -}}{{- $entry = dict "path" . "matches" "" -}}{{- end -}}
      {{- if hasPrefix (printf "%s." (replace "[]" ".[]" $entry.path)) $whole -}}{{- $entries = append $entries $entry -}}{{- end -}}
    {{- end -}}
    {{- if $entries -}}
      {{- include "istio-lightstep.find" (dict "root" $.subject "path" $path "into" $.known) -}}
      {{- $items := index $.known $path -}}
      {{- if not (kindIs "slice" $items) -}}{{- $items = list $items -}}{{- end -}}
      {{- $shown := list -}}
      {{- range $items -}}
        {{- $masked := not (regexMatch `^(live|dialect)\.` $whole) -}}
        {{- $shown = append $shown (include "istio-lightstep.shown" (dict "value" . "matches" (first $entries).matches "masked" $masked "hidden" $.hidden)) -}}
      {{- end -}}
      {{- $shown = join ", " $shown -}}
      {{- $cut := regexFind "^(?s:.{0,120})" $shown -}}
      {{- $cut -}}{{- if ne $cut $shown -}}…{{- end -}}
    {{- else -}}
      {{- "[redacted]" -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- last $literals -}}
{{- end -}}

{{/*
The public .value, on one line and with nothing in it that a terminal acts on, and without what is .hidden. Of .masked ones
what stands before an @ or after a ?, and each word that looks like a token, is left out. internal/redact and
internal/terminal do the same in Go.
*/}}
{{- define "istio-lightstep.shown" -}}
{{- $shown := .value -}}
{{- if kindIs "invalid" $shown -}}
{{- else if kindIs "bool" $shown -}}
  {{- toRawJson $shown -}}
{{- else if kindIs "float64" $shown -}}
  {{- include "istio-lightstep.mask" (dict "text" (toRawJson $shown) "hidden" .hidden) -}}
{{- else if not (kindIs "string" $shown) -}}
  {{- "[redacted]" -}}
{{- else if and $shown (not (regexMatch .matches $shown)) -}}
  {{- "[redacted]" -}}
{{- else -}}
  {{- $shown = include "istio-lightstep.mask" (dict "text" $shown "hidden" .hidden) -}}
  {{- if .masked -}}
    {{- $shown = regexReplaceAll `(?s)^([A-Za-z][A-Za-z0-9+.-]*://)?.*@` $shown "${1}[redacted]@" -}}
    {{- $shown = regexReplaceAll `(?s)\?.*$` $shown "?[redacted]" -}}
    {{- $between := regexSplit `[A-Za-z0-9_+=~-]{16,}` $shown -1 -}}
    {{- $words := regexFindAll `[A-Za-z0-9_+=~-]{16,}` $shown -1 -}}
    {{- $shown = "" -}}
    {{- range $i, $word := $words -}}
      {{- $token := regexMatch `[0-9A-Fa-f]{8}-([0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}` $word -}}
      {{- $token = or $token (and (regexMatch `[0-9]` $word) (regexMatch `[a-z]` $word) (regexMatch `[A-Z]` $word)) -}}
      {{- range regexFindAll `[A-Za-z0-9]{16,}` $word -1 -}}
        {{- $token = or $token (and (regexMatch `[0-9]` .) (regexMatch `[A-Za-z]` .)) -}}
      {{- end -}}
      {{- $shown = printf "%s%s%s" $shown (index $between $i) ($token | ternary "[redacted]" $word) -}}
    {{- end -}}
    {{- $shown = printf "%s%s" $shown (last $between) -}}
  {{- end -}}
  {{- $shown = printf "%q" $shown | trimPrefix "\"" | trimSuffix "\"" -}}
  {{- $shown = $shown | replace `\"` `"` | replace `\\` `\` -}}
  {{- /* What Go takes to be printable and yet has no width of its own. */ -}}
  {{- range regexFindAll `[\x{34f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{3164}\x{fe00}-\x{fe0f}\x{ffa0}\x{e0100}-\x{e01ef}]` $shown -1 | uniq -}}
    {{- $shown = replace . (printf "%+q" . | trimAll "\"") $shown -}}
  {{- end -}}
  {{- $shown = regexReplaceAll `(^|\s):(:[A-Za-z])` $shown `${1}:\${2}` -}}
  {{- regexReplaceAll `##(vso|teamcity)?\[` $shown `##${1}\[` -}}
{{- end -}}
{{- end -}}

{{/* The secrets among the values of .subject, as a JSON list, the longest first. */}}
{{- define "istio-lightstep.hidden" -}}
{{- $at := dict -}}
{{- $hidden := list -}}
{{- range .secrets -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject "path" . "into" $at) -}}
  {{- $secret := index $at . -}}
  {{- if kindIs "string" $secret -}}
    {{- $secret = trim $secret -}}
    {{- if not $secret -}}
    {{- else if not $hidden -}}
      {{- $hidden = list $secret -}}
    {{- else if gt (len $secret) (len (first $hidden)) -}}
      {{- $hidden = prepend $hidden $secret -}}
    {{- else -}}
      {{- $hidden = append $hidden $secret -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $hidden -}}
{{- end -}}

{{/* .text with [redacted] in the place of each of the secrets .hidden; of one that is short only where it is all of it. */}}
{{- define "istio-lightstep.mask" -}}
{{- $text := .text -}}
{{- range .hidden -}}
  {{- if eq (trim $text) . -}}
    {{- $text = "[redacted]" -}}
  {{- else if ge (len .) 6 -}}
    {{- $text = replace . "[redacted]" $text -}}
  {{- end -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* All problems, for a person: errors by number, warnings below. */}}
{{- define "istio-lightstep.problems.message" -}}
{{- include "istio-lightstep.problems" . -}}
{{- $errors := list -}}
{{- $warnings := list -}}
{{- range .Values._problems -}}
  {{- if eq .severity "error" -}}{{- $errors = append $errors . -}}{{- else -}}{{- $warnings = append $warnings . -}}{{- end -}}
{{- end }}

The values of istio-lightstep cannot work: {{ len $errors }} {{ eq 1 (len $errors) | ternary "problem" "problems" }} to fix.
Nothing was installed or changed.
{{ range $i, $problem := $errors }}
{{ printf "%3d. %s" (add1 $i) $problem.path }}
{{ include "istio-lightstep.problems.lines" $problem }}
{{ end }}
{{- if $warnings }}
Warnings:
{{ range $warnings }}
  -  {{ .path }}
{{ include "istio-lightstep.problems.lines" . }}
{{ end }}
{{- end }}
{{- end -}}

{{/* What a problem is about, wrapped to 100 characters, and its fix, which is not: commands in it are to be copied. */}}
{{- define "istio-lightstep.problems.lines" -}}
{{- $margin := "\n             " -}}
{{- printf "     wrong:  %s" (wrap 87 .reason | replace "\n" $margin) }}
{{ printf "     fix:    %s" .fix }}
{{ printf "     rule:   %s" .id }}
{{- end -}}
