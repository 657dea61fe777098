{{/*
What runs on the cluster, as JSON, for the rules to judge; empty in `helm template` and in Go. It takes the rights to
list Deployments and get the DaemonSet ztunnel in istio.namespace, to get and list Telemetries in the root namespace, to get
the ConfigMaps of the mesh's settings, istiod's own and ours, to list StatefulSets beside the release and to get the ConfigMaps of its collectors,
and, as far as this delivery uses them, to list Deployments beside the gateways and to get the Namespaces and Secrets that the
values name. A right that is missing is an error of Helm's, never taken for "fine".
*/}}
{{- define "istio-lightstep.live" -}}
{{- if .Values.lookup -}}
{{- if lookup "v1" "Namespace" "" "kube-system" -}}
{{- $live := dict "release" .Release.Name "namespace" .Release.Namespace "name" (include "istio-lightstep.provider" .) -}}
{{- $_ := set (set $live "rootNamespace" (include "istio-lightstep.rootNamespace" .)) "tokenEnv" (include "istio-lightstep.tokenEnv" .) -}}
{{- with include "istio-lightstep.liveIstiod" . -}}{{- $_ := set $live "istiod" (fromJson .) -}}{{- end -}}
{{- with include "istio-lightstep.liveMeshConfig" (dict "root" . "live" $live) -}}{{- $_ := set $live "meshConfig" (fromJson .) -}}{{- end -}}
{{- $given := .Values.istio.version | default "" | toString | trimPrefix "v" -}}
{{- $running := dig "istiod" "version" "" $live -}}
{{- if and $given $running -}}
  {{- $parts := regexFindAll "^[0-9]+\\.[0-9]+(\\.[0-9]+)?" $given -1 -}}
  {{- $same := or (not $parts) (eq (first $parts) $running) (hasPrefix (printf "%s." (first $parts)) $running) -}}
  {{- $_ := set $live "versionDiffers" (not $same) -}}
{{- end -}}
{{- $_ := set $live "ambient" (eq "true" (include "istio-lightstep.liveAmbient" .)) -}}
{{- with include "istio-lightstep.liveTaken" . -}}{{- $_ := set $live "taken" (fromJson .) -}}{{- end -}}
{{- $_ := set $live "otherTelemetries" (include "istio-lightstep.liveTelemetries" . | fromJsonArray) -}}

