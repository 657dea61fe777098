{{- define "istio-lightstep.live" -}}{{- end -}}
