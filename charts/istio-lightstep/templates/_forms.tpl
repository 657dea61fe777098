{{/*
What of the user's own values has not the form that Kubernetes wants, as a part of the subject: files/rules.yaml has the forms.
*/}}

{{/* Lists under .subject.forms what is wrong in it, each with its path, what is wanted there, and a fix. */}}
{{- define "istio-lightstep.forms" -}}
{{- $wrong := dict "list" dict "forms" .forms "steps" .steps "words" .words "types" dict -}}
{{- range concat (.subject.types | default list) (.subject.characters | default list) -}}{{- $_ := set $wrong.types .path "" -}}{{- end -}}
{{- include "istio-lightstep.formsBelow" (dict "value" .subject.values "path" "" "is" .forms.places "wrong" $wrong) -}}
{{- with $wrong.list -}}{{- $_ := set $.subject "forms" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Adds to .wrong.list what has another form than what the .value at the .path .is. Null is as good as missing. */}}
{{- define "istio-lightstep.formsBelow" -}}
{{- $is := .is -}}
{{- $value := .value -}}
{{- $want := "" -}}
{{- $fix := "" -}}
{{- if kindIs "map" $is -}}
  {{- if not (has (kindOf $value) (list "map" "slice")) -}}
  {{- else if kindIs "map" $value -}}
    {{- range $key := $is.required -}}
      {{- if has (index $value $key) (list nil "") -}}
        {{- include "istio-lightstep.misformed" (dict "path" (printf "%s.%s" $.path $key) "want" "a value" "fix" "set it" "wrong" $.wrong) -}}
      {{- end -}}
    {{- end -}}
    {{- range $key, $item := $value -}}
      {{- /* A label may be called as one of the table's own words. */ -}}
      {{- $below := get $is "*" -}}
      {{- if not (has $key (list "required" "unique" "keys" "most" "oneOf" "least" "within")) -}}{{- $below = get $is $key | default $below -}}{{- end -}}
      {{- if and (or $below $is.keys) (not (kindIs "invalid" $item)) -}}
        {{- $path := printf "%s.%s" $.path (include "istio-lightstep.step" (set (omit $.wrong.steps "key") "key" $key)) | trimPrefix "." -}}
        {{- with get $is "keys" -}}
          {{- include "istio-lightstep.formsBelow" (dict "value" $key "path" $path "is" . "wrong" $.wrong) -}}
        {{- end -}}
        {{- if and $below (not (and (has $item (list "")) (has $key (default list $is.required)))) -}}
          {{- include "istio-lightstep.formsBelow" (dict "value" $item "path" $path "is" $below "wrong" $.wrong) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- if and $is.oneOf $value -}}
      {{- $there := list -}}
      {{- range $is.oneOf -}}{{- if not (kindIs "invalid" (index $value .)) -}}{{- $there = append $there . -}}{{- end -}}{{- end -}}
      {{- if ne 1 (len $there) -}}
        {{- $want = printf "one of %s" (join ", " $is.oneOf) -}}
        {{- $fix = "write one of them, and set the others to null" -}}
      {{- end -}}
    {{- end -}}
    {{- if $is.most -}}
      {{- if gt (len $value) (int $is.most) -}}
        {{- $want = printf "at most %v keys, one of them what it is" $is.most -}}
        {{- $fix = "leave one source, and write the others as volumes of their own" -}}
      {{- end -}}
    {{- end -}}
    {{- range $high, $low := $is.least -}}
      {{- $from := index $value $low -}}
      {{- $to := index $value $high -}}
      {{- if and (kindIs "float64" $from) (kindIs "float64" $to) -}}
        {{- if lt $to $from -}}
          {{- include "istio-lightstep.misformed" (dict "path" (printf "%s.%s" $.path $high) "want" (printf "a number from that of %s on" $low) "fix" "write a greater number, or remove it" "wrong" $.wrong) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
    {{- range $parts, $whole := $is.within -}}
      {{- $outer := include "istio-lightstep.bits" (index $value $whole) -}}
      {{- range $i, $part := ternary (index $value $parts) list (kindIs "slice" (index $value $parts)) -}}
        {{- $inner := include "istio-lightstep.bits" $part -}}
        {{- if and $outer $inner (or (eq $outer $inner) (not (hasPrefix $outer $inner))) -}}
          {{- include "istio-lightstep.misformed" (dict "path" (printf "%s.%s[%d]" $.path $parts $i) "want" (printf "a part of the range in %s" $whole) "fix" "write a smaller range in it, or remove the entry" "wrong" $.wrong) -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- else -}}
    {{- $seen := dict -}}
    {{- range $i, $item := $value -}}
      {{- with get $is "[]" -}}
        {{- $path := printf "%s[%d]" $.path $i -}}
        {{- include "istio-lightstep.formsBelow" (dict "value" $item "path" $path "is" . "wrong" $.wrong) -}}
        {{- if and (kindIs "map" .) (kindIs "map" $item) -}}
          {{- with .unique -}}
            {{- $same := list -}}
            {{- range . -}}{{- $same = append $same (index $item .) -}}{{- end -}}
            {{- if not (has nil $same) -}}
              {{- if hasKey $seen (toJson $same) -}}
                {{- $one := printf "%s of its own" (join " and " .) -}}
                {{- include "istio-lightstep.misformed" (dict "path" (printf "%s.%s" $path (first .)) "want" $one "fix" "remove one of the two entries, or change it" "wrong" $.wrong) -}}
              {{- end -}}
              {{- $_ := set $seen (toJson $same) "" -}}
            {{- end -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" $is -}}
  {{- if not (has $value $is) -}}
    {{- $want = join " or " (without $is "") -}}
    {{- $fix = printf "write %s, or remove it" $want -}}
  {{- end -}}
{{- else -}}
  {{- $kind := index .wrong.forms.kinds $is -}}
  {{- $type := get (dict "string" "string" "float64" "number") (kindOf $value) -}}
  {{- $text := ternary $value (toJson $value) (and (eq $type "string") (not (has "number" $kind.is))) -}}
  {{- if or (not (has $type $kind.is)) (not (mustRegexMatch $kind.matches $text)) (mustRegexMatch $kind.never $text) -}}
    {{- $want = $kind.want -}}
    {{- $fix = $kind.fix -}}
  {{- else if and $kind.zero (eq $text "0") -}}
    {{- include "istio-lightstep.misformed" (dict "path" .path "zero" $kind.zero "wrong" .wrong) -}}
  {{- end -}}
{{- end -}}
{{- if $want -}}
  {{- include "istio-lightstep.misformed" (dict "path" .path "want" $want "fix" $fix "wrong" .wrong) -}}
{{- end -}}
{{- end -}}

{{/* Adds one to .wrong.list, but where its type, or a character in it, is told already. */}}
{{- define "istio-lightstep.misformed" -}}
{{- if not (hasKey .wrong.types .path) -}}
  {{- include "istio-lightstep.note" (list .wrong.list (omit . "wrong")) -}}
{{- end -}}
{{- end -}}

{{/* The bits that the addresses of a range have in common, after the size of their groups; nothing for what is no such range. */}}
{{- define "istio-lightstep.bits" -}}
{{- $range := . -}}
{{- if not (kindIs "string" $range) -}}
{{- else if regexMatch `^(([0-9]{1,3}\.){3}[0-9]{1,3}/[0-9]{1,2}|[0-9a-fA-F:]*:[0-9a-fA-F:]*/[0-9]{1,3})$` $range -}}
  {{- $parts := splitList "/" $range -}}
  {{- $groups := splitList "." (first $parts) -}}
  {{- $size := 8 -}}
  {{- if contains ":" $range -}}
    {{- $size = 16 -}}
    {{- $groups = list -}}
    {{- $halves := splitList "::" (first $parts) -}}
    {{- $head := compact (splitList ":" (first $halves)) -}}
    {{- $tail := ternary (compact (splitList ":" (last $halves))) list (gt (len $halves) 1) -}}
    {{- range $head -}}{{- $groups = append $groups (printf "0x%s" .) -}}{{- end -}}
    {{- range until (max 0 (sub (sub 8 (len $head)) (len $tail)) | int) -}}{{- $groups = append $groups "0x0" -}}{{- end -}}
    {{- range $tail -}}{{- $groups = append $groups (printf "0x%s" .) -}}{{- end -}}
  {{- end -}}
  {{- $bits := "" -}}
  {{- range $groups -}}{{- $bits = printf "%s%0*b" $bits $size (int64 .) -}}{{- end -}}
  {{- printf "%d/%s" $size (trunc (last $parts | atoi) $bits) -}}
{{- end -}}
{{- end -}}
