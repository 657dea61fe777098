{{/*
Files of the collector, as a part of the subject.
*/}}

{{/*
Lists under .subject.files each file that the collector reads or writes, by .files of rules.yaml, and that is below no volume,
with the path of the values that name it, and its use; of one that is in a volume whose items lack it, its .use is items. Of
what has a reference in it, that is not known.
*/}}
{{- define "istio-lightstep.files" -}}
{{- $facts := .files -}}
{{- $at := dict -}}
{{- range list "cacert.directory" "values.collector.extraVolumes" "values.collector.extraVolumeMounts" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject "path" . "into" $at) -}}
{{- end -}}
{{- $fixed := dict -}}
{{- $items := dict -}}
{{- range ternary (index $at "values.collector.extraVolumes") list (kindIs "slice" (index $at "values.collector.extraVolumes")) -}}
  {{- if kindIs "map" . -}}
    {{- $volume := . -}}
    {{- range $facts.readOnly -}}{{- if hasKey $volume . -}}{{- $_ := set $fixed (toString $volume.name) true -}}{{- end -}}{{- end -}}
    {{- with include "istio-lightstep.itemsOf" . -}}{{- $_ := set $items (toString $volume.name) (fromJsonArray .) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $folders := dict "reads" list "writes" list -}}
{{- $mounts := list -}}
{{- with index $at "cacert.directory" -}}{{- $_ := set $folders "reads" (list .) -}}{{- end -}}
{{- range ternary (index $at "values.collector.extraVolumeMounts") list (kindIs "slice" (index $at "values.collector.extraVolumeMounts")) -}}
  {{- if kindIs "map" . -}}
    {{- $folder := toString .mountPath | clean -}}
    {{- $mounts = append $mounts (dict "folder" $folder "items" (ternary (list nil) (get $items (toString .name) | default (list nil)) (or (hasKey . "subPath") (hasKey . "subPathExpr")))) -}}
    {{- $_ := set $folders "reads" (append $folders.reads $folder) -}}
    {{- if not (or (deepEqual true .readOnly) (hasKey $fixed (toString .name))) -}}{{- $_ := set $folders "writes" (append $folders.writes $folder) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $found := dict -}}
{{- /* The switches that are on, by their paths. */ -}}
{{- $on := dict -}}
{{- range .subject.literals -}}{{- if deepEqual true .value -}}{{- $_ := set $on .path true -}}{{- end -}}{{- end -}}
{{- range .subject.literals -}}
  {{- $path := .path -}}
  {{- $use := "" -}}
  {{- $file := toString .value -}}
  {{- if and (eq .place "env") (hasPrefix "collector.env[" .path) (mustRegexMatch $facts.variables .name) -}}
    {{- $use = "reads" -}}
  {{- else if not (has .place (list "exporters" "backends")) -}}
  {{- else if hasPrefix "${file:" $file -}}
    {{- $use = "reads" -}}
    {{- $file = trimPrefix "${file:" $file | trimSuffix "}" -}}
  {{- else if mustRegexMatch $facts.writes .path -}}
    {{- $use = "writes" -}}
  {{- else if mustRegexMatch $facts.reads .path -}}
    {{- $use = "reads" -}}
  {{- end -}}
  {{- $file = trimPrefix "file://" $file -}}
  {{- if and $use $file (kindIs "string" .value) (not (regexMatch `[$][{(]|^(stdout|stderr)$` $file)) -}}
    {{- $there := and (eq $use "writes") (mustRegexMatch $facts.writable (clean $file)) -}}
    {{- /* Go takes a list of folders here: one that is there is enough. */ -}}
    {{- range ternary (splitList ":" $file) (list $file) (and (eq $use "reads") (hasSuffix ".SSL_CERT_DIR" .name)) -}}
      {{- $one := clean . -}}
      {{- if and (eq $use "reads") (or (mustRegexMatch $facts.present $one) (mustRegexMatch $facts.mounted $one)) -}}{{- $there = true -}}{{- end -}}
      {{- range index $folders $use -}}
        {{- if or (eq $one .) (hasPrefix (printf "%s/" (trimSuffix "/" .)) $one) -}}{{- $there = true -}}{{- end -}}
      {{- end -}}
    {{- end -}}
    {{- /* The longest folder is that of the file. */ -}}
    {{- $in := dict "folder" "" "items" (list nil) -}}
    {{- range $mounts -}}
      {{- if and (hasPrefix (printf "%s/" .folder) (clean $file)) (gt (len .folder) (len $in.folder)) -}}{{- $in = . -}}{{- end -}}
    {{- end -}}
    {{- $item := trimPrefix (printf "%s/" $in.folder) (clean $file) -}}
    {{- $lacks := and (eq $use "reads") (not (hasSuffix ".SSL_CERT_DIR" .name)) (not (has nil $in.items)) (not (has $item $in.items)) -}}
    {{- if not $there -}}
      {{- include "istio-lightstep.note" (list $found (dict "path" .path "use" $use)) -}}
    {{- else if $lacks -}}
      {{- include "istio-lightstep.note" (list $found (dict "path" .path "use" "items")) -}}
    {{- else if eq $use "writes" -}}
      {{- $wrong := include "istio-lightstep.ownFolder" (dict "path" .path "file" (clean $file) "on" $on) -}}
      {{- with $wrong -}}{{- include "istio-lightstep.note" (list $found (set (fromJson .) "path" $path)) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- include "istio-lightstep.growing" (dict "subject" .subject "steps" .steps "found" $found) -}}
{{- with $found -}}{{- $_ := set $.subject "files" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* The paths of all files in the volume ., as a JSON list, where it names each of them. Nothing where it does not. */}}
{{- define "istio-lightstep.itemsOf" -}}
{{- $sources := list -}}
{{- $volume := . -}}
{{- range list "configMap" "secret" "downwardAPI" -}}
  {{- if hasKey $volume . -}}{{- $sources = append $sources (dict . (index $volume .)) -}}{{- end -}}
{{- end -}}
{{- if kindIs "map" (index . "projected") -}}
  {{- $sources = index .projected "sources" -}}
  {{- $sources = ternary $sources list (kindIs "slice" $sources) -}}
{{- end -}}
{{- $paths := list -}}
{{- $known := not (empty $sources) -}}
{{- range $source := $sources -}}
  {{- range $kind, $of := ternary $source (dict "" "") (kindIs "map" $source) -}}
    {{- $given := ternary $of dict (kindIs "map" $of) -}}
    {{- $named := list -}}
    {{- range list "path" "keyPath" "certificateChainPath" "credentialBundlePath" -}}
      {{- if index $given . -}}{{- $named = append $named (index $given .) -}}{{- end -}}
    {{- end -}}
    {{- range ternary (index $given "items") list (kindIs "slice" (index $given "items")) -}}
      {{- if kindIs "map" . -}}{{- $named = append $named (index . "path") -}}{{- end -}}
    {{- end -}}
    {{- $known = and $known (not (empty $named)) -}}
    {{- range $named -}}{{- $paths = append $paths (toString . | clean) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if $known -}}{{- toRawJson $paths -}}{{- end -}}
{{- end -}}

