module github.com/istio-lightstep/istio-lightstep/test/bookinfo

go 1.26.0
