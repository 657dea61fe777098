module github.com/istio-lightstep/istio-lightstep/test/conformance/istio/oracle

go 1.26