{{/*
What is wrong with the .file that something at the .path writes on the collector's own volume, as JSON of {use, fix}: a
folder that nothing creates, or a place of the queues. Takes the switches that are .on.
*/}}
{{- define "istio-lightstep.ownFolder" -}}
{{- $file := .file -}}
{{- if regexMatch `^/var/lib/otelcol(/|$)` $file -}}
  {{- $owner := regexReplaceAll `\.(compaction\.)?[a-z_]+(\[[0-9]+\])?$` .path "" -}}
  {{- $storage := hasSuffix ".directory" .path -}}
  {{- $compaction := hasSuffix ".compaction.directory" .path -}}
  {{- $folder := ternary $file (dir $file) $storage -}}
  {{- $known := or (hasKey .on (printf "%s.create_directory" $owner)) (regexMatch `\.save_to_file$|\.wal(_config)?\.directory$` .path) -}}
  {{- if and $compaction (not (or (hasKey .on (printf "%s.compaction.on_start" $owner)) (hasKey .on (printf "%s.compaction.on_rebound" $owner)))) -}}{{- $known = true -}}{{- end -}}
  {{- if or (regexMatch `^/var/lib/otelcol/exporter_[^/]*$` $file) (and $storage (not $compaction) (eq $file "/var/lib/otelcol")) -}}
    {{- dict "use" "queues" | toRawJson -}}
  {{- else if and (ne $folder "/var/lib/otelcol") (not $known) -}}
    {{- $fix := printf "set %s.create_directory to true" $owner -}}
    {{- if regexMatch `output_paths` .path -}}{{- $fix = "write a file in /var/lib/otelcol itself" -}}{{- end -}}
    {{- dict "use" "lacks" "fix" $fix | toRawJson -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
Adds to .found the files of exporters and of logs on the collector's own volume that can grow until it has no room for the
queue. An exporter rotates its files where it is asked to, and keeps 100 of 100 MB by default; 0 is all of them.
*/}}
{{- define "istio-lightstep.growing" -}}
{{- $at := dict -}}
{{- range list "collector.persistence.enabled" "collector.persistence.size" "collector.exporters" "collector.config.exporters" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject.values "path" . "into" $at) -}}
{{- end -}}
{{- $room := dict -}}
{{- include "istio-lightstep.quantity" (dict "given" (index $at "collector.persistence.size") "into" $room) -}}
{{- /* A queue needs 2.15 times the bytes of its spans at most. What the values do not tell is taken for right. */ -}}
{{- $left := 9007199254740992.0 -}}
{{- if and (eq $room.state "ok") (deepEqual true (index $at "collector.persistence.enabled")) -}}
  {{- $left = subf $room.amount (mulf $.subject.queue.each $.subject.queue.count 2.15) -}}
{{- end -}}
{{- range $place := list "collector.exporters" "collector.config.exporters" -}}
  {{- range $name, $settings := ternary (index $at $place) dict (kindIs "map" (index $at $place)) -}}
    {{- if and (regexMatch `^file(/|$)` $name) (kindIs "map" $settings) -}}
      {{- $most := 0.0 -}}
      {{- $rotation := index $settings "rotation" -}}
      {{- if kindIs "map" $rotation -}}
        {{- $most = 1.0 -}}
        {{- $megabytes := index $rotation "max_megabytes" | default 100.0 -}}
        {{- $backups := 100.0 -}}
        {{- if hasKey $rotation "max_backups" -}}{{- $backups = index $rotation "max_backups" -}}{{- end -}}
        {{- if and (kindIs "float64" $megabytes) (kindIs "float64" $backups) -}}
          {{- $most = ternary (mulf $megabytes 1048576.0 (addf $backups 1.0)) 0.0 (gt $backups 0.0) -}}
        {{- end -}}
      {{- end -}}
      {{- if and (regexMatch `^/var/lib/otelcol/` (toString (index $settings "path") | clean)) (or (eq $most 0.0) (gt $most $left)) -}}
        {{- $path := printf "%s.%s.path" $place (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
        {{- include "istio-lightstep.note" (list $.found (dict "path" $path "use" "grows" "fix" "set rotation beside it, with what leaves room for the queue, for example {max_megabytes: 20, max_backups: 3}")) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .subject.literals -}}
  {{- if and (regexMatch `\.(error_)?output_paths\[[0-9]+\]$` .path) (regexMatch `^/var/lib/otelcol/` (trimPrefix "file://" (toString .value) | clean)) -}}
    {{- include "istio-lightstep.note" (list $.found (dict "path" .path "use" "grows" "fix" "write stdout or stderr, which Kubernetes rotates")) -}}
  {{- end -}}
{{- end -}}
{{- end -}}