{{- /* How spans are delivered decides which Namespaces and Secrets are asked for. */ -}}
{{- $subject := fromJson (toJson (dict "values" (pick .Values "backends" "global" "collector" "delivery" "istio"))) -}}
{{- $_ := set $subject "live" $live -}}
{{- include "istio-lightstep.backends" (dict "subject" $subject "files" .Files "steps" (dict "odd" "^$" "hidden" list)) -}}
{{- include "istio-lightstep.version" (dict "subject" $subject "dialects" (include "istio-lightstep.dialects" (dict "subject" $subject "files" .Files) | fromJson).dialects) -}}
{{- include "istio-lightstep.delivery" $subject -}}
{{- $delivery := get $subject "delivery" -}}
{{- $namespaces := list -}}
{{- $withCA := list -}}
{{- $asked := list -}}
{{- if has $delivery (list "native" "direct") -}}
  {{- $asked = include "istio-lightstep.caNamespaces" . | fromJsonArray -}}
  {{- $_ := set $live "missingGateways" (include "istio-lightstep.liveMissingGateways" . | fromJsonArray) -}}
{{- else if eq $delivery "collector" -}}
  {{- $asked = list .Release.Namespace -}}
  {{- with include "istio-lightstep.liveVolume" . -}}{{- $_ := set $live "volume" (fromJson .) -}}{{- end -}}
  {{- with include "istio-lightstep.liveSidecars" . -}}{{- $_ := set $live "sidecars" (eq . "true") -}}{{- end -}}
{{- end -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .Values "path" "global.tracer.lightstep.cacertPath" "into" $at) -}}
{{- $path := index $at "global.tracer.lightstep.cacertPath" | default "" | toString -}}
{{- $secretName := .Values.cacert.existingSecret.name | default "lightstep.cacert" -}}
{{- range $asked -}}
  {{- if regexMatch (include "istio-lightstep.liveName" $) . -}}
    {{- /* Helm makes the release's own namespace where it is asked to. */ -}}
    {{- if or (eq . $.Release.Namespace) (lookup "v1" "Namespace" "" .) -}}{{- $namespaces = append $namespaces . -}}{{- end -}}
    {{- if and $path (not $.Values.cacert.pem) (regexMatch (include "istio-lightstep.liveName" $) $secretName) -}}
      {{- $secret := lookup "v1" "Secret" . $secretName -}}
      {{- if hasKey (get $secret "data" | default dict) (base $path) -}}{{- $withCA = append $withCA . -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $_ := set (set $live "namespaces" $namespaces) "caNamespaces" $withCA -}}
{{- $missing := list -}}
{{- range $name, $own := .Values.telemetry.namespaces -}}
  {{- if and $own (regexMatch (include "istio-lightstep.liveName" $) $name) -}}
    {{- if not (lookup "v1" "Namespace" "" $name) -}}{{- $missing = append $missing $name -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- with $missing -}}{{- $_ := set $live "missingNamespaces" . -}}{{- end -}}
{{- with .Values.accessTokenFrom -}}
  {{- if and (has $delivery (list "collector" "direct")) (regexMatch (include "istio-lightstep.liveName" $) (get . "name" | default "" | toString)) -}}
    {{- $namespace := ternary $.Values.istio.namespace $.Release.Namespace (eq $delivery "direct") -}}
    {{- $secret := lookup "v1" "Secret" $namespace .name -}}
    {{- $data := get $secret "data" | default dict -}}
    {{- $found := dict "namespace" $namespace "present" (hasKey $data .key) -}}
    {{- $_ := set $found "visible" (regexMatch "^[\\x21-\\x7e]+$" (get $data .key | b64dec)) -}}
    {{- $_ := set $live "tokenSecret" $found -}}
  {{- end -}}
{{- end -}}
{{- with include "istio-lightstep.liveQueues" (dict "root" . "subject" $subject) | fromJsonArray -}}{{- $_ := set $live "queues" . -}}{{- end -}}
{{- if eq $delivery "collector" -}}
  {{- with include "istio-lightstep.liveBackendSecrets" (dict "root" . "subject" $subject) | fromJsonArray -}}{{- $_ := set $live "backendSecrets" . -}}{{- end -}}
{{- end -}}
{{- toJson $live -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* An object of ours that another release made, as JSON: two releases with the same names, in different namespaces. */}}
{{- define "istio-lightstep.liveTaken" -}}
{{- $name := include "istio-lightstep.provider" . -}}
{{- $root := include "istio-lightstep.rootNamespace" . -}}
{{- $found := list -}}
{{- if and (regexMatch (include "istio-lightstep.liveName" .) $name) (regexMatch (include "istio-lightstep.liveName" .) (toString .Values.istio.namespace)) -}}
  {{- $found = append $found (lookup "v1" "ConfigMap" .Values.istio.namespace $name) -}}
  {{- if and (.Capabilities.APIVersions.Has "telemetry.istio.io/v1alpha1") (regexMatch (include "istio-lightstep.liveName" .) $root) -}}
    {{- $found = append $found (lookup "telemetry.istio.io/v1alpha1" "Telemetry" $root $name) -}}
  {{- end -}}
{{- end -}}
{{- $taken := dict -}}
{{- range $found -}}
  {{- $annotations := dig "metadata" "annotations" dict . | default dict -}}
  {{- $release := get $annotations "meta.helm.sh/release-name" -}}
  {{- $namespace := get $annotations "meta.helm.sh/release-namespace" -}}
  {{- if and $release (not $taken) (not (and (eq $release $.Release.Name) (eq $namespace $.Release.Namespace))) -}}
    {{- $taken = dict "kind" .kind "name" .metadata.name "namespace" .metadata.namespace "release" $release "releaseNamespace" $namespace -}}
  {{- end -}}
{{- end -}}
{{- if $taken -}}{{- toJson $taken -}}{{- end -}}
{{- end -}}

