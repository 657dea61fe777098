{{/*
The backends, as a part of the subject: what the values say of each, with what its preset in files/backends.json fills in.
*/}}

{{/*
Lists, under .subject.backends, each backend; under backendHeaders the headers of all; under backendSecrets the keys of
Secrets that they name; under backendKeys the keys that stand in the place of another. Under lightstep it tells whether spans go to LightStep too: unless there are backends and
no address of LightStep's; under fed, whether spans go anywhere; under targets,
to how many places.
*/}}
{{- define "istio-lightstep.backends" -}}
{{- $subject := .subject -}}
{{- $steps := .steps -}}
{{- $operators := .operators -}}
{{- $at := dict -}}
{{- range list "values.backends" "values.global.tracer.lightstep.address" "values.collector.exporters" -}}
  {{- include "istio-lightstep.find" (dict "root" $subject "path" . "into" $at) -}}
{{- end -}}
{{- $backends := dict -}}
{{- $headers := dict -}}
{{- $secrets := dict -}}
{{- $keys := dict -}}
{{- $twins := dict -}}
{{- $exporters := index $at "values.collector.exporters" -}}
{{- if not (kindIs "map" $exporters) -}}{{- $exporters = dict -}}{{- end -}}
{{- $given := index $at "values.backends" -}}
{{- if and (kindIs "map" $given) $given -}}
  {{- $table := fromJson (.files.Get "files/backends.json") -}}
  {{- include "istio-lightstep.whole" (dict "file" "files/backends.json" "table" $table "list" "presets") -}}
  {{- $rows := dict -}}
  {{- range $table.presets -}}{{- $_ := set $rows .id . -}}{{- end -}}
  {{- range $name, $own := $given -}}
    {{- if not (kindIs "invalid" $own) -}}
      {{- if not (kindIs "map" $own) -}}{{- $own = dict -}}{{- end -}}
      {{- $backend := include "istio-lightstep.backend" (dict "name" $name "own" $own "rows" $rows "steps" $steps) | fromJson -}}
      {{- $_ := set $backend "taken" (hasKey $exporters $backend.exporterName) -}}
      {{- include "istio-lightstep.note" (list $backends $backend) -}}
      {{- $its := include "istio-lightstep.backendHeaders" (dict "backend" $backend "steps" $steps "operators" $operators) | fromJsonArray -}}
      {{- range $its -}}{{- include "istio-lightstep.note" (list $headers .) -}}{{- end -}}
      {{- range $backend.twins -}}{{- include "istio-lightstep.note" (list $twins .) -}}{{- end -}}
      {{- range include "istio-lightstep.backendSecrets" (dict "backend" $backend "headers" $its "steps" $steps) | fromJsonArray -}}{{- include "istio-lightstep.note" (list $secrets .) -}}{{- end -}}
      {{- range $key, $value := $own -}}
        {{- $instead := index $table.synonyms $key -}}
        {{- if $instead -}}
          {{- $path := printf "%s.%s" $backend.path (include "istio-lightstep.step" (set (omit $steps "key") "key" $key)) -}}
          {{- include "istio-lightstep.note" (list $keys (dict "path" $path "instead" (printf "%s.%s" $backend.path $instead))) -}}
        {{- end -}}
      {{- end -}}
      {{- /* What a backend has a key of its own for, which is the one that is judged. */ -}}
      {{- $exporter := dict "exporter" $backend.ownExporter -}}
      {{- range $key, $instead := dict "exporter.endpoint" "endpoint" "exporter.traces_endpoint" "tracesEndpoint" "exporter.headers" "headers" "exporter.tls.insecure" "tls.insecure" "exporter.tls.server_name_override" "tls.serverName" -}}
        {{- $parent := dict -}}
        {{- include "istio-lightstep.find" (dict "root" $exporter "path" (regexReplaceAll `\.[a-z_]+$` $key "") "into" $parent) -}}
        {{- $at := first (values $parent) -}}
        {{- if kindIs "map" $at -}}
          {{- if hasKey $at (last (splitList "." $key)) -}}
            {{- include "istio-lightstep.note" (list $keys (dict "path" (printf "%s.%s" $backend.path $key) "instead" (printf "%s.%s" $backend.path $instead))) -}}
          {{- end -}}
        {{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $backends = include "istio-lightstep.noted" $backends | fromJsonArray -}}
{{- with $backends -}}{{- $_ := set $subject "backends" . -}}{{- end -}}
{{- with $headers -}}{{- $_ := set $subject "backendHeaders" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $secrets -}}{{- $_ := set $subject "backendSecrets" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $twins -}}{{- $_ := set $subject "twins" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- with $keys -}}{{- $_ := set $subject "backendKeys" (include "istio-lightstep.noted" . | fromJsonArray) -}}{{- end -}}
{{- $address := index $at "values.global.tracer.lightstep.address" -}}
{{- /* Backends of another type are some, and a rule reports them: it is not for others to say that there are none. */ -}}
{{- $mistyped := not (or (kindIs "map" $given) (kindIs "invalid" $given)) -}}
{{- $_ := set $subject "lightstep" (or (and (empty $backends) (not $mistyped)) (not (has $address (list (index dict "null") "")))) -}}
{{- $fed := or $subject.lightstep $mistyped -}}
{{- /* Of these two, nobody gets a span. */ -}}
{{- range $name, $_ := $exporters -}}{{- if not (regexMatch `^(debug|nop)(/|$)` $name) -}}{{- $fed = true -}}{{- end -}}{{- end -}}
{{- range $backends -}}{{- if not .drain -}}{{- $fed = true -}}{{- end -}}{{- end -}}
{{- $_ := set $subject "fed" $fed -}}
{{- $_ := set $subject "targets" (add (len $backends) (ternary 1 0 $subject.lightstep) | max 1 | float64) -}}
{{- end -}}

