// Command istio-lightstep renders and checks, without a cluster, what makes
// Istio's proxies send their spans to LightStep and further OTLP backends.
//
// Standard output carries the result alone; everything said to people goes to
// standard error. The exit status is 0 where all is fine (warnings included),
// 1 where the input has errors, and 2 for a wrong call or a failure.
package main
