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
	{"suite", "SUITE", "e2e", "what to run: " + suites},
	{"istio", "ISTIO", Known[0].Minor, "minor of Istio: " + minors()},
	{"images", "IMAGES", string(Auto), "auto (what a registry has is pulled, all else is built), build or pull"},
	{"mirror", "E2E_MIRROR", "", "host:port of a registry that has the official images of all others, over HTTP; the nodes must reach it"},
	{"keep", "KEEP", "0", "1: leave everything in place at the end"},
	{"cluster", "E2E_CLUSTER", "istio-lightstep", "name of the kind cluster; two runs at once need two"},
	{"kubeconfig", "E2E_KUBECONFIG", "", "a cluster of your own, in place of a new kind cluster"},
	{"context", "E2E_CONTEXT", "", "the context in it; empty: its current one"},
	{"installed", "E2E_INSTALLED", "0", "1: Istio runs on that cluster, and is left as it is"},
	{"gateway", "E2E_GATEWAY", "", "URL of the ingress gateway, if it cannot be found"},
	{"values", "E2E_VALUES", "", "a values file that is given to Helm before the suite's own"},
	{"release", "E2E_RELEASE", "istio-lightstep", "name of the release"},
	{"namespace", "E2E_NAMESPACE", "istio-system", "namespace of the release"},
	{"application", "E2E_APPLICATION", "default", "namespace of Bookinfo"},
	{"artifacts", "E2E_ARTIFACTS", "", "folder for logs and states of pods after a failure; empty: one for temporary files"},
	{"kind-config", "E2E_KIND_CONFIG", "", "kind's own configuration file, for the machine's quirks; empty: the suite's own, of one or two nodes"},
	{"helm", "HELM3", "helm", "the helm to use"},
}
