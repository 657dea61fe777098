{{/* The labels of (list $ LABELS), the user's own by which Prometheus or Grafana selects the object; the chart's win. */}}
{{- define "istio-lightstep.monitoringLabels" -}}
{{- $labels := include "istio-lightstep.given" (last .) | fromYaml -}}
{{- include "istio-lightstep.lay" (dict "base" $labels "over" (include "istio-lightstep.labels" (first .) | fromYaml)) -}}
{{- toYaml $labels -}}
{{- end -}}

{{/*
The matcher of (list $ LABEL OF) for the Secrets of the backends that get spans, LightStep among them: those OF "certificates",
or those OF "tokens" and other headers. Empty where there is none.
*/}}
{{- define "istio-lightstep.secretsMatch" -}}
{{- $root := first . -}}
{{- $certificates := eq (last .) "certificates" -}}
{{- $names := list -}}
{{- if $certificates -}}
  {{- if include "istio-lightstep.ownCA" $root -}}{{- $names = append $names (include "istio-lightstep.cacertSecret" $root) -}}{{- end -}}
{{- else if include "istio-lightstep.toLightstep" $root -}}
  {{- $names = append $names (include "istio-lightstep.tokenSecret" $root) -}}
{{- end -}}
{{- $drained := list -}}
{{- range $root._subject.backends -}}{{- if .drain -}}{{- $drained = append $drained .name -}}{{- end -}}{{- end -}}
{{- range $root._subject.backendSecrets -}}
  {{- if and (not (has .backend $drained)) (has .kind (ternary (list "ca" "client") (list "header") $certificates)) -}}
    {{- $names = append $names .name -}}
  {{- end -}}
{{- end -}}
{{- $names = $names | uniq -}}
{{- if eq 1 (len $names) -}}
  {{- printf "%s=%q" (index . 1) (first $names) -}}
{{- else if $names -}}
  {{- printf "%s=~%q" (index . 1) (join "|" $names | replace "." "[.]") -}}
{{- end -}}
{{- end -}}

{{/*
An alert of (dict "name" NAME "page" ID "severity" … "for" … "expr" … "summary" … "description" …), whose page is that of a
finding of doctor.
*/}}
{{- define "istio-lightstep.alert" -}}
- alert: IstioLightstep{{ .name }}
  expr: {{ .expr }}
  for: {{ .for }}
  labels:
    severity: {{ .severity }}
  annotations:
    summary: {{ .summary | quote }}
    description: {{ .description | quote }}
    runbook_url: https://github.com/istio-lightstep/istio-lightstep/blob/main/docs/findings/{{ .page }}.md
{{- end -}}
