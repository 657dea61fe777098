{{/*
What of the collector's parts its image may lack, what drops every span or strips it of attributes, what asks the Kubernetes API, and connectors that lead
in a circle, as parts of the subject.
*/}}

{{/*
Lists under .subject.strangers each exporter, each part of collector.config and each auth of a backend whose type is not among
.components, with its path, its kind and its type; says under .authenticates of a backend that its extension is no client's; and under misfits each that is in a pipeline of a .signal that its type does not take, with those
that it .takes. A _ in a type does not count.
*/}}
{{- define "istio-lightstep.strangers" -}}
{{- $found := dict -}}
{{- $misfits := dict -}}
{{- range .subject.exporters -}}
  {{- if eq .place "exporters" -}}
    {{- include "istio-lightstep.stranger" (dict "part" . "kind" "exporters" "components" $.components "found" $found) -}}
    {{- $use := dict "path" .path "kind" "exporters" "type" (splitList "/" .name | first) "signal" "traces" -}}
    {{- include "istio-lightstep.misfit" (dict "use" $use "components" $.components "found" $misfits) -}}
  {{- end -}}
{{- end -}}
{{- range .subject.uses -}}
  {{- if .own -}}{{- include "istio-lightstep.misfit" (dict "use" . "components" $.components "found" $misfits) -}}{{- end -}}
{{- end -}}
{{- with $misfits -}}{{- $_ := set $.subject "misfits" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- range .subject.config -}}
  {{- if and (hasKey $.components .kind) (not .taken) -}}
    {{- include "istio-lightstep.stranger" (dict "part" . "kind" .kind "components" $.components "found" $found) -}}
  {{- end -}}
{{- end -}}
{{- range .subject.backends -}}
  {{- if deepEqual 1.0 .auths -}}
    {{- $part := dict "path" (printf "%s.auth" .path) "name" .authName -}}
    {{- include "istio-lightstep.stranger" (dict "part" $part "kind" "extensions" "components" $.components "found" $found) -}}
    {{- $type := splitList "/" .authName | first | replace "_" "" -}}
    {{- if has $type (splitList " " $.components.extensions.others) -}}{{- $_ := set . "authenticates" false -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- with $found -}}{{- $_ := set $.subject "strangers" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{- define "istio-lightstep.misfit" -}}
{{- /* Of what is no signal, that is told. */ -}}
{{- $type := ternary (printf " %s " (replace "_" "" .use.type)) "none" (has .use.signal (list "traces" "metrics" "logs")) -}}
{{- range $signals, $types := index .components .use.kind -}}
  {{- if and (contains $type (printf " %s " $types)) (not (has $.use.signal (splitList " " $signals))) -}}
    {{- $takes := splitList " " $signals | join " and " -}}
    {{- include "istio-lightstep.note" (list $.found (set (pick $.use "path" "type" "signal") "takes" $takes)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- define "istio-lightstep.stranger" -}}
{{- $type := splitList "/" .part.name | first -}}
{{- /* Of what can be no name of a part, that is told. */ -}}
{{- if regexMatch `^[A-Za-z][0-9A-Za-z_]*$` $type -}}
  {{- if not (contains (printf " %s " (replace "_" "" $type)) (index .components .kind | values | join " " | printf " %s ")) -}}
    {{- include "istio-lightstep.note" (list .found (dict "path" .part.path "kind" (trimSuffix "s" .kind) "type" $type)) -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/*
The steps, between .pipelines of one signal and the connectors in .own that join them, that close a circle, as the keys of a
JSON object: "p PIPELINE" and "c SIGNAL CONNECTOR", with a line break in between.
*/}}
{{- define "istio-lightstep.circles" -}}
{{- $next := dict -}}
{{- range $name, $pipeline := .pipelines -}}
  {{- $of := printf "p %s" $name -}}
  {{- $signal := splitList "/" $name | first -}}
  {{- range $kind := list "exporters" "receivers" -}}
    {{- $names := index $pipeline $kind -}}
    {{- range ternary $names list (kindIs "slice" $names) -}}
      {{- if hasKey $.own.connectors (toString .) -}}
        {{- $connector := printf "c %s %s" $signal (toString .) -}}
        {{- $from := ternary $of $connector (eq $kind "exporters") -}}
        {{- if not (hasKey $next $from) -}}{{- $_ := set $next $from dict -}}{{- end -}}
        {{- include "istio-lightstep.note" (list (index $next $from) (ternary $connector $of (eq $kind "exporters"))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $state := dict -}}
{{- $closes := dict -}}
{{- range $name, $_ := .pipelines -}}
  {{- $node := printf "p %s" $name -}}
  {{- if not (hasKey $state $node) -}}
    {{- include "istio-lightstep.follow" (dict "node" $node "next" $next "state" $state "closes" $closes "depth" 0) -}}
  {{- end -}}
{{- end -}}
{{- toRawJson $closes -}}
{{- end -}}

{{/* Follows .next from the .node: a step to what is still open closes a circle. Helm lets no template call itself a thousand times. */}}
{{- define "istio-lightstep.follow" -}}
{{- $_ := set .state .node "open" -}}
{{- range get .next .node | default dict -}}
  {{- if not (hasKey $.state .) -}}
    {{- if lt $.depth 400 -}}
      {{- include "istio-lightstep.follow" (set (set (omit $ "node") "node" .) "depth" (add1 $.depth | int)) -}}
    {{- end -}}
  {{- else if eq (index $.state .) "open" -}}
    {{- $_ := set $.closes (printf "%s\n%s" $.node .) "" -}}
  {{- end -}}
{{- end -}}
{{- $_ := set .state .node "done" -}}
{{- end -}}

{{/* Why the processor .name of these .settings drops every span. Nothing where it does not. */}}
{{- define "istio-lightstep.drops" -}}
{{- $at := dict -}}
{{- range list "sampling_percentage" "traces.resource" "traces.span" "trace_conditions" "spans.exclude.match_type" "spans.exclude.services" -}}
  {{- include "istio-lightstep.find" (dict "path" . "root" (ternary $.settings dict (kindIs "map" $.settings)) "into" $at) -}}
{{- end -}}
{{- if regexMatch `^probabilistic_?sampler(/|$)` .name -}}
  {{- if empty (index $at "sampling_percentage") -}}this sampler keeps 0 % of the traces, its default{{- end -}}
{{- else if regexMatch `^filter(/|$)` .name -}}
  {{- $lists := list (index $at "traces.resource") (index $at "traces.span") -}}
  {{- $groups := index $at "trace_conditions" -}}
  {{- $plain := list -}}
  {{- range ternary $groups list (kindIs "slice" $groups) -}}
    {{- if kindIs "map" . -}}
      {{- /* Without a context, its paths tell it. */ -}}
      {{- if has (index . "context" | default "span") (list "resource" "span") -}}{{- $lists = append $lists (index . "conditions") -}}{{- end -}}
    {{- else -}}
      {{- $plain = append $plain . -}}
    {{- end -}}
  {{- end -}}
  {{- $lists = append $lists $plain -}}
  {{- $services := index $at "spans.exclude.services" -}}
  {{- $always := and (deepEqual "regexp" (index $at "spans.exclude.match_type")) (kindIs "slice" $services | ternary $services list | has ".*") -}}
  {{- /* A proxy's spans are of a server or of a client. */ -}}
  {{- $kind := `^\s*\(?\s*(span\.)?kind(\.string)?\s*==\s*(%s)\s*\)?\s*$` -}}
  {{- $kinds := dict -}}
  {{- range $conditions := $lists -}}
    {{- range ternary $conditions list (kindIs "slice" $conditions) -}}
      {{- range regexSplit `\bor\b` (toString .) -1 -}}
        {{- if regexMatch (printf $kind `SPAN_KIND_SERVER|2|"Server"`) . -}}{{- $_ := set $kinds "server" true -}}{{- end -}}
        {{- if regexMatch (printf $kind `SPAN_KIND_CLIENT|3|"Client"`) . -}}{{- $_ := set $kinds "client" true -}}{{- end -}}
      {{- end -}}
      {{- if regexMatch `^[\s(]*(true|not\s+false|1\s*==\s*1)[\s)]*$|^\s*IsMatch\((span\.)?(name|(resource\.)?attributes\["service\.name"\]),\s*"\^?(\.[*+]\$*)?"\)\s*$` (toString .) -}}{{- $always = true -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if or $always (eq (len $kinds) 2) -}}every span meets a condition of this filter{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the processor .name of these .settings removes of all spans: service, all, or nothing of that. */}}
{{- define "istio-lightstep.strips" -}}
{{- $settings := ternary .settings dict (kindIs "map" .settings) -}}
{{- if regexMatch `^resource(/|$)` .name -}}
  {{- $actions := index $settings "attributes" -}}
  {{- $gone := false -}}
  {{- range ternary $actions list (kindIs "slice" $actions) -}}
    {{- $action := ternary . dict (kindIs "map" .) -}}
    {{- $named := deepEqual "service.name" (index $action "key") -}}
    {{- $pattern := index $action "pattern" | default "" -}}
    {{- $does := index $action "action" | toString | lower -}}
    {{- if eq $does "delete" -}}
      {{- if or $named (and $pattern (regexMatch (toString $pattern) "service.name")) -}}{{- $gone = true -}}{{- end -}}
    {{- else if and $named (has $does (list "insert" "upsert")) -}}
      {{- $gone = false -}}
    {{- end -}}
  {{- end -}}
  {{- if $gone -}}service{{- end -}}
{{- else if regexMatch `^redaction(/|$)` .name -}}
  {{- $kept := not (has (index $settings "allow_all_keys") (list nil false)) -}}
  {{- range list "allowed_keys" "ignored_keys" "ignored_key_patterns" -}}
    {{- $kept = or $kept (not (empty (index $settings .))) -}}
  {{- end -}}
  {{- if not $kept -}}all{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Lists under .subject.askers each part that something uses, and each exporter, that calls the Kubernetes API with the token of
the pod's ServiceAccount, with its path, and whether a volume is .mounted where that is read.
*/}}
{{- define "istio-lightstep.askers" -}}
{{- $at := dict -}}
{{- range list "collector.config" "collector.extraVolumeMounts" -}}
  {{- include "istio-lightstep.find" (dict "path" . "root" $.subject.values "into" $at) -}}
{{- end -}}
{{- $token := "/var/run/secrets/kubernetes.io/serviceaccount/token" -}}
{{- $mounted := false -}}
{{- range ternary (index $at "collector.extraVolumeMounts") list (kindIs "slice" (index $at "collector.extraVolumeMounts")) -}}
  {{- if kindIs "map" . -}}
    {{- $folder := toString .mountPath | clean -}}
    {{- if or (eq $token $folder) (hasPrefix (printf "%s/" $folder) $token) -}}{{- $mounted = true -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- $found := dict -}}
{{- range .subject.config -}}
  {{- if and .used (not .taken) (has .kind (list "receivers" "processors" "exporters" "extensions")) -}}
    {{- $settings := index $at "collector.config" .kind .name -}}
    {{- if include "istio-lightstep.asks" (dict "name" .name "settings" (ternary $settings dict (kindIs "map" $settings))) -}}
      {{- include "istio-lightstep.note" (list $found (dict "path" .path "mounted" $mounted)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range .subject.exporters -}}
  {{- if and (eq .place "exporters") (kindIs "map" .settings) -}}
    {{- if include "istio-lightstep.asks" (pick . "name" "settings") -}}
      {{- include "istio-lightstep.note" (list $found (dict "path" .path "mounted" $mounted)) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- with $found -}}{{- $_ := set $.subject "askers" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* Truthy where a part .name of these .settings does so: by default it does, and by another auth_type it does not. */}}
{{- define "istio-lightstep.asks" -}}
{{- $type := splitList "/" .name | first | replace "_" "" -}}
{{- $by := dict -}}
{{- if has $type (list "k8sattributes" "k8scluster" "k8sevents" "k8sleaderelector" "k8sobjects" "k8sobserver") -}}
  {{- if not (deepEqual true (index .settings "passthrough")) -}}{{- $_ := set $by $type .settings -}}{{- end -}}
{{- else if and (eq $type "kubeletstats") (deepEqual "serviceAccount" (index .settings "auth_type")) -}}
  {{- $_ := set $by $type .settings -}}
{{- else if eq $type "loadbalancing" -}}
  {{- $resolver := index .settings "resolver" -}}
  {{- if kindIs "map" (index (ternary $resolver dict (kindIs "map" $resolver)) "k8s") -}}{{- $_ := set $by $type dict -}}{{- end -}}
{{- else if eq $type "resourcedetection" -}}
  {{- $detectors := index .settings "detectors" -}}
  {{- range ternary $detectors list (kindIs "slice" $detectors) -}}
    {{- if has . (list "eks" "k8s_api" "k8snode" "kubeadm" "openshift") -}}
      {{- $own := index $.settings . -}}
      {{- $own = ternary $own dict (kindIs "map" $own) -}}
      {{- if not (and (eq . "openshift") (index $own "token")) -}}{{- $_ := set $by . $own -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $by -}}
  {{- $auth := index . "auth_type" -}}
  {{- if or (kindIs "invalid" $auth) (deepEqual "serviceAccount" $auth) -}}true{{- end -}}
{{- end -}}
{{- end -}}
