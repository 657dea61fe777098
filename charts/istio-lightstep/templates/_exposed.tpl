{{/*
Lists under .subject.exposed each secret that a backend or a further exporter would send where others can read it, each {path,
place, how}: place is backends or exporters; how is plain without TLS, and unverified where any certificate is accepted. A secret
is what a Secret has, by itself or by a variable of collector.env; a variable in a header that is named like a credential; and
what an authenticator writes. Takes the .subject and, as .facts, what files/rules.yaml has for it.
*/}}
{{- define "istio-lightstep.exposed" -}}
{{- $subject := .subject -}}
{{- $none := append .facts.keepers "" -}}
{{- $exposed := dict -}}
{{- $targets := dict -}}
{{- range $subject.backends -}}
  {{- $at := dict "path" .path "place" "backends" "plain" .plaintext "address" .url "settings" .ownExporter "loopback" $.facts.loopback -}}
  {{- with include "istio-lightstep.exposes" $at -}}{{- $_ := set $targets $at.path (dict "place" "backends" "how" .) -}}{{- end -}}
  {{- /* By gRPC in plain text it does not start: LS-BACKEND-AUTH-PLAIN. */ -}}
  {{- if and (hasKey $targets .path) (not (has .authName $none)) (not (and .plaintext (eq .protocol "grpc") (has .authName $.facts.needsTLS))) -}}
    {{- $_ := set $exposed (printf "%s.auth" .path) (index $targets .path) -}}
  {{- end -}}
{{- end -}}
{{- range $subject.exporters -}}
  {{- $protocol := include "istio-lightstep.otlpProtocol" .name -}}
  {{- if and (eq .place "exporters") (kindIs "map" .settings) (or $protocol (regexMatch `^zipkin(/|$)` .name)) -}}
    {{- $plain := regexMatch `^(?i:http://)` .url -}}
    {{- if eq $protocol "grpc" -}}
      {{- $insecure := dict -}}
      {{- include "istio-lightstep.find" (dict "root" .settings "path" "tls.insecure" "into" $insecure) -}}
      {{- $plain = and (deepEqual true (index $insecure "tls.insecure")) (not (regexMatch `^(?i:https://)` .url)) -}}
    {{- end -}}
    {{- $at := dict "path" .path "place" "exporters" "plain" $plain "address" .url "settings" .settings "loopback" $.facts.loopback -}}
    {{- with include "istio-lightstep.exposes" $at -}}{{- $_ := set $targets $at.path (dict "place" "exporters" "how" .) -}}{{- end -}}
  {{- end -}}
  {{- /* An authenticator of the owner's own. */ -}}
  {{- $target := get $targets (trimSuffix ".exporter" .path) -}}
  {{- $extension := get . "extension" -}}
  {{- if and $target (not (has $extension $none)) (not (and (eq $protocol "grpc") (eq (get (default dict $target) "how") "plain") (has $extension $.facts.needsTLS))) -}}
    {{- $_ := set $exposed (printf "%s.auth" .path) $target -}}
  {{- end -}}
{{- end -}}
{{- if $targets -}}
  {{- $secret := dict "LIGHTSTEP_ACCESS_TOKEN" true -}}
  {{- range $subject.environment -}}
    {{- if and (kindIs "map" .valueFrom) (kindIs "string" .name) -}}
      {{- if not (kindIs "invalid" (index .valueFrom "secretKeyRef")) -}}{{- $_ := set $secret .name true -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- $of := `^(backends|collector\.exporters)\.([^.\\]|\\.)+` -}}
  {{- range $subject.backendSecrets -}}
    {{- $target := get $targets (regexFind $of .path) -}}
    {{- if and $target (has .kind (list "header" "resource")) (not (empty .name)) -}}
      {{- $_ := set $exposed (trimSuffix ".secret" .path) $target -}}
    {{- end -}}
  {{- end -}}
  {{- range $literal := $subject.literals -}}
    {{- $path := regexFind $of $literal.path -}}
    {{- $target := get $targets $path -}}
    {{- $below := trimPrefix $path $literal.path -}}
    {{- /* What is sent elsewhere, or not at all: to a proxy, to what gives tokens, and the key of a certificate. */ -}}
    {{- if and $target (kindIs "string" $literal.value) (or (hasPrefix ".auth.headers_setter." $below) (not (regexMatch `^(\.exporter)?\.(tls|proxy_url|auth)(\.|$)` $below))) -}}
      {{- $named := and (contains ".headers" $below) (regexMatch $.facts.credential $literal.name) -}}
      {{- /* $$ stands for $. */ -}}
      {{- range regexFindAll `\$\{(env:)?[A-Za-z_][A-Za-z0-9_]*` (replace "$$" "" $literal.value) -1 -}}
        {{- $name := regexReplaceAll `\$\{(env:)?` . "" -}}
        {{- if or $named (hasKey $secret $name) -}}{{- $_ := set $exposed $literal.path $target -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $found := dict -}}
{{- range $path, $target := $exposed -}}{{- include "istio-lightstep.note" (list $found (dict "path" $path "place" $target.place "how" $target.how)) -}}{{- end -}}
{{- with $found -}}{{- $_ := set $subject "exposed" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- end -}}

{{/* How what is sent to the .address can be read, by .plain and the .settings of an exporter: nothing where it cannot. */}}
{{- define "istio-lightstep.exposes" -}}
{{- $at := dict -}}
{{- include "istio-lightstep.find" (dict "root" .settings "path" "tls.insecure_skip_verify" "into" $at) -}}
{{- /* What stays in the pod nobody reads. */ -}}
{{- if not (or (regexMatch .loopback (toString .address)) (regexMatch `^(?i:unix:)` (toString .address))) -}}
  {{- if .plain -}}plain{{- else if deepEqual true (index $at "tls.insecure_skip_verify") -}}unverified{{- end -}}
{{- end -}}
{{- end -}}