{{/*
The Secrets of the backends of .subject, as a JSON list: .present, and .unfit where the collector would not send what the
Secret holds. Its authenticator takes the first word of a file alone; another file it takes as it is, with ${…} replaced.
*/}}
{{- define "istio-lightstep.liveBackendSecrets" -}}
{{- $root := .root -}}
{{- $found := list -}}
{{- range .subject.backendSecrets -}}
  {{- if and (kindIs "string" .name) (kindIs "string" .key) (regexMatch (include "istio-lightstep.liveName" $root) (toString .name)) -}}
    {{- $data := get (lookup "v1" "Secret" $root.Release.Namespace .name) "data" | default dict -}}
    {{- $entry := dict "path" .path "name" .name "key" .key "present" (hasKey $data .key) "unfit" "" -}}
    {{- $text := get $data .key | default "" | b64dec -}}
    {{- if not $entry.present -}}
    {{- else if .watched -}}
      {{- if regexMatch `\S\s+\S` $text -}}{{- $_ := set $entry "unfit" "words" -}}{{- end -}}
    {{- else if has .kind (list "header" "resource") -}}
      {{- if regexMatch `[^\x20-\x7e]|\$|^$` $text -}}
        {{- $_ := set $entry "unfit" "characters" -}}
      {{- else if regexMatch `^\s*(\?\s*$|\{?\s*([-+.0-9][-+.:0-9A-Za-z_]*|~|(?i:null|true|false|yes|no|on|off))\s*:(\s|$))` $text -}}
        {{- $_ := set $entry "unfit" "yaml" -}}
      {{- end -}}
    {{- end -}}
    {{- $found = append $found $entry -}}
  {{- end -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* Prints whether the collectors that run have a sidecar; nothing where none runs. */}}
{{- define "istio-lightstep.liveSidecars" -}}
{{- with lookup "apps/v1" "StatefulSet" .Release.Namespace (include "istio-lightstep.collector" .) -}}
  {{- dig "spec" "template" "metadata" "annotations" "sidecar.istio.io/inject" "" . | toString | eq "true" -}}
{{- end -}}
{{- end -}}

{{/*
The queues on the volumes of this release's running collectors that the .subject would leave there, as a JSON list. What runs
decides, not what is asked for: other values may name no collector, or give it another name.
*/}}
{{- define "istio-lightstep.liveQueues" -}}
{{- $root := .root -}}
{{- $collectors := list -}}
{{- range $set := dig "items" list (lookup "apps/v1" "StatefulSet" $root.Release.Namespace "") -}}
  {{- if eq "true" (include "istio-lightstep.isCollector" (dict "root" $root "set" $set)) -}}
    {{- $map := lookup "v1" "ConfigMap" $root.Release.Namespace $set.metadata.name -}}
    {{- $collectors = append $collectors (dict "set" $set "map" $map) -}}
  {{- end -}}
{{- end -}}
{{- include "istio-lightstep.leftQueues" (dict "root" $root "subject" .subject "collectors" $collectors) -}}
{{- end -}}

{{/*
Puts into .into what the objects of before, ._previous of the .root, say of the release: the .alias that a parent chart had for
this one, or nothing, and the .root under that name. An alias is in these objects alone: it is taken to stay, and a rule says so.
*/}}
{{- define "istio-lightstep.former" -}}
{{- $root := .root -}}
{{- $alias := "" -}}
{{- range $root._previous -}}
  {{- $labels := .metadata.labels | default dict -}}
  {{- if and (eq .kind "StatefulSet") (hasKey $labels "istio-lightstep.io/alias-of") (eq $root.Release.Name (get $labels "app.kubernetes.io/instance")) -}}
    {{- $alias = get $labels "app.kubernetes.io/name" -}}
  {{- end -}}
{{- end -}}
{{- with $alias -}}
  {{- $root = set (omit $root "Chart") "Chart" (dict "Name" . "Version" $root.Chart.Version "AppVersion" $root.Chart.AppVersion) -}}
{{- end -}}
{{- $_ := set (set .into "alias" $alias) "root" $root -}}
{{- end -}}

