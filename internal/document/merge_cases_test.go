package document_test

const operator = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
`

// Each case gives the user's spec, ours, and the user's spec afterwards.
var merges = map[string]struct{ mine, ours, want string }{
	"a key is added at the end of its map, comments stay": {
		`spec:
  # Why we chose default.
  profile: default   # see ADR 7

  meshConfig:
    accessLogFile: /dev/stdout
    # accessLogEncoding: JSON

  values: {}
`, `spec:
  meshConfig:
    enableTracing: true
`, `spec:
  # Why we chose default.
  profile: default   # see ADR 7

  meshConfig:
    accessLogFile: /dev/stdout
    # accessLogEncoding: JSON
    enableTracing: true

  values: {}
`,
	},
	"providers merge by name, in the user's list style": {
		`spec:
    meshConfig:
        extensionProviders:
            # ours since 2023
            - name: zipkin
              zipkin:
                  service: z.example.com
                  port: 9411
            # the end
    profile: default
`, `spec:
  meshConfig:
    extensionProviders:
    - name: lightstep
      opentelemetry: {service: a/b, port: 4317}
`, `spec:
    meshConfig:
        extensionProviders:
            # ours since 2023
            - name: zipkin
              zipkin:
                  service: z.example.com
                  port: 9411
            # the end
            - name: lightstep
              opentelemetry: {service: a/b, port: 4317}
    profile: default
`,
	},
	"a provider of our name that is ours stays as it is written": {
		`spec:
  meshConfig:
    extensionProviders:
    - opentelemetry: {port: 4317} # as installed
      name: lightstep
    - name: other
      zipkin: {}
`, `spec:
  meshConfig:
    extensionProviders:
    - name: lightstep
      opentelemetry:
        port: 4317
`, `spec:
  meshConfig:
    extensionProviders:
    - opentelemetry: {port: 4317} # as installed
      name: lightstep
    - name: other
      zipkin: {}
`,
	},
	"gateways merge within": {
		`spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
      k8s:
        resources:
          requests: {cpu: 10m}
    - name: second
`, `spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      k8s:
        overlays:
        - kind: Deployment
          name: istio-ingressgateway
`, `spec:
  components:
    ingressGateways:
    - name: istio-ingressgateway
      enabled: true
      k8s:
        resources:
          requests: {cpu: 10m}
        overlays:
        - kind: Deployment
          name: istio-ingressgateway
    - name: second
`,
	},
	"lists of text are united": {
		`spec:
  values:
    sidecarInjectorWebhook:
      defaultTemplates: [sidecar, "mine"]
      other: [
        a, # one
        b, # two
      ]
`, `spec:
  values:
    sidecarInjectorWebhook:
      defaultTemplates:
      - sidecar
      - lightstep
      other: [c]
`, `spec:
  values:
    sidecarInjectorWebhook:
      defaultTemplates: [sidecar, "mine", lightstep]
      other: [
        a, # one
        b, c # two
      ]
`,
	},
	"a value is replaced in the user's quotes": {
		`spec:
  values:
    global: {proxy: {tracer: 'zipkin', logLevel: "x"}}
    pilot:
      traceSampling:   1.0   # percent
`, `spec:
  values:
    global:
      proxy:
        tracer: lightstep
    pilot:
      traceSampling: 100
`, `spec:
  values:
    global: {proxy: {tracer: 'lightstep', logLevel: "x"}}
    pilot:
      traceSampling: 100   # percent
`,
	},
	"an empty value becomes a block below its comment": {
		`spec:
  meshConfig: # nothing yet
  values: {} # nor here
  components: ~
`, `spec:
  meshConfig:
    enableTracing: true
  values:
    gateways:
    - a
  components:
    pilot: {}
`, `spec:
  meshConfig: # nothing yet
    enableTracing: true
  values: # nor here
    gateways:
    - a
  components:
    pilot: {}
`,
	},
	"text over several lines": {
		`spec:
  values:
    templates:
      mine: |
        a: 1

        # no comment but text
    last: >-
      folded
      text
`, `spec:
  values:
    templates:
      lightstep: |
        spec:
          containers: []
    last: |
      new
      text
`, `spec:
  values:
    templates:
      mine: |
        a: 1

        # no comment but text
      lightstep: |
        spec:
          containers: []
    last: |
      new
      text
`,
	},
	"what is new takes the user's indentation": {
		`spec:
    profile: default
    components:
        ingressGateways:
            - name: a
`, `spec:
  values:
    global:
      proxy: {tracer: none}
    pilot:
      envVarFrom:
      - name: TOKEN
        valueFrom:
          secretKeyRef: {key: token}
`, `spec:
    profile: default
    components:
        ingressGateways:
            - name: a
    values:
        global:
            proxy: {tracer: none}
        pilot:
            envVarFrom:
                - name: TOKEN
                  valueFrom:
                    secretKeyRef: {key: token}
`,
	},
	"gateways of one name in two namespaces": {
		`spec:
  gateways:
  - {name: a, namespace: x}
  - {name: a, namespace: z}
`, `spec:
  gateways:
  - {name: a, namespace: z, enabled: true}
`, `spec:
  gateways:
  - {name: a, namespace: x}
  - {name: a, namespace: z, enabled: true}
`,
	},
	"what ours leaves empty changes nothing": {
		"spec:\n  a: {b: 1}\n  c: [d]\n  e: 1\n", "spec: {a: {}, c: [], e: null}\n", "spec:\n  a: {b: 1}\n  c: [d]\n  e: 1\n",
	},
	"line breaks that a text keeps": {
		"spec:\n  a:\n    b: |+\n      text\n\n\n  c: 1\n",
		"spec: {a: {d: 1}}\n",
		"spec:\n  a:\n    b: |+\n      text\n\n\n    d: 1\n  c: 1\n",
	},
	"a key that is an alias": {
		"spec:\n  a: &b c\n  *b : 1\n", "spec: {b: 2}\n", "spec:\n  a: &b c\n  *b : 1\n  b: 2\n",
	},
	"a value below a comment": {
		`spec:
  values:
    a: # one-
      zipkin
    b:
      # two:
      {} # empty
    c:
      # three:
      - x
`, `spec:
  values:
    a: lightstep
    b: {c: 1}
    c: [z]
`, `spec:
  values:
    a: # one-
      lightstep
    b:
      # two:
      {c: 1} # empty
    c:
      # three:
      - x
      - z
`,
	},
	"numbers that mean the same are left as they are": {
		"spec: {pilot: {traceSampling: 100.0, x: 1}}\n",
		"spec: {pilot: {traceSampling: 100, x: 1.0}}\n",
		"spec: {pilot: {traceSampling: 100.0, x: 1}}\n",
	},
	"no line break at the end": {
		"spec:\n  profile: default",
		"spec:\n  values:\n    a: 1\n    b: 2\n",
		"spec:\n  profile: default\n  values:\n    a: 1\n    b: 2",
	},
	"anchors that are not written into": {
		`spec:
  meshConfig: &mesh
    defaultConfig: {tracing: {}}
  values:
    meshConfig: {<<: *mesh, accessLogFile: ""}
`, `spec:
  values:
    pilot:
      env:
        SHARED_MESH_CONFIG: istio-lightstep
`, `spec:
  meshConfig: &mesh
    defaultConfig: {tracing: {}}
  values:
    meshConfig: {<<: *mesh, accessLogFile: ""}
    pilot:
      env:
        SHARED_MESH_CONFIG: istio-lightstep
`,
	},
}
