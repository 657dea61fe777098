module github.com/istio-lightstep/istio-lightstep/test/conformance

go 1.26.0

replace github.com/istio-lightstep/istio-lightstep => ../..

require (
	github.com/stretchr/testify v1.12.1
	golang.org/x/mod v0.42.0
	k8s.io/apimachinery v0.37.0
	sigs.k8s.io/yaml v1.6.0
)

require (
	go.yaml.in/yaml/v2 v2.4.4 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	sigs.k8s.io/json v0.0.0-20250730193827-2d320260d730 // indirect
)