{{/*
The same of collectors of before, ._previous: objects that an earlier configuration rendered, as they were given to the command.
Takes the .subject, and what "istio-lightstep.former" says.
*/}}
{{- define "istio-lightstep.previousQueues" -}}
{{- $root := .root -}}
{{- $maps := dict -}}
{{- range $root._previous -}}
  {{- if eq .kind "ConfigMap" -}}{{- $_ := set $maps .metadata.name . -}}{{- end -}}
{{- end -}}
{{- $collectors := list -}}
{{- range $set := $root._previous -}}
  {{- if eq $set.kind "StatefulSet" -}}
    {{- if eq "true" (include "istio-lightstep.isCollector" (dict "root" $root "set" $set)) -}}
      {{- $collectors = append $collectors (dict "set" $set "map" (index $maps $set.metadata.name | default dict)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $left := include "istio-lightstep.leftQueues" (dict "root" $root "subject" .subject "collectors" $collectors) | fromJsonArray -}}
{{- if and .alias $collectors -}}{{- $left = append $left (dict "alias" .alias) -}}{{- end -}}
{{- toJson $left -}}
{{- end -}}

{{/*
Lists, under .stranded of the .subject, the queues that it leaves on volumes: those of running collectors, as live has them, or
of before. Each has of: running or former. Under claims are the volumes of the same collectors, as "istio-lightstep.volumesOf"
has them.
*/}}
{{- define "istio-lightstep.stranded" -}}
{{- $former := dict -}}
{{- if hasKey .root "_previous" -}}{{- include "istio-lightstep.former" (dict "root" .root "into" $former) -}}{{- end -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .subject "path" "live.queues" "into" $at) -}}
{{- $queues := index $at "live.queues" -}}
{{- $of := "running" -}}
{{- if and (not $queues) $former -}}
  {{- $queues = include "istio-lightstep.previousQueues" (set $former "subject" .subject) | fromJsonArray -}}
  {{- $of = "former" -}}
{{- end -}}
{{- $stranded := list -}}
{{- range ternary $queues list (kindIs "slice" $queues) -}}{{- $stranded = append $stranded (set . "of" $of) -}}{{- end -}}
{{- with $stranded -}}{{- $_ := set $.subject "stranded" . -}}{{- end -}}
{{- include "istio-lightstep.find" (dict "root" .subject "path" "live.volume" "into" $at) -}}
{{- $claims := index $at "live.volume" -}}
{{- if and (not (kindIs "map" $claims)) $former -}}
  {{- $name := include "istio-lightstep.collector" $former.root -}}
  {{- range .root._previous -}}
    {{- if and (eq .kind "StatefulSet") (eq .metadata.name $name) (kindIs "map" (index . "spec")) -}}
      {{- $claims = include "istio-lightstep.volumesOf" (dict "set" . "values" $.subject.values) | fromJson -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if kindIs "map" $claims -}}{{- $_ := set $.subject "claims" (set (toJson $claims | fromJson) "namespace" $.root.Release.Namespace) -}}{{- end -}}
{{- end -}}

{{/* Prints true for a .set that is the collectors of this release, with volumes. */}}
{{- define "istio-lightstep.isCollector" -}}
{{- $labels := include "istio-lightstep.collectorSelector" .root | fromYaml -}}
{{- $own := pick (.set.metadata.labels | default dict) "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" -}}
{{- if and (deepEqual $labels $own) (dig "spec" "volumeClaimTemplates" list .set) -}}true{{- end -}}
{{- end -}}

{{/*
The queues of .collectors, each {set, map}, that the .subject would leave on their volumes, as a JSON list: each with its
exporter, and the name of the StatefulSet. With values that name no such collector .goes is true, and path is the value that
does it. .drained is true of one that gets no spans.
*/}}
{{- define "istio-lightstep.leftQueues" -}}
{{- $left := list -}}
{{- $kept := include "istio-lightstep.keptQueues" . | fromJson -}}
{{- range .collectors -}}
  {{- $name := .set.metadata.name -}}
  {{- $path := "backends" -}}
  {{- if ne (get $.subject "delivery") "collector" -}}{{- $path = "delivery" -}}
  {{- else if ne $name (include "istio-lightstep.collector" $.root) -}}{{- $path = "fullnameOverride" -}}
  {{- end -}}
  {{- $config := dig "data" "config.yaml" "" .map | fromYaml -}}
  {{- $drained := dig "service" "pipelines" "traces/drained" "exporters" list $config -}}
  {{- range $exporter, $settings := dig "exporters" dict $config -}}
    {{- $storage := include "istio-lightstep.queueStorage" (dict "exporter" $settings "default" "") -}}
    {{- if and $storage (or (ne $path "backends") (ne $storage (get $kept $exporter))) -}}
      {{- $left = append $left (dict "exporter" $exporter "drained" (has $exporter $drained) "set" $name "goes" (ne $path "backends") "path" $path) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $left -}}
{{- end -}}

