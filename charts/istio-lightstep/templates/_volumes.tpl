{{/*
The volumes of collectors that are there, beside those of the values.
*/}}

{{/* The volumes of the collectors that run, and what the values ask for, as JSON. */}}
{{- define "istio-lightstep.liveVolume" -}}
{{- with lookup "apps/v1" "StatefulSet" .Release.Namespace (include "istio-lightstep.collector" .) -}}
  {{- include "istio-lightstep.volumesOf" (dict "set" . "values" $.Values) -}}
{{- end -}}
{{- end -}}

{{/*
The volumes of the collectors .set beside those of the .values, as JSON: .changed where they are other ones, which Kubernetes
would refuse; .replicas is how many collectors have a volume. A size that cannot be read is what other rules are for.
*/}}
{{- define "istio-lightstep.volumesOf" -}}
  {{- $at := dict -}}
  {{- range list "enabled" "size" "storageClassName" -}}
    {{- include "istio-lightstep.find" (dict "root" (dict "values" $.values) "path" (printf "values.collector.persistence.%s" .) "into" $at) -}}
  {{- end -}}
  {{- $asked := dict "enabled" false -}}
  {{- if deepEqual true (index $at "values.collector.persistence.enabled") -}}
    {{- $asked = dict "enabled" true "size" (index $at "values.collector.persistence.size" | toString) "class" (index $at "values.collector.persistence.storageClassName" | toString) -}}
  {{- end -}}
  {{- $runs := dict "enabled" false -}}
  {{- range .set.spec.volumeClaimTemplates -}}
    {{- $runs = dict "enabled" true "size" (dig "resources" "requests" "storage" "" .spec | toString) "class" (get .spec "storageClassName" | default "") -}}
  {{- end -}}
  {{- $changed := ne $asked.enabled $runs.enabled -}}
  {{- if and $asked.enabled $runs.enabled -}}
    {{- $askedSize := dict -}}
    {{- include "istio-lightstep.quantity" (dict "given" $asked.size "into" $askedSize) -}}
    {{- $runsSize := dict -}}
    {{- include "istio-lightstep.quantity" (dict "given" $runs.size "into" $runsSize) -}}
    {{- $read := and (eq $askedSize.state "ok") (eq $runsSize.state "ok") -}}
    {{- $changed = or (ne $asked.class $runs.class) (and $read (ne $askedSize.bytes $runsSize.bytes)) -}}
  {{- end -}}
  {{- dict "changed" $changed "runs" (include "istio-lightstep.volumeText" $runs) "asked" (include "istio-lightstep.volumeText" $asked) "name" .set.metadata.name "replicas" (ternary (index .set.spec "replicas") 0 $runs.enabled) | toJson -}}
{{- end -}}

{{/* The volume . in words. */}}
{{- define "istio-lightstep.volumeText" -}}
{{- if .enabled -}}a volume of {{ .size }}{{- with .class }} of class {{ . }}{{- end -}}{{- else -}}no volume{{- end -}}
{{- end -}}
