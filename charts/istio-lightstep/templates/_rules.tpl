{{- /* Made by "make generate" from files/rules.yaml: change that. */ -}}

{{- /* Puts what is wrong with .subject into .found, under keys that sort: errors first, then by rule and item. */ -}}
{{- define "istio-lightstep.judge" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $namespace := "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" -}}
{{- $hostPlaceholder := `[<>{}$]|^(?i:([a-z]+://)?(x{3}[-_x]*|\.{3}|(your|change|replace|insert|enter|placeholder)([-_]?(me|this|with|the|your|own|real|here|lightstep|satellites?|collector|project|address|host|hostname|name|pool|endpoint|domain|company))*)(\.(your[-_]?)?(example|domain|company|com|net|org|io|local))*(:.*)?)$` -}}
{{- $url := "^[A-Za-z][A-Za-z0-9+.-]*://" -}}
{{- $bareIPv6 := `^[^\[\]/]*:[^\[\]/]*:` -}}
{{- $port := ":(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})$" -}}
{{- $numericHost := `^([^:]*\.)?[0-9]+(:[0-9]*)?$` -}}
{{- $loopback := `^(?i:([a-z]+:/{2,3})?(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])(:|/|$))` -}}
{{- $vaultToken := "^(>>)?vault:" -}}
{{- $tokenPlaceholder := `^(<[^<>]*>|\$?\{.*\}|\$\(.*\)|\$[A-Za-z_][A-Za-z0-9_]*|(?i:x{3}[-_x]*|\.{3}|(your|my|change|replace|insert|enter|paste|todo|tbd|fixme|placeholder)([-_ .:]*(me|this|it|with|the|your|my|own|real|here|lightstep|project|access|api|secret|token|key|value))*))$` -}}
{{- $encryptedToken := `^\s*(ENC\[[A-Za-z0-9_]+,|\$ANSIBLE_VAULT;|(secret)?ref\+[a-z0-9]+:|(>>)?vault:|op://|arn:aws[a-z-]*:(secretsmanager|ssm):|@Microsoft\.KeyVault\(|projects/[^/]+/secrets/|\(\([^()]*\)\)\s*$)` -}}
{{- $encryptedFile := `(^|[\s"':])(ENC\[[A-Za-z0-9_]+,|\$ANSIBLE_VAULT;)|-----BEGIN (AGE ENCRYPTED FILE|PGP MESSAGE|ENCRYPTED PRIVATE KEY|PKCS7|CMS)-----|Proc-Type: *4, *ENCRYPTED|^.?GITCRYPT|^age-encryption\.org/|^Salted__` -}}
{{- $objectName := `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` -}}
{{- $secretKey := `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$` -}}
{{- $imageRepository := `^(([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(:[0-9]{1,5})?/)?[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$` -}}
{{- $imageRegistry := `^((([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?\.)*[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?(:[0-9]{1,5})?)(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*/?)?$` -}}
{{- $imageDigest := "^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$" -}}
{{- $toLightstep := (deepEqual $subject.lightstep true) -}}
{{- $natively := (deepEqual $subject.delivery "native") -}}
{{- $mountsCA := (has $subject.delivery (list "native" "direct")) -}}
{{- $collects := (not $mountsCA) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorStartupProbe := ternary $collector.startupProbe $none (kindIs "map" $collector.startupProbe) -}}
{{- $noExec := (not (or $collectorStartupProbe.exec (has (kindOf $collectorStartupProbe.exec) (list "float64" "bool")))) -}}
{{- $noGRPC := (not (or $collectorStartupProbe.grpc (has (kindOf $collectorStartupProbe.grpc) (list "float64" "bool")))) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $secure := (deepEqual $globalTracerLightstep.secure true) -}}
{{- $noTCP := (not (or $collectorStartupProbe.tcpSocket (has (kindOf $collectorStartupProbe.tcpSocket) (list "float64" "bool")))) -}}
{{- $collectorMtls := ternary $collector.mtls $none (kindIs "map" $collector.mtls) -}}
{{- $meshed := (has $collectorMtls.mode (list "PERMISSIVE" "STRICT")) -}}
{{- $ownCA := (and $toLightstep $globalTracerLightstep.cacertPath) -}}
{{- $collectorImage := ternary $collector.image $none (kindIs "map" $collector.image) -}}
{{- $taggedCollector := (and (not $collectorImage.digest) (and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)opentelemetry-collector(-contrib|-k8s)?$" $collectorImage.repository))) -}}
{{- $publicCollector := (and (and (kindIs "string" $collectorImage.repository) (regexMatch `^(((docker\.io|index\.docker\.io)/)?otel|ghcr\.io/open-telemetry/opentelemetry-collector-releases)/opentelemetry-collector-contrib$` $collectorImage.repository)) (or (not $collectorImage.registry) (and (kindIs "string" $collectorImage.registry) (regexMatch `^(index\.)?docker\.io/?$` $collectorImage.registry))) (or $collectorImage.registry (not $global.imageRegistry) (and (kindIs "string" $global.imageRegistry) (regexMatch `^(index\.)?docker\.io/?$` $global.imageRegistry)) (not (deepEqual $collectorImage.repository "otel/opentelemetry-collector-contrib")))) -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $liveIstiod := ternary $live.istiod $none (kindIs "map" $live.istiod) -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $valuesIstio := ternary $values.istio $none (kindIs "map" $values.istio) -}}
{{- $globalProxy := ternary $global.proxy $none (kindIs "map" $global.proxy) -}}
{{- $accessTokenFrom := ternary $values.accessTokenFrom $none (kindIs "map" $values.accessTokenFrom) -}}
{{- $globalTracerZipkin := ternary $globalTracer.zipkin $none (kindIs "map" $globalTracer.zipkin) -}}
{{- $globalTracerDatadog := ternary $globalTracer.datadog $none (kindIs "map" $globalTracer.datadog) -}}
{{- $globalTracerStackdriver := ternary $globalTracer.stackdriver $none (kindIs "map" $globalTracer.stackdriver) -}}
{{- $collectorResources := ternary $collector.resources $none (kindIs "map" $collector.resources) -}}
{{- $collectorResourcesLimits := ternary $collectorResources.limits $none (kindIs "map" $collectorResources.limits) -}}
{{- $collectorConfig := ternary $collector.config $none (kindIs "map" $collector.config) -}}
{{- $collectorConfigService := ternary $collectorConfig.service $none (kindIs "map" $collectorConfig.service) -}}
{{- $collectorConfigServiceTelemetry := ternary $collectorConfigService.telemetry $none (kindIs "map" $collectorConfigService.telemetry) -}}
{{- $collectorConfigServiceTelemetryMetrics := ternary $collectorConfigServiceTelemetry.metrics $none (kindIs "map" $collectorConfigServiceTelemetry.metrics) -}}
{{- $collectorUpdateStrategy := ternary $collector.updateStrategy $none (kindIs "map" $collector.updateStrategy) -}}
{{- $collectorUpdateStrategyRollingUpdate := ternary $collectorUpdateStrategy.rollingUpdate $none (kindIs "map" $collectorUpdateStrategy.rollingUpdate) -}}
{{- $collectorStartupProbeHttpGet := ternary $collectorStartupProbe.httpGet $none (kindIs "map" $collectorStartupProbe.httpGet) -}}
{{- $collectorStartupProbeTcpSocket := ternary $collectorStartupProbe.tcpSocket $none (kindIs "map" $collectorStartupProbe.tcpSocket) -}}
{{- $collectorNetworkPolicy := ternary $collector.networkPolicy $none (kindIs "map" $collector.networkPolicy) -}}
{{- $collectorNetworkPolicyEgress := ternary $collectorNetworkPolicy.egress $none (kindIs "map" $collectorNetworkPolicy.egress) -}}
{{- $collectorAutoscaling := ternary $collector.autoscaling $none (kindIs "map" $collector.autoscaling) -}}
{{- $collectorPersistentVolumeClaimRetentionPolicy := ternary $collector.persistentVolumeClaimRetentionPolicy $none (kindIs "map" $collector.persistentVolumeClaimRetentionPolicy) -}}
{{- $collectorPersistence := ternary $collector.persistence $none (kindIs "map" $collector.persistence) -}}
{{- $liveTokenSecret := ternary $live.tokenSecret $none (kindIs "map" $live.tokenSecret) -}}
{{- $collectorRetryRefused := ternary $collector.retryRefused $none (kindIs "map" $collector.retryRefused) -}}
{{- $valuesCacert := ternary $values.cacert $none (kindIs "map" $values.cacert) -}}
{{- $valuesCacertExistingSecret := ternary $valuesCacert.existingSecret $none (kindIs "map" $valuesCacert.existingSecret) -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $pilot := ternary $values.pilot $none (kindIs "map" $values.pilot) -}}
{{- $direct := ternary $values.direct $none (kindIs "map" $values.direct) -}}
{{- $collectorDrain := ternary $collector.drain $none (kindIs "map" $collector.drain) -}}
{{- $collectorTls := ternary $collector.tls $none (kindIs "map" $collector.tls) -}}
{{- $queue := ternary $subject.queue $none (kindIs "map" $subject.queue) -}}
{{- $collectorQueue := ternary $collector.queue $none (kindIs "map" $collector.queue) -}}
{{- $queueRoom := ternary $queue.room $none (kindIs "map" $queue.room) -}}
{{- $claims := ternary $subject.claims $none (kindIs "map" $subject.claims) -}}
{{- $collectorExporters := ternary $collector.exporters $none (kindIs "map" $collector.exporters) -}}
{{- $collectorTap := ternary $collector.tap $none (kindIs "map" $collector.tap) -}}
{{- $image := ternary $values.image $none (kindIs "map" $values.image) -}}
{{- $containerSecurityContext := ternary $values.containerSecurityContext $none (kindIs "map" $values.containerSecurityContext) -}}
{{- $podSecurityContext := ternary $values.podSecurityContext $none (kindIs "map" $values.podSecurityContext) -}}
{{- $containerSecurityContextCapabilities := ternary $containerSecurityContext.capabilities $none (kindIs "map" $containerSecurityContext.capabilities) -}}
{{- $liveTaken := ternary $live.taken $none (kindIs "map" $live.taken) -}}
{{- $telemetry := ternary $values.telemetry $none (kindIs "map" $values.telemetry) -}}
{{- $serviceAccount := ternary $values.serviceAccount $none (kindIs "map" $values.serviceAccount) -}}
{{- $collectorStartupProbeGrpc := ternary $collectorStartupProbe.grpc $none (kindIs "map" $collectorStartupProbe.grpc) -}}
{{- $collectorStartupProbeExec := ternary $collectorStartupProbe.exec $none (kindIs "map" $collectorStartupProbe.exec) -}}
{{- $release := ternary $subject.release $none (kindIs "map" $subject.release) -}}
{{- $meshConfig := ternary $values.meshConfig $none (kindIs "map" $values.meshConfig) -}}
{{- $liveMeshConfig := ternary $live.meshConfig $none (kindIs "map" $live.meshConfig) -}}
{{- $document := ternary $subject.document $none (kindIs "map" $subject.document) -}}
{{- $documentMeshConfig := ternary $document.meshConfig $none (kindIs "map" $document.meshConfig) -}}
{{- $documentValues := ternary $document.values $none (kindIs "map" $document.values) -}}
{{- $documentValuesGlobal := ternary $documentValues.global $none (kindIs "map" $documentValues.global) -}}
{{- $documentValuesGlobalProxy := ternary $documentValuesGlobal.proxy $none (kindIs "map" $documentValuesGlobal.proxy) -}}
{{- $documentMeshConfigDefaultConfig := ternary $documentMeshConfig.defaultConfig $none (kindIs "map" $documentMeshConfig.defaultConfig) -}}
{{- $documentMeshConfigDefaultConfigTracing := ternary $documentMeshConfigDefaultConfig.tracing $none (kindIs "map" $documentMeshConfigDefaultConfig.tracing) -}}
{{- $documentValuesGlobalTracer := ternary $documentValuesGlobal.tracer $none (kindIs "map" $documentValuesGlobal.tracer) -}}
{{- $documentValuesGlobalTracerLightstep := ternary $documentValuesGlobalTracer.lightstep $none (kindIs "map" $documentValuesGlobalTracer.lightstep) -}}
{{- $documentMeshConfigDefaultConfigTracingTlsSettings := ternary $documentMeshConfigDefaultConfigTracing.tlsSettings $none (kindIs "map" $documentMeshConfigDefaultConfigTracing.tlsSettings) -}}
{{- $documentValuesGlobalTracerZipkin := ternary $documentValuesGlobalTracer.zipkin $none (kindIs "map" $documentValuesGlobalTracer.zipkin) -}}
{{- $controlPlane := ternary $values.controlPlane $none (kindIs "map" $values.controlPlane) -}}
{{- $controlPlaneGateways := ternary $controlPlane.gateways $none (kindIs "map" $controlPlane.gateways) -}}
{{- if not $live.istiod -}}
  {{- if deepEqual $istio.state "missing" -}}
    {{- $_ := set $found "0.004" (dict "id" "LS-ISTIO-VERSION-MISSING" "severity" "error"
      "path" "istio.version"
      "reason" "the Istio version is not set, and no running istiod was found"
      "fix" (printf "set istio.version, for example --set-string istio.version=%s.0; `istioctl version` prints it" (include "istio-lightstep.shown" (list $hidden $istio.newest)))) -}}
  {{- end -}}
{{- end -}}
{{- if $live.istiod -}}
  {{- if deepEqual $istio.state "missing" -}}
    {{- $_ := set $found "0.005" (dict "id" "LS-ISTIO-VERSION-UNREADABLE" "severity" "error"
      "path" "istio.version"
      "reason" (printf "the running istiod's image, %s, does not contain its version" (include "istio-lightstep.foreign" (list $hidden $liveIstiod.image)))
      "fix" "set istio.version to what `istioctl version` prints for the control plane") -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $istio.state "malformed" -}}
  {{- $_ := set $found "0.006" (dict "id" "LS-ISTIO-VERSION-MALFORMED" "severity" "error"
    "path" "istio.version"
    "reason" (printf `"%s" is not a valid Istio version` (include "istio-lightstep.shown" (list $hidden $istio.version)))
    "fix" (printf `write it as "%s.0", in quotes` (include "istio-lightstep.shown" (list $hidden $istio.newest)))) -}}
{{- end -}}
{{- if deepEqual $istio.state "older" -}}
  {{- $_ := set $found "0.007" (dict "id" "LS-ISTIO-VERSION-OLD" "severity" "error"
    "path" "istio.version"
    "reason" (printf "Istio %s is older than %s, the oldest version that this chart supports" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.shown" (list $hidden $istio.oldest)))
    "fix" (printf "set istio.version to %s or newer" (include "istio-lightstep.shown" (list $hidden $istio.oldest)))) -}}
{{- end -}}
{{- if and (deepEqual $istio.state "newer") (not (include "istio-lightstep.below" (list $istio.ahead 4.0))) -}}
  {{- $_ := set $found "0.008" (dict "id" "LS-ISTIO-VERSION-NEW" "severity" "error"
    "path" "istio.version"
    "reason" (printf "Istio %s is too far ahead of %s, the newest version that this chart supports" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.shown" (list $hidden $istio.newest)))
    "fix" (printf "use a newer chart; or, unproven, set istio.version to %s.0 and istio.skipVersionCheck to true" (include "istio-lightstep.shown" (list $hidden $istio.newest)))) -}}
{{- end -}}
{{- if include "istio-lightstep.below" (list $istio.ahead 4.0) -}}
  {{- $_ := set $found "1.009" (dict "id" "LS-ISTIO-VERSION-AHEAD" "severity" "warning"
    "path" "istio.version"
    "reason" (printf "Istio %s is newer than %s, the newest version that this chart supports; it is rendered as %s, which is unproven" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.shown" (list $hidden $istio.newest)) (include "istio-lightstep.shown" (list $hidden $istio.newest)))
    "fix" (printf "use a chart that supports %s, and check that spans arrive: run `helm test`" (include "istio-lightstep.shown" (list $hidden $istio.minor)))) -}}
{{- end -}}
{{- if deepEqual $istio.state "patch" -}}
  {{- $_ := set $found "0.010" (dict "id" "LS-ISTIO-VERSION-PATCH" "severity" "error"
    "path" "istio.version"
    "reason" (printf "Istio %s requires the patch version: its configuration changed within %s" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.shown" (list $hidden $istio.minor)))
    "fix" (printf `set istio.version with the patch version, for example "%s.1"` (include "istio-lightstep.shown" (list $hidden $istio.minor)))) -}}
{{- end -}}
{{- if and $natively (not (deepEqual $values.output "legacyValues")) -}}
  {{- if and (include "istio-lightstep.below" (list $istio.patch $dialect.caFromPatch)) $ownCA -}}
    {{- $_ := set $found "0.011" (dict "id" "LS-ISTIO-VERSION-CA" "severity" "error"
      "path" "istio.version"
      "reason" (printf "istioctl %s cannot install with a CA: its Prometheus Deployment is invalid" (include "istio-lightstep.shown" (list $hidden $istio.version)))
      "fix" (printf "set istio.version with the patch version, %s.%s or newer" (include "istio-lightstep.shown" (list $hidden $istio.minor)) (include "istio-lightstep.foreign" (list $hidden $dialect.caFromPatch)))) -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $valuesIstio.skipVersionCheck false -}}
  {{- if deepEqual $live.versionDiffers true -}}
    {{- $_ := set $found "0.012" (dict "id" "LS-ISTIO-VERSION-DIFFERS" "severity" "error"
      "path" "istio.version"
      "reason" (printf "istio.version is %s, the running istiod is %s" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.foreign" (list $hidden $liveIstiod.version)))
      "fix" (printf "set istio.version to %s or leave it empty; istio.skipVersionCheck=true makes this a warning" (include "istio-lightstep.foreign" (list $hidden $liveIstiod.version)))) -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $valuesIstio.skipVersionCheck true -}}
  {{- if deepEqual $live.versionDiffers true -}}
    {{- $_ := set $found "1.013" (dict "id" "LS-ISTIO-VERSION-DIFFERS-SKIPPED" "severity" "warning"
      "path" "istio.version"
      "reason" (printf "istio.version is %s, the running istiod is %s" (include "istio-lightstep.shown" (list $hidden $istio.version)) (include "istio-lightstep.foreign" (list $hidden $liveIstiod.version)))
      "fix" (printf "set istio.version to %s or leave it empty" (include "istio-lightstep.foreign" (list $hidden $liveIstiod.version)))) -}}
  {{- end -}}
{{- end -}}
{{- if not (and (kindIs "string" $valuesIstio.namespace) (regexMatch $namespace $valuesIstio.namespace)) -}}
  {{- $_ := set $found "0.014" (dict "id" "LS-ISTIO-NAMESPACE" "severity" "error"
    "path" "istio.namespace"
    "reason" (printf `"%s" is not a valid namespace name` (include "istio-lightstep.shown" (list $hidden $valuesIstio.namespace)))
    "fix" "use lowercase letters, digits and dashes, 63 at most") -}}
{{- end -}}
{{- if and
    $valuesIstio.rootNamespace
    (not (and (kindIs "string" $valuesIstio.rootNamespace) (regexMatch $namespace $valuesIstio.rootNamespace))) -}}
  {{- $_ := set $found "0.015" (dict "id" "LS-ISTIO-ROOT-NAMESPACE" "severity" "error"
    "path" "istio.rootNamespace"
    "reason" (printf `"%s" is not a valid namespace name` (include "istio-lightstep.shown" (list $hidden $valuesIstio.rootNamespace)))
    "fix" "use lowercase letters, digits and dashes, 63 at most; an empty value means istio.namespace") -}}
{{- end -}}
{{- if and
    $valuesIstio.revision
    (not (and (kindIs "string" $valuesIstio.revision) (regexMatch $namespace $valuesIstio.revision))) -}}
  {{- $_ := set $found "0.016" (dict "id" "LS-ISTIO-REVISION" "severity" "error"
    "path" "istio.revision"
    "reason" (printf `"%s" is not a valid revision` (include "istio-lightstep.shown" (list $hidden $valuesIstio.revision)))
    "fix" "use lowercase letters, digits and dashes (1-28-2 for Istio 1.28.2)") -}}
{{- end -}}
{{- if $toLightstep -}}
  {{- if and
      (not (deepEqual $globalProxy.tracer "lightstep"))
      (not (and (has $subject.delivery (list "collector" "direct")) (or (not $globalProxy.tracer) (deepEqual $globalProxy.tracer "none") (and (deepEqual $globalProxy.tracer "zipkin") (not (deepEqual $dialect.telemetry "telemetry.istio.io/v1")))))) -}}
    {{- $_ := set $found "0.017" (dict "id" "LS-TRACER" "severity" "error"
      "path" "global.proxy.tracer"
      "reason" (printf `the tracer is "%s"; this chart supports only lightstep` (include "istio-lightstep.shown" (list $hidden $globalProxy.tracer)))
      "fix" "with delivery native, up to Istio 1.14, set it to lightstep; with any other remove it, or set it to none if Istio's own charts read it too") -}}
  {{- end -}}
  {{- if not $globalTracerLightstep.address -}}
    {{- $_ := set $found "0.019" (dict "id" "LS-ADDRESS-MISSING" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" "neither a backend nor the address of LightStep's satellites is set, so spans have no destination: an entry of backends that is empty or null is none, and collector.exporters are further destinations"
      "fix" "set backends, for example backends: {honeycomb: {preset: honeycomb, headers: {x-honeycomb-team: {secret: {name: my-secret, key: my-key}}}}}; docs/backends.md has one for each vendor. For LightStep's satellites, set this to host:port, and accessTokenFrom.name") -}}
  {{- end -}}
  {{- if and $globalTracerLightstep.accessToken $accessTokenFrom.name -}}
    {{- $_ := set $found "0.034" (dict "id" "LS-TOKEN-BOTH" "severity" "error"
      "path" "accessTokenFrom.name"
      "reason" "the access token is set twice, here and in global.tracer.lightstep.accessToken"
      "fix" "keep one of the two; the Secret is safer") -}}
  {{- end -}}
  {{- if deepEqual $globalTracerLightstep.secure false -}}
    {{- $_ := set $found "1.074" (dict "id" "LS-INSECURE" "severity" "warning"
      "path" "global.tracer.lightstep.secure"
      "reason" "spans and the access token are sent to the satellite in plain text"
      "fix" "set secure to true and the address to the satellite's TLS port (9292 of a pool, 443 of ingest.lightstep.com)") -}}
  {{- end -}}
{{- end -}}
{{- if or (or $globalTracerZipkin.address (has (kindOf $globalTracerZipkin.address) (list "float64" "bool"))) (and (or $globalTracerDatadog.address (has (kindOf $globalTracerDatadog.address) (list "float64" "bool"))) (not (deepEqual $globalTracerDatadog.address "$(HOST_IP):8126"))) (deepEqual $globalTracerStackdriver.debug true) (or $globalTracer.openCensusAgent (has (kindOf $globalTracer.openCensusAgent) (list "float64" "bool"))) -}}
  {{- $_ := set $found "1.018" (dict "id" "LS-TRACER-SECOND" "severity" "warning"
    "path" "global.tracer"
    "reason" "another tracer is configured in addition to lightstep; it gets no spans, because global.proxy.tracer selects one tracer"
    "fix" "remove it; to add a second backend, use backends") -}}
{{- end -}}
{{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $hostPlaceholder $globalTracerLightstep.address) -}}
  {{- $_ := set $found "0.020" (dict "id" "LS-ADDRESS-PLACEHOLDER" "severity" "error"
    "path" "global.tracer.lightstep.address"
    "reason" (printf `"%s" is a placeholder` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
    "fix" "set it to your satellite pool's host:port, for example ingest.lightstep.com:443") -}}
{{- end -}}
{{- if not (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $hostPlaceholder $globalTracerLightstep.address)) -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch `^(?i:(my|some|todo|tbd|fixme)([-_]?(lightstep|satellites?|collector|address|host|hostname|pool|endpoint|domain|company))*(\.(example|domain|company|com|net|org))*(:.*)?|.*\.(your|my)[-_]?(domain|company)\..*)$` $globalTracerLightstep.address) -}}
    {{- $_ := set $found "1.021" (dict "id" "LS-ADDRESS-PLACEHOLDER-LIKELY" "severity" "warning"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" looks like a placeholder` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "if it is one, set it to your satellite pool's host:port, for example ingest.lightstep.com:443") -}}
  {{- end -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $url $globalTracerLightstep.address) -}}
    {{- $_ := set $found "0.022" (dict "id" "LS-ADDRESS-URL" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" is a URL` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "remove the scheme and the path: write host:port, for example ingest.lightstep.com:443") -}}
  {{- end -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $bareIPv6 $globalTracerLightstep.address) -}}
    {{- $_ := set $found "0.023" (dict "id" "LS-ADDRESS-IPV6" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" has too many colons` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "put an IPv6 address in brackets, for example [2001:db8::1]:443") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $globalTracerLightstep.address
    (not (or (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $hostPlaceholder $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $url $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $bareIPv6 $globalTracerLightstep.address)))) -}}
  {{- if not (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $port $globalTracerLightstep.address)) -}}
    {{- $_ := set $found "0.024" (dict "id" "LS-ADDRESS-PORT" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" has no port from 1 to 65535` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "write host:port, for example ingest.lightstep.com:443") -}}
  {{- end -}}
{{- end -}}
{{- if and
    (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $port $globalTracerLightstep.address))
    (not (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $hostPlaceholder $globalTracerLightstep.address))) -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch "^[A-Za-z0-9._-]*_[A-Za-z0-9._-]*:[0-9]+$" $globalTracerLightstep.address) -}}
    {{- $_ := set $found "0.025" (dict "id" "LS-ADDRESS-UNDERSCORE" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `the host of "%s" has an underscore` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "use a name with only letters, digits, dashes and dots") -}}
  {{- end -}}
{{- end -}}
{{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $port $globalTracerLightstep.address) -}}
  {{- if and
      (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $numericHost $globalTracerLightstep.address))
      (not (and (kindIs "string" $globalTracerLightstep.address) (regexMatch `^((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(:[0-9]*)?$` $globalTracerLightstep.address))) -}}
    {{- $_ := set $found "0.026" (dict "id" "LS-ADDRESS-NUMERIC" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `the host of "%s" ends in a number and is not an IPv4 address` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "write a DNS name whose last label has a letter, or all four bytes of the address") -}}
  {{- end -}}
{{- end -}}
{{- if and
    (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $port $globalTracerLightstep.address))
    (not (or (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $hostPlaceholder $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $url $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $bareIPv6 $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $numericHost $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch "^[A-Za-z0-9._-]*_[A-Za-z0-9._-]*:[0-9]+$" $globalTracerLightstep.address)))) -}}
  {{- if or (and (kindIs "string" $globalTracerLightstep.address) (regexMatch "^.{254,}:[0-9]+$" $globalTracerLightstep.address)) (not (or (and (kindIs "string" $globalTracerLightstep.address) (regexMatch `^([a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9]([-a-zA-Z0-9]{0,61}[a-zA-Z0-9])?(:[0-9]*)?$` $globalTracerLightstep.address)) (and (kindIs "string" $globalTracerLightstep.address) (regexMatch `^\[(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))\](:[0-9]*)?$` $globalTracerLightstep.address)))) -}}
    {{- $_ := set $found "0.027" (dict "id" "LS-ADDRESS-HOST" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `the host of "%s" is neither a DNS name nor an IP address` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "write host:port, for example ingest.lightstep.com:443; without a trailing dot, and with an IPv6 address in brackets") -}}
  {{- end -}}
{{- end -}}
{{- if not $collects -}}
  {{- if and
      (and (kindIs "string" $globalTracerLightstep.address) (regexMatch "^([A-Za-z]+:/{2,3})?[-A-Za-z0-9]*[A-Za-z][-A-Za-z0-9]*(:[0-9]+)?(/.*)?$" $globalTracerLightstep.address))
      (not (and (kindIs "string" $globalTracerLightstep.address) (regexMatch $loopback $globalTracerLightstep.address))) -}}
    {{- $_ := set $found "1.028" (dict "id" "LS-ADDRESS-NAME" "severity" "warning"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `each proxy resolves "%s" in the namespace of its own pod: it finds a Service of this name in one namespace alone, and the spans of all others are lost` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "write NAME.NAMESPACE:PORT for a Service, for example satellite.lightstep:9292, or the whole name of a host") -}}
  {{- end -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $loopback $globalTracerLightstep.address) -}}
    {{- $_ := set $found "0.030" (dict "id" "LS-ADDRESS-LOOPBACK" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" is an address of the local pod, where no satellite runs` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "set the address of the satellite itself, for example ingest.lightstep.com:443") -}}
  {{- end -}}
{{- end -}}
{{- if $collects -}}
  {{- if deepEqual $subject.loops true -}}
    {{- $_ := set $found "0.029" (dict "id" "LS-ADDRESS-LOOP" "severity" "error"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" is a collector of this chart, which would send spans to itself in an endless loop` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "set the address of the satellite itself, for example ingest.lightstep.com:443") -}}
  {{- end -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch $loopback $globalTracerLightstep.address) -}}
    {{- $_ := set $found "1.031" (dict "id" "LS-ADDRESS-LOOPBACK-COLLECTOR" "severity" "warning"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `"%s" is an address of the collector's own pod, where no satellite runs and the collector's own receiver listens` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "set the address of the satellite itself, unless you add a container to the pod") -}}
  {{- end -}}
  {{- if not (or $collectorResourcesLimits.memory (has (kindOf $collectorResourcesLimits.memory) (list "float64" "bool"))) -}}
    {{- $_ := set $found "1.123" (dict "id" "LS-COLLECTOR-MEMORY-UNLIMITED" "severity" "warning"
      "path" "collector.resources.limits.memory"
      "reason" "without a memory limit, the collector has that of its node: it refuses spans only at 80 % of the node's memory, and has no GOMEMLIMIT, so it can use up the node before that"
      "fix" "set a limit, for example 512Mi") -}}
  {{- end -}}
  {{- if and (has (kindOf $collectorConfigServiceTelemetryMetrics.level) (list "string" "float64" "bool")) (regexMatch "^(?i:none)$" (include "istio-lightstep.scalar" $collectorConfigServiceTelemetryMetrics.level)) -}}
    {{- $_ := set $found "0.270" (dict "id" "LS-COLLECTOR-CONFIG-BLIND" "severity" "error"
      "path" "collector.config.service.telemetry.metrics.level"
      "reason" "without metrics of the collector nothing can tell whether its queue is empty: helm uninstall would fail, and doctor and alerts would see nothing"
      "fix" "remove it, or write basic, normal or detailed") -}}
  {{- end -}}
  {{- if and
      (kindIs "slice" $collectorConfigServiceTelemetryMetrics.views)
      (not (and (has (kindOf $collectorConfigServiceTelemetryMetrics.level) (list "string" "float64" "bool")) (regexMatch `^(?i:detailed)$|\$\{` (include "istio-lightstep.scalar" $collectorConfigServiceTelemetryMetrics.level)))) -}}
    {{- $_ := set $found "0.271" (dict "id" "LS-COLLECTOR-CONFIG-VIEWS" "severity" "error"
      "path" "collector.config.service.telemetry.metrics.views"
      "reason" "the collector does not start with views unless the level of its metrics is detailed"
      "fix" "remove it, or set collector.config.service.telemetry.metrics.level to detailed") -}}
  {{- end -}}
  {{- if deepEqual $collectorUpdateStrategyRollingUpdate.maxUnavailable "100%" -}}
    {{- $_ := set $found "1.305" (dict "id" "LS-COLLECTOR-UPDATE-AT-ONCE" "severity" "warning"
      "path" "collector.updateStrategy.rollingUpdate.maxUnavailable"
      "reason" "an upgrade stops all collectors at once, and proxies lose the spans of that time"
      "fix" "remove it: one collector is replaced after another") -}}
  {{- end -}}
  {{- if and
      $collector.startupProbe
      (or (and $noExec $noGRPC $noTCP (not $collectorStartupProbe.httpGet)) (and (not $noExec) (not $noGRPC)) (and (not $noExec) (not $noTCP)) (and (not $noGRPC) (not $noTCP))) -}}
    {{- $_ := set $found "0.309" (dict "id" "LS-COLLECTOR-PROBE" "severity" "error"
      "path" "collector.startupProbe"
      "reason" "a probe has exactly one of exec, grpc, httpGet and tcpSocket; Kubernetes refuses the collectors"
      "fix" "leave one of them, or set collector.startupProbe to null for no startup probe") -}}
  {{- end -}}
  {{- if or (and $noExec $noGRPC $noTCP (kindIs "string" $collectorStartupProbeHttpGet.port) (not (has $collectorStartupProbeHttpGet.port (list "health" "metrics")))) (and (kindIs "string" $collectorStartupProbeTcpSocket.port) (not (has $collectorStartupProbeTcpSocket.port (list "health" "metrics" "spans")))) -}}
    {{- $_ := set $found "0.310" (dict "id" "LS-COLLECTOR-PROBE-PORT" "severity" "error"
      "path" "collector.startupProbe"
      "reason" "the collector's container has no such port: the probe never succeeds, and Kubernetes restarts the collector again and again"
      "fix" "use the port health, or for tcpSocket metrics or spans") -}}
  {{- end -}}
  {{- if and
      (deepEqual $collectorNetworkPolicy.enabled false)
      (deepEqual $collectorNetworkPolicyEgress.enabled true) -}}
    {{- $_ := set $found "1.322" (dict "id" "LS-COLLECTOR-EGRESS-OFF" "severity" "warning"
      "path" "collector.networkPolicy.egress.enabled"
      "reason" "collector.networkPolicy.enabled is false, so there is no NetworkPolicy, and the collectors may connect to anything"
      "fix" "set collector.networkPolicy.enabled to true, or collector.networkPolicy.egress.enabled to false") -}}
  {{- end -}}
  {{- if and
      (deepEqual $collectorAutoscaling.enabled true)
      (or (include "istio-lightstep.below" (list $collectorAutoscaling.minReplicas 2.0)) (include "istio-lightstep.below" (list $collectorAutoscaling.maxReplicas $collectorAutoscaling.minReplicas)) (include "istio-lightstep.above" (list $collectorAutoscaling.maxReplicas 1000.0))) -}}
    {{- $_ := set $found "0.329" (dict "id" "LS-COLLECTOR-AUTOSCALING" "severity" "error"
      "path" "collector.autoscaling"
      "reason" (printf "from %s to %s collectors is not possible without losing spans: with fewer than 2, each that is removed or replaced leaves nobody to send to" (include "istio-lightstep.shown" (list $hidden $collectorAutoscaling.minReplicas)) (include "istio-lightstep.shown" (list $hidden $collectorAutoscaling.maxReplicas)))
      "fix" "set minReplicas to 2 or more, and maxReplicas to that or more, 1000 at most") -}}
  {{- end -}}
  {{- if and (deepEqual $collectorAutoscaling.create false) (deepEqual $collectorAutoscaling.enabled false) -}}
    {{- $_ := set $found "1.334" (dict "id" "LS-COLLECTOR-AUTOSCALING-CREATE" "severity" "warning"
      "path" "collector.autoscaling.create"
      "reason" "the number of collectors is collector.replicas while collector.autoscaling.enabled is false: each upgrade undoes what another autoscaler chose"
      "fix" "set collector.autoscaling.enabled to true, or remove this") -}}
  {{- end -}}
  {{- if and
      (deepEqual $collectorPersistentVolumeClaimRetentionPolicy.whenScaled "Delete")
      (deepEqual $collectorPersistence.enabled true) -}}
    {{- $_ := set $found "1.335" (dict "id" "LS-COLLECTOR-CLAIM-DELETED" "severity" "warning"
      "path" "collector.persistentVolumeClaimRetentionPolicy.whenScaled"
      "reason" "the spans in the queue of a collector that is scaled down are deleted with its volume"
      "fix" "set whenScaled to Retain") -}}
  {{- end -}}
{{- end -}}
{{- if not $natively -}}
  {{- if and (kindIs "string" $globalTracerLightstep.address) (regexMatch ":4318$" $globalTracerLightstep.address) -}}
    {{- $_ := set $found "1.032" (dict "id" "LS-ADDRESS-PORT-HTTP" "severity" "warning"
      "path" "global.tracer.lightstep.address"
      "reason" (printf `port 4318 of "%s" is by convention the port for OTLP/HTTP, and spans are sent over OTLP/gRPC` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.address)))
      "fix" "set the receiver's port for OTLP/gRPC, by convention 4317") -}}
  {{- end -}}
  {{- if and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $vaultToken $globalTracerLightstep.accessToken) -}}
    {{- $_ := set $found "1.037" (dict "id" "LS-TOKEN-VAULT" "severity" "warning"
      "path" "global.tracer.lightstep.accessToken"
      "reason" "the access token names a place in Vault, and is written into a Secret as it is: unless the webhook of Bank-Vaults resolves it there, it is sent to LightStep"
      "fix" "see that the webhook changes Secrets in this namespace, and ignore this rule; or store the token in a Secret and set accessTokenFrom.name") -}}
  {{- end -}}
{{- end -}}
{{- if and $toLightstep $globalTracerLightstep.address -}}
  {{- if and
      (not $globalTracerLightstep.accessToken)
      (kindIs "map" $values.accessTokenFrom)
      (not $accessTokenFrom.name) -}}
    {{- $_ := set $found "0.033" (dict "id" "LS-TOKEN-MISSING" "severity" "error"
      "path" "global.tracer.lightstep.accessToken"
      "reason" "no access token is set"
      "fix" "set accessTokenFrom.name to its Secret, or global.tracer.lightstep.accessToken to the token itself") -}}
  {{- end -}}
{{- end -}}
{{- if and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $tokenPlaceholder $globalTracerLightstep.accessToken) -}}
  {{- $_ := set $found "0.035" (dict "id" "LS-TOKEN-PLACEHOLDER" "severity" "error"
    "path" "global.tracer.lightstep.accessToken"
    "reason" "the access token is a placeholder"
    "fix" "use the token from the project settings in LightStep") -}}
{{- end -}}
{{- if and
    (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $encryptedToken $globalTracerLightstep.accessToken))
    (or $natively (not (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $vaultToken $globalTracerLightstep.accessToken)))) -}}
  {{- $_ := set $found "0.036" (dict "id" "LS-TOKEN-ENCRYPTED" "severity" "error"
    "path" "global.tracer.lightstep.accessToken"
    "reason" "the access token is encrypted, or names the place of the token, and would be sent as it is"
    "fix" "decrypt the values first, for example with `helm secrets` or `sops --decrypt`; or store the token in a Secret and set accessTokenFrom.name") -}}
{{- end -}}
{{- if not (or (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $tokenPlaceholder $globalTracerLightstep.accessToken)) (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $encryptedToken $globalTracerLightstep.accessToken))) -}}
  {{- if and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch "[<>{}$]|^(?i:your|my|change-?me|replace|todo|xxx)[-_ .:]" $globalTracerLightstep.accessToken) -}}
    {{- $_ := set $found "1.038" (dict "id" "LS-TOKEN-PLACEHOLDER-LIKELY" "severity" "warning"
      "path" "global.tracer.lightstep.accessToken"
      "reason" "the access token looks like a placeholder"
      "fix" "if it is one, use the token from the project settings in LightStep") -}}
  {{- end -}}
{{- end -}}
{{- if and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch `^\s+$` $globalTracerLightstep.accessToken) -}}
  {{- $_ := set $found "0.039" (dict "id" "LS-TOKEN-BLANK" "severity" "error"
    "path" "global.tracer.lightstep.accessToken"
    "reason" "the access token is blank"
    "fix" "set it to the token, without spaces") -}}
{{- end -}}
{{- if not (or (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch `^\s+$` $globalTracerLightstep.accessToken)) (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $tokenPlaceholder $globalTracerLightstep.accessToken)) (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch $encryptedToken $globalTracerLightstep.accessToken))) -}}
  {{- if and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch `[^\x21-\x7e]` $globalTracerLightstep.accessToken) -}}
    {{- $_ := set $found "0.040" (dict "id" "LS-TOKEN-CHARACTERS" "severity" "error"
      "path" "global.tracer.lightstep.accessToken"
      "reason" "the access token has a space, a line break or a character outside ASCII"
      "fix" "remove them; `--set-file` keeps the newline at the end of a file") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $natively
    (deepEqual $dialect.native "values")
    (not (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch `[^\x21-\x7e]` $globalTracerLightstep.accessToken))) -}}
  {{- if and
      $globalTracerLightstep.accessToken
      (or (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch "^[-+.]?[0-9][-+0-9_.,:eEoxXa-fA-F]*$" $globalTracerLightstep.accessToken)) (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch `^(?i:true|false|yes|no|on|off|y|n|null|~|[-+]?\.inf|\.nan)$` $globalTracerLightstep.accessToken)) (not (and (kindIs "string" $globalTracerLightstep.accessToken) (regexMatch "^[A-Za-z0-9_./+][A-Za-z0-9_./+=-]*$" $globalTracerLightstep.accessToken)))) -}}
    {{- $_ := set $found "0.041" (dict "id" "LS-TOKEN-LOOKS-LIKE-YAML" "severity" "error"
      "path" "global.tracer.lightstep.accessToken"
      "reason" (printf "Istio %s writes the access token unquoted into YAML, where this one would not be read as a string" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "ask LightStep for a token that contains a letter and only letters, digits and _ . / + = -") -}}
  {{- end -}}
{{- end -}}
{{- if $natively -}}
  {{- if $accessTokenFrom.name -}}
    {{- $_ := set $found "0.042" (dict "id" "LS-TOKEN-FROM-NATIVE" "severity" "error"
      "path" "accessTokenFrom.name"
      "reason" (printf "Istio %s supports the access token only as a literal in its mesh config" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "set global.tracer.lightstep.accessToken; to keep the token in a Secret, move to Istio 1.16.1 or newer") -}}
  {{- end -}}
  {{- if $globalTracerLightstep.accessToken -}}
    {{- $_ := set $found "1.045" (dict "id" "LS-TOKEN-IN-CLEAR" "severity" "warning"
      "path" "global.tracer.lightstep.accessToken"
      "reason" (printf "Istio %s stores the access token in plain text in the mesh ConfigMap and in the spec of every injected pod" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "restrict read access to both; from Istio 1.16.1 on, the token is in a Secret that only the collector reads") -}}
  {{- end -}}
  {{- if and $secure (not $globalTracerLightstep.cacertPath) -}}
    {{- $_ := set $found "0.049" (dict "id" "LS-CACERTPATH-MISSING" "severity" "error"
      "path" "global.tracer.lightstep.cacertPath"
      "reason" (printf "secure is true, and the proxies of Istio %s do not trust public certificate authorities for tracing" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "set cacertPath, for example /etc/lightstep/cacert.pem, and cacert.pem to the CA certificate") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $accessTokenFrom.name
    (or (not (and (kindIs "string" $accessTokenFrom.name) (regexMatch $objectName $accessTokenFrom.name))) (and (kindIs "string" $accessTokenFrom.name) (regexMatch "^.{254,}$" $accessTokenFrom.name))) -}}
  {{- $_ := set $found "0.043" (dict "id" "LS-TOKEN-FROM-NAME" "severity" "error"
    "path" "accessTokenFrom.name"
    "reason" "this is not a valid Secret name"
    "fix" "use the name of the Secret that contains the token: lowercase letters, digits, dashes and dots, 253 at most") -}}
{{- end -}}
{{- if and
    (kindIs "map" $values.accessTokenFrom)
    (not (and (kindIs "string" $accessTokenFrom.key) (regexMatch $secretKey $accessTokenFrom.key))) -}}
  {{- $_ := set $found "0.044" (dict "id" "LS-TOKEN-FROM-KEY" "severity" "error"
    "path" "accessTokenFrom.key"
    "reason" "this is not a valid Secret key"
    "fix" "use the key of the token in that Secret: letters, digits, dashes, dots and underscores") -}}
{{- end -}}
{{- if and $toLightstep (has $subject.delivery (list "collector" "direct")) -}}
  {{- if deepEqual $liveTokenSecret.present false -}}
    {{- $_ := set $found "0.046" (dict "id" "LS-TOKEN-SECRET-MISSING" "severity" "error"
      "path" "accessTokenFrom.name"
      "reason" (printf "namespace %s has no Secret %s with key %s" (include "istio-lightstep.foreign" (list $hidden $liveTokenSecret.namespace)) (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.name `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)) (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)))
      "fix" (printf "kubectl create secret generic %s --namespace %s --from-file=%s=FILE" (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.name `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)) (include "istio-lightstep.foreign" (list $hidden $liveTokenSecret.namespace)) (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)))) -}}
  {{- end -}}
{{- end -}}
{{- if and $toLightstep (deepEqual $subject.delivery "direct") $live.istiod -}}
  {{- if not (and (kindIs "slice" $liveIstiod.environment) (has $live.tokenEnv $liveIstiod.environment)) -}}
    {{- $_ := set $found "0.047" (dict "id" "LS-TOKEN-NOT-READ" "severity" "error"
      "path" "delivery"
      "reason" (printf "istiod has no environment variable %s: proxies would send no access token, and every span would be rejected" (include "istio-lightstep.foreign" (list $hidden $live.tokenEnv)))
      "fix" (printf "run `helm template %s CHART --namespace %s -f VALUES --set output=istioOperator >tracing.yaml && istioctl install -f YOURS -f tracing.yaml` once (with Helm: output=istiodValues and `helm upgrade`), then install again" (include "istio-lightstep.foreign" (list $hidden $live.release)) (include "istio-lightstep.foreign" (list $hidden $live.namespace)))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    $toLightstep
    (deepEqual $liveTokenSecret.present true)
    (or (deepEqual $subject.delivery "direct") (and (deepEqual $globalTracerLightstep.secure false) (deepEqual $collectorRetryRefused.enabled false))) -}}
  {{- if deepEqual $liveTokenSecret.visible false -}}
    {{- $_ := set $found "0.048" (dict "id" "LS-TOKEN-SECRET-CHARACTERS" "severity" "error"
      "path" "accessTokenFrom.name"
      "reason" (printf "key %s of Secret %s contains a line break or a space, or is empty: it is not a valid header value, and every span would be dropped" (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)) (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.name `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)))
      "fix" (printf "write the Secret without them, for example `tr -d '\\n' <FILE | kubectl create secret generic %s --namespace %s --from-file=%s=/dev/stdin`" (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.name `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)) (include "istio-lightstep.foreign" (list $hidden $liveTokenSecret.namespace)) (include "istio-lightstep.shown" (list $hidden $accessTokenFrom.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    $natively
    (and (kindIs "slice" $dialect.caPathAlways) (has $values.output $dialect.caPathAlways))
    (not $secure) -}}
  {{- if not $globalTracerLightstep.cacertPath -}}
    {{- $_ := set $found "0.050" (dict "id" "LS-CACERTPATH-NEEDED" "severity" "error"
      "path" "global.tracer.lightstep.cacertPath"
      "reason" (printf "Istio %s renders invalid pods if no CA path is set, whatever secure is" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "set cacertPath, for example /etc/lightstep/cacert.pem; if secure is false, the file does not have to exist") -}}
  {{- end -}}
{{- end -}}
{{- if and $toLightstep (not $natively) $secure -}}
  {{- if and (not $globalTracerLightstep.cacertPath) (or $valuesCacert.pem $valuesCacertExistingSecret.name) -}}
    {{- $_ := set $found "0.051" (dict "id" "LS-CACERTPATH-FOR-PEM" "severity" "error"
      "path" "global.tracer.lightstep.cacertPath"
      "reason" "a CA certificate is set, but no path from which to read it"
      "fix" "set cacertPath, for example /etc/lightstep/cacert.pem") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $ownCA
    (not (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/" $globalTracerLightstep.cacertPath))) -}}
  {{- $_ := set $found "0.052" (dict "id" "LS-CACERTPATH-RELATIVE" "severity" "error"
    "path" "global.tracer.lightstep.cacertPath"
    "reason" (printf `"%s" is not an absolute path` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.cacertPath)))
    "fix" "start it with /, for example /etc/lightstep/cacert.pem") -}}
{{- end -}}
{{- if and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/(.*/)?$" $globalTracerLightstep.cacertPath) -}}
  {{- $_ := set $found "0.053" (dict "id" "LS-CACERTPATH-DIRECTORY" "severity" "error"
    "path" "global.tracer.lightstep.cacertPath"
    "reason" (printf `"%s" is a directory` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.cacertPath)))
    "fix" "add the file name, for example /etc/lightstep/cacert.pem") -}}
{{- end -}}
{{- if and
    (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/.*[^/]$" $globalTracerLightstep.cacertPath))
    (or (not (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^(/[-._a-zA-Z0-9]+)+$" $globalTracerLightstep.cacertPath))) (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch `/\.\.?(/|$)` $globalTracerLightstep.cacertPath))) -}}
  {{- $_ := set $found "0.054" (dict "id" "LS-CACERTPATH-CHARACTERS" "severity" "error"
    "path" "global.tracer.lightstep.cacertPath"
    "reason" (printf `"%s" has a part that is not valid in a Secret key or a mount path` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.cacertPath)))
    "fix" "use letters, digits, dashes, dots and underscores between single slashes") -}}
{{- end -}}
{{- if or (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/(etc/ssl|etc/pki|usr/share/ca-certificates|usr/local/share/ca-certificates|etc/istio|var/run|run|dev|proc|sys|bin|usr|lib)/" $globalTracerLightstep.cacertPath)) (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/(etc/|var/|var/lib/|tmp/)?[^/]+$" $globalTracerLightstep.cacertPath)) -}}
  {{- $_ := set $found "0.055" (dict "id" "LS-CACERTPATH-HIDES" "severity" "error"
    "path" "global.tracer.lightstep.cacertPath"
    "reason" (printf `a Secret mounted at the directory of "%s" hides the existing files in it` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.cacertPath)))
    "fix" "use a separate directory, for example /etc/lightstep/cacert.pem") -}}
{{- end -}}
{{- if or (and $collects (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/(etc/otelcol|etc/lightstep-access-token|var/lib/otelcol)/" $globalTracerLightstep.cacertPath))) (and $mountsCA (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/var/lib/istio/" $globalTracerLightstep.cacertPath))) (and $mountsCA (has $istio.minor (list "1.4" "1.5")) (and (kindIs "string" $globalTracerLightstep.cacertPath) (regexMatch "^/etc/certs/" $globalTracerLightstep.cacertPath))) -}}
  {{- $_ := set $found "0.056" (dict "id" "LS-CACERTPATH-MOUNTED" "severity" "error"
    "path" "global.tracer.lightstep.cacertPath"
    "reason" (printf `the directory of "%s" is the mount path of another volume of the pod, and Kubernetes rejects a pod with two volumes at the same path` (include "istio-lightstep.shown" (list $hidden $globalTracerLightstep.cacertPath)))
    "fix" "use a separate directory, for example /etc/lightstep/cacert.pem") -}}
{{- end -}}
{{- if and $valuesCacert.pem $valuesCacertExistingSecret.name -}}
  {{- $_ := set $found "0.057" (dict "id" "LS-CACERT-BOTH" "severity" "error"
    "path" "cacert.existingSecret.name"
    "reason" "the CA certificate is set twice, here and in cacert.pem"
    "fix" "keep one of the two") -}}
{{- end -}}
{{- if and (kindIs "string" $valuesCacert.pem) (regexMatch "-----BEGIN [A-Z ]*PRIVATE KEY-----" $valuesCacert.pem) -}}
  {{- $_ := set $found "0.058" (dict "id" "LS-CA-PRIVATE-KEY" "severity" "error"
    "path" "cacert.pem"
    "reason" "it contains a private key, which would be mounted in every pod"
    "fix" "keep only the CERTIFICATE blocks; if the file was shared, treat the key as compromised and replace it") -}}
{{- end -}}
{{- if and (kindIs "string" $valuesCacert.pem) (regexMatch $encryptedFile $valuesCacert.pem) -}}
  {{- $_ := set $found "0.059" (dict "id" "LS-CA-ENCRYPTED" "severity" "error"
    "path" "cacert.pem"
    "reason" "it is encrypted, and would be used as it is"
    "fix" "decrypt it first, for example with `helm secrets` or `sops --decrypt`, and give the certificate alone; of a certificate nothing is secret") -}}
{{- end -}}
{{- if and
    $valuesCacert.pem
    (not (and (kindIs "string" $valuesCacert.pem) (regexMatch $encryptedFile $valuesCacert.pem)))
    (not (and (kindIs "string" $valuesCacert.pem) (regexMatch `^$|(^|\n)-----BEGIN CERTIFICATE-----[ \t\r]*\n[A-Za-z0-9+/=\s]+\n-----END CERTIFICATE-----` $valuesCacert.pem))) -}}
  {{- $_ := set $found "0.060" (dict "id" "LS-CA-PEM" "severity" "error"
    "path" "cacert.pem"
    "reason" "it is not a PEM certificate"
    "fix" "use --set-file cacert.pem=Cert_Auth.crt; to convert a DER file to PEM, use `openssl x509 -inform der`") -}}
{{- end -}}
{{- if and
    $valuesCacertExistingSecret.name
    (or (not (and (kindIs "string" $valuesCacertExistingSecret.name) (regexMatch $objectName $valuesCacertExistingSecret.name))) (and (kindIs "string" $valuesCacertExistingSecret.name) (regexMatch "^.{254,}$" $valuesCacertExistingSecret.name))) -}}
  {{- $_ := set $found "0.062" (dict "id" "LS-CACERT-SECRET-NAME" "severity" "error"
    "path" "cacert.existingSecret.name"
    "reason" "this is not a valid Secret name"
    "fix" "use lowercase letters, digits, dashes and dots, 253 at most") -}}
{{- end -}}
{{- if $mountsCA -}}
  {{- if and
      (and (kindIs "string" $valuesCacertExistingSecret.name) (regexMatch $objectName $valuesCacertExistingSecret.name))
      (not (deepEqual $valuesCacertExistingSecret.name "lightstep.cacert")) -}}
    {{- $_ := set $found "0.063" (dict "id" "LS-CACERT-SECRET-FIXED" "severity" "error"
      "path" "cacert.existingSecret.name"
      "reason" (printf `proxies mount the Secret lightstep.cacert, not "%s"` (include "istio-lightstep.shown" (list $hidden $valuesCacertExistingSecret.name `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)))
      "fix" "name the Secret lightstep.cacert in every namespace") -}}
  {{- end -}}
{{- end -}}
{{- if and $valuesCacertExistingSecret.key (not (deepEqual $valuesCacertExistingSecret.key $cacert.key)) -}}
  {{- $_ := set $found "0.064" (dict "id" "LS-CACERT-SECRET-KEY" "severity" "error"
    "path" "cacert.existingSecret.key"
    "reason" (printf `the key "%s" is not the base name of cacertPath, "%s"` (include "istio-lightstep.shown" (list $hidden $valuesCacertExistingSecret.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))
    "fix" (printf `rename the key to "%s", or end cacertPath with "%s"` (include "istio-lightstep.shown" (list $hidden $cacert.key)) (include "istio-lightstep.shown" (list $hidden $valuesCacertExistingSecret.key `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$`)))) -}}
{{- end -}}
{{- if and
    $valuesCacertExistingSecret.key
    (not (and (kindIs "string" $valuesCacertExistingSecret.key) (regexMatch $secretKey $valuesCacertExistingSecret.key))) -}}
  {{- $_ := set $found "0.065" (dict "id" "LS-CACERT-SECRET-KEY-NAME" "severity" "error"
    "path" "cacert.existingSecret.key"
    "reason" "this is not a valid Secret key"
    "fix" "use letters, digits, dashes, dots and underscores") -}}
{{- end -}}
{{- if and $mountsCA (deepEqual $values.output "cluster") -}}
  {{- if and $secure $ownCA (not $valuesCacert.pem) (not $valuesCacertExistingSecret.name) -}}
    {{- $_ := set $found "1.067" (dict "id" "LS-CACERT-BY-HAND" "severity" "warning"
      "path" "cacert.pem"
      "reason" "the chart creates no CA Secret; without it pods start, and their spans are lost without an error"
      "fix" (printf "use --set-file cacert.pem=Cert_Auth.crt, or create Secret lightstep.cacert with key %s in the namespace of every application and gateway" (include "istio-lightstep.shown" (list $hidden $cacert.key)))) -}}
  {{- end -}}
{{- end -}}
{{- if and (deepEqual $subject.delivery "collector") (deepEqual $values.output "cluster") -}}
  {{- if and $secure $ownCA (not $valuesCacert.pem) (not $valuesCacertExistingSecret.name) -}}
    {{- $_ := set $found "1.068" (dict "id" "LS-CACERT-BY-HAND-COLLECTOR" "severity" "warning"
      "path" "cacert.pem"
      "reason" "the chart creates no CA Secret, and the collector does not start without it"
      "fix" (printf "use --set-file cacert.pem=Cert_Auth.crt, or create Secret lightstep.cacert with key %s in the release's namespace" (include "istio-lightstep.shown" (list $hidden $cacert.key)))) -}}
  {{- end -}}
{{- end -}}
{{- if and (deepEqual $subject.delivery "collector") $secure $ownCA (not $valuesCacert.pem) $subject.live -}}
  {{- if not (and (kindIs "slice" $live.caNamespaces) (has $live.namespace $live.caNamespaces)) -}}
    {{- $_ := set $found "0.071" (dict "id" "LS-CACERT-SECRET-MISSING-COLLECTOR" "severity" "error"
      "path" "cacert.existingSecret.name"
      "reason" (printf "namespace %s has no CA Secret with key %s: the collector would not start" (include "istio-lightstep.foreign" (list $hidden $live.namespace)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))
      "fix" (printf "use --set-file cacert.pem=Cert_Auth.crt, or kubectl create secret generic lightstep.cacert --namespace %s --from-file=%s=Cert_Auth.crt" (include "istio-lightstep.foreign" (list $hidden $live.namespace)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))) -}}
  {{- end -}}
{{- end -}}
{{- if and $natively (deepEqual $dialect.hidesSNI true) -}}
  {{- if $secure -}}
    {{- $_ := set $found "1.075" (dict "id" "LS-SNI" "severity" "warning"
      "path" "global.tracer.lightstep.secure"
      "reason" (printf "the tracer of Istio %s does not send the satellite's name in the TLS handshake" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "use a satellite that does not require the name (SNI), or Istio 1.9 or newer") -}}
  {{- end -}}
{{- end -}}
{{- if not (and (has (kindOf $pilot.traceSampling) (list "string" "float64" "bool")) (regexMatch `^-?[0-9]+(\.[0-9]+)?$` (include "istio-lightstep.scalar" $pilot.traceSampling))) -}}
  {{- $_ := set $found "0.076" (dict "id" "LS-SAMPLING-NUMBER" "severity" "error"
    "path" "pilot.traceSampling"
    "reason" (printf `"%s" is not a number` (include "istio-lightstep.shown" (list $hidden $pilot.traceSampling)))
    "fix" "set the percentage of requests to trace, for example 100") -}}
{{- end -}}
{{- if and (has (kindOf $pilot.traceSampling) (list "string" "float64" "bool")) (regexMatch `^-?0+(\.0+)?$` (include "istio-lightstep.scalar" $pilot.traceSampling)) -}}
  {{- $_ := set $found "0.077" (dict "id" "LS-SAMPLING-ZERO" "severity" "error"
    "path" "pilot.traceSampling"
    "reason" "sampling is 0, which Istio's charts read as not set, and the Telemetry API as no spans"
    "fix" "set it to 100; to stop tracing, uninstall the release") -}}
{{- end -}}
{{- if and
    (and (has (kindOf $pilot.traceSampling) (list "string" "float64" "bool")) (regexMatch `^[0-9]+(\.[0-9]+)?$` (include "istio-lightstep.scalar" $pilot.traceSampling)))
    (include "istio-lightstep.above" (list $pilot.traceSampling 0.0))
    (include "istio-lightstep.below" (list $pilot.traceSampling 0.01)) -}}
  {{- $_ := set $found "0.078" (dict "id" "LS-SAMPLING-SMALL" "severity" "error"
    "path" "pilot.traceSampling"
    "reason" (printf "Envoy counts sampling in whole hundredths of a percent, so %s becomes 0: proxies would make no spans" (include "istio-lightstep.shown" (list $hidden $pilot.traceSampling)))
    "fix" "set it to 0.01 or more: that is one request in 10,000") -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $pilot.traceSampling 0.0)) (include "istio-lightstep.above" (list $pilot.traceSampling 100.0)) -}}
  {{- $_ := set $found "0.079" (dict "id" "LS-SAMPLING-RANGE" "severity" "error"
    "path" "pilot.traceSampling"
    "reason" (printf "%s is not a percentage" (include "istio-lightstep.shown" (list $hidden $pilot.traceSampling)))
    "fix" "set it between 0 and 100, for example 100") -}}
{{- end -}}
{{- if and $natively $values.gateways -}}
  {{- if and (kindIs "slice" $dialect.gatewaysSilent) (has $values.output $dialect.gatewaysSilent) -}}
    {{- $_ := set $found "1.083" (dict "id" "LS-GATEWAY-ZIPKIN-ONLY" "severity" "warning"
      "path" "gateways"
      "reason" (printf "gateways that istioctl %s installs send to Zipkin only: their spans do not reach LightStep" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" (printf "install Istio %s by its Helm chart (output legacyValues), or move to 1.6 or newer" (include "istio-lightstep.shown" (list $hidden $istio.minor)))) -}}
  {{- end -}}
{{- end -}}
{{- if not (has $values.delivery (list "auto" "native" "collector" "direct")) -}}
  {{- $_ := set $found "0.084" (dict "id" "LS-DELIVERY" "severity" "error"
    "path" "delivery"
    "reason" (printf `"%s" is not a valid delivery` (include "istio-lightstep.shown" (list $hidden $values.delivery)))
    "fix" "set it to auto, native, collector or direct") -}}
{{- end -}}
{{- if and $subject.dialect (deepEqual $values.delivery "native") -}}
  {{- if not (and (kindIs "slice" $dialect.deliveries) (has "native" $dialect.deliveries)) -}}
    {{- $_ := set $found "0.085" (dict "id" "LS-DELIVERY-NATIVE" "severity" "error"
      "path" "delivery"
      "reason" (printf "the proxies of Istio %s do not contain the LightStep tracer and would not start" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" (printf "set delivery to auto, which means %s for this version" (include "istio-lightstep.foreign" (list $hidden $dialect.auto)))) -}}
  {{- end -}}
{{- end -}}
{{- if and $subject.dialect (deepEqual $values.delivery "direct") -}}
  {{- if not (and (kindIs "slice" $dialect.deliveries) (has "direct" $dialect.deliveries)) -}}
    {{- $_ := set $found "0.086" (dict "id" "LS-DELIVERY-DIRECT" "severity" "error"
      "path" "delivery"
      "reason" (printf "Istio %s does not support direct delivery: it reads no header, such as an access token, from a Secret" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" (printf "set delivery to auto, which means %s for this version, or move to Istio 1.26 or newer" (include "istio-lightstep.foreign" (list $hidden $dialect.auto)))) -}}
  {{- end -}}
{{- end -}}
{{- if not (has $values.output (list "cluster" "istioOperator" "istiodValues" "gatewayValues" "legacyValues" "sail")) -}}
  {{- $_ := set $found "0.087" (dict "id" "LS-OUTPUT" "severity" "error"
    "path" "output"
    "reason" (printf `"%s" is not a valid output` (include "istio-lightstep.shown" (list $hidden $values.output)))
    "fix" "set it to cluster, istioOperator, istiodValues, gatewayValues, legacyValues or sail") -}}
{{- end -}}
{{- if and
    $subject.dialect
    (has $values.output (list "cluster" "istioOperator" "istiodValues" "gatewayValues" "legacyValues" "sail")) -}}
  {{- if not (and (kindIs "slice" $dialect.outputs) (has $values.output $dialect.outputs)) -}}
    {{- $_ := set $found "0.088" (dict "id" "LS-OUTPUT-DIALECT" "severity" "error"
      "path" "output"
      "reason" (printf "Istio %s does not support output %s" (include "istio-lightstep.shown" (list $hidden $istio.minor)) (include "istio-lightstep.shown" (list $hidden $values.output)))
      "fix" (printf "set output to one of %s" (include "istio-lightstep.foreign" (list $hidden $dialect.outputs)))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    (deepEqual $values.output "gatewayValues")
    (and (kindIs "slice" $dialect.outputs) (has "gatewayValues" $dialect.outputs)) -}}
  {{- if or (not $globalTracerLightstep.cacertPath) (not $secure) (deepEqual $subject.delivery "collector") -}}
    {{- $_ := set $found "0.089" (dict "id" "LS-OUTPUT-NOTHING" "severity" "error"
      "path" "output"
      "reason" "gateways mount no CA, so there are no gateway values"
      "fix" "do not change the gateways; configure only the control plane (output istioOperator or istiodValues)") -}}
  {{- end -}}
{{- end -}}
{{- if $subject.live -}}
  {{- if not (deepEqual $values.output "cluster") -}}
    {{- $_ := set $found "0.090" (dict "id" "LS-OUTPUT-LIVE" "severity" "error"
      "path" "output"
      "reason" (printf "%s is a document for another command, not for `helm install`" (include "istio-lightstep.shown" (list $hidden $values.output)))
      "fix" (printf "run `helm template … --set output=%s` and pass its output to istioctl, Helm or kubectl; keep output set to cluster here" (include "istio-lightstep.shown" (list $hidden $values.output)))) -}}
  {{- end -}}
{{- end -}}
{{- if and (deepEqual $values.output "sail") (deepEqual $istio.minor "1.26") -}}
  {{- if deepEqual $subject.delivery "direct" -}}
    {{- $_ := set $found "1.091" (dict "id" "LS-OUTPUT-SAIL-TOKEN" "severity" "warning"
      "path" "output"
      "reason" "Sail 1.26.0 to 1.26.2 reject pilot.envVarFrom, through which istiod gets the access token"
      "fix" "use Sail 1.26.3 or newer") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $direct.host
    (or (not (and (kindIs "string" $direct.host) (regexMatch `^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$` $direct.host))) (and (kindIs "string" $direct.host) (regexMatch "^.{254,}$" $direct.host))) -}}
  {{- $_ := set $found "0.092" (dict "id" "LS-DIRECT-HOST" "severity" "error"
    "path" "direct.host"
    "reason" (printf `"%s" is not a DNS name that contains a dot` (include "istio-lightstep.shown" (list $hidden $direct.host)))
    "fix" "set it to a name such as ingest.lightstep.com, or leave it empty") -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $direct.port 1.0)) (include "istio-lightstep.above" (list $direct.port 65535.0)) -}}
  {{- $_ := set $found "0.093" (dict "id" "LS-DIRECT-PORT" "severity" "error"
    "path" "direct.port"
    "reason" (printf `"%s" is not a valid port` (include "istio-lightstep.shown" (list $hidden $direct.port)))
    "fix" "set it between 1 and 65535, for example 4317") -}}
{{- end -}}
{{- if deepEqual $subject.delivery "direct" -}}
  {{- $_ := set $found "1.094" (dict "id" "LS-DIRECT-LOSES" "severity" "warning"
    "path" "delivery"
    "reason" "proxies have no queue; spans created while the backend is unavailable are lost, and istiod must be restarted after a token rotation"
    "fix" "if that matters, use delivery collector; it queues on disk and reloads the token") -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $collector.replicas 1.0)) (include "istio-lightstep.above" (list $collector.replicas 1000.0)) -}}
  {{- $_ := set $found "0.103" (dict "id" "LS-COLLECTOR-REPLICAS" "severity" "error"
    "path" "collector.replicas"
    "reason" (printf `"%s" is not a valid number of collectors` (include "istio-lightstep.shown" (list $hidden $collector.replicas)))
    "fix" "set it to 2 or more, 1000 at most") -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $collectorDrain.seconds 1.0)) (include "istio-lightstep.above" (list $collectorDrain.seconds 86400.0)) -}}
  {{- $_ := set $found "0.104" (dict "id" "LS-COLLECTOR-DRAIN-SECONDS" "severity" "error"
    "path" "collector.drain.seconds"
    "reason" (printf "%s is not a valid timeout: every uninstall would fail" (include "istio-lightstep.shown" (list $hidden $collectorDrain.seconds)))
    "fix" "set it from 1 to 86400, for example 180; to disable waiting, set collector.drain.enabled to false") -}}
{{- end -}}
{{- if and
    $collectorTls.serverName
    (or (and (kindIs "string" $collectorTls.serverName) (regexMatch "^.{254,}$" $collectorTls.serverName)) (not (and (kindIs "string" $collectorTls.serverName) (regexMatch `^(([a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?|([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))$` $collectorTls.serverName)))) -}}
  {{- $_ := set $found "0.105" (dict "id" "LS-COLLECTOR-SERVER-NAME" "severity" "error"
    "path" "collector.tls.serverName"
    "reason" (printf `"%s" is neither a DNS name nor an IP address` (include "istio-lightstep.shown" (list $hidden $collectorTls.serverName)))
    "fix" "write the name in the satellite's certificate, for example lightstep-satellite.lightstep, without a port; the collector does not expand variables here") -}}
{{- end -}}
{{- if deepEqual $subject.delivery "collector" -}}
  {{- if and
      $taggedCollector
      (and (kindIs "string" $collectorImage.tag) (regexMatch `^v?0\.([0-9]{1,2}|1[0-3][0-9]|14[0-3])\.[0-9]+(-.*)?$` $collectorImage.tag)) -}}
    {{- $_ := set $found "0.106" (dict "id" "LS-COLLECTOR-IMAGE-OLD" "severity" "error"
      "path" "collector.image.tag"
      "reason" (printf "collector %s does not start with this configuration: it has the exporter otlp_grpc, a name that requires 0.144 or newer, and batches in its sending_queue, measured in bytes" (include "istio-lightstep.shown" (list $hidden $collectorImage.tag)))
      "fix" "remove it to use the default, or set it to 0.165.0 or newer") -}}
  {{- end -}}
  {{- if and
      $taggedCollector
      (and (kindIs "string" $collectorImage.tag) (regexMatch `^v?0\.(14[4-9]|15[0-9]|16[0-4])\.[0-9]+(-.*)?$` $collectorImage.tag)) -}}
    {{- $_ := set $found "1.107" (dict "id" "LS-COLLECTOR-IMAGE-UNPROVEN" "severity" "warning"
      "path" "collector.image.tag"
      "reason" (printf "the chart is tested with collector 0.165.0, and this is %s; 0.144 to 0.149 do not reload a token from a mounted Secret" (include "istio-lightstep.shown" (list $hidden $collectorImage.tag)))
      "fix" "remove it to use the default, or set it to 0.165.0 or newer") -}}
  {{- end -}}
  {{- if and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)(otel|opentelemetry-collector-releases)/opentelemetry-collector(-otlp|-ebpf-profiler)?$" $collectorImage.repository) -}}
    {{- $_ := set $found "0.108" (dict "id" "LS-COLLECTOR-IMAGE-PARTS" "severity" "error"
      "path" "collector.image.repository"
      "reason" "this distribution has no file_storage, in which the queues are, and no bearertokenauth: no collector would start"
      "fix" "remove it to use the default, or use opentelemetry-collector-contrib or a build with the parts that values.yaml names") -}}
  {{- end -}}
  {{- if and (deepEqual $collector.replicas 1.0) (deepEqual $collectorAutoscaling.enabled false) -}}
    {{- $_ := set $found "1.109" (dict "id" "LS-COLLECTOR-ALONE" "severity" "warning"
      "path" "collector.replicas"
      "reason" "with one collector, spans are lost whenever its pod is rescheduled"
      "fix" "set collector.replicas to 2 or more") -}}
  {{- end -}}
  {{- if deepEqual $collectorPersistence.enabled false -}}
    {{- $_ := set $found "1.110" (dict "id" "LS-COLLECTOR-MEMORY-QUEUE" "severity" "warning"
      "path" "collector.persistence.enabled"
      "reason" "the queue is stored on the disk of the pod and is deleted with the pod"
      "fix" "set collector.persistence.enabled to true; if the release is already installed, follow docs/values.md, another volume") -}}
  {{- end -}}
  {{- if deepEqual $queue.tight true -}}
    {{- $_ := set $found "1.116" (dict "id" "LS-COLLECTOR-QUEUE-TIGHT" "severity" "warning"
      "path" "collector.queue.bytes"
      "reason" (printf "a queue of %s fits into %s only in calls of 5 spans: with calls of 1 span, as proxies with little traffic send them, its file is 2.15 times as large as the spans, and there is no room left before the queue is full" (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)) (include "istio-lightstep.shown" (list $hidden $queueRoom.has)))
      "fix" (printf "set it to %s or less, or increase %s; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queueRoom.safe)) (include "istio-lightstep.shown" (list $hidden $queueRoom.raise)))) -}}
  {{- end -}}
  {{- if deepEqual $claims.changed true -}}
    {{- $_ := set $found "0.421" (dict "id" "LS-COLLECTOR-VOLUME-CHANGED" "severity" "error"
      "path" "collector.persistence"
      "reason" (printf "StatefulSet %s has %s, and the values specify %s: an upgrade cannot change the volumes of a StatefulSet" (include "istio-lightstep.shown" (list $hidden $claims.name)) (include "istio-lightstep.shown" (list $hidden $claims.runs)) (include "istio-lightstep.shown" (list $hidden $claims.asked)))
      "fix" (printf "keep the current setting, or follow docs/values.md, another volume: enlarge every PersistentVolumeClaim and wait until kubectl get pvc shows the new size, then kubectl delete statefulset %s --namespace %s --cascade=orphan, then upgrade, this once without --previous" (include "istio-lightstep.shown" (list $hidden $claims.name)) (include "istio-lightstep.shown" (list $hidden $claims.namespace)))) -}}
  {{- end -}}
  {{- if and
      (deepEqual $collectorAutoscaling.enabled false)
      (include "istio-lightstep.above" (list $claims.replicas $collector.replicas)) -}}
    {{- $_ := set $found "1.422" (dict "id" "LS-COLLECTOR-REPLICAS-FEWER" "severity" "warning"
      "path" "collector.replicas"
      "reason" (printf "there are %s collectors, and one that is removed keeps what waits in its queue on its volume until it is added again" (include "istio-lightstep.shown" (list $hidden $claims.replicas)))
      "fix" "see that otelcol_exporter_queue_size is 0 in the collectors that go, those of the highest numbers, or add them again until it is") -}}
  {{- end -}}
  {{- if and
      $meshed
      (or $live.namespace (has (kindOf $live.namespace) (list "float64" "bool")))
      (deepEqual $live.namespace $live.rootNamespace) -}}
    {{- $_ := set $found "0.423" (dict "id" "LS-COLLECTOR-MTLS-ROOT" "severity" "error"
      "path" "collector.mtls.mode"
      "reason" (printf "Istio ignores a PeerAuthentication that selects workloads if it is in the root namespace, which %s is: the collectors would accept plain text" (include "istio-lightstep.foreign" (list $hidden $live.rootNamespace)))
      "fix" "install the release in a namespace of its own, for example tracing, or set it to DISABLE") -}}
  {{- end -}}
  {{- if and (deepEqual $live.sidecars false) (deepEqual $collectorMtls.mode "STRICT") -}}
    {{- $_ := set $found "0.424" (dict "id" "LS-COLLECTOR-MTLS-STEP" "severity" "error"
      "path" "collector.mtls.mode"
      "reason" (printf "the running collectors have no sidecar, and with %s the proxies use mutual TLS at once: spans would be lost until each collector is replaced" (include "istio-lightstep.shown" (list $hidden $collectorMtls.mode)))
      "fix" (printf "set it to PERMISSIVE and upgrade, wait until the collectors are replaced, then set it to %s" (include "istio-lightstep.shown" (list $hidden $collectorMtls.mode)))) -}}
  {{- end -}}
{{- end -}}
{{- if not (kindIs "invalid" $collectorQueue.size) -}}
  {{- $_ := set $found "0.111" (dict "id" "LS-COLLECTOR-QUEUE-SIZE" "severity" "error"
    "path" "collector.queue.size"
    "reason" "the queue is measured in bytes; collector.queue.size counted requests and is no longer supported"
    "fix" "remove collector.queue.size and set collector.queue.bytes, for example to 512Mi; if it is empty, it is a share of collector.persistence.size. If you wrote no such line, it comes from --reuse-values: use helm upgrade --reset-then-reuse-values (Helm 3.14 or newer) instead") -}}
{{- end -}}
{{- if deepEqual $queue.state "malformed" -}}
  {{- $_ := set $found "0.112" (dict "id" "LS-COLLECTOR-QUEUE-BYTES" "severity" "error"
    "path" "collector.queue.bytes"
    "reason" (printf `"%s" is not a valid quantity of bytes` (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)))
    "fix" "write a number followed by k, M, G, T, Ki, Mi, Gi or Ti, for example 512Mi, or leave it empty") -}}
{{- end -}}
{{- if deepEqual $queue.state "none" -}}
  {{- $_ := set $found "0.113" (dict "id" "LS-COLLECTOR-QUEUE-NONE" "severity" "error"
    "path" "collector.queue.bytes"
    "reason" (printf "a queue of %s bytes cannot hold any span, and the collector does not start with it" (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)))
    "fix" "set it to a quantity above zero, for example 512Mi, or leave it empty") -}}
{{- end -}}
{{- if or (deepEqual $queueRoom.state "ok") (or $collectorQueue.bytes (has (kindOf $collectorQueue.bytes) (list "float64" "bool"))) -}}
  {{- if deepEqual $queue.state "small" -}}
    {{- $_ := set $found "0.114" (dict "id" "LS-COLLECTOR-QUEUE-SMALL" "severity" "error"
      "path" "collector.queue.bytes"
      "reason" (printf "the queue of each exporter would hold only %s bytes, less than a second of 3,000 spans per second, and the collector refuses spans while it is full: they stay in it for the 200 ms of a batch and until the backend answers" (include "istio-lightstep.shown" (list $hidden $queue.each)))
      "fix" (printf "set it to %s or more; if it is empty, increase %s; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queue.least)) (include "istio-lightstep.shown" (list $hidden $queueRoom.raise)))) -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $queueRoom.bound "volume" -}}
  {{- if deepEqual $queue.state "large" -}}
    {{- $_ := set $found "0.115" (dict "id" "LS-COLLECTOR-QUEUE-LARGE" "severity" "error"
      "path" "collector.queue.bytes"
      "reason" (printf "a queue of %s does not fit on a volume of %s: its file is 1.45 times as large as the spans in it" (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)) (include "istio-lightstep.shown" (list $hidden $collectorPersistence.size)))
      "fix" (printf "set it to %s or less, or increase collector.persistence.size; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queueRoom.most)))) -}}
  {{- end -}}
  {{- if not (deepEqual $queueRoom.state "ok") -}}
    {{- $_ := set $found "0.119" (dict "id" "LS-COLLECTOR-VOLUME-SIZE" "severity" "error"
      "path" "collector.persistence.size"
      "reason" (printf `"%s" is not a valid volume size` (include "istio-lightstep.shown" (list $hidden $collectorPersistence.size)))
      "fix" "write a number followed by k, M, G, T, Ki, Mi, Gi or Ti, for example 2Gi") -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $queueRoom.bound "ephemeral" -}}
  {{- if deepEqual $queue.state "large" -}}
    {{- $_ := set $found "0.117" (dict "id" "LS-COLLECTOR-QUEUE-EPHEMERAL" "severity" "error"
      "path" "collector.queue.bytes"
      "reason" (printf "a queue of %s does not fit: without a volume it is in the pod, which Kubernetes evicts, with the queue, above %s. The queue's file is 1.45 times as large as the spans in it" (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)) (include "istio-lightstep.shown" (list $hidden $queueRoom.has)))
      "fix" (printf "set it to %s or less, increase %s, or set collector.persistence.enabled to true; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queueRoom.most)) (include "istio-lightstep.shown" (list $hidden $queueRoom.raise)))) -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $queueRoom.bound "memory" -}}
  {{- if deepEqual $queue.state "large" -}}
    {{- $_ := set $found "0.118" (dict "id" "LS-COLLECTOR-QUEUE-MEMORY" "severity" "error"
      "path" "collector.queue.bytes"
      "reason" (printf "a queue of %s does not fit: without a volume, the memory limit bounds it, %s" (include "istio-lightstep.shown" (list $hidden $collectorQueue.bytes)) (include "istio-lightstep.shown" (list $hidden $collectorResourcesLimits.memory)))
      "fix" (printf "set it to %s or less, or collector.persistence.enabled to true; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queueRoom.most)))) -}}
  {{- end -}}
{{- end -}}
{{- if not (has $collector.compression (list "" "auto" "none" "gzip" "snappy" "zstd")) -}}
  {{- $_ := set $found "0.124" (dict "id" "LS-COLLECTOR-COMPRESSION" "severity" "error"
    "path" "collector.compression"
    "reason" (printf `"%s" is not a compression that the collector supports for OTLP/gRPC` (include "istio-lightstep.shown" (list $hidden $collector.compression)))
    "fix" "set it to none, gzip, snappy or zstd, or leave it empty") -}}
{{- end -}}
{{- if and (deepEqual $subject.delivery "collector") (deepEqual $collectorRetryRefused.enabled true) -}}
  {{- if has $collector.compression (list "snappy" "zstd") -}}
    {{- $_ := set $found "0.125" (dict "id" "LS-COLLECTOR-RETRY-COMPRESSION" "severity" "error"
      "path" "collector.compression"
      "reason" (printf `the container of collector.retryRefused does not support compression "%s"` (include "istio-lightstep.shown" (list $hidden $collector.compression)))
      "fix" "set it to gzip or none, or collector.retryRefused.enabled to false") -}}
  {{- end -}}
{{- end -}}
{{- if or (not (and (kindIs "string" $collector.headerName) (regexMatch "^[a-z0-9][-_.a-z0-9]*$" $collector.headerName))) (and (kindIs "string" $collector.headerName) (regexMatch "^(?i:content-(type|length|encoding)|te|host|connection|proxy-connection|keep-alive|transfer-encoding|trailer|upgrade|user-agent|grpc-.*|.*-bin)$" $collector.headerName)) -}}
  {{- $_ := set $found "0.126" (dict "id" "LS-COLLECTOR-HEADER" "severity" "error"
    "path" "collector.headerName"
    "reason" (printf `"%s" is not a valid gRPC header name` (include "istio-lightstep.shown" (list $hidden $collector.headerName "^[-_.a-zA-Z]{1,60}$")))
    "fix" "use lowercase letters, digits and dashes, for example lightstep-access-token") -}}
{{- end -}}
{{- if and
    (and (kindIs "string" $collector.headerName) (regexMatch "([0-9]+[A-Za-z]+){4}" $collector.headerName))
    (and (kindIs "string" $collector.headerName) (regexMatch "^[-A-Za-z0-9_.]{20,}$" $collector.headerName)) -}}
  {{- $_ := set $found "0.127" (dict "id" "LS-COLLECTOR-HEADER-TOKEN" "severity" "error"
    "path" "collector.headerName"
    "reason" "this is the name of the header and looks like a token: names are stored and shown in plain text, and passed to pods as arguments"
    "fix" "write the name of the header, by default lightstep-access-token, and give the token by accessTokenFrom; if it was stored, rotate it") -}}
{{- end -}}
{{- if not (kindIs "invalid" (index $collectorExporters "otlp_grpc/lightstep")) -}}
  {{- $_ := set $found "0.128" (dict "id" "LS-COLLECTOR-EXPORTER" "severity" "error"
    "path" "collector.exporters"
    "reason" "the exporter otlp_grpc/lightstep is reserved for the chart"
    "fix" "use another name, for example otlp_grpc/second") -}}
{{- end -}}
{{- if deepEqual $collectorTap.enabled true -}}
  {{- if not (kindIs "invalid" (index $collectorExporters "otlp_grpc/tap")) -}}
    {{- $_ := set $found "0.129" (dict "id" "LS-COLLECTOR-EXPORTER-TAP" "severity" "error"
      "path" "collector.exporters"
      "reason" "the exporter otlp_grpc/tap is reserved for the chart if collector.tap is enabled"
      "fix" "use another name, for example otlp_grpc/second") -}}
  {{- end -}}
  {{- if $mountsCA -}}
    {{- $_ := set $found "1.338" (dict "id" "LS-COLLECTOR-TAP-UNUSED" "severity" "warning"
      "path" "collector.tap.enabled"
      "reason" (printf "with delivery %s there is no collector to tap, so `istio-lightstep doctor trace` sees no spans" (include "istio-lightstep.shown" (list $hidden $subject.delivery)))
      "fix" "use delivery collector, or set collector.tap.enabled to false") -}}
  {{- end -}}
{{- end -}}
{{- if or (not (and (kindIs "string" $image.repository) (regexMatch $imageRepository $image.repository))) (not (and (kindIs "string" $image.registry) (regexMatch $imageRegistry $image.registry))) (and $image.digest (not (and (kindIs "string" $image.digest) (regexMatch $imageDigest $image.digest)))) (and (not $image.digest) (not (and (kindIs "string" $image.tag) (regexMatch "^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$" $image.tag)))) -}}
  {{- $_ := set $found "0.209" (dict "id" "LS-IMAGE" "severity" "error"
    "path" "image"
    "reason" "registry, repository, tag and digest are not a valid image reference, so no pod would start: a registry has no scheme, a repository contains no tag, a tag has letters, digits, dots, dashes and underscores, 128 at most, and a digest is sha256: followed by 64 hexadecimal digits in lowercase"
    "fix" `write for example repository: registry.example.com/NAME and tag: "1.2.3", or digest: sha256:…`) -}}
{{- end -}}
{{- if or (not (and (kindIs "string" $collectorImage.repository) (regexMatch $imageRepository $collectorImage.repository))) (not (and (kindIs "string" $collectorImage.registry) (regexMatch $imageRegistry $collectorImage.registry))) (and $collectorImage.digest (not (and (kindIs "string" $collectorImage.digest) (regexMatch $imageDigest $collectorImage.digest)))) (and (not $collectorImage.digest) (not (and (kindIs "string" $collectorImage.tag) (regexMatch "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$" $collectorImage.tag)))) -}}
  {{- $_ := set $found "0.210" (dict "id" "LS-COLLECTOR-IMAGE" "severity" "error"
    "path" "collector.image"
    "reason" "registry, repository, tag and digest are not a valid image reference, so no pod would start: a registry has no scheme, a repository contains no tag, a tag has letters, digits, dots, dashes and underscores, 128 at most, and a digest is sha256: followed by 64 hexadecimal digits in lowercase"
    "fix" `write for example repository: registry.example.com/NAME and tag: "1.2.3", or digest: sha256:…`) -}}
{{- end -}}
{{- if and
    $global.imageRegistry
    (not (and (kindIs "string" $global.imageRegistry) (regexMatch $imageRegistry $global.imageRegistry))) -}}
  {{- $_ := set $found "0.211" (dict "id" "LS-IMAGE-REGISTRY" "severity" "error"
    "path" "global.imageRegistry"
    "reason" "it is not a registry, so no pod would start: a host, or host:port, with a path if the registry needs one, and without a scheme"
    "fix" "write for example registry.example.com/mirror") -}}
{{- end -}}
{{- if and
    (or (and (has (kindOf $containerSecurityContext.runAsUser) (list "string" "float64" "bool")) (regexMatch "^0$" (include "istio-lightstep.scalar" $containerSecurityContext.runAsUser))) (and (kindIs "invalid" $containerSecurityContext.runAsUser) (and (has (kindOf $podSecurityContext.runAsUser) (list "string" "float64" "bool")) (regexMatch "^0$" (include "istio-lightstep.scalar" $podSecurityContext.runAsUser)))))
    (or (deepEqual $containerSecurityContext.runAsNonRoot true) (and (kindIs "invalid" $containerSecurityContext.runAsNonRoot) (deepEqual $podSecurityContext.runAsNonRoot true))) -}}
  {{- $_ := set $found "0.218" (dict "id" "LS-SECURITY-ROOT" "severity" "error"
    "path" "podSecurityContext.runAsUser"
    "reason" "user 0 is root, and with runAsNonRoot no container would start"
    "fix" "set runAsUser to another user, or null to leave it to the platform") -}}
{{- end -}}
{{- if and
    (deepEqual $containerSecurityContext.allowPrivilegeEscalation false)
    (or (deepEqual $containerSecurityContext.privileged true) (and (kindIs "slice" $containerSecurityContextCapabilities.add) (has "SYS_ADMIN" $containerSecurityContextCapabilities.add)) (and (kindIs "slice" $containerSecurityContextCapabilities.add) (has "CAP_SYS_ADMIN" $containerSecurityContextCapabilities.add))) -}}
  {{- $_ := set $found "0.219" (dict "id" "LS-SECURITY-PRIVILEGED" "severity" "error"
    "path" "containerSecurityContext.allowPrivilegeEscalation"
    "reason" "Kubernetes rejects a container that is privileged, or has SYS_ADMIN, and may not gain privileges"
    "fix" "remove privileged and SYS_ADMIN: no container of the chart needs them") -}}
{{- end -}}
{{- if and $collects (deepEqual $collectorPersistence.enabled true) -}}
  {{- if and
      (kindIs "invalid" $podSecurityContext.fsGroup)
      (or (and (include "istio-lightstep.above" (list $containerSecurityContext.runAsUser 0.0)) (include "istio-lightstep.below" (list $containerSecurityContext.runAsUser 1000000000.0))) (and (kindIs "invalid" $containerSecurityContext.runAsUser) (include "istio-lightstep.above" (list $podSecurityContext.runAsUser 0.0)) (include "istio-lightstep.below" (list $podSecurityContext.runAsUser 1000000000.0)))) -}}
    {{- $_ := set $found "1.220" (dict "id" "LS-SECURITY-GROUP" "severity" "warning"
      "path" "podSecurityContext.fsGroup"
      "reason" "without fsGroup a new volume is mostly root's, and the user of runAsUser cannot write to it: the collector would not start, as it cannot make its queue"
      "fix" "set fsGroup to the group of that user, by default 10001; on OpenShift, set runAsUser and runAsGroup to null too") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $values.nameOverride
    (not (and (kindIs "string" $values.nameOverride) (regexMatch "^[a-z0-9]([-a-z0-9]{0,40}[a-z0-9])?$" $values.nameOverride))) -}}
  {{- $_ := set $found "0.221" (dict "id" "LS-NAME-OVERRIDE" "severity" "error"
    "path" "nameOverride"
    "reason" (printf `"%s" cannot be part of the names of objects: they have lower-case letters, digits and dashes, and at most 42 of them here` (include "istio-lightstep.shown" (list $hidden $values.nameOverride)))
    "fix" "write for example tracing") -}}
{{- end -}}
{{- if and
    $values.fullnameOverride
    (not (and (kindIs "string" $values.fullnameOverride) (regexMatch "^[a-z]([-a-z0-9]{0,40}[a-z0-9])?$" $values.fullnameOverride))) -}}
  {{- $_ := set $found "0.222" (dict "id" "LS-FULLNAME-OVERRIDE" "severity" "error"
    "path" "fullnameOverride"
    "reason" (printf `"%s" cannot be the name of objects: it begins with a lower-case letter, and has lower-case letters, digits and dashes, 42 characters at most` (include "istio-lightstep.shown" (list $hidden $values.fullnameOverride)))
    "fix" "write for example team-a-tracing") -}}
{{- end -}}
{{- if or $liveTaken.name (has (kindOf $liveTaken.name) (list "float64" "bool")) -}}
  {{- $_ := set $found "0.223" (dict "id" "LS-NAME-TAKEN" "severity" "error"
    "path" "fullnameOverride"
    "reason" (printf "the %s %s/%s belongs to release %s in namespace %s: two releases of this name would change the same objects of the mesh" (include "istio-lightstep.foreign" (list $hidden $liveTaken.kind)) (include "istio-lightstep.foreign" (list $hidden $liveTaken.namespace)) (include "istio-lightstep.foreign" (list $hidden $liveTaken.name)) (include "istio-lightstep.foreign" (list $hidden $liveTaken.release)) (include "istio-lightstep.foreign" (list $hidden $liveTaken.releaseNamespace)))
    "fix" "set fullnameOverride to a name of its own, or use another name for this release") -}}
{{- end -}}
{{- if and
    (or $dialect.minor (has (kindOf $dialect.minor) (list "float64" "bool")))
    (not $dialect.telemetry)
    (or (or $subject.tags (has (kindOf $subject.tags) (list "float64" "bool"))) (or $subject.namespaces (has (kindOf $subject.namespaces) (list "float64" "bool"))) $telemetry.serviceAttributeEnrichment) -}}
  {{- $_ := set $found "0.224" (dict "id" "LS-TELEMETRY-ISTIO" "severity" "error"
    "path" "telemetry"
    "reason" (printf "customTags, namespaces and serviceAttributeEnrichment need a Telemetry or an OpenTelemetry provider, and Istio %s gets none from this chart" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
    "fix" "remove them, or use Istio 1.16.1 or newer") -}}
{{- end -}}
{{- if and
    $telemetry.serviceAttributeEnrichment
    (not (has $telemetry.serviceAttributeEnrichment (list "ISTIO_CANONICAL" "OTEL_SEMANTIC_CONVENTIONS"))) -}}
  {{- $_ := set $found "0.236" (dict "id" "LS-SERVICE-ATTRIBUTES" "severity" "error"
    "path" "telemetry.serviceAttributeEnrichment"
    "reason" "istiod knows no such value, and would refuse the whole mesh ConfigMap"
    "fix" "write ISTIO_CANONICAL or OTEL_SEMANTIC_CONVENTIONS, or remove it") -}}
{{- end -}}
{{- if and
    $telemetry.serviceAttributeEnrichment
    $dialect.telemetry
    (not (deepEqual $dialect.serviceAttributes true)) -}}
  {{- $_ := set $found "0.237" (dict "id" "LS-SERVICE-ATTRIBUTES-ISTIO" "severity" "error"
    "path" "telemetry.serviceAttributeEnrichment"
    "reason" (printf "Istio %s does not know it, and would refuse the mesh config" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
    "fix" "remove it, or use Istio 1.30 or newer") -}}
{{- end -}}
{{- if or (and (kindIs "string" $values.clusterDomain) (regexMatch `^svc\.` $values.clusterDomain)) (not (and (kindIs "string" $values.clusterDomain) (regexMatch `^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$` $values.clusterDomain))) -}}
  {{- $_ := set $found "0.282" (dict "id" "LS-CLUSTER-DOMAIN" "severity" "error"
    "path" "clusterDomain"
    "reason" (printf `"%s" is not the DNS domain of a cluster` (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))
    "fix" "write what follows .svc. in the name of a Service, cluster.local by default, without a dot before or after it") -}}
{{- end -}}
{{- if and
    $serviceAccount.name
    (not (and (kindIs "string" $serviceAccount.name) (regexMatch $objectName $serviceAccount.name))) -}}
  {{- $_ := set $found "0.284" (dict "id" "LS-SERVICE-ACCOUNT" "severity" "error"
    "path" "serviceAccount.name"
    "reason" "it is not the name of a ServiceAccount"
    "fix" "write lower-case letters, digits, dashes and dots") -}}
{{- end -}}
{{- if and (deepEqual $serviceAccount.create false) $serviceAccount.annotations -}}
  {{- $_ := set $found "1.285" (dict "id" "LS-SERVICE-ACCOUNT-ANNOTATIONS" "severity" "warning"
    "path" "serviceAccount.annotations"
    "reason" "without create the chart makes no ServiceAccount, so nothing has these annotations: a role that they name is not the pods'"
    "fix" "annotate the ServiceAccount that you made, and remove these; or set create to true") -}}
{{- end -}}
{{- if and
    $collects
    (or $collectorUpdateStrategy.type (has (kindOf $collectorUpdateStrategy.type) (list "float64" "bool"))) -}}
  {{- if not (has $collectorUpdateStrategy.type (list "RollingUpdate" "OnDelete")) -}}
    {{- $_ := set $found "0.303" (dict "id" "LS-COLLECTOR-UPDATE-STRATEGY" "severity" "error"
      "path" "collector.updateStrategy.type"
      "reason" "a StatefulSet does not have this update strategy, and Kubernetes would refuse it"
      "fix" "set it to RollingUpdate or OnDelete") -}}
  {{- end -}}
{{- end -}}
{{- if and $collects (deepEqual $collectorAutoscaling.enabled false) -}}
  {{- if and
      (kindIs "float64" $collectorUpdateStrategyRollingUpdate.partition)
      (not (include "istio-lightstep.below" (list $collectorUpdateStrategyRollingUpdate.partition $collector.replicas))) -}}
    {{- $_ := set $found "1.304" (dict "id" "LS-COLLECTOR-UPDATE-LATE" "severity" "warning"
      "path" "collector.updateStrategy.rollingUpdate.partition"
      "reason" "it leaves no collector to update: an upgrade changes the configuration, and every collector keeps the one before until its pod is deleted"
      "fix" "set it below collector.replicas, or remove it") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $collects
    (not $collector.extraContainers)
    (not (or $subject.listens (has (kindOf $subject.listens) (list "float64" "bool"))))
    (not $meshed) -}}
  {{- if or (and $noExec $noGRPC $noTCP (or (deepEqual $collectorStartupProbeHttpGet.scheme "HTTPS") (and (has (kindOf $collectorStartupProbeHttpGet.host) (list "string" "float64" "bool")) (regexMatch $loopback (include "istio-lightstep.scalar" $collectorStartupProbeHttpGet.host))))) (and $noExec $noGRPC $noTCP (kindIs "float64" $collectorStartupProbeHttpGet.port) (not (has $collectorStartupProbeHttpGet.port (list 13133.0 8888.0)))) (has $collectorStartupProbeGrpc.port (list 13133.0 8888.0 4317.0 9411.0)) (and (kindIs "float64" $collectorStartupProbeTcpSocket.port) (not (and (has (kindOf $collectorStartupProbeTcpSocket.port) (list "string" "float64" "bool")) (regexMatch "^(13133|8888|4317|8080|9411|43[12][0-9])$" (include "istio-lightstep.scalar" $collectorStartupProbeTcpSocket.port))))) (and (has (kindOf $collectorStartupProbeTcpSocket.host) (list "string" "float64" "bool")) (regexMatch $loopback (include "istio-lightstep.scalar" $collectorStartupProbeTcpSocket.host))) -}}
    {{- $_ := set $found "0.311" (dict "id" "LS-COLLECTOR-PROBE-FAILS" "severity" "error"
      "path" "collector.startupProbe"
      "reason" "nothing in the collector's pod answers this probe: it never succeeds, and Kubernetes restarts the collector again and again"
      "fix" "use the port health by httpGet, without scheme and host") -}}
  {{- end -}}
{{- end -}}
{{- if and $collects $publicCollector (not $collector.extraVolumeMounts) -}}
  {{- if and
      (or $collectorStartupProbeExec.command (has (kindOf $collectorStartupProbeExec.command) (list "float64" "bool")))
      (not (and (kindIs "slice" $collectorStartupProbeExec.command) (has "/otelcol-contrib" $collectorStartupProbeExec.command))) -}}
    {{- $_ := set $found "0.312" (dict "id" "LS-COLLECTOR-PROBE-EXEC" "severity" "error"
      "path" "collector.startupProbe"
      "reason" "the collector's image has no shell and no other program than the collector: the probe never succeeds, and Kubernetes restarts the collector again and again"
      "fix" "remove exec: the default probe asks the collector's own health check") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $collects
    (and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)opentelemetry-collector-contrib$" $collectorImage.repository))
    (not $publicCollector)
    (not $collector.extraVolumeMounts) -}}
  {{- if and
      (or $collectorStartupProbeExec.command (has (kindOf $collectorStartupProbeExec.command) (list "float64" "bool")))
      (not (and (kindIs "slice" $collectorStartupProbeExec.command) (has "/otelcol-contrib" $collectorStartupProbeExec.command))) -}}
    {{- $_ := set $found "1.313" (dict "id" "LS-COLLECTOR-PROBE-EXEC-MIRROR" "severity" "warning"
      "path" "collector.startupProbe"
      "reason" "the public image of this name has no shell and no other program than the collector: if yours has not either, the probe never succeeds, and Kubernetes restarts the collector again and again"
      "fix" "see that your image has the program; or remove exec: the default probe asks the collector's own health check") -}}
  {{- end -}}
{{- end -}}
{{- if and $collects (deepEqual $collectorPersistence.enabled true) (not $subject.nulls) -}}
  {{- if include "istio-lightstep.below" (list $queue.start 60.0) -}}
    {{- $_ := set $found "1.314" (dict "id" "LS-COLLECTOR-PROBE-SHORT" "severity" "warning"
      "path" "collector.startupProbe"
      "reason" (printf "Kubernetes restarts a collector that has not started after %s seconds. It scans the file of its queue first, which takes longer with a full queue on a slow disk: then it would never start" (include "istio-lightstep.shown" (list $hidden $queue.start)))
      "fix" "leave it 600 seconds: periodSeconds 2 and failureThreshold 300, the defaults") -}}
  {{- end -}}
{{- end -}}
{{- if and $collects (or $dialect.minor (has (kindOf $dialect.minor) (list "float64" "bool"))) -}}
  {{- if and $meshed (not (or $dialect.networking (has (kindOf $dialect.networking) (list "float64" "bool")))) -}}
    {{- $_ := set $found "0.326" (dict "id" "LS-COLLECTOR-MTLS" "severity" "error"
      "path" "collector.mtls.mode"
      "reason" (printf "proxies of Istio %s send spans by an address in their start-up configuration, without mutual TLS: the collectors would refuse all of them, or get them in plain text" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "set it to DISABLE, or use Istio 1.16.1 or newer") -}}
  {{- end -}}
{{- end -}}
{{- if and $collects (or $dialect.networking (has (kindOf $dialect.networking) (list "float64" "bool"))) -}}
  {{- if and
      $meshed
      (not (or $live.name (has (kindOf $live.name) (list "float64" "bool"))))
      (or (deepEqual $release.namespace $valuesIstio.rootNamespace) (and (not $valuesIstio.rootNamespace) (deepEqual $release.namespace $valuesIstio.namespace))) -}}
    {{- $_ := set $found "1.327" (dict "id" "LS-COLLECTOR-MTLS-NAMESPACE" "severity" "warning"
      "path" "collector.mtls.mode"
      "reason" (printf "the release is for namespace %s, the root namespace of the mesh, where Istio ignores a PeerAuthentication that selects workloads: the collectors would accept plain text" (include "istio-lightstep.shown" (list $hidden $release.namespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))
      "fix" "install it in a namespace of its own, and give that namespace here too, for example with -n tracing") -}}
  {{- end -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $collector.terminationGracePeriodSeconds 15.0)) (include "istio-lightstep.above" (list $collector.terminationGracePeriodSeconds 86400.0)) -}}
  {{- $_ := set $found "0.336" (dict "id" "LS-COLLECTOR-GRACE" "severity" "error"
    "path" "collector.terminationGracePeriodSeconds"
    "reason" (printf "%s is not a useful time: from Kubernetes 1.30 on a collector waits 10 s for the proxies to leave it before it stops, and would be killed with spans in it" (include "istio-lightstep.shown" (list $hidden $collector.terminationGracePeriodSeconds)))
    "fix" "set it from 15 to 86400, for example 60") -}}
{{- end -}}
{{- if or (include "istio-lightstep.below" (list $collector.minReadySeconds 0.0)) (include "istio-lightstep.above" (list $collector.minReadySeconds 86400.0)) -}}
  {{- $_ := set $found "0.337" (dict "id" "LS-COLLECTOR-MIN-READY" "severity" "error"
    "path" "collector.minReadySeconds"
    "reason" (printf "%s is not a valid number of seconds" (include "istio-lightstep.shown" (list $hidden $collector.minReadySeconds)))
    "fix" "set it from 0 to 86400") -}}
{{- end -}}
{{- if $subject.backends -}}
  {{- if $natively -}}
    {{- $_ := set $found "0.342" (dict "id" "LS-BACKEND-DELIVERY" "severity" "error"
      "path" "backends"
      "reason" (printf "with delivery %s there is no collector, and no span reaches a backend" (include "istio-lightstep.shown" (list $hidden $subject.delivery)))
      "fix" "set delivery to auto or collector; or remove backends, and set global.tracer.lightstep.address") -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $subject.delivery "direct" -}}
  {{- if include "istio-lightstep.above" (list $subject.targets 1.0) -}}
    {{- $_ := set $found "0.343" (dict "id" "LS-BACKEND-DIRECT-ONE" "severity" "error"
      "path" "backends"
      "reason" "with direct delivery, proxies send to only one destination"
      "fix" "set delivery to auto or collector; or keep one backend, without global.tracer.lightstep.address") -}}
  {{- end -}}
{{- end -}}
{{- if include "istio-lightstep.above" (list $subject.targets 100.0) -}}
  {{- $_ := set $found "0.349" (dict "id" "LS-BACKEND-MANY" "severity" "error"
    "path" "backends"
    "reason" "too many backends: each collector sends every span to each of them, and has a queue for each"
    "fix" "keep at most 100; send the spans to further backends from one of them, such as a central collector") -}}
{{- end -}}
{{- if deepEqual $subject.fed false -}}
  {{- $_ := set $found "0.354" (dict "id" "LS-BACKEND-DRAINED" "severity" "error"
    "path" "backends"
    "reason" "every backend is drained, and the exporters debug and nop deliver no span, so spans have no destination"
    "fix" "add a backend that receives the spans, or set drain to false") -}}
{{- end -}}
{{- if and (deepEqual $dialect.shared true) (deepEqual $meshConfig.shared true) $live.istiod -}}
  {{- if not (or $liveIstiod.sharedMeshConfig (has (kindOf $liveIstiod.sharedMeshConfig) (list "float64" "bool"))) -}}
    {{- $_ := set $found "0.414" (dict "id" "LS-SHARED-NOT-READ" "severity" "error"
      "path" "meshConfig.shared"
      "reason" (printf "istiod does not read the mesh ConfigMap %s of this release: nothing would be traced" (include "istio-lightstep.foreign" (list $hidden $live.name)))
      "fix" (printf "run `helm template %s CHART --namespace %s -f VALUES --set output=istioOperator >tracing.yaml && istioctl install -f YOURS -f tracing.yaml` once (with Helm: output=istiodValues and `helm upgrade`), then install again" (include "istio-lightstep.foreign" (list $hidden $live.release)) (include "istio-lightstep.foreign" (list $hidden $live.namespace)))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    (deepEqual $dialect.shared true)
    (deepEqual $meshConfig.shared true)
    (or $liveIstiod.sharedMeshConfig (has (kindOf $liveIstiod.sharedMeshConfig) (list "float64" "bool"))) -}}
  {{- if not (deepEqual $liveIstiod.sharedMeshConfig $live.name) -}}
    {{- $_ := set $found "0.415" (dict "id" "LS-SHARED-OTHER" "severity" "error"
      "path" "meshConfig.shared"
      "reason" (printf "istiod reads only one shared mesh ConfigMap, which is %s: replacing it with the one of this release would disable the settings in it" (include "istio-lightstep.foreign" (list $hidden $liveIstiod.sharedMeshConfig)))
      "fix" "set meshConfig.shared to false: the control plane's own document then contains the settings. Apply that (output=istioOperator or istiodValues), then install") -}}
  {{- end -}}
{{- end -}}
{{- if and (deepEqual $dialect.shared true) (deepEqual $meshConfig.shared true) -}}
  {{- if deepEqual $liveMeshConfig.enableTracing false -}}
    {{- $_ := set $found "0.417" (dict "id" "LS-SHARED-TRACING-OFF" "severity" "error"
      "path" "meshConfig.shared"
      "reason" "istiod's own mesh config disables tracing, and istiod prefers it to the shared mesh ConfigMap of this release"
      "fix" "remove enableTracing from meshConfig of the document that installs istiod, apply that, then install") -}}
  {{- end -}}
{{- end -}}
{{- if and $dialect.telemetry (deepEqual $values.output "cluster") -}}
  {{- if deepEqual $telemetry.enabled false -}}
    {{- $_ := set $found "1.419" (dict "id" "LS-TELEMETRY-HELD" "severity" "warning"
      "path" "telemetry.enabled"
      "reason" "the Telemetry is disabled, so proxies do not send spans to this release yet"
      "fix" "set telemetry.enabled to true once istiod reads the mesh ConfigMap") -}}
  {{- end -}}
{{- end -}}
{{- if deepEqual $live.ambient true -}}
  {{- $_ := set $found "1.420" (dict "id" "LS-AMBIENT" "severity" "warning"
    "path" "istio.namespace"
    "reason" "ambient mode is installed; waypoints get the tracing configuration from Istio, but their spans are unproven, and ztunnel creates none"
    "fix" "use sidecars for workloads that must be traced") -}}
{{- end -}}
{{- if and
    (deepEqual $dialect.shared true)
    (deepEqual $meshConfig.shared true)
    (deepEqual $document.takesVariables true)
    (not (deepEqual $document.istiod false)) -}}
  {{- if not $document.sharedMeshConfig -}}
    {{- $_ := set $found "2.430" (dict "id" "LS-DOCUMENT-UNSHARED" "severity" "info"
      "path" "document.sharedMeshConfig"
      "reason" (printf "istiod does not read this release by this document alone: SHARED_MESH_CONFIG is not set in it, and until istiod has it as %s, nothing is traced" (include "istio-lightstep.shown" (list $hidden $document.ours)))
      "fix" "add what output: istioOperator, istiodValues or sail renders, by --into or as a second file, before the chart is installed; ignore this where another file does") -}}
  {{- end -}}
{{- end -}}
{{- if $dialect.telemetry -}}
  {{- if and
      (or $document.istiodNamespace (has (kindOf $document.istiodNamespace) (list "float64" "bool")))
      (not (deepEqual $document.istiodNamespace $valuesIstio.namespace)) -}}
    {{- $_ := set $found "0.432" (dict "id" "LS-DOCUMENT-NAMESPACE" "severity" "error"
      "path" "document.istiodNamespace"
      "reason" (printf "istiod is in namespace %s here, and istio.namespace is %s: istiod would not read what this release puts there, and nothing would be traced" (include "istio-lightstep.shown" (list $hidden $document.istiodNamespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")) (include "istio-lightstep.shown" (list $hidden $valuesIstio.namespace)))
      "fix" (printf "set istio.namespace to %s" (include "istio-lightstep.shown" (list $hidden $document.istiodNamespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))) -}}
  {{- end -}}
  {{- if and
      (or $documentMeshConfig.discoverySelectors (has (kindOf $documentMeshConfig.discoverySelectors) (list "float64" "bool")))
      (not (deepEqual $documentMeshConfig.discoverySelectors (list))) -}}
    {{- $_ := set $found "1.446" (dict "id" "LS-DOCUMENT-DISCOVERY" "severity" "warning"
      "path" "document.meshConfig.discoverySelectors"
      "reason" "istiod sees only the namespaces that these selectors match, its own included: without such a label on the namespaces of this release it sees neither the collectors nor the Telemetry, and no proxy sends a span"
      "fix" "label the namespace of the release, and Istio's root namespace, as one of these selectors asks; if they have the label, disregard this") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $dialect.telemetry
    (or $documentMeshConfig.rootNamespace (has (kindOf $documentMeshConfig.rootNamespace) (list "float64" "bool"))) -}}
  {{- if or (and $valuesIstio.rootNamespace (not (deepEqual $documentMeshConfig.rootNamespace $valuesIstio.rootNamespace))) (and (not $valuesIstio.rootNamespace) (not (deepEqual $documentMeshConfig.rootNamespace $valuesIstio.namespace))) -}}
    {{- $_ := set $found "0.433" (dict "id" "LS-DOCUMENT-ROOT-NAMESPACE" "severity" "error"
      "path" "document.meshConfig.rootNamespace"
      "reason" (printf "the root namespace of the mesh is %s here, and this release puts its Telemetry in another: it would not apply to the mesh, and nothing would be traced" (include "istio-lightstep.shown" (list $hidden $documentMeshConfig.rootNamespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))
      "fix" (printf "set istio.rootNamespace to %s" (include "istio-lightstep.shown" (list $hidden $documentMeshConfig.rootNamespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    $dialect.telemetry
    $valuesIstio.revision
    (or $document.revision (has (kindOf $document.revision) (list "float64" "bool")))
    (not (deepEqual $document.istiod false)) -}}
  {{- if not (deepEqual $document.revision $valuesIstio.revision) -}}
    {{- $_ := set $found "0.435" (dict "id" "LS-DOCUMENT-REVISION" "severity" "error"
      "path" "document.revision"
      "reason" (printf "the document is of the control plane of revision %s, and istio.revision is %s: it ignores the objects of this release, which have that label, and nothing is traced" (include "istio-lightstep.shown" (list $hidden $document.revision "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")) (include "istio-lightstep.shown" (list $hidden $valuesIstio.revision)))
      "fix" (printf `set istio.revision to %s, or to "" for objects that the control planes of all revisions read` (include "istio-lightstep.shown" (list $hidden $document.revision "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))) -}}
  {{- end -}}
{{- end -}}
{{- if and $collects $dialect.telemetry -}}
  {{- if and
      (or $documentValuesGlobalProxy.clusterDomain (has (kindOf $documentValuesGlobalProxy.clusterDomain) (list "float64" "bool")))
      (not (deepEqual $documentValuesGlobalProxy.clusterDomain $values.clusterDomain)) -}}
    {{- $_ := set $found "0.436" (dict "id" "LS-DOCUMENT-CLUSTER-DOMAIN" "severity" "error"
      "path" "document.values.global.proxy.clusterDomain"
      "reason" (printf "the domain of the cluster is %s for istiod, and clusterDomain is %s: istiod knows no Service of the collectors' name, and nothing is traced" (include "istio-lightstep.shown" (list $hidden $documentValuesGlobalProxy.clusterDomain "^[-a-z0-9.]{1,253}$")) (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))
      "fix" (printf "set clusterDomain to %s, if that is the domain of the cluster" (include "istio-lightstep.shown" (list $hidden $documentValuesGlobalProxy.clusterDomain "^[-a-z0-9.]{1,253}$")))) -}}
  {{- end -}}
{{- end -}}
{{- if and
    $collects
    $dialect.telemetry
    (deepEqual $document.takesVariables true)
    (not (deepEqual $document.istiod false)) -}}
  {{- if and
      (not (or $documentValuesGlobalProxy.clusterDomain (has (kindOf $documentValuesGlobalProxy.clusterDomain) (list "float64" "bool"))))
      (not (deepEqual $values.clusterDomain "cluster.local")) -}}
    {{- $_ := set $found "1.437" (dict "id" "LS-DOCUMENT-CLUSTER-DOMAIN-UNSET" "severity" "warning"
      "path" "document.values.global.proxy.clusterDomain"
      "reason" (printf "clusterDomain is %s, and this document leaves that of istiod at cluster.local: istiod knows no Service of the collectors' name, and nothing is traced" (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))
      "fix" (printf "set global.proxy.clusterDomain to %s in the values of istiod; ignore this where another file does" (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))) -}}
  {{- end -}}
{{- end -}}
{{- if and $subject.dialect (deepEqual $valuesIstio.skipVersionCheck false) -}}
  {{- if deepEqual $document.versionDiffers true -}}
    {{- $_ := set $found "0.439" (dict "id" "LS-DOCUMENT-VERSION" "severity" "error"
      "path" "document.version"
      "reason" (printf "the document is of Istio %s, and istio.version is %s, for which tracing is configured differently" (include "istio-lightstep.shown" (list $hidden $document.version `^v?[0-9]+\.[0-9]+(\.[0-9]+)?(-[a-z]+)?$|^([<>]=?|[~^])? ?v?[0-9]{1,4}(\.([0-9]{1,4}|[xX*])){0,2}((, ?| )([<>]=?|[~^])? ?v?[0-9]{1,4}(\.([0-9]{1,4}|[xX*])){0,2}){0,3}$`)) (include "istio-lightstep.shown" (list $hidden $istio.version)))
      "fix" "set istio.version to the version that this document installs; istio.skipVersionCheck=true omits this check") -}}
  {{- end -}}
{{- end -}}
{{- if and $dialect.telemetry (or $document.sampling (has (kindOf $document.sampling) (list "float64" "bool"))) -}}
  {{- if not (deepEqual $document.sampling $pilot.traceSampling) -}}
    {{- $_ := set $found "1.440" (dict "id" "LS-DOCUMENT-SAMPLING" "severity" "warning"
      "path" "document.sampling"
      "reason" (printf "the sampling here is %s %%, and the mesh-wide Telemetry of this release overrides it with pilot.traceSampling, %s %%" (include "istio-lightstep.shown" (list $hidden $document.sampling)) (include "istio-lightstep.shown" (list $hidden $pilot.traceSampling)))
      "fix" (printf "to keep it, set pilot.traceSampling to %s; otherwise remove it here" (include "istio-lightstep.shown" (list $hidden $document.sampling)))) -}}
  {{- end -}}
{{- end -}}
{{- if $dialect.receiver -}}
  {{- if or $documentMeshConfigDefaultConfigTracing.lightstep (has (kindOf $documentMeshConfigDefaultConfigTracing.lightstep) (list "float64" "bool")) -}}
    {{- $_ := set $found "0.454" (dict "id" "LS-DOCUMENT-NATIVE-TRACER" "severity" "error"
      "path" "document.meshConfig.defaultConfig.tracing.lightstep"
      "reason" (printf "the proxies of Istio %s do not contain the LightStep tracer: no new pod would start" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "remove it; the chart configures tracing differently") -}}
  {{- end -}}
  {{- if deepEqual $documentValuesGlobalProxy.tracer "lightstep" -}}
    {{- $_ := set $found "0.456" (dict "id" "LS-DOCUMENT-TRACER-LIGHTSTEP" "severity" "error"
      "path" "document.values.global.proxy.tracer"
      "reason" (printf "the proxies of Istio %s do not contain the LightStep tracer; Istio's charts of 1.18 and newer do not render with it" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "remove it") -}}
  {{- end -}}
{{- end -}}
{{- if and $dialect.native (deepEqual $subject.delivery "collector") -}}
  {{- if or (or $documentMeshConfigDefaultConfigTracing.lightstep (has (kindOf $documentMeshConfigDefaultConfigTracing.lightstep) (list "float64" "bool"))) (deepEqual $documentValuesGlobalProxy.tracer "lightstep") -}}
    {{- $_ := set $found "0.457" (dict "id" "LS-DOCUMENT-NATIVE-BESIDE" "severity" "error"
      "path" "document.meshConfig.defaultConfig.tracing"
      "reason" "the LightStep tracer is configured in addition to the Zipkin tracer, with which proxies send to the collector; Istio uses one of them"
      "fix" "remove it, and global.proxy.tracer with it") -}}
  {{- end -}}
{{- end -}}
{{- if and $subject.dialect (not (deepEqual $dialect.native "values")) -}}
  {{- if or (kindIs "bool" $documentValuesGlobalTracerLightstep.secure) (or $documentValuesGlobalTracerLightstep.cacertPath (has (kindOf $documentValuesGlobalTracerLightstep.cacertPath) (list "float64" "bool"))) -}}
    {{- $_ := set $found "0.458" (dict "id" "LS-DOCUMENT-OLD-VALUES" "severity" "error"
      "path" "document.values.global.tracer.lightstep"
      "reason" (printf "Istio %s does not support secure and cacertPath here: istioctl rejects the document" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
      "fix" "remove them; the chart writes the TLS settings of this version") -}}
  {{- end -}}
{{- end -}}
{{- if and
    (has $documentMeshConfigDefaultConfigTracingTlsSettings.mode (list "SIMPLE" "MUTUAL"))
    (not (or $documentMeshConfigDefaultConfigTracingTlsSettings.caCertificates (has (kindOf $documentMeshConfigDefaultConfigTracingTlsSettings.caCertificates) (list "float64" "bool")))) -}}
  {{- $_ := set $found "0.459" (dict "id" "LS-DOCUMENT-TLS-NO-CA" "severity" "error"
    "path" "document.meshConfig.defaultConfig.tracing.tlsSettings"
    "reason" "TLS without caCertificates is an invalid bootstrap, and Istio's validation accepts it"
    "fix" "set caCertificates to the path of the CA, or remove tlsSettings") -}}
{{- end -}}
{{- if and
    (or $documentMeshConfigDefaultConfigTracing.lightstep (has (kindOf $documentMeshConfigDefaultConfigTracing.lightstep) (list "float64" "bool")))
    (or (or $documentMeshConfigDefaultConfigTracing.zipkin (has (kindOf $documentMeshConfigDefaultConfigTracing.zipkin) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.datadog (has (kindOf $documentMeshConfigDefaultConfigTracing.datadog) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.stackdriver (has (kindOf $documentMeshConfigDefaultConfigTracing.stackdriver) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.openCensusAgent (has (kindOf $documentMeshConfigDefaultConfigTracing.openCensusAgent) (list "float64" "bool")))) -}}
  {{- $_ := set $found "0.460" (dict "id" "LS-DOCUMENT-TWO-TRACERS" "severity" "error"
    "path" "document.meshConfig.defaultConfig.tracing"
    "reason" "two tracers are configured; Istio uses one of them"
    "fix" "remove both; the chart configures the tracer") -}}
{{- end -}}
{{- if and
    $subject.dialect
    (not $dialect.telemetry)
    (not (or $documentMeshConfigDefaultConfigTracing.lightstep (has (kindOf $documentMeshConfigDefaultConfigTracing.lightstep) (list "float64" "bool")))) -}}
  {{- if or (or $documentMeshConfigDefaultConfigTracing.datadog (has (kindOf $documentMeshConfigDefaultConfigTracing.datadog) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.stackdriver (has (kindOf $documentMeshConfigDefaultConfigTracing.stackdriver) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.openCensusAgent (has (kindOf $documentMeshConfigDefaultConfigTracing.openCensusAgent) (list "float64" "bool"))) (has $documentValuesGlobalProxy.tracer (list "datadog" "stackdriver" "openCensusAgent")) (and $natively (or $documentMeshConfigDefaultConfigTracing.zipkin (has (kindOf $documentMeshConfigDefaultConfigTracing.zipkin) (list "float64" "bool")))) -}}
    {{- $_ := set $found "0.461" (dict "id" "LS-DOCUMENT-OTHER-TRACER" "severity" "error"
      "path" "document.meshConfig.defaultConfig.tracing"
      "reason" "another tracer is configured in addition to the one of the chart; Istio uses one of them"
      "fix" "remove it, and global.proxy.tracer with it") -}}
  {{- end -}}
{{- end -}}
{{- if and
    $dialect.telemetry
    (not (or $documentMeshConfigDefaultConfigTracing.lightstep (has (kindOf $documentMeshConfigDefaultConfigTracing.lightstep) (list "float64" "bool")))) -}}
  {{- if or (or $documentMeshConfigDefaultConfigTracing.datadog (has (kindOf $documentMeshConfigDefaultConfigTracing.datadog) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.stackdriver (has (kindOf $documentMeshConfigDefaultConfigTracing.stackdriver) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.openCensusAgent (has (kindOf $documentMeshConfigDefaultConfigTracing.openCensusAgent) (list "float64" "bool"))) (or $documentMeshConfigDefaultConfigTracing.zipkin (has (kindOf $documentMeshConfigDefaultConfigTracing.zipkin) (list "float64" "bool"))) (has $documentValuesGlobalProxy.tracer (list "datadog" "stackdriver" "openCensusAgent")) (and (deepEqual $documentValuesGlobalProxy.tracer "zipkin") (or (deepEqual $dialect.telemetry "telemetry.istio.io/v1") (or $documentValuesGlobalTracerZipkin.address (has (kindOf $documentValuesGlobalTracerZipkin.address) (list "float64" "bool"))))) -}}
    {{- $_ := set $found "1.462" (dict "id" "LS-DOCUMENT-TRACER-UNUSED" "severity" "warning"
      "path" "document.meshConfig.defaultConfig.tracing"
      "reason" "proxies use this tracer only where no Telemetry names a provider: once the Telemetry of this release is installed, it receives no spans"
      "fix" "keep it until the spans of the proxies arrive by this release, then remove it, and global.proxy.tracer with it; to keep sending spans there too, add that backend to backends") -}}
  {{- end -}}
{{- end -}}
{{- if or (deepEqual $documentMeshConfig.enableTracing false) (deepEqual $documentValuesGlobal.enableTracing false) -}}
  {{- $_ := set $found "0.463" (dict "id" "LS-DOCUMENT-TRACING-OFF" "severity" "error"
    "path" "document.meshConfig.enableTracing"
    "reason" "tracing is disabled"
    "fix" "set enableTracing to true or remove it") -}}
{{- end -}}
{{- if kindIs "slice" $subject.nulls -}}{{- include "istio-lightstep.judge.nulls" (dict "of" $subject.nulls "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.types -}}{{- include "istio-lightstep.judge.types" (dict "of" $subject.types "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.long -}}{{- include "istio-lightstep.judge.long" (dict "of" $subject.long "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.characters -}}{{- include "istio-lightstep.judge.characters" (dict "of" $subject.characters "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $valuesCacert.namespaces -}}{{- include "istio-lightstep.judge.values.cacert.namespaces" (dict "of" $valuesCacert.namespaces "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $values.gateways -}}{{- include "istio-lightstep.judge.values.gateways" (dict "of" $values.gateways "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $live.missingGateways -}}{{- include "istio-lightstep.judge.live.missingGateways" (dict "of" $live.missingGateways "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $controlPlane.extensionProviders -}}{{- include "istio-lightstep.judge.values.controlPlane.extensionProviders" (dict "of" $controlPlane.extensionProviders "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $controlPlane.envVarFrom -}}{{- include "istio-lightstep.judge.values.controlPlane.envVarFrom" (dict "of" $controlPlane.envVarFrom "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $controlPlaneGateways.secretVolumes -}}{{- include "istio-lightstep.judge.values.controlPlane.gateways.secretVolumes" (dict "of" $controlPlaneGateways.secretVolumes "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $controlPlaneGateways.volumes -}}{{- include "istio-lightstep.judge.values.controlPlane.gateways.volumes" (dict "of" $controlPlaneGateways.volumes "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $controlPlaneGateways.volumeMounts -}}{{- include "istio-lightstep.judge.values.controlPlane.gateways.volumeMounts" (dict "of" $controlPlaneGateways.volumeMounts "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.resources -}}{{- include "istio-lightstep.judge.resources" (dict "of" $subject.resources "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.exporters -}}{{- include "istio-lightstep.judge.exporters" (dict "of" $subject.exporters "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.exporterSettings -}}{{- include "istio-lightstep.judge.exporterSettings" (dict "of" $subject.exporterSettings "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.literals -}}{{- include "istio-lightstep.judge.literals" (dict "of" $subject.literals "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.crowded -}}{{- include "istio-lightstep.judge.crowded" (dict "of" $subject.crowded "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.exposed -}}{{- include "istio-lightstep.judge.exposed" (dict "of" $subject.exposed "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.references -}}{{- include "istio-lightstep.judge.references" (dict "of" $subject.references "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.exporterHeaders -}}{{- include "istio-lightstep.judge.exporterHeaders" (dict "of" $subject.exporterHeaders "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.twins -}}{{- include "istio-lightstep.judge.twins" (dict "of" $subject.twins "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.exporterLosses -}}{{- include "istio-lightstep.judge.exporterLosses" (dict "of" $subject.exporterLosses "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.environment -}}{{- include "istio-lightstep.judge.environment" (dict "of" $subject.environment "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.proxied -}}{{- include "istio-lightstep.judge.proxied" (dict "of" $subject.proxied "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.env -}}{{- include "istio-lightstep.judge.values.collector.env" (dict "of" $collector.env "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.unbounded -}}{{- include "istio-lightstep.judge.unbounded" (dict "of" $subject.unbounded "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $global.imagePullSecrets -}}{{- include "istio-lightstep.judge.values.global.imagePullSecrets" (dict "of" $global.imagePullSecrets "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.forms -}}{{- include "istio-lightstep.judge.forms" (dict "of" $subject.forms "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.large -}}{{- include "istio-lightstep.judge.large" (dict "of" $subject.large "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.tolerations -}}{{- include "istio-lightstep.judge.values.collector.tolerations" (dict "of" $collector.tolerations "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.topologySpreadConstraints -}}{{- include "istio-lightstep.judge.values.collector.topologySpreadConstraints" (dict "of" $collector.topologySpreadConstraints "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.namespaces -}}{{- include "istio-lightstep.judge.namespaces" (dict "of" $subject.namespaces "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $live.missingNamespaces -}}{{- include "istio-lightstep.judge.live.missingNamespaces" (dict "of" $live.missingNamespaces "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.tags -}}{{- include "istio-lightstep.judge.tags" (dict "of" $subject.tags "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.inserts -}}{{- include "istio-lightstep.judge.inserts" (dict "of" $subject.inserts "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.config -}}{{- include "istio-lightstep.judge.config" (dict "of" $subject.config "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.unguarded -}}{{- include "istio-lightstep.judge.unguarded" (dict "of" $subject.unguarded "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.strangers -}}{{- include "istio-lightstep.judge.strangers" (dict "of" $subject.strangers "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.misfits -}}{{- include "istio-lightstep.judge.misfits" (dict "of" $subject.misfits "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.files -}}{{- include "istio-lightstep.judge.files" (dict "of" $subject.files "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.uses -}}{{- include "istio-lightstep.judge.uses" (dict "of" $subject.uses "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.pipelines -}}{{- include "istio-lightstep.judge.pipelines" (dict "of" $subject.pipelines "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.listens -}}{{- include "istio-lightstep.judge.listens" (dict "of" $subject.listens "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.askers -}}{{- include "istio-lightstep.judge.askers" (dict "of" $subject.askers "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.egress -}}{{- include "istio-lightstep.judge.egress" (dict "of" $subject.egress "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.rivals -}}{{- include "istio-lightstep.judge.rivals" (dict "of" $subject.rivals "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.beside -}}{{- include "istio-lightstep.judge.beside" (dict "of" $subject.beside "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $values.extraObjects -}}{{- include "istio-lightstep.judge.values.extraObjects" (dict "of" $values.extraObjects "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.own -}}{{- include "istio-lightstep.judge.own" (dict "of" $subject.own "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.extraContainers -}}{{- include "istio-lightstep.judge.values.collector.extraContainers" (dict "of" $collector.extraContainers "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.extraVolumes -}}{{- include "istio-lightstep.judge.values.collector.extraVolumes" (dict "of" $collector.extraVolumes "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collector.extraVolumeMounts -}}{{- include "istio-lightstep.judge.values.collector.extraVolumeMounts" (dict "of" $collector.extraVolumeMounts "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.mounts -}}{{- include "istio-lightstep.judge.mounts" (dict "of" $subject.mounts "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collectorNetworkPolicy.from -}}{{- include "istio-lightstep.judge.values.collector.networkPolicy.from" (dict "of" $collectorNetworkPolicy.from "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collectorNetworkPolicy.metricsFrom -}}{{- include "istio-lightstep.judge.values.collector.networkPolicy.metricsFrom" (dict "of" $collectorNetworkPolicy.metricsFrom "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $collectorAutoscaling.metrics -}}{{- include "istio-lightstep.judge.values.collector.autoscaling.metrics" (dict "of" $collectorAutoscaling.metrics "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.idle -}}{{- include "istio-lightstep.judge.idle" (dict "of" $subject.idle "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.backends -}}{{- include "istio-lightstep.judge.backends" (dict "of" $subject.backends "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.backendHeaders -}}{{- include "istio-lightstep.judge.backendHeaders" (dict "of" $subject.backendHeaders "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.doubles -}}{{- include "istio-lightstep.judge.doubles" (dict "of" $subject.doubles "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.backendKeys -}}{{- include "istio-lightstep.judge.backendKeys" (dict "of" $subject.backendKeys "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.backendSecrets -}}{{- include "istio-lightstep.judge.backendSecrets" (dict "of" $subject.backendSecrets "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $live.backendSecrets -}}{{- include "istio-lightstep.judge.live.backendSecrets" (dict "of" $live.backendSecrets "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.overridden -}}{{- include "istio-lightstep.judge.overridden" (dict "of" $subject.overridden "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $live.otherTelemetries -}}{{- include "istio-lightstep.judge.live.otherTelemetries" (dict "of" $live.otherTelemetries "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.stranded -}}{{- include "istio-lightstep.judge.stranded" (dict "of" $subject.stranded "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $document.sharedMeshConfig -}}{{- include "istio-lightstep.judge.document.sharedMeshConfig" (dict "of" $document.sharedMeshConfig "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $document.gatewayFilter -}}{{- include "istio-lightstep.judge.document.gatewayFilter" (dict "of" $document.gatewayFilter "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $documentMeshConfig.extensionProviders -}}{{- include "istio-lightstep.judge.document.meshConfig.extensionProviders" (dict "of" $documentMeshConfig.extensionProviders "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $subject.mistakes -}}{{- include "istio-lightstep.judge.mistakes" (dict "of" $subject.mistakes "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $document.telemetries -}}{{- include "istio-lightstep.judge.document.telemetries" (dict "of" $document.telemetries "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- if kindIs "slice" $document.annotationTracers -}}{{- include "istio-lightstep.judge.document.annotationTracers" (dict "of" $document.annotationTracers "subject" $subject "found" $found "hidden" $hidden) -}}{{- end -}}
{{- end -}}

{{- /* The same for each item of nulls, the list .of. */ -}}
{{- define "istio-lightstep.judge.nulls" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $item -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.000" "id" "LS-VALUES-NULL" "severity" "error") -}}
      {{- $_ := set $found (printf "0.000.%06d" $index) (dict "id" "LS-VALUES-NULL" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "null is not a valid value for this key: Helm would delete the default"
        "fix" (printf "remove the line to keep %s, or write a value; if you wrote no such line, it comes from --reuse-values: use helm upgrade --reset-then-reuse-values (Helm 3.14 or newer) instead" (include "istio-lightstep.shown" (list $hidden $of.default)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of types, the list .of. */ -}}
{{- define "istio-lightstep.judge.types" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $item -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.001" "id" "LS-VALUES-TYPE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.001.%06d" $index) (dict "id" "LS-VALUES-TYPE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "got %s, want %s" (include "istio-lightstep.shown" (list $hidden $of.got)) (include "istio-lightstep.shown" (list $hidden $of.want)))
        "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of long, the list .of. */ -}}
{{- define "istio-lightstep.judge.long" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or $item (has (kindOf $item) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.002" "id" "LS-VALUES-LONG" "severity" "error") -}}
      {{- $_ := set $found (printf "0.002.%06d" $index) (dict "id" "LS-VALUES-LONG" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "has %s, and no more than %s are taken" (include "istio-lightstep.shown" (list $hidden $of.has)) (include "istio-lightstep.shown" (list $hidden $of.most)))
        "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of characters, the list .of. */ -}}
{{- define "istio-lightstep.judge.characters" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $item -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.003" "id" "LS-VALUES-CHARACTER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.003.%06d" $index) (dict "id" "LS-VALUES-CHARACTER" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "a key or text contains the character %s, which breaks the YAML that Helm writes" (include "istio-lightstep.shown" (list $hidden $of.character)))
        "fix" "remove the character; it is usually invisible and comes from text copied from a web page or a document") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.cacert.namespaces, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.cacert.namespaces" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $mountsCA := (has $subject.delivery (list "native" "direct")) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $secure := (deepEqual $globalTracerLightstep.secure true) -}}
{{- $ownCA := (and (deepEqual $subject.lightstep true) $globalTracerLightstep.cacertPath) -}}
{{- $valuesCacert := ternary $values.cacert $none (kindIs "map" $values.cacert) -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if not (and (has (kindOf $item) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" (include "istio-lightstep.scalar" $item))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.061" "id" "LS-CACERT-NAMESPACES" "severity" "error") -}}
      {{- $_ := set $found (printf "0.061.%06d" $index) (dict "id" "LS-CACERT-NAMESPACES" "severity" "error"
        "path" (printf "cacert.namespaces[%d]" $index)
        "reason" (printf `"%s" is not a valid namespace name` (include "istio-lightstep.shown" (list $hidden $item)))
        "fix" "use lowercase letters, digits and dashes, 63 at most") -}}
    {{- end -}}
  {{- end -}}
  {{- if and $mountsCA $secure $ownCA (not $valuesCacert.pem) $subject.live -}}
    {{- if not (and (kindIs "slice" $live.caNamespaces) (has $item $live.caNamespaces)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.069" "id" "LS-CACERT-SECRET-MISSING" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.069.%06d" $index) (dict "id" "LS-CACERT-SECRET-MISSING" "severity" "warning"
          "path" (printf "cacert.namespaces[%d]" $index)
          "reason" (printf "namespace %s has no Secret lightstep.cacert with key %s: spans of its pods are lost without an error" (include "istio-lightstep.shown" (list $hidden $item)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))
          "fix" (printf "kubectl create secret generic lightstep.cacert --namespace %s --from-file=%s=Cert_Auth.crt" (include "istio-lightstep.shown" (list $hidden $item)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $mountsCA $secure $ownCA $valuesCacert.pem $subject.live -}}
    {{- if not (and (kindIs "slice" $live.namespaces) (has $item $live.namespaces)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.072" "id" "LS-NAMESPACE-MISSING" "severity" "error") -}}
        {{- $_ := set $found (printf "0.072.%06d" $index) (dict "id" "LS-NAMESPACE-MISSING" "severity" "error"
          "path" (printf "cacert.namespaces[%d]" $index)
          "reason" (printf "namespace %s for the CA Secret does not exist" (include "istio-lightstep.shown" (list $hidden $item)))
          "fix" (printf "kubectl create namespace %s, or remove it from cacert.namespaces" (include "istio-lightstep.shown" (list $hidden $item)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.gateways, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.gateways" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $mountsCA := (has $subject.delivery (list "native" "direct")) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $secure := (deepEqual $globalTracerLightstep.secure true) -}}
{{- $ownCA := (and (deepEqual $subject.lightstep true) $globalTracerLightstep.cacertPath) -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $valuesCacert := ternary $values.cacert $none (kindIs "map" $values.cacert) -}}
{{- $valuesCacertExistingSecret := ternary $valuesCacert.existingSecret $none (kindIs "map" $valuesCacert.existingSecret) -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and $mountsCA $secure $ownCA (not (deepEqual $dialect.native "values")) -}}
    {{- if and
        $valuesCacertExistingSecret.name
        (not (and (kindIs "slice" $valuesCacert.namespaces) (has $of.namespace $valuesCacert.namespaces))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.066" "id" "LS-CACERT-GATEWAY-NAMESPACE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.066.%06d" $index) (dict "id" "LS-CACERT-GATEWAY-NAMESPACE" "severity" "error"
          "path" (printf "gateways[%d].namespace" $index)
          "reason" (printf "gateway %s would have no CA: cacert.namespaces does not contain its namespace, %s" (include "istio-lightstep.shown" (list $hidden $of.name)) (include "istio-lightstep.shown" (list $hidden $of.namespace)))
          "fix" (printf "copy the Secret lightstep.cacert to %s and add the namespace to cacert.namespaces" (include "istio-lightstep.shown" (list $hidden $of.namespace)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $mountsCA $secure $ownCA (not $valuesCacert.pem) $subject.live -}}
    {{- if not (and (kindIs "slice" $live.caNamespaces) (has $of.namespace $live.caNamespaces)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.070" "id" "LS-CACERT-SECRET-MISSING-GATEWAY" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.070.%06d" $index) (dict "id" "LS-CACERT-SECRET-MISSING-GATEWAY" "severity" "warning"
          "path" (printf "gateways[%d].namespace" $index)
          "reason" (printf "namespace %s has no Secret lightstep.cacert with key %s: spans of gateway %s are lost without an error" (include "istio-lightstep.shown" (list $hidden $of.namespace)) (include "istio-lightstep.shown" (list $hidden $cacert.key)) (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" (printf "kubectl create secret generic lightstep.cacert --namespace %s --from-file=%s=Cert_Auth.crt" (include "istio-lightstep.shown" (list $hidden $of.namespace)) (include "istio-lightstep.shown" (list $hidden $cacert.key)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $mountsCA $secure $ownCA $valuesCacert.pem $subject.live -}}
    {{- if not (and (kindIs "slice" $live.namespaces) (has $of.namespace $live.namespaces)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.073" "id" "LS-NAMESPACE-MISSING-GATEWAY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.073.%06d" $index) (dict "id" "LS-NAMESPACE-MISSING-GATEWAY" "severity" "error"
          "path" (printf "gateways[%d].namespace" $index)
          "reason" (printf "namespace %s of gateway %s, in which the chart creates the CA Secret, does not exist" (include "istio-lightstep.shown" (list $hidden $of.namespace)) (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" "set gateways to the existing gateways") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` (include "istio-lightstep.scalar" $of.name))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.080" "id" "LS-GATEWAY-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.080.%06d" $index) (dict "id" "LS-GATEWAY-NAME" "severity" "error"
        "path" (printf "gateways[%d].name" $index)
        "reason" (printf `"%s" is not a valid gateway name` (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "set the name of the gateway's Deployment, for example istio-ingressgateway") -}}
    {{- end -}}
  {{- end -}}
  {{- if not (and (has (kindOf $of.namespace) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" (include "istio-lightstep.scalar" $of.namespace))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.081" "id" "LS-GATEWAY-NAMESPACE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.081.%06d" $index) (dict "id" "LS-GATEWAY-NAMESPACE" "severity" "error"
        "path" (printf "gateways[%d].namespace" $index)
        "reason" (printf `"%s" is not a valid namespace name` (include "istio-lightstep.shown" (list $hidden $of.namespace)))
        "fix" "set the namespace of the gateway's Deployment, for example istio-system") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of live.missingGateways, the list .of. */ -}}
{{- define "istio-lightstep.judge.live.missingGateways" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if and
      (and (deepEqual $subject.lightstep true) $globalTracerLightstep.cacertPath)
      (deepEqual $globalTracerLightstep.secure true) -}}
    {{- if or $item (has (kindOf $item) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.082" "id" "LS-GATEWAY-MISSING" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.082.%06d" $index) (dict "id" "LS-GATEWAY-MISSING" "severity" "warning"
          "path" "gateways"
          "reason" (printf "no Deployment matches the selector of gateway %s" (include "istio-lightstep.foreign" (list $hidden $item)))
          "fix" "set gateways to the existing gateways, with the labels of their pods; a gateway that is not listed gets no CA") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.controlPlane.extensionProviders, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.controlPlane.extensionProviders" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or $of.lightstep (has (kindOf $of.lightstep) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.095" "id" "LS-PROVIDER-LIGHTSTEP" "severity" "error") -}}
      {{- $_ := set $found (printf "0.095.%06d" $index) (dict "id" "LS-PROVIDER-LIGHTSTEP" "severity" "error"
        "path" (printf "controlPlane.extensionProviders[%d].lightstep" $index)
        "reason" "Istio's own lightstep extension provider was removed: istiod 1.27 and newer crashes on it"
        "fix" "remove it; this chart adds an opentelemetry provider instead") -}}
    {{- end -}}
  {{- end -}}
  {{- if not (or $of.name (has (kindOf $of.name) (list "float64" "bool"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.096" "id" "LS-PROVIDER-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.096.%06d" $index) (dict "id" "LS-PROVIDER-NAME" "severity" "error"
        "path" (printf "controlPlane.extensionProviders[%d].name" $index)
        "reason" "an extension provider without a name cannot be merged"
        "fix" "set the name that your Telemetry references") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.controlPlane.envVarFrom, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.controlPlane.envVarFrom" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (or $of.name (has (kindOf $of.name) (list "float64" "bool"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.097" "id" "LS-ENV-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.097.%06d" $index) (dict "id" "LS-ENV-NAME" "severity" "error"
        "path" (printf "controlPlane.envVarFrom[%d].name" $index)
        "reason" "an environment variable without a name cannot be merged"
        "fix" "set its name") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.controlPlane.gateways.secretVolumes, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.controlPlane.gateways.secretVolumes" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (or $of.name (has (kindOf $of.name) (list "float64" "bool"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.098" "id" "LS-SECRET-VOLUME-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.098.%06d" $index) (dict "id" "LS-SECRET-VOLUME-NAME" "severity" "error"
        "path" (printf "controlPlane.gateways.secretVolumes[%d].name" $index)
        "reason" "a volume without a name cannot be merged"
        "fix" "set its name") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (has $subject.delivery (list "native" "direct"))
      (deepEqual $globalTracerLightstep.secure true)
      (not (deepEqual $of.name "lightstep-certs")) -}}
    {{- if deepEqual $of.mountPath $cacert.directory -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.099" "id" "LS-SECRET-VOLUME-PATH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.099.%06d" $index) (dict "id" "LS-SECRET-VOLUME-PATH" "severity" "error"
          "path" (printf "controlPlane.gateways.secretVolumes[%d].mountPath" $index)
          "reason" "the CA is already mounted at this path, and Kubernetes rejects a pod with two volumes at the same path"
          "fix" "use another mount path, or set global.tracer.lightstep.cacertPath to a file in a separate directory") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.controlPlane.gateways.volumes, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.controlPlane.gateways.volumes" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (or $of.name (has (kindOf $of.name) (list "float64" "bool"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.100" "id" "LS-VOLUME-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.100.%06d" $index) (dict "id" "LS-VOLUME-NAME" "severity" "error"
        "path" (printf "controlPlane.gateways.volumes[%d].name" $index)
        "reason" "a volume without a name cannot be merged"
        "fix" "set its name") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.controlPlane.gateways.volumeMounts, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.controlPlane.gateways.volumeMounts" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (or $of.name (has (kindOf $of.name) (list "float64" "bool"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.101" "id" "LS-VOLUME-MOUNT-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.101.%06d" $index) (dict "id" "LS-VOLUME-MOUNT-NAME" "severity" "error"
        "path" (printf "controlPlane.gateways.volumeMounts[%d].name" $index)
        "reason" "a volume mount without a name cannot be merged"
        "fix" "set the name of its volume") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (has $subject.delivery (list "native" "direct"))
      (deepEqual $globalTracerLightstep.secure true)
      (not (deepEqual $of.name "lightstep-certs")) -}}
    {{- if deepEqual $of.mountPath $cacert.directory -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.102" "id" "LS-VOLUME-MOUNT-PATH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.102.%06d" $index) (dict "id" "LS-VOLUME-MOUNT-PATH" "severity" "error"
          "path" (printf "controlPlane.gateways.volumeMounts[%d].mountPath" $index)
          "reason" "the CA is already mounted at this path, and Kubernetes rejects a pod with two volumes at the same path"
          "fix" "use another mount path, or set global.tracer.lightstep.cacertPath to a file in a separate directory") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of resources, the list .of. */ -}}
{{- define "istio-lightstep.judge.resources" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $hasContainer := (and (deepEqual $of.used true) (or (and (has (kindOf $of.path) (list "string" "float64" "bool")) (regexMatch `^test\.` (include "istio-lightstep.scalar" $of.path))) $collects)) -}}
  {{- if $hasContainer -}}
    {{- if or (deepEqual $of.state "malformed") (include "istio-lightstep.below" (list $of.amount 0.0)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.120" "id" "LS-RESOURCES-QUANTITY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.120.%06d" $index) (dict "id" "LS-RESOURCES-QUANTITY" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not a valid quantity, or it is above 8Pi: Kubernetes would reject the pod, or the chart could not calculate with it"
          "fix" "write a number, for memory followed by Ki, Mi, Gi or Ti, for example 512Mi, for cpu followed by m or nothing, for example 50m; or write null to set none") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (deepEqual $of.kind "bytes") (include "istio-lightstep.above" (list $of.amount 0.0)) (include "istio-lightstep.below" (list $of.amount 1048576.0))) (and (deepEqual $of.kind "cpu") (include "istio-lightstep.above" (list $of.amount 256.0))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.121" "id" "LS-RESOURCES-UNIT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.121.%06d" $index) (dict "id" "LS-RESOURCES-UNIT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is less than 1Mi of memory or more than 256 CPUs, and the pod would not start; m means thousandths, and a number without a unit means bytes or CPUs"
          "fix" "write the unit that you mean: Mi or Gi for memory, m for thousandths of a CPU") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (has $of.state (list "ok" "none")) (include "istio-lightstep.below" (list $of.amount $of.request)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.122" "id" "LS-RESOURCES-LIMIT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.122.%06d" $index) (dict "id" "LS-RESOURCES-LIMIT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the limit is below the request of the same container, %s, and Kubernetes rejects such a pod" (include "istio-lightstep.shown" (list $hidden $of.requestText "^[0-9.]{1,16}[A-Za-z]{0,2}$")))
          "fix" "raise the limit, or lower the request, which has a default") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects $hasContainer -}}
    {{- if and
        (deepEqual $of.state "ok")
        (or (and (deepEqual $of.path "collector.resources.limits.memory") (include "istio-lightstep.above" (list $of.amount 1048575.0)) (include "istio-lightstep.below" (list $of.amount 134217728.0))) (and (deepEqual $of.path "collector.retryRefused.resources.limits.memory") (include "istio-lightstep.above" (list $of.amount 1048575.0)) (include "istio-lightstep.below" (list $of.amount 67108864.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.193" "id" "LS-COLLECTOR-MEMORY-SMALL" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.193.%06d" $index) (dict "id" "LS-COLLECTOR-MEMORY-SMALL" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is less than such a container was measured to use under load: a collector up to 125 MiB, that of retryRefused up to 42 MiB. It would do little but collect garbage and refuse spans, or Kubernetes would kill it"
          "fix" "set 128Mi or more for a collector, better the chart's 512Mi, and 64Mi or more for that of retryRefused") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of exporters, the list .of. */ -}}
{{- define "istio-lightstep.judge.exporters" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $ofHTTP := "^(otlphttp|otlp_http|zipkin)(/|$)" -}}
{{- $endpointHost := `^((?i:https?)://([^/?#@]*@)?|(dns|passthrough):///)?(((([A-Za-z0-9_]|\$\{[^}]*\})((-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))?\.)*([0-9]*([A-Za-z_]|\$\{[^}]*\})((-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))?|[0-9]+-(-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))\.?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])|\[(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:)|::(ffff:)?((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))\])(:[0-9]+|:\$\{[^}]*\})?|(\$\{[^}]*\})+)([/?].*)?$` -}}
{{- $httpEndpoint := `^((?i:https?)://(([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*@)?(\[[^\[\]]*\]|([^:/?#@%\[\]\s$]|\$\{[^}]*\})+)(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\}))?|(\$\{[^}]*\})+(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\}))?)(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*)?(\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*)?$` -}}
{{- $otlpGRPC := "^(otlp|otlp_grpc)(/|$)" -}}
{{- $otlpHTTP := "^(otlphttp|otlp_http)(/|$)" -}}
{{- $noPath := "^[^/]*//[^/?#${}]+/?([?#].*)?$" -}}
{{- $httpsURL := "^(?i:https://)" -}}
{{- $ofClient := "^(otlp|otlp_grpc|otlphttp|otlp_http|zipkin)(/|$)" -}}
{{- $componentID := `^[a-zA-Z][0-9a-zA-Z_]{0,62}(/(:?[^:\pZ\pC\pS]+)+)?$` -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $queue := ternary $subject.queue $none (kindIs "map" $subject.queue) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $itemSettings := ternary $of.settings $none (kindIs "map" $of.settings) -}}
  {{- $tracesURL := (and (has (kindOf $itemSettings.traces_endpoint) (list "string" "float64" "bool")) (regexMatch `\S` (include "istio-lightstep.scalar" $itemSettings.traces_endpoint))) -}}
  {{- $itemSettingsTls := ternary $itemSettings.tls $none (kindIs "map" $itemSettings.tls) -}}
  {{- $hasKey := (or (or $itemSettingsTls.key_file (has (kindOf $itemSettingsTls.key_file) (list "float64" "bool"))) (or $itemSettingsTls.key_pem (has (kindOf $itemSettingsTls.key_pem) (list "float64" "bool")))) -}}
  {{- $hasCertificate := (or (or $itemSettingsTls.cert_file (has (kindOf $itemSettingsTls.cert_file) (list "float64" "bool"))) (or $itemSettingsTls.cert_pem (has (kindOf $itemSettingsTls.cert_pem) (list "float64" "bool")))) -}}
  {{- $itemSettingsSendingQueue := ternary $itemSettings.sending_queue $none (kindIs "map" $itemSettings.sending_queue) -}}
  {{- $itemSettingsSendingQueueBatch := ternary $itemSettingsSendingQueue.batch $none (kindIs "map" $itemSettingsSendingQueue.batch) -}}
  {{- $itemDurations := ternary $of.durations $none (kindIs "map" $of.durations) -}}
  {{- $itemSettingsRetryOnFailure := ternary $itemSettings.retry_on_failure $none (kindIs "map" $itemSettings.retry_on_failure) -}}
  {{- $itemSettingsProducer := ternary $itemSettings.producer $none (kindIs "map" $itemSettings.producer) -}}
  {{- $itemSettingsCompressionParams := ternary $itemSettings.compression_params $none (kindIs "map" $itemSettings.compression_params) -}}
  {{- $itemSettingsAuth := ternary $itemSettings.auth $none (kindIs "map" $itemSettings.auth) -}}
  {{- $itemSettingsProtocol := ternary $itemSettings.protocol $none (kindIs "map" $itemSettings.protocol) -}}
  {{- $itemSettingsProtocolOtlp := ternary $itemSettingsProtocol.otlp $none (kindIs "map" $itemSettingsProtocol.otlp) -}}
  {{- $itemSettingsProtocolOtlpSendingQueue := ternary $itemSettingsProtocolOtlp.sending_queue $none (kindIs "map" $itemSettingsProtocolOtlp.sending_queue) -}}
  {{- if $collects -}}
    {{- if and
        (deepEqual $of.place "exporters")
        (not (and (kindIs "string" $of.name) (regexMatch $componentID $of.name))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.130" "id" "LS-COLLECTOR-EXPORTER-NAME" "severity" "error") -}}
        {{- $_ := set $found (printf "0.130.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-NAME" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not a valid exporter name: the collector would not start, or would use another exporter"
          "fix" "write its type, a slash and a name without spaces and without ::, for example otlp_grpc/second") -}}
      {{- end -}}
    {{- end -}}
    {{- if or $of.sharesFile (has (kindOf $of.sharesFile) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.131" "id" "LS-COLLECTOR-EXPORTER-FILE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.131.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-FILE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the collector names the file of a queue after the exporter's type, _ and its name, so this exporter would use the file of %s, and the collector would not start" (include "istio-lightstep.shown" (list $hidden $of.sharesFile "^[A-Za-z0-9_]+(/[-a-z0-9]{0,30})?$")))
          "fix" "use another name, for example second after the slash") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.name) (regexMatch "^(logging|jaeger|jaeger_thrift)(/|$)" $of.name) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.132" "id" "LS-COLLECTOR-EXPORTER-REMOVED" "severity" "error") -}}
        {{- $_ := set $found (printf "0.132.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-REMOVED" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector no longer has an exporter of this type, and would not start"
          "fix" "instead of logging, use debug; instead of jaeger, use otlp_grpc with Jaeger's OTLP port, 4317") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (not (kindIs "map" $of.settings)) (not (kindIs "invalid" $of.settings)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.133" "id" "LS-COLLECTOR-EXPORTER-MAP" "severity" "error") -}}
        {{- $_ := set $found (printf "0.133.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-MAP" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the settings of an exporter are not a map, so the collector would not start"
          "fix" `write keys and values below its name, for example {endpoint: "second.example.com:4317"}`) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (or (kindIs "map" $of.settings) (kindIs "invalid" $of.settings))
        (or (deepEqual $of.place "exporters") (not (kindIs "invalid" $itemSettings.endpoint)))
        (or (and (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch `^((\$\{[^}]*\})+|unix:///\S+)$` (include "istio-lightstep.scalar" $itemSettings.endpoint)))) (or (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch `^((?i:https?://)|(dns|passthrough):///)?(\[[^\[\]]*\]|([^:/?#@%\[\]\s$]|\$\{[^}]*\})+):(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\})$` (include "istio-lightstep.scalar" $itemSettings.endpoint)))) (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch $endpointHost (include "istio-lightstep.scalar" $itemSettings.endpoint)))))) (and (and (kindIs "string" $of.name) (regexMatch $ofHTTP $of.name)) (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch `\S` (include "istio-lightstep.scalar" $itemSettings.endpoint)))) (not $tracesURL))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.134" "id" "LS-COLLECTOR-EXPORTER-ENDPOINT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.134.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-ENDPOINT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the exporter has no valid endpoint: the collector would not start, or would send nothing"
          "fix" "add endpoint to it: for otlp_grpc a host and a port from 1 to 65535, second.example.com:4317, for otlp_http a URL, https://second.example.com:4318, for zipkin a URL with its path, https://second.example.com/api/v2/spans") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $ofHTTP $of.name))
        (or (and (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch `\S` (include "istio-lightstep.scalar" $itemSettings.endpoint))) (or (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch $httpEndpoint (include "istio-lightstep.scalar" $itemSettings.endpoint)))) (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch $endpointHost (include "istio-lightstep.scalar" $itemSettings.endpoint)))))) (and $tracesURL (or (not (and (has (kindOf $itemSettings.traces_endpoint) (list "string" "float64" "bool")) (regexMatch $httpEndpoint (include "istio-lightstep.scalar" $itemSettings.traces_endpoint)))) (not (and (has (kindOf $itemSettings.traces_endpoint) (list "string" "float64" "bool")) (regexMatch $endpointHost (include "istio-lightstep.scalar" $itemSettings.traces_endpoint))))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.135" "id" "LS-COLLECTOR-EXPORTER-SCHEME" "severity" "error") -}}
        {{- $_ := set $found (printf "0.135.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-SCHEME" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the endpoint of an exporter by HTTP must be an http or https URL with a host, a port from 1 to 65535 and a path"
          "fix" "write the whole URL, for example https://second.example.com:4318, without #; for OTLP/gRPC, use the type otlp_grpc") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $otlpHTTP $of.name))
        (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch `/v1/(traces|metrics|logs)/?$|\?` (include "istio-lightstep.scalar" $itemSettings.endpoint)))
        (not $tracesURL) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.137" "id" "LS-COLLECTOR-EXPORTER-PATH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.137.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-PATH" "severity" "error"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector appends /v1/traces to endpoint, and this one already ends with the path for a signal or with a query; a receiver answers 404, and the spans are dropped"
          "fix" "set traces_endpoint to the whole URL, which is used unchanged, with /v1/traces before the query") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch "^zipkin(/|$)" $of.name))
        (or (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch $noPath (include "istio-lightstep.scalar" $itemSettings.endpoint))) (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch "/(zipkin|api(/v[12]|/v1/spans)?|v1/traces)/*([?#].*)?$" (include "istio-lightstep.scalar" $itemSettings.endpoint)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.140" "id" "LS-COLLECTOR-EXPORTER-PATH-ZIPKIN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.140.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-PATH-ZIPKIN" "severity" "warning"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector uses endpoint unchanged, and Zipkin receives such spans at /api/v2/spans alone: it refuses all others, and they stay in the queue until it is full"
          "fix" "end it with /api/v2/spans; if the receiver is an OpenTelemetry Collector or Tempo, which accept spans at other paths, ignore this") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.loops true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.143" "id" "LS-COLLECTOR-EXPORTER-LOOP" "severity" "error") -}}
        {{- $_ := set $found (printf "0.143.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-LOOP" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is a collector of this chart, which would send spans to itself in an endless loop"
          "fix" "set the endpoint of the backend itself") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (or (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (and (kindIs "string" $of.name) (regexMatch $otlpHTTP $of.name)))
        (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.max_size 0.0))
        (include "istio-lightstep.below" (list $itemSettingsSendingQueueBatch.max_size 3145728.0))
        (or (deepEqual $itemSettingsSendingQueueBatch.sizer "bytes") (and (kindIs "invalid" $itemSettingsSendingQueueBatch.sizer) (deepEqual $itemSettingsSendingQueue.sizer "bytes"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.145" "id" "LS-COLLECTOR-EXPORTER-BATCH" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.145.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-BATCH" "severity" "warning"
          "path" (printf "%s.sending_queue.batch.max_size" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector accepts calls of up to 3 MiB, and drops a span larger than a batch together with the other spans of its call, without counting them"
          "fix" "set it to 3145728 or more, or remove the line") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name))
        (or (and (or (deepEqual $itemSettingsSendingQueueBatch.sizer "bytes") (and (kindIs "invalid" $itemSettingsSendingQueueBatch.sizer) (deepEqual $itemSettingsSendingQueue.sizer "bytes"))) (or (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.max_size 4194304.0)) (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size 4194304.0)))) (and (not (deepEqual $itemSettingsSendingQueueBatch.sizer "bytes")) (or (deepEqual $itemSettingsSendingQueueBatch.sizer "items") (not (deepEqual $itemSettingsSendingQueue.sizer "bytes"))) (or (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.max_size 4000.0)) (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size 4000.0)))) (deepEqual $itemSettingsSendingQueueBatch.max_size 0.0)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.146" "id" "LS-COLLECTOR-EXPORTER-BATCH-LARGE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.146.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-BATCH-LARGE" "severity" "warning"
          "path" (printf "%s.sending_queue.batch" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a gRPC receiver accepts 4 MiB by default, about 4,500 spans of 900 bytes: it refuses a larger batch for good, and the collector drops its spans. Such batches are sent when spans have waited, as after an outage"
          "fix" "set max_size to 4063232 or less if sizer is bytes, to 4000 or less if it is items; or remove min_size, max_size and sizer to use the batches of the chart; if the receiver accepts more, disregard this") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.queues true)
        (or (and (has $itemSettingsSendingQueue.sizer (list "items" "requests")) (kindIs "invalid" $itemSettingsSendingQueue.queue_size)) (and (deepEqual $itemSettingsSendingQueue.sizer "bytes") (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size $queue.floor))) (and (deepEqual $itemSettingsSendingQueue.sizer "items") (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size 3000.0))) (and (not (has $itemSettingsSendingQueue.sizer (list "bytes" "items"))) (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size 600.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.151" "id" "LS-COLLECTOR-EXPORTER-QUEUE-SIZE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.151.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-SIZE" "severity" "error"
          "path" (printf "%s.sending_queue.queue_size" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the queue would hold less than a second of 3,000 spans per second, and the collector refuses spans while it is full: they stay in it for the 200 ms of a batch and until the backend answers. Without sizer, queue_size counts calls, of about 5 spans and 4 to 5 KB"
          "fix" (printf "remove queue_size and sizer to use the queue of the chart; or set queue_size to %s or more if sizer is bytes, to 3000 if it is items, to 600 if it is requests or is not set" (include "istio-lightstep.shown" (list $hidden $queue.floor)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.queues true)
        (or (and (deepEqual $itemSettingsSendingQueue.sizer "bytes") (not (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size $queue.floor))) (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size 27000000.0))) (and (deepEqual $itemSettingsSendingQueue.sizer "items") (include "istio-lightstep.above" (list $itemSettingsSendingQueue.queue_size 2999.0)) (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size 30000.0))) (and (not (has $itemSettingsSendingQueue.sizer (list "bytes" "items"))) (include "istio-lightstep.above" (list $itemSettingsSendingQueue.queue_size 599.0)) (include "istio-lightstep.below" (list $itemSettingsSendingQueue.queue_size 6000.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.152" "id" "LS-COLLECTOR-EXPORTER-QUEUE-SHORT" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.152.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-SHORT" "severity" "warning"
          "path" (printf "%s.sending_queue.queue_size" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the queue holds less than ten seconds of 3,000 spans per second, and the collector refuses spans while it is full: in a burst, or if the backend is slow or unavailable for so long. Without sizer, queue_size counts calls, of about 5 spans"
          "fix" "remove queue_size and sizer to use the queue of the chart, which is sized in bytes from its volume") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.queues true)
        (or (and (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.max_size 0.0)) (include "istio-lightstep.below" (list $itemSettingsSendingQueueBatch.max_size $itemSettingsSendingQueueBatch.min_size))) (and (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size $itemSettingsSendingQueue.queue_size)) (or (and (deepEqual $itemSettingsSendingQueue.sizer "items") (not (deepEqual $itemSettingsSendingQueueBatch.sizer "bytes"))) (and (deepEqual $itemSettingsSendingQueue.sizer "bytes") (not (deepEqual $itemSettingsSendingQueueBatch.sizer "items"))))) (and (kindIs "invalid" $itemSettingsSendingQueue.queue_size) (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size $queue.floor)) (or (deepEqual $itemSettingsSendingQueueBatch.sizer "bytes") (and (deepEqual $itemSettingsSendingQueue.sizer "bytes") (not (deepEqual $itemSettingsSendingQueueBatch.sizer "items")))) (or (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size $queue.each)) (include "istio-lightstep.above" (list $itemSettingsSendingQueueBatch.min_size $queue.memory))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.154" "id" "LS-COLLECTOR-EXPORTER-BATCH-INVALID" "severity" "error") -}}
        {{- $_ := set $found (printf "0.154.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-BATCH-INVALID" "severity" "error"
          "path" (printf "%s.sending_queue.batch" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "min_size of a batch is above its max_size or above queue_size, so the collector would not start"
          "fix" "lower min_size, or remove it to use the batch settings of the chart") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.queues true)
        (include "istio-lightstep.above" (list $itemDurations.max_elapsed_time 0.0))
        (or (include "istio-lightstep.above" (list $itemDurations.initial_interval $itemDurations.max_elapsed_time)) (include "istio-lightstep.above" (list $itemDurations.max_interval $itemDurations.max_elapsed_time))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.155" "id" "LS-COLLECTOR-EXPORTER-RETRY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.155.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-RETRY" "severity" "error"
          "path" (printf "%s.retry_on_failure" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "initial_interval or max_interval is above max_elapsed_time, so the collector would not start"
          "fix" "lower it, or remove max_elapsed_time: rejected spans are then retried until they are accepted") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (include "istio-lightstep.above" (list $itemDurations.timeout 0.0))
        (include "istio-lightstep.below" (list $itemDurations.timeout 1000.0)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.156" "id" "LS-COLLECTOR-EXPORTER-TIMEOUT" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.156.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-TIMEOUT" "severity" "warning"
          "path" (printf "%s.timeout" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the receiver has less than a second to answer: a batch that it answers later is sent again, indefinitely, so the receiver gets the same spans many times and the queue fills"
          "fix" "remove it to use the timeout of the chart, or set it to 5s or more") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (deepEqual $itemDurations.timeout 0.0) (include "istio-lightstep.above" (list $itemDurations.timeout 300000.0)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.157" "id" "LS-COLLECTOR-EXPORTER-TIMEOUT-LONG" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.157.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-TIMEOUT-LONG" "severity" "warning"
          "path" (printf "%s.timeout" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a call that the receiver does not answer, because it or the network stalled, is waited for this long, or without end if it is 0: after a few of them nothing is sent, and the queue fills"
          "fix" "remove it to use the timeout of the chart, or set it to 5m or less") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (not (deepEqual $itemSettingsRetryOnFailure.enabled false))
        (or (deepEqual $itemDurations.initial_interval 0.0) (deepEqual $itemDurations.max_interval 0.0) (and (include "istio-lightstep.below" (list $itemSettingsRetryOnFailure.multiplier 1.0)) (not (include "istio-lightstep.below" (list $itemSettingsRetryOnFailure.multiplier 0.0)))) (include "istio-lightstep.above" (list $itemDurations.initial_interval 600000.0)) (include "istio-lightstep.above" (list $itemDurations.max_interval 600000.0))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.158" "id" "LS-COLLECTOR-EXPORTER-RETRY-PACE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.158.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-RETRY-PACE" "severity" "warning"
          "path" (printf "%s.retry_on_failure" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a refused batch is sent again without a pause, if an interval is 0 or multiplier is below 1, which keeps the receiver and the collector busy; or only after more than 10 minutes, so that spans are late long after the receiver is back"
          "fix" "remove these settings to use those of the chart, or set the intervals to seconds, up to 10 minutes, and multiplier to 1 or more") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch "^kafka(/|$)" $of.name))
        (deepEqual $itemSettingsProducer.required_acks 0.0) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.159" "id" "LS-COLLECTOR-EXPORTER-ACKS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.159.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-ACKS" "severity" "warning"
          "path" (printf "%s.producer.required_acks" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with 0, no broker confirms that it has the spans: the queue forgets them as soon as they are sent, and they are lost if a broker fails"
          "fix" "remove it, or set it to -1 to wait for all in-sync replicas") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (has (kindOf $itemSettingsSendingQueueBatch.flush_timeout) (list "string" "float64" "bool")) (regexMatch "[0-9](h|m([^s]|$))" (include "istio-lightstep.scalar" $itemSettingsSendingQueueBatch.flush_timeout)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.160" "id" "LS-COLLECTOR-EXPORTER-FLUSH-LATE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.160.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-FLUSH-LATE" "severity" "warning"
          "path" (printf "%s.sending_queue.batch.flush_timeout" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with little traffic, spans wait for so long before they are sent: traces are incomplete until then, and an uninstall waits for them"
          "fix" "remove it to send within 200 ms, or set it to seconds") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $ofClient $of.name))
        (or (and (or $itemSettingsTls.ca_file (has (kindOf $itemSettingsTls.ca_file) (list "float64" "bool"))) (or $itemSettingsTls.ca_pem (has (kindOf $itemSettingsTls.ca_pem) (list "float64" "bool")))) (and (or $itemSettingsTls.cert_file (has (kindOf $itemSettingsTls.cert_file) (list "float64" "bool"))) (or $itemSettingsTls.cert_pem (has (kindOf $itemSettingsTls.cert_pem) (list "float64" "bool")))) (and (or $itemSettingsTls.key_file (has (kindOf $itemSettingsTls.key_file) (list "float64" "bool"))) (or $itemSettingsTls.key_pem (has (kindOf $itemSettingsTls.key_pem) (list "float64" "bool")))) (and $hasCertificate (not $hasKey)) (and $hasKey (not $hasCertificate)) (include "istio-lightstep.above" (list $itemSettingsTls.min_version $itemSettingsTls.max_version)) (and (not (or $itemSettingsTls.min_version (has (kindOf $itemSettingsTls.min_version) (list "float64" "bool")))) (include "istio-lightstep.below" (list $itemSettingsTls.max_version 1.2)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.161" "id" "LS-COLLECTOR-EXPORTER-TLS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.161.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-TLS" "severity" "error"
          "path" (printf "%s.tls" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector would not start: set a CA, a certificate and a key each as a file or as PEM, not both; a certificate requires a key, and a key a certificate; and min_version, 1.2 by default, must not be above max_version"
          "fix" "remove the surplus settings, or add the missing ones") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $ofHTTP $of.name))
        (or (and (include "istio-lightstep.above" (list $itemSettingsCompressionParams.level 9.0)) (not (deepEqual $itemSettings.compression "zstd"))) (and (has $itemSettings.compression (list "snappy" "x-snappy-framed" "lz4")) (or (include "istio-lightstep.above" (list $itemSettingsCompressionParams.level 0.0)) (include "istio-lightstep.below" (list $itemSettingsCompressionParams.level 0.0))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.162" "id" "LS-COLLECTOR-EXPORTER-LEVEL" "severity" "error") -}}
        {{- $_ := set $found (printf "0.162.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-LEVEL" "severity" "error"
          "path" (printf "%s.compression_params.level" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this compression does not have this level, so the collector would not start"
          "fix" "remove it, or write -2 to 9 for gzip, zlib and deflate, -2 to 22 for zstd; others have no level") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (or $itemSettingsAuth.authenticator (has (kindOf $itemSettingsAuth.authenticator) (list "float64" "bool"))) (not (or $of.extension (has (kindOf $of.extension) (list "float64" "bool"))))) (and (has (kindOf $of.extension) (list "string" "float64" "bool")) (regexMatch "^(oidc(_?auth)?|file_storage|health_check(v2)?|pprof|zpages|opamp|ack|cgroupruntime)$" (include "istio-lightstep.scalar" $of.extension))) (and (and (has (kindOf $of.extension) (list "string" "float64" "bool")) (regexMatch "^sigv4_?auth$" (include "istio-lightstep.scalar" $of.extension))) (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name))) (and (and (kindIs "string" $of.name) (regexMatch $ofClient $of.name)) (kindIs "map" $itemSettings.auth) (not (or $itemSettingsAuth.authenticator (has (kindOf $itemSettingsAuth.authenticator) (list "float64" "bool")))) (not (deepEqual $itemSettingsAuth.enabled false))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.163" "id" "LS-COLLECTOR-EXPORTER-AUTH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.163.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-AUTH" "severity" "error"
          "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not an authenticator of yours that the collector starts and that authenticates such calls: sigv4auth is for HTTP alone, and oidc is for receivers. The collector would not start, or, with bearertokenauth, would send the LightStep token"
          "fix" `add the extension to collector.config.extensions, for example basicauth/own, and its name to collector.config.service.extensions; or write headers: {Authorization: "Basic ${env:NAME}"} (or Bearer), and set NAME in collector.env with valueFrom.secretKeyRef`) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (has $of.extension (list "basicauth" "bearertokenauth" "oauth2client"))
        (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name))
        (deepEqual $itemSettingsTls.insecure true)
        (not (and (has (kindOf $itemSettings.endpoint) (list "string" "float64" "bool")) (regexMatch $httpsURL (include "istio-lightstep.scalar" $itemSettings.endpoint)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.164" "id" "LS-COLLECTOR-EXPORTER-AUTH-PLAIN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.164.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-AUTH-PLAIN" "severity" "error"
          "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this extension sends no credential over gRPC in plain text, so the collector would not start"
          "fix" "use TLS: remove tls.insecure, and set tls.ca_file for a private CA; or send over HTTP") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (kindIs "map" $of.settings)
        (and (kindIs "string" $of.name) (regexMatch $componentID $of.name))
        (not (deepEqual $of.queues true))
        (not (and (kindIs "string" $of.name) (regexMatch "^(debug|file|logging|jaeger|jaeger_thrift|nop)(/|$)" $of.name)))
        (or (not (deepEqual $itemSettingsSendingQueue.storage "file_storage")) (deepEqual $itemSettingsSendingQueue.enabled false) (deepEqual $itemSettingsRetryOnFailure.enabled false) (and (or $itemSettingsRetryOnFailure.max_elapsed_time (has (kindOf $itemSettingsRetryOnFailure.max_elapsed_time) (list "float64" "bool"))) (not (deepEqual $itemDurations.max_elapsed_time 0.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.172" "id" "LS-COLLECTOR-EXPORTER-QUEUE-OWN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.172.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-OWN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the chart sets the queue and the retries of otlp_grpc, otlp_http, clickhouse, kafka and zipkin alone. An exporter of another type mostly has a queue in memory, whose spans are lost if the collector restarts, and gives up after 5 minutes: in a longer outage of the receiver, spans are lost"
          "fix" "where the type has these settings, write sending_queue: {storage: file_storage} and retry_on_failure: {max_elapsed_time: 0}; or send by OTLP, as a backend") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch "^load_?balancing(/|$)" $of.name))
        (kindIs "map" $of.settings)
        (not (deepEqual $itemSettingsProtocolOtlpSendingQueue.enabled false))
        (not (deepEqual $itemSettingsProtocolOtlpSendingQueue.wait_for_result true)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.173" "id" "LS-COLLECTOR-EXPORTER-QUEUE-BEHIND" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.173.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-BEHIND" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it has a queue of its own and, behind that, one for each of its endpoints, by default in memory: what is there is lost if the collector restarts or the endpoint goes away, also where its own queue is on the volume"
          "fix" "write protocol: {otlp: {sending_queue: {enabled: false}}}, so that its own queue keeps spans until an endpoint has them") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch "^(otlp|otlp_grpc|otlphttp|otlp_http)(/|$)" $of.name))
        (not (deepEqual $itemSettingsSendingQueue.enabled false))
        (kindIs "invalid" $itemSettingsSendingQueueBatch.min_size)
        (or (deepEqual $itemSettingsSendingQueue.num_consumers 1.0) (and (and (kindIs "string" $of.name) (regexMatch $ofHTTP $of.name)) (deepEqual $itemSettings.max_conns_per_host 1.0) (and (kindIs "string" $of.url) (regexMatch "^(?i:http://)" $of.url)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.178" "id" "LS-COLLECTOR-EXPORTER-SENDER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.178.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-SENDER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "one sender waits for the answer to each call before it makes the next: with a latency of 200 ms these are 5 calls per second, whatever the CPU, and what is above them fills the queue. A call has about 300 spans, and 5 without a batch, as where sending_queue is null"
          "fix" "remove sending_queue.num_consumers, max_conns_per_host and a sending_queue of null to have the chart's 20 senders and batches; or set each to 2 or more, or a larger min_size of the batch") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $of.place "exporters") -}}
    {{- if or (and (and (kindIs "string" $of.name) (regexMatch $ofClient $of.name)) (deepEqual $itemSettingsTls.insecure true) (and (kindIs "string" $of.url) (regexMatch $httpsURL $of.url))) (and (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (not (deepEqual $itemSettingsTls.insecure true)) (and (kindIs "string" $of.url) (regexMatch "^http://" $of.url))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.136" "id" "LS-COLLECTOR-EXPORTER-INSECURE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.136.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-INSECURE" "severity" "error"
          "path" (printf "%s.tls.insecure" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the endpoint and tls.insecure contradict each other: the collector would use TLS with https:// whatever insecure is, and with http:// and gRPC if insecure is not true"
          "fix" "with TLS, use https:// and remove insecure; without TLS, use http:// and, for otlp_grpc, insecure: true. insecure_skip_verify accepts every certificate") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $otlpHTTP $of.name))
        (and (has (kindOf $itemSettings.traces_endpoint) (list "string" "float64" "bool")) (regexMatch `/v1/traces/+v1/traces|/v1/(metrics|logs)/?(\?.*)?$` (include "istio-lightstep.scalar" $itemSettings.traces_endpoint))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.138" "id" "LS-COLLECTOR-EXPORTER-PATH-TRACES" "severity" "error") -}}
        {{- $_ := set $found (printf "0.138.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-PATH-TRACES" "severity" "error"
          "path" (printf "%s.traces_endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this URL has the path for traces twice, or is the one for another signal: a receiver there refuses spans, and the collector drops them"
          "fix" "write the URL for traces, which ends in one /v1/traces at most receivers") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.name) (regexMatch $otlpHTTP $of.name))
        (and (has (kindOf $itemSettings.traces_endpoint) (list "string" "float64" "bool")) (regexMatch $noPath (include "istio-lightstep.scalar" $itemSettings.traces_endpoint))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.139" "id" "LS-COLLECTOR-EXPORTER-NO-PATH" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.139.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-NO-PATH" "severity" "warning"
          "path" (printf "%s.traces_endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector uses traces_endpoint unchanged, and this URL has no path: a receiver of OTLP answers 404, and the collector drops the spans"
          "fix" "write /v1/traces behind the host, or set endpoint to this URL: the collector appends /v1/traces to it") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (and (kindIs "string" $of.url) (regexMatch ":(3[12]00|4318|683[12]|8126|9095|9200|9411|142(50|6[89])|1668[56])$" $of.url))) (and (and (kindIs "string" $of.name) (regexMatch $otlpHTTP $of.name)) (and (kindIs "string" $of.url) (regexMatch "^[^/]*//[^/]*:((3[12]00|4317|683[12]|8126|9095|9411|142(50|6[89])|1668[56])(/|$)|9200/?($|[^_/]))" $of.url))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.141" "id" "LS-COLLECTOR-EXPORTER-PORT" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.141.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-PORT" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "by convention port 4317 receives OTLP/gRPC, 4318 OTLP/HTTP, 9411 Zipkin, 6831, 6832, 14250 and 14268 Jaeger's own protocols, 8126 Datadog's, 3100 Loki's, 9095 what parts of Tempo tell each other, 9200 is Elasticsearch's API, with OTLP by HTTP at /_otlp alone, and 3200 (Tempo), 14269, 16685 and 16686 (Jaeger) queries and health: this exporter sends OTLP to the port of something else"
          "fix" "set the receiver's port for this protocol, or use another type of exporter: otlp_grpc, otlp_http or zipkin") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (deepEqual $itemSettingsTls.insecure true) (and (kindIs "string" $of.url) (regexMatch ":443$" $of.url)) (not (and (kindIs "string" $of.url) (regexMatch $httpsURL $of.url)))) (and (and (kindIs "string" $of.name) (regexMatch $otlpGRPC $of.name)) (not (deepEqual $itemSettingsTls.insecure true)) (and (kindIs "string" $of.url) (regexMatch ":80$" $of.url)) (not (and (kindIs "string" $of.url) (regexMatch "^http://" $of.url)))) (and (and (kindIs "string" $of.name) (regexMatch $ofHTTP $of.name)) (or (and (kindIs "string" $of.url) (regexMatch "^(?i:http)://[^/]*:443(/|$)" $of.url)) (and (kindIs "string" $of.url) (regexMatch "^(?i:https)://[^/]*:80(/|$)" $of.url)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.142" "id" "LS-COLLECTOR-EXPORTER-TLS-PORT" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.142.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-TLS-PORT" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "port 443 is by convention with TLS, and port 80 without, and the exporter has the opposite: most receivers would refuse every call"
          "fix" "write the right port, or the right kind of connection: with otlp_grpc by tls.insecure, by HTTP by the scheme of the endpoint") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.url) (regexMatch `^(?i:([a-z]+:/{2,3})?(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])(:|/|$))` $of.url) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.144" "id" "LS-COLLECTOR-EXPORTER-LOOPBACK" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.144.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-LOOPBACK" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is an address of the collector's own pod, where no backend runs and the collector's own receiver listens"
          "fix" "write the name of the backend's Service, for example jaeger-collector.jaeger:4317, unless you add a container to the pod") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of exporterSettings, the list .of. */ -}}
{{- define "istio-lightstep.judge.exporterSettings" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and
        (or $of.known (has (kindOf $of.known) (list "float64" "bool")))
        (not (deepEqual $of.of "extension of the type oauth2client")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.147" "id" "LS-COLLECTOR-EXPORTER-KEY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.147.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-KEY" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s has no such setting, so the collector would not start" (include "istio-lightstep.shown" (list $hidden $of.of)))
          "fix" (printf "use one of these, or remove it: %s" (include "istio-lightstep.shown" (list $hidden $of.known)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (or $of.known (has (kindOf $of.known) (list "float64" "bool")))
        (deepEqual $of.of "extension of the type oauth2client") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.148" "id" "LS-COLLECTOR-EXTENSION-KEY" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.148.%06d" $index) (dict "id" "LS-COLLECTOR-EXTENSION-KEY" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s has no such setting, unless it came after 0.161: without, the collector does not start" (include "istio-lightstep.shown" (list $hidden $of.of)))
          "fix" (printf "use one of these, or remove it: %s; if the image of the collector knows it, ignore this" (include "istio-lightstep.shown" (list $hidden $of.known)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if or $of.want (has (kindOf $of.want) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.149" "id" "LS-COLLECTOR-EXPORTER-SETTING" "severity" "error") -}}
        {{- $_ := set $found (printf "0.149.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-SETTING" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "got %s, want %s: the collector would not start, or every call would fail" (include "istio-lightstep.shown" (list $hidden $of.got)) (include "istio-lightstep.shown" (list $hidden $of.want)))
          "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of literals, the list .of. */ -}}
{{- define "istio-lightstep.judge.literals" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $belowCredential := `(?i)^collector\.exporters\.([^.\\]|\\.)+\.(.*[-_.])?(authorization|cookie|token|passw(or)?d|passphrase|bearer|api[-_]?key)(\[[0-9]+\])*\.` -}}
{{- $noCredential := "(?i)(file|path|dir|directory|url|uri|endpoint|host|address|name|type|scheme|format|prefix|provider|enabled|header|param|id|scopes?|pem|ttl|lifetime|timeout|interval|seconds|godebug|[-_]per[-_].*|(routing|partition|sharding|metadata|message|sort|primary|foreign|attribute|label|tag|public|group|cache)[-_]key)$" -}}
{{- $sought := `^collector\.config\.(processors|connectors)\..*(\.(pattern|regex)|\.(rules|([a-z_]+_)?values|[a-z_]+_patterns)\[[0-9]+\])$` -}}
{{- $ottl := `^collector\.config\.processors\.(filter(/([^.\\]|\\.)*)?\.((traces|metrics|logs|profiles)\.[a-z_]+|(trace|metric|log|profile)_conditions(\[[0-9]+\]\.conditions)?)|transform(/([^.\\]|\\.)*)?\.(trace|metric|log|profile)_statements(\[[0-9]+\]\.(conditions|statements))?|tail_?sampling(/([^.\\]|\\.)*)?\.policies\[[0-9]+\]\.(.*\.)?ottl_condition\.(span|spanevent))\[[0-9]+\]$` -}}
{{- $reference := `^[^A-Za-z0-9$]*(\$\{\}[^A-Za-z0-9$]*)+$` -}}
{{- $tokenWord := `/[A-Za-z0-9+=~]{4,}([A-Za-z][0-9]|[0-9][A-Za-z])[A-Za-z0-9+=~]{8,}([/?#\s]|$)|(^|[^0-9A-Za-z_-])((AKIA|ASIA)[A-Z0-9]{16}([^0-9A-Za-z]|$)|(xox[a-z]-|gh[a-z]_|github_pat_|glpat-|AIza|gl(c|sa)_|dt0[a-z][0-9]{2}\.|NRAK-|hvs\.|[rs]k_live_)[0-9A-Za-z_.=-]{16,}|eyJ[0-9A-Za-z_-]{8,}\.eyJ[0-9A-Za-z_-]{4,}\.)` -}}
{{- $secretInURL := `(?i)//(([^/?#@\s]*:)?[^/?#@\s:]*[^/?#@\s:${}][^/?#@\s:]*|[^/?#@\s:\[]*:[^0-9/?#@\s${}][^@\s]*)@|[?&;#]([^=&]*(token|secret|passw|api[-_]?key|access[-_]?key|signature|credential)[^=&]*|key|sig|auth|pwd|sas)=[^&\s]*[^&\s${}]` -}}
{{- $secretInText := `(^|[:=,;"'])\s*((?i:bearer)\s+[^\s"']*[^\s"'${}]|(?i:basic)\s+[A-Za-z0-9_/+-]+[A-Z0-9+/=])|(^|[;\s"'])(?i:(instrumentation|(shared ?)?access|account|storage)key=)[^\s;"'${}]{8,}|-----BEGIN [A-Z ]*PRIVATE KEY|LS0tLS1CRUdJTiB(QUklWQVRF|SU0EgUFJJVkFUR|FQyBQUklWQVRF|FTkNSWVBURUQgUFJJVkFUR|PUEVOU1NIIFBSSVZBVE)` -}}
{{- $pair := `(?i)(authorization|cookie|token|secret|passw(or)?d|passphrase|credentials?|pwd|(api|access|auth|private|license|signing|account|shared|subscription|instrumentation|application|ingest|ingestion|write)[-_. ]?key|honeycomb-team)["']?\s*[:=][\s"':=]*[^\s,;&]*[^\s"':=,;&${}]` -}}
{{- $noSecretAnnotation := "(?i)((checksum|hash|sha[0-9]+|digest|inject|commit|revision)[^.]*|/(auth-)?(auth|tls|ca|pull)-secret)$" -}}
{{- $mixed := "[A-Za-z0-9]{12,}" -}}
{{- $letterBesideDigit := "[A-Za-z][0-9]|[0-9][A-Za-z]" -}}
{{- $maybeCredential := "(?i)(authorization|cookie|token|secret|passw|passphrase|passkey|credential|bearer|api[-_. ]?key|service[-_]?account[-_]?json|(^|[^a-z])(jwt|pat|psk|sas)$|[a-z][-_]key$)" -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorMtls := ternary $collector.mtls $none (kindIs "map" $collector.mtls) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $isLiteral := (or $of.value (has (kindOf $of.value) (list "float64" "bool"))) -}}
  {{- $isNoReference := (not (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $reference (include "istio-lightstep.scalar" $of.rest)))) -}}
  {{- $isPrefix := (and (kindIs "string" $of.path) (regexMatch `^backends\.([^.\\]|\\.)+\.headers\.([^.\\]|\\.)+\.prefix$` $of.path)) -}}
  {{- $tokenLike := (and (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "[A-Za-z0-9]{20,}" (include "istio-lightstep.scalar" $of.value))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "[A-Za-z][0-9]+[A-Za-z]" (include "istio-lightstep.scalar" $of.value)))) -}}
  {{- $looksSecret := (and (kindIs "string" $of.value) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $mixed (include "istio-lightstep.scalar" $of.value))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $letterBesideDigit (include "istio-lightstep.scalar" $of.value)))) -}}
  {{- $tokenInText := (and $tokenLike (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "(^|[^0-9A-Za-z])([0-9a-f]{40}|[0-9a-f]{64})($|[^0-9A-Za-z])" (include "istio-lightstep.scalar" $of.value))))) -}}
  {{- $isCredential := (and (kindIs "string" $of.name) (regexMatch `(?i)(authorization|cookie|token|secret|passw(or)?d|passphrase|credentials?|bearer|(api|access|auth|private|license|signing|account|shared|subscription|instrumentation|application|ingest|ingestion|write)[-_. ]?key|key[-_]?pem|honeycomb-team|(^|[^a-z])(pass|pwd|x[-_]auth))[\s:=]*$` $of.name)) -}}
  {{- $namedSecret := (and (has $of.place (list "exporters" "env")) $isCredential) -}}
  {{- $pathForSecret := (and (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^([A-Za-z-]{1,12} +)?(file://)?/(app|config|data|etc|home|mnt|opt|root|run|secrets?|srv|tmp|usr|var|vault)(/[A-Za-z0-9._-]+)+$" (include "istio-lightstep.scalar" $of.value))) (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.value))))) -}}
  {{- $standsHere := (not (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $reference (include "istio-lightstep.scalar" $of.rest))) (and (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^(file://)?/(app|config|data|etc|home|mnt|opt|root|run|secrets?|srv|tmp|usr|var|vault)(/[A-Za-z0-9._-]+)+$" (include "istio-lightstep.scalar" $of.value))) (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.value))))))) -}}
  {{- $searched := (or (and (kindIs "string" $of.path) (regexMatch $sought $of.path)) (and (kindIs "string" $of.path) (regexMatch $ottl $of.path))) -}}
  {{- if and
      $collects
      (or (has $of.place (list "exporters" "backends")) (and (kindIs "string" $of.path) (regexMatch `^collector\.(config|resource)\.` $of.path))) -}}
    {{- if not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^([^$]|\$\$|\$[^{$]|\$$|\$\{(env:([A-Za-z_][A-Za-z0-9_]*(:-|\})|[A-Za-z0-9_]*\$)|(file|http|https|yaml|s3|vault|secretsmanager|googlesecretmanager|aes):|[A-Za-z_][A-Za-z0-9_]*\}|[^}]*$))*$` (include "istio-lightstep.scalar" $of.value))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.150" "id" "LS-COLLECTOR-EXPORTER-EXPANSION" "severity" "error") -}}
        {{- $_ := set $found (printf "0.150.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-EXPANSION" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector cannot expand the text between ${ and }, and would not start"
          "fix" "write ${env:NAME} for a variable of its environment; for a literal ${, write $${") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $collects -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch `^(backends\.([^.\\]|\\.)+\.auth|collector\.config\.extensions)\.oauth2client(/([^.\\]|\\.)*)?\.token_url$` $of.path))
        (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^(?i:http://)" (include "istio-lightstep.scalar" $of.value)))
        (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^(?i:([a-z]+:/{2,3})?(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])(:|/|$))` (include "istio-lightstep.scalar" $of.value)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.167" "id" "LS-COLLECTOR-TOKEN-URL-PLAIN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.167.%06d" $index) (dict "id" "LS-COLLECTOR-TOKEN-URL-PLAIN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the client's ID and secret are sent to this URL in plain text, and the token comes back in plain text"
          "fix" "use https://, with tls.ca_file of the extension for a private CA") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (and (kindIs "string" $of.path) (regexMatch `^collector\.config\.processors\.memory_limiter/([^.\\]|\\.)*\.limit_mib$` $of.path)) (include "istio-lightstep.above" (list $of.value 0.0)) (include "istio-lightstep.below" (list $of.value 150.0))) (and (and (kindIs "string" $of.path) (regexMatch `^collector\.config\.processors\.memory_limiter/([^.\\]|\\.)*\.limit_percentage$` $of.path)) (include "istio-lightstep.above" (list $of.value 0.0)) (include "istio-lightstep.below" (list $of.value 30.0))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.192" "id" "LS-COLLECTOR-MEMORY-LOW" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.192.%06d" $index) (dict "id" "LS-COLLECTOR-MEMORY-LOW" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a collector needs more than this to work, so this memory_limiter refuses spans that the chart's own, at 80 % of the container's limit, would take"
          "fix" "remove the processor, as the chart has one, or write limit_percentage: 80") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.name) (regexMatch `^(podLabels\.(app\.kubernetes\.io/(name|instance|component|managed-by)|istio-lightstep\.io/alias-of|istio\.io/dataplane-mode)|pod(Labels|Annotations)\.sidecar\.istio\.io/inject|podAnnotations\.checksum/(config|relay|cacert|token))$` $of.name) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.196" "id" "LS-COLLECTOR-POD-LABEL" "severity" "error") -}}
        {{- $_ := set $found (printf "0.196.%06d" $index) (dict "id" "LS-COLLECTOR-POD-LABEL" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the chart sets this on the collector's pods: the StatefulSet and the Service select them by it, it controls their sidecar, or it replaces them after a change"
          "fix" "remove it, or use another name") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.place "exporters")
        $isLiteral
        $isNoReference
        (or $isCredential (and (and (kindIs "string" $of.path) (regexMatch $belowCredential $of.path)) (not (and (kindIs "string" $of.name) (regexMatch $noCredential $of.name)))))
        (not $pathForSecret) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.198" "id" "LS-COLLECTOR-SECRET" "severity" "error") -}}
        {{- $_ := set $found (printf "0.198.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the value of %s is a secret, and would be stored in plain text in a ConfigMap" (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" "store it in a Secret, add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}], and write ${env:NAME} here; rotate it if the file was shared") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.place "exporters")
        (or $isCredential (and (and (kindIs "string" $of.path) (regexMatch $belowCredential $of.path)) (not (and (kindIs "string" $of.name) (regexMatch $noCredential $of.name)))))
        $pathForSecret -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.199" "id" "LS-COLLECTOR-SECRET-PATH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.199.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET-PATH" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "this is the path of a file, and the collector would use the path itself as %s, not what the file holds" (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" "write ${file:/PATH}, with the text that stands before the secret, such as Bearer, before it; or add the secret to collector.env and write ${env:NAME}") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (has $of.place (list "exporters" "env" "labels" "annotations"))
        (not (or $namedSecret $searched))
        (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has $of.place (list "exporters" "env")) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch `(^|[\s,;"'(])[^/?#@\s:,;"'\[]*:[^/?#@\s,;]*[^/?#@\s${},;][^/?#@\s,;]*@` (include "istio-lightstep.scalar" $of.rest))) (not (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch "^mailto:|@sha(256|512):" (include "istio-lightstep.scalar" $of.rest)))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.200" "id" "LS-COLLECTOR-SECRET-URL" "severity" "error") -}}
        {{- $_ := set $found (printf "0.200.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET-URL" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the URL contains a user, a password or a token, which would be stored in plain text"
          "fix" "store the secret in a Secret, add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}], and write ${env:NAME} instead; rotate it if the file was shared") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (has $of.place (list "exporters" "env" "labels" "annotations"))
        (not (or $namedSecret (and (kindIs "string" $of.path) (regexMatch $sought $of.path)) (and (and (kindIs "string" $of.path) (regexMatch $ottl $of.path)) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `(^|[^A-Za-z_])(replace_(all_)?(patterns?|matches)|replace_match|IsMatch|(keep|delete)_matching_keys|ExtractPatterns)\(` (include "istio-lightstep.scalar" $of.value))))))
        (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest)))
        (not (and (deepEqual $of.place "exporters") (or $isCredential (and (and (kindIs "string" $of.path) (regexMatch $belowCredential $of.path)) (not (and (kindIs "string" $of.name) (regexMatch $noCredential $of.name))))) $pathForSecret)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.201" "id" "LS-COLLECTOR-SECRET-TEXT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.201.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET-TEXT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the text contains a bearer token, a password or a private key, which would be stored in plain text"
          "fix" "store it in a Secret, add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}], and write ${env:NAME} instead; remove it from a key, a label or an annotation; rotate it if the file was shared") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.place "env") $isCredential $isLiteral $standsHere -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.202" "id" "LS-COLLECTOR-SECRET-ENV" "severity" "error") -}}
        {{- $_ := set $found (printf "0.202.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET-ENV" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the value of %s is a secret, and would be stored in plain text in the spec of every collector's pod" (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" "store it in a Secret, and instead of value write valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}; rotate it if the file was shared") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        $standsHere
        (not (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest)))))
        (or (and (has $of.place (list "exporters" "env")) (not (or $isCredential (and (kindIs "string" $of.path) (regexMatch $belowCredential $of.path)) (and (kindIs "string" $of.path) (regexMatch `^collector\.config\.service\.(extensions|pipelines\.([^.\\]|\\.)+\.(receivers|processors|exporters))\[[0-9]+\]$|^(collector\.(config|exporters)|backends)\..*\.(authenticator|storage|leader_elector|((default_)?pipelines|watch_observers|priority_levels)(\[[0-9]+\])+)$` $of.path)) $searched)) (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $pair (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.rest))) (and $isLiteral (not (and (kindIs "string" $of.name) (regexMatch $noCredential $of.name))) (or (and (kindIs "string" $of.name) (regexMatch $maybeCredential $of.name)) (and (kindIs "string" $of.path) (regexMatch `\.headers$` $of.path)) $looksSecret)))) (and (has $of.place (list "labels" "annotations")) (not (and (kindIs "string" $of.name) (regexMatch $noSecretAnnotation $of.name))) (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $pair (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^(?i:[0-9a-f]{32})$" (include "istio-lightstep.scalar" $of.value))) $tokenInText (and $isLiteral $isCredential)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.203" "id" "LS-COLLECTOR-SECRET-MAYBE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.203.%06d" $index) (dict "id" "LS-COLLECTOR-SECRET-MAYBE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the value of %s may be a secret, and is stored in plain text in a ConfigMap or a pod's spec" (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" "if it is one, store it in a Secret, and read it in the env of the container that this is of, by valueFrom.secretKeyRef: collector.env is of the collector alone") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.path) (regexMatch `^(collector|backends\.([^.\\]|\\.)+)\.resource\.$` $of.path) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.238" "id" "LS-RESOURCE-KEY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.238.%06d" $index) (dict "id" "LS-RESOURCE-KEY" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a resource attribute needs a name, and the collector does not start without"
          "fix" "write the name of the attribute, or remove it") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.path) (regexMatch `^(collector|backends\.([^.\\]|\\.)+)\.resource\.service\\\.name$` $of.path) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.239" "id" "LS-RESOURCE-SERVICE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.239.%06d" $index) (dict "id" "LS-RESOURCE-SERVICE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it replaces the service.name that every proxy sends: all spans would belong to one service"
          "fix" "remove it; name what the whole mesh has in common by another attribute, such as service.namespace or k8s.cluster.name") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch `^(collector|backends\.([^.\\]|\\.)+)\.resource\.` $of.path))
        (and (kindIs "float64" $of.value) (or (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "[.eE]" (include "istio-lightstep.scalar" $of.value))) (include "istio-lightstep.above" (list $of.value 9007199254740991.0)) (include "istio-lightstep.below" (list $of.value -9007199254740991.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.240" "id" "LS-RESOURCE-NUMBER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.240.%06d" $index) (dict "id" "LS-RESOURCE-NUMBER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "without quotes YAML reads a number, and does not keep how it was written: 1.10 becomes 1.1, and a number above 9007199254740991 loses its last digits"
          "fix" "write the value in quotes, so that the attribute is this text") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch `\.resource\.(service|deployment|cloud|k8s|host|os|container|telemetry)\\\.` $of.path))
        (and (kindIs "string" $of.path) (regexMatch `^(collector|backends\.([^.\\]|\\.)+)\.resource\.` $of.path))
        (not (and (kindIs "string" $of.path) (regexMatch `\.resource\.(k8s\\\..*restart_count|host\\\.cpu\\\..*)$` $of.path)))
        (or (kindIs "bool" $of.value) (and (kindIs "float64" $of.value) (not (and (kindIs "float64" $of.value) (or (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "[.eE]" (include "istio-lightstep.scalar" $of.value))) (include "istio-lightstep.above" (list $of.value 9007199254740991.0)) (include "istio-lightstep.below" (list $of.value -9007199254740991.0))))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.241" "id" "LS-RESOURCE-TYPE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.241.%06d" $index) (dict "id" "LS-RESOURCE-TYPE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this attribute is a text in OpenTelemetry's conventions, and without quotes YAML reads a number, or true or false: 007 becomes 7, on becomes true, and a query for the text does not find it"
          "fix" "write the value in quotes") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch $ottl $of.path))
        (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^\(*([^"=!<>()$]|[^A-Za-z0-9_"=!<>()$]\(+|\)|[=!<>]=|[<>][^"=!<>()$]|"([^"\\]|\\.)*"|[A-Za-z0-9_]\(([^()"]|"([^"\\]|\\.)*"|\(([^()"]|"([^"\\]|\\.)*"|\(([^()"]|"([^"\\]|\\.)*")*\))*\))*\))*=([^=]|$)` (include "istio-lightstep.scalar" $of.value))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.274" "id" "LS-COLLECTOR-CONFIG-CONDITION" "severity" "error") -}}
        {{- $_ := set $found (printf "0.274.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-CONDITION" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "= is no operator of OTTL, so the collector would not start"
          "fix" "write == to compare") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch `^collector\.config\.(processors\.(transform|filter)|connectors\.routing)(/([^.\\]|\\.)*)?\.((trace_[a-z]+|table)\[[0-9]+\]\.)?error_mode$` $of.path))
        (deepEqual $of.value "propagate")
        (deepEqual $of.spans true) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.275" "id" "LS-COLLECTOR-CONFIG-PROPAGATE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.275.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-PROPAGATE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "at an error in one statement or condition, for one span, the collector drops the whole call, with all its spans: proxies do not send it again"
          "fix" "set it to ignore, which logs the error and goes on, or to silent; or remove it: ignore is the default of the chart's image") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (has $of.place (list "exporters" "backends"))
      (deepEqual $of.value "")
      (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch `^[^:=@?]*([0-9]+[A-Za-z]+){4}[^:=@?]*:|^(?i:xox[a-z]-|gh[a-z]_|github_pat_|glpat-|glc_|glsa_|nrak-|hvs\.)[^:=@?]*:` (include "istio-lightstep.scalar" $of.rest)))
      (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch "^[-A-Za-z0-9_.~+/]{20,}:" (include "istio-lightstep.scalar" $of.rest))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.197" "id" "LS-COLLECTOR-KEY-TOKEN" "severity" "error") -}}
      {{- $_ := set $found (printf "0.197.%06d" $index) (dict "id" "LS-COLLECTOR-KEY-TOKEN" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the name of a setting or a header looks like a token: names are stored and shown in plain text, and passed to pods as arguments"
        "fix" "write the name of the header, for example x-api-key, and the token as its value by a reference or a Secret; if it was stored, rotate it") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^\s*(ENC\[[A-Za-z0-9_]+,|\$ANSIBLE_VAULT;)` (include "istio-lightstep.scalar" $of.value)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.204" "id" "LS-VALUES-ENCRYPTED" "severity" "error") -}}
      {{- $_ := set $found (printf "0.204.%06d" $index) (dict "id" "LS-VALUES-ENCRYPTED" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the text is encrypted, and would be used as it is"
        "fix" "decrypt the values first, for example with `helm secrets` or `sops --decrypt`") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "objects")
      (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.205" "id" "LS-VALUES-SECRET" "severity" "error") -}}
      {{- $_ := set $found (printf "0.205.%06d" $index) (dict "id" "LS-VALUES-SECRET" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the text contains a password, a bearer token or a private key, and would be stored in plain text in an object that many can read"
        "fix" "remove it; an object that needs a secret can refer to a Secret, for example by secretKeyRef, or a volume by secret or nodePublishSecretRef; rotate it if the file was shared") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "objects")
      (not (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest)))))
      (not (and (kindIs "string" $of.name) (regexMatch $noSecretAnnotation $of.name)))
      $standsHere
      (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $pair (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^(?i:[0-9a-f]{32})$" (include "istio-lightstep.scalar" $of.value))) (and (and (kindIs "string" $of.path) (regexMatch `^(telemetry\.(.*\.)?customTags|commonAnnotations|serviceAccount\.annotations)\.` $of.path)) $tokenInText) (and $isLiteral (or $isCredential (and (kindIs "string" $of.path) (regexMatch `(?i)^telemetry\.(.*\.)?customTags\.([^.\\]|\\.)*(authorization|cookie|token|secret|passw(or)?d|passphrase|bearer|api[-_]?key)\.(literal\.value|(environment|header)\.defaultValue)$` $of.path))))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.206" "id" "LS-VALUES-SECRET-MAYBE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.206.%06d" $index) (dict "id" "LS-VALUES-SECRET-MAYBE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the value of %s may be a secret, and is stored in plain text in an object that many can read" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "if it is one, store it in a Secret, refer to that, and rotate it if the file was shared") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "controlPlane")
      (or (and $isCredential $isLiteral) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $pair (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.rest))))
      $standsHere -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.207" "id" "LS-CONTROL-PLANE-SECRET" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.207.%06d" $index) (dict "id" "LS-CONTROL-PLANE-SECRET" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the value of %s is or contains a secret, and is stored in plain text in the configuration of the control plane" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "store it in a Secret: use valueFrom.secretKeyRef for an environment variable, and envName for a header of an extension provider from Istio 1.26 on") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "image")
      (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "@" (include "istio-lightstep.scalar" $of.value)))
      (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "^[^@]*@sha(256|512):[0-9a-fA-F]+$" (include "istio-lightstep.scalar" $of.value)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.208" "id" "LS-IMAGE-USERINFO" "severity" "error") -}}
      {{- $_ := set $found (printf "0.208.%06d" $index) (dict "id" "LS-IMAGE-USERINFO" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the repository contains a user or a password, which would be stored in plain text and is not valid in an image name"
        "fix" "write only the registry and the name; store the credentials of a registry in a Secret of type kubernetes.io/dockerconfigjson; rotate them if the file was shared") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (kindIs "string" $of.name) (regexMatch `^common(Labels\.(app|app\.kubernetes\.io/(name|instance|component|version|managed-by)|helm\.sh/chart|istio-lightstep\.io/alias-of|istio\.io/(rev|dataplane-mode)|networking\.istio\.io/enable-autoallocate-ip|sidecar\.istio\.io/inject)|Annotations\.(helm\.sh/.*|meta\.helm\.sh/.*|argocd\.argoproj\.io/sync-wave|sidecar\.istio\.io/inject))$` $of.name) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.281" "id" "LS-COMMON-LABEL" "severity" "error") -}}
      {{- $_ := set $found (printf "0.281.%06d" $index) (dict "id" "LS-COMMON-LABEL" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the chart or Helm sets this: objects are selected, ordered or injected by it"
        "fix" "remove it, or use another name") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $values.output "cluster" -}}
    {{- if and
        (and (kindIs "string" $of.path) (regexMatch `^extraObjects\[[0-9]+\]\.` $of.path))
        (or (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `\{\{-?\s*([^}]*[\s(])?(\$?\.(Values|Release|Chart|Capabilities|Template)\b|(include|template|tpl)\s)` (include "istio-lightstep.scalar" $of.value))) (and (and (kindIs "string" $of.path) (regexMatch `^extraObjects\[[0-9]+\]\.metadata\.(name|namespace|labels\.)` $of.path)) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `\{\{` (include "istio-lightstep.scalar" $of.value))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.307" "id" "LS-EXTRA-OBJECT-TEMPLATE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.307.%06d" $index) (dict "id" "LS-EXTRA-OBJECT-TEMPLATE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "extraObjects are not templates: this text is installed as it is, with its braces"
          "fix" "write the value itself in the place of the expression, or keep the object in a chart of your own") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (has $collectorMtls.mode (list "PERMISSIVE" "STRICT")) -}}
    {{- if and (kindIs "string" $of.name) (regexMatch `^(podLabels\.istio\.io/rev|podAnnotations\.(proxy\.istio\.io/config|sidecar\.istio\.io/rewriteAppHTTPProbers|prometheus\.istio\.io/merge-metrics|traffic\.sidecar\.istio\.io/(includeInboundPorts|includeOutboundIPRanges)))$` $of.name) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.328" "id" "LS-COLLECTOR-MTLS-ANNOTATION" "severity" "error") -}}
        {{- $_ := set $found (printf "0.328.%06d" $index) (dict "id" "LS-COLLECTOR-MTLS-ANNOTATION" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with collector.mtls the chart sets this on the collector's pods: their sidecar is for incoming spans only"
          "fix" "remove it; istio.revision chooses the control plane") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "backends")
      (or (and $isCredential $isLiteral $isNoReference (not $pathForSecret)) (and $isPrefix $tokenLike) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest))) (not (and $isCredential $pathForSecret)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.407" "id" "LS-BACKEND-SECRET-IN-PLAIN" "severity" "error") -}}
      {{- $_ := set $found (printf "0.407.%06d" $index) (dict "id" "LS-BACKEND-SECRET-IN-PLAIN" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the value of %s is or contains a secret, and would be stored in plain text in a ConfigMap" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "store it in a Secret, and rotate it if the file was shared. For a header or a resource attribute, write {secret: {name: my-secret, key: my-key}} instead, with prefix for the text before it, or {public: TEXT} if it is not a secret. Elsewhere, write ${env:NAME}, and add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}]") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (deepEqual $of.place "backends") $isCredential $pathForSecret -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.408" "id" "LS-BACKEND-SECRET-PATH" "severity" "error") -}}
      {{- $_ := set $found (printf "0.408.%06d" $index) (dict "id" "LS-BACKEND-SECRET-PATH" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "this is the path of a file, and the collector would use the path itself as %s, not what the file holds" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "for a header or a resource attribute, write {secret: {name: my-secret, key: my-key}}, with prefix for the text before it; elsewhere, write ${file:/PATH}") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "backends")
      $isLiteral
      $standsHere
      (not (and (kindIs "string" $of.path) (regexMatch `\.secret\.(name|key)$` $of.path)))
      (not (or $isCredential (and $isPrefix $tokenLike) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInURL (include "istio-lightstep.scalar" $of.rest))) (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $secretInText (include "istio-lightstep.scalar" $of.rest)))))
      (or (and (has (kindOf $of.rest) (list "string" "float64" "bool")) (regexMatch $tokenWord (include "istio-lightstep.scalar" $of.rest))) (and $isPrefix (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $mixed (include "istio-lightstep.scalar" $of.value))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $letterBesideDigit (include "istio-lightstep.scalar" $of.value)))) (and (not (and (kindIs "string" $of.name) (regexMatch $noCredential $of.name))) (or (and (kindIs "string" $of.name) (regexMatch $maybeCredential $of.name)) $looksSecret))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.409" "id" "LS-BACKEND-SECRET-MAYBE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.409.%06d" $index) (dict "id" "LS-BACKEND-SECRET-MAYBE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the value of %s may be a secret, and is stored in plain text in a ConfigMap" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "if it is one, store it in a Secret. For a header or a resource attribute, write {secret: {name: my-secret, key: my-key}} instead, or {public: TEXT} if it is not one. Elsewhere, write ${env:NAME}, and add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}]") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.place "backends")
      (and (kindIs "string" $of.path) (regexMatch `^backends\.([^.\\]|\\.)+\.(auth|exporter)\..*\.secret\.name$` $of.path)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.410" "id" "LS-BACKEND-SECRET-PLACE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.410.%06d" $index) (dict "id" "LS-BACKEND-SECRET-PLACE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "only a header or a resource attribute can name a Secret: the collector would take this for its own settings, and would not start"
        "fix" "write ${env:NAME} in the place of {secret: …}, and add it to collector.env, [{name: NAME, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}]") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of crowded, the list .of. */ -}}
{{- define "istio-lightstep.judge.crowded" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $queue := ternary $subject.queue $none (kindIs "map" $subject.queue) -}}
{{- $queueRoom := ternary $queue.room $none (kindIs "map" $queue.room) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.path (has (kindOf $of.path) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.153" "id" "LS-COLLECTOR-EXPORTER-QUEUE-LARGE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.153.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-LARGE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "this queue of %s does not fit: the queues of exporters and backends with a queue_size are %s, and together with the queues that the chart sizes they must be %s or less in %s. A span (sizer items) counts 900 bytes, and a call (requests, or no sizer) 4500" (include "istio-lightstep.shown" (list $hidden $of.size)) (include "istio-lightstep.shown" (list $hidden $queue.owned)) (include "istio-lightstep.shown" (list $hidden $queueRoom.most)) (include "istio-lightstep.shown" (list $hidden $queueRoom.has)))
          "fix" (printf "lower queue_size or collector.queue.bytes, or increase %s; for an installed release, follow docs/values.md, another volume" (include "istio-lightstep.shown" (list $hidden $queueRoom.raise)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of exposed, the list .of. */ -}}
{{- define "istio-lightstep.judge.exposed" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and (deepEqual $of.place "exporters") (deepEqual $of.how "plain") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.165" "id" "LS-COLLECTOR-EXPORTER-PLAIN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.165.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-PLAIN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "spans and this secret are sent in plain text"
          "fix" "use TLS: with otlp_grpc remove tls.insecure; by HTTP use https:// in the endpoint") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.how "unverified" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.166" "id" "LS-COLLECTOR-EXPORTER-UNVERIFIED" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.166.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-UNVERIFIED" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "insecure_skip_verify accepts every certificate, so whoever can redirect the connection reads this secret and the spans"
          "fix" "remove insecure_skip_verify; for a private CA set tls.ca of the backend, or tls.ca_file of the exporter") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and (deepEqual $of.place "backends") (deepEqual $of.how "plain") -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.401" "id" "LS-BACKEND-PLAIN" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.401.%06d" $index) (dict "id" "LS-BACKEND-PLAIN" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "spans and this secret are sent to the backend in plain text"
        "fix" "use TLS: with grpc set tls.insecure to false; with http use https:// in the endpoint") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of references, the list .of. */ -}}
{{- define "istio-lightstep.judge.references" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorResources := ternary $collector.resources $none (kindIs "map" $collector.resources) -}}
{{- $collectorResourcesLimits := ternary $collectorResources.limits $none (kindIs "map" $collectorResources.limits) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $collectorRetryRefused := ternary $collector.retryRefused $none (kindIs "map" $collector.retryRefused) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if and
        (deepEqual $of.given false)
        (not (and (kindIs "string" $of.name) (regexMatch "^(GOGC|HOME|HOSTNAME|PATH|.*_(SERVICE_HOST|PORT)(_.*)?)$" $of.name)))
        (not (and (deepEqual $of.name "GOMEMLIMIT") (or $collectorResourcesLimits.memory (has (kindOf $collectorResourcesLimits.memory) (list "float64" "bool")))))
        (not (and (deepEqual $of.name "LIGHTSTEP_ACCESS_TOKEN") (deepEqual $globalTracerLightstep.secure false) (deepEqual $collectorRetryRefused.enabled false))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.168" "id" "LS-COLLECTOR-EXPORTER-VARIABLE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.168.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-VARIABLE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "no entry of collector.env sets %s, so the collector would replace it with an empty string" (include "istio-lightstep.shown" (list $hidden $of.name)))
          "fix" (printf "add it to collector.env, [{name: %s, valueFrom: {secretKeyRef: {name: my-secret, key: my-key}}}], or write a default after :-" (include "istio-lightstep.shown" (list $hidden $of.name)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of exporterHeaders, the list .of. */ -}}
{{- define "istio-lightstep.judge.exporterHeaders" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if or (and (deepEqual $of.protocol "grpc") (or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^[-_.0-9A-Za-z]+$" (include "istio-lightstep.scalar" $of.name)))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:content-(type|length|encoding)|te|host|connection|proxy-connection|keep-alive|transfer-encoding|trailer|upgrade|user-agent|grpc-.*|.*-bin)$" (include "istio-lightstep.scalar" $of.name))))) (and (deepEqual $of.protocol "http") (or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^[-!#$%&'*+.^_`|~0-9A-Za-z]+$" (include "istio-lightstep.scalar" $of.name)))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:content-(type|length|encoding)|te|connection|proxy-connection|keep-alive|transfer-encoding|trailer|upgrade)$" (include "istio-lightstep.scalar" $of.name))) (and (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:host)$" (include "istio-lightstep.scalar" $of.name))) (not (deepEqual $of.name "Host"))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.169" "id" "LS-COLLECTOR-EXPORTER-HEADER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.169.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-HEADER" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not a valid header name, or the protocol sets the header itself, so every call would fail or the header would be ignored"
          "fix" "use letters, digits and dashes, for example x-api-key; for User-Agent over gRPC, set user_agent; by HTTP write Host with a capital") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (deepEqual $of.protocol "grpc") (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `[^\x20-\x7e]` (include "istio-lightstep.scalar" $of.value)))) (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `[\x00-\x08\x0a-\x1f\x7f]` (include "istio-lightstep.scalar" $of.value))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.171" "id" "LS-COLLECTOR-EXPORTER-HEADER-VALUE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.171.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-HEADER-VALUE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the value contains a line break or another character that is not valid in a header, so every call would fail"
          "fix" "remove it; YAML's `|` adds a line break at the end, and `|-` does not") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of twins, the list .of. */ -}}
{{- define "istio-lightstep.judge.twins" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if and (has (kindOf $of.path) (list "string" "float64" "bool")) (regexMatch `^collector\.` (include "istio-lightstep.scalar" $of.path)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.170" "id" "LS-COLLECTOR-EXPORTER-HEADER-TWICE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.170.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-HEADER-TWICE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s and %s are one header, as case does not count: only one of the two would be sent, or both, of which the receiver takes one" (include "istio-lightstep.shown" (list $hidden $of.other "^[-_.A-Za-z0-9]{1,60}$")) (include "istio-lightstep.shown" (list $hidden $of.name "^[-_.A-Za-z0-9]{1,60}$")))
          "fix" "keep one of the two") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and (has (kindOf $of.path) (list "string" "float64" "bool")) (regexMatch `^backends\.` (include "istio-lightstep.scalar" $of.path)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.382" "id" "LS-BACKEND-HEADER-TWICE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.382.%06d" $index) (dict "id" "LS-BACKEND-HEADER-TWICE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "%s and %s are one header, as case does not count: only one of the two would be sent" (include "istio-lightstep.shown" (list $hidden $of.other "^[-_.A-Za-z0-9]{1,60}$")) (include "istio-lightstep.shown" (list $hidden $of.name "^[-_.A-Za-z0-9]{1,60}$")))
        "fix" "keep one of the two") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of exporterLosses, the list .of. */ -}}
{{- define "istio-lightstep.judge.exporterLosses" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if deepEqual $of.kind "queue" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.174" "id" "LS-COLLECTOR-EXPORTER-QUEUE-OFF" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.174.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-OFF" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "without a queue, spans are lost whenever the receiver is slow or unavailable: proxies do not send a rejected span again"
          "fix" "remove the line to use the queue of the chart") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "memory" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.175" "id" "LS-COLLECTOR-EXPORTER-QUEUE-MEMORY" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.175.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-MEMORY" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with null the queue is in memory instead of on the volume: spans in it are lost if the collector restarts"
          "fix" "remove the line to use the queue of the chart") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "blocks" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.176" "id" "LS-COLLECTOR-EXPORTER-QUEUE-BLOCKS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.176.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-QUEUE-BLOCKS" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "once this queue is full, each call of the proxies waits for room in it until its deadline: while this receiver is unavailable, the spans for all other receivers are lost, too"
          "fix" "remove the line: what does not fit into the queue is lost for this receiver alone") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "batch" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.177" "id" "LS-COLLECTOR-EXPORTER-BATCH-OFF" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.177.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-BATCH-OFF" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "without batches each call of a proxy, of about 5 spans, is a call to the receiver: with 20 senders and a latency of 200 ms these are 500 spans per second, whatever the CPU, and what is above them fills the queue"
          "fix" "remove the line to send about 300 spans per call; for smaller calls set max_size of the batch") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "retry" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.179" "id" "LS-COLLECTOR-EXPORTER-RETRY-OFF" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.179.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-RETRY-OFF" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "without retries, the collector drops the spans of every call that fails, even if the receiver is unavailable for a moment"
          "fix" "remove the line to retry until the spans are accepted") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "ends" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.180" "id" "LS-COLLECTOR-EXPORTER-RETRY-ENDS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.180.%06d" $index) (dict "id" "LS-COLLECTOR-EXPORTER-RETRY-ENDS" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "retries end after this time, 5 minutes with null: in a longer outage of the receiver, the spans in the queue are dropped"
          "fix" "remove the line to retry until the spans are accepted") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of environment, the list .of. */ -}}
{{- define "istio-lightstep.judge.environment" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $objectName := `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` -}}
{{- $secretKey := `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$` -}}
{{- $proxyAddress := "^(((?i:https?|socks5h?)://)?([^/?#@\\s\\\\\"<>^`{|}]*@)?(\\[[0-9a-fA-F:.]+\\]|[^/?#@:%\\[\\]\\s\\\\\"<>^`{|}]+)(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?(/[^\\s]*)?)$|\\$\\(" -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $isLiteral := (or $of.value (has (kindOf $of.value) (list "float64" "bool"))) -}}
  {{- $itemValueFrom := ternary $of.valueFrom $none (kindIs "map" $of.valueFrom) -}}
  {{- $itemValueFromSecretKeyRef := ternary $itemValueFrom.secretKeyRef $none (kindIs "map" $itemValueFrom.secretKeyRef) -}}
  {{- $itemValueFromConfigMapKeyRef := ternary $itemValueFrom.configMapKeyRef $none (kindIs "map" $itemValueFrom.configMapKeyRef) -}}
  {{- $itemValueFromFieldRef := ternary $itemValueFrom.fieldRef $none (kindIs "map" $itemValueFrom.fieldRef) -}}
  {{- $itemValueFromResourceFieldRef := ternary $itemValueFrom.resourceFieldRef $none (kindIs "map" $itemValueFrom.resourceFieldRef) -}}
  {{- if $collects -}}
    {{- if or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^[-._a-zA-Z][-._a-zA-Z0-9]*$" (include "istio-lightstep.scalar" $of.name)))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `^(\.$|\.\.)` (include "istio-lightstep.scalar" $of.name))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.181" "id" "LS-COLLECTOR-ENV-NAME" "severity" "error") -}}
        {{- $_ := set $found (printf "0.181.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-NAME" "severity" "error"
          "path" (printf "%s.name" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the entry has no name, or one that is not a valid name of an environment variable, so Kubernetes rejects the collector's StatefulSet"
          "fix" "use letters, digits and underscores, not starting with a digit, for example HTTPS_PROXY") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.twice true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.182" "id" "LS-COLLECTOR-ENV-TWICE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.182.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-TWICE" "severity" "error"
          "path" (printf "%s.name" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "an entry before this one has the same name; Helm 4 rejects the second entry, and with Helm 3 the last one wins"
          "fix" "remove one of the two") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.name "ISTIO_LIGHTSTEP_UNSET" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.183" "id" "LS-COLLECTOR-ENV-UNSET" "severity" "error") -}}
        {{- $_ := set $found (printf "0.183.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-UNSET" "severity" "error"
          "path" (printf "%s.name" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the chart relies on this variable not being set: its value would be appended to every header that a Secret holds, and backends would refuse all spans"
          "fix" "use another name") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (not (kindIs "invalid" $of.valueFrom))
        (or $isLiteral (not (deepEqual $of.sources 1.0)) (and (not (kindIs "invalid" $itemValueFrom.secretKeyRef)) (or (not (and (has (kindOf $itemValueFromSecretKeyRef.name) (list "string" "float64" "bool")) (regexMatch $objectName (include "istio-lightstep.scalar" $itemValueFromSecretKeyRef.name)))) (not (and (has (kindOf $itemValueFromSecretKeyRef.key) (list "string" "float64" "bool")) (regexMatch $secretKey (include "istio-lightstep.scalar" $itemValueFromSecretKeyRef.key)))))) (and (not (kindIs "invalid" $itemValueFrom.configMapKeyRef)) (or (not (and (has (kindOf $itemValueFromConfigMapKeyRef.name) (list "string" "float64" "bool")) (regexMatch $objectName (include "istio-lightstep.scalar" $itemValueFromConfigMapKeyRef.name)))) (not (and (has (kindOf $itemValueFromConfigMapKeyRef.key) (list "string" "float64" "bool")) (regexMatch $secretKey (include "istio-lightstep.scalar" $itemValueFromConfigMapKeyRef.key)))))) (and (not (kindIs "invalid" $itemValueFrom.fieldRef)) (not (and (has (kindOf $itemValueFromFieldRef.fieldPath) (list "string" "float64" "bool")) (regexMatch `^(metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$` (include "istio-lightstep.scalar" $itemValueFromFieldRef.fieldPath))))) (and (not (kindIs "invalid" $itemValueFrom.resourceFieldRef)) (not (and (has (kindOf $itemValueFromResourceFieldRef.resource) (list "string" "float64" "bool")) (regexMatch `^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$` (include "istio-lightstep.scalar" $itemValueFromResourceFieldRef.resource)))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.184" "id" "LS-COLLECTOR-ENV-SOURCE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.184.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-SOURCE" "severity" "error"
          "path" (printf "%s.valueFrom" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "valueFrom stands beside a value, or is not exactly one complete source with valid names (of Secrets and ConfigMaps in lower case), so Kubernetes rejects the collector's StatefulSet"
          "fix" "set either value, or valueFrom with one source, for example {secretKeyRef: {name: my-secret, key: token}}") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (has $of.proxy (list "HTTPS_PROXY" "HTTP_PROXY"))
        $isLiteral
        (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $proxyAddress (include "istio-lightstep.scalar" $of.value)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.185" "id" "LS-COLLECTOR-ENV-PROXY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.185.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-PROXY" "severity" "error"
          "path" (printf "%s.value" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not a valid address of a proxy: the collector would ignore it and connect directly, or never connect"
          "fix" "write http://HOST:PORT, for example http://proxy.example.com:3128") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:(https?|all|no)_proxy)$" (include "istio-lightstep.scalar" $of.name)))
        (not (or $of.proxy (has (kindOf $of.proxy) (list "float64" "bool")))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.187" "id" "LS-COLLECTOR-ENV-PROXY-NAME" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.187.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-PROXY-NAME" "severity" "warning"
          "path" (printf "%s.name" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector does not read a variable of this name, so it would use no proxy"
          "fix" "use HTTPS_PROXY, or HTTP_PROXY for receivers with http://, and NO_PROXY for exceptions") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $subject.byGRPC true) -}}
    {{- if and
        (deepEqual $of.proxy "HTTPS_PROXY")
        (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch $proxyAddress (include "istio-lightstep.scalar" $of.value)))
        (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^((?i:http)://)?[^/?#]*:[0-9]+(/.*)?$|\$\(` (include "istio-lightstep.scalar" $of.value)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.186" "id" "LS-COLLECTOR-ENV-PROXY-GRPC" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.186.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-PROXY-GRPC" "severity" "warning"
          "path" (printf "%s.value" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "gRPC sends CONNECT in plain text to the proxy, whatever the scheme, and to port 443 if no port is set: it cannot use a proxy that requires TLS or SOCKS, and no span would be sent through it"
          "fix" "write http://HOST:PORT of a proxy that accepts CONNECT over plain HTTP, or list the receivers in NO_PROXY, or use OTLP over HTTP") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of proxied, the list .of. */ -}}
{{- define "istio-lightstep.judge.proxied" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.host (has (kindOf $of.host) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.188" "id" "LS-COLLECTOR-ENV-PROXY-CLUSTER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.188.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-PROXY-CLUSTER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s of %s is in the cluster, and NO_PROXY does not have it: its spans would go to this proxy, which mostly cannot reach it" (include "istio-lightstep.shown" (list $hidden $of.host "^[-a-z0-9.]{1,253}$")) (include "istio-lightstep.shown" (list $hidden $of.of)))
          "fix" (printf "add %s to NO_PROXY in collector.env" (include "istio-lightstep.shown" (list $hidden $of.host "^[-a-z0-9.]{1,253}$")))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.env, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.env" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $globalTracer := ternary $global.tracer $none (kindIs "map" $global.tracer) -}}
{{- $globalTracerLightstep := ternary $globalTracer.lightstep $none (kindIs "map" $globalTracer.lightstep) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorRetryRefused := ternary $collector.retryRefused $none (kindIs "map" $collector.retryRefused) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $isLiteral := (or $of.value (has (kindOf $of.value) (list "float64" "bool"))) -}}
  {{- if and
      $collects
      (deepEqual $globalTracerLightstep.secure false)
      (deepEqual $collectorRetryRefused.enabled false) -}}
    {{- if deepEqual $of.name "LIGHTSTEP_ACCESS_TOKEN" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.189" "id" "LS-COLLECTOR-ENV-TOKEN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.189.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-TOKEN" "severity" "error"
          "path" (printf "collector.env[%d].name" $index)
          "reason" "if secure is false, the chart sets the access token in a variable of this name, and of two entries the last one wins"
          "fix" "use another name, or set accessTokenFrom to the Secret of the token") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $collects -}}
    {{- if and
        (deepEqual $of.name "GOMEMLIMIT")
        $isLiteral
        (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^(off|[1-9][0-9]{7,17}B?|[1-9][0-9]{4,14}KiB|[1-9][0-9]{1,11}MiB|[1-9][0-9]{0,8}GiB|[1-9][0-9]{0,5}TiB)$|\$\(` (include "istio-lightstep.scalar" $of.value)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.190" "id" "LS-COLLECTOR-ENV-GOMEMLIMIT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.190.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-GOMEMLIMIT" "severity" "error"
          "path" (printf "collector.env[%d].value" $index)
          "reason" "this is not a memory limit as Go writes it, with which no collector would start, or one below 10MiB, with which it would do little but collect garbage"
          "fix" "write whole MiB or GiB, for example 400MiB (Go does not know Mi), a number of bytes, or off; or remove the entry, to have half of collector.resources.limits.memory") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.name "GOGC")
        $isLiteral
        (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `^(off|-[1-9][0-9]*|[1-9][0-9]{1,8})$|\$\(` (include "istio-lightstep.scalar" $of.value)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.194" "id" "LS-COLLECTOR-ENV-GOGC" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.194.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-GOGC" "severity" "warning"
          "path" (printf "collector.env[%d].value" $index)
          "reason" "this is not a number of 10 or more. Go takes 100 in the place of what is not a number, and with less than 10 the collector would do little but collect garbage"
          "fix" `write a number in quotes, for example "100", or off; or remove the entry, to have the chart's 200`) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.name "GODEBUG")
        (or (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "(^|,)cgocheck=[+]?0*([2-9]|[1-9][0-9])" (include "istio-lightstep.scalar" $of.value))) (and (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch "(^|,)fips140=" (include "istio-lightstep.scalar" $of.value))) (not (and (has (kindOf $of.value) (list "string" "float64" "bool")) (regexMatch `(^|,)fips140=(on|off|only|debug)?(,|$)|fips140=[^,]*\$\(` (include "istio-lightstep.scalar" $of.value)))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.195" "id" "LS-COLLECTOR-ENV-GODEBUG" "severity" "error") -}}
        {{- $_ := set $found (printf "0.195.%06d" $index) (dict "id" "LS-COLLECTOR-ENV-GODEBUG" "severity" "error"
          "path" (printf "collector.env[%d].value" $index)
          "reason" "with this setting Go ends at its start, and so does every collector: it knows cgocheck=0 and cgocheck=1, and fips140 as on, off, only or debug"
          "fix" "correct the setting, or remove it") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of unbounded, the list .of. */ -}}
{{- define "istio-lightstep.judge.unbounded" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.path (has (kindOf $of.path) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.191" "id" "LS-COLLECTOR-MEMORY-ABOVE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.191.%06d" $index) (dict "id" "LS-COLLECTOR-MEMORY-ABOVE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not below collector.resources.limits.memory: Kubernetes kills the collector before it has an effect"
          "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.global.imagePullSecrets, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.global.imagePullSecrets" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $objectName := `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (or (and (has (kindOf $item) (list "string" "float64" "bool")) (regexMatch $objectName (include "istio-lightstep.scalar" $item))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch $objectName (include "istio-lightstep.scalar" $of.name))))) (and (has (kindOf $item) (list "string" "float64" "bool")) (regexMatch "^.{254}" (include "istio-lightstep.scalar" $item))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^.{254}" (include "istio-lightstep.scalar" $of.name))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.212" "id" "LS-IMAGE-PULL-SECRET" "severity" "error") -}}
      {{- $_ := set $found (printf "0.212.%06d" $index) (dict "id" "LS-IMAGE-PULL-SECRET" "severity" "error"
        "path" (printf "global.imagePullSecrets[%d]" $index)
        "reason" "it is not the name of a Secret"
        "fix" "write the name of a Secret of type kubernetes.io/dockerconfigjson in the release's namespace, or {name: NAME}") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of forms, the list .of. */ -}}
{{- define "istio-lightstep.judge.forms" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or $of.want (has (kindOf $of.want) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.213" "id" "LS-KUBERNETES-FORM" "severity" "error") -}}
      {{- $_ := set $found (printf "0.213.%06d" $index) (dict "id" "LS-KUBERNETES-FORM" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Kubernetes wants %s here, and would reject the object or not run the pod" (include "istio-lightstep.shown" (list $hidden $of.want)))
        "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if or $of.zero (has (kindOf $of.zero) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.214" "id" "LS-KUBERNETES-ZERO" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.214.%06d" $index) (dict "id" "LS-KUBERNETES-ZERO" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Kubernetes replaces 0 by its default here, which is %s" (include "istio-lightstep.shown" (list $hidden $of.zero)))
        "fix" "write the number that you want, or remove it") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of large, the list .of. */ -}}
{{- define "istio-lightstep.judge.large" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or $of.bytes (has (kindOf $of.bytes) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.215" "id" "LS-KUBERNETES-SIZE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.215.%06d" $index) (dict "id" "LS-KUBERNETES-SIZE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the data of the %s would have %s bytes, and Kubernetes' limit is 1048576 bytes (1 MiB), so that nothing could be installed" (include "istio-lightstep.shown" (list $hidden $of.kind)) (include "istio-lightstep.shown" (list $hidden $of.bytes)))
        "fix" (printf "shorten it by %s bytes or more: store tables and certificates as files in objects of their own, mount them by collector.extraVolumes and collector.extraVolumeMounts, and refer to the files" (include "istio-lightstep.shown" (list $hidden $of.over)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.tolerations, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.tolerations" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (and (deepEqual $of.operator "Exists") (or $of.value (has (kindOf $of.value) (list "float64" "bool")))) (and (not (deepEqual $of.operator "Exists")) (not (or $of.key (has (kindOf $of.key) (list "float64" "bool"))))) (and (kindIs "float64" $of.tolerationSeconds) (not (deepEqual $of.effect "NoExecute"))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.216" "id" "LS-COLLECTOR-TOLERATION" "severity" "error") -}}
      {{- $_ := set $found (printf "0.216.%06d" $index) (dict "id" "LS-COLLECTOR-TOLERATION" "severity" "error"
        "path" (printf "collector.tolerations[%d]" $index)
        "reason" "a toleration with operator Exists has no value, one without a key has that operator, and one with tolerationSeconds has the effect NoExecute: Kubernetes would reject the pod"
        "fix" "write for example {key: dedicated, operator: Equal, value: tracing, effect: NoSchedule}, or {operator: Exists} for every taint") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.topologySpreadConstraints, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.topologySpreadConstraints" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and (kindIs "float64" $of.minDomains) (not (deepEqual $of.whenUnsatisfiable "DoNotSchedule")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.217" "id" "LS-COLLECTOR-SPREAD-DOMAINS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.217.%06d" $index) (dict "id" "LS-COLLECTOR-SPREAD-DOMAINS" "severity" "error"
        "path" (printf "collector.topologySpreadConstraints[%d].minDomains" $index)
        "reason" "Kubernetes accepts minDomains only with whenUnsatisfiable DoNotSchedule, and would reject the pod"
        "fix" "remove it, or set whenUnsatisfiable to DoNotSchedule") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of namespaces, the list .of. */ -}}
{{- define "istio-lightstep.judge.namespaces" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $valuesIstio := ternary $values.istio $none (kindIs "map" $values.istio) -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" (include "istio-lightstep.scalar" $of.name)))) (deepEqual $of.name $valuesIstio.rootNamespace) (and (not $valuesIstio.rootNamespace) (deepEqual $of.name $valuesIstio.namespace)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.225" "id" "LS-TELEMETRY-NAMESPACE-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.225.%06d" $index) (dict "id" "LS-TELEMETRY-NAMESPACE-NAME" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "it is not a valid namespace name, or it is the root namespace, whose Telemetry is the one for the whole mesh"
        "fix" "write the name of a namespace of applications; for the whole mesh set pilot.traceSampling and telemetry.customTags") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (or $of.sampling (has (kindOf $of.sampling) (list "float64" "bool")))
      (not (and (has (kindOf $of.sampling) (list "string" "float64" "bool")) (regexMatch `^(100(\.0+)?|[0-9]{1,2}(\.[0-9]+)?)$` (include "istio-lightstep.scalar" $of.sampling)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.227" "id" "LS-TELEMETRY-SAMPLING" "severity" "error") -}}
      {{- $_ := set $found (printf "0.227.%06d" $index) (dict "id" "LS-TELEMETRY-SAMPLING" "severity" "error"
        "path" (printf "%s.sampling" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "it is not a percentage"
        "fix" "set it between 0 and 100, for example 10") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (and (has (kindOf $of.sampling) (list "string" "float64" "bool")) (regexMatch `^[0-9]+(\.[0-9]+)?$` (include "istio-lightstep.scalar" $of.sampling)))
      (include "istio-lightstep.above" (list $of.sampling 0.0))
      (include "istio-lightstep.below" (list $of.sampling 0.01)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.228" "id" "LS-TELEMETRY-SAMPLING-SMALL" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.228.%06d" $index) (dict "id" "LS-TELEMETRY-SAMPLING-SMALL" "severity" "warning"
        "path" (printf "%s.sampling" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "Envoy counts sampling in whole hundredths of a percent, so this becomes 0: proxies of the namespace would make no spans"
        "fix" "set it to 0.01 or more, which is one request in 10,000; or to 0, if there are to be none") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.disableContextPropagation true)
      $dialect.telemetry
      (not (deepEqual $dialect.contextPropagation true)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.229" "id" "LS-TELEMETRY-PROPAGATION" "severity" "error") -}}
      {{- $_ := set $found (printf "0.229.%06d" $index) (dict "id" "LS-TELEMETRY-PROPAGATION" "severity" "error"
        "path" (printf "%s.disableContextPropagation" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Istio %s does not know it: tracing headers would still leave" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
        "fix" "remove it, or use Istio 1.30 or newer") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of live.missingNamespaces, the list .of. */ -}}
{{- define "istio-lightstep.judge.live.missingNamespaces" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if or $item (has (kindOf $item) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.226" "id" "LS-TELEMETRY-NAMESPACE-MISSING" "severity" "error") -}}
      {{- $_ := set $found (printf "0.226.%06d" $index) (dict "id" "LS-TELEMETRY-NAMESPACE-MISSING" "severity" "error"
        "path" "telemetry.namespaces"
        "reason" (printf "namespace %s does not exist, so its Telemetry cannot be created, and the install would stop halfway" (include "istio-lightstep.foreign" (list $hidden $item)))
        "fix" (printf "create the namespace, or remove it here: %s: null removes an entry of another values file" (include "istio-lightstep.foreign" (list $hidden $item)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of tags, the list .of. */ -}}
{{- define "istio-lightstep.judge.tags" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $itemFormat := ternary $of.format $none (kindIs "map" $of.format) -}}
  {{- if or (not (deepEqual $of.types 1.0)) (not (or $of.text (has (kindOf $of.text) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.230" "id" "LS-TAG" "severity" "error") -}}
      {{- $_ := set $found (printf "0.230.%06d" $index) (dict "id" "LS-TAG" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a custom tag has exactly one of literal and formatter, with a value, and environment and header, with a name, and a text that is not empty; Istio refuses others"
        "fix" "write for example {literal: {value: prod-eu-17}} or {header: {name: x-tenant}}") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (deepEqual $of.type "formatter") $dialect.telemetry (not (deepEqual $dialect.formatterTags true)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.231" "id" "LS-TAG-FORMATTER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.231.%06d" $index) (dict "id" "LS-TAG-FORMATTER" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Istio %s has no tags by formatter, and refuses the Telemetry or drops the tag" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
        "fix" "use literal, environment or header, or Istio 1.29 or newer") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.type "header")
      (or $of.text (has (kindOf $of.text) (list "float64" "bool")))
      (not (and (has (kindOf $of.text) (list "string" "float64" "bool")) (regexMatch "^:?[-!#$%&'*+.^_`|~0-9A-Za-z]+$" (include "istio-lightstep.scalar" $of.text)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.232" "id" "LS-TAG-HEADER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.232.%06d" $index) (dict "id" "LS-TAG-HEADER" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid header name, and Envoy refuses the listeners of every proxy that has such a tag, or never finds the header"
        "fix" "use letters, digits and dashes, for example x-tenant; YAML's `|` adds a line break at the end") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $dialect.formatterTags true -}}
    {{- if deepEqual $itemFormat.broken true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.233" "id" "LS-TAG-FORMAT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.233.%06d" $index) (dict "id" "LS-TAG-FORMAT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "Envoy cannot read this format: it refuses the listeners of every proxy that has such a tag, or the proxies do not start"
          "fix" "write %% for a percent sign, and an operator as %NAME%, %NAME(SETTINGS)% or %NAME(SETTINGS):LENGTH%, whichever it takes, for example %DURATION% or %REQ(X-TENANT)%") -}}
      {{- end -}}
    {{- end -}}
    {{- if or $itemFormat.unknown (has (kindOf $itemFormat.unknown) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.234" "id" "LS-TAG-OPERATOR" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.234.%06d" $index) (dict "id" "LS-TAG-OPERATOR" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the proxy of Istio 1.31 does not have this operator: an Envoy without it refuses the listeners of every proxy that has such a tag"
          "fix" "see Envoy's substitution formatter for how the operator is written; write %% for a percent sign") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of inserts, the list .of. */ -}}
{{- define "istio-lightstep.judge.inserts" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `(?i)(authorization|cookie|token|secret|passw(or)?d|passphrase|credentials?|bearer|(api|access|auth|private|license|signing|account|shared|subscription|instrumentation|application|ingest|ingestion|write)[-_. ]?key|key[-_]?pem|honeycomb-team|(^|[^a-z])(pass|pwd|x[-_]auth))[\s:=]*$` (include "istio-lightstep.scalar" $of.name)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.235" "id" "LS-TAG-SECRET" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.235.%06d" $index) (dict "id" "LS-TAG-SECRET" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "every span would contain the value of a header or a variable that is named like a secret, and everyone who reads traces could use it"
        "fix" "use a header or a variable without a secret, or remove the tag") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of config, the list .of. */ -}}
{{- define "istio-lightstep.judge.config" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and (deepEqual $of.taken true) (not (deepEqual $of.kind "telemetry")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.242" "id" "LS-COLLECTOR-CONFIG-NAME" "severity" "error") -}}
        {{- $_ := set $found (printf "0.242.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-NAME" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the chart has %s of this name, and no span would be safe if both were one" (include "istio-lightstep.shown" (list $hidden $of.kind)))
          "fix" "use another name, such as TYPE/own; the settings of the chart's own are values of collector") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.kind "telemetry" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.243" "id" "LS-COLLECTOR-CONFIG-READERS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.243.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-READERS" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the chart has the reader of the collector's own metrics, at port 8888, from which probes, alerts and `doctor` read; a list here would replace it"
          "fix" "remove readers; the metrics are at port 8888, from which monitoring.podMonitor has them read") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.loops true) (deepEqual $of.kind "exporters") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.244" "id" "LS-COLLECTOR-CONFIG-LOOP" "severity" "error") -}}
        {{- $_ := set $found (printf "0.244.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-LOOP" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is a collector of this chart, which would send spans to itself in an endless loop"
          "fix" "set the endpoint of the backend itself") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.loops true) (deepEqual $of.kind "traces") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.245" "id" "LS-COLLECTOR-CONFIG-LOOP-OWN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.245.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-LOOP-OWN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector would send the spans of itself to a collector of this chart, where each call with them makes further ones: they never end, and backends get them beside those of the proxies"
          "fix" "set the endpoint of another receiver") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.deaf true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.246" "id" "LS-COLLECTOR-CONFIG-PROTOCOLS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.246.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-PROTOCOLS" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a receiver of OTLP without protocols receives nothing, and the collector would not start"
          "fix" `write protocols: {grpc: {endpoint: "0.0.0.0:14317"}}, or http instead of grpc`) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (not (deepEqual $of.kind "pipelines"))
        (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `^[a-zA-Z][0-9a-zA-Z_]{0,62}(/(:?[^:\pZ\pC\pS]+)+)?$` (include "istio-lightstep.scalar" $of.name)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.248" "id" "LS-COLLECTOR-CONFIG-ID" "severity" "error") -}}
        {{- $_ := set $found (printf "0.248.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-ID" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector refuses this as the name of a part, so it would not start"
          "fix" "write its type, a slash and a name without spaces and without ::, for example transform/own") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.more true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.259" "id" "LS-COLLECTOR-CONFIG-PIPELINE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.259.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-PIPELINE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "of the pipeline of spans only the processors can be added: its receivers and exporters are the chart's"
          "fix" "write only processors here; add exporters in collector.exporters or backends, and further pipelines under names of their own") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.used false -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.269" "id" "LS-COLLECTOR-CONFIG-UNUSED" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.269.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-UNUSED" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it is configured and has no effect: no pipeline, or for an extension service.extensions, names it. A list in a later values file replaces that of an earlier one"
          "fix" "add its name, with all those of the earlier file, or remove it") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of unguarded, the list .of. */ -}}
{{- define "istio-lightstep.judge.unguarded" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.path (has (kindOf $of.path) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.247" "id" "LS-COLLECTOR-CONFIG-RECEIVER-AUTH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.247.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-RECEIVER-AUTH" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this authenticator is no extension that the collector starts: the collector would not start"
          "fix" "add the extension to collector.config.extensions, for example basicauth/own with htpasswd, and its name to collector.config.service.extensions") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of strangers, the list .of. */ -}}
{{- define "istio-lightstep.judge.strangers" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorImage := ternary $collector.image $none (kindIs "map" $collector.image) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)opentelemetry-collector-contrib$" $collectorImage.repository) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.249" "id" "LS-COLLECTOR-TYPE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.249.%06d" $index) (dict "id" "LS-COLLECTOR-TYPE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the image of the collector has no %s of the type %s, unless it came after 0.159: without, the collector does not start" (include "istio-lightstep.shown" (list $hidden $of.kind)) (include "istio-lightstep.shown" (list $hidden $of.type "^[A-Za-z0-9_]{1,63}$")))
          "fix" "see in the collector's documentation how the type is written, which is what stands before the /, and that contrib has it; or use an image that does") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of misfits, the list .of. */ -}}
{{- define "istio-lightstep.judge.misfits" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.type (has (kindOf $of.type) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.250" "id" "LS-COLLECTOR-SIGNAL" "severity" "error") -}}
        {{- $_ := set $found (printf "0.250.%06d" $index) (dict "id" "LS-COLLECTOR-SIGNAL" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s takes %s, and this is in a pipeline of %s: the collector would not start" (include "istio-lightstep.shown" (list $hidden $of.type)) (include "istio-lightstep.shown" (list $hidden $of.takes)) (include "istio-lightstep.shown" (list $hidden $of.signal)))
          "fix" (printf "remove it here, or move it to a pipeline of %s of its own in collector.config" (include "istio-lightstep.shown" (list $hidden $of.takes)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of files, the list .of. */ -}}
{{- define "istio-lightstep.judge.files" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorImage := ternary $collector.image $none (kindIs "map" $collector.image) -}}
{{- $contribCollector := (and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)opentelemetry-collector-contrib$" $collectorImage.repository)) -}}
{{- $global := ternary $values.global $none (kindIs "map" $values.global) -}}
{{- $publicCollector := (and (and (kindIs "string" $collectorImage.repository) (regexMatch `^(((docker\.io|index\.docker\.io)/)?otel|ghcr\.io/open-telemetry/opentelemetry-collector-releases)/opentelemetry-collector-contrib$` $collectorImage.repository)) (or (not $collectorImage.registry) (and (kindIs "string" $collectorImage.registry) (regexMatch `^(index\.)?docker\.io/?$` $collectorImage.registry))) (or $collectorImage.registry (not $global.imageRegistry) (and (kindIs "string" $global.imageRegistry) (regexMatch `^(index\.)?docker\.io/?$` $global.imageRegistry)) (not (deepEqual $collectorImage.repository "otel/opentelemetry-collector-contrib")))) -}}
{{- $containerSecurityContext := ternary $values.containerSecurityContext $none (kindIs "map" $values.containerSecurityContext) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and (deepEqual $of.use "reads") $publicCollector -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.251" "id" "LS-COLLECTOR-FILE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.251.%06d" $index) (dict "id" "LS-COLLECTOR-FILE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector's image has no such file and no volume is mounted there, so the collector would not start, or every call would fail"
          "fix" "add a volume with the file to collector.extraVolumes and mount it by collector.extraVolumeMounts; for a CA or a client certificate of one of backends, set its tls instead") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.use "items" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.252" "id" "LS-COLLECTOR-FILE-ITEM" "severity" "error") -}}
        {{- $_ := set $found (printf "0.252.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-ITEM" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the volume that is mounted there names its files by items, and this one is not among them, so the collector would not start, or every call would fail"
          "fix" "add it to the items of the volume in collector.extraVolumes, or write the path of one that is there: the mountPath with the path of the item") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.use "reads") $contribCollector (not $publicCollector) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.253" "id" "LS-COLLECTOR-FILE-MIRROR" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.253.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-MIRROR" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "no volume is mounted there, and the public image of this name has no such file: if yours has not either, the collector would not start, or every call would fail"
          "fix" "see that your image has it; otherwise add a volume with the file to collector.extraVolumes and mount it by collector.extraVolumeMounts") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.use "lacks" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.254" "id" "LS-COLLECTOR-FILE-FOLDER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.254.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-FOLDER" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector's volume has no such folder and nothing creates it, so the collector would not start"
          "fix" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.use "queues" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.255" "id" "LS-COLLECTOR-FILE-QUEUE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.255.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-QUEUE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the chart keeps the queues of exporters there, in files of which the names begin with exporter_"
          "fix" "use a folder of its own, for example /var/lib/otelcol/own, with create_directory: true") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.use "grows" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.256" "id" "LS-COLLECTOR-FILE-GROWS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.256.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-GROWS" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the file grows until the volume of the queue is full, and then the collector can queue no span: proxies lose theirs"
          "fix" (printf "%s; or mount a volume of its own by collector.extraVolumes and collector.extraVolumeMounts" (include "istio-lightstep.shown" (list $hidden $of.fix)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.use "writes")
        (or $contribCollector (deepEqual $containerSecurityContext.readOnlyRootFilesystem true)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.257" "id" "LS-COLLECTOR-FILE-WRITE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.257.%06d" $index) (dict "id" "LS-COLLECTOR-FILE-WRITE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector can write nothing there, so it would not start: its file system is read-only, but for /var/lib/otelcol and further volumes"
          "fix" "use a file in /var/lib/otelcol, or a folder of its own below it with create_directory: true; or mount a volume that can be written by collector.extraVolumes and collector.extraVolumeMounts") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of uses, the list .of. */ -}}
{{- define "istio-lightstep.judge.uses" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorAutoscaling := ternary $collector.autoscaling $none (kindIs "map" $collector.autoscaling) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if deepEqual $of.circle true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.258" "id" "LS-COLLECTOR-CONFIG-CIRCLE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.258.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-CIRCLE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "connectors lead from this pipeline back to it, and the collector would not start"
          "fix" "remove this entry, or have a pipeline that nothing leads back to") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.given false -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.260" "id" "LS-COLLECTOR-CONFIG-MISSING" "severity" "error") -}}
        {{- $_ := set $found (printf "0.260.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-MISSING" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "nothing of this name is configured, so the collector would not start: neither the chart nor collector.config.%s has it, where null removes an entry, nor is it a connector that is in exporters of one pipeline and in receivers of another" (include "istio-lightstep.shown" (list $hidden $of.kind)))
          "fix" "configure it in collector.config, with {} for default settings, or remove it here") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.twice true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.261" "id" "LS-COLLECTOR-CONFIG-TWICE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.261.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-TWICE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the pipeline has this processor already, by an entry before or by the chart, so the collector would not start"
          "fix" "remove it here, or use another name, such as TYPE/own") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.again true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.262" "id" "LS-COLLECTOR-CONFIG-AGAIN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.262.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-AGAIN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the spans of the proxies go to this exporter by the chart's pipelines already: those of this pipeline would be delivered twice"
          "fix" "remove it here; or receive from a receiver of your own, or have processors of the pipeline traces filter out what this one delivers") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.unqueued true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.272" "id" "LS-COLLECTOR-CONFIG-EXPORTER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.272.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-EXPORTER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this exporter of collector.config has no queue on the volume, or does not retry until its receiver has the spans, which by default ends after 5 minutes: spans are lost if the collector restarts, or the receiver is unavailable for longer"
          "fix" "if it may get all spans, move it to collector.exporters or backends and remove it from the pipeline; otherwise write sending_queue: {storage: file_storage} and retry_on_failure: {max_elapsed_time: 0} in it, and no enabled: false") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.main true) (has $of.type (list "batch" "groupbytrace" "tail_sampling")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.276" "id" "LS-COLLECTOR-CONFIG-LOSES" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.276.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-LOSES" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it answers the proxies before the queue on the volume has the spans: those that it holds in memory are lost when the collector stops"
          "fix" "remove it: exporters batch what is in their queue; sample by pilot.traceSampling") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.kind "processors")
        (has $of.type (list "groupbytrace" "tail_sampling"))
        (or (include "istio-lightstep.above" (list $collector.replicas 1.0)) (and (deepEqual $collectorAutoscaling.enabled true) (include "istio-lightstep.above" (list $collectorAutoscaling.maxReplicas 1.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.277" "id" "LS-COLLECTOR-CONFIG-TORN" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.277.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-TORN" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it needs all spans of a trace, and proxies send those of one trace to different collectors: each decides about a part of it, so parts of traces are missing"
          "fix" "remove it and sample by pilot.traceSampling; or have it in collectors of your own behind these, to which a loadbalancing exporter with routing_key traceID sends") -}}
      {{- end -}}
    {{- end -}}
    {{- if or $of.drops (has (kindOf $of.drops) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.278" "id" "LS-COLLECTOR-CONFIG-DROPS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.278.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-DROPS" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s: the collector drops the spans of the proxies" (include "istio-lightstep.shown" (list $hidden $of.drops)))
          "fix" "remove it, and sample by pilot.traceSampling; or set a sampling_percentage above 0, or a condition that only the spans to drop meet") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.strips "service" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.279" "id" "LS-COLLECTOR-CONFIG-SERVICE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.279.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-SERVICE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this processor deletes service.name of every span: backends show all of them as one service without a name"
          "fix" "remove the action that deletes it; to name services otherwise, use action upsert with from_attribute") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.strips "all" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.280" "id" "LS-COLLECTOR-CONFIG-REDACTS" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.280.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-REDACTS" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with no key among allowed_keys this processor removes every attribute of every span, service.name too"
          "fix" "set allow_all_keys: true, with blocked_values or blocked_key_patterns for what is to be masked; or name in allowed_keys what is to stay") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of pipelines, the list .of. */ -}}
{{- define "istio-lightstep.judge.pipelines" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $likeTraces := "^((?i:trace|tracs|tracess|traecs|tarces|trcaes|tracers?|tracing|spans?)|T(?i:races))(/.*)?$" -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch $likeTraces (include "istio-lightstep.scalar" $of.name)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.263" "id" "LS-COLLECTOR-CONFIG-TRACES" "severity" "error") -}}
        {{- $_ := set $found (printf "0.263.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-TRACES" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector knows no pipeline of this name, and would not start: did you mean traces?"
          "fix" "write traces for the processors of proxies' spans; or traces/own for a pipeline with receivers and exporters of its own") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch $likeTraces (include "istio-lightstep.scalar" $of.name))))
        (or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `^(traces|metrics|logs)(/(:?[^:\pZ\pC\pS]+)+)?$` (include "istio-lightstep.scalar" $of.name)))) (deepEqual $of.ends false)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.264" "id" "LS-COLLECTOR-CONFIG-INCOMPLETE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.264.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-INCOMPLETE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a pipeline is called traces, metrics or logs, or one of them with a slash and a name without spaces and without ::, and has at least one receiver and one exporter: the collector would not start"
          "fix" "name it for example traces/own, and set receivers and exporters") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of listens, the list .of. */ -}}
{{- define "istio-lightstep.judge.listens" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorNetworkPolicy := ternary $collector.networkPolicy $none (kindIs "map" $collector.networkPolicy) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and
        (deepEqual $of.taken true)
        (not (or $of.container (has (kindOf $of.container) (list "float64" "bool")))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.265" "id" "LS-COLLECTOR-CONFIG-PORT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.265.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-PORT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "something in the collector's pod listens at port %s already, the chart's or another part of collector.config: the collector would not start" (include "istio-lightstep.shown" (list $hidden $of.port)))
          "fix" "set an endpoint with another port, such as 0.0.0.0:14317") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $of.taken true) (or $of.container (has (kindOf $of.container) (list "float64" "bool"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.266" "id" "LS-COLLECTOR-CONTAINER-PORT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.266.%06d" $index) (dict "id" "LS-COLLECTOR-CONTAINER-PORT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the containers of a pod share its ports, and the collector, a container of the chart's or another one listens at port %s already: one of the two would not start" (include "istio-lightstep.shown" (list $hidden $of.port)))
          "fix" "have the container listen at another port, such as 14317") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.invalid true -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.267" "id" "LS-COLLECTOR-CONFIG-ADDRESS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.267.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-ADDRESS" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a server cannot listen at this address: the collector would not start"
          "fix" "write HOST:PORT, with a port of at most 65535 and an IPv6 address in brackets, such as 0.0.0.0:14317") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $collectorNetworkPolicy.enabled true) (not $collectorNetworkPolicy.ingressRules) -}}
    {{- if and (deepEqual $of.open true) (deepEqual $of.taken false) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.268" "id" "LS-COLLECTOR-CONFIG-CLOSED" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.268.%06d" $index) (dict "id" "LS-COLLECTOR-CONFIG-CLOSED" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "the chart's NetworkPolicy lets nothing in at port %s: what senders or readers outside of the pod try there times out" (include "istio-lightstep.shown" (list $hidden $of.port)))
          "fix" "add a rule with this port to collector.networkPolicy.ingressRules; if only the pod itself connects, listen at localhost") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of askers, the list .of. */ -}}
{{- define "istio-lightstep.judge.askers" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if deepEqual $of.mounted false -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.273" "id" "LS-COLLECTOR-API-TOKEN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.273.%06d" $index) (dict "id" "LS-COLLECTOR-API-TOKEN" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "it calls the Kubernetes API with the token of the ServiceAccount, and collectors have none: they would not start"
          "fix" "mount one by collector.extraVolumes, [{name: api, projected: {sources: [{serviceAccountToken: {path: token}}, {configMap: {name: kube-root-ca.crt}}]}}], and collector.extraVolumeMounts, [{name: api, mountPath: /var/run/secrets/kubernetes.io/serviceaccount}], and bind a ClusterRole to the ServiceAccount by extraObjects; or set its auth_type to kubeConfig and mount a kubeconfig; or remove it") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of egress, the list .of. */ -}}
{{- define "istio-lightstep.judge.egress" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorNetworkPolicy := ternary $collector.networkPolicy $none (kindIs "map" $collector.networkPolicy) -}}
{{- $collectorNetworkPolicyEgress := ternary $collectorNetworkPolicy.egress $none (kindIs "map" $collectorNetworkPolicy.egress) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $collects -}}
    {{- if and
        (and (has (kindOf $of.domain) (list "string" "float64" "bool")) (regexMatch `(^|\.)local$` (include "istio-lightstep.scalar" $of.domain)))
        (not (deepEqual $of.domain "clusterset.local"))
        (not (deepEqual $of.domain $values.clusterDomain)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.283" "id" "LS-CLUSTER-DOMAIN-OTHER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.283.%06d" $index) (dict "id" "LS-CLUSTER-DOMAIN-OTHER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "by its name this is a Service of a cluster with another domain than clusterDomain, %s: collectors do not find it, or proxies do not find the collectors" (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))
          "fix" (printf "set clusterDomain to the domain of the cluster, which is in /etc/resolv.conf of every pod, or end the name of the Service with .svc.%s" (include "istio-lightstep.shown" (list $hidden $values.clusterDomain)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $collectorNetworkPolicy.enabled true)
        (deepEqual $collectorNetworkPolicyEgress.enabled true)
        (not $collectorNetworkPolicyEgress.rules)
        (not (or $of.port (has (kindOf $of.port) (list "float64" "bool")))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.321" "id" "LS-COLLECTOR-EGRESS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.321.%06d" $index) (dict "id" "LS-COLLECTOR-EGRESS" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the address does not tell its port, so the NetworkPolicy would block the spans"
          "fix" "add a rule for it to collector.networkPolicy.egress.rules") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of rivals, the list .of. */ -}}
{{- define "istio-lightstep.judge.rivals" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorMtls := ternary $collector.mtls $none (kindIs "map" $collector.mtls) -}}
{{- $collectorAutoscaling := ternary $collector.autoscaling $none (kindIs "map" $collector.autoscaling) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and $dialect.telemetry (deepEqual $values.output "cluster") -}}
    {{- if deepEqual $of.of "mesh" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.286" "id" "LS-EXTRA-TELEMETRY" "severity" "error") -}}
        {{- $_ := set $found (printf "0.286.%06d" $index) (dict "id" "LS-EXTRA-TELEMETRY" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this Telemetry is mesh-wide, and so is the one of this release: Istio uses only the older one"
          "fix" "give it a selector or another namespace; for tags and sampling, set telemetry.customTags and pilot.traceSampling instead") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.of "namespace" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.287" "id" "LS-EXTRA-TELEMETRY-NAMESPACE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.287.%06d" $index) (dict "id" "LS-EXTRA-TELEMETRY-NAMESPACE" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this Telemetry is for its whole namespace, and so is the one that telemetry.namespaces makes there: Istio uses only the older one"
          "fix" "give it a selector, or write what it has to telemetry.namespaces and remove it; or remove the namespace from telemetry.namespaces") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $values.output "cluster") -}}
    {{- if has $of.of (list "Ingress" "Egress") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.300" "id" "LS-EXTRA-NETWORKPOLICY" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.300.%06d" $index) (dict "id" "LS-EXTRA-NETWORKPOLICY" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "this NetworkPolicy selects the collectors for %s and does not allow the ports of spans, and no policy here does: no span reaches them, or none leaves them" (include "istio-lightstep.shown" (list $hidden $of.of "^[A-Za-z]+$")))
          "fix" "select other pods, or allow port 4317 (spans) for Ingress, and the ports of the receivers for Egress: set collector.networkPolicy.enabled, for Egress with collector.networkPolicy.egress.enabled; if a policy outside of this release allows it, ignore this") -}}
      {{- end -}}
    {{- end -}}
    {{- if deepEqual $of.of "mode" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.301" "id" "LS-EXTRA-PEERAUTHENTICATION" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.301.%06d" $index) (dict "id" "LS-EXTRA-PEERAUTHENTICATION" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "this PeerAuthentication selects the collectors with another mode than %s of collector.mtls.mode, and so does that of this release: Istio uses only the older one" (include "istio-lightstep.shown" (list $hidden $collectorMtls.mode)))
          "fix" "give it a selector that leaves out the collectors, or remove it and set collector.mtls.mode") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $values.output "cluster") (deepEqual $collectorAutoscaling.enabled false) -}}
    {{- if deepEqual $of.of "scaler" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.302" "id" "LS-EXTRA-AUTOSCALER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.302.%06d" $index) (dict "id" "LS-EXTRA-AUTOSCALER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this scales the collectors, of which the chart does not know: each upgrade sets collector.replicas again, and a collector that is removed stops before its queue is sent"
          "fix" "set collector.autoscaling.enabled to true and collector.autoscaling.create to false") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of beside, the list .of. */ -}}
{{- define "istio-lightstep.judge.beside" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $release := ternary $subject.release $none (kindIs "map" $subject.release) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorMtls := ternary $collector.mtls $none (kindIs "map" $collector.mtls) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.of "rule" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.288" "id" "LS-EXTRA-DESTINATIONRULE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.288.%06d" $index) (dict "id" "LS-EXTRA-DESTINATIONRULE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the chart has a DestinationRule for the collector's host, with the TLS that its collectors accept, and a proxy uses only one of two: that of its own namespace, or of the collectors', before that of the root namespace"
        "fix" "remove it, or give it a host that does not match that of the collectors; for mutual TLS set collector.mtls.mode") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "off" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.289" "id" "LS-BESIDE-TELEMETRY-OFF" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.289.%06d" $index) (dict "id" "LS-BESIDE-TELEMETRY-OFF" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Telemetry %s disables the spans of what it selects, though the Telemetry of this release is for the mesh" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "remove disableSpanReporting, or ignore this if it is meant") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "elsewhere" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.290" "id" "LS-BESIDE-TELEMETRY-ELSEWHERE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.290.%06d" $index) (dict "id" "LS-BESIDE-TELEMETRY-ELSEWHERE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "by Telemetry %s the spans of what it selects go to another provider than that of this release" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "name the provider of this release in it, or none; ignore this if it is meant") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "unsampled" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.291" "id" "LS-BESIDE-TELEMETRY-UNSAMPLED" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.291.%06d" $index) (dict "id" "LS-BESIDE-TELEMETRY-UNSAMPLED" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "by Telemetry %s the proxies of what it selects start no traces, though the Telemetry of this release is for the mesh" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "remove randomSamplingPercentage, or ignore this if it is meant") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "small" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.292" "id" "LS-BESIDE-TELEMETRY-SMALL" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.292.%06d" $index) (dict "id" "LS-BESIDE-TELEMETRY-SMALL" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "Envoy counts sampling in whole hundredths of a percent, so randomSamplingPercentage of Telemetry %s becomes 0: the proxies of what it selects start no traces" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "set it to 0.01 or more, which is one request in 10,000; or to 0, if there are to be none") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "tracing" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.293" "id" "LS-BESIDE-ENVOYFILTER" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.293.%06d" $index) (dict "id" "LS-BESIDE-ENVOYFILTER" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "EnvoyFilter %s sets tracing of the proxies itself: it is applied last, so what it sets overrides the Telemetry, and spans may go past this release" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "remove tracing from it; set the sampling and tags by pilot.traceSampling and telemetry.customTags") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "sidecar" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.294" "id" "LS-BESIDE-SIDECAR" "severity" "error") -}}
      {{- $_ := set $found (printf "0.294.%06d" $index) (dict "id" "LS-BESIDE-SIDECAR" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the egress hosts of Sidecar %s leave out the collectors, in namespace %s. In the root namespace it counts for each namespace without a Sidecar of its own: the proxies there send no spans" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")) (include "istio-lightstep.shown" (list $hidden $release.namespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))
        "fix" (printf `add "%s/*" to the hosts of an egress listener without a port` (include "istio-lightstep.shown" (list $hidden $release.namespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "sidecarOfSome" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.295" "id" "LS-BESIDE-SIDECAR-NAMESPACE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.295.%06d" $index) (dict "id" "LS-BESIDE-SIDECAR-NAMESPACE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the egress hosts of Sidecar %s leave out the collectors, in namespace %s: the proxies that it selects send no spans" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")) (include "istio-lightstep.shown" (list $hidden $release.namespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))
        "fix" (printf `add "%s/*" to the hosts of an egress listener without a port; ignore this if it is meant` (include "istio-lightstep.shown" (list $hidden $release.namespace "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "private" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.296" "id" "LS-BESIDE-PRIVATE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.296.%06d" $index) (dict "id" "LS-BESIDE-PRIVATE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "it exports the Service of the collectors to its own namespace alone, or to none: proxies of all other namespaces do not know the collectors, and send no spans"
        "fix" `set "networking.istio.io/exportTo" to "*" in commonAnnotations`) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "entry" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.297" "id" "LS-BESIDE-SERVICEENTRY" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.297.%06d" $index) (dict "id" "LS-BESIDE-SERVICEENTRY" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "ServiceEntry %s has the host and the namespace of the collectors' Service, and Istio takes the endpoints of both for one: spans may go to its endpoints" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")))
        "fix" "remove that host from it; to send spans elsewhere too, add that backend to backends") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "denied" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.298" "id" "LS-BESIDE-AUTHORIZATIONPOLICY" "severity" "error") -}}
      {{- $_ := set $found (printf "0.298.%06d" $index) (dict "id" "LS-BESIDE-AUTHORIZATIONPOLICY" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "AuthorizationPolicy %s allows no call with spans, a POST at port 4317, to the collectors, which have a sidecar by collector.mtls.mode %s, and no policy here allows any: no span is accepted" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")) (include "istio-lightstep.shown" (list $hidden $collectorMtls.mode)))
        "fix" "allow the proxies to call port 4317 of the collectors by an AuthorizationPolicy with action ALLOW that selects these; or set collector.mtls.mode to DISABLE") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "forbidden" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.299" "id" "LS-BESIDE-AUTHORIZATIONPOLICY-DENY" "severity" "error") -}}
      {{- $_ := set $found (printf "0.299.%06d" $index) (dict "id" "LS-BESIDE-AUTHORIZATIONPOLICY-DENY" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "AuthorizationPolicy %s denies every request to the collectors, which have a sidecar by collector.mtls.mode %s: no span is accepted, whatever another policy allows" (include "istio-lightstep.shown" (list $hidden $of.name "^[-a-z0-9./]+$")) (include "istio-lightstep.shown" (list $hidden $collectorMtls.mode)))
        "fix" "give it a selector that leaves out the collectors, or rules that do not match the proxies' calls; or set collector.mtls.mode to DISABLE") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.extraObjects, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.extraObjects" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $itemMetadata := ternary $of.metadata $none (kindIs "map" $of.metadata) -}}
  {{- if or (not (or $of.apiVersion (has (kindOf $of.apiVersion) (list "float64" "bool")))) (not (or $of.kind (has (kindOf $of.kind) (list "float64" "bool")))) (not (or $itemMetadata.name (has (kindOf $itemMetadata.name) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.306" "id" "LS-EXTRA-OBJECT" "severity" "error") -}}
      {{- $_ := set $found (printf "0.306.%06d" $index) (dict "id" "LS-EXTRA-OBJECT" "severity" "error"
        "path" (printf "extraObjects[%d]" $index)
        "reason" "it is not a Kubernetes object, and nothing could be installed"
        "fix" "set apiVersion, kind and metadata.name") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of own, the list .of. */ -}}
{{- define "istio-lightstep.judge.own" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $values.output "cluster" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.308" "id" "LS-EXTRA-OBJECT-TWICE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.308.%06d" $index) (dict "id" "LS-EXTRA-OBJECT-TWICE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "%s has an object of this kind, name and namespace already: one would overwrite the other, or the install would fail" (include "istio-lightstep.shown" (list $hidden $of.of)))
        "fix" "give it another name, or set the chart's values instead") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.extraContainers, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.extraContainers" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (or $of.name (has (kindOf $of.name) (list "float64" "bool")))) (not (or $of.image (has (kindOf $of.image) (list "float64" "bool")))) (has $of.name (list "collector" "reload" "relay" "tap")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.315" "id" "LS-COLLECTOR-CONTAINER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.315.%06d" $index) (dict "id" "LS-COLLECTOR-CONTAINER" "severity" "error"
        "path" (printf "collector.extraContainers[%d]" $index)
        "reason" "a container needs a name and an image, and the chart's own are called collector, reload, relay and tap"
        "fix" "set name and image, with another name than those") -}}
    {{- end -}}
  {{- end -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or (and (kindIs "slice" $of.args) (has "--config=/etc/otelcol/config.yaml" $of.args)) (and (kindIs "slice" $of.command) (has "--config=/etc/otelcol/config.yaml" $of.command)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.316" "id" "LS-COLLECTOR-CONTAINER-CONFIG" "severity" "error") -}}
        {{- $_ := set $found (printf "0.316.%06d" $index) (dict "id" "LS-COLLECTOR-CONTAINER-CONFIG" "severity" "error"
          "path" (printf "collector.extraContainers[%d]" $index)
          "reason" "the chart finds the collector's process by the argument --config=/etc/otelcol/config.yaml, so this container may get the signal to reload instead"
          "fix" "mount the configuration of this container at another path") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.extraVolumes, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.extraVolumes" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (or $of.name (has (kindOf $of.name) (list "float64" "bool")))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(config|access-token|cacert|queue|backend-.*)$" (include "istio-lightstep.scalar" $of.name))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.317" "id" "LS-COLLECTOR-VOLUME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.317.%06d" $index) (dict "id" "LS-COLLECTOR-VOLUME" "severity" "error"
        "path" (printf "collector.extraVolumes[%d].name" $index)
        "reason" "a volume needs a name, and the chart's own are called config, access-token, cacert, queue and backend-NAME"
        "fix" "set another name") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.extraVolumeMounts, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.extraVolumeMounts" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $cacert := ternary $subject.cacert $none (kindIs "map" $subject.cacert) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorImage := ternary $collector.image $none (kindIs "map" $collector.image) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (and (kindIs "slice" $subject.volumes) (has $of.name $subject.volumes))) (not (and (has (kindOf $of.mountPath) (list "string" "float64" "bool")) (regexMatch "^/[^:]+$" (include "istio-lightstep.scalar" $of.mountPath)))) (and (has (kindOf $of.mountPath) (list "string" "float64" "bool")) (regexMatch "^/(etc|etc/(otelcol|lightstep-access-token|istio-lightstep)(/.*)?|var/lib|var/lib/otelcol(/.*)?)/?$" (include "istio-lightstep.scalar" $of.mountPath))) (deepEqual $of.mountPath $cacert.directory) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.318" "id" "LS-COLLECTOR-VOLUME-MOUNT" "severity" "error") -}}
      {{- $_ := set $found (printf "0.318.%06d" $index) (dict "id" "LS-COLLECTOR-VOLUME-MOUNT" "severity" "error"
        "path" (printf "collector.extraVolumeMounts[%d]" $index)
        "reason" "a mount needs the name of a volume of collector.extraVolumes and an absolute path, and none of the chart's own: /etc/otelcol, /etc/lightstep-access-token, /etc/istio-lightstep, /var/lib/otelcol and the directory of the CA"
        "fix" "set name, and mountPath, for example /etc/extra") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (not (has $subject.delivery (list "native" "direct")))
      (and (kindIs "string" $collectorImage.repository) (regexMatch "(^|/)opentelemetry-collector-contrib$" $collectorImage.repository)) -}}
    {{- if and (has (kindOf $of.mountPath) (list "string" "float64" "bool")) (regexMatch `^/(etc/ssl(/certs(/ca-certificates\.crt)?)?|otelcol-contrib)/?$` (include "istio-lightstep.scalar" $of.mountPath)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.319" "id" "LS-COLLECTOR-VOLUME-HIDES" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.319.%06d" $index) (dict "id" "LS-COLLECTOR-VOLUME-HIDES" "severity" "warning"
          "path" (printf "collector.extraVolumeMounts[%d]" $index)
          "reason" "the mount hides a file of the collector's image: its program, or the public CAs, without which it trusts no public receiver"
          "fix" "mount it at another path, for example /etc/extra, and name that in tls.ca_file; or see that the volume has these files too") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of mounts, the list .of. */ -}}
{{- define "istio-lightstep.judge.mounts" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and
      (not (and (kindIs "slice" $subject.volumes) (has $of.name $subject.volumes)))
      (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(config|access-token|cacert|queue|backend-.*)$" (include "istio-lightstep.scalar" $of.name)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.320" "id" "LS-COLLECTOR-CONTAINER-MOUNT" "severity" "error") -}}
      {{- $_ := set $found (printf "0.320.%06d" $index) (dict "id" "LS-COLLECTOR-CONTAINER-MOUNT" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a mount needs the name of a volume of collector.extraVolumes, or of the chart's own config, access-token, cacert, queue and backend-NAME"
        "fix" "add the volume to collector.extraVolumes, or write the name of another") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.networkPolicy.from, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.networkPolicy.from" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorNetworkPolicy := ternary $collector.networkPolicy $none (kindIs "map" $collector.networkPolicy) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and
      (not (has $subject.delivery (list "native" "direct")))
      (deepEqual $collectorNetworkPolicy.enabled true) -}}
    {{- if and
        (kindIs "map" $of.podSelector)
        (kindIs "invalid" $of.namespaceSelector)
        (not (or $of.ipBlock (has (kindOf $of.ipBlock) (list "float64" "bool"))))
        (not (and (kindIs "slice" $collectorNetworkPolicy.from) (has (dict "namespaceSelector" (dict)) $collectorNetworkPolicy.from))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.323" "id" "LS-COLLECTOR-PEER-NAMESPACE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.323.%06d" $index) (dict "id" "LS-COLLECTOR-PEER-NAMESPACE" "severity" "warning"
          "path" (printf "collector.networkPolicy.from[%d].podSelector" $index)
          "reason" "without a namespaceSelector this selects pods of the release's own namespace alone: the spans of proxies elsewhere are blocked, unless another entry lets them in"
          "fix" "add the namespaces of those pods to the entry, with namespaceSelector: {} for all; for pods of the release's namespace alone, name it there by its label kubernetes.io/metadata.name") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (kindIs "invalid" $of.podSelector)
      (kindIs "invalid" $of.namespaceSelector)
      (not (or $of.ipBlock (has (kindOf $of.ipBlock) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.324" "id" "LS-COLLECTOR-PEER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.324.%06d" $index) (dict "id" "LS-COLLECTOR-PEER" "severity" "error"
        "path" (printf "collector.networkPolicy.from[%d]" $index)
        "reason" "it selects nobody, and the API server refuses it"
        "fix" "write a namespaceSelector, a podSelector or an ipBlock; {namespaceSelector: {}} is every namespace") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.networkPolicy.metricsFrom, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.networkPolicy.metricsFrom" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and
      (kindIs "invalid" $of.podSelector)
      (kindIs "invalid" $of.namespaceSelector)
      (not (or $of.ipBlock (has (kindOf $of.ipBlock) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.325" "id" "LS-COLLECTOR-METRICS-PEER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.325.%06d" $index) (dict "id" "LS-COLLECTOR-METRICS-PEER" "severity" "error"
        "path" (printf "collector.networkPolicy.metricsFrom[%d]" $index)
        "reason" "it selects nobody, and the API server refuses it"
        "fix" "write a namespaceSelector, a podSelector or an ipBlock; {namespaceSelector: {}} is every namespace") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of values.collector.autoscaling.metrics, the list .of. */ -}}
{{- define "istio-lightstep.judge.values.collector.autoscaling.metrics" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorAutoscaling := ternary $collector.autoscaling $none (kindIs "map" $collector.autoscaling) -}}
{{- $collectorResources := ternary $collector.resources $none (kindIs "map" $collector.resources) -}}
{{- $collectorResourcesRequests := ternary $collectorResources.requests $none (kindIs "map" $collectorResources.requests) -}}
{{- $collectorResourcesLimits := ternary $collectorResources.limits $none (kindIs "map" $collectorResources.limits) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $itemResource := ternary $of.resource $none (kindIs "map" $of.resource) -}}
  {{- $itemContainerResource := ternary $of.containerResource $none (kindIs "map" $of.containerResource) -}}
  {{- $itemResourceTarget := ternary $itemResource.target $none (kindIs "map" $itemResource.target) -}}
  {{- $itemContainerResourceTarget := ternary $itemContainerResource.target $none (kindIs "map" $itemContainerResource.target) -}}
  {{- if and $collects (deepEqual $collectorAutoscaling.enabled true) -}}
    {{- if or (and (or $itemResource.name (has (kindOf $itemResource.name) (list "float64" "bool"))) (not (has $itemResource.name (list "cpu" "memory")))) (and (or $itemContainerResource.name (has (kindOf $itemContainerResource.name) (list "float64" "bool"))) (not (has $itemContainerResource.name (list "cpu" "memory")))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.330" "id" "LS-COLLECTOR-AUTOSCALING-RESOURCE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.330.%06d" $index) (dict "id" "LS-COLLECTOR-AUTOSCALING-RESOURCE" "severity" "error"
          "path" (printf "collector.autoscaling.metrics[%d]" $index)
          "reason" "pods have only cpu and memory as resources with a metric: the HorizontalPodAutoscaler gets no value, and does not scale on it"
          "fix" "use cpu or memory; for another metric use the type Pods, Object or External, with an adapter that serves it") -}}
      {{- end -}}
    {{- end -}}
    {{- if or (and (or (and (deepEqual $itemResource.name "cpu") (or $itemResourceTarget.averageUtilization (has (kindOf $itemResourceTarget.averageUtilization) (list "float64" "bool")))) (and (deepEqual $itemContainerResource.name "cpu") (deepEqual $itemContainerResource.container "collector") (or $itemContainerResourceTarget.averageUtilization (has (kindOf $itemContainerResourceTarget.averageUtilization) (list "float64" "bool"))))) (not (or $collectorResourcesRequests.cpu (has (kindOf $collectorResourcesRequests.cpu) (list "float64" "bool")))) (not (or $collectorResourcesLimits.cpu (has (kindOf $collectorResourcesLimits.cpu) (list "float64" "bool"))))) (and (or (and (deepEqual $itemResource.name "memory") (or $itemResourceTarget.averageUtilization (has (kindOf $itemResourceTarget.averageUtilization) (list "float64" "bool")))) (and (deepEqual $itemContainerResource.name "memory") (deepEqual $itemContainerResource.container "collector") (or $itemContainerResourceTarget.averageUtilization (has (kindOf $itemContainerResourceTarget.averageUtilization) (list "float64" "bool"))))) (not (or $collectorResourcesRequests.memory (has (kindOf $collectorResourcesRequests.memory) (list "float64" "bool")))) (not (or $collectorResourcesLimits.memory (has (kindOf $collectorResourcesLimits.memory) (list "float64" "bool"))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.332" "id" "LS-COLLECTOR-AUTOSCALING-REQUEST" "severity" "error") -}}
        {{- $_ := set $found (printf "0.332.%06d" $index) (dict "id" "LS-COLLECTOR-AUTOSCALING-REQUEST" "severity" "error"
          "path" (printf "collector.autoscaling.metrics[%d]" $index)
          "reason" "averageUtilization is a share of what the collector requests, and it requests nothing of this resource: the HorizontalPodAutoscaler gets no value, and does not scale on it"
          "fix" "set collector.resources.requests, or a target of type AverageValue, for example averageValue: 700m of cpu") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $collectorAutoscaling.enabled true) (not $collector.extraContainers) -}}
    {{- if and
        (or $itemContainerResource.container (has (kindOf $itemContainerResource.container) (list "float64" "bool")))
        (not (has $itemContainerResource.container (list "collector" "reload" "relay" "tap" "istio-proxy"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.331" "id" "LS-COLLECTOR-AUTOSCALING-CONTAINER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.331.%06d" $index) (dict "id" "LS-COLLECTOR-AUTOSCALING-CONTAINER" "severity" "error"
          "path" (printf "collector.autoscaling.metrics[%d]" $index)
          "reason" "the pods of collectors have no such container: the HorizontalPodAutoscaler gets no value, and does not scale on it"
          "fix" "set container to collector") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      $collects
      (deepEqual $collectorAutoscaling.enabled true)
      (deepEqual $collectorResourcesRequests.cpu "50m") -}}
    {{- if or (and (deepEqual $itemResource.name "cpu") (include "istio-lightstep.below" (list $itemResourceTarget.averageUtilization 400.0))) (and (deepEqual $itemContainerResource.name "cpu") (deepEqual $itemContainerResource.container "collector") (include "istio-lightstep.below" (list $itemContainerResourceTarget.averageUtilization 400.0))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.333" "id" "LS-COLLECTOR-AUTOSCALING-SHARE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.333.%06d" $index) (dict "id" "LS-COLLECTOR-AUTOSCALING-SHARE" "severity" "warning"
          "path" (printf "collector.autoscaling.metrics[%d]" $index)
          "reason" "averageUtilization is a share of what the collector requests, 50m of CPU by default: at a few hundred spans per second there would be maxReplicas collectors, and each that comes and goes moves connections of proxies"
          "fix" "set a target of type AverageValue, for example averageValue: 700m, or collector.resources.requests.cpu to what a busy collector uses") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of idle, the list .of. */ -}}
{{- define "istio-lightstep.judge.idle" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.kind "processors" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.339" "id" "LS-COLLECTOR-IDLE-PROCESSORS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.339.%06d" $index) (dict "id" "LS-COLLECTOR-IDLE-PROCESSORS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "with delivery %s there is no collector, so these processors never run: what they delete, mask or filter reaches the backend as it is, personal data too" (include "istio-lightstep.shown" (list $hidden $subject.delivery)))
        "fix" "set delivery to collector; or remove the processors here, if spans may leave without them") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.kind "exporters" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.340" "id" "LS-COLLECTOR-IDLE-EXPORTERS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.340.%06d" $index) (dict "id" "LS-COLLECTOR-IDLE-EXPORTERS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "with delivery %s there is no collector, and no span reaches these exporters" (include "istio-lightstep.shown" (list $hidden $subject.delivery)))
        "fix" "set delivery to collector; or remove the exporters here") -}}
    {{- end -}}
  {{- end -}}
  {{- if has $of.kind (list "config" "resource") -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.341" "id" "LS-COLLECTOR-IDLE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.341.%06d" $index) (dict "id" "LS-COLLECTOR-IDLE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "with delivery %s there is no collector, so this has no effect" (include "istio-lightstep.shown" (list $hidden $subject.delivery)))
        "fix" "set delivery to collector; or remove this") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of backends, the list .of. */ -}}
{{- define "istio-lightstep.judge.backends" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $endpointPlaceholder := `[<>]|(^|[^$])\{` -}}
{{- $wholeEndpointPlaceholder := `^(?i:([a-z]+://)?(x{3}[-_x]*|\.{3}|(your|change|replace|insert|enter|placeholder)([-_]?(me|this|with|the|your|own|real|here|lightstep|satellites?|collector|project|address|host|hostname|name|pool|endpoint|domain|company))*)(\.(your[-_]?)?(example|domain|company|com|net|org|io|local))*([:/].*)?)$` -}}
{{- $endpointHost := `^((?i:https?)://([^/?#@]*@)?|(dns|passthrough):///)?(((([A-Za-z0-9_]|\$\{[^}]*\})((-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))?\.)*([0-9]*([A-Za-z_]|\$\{[^}]*\})((-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))?|[0-9]+-(-|[A-Za-z0-9_]|\$\{[^}]*\}){0,61}([A-Za-z0-9_]|\$\{[^}]*\}))\.?|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])|\[(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:)|::(ffff:)?((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))\])(:[0-9]+|:\$\{[^}]*\})?|(\$\{[^}]*\})+)([/?].*)?$` -}}
{{- $httpEndpoint := `^((?i:https?)://(([A-Za-z0-9._~!$&'()*+,;=:-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*@)?(\[[^\[\]]*\]|([^:/?#@%\[\]\s$]|\$\{[^}]*\})+)(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\}))?|(\$\{[^}]*\})+(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\}))?)(/([A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*)?(\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}|\$\{[^}]*\})*)?$` -}}
{{- $loopback := `^(?i:([a-z]+:/{2,3})?(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])(:|/|$))` -}}
{{- $collects := (not (has $subject.delivery (list "native" "direct"))) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorRetryRefused := ternary $collector.retryRefused $none (kindIs "map" $collector.retryRefused) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $grafanaByGRPC := (and (deepEqual $of.preset "grafana-cloud") (deepEqual $of.protocol "grpc") (and (kindIs "string" $of.endpoint) (regexMatch `^(?i:(tempo|otlp-gateway)-[-a-z0-9]+\.grafana\.net:443)$` $of.endpoint))) -}}
  {{- $itemTls := ternary $of.tls $none (kindIs "map" $of.tls) -}}
  {{- $itemTlsCa := ternary $itemTls.ca $none (kindIs "map" $itemTls.ca) -}}
  {{- $itemTlsClient := ternary $itemTls.client $none (kindIs "map" $itemTls.client) -}}
  {{- $itemRow := ternary $of.row $none (kindIs "map" $of.row) -}}
  {{- $itemAuth := ternary $of.auth $none (kindIs "map" $of.auth) -}}
  {{- $itemAuthSigv4auth := ternary $itemAuth.sigv4auth $none (kindIs "map" $itemAuth.sigv4auth) -}}
  {{- $itemAstray := ternary $of.astray $none (kindIs "map" $of.astray) -}}
  {{- $itemOwnExporter := ternary $of.ownExporter $none (kindIs "map" $of.ownExporter) -}}
  {{- $itemOwnExporterSendingQueue := ternary $itemOwnExporter.sending_queue $none (kindIs "map" $itemOwnExporter.sending_queue) -}}
  {{- $itemOwnExporterSendingQueueBatch := ternary $itemOwnExporterSendingQueue.batch $none (kindIs "map" $itemOwnExporterSendingQueue.batch) -}}
  {{- $itemHeaders := ternary $of.headers $none (kindIs "map" $of.headers) -}}
  {{- $itemAuthBearertokenauth := ternary $itemAuth.bearertokenauth $none (kindIs "map" $itemAuth.bearertokenauth) -}}
  {{- $itemExporter := ternary $of.exporter $none (kindIs "map" $of.exporter) -}}
  {{- if deepEqual $subject.delivery "direct" -}}
    {{- if or $of.resource $of.ownExporter (include "istio-lightstep.above" (list $of.auths 0.0)) (or $itemTlsCa.name (has (kindOf $itemTlsCa.name) (list "float64" "bool"))) (or $itemTlsClient.name (has (kindOf $itemTlsClient.name) (list "float64" "bool"))) (deepEqual $of.drain true) (and (kindIs "string" $of.url) (regexMatch `\$\{` $of.url)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.344" "id" "LS-BACKEND-DIRECT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.344.%06d" $index) (dict "id" "LS-BACKEND-DIRECT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "proxies do not support the resource attributes, exporter settings, extensions, CA, client certificate, queue or variables of the collector"
          "fix" "remove resource, exporter, auth, tls.ca, tls.client, drain and ${env:…}; or set delivery to auto or collector") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (and (kindIs "string" $of.url) (regexMatch "^([A-Za-z]+:/{2,3})?[-A-Za-z0-9]*[A-Za-z][-A-Za-z0-9]*(:[0-9]+)?(/.*)?$" $of.url))
        (not (and (kindIs "string" $of.url) (regexMatch $loopback $of.url))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.347" "id" "LS-BACKEND-DIRECT-NAME" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.347.%06d" $index) (dict "id" "LS-BACKEND-DIRECT-NAME" "severity" "warning"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" "each proxy resolves this name in the namespace of its own pod: it finds a Service of this name in one namespace alone, and the spans of all others are lost"
          "fix" "write NAME.NAMESPACE for a Service, for example otel.tracing:4317, or the whole name of a host") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (and (kindIs "string" $of.name) (regexMatch "^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$" $of.name)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.348" "id" "LS-BACKEND-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.348.%06d" $index) (dict "id" "LS-BACKEND-NAME" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid backend name"
        "fix" "use lowercase letters, digits and dashes, 30 characters at most, starting and ending with a letter or a digit") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.name "tap" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.350" "id" "LS-BACKEND-TAP" "severity" "error") -}}
      {{- $_ := set $found (printf "0.350.%06d" $index) (dict "id" "LS-BACKEND-TAP" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the exporter otlp_grpc/tap is reserved for the chart"
        "fix" "rename the backend") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $subject.lightstep true -}}
    {{- if deepEqual $of.name "lightstep" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.351" "id" "LS-BACKEND-LIGHTSTEP" "severity" "error") -}}
        {{- $_ := set $found (printf "0.351.%06d" $index) (dict "id" "LS-BACKEND-LIGHTSTEP" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "LightStep is configured twice, here and in global.tracer.lightstep.address"
          "fix" "keep one of the two") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.taken true -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.352" "id" "LS-BACKEND-EXPORTER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.352.%06d" $index) (dict "id" "LS-BACKEND-EXPORTER" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "collector.exporters also has an exporter %s" (include "istio-lightstep.shown" (list $hidden $of.exporterName)))
        "fix" "rename one of the two") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.name "drained" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.355" "id" "LS-BACKEND-DRAINED-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.355.%06d" $index) (dict "id" "LS-BACKEND-DRAINED-NAME" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the pipeline traces/drained is reserved for the chart"
        "fix" "rename the backend") -}}
    {{- end -}}
  {{- end -}}
  {{- if and $of.preset (not $of.row) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.357" "id" "LS-BACKEND-PRESET" "severity" "error") -}}
      {{- $_ := set $found (printf "0.357.%06d" $index) (dict "id" "LS-BACKEND-PRESET" "severity" "error"
        "path" (printf "%s.preset" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf `unknown preset "%s"` (include "istio-lightstep.shown" (list $hidden $of.preset)))
        "fix" "use a preset from docs/backends.md, or remove it and set protocol, endpoint and headers") -}}
    {{- end -}}
  {{- end -}}
  {{- if not (has $of.protocol (list "grpc" "http")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.358" "id" "LS-BACKEND-PROTOCOL" "severity" "error") -}}
      {{- $_ := set $found (printf "0.358.%06d" $index) (dict "id" "LS-BACKEND-PROTOCOL" "severity" "error"
        "path" (printf "%s.protocol" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a backend requires a protocol that the collector supports"
        "fix" "set it to grpc or http, or set preset") -}}
    {{- end -}}
  {{- end -}}
  {{- if and $of.row (has $of.protocol (list "grpc" "http")) -}}
    {{- if and
        (not (and (kindIs "slice" $itemRow.protocols) (has $of.protocol $itemRow.protocols)))
        (not $grafanaByGRPC) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.359" "id" "LS-BACKEND-PROTOCOL-PRESET" "severity" "error") -}}
        {{- $_ := set $found (printf "0.359.%06d" $index) (dict "id" "LS-BACKEND-PROTOCOL-PRESET" "severity" "error"
          "path" (printf "%s.protocol" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s does not support OTLP over %s" (include "istio-lightstep.shown" (list $hidden $itemRow.title)) (include "istio-lightstep.shown" (list $hidden $of.protocol)))
          "fix" (printf "set it to %s, or remove it" (include "istio-lightstep.shown" (list $hidden $itemRow.protocols)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $grafanaByGRPC (and (kindIs "string" $of.endpoint) (regexMatch "^(?i:otlp-gateway-)" $of.endpoint)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.360" "id" "LS-BACKEND-PROTOCOL-GRAFANA" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.360.%06d" $index) (dict "id" "LS-BACKEND-PROTOCOL-GRAFANA" "severity" "warning"
        "path" (printf "%s.protocol" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "Grafana documents OTLP over gRPC for this address, but users have reported that it refuses it"
        "fix" (printf "remove protocol and set endpoint to the URL of your stack, such as %s; if spans arrive over gRPC, ignore this" (include "istio-lightstep.shown" (list $hidden $itemRow.example)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if not $itemRow.example -}}
    {{- if and (not $of.endpoint) (not $of.tracesEndpoint) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.361" "id" "LS-BACKEND-ENDPOINT-MISSING" "severity" "error") -}}
        {{- $_ := set $found (printf "0.361.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-MISSING" "severity" "error"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "a backend requires an endpoint"
          "fix" "set it: for grpc to a host and a port, collector.example.com:4317, for http to a URL, https://collector.example.com:4318") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $itemRow.example -}}
    {{- if and (not $of.endpoint) (not $of.tracesEndpoint) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.362" "id" "LS-BACKEND-ENDPOINT-OWN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.362.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-OWN" "severity" "error"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s has no common endpoint" (include "istio-lightstep.shown" (list $hidden $itemRow.title)))
          "fix" (printf "set it to your endpoint, or tracesEndpoint if yours ends with /v1/traces: for example %s" (include "istio-lightstep.shown" (list $hidden $itemRow.example)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if or (and (kindIs "string" $of.endpoint) (regexMatch $endpointPlaceholder $of.endpoint)) (and (kindIs "string" $of.tracesEndpoint) (regexMatch $endpointPlaceholder $of.tracesEndpoint)) (and (kindIs "string" $of.endpoint) (regexMatch $wholeEndpointPlaceholder $of.endpoint)) (and (kindIs "string" $of.tracesEndpoint) (regexMatch $wholeEndpointPlaceholder $of.tracesEndpoint)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.363" "id" "LS-BACKEND-ENDPOINT-PLACEHOLDER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.363.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PLACEHOLDER" "severity" "error"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" "the endpoint contains a placeholder"
        "fix" "replace it with your value") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (not (or (and (kindIs "string" $of.endpoint) (regexMatch $endpointPlaceholder $of.endpoint)) (and (kindIs "string" $of.tracesEndpoint) (regexMatch $endpointPlaceholder $of.tracesEndpoint))))
      (not (or (and (kindIs "string" $of.endpoint) (regexMatch $wholeEndpointPlaceholder $of.endpoint)) (and (kindIs "string" $of.tracesEndpoint) (regexMatch $wholeEndpointPlaceholder $of.tracesEndpoint)))) -}}
    {{- if and (kindIs "string" $of.url) (regexMatch `^(?i:([a-z]+://)?((my|some|todo|tbd|fixme)([-_]?(satellites?|collector|address|host|hostname|pool|endpoint|domain))*(\.(example|domain|company|com|net|org))*([:/].*)?|(x{3}[-_x]*|your[-_][-_a-z0-9]*)\..*|[^/]*\.(your|my)[-_]?(domain|company)\..*))$` $of.url) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.364" "id" "LS-BACKEND-ENDPOINT-PLACEHOLDER-LIKELY" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.364.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PLACEHOLDER-LIKELY" "severity" "warning"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" "the endpoint looks like a placeholder"
          "fix" "if it is one, replace it with your value") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.protocol "grpc")
      $of.endpoint
      (not (and (kindIs "string" $of.endpoint) (regexMatch $endpointPlaceholder $of.endpoint))) -}}
    {{- if and
        (not (and (kindIs "string" $of.endpoint) (regexMatch `^(\$\{[^}]*\})+$` $of.endpoint)))
        (or (not (and (kindIs "string" $of.endpoint) (regexMatch `^((?i:https?://)|(dns|passthrough):///)?(\[[^\[\]]*\]|([^:/?#@%\[\]\s$]|\$\{[^}]*\})+):(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|\$\{[^}]*\})$` $of.endpoint))) (not (and (kindIs "string" $of.endpoint) (regexMatch $endpointHost $of.endpoint))) (and (kindIs "string" $of.endpoint) (regexMatch "^(?i:https?|passthrough)://" $of.endpoint))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.365" "id" "LS-BACKEND-ENDPOINT-GRPC" "severity" "error") -}}
        {{- $_ := set $found (printf "0.365.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-GRPC" "severity" "error"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf `with protocol grpc, an endpoint must be a host and a port from 1 to 65535, and "%s" is not` (include "istio-lightstep.shown" (list $hidden $of.endpoint)))
          "fix" "write host:port, for example collector.example.com:4317, without a scheme and a path; or set protocol to http") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.protocol "http" -}}
    {{- if and
        (not (or (and (kindIs "string" $of.endpoint) (regexMatch $endpointPlaceholder $of.endpoint)) (and (kindIs "string" $of.tracesEndpoint) (regexMatch $endpointPlaceholder $of.tracesEndpoint))))
        (or (and $of.endpoint (or (not (and (kindIs "string" $of.endpoint) (regexMatch $httpEndpoint $of.endpoint))) (not (and (kindIs "string" $of.endpoint) (regexMatch $endpointHost $of.endpoint))))) (and $of.tracesEndpoint (or (not (and (kindIs "string" $of.tracesEndpoint) (regexMatch $httpEndpoint $of.tracesEndpoint))) (not (and (kindIs "string" $of.tracesEndpoint) (regexMatch $endpointHost $of.tracesEndpoint)))))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.366" "id" "LS-BACKEND-ENDPOINT-HTTP" "severity" "error") -}}
        {{- $_ := set $found (printf "0.366.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-HTTP" "severity" "error"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" (printf `with protocol http, endpoint and tracesEndpoint must be http or https URLs with a host, a port from 1 to 65535 and a path, and "%s%s" is not` (include "istio-lightstep.shown" (list $hidden $of.endpoint)) (include "istio-lightstep.shown" (list $hidden $of.tracesEndpoint)))
          "fix" "write the whole URL, for example https://collector.example.com:4318, without #; or set protocol to grpc") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (deepEqual $of.at "endpoint")
        (and (kindIs "string" $of.url) (regexMatch `/(v1/(traces|metrics|logs)|trace/otlp)/?$|\?` $of.url)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.367" "id" "LS-BACKEND-ENDPOINT-PATH" "severity" "error") -}}
        {{- $_ := set $found (printf "0.367.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PATH" "severity" "error"
          "path" (printf "%s.endpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector appends /v1/traces to endpoint, and this one already ends with the path for a signal or with a query"
          "fix" "set tracesEndpoint to the whole URL, which is used unchanged, with /v1/traces before the query") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.tracesEndpoint) (regexMatch "/v1/traces/+v1/traces" $of.tracesEndpoint) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.368" "id" "LS-BACKEND-ENDPOINT-PATH-TWICE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.368.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PATH-TWICE" "severity" "error"
          "path" (printf "%s.tracesEndpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the URL has the path for traces twice"
          "fix" "set tracesEndpoint to a URL with /v1/traces once, or endpoint to the URL before it, to which the collector appends it") -}}
      {{- end -}}
    {{- end -}}
    {{- if and (kindIs "string" $of.tracesEndpoint) (regexMatch `/v1/(metrics|logs)/?(\?.*)?$` $of.tracesEndpoint) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.369" "id" "LS-BACKEND-ENDPOINT-SIGNAL" "severity" "error") -}}
        {{- $_ := set $found (printf "0.369.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-SIGNAL" "severity" "error"
          "path" (printf "%s.tracesEndpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is the URL for another signal: a receiver there refuses spans, and the collector drops them"
          "fix" "set tracesEndpoint to the URL for traces, which ends in /v1/traces at most backends") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.preset "dynatrace" -}}
    {{- if and (kindIs "string" $of.url) (regexMatch `^(?i:https?://[^/?#]*\.apps\.dynatrace\.com)([:/?#]|$)` $of.url) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.370" "id" "LS-BACKEND-ENDPOINT-DYNATRACE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.370.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-DYNATRACE" "severity" "error"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" "apps.dynatrace.com is where people look at data, and it does not receive spans"
          "fix" "write live.dynatrace.com in the place of apps.dynatrace.com") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (or $of.region (has (kindOf $of.region) (list "float64" "bool")))
      (and (has (kindOf $itemAuthSigv4auth.region) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9-]+$" (include "istio-lightstep.scalar" $itemAuthSigv4auth.region)))
      (not (deepEqual $itemAuthSigv4auth.region $of.region)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.371" "id" "LS-BACKEND-ENDPOINT-REGION" "severity" "error") -}}
      {{- $_ := set $found (printf "0.371.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-REGION" "severity" "error"
        "path" (printf "%s.auth.sigv4auth.region" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the endpoint is in %s, and requests are signed for another region: it answers 403, and the collector drops the spans" (include "istio-lightstep.shown" (list $hidden $of.region)))
        "fix" (printf "set region to %s, or the endpoint to that of the other region" (include "istio-lightstep.shown" (list $hidden $of.region)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (or (or $of.region (has (kindOf $of.region) (list "float64" "bool"))) (deepEqual $of.preset "aws-xray"))
      (and (has (kindOf $itemAuthSigv4auth.service) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9-]+$" (include "istio-lightstep.scalar" $itemAuthSigv4auth.service)))
      (not (deepEqual $itemAuthSigv4auth.service "xray")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.372" "id" "LS-BACKEND-AUTH-SERVICE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.372.%06d" $index) (dict "id" "LS-BACKEND-AUTH-SERVICE" "severity" "error"
        "path" (printf "%s.auth.sigv4auth.service" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "requests to X-Ray are signed for another service: it answers 403, and the collector drops the spans"
        "fix" "set service to xray, or remove it with preset aws-xray") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $itemAstray.sure true -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.373" "id" "LS-BACKEND-ENDPOINT-PATH-PRESET" "severity" "error") -}}
      {{- $_ := set $found (printf "0.373.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PATH-PRESET" "severity" "error"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" (printf "%s does not receive traces at this address: it refuses them, and the collector drops the spans" (include "istio-lightstep.shown" (list $hidden $itemRow.title)))
        "fix" (printf "%sset %s to %s%s" (include "istio-lightstep.shown" (list $hidden $itemAstray.first)) (include "istio-lightstep.shown" (list $hidden $itemAstray.key)) (include "istio-lightstep.shown" (list $hidden $itemAstray.yours)) (include "istio-lightstep.shown" (list $hidden $itemAstray.url)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $itemAstray.sure false -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.374" "id" "LS-BACKEND-ENDPOINT-PATH-OTHER" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.374.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PATH-OTHER" "severity" "warning"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" (printf "%s does not receive traces at this URL. If nothing between them rewrites it, the answer is 404, and the collector drops the spans" (include "istio-lightstep.shown" (list $hidden $itemRow.title)))
        "fix" (printf "%sset %s to %s%s; if a proxy of yours rewrites the path, ignore this" (include "istio-lightstep.shown" (list $hidden $itemAstray.first)) (include "istio-lightstep.shown" (list $hidden $itemAstray.key)) (include "istio-lightstep.shown" (list $hidden $itemAstray.yours)) (include "istio-lightstep.shown" (list $hidden $itemAstray.url)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.protocol "grpc" -}}
    {{- if $of.tracesEndpoint -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.375" "id" "LS-BACKEND-ENDPOINT-TRACES" "severity" "error") -}}
        {{- $_ := set $found (printf "0.375.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-TRACES" "severity" "error"
          "path" (printf "%s.tracesEndpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with protocol grpc there is no path, so tracesEndpoint is not supported"
          "fix" "set endpoint to host:port, or set protocol to http") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.protocol "http")
      (not (or $of.astray (has (kindOf $of.astray) (list "float64" "bool")))) -}}
    {{- if and (kindIs "string" $of.tracesEndpoint) (regexMatch "^[^/]*//[^/?#${}]+/?([?#].*)?$" $of.tracesEndpoint) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.376" "id" "LS-BACKEND-ENDPOINT-NO-PATH" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.376.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-NO-PATH" "severity" "warning"
          "path" (printf "%s.tracesEndpoint" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the collector uses tracesEndpoint unchanged, and this URL has no path: a receiver of OTLP answers 404, and the collector drops the spans"
          "fix" "write /v1/traces behind the host, or set endpoint to this URL: the collector appends /v1/traces to it") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (deepEqual $of.preset "new-relic") -}}
    {{- if or (and (deepEqual $of.protocol "grpc") (and (kindIs "string" $of.url) (regexMatch ":(3[12]00|4318|683[12]|8126|9095|9200|9411|142(50|6[89])|1668[56])$" $of.url))) (and (deepEqual $of.protocol "http") (and (kindIs "string" $of.url) (regexMatch "^[^/]*//[^/]*:((3[12]00|4317|683[12]|8126|9095|9411|142(50|6[89])|1668[56])(/|$)|9200/?($|[^_/]))" $of.url))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.377" "id" "LS-BACKEND-ENDPOINT-PORT" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.377.%06d" $index) (dict "id" "LS-BACKEND-ENDPOINT-PORT" "severity" "warning"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" (printf "by convention port 4317 receives OTLP/gRPC, 4318 OTLP/HTTP, 9411 Zipkin, 6831, 6832, 14250 and 14268 Jaeger's own protocols, 8126 Datadog's, 3100 Loki's, 9095 what parts of Tempo tell each other, 9200 is Elasticsearch's API, with OTLP by HTTP at /_otlp alone, and 3200 (Tempo), 14269, 16685 and 16686 (Jaeger) queries and health, and here the protocol is %s" (include "istio-lightstep.shown" (list $hidden $of.protocol)))
          "fix" "set the backend's port for this protocol, or set the other protocol") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if $itemRow.batchBytes -}}
    {{- if or (has $itemOwnExporterSendingQueueBatch.sizer (list "items" "requests")) (deepEqual $itemOwnExporterSendingQueueBatch.max_size 0.0) (include "istio-lightstep.above" (list $itemOwnExporterSendingQueueBatch.max_size $itemRow.batchBytes)) (include "istio-lightstep.above" (list $itemOwnExporterSendingQueueBatch.min_size $itemRow.batchBytes)) (and (kindIs "invalid" $itemOwnExporterSendingQueueBatch.sizer) (not (deepEqual $itemOwnExporterSendingQueue.sizer "bytes")) (or (include "istio-lightstep.above" (list $itemOwnExporterSendingQueueBatch.max_size 0.0)) (include "istio-lightstep.above" (list $itemOwnExporterSendingQueueBatch.min_size 0.0)))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.378" "id" "LS-BACKEND-BATCH" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.378.%06d" $index) (dict "id" "LS-BACKEND-BATCH" "severity" "warning"
          "path" (printf "%s.exporter.sending_queue.batch" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s refuses a request that is too large, and the batches of these settings are not limited to the %s bytes of its preset: the collector drops the spans of those" (include "istio-lightstep.shown" (list $hidden $itemRow.title)) (include "istio-lightstep.shown" (list $hidden $itemRow.batchBytes)))
          "fix" "remove sizer, min_size and max_size, to use the batches of the chart; without sizer, the other two count spans") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.loops true -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.379" "id" "LS-BACKEND-LOOP" "severity" "error") -}}
      {{- $_ := set $found (printf "0.379.%06d" $index) (dict "id" "LS-BACKEND-LOOP" "severity" "error"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" "this is a collector of this chart, which would send spans to itself in an endless loop"
        "fix" "set the endpoint of the backend itself") -}}
    {{- end -}}
  {{- end -}}
  {{- if or (and (kindIs "string" $of.url) (regexMatch $loopback $of.url)) (and (kindIs "string" $of.url) (regexMatch `^([A-Za-z]+://)?(?i:169\.254\.[0-9]+\.[0-9]+|\[fe80:[^\]]*\])(:|/|$)` $of.url)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.380" "id" "LS-BACKEND-LOCAL" "severity" "error") -}}
      {{- $_ := set $found (printf "0.380.%06d" $index) (dict "id" "LS-BACKEND-LOCAL" "severity" "error"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" "this is an address of the collector's own pod or node, where no backend runs"
        "fix" "write the name of the backend's Service, for example jaeger-collector.jaeger.svc:4317") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (deepEqual $of.preset "openobserve") (deepEqual $of.protocol "grpc") (deepEqual $of.auths 0.0) -}}
    {{- if not (or $itemHeaders.organization (has (kindOf $itemHeaders.organization) (list "float64" "bool"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.384" "id" "LS-BACKEND-HEADER-MISSING" "severity" "error") -}}
        {{- $_ := set $found (printf "0.384.%06d" $index) (dict "id" "LS-BACKEND-HEADER-MISSING" "severity" "error"
          "path" (printf "%s.headers" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "by gRPC no URL names the organization, so OpenObserve refuses every span without the header organization"
          "fix" "add organization: NAME to headers, for example default; or set protocol to http, with the organization in endpoint") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.plaintext true -}}
    {{- if or (or $itemTlsCa.name (has (kindOf $itemTlsCa.name) (list "float64" "bool"))) (or $itemTlsClient.name (has (kindOf $itemTlsClient.name) (list "float64" "bool"))) (or $itemTls.serverName (has (kindOf $itemTls.serverName) (list "float64" "bool"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.397" "id" "LS-BACKEND-TLS-PLAIN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.397.%06d" $index) (dict "id" "LS-BACKEND-TLS-PLAIN" "severity" "error"
          "path" (printf "%s.tls" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "TLS settings are set, but TLS is disabled"
          "fix" "with grpc set tls.insecure to false; with http use https:// in the endpoint") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (or $itemTls.serverName (has (kindOf $itemTls.serverName) (list "float64" "bool")))
      (not (and (has (kindOf $itemTls.serverName) (list "string" "float64" "bool")) (regexMatch `\$\{` (include "istio-lightstep.scalar" $itemTls.serverName))))
      (or (not (and (has (kindOf $itemTls.serverName) (list "string" "float64" "bool")) (regexMatch `^(([a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?|([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))$` (include "istio-lightstep.scalar" $itemTls.serverName)))) (and (has (kindOf $itemTls.serverName) (list "string" "float64" "bool")) (regexMatch "^.{254,}$" (include "istio-lightstep.scalar" $itemTls.serverName)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.398" "id" "LS-BACKEND-SERVER-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.398.%06d" $index) (dict "id" "LS-BACKEND-SERVER-NAME" "severity" "error"
        "path" (printf "%s.tls.serverName" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid host name or IP address, so no certificate matches it, and every call would fail"
        "fix" "set it to the name in the backend's certificate, without a port, or remove it to use the host of endpoint") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (deepEqual $of.protocol "http") (deepEqual $itemTls.insecure true) -}}
    {{- if and (kindIs "string" $of.url) (regexMatch "^(?i:https://)" $of.url) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.399" "id" "LS-BACKEND-TLS-INSECURE" "severity" "error") -}}
        {{- $_ := set $found (printf "0.399.%06d" $index) (dict "id" "LS-BACKEND-TLS-INSECURE" "severity" "error"
          "path" (printf "%s.tls.insecure" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with protocol http, the scheme of the endpoint enables TLS, and here it is https"
          "fix" "remove insecure, or use http:// in the endpoint; for a certificate of a private CA, set tls.ca") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if or (and (deepEqual $of.protocol "grpc") (deepEqual $of.plaintext true) (and (kindIs "string" $of.url) (regexMatch ":443$" $of.url))) (and (deepEqual $of.protocol "grpc") (deepEqual $of.plaintext false) (and (kindIs "string" $of.url) (regexMatch ":80$" $of.url))) (and (deepEqual $of.protocol "http") (and (kindIs "string" $of.url) (regexMatch "^(?i:http)://[^/]*:443(/|$)" $of.url))) (and (deepEqual $of.protocol "http") (and (kindIs "string" $of.url) (regexMatch "^(?i:https)://[^/]*:80(/|$)" $of.url))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.400" "id" "LS-BACKEND-TLS-PORT" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.400.%06d" $index) (dict "id" "LS-BACKEND-TLS-PORT" "severity" "warning"
        "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
        "reason" "port 443 is by convention with TLS, and port 80 without, and the backend has the opposite: most receivers would refuse every call"
        "fix" "write the right port, or the right kind of connection: with grpc by tls.insecure, with http by the scheme of the endpoint") -}}
    {{- end -}}
  {{- end -}}
  {{- if or (include "istio-lightstep.above" (list $of.auths 1.0)) (and (deepEqual $of.auths 1.0) (not (and (kindIs "string" $of.authName) (regexMatch "^[a-zA-Z][0-9a-zA-Z_]{0,62}(/|$)" $of.authName)))) (deepEqual $of.authenticates false) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.402" "id" "LS-BACKEND-AUTH" "severity" "error") -}}
      {{- $_ := set $found (printf "0.402.%06d" $index) (dict "id" "LS-BACKEND-AUTH" "severity" "error"
        "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not exactly one collector extension for client authentication"
        "fix" "set one, for example {sigv4auth: {region: eu-west-1, service: xray}}; for a token in a Secret, use headers") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.auths 1.0)
      (and (kindIs "string" $of.authName) (regexMatch "^[a-zA-Z][0-9a-zA-Z_]{0,62}/" $of.authName)) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.403" "id" "LS-BACKEND-AUTH-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.403.%06d" $index) (dict "id" "LS-BACKEND-AUTH-NAME" "severity" "error"
        "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the chart names the extension after the backend, so this is the type of an extension alone, without a slash and a name"
        "fix" "write for example {basicauth: {…}} in the place of {basicauth/own: {…}}") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.authName "bearertokenauth")
      (not (or $itemAuthBearertokenauth.filename (has (kindOf $itemAuthBearertokenauth.filename) (list "float64" "bool"))))
      (not (or $itemAuthBearertokenauth.token (has (kindOf $itemAuthBearertokenauth.token) (list "float64" "bool"))))
      (not (or $itemAuthBearertokenauth.tokens (has (kindOf $itemAuthBearertokenauth.tokens) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.404" "id" "LS-BACKEND-AUTH-TOKEN" "severity" "error") -}}
      {{- $_ := set $found (printf "0.404.%06d" $index) (dict "id" "LS-BACKEND-AUTH-TOKEN" "severity" "error"
        "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "bearertokenauth has no token, so the collector would not start"
        "fix" "set filename to a file with the token that collector.extraVolumeMounts mounts; for a token in a Secret, use headers instead of auth") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $collectorRetryRefused.enabled false -}}
    {{- if and
        (has $of.authName (list "basicauth" "bearertokenauth" "oauth2client"))
        (deepEqual $of.protocol "grpc")
        (deepEqual $of.plaintext true) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.405" "id" "LS-BACKEND-AUTH-PLAIN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.405.%06d" $index) (dict "id" "LS-BACKEND-AUTH-PLAIN" "severity" "error"
          "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this extension sends no credential over gRPC in plain text, so the collector would not start"
          "fix" "use TLS: set tls.insecure to false, and tls.ca for a private CA; or send over HTTP") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (and (kindIs "string" $of.authName) (regexMatch "^sigv4_?auth$" $of.authName))
      (not (deepEqual $of.protocol "http")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.406" "id" "LS-BACKEND-AUTH-CLIENT" "severity" "error") -}}
      {{- $_ := set $found (printf "0.406.%06d" $index) (dict "id" "LS-BACKEND-AUTH-CLIENT" "severity" "error"
        "path" (printf "%s.auth" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this extension authenticates by HTTP alone, so the collector would not start"
        "fix" "set protocol to http, or use an extension that authenticates a client by gRPC, such as oauth2client") -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $collectorRetryRefused.enabled true) -}}
    {{- if or (or $itemOwnExporter.tls (has (kindOf $itemOwnExporter.tls) (list "float64" "bool"))) (or $itemOwnExporter.proxy_url (has (kindOf $itemOwnExporter.proxy_url) (list "float64" "bool"))) (or $itemOwnExporter.authority (has (kindOf $itemOwnExporter.authority) (list "float64" "bool"))) (or $itemOwnExporter.balancer_name (has (kindOf $itemOwnExporter.balancer_name) (list "float64" "bool"))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.411" "id" "LS-BACKEND-RETRY-EXPORTER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.411.%06d" $index) (dict "id" "LS-BACKEND-RETRY-EXPORTER" "severity" "error"
          "path" (printf "%s.exporter" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the container of collector.retryRefused connects to the backend, and does not support tls, proxy_url, authority and balancer_name of an exporter"
          "fix" "remove them: set tls of the backend, and HTTPS_PROXY in collector.env; or set collector.retryRefused.enabled to false") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $collectorRetryRefused.enabled true) (deepEqual $of.protocol "grpc") -}}
    {{- if has $itemExporter.compression (list "snappy" "zstd") -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.412" "id" "LS-BACKEND-RETRY-COMPRESSION" "severity" "error") -}}
        {{- $_ := set $found (printf "0.412.%06d" $index) (dict "id" "LS-BACKEND-RETRY-COMPRESSION" "severity" "error"
          "path" (printf "%s.exporter.compression" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "by gRPC, the container of collector.retryRefused supports only gzip or no compression"
          "fix" "set it to gzip or none, or collector.retryRefused.enabled to false") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if and $collects (deepEqual $collectorRetryRefused.enabled true) (deepEqual $of.protocol "http") -}}
    {{- if and $of.url (not (and (kindIs "string" $of.url) (regexMatch "^(?i:https?)://" $of.url))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.413" "id" "LS-BACKEND-RETRY-ENDPOINT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.413.%06d" $index) (dict "id" "LS-BACKEND-RETRY-ENDPOINT" "severity" "error"
          "path" (printf "%s.%s" (include "istio-lightstep.shown" (list $hidden $of.path)) (include "istio-lightstep.shown" (list $hidden $of.at "^(endpoint|tracesEndpoint)$")))
          "reason" "the container of collector.retryRefused must know whether the backend uses TLS, so the scheme of the endpoint cannot come from a variable"
          "fix" "write https:// or http:// before the variable, for example https://${env:HOST}; or set collector.retryRefused.enabled to false") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of backendHeaders, the list .of. */ -}}
{{- define "istio-lightstep.judge.backendHeaders" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- $moreDigits := (or (include "istio-lightstep.above" (list $of.text 9007199254740991.0)) (include "istio-lightstep.below" (list $of.text -9007199254740991.0))) -}}
  {{- $itemFormat := ternary $of.format $none (kindIs "map" $of.format) -}}
  {{- if deepEqual $subject.delivery "direct" -}}
    {{- if or (and (or $of.secret (has (kindOf $of.secret) (list "float64" "bool"))) (or $of.prefix (has (kindOf $of.prefix) (list "float64" "bool")))) (and (has (kindOf $of.text) (list "string" "float64" "bool")) (regexMatch `\$\{` (include "istio-lightstep.scalar" $of.text))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.345" "id" "LS-BACKEND-DIRECT-HEADER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.345.%06d" $index) (dict "id" "LS-BACKEND-DIRECT-HEADER" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with direct delivery, a header is either a Secret that contains the whole value, or a text; it cannot have a prefix or a variable"
          "fix" "store the whole value in the Secret, and set prefix: null; or set delivery to auto or collector") -}}
      {{- end -}}
    {{- end -}}
    {{- if and
        (or (deepEqual $of.protocol "grpc") (deepEqual $dialect.formattedHeaders true))
        (or (deepEqual $itemFormat.broken true) (or $itemFormat.unknown (has (kindOf $itemFormat.unknown) (list "float64" "bool")))) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.346" "id" "LS-BACKEND-DIRECT-PERCENT" "severity" "error") -}}
        {{- $_ := set $found (printf "0.346.%06d" $index) (dict "id" "LS-BACKEND-DIRECT-PERCENT" "severity" "error"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "with direct delivery Envoy reads a % in a header as the start of an operator, and cannot read this one: it refuses the listeners of every proxy, or the proxies do not start"
          "fix" "write %% for a percent sign; or set delivery to auto or collector") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^[a-z0-9][-_.a-z0-9]{0,99}$" (include "istio-lightstep.scalar" $of.name)))) (and (deepEqual $of.protocol "grpc") (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:content-(type|length|encoding)|te|host|connection|proxy-connection|keep-alive|transfer-encoding|trailer|upgrade|user-agent|grpc-.*|.*-bin)$" (include "istio-lightstep.scalar" $of.name)))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^(?i:content-(type|length|encoding)|te|connection|proxy-connection|keep-alive|transfer-encoding|trailer|upgrade)$" (include "istio-lightstep.scalar" $of.name))) (deepEqual $of.name "host") -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.381" "id" "LS-BACKEND-HEADER-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.381.%06d" $index) (dict "id" "LS-BACKEND-HEADER-NAME" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid header name, or the header must not be set"
        "fix" "use lowercase letters, digits and dashes, for example x-api-key; for user-agent over gRPC, set exporter.user_agent") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (not (or $of.text (has (kindOf $of.text) (list "float64" "bool"))))
      (not (or $of.secret (has (kindOf $of.secret) (list "float64" "bool")))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.383" "id" "LS-BACKEND-HEADER-EMPTY" "severity" "error") -}}
      {{- $_ := set $found (printf "0.383.%06d" $index) (dict "id" "LS-BACKEND-HEADER-EMPTY" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the header %s has neither a text nor a Secret" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "set it to {secret: {name: my-secret, key: my-key}}, with a Secret in the release's namespace; or set it to null to remove the header") -}}
    {{- end -}}
  {{- end -}}
  {{- if or $of.public (has (kindOf $of.public) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.385" "id" "LS-BACKEND-HEADER-PUBLIC" "severity" "error") -}}
      {{- $_ := set $found (printf "0.385.%06d" $index) (dict "id" "LS-BACKEND-HEADER-PUBLIC" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the header %s has both public and secret" (include "istio-lightstep.shown" (list $hidden $of.name)))
        "fix" "keep one of the two") -}}
    {{- end -}}
  {{- end -}}
  {{- if or (and (has (kindOf $of.text) (list "string" "float64" "bool")) (regexMatch `[^\x20-\x7e]` (include "istio-lightstep.scalar" $of.text))) (and (has (kindOf $of.prefix) (list "string" "float64" "bool")) (regexMatch `[^\x20-\x7e]` (include "istio-lightstep.scalar" $of.prefix))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.386" "id" "LS-BACKEND-HEADER-CHARACTERS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.386.%06d" $index) (dict "id" "LS-BACKEND-HEADER-CHARACTERS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the value contains a line break or a character outside ASCII, which is not valid in a header"
        "fix" "remove it") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (or (kindIs "float64" $of.text) (kindIs "bool" $of.text)) (not $moreDigits) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.387" "id" "LS-BACKEND-HEADER-NUMBER" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.387.%06d" $index) (dict "id" "LS-BACKEND-HEADER-NUMBER" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a header is text, and without quotes YAML reads a number, or true or false: 0123 becomes 83, 1e3 becomes 1000, 1.10 becomes 1.1, on becomes true"
        "fix" "write the value in quotes") -}}
    {{- end -}}
  {{- end -}}
  {{- if and (kindIs "float64" $of.text) $moreDigits -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.388" "id" "LS-BACKEND-HEADER-DIGITS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.388.%06d" $index) (dict "id" "LS-BACKEND-HEADER-DIGITS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a number above 9007199254740991 loses its last digits when Helm reads it, and a header with another value would be sent"
        "fix" "write the value in quotes") -}}
    {{- end -}}
  {{- end -}}
  {{- if or $of.secret (has (kindOf $of.secret) (list "float64" "bool")) -}}
    {{- if and (has (kindOf $of.prefix) (list "string" "float64" "bool")) (regexMatch "^(?i:basic|bearer|token|apikey|api-token|digest|splunk|key)$" (include "istio-lightstep.scalar" $of.prefix)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.389" "id" "LS-BACKEND-HEADER-PREFIX" "severity" "error") -}}
        {{- $_ := set $found (printf "0.389.%06d" $index) (dict "id" "LS-BACKEND-HEADER-PREFIX" "severity" "error"
          "path" (printf "%s.prefix" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "the prefix is placed directly before the secret, without a space"
          "fix" `end it with a space, for example "Bearer "`) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of doubles, the list .of. */ -}}
{{- define "istio-lightstep.judge.doubles" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if not (has $subject.delivery (list "native" "direct")) -}}
    {{- if or $of.of (has (kindOf $of.of) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.353" "id" "LS-BACKEND-TWICE" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.353.%06d" $index) (dict "id" "LS-BACKEND-TWICE" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" (printf "%s sends every span to the same address with the same headers: each is delivered twice, and billed twice where spans are" (include "istio-lightstep.shown" (list $hidden $of.of)))
          "fix" "keep one of the two") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of backendKeys, the list .of. */ -}}
{{- define "istio-lightstep.judge.backendKeys" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if $of.path -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.356" "id" "LS-BACKEND-KEY" "severity" "error") -}}
      {{- $_ := set $found (printf "0.356.%06d" $index) (dict "id" "LS-BACKEND-KEY" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "a backend has no key of this name, or has another key for this setting"
        "fix" (printf "write %s" (include "istio-lightstep.shown" (list $hidden $of.instead)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of backendSecrets, the list .of. */ -}}
{{- define "istio-lightstep.judge.backendSecrets" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if or (not (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` (include "istio-lightstep.scalar" $of.name)))) (and (has (kindOf $of.name) (list "string" "float64" "bool")) (regexMatch "^.{254,}$" (include "istio-lightstep.scalar" $of.name))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.390" "id" "LS-BACKEND-SECRET-NAME" "severity" "error") -}}
      {{- $_ := set $found (printf "0.390.%06d" $index) (dict "id" "LS-BACKEND-SECRET-NAME" "severity" "error"
        "path" (printf "%s.name" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid Secret name"
        "fix" "use the name of a Secret in the release's namespace: lowercase letters, digits, dashes and dots, 253 at most") -}}
    {{- end -}}
  {{- end -}}
  {{- if not (and (has (kindOf $of.key) (list "string" "float64" "bool")) (regexMatch `^\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]{0,251}$` (include "istio-lightstep.scalar" $of.key))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.391" "id" "LS-BACKEND-SECRET-KEY" "severity" "error") -}}
      {{- $_ := set $found (printf "0.391.%06d" $index) (dict "id" "LS-BACKEND-SECRET-KEY" "severity" "error"
        "path" (printf "%s.key" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "this is not a valid Secret key"
        "fix" "use the key of the value in that Secret: letters, digits, dashes, dots and underscores") -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.kind "resource")
      (not (and (has (kindOf $of.file) (list "string" "float64" "bool")) (regexMatch `^resource\.[^/${}\pC]{0,236}(/[^/${}\pC.][^/${}\pC]{0,236})*$` (include "istio-lightstep.scalar" $of.file)))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.392" "id" "LS-BACKEND-SECRET-FILE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.392.%06d" $index) (dict "id" "LS-BACKEND-SECRET-FILE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "the collector reads the value from a file that is named after the attribute, and this name cannot be that of a file"
        "fix" "use a name without $, braces and control characters, of at most 236 characters between slashes; or write the value here") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of live.backendSecrets, the list .of. */ -}}
{{- define "istio-lightstep.judge.live.backendSecrets" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.present false -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.393" "id" "LS-BACKEND-SECRET-MISSING" "severity" "error") -}}
      {{- $_ := set $found (printf "0.393.%06d" $index) (dict "id" "LS-BACKEND-SECRET-MISSING" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.foreign" (list $hidden $of.path)))
        "reason" (printf "namespace %s has no Secret %s with key %s: the collectors would not start" (include "istio-lightstep.foreign" (list $hidden $live.namespace)) (include "istio-lightstep.foreign" (list $hidden $of.name)) (include "istio-lightstep.foreign" (list $hidden $of.key)))
        "fix" (printf "kubectl create secret generic %s --namespace %s --from-file=%s=FILE" (include "istio-lightstep.foreign" (list $hidden $of.name)) (include "istio-lightstep.foreign" (list $hidden $live.namespace)) (include "istio-lightstep.foreign" (list $hidden $of.key)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.unfit "words" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.394" "id" "LS-BACKEND-SECRET-WORDS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.394.%06d" $index) (dict "id" "LS-BACKEND-SECRET-WORDS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.foreign" (list $hidden $of.path)))
        "reason" (printf "key %s of Secret %s contains more than one word, and the collector sends only the first" (include "istio-lightstep.foreign" (list $hidden $of.key)) (include "istio-lightstep.foreign" (list $hidden $of.name)))
        "fix" "if it contains the whole value of the header, such as Bearer and a token, add prefix: null next to secret; otherwise store only the token in the Secret") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.unfit "characters" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.395" "id" "LS-BACKEND-SECRET-CHARACTERS" "severity" "error") -}}
      {{- $_ := set $found (printf "0.395.%06d" $index) (dict "id" "LS-BACKEND-SECRET-CHARACTERS" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.foreign" (list $hidden $of.path)))
        "reason" (printf "key %s of Secret %s is empty, or contains a line break, a $ or a character outside ASCII, and the collector uses it unchanged" (include "istio-lightstep.foreign" (list $hidden $of.key)) (include "istio-lightstep.foreign" (list $hidden $of.name)))
        "fix" (printf "write the Secret without them, for example `tr -d '\\n' <FILE | kubectl create secret generic %s --namespace %s --from-file=%s=/dev/stdin`" (include "istio-lightstep.foreign" (list $hidden $of.name)) (include "istio-lightstep.foreign" (list $hidden $live.namespace)) (include "istio-lightstep.foreign" (list $hidden $of.key)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.unfit "yaml" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.396" "id" "LS-BACKEND-SECRET-YAML" "severity" "error") -}}
      {{- $_ := set $found (printf "0.396.%06d" $index) (dict "id" "LS-BACKEND-SECRET-YAML" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.foreign" (list $hidden $of.path)))
        "reason" (printf "key %s of Secret %s is a YAML map whose key is no text, such as `?` alone or a number before a colon: the collector, which reads it as YAML first, would not start" (include "istio-lightstep.foreign" (list $hidden $of.key)) (include "istio-lightstep.foreign" (list $hidden $of.name)))
        "fix" "write another value into the Secret, for example one with a letter before it") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of overridden, the list .of. */ -}}
{{- define "istio-lightstep.judge.overridden" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.of "live" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.416" "id" "LS-SHARED-OVERRIDDEN" "severity" "error") -}}
      {{- $_ := set $found (printf "0.416.%06d" $index) (dict "id" "LS-SHARED-OVERRIDDEN" "severity" "error"
        "path" "meshConfig.shared"
        "reason" (printf "istiod's own mesh config has an extension provider %s, and istiod prefers it to the one of this release in the shared mesh ConfigMap: spans would go where that one sends them" (include "istio-lightstep.foreign" (list $hidden $live.name)))
        "fix" (printf "remove the provider %s from meshConfig.extensionProviders of the document that installs istiod, which also needs `SHARED_MESH_CONFIG`, apply that, then install; if the provider is someone else's, set fullnameOverride to another name" (include "istio-lightstep.foreign" (list $hidden $live.name)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "document" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.431" "id" "LS-DOCUMENT-OVERRIDES" "severity" "error") -}}
      {{- $_ := set $found (printf "0.431.%06d" $index) (dict "id" "LS-DOCUMENT-OVERRIDES" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "istiod prefers this extension provider to the one of the same name that this release writes into the shared mesh ConfigMap: spans would go where this one sends them"
        "fix" "if it is left from an earlier run, remove it here; if it is yours, set fullnameOverride or the release (--release) to another name") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of live.otherTelemetries, the list .of. */ -}}
{{- define "istio-lightstep.judge.live.otherTelemetries" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $live := ternary $subject.live $none (kindIs "map" $subject.live) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if $dialect.telemetry -}}
    {{- if or $item (has (kindOf $item) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.418" "id" "LS-TELEMETRY-OTHER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.418.%06d" $index) (dict "id" "LS-TELEMETRY-OTHER" "severity" "error"
          "path" "istio.rootNamespace"
          "reason" (printf "Telemetry %s is already mesh-wide; Istio uses only the oldest, so the one of this release would have no effect" (include "istio-lightstep.foreign" (list $hidden $item)))
          "fix" (printf "move its settings to a Telemetry with a selector or in another namespace, then: kubectl delete telemetry %s --namespace %s" (include "istio-lightstep.foreign" (list $hidden $item)) (include "istio-lightstep.foreign" (list $hidden $live.rootNamespace)))) -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of stranded, the list .of. */ -}}
{{- define "istio-lightstep.judge.stranded" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $collector := ternary $values.collector $none (kindIs "map" $values.collector) -}}
{{- $collectorQueue := ternary $collector.queue $none (kindIs "map" $collector.queue) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if and
      (deepEqual $of.drained false)
      (deepEqual $of.goes false)
      (not (and (kindIs "slice" $collectorQueue.abandon) (has $of.exporter $collectorQueue.abandon))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.425" "id" "LS-BACKEND-QUEUE-STRANDED" "severity" "error") -}}
      {{- $_ := set $found (printf "0.425.%06d" $index) (dict "id" "LS-BACKEND-QUEUE-STRANDED" "severity" "error"
        "path" "backends"
        "reason" (printf "the %s collectors have a queue for exporter %s on their volumes, and with these values they have not: spans that wait in it would stay there, and never be sent" (include "istio-lightstep.shown" (list $hidden $of.of)) (include "istio-lightstep.shown" (list $hidden $of.exporter)))
        "fix" (printf "keep it as a backend of this name and protocol, with its queue, and drain: true until doctor mesh no longer reports LS-COLLECTOR-DRAINING, then change it; to give up what waits in it, add %s to collector.queue.abandon" (include "istio-lightstep.shown" (list $hidden $of.exporter)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.drained false)
      (deepEqual $of.goes true)
      (not (and (kindIs "slice" $collectorQueue.abandon) (has $of.exporter $collectorQueue.abandon))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.426" "id" "LS-COLLECTOR-QUEUE-STRANDED" "severity" "error") -}}
      {{- $_ := set $found (printf "0.426.%06d" $index) (dict "id" "LS-COLLECTOR-QUEUE-STRANDED" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "these values remove the %s collectors, StatefulSet %s, by another delivery or another name: spans that wait in the queue of %s would never be sent, and with whenDeleted: Delete their volumes are deleted" (include "istio-lightstep.shown" (list $hidden $of.of)) (include "istio-lightstep.shown" (list $hidden $of.set)) (include "istio-lightstep.shown" (list $hidden $of.exporter)))
        "fix" (printf "keep delivery, nameOverride and fullnameOverride as they are until otelcol_exporter_queue_size is 0 for %s in each collector, then add %s to collector.queue.abandon and upgrade: what arrives in between is given up" (include "istio-lightstep.shown" (list $hidden $of.exporter)) (include "istio-lightstep.shown" (list $hidden $of.exporter)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if and
      (deepEqual $of.drained true)
      (not (and (kindIs "slice" $collectorQueue.abandon) (has $of.exporter $collectorQueue.abandon))) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.427" "id" "LS-BACKEND-QUEUE-DRAINED" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.427.%06d" $index) (dict "id" "LS-BACKEND-QUEUE-DRAINED" "severity" "warning"
        "path" "backends"
        "reason" (printf "exporter %s was drained, and is removed now: spans that still wait in its queue stay on the volumes" (include "istio-lightstep.shown" (list $hidden $of.exporter)))
        "fix" (printf "see that its queue was empty: otelcol_exporter_queue_size was 0 for %s in each collector; if not, add the backend again with drain: true" (include "istio-lightstep.shown" (list $hidden $of.exporter)))) -}}
    {{- end -}}
  {{- end -}}
  {{- if or $of.alias (has (kindOf $of.alias) (list "float64" "bool")) -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.428" "id" "LS-PREVIOUS-ALIAS" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.428.%06d" $index) (dict "id" "LS-PREVIOUS-ALIAS" "severity" "warning"
        "path" "nameOverride"
        "reason" (printf "the former collectors are those of a dependency with the alias %s, and values do not tell the alias: it is taken to stay. With another alias, or none, the collectors get another name, and what waits in the queues is never sent" (include "istio-lightstep.shown" (list $hidden $of.alias)))
        "fix" "keep the alias in the parent chart's Chart.yaml, and ignore this rule; to change it, wait first until otelcol_exporter_queue_size is 0 for each exporter in each collector") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of document.sharedMeshConfig, the list .of. */ -}}
{{- define "istio-lightstep.judge.document.sharedMeshConfig" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $meshConfig := ternary $values.meshConfig $none (kindIs "map" $values.meshConfig) -}}
{{- $document := ternary $subject.document $none (kindIs "map" $subject.document) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if and (deepEqual $dialect.shared true) (deepEqual $meshConfig.shared true) -}}
    {{- if and $item (not (deepEqual $item $document.ours)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.429" "id" "LS-DOCUMENT-SHARED" "severity" "error") -}}
        {{- $_ := set $found (printf "0.429.%06d" $index) (dict "id" "LS-DOCUMENT-SHARED" "severity" "error"
          "path" (printf "document.sharedMeshConfig[%d]" $index)
          "reason" (printf "istiod reads only one shared mesh ConfigMap, and SHARED_MESH_CONFIG is set to %s here: replacing it with %s would disable the settings in it" (include "istio-lightstep.shown" (list $hidden $item `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)) (include "istio-lightstep.shown" (list $hidden $document.ours)))
          "fix" (printf "if %s belongs to this release, specify the release name (--release); otherwise set meshConfig.shared to false: this document then contains the settings" (include "istio-lightstep.shown" (list $hidden $item `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)))) -}}
      {{- end -}}
    {{- end -}}
    {{- if and (deepEqual $item $document.ours) (deepEqual $document.istiod false) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.434" "id" "LS-DOCUMENT-NO-ISTIOD" "severity" "error") -}}
        {{- $_ := set $found (printf "0.434.%06d" $index) (dict "id" "LS-DOCUMENT-NO-ISTIOD" "severity" "error"
          "path" (printf "document.sharedMeshConfig[%d]" $index)
          "reason" "this document installs no istiod, so nothing in it reads SHARED_MESH_CONFIG: nothing is traced until the istiod of the mesh has this variable"
          "fix" "set it in the document that installs istiod, and remove it here") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of document.gatewayFilter, the list .of. */ -}}
{{- define "istio-lightstep.judge.document.gatewayFilter" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if and
      (not (has $subject.delivery (list "native" "direct")))
      (deepEqual $dialect.shared true)
      (has $istio.minor (list "1.16" "1.17" "1.18" "1.19" "1.20" "1.21" "1.22" "1.23" "1.24")) -}}
    {{- if and (has (kindOf $item) (list "string" "float64" "bool")) (regexMatch "^(1|[tT]|true|TRUE|True)$" (include "istio-lightstep.scalar" $item)) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.438" "id" "LS-DOCUMENT-GATEWAY-FILTER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.438.%06d" $index) (dict "id" "LS-DOCUMENT-GATEWAY-FILTER" "severity" "error"
          "path" (printf "document.gatewayFilter[%d]" $index)
          "reason" (printf "PILOT_FILTER_GATEWAY_CLUSTER_CONFIG leaves gateways only what they route to, and Istio %s does not count the provider of this release, NAMESPACE/HOST, among it: no gateway sends spans" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
          "fix" "remove the variable, or set it to false; from Istio 1.25 on it can stay") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of document.meshConfig.extensionProviders, the list .of. */ -}}
{{- define "istio-lightstep.judge.document.meshConfig.extensionProviders" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $dialect.lightstepProvider "panics" -}}
    {{- if or $of.lightstep (has (kindOf $of.lightstep) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.441" "id" "LS-DOCUMENT-PROVIDER-PANICS" "severity" "error") -}}
        {{- $_ := set $found (printf "0.441.%06d" $index) (dict "id" "LS-DOCUMENT-PROVIDER-PANICS" "severity" "error"
          "path" (printf "document.meshConfig.extensionProviders[%d].lightstep" $index)
          "reason" (printf "istiod %s crashes in a loop once a Telemetry names this provider" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
          "fix" "remove it; the chart adds an opentelemetry provider instead") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $dialect.lightstepProvider "broken" -}}
    {{- if or $of.lightstep (has (kindOf $of.lightstep) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.442" "id" "LS-DOCUMENT-PROVIDER-BROKEN" "severity" "error") -}}
        {{- $_ := set $found (printf "0.442.%06d" $index) (dict "id" "LS-DOCUMENT-PROVIDER-BROKEN" "severity" "error"
          "path" (printf "document.meshConfig.extensionProviders[%d].lightstep" $index)
          "reason" (printf "on Istio %s this provider does not work: proxies reject it, or read the token as a file name" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
          "fix" "remove it; the chart configures tracing differently") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $dialect.lightstepProvider "deprecated" -}}
    {{- if or $of.lightstep (has (kindOf $of.lightstep) (list "float64" "bool")) -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.453" "id" "LS-DOCUMENT-PROVIDER-DEPRECATED" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.453.%06d" $index) (dict "id" "LS-DOCUMENT-PROVIDER-DEPRECATED" "severity" "warning"
          "path" (printf "document.meshConfig.extensionProviders[%d].lightstep" $index)
          "reason" "this provider works up to Istio 1.26; from 1.27 on istiod crashes on it"
          "fix" "remove it before you upgrade; the chart adds an opentelemetry provider instead") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of mistakes, the list .of. */ -}}
{{- define "istio-lightstep.judge.mistakes" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $values := ternary $subject.values $none (kindIs "map" $subject.values) -}}
{{- $telemetry := ternary $values.telemetry $none (kindIs "map" $values.telemetry) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.of "bodies" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.443" "id" "LS-DOCUMENT-PROVIDER-BODIES" "severity" "error") -}}
      {{- $_ := set $found (printf "0.443.%06d" $index) (dict "id" "LS-DOCUMENT-PROVIDER-BODIES" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "this extension provider is of more than one kind, %s, and Istio knows only providers of one: istiod refuses the mesh config as a whole, and runs on with an older one or with its defaults" (include "istio-lightstep.shown" (list $hidden $of.kinds)))
        "fix" "keep the kind that you use, or make them providers of different names") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "mute" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.444" "id" "LS-DOCUMENT-PROVIDER-MUTE" "severity" "error") -}}
      {{- $_ := set $found (printf "0.444.%06d" $index) (dict "id" "LS-DOCUMENT-PROVIDER-MUTE" "severity" "error"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" (printf "the default provider of tracing is of the kind %s, which cannot trace: where no Telemetry names another, no proxy sends spans" (include "istio-lightstep.shown" (list $hidden $of.kinds)))
        "fix" "remove it from defaultProviders.tracing; it can stay in defaultProviders.metrics or accessLogging") -}}
    {{- end -}}
  {{- end -}}
  {{- if and $dialect.telemetry (deepEqual $telemetry.enabled true) -}}
    {{- if deepEqual $of.of "default" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.445" "id" "LS-DOCUMENT-DEFAULT-PROVIDER" "severity" "warning") -}}
        {{- $_ := set $found (printf "1.445.%06d" $index) (dict "id" "LS-DOCUMENT-DEFAULT-PROVIDER" "severity" "warning"
          "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
          "reason" "this is not the provider of this release, whose mesh-wide Telemetry overrides it: the provider named here receives no spans"
          "fix" "remove it here; to keep sending spans there too, add that backend to backends") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "sampling" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.447" "id" "LS-DOCUMENT-SAMPLING-PLACE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.447.%06d" $index) (dict "id" "LS-DOCUMENT-SAMPLING-PLACE" "severity" "warning"
        "path" (printf "%s" (include "istio-lightstep.shown" (list $hidden $of.path)))
        "reason" "Istio does not read a sampling at this place, and ignores it: it changes nothing"
        "fix" "remove it here, and set pilot.traceSampling in the values of this chart") -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of document.telemetries, the list .of. */ -}}
{{- define "istio-lightstep.judge.document.telemetries" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $document := ternary $subject.document $none (kindIs "map" $subject.document) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- $of := ternary $item $none (kindIs "map" $item) -}}
  {{- if deepEqual $of.of "older" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.448" "id" "LS-DOCUMENT-TELEMETRY-OLDER" "severity" "error") -}}
      {{- $_ := set $found (printf "0.448.%06d" $index) (dict "id" "LS-DOCUMENT-TELEMETRY-OLDER" "severity" "error"
        "path" (printf "document.telemetries[%d]" $index)
        "reason" (printf "of the Telemetries without a selector in a namespace Istio uses only the oldest, which is %s: %s of this release would have no effect" (include "istio-lightstep.shown" (list $hidden $of.by "^[-a-z0-9./]+$")) (include "istio-lightstep.shown" (list $hidden $of.scope "^[-A-Za-z0-9_./=, ]{1,250}$")))
        "fix" (printf "give %s a selector, or delete it and set what it sets in the values: telemetry.customTags, telemetry.namespaces, pilot.traceSampling" (include "istio-lightstep.shown" (list $hidden $of.by "^[-a-z0-9./]+$")))) -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "off" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.449" "id" "LS-DOCUMENT-TELEMETRY-OFF" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.449.%06d" $index) (dict "id" "LS-DOCUMENT-TELEMETRY-OFF" "severity" "warning"
        "path" (printf "document.telemetries[%d]" $index)
        "reason" (printf "this Telemetry disables the spans of %s: nothing of it is traced, though the Telemetry of this release is for the mesh" (include "istio-lightstep.shown" (list $hidden $of.scope "^[-A-Za-z0-9_./=, ]{1,250}$")))
        "fix" "remove disableSpanReporting, or ignore this if it is meant; explain --with shows what is in effect") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "unsampled" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.450" "id" "LS-DOCUMENT-TELEMETRY-UNSAMPLED" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.450.%06d" $index) (dict "id" "LS-DOCUMENT-TELEMETRY-UNSAMPLED" "severity" "warning"
        "path" (printf "document.telemetries[%d]" $index)
        "reason" (printf "by this Telemetry the proxies start no traces for %s, though the Telemetry of this release is for the mesh" (include "istio-lightstep.shown" (list $hidden $of.scope "^[-A-Za-z0-9_./=, ]{1,250}$")))
        "fix" "remove randomSamplingPercentage, or ignore this if it is meant; explain --with shows what is in effect") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "nowhere" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.451" "id" "LS-DOCUMENT-TELEMETRY-NAMESPACE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.451.%06d" $index) (dict "id" "LS-DOCUMENT-TELEMETRY-NAMESPACE" "severity" "warning"
        "path" (printf "document.telemetries[%d]" $index)
        "reason" "this Telemetry names no namespace, so its effect is not checked: in the root namespace it counts for the mesh, in another for that namespace"
        "fix" "set metadata.namespace to the namespace in which it is applied") -}}
    {{- end -}}
  {{- end -}}
  {{- if deepEqual $of.of "elsewhere" -}}
    {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "1.452" "id" "LS-DOCUMENT-TELEMETRY-ELSEWHERE" "severity" "warning") -}}
      {{- $_ := set $found (printf "1.452.%06d" $index) (dict "id" "LS-DOCUMENT-TELEMETRY-ELSEWHERE" "severity" "warning"
        "path" (printf "document.telemetries[%d]" $index)
        "reason" (printf "by this Telemetry the spans of %s go to provider %s, and not to %s of this release" (include "istio-lightstep.shown" (list $hidden $of.scope "^[-A-Za-z0-9_./=, ]{1,250}$")) (include "istio-lightstep.shown" (list $hidden $of.provider "^[-A-Za-z0-9._]{1,63}$")) (include "istio-lightstep.shown" (list $hidden $document.ours)))
        "fix" (printf "name %s in it, or no provider; ignore this if it is meant. explain --with shows what is in effect" (include "istio-lightstep.shown" (list $hidden $document.ours)))) -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* The same for each item of document.annotationTracers, the list .of. */ -}}
{{- define "istio-lightstep.judge.document.annotationTracers" -}}
{{- $subject := .subject -}}
{{- $found := .found -}}
{{- $hidden := .hidden -}}
{{- $none := dict -}}
{{- $dialect := ternary $subject.dialect $none (kindIs "map" $subject.dialect) -}}
{{- $istio := ternary $subject.istio $none (kindIs "map" $subject.istio) -}}
{{- $counts := dict -}}
{{- range $index, $item := .of -}}
  {{- if $dialect.receiver -}}
    {{- if deepEqual $item "lightstep" -}}
      {{- if include "istio-lightstep.counted" (dict "counts" $counts "found" $found "key" "0.455" "id" "LS-DOCUMENT-ANNOTATION-TRACER" "severity" "error") -}}
        {{- $_ := set $found (printf "0.455.%06d" $index) (dict "id" "LS-DOCUMENT-ANNOTATION-TRACER" "severity" "error"
          "path" (printf "document.annotationTracers[%d]" $index)
          "reason" (printf "the annotation proxy.istio.io/config gives these pods the LightStep tracer, which the proxies of Istio %s do not contain: no new pod of them would start" (include "istio-lightstep.shown" (list $hidden $istio.minor)))
          "fix" "remove it from the annotation; the chart configures tracing differently") -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* Notes in .shape what has another type in .values than the schema declares, and puts defaults in the place of nulls. */ -}}
{{- define "istio-lightstep.shape" -}}
{{- $shape := .shape -}}
{{- $values := .values -}}
{{- if not (eq (kindOf $values.accessTokenFrom) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "accessTokenFrom" "path" "accessTokenFrom" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $accessTokenFrom := $values.accessTokenFrom -}}
{{- if kindIs "map" $accessTokenFrom -}}
  {{- if not (eq (kindOf $accessTokenFrom.key) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $accessTokenFrom "key" "key" "path" "accessTokenFrom.key" "is" (list "string") "default" "token" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $accessTokenFrom.name) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $accessTokenFrom "key" "name" "path" "accessTokenFrom.name" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.backends) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "backends" "path" "backends" "is" (list "object" "null") "default" nil "shape" $shape) -}}
{{- else if $values.backends -}}{{- include "istio-lightstep.typesBelow" (dict "value" $values.backends "path" "backends" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "object" "null") "keys" (dict "auth" (dict "is" (list "object" "null")) "drain" (dict "is" (list "boolean" "null")) "endpoint" (dict "is" (list "string" "null")) "exporter" (dict "is" (list "object" "null")) "headers" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "number" "boolean" "object" "null") "keys" (dict "prefix" (dict "is" (list "string" "null")) "public" (dict "is" (list "string" "null")) "secret" (dict "is" (list "object" "null") "keys" (dict "key" (dict "is" (list "string" "null")) "name" (dict "is" (list "string" "null"))))))) "preset" (dict "is" (list "string" "null")) "protocol" (dict "is" (list "string" "null")) "resource" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "number" "boolean" "object" "null") "keys" (dict "prefix" (dict "is" (list "string" "null")) "public" (dict "is" (list "string" "null")) "secret" (dict "is" (list "object" "null") "keys" (dict "key" (dict "is" (list "string" "null")) "name" (dict "is" (list "string" "null"))))))) "tls" (dict "is" (list "object" "null") "keys" (dict "ca" (dict "is" (list "object" "null") "keys" (dict "key" (dict "is" (list "string" "null")) "name" (dict "is" (list "string" "null")))) "client" (dict "is" (list "object" "null") "keys" (dict "name" (dict "is" (list "string" "null")))) "insecure" (dict "is" (list "boolean" "null")) "serverName" (dict "is" (list "string" "null")))) "tracesEndpoint" (dict "is" (list "string" "null"))))) "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.cacert) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "cacert" "path" "cacert" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $valuesCacert := $values.cacert -}}
{{- if kindIs "map" $valuesCacert -}}
  {{- if not (eq (kindOf $valuesCacert.existingSecret) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesCacert "key" "existingSecret" "path" "cacert.existingSecret" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $valuesCacertExistingSecret := $valuesCacert.existingSecret -}}
  {{- if kindIs "map" $valuesCacertExistingSecret -}}
    {{- if not (eq (kindOf $valuesCacertExistingSecret.key) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesCacertExistingSecret "key" "key" "path" "cacert.existingSecret.key" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $valuesCacertExistingSecret.name) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesCacertExistingSecret "key" "name" "path" "cacert.existingSecret.name" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $valuesCacert.namespaces) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesCacert "key" "namespaces" "path" "cacert.namespaces" "is" (list "array") "default" (list "default") "shape" $shape) -}}
  {{- else if $valuesCacert.namespaces -}}{{- include "istio-lightstep.typesBelow" (dict "value" $valuesCacert.namespaces "path" "cacert.namespaces" "type" (dict "is" (list "array") "items" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $valuesCacert.pem) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesCacert "key" "pem" "path" "cacert.pem" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.clusterDomain) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "clusterDomain" "path" "clusterDomain" "is" (list "string") "default" "cluster.local" "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.collector) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "collector" "path" "collector" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $collector := $values.collector -}}
{{- if kindIs "map" $collector -}}
  {{- if not (eq (kindOf $collector.affinity) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "affinity" "path" "collector.affinity" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.autoscaling) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "autoscaling" "path" "collector.autoscaling" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorAutoscaling := $collector.autoscaling -}}
  {{- if kindIs "map" $collectorAutoscaling -}}
    {{- if not (eq (kindOf $collectorAutoscaling.behavior) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "behavior" "path" "collector.autoscaling.behavior" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorAutoscaling.create) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "create" "path" "collector.autoscaling.create" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorAutoscaling.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "enabled" "path" "collector.autoscaling.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorAutoscaling.maxReplicas) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "maxReplicas" "path" "collector.autoscaling.maxReplicas" "is" (list "integer") "default" 10.0 "shape" $shape) -}}
    {{- else if and (kindIs "float64" $collectorAutoscaling.maxReplicas) (ne $collectorAutoscaling.maxReplicas (floor $collectorAutoscaling.maxReplicas)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorAutoscaling.maxReplicas "path" "collector.autoscaling.maxReplicas" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorAutoscaling.metrics) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "metrics" "path" "collector.autoscaling.metrics" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorAutoscaling.minReplicas) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorAutoscaling "key" "minReplicas" "path" "collector.autoscaling.minReplicas" "is" (list "integer") "default" 2.0 "shape" $shape) -}}
    {{- else if and (kindIs "float64" $collectorAutoscaling.minReplicas) (ne $collectorAutoscaling.minReplicas (floor $collectorAutoscaling.minReplicas)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorAutoscaling.minReplicas "path" "collector.autoscaling.minReplicas" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.compression) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "compression" "path" "collector.compression" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.config) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "config" "path" "collector.config" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $collectorConfig := $collector.config -}}
  {{- if kindIs "map" $collectorConfig -}}
    {{- if not (eq (kindOf $collectorConfig.connectors) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "connectors" "path" "collector.config.connectors" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorConfig.exporters) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "exporters" "path" "collector.config.exporters" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorConfig.extensions) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "extensions" "path" "collector.config.extensions" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorConfig.processors) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "processors" "path" "collector.config.processors" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorConfig.receivers) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "receivers" "path" "collector.config.receivers" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorConfig.service) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfig "key" "service" "path" "collector.config.service" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorConfigService := $collectorConfig.service -}}
    {{- if kindIs "map" $collectorConfigService -}}
      {{- if not (eq (kindOf $collectorConfigService.extensions) "slice" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfigService "key" "extensions" "path" "collector.config.service.extensions" "is" (list "array" "null") "default" nil "shape" $shape) -}}
      {{- else if $collectorConfigService.extensions -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorConfigService.extensions "path" "collector.config.service.extensions" "type" (dict "is" (list "array" "null") "items" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $collectorConfigService.pipelines) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfigService "key" "pipelines" "path" "collector.config.service.pipelines" "is" (list "object" "null") "default" nil "shape" $shape) -}}
      {{- else if $collectorConfigService.pipelines -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorConfigService.pipelines "path" "collector.config.service.pipelines" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "object" "null") "keys" (dict "exporters" (dict "is" (list "array") "items" (dict "is" (list "string"))) "processors" (dict "is" (list "array") "items" (dict "is" (list "string"))) "receivers" (dict "is" (list "array") "items" (dict "is" (list "string")))))) "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $collectorConfigService.telemetry) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorConfigService "key" "telemetry" "path" "collector.config.service.telemetry" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.drain) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "drain" "path" "collector.drain" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorDrain := $collector.drain -}}
  {{- if kindIs "map" $collectorDrain -}}
    {{- if not (eq (kindOf $collectorDrain.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorDrain "key" "enabled" "path" "collector.drain.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorDrain.seconds) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorDrain "key" "seconds" "path" "collector.drain.seconds" "is" (list "integer") "default" 180.0 "shape" $shape) -}}
    {{- else if and (kindIs "float64" $collectorDrain.seconds) (ne $collectorDrain.seconds (floor $collectorDrain.seconds)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorDrain.seconds "path" "collector.drain.seconds" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.env) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "env" "path" "collector.env" "is" (list "array") "default" (list) "shape" $shape) -}}
  {{- else if $collector.env -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.env "path" "collector.env" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "name" (dict "is" (list "string")) "value" (dict "is" (list "string" "null")) "valueFrom" (dict "is" (list "object" "null"))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.exporters) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "exporters" "path" "collector.exporters" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.extraContainers) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "extraContainers" "path" "collector.extraContainers" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.extraVolumeMounts) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "extraVolumeMounts" "path" "collector.extraVolumeMounts" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.extraVolumes) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "extraVolumes" "path" "collector.extraVolumes" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.headerName) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "headerName" "path" "collector.headerName" "is" (list "string") "default" "lightstep-access-token" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.image) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "image" "path" "collector.image" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorImage := $collector.image -}}
  {{- if kindIs "map" $collectorImage -}}
    {{- if not (eq (kindOf $collectorImage.digest) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "digest" "path" "collector.image.digest" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorImage.pullPolicy) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "pullPolicy" "path" "collector.image.pullPolicy" "is" (list "string") "default" "IfNotPresent" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorImage.pullSecrets) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "pullSecrets" "path" "collector.image.pullSecrets" "is" (list "array") "default" (list) "shape" $shape) -}}
    {{- else if $collectorImage.pullSecrets -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorImage.pullSecrets "path" "collector.image.pullSecrets" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "name" (dict "is" (list "string"))))) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorImage.registry) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "registry" "path" "collector.image.registry" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorImage.repository) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "repository" "path" "collector.image.repository" "is" (list "string") "default" "otel/opentelemetry-collector-contrib" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorImage.tag) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorImage "key" "tag" "path" "collector.image.tag" "is" (list "string") "default" "0.165.0" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.minReadySeconds) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "minReadySeconds" "path" "collector.minReadySeconds" "is" (list "integer") "default" 0.0 "shape" $shape) -}}
  {{- else if and (kindIs "float64" $collector.minReadySeconds) (ne $collector.minReadySeconds (floor $collector.minReadySeconds)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.minReadySeconds "path" "collector.minReadySeconds" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.mtls) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "mtls" "path" "collector.mtls" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorMtls := $collector.mtls -}}
  {{- if kindIs "map" $collectorMtls -}}
    {{- if not (eq (kindOf $collectorMtls.mode) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorMtls "key" "mode" "path" "collector.mtls.mode" "is" (list "string") "default" "DISABLE" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.networkPolicy) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "networkPolicy" "path" "collector.networkPolicy" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorNetworkPolicy := $collector.networkPolicy -}}
  {{- if kindIs "map" $collectorNetworkPolicy -}}
    {{- if not (eq (kindOf $collectorNetworkPolicy.egress) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicy "key" "egress" "path" "collector.networkPolicy.egress" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
    {{- $collectorNetworkPolicyEgress := $collectorNetworkPolicy.egress -}}
    {{- if kindIs "map" $collectorNetworkPolicyEgress -}}
      {{- if not (eq (kindOf $collectorNetworkPolicyEgress.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicyEgress "key" "enabled" "path" "collector.networkPolicy.egress.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $collectorNetworkPolicyEgress.rules) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicyEgress "key" "rules" "path" "collector.networkPolicy.egress.rules" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
    {{- end -}}
    {{- if not (eq (kindOf $collectorNetworkPolicy.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicy "key" "enabled" "path" "collector.networkPolicy.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorNetworkPolicy.from) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicy "key" "from" "path" "collector.networkPolicy.from" "is" (list "array") "default" (list) "shape" $shape) -}}
    {{- else if $collectorNetworkPolicy.from -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorNetworkPolicy.from "path" "collector.networkPolicy.from" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "ipBlock" (dict "is" (list "object" "null")) "namespaceSelector" (dict "is" (list "object" "null")) "podSelector" (dict "is" (list "object" "null"))))) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorNetworkPolicy.ingressRules) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicy "key" "ingressRules" "path" "collector.networkPolicy.ingressRules" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorNetworkPolicy.metricsFrom) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorNetworkPolicy "key" "metricsFrom" "path" "collector.networkPolicy.metricsFrom" "is" (list "array") "default" (list) "shape" $shape) -}}
    {{- else if $collectorNetworkPolicy.metricsFrom -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorNetworkPolicy.metricsFrom "path" "collector.networkPolicy.metricsFrom" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "ipBlock" (dict "is" (list "object" "null")) "namespaceSelector" (dict "is" (list "object" "null")) "podSelector" (dict "is" (list "object" "null"))))) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.nodeSelector) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "nodeSelector" "path" "collector.nodeSelector" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $collector.nodeSelector -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.nodeSelector "path" "collector.nodeSelector" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.persistence) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "persistence" "path" "collector.persistence" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorPersistence := $collector.persistence -}}
  {{- if kindIs "map" $collectorPersistence -}}
    {{- if not (eq (kindOf $collectorPersistence.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorPersistence "key" "enabled" "path" "collector.persistence.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorPersistence.size) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorPersistence "key" "size" "path" "collector.persistence.size" "is" (list "string") "default" "2Gi" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorPersistence.storageClassName) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorPersistence "key" "storageClassName" "path" "collector.persistence.storageClassName" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.persistentVolumeClaimRetentionPolicy) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "persistentVolumeClaimRetentionPolicy" "path" "collector.persistentVolumeClaimRetentionPolicy" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $collector.persistentVolumeClaimRetentionPolicy -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.persistentVolumeClaimRetentionPolicy "path" "collector.persistentVolumeClaimRetentionPolicy" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.podAnnotations) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "podAnnotations" "path" "collector.podAnnotations" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $collector.podAnnotations -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.podAnnotations "path" "collector.podAnnotations" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.podDisruptionBudget) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "podDisruptionBudget" "path" "collector.podDisruptionBudget" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorPodDisruptionBudget := $collector.podDisruptionBudget -}}
  {{- if kindIs "map" $collectorPodDisruptionBudget -}}
    {{- if not (eq (kindOf $collectorPodDisruptionBudget.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorPodDisruptionBudget "key" "enabled" "path" "collector.podDisruptionBudget.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.podLabels) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "podLabels" "path" "collector.podLabels" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $collector.podLabels -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.podLabels "path" "collector.podLabels" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.priorityClassName) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "priorityClassName" "path" "collector.priorityClassName" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.queue) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "queue" "path" "collector.queue" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorQueue := $collector.queue -}}
  {{- if kindIs "map" $collectorQueue -}}
    {{- if not (eq (kindOf $collectorQueue.abandon) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorQueue "key" "abandon" "path" "collector.queue.abandon" "is" (list "array") "default" (list) "shape" $shape) -}}
    {{- else if $collectorQueue.abandon -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorQueue.abandon "path" "collector.queue.abandon" "type" (dict "is" (list "array") "items" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorQueue.bytes) "string" "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorQueue "key" "bytes" "path" "collector.queue.bytes" "is" (list "string" "number") "default" "" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.reload) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "reload" "path" "collector.reload" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorReload := $collector.reload -}}
  {{- if kindIs "map" $collectorReload -}}
    {{- if not (eq (kindOf $collectorReload.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReload "key" "enabled" "path" "collector.reload.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorReload.resources) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReload "key" "resources" "path" "collector.reload.resources" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorReloadResources := $collectorReload.resources -}}
    {{- if kindIs "map" $collectorReloadResources -}}
      {{- if not (eq (kindOf $collectorReloadResources.limits) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReloadResources "key" "limits" "path" "collector.reload.resources.limits" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorReloadResourcesLimits := $collectorReloadResources.limits -}}
      {{- if kindIs "map" $collectorReloadResourcesLimits -}}
        {{- if not (eq (kindOf $collectorReloadResourcesLimits.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReloadResourcesLimits "key" "memory" "path" "collector.reload.resources.limits.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
      {{- if not (eq (kindOf $collectorReloadResources.requests) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReloadResources "key" "requests" "path" "collector.reload.resources.requests" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorReloadResourcesRequests := $collectorReloadResources.requests -}}
      {{- if kindIs "map" $collectorReloadResourcesRequests -}}
        {{- if not (eq (kindOf $collectorReloadResourcesRequests.cpu) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReloadResourcesRequests "key" "cpu" "path" "collector.reload.resources.requests.cpu" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
        {{- if not (eq (kindOf $collectorReloadResourcesRequests.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorReloadResourcesRequests "key" "memory" "path" "collector.reload.resources.requests.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.replicas) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "replicas" "path" "collector.replicas" "is" (list "integer") "default" 2.0 "shape" $shape) -}}
  {{- else if and (kindIs "float64" $collector.replicas) (ne $collector.replicas (floor $collector.replicas)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.replicas "path" "collector.replicas" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.resource) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "resource" "path" "collector.resource" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $collector.resource -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.resource "path" "collector.resource" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "number" "boolean" "null"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.resources) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "resources" "path" "collector.resources" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $collectorResources := $collector.resources -}}
  {{- if kindIs "map" $collectorResources -}}
    {{- if not (eq (kindOf $collectorResources.limits) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorResources "key" "limits" "path" "collector.resources.limits" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorResourcesLimits := $collectorResources.limits -}}
    {{- if kindIs "map" $collectorResourcesLimits -}}
      {{- if not (eq (kindOf $collectorResourcesLimits.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorResourcesLimits "key" "memory" "path" "collector.resources.limits.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
    {{- if not (eq (kindOf $collectorResources.requests) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorResources "key" "requests" "path" "collector.resources.requests" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorResourcesRequests := $collectorResources.requests -}}
    {{- if kindIs "map" $collectorResourcesRequests -}}
      {{- if not (eq (kindOf $collectorResourcesRequests.cpu) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorResourcesRequests "key" "cpu" "path" "collector.resources.requests.cpu" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $collectorResourcesRequests.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorResourcesRequests "key" "memory" "path" "collector.resources.requests.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.retryRefused) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "retryRefused" "path" "collector.retryRefused" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorRetryRefused := $collector.retryRefused -}}
  {{- if kindIs "map" $collectorRetryRefused -}}
    {{- if not (eq (kindOf $collectorRetryRefused.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefused "key" "enabled" "path" "collector.retryRefused.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorRetryRefused.resources) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefused "key" "resources" "path" "collector.retryRefused.resources" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorRetryRefusedResources := $collectorRetryRefused.resources -}}
    {{- if kindIs "map" $collectorRetryRefusedResources -}}
      {{- if not (eq (kindOf $collectorRetryRefusedResources.limits) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefusedResources "key" "limits" "path" "collector.retryRefused.resources.limits" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorRetryRefusedResourcesLimits := $collectorRetryRefusedResources.limits -}}
      {{- if kindIs "map" $collectorRetryRefusedResourcesLimits -}}
        {{- if not (eq (kindOf $collectorRetryRefusedResourcesLimits.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefusedResourcesLimits "key" "memory" "path" "collector.retryRefused.resources.limits.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
      {{- if not (eq (kindOf $collectorRetryRefusedResources.requests) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefusedResources "key" "requests" "path" "collector.retryRefused.resources.requests" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorRetryRefusedResourcesRequests := $collectorRetryRefusedResources.requests -}}
      {{- if kindIs "map" $collectorRetryRefusedResourcesRequests -}}
        {{- if not (eq (kindOf $collectorRetryRefusedResourcesRequests.cpu) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefusedResourcesRequests "key" "cpu" "path" "collector.retryRefused.resources.requests.cpu" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
        {{- if not (eq (kindOf $collectorRetryRefusedResourcesRequests.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorRetryRefusedResourcesRequests "key" "memory" "path" "collector.retryRefused.resources.requests.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.startupProbe) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "startupProbe" "path" "collector.startupProbe" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $collectorStartupProbe := $collector.startupProbe -}}
  {{- if kindIs "map" $collectorStartupProbe -}}
    {{- if not (eq (kindOf $collectorStartupProbe.failureThreshold) "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorStartupProbe "key" "failureThreshold" "path" "collector.startupProbe.failureThreshold" "is" (list "integer" "null") "default" nil "shape" $shape) -}}
    {{- else if and (kindIs "float64" $collectorStartupProbe.failureThreshold) (ne $collectorStartupProbe.failureThreshold (floor $collectorStartupProbe.failureThreshold)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorStartupProbe.failureThreshold "path" "collector.startupProbe.failureThreshold" "type" (dict "is" (list "integer" "null")) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorStartupProbe.httpGet) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorStartupProbe "key" "httpGet" "path" "collector.startupProbe.httpGet" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorStartupProbeHttpGet := $collectorStartupProbe.httpGet -}}
    {{- if kindIs "map" $collectorStartupProbeHttpGet -}}
      {{- if not (eq (kindOf $collectorStartupProbeHttpGet.path) "string" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorStartupProbeHttpGet "key" "path" "path" "collector.startupProbe.httpGet.path" "is" (list "string" "null") "default" nil "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $collectorStartupProbeHttpGet.port) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorStartupProbeHttpGet "key" "port" "path" "collector.startupProbe.httpGet.port" "is" (list "string" "number" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
    {{- if not (eq (kindOf $collectorStartupProbe.periodSeconds) "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorStartupProbe "key" "periodSeconds" "path" "collector.startupProbe.periodSeconds" "is" (list "integer" "null") "default" nil "shape" $shape) -}}
    {{- else if and (kindIs "float64" $collectorStartupProbe.periodSeconds) (ne $collectorStartupProbe.periodSeconds (floor $collectorStartupProbe.periodSeconds)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collectorStartupProbe.periodSeconds "path" "collector.startupProbe.periodSeconds" "type" (dict "is" (list "integer" "null")) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.tap) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "tap" "path" "collector.tap" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorTap := $collector.tap -}}
  {{- if kindIs "map" $collectorTap -}}
    {{- if not (eq (kindOf $collectorTap.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTap "key" "enabled" "path" "collector.tap.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $collectorTap.resources) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTap "key" "resources" "path" "collector.tap.resources" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $collectorTapResources := $collectorTap.resources -}}
    {{- if kindIs "map" $collectorTapResources -}}
      {{- if not (eq (kindOf $collectorTapResources.limits) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTapResources "key" "limits" "path" "collector.tap.resources.limits" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorTapResourcesLimits := $collectorTapResources.limits -}}
      {{- if kindIs "map" $collectorTapResourcesLimits -}}
        {{- if not (eq (kindOf $collectorTapResourcesLimits.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTapResourcesLimits "key" "memory" "path" "collector.tap.resources.limits.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
      {{- if not (eq (kindOf $collectorTapResources.requests) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTapResources "key" "requests" "path" "collector.tap.resources.requests" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
      {{- $collectorTapResourcesRequests := $collectorTapResources.requests -}}
      {{- if kindIs "map" $collectorTapResourcesRequests -}}
        {{- if not (eq (kindOf $collectorTapResourcesRequests.cpu) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTapResourcesRequests "key" "cpu" "path" "collector.tap.resources.requests.cpu" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
        {{- if not (eq (kindOf $collectorTapResourcesRequests.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTapResourcesRequests "key" "memory" "path" "collector.tap.resources.requests.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- end -}}
    {{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.terminationGracePeriodSeconds) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "terminationGracePeriodSeconds" "path" "collector.terminationGracePeriodSeconds" "is" (list "integer") "default" 60.0 "shape" $shape) -}}
  {{- else if and (kindIs "float64" $collector.terminationGracePeriodSeconds) (ne $collector.terminationGracePeriodSeconds (floor $collector.terminationGracePeriodSeconds)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.terminationGracePeriodSeconds "path" "collector.terminationGracePeriodSeconds" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.tls) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "tls" "path" "collector.tls" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $collectorTls := $collector.tls -}}
  {{- if kindIs "map" $collectorTls -}}
    {{- if not (eq (kindOf $collectorTls.serverName) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collectorTls "key" "serverName" "path" "collector.tls.serverName" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $collector.tolerations) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "tolerations" "path" "collector.tolerations" "is" (list "array") "default" (list) "shape" $shape) -}}
  {{- else if $collector.tolerations -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.tolerations "path" "collector.tolerations" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "effect" (dict "is" (list "string" "null")) "key" (dict "is" (list "string" "null")) "operator" (dict "is" (list "string" "null")) "tolerationSeconds" (dict "is" (list "integer" "null")) "value" (dict "is" (list "string" "null"))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.topologySpreadConstraints) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "topologySpreadConstraints" "path" "collector.topologySpreadConstraints" "is" (list "array") "default" (list) "shape" $shape) -}}
  {{- else if $collector.topologySpreadConstraints -}}{{- include "istio-lightstep.typesBelow" (dict "value" $collector.topologySpreadConstraints "path" "collector.topologySpreadConstraints" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "labelSelector" (dict "is" (list "object" "null")) "matchLabelKeys" (dict "is" (list "array" "null") "items" (dict "is" (list "string"))) "maxSkew" (dict "is" (list "integer")) "minDomains" (dict "is" (list "integer" "null")) "nodeAffinityPolicy" (dict "is" (list "string" "null")) "nodeTaintsPolicy" (dict "is" (list "string" "null")) "topologyKey" (dict "is" (list "string")) "whenUnsatisfiable" (dict "is" (list "string"))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $collector.updateStrategy) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $collector "key" "updateStrategy" "path" "collector.updateStrategy" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.commonAnnotations) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "commonAnnotations" "path" "commonAnnotations" "is" (list "object" "null") "default" nil "shape" $shape) -}}
{{- else if $values.commonAnnotations -}}{{- include "istio-lightstep.typesBelow" (dict "value" $values.commonAnnotations "path" "commonAnnotations" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.commonLabels) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "commonLabels" "path" "commonLabels" "is" (list "object" "null") "default" nil "shape" $shape) -}}
{{- else if $values.commonLabels -}}{{- include "istio-lightstep.typesBelow" (dict "value" $values.commonLabels "path" "commonLabels" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.containerSecurityContext) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "containerSecurityContext" "path" "containerSecurityContext" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
{{- $containerSecurityContext := $values.containerSecurityContext -}}
{{- if kindIs "map" $containerSecurityContext -}}
  {{- if not (eq (kindOf $containerSecurityContext.allowPrivilegeEscalation) "bool" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $containerSecurityContext "key" "allowPrivilegeEscalation" "path" "containerSecurityContext.allowPrivilegeEscalation" "is" (list "boolean" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $containerSecurityContext.capabilities) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $containerSecurityContext "key" "capabilities" "path" "containerSecurityContext.capabilities" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $containerSecurityContextCapabilities := $containerSecurityContext.capabilities -}}
  {{- if kindIs "map" $containerSecurityContextCapabilities -}}
    {{- if not (eq (kindOf $containerSecurityContextCapabilities.drop) "slice" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $containerSecurityContextCapabilities "key" "drop" "path" "containerSecurityContext.capabilities.drop" "is" (list "array" "null") "default" nil "shape" $shape) -}}
    {{- else if $containerSecurityContextCapabilities.drop -}}{{- include "istio-lightstep.typesBelow" (dict "value" $containerSecurityContextCapabilities.drop "path" "containerSecurityContext.capabilities.drop" "type" (dict "is" (list "array" "null") "items" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $containerSecurityContext.readOnlyRootFilesystem) "bool" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $containerSecurityContext "key" "readOnlyRootFilesystem" "path" "containerSecurityContext.readOnlyRootFilesystem" "is" (list "boolean" "null") "default" nil "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.controlPlane) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "controlPlane" "path" "controlPlane" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $controlPlane := $values.controlPlane -}}
{{- if kindIs "map" $controlPlane -}}
  {{- if not (eq (kindOf $controlPlane.defaultTemplates) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlane "key" "defaultTemplates" "path" "controlPlane.defaultTemplates" "is" (list "array") "default" (list) "shape" $shape) -}}
  {{- else if $controlPlane.defaultTemplates -}}{{- include "istio-lightstep.typesBelow" (dict "value" $controlPlane.defaultTemplates "path" "controlPlane.defaultTemplates" "type" (dict "is" (list "array") "items" (dict "is" (list "string"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $controlPlane.envVarFrom) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlane "key" "envVarFrom" "path" "controlPlane.envVarFrom" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $controlPlane.extensionProviders) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlane "key" "extensionProviders" "path" "controlPlane.extensionProviders" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $controlPlane.gateways) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlane "key" "gateways" "path" "controlPlane.gateways" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $controlPlaneGateways := $controlPlane.gateways -}}
  {{- if kindIs "map" $controlPlaneGateways -}}
    {{- if not (eq (kindOf $controlPlaneGateways.secretVolumes) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlaneGateways "key" "secretVolumes" "path" "controlPlane.gateways.secretVolumes" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $controlPlaneGateways.volumeMounts) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlaneGateways "key" "volumeMounts" "path" "controlPlane.gateways.volumeMounts" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $controlPlaneGateways.volumes) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $controlPlaneGateways "key" "volumes" "path" "controlPlane.gateways.volumes" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.delivery) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "delivery" "path" "delivery" "is" (list "string") "default" "auto" "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.direct) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "direct" "path" "direct" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $direct := $values.direct -}}
{{- if kindIs "map" $direct -}}
  {{- if not (eq (kindOf $direct.host) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $direct "key" "host" "path" "direct.host" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $direct.port) "float64") -}}{{- include "istio-lightstep.misshapen" (dict "of" $direct "key" "port" "path" "direct.port" "is" (list "integer") "default" 4317.0 "shape" $shape) -}}
  {{- else if and (kindIs "float64" $direct.port) (ne $direct.port (floor $direct.port)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $direct.port "path" "direct.port" "type" (dict "is" (list "integer")) "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.enabled) "bool" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "enabled" "path" "enabled" "is" (list "boolean" "null") "default" nil "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.extraObjects) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "extraObjects" "path" "extraObjects" "is" (list "array") "default" (list) "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.fullnameOverride) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "fullnameOverride" "path" "fullnameOverride" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.gateways) "slice") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "gateways" "path" "gateways" "is" (list "array") "default" (list (dict "name" "istio-ingressgateway" "namespace" "istio-system" "selector" (dict "istio" "ingressgateway"))) "shape" $shape) -}}
{{- else if $values.gateways -}}{{- include "istio-lightstep.typesBelow" (dict "value" $values.gateways "path" "gateways" "type" (dict "is" (list "array") "items" (dict "is" (list "object") "keys" (dict "name" (dict "is" (list "string")) "namespace" (dict "is" (list "string")) "selector" (dict "is" (list "object") "others" (dict "is" (list "string")))))) "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.global) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "global" "path" "global" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $global := $values.global -}}
{{- if kindIs "map" $global -}}
  {{- if not (eq (kindOf $global.imagePullSecrets) "slice" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $global "key" "imagePullSecrets" "path" "global.imagePullSecrets" "is" (list "array" "null") "default" nil "shape" $shape) -}}
  {{- else if $global.imagePullSecrets -}}{{- include "istio-lightstep.typesBelow" (dict "value" $global.imagePullSecrets "path" "global.imagePullSecrets" "type" (dict "is" (list "array" "null") "items" (dict "is" (list "string" "object") "keys" (dict "name" (dict "is" (list "string"))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $global.imageRegistry) "string" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $global "key" "imageRegistry" "path" "global.imageRegistry" "is" (list "string" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $global.proxy) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $global "key" "proxy" "path" "global.proxy" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $globalProxy := $global.proxy -}}
  {{- if kindIs "map" $globalProxy -}}
    {{- if not (eq (kindOf $globalProxy.tracer) "string" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalProxy "key" "tracer" "path" "global.proxy.tracer" "is" (list "string" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $global.tracer) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $global "key" "tracer" "path" "global.tracer" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $globalTracer := $global.tracer -}}
  {{- if kindIs "map" $globalTracer -}}
    {{- if not (eq (kindOf $globalTracer.lightstep) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalTracer "key" "lightstep" "path" "global.tracer.lightstep" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
    {{- $globalTracerLightstep := $globalTracer.lightstep -}}
    {{- if kindIs "map" $globalTracerLightstep -}}
      {{- if not (eq (kindOf $globalTracerLightstep.accessToken) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalTracerLightstep "key" "accessToken" "path" "global.tracer.lightstep.accessToken" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $globalTracerLightstep.address) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalTracerLightstep "key" "address" "path" "global.tracer.lightstep.address" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $globalTracerLightstep.cacertPath) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalTracerLightstep "key" "cacertPath" "path" "global.tracer.lightstep.cacertPath" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $globalTracerLightstep.secure) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $globalTracerLightstep "key" "secure" "path" "global.tracer.lightstep.secure" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.image) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "image" "path" "image" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $image := $values.image -}}
{{- if kindIs "map" $image -}}
  {{- if not (eq (kindOf $image.digest) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $image "key" "digest" "path" "image.digest" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $image.pullPolicy) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $image "key" "pullPolicy" "path" "image.pullPolicy" "is" (list "string") "default" "IfNotPresent" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $image.registry) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $image "key" "registry" "path" "image.registry" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $image.repository) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $image "key" "repository" "path" "image.repository" "is" (list "string") "default" "ghcr.io/istio-lightstep/istio-lightstep" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $image.tag) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $image "key" "tag" "path" "image.tag" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.istio) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "istio" "path" "istio" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $valuesIstio := $values.istio -}}
{{- if kindIs "map" $valuesIstio -}}
  {{- if not (eq (kindOf $valuesIstio.namespace) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesIstio "key" "namespace" "path" "istio.namespace" "is" (list "string") "default" "istio-system" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $valuesIstio.revision) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesIstio "key" "revision" "path" "istio.revision" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $valuesIstio.rootNamespace) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesIstio "key" "rootNamespace" "path" "istio.rootNamespace" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $valuesIstio.skipVersionCheck) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesIstio "key" "skipVersionCheck" "path" "istio.skipVersionCheck" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $valuesIstio.version) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $valuesIstio "key" "version" "path" "istio.version" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.lookup) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "lookup" "path" "lookup" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.meshConfig) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "meshConfig" "path" "meshConfig" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $meshConfig := $values.meshConfig -}}
{{- if kindIs "map" $meshConfig -}}
  {{- if not (eq (kindOf $meshConfig.shared) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $meshConfig "key" "shared" "path" "meshConfig.shared" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.monitoring) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "monitoring" "path" "monitoring" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $monitoring := $values.monitoring -}}
{{- if kindIs "map" $monitoring -}}
  {{- if not (eq (kindOf $monitoring.dashboard) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoring "key" "dashboard" "path" "monitoring.dashboard" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $monitoringDashboard := $monitoring.dashboard -}}
  {{- if kindIs "map" $monitoringDashboard -}}
    {{- if not (eq (kindOf $monitoringDashboard.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringDashboard "key" "enabled" "path" "monitoring.dashboard.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $monitoringDashboard.labels) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringDashboard "key" "labels" "path" "monitoring.dashboard.labels" "is" (list "object" "null") "default" nil "shape" $shape) -}}
    {{- else if $monitoringDashboard.labels -}}{{- include "istio-lightstep.typesBelow" (dict "value" $monitoringDashboard.labels "path" "monitoring.dashboard.labels" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $monitoring.podMonitor) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoring "key" "podMonitor" "path" "monitoring.podMonitor" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $monitoringPodMonitor := $monitoring.podMonitor -}}
  {{- if kindIs "map" $monitoringPodMonitor -}}
    {{- if not (eq (kindOf $monitoringPodMonitor.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringPodMonitor "key" "enabled" "path" "monitoring.podMonitor.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $monitoringPodMonitor.interval) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringPodMonitor "key" "interval" "path" "monitoring.podMonitor.interval" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $monitoringPodMonitor.labels) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringPodMonitor "key" "labels" "path" "monitoring.podMonitor.labels" "is" (list "object" "null") "default" nil "shape" $shape) -}}
    {{- else if $monitoringPodMonitor.labels -}}{{- include "istio-lightstep.typesBelow" (dict "value" $monitoringPodMonitor.labels "path" "monitoring.podMonitor.labels" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- end -}}
  {{- if not (eq (kindOf $monitoring.prometheusRule) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoring "key" "prometheusRule" "path" "monitoring.prometheusRule" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
  {{- $monitoringPrometheusRule := $monitoring.prometheusRule -}}
  {{- if kindIs "map" $monitoringPrometheusRule -}}
    {{- if not (eq (kindOf $monitoringPrometheusRule.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringPrometheusRule "key" "enabled" "path" "monitoring.prometheusRule.enabled" "is" (list "boolean") "default" false "shape" $shape) -}}{{- end -}}
    {{- if not (eq (kindOf $monitoringPrometheusRule.labels) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $monitoringPrometheusRule "key" "labels" "path" "monitoring.prometheusRule.labels" "is" (list "object" "null") "default" nil "shape" $shape) -}}
    {{- else if $monitoringPrometheusRule.labels -}}{{- include "istio-lightstep.typesBelow" (dict "value" $monitoringPrometheusRule.labels "path" "monitoring.prometheusRule.labels" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.nameOverride) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "nameOverride" "path" "nameOverride" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.output) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "output" "path" "output" "is" (list "string") "default" "cluster" "shape" $shape) -}}{{- end -}}
{{- if not (eq (kindOf $values.pilot) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "pilot" "path" "pilot" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $pilot := $values.pilot -}}
{{- if kindIs "map" $pilot -}}
  {{- if not (eq (kindOf $pilot.traceSampling) "float64" "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $pilot "key" "traceSampling" "path" "pilot.traceSampling" "is" (list "number" "string") "default" 100.0 "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.podSecurityContext) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "podSecurityContext" "path" "podSecurityContext" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
{{- $podSecurityContext := $values.podSecurityContext -}}
{{- if kindIs "map" $podSecurityContext -}}
  {{- if not (eq (kindOf $podSecurityContext.fsGroup) "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContext "key" "fsGroup" "path" "podSecurityContext.fsGroup" "is" (list "integer" "null") "default" nil "shape" $shape) -}}
  {{- else if and (kindIs "float64" $podSecurityContext.fsGroup) (ne $podSecurityContext.fsGroup (floor $podSecurityContext.fsGroup)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $podSecurityContext.fsGroup "path" "podSecurityContext.fsGroup" "type" (dict "is" (list "integer" "null")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $podSecurityContext.runAsGroup) "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContext "key" "runAsGroup" "path" "podSecurityContext.runAsGroup" "is" (list "integer" "null") "default" nil "shape" $shape) -}}
  {{- else if and (kindIs "float64" $podSecurityContext.runAsGroup) (ne $podSecurityContext.runAsGroup (floor $podSecurityContext.runAsGroup)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $podSecurityContext.runAsGroup "path" "podSecurityContext.runAsGroup" "type" (dict "is" (list "integer" "null")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $podSecurityContext.runAsNonRoot) "bool" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContext "key" "runAsNonRoot" "path" "podSecurityContext.runAsNonRoot" "is" (list "boolean" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $podSecurityContext.runAsUser) "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContext "key" "runAsUser" "path" "podSecurityContext.runAsUser" "is" (list "integer" "null") "default" nil "shape" $shape) -}}
  {{- else if and (kindIs "float64" $podSecurityContext.runAsUser) (ne $podSecurityContext.runAsUser (floor $podSecurityContext.runAsUser)) -}}{{- include "istio-lightstep.typesBelow" (dict "value" $podSecurityContext.runAsUser "path" "podSecurityContext.runAsUser" "type" (dict "is" (list "integer" "null")) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $podSecurityContext.seccompProfile) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContext "key" "seccompProfile" "path" "podSecurityContext.seccompProfile" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $podSecurityContextSeccompProfile := $podSecurityContext.seccompProfile -}}
  {{- if kindIs "map" $podSecurityContextSeccompProfile -}}
    {{- if not (eq (kindOf $podSecurityContextSeccompProfile.type) "string" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $podSecurityContextSeccompProfile "key" "type" "path" "podSecurityContext.seccompProfile.type" "is" (list "string" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.serviceAccount) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "serviceAccount" "path" "serviceAccount" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $serviceAccount := $values.serviceAccount -}}
{{- if kindIs "map" $serviceAccount -}}
  {{- if not (eq (kindOf $serviceAccount.annotations) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $serviceAccount "key" "annotations" "path" "serviceAccount.annotations" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $serviceAccount.annotations -}}{{- include "istio-lightstep.typesBelow" (dict "value" $serviceAccount.annotations "path" "serviceAccount.annotations" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "string" "null"))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $serviceAccount.create) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $serviceAccount "key" "create" "path" "serviceAccount.create" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $serviceAccount.name) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $serviceAccount "key" "name" "path" "serviceAccount.name" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.telemetry) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "telemetry" "path" "telemetry" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $telemetry := $values.telemetry -}}
{{- if kindIs "map" $telemetry -}}
  {{- if not (eq (kindOf $telemetry.customTags) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $telemetry "key" "customTags" "path" "telemetry.customTags" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $telemetry.customTags -}}{{- include "istio-lightstep.typesBelow" (dict "value" $telemetry.customTags "path" "telemetry.customTags" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "object" "null") "keys" (dict "environment" (dict "is" (list "object" "null") "keys" (dict "defaultValue" (dict "is" (list "string")) "name" (dict "is" (list "string")))) "formatter" (dict "is" (list "object" "null") "keys" (dict "value" (dict "is" (list "string")))) "header" (dict "is" (list "object" "null") "keys" (dict "defaultValue" (dict "is" (list "string")) "name" (dict "is" (list "string")))) "literal" (dict "is" (list "object" "null") "keys" (dict "value" (dict "is" (list "string"))))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $telemetry.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $telemetry "key" "enabled" "path" "telemetry.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $telemetry.namespaces) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $telemetry "key" "namespaces" "path" "telemetry.namespaces" "is" (list "object" "null") "default" nil "shape" $shape) -}}
  {{- else if $telemetry.namespaces -}}{{- include "istio-lightstep.typesBelow" (dict "value" $telemetry.namespaces "path" "telemetry.namespaces" "type" (dict "is" (list "object" "null") "others" (dict "is" (list "object" "null") "keys" (dict "customTags" (dict "is" (list "object" "null") "others" (dict "is" (list "object" "null") "keys" (dict "environment" (dict "is" (list "object" "null") "keys" (dict "defaultValue" (dict "is" (list "string")) "name" (dict "is" (list "string")))) "formatter" (dict "is" (list "object" "null") "keys" (dict "value" (dict "is" (list "string")))) "header" (dict "is" (list "object" "null") "keys" (dict "defaultValue" (dict "is" (list "string")) "name" (dict "is" (list "string")))) "literal" (dict "is" (list "object" "null") "keys" (dict "value" (dict "is" (list "string"))))))) "disableContextPropagation" (dict "is" (list "boolean" "null")) "disabled" (dict "is" (list "boolean" "null")) "sampling" (dict "is" (list "number" "string" "null"))))) "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $telemetry.serviceAttributeEnrichment) "string") -}}{{- include "istio-lightstep.misshapen" (dict "of" $telemetry "key" "serviceAttributeEnrichment" "path" "telemetry.serviceAttributeEnrichment" "is" (list "string") "default" "" "shape" $shape) -}}{{- end -}}
{{- end -}}
{{- if not (eq (kindOf $values.test) "map") -}}{{- include "istio-lightstep.misshapen" (dict "of" $values "key" "test" "path" "test" "is" (list "object") "default" (dict) "shape" $shape) -}}{{- end -}}
{{- $test := $values.test -}}
{{- if kindIs "map" $test -}}
  {{- if not (eq (kindOf $test.enabled) "bool") -}}{{- include "istio-lightstep.misshapen" (dict "of" $test "key" "enabled" "path" "test.enabled" "is" (list "boolean") "default" true "shape" $shape) -}}{{- end -}}
  {{- if not (eq (kindOf $test.resources) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $test "key" "resources" "path" "test.resources" "is" (list "object" "null") "default" nil "shape" $shape) -}}{{- end -}}
  {{- $testResources := $test.resources -}}
  {{- if kindIs "map" $testResources -}}
    {{- if not (eq (kindOf $testResources.limits) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $testResources "key" "limits" "path" "test.resources.limits" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $testResourcesLimits := $testResources.limits -}}
    {{- if kindIs "map" $testResourcesLimits -}}
      {{- if not (eq (kindOf $testResourcesLimits.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $testResourcesLimits "key" "memory" "path" "test.resources.limits.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
    {{- if not (eq (kindOf $testResources.requests) "map" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $testResources "key" "requests" "path" "test.resources.requests" "is" (list "object") "default" nil "shape" $shape) -}}{{- end -}}
    {{- $testResourcesRequests := $testResources.requests -}}
    {{- if kindIs "map" $testResourcesRequests -}}
      {{- if not (eq (kindOf $testResourcesRequests.cpu) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $testResourcesRequests "key" "cpu" "path" "test.resources.requests.cpu" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
      {{- if not (eq (kindOf $testResourcesRequests.memory) "string" "float64" "invalid") -}}{{- include "istio-lightstep.misshapen" (dict "of" $testResourcesRequests "key" "memory" "path" "test.resources.requests.memory" "is" (list "string" "number") "default" nil "shape" $shape) -}}{{- end -}}
    {{- end -}}
  {{- end -}}
{{- end -}}
{{- end -}}

{{- /* Keeps what the subject and the texts are made by, once, as ._facts. */ -}}
{{- define "istio-lightstep.facts" -}}
{{- if not (hasKey . "_facts") -}}
{{- $facts := dict -}}
{{- $_ := set $facts "components" (dict "connectors" (dict "any" "count datadog exceptions failover forward grafanacloud otlpjson roundrobin routing servicegraph signaltometrics spanmetrics sum") "exporters" (dict "logs" "awscloudwatchlogs honeycombmarker mezmo syslog tencentcloudlogservice" "metrics" "awsemf bmchelix googlemanagedprometheus prometheus prometheusremotewrite stef" "traces" "awsxray zipkin" "traces logs" "cassandra dataset faro logicmonitor logzio" "traces metrics logs" "alibabacloudlogservice awskinesis awss3 azureblob azuredataexplorer azuremonitor clickhouse coralogix datadog debug doris elasticsearch file googlecloud googlecloudpubsub googlecloudstorage influxdb jaeger kafka loadbalancing logging nop opensearch otelarrow otlp otlpgrpc otlphttp pulsar rabbitmq sentry signalfx splunkhec sumologic tinybird") "extensions" (dict "clients" "asapclient azureauth basicauth bearertokenauth googleclientauth headerssetter oauth2client sigv4auth sumologic" "others" "ack awscloudwatchmetricstreamsencoding awsiamdbauth awslogsencoding awsproxy azureencoding cgroupruntime datadog dbstorage dockerobserver ecsobserver filestorage googlecloudlogentryencoding healthcheck hostobserver httpforwarder jaegerencoding jaegerremotesampling jsonlogencoding k8sleaderelector k8sobserver oidc opamp otlpencoding pebbletailstorage pprof redisstorage skywalkingencoding textencoding zipkinencoding zpages") "processors" (dict "logs" "drain logdedup unroll" "metrics" "cardinalityguardian cumulativetodelta deltatocumulative deltatorate experimentalmetricsgeneration interval metricsgeneration metricstarttime metricstransform" "traces" "coralogix groupbytrace span tailsampling" "traces logs" "probabilisticsampler" "traces metrics logs" "attributes batch filter genainormalizer geoip groupbyattrs isolationforest k8sattributes memorylimiter redaction remotetap resource resourcedetection schema sumologic transform") "receivers" (dict "logs" "envoyals filelog fluentforward journald k8sevents loki macosunifiedlogging namedpipe netflow syslog tcplog udplog webhookevent windowseventlog" "metrics" "activedirectoryds aerospike apache apachespark awsecscontainermetrics azuremonitor carbon chrony ciscoos collectd couchdb dockerstats elasticsearch expvar filestats flinkmetrics googlecloudmonitoring googlecloudspanner haproxy httpcheck icmpcheck iis influxdb kafkametrics kubeletstats memcached mongodb nginx nsxt ntp podmanstats prometheus prometheusremotewrite prometheussimple purefa purefb rabbitmq redis riak saphana snmp snowflake splunkenterprise sshcheck stef systemd tcpcheck tlscheck vcenter wavefront windowsperfcounters zookeeper" "metrics logs" "awscloudwatch awscontainerinsight cloudflare cloudfoundry hostmetrics k8scluster k8sobjects mongodbatlas mysql oracledb postgresql splunkhec sqlquery sqlserver statsd windowsservice yanggrpc" "profiles" "pprof" "traces" "awsxray gitlab jaeger solace zipkin" "traces logs" "azureblob faro libhoney" "traces metrics" "github skywalking" "traces metrics logs" "awsfirehose awslambda awss3 azureeventhub datadog googlecloudpubsub kafka nop obi otelarrow otlp otlpjsonfile pulsar receivercreator")) -}}
{{- $_ := set $facts "exporterKeys" (dict "grpc" (dict "auth" (dict "authenticator" "text" "enabled" "switch") "authority" "text" "balancer_name" "balancer" "compression" (list "" "none" "gzip" "snappy" "zstd") "dialer_middleware" "none" "endpoint" "text" "headers" (dict "*" "text" "[]" (dict "name" "text" "value" "text")) "keepalive" (dict "enabled" "switch" "permit_without_stream" "switch" "time" "duration" "timeout" "duration") "middlewares" "none" "read_buffer_size" "whole" "retry_on_failure" (dict "enabled" "switch" "initial_interval" "duration" "max_elapsed_time" "duration" "max_interval" "duration" "multiplier" "positive" "randomization_factor" "share") "sending_queue" (dict "batch" (dict "enabled" "switch" "flush_timeout" "intervalAboveZero" "max_size" "size" "min_size" "size" "partition" (dict "cache_size" "count" "idle_timeout" "intervalAboveZero" "metadata_keys" (dict "[]" "text") "needs" (list (dict "fix" "keep one of them" "unique" (list "metadata_keys") "want" "each key once, as case does not count"))) "sizer" (list "bytes" "items")) "block_on_overflow" "switch" "enabled" "switch" "num_consumers" "consumers" "queue_size" "count" "sizer" (list "bytes" "items" "requests") "storage" "queueStorage" "wait_for_result" "waits") "timeout" "duration" "tls" (dict "ca_file" "text" "ca_pem" "certificate" "cert_file" "text" "cert_pem" "certificate" "cipher_suites" (dict "[]" (list "TLS_AES_128_GCM_SHA256" "TLS_AES_256_GCM_SHA384" "TLS_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) "curve_preferences" (dict "[]" (list "P256" "P384" "P521" "X25519" "X25519MLKEM768")) "include_insecure_cipher_suites" "switch" "include_system_ca_certs_pool" "switch" "insecure" "switch" "insecure_skip_verify" "switch" "key_file" "text" "key_pem" "key" "max_version" (list "" "1.0" "1.1" "1.2" "1.3") "min_version" (list "" "1.0" "1.1" "1.2" "1.3") "reload_interval" "duration" "server_name_override" "serverName" "tpm" (dict "auth" "text" "enabled" "switch" "owner_auth" "text" "path" "text")) "user_agent" "text" "wait_for_ready" "switch" "write_buffer_size" "whole") "http" (dict "auth" (dict "authenticator" "text" "enabled" "switch") "compression" (list "" "none" "gzip" "zlib" "deflate" "snappy" "x-snappy-framed" "zstd" "lz4") "compression_params" (dict "level" "level") "cookies" (dict "enabled" "switch") "dialer_middleware" "none" "encoding" (list "proto" "json") "endpoint" "text" "force_attempt_http2" "switch" "headers" (dict "*" "text" "[]" (dict "name" "text" "value" "text")) "http2_ping_timeout" "duration" "http2_read_idle_timeout" "duration" "keepalive" (dict "enabled" "switch" "idle_conn_timeout" "duration" "max_idle_conns" "whole" "max_idle_conns_per_host" "whole") "logs_endpoint" "text" "max_conns_per_host" "whole" "metrics_endpoint" "text" "middlewares" "none" "profiles_endpoint" "text" "proxy_url" "proxy" "read_buffer_size" "whole" "retry_on_failure" (dict "enabled" "switch" "initial_interval" "duration" "max_elapsed_time" "duration" "max_interval" "duration" "multiplier" "positive" "randomization_factor" "share") "sending_queue" (dict "batch" (dict "enabled" "switch" "flush_timeout" "intervalAboveZero" "max_size" "size" "min_size" "size" "partition" (dict "cache_size" "count" "idle_timeout" "intervalAboveZero" "metadata_keys" (dict "[]" "text") "needs" (list (dict "fix" "keep one of them" "unique" (list "metadata_keys") "want" "each key once, as case does not count"))) "sizer" (list "bytes" "items")) "block_on_overflow" "switch" "enabled" "switch" "num_consumers" "consumers" "queue_size" "count" "sizer" (list "bytes" "items" "requests") "storage" "queueStorage" "wait_for_result" "waits") "timeout" "duration" "tls" (dict "ca_file" "text" "ca_pem" "certificate" "cert_file" "text" "cert_pem" "certificate" "cipher_suites" (dict "[]" (list "TLS_AES_128_GCM_SHA256" "TLS_AES_256_GCM_SHA384" "TLS_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) "curve_preferences" (dict "[]" (list "P256" "P384" "P521" "X25519" "X25519MLKEM768")) "include_insecure_cipher_suites" "switch" "include_system_ca_certs_pool" "switch" "insecure" "switch" "insecure_skip_verify" "switch" "key_file" "text" "key_pem" "key" "max_version" (list "" "1.0" "1.1" "1.2" "1.3") "min_version" (list "" "1.0" "1.1" "1.2" "1.3") "reload_interval" "duration" "server_name_override" "serverName" "tpm" (dict "auth" "text" "enabled" "switch" "owner_auth" "text" "path" "text")) "traces_endpoint" "text" "write_buffer_size" "whole") "kinds" (dict "action" (dict "fix" "write one of them" "is" (list "string") "matches" "^(?i:insert|update|upsert|delete|hash|extract|convert)$" "want" "insert, update, upsert, delete, hash, extract or convert") "any" (dict "fix" "write it" "is" (list "string" "number" "boolean" "array" "object") "want" "anything") "balancer" (dict "fix" "write pick_first or round_robin" "is" (list "string") "matches" "^(?i:round_robin|pick_first|)$" "want" "round_robin or pick_first") "certificate" (dict "fix" "write it from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----, with its line breaks" "is" (list "string") "matches" `^$|(^|\n)-----BEGIN CERTIFICATE-----[ \t\r]*\n[A-Za-z0-9+/=\s]+\n-----END CERTIFICATE-----` "want" "a certificate as PEM") "consumers" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^[1-9][0-9]{0,3}$" "want" "a whole number from 1 to 9999") "count" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^[1-9][0-9]{0,14}$" "want" "a whole number above 0") "detail" (dict "fix" "write basic, normal or detailed" "is" (list "string") "matches" "^(?i:none|basic|normal|detailed)$" "want" "basic, normal or detailed") "duration" (dict "fix" "write a number and its unit: ms, s, m or h" "is" (list "string" "number") "matches" `^(([0-9]{1,8}(\.[0-9]{1,9})?(ms|s)|[0-9]{1,6}(\.[0-9]{1,9})?m|[0-9]{1,4}(\.[0-9]{1,9})?h){1,4}|0)$` "want" "a duration with its unit, such as 30s") "intervalAboveZero" (dict "fix" "write a number and its unit: ms, s, m or h" "is" (list "string") "matches" "^([0-9]{1,8}(ms|s)|[0-9]{1,6}m|[0-9]{1,4}h){0,3}(0*[1-9][0-9]{0,7}(ms|s)|0*[1-9][0-9]{0,5}m|0*[1-9][0-9]{0,3}h)$" "want" "a duration above 0, such as 200ms") "key" (dict "fix" "write ${env:NAME}, and set NAME in collector.env with valueFrom.secretKeyRef" "is" (list "string") "matches" `^$|(^|\n)-----BEGIN ((RSA|EC|ECDSA|ED25519|TSS2) )?PRIVATE KEY-----[ \t\r]*\n[A-Za-z0-9+/=\s]+\n-----END ((RSA|EC|ECDSA|ED25519|TSS2) )?PRIVATE KEY-----` "want" "a private key as PEM, without a passphrase") "level" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^(-[12]|[0-9]|1[0-9]|2[0-2])$" "want" "a whole number from -2 to 22") "logLevel" (dict "fix" "write debug, info, warn or error" "is" (list "string") "matches" "^(?i:debug|info|warn|warning|error|dpanic|panic|fatal)$" "want" "debug, info, warn or error") "none" (dict "chart" true "fix" "write null" "is" (list) "want" "nothing, as the chart's collector has no such extension") "percent" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^([0-9]|[1-9][0-9]|100)$" "want" "a whole number from 0 to 100") "positive" (dict "fix" "write a number, without quotes" "is" (list "number") "matches" "^[0-9]" "want" "a number from 0") "proxy" (dict "fix" "write the whole URL" "is" (list "string") "matches" `^(([A-Za-z][A-Za-z0-9+.-]*://[^\s/?#%]+(/[^\s%]*)?)?)$` "want" "a URL with its scheme, such as http://proxy.example.com:3128") "queueStorage" (dict "chart" true "fix" "write file_storage; an exporter with a storage of its own is one of collector.config, in a pipeline of its own" "is" (list "string") "matches" "^file_storage$" "want" "file_storage, the volume of the chart, whose queues it sizes, watches and drains") "regexp" (dict "fix" "correct it; a $ is written $$" "is" (list "string") "regexp" true "want" "a regular expression, as RE2 has them") "serverName" (dict "fix" "write a name that is in the receiver's certificate" "is" (list "string") "matches" `^(([a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?\.)*[a-zA-Z0-9_]([-a-zA-Z0-9_]{0,61}[a-zA-Z0-9])?|([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:))$` "want" "a host name or an IP address, without a port") "share" (dict "fix" "write a number, without quotes" "is" (list "number") "matches" `^(0|1|0\.[0-9]+)$` "want" "a number from 0 to 1") "size" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,14})$" "want" "a whole number from 0") "switch" (dict "fix" "write true or false, without quotes" "is" (list "boolean") "want" "true or false") "text" (dict "fix" "write text, in quotes if it looks like a number or like true" "is" (list "string") "want" "text") "texts" (dict "fix" "write text, in quotes if it looks like a number or like true" "is" (list "string" "array") "want" "text, or a list of texts") "tokenURL" (dict "fix" "write the whole URL" "is" (list "string") "matches" `^$|^(?i:https?)://[^\s/?#]` "want" "a URL with its scheme, such as https://login.example.com/token") "unsupported" (dict "fix" "write attributes: [{name: team, value: a}] instead" "is" (list) "want" "nothing, as the collector refuses it") "verbosity" (dict "fix" "write basic, normal or detailed" "is" (list "string") "matches" "^(?i:basic|normal|detailed)$" "want" "basic, normal or detailed") "waits" (dict "chart" true "fix" "write false" "is" (list "boolean") "matches" "^false$" "want" "false") "whole" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8})$" "want" "a whole number from 0")) "parts" (dict "exporters" (dict "debug" (dict "needs" (list (dict "fix" "set use_internal_logger: false" "of" (list "output_paths") "want" "no output_paths, unless use_internal_logger is false" "where" (dict "use_internal_logger" (list true nil)))) "output_paths" (dict "[]" "text") "sampling_initial" "whole" "sampling_thereafter" "whole" "sending_queue" (dict "batch" (dict "enabled" "switch" "flush_timeout" "intervalAboveZero" "max_size" "size" "min_size" "size" "partition" (dict "cache_size" "count" "idle_timeout" "intervalAboveZero" "metadata_keys" (dict "[]" "text") "needs" (list (dict "fix" "keep one of them" "unique" (list "metadata_keys") "want" "each key once, as case does not count"))) "sizer" (list "bytes" "items")) "block_on_overflow" "switch" "enabled" "switch" "num_consumers" "consumers" "queue_size" "count" "sizer" (list "bytes" "items" "requests") "storage" "queueStorage" "wait_for_result" "waits") "use_internal_logger" "switch" "verbosity" "verbosity") "zipkin" (dict "auth" (dict "authenticator" "text" "enabled" "switch") "compression" (list "" "none" "gzip" "zlib" "deflate" "snappy" "x-snappy-framed" "zstd" "lz4") "compression_params" (dict "level" "level") "cookies" (dict "enabled" "switch") "default_service_name" "text" "dialer_middleware" "none" "endpoint" "text" "force_attempt_http2" "switch" "format" (list "json" "proto") "headers" (dict "*" "text" "[]" (dict "name" "text" "value" "text")) "http2_ping_timeout" "duration" "http2_read_idle_timeout" "duration" "keepalive" (dict "enabled" "switch" "idle_conn_timeout" "duration" "max_idle_conns" "whole" "max_idle_conns_per_host" "whole") "max_conns_per_host" "whole" "middlewares" "none" "proxy_url" "proxy" "read_buffer_size" "whole" "retry_on_failure" (dict "enabled" "switch" "initial_interval" "duration" "max_elapsed_time" "duration" "max_interval" "duration" "multiplier" "positive" "randomization_factor" "share") "sending_queue" (dict "batch" (dict "enabled" "switch" "flush_timeout" "intervalAboveZero" "max_size" "size" "min_size" "size" "partition" (dict "cache_size" "count" "idle_timeout" "intervalAboveZero" "metadata_keys" (dict "[]" "text") "needs" (list (dict "fix" "keep one of them" "unique" (list "metadata_keys") "want" "each key once, as case does not count"))) "sizer" (list "bytes" "items")) "block_on_overflow" "switch" "enabled" "switch" "num_consumers" "consumers" "queue_size" "count" "sizer" (list "bytes" "items" "requests") "storage" "queueStorage" "wait_for_result" "waits") "timeout" "duration" "tls" (dict "ca_file" "text" "ca_pem" "certificate" "cert_file" "text" "cert_pem" "certificate" "cipher_suites" (dict "[]" (list "TLS_AES_128_GCM_SHA256" "TLS_AES_256_GCM_SHA384" "TLS_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) "curve_preferences" (dict "[]" (list "P256" "P384" "P521" "X25519" "X25519MLKEM768")) "include_insecure_cipher_suites" "switch" "include_system_ca_certs_pool" "switch" "insecure" "switch" "insecure_skip_verify" "switch" "key_file" "text" "key_pem" "key" "max_version" (list "" "1.0" "1.1" "1.2" "1.3") "min_version" (list "" "1.0" "1.1" "1.2" "1.3") "reload_interval" "duration" "server_name_override" "serverName" "tpm" (dict "auth" "text" "enabled" "switch" "owner_auth" "text" "path" "text")) "write_buffer_size" "whole")) "extensions" (dict "oauth2client" (dict "audience" "text" "claims" (dict "*" "any") "client_certificate_key" "text" "client_certificate_key_file" "text" "client_certificate_key_id" "text" "client_id" "text" "client_id_file" "text" "client_secret" "text" "client_secret_file" "text" "endpoint_params" (dict "*" "texts") "expiry_buffer" "duration" "grant_type" "text" "iss" "text" "needs" (list (dict "fix" "write client_id" "least" 1.0 "most" 2.0 "of" (list "client_id" "client_id_file") "want" "one at least" "where" (dict "grant_type" (list nil "" "client_credentials" "urn:ietf:params:oauth:grant-type:jwt-bearer"))) (dict "fix" "write client_secret: ${env:NAME}, and set NAME in collector.env with valueFrom.secretKeyRef" "least" 1.0 "most" 2.0 "of" (list "client_secret" "client_secret_file") "want" "one at least" "where" (dict "grant_type" (list nil "" "client_credentials"))) (dict "fix" "write client_certificate_key_file, and mount that file" "least" 1.0 "most" 2.0 "of" (list "client_certificate_key" "client_certificate_key_file") "want" "one at least" "where" (dict "grant_type" (list "urn:ietf:params:oauth:grant-type:jwt-bearer"))) (dict "fix" "write for example token_url: https://login.example.com/token" "least" 1.0 "most" 1.0 "of" (list "token_url") "want" "the URL of the token server")) "scopes" "texts" "signature_algorithm" "text" "timeout" "duration" "tls" (dict "ca_file" "text" "ca_pem" "certificate" "cert_file" "text" "cert_pem" "certificate" "cipher_suites" (dict "[]" (list "TLS_AES_128_GCM_SHA256" "TLS_AES_256_GCM_SHA384" "TLS_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) "curve_preferences" (dict "[]" (list "P256" "P384" "P521" "X25519" "X25519MLKEM768")) "include_insecure_cipher_suites" "switch" "include_system_ca_certs_pool" "switch" "insecure" "switch" "insecure_skip_verify" "switch" "key_file" "text" "key_pem" "key" "max_version" (list "" "1.0" "1.1" "1.2" "1.3") "min_version" (list "" "1.0" "1.1" "1.2" "1.3") "reload_interval" "duration" "server_name_override" "serverName" "tpm" (dict "auth" "text" "enabled" "switch" "owner_auth" "text" "path" "text")) "token_url" "tokenURL") "sigv4auth" (dict "assume_role" (dict "arn" "text" "external_id" "text" "needs" (list (dict "beside" (list "arn" "external_id" "session_name" "sts_region") "fix" "write arn" "least" 1.0 "most" 1.0 "of" (list "arn") "want" "the role, beside web_identity_token_file")) "session_name" "text" "sts_region" "text" "web_identity_token_file" "text") "region" "text" "service" "text")) "processors" (dict "attributes" (dict "actions" (dict "[]" (dict "action" "action" "converted_type" (list "int" "double" "string") "default_value" "any" "from_attribute" "text" "from_context" "text" "key" "text" "needs" (list (dict "fix" "write for example action: upsert" "least" 1.0 "most" 1.0 "of" (list "action") "want" "an action") (dict "fix" "leave one of them" "most" 1.0 "of" (list "value" "from_attribute" "from_context") "want" "one at most" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "write the value" "least" 1.0 "most" 4.0 "of" (list "value" "from_attribute" "from_context" "default_value") "want" "one at least" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "remove them" "of" (list "pattern" "converted_type") "want" "none, as this action uses neither" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "write it" "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute" "where" (dict "action" (list "insert" "update" "upsert" "extract" "convert"))) (dict "fix" "write the key of the attribute" "least" 1.0 "most" 2.0 "of" (list "key" "pattern") "want" "one at least" "where" (dict "action" (list "delete" "hash"))) (dict "fix" "remove them" "of" (list "value" "from_attribute" "converted_type") "want" "none, as this action uses none of them" "where" (dict "action" (list "delete" "hash"))) (dict "fix" "remove them" "of" (list "value" "from_attribute" "from_context") "want" "none, as this action uses none of them" "where" (dict "action" (list "extract" "convert"))) (dict "fix" "write for example pattern: ^(?P<team>[a-z]+)" "least" 1.0 "most" 1.0 "of" (list "pattern") "want" "a pattern with named groups" "where" (dict "action" (list "extract"))) (dict "fix" "remove it" "of" (list "converted_type") "want" "none, as this action does not use it" "where" (dict "action" (list "extract"))) (dict "fix" "write int, double or string" "least" 1.0 "most" 1.0 "of" (list "converted_type") "want" "one" "where" (dict "action" (list "convert"))) (dict "fix" "remove it" "of" (list "pattern") "want" "none, as this action does not use it" "where" (dict "action" (list "convert"))) (dict "fix" "write for example ^(?P<team>[a-z]+), and (?:…) for a group without a name" "groups" "pattern" "want" "groups that all have a name, and one at least" "where" (dict "action" (list "extract")))) "pattern" "regexp" "value" "any")) "exclude" (dict "attributes" (dict "[]" (dict "key" "text" "needs" (list (dict "fix" "write it" "in" (list "traces" "logs") "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute")) "value" "any")) "libraries" (dict "[]" (dict "name" "text" "version" "text")) "log_bodies" (dict "[]" "text") "log_severity_number" (dict "match_undefined" "switch" "min" "whole") "log_severity_texts" (dict "[]" "text") "match_type" (list "strict" "regexp") "metric_names" (dict "[]" "text") "needs" (list (dict "fix" "write what spans have, for example services: [shop]" "in" (list "traces") "least" 1.0 "most" 6.0 "of" (list "services" "span_names" "span_kinds" "attributes" "resources" "libraries") "want" "one at least") (dict "fix" "remove them" "in" (list "traces") "of" (list "log_bodies" "log_severity_texts" "log_severity_number" "metric_names") "want" "none, as spans have none of them") (dict "fix" "write what logs have, for example log_bodies: [a]" "in" (list "logs") "least" 1.0 "most" 6.0 "of" (list "attributes" "resources" "libraries" "log_bodies" "log_severity_texts" "log_severity_number") "want" "one at least") (dict "fix" "remove them" "in" (list "logs") "of" (list "services" "span_names" "span_kinds" "metric_names") "want" "none, as logs have none of them") (dict "fix" "write for example metric_names: [a]" "in" (list "metrics") "least" 1.0 "most" 2.0 "of" (list "metric_names" "resources") "want" "one at least") (dict "fix" "remove them" "in" (list "metrics") "of" (list "services" "span_names" "span_kinds" "attributes" "libraries" "log_bodies" "log_severity_texts" "log_severity_number") "want" "none, as metrics have none of them") (dict "fix" "write match_type: strict, or regexp" "in" (list "traces" "logs" "metrics") "of" (list "services" "span_names" "span_kinds" "libraries" "log_bodies" "log_severity_texts" "metric_names") "want" "none without match_type" "where" (dict "match_type" (list nil ""))) (dict "among" (list "SPAN_KIND_CLIENT" "SPAN_KIND_CONSUMER" "SPAN_KIND_INTERNAL" "SPAN_KIND_PRODUCER" "SPAN_KIND_SERVER") "fix" "write for example SPAN_KIND_SERVER" "in" (list "traces") "texts" (list "span_kinds") "want" "a kind of spans, with match_type strict" "where" (dict "match_type" (list "strict"))) (dict "fix" "correct it, or set match_type to strict" "in" (list "traces" "logs") "patterns" (list "services" "span_names" "span_kinds" "attributes" "resources" "libraries" "log_bodies" "log_severity_texts") "want" "a regular expression, as RE2 has them, with match_type regexp" "where" (dict "match_type" (list "regexp")))) "regexp" (dict "cacheenabled" "switch" "cachemaxnumentries" "whole") "resources" (dict "[]" (dict "key" "text" "needs" (list (dict "fix" "write it" "in" (list "traces" "logs") "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute")) "value" "any")) "services" (dict "[]" "text") "span_kinds" (dict "[]" "text") "span_names" (dict "[]" "text")) "include" (dict "attributes" (dict "[]" (dict "key" "text" "needs" (list (dict "fix" "write it" "in" (list "traces" "logs") "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute")) "value" "any")) "libraries" (dict "[]" (dict "name" "text" "version" "text")) "log_bodies" (dict "[]" "text") "log_severity_number" (dict "match_undefined" "switch" "min" "whole") "log_severity_texts" (dict "[]" "text") "match_type" (list "strict" "regexp") "metric_names" (dict "[]" "text") "needs" (list (dict "fix" "write what spans have, for example services: [shop]" "in" (list "traces") "least" 1.0 "most" 6.0 "of" (list "services" "span_names" "span_kinds" "attributes" "resources" "libraries") "want" "one at least") (dict "fix" "remove them" "in" (list "traces") "of" (list "log_bodies" "log_severity_texts" "log_severity_number" "metric_names") "want" "none, as spans have none of them") (dict "fix" "write what logs have, for example log_bodies: [a]" "in" (list "logs") "least" 1.0 "most" 6.0 "of" (list "attributes" "resources" "libraries" "log_bodies" "log_severity_texts" "log_severity_number") "want" "one at least") (dict "fix" "remove them" "in" (list "logs") "of" (list "services" "span_names" "span_kinds" "metric_names") "want" "none, as logs have none of them") (dict "fix" "write for example metric_names: [a]" "in" (list "metrics") "least" 1.0 "most" 2.0 "of" (list "metric_names" "resources") "want" "one at least") (dict "fix" "remove them" "in" (list "metrics") "of" (list "services" "span_names" "span_kinds" "attributes" "libraries" "log_bodies" "log_severity_texts" "log_severity_number") "want" "none, as metrics have none of them") (dict "fix" "write match_type: strict, or regexp" "in" (list "traces" "logs" "metrics") "of" (list "services" "span_names" "span_kinds" "libraries" "log_bodies" "log_severity_texts" "metric_names") "want" "none without match_type" "where" (dict "match_type" (list nil ""))) (dict "among" (list "SPAN_KIND_CLIENT" "SPAN_KIND_CONSUMER" "SPAN_KIND_INTERNAL" "SPAN_KIND_PRODUCER" "SPAN_KIND_SERVER") "fix" "write for example SPAN_KIND_SERVER" "in" (list "traces") "texts" (list "span_kinds") "want" "a kind of spans, with match_type strict" "where" (dict "match_type" (list "strict"))) (dict "fix" "correct it, or set match_type to strict" "in" (list "traces" "logs") "patterns" (list "services" "span_names" "span_kinds" "attributes" "resources" "libraries" "log_bodies" "log_severity_texts") "want" "a regular expression, as RE2 has them, with match_type regexp" "where" (dict "match_type" (list "regexp")))) "regexp" (dict "cacheenabled" "switch" "cachemaxnumentries" "whole") "resources" (dict "[]" (dict "key" "text" "needs" (list (dict "fix" "write it" "in" (list "traces" "logs") "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute")) "value" "any")) "services" (dict "[]" "text") "span_kinds" (dict "[]" "text") "span_names" (dict "[]" "text")) "needs" (list (dict "fix" "write for example actions: [{key: team, value: a, action: insert}]" "least" 1.0 "most" 1.0 "of" (list "actions") "want" "actions"))) "batch" (dict "metadata_cardinality_limit" "whole" "metadata_keys" (dict "[]" "text") "needs" (list (dict "fix" "keep one of them" "unique" (list "metadata_keys") "want" "each key once, as case does not count") (dict "default" 8192.0 "fix" "set send_batch_size to this number or less" "from" "send_batch_size" "number" "send_batch_max_size" "plus" 0.0 "want" "0, or at least send_batch_size, which is 8192 by default")) "send_batch_max_size" "whole" "send_batch_size" "whole" "timeout" "duration") "memory_limiter" (dict "check_interval" "intervalAboveZero" "garbage_collector" (dict "enabled" "switch") "limit_mib" "whole" "limit_percentage" "percent" "max_gc_interval_when_hard_limited" "duration" "max_gc_interval_when_soft_limited" "duration" "min_gc_interval_when_hard_limited" "duration" "min_gc_interval_when_soft_limited" "duration" "needs" (list (dict "fix" "write check_interval: 1s" "least" 1.0 "most" 1.0 "of" (list "check_interval") "want" "an interval") (dict "fix" "write for example limit_percentage: 80" "least" 1.0 "most" 2.0 "of" (list "limit_mib" "limit_percentage") "want" "one at least, above 0") (dict "default" 0.0 "fix" "lower spike_limit_mib" "from" "spike_limit_mib" "number" "limit_mib" "plus" 1.0 "want" "more than spike_limit_mib") (dict "default" 0.0 "fix" "lower spike_limit_percentage" "from" "spike_limit_percentage" "number" "limit_percentage" "plus" 1.0 "want" "more than spike_limit_percentage")) "spike_limit_mib" "whole" "spike_limit_percentage" "percent") "resource" (dict "attributes" (dict "[]" (dict "action" "action" "converted_type" (list "int" "double" "string") "default_value" "any" "from_attribute" "text" "from_context" "text" "key" "text" "needs" (list (dict "fix" "write for example action: upsert" "least" 1.0 "most" 1.0 "of" (list "action") "want" "an action") (dict "fix" "leave one of them" "most" 1.0 "of" (list "value" "from_attribute" "from_context") "want" "one at most" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "write the value" "least" 1.0 "most" 4.0 "of" (list "value" "from_attribute" "from_context" "default_value") "want" "one at least" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "remove them" "of" (list "pattern" "converted_type") "want" "none, as this action uses neither" "where" (dict "action" (list "insert" "update" "upsert"))) (dict "fix" "write it" "least" 1.0 "most" 1.0 "of" (list "key") "want" "the key of the attribute" "where" (dict "action" (list "insert" "update" "upsert" "extract" "convert"))) (dict "fix" "write the key of the attribute" "least" 1.0 "most" 2.0 "of" (list "key" "pattern") "want" "one at least" "where" (dict "action" (list "delete" "hash"))) (dict "fix" "remove them" "of" (list "value" "from_attribute" "converted_type") "want" "none, as this action uses none of them" "where" (dict "action" (list "delete" "hash"))) (dict "fix" "remove them" "of" (list "value" "from_attribute" "from_context") "want" "none, as this action uses none of them" "where" (dict "action" (list "extract" "convert"))) (dict "fix" "write for example pattern: ^(?P<team>[a-z]+)" "least" 1.0 "most" 1.0 "of" (list "pattern") "want" "a pattern with named groups" "where" (dict "action" (list "extract"))) (dict "fix" "remove it" "of" (list "converted_type") "want" "none, as this action does not use it" "where" (dict "action" (list "extract"))) (dict "fix" "write int, double or string" "least" 1.0 "most" 1.0 "of" (list "converted_type") "want" "one" "where" (dict "action" (list "convert"))) (dict "fix" "remove it" "of" (list "pattern") "want" "none, as this action does not use it" "where" (dict "action" (list "convert"))) (dict "fix" "write for example ^(?P<team>[a-z]+), and (?:…) for a group without a name" "groups" "pattern" "want" "groups that all have a name, and one at least" "where" (dict "action" (list "extract")))) "pattern" "regexp" "value" "any")) "needs" (list (dict "fix" "write for example attributes: [{key: team, value: a, action: insert}]" "least" 1.0 "most" 1.0 "of" (list "attributes") "want" "attributes")))) "receivers" (dict "zipkin" (dict "auth" (dict "authenticator" "text" "enabled" "switch" "request_params" (dict "[]" "text")) "compression_algorithms" (dict "[]" "text") "cors" (dict "allowed_headers" (dict "[]" "text") "allowed_origins" (dict "[]" "text") "enabled" "switch" "exposed_headers" (dict "[]" "text") "max_age" "whole") "dialer" (dict "timeout" "duration") "endpoint" "text" "include_metadata" "switch" "keepalive" (dict "enabled" "switch" "idle_timeout" "duration") "max_request_body_size" "size" "middlewares" (dict "[]" (dict "id" "text")) "parse_string_tags" "switch" "read_header_timeout" "duration" "read_timeout" "duration" "response_headers" (dict "*" "text" "[]" (dict "name" "text" "value" "text")) "tls" (dict "ca_file" "text" "ca_pem" "certificate" "cert_file" "text" "cert_pem" "certificate" "cipher_suites" (dict "[]" (list "TLS_AES_128_GCM_SHA256" "TLS_AES_256_GCM_SHA384" "TLS_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256")) "client_ca_file" "text" "client_ca_file_reload" "switch" "curve_preferences" (dict "[]" (list "P256" "P384" "P521" "X25519" "X25519MLKEM768")) "enabled" "switch" "include_insecure_cipher_suites" "switch" "include_system_ca_certs_pool" "switch" "key_file" "text" "key_pem" "key" "max_version" (list "" "1.0" "1.1" "1.2" "1.3") "min_version" (list "" "1.0" "1.1" "1.2" "1.3") "needs" (list (dict "fix" "write cert_file and key_file" "least" 1.0 "most" 4.0 "of" (list "cert_file" "cert_pem" "key_file" "key_pem") "want" "a certificate and its key")) "reload_interval" "duration" "tpm" (dict "auth" "text" "enabled" "switch" "owner_auth" "text" "path" "text")) "transport" (list "tcp" "tcp4" "tcp6" "unix") "write_timeout" "duration"))) "telemetry" (dict "logs" (dict "development" "switch" "disable_caller" "switch" "disable_stacktrace" "switch" "disable_zap_resource" "switch" "encoding" (list "json" "console") "error_output_paths" (dict "[]" "text") "initial_fields" "any" "level" "logLevel" "output_paths" (dict "[]" "text") "processors" "any" "sampling" (dict "enabled" "switch" "initial" "whole" "thereafter" "whole" "tick" "duration")) "metrics" (dict "level" "detail" "readers" "any" "views" "any") "resource" (dict "*" "text" "attributes" "any" "attributes_list" "unsupported" "detection/development" "any" "detectors" "any" "needs" (list (dict "beside" (list "attributes" "attributes_list" "detection/development" "detectors" "schema_url") "fix" "write all as attributes: [{name: team, value: a}]" "of" (list "attributes") "want" "attributes alone, or each attribute by its name")) "schema_url" "text") "traces" (dict "level" "detail" "limits" "any" "processors" "any" "propagators" (dict "[]" "text") "sampler" "any"))) -}}
{{- $_ := set $facts "exposed" (dict "credential" `(?i)(authorization|cookie|token|secret|passw(or)?d|passphrase|credentials?|bearer|(api|access|auth|private|license|signing|account|shared|subscription|instrumentation|application|ingest|ingestion|write)[-_. ]?key|key[-_]?pem|honeycomb-team|(^|[^a-z])(pass|pwd|x[-_]auth))[\s:=]*$` "keepers" (list "sigv4auth" "headers_setter") "loopback" `^(?i:([a-z]+:/{2,3})?(([-a-z0-9]+\.)*localhost\.?|ip6-(localhost|loopback)|127\.[0-9.]+|0\.0\.0\.0|\[[0:]*:(0{0,3}1?|ffff:(127\.[0-9.]+|7f[0-9a-f]{2}:[0-9a-f]+))\])(:|/|$))` "needsTLS" (list "basicauth" "bearertokenauth" "oauth2client")) -}}
{{- $_ := set $facts "files" (dict "mounted" "^/(etc/(otelcol|lightstep-access-token|istio-lightstep)|var/lib/otelcol)(/|$)" "present" `^(/dev/.+|/proc/.+|/sys/.+|/etc/(hosts|hostname|resolv\.conf)|/etc/ssl/certs(/ca-certificates\.crt)?|/vault/.+|(/var)?/run/secrets/((pods\.)?eks\.amazonaws\.com|azure)/.+)$` "readOnly" (list "configMap" "secret" "downwardAPI" "projected" "image") "reads" `^(collector\.(exporters|config)|backends\.([^.\\]|\\.)+\.(exporter|auth))\..*\.(((client_)?ca|cert|key|crl|private_key|known_hosts|(bearer_)?token|credentials?|username|password|passphrase|client_id|client_secret|keytab|federated_token|service_account|policy)_file|database_path|issuer_ca_path)$|^collector\.config\.extensions\.(bearertokenauth(/[^.]*)?\.filename|basicauth(/[^.]*)?\.htpasswd\.file)$|^backends\.([^.\\]|\\.)+\.auth\.bearertokenauth\.filename$` "variables" `(^|\.)(SSL_CERT_FILE|SSL_CERT_DIR|AWS_CA_BUNDLE|GOOGLE_APPLICATION_CREDENTIALS)$` "writable" "^(/dev/|/proc/|/var/lib/otelcol(/|$))" "writes" `\.(error_)?output_paths\[[0-9]+\]$|\.save_to_file$|\.wal(_config)?\.directory$|^collector\.config\.extensions\.(file_storage|pebble_tail_storage)(/[^.]*)?\.(compaction\.)?directory$|^collector\.(config\.)?exporters\.file(/[^.]*)?\.path$`) -}}
{{- $_ := set $facts "filled" `(\b(?i:[a-z-]{1,12}) +)?(\{\{[^{}]*\}\}|<path:[^<>]+>)` -}}
{{- $_ := set $facts "forms" (dict "kinds" (dict "annotationKey" (dict "fix" "write for example example.com/team" "is" (list "string") "matches" `^(?i:([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?)[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$` "never" "^[^/]{254}" "want" "a key of at most 63 letters, digits, dashes, underscores and dots, after a DNS name and a slash or without") "cidr" (dict "fix" "write for example 10.0.0.0/8" "is" (list "string") "matches" `^(((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])/(3[0-2]|[12]?[0-9])|(([0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,7}:|([0-9a-fA-F]{1,4}:){1,6}:[0-9a-fA-F]{1,4}|([0-9a-fA-F]{1,4}:){1,5}(:[0-9a-fA-F]{1,4}){1,2}|([0-9a-fA-F]{1,4}:){1,4}(:[0-9a-fA-F]{1,4}){1,3}|([0-9a-fA-F]{1,4}:){1,3}(:[0-9a-fA-F]{1,4}){1,4}|([0-9a-fA-F]{1,4}:){1,2}(:[0-9a-fA-F]{1,4}){1,5}|[0-9a-fA-F]{1,4}:(:[0-9a-fA-F]{1,4}){1,6}|:((:[0-9a-fA-F]{1,4}){1,7}|:)|::(ffff:)?((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$` "never" "a^" "want" "a range of addresses") "count" (dict "fix" "write one, or null for Kubernetes' default" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "^0$" "want" "a whole number from 1") "failures" (dict "fix" "write one, or remove it" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647" "zero" "3") "filled" (dict "fix" "write it, or remove the entry" "is" (list "string") "matches" `^\S(?s:.*\S)?$` "never" "a^" "want" "text that is not empty, without spaces around it") "header" (dict "fix" "write for example x-probe" "is" (list "string") "matches" "^[-A-Za-z0-9]+$" "never" "a^" "want" "a name of letters, digits and dashes") "id" (dict "fix" "write one, or null to leave it to the platform" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647") "label" (dict "fix" "write for example extra-1" "is" (list "string") "matches" "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$" "never" "a^" "want" "a name of at most 63 lower-case letters, digits and dashes that begins and ends with a letter or a digit") "labelKey" (dict "fix" "write for example example.com/team" "is" (list "string") "matches" `^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$` "never" "^[^/]{254}" "want" "a key of at most 63 letters, digits, dashes, underscores and dots, after a DNS name and a slash or without") "labelKeyOrNone" (dict "fix" "write for example example.com/team" "is" (list "string") "matches" `^(([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$` "never" "^[^/]{254}" "want" "a key of at most 63 letters, digits, dashes, underscores and dots, after a DNS name and a slash or without") "labelOrNone" (dict "fix" "write the name of a namespace, or remove it" "is" (list "string") "matches" "^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)?$" "never" "a^" "want" "a name of at most 63 lower-case letters, digits and dashes that begins and ends with a letter or a digit") "labelValue" (dict "fix" "write such a text, or use an annotation" "is" (list "string") "matches" "^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$" "never" "a^" "want" "a text of at most 63 letters, digits, dashes, underscores and dots that begins and ends with a letter or a digit") "mountPath" (dict "fix" "write for example /etc/extra" "is" (list "string") "matches" "^[^:]+$" "never" "a^" "want" "a path, without a colon") "one" (dict "fix" "write 1, or remove it" "is" (list "number") "matches" "^[01]$" "never" "a^" "want" "1, the only number that this probe can have" "zero" "1") "path" (dict "fix" "write for example my-object" "is" (list "string") "matches" `^(\.?[^./%]|\.\.[^/%])[^/%]*$` "never" "^.{254}" "want" "a name without a slash or a percent sign") "period" (dict "fix" "write one, or remove it" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647" "zero" "10") "port" (dict "fix" "write a number without quotes, or the name of one of the container's ports" "is" (list "string" "number") "matches" `^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|"[a-z0-9-]*[a-z][a-z0-9-]*")$` "never" `^"-|-"$|--|.{18}` "want" "a port, from 1 to 65535, or the name of one of the container") "portName" (dict "fix" "write for example http-extra" "is" (list "string") "matches" "^([a-z0-9-]*[a-z][a-z0-9-]*)?$" "never" "^-|-$|--|.{16}" "want" "a name of at most 15 lower-case letters, digits and single dashes, with a letter in it") "portNumber" (dict "fix" "write a whole number, without quotes" "is" (list "number") "matches" "^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})$" "never" "a^" "want" "a port, from 1 to 65535") "portNumberOrNone" (dict "fix" "write a whole number, without quotes, or remove it" "is" (list "number") "matches" "^(0|6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3})$" "never" "a^" "want" "a port, from 1 to 65535") "promDuration" (dict "fix" "write for example 30s" "is" (list "string") "matches" "^(0|(([0-9]+)y)?(([0-9]+)w)?(([0-9]+)d)?(([0-9]+)h)?(([0-9]+)m)?(([0-9]+)s)?(([0-9]+)ms)?)$" "never" "a^" "want" "a duration as Prometheus writes it") "seconds" (dict "fix" "write one, or remove it" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647" "zero" "1") "short" (dict "fix" "write the name of an object in your cluster" "is" (list "string") "matches" "" "never" "^.{254}" "want" "a name of at most 253 characters") "subdomain" (dict "fix" "write the name of an object in your cluster" "is" (list "string") "matches" `^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$` "never" "^.{254}" "want" "a name of at most 253 lower-case letters, digits, dashes and dots") "subdomainOrNone" (dict "fix" "write the name of an object in your cluster, or remove it" "is" (list "string") "matches" `^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$` "never" "^.{254}" "want" "a name of at most 253 lower-case letters, digits, dashes and dots") "successes" (dict "fix" "write one, or remove it" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647" "zero" "1") "tag" (dict "fix" "write the name of the tag, or remove the entry" "is" (list "string") "matches" `\S` "never" "a^" "want" "a name") "text" (dict "fix" "write text, in quotes if it looks like a number or like true" "is" (list "string") "matches" "" "never" "a^" "want" "text") "variable" (dict "fix" "write for example HTTPS_PROXY" "is" (list "string") "matches" "^[-._a-zA-Z][-._a-zA-Z0-9]*$" "never" `^(\.$|\.\.)` "want" "a name of letters, digits, underscores, dashes and dots that does not begin with a digit") "weight" (dict "fix" "write one" "is" (list "number") "matches" "^([1-9][0-9]?|100)$" "never" "a^" "want" "a whole number from 1 to 100") "whole" (dict "fix" "write one, or remove it" "is" (list "number") "matches" "^(0|[1-9][0-9]{0,8}|1[0-9]{9}|20[0-9]{8}|21[0-3][0-9]{7}|214[0-6][0-9]{6}|2147[0-3][0-9]{5}|21474[0-7][0-9]{4}|214748[0-2][0-9]{3}|2147483[0-5][0-9]{2}|21474836[0-3][0-9]|214748364[0-7])$" "never" "a^" "want" "a whole number from 0 to 2147483647")) "places" (dict "collector" (dict "affinity" (dict "nodeAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (dict "[]" (dict "preference" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist" "Gt" "Lt") "required" (list "key" "operator") "values" (dict "[]" "labelValue")))) "required" (list "weight" "preference") "weight" "weight")) "requiredDuringSchedulingIgnoredDuringExecution" (dict "nodeSelectorTerms" (dict "[]" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist" "Gt" "Lt") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))))) "required" (list "nodeSelectorTerms"))) "podAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (dict "[]" (dict "podAffinityTerm" (dict "labelSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "matchLabelKeys" (dict "[]" "labelKey") "mismatchLabelKeys" (dict "[]" "labelKey") "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "namespaces" (dict "[]" "label") "required" (list "topologyKey") "topologyKey" "labelKey") "required" (list "weight" "podAffinityTerm") "weight" "weight")) "requiredDuringSchedulingIgnoredDuringExecution" (dict "[]" (dict "labelSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "matchLabelKeys" (dict "[]" "labelKey") "mismatchLabelKeys" (dict "[]" "labelKey") "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "namespaces" (dict "[]" "label") "required" (list "topologyKey") "topologyKey" "labelKey"))) "podAntiAffinity" (dict "preferredDuringSchedulingIgnoredDuringExecution" (dict "[]" (dict "podAffinityTerm" (dict "labelSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "matchLabelKeys" (dict "[]" "labelKey") "mismatchLabelKeys" (dict "[]" "labelKey") "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "namespaces" (dict "[]" "label") "required" (list "topologyKey") "topologyKey" "labelKey") "required" (list "weight" "podAffinityTerm") "weight" "weight")) "requiredDuringSchedulingIgnoredDuringExecution" (dict "[]" (dict "labelSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "matchLabelKeys" (dict "[]" "labelKey") "mismatchLabelKeys" (dict "[]" "labelKey") "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "namespaces" (dict "[]" "label") "required" (list "topologyKey") "topologyKey" "labelKey")))) "extraContainers" (dict "[]" (dict "env" (dict "[]" (dict "name" "variable" "required" (list "name") "unique" (list "name") "value" "text")) "image" "filled" "imagePullPolicy" (list "" "Always" "IfNotPresent" "Never") "livenessProbe" (dict "exec" (dict "command" (dict "[]" "text") "required" (list "command")) "failureThreshold" "failures" "grpc" (dict "port" "portNumber" "required" (list "port")) "httpGet" (dict "httpHeaders" (dict "[]" (dict "name" "header" "required" (list "name") "value" "text")) "port" "port" "required" (list "port") "scheme" (list "" "HTTP" "HTTPS")) "initialDelaySeconds" "whole" "oneOf" (list "exec" "grpc" "httpGet" "tcpSocket") "periodSeconds" "period" "successThreshold" "one" "tcpSocket" (dict "port" "port" "required" (list "port")) "terminationGracePeriodSeconds" "count" "timeoutSeconds" "seconds") "name" "label" "ports" (dict "[]" (dict "containerPort" "portNumber" "hostPort" "portNumberOrNone" "name" "portName" "protocol" (list "" "TCP" "UDP" "SCTP") "required" (list "containerPort") "unique" (list "name"))) "readinessProbe" (dict "exec" (dict "command" (dict "[]" "text") "required" (list "command")) "failureThreshold" "failures" "grpc" (dict "port" "portNumber" "required" (list "port")) "httpGet" (dict "httpHeaders" (dict "[]" (dict "name" "header" "required" (list "name") "value" "text")) "port" "port" "required" (list "port") "scheme" (list "" "HTTP" "HTTPS")) "initialDelaySeconds" "whole" "oneOf" (list "exec" "grpc" "httpGet" "tcpSocket") "periodSeconds" "period" "successThreshold" "successes" "tcpSocket" (dict "port" "port" "required" (list "port")) "terminationGracePeriodSeconds" "count" "timeoutSeconds" "seconds") "securityContext" (dict "runAsGroup" "id" "runAsUser" "id" "seccompProfile" (dict "type" (list "RuntimeDefault" "Unconfined" "Localhost"))) "startupProbe" (dict "exec" (dict "command" (dict "[]" "text") "required" (list "command")) "failureThreshold" "failures" "grpc" (dict "port" "portNumber" "required" (list "port")) "httpGet" (dict "httpHeaders" (dict "[]" (dict "name" "header" "required" (list "name") "value" "text")) "port" "port" "required" (list "port") "scheme" (list "" "HTTP" "HTTPS")) "initialDelaySeconds" "whole" "oneOf" (list "exec" "grpc" "httpGet" "tcpSocket") "periodSeconds" "period" "successThreshold" "one" "tcpSocket" (dict "port" "port" "required" (list "port")) "terminationGracePeriodSeconds" "count" "timeoutSeconds" "seconds") "unique" (list "name") "volumeMounts" (dict "[]" (dict "mountPath" "mountPath" "name" "label" "required" (list "name" "mountPath") "unique" (list "mountPath"))))) "extraVolumeMounts" (dict "[]" (dict "mountPath" "mountPath" "unique" (list "mountPath"))) "extraVolumes" (dict "[]" (dict "most" 2.0 "name" "label" "unique" (list "name"))) "image" (dict "pullSecrets" (dict "[]" (dict "name" "subdomain" "required" (list "name")))) "networkPolicy" (dict "egress" (dict "rules" (dict "[]" (dict "ports" (dict "[]" (dict "endPort" "portNumber" "least" (dict "endPort" "port") "port" "port" "protocol" (list "TCP" "UDP" "SCTP"))) "to" (dict "[]" (dict "ipBlock" (dict "cidr" "cidr" "except" (dict "[]" "cidr") "required" (list "cidr") "within" (dict "except" "cidr")) "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "podSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey"))))))) "from" (dict "[]" (dict "ipBlock" (dict "cidr" "cidr" "except" (dict "[]" "cidr") "required" (list "cidr") "within" (dict "except" "cidr")) "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "podSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")))) "ingressRules" (dict "[]" (dict "from" (dict "[]" (dict "ipBlock" (dict "cidr" "cidr" "except" (dict "[]" "cidr") "required" (list "cidr") "within" (dict "except" "cidr")) "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "podSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")))) "ports" (dict "[]" (dict "endPort" "portNumber" "least" (dict "endPort" "port") "port" "port" "protocol" (list "TCP" "UDP" "SCTP"))))) "metricsFrom" (dict "[]" (dict "ipBlock" (dict "cidr" "cidr" "except" (dict "[]" "cidr") "required" (list "cidr") "within" (dict "except" "cidr")) "namespaceSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "podSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey"))))) "nodeSelector" (dict "*" "labelValue" "keys" "labelKey") "persistence" (dict "storageClassName" "subdomainOrNone") "persistentVolumeClaimRetentionPolicy" (dict "whenDeleted" (list "" "Retain" "Delete") "whenScaled" (list "" "Retain" "Delete")) "podAnnotations" (dict "*" "text" "keys" "annotationKey") "podLabels" (dict "*" "labelValue" "keys" "labelKey") "priorityClassName" "subdomainOrNone" "startupProbe" (dict "exec" (dict "command" (dict "[]" "text") "required" (list "command")) "failureThreshold" "failures" "grpc" (dict "port" "portNumber" "required" (list "port")) "httpGet" (dict "httpHeaders" (dict "[]" (dict "name" "header" "required" (list "name") "value" "text")) "port" "port" "required" (list "port") "scheme" (list "" "HTTP" "HTTPS")) "initialDelaySeconds" "whole" "periodSeconds" "period" "successThreshold" "one" "tcpSocket" (dict "port" "port" "required" (list "port")) "terminationGracePeriodSeconds" "count" "timeoutSeconds" "seconds") "tolerations" (dict "[]" (dict "effect" (list "" "NoSchedule" "PreferNoSchedule" "NoExecute") "key" "labelKeyOrNone" "operator" (list "" "Equal" "Exists") "value" "labelValue")) "topologySpreadConstraints" (dict "[]" (dict "labelSelector" (dict "matchExpressions" (dict "[]" (dict "key" "labelKey" "operator" (list "In" "NotIn" "Exists" "DoesNotExist") "required" (list "key" "operator") "values" (dict "[]" "labelValue"))) "matchLabels" (dict "*" "labelValue" "keys" "labelKey")) "matchLabelKeys" (dict "[]" "labelKey") "maxSkew" "count" "minDomains" "count" "nodeAffinityPolicy" (list "Honor" "Ignore") "nodeTaintsPolicy" (list "Honor" "Ignore") "required" (list "maxSkew" "topologyKey" "whenUnsatisfiable") "topologyKey" "labelKey" "unique" (list "topologyKey" "whenUnsatisfiable") "whenUnsatisfiable" (list "DoNotSchedule" "ScheduleAnyway"))) "updateStrategy" (dict "rollingUpdate" (dict "partition" "whole"))) "commonAnnotations" (dict "*" "text" "keys" "annotationKey") "commonLabels" (dict "*" "labelValue" "keys" "labelKey") "containerSecurityContext" (dict "runAsGroup" "id" "runAsUser" "id" "seccompProfile" (dict "type" (list "RuntimeDefault" "Unconfined" "Localhost"))) "extraObjects" (dict "[]" (dict "metadata" (dict "annotations" (dict "*" "text" "keys" "annotationKey") "labels" (dict "*" "labelValue" "keys" "labelKey") "name" "path" "namespace" "labelOrNone"))) "gateways" (dict "[]" (dict "selector" (dict "*" "labelValue" "keys" "labelKey"))) "monitoring" (dict "dashboard" (dict "labels" (dict "*" "labelValue" "keys" "labelKey")) "podMonitor" (dict "interval" "promDuration" "labels" (dict "*" "labelValue" "keys" "labelKey")) "prometheusRule" (dict "labels" (dict "*" "labelValue" "keys" "labelKey"))) "podSecurityContext" (dict "fsGroup" "id" "fsGroupChangePolicy" (list "OnRootMismatch" "Always") "runAsGroup" "id" "runAsUser" "id" "seccompProfile" (dict "type" (list "RuntimeDefault" "Unconfined" "Localhost")) "supplementalGroups" (dict "[]" "id")) "serviceAccount" (dict "annotations" (dict "*" "text" "keys" "annotationKey") "name" "short") "telemetry" (dict "customTags" (dict "keys" "tag") "namespaces" (dict "*" (dict "customTags" (dict "keys" "tag")))))) -}}
{{- $_ := set $facts "harmless" (dict "unlessNamed" "^common|(?i)auth|cookie|token|secret|pass|pwd|credential|bearer|key|honeycomb" "value" "^[A-Za-z0-9_.-]{0,19}$") -}}
{{- $_ := set $facts "odd" `[:=@?]|(?i)(^|[^a-z])(bearer|basic)\s|[0-9a-z]{8,}.*([0-9]+[a-z]+){4}|([0-9]+[a-z]+){4}.*[0-9a-z]{8,}|([0-9]+[a-z]+){6}|(^|[^0-9a-z_-])(xox[a-z]-|gh[a-z]_|github_pat_|glpat-|glc_|glsa_|nrak-|hvs\.)` -}}
{{- $_ := set $facts "operators" (dict "form" `%%|%([A-Z0-9_]+)(?:\((.*?)\))?(?::([0-9]+))?%` "header" "^(:?[-!#$%&'*+.^_`|~0-9A-Za-z]+)?$" "inserts" (dict "expression" `^\s*(?:request|response)\.(?:headers|trailers)\[["']([^"']*)["']\]\s*$` "headers" "^(REQ|REQUEST_HEADER|REQ_WITHOUT_QUERY|RESP|RESPONSE_HEADER|TRAILER|RESPONSE_TRAILER)$" "others" "^(ENVIRONMENT|QUERY_PARAM)$") "takes" (dict "needs settings" "COMMON_DURATION" "needs settings length" "CEL CLUSTER_METADATA COALESCE DYNAMIC_METADATA ENVIRONMENT FILTER_STATE METADATA QUERY_PARAM REQ REQUEST_HEADER RESP RESPONSE_HEADER RESPONSE_TRAILER STREAM_INFO_REQ TRAILER TYPED_CEL UPSTREAM_FILTER_STATE UPSTREAM_METADATA" "nothing" "ACCESS_LOG_TYPE BYTES_RECEIVED BYTES_RETRANSMITTED BYTES_SENT CONNECTION_ID CONNECTION_TERMINATION_DETAILS CUSTOM_FLAGS DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_SENT DOWNSTREAM_DETECTED_CLOSE_TYPE DOWNSTREAM_DIRECT_LOCAL_ADDRESS DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_DIRECT_LOCAL_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS DOWNSTREAM_DIRECT_REMOTE_PORT DOWNSTREAM_HANDSHAKE_DURATION DOWNSTREAM_HEADER_BYTES_RECEIVED DOWNSTREAM_HEADER_BYTES_SENT DOWNSTREAM_LOCAL_ADDRESS DOWNSTREAM_LOCAL_ADDRESS_ENDPOINT_ID DOWNSTREAM_LOCAL_CLOSE_REASON DOWNSTREAM_LOCAL_DNS_SAN DOWNSTREAM_LOCAL_EMAIL_SAN DOWNSTREAM_LOCAL_IP_SAN DOWNSTREAM_LOCAL_OTHERNAME_SAN DOWNSTREAM_LOCAL_PORT DOWNSTREAM_LOCAL_SUBJECT DOWNSTREAM_LOCAL_URI_SAN DOWNSTREAM_PEER_CERT DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_1 DOWNSTREAM_PEER_CHAIN_FINGERPRINTS_256 DOWNSTREAM_PEER_CHAIN_SERIALS DOWNSTREAM_PEER_DNS_SAN DOWNSTREAM_PEER_EMAIL_SAN DOWNSTREAM_PEER_FINGERPRINT_1 DOWNSTREAM_PEER_FINGERPRINT_256 DOWNSTREAM_PEER_IP_SAN DOWNSTREAM_PEER_ISSUER DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256 DOWNSTREAM_PEER_ISSUER_SERIAL DOWNSTREAM_PEER_OTHERNAME_SAN DOWNSTREAM_PEER_SERIAL DOWNSTREAM_PEER_SUBJECT DOWNSTREAM_PEER_URI_SAN DOWNSTREAM_REMOTE_ADDRESS DOWNSTREAM_REMOTE_PORT DOWNSTREAM_TLS_CIPHER DOWNSTREAM_TLS_GROUP DOWNSTREAM_TLS_SESSION_ID DOWNSTREAM_TLS_VERSION DOWNSTREAM_TRANSPORT_FAILURE_REASON DOWNSTREAM_WIRE_BYTES_RECEIVED DOWNSTREAM_WIRE_BYTES_SENT DURATION FILTER_CHAIN_NAME GRPC_STATUS_NUMBER HOSTNAME LOCAL_REPLY_BODY PACKETS_RETRANSMITTED PROTOCOL REQUEST_DURATION REQUEST_HEADERS_BYTES REQUEST_TX_DURATION RESPONSE_CODE RESPONSE_DURATION RESPONSE_FLAGS RESPONSE_FLAGS_LONG RESPONSE_HEADERS_BYTES RESPONSE_TRAILERS_BYTES RESPONSE_TX_DURATION ROUNDTRIP_DURATION ROUTE_NAME SPAN_ID STREAM_ID TLS_JA3_FINGERPRINT TLS_JA4_FINGERPRINT TRACE_ID UNIQUE_ID UPSTREAM_CLUSTER UPSTREAM_CLUSTER_RAW UPSTREAM_CONNECTION_ID UPSTREAM_CONNECTION_IDS_ATTEMPTED UPSTREAM_CONNECTION_POOL_READY_DURATION UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED UPSTREAM_DECOMPRESSED_HEADER_BYTES_SENT UPSTREAM_DETECTED_CLOSE_TYPE UPSTREAM_HEADER_BYTES_RECEIVED UPSTREAM_HEADER_BYTES_SENT UPSTREAM_HOST UPSTREAM_HOSTS_ATTEMPTED UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME UPSTREAM_HOST_NAMES_ATTEMPTED UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT UPSTREAM_HOST_NAME_WITHOUT_PORT UPSTREAM_LOCAL_ADDRESS UPSTREAM_LOCAL_CLOSE_REASON UPSTREAM_LOCAL_DNS_SAN UPSTREAM_LOCAL_IP_SAN UPSTREAM_LOCAL_PORT UPSTREAM_LOCAL_URI_SAN UPSTREAM_PEER_CERT UPSTREAM_PEER_DNS_SAN UPSTREAM_PEER_IP_SAN UPSTREAM_PEER_ISSUER UPSTREAM_PEER_SUBJECT UPSTREAM_PEER_URI_SAN UPSTREAM_PROTOCOL UPSTREAM_REMOTE_ADDRESS UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID UPSTREAM_REMOTE_PORT UPSTREAM_REQUEST_ATTEMPT_COUNT UPSTREAM_SERVER_NAME UPSTREAM_TLS_CIPHER UPSTREAM_TLS_GROUP UPSTREAM_TLS_SESSION_ID UPSTREAM_TLS_VERSION UPSTREAM_TRANSPORT_FAILURE_REASON UPSTREAM_WIRE_BYTES_RECEIVED UPSTREAM_WIRE_BYTES_SENT VIRTUAL_CLUSTER_NAME" "settings" "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT DOWNSTREAM_LOCAL_ADDRESS_WITHOUT_PORT DOWNSTREAM_PEER_CERT_V_END DOWNSTREAM_PEER_CERT_V_START DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT EMIT_TIME EMIT_TIME_LOCAL GRPC_STATUS REQUESTED_SERVER_NAME RESPONSE_CODE_DETAILS START_TIME START_TIME_LOCAL UPSTREAM_LOCAL_ADDRESS_WITHOUT_PORT UPSTREAM_PEER_CERT_V_END UPSTREAM_PEER_CERT_V_START UPSTREAM_REMOTE_ADDRESS_WITHOUT_PORT" "settings length" "PATH QUERY_PARAMS")) -}}
{{- $_ := set $facts "places" (list (dict "name" "exporters" "parent" "collector" "path" "collector.exporters" "place" "exporters") (dict "name" "env" "parent" "collector" "path" "collector.env" "place" "env") (dict "name" "podLabels" "parent" "collector" "path" "collector.podLabels" "place" "labels") (dict "name" "podAnnotations" "parent" "collector" "path" "collector.podAnnotations" "place" "annotations") (dict "name" "resource" "parent" "collector" "path" "collector.resource" "place" "exporters") (dict "name" "config" "parent" "collector" "path" "collector.config" "place" "exporters") (dict "name" "extraContainers" "parent" "collector" "path" "collector.extraContainers" "place" "env") (dict "name" "commonLabels" "parent" "commonLabels" "path" "commonLabels" "place" "objects") (dict "name" "commonAnnotations" "parent" "commonAnnotations" "path" "commonAnnotations" "place" "objects") (dict "name" "annotations" "parent" "serviceAccount" "path" "serviceAccount.annotations" "place" "objects") (dict "name" "podSecurityContext" "parent" "podSecurityContext" "path" "podSecurityContext" "place" "objects") (dict "name" "containerSecurityContext" "parent" "containerSecurityContext" "path" "containerSecurityContext" "place" "objects") (dict "name" "extraObjects" "parent" "extraObjects" "path" "extraObjects" "place" "objects") (dict "name" "gateways" "parent" "gateways" "path" "gateways" "place" "objects") (dict "name" "customTags" "parent" "telemetry" "path" "telemetry.customTags" "place" "objects") (dict "name" "namespaces" "parent" "telemetry" "path" "telemetry.namespaces" "place" "objects") (dict "name" "monitoring" "parent" "monitoring" "path" "monitoring" "place" "objects") (dict "name" "resources" "parent" "test" "path" "test.resources" "place" "objects") (dict "name" "affinity" "parent" "collector" "path" "collector.affinity" "place" "objects") (dict "name" "autoscaling" "parent" "collector" "path" "collector.autoscaling" "place" "objects") (dict "name" "extraVolumeMounts" "parent" "collector" "path" "collector.extraVolumeMounts" "place" "objects") (dict "name" "extraVolumes" "parent" "collector" "path" "collector.extraVolumes" "place" "objects") (dict "name" "networkPolicy" "parent" "collector" "path" "collector.networkPolicy" "place" "objects") (dict "name" "nodeSelector" "parent" "collector" "path" "collector.nodeSelector" "place" "objects") (dict "name" "persistentVolumeClaimRetentionPolicy" "parent" "collector" "path" "collector.persistentVolumeClaimRetentionPolicy" "place" "objects") (dict "name" "resources" "parent" "reload" "path" "collector.reload.resources" "place" "objects") (dict "name" "resources" "parent" "collector" "path" "collector.resources" "place" "objects") (dict "name" "resources" "parent" "retryRefused" "path" "collector.retryRefused.resources" "place" "objects") (dict "name" "startupProbe" "parent" "collector" "path" "collector.startupProbe" "place" "objects") (dict "name" "resources" "parent" "tap" "path" "collector.tap.resources" "place" "objects") (dict "name" "tolerations" "parent" "collector" "path" "collector.tolerations" "place" "objects") (dict "name" "topologySpreadConstraints" "parent" "collector" "path" "collector.topologySpreadConstraints" "place" "objects") (dict "name" "updateStrategy" "parent" "collector" "path" "collector.updateStrategy" "place" "objects") (dict "name" "imageRegistry" "parent" "global" "path" "global.imageRegistry" "place" "image") (dict "name" "registry" "parent" "image" "path" "image.registry" "place" "image") (dict "name" "repository" "parent" "image" "path" "image.repository" "place" "image") (dict "name" "registry" "parent" "image" "path" "collector.image.registry" "place" "image") (dict "name" "repository" "parent" "image" "path" "collector.image.repository" "place" "image") (dict "name" "extensionProviders" "parent" "controlPlane" "path" "controlPlane.extensionProviders" "place" "controlPlane") (dict "name" "envVarFrom" "parent" "controlPlane" "path" "controlPlane.envVarFrom" "place" "controlPlane") (dict "name" "defaultTemplates" "parent" "controlPlane" "path" "controlPlane.defaultTemplates" "place" "controlPlane") (dict "name" "gateways" "parent" "controlPlane" "path" "controlPlane.gateways" "place" "controlPlane") (dict "name" "backends" "parent" "backends" "path" "backends" "place" "backends")) -}}
{{- $_ := set $facts "reference" `(\b(?i:[a-z-]{1,12}) +)?(\$\{(env:)?[A-Za-z_][A-Za-z0-9_]*(:-)?\}|\$\{(file|https?|s3|vault|secretsmanager|googlesecretmanager):[^}]+\}|\$\([A-Za-z_][^)]*\))` -}}
{{- $_ := set $facts "secrets" (list "values.global.tracer.lightstep.accessToken" "values.cacert.pem") -}}
{{- $_ := set $facts "words" (dict "array" (dict "fix" "write a list: each item on a line of its own after `- `, or [a, b]" "name" "list") "boolean" (dict "fix" "write true or false, without quotes" "name" "boolean") "integer" (dict "fix" "write a whole number, without quotes" "name" "whole number") "null" (dict "fix" "write null" "name" "null") "number" (dict "fix" "write a number, without quotes" "name" "number") "object" (dict "fix" "write keys and values below it, indented" "name" "map") "string" (dict "fix" "write text, in quotes if it looks like a number or like true" "name" "string")) -}}
{{- $_ := set . "_facts" $facts -}}
{{- end -}}
{{- end -}}
