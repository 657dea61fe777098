package settings

// Setting is one thing that a run can be told, by a flag or by a variable of the
// environment. The flag wins.
type Setting struct {
	Flag    string // of the test's binary, such as -istio=1.28
	Env     string // that has its default
	Default string // where neither says anything
	Usage   string
}

// Table lists every setting: `go test -tags e2e . -args -help` prints it.
var Table = []Setting{
	{"suite", "SUITE", "", "what to run: " + suites + "; empty: observe on a cluster of your own, else e2e"},
	{"istio", "ISTIO", Known[0].Minor, "Istio, by its minor or a patch: " + minors() + "; any where it is installed already"},
	{"images", "IMAGES", string(Auto), "auto (what a registry has is pulled, all else is built), build or pull"},
	{"mirror", "E2E_MIRROR", "", "host:port of a registry that has the official images of all others, over HTTP; the nodes must reach it"},
	{"keep", "KEEP", "0", "1: leave everything in place at the end"},
	{"cluster", "E2E_CLUSTER", "istio-lightstep", "name of the kind cluster; two runs at once need two"},
	{"kubeconfig", "E2E_KUBECONFIG", "", "the kubeconfig of a cluster of your own, in place of a new kind cluster"},
	{"context", "E2E_CONTEXT", "", "the context of a cluster of your own; its file is kubectl's, by $KUBECONFIG, unless kubeconfig is set too"},
	{"changes", "E2E_CHANGES", "", "the name of that context: the suite may install the chart there, and Istio unless it is installed"},
	{"installed", "E2E_INSTALLED", "0", "1: Istio runs on that cluster, and is left as it is: items that change it are skipped"},
	{"gateway", "E2E_GATEWAY", "", "URL of the ingress gateway, if it cannot be found"},
	{"url", "E2E_URL", "", "observe: the URL to send requests to; its query is kept"},
	{"source", "E2E_SOURCE", "", "observe: where the traces are: jaeger=URL, tempo=URL, zipkin=URL, file=PATH or tap=NAMESPACE/RELEASE"},
	{"tree", "E2E_TREE", "", "observe: the trace to expect, such as istio-ingressgateway(checkout(stock+,cache?)); + is once or more, ? is once or not"},
	{"requests", "E2E_REQUESTS", "20", "observe: how many requests to send"},
	{"ca", "E2E_CA", "", "observe: a PEM file with the private CA of the gateway and the source"},
	{"values", "E2E_VALUES", "", "a values file of yours, which Helm gets last and unchanged"},
	{"release", "E2E_RELEASE", "istio-lightstep", "name of the release"},
	{"namespace", "E2E_NAMESPACE", "istio-system", "namespace of the release"},
	{"application", "E2E_APPLICATION", "", "namespace of Bookinfo; empty: default, or on a cluster of your own a new one of a random name"},
	{"artifacts", "E2E_ARTIFACTS", "", "folder for logs and states of pods after a failure; empty: one for temporary files"},
	{"kind-config", "E2E_KIND_CONFIG", "", "kind's own configuration file, for the machine's quirks; empty: the suite's own, of one or two nodes"},
	{"helm", "E2E_HELM", "helm", "the helm to use: make e2e has Helm 4"},
}