{{/* The storage of each exporter's queue in collectors of these values, as JSON, by the exporter's name. */}}
{{- define "istio-lightstep.keptQueues" -}}
{{- $kept := dict -}}
{{- if .subject.lightstep -}}{{- $_ := set $kept "otlp_grpc/lightstep" "file_storage" -}}{{- end -}}
{{- range .subject.backends -}}
  {{- $_ := set $kept .exporterName (include "istio-lightstep.queueStorage" (dict "exporter" .exporter "default" "file_storage")) -}}
{{- end -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .subject.values "path" "collector.exporters" "into" $at) -}}
{{- $own := index $at "collector.exporters" -}}
{{- range $name, $exporter := ternary $own dict (kindIs "map" $own) -}}
  {{- $default := ternary "file_storage" "" (eq "true" (include "istio-lightstep.queueing" $name)) -}}
  {{- $_ := set $kept $name (include "istio-lightstep.queueStorage" (dict "exporter" $exporter "default" $default)) -}}
{{- end -}}
{{- /* Of the user's own configuration, the collector starts what a pipeline names. */ -}}
{{- $at := dict -}}
{{- range list "exporters" "service.pipelines" -}}
  {{- include "istio-lightstep.find" (dict "root" $.root.Values "path" (printf "collector.config.%s" .) "into" $at) -}}
{{- end -}}
{{- $exporters := index $at "collector.config.exporters" -}}
{{- $pipelines := index $at "collector.config.service.pipelines" -}}
{{- range ternary $pipelines dict (kindIs "map" $pipelines) -}}
  {{- $names := ternary . dict (kindIs "map" .) | dig "exporters" list -}}
  {{- range $name := ternary $names list (kindIs "slice" $names) -}}
    {{- if and (kindIs "string" $name) (kindIs "map" $exporters) -}}
      {{- if hasKey $exporters $name -}}
        {{- $_ := set $kept $name (include "istio-lightstep.queueStorage" (dict "exporter" (index $exporters $name) "default" "")) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $kept -}}
{{- end -}}

{{/* The name of the storage of the .exporter's queue, or .default where it does not say one; nothing without such a queue. */}}
{{- define "istio-lightstep.queueStorage" -}}
{{- if kindIs "map" .exporter -}}
  {{- $queue := dict -}}
  {{- if hasKey .exporter "sending_queue" -}}{{- $queue = index .exporter "sending_queue" -}}{{- end -}}
  {{- if kindIs "map" $queue -}}
    {{- if not (deepEqual false (index $queue "enabled")) -}}
      {{- if hasKey $queue "storage" -}}{{- with $queue.storage -}}{{- toString . -}}{{- end -}}{{- else -}}{{- .default -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* What a name that can be asked for looks like; others are refused by rules. An empty one would ask for all. */}}
{{- define "istio-lightstep.liveName" -}}
^[a-z0-9][-.a-z0-9]*$
{{- end -}}

{{/* The istiod of our revision: its image, the version that tells, and the shared mesh ConfigMap that it reads. */}}
{{- define "istio-lightstep.liveIstiod" -}}
{{- $revision := .Values.istio.revision | default "default" -}}
{{- $istiod := dict -}}
{{- $deployments := dict -}}
{{- if regexMatch (include "istio-lightstep.liveName" .) (toString .Values.istio.namespace) -}}
  {{- $deployments = lookup "apps/v1" "Deployment" .Values.istio.namespace "" -}}
{{- end -}}
{{- range dig "items" list $deployments -}}
  {{- $labels := .metadata.labels | default dict -}}
  {{- if and (has (get $labels "app") (list "istiod" "pilot")) (eq (get $labels "istio.io/rev" | default "default") $revision) -}}
    {{- $label := get $labels "app.kubernetes.io/version" -}}
    {{- range .spec.template.spec.containers -}}
      {{- if eq .name "discovery" -}}
        {{- $_ := set $istiod "image" .image -}}
        {{- $tag := regexFind ":v?[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?$" (.image | splitList "@" | first) -}}
        {{- /* The chart of a build of one's own calls itself 1.0.0. */ -}}
        {{- $version := regexFind "[0-9]+\\.[0-9]+\\.[0-9]+" $tag | default (ternary "" $label (eq $label "1.0.0")) -}}
        {{- $_ := set $istiod "version" (regexFind "^[0-9]+\\.[0-9]+\\.[0-9]+" $version) -}}
        {{- $_ := set $istiod "environment" list -}}
        {{- range .env -}}
          {{- $_ := set $istiod "environment" (append $istiod.environment .name) -}}
          {{- if eq .name "SHARED_MESH_CONFIG" -}}
            {{- /* One that another object names is not ours. */ -}}
            {{- $_ := set $istiod "sharedMeshConfig" (.value | default (ternary "one that another object names" "" (hasKey . "valueFrom"))) -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if $istiod -}}{{- toJson $istiod -}}{{- end -}}
{{- end -}}