{{/* The backend .name of .own settings as it is rendered, as JSON; presets are in .rows, by their ids. */}}
{{- define "istio-lightstep.backend" -}}
{{- $own := .own -}}
{{- $text := dict -}}
{{- range list "preset" "protocol" "endpoint" "tracesEndpoint" -}}
  {{- $_ := set $text . (ternary (index $own .) "" (kindIs "string" (index $own .))) -}}
{{- end -}}
{{- $map := dict -}}
{{- range list "headers" "tls" "auth" "resource" "exporter" -}}
  {{- $_ := set $map . (ternary (index $own .) dict (kindIs "map" (index $own .))) -}}
{{- end -}}
{{- $row := dict -}}
{{- if hasKey .rows $text.preset -}}{{- $row = index .rows $text.preset -}}{{- end -}}
{{- $protocol := $text.protocol -}}
{{- if and (not $protocol) $row -}}{{- $protocol = first $row.protocols -}}{{- end -}}
{{- $backend := dict "name" .name "preset" $text.preset "protocol" $protocol "endpoint" $text.endpoint "tracesEndpoint" $text.tracesEndpoint -}}
{{- $_ := set $backend "path" (printf "backends.%s" (include "istio-lightstep.step" (set (omit .steps "key") "key" .name))) -}}
{{- $_ := set $backend "exporterName" (printf "%s/%s" (ternary "otlp_http" "otlp_grpc" (eq $protocol "http")) .name) -}}
{{- if $row -}}{{- $_ := set $backend "row" $row -}}{{- end -}}
{{- if not (or $text.endpoint $text.tracesEndpoint) -}}
  {{- $_ := set $backend "endpoint" (dig "endpoints" $protocol "" $row) -}}
  {{- if eq $protocol "http" -}}{{- $_ := set $backend "tracesEndpoint" (dig "tracesEndpoint" "" $row) -}}{{- end -}}
{{- end -}}
{{- /* The one that the collector uses: whether there is TLS, and all else about where spans go, its text alone says. */ -}}
{{- $_ := set $backend "at" (ternary "tracesEndpoint" "endpoint" (and (eq $protocol "http") (not (empty $backend.tracesEndpoint)))) -}}
{{- $_ := set $backend "url" (index $backend $backend.at) -}}
{{- if has $protocol (index $row "protocols" | default list) -}}
  {{- with include "istio-lightstep.astray" (dict "backend" $backend "row" $row) -}}{{- $_ := set $backend "astray" (fromJson .) -}}{{- end -}}
{{- end -}}
{{- $lower := dict -}}
{{- $named := list -}}
{{- range $name, $value := $map.headers -}}
  {{- $_ := set $lower (lower $name) $value -}}
  {{- if not (kindIs "invalid" $value) -}}
    {{- $path := printf "%s.headers.%s" $backend.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
    {{- $named = append $named (dict "path" $path "name" $name) -}}
  {{- end -}}
{{- end -}}
{{- $_ := set $backend "twins" (include "istio-lightstep.twins" $named | fromJsonArray) -}}
{{- $_ := set $map "headers" $lower -}}
{{- /* One extension with nothing behind it is the extension with its defaults. Beside another, null removes it. */ -}}
{{- if eq 1 (len $map.auth) -}}{{- if kindIs "invalid" (values $map.auth | first) -}}
  {{- $_ := set $map "auth" (dict (keys $map.auth | first) dict) -}}
{{- end -}}{{- end -}}
{{- range list "headers" "tls" "auth" -}}
  {{- $base := dig . dict $row | toJson | fromJson -}}
  {{- /* By HTTP the scheme of the endpoint says whether there is TLS. */ -}}
  {{- if and (eq . "tls") (eq $protocol "http") -}}{{- $base = omit $base "insecure" -}}{{- end -}}
  {{- include "istio-lightstep.lay" (dict "base" $base "over" (index $map .)) -}}
  {{- $_ := set $backend . $base -}}
{{- end -}}
{{- $_ := set (set $backend "auths" (len $backend.auth)) "authName" "" -}}
{{- range $name, $settings := $backend.auth -}}{{- $_ := set $backend "authName" $name -}}{{- end -}}
{{- $_ := set $backend "drain" (deepEqual true (index $own "drain")) -}}
{{- $ownExporter := dict -}}
{{- include "istio-lightstep.lay" (dict "base" $ownExporter "over" $map.exporter) -}}
{{- $_ := set $backend "ownExporter" $ownExporter -}}
{{- $resource := dict -}}
{{- include "istio-lightstep.lay" (dict "base" $resource "over" $map.resource) -}}
{{- $_ := set $backend "resource" $resource -}}
{{- /* {public: TEXT} is the text, of which its owner says that it is no secret. */ -}}
{{- range list "headers" "resource" -}}
  {{- $given := index $backend . -}}
  {{- range $name, $value := $given -}}
    {{- if kindIs "map" $value -}}
      {{- if and (kindIs "string" (index $value "public")) (kindIs "invalid" (index $value "secret")) -}}{{- $_ := set $given $name $value.public -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $exporter := dict -}}
{{- if hasKey $row "compression" -}}{{- $_ := set $exporter "compression" $row.compression -}}{{- end -}}
{{- include "istio-lightstep.lay" (dict "base" $exporter "over" $map.exporter) -}}
{{- $_ := set $backend "exporter" $exporter -}}
{{- $_ := set $backend "plaintext" (ternary (regexMatch `^(?i:http://)` $backend.url) (deepEqual true (get $backend.tls "insecure")) (eq $protocol "http")) -}}
{{- $_ := set $backend "region" (regexFind `^(?i:https?://)xray\.[a-z0-9-]+\.amazonaws\.com` $backend.url | splitList "." | rest | first) -}}
{{- toRawJson $backend -}}
{{- end -}}

{{/*
Where the URL for traces of .backend, or by gRPC its address, has not the path, or the host, that its preset's .row says: what
to write, as JSON of {first, key, yours, url, sure}: sure where the host is its vendor's own, first what to do before, and yours what the
URL is an example of, where the owner's own cannot be told from what is there. Otherwise nothing. A path that is nothing but
/v1/traces is the vendor's own alone, for a proxy may have a path before it.
*/}}
{{- define "istio-lightstep.astray" -}}
{{- $path := index .row "path" -}}
{{- $grpc := eq .backend.protocol "grpc" -}}
{{- if $grpc -}}{{- $path = "" -}}{{- end -}}
{{- $url := .backend.tracesEndpoint | default (printf "%s/v1/traces" (trimSuffix "/" .backend.endpoint)) -}}
{{- /* Rules of their own tell of a placeholder, and of an endpoint that has the path for traces, or has it twice. */ -}}
{{- $told := or (regexMatch `[<>{}]|/v1/traces/+v1/traces` $url) (and (not .backend.tracesEndpoint) (regexMatch `/(v1/(traces|metrics|logs)|trace/otlp)/?$|\?` .backend.endpoint)) -}}
{{- if $grpc -}}{{- $url = regexReplaceAll `^(dns:///)?` .backend.endpoint "grpc://" -}}{{- end -}}
{{- if and (or $path (hasKey .row "intake")) (not $told) (regexMatch `^(?i:https?|grpc)://[^/?#]` $url) -}}
  {{- $host := regexFind `^[^:]*://[^/?#]*` $url -}}
  {{- $at := regexReplaceAll `[?#].*$` (trimPrefix $host $url) "" -}}
  {{- $name := regexReplaceAll `^[^:]*://([^@]*@)?|:[0-9]*$` $host "" | lower -}}
  {{- $sure := regexMatch .row.hosts $name -}}
  {{- /* Without a path, the host alone can be wrong. */ -}}
  {{- $alone := or (not $path) (hasPrefix "^" $path) -}}
  {{- $intake := index .row "intake" | default dict -}}
  {{- $elsewhere := and $sure (hasKey $intake "hosts") -}}
  {{- if $elsewhere -}}{{- $elsewhere = not (regexMatch $intake.hosts $name) -}}{{- end -}}
  {{- if and $elsewhere (hasKey $intake "paths") -}}{{- $elsewhere = not (regexMatch $intake.paths $at) -}}{{- end -}}
  {{- if and (or $sure (not $alone)) (or $elsewhere (and $path (not (regexMatch (printf `%s/?$` $path) $at)))) -}}
    {{- $key := "endpoint" -}}
    {{- $right := get .row "example" | default (get (get .row "endpoints" | default dict) .backend.protocol) -}}
    {{- $yours := "" -}}
    {{- if and $elsewhere (hasKey $intake "instead") -}}
      {{- $right = printf (ternary "%s:443" "https://%s" $grpc) (regexReplaceAll .row.hosts $name $intake.instead) -}}
      {{- if not $alone -}}
        {{- $right = printf "%s%s" $right $path -}}
        {{- $key = "tracesEndpoint" -}}
      {{- end -}}
    {{- else if $elsewhere -}}
      {{- $yours = printf "%s, such as " ($intake.name | default "yours") -}}
      {{- if not (or $grpc (hasPrefix "https://" $right)) -}}{{- $right = printf "https://%s" (trimSuffix ":443" $right) -}}{{- end -}}
    {{- else if $alone -}}
      {{- $right = $host -}}
    {{- else if regexMatch `^[A-Za-z0-9/_-]+$` $path -}}
      {{- $right = printf "%s%s%s" $host (regexReplaceAll (printf `/+(%s|v1)(/.*)?$|/+$` (splitList "/" $path | rest | first)) $at "") $path -}}
      {{- if hasSuffix "/v1/traces" $path -}}{{- $right = trimSuffix "/v1/traces" $right -}}{{- else -}}{{- $key = "tracesEndpoint" -}}{{- end -}}
    {{- else -}}
      {{- $yours = "yours, such as " -}}
      {{- if hasSuffix "/v1/traces" $right -}}{{- $key = "tracesEndpoint" -}}{{- end -}}
    {{- end -}}
    {{- $first := "" -}}
    {{- if and (eq $key "endpoint") .backend.tracesEndpoint -}}{{- $first = "remove tracesEndpoint, which wins, and " -}}{{- end -}}
    {{- dict "first" $first "key" $key "yours" $yours "url" $right "sure" $sure | toRawJson -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{/* Of the list . of headers, each {path, name}, those whose name differs from that of one before in case alone, as a JSON list. */}}
{{- define "istio-lightstep.twins" -}}
{{- $seen := dict -}}
{{- $twins := dict -}}
{{- range . -}}
  {{- $lower := toString .name | lower -}}
  {{- if hasKey $seen $lower -}}
    {{- include "istio-lightstep.note" (list $twins (dict "path" .path "name" .name "other" (get $seen $lower))) -}}
  {{- else -}}
    {{- $_ := set $seen $lower .name -}}
  {{- end -}}
{{- end -}}
{{- include "istio-lightstep.noted" $twins -}}
{{- end -}}

{{/*
The headers of .backend as entries of their own, as a JSON list, each with the .format of a text with a %. .watched is true of the one that the collector reads
again by itself when its Secret changes: its authenticator writes a scheme and a space before a token, and no more.
*/}}
{{- define "istio-lightstep.backendHeaders" -}}
{{- $backend := .backend -}}
{{- $overTLS := or (eq $backend.protocol "http") (not $backend.plaintext) -}}
{{- $watched := false -}}
{{- $entries := dict -}}
{{- range $name, $value := $backend.headers -}}
  {{- $entry := dict "backend" $backend.name "protocol" $backend.protocol "name" $name "watched" false "plaintext" $backend.plaintext -}}
  {{- $_ := set $entry "path" (printf "%s.headers.%s" $backend.path (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name))) -}}
  {{- if kindIs "map" $value -}}
    {{- $prefix := index $value "prefix" -}}
    {{- $secret := index $value "secret" -}}
    {{- $_ := set (set (set $entry "prefix" $prefix) "secret" $secret) "public" (index $value "public") -}}
    {{- $named := false -}}
    {{- if kindIs "map" $secret -}}
      {{- $named = and (kindIs "string" (index $secret "name")) (not (empty (index $secret "name"))) -}}
    {{- end -}}
    {{- if and $named $overTLS (not $watched) (empty $backend.auth) (kindIs "string" $prefix) -}}
      {{- if regexMatch `^([A-Za-z0-9_-]+ )?$` $prefix -}}
        {{- $watched = true -}}
        {{- $_ := set $entry "watched" true -}}
      {{- end -}}
    {{- end -}}
  {{- else -}}
    {{- $_ := set $entry "text" $value -}}
    {{- if and (kindIs "string" $value) (contains "%" (toString $value)) -}}
      {{- $_ := set $entry "format" (include "istio-lightstep.format" (dict "text" $value "operators" $.operators) | fromJson) -}}
    {{- end -}}
  {{- end -}}
  {{- include "istio-lightstep.note" (list $entries $entry) -}}
{{- end -}}
{{- include "istio-lightstep.noted" $entries -}}
{{- end -}}

{{/*
The keys of Secrets that .backend names, each with the path of the value that does, as a JSON list. .watched is true of
that of the header which is watched.
*/}}
{{- define "istio-lightstep.backendSecrets" -}}
{{- $entries := dict -}}
{{- $watched := "" -}}
{{- with include "istio-lightstep.watchedHeader" . -}}{{- $watched = (fromJson .).name -}}{{- end -}}
{{- range $name, $value := .backend.headers -}}
  {{- if kindIs "map" $value -}}
    {{- $secret := index $value "secret" -}}
    {{- if not (kindIs "invalid" $secret) -}}
      {{- $path := printf "headers.%s.secret" (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
      {{- include "istio-lightstep.note" (list $entries (dict "kind" "header" "file" (printf "header.%s" $name) "path" $path "secret" $secret "watched" (eq $name $watched))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- range $name, $value := .backend.resource -}}
  {{- if kindIs "map" $value -}}
    {{- $path := printf "resource.%s.secret" (include "istio-lightstep.step" (set (omit $.steps "key") "key" $name)) -}}
    {{- include "istio-lightstep.note" (list $entries (dict "kind" "resource" "file" (printf "resource.%s" $name) "path" $path "secret" (index $value "secret"))) -}}
  {{- end -}}
{{- end -}}
{{- $unset := list (index dict "null") "" -}}
{{- $ca := index .backend.tls "ca" -}}
{{- if kindIs "map" $ca -}}
  {{- if not (has (index $ca "name") $unset) -}}
    {{- $key := ternary "ca.crt" (index $ca "key") (has (index $ca "key") $unset) -}}
    {{- include "istio-lightstep.note" (list $entries (dict "kind" "ca" "file" "ca.crt" "path" "tls.ca" "secret" (dict "name" $ca.name "key" $key))) -}}
  {{- end -}}
{{- end -}}
{{- $client := index .backend.tls "client" -}}
{{- if kindIs "map" $client -}}
  {{- if not (has (index $client "name") $unset) -}}
    {{- range list "tls.crt" "tls.key" -}}
      {{- include "istio-lightstep.note" (list $entries (dict "kind" "client" "file" (printf "client.%s" .) "path" "tls.client" "secret" (dict "name" $client.name "key" .))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- $listed := dict -}}
{{- range $entries -}}
  {{- $secret := ternary .secret dict (kindIs "map" .secret) -}}
  {{- $entry := dict "backend" $.backend.name "kind" .kind "file" .file "path" (printf "%s.%s" $.backend.path .path) "name" (index $secret "name") "key" (index $secret "key") "watched" (get . "watched" | default false) -}}
  {{- include "istio-lightstep.note" (list $listed $entry) -}}
{{- end -}}
{{- include "istio-lightstep.noted" $listed -}}
{{- end -}}
