{{/* The labels of (list $ LABELS), the user's own by which Prometheus or Grafana selects the object; the chart's win. */}}
{{- define "istio-lightstep.monitoringLabels" -}}
{{- $labels := deepCopy (last . | default dict) -}}
{{- include "istio-lightstep.lay" (dict "base" $labels "over" (include "istio-lightstep.labels" (first .) | fromYaml)) -}}
{{- toYaml $labels -}}
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
