module github.com/istio-lightstep/istio-lightstep/test/images/modules/prometheus-operator

go 1.26

require github.com/prometheus-operator/prometheus-operator v0.92.1
