{{/*
Judges the subject by the rules of files/rules.yaml, which `make generate` writes into _rules.tpl, and keeps what is wrong
as ._problems. test/corpus has cases for each rule.
*/}}

{{/* Finds all problems, once. Prints nothing. */}}
{{- define "istio-lightstep.problems" -}}
{{- include "istio-lightstep.subject" . -}}
{{- if not (hasKey . "_problems") -}}
  {{- include "istio-lightstep.hidden" . -}}
  {{- $found := dict -}}
  {{- include "istio-lightstep.judge" (dict "subject" ._subject "found" $found "hidden" ._hidden) -}}
  {{- $right := dict -}}
  {{- range $key, $_ := $found -}}{{- if hasPrefix "0." $key -}}{{- $right = "" -}}{{- end -}}{{- end -}}
  {{- if kindIs "map" $right -}}
    {{- include "istio-lightstep.large" . -}}
    {{- with ._subject.large -}}
      {{- include "istio-lightstep.judge" (dict "subject" $._subject "found" $found "hidden" $._hidden) -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set . "_problems" (include "istio-lightstep.noted" $found | fromJsonArray) -}}
{{- end -}}
{{- end -}}

{{/*
Counts what a rule finds wrong at one more item of a list in .counts, by its .key, and tells whether that is told: of one rule
a hundred are, and behind them how many more there are.
*/}}
{{- define "istio-lightstep.counted" -}}
{{- $number := get .counts .key | default 0 | int | add1 -}}
{{- $_ := set .counts .key $number -}}
{{- if le $number 100 -}}true
{{- else -}}
  {{- $more := dict "id" .id "severity" .severity "path" "" "reason" (printf "and %d more of %s" (sub $number 100) .id) -}}
  {{- $_ := set .found (printf "%s.more" .key) (set $more "fix" "look at those above first: many of one kind mostly have one cause") -}}
{{- end -}}
{{- end -}}

{{/* All problems as a JSON list. */}}
{{- define "istio-lightstep.problems.json" -}}
{{- include "istio-lightstep.problems" . -}}
{{- toRawJson ._problems -}}
{{- end -}}

{{/* Truthy where the first of two is below, or above, the second: numbers, or texts that are decimal numbers. */}}
{{- define "istio-lightstep.below" -}}
{{- if and (kindIs "float64" (first .)) (kindIs "float64" (last .)) -}}
  {{- if lt (first .) (last .) -}}true{{- end -}}
{{- else -}}
  {{- $found := include "istio-lightstep.number" (first .) -}}
  {{- $bound := include "istio-lightstep.number" (last .) -}}
  {{- if and $found $bound -}}{{- if lt (float64 $found) (float64 $bound) -}}true{{- end -}}{{- end -}}
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.above" -}}
{{- include "istio-lightstep.below" (list (last .) (first .)) -}}
{{- end -}}

{{/* The number . as text, which a text may be itself: nothing where it is none. */}}
{{- define "istio-lightstep.number" -}}
{{- if kindIs "float64" . -}}
  {{- toJson . -}}
{{- else if kindIs "string" . -}}
  {{- if and (le (len .) 300) (regexMatch `^-?[0-9]+(\.[0-9]+)?$` .) -}}{{- . -}}{{- end -}}
{{- end -}}
{{- end -}}

{{/* A text as it is, a number or boolean as JSON. */}}
{{- define "istio-lightstep.scalar" -}}
{{- if kindIs "string" . -}}{{- . -}}{{- else -}}{{- toJson . -}}{{- end -}}
{{- end -}}

{{/* Of (list HIDDEN VALUE PATTERN) the public VALUE in a text: the items of a list, and 120 characters at most. */}}
{{- define "istio-lightstep.shown" -}}
{{- include "istio-lightstep.cut" (dict "hidden" (first .) "value" (index . 1) "matches" (index (append . "") 2) "masked" true) -}}
{{- end -}}

{{/* The same of what is no value of the user's. */}}
{{- define "istio-lightstep.foreign" -}}
{{- include "istio-lightstep.cut" (dict "hidden" (first .) "value" (index . 1) "matches" (index (append . "") 2) "masked" false) -}}
{{- end -}}

{{- define "istio-lightstep.cut" -}}
{{- $items := .value -}}
{{- if not (kindIs "slice" $items) -}}{{- $items = list $items -}}{{- end -}}
{{- $shown := list -}}
{{- range $items -}}
  {{- $shown = append $shown (include "istio-lightstep.item" (dict "value" . "matches" $.matches "masked" $.masked "hidden" $.hidden)) -}}
{{- end -}}
{{- $shown = join ", " $shown -}}
{{- $cut := regexFind "^(?s:.{0,120})" $shown -}}
{{- $cut -}}{{- if ne $cut $shown -}}…{{- end -}}
{{- end -}}

{{/*
The public .value, on one line and with nothing in it that a terminal acts on, and without what is .hidden. Of .masked ones
what stands before an @ or after a ?, and each word that looks like a token, is left out. internal/redact and
internal/terminal do the same in Go.
*/}}
{{- define "istio-lightstep.item" -}}
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

{{/* Keeps the secrets among the values, once, as ._hidden, the longest first. */}}
{{- define "istio-lightstep.hidden" -}}
{{- if not (hasKey . "_hidden") -}}
  {{- include "istio-lightstep.facts" . -}}
  {{- $at := dict -}}
  {{- $hidden := list -}}
  {{- range ._facts.secrets -}}
    {{- include "istio-lightstep.find" (dict "root" (dict "values" $.Values) "path" . "into" $at) -}}
    {{- $secret := index $at . -}}
    {{- if kindIs "string" $secret -}}
      {{- $secret = trim $secret -}}
      {{- if not $secret -}}
      {{- else if not $hidden -}}
        {{- $hidden = list $secret -}}
      {{- else if gt (len $secret) (len (index $hidden 0)) -}}
        {{- $hidden = prepend $hidden $secret -}}
      {{- else -}}
        {{- $hidden = append $hidden $secret -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set . "_hidden" $hidden -}}
{{- end -}}
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
{{- range ._problems -}}
  {{- if eq .severity "error" -}}{{- $errors = append $errors . -}}{{- else -}}{{- $warnings = append $warnings . -}}{{- end -}}
{{- end }}

The values of istio-lightstep cannot work: {{ len $errors }} {{ eq 1 (len $errors) | ternary "problem" "problems" }} to fix.
Nothing was installed or changed.
{{ range $i, $problem := $errors }}
{{ printf "%3d. %s" (add1 $i) ($problem.path | default "…") }}
{{ include "istio-lightstep.problems.lines" $problem }}
{{ end }}
{{- if $warnings }}
Warnings:
{{ range $warnings }}
  -  {{ .path | default "…" }}
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
