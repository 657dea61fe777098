{{/*
What runs on the cluster, as JSON, for the rules to judge; empty in `helm template` and in Go. It takes the rights to
get and list Deployments and DaemonSets in istio.namespace and Telemetries in the root namespace, and to get the
Namespaces and Secrets that the values name. A right that is missing is an error of Helm's, never taken for "fine".
*/}}
{{- define "istio-lightstep.live" -}}
{{- if lookup "v1" "Namespace" "" "kube-system" -}}
{{- $live := dict "release" .Release.Name "name" (include "istio-lightstep.provider" .) -}}
{{- $_ := set $live "rootNamespace" (include "istio-lightstep.rootNamespace" .) -}}
{{- with include "istio-lightstep.liveIstiod" . -}}{{- $_ := set $live "istiod" (fromJson .) -}}{{- end -}}
{{- $given := .Values.istio.version | default "" | toString | trimPrefix "v" -}}
{{- $running := dig "istiod" "version" "" $live -}}
{{- if and $given $running -}}
  {{- $parts := regexFindAll "^[0-9]+\\.[0-9]+(\\.[0-9]+)?" $given -1 -}}
  {{- $same := or (not $parts) (eq (first $parts) $running) (hasPrefix (printf "%s." (first $parts)) $running) -}}
  {{- $_ := set $live "versionDiffers" (not $same) -}}
{{- end -}}
{{- $_ := set $live "ambient" (not (empty (lookup "apps/v1" "DaemonSet" .Values.istio.namespace "ztunnel"))) -}}
{{- $_ := set $live "otherTelemetries" (include "istio-lightstep.liveTelemetries" . | fromJsonArray) -}}
{{- $namespaces := list -}}
{{- $withCA := list -}}
{{- range include "istio-lightstep.caNamespaces" . | fromJsonArray -}}
  {{- if lookup "v1" "Namespace" "" . -}}{{- $namespaces = append $namespaces . -}}{{- end -}}
  {{- if not $.Values.cacert.pem -}}
    {{- $secret := lookup "v1" "Secret" . ($.Values.cacert.existingSecret.name | default "lightstep.cacert") -}}
    {{- if hasKey (dig "data" dict $secret) (base $.Values.global.tracer.lightstep.cacertPath) -}}{{- $withCA = append $withCA . -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set (set $live "namespaces" $namespaces) "caNamespaces" $withCA -}}
{{- with .Values.accessTokenFrom -}}
  {{- if .name -}}
    {{- $namespace := ternary $.Values.istio.namespace $.Release.Namespace (eq $.Values.delivery "direct") -}}
    {{- $secret := lookup "v1" "Secret" $namespace .name -}}
    {{- $found := dict "namespace" $namespace "present" (hasKey (dig "data" dict $secret) .key) -}}
    {{- $_ := set $live "tokenSecret" $found -}}
  {{- end -}}
{{- end -}}
{{- toJson $live -}}
{{- end -}}
{{- end -}}

{{/* The istiod of our revision: its image, the version that tells, and the shared mesh ConfigMap that it reads. */}}
{{- define "istio-lightstep.liveIstiod" -}}
{{- $revision := .Values.istio.revision | default "default" -}}
{{- $istiod := dict -}}
{{- range dig "items" list (lookup "apps/v1" "Deployment" .Values.istio.namespace "") -}}
  {{- $labels := .metadata.labels | default dict -}}
  {{- if and (has (get $labels "app") (list "istiod" "pilot")) (eq (get $labels "istio.io/rev" | default "default") $revision) -}}
    {{- $label := get $labels "app.kubernetes.io/version" -}}
    {{- range .spec.template.spec.containers -}}
      {{- if eq .name "discovery" -}}
        {{- $_ := set $istiod "image" .image -}}
        {{- $tag := regexFind ":v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$" .image -}}
        {{- /* The chart of a build of one's own calls itself 1.0.0. */ -}}
        {{- $version := regexFind "[0-9]+\\.[0-9]+\\.[0-9]+" $tag | default (ternary "" $label (eq $label "1.0.0")) -}}
        {{- $_ := set $istiod "version" (regexFind "^[0-9]+\\.[0-9]+\\.[0-9]+" $version) -}}
        {{- range .env -}}
          {{- if eq .name "SHARED_MESH_CONFIG" -}}{{- $_ := set $istiod "sharedMeshConfig" .value -}}{{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if $istiod -}}{{- toJson $istiod -}}{{- end -}}
{{- end -}}

{{/* Names of the mesh-wide Telemetries beside ours, as a JSON list. */}}
{{- define "istio-lightstep.liveTelemetries" -}}
{{- $others := list -}}
{{- $revision := .Values.istio.revision | default "default" -}}
{{- $ours := include "istio-lightstep.provider" . -}}
{{- if .Capabilities.APIVersions.Has "telemetry.istio.io/v1alpha1" -}}
  {{- range dig "items" list (lookup "telemetry.istio.io/v1alpha1" "Telemetry" (include "istio-lightstep.rootNamespace" .) "") -}}
    {{- $of := get (.metadata.labels | default dict) "istio.io/rev" | default $revision -}}
    {{- $targeted := or (dig "selector" "" .spec) (dig "targetRef" "" .spec) (dig "targetRefs" "" .spec) -}}
    {{- if and (ne .metadata.name $ours) (eq $of $revision) (not $targeted) -}}{{- $others = append $others .metadata.name -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $others -}}
{{- end -}}

{{/* Namespaces of the applications and of the gateways, sorted, as a JSON list. */}}
{{- define "istio-lightstep.caNamespaces" -}}
{{- $namespaces := .Values.cacert.namespaces | default list -}}
{{- range .Values.gateways -}}{{- $namespaces = append $namespaces .namespace -}}{{- end -}}
{{- $namespaces | uniq | sortAlpha | toJson -}}
{{- end -}}