{{/*
The mesh config that the istiod of .live has of its own, as JSON, as far as it can beat the shared one of the .root. Nothing
where there is no such istiod, or no shared one of ours.
*/}}
{{- define "istio-lightstep.liveMeshConfig" -}}
{{- $values := .root.Values -}}
{{- if and (hasKey .live "istiod") (deepEqual true $values.meshConfig.shared) -}}
  {{- $name := "istio" -}}
  {{- $revision := $values.istio.revision | default "default" | toString -}}
  {{- if ne $revision "default" -}}{{- $name = printf "istio-%s" $revision -}}{{- end -}}
  {{- if regexMatch (include "istio-lightstep.liveName" .root) $name -}}
    {{- $map := lookup "v1" "ConfigMap" $values.istio.namespace $name -}}
    {{- pick (dig "data" "mesh" "" $map | fromYaml) "enableTracing" "extensionProviders" | toJson -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Gateways whose selector fits the pods of no Deployment in their namespace, as a JSON list of NAMESPACE/NAME. */}}
{{- define "istio-lightstep.liveMissingGateways" -}}
{{- $missing := list -}}
{{- range .Values.gateways -}}
  {{- $selector := .selector | default dict -}}
  {{- if and $selector (regexMatch (include "istio-lightstep.liveName" $) (get . "namespace" | default "")) -}}
    {{- $found := false -}}
    {{- range dig "items" list (lookup "apps/v1" "Deployment" .namespace "") -}}
      {{- $labels := dig "spec" "template" "metadata" "labels" dict . | default dict -}}
      {{- $fits := true -}}
      {{- range $key, $value := $selector -}}{{- if ne (get $labels $key | default "") $value -}}{{- $fits = false -}}{{- end -}}{{- end -}}
      {{- if $fits -}}{{- $found = true -}}{{- end -}}
    {{- end -}}
    {{- if not $found -}}{{- $missing = append $missing (printf "%s/%s" .namespace (get . "name")) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $missing -}}
{{- end -}}

{{/* Prints true where ambient mode runs. */}}
{{- define "istio-lightstep.liveAmbient" -}}
{{- if regexMatch (include "istio-lightstep.liveName" .) (toString .Values.istio.namespace) -}}
  {{- if lookup "apps/v1" "DaemonSet" .Values.istio.namespace "ztunnel" -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* Names of the mesh-wide Telemetries beside ours, as a JSON list. */}}
{{- define "istio-lightstep.liveTelemetries" -}}
{{- $others := list -}}
{{- $revision := .Values.istio.revision | default "default" -}}
{{- $ours := include "istio-lightstep.provider" . -}}
{{- $namespace := include "istio-lightstep.rootNamespace" . -}}
{{- if and (.Capabilities.APIVersions.Has "telemetry.istio.io/v1alpha1") (regexMatch (include "istio-lightstep.liveName" .) $namespace) -}}
  {{- range dig "items" list (lookup "telemetry.istio.io/v1alpha1" "Telemetry" $namespace "") -}}
    {{- $of := get (.metadata.labels | default dict) "istio.io/rev" | default $revision -}}
    {{- $spec := .spec | default dict -}}
    {{- $targeted := or (get $spec "selector") (get $spec "targetRef") (get $spec "targetRefs") -}}
    {{- if and (ne .metadata.name $ours) (eq $of $revision) (not $targeted) -}}{{- $others = append $others .metadata.name -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- toJson $others -}}
{{- end -}}

{{/* Namespaces of the applications and of the gateways, sorted, as a JSON list. */}}
{{- define "istio-lightstep.caNamespaces" -}}
{{- /* A key each: to append to a list, and Sprig's uniq, take the square of their number. */ -}}
{{- $each := dict -}}
{{- range .Values.cacert.namespaces -}}{{- $_ := set $each . "" -}}{{- end -}}
{{- range .Values.gateways -}}{{- $_ := set $each .namespace "" -}}{{- end -}}
{{- keys $each | sortAlpha | toJson -}}
{{- end -}}
