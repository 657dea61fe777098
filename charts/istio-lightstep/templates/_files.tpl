{{/*
Files of the collector, as a part of the subject.
*/}}

{{/*
Lists under .subject.files each file that the collector reads or writes, by .files of rules.yaml, and that is below no volume,
with the path of the values that name it, and its use. Of what has a reference in it, that is not known.
*/}}
{{- define "istio-lightstep.files" -}}
{{- $facts := .files -}}
{{- $at := dict -}}
{{- range list "cacert.directory" "values.collector.extraVolumes" "values.collector.extraVolumeMounts" -}}
  {{- include "istio-lightstep.find" (dict "root" $.subject "path" . "into" $at) -}}
{{- end -}}
{{- $fixed := dict -}}
{{- range ternary (index $at "values.collector.extraVolumes") list (kindIs "slice" (index $at "values.collector.extraVolumes")) -}}
  {{- if kindIs "map" . -}}
    {{- $volume := . -}}
    {{- range $facts.readOnly -}}{{- if hasKey $volume . -}}{{- $_ := set $fixed (toString $volume.name) true -}}{{- end -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $folders := dict "reads" list "writes" list -}}
{{- with index $at "cacert.directory" -}}{{- $_ := set $folders "reads" (list .) -}}{{- end -}}
{{- range ternary (index $at "values.collector.extraVolumeMounts") list (kindIs "slice" (index $at "values.collector.extraVolumeMounts")) -}}
  {{- if kindIs "map" . -}}
    {{- $folder := toString .mountPath | clean -}}
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
    {{- $file = clean $file -}}
    {{- $there := mustRegexMatch $facts.writable $file -}}
    {{- if eq $use "reads" -}}{{- $there = or (mustRegexMatch $facts.present $file) (mustRegexMatch $facts.mounted $file) -}}{{- end -}}
    {{- range index $folders $use -}}
      {{- if or (eq $file .) (hasPrefix (printf "%s/" (trimSuffix "/" .)) $file) -}}{{- $there = true -}}{{- end -}}
    {{- end -}}
    {{- if not $there -}}
      {{- include "istio-lightstep.note" (list $found (dict "path" .path "use" $use)) -}}
    {{- else if eq $use "writes" -}}
      {{- $wrong := include "istio-lightstep.ownFolder" (dict "path" .path "file" $file "on" $on) -}}
      {{- with $wrong -}}{{- include "istio-lightstep.note" (list $found (set (fromJson .) "path" $path)) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $found -}}{{- $_ := set $.subject "files" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
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
