{{/*
The subject is all that rules and templates may ask about: values, the Istio version, its dialect, how spans are
delivered, the queue, where the CA is mounted and what runs on the cluster. It is made once for each release and kept as
._subject, beside .Values and not in it: a key of the values cannot take its place. Treat it as read-only.

It holds what JSON holds (map, list, string, number as float64, boolean, null), however the values were given.
*/}}

{{/* Makes the subject, once. Prints nothing. */}}
{{- define "istio-lightstep.subject" -}}
{{- if not (hasKey . "_subject") -}}
  {{- $json := toJson .Values -}}
  {{- $subject := fromJson (printf `{"values":%s}` $json) -}}
  {{- if not (hasKey $subject "values") -}}
    {{- include "istio-lightstep.refuse" "the values cannot be written as JSON" -}}
  {{- end -}}
  {{- include "istio-lightstep.facts" . -}}
  {{- $facts := ._facts -}}
  {{- include "istio-lightstep.hidden" . -}}
  {{- $hidden := ._hidden -}}
  {{- $steps := dict "odd" $facts.odd "hidden" $hidden -}}
  {{- include "istio-lightstep.shorten" (dict "subject" $subject "json" $json "steps" $steps) -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $subject.values "path" "collector.exporters" "into" $at) -}}
  {{- $exporters := index $at "collector.exporters" -}}
  {{- /* Null deletes the entry of a values file before. */ -}}
  {{- range $name, $settings := ternary $exporters dict (kindIs "map" $exporters) -}}
    {{- if kindIs "invalid" $settings -}}{{- $_ := unset $exporters $name -}}{{- end -}}
  {{- end -}}
  {{- $shape := dict "types" dict "nulls" dict "filled" dict "hidden" $hidden "facts" $facts -}}
  {{- include "istio-lightstep.shape" (dict "values" $subject.values "shape" $shape) -}}
  {{- range list "types" "nulls" -}}
    {{- $noted := index $shape . -}}
    {{- if $noted -}}{{- $_ := set $subject . (include "istio-lightstep.noted" $noted | fromJsonArray) -}}{{- end -}}
  {{- end -}}
  {{- include "istio-lightstep.characters" (dict "subject" $subject "json" $json "secrets" $facts.secrets "steps" $steps) -}}
  {{- include "istio-lightstep.backends" (dict "subject" $subject "files" .Files "steps" $steps "operators" $facts.operators) -}}
  {{- $literals := "" -}}
  {{- range $place := $facts.places -}}
    {{- $found := dict -}}
    {{- include "istio-lightstep.find" (dict "root" $subject.values "path" .path "into" $found) -}}
    {{- with index $found .path -}}
      {{- $at := set (set (set $place "value" .) "steps" $steps) "reference" $facts.reference -}}
      {{- $_ := set $at "harmless" $facts.harmless -}}
      {{- if eq $place.place "objects" -}}{{- $_ := set $at "reference" (printf "%s|%s" $facts.reference $facts.filled) -}}{{- end -}}
      {{- $literals = printf "%s%s" $literals (include "istio-lightstep.literals" $at) -}}
    {{- end -}}
  {{- end -}}
  {{- with $literals -}}{{- $_ := set $subject "literals" (printf "[%s]" (trimSuffix "," .) | fromJsonArray) -}}{{- end -}}
  {{- include "istio-lightstep.exporters" (dict "subject" $subject "steps" $steps "keys" $facts.exporterKeys "words" $facts.words) -}}
  {{- include "istio-lightstep.exposed" (dict "subject" $subject "facts" $facts.exposed) -}}
  {{- include "istio-lightstep.doubles" (dict "subject" $subject) -}}
  {{- include "istio-lightstep.forms" (dict "subject" $subject "forms" $facts.forms "words" $facts.words "steps" $steps) -}}
  {{- include "istio-lightstep.own" (dict "subject" $subject "root" .) -}}
  {{- if hasKey . "_live" -}}
    {{- $_ := set $subject "live" (fromJson (toJson ._live)) -}}
  {{- else -}}
    {{- with include "istio-lightstep.live" . -}}{{- $_ := set $subject "live" (fromJson .) -}}{{- end -}}
  {{- end -}}
  {{- $_ := set $subject "release" (dict "namespace" .Release.Namespace) -}}
  {{- if hasKey . "_document" -}}
    {{- $_ := set $subject "document" (fromJson (toJson ._document)) -}}
  {{- end -}}

  {{- $table := include "istio-lightstep.dialects" (dict "subject" $subject "files" .Files) | fromJson -}}
  {{- include "istio-lightstep.version" (dict "subject" $subject "dialects" $table.dialects) -}}
  {{- include "istio-lightstep.documentVersion" (dict "subject" $subject "files" .Files) -}}
  {{- include "istio-lightstep.delivery" $subject -}}
  {{- include "istio-lightstep.beside" (dict "root" . "subject" $subject "steps" $steps) -}}
  {{- include "istio-lightstep.stranded" (dict "root" . "subject" $subject) -}}
  {{- include "istio-lightstep.telemetry" (dict "subject" $subject "steps" $steps "operators" $facts.operators) -}}
  {{- include "istio-lightstep.ownConfig" (dict "subject" $subject "steps" $steps "facts" $facts) -}}
  {{- include "istio-lightstep.idle" (dict "subject" $subject) -}}
  {{- include "istio-lightstep.strangers" (dict "subject" $subject "components" $facts.components) -}}
  {{- include "istio-lightstep.loops" (dict "subject" $subject "root" .) -}}
  {{- include "istio-lightstep.askers" (dict "subject" $subject) -}}
  {{- include "istio-lightstep.egress" (dict "subject" $subject) -}}
  {{- include "istio-lightstep.rivals" (dict "subject" $subject "root" .) -}}
  {{- include "istio-lightstep.proxied" (dict "subject" $subject) -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" "values.collector.extraContainers" "into" $at) -}}
  {{- $extra := index $at "values.collector.extraContainers" -}}
  {{- $extra = ternary $extra list (kindIs "slice" $extra) -}}
  {{- include "istio-lightstep.resources" (dict "subject" $subject "steps" $steps "extra" $extra) -}}
  {{- include "istio-lightstep.unbounded" (dict "subject" $subject) -}}
  {{- include "istio-lightstep.mounts" (dict "subject" $subject "extra" $extra) -}}
  {{- include "istio-lightstep.queue" (dict "subject" $subject "facts" $table.queue) -}}

  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" "values.collector.extraVolumes" "into" $at) -}}
  {{- $volumes := list -}}
  {{- $extra := index $at "values.collector.extraVolumes" -}}
  {{- range ternary $extra list (kindIs "slice" $extra) -}}{{- if kindIs "map" . -}}{{- $volumes = append $volumes .name -}}{{- end -}}{{- end -}}
  {{- $_ := set $subject "volumes" $volumes -}}

  {{- $cacert := dict "key" "" "directory" "" -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" "values.global.tracer.lightstep.cacertPath" "into" $at) -}}
  {{- $path := index $at "values.global.tracer.lightstep.cacertPath" -}}
  {{- if and (kindIs "string" $path) $path -}}
    {{- $cacert = dict "key" (base $path) "directory" (dir $path) -}}
  {{- end -}}
  {{- $_ := set $subject "cacert" $cacert -}}
  {{- include "istio-lightstep.files" (dict "subject" $subject "files" $facts.files "steps" $steps) -}}

  {{- $_ := set . "_subject" $subject -}}
  {{- include "istio-lightstep.overridden" . -}}
  {{- include "istio-lightstep.mistakes" . -}}
{{- end -}}
{{- end -}}

{{/*
Lists every text and number below .value, the user's own configuration, and what is true or false for exporters, with its path, its name (the last two
keys, or the name that stands beside a value), its place, and as rest what is left of it without references; and every key
that is more than a name. Each is JSON with a comma behind it: a list that grows is copied for each item.
*/}}
{{- define "istio-lightstep.literals" -}}
{{- if kindIs "map" .value -}}
  {{- /* A Secret among the user's own objects is where a secret belongs. */ -}}
  {{- $sealed := and (regexMatch `^extraObjects\[[0-9]+\]$` .path) (deepEqual (index .value "kind") "Secret") -}}
  {{- $beside := "" -}}
  {{- range $key := list "name" "key" -}}
    {{- if and (not $beside) (kindIs "string" (index $.value $key)) (not (kindIs "invalid" (index $.value "value"))) -}}
      {{- $beside = $key -}}
      {{- $path := printf "%s.%s" $.path $key -}}
      {{- include "istio-lightstep.literalKey" (dict "key" (index $.value $key) "path" $path "parent" $.name "value" (index $.value "value") "at" $) -}}
    {{- end -}}
  {{- end -}}
  {{- range $key, $item := .value -}}
    {{- if not (or (has $key (list "valueFrom" "encryptedData")) (and $sealed (has $key (list "data" "stringData"))) (and $beside (eq $key $beside)) (and (eq $.place "backends") (has $key (list "secret" "public")) (regexMatch `\.(headers|resource)\.` $.path))) -}}
      {{- $name := include "istio-lightstep.key" (set (omit $.steps "key") "key" $key) -}}
      {{- $path := printf "%s.%s" $.path (include "istio-lightstep.escaped" (list $name $key)) -}}
      {{- if and $beside (eq $key "value") -}}
        {{- $name = include "istio-lightstep.key" (set (omit $.steps "key") "key" (index $.value $beside)) -}}
      {{- end -}}
      {{- include "istio-lightstep.literalKey" (dict "key" $key "path" $path "parent" $.name "value" $item "at" $) -}}
      {{- include "istio-lightstep.literals" (set (set (set (set (omit $ "value") "value" $item) "path" $path) "parent" $.name) "name" $name) -}}
    {{- end -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $item := .value -}}
    {{- include "istio-lightstep.literals" (set (set (omit $ "value") "value" $item) "path" (printf "%s[%d]" $.path $i)) -}}
  {{- end -}}
{{- else if or (kindIs "float64" .value) (kindIs "string" .value) (and (kindIs "bool" .value) (has .place (list "exporters" "backends"))) -}}
  {{- $name := printf "%s.%s" .parent .name -}}
  {{- if not (and (eq .place "objects") (mustRegexMatch .harmless.value (toString .value)) (not (mustRegexMatch .harmless.unlessNamed (printf "%s %s" .path $name)))) -}}
    {{- $rest := .value -}}
    {{- if kindIs "string" $rest -}}{{- $rest = mustRegexReplaceAllLiteral .reference $rest "${}" -}}{{- end -}}
    {{- dict "path" .path "name" $name "value" .value "rest" $rest "place" .place | toRawJson -}},
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Lists the .key, with the text that it has, where it is more than a name. */}}
{{- define "istio-lightstep.literalKey" -}}
{{- /* A word of letters, as most keys are, is never odd: Helm would compile the long pattern for each of them. */ -}}
{{- if and (not (mustRegexMatch "^[A-Za-z]*$" .key)) (mustRegexMatch .at.steps.odd .key) -}}
  {{- $text := printf "%s:%s" .key (ternary .value "" (kindIs "string" .value)) -}}
  {{- $rest := mustRegexReplaceAllLiteral .at.reference $text "${}" -}}
  {{- $name := printf "%s.%s" .parent (include "istio-lightstep.key" (set (omit .at.steps "key") "key" .key)) -}}
  {{- dict "path" .path "name" $name "value" "" "rest" $rest "place" .at.place | toRawJson -}},
{{- end -}}
{{- end -}}

{{/* A .key of a user's own map as it may be shown: not one that is more than a name, nor one with a secret of the values. */}}
{{- define "istio-lightstep.key" -}}
{{- if or (and (not (mustRegexMatch "^[A-Za-z]*$" .key)) (mustRegexMatch .odd .key)) (and .hidden (ne .key (include "istio-lightstep.mask" (dict "text" .key "hidden" .hidden)))) -}}
  {{- "[redacted]" -}}
{{- else -}}
  {{- .key -}}
{{- end -}}
{{- end -}}

{{/* The same as a step of a path. */}}
{{- define "istio-lightstep.step" -}}
{{- include "istio-lightstep.escaped" (list (include "istio-lightstep.key" .) .key) -}}
{{- end -}}

{{/* Of (list SHOWN KEY) the step that SHOWN is, which may be KEY itself. */}}
{{- define "istio-lightstep.escaped" -}}
{{- $shown := first . -}}
{{- if eq $shown (last .) -}}{{- $shown = regexReplaceAll `([\\.\[\]])` $shown `\${1}` -}}{{- end -}}
{{- $shown -}}
{{- end -}}

{{/*
Lists under .subject.characters where the values have a character that YAML takes for the end of a line, or does not take
at all, where Helm writes a text that has it: what follows would stand at the left edge of a document. Not in the global
values, which other charts share, nor in secrets, of which none is written as it is.
*/}}
{{- define "istio-lightstep.characters" -}}
{{- $found := dict -}}
{{- /* In the .json of all values it is quickly seen that there is none, by the bytes that each starts with. */ -}}
{{- $rest := .json -}}
{{- range list `\r` `\u202` "\x7f" "\xc2" "\xef" -}}{{- $rest = replace . "" $rest -}}{{- end -}}
{{- if ne $rest .json -}}
  {{- include "istio-lightstep.charactersBelow" (dict "value" (omit .subject.values "global") "path" "" "secrets" .secrets "steps" .steps "found" $found) -}}
{{- end -}}
{{- with $found -}}{{- $_ := set $.subject "characters" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{- define "istio-lightstep.charactersBelow" -}}
{{- $misread := `\r(?:[^\n]|$)|[\x7f-\x{9f}\x{2028}\x{2029}\x{feff}\x{fffe}\x{ffff}]` -}}
{{- if kindIs "string" .value -}}
  {{- $bad := regexFind $misread .value -}}
  {{- if and $bad (not (has (printf "values.%s" .path) .secrets)) -}}
    {{- include "istio-lightstep.note" (list .found (dict "path" .path "character" (regexFind "^(?s:.)" $bad | printf "%+q" | trimAll "\""))) -}}
  {{- end -}}
{{- else if kindIs "slice" .value -}}
  {{- range $i, $item := .value -}}
    {{- include "istio-lightstep.charactersBelow" (dict "value" $item "path" (printf "%s[%d]" $.path $i) "secrets" $.secrets "steps" $.steps "found" $.found) -}}
  {{- end -}}
{{- else if kindIs "map" .value -}}
  {{- range $key, $item := .value -}}
    {{- $bad := regexFind $misread $key -}}
    {{- if $bad -}}
      {{- include "istio-lightstep.note" (list $.found (dict "path" $.path "character" (regexFind "^(?s:.)" $bad | printf "%+q" | trimAll "\""))) -}}
    {{- else -}}
      {{- $step := include "istio-lightstep.step" (set (omit $.steps "key") "key" $key) -}}
      {{- include "istio-lightstep.charactersBelow" (dict "value" $item "path" (printf "%s.%s" $.path $step | trimPrefix ".") "secrets" $.secrets "steps" $.steps "found" $.found) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Puts into .into the Istio version that .subject has: that of the values, or else of the running istiod. */}}
{{- define "istio-lightstep.givenVersion" -}}
{{- $at := dict -}}
{{- range list "live.istiod.version" "values.istio.version" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject "path" . "into" $at) -}}
{{- end -}}
{{- $given := index $at "values.istio.version" -}}
{{- if has $given (list nil "") -}}{{- $given = index $at "live.istiod.version" -}}{{- end -}}
{{- $_ := set .into "version" $given -}}
{{- end -}}

{{/*
Of .files, files/dialects.json as far as .subject needs it: the oldest row, those of its minor, and the newest. A row is a
line there, and to read all of them takes as long as the rest.
*/}}
{{- define "istio-lightstep.dialects" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.givenVersion" (dict "subject" .subject "into" $at) -}}
{{- $minor := regexFind `^v?[0-9]+\.[0-9]+` (toString $at.version) | trimPrefix "v" -}}
{{- $lines := .files.Get "files/dialects.json" | trim | splitList "\n" -}}
{{- $rows := initial (rest $lines) -}}
{{- include "istio-lightstep.wholeLines" $lines -}}
{{- $needed := list -}}
{{- range $i, $row := $rows -}}
  {{- if or (eq $i 0) (eq (add1 $i) (len $rows | int64)) (hasPrefix (printf `{"minor":"%s",` $minor) $row) -}}
    {{- $needed = append $needed (trimSuffix "," $row) -}}
  {{- end -}}
{{- end -}}
{{- printf "%s%s]}" (first $lines) (join "," $needed) -}}
{{- end -}}

{{/* Reads the Istio version of .subject and chooses its row of .dialects. */}}
{{- define "istio-lightstep.version" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.givenVersion" (dict "subject" .subject "into" $at) -}}
{{- $unset := list nil "" -}}
{{- $given := $at.version -}}
{{- $oldest := (first .dialects).minor -}}
{{- $newest := (last .dialects).minor -}}
{{- $istio := dict "oldest" $oldest "newest" $newest "version" $given -}}
{{- $number := "(0|[1-9][0-9]{0,3})" -}}
{{- $grammar := printf `^v?%s\.%s(?:\.%s)?(?:-[0-9A-Za-z.-]+)?$` $number $number $number -}}
{{- if has $given $unset -}}
  {{- $_ := set (set $istio "version" "") "state" "missing" -}}
{{- else if not (kindIs "string" $given) -}}
  {{- $_ := set $istio "state" "malformed" -}}
{{- else if not (regexMatch $grammar $given) -}}
  {{- $_ := set $istio "state" "malformed" -}}
{{- else -}}
  {{- $minor := regexReplaceAll $grammar $given "${1}.${2}" -}}
  {{- $patch := regexReplaceAll $grammar $given "${3}" -}}
  {{- $_ := set (set $istio "minor" $minor) "patch" (float64 (default "0" $patch)) -}}
  {{- $rows := list -}}
  {{- range .dialects -}}{{- if eq .minor $minor -}}{{- $rows = append $rows . -}}{{- end -}}{{- end -}}
  {{- if $rows -}}
    {{- if and (eq $patch "") (gt (len $rows) 1) -}}
      {{- $_ := set $istio "state" "patch" -}}
    {{- else -}}
      {{- $_ := set $istio "state" "ok" -}}
      {{- range $rows -}}
        {{- if le (atoi (last (splitList "." .from))) (atoi (default "0" $patch)) -}}{{- $_ := set $.subject "dialect" . -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- else if lt (include "istio-lightstep.rank" $minor) (include "istio-lightstep.rank" $oldest) -}}
    {{- $_ := set $istio "state" "older" -}}
  {{- else -}}
    {{- $_ := set $istio "state" "newer" -}}
    {{- /* The newest row stands in within the same major; the rules decide how many minors ahead are too many. */ -}}
    {{- if eq (first (splitList "." $minor)) (first (splitList "." $newest)) -}}
      {{- $ahead := sub (atoi (last (splitList "." $minor))) (atoi (last (splitList "." $newest))) -}}
      {{- $_ := set $istio "ahead" (float64 $ahead) -}}
      {{- $_ := set $.subject "dialect" (last .dialects) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set .subject "istio" $istio -}}
{{- end -}}

{{/* The form of a version, or of a range of versions as Helm takes it. */}}
{{- define "istio-lightstep.versionRange" -}}
{{- $number := "(0|[1-9][0-9]{0,3})" -}}
{{- $one := printf `([<>]=?|[~^])? ?v?%s(\.(%s|[xX*])){0,2}` $number $number -}}
{{- printf `^%s((, ?| )%s)*$` $one $one -}}
{{- end -}}

{{/* Notes in the .subject whether the version that the user's document has is of another dialect than that of the values. */}}
{{- define "istio-lightstep.documentVersion" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .subject "path" "document.version" "into" $at) -}}
{{- $version := index $at "document.version" -}}
{{- if kindIs "string" $version -}}
  {{- $other := dict "values" (dict "istio" (dict "version" $version)) -}}
  {{- $rows := include "istio-lightstep.dialects" (dict "subject" $other "files" .files) | fromJson -}}
  {{- include "istio-lightstep.version" (dict "subject" $other "dialects" $rows.dialects) -}}
  {{- $differs := not (deepEqual $other.istio.minor .subject.istio.minor) -}}
  {{- if hasKey $other "dialect" -}}{{- $differs = not (deepEqual $other.dialect .subject.dialect) -}}
  {{- else if eq $other.istio.state "malformed" -}}
    {{- /* A range, of which it is certain where no patch of the values' minor is in it; or a tag of somebody's own. */ -}}
    {{- $differs = and (hasKey .subject.istio "minor") (regexMatch (include "istio-lightstep.versionRange" .) $version) (regexMatch `[<>~^xX*]` $version) -}}
    {{- if $differs -}}
      {{- range until 100 -}}
        {{- if semverCompare $version (printf "%s.%d" $.subject.istio.minor .) -}}{{- $differs = false -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $_ := set .subject.document "versionDiffers" $differs -}}
{{- end -}}
{{- end -}}

{{/* A minor such as 1.16 as text that sorts as versions do: 0001.0016. */}}
{{- define "istio-lightstep.rank" -}}
{{- $parts := splitList "." . -}}
{{- printf "%04d.%04d" (atoi (first $parts)) (atoi (last $parts)) -}}
{{- end -}}

{{/*
Says in the subject how spans are delivered, where the dialect is known, and what the collector receives from proxies where
there is one. Backends need one.
*/}}
{{- define "istio-lightstep.delivery" -}}
{{- if hasKey . "dialect" -}}
  {{- $at := dict -}}
  {{- include "istio-lightstep.find" (dict "root" . "path" "values.delivery" "into" $at) -}}
  {{- $asked := index $at "values.delivery" -}}
  {{- if has $asked (list (index dict "null") "" "auto") -}}
    {{- $_ := set . "delivery" (ternary .dialect.auto "collector" (empty .backends)) -}}
  {{- else if has $asked (list "native" "collector" "direct") -}}
    {{- $_ := set . "delivery" $asked -}}
  {{- end -}}
  {{- if eq "collector" (toString (get . "delivery")) -}}
    {{- /* Beside the tracer of old, proxies have no other than Zipkin's. */ -}}
    {{- $_ := set . "receiver" (ternary .dialect.receiver "zipkin" (empty .dialect.native)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Finds the dotted .path under .root and puts it into the dictionary .into, by the path: null where there is none. */}}
{{- define "istio-lightstep.find" -}}
{{- $found := .root -}}
{{- range splitList "." .path -}}
  {{- if kindIs "map" $found -}}{{- $found = index $found . -}}{{- else -}}{{- $found = index dict . -}}{{- end -}}
{{- end -}}
{{- $_ := set .into .path $found -}}
{{- end -}}

{{/* Refuses files/dialects.json where its .lines are not all there: a line each row, and one before and one behind them. */}}
{{- define "istio-lightstep.wholeLines" -}}
{{- $count := get (fromJson (printf "%s]}" (first .))) "count" | int64 -}}
{{- if not (and (gt $count 0) (eq $count (sub (len .) 2)) (eq "]}" (last .))) -}}
  {{- include "istio-lightstep.refuse" "files/dialects.json is missing from the chart or damaged: install the complete chart" -}}
{{- end -}}
{{- end -}}

{{/* Refuses a data file of the chart that is missing, broken or cut short: with no rules all values would pass. */}}
{{- define "istio-lightstep.whole" -}}
{{- $entries := index .table .list -}}
{{- if not (and (kindIs "slice" $entries) $entries) -}}
  {{- include "istio-lightstep.refuse" (printf "%s is missing from the chart or damaged: install the complete chart" .file) -}}
{{- else if ne (len $entries) (int .table.count) -}}
  {{- include "istio-lightstep.refuse" (printf "%s has %d %s instead of %d: install the complete chart" .file (len $entries) .list (int .table.count)) -}}
{{- end -}}
{{- end -}}

{{/* Fails with the message, under `helm lint` too: there `fail` only logs, but an unknown name is an error. */}}
{{- define "istio-lightstep.refuse" -}}
{{- fail (printf "\n\nistio-lightstep: %s\n" .) -}}
{{- include (printf "refused: %s" .) . -}}
{{- end -}}
