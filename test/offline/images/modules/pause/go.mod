module github.com/istio-lightstep/istio-lightstep/test/images/modules/pause
go 1.26
